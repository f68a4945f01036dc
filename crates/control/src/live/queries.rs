//! All SQL of the live figures.

use turnpike_base::{Bytes, CustomerId, Timestamp};
use turnpike_store::{Read, StoreError, args};

/// A quarter-hour, in milliseconds.
const QUARTER_MS: i64 = 900_000;

/// Bytes and connections.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Traffic {
    pub(super) bytes: Bytes,
    pub(super) connections: i64,
}

/// What moved since: of one customer, or of all.
pub(super) async fn traffic(
    tx: &impl Read,
    customer: Option<CustomerId>,
    since: Timestamp,
) -> Result<Traffic, StoreError> {
    let from = match customer {
        Some(_) => "usage_quarters WHERE customer_id = $2 AND quarter >= $1",
        None => "usage_totals WHERE $2 = 0 AND quarter >= $1",
    };
    let sql = format!(
        "SELECT CAST(COALESCE(SUM(up + down), 0) AS BIGINT) AS bytes, CAST(COALESCE(SUM(connections), 0) AS BIGINT) AS n \
         FROM {from}"
    );
    let args = args![since.0.div_euclid(QUARTER_MS), customer.map_or(0, CustomerId::get)];
    match tx.row(&sql, args).await? {
        Some(row) => Ok(Traffic { bytes: row.get("bytes")?, connections: row.get("n")? }),
        None => Ok(Traffic::default()),
    }
}

/// How many there are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counts {
    pub(super) exits: i64,
    pub(super) customers: i64,
    pub(super) real_names: i64,
    pub(super) messages: i64,
}

pub(super) async fn counts(tx: &impl Read, now: Timestamp) -> Result<Counts, StoreError> {
    let sql = "SELECT (SELECT COUNT(*) FROM exits) AS exits, (SELECT COUNT(*) FROM customers) AS customers, \
        (SELECT COUNT(*) FROM real_names WHERE status = 'pending') AS real_names, \
        (SELECT COUNT(*) FROM outbox WHERE sent_at IS NULL AND send_at <= $1) AS messages";
    let row = tx.row(sql, args![now]).await?;
    let count = |name| row.as_ref().map_or(Ok(0), |row| row.get::<i64>(name));
    Ok(Counts {
        exits: count("exits")?,
        customers: count("customers")?,
        real_names: count("real_names")?,
        messages: count("messages")?,
    })
}
