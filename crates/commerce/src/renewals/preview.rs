//! What renewing addresses would cost and when they would end: `ip_result` of `order/check`.

use super::rules::{self, Duration};
use crate::orders::error;
use crate::prices;
use jiff::tz::TimeZone;
use turnpike_base::{CustomerId, Money, PackageId, ProductType, Result, Timestamp};
use turnpike_network::statics::{self, Held};
use turnpike_store::Read;

/// Which addresses can be renewed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Renewable {
    /// Whose.
    pub(crate) customer: CustomerId,
    /// What the product renews, 14 or 25.
    pub(crate) of: Option<ProductType>,
}

/// An address before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Preview {
    pub(crate) package: PackageId,
    pub(crate) ip: String,
    pub(crate) country: String,
    pub(crate) price: Money,
    pub(crate) current: Timestamp,
    pub(crate) renewed: Timestamp,
}

/// The holdings of these packages. Fails naming the first one that is not the customer's to renew.
pub(crate) async fn held(tx: &impl Read, which: &Renewable, ids: &[i64]) -> Result<Vec<Held>> {
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        let held = statics::hold::by_package(tx, PackageId(*id)).await?;
        let fits = |held: &Held| {
            held.customer == which.customer
                && !held.ended
                && which.of.is_none_or(|of| of == held.address.product)
        };
        found.push(held.filter(fits).ok_or_else(|| error::not_renewable(*id))?);
    }
    Ok(found)
}

/// The price of one, the gross, and each address's part of it. `None` on overflow.
pub(crate) fn prices(
    held: &[Held],
    monthly: Money,
    duration: Duration,
    zone: &TimeZone,
    now: Timestamp,
) -> Option<(Money, Money, Vec<Preview>)> {
    let begin = |held: &Held| rules::begin(held.expires_at, now);
    let (unit, gross, parts) = match duration.months() {
        Some(months) => {
            let unit = prices::rules::gross(monthly, months, 1, 0)?;
            let gross = prices::rules::gross(unit, i64::try_from(held.len()).ok()?, 1, 0)?;
            (unit, gross, vec![unit; held.len()])
        }
        None => {
            let days: Vec<i64> = held.iter().map(|h| rules::added_days(begin(h), zone)).collect();
            let (gross, parts) = prices::rules::by_days(monthly, &days)?;
            (monthly, gross, parts)
        }
    };
    let preview = |(held, price): (&Held, Money)| Preview {
        package: held.package,
        ip: held.address.address.clone(),
        country: held.address.country.clone(),
        price,
        current: held.expires_at,
        renewed: rules::end(begin(held), duration, zone),
    };
    Some((unit, gross, held.iter().zip(parts).map(preview).collect()))
}
