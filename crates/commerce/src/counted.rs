//! Counted services of the operator (types 18, 27, 28): his scraper, SERP or video service takes from the
//! customer's packages what it served.

use turnpike_access::packages::{self, change};
use turnpike_base::{Code, CustomerId, Fault, ProductType, Result, Text, Timestamp};
use turnpike_store::WriteTx;

/// Whether it is such a service.
pub const fn is_counted(product: ProductType) -> bool {
    matches!(product, ProductType::Scraper | ProductType::Serp | ProductType::Video)
}

/// Takes `uses`, from the package that expires first, all or none. Gives back how many are left. Fails with
/// `counted_too_few`.
pub async fn take(
    tx: &WriteTx,
    customer: CustomerId,
    product: ProductType,
    uses: i64,
    now: Timestamp,
) -> Result<i64> {
    let (mut missing, mut left) = (uses, 0);
    for package in packages::usable(tx, customer, product, now).await? {
        let Some(package) = change::lock(tx, package.id).await? else { continue };
        let there = package.total - package.used;
        let taken = missing.min(there).max(0);
        if taken > 0 && !change::take_uses(tx, package.id, taken, now).await? {
            continue;
        }
        missing -= taken;
        left += there - taken;
    }
    if missing > 0 {
        return Err(Fault::new(Code::Precondition, "counted_too_few").say(Text::made(
            format!("剩余次数不足,还缺 {missing} 次"),
            format!("The customer's packages have {missing} uses too few"),
        )));
    }
    packages::flow::tell(tx, customer, product, now).await?;
    Ok(left)
}
