//! What is done with coupons.

use super::model::Coupon;
use super::rules::{self, Use};
use super::{error, queries};
use turnpike_base::{CustomerId, Money, Page, PageOf, ProductType, Result, SiteId, Timestamp};
use turnpike_store::{Read, WriteTx};

/// The coupon with this code, if this customer may use it for this price now. Fails naming `coupon_sn`.
pub async fn usable(
    tx: &impl Read,
    site: SiteId,
    code: &str,
    customer: CustomerId,
    product: ProductType,
    gross: Money,
    now: Timestamp,
) -> Result<Coupon> {
    let found = queries::by_code(tx, site, code).await?;
    let coupon = found.ok_or_else(|| error::refused(rules::unknown()))?;
    let before = queries::uses_of(tx, coupon.id, customer).await?;
    match rules::refusal(&coupon, &Use { customer, before, product, gross, now }) {
        Some(reason) => Err(error::refused(reason)),
        None => Ok(coupon),
    }
}

/// Holds a coupon for an order. It is looked at again under its lock: two orders can't take its last use.
pub async fn hold(tx: &WriteTx, coupon: &Coupon, trade_no: &str, on: &Use) -> Result<()> {
    let coupon = queries::lock(tx, coupon.id).await?.ok_or_else(|| error::refused(rules::unknown()))?;
    let before = queries::uses_of(tx, coupon.id, on.customer).await?;
    if let Some(reason) = rules::refusal(&coupon, &Use { before, ..*on }) {
        return Err(error::refused(reason));
    }
    queries::hold(tx, coupon.id, on.customer, trade_no, on.now).await
}

/// Gives back what a closed order held: its coupon and the invitation discount.
pub async fn release(tx: &WriteTx, customer: CustomerId, trade_no: &str) -> Result<()> {
    queries::release(tx, trade_no).await?;
    queries::restore_invitation(tx, customer, trade_no).await
}

/// Whether the invitation discount waits to be used by this customer.
pub async fn invited(tx: &impl Read, customer: CustomerId) -> Result<bool> {
    queries::invited(tx, customer).await
}

/// Uses the invitation discount for an order. Fails naming the field if it was used meanwhile.
pub async fn spend_invitation(tx: &WriteTx, customer: CustomerId, trade_no: &str) -> Result<()> {
    let spent = queries::spend_invitation(tx, customer, trade_no).await?;
    if spent { Ok(()) } else { Err(error::not_invited()) }
}

/// Gives a customer the invitation discount, once for ever: whose waits to be used keeps it. Fails with `invitation_used`.
pub async fn invite(tx: &WriteTx, customer: CustomerId, now: Timestamp) -> Result<()> {
    queries::invite(tx, customer, now).await?;
    if queries::invited(tx, customer).await? { Ok(()) } else { Err(error::invited_before()) }
}

/// Coupons that a customer can use now.
pub async fn of_customer(
    tx: &impl Read,
    site: SiteId,
    customer: CustomerId,
    now: Timestamp,
) -> Result<Vec<Coupon>> {
    let mut usable = Vec::new();
    for coupon in queries::open(tx, site, customer, now).await? {
        let before = queries::uses_of(tx, coupon.id, customer).await?;
        let product = coupon.spec.types.first().copied().unwrap_or(ProductType::Dynamic);
        let on = Use { customer, before, product, gross: coupon.spec.minimum.0, now };
        if rules::refusal(&coupon, &on).is_none() {
            usable.push(coupon);
        }
    }
    Ok(usable)
}

/// Adds a coupon. Fails with `coupon_taken`.
pub async fn create(tx: &WriteTx, coupon: &Coupon, now: Timestamp) -> Result<()> {
    if queries::insert(tx, coupon, now).await? { Ok(()) } else { Err(error::taken(&coupon.code)) }
}

/// Takes a coupon back or allows it again.
pub async fn set_disabled(tx: &WriteTx, site: SiteId, code: &str, disabled: bool) -> Result<()> {
    let coupon = queries::by_code(tx, site, code).await?.ok_or_else(|| error::unknown(code))?;
    queries::set_disabled(tx, coupon.id, disabled).await
}

/// A page of all coupons, the newest first.
pub async fn list(tx: &impl Read, page: Page) -> Result<PageOf<Coupon>> {
    let (total, rows) = queries::page(tx, page).await?;
    Ok(PageOf { page, total, rows })
}
