//! Applying batches, reading the log.

use super::{queries, rules};
use crate::Meter;
use crate::leases::{flow::settle, queries as leases};
use jiff::tz::TimeZone;
use turnpike_access::accounts;
use turnpike_base::{CustomerId, KiloBytes, ProductType, Result, Timestamp};
use turnpike_network::exits;
use turnpike_store::{Read, WriteTx};
use turnpike_wire::{LeaseUse, UsageBatch};

/// Applies a batch in one transaction. One that was applied before changes nothing: batches of a life come
/// in the order of their numbers, so the last number says it all.
pub async fn apply(meter: &Meter, batch: &UsageBatch, now: Timestamp) -> Result<()> {
    let tx = meter.store.write().await?;
    if batch.number <= queries::last_number(&tx, batch).await? {
        return Ok(());
    }
    book_leases(meter, &tx, &batch.leases, batch.at, now).await?;
    let countries = exits::countries(&tx, batch.rows.iter().map(|row| row.exit)).await?;
    // An exit that was removed meanwhile has no country any more; ZZ is ISO 3166's code for "unknown".
    let country = |exit| countries.get(&exit).cloned().unwrap_or_else(|| "ZZ".to_owned());
    queries::add_quarters(&tx, &batch.rows, batch.at).await?;
    queries::add_countries(&tx, &batch.rows, batch.at, country).await?;
    queries::add_exits(&tx, &batch.rows, batch.at).await?;
    queries::add_hosts(&tx, &batch.rows, batch.at).await?;
    queries::add_refusals(&tx, &batch.refusals).await?;
    queries::add_traces(&tx, &batch.traces).await?;
    queries::add_failures(&tx, &batch.failures, batch.at).await?;
    queries::add_totals(&tx, &batch.rows, batch.at).await?;
    queries::applied(&tx, batch).await?;
    Ok(tx.commit().await?)
}

async fn book_leases(
    meter: &Meter,
    tx: &WriteTx,
    uses: &[LeaseUse],
    at: Timestamp,
    now: Timestamp,
) -> Result<()> {
    let mut uses = uses.to_vec();
    uses.sort_by_key(|one| one.lease);
    for one in uses {
        let Some(lease) = leases::lock(tx, one.lease).await? else {
            tracing::error!(
                lease = one.lease.0,
                bytes = one.bytes.0,
                "bytes were spent of a lease that is not known"
            );
            continue;
        };
        let day = meter.day(tx, lease.customer, at).await?;
        settle(tx, &lease, one.bytes.0, day, one.closed, now).await?;
    }
    Ok(())
}

/// One day of the traffic log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// `YYYY-MM-DD` in the site's zone.
    pub name: String,
    /// What moved, a started KB counted whole.
    pub flow: KiloBytes,
}

/// What part of the log is wanted.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// An account's name, deleted ones of the same name included; one that is not the customer's matches nothing.
    pub username: Option<String>,
    /// Of one product only.
    pub product: Option<ProductType>,
}

/// Traffic of a customer by day from `from` (inclusive) to `to` (exclusive), both widened to the
/// quarter-hour; zero days included, oldest first.
pub async fn days(
    tx: &impl Read,
    customer: CustomerId,
    wanted: &Wanted,
    from: Timestamp,
    to: Timestamp,
    zone: &TimeZone,
) -> Result<Vec<Day>> {
    let accounts = match &wanted.username {
        Some(name) => Some(accounts::flow::ids_of_name(tx, customer, name).await?),
        None => None,
    };
    let (first, end) = rules::widen(from, to);
    let found = queries::quarters(tx, customer, accounts.as_deref(), wanted.product, first, end).await?;
    Ok(rules::by_day(&found, from, to, zone))
}
