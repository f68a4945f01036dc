//! What a lease would be refused for right now, without asking for one.

use super::rules::{Room, room};
use crate::Meter;
use turnpike_access::{accounts::Account, packages};
use turnpike_base::{Bytes, ProductType, Result, Timestamp};
use turnpike_store::Read;
use turnpike_wire::Reason;

/// The reason for which an account's connections would not be funded; `None`: they would be.
pub async fn refusal(
    meter: &Meter,
    tx: &impl Read,
    account: &Account,
    now: Timestamp,
) -> Result<Option<Reason>> {
    let today = account.day == meter.day(tx, account.customer, now).await?;
    let day_used = if today { account.day_used } else { Bytes::ZERO };
    if room(account.limit.0, account.used.0, account.used.0) == Room::Gone {
        return Ok(Some(Reason::AccountLimit));
    }
    if room(account.daily_limit.0, day_used.0, day_used.0) == Room::Gone {
        return Ok(Some(Reason::DailyLimit));
    }
    let product = account.product;
    let drawn = product.is_bucket() || product == ProductType::DynamicUnmetered;
    let empty = drawn && packages::usable(tx, account.customer, product, now).await?.is_empty();
    Ok(empty.then_some(Reason::PackageEmpty))
}
