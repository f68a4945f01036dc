//! Counted services of the operator (types 18, 27, 28): his scraper, SERP or video service takes from the
//! customer's packages what it served.

use turnpike_access::packages::{self, change};
use turnpike_base::{Code, CustomerId, Fault, ProductType, Result, Text, Timestamp};
use turnpike_store::{Read, WriteTx, args};

/// Whether it is such a service.
pub const fn is_counted(product: ProductType) -> bool {
    matches!(product, ProductType::Scraper | ProductType::Serp | ProductType::Video)
}

/// A reference is remembered so many days.
const DAYS: i64 = 30;

/// What a service took.
#[derive(Clone, Copy, Debug)]
pub struct Served<'a> {
    /// From whom.
    pub customer: CustomerId,
    /// 18, 27 or 28.
    pub product: ProductType,
    /// How many uses.
    pub uses: i64,
    /// The service's own name of the call; the same one takes once. `None`: each call takes.
    pub reference: Option<&'a str>,
}

/// Takes what a service served, once by its reference. Gives back how many uses are left; of a repeat, how many were
/// left then. Fails with `counted_too_few`, and with `counted_otherwise` where the reference took another number.
pub async fn serve(tx: &WriteTx, served: &Served<'_>, now: Timestamp) -> Result<i64> {
    let Served { customer, product, uses, reference } = *served;
    let Some(reference) = reference else { return take(tx, customer, product, uses, now).await };
    tx.exec("DELETE FROM counted_takes WHERE created_at < $1", args![now.plus_days(-DAYS)]).await?;
    let sql = "INSERT INTO counted_takes (customer_id, product_type, reference, uses, uses_left, created_at) \
        VALUES ($1, $2, $3, $4, 0, $5) ON CONFLICT (customer_id, product_type, reference) DO NOTHING";
    if tx.exec(sql, args![customer, product, reference, uses, now]).await? == 0 {
        return repeated(tx, served, reference).await;
    }
    let left = take(tx, customer, product, uses, now).await?;
    let sql = "UPDATE counted_takes SET uses_left = $4 WHERE customer_id = $1 AND product_type = $2 AND reference = $3";
    tx.exec(sql, args![customer, product, reference, left]).await?;
    Ok(left)
}

async fn repeated(tx: &WriteTx, served: &Served<'_>, reference: &str) -> Result<i64> {
    let sql = "SELECT uses, uses_left FROM counted_takes WHERE customer_id = $1 AND product_type = $2 AND reference = $3";
    let row = tx.row(sql, args![served.customer, served.product, reference]).await?;
    let row = row.ok_or_else(|| Fault::internal("counted_lost", reference.to_owned()))?;
    if row.get::<i64>("uses")? != served.uses {
        return Err(Fault::new(Code::Conflict, "counted_otherwise").say(Text::made(
            format!("引用号 {reference} 已用于不同的次数"),
            format!("The reference {reference} took another number of uses"),
        )));
    }
    Ok(row.get("uses_left")?)
}

/// Takes `uses`, from the package that expires first, all or none.
async fn take(
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
            format!("剩余次数不足，还缺 {missing} 次"),
            format!("The customer's packages have {missing} uses too few"),
        )));
    }
    packages::flow::tell(tx, customer, product, now).await?;
    Ok(left)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orders::{self, Request};
    use crate::payments::BALANCE;
    use crate::testing::Shop;
    use turnpike_store::both_engines;

    /// 2026-11-24 12:00:00 UTC.
    const NOW: Timestamp = Timestamp(1_795_521_600_000);

    both_engines! {
        async fn the_same_reference_takes_once(store: Store) {
            let shop = Shop::open(&store, 10_000, NOW).await;
            // Any countable package will do.
            let ask = Request::plain(shop.pid("extract").await, BALANCE);
            orders::flow::create(&shop.state, &shop.buyer(NOW), &ask).await.unwrap();
            let served = |uses, reference| Served { customer: shop.customer, product: ProductType::ExtractionQuota, uses, reference };
            let tx = store.write().await.unwrap();
            for _ in 0..3 {
                assert_eq!(serve(&tx, &served(30, Some("call 1")), NOW).await.unwrap(), 70);
            }
            assert_eq!(serve(&tx, &served(10, None), NOW).await.unwrap(), 60);
            assert_eq!(serve(&tx, &served(10, None), NOW).await.unwrap(), 50, "without one each call takes");
            assert_eq!(serve(&tx, &served(31, Some("call 1")), NOW).await.unwrap_err().slug, "counted_otherwise");
            assert_eq!(serve(&tx, &served(30, Some("call 2")), NOW).await.unwrap(), 20);
            tx.commit().await.unwrap();
            let tx = store.write().await.unwrap();
            assert_eq!(serve(&tx, &served(30, Some("call 3")), NOW).await.unwrap_err().slug, "counted_too_few");
            drop(tx);
            let tx = store.write().await.unwrap();
            assert_eq!(serve(&tx, &served(20, Some("call 3")), NOW).await.unwrap(), 0, "what was refused is not remembered");
        }
    }
}
