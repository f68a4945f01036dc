//! All SQL of blocked hosts.

use turnpike_base::{CustomerId, Result, Timestamp};
use turnpike_store::{Read, StoreError, WriteTx, args};

/// What a customer blocks, as permits carry it.
///
/// # Errors
/// The store does not answer.
pub async fn of_customer(tx: &impl Read, customer: CustomerId) -> Result<Vec<String>> {
    let sql = "SELECT host FROM blocked_hosts WHERE customer_id = $1 ORDER BY host";
    let rows = tx.rows(sql, args![customer]).await?;
    Ok(rows.iter().map(|row| row.get("host")).collect::<Result<_, _>>()?)
}

/// The same with the time of each, the newest first.
pub(super) async fn all(
    tx: &impl Read,
    customer: CustomerId,
) -> Result<Vec<(String, Timestamp)>, StoreError> {
    let sql =
        "SELECT host, created_at FROM blocked_hosts WHERE customer_id = $1 ORDER BY created_at DESC, host";
    let rows = tx.rows(sql, args![customer]).await?;
    rows.iter().map(|row| Ok((row.get("host")?, row.get("created_at")?))).collect()
}

/// Blocks one; nothing happens where it is blocked already.
pub(super) async fn put(
    tx: &WriteTx,
    customer: CustomerId,
    host: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO blocked_hosts (customer_id, host, created_at) VALUES ($1, $2, $3) \
        ON CONFLICT (customer_id, host) DO NOTHING";
    tx.exec(sql, args![customer, host, now]).await?;
    Ok(())
}

/// Opens one again; whether it was blocked.
pub(super) async fn remove(tx: &WriteTx, customer: CustomerId, host: &str) -> Result<bool, StoreError> {
    let sql = "DELETE FROM blocked_hosts WHERE customer_id = $1 AND host = $2";
    Ok(tx.exec(sql, args![customer, host]).await? > 0)
}

pub(super) async fn count(tx: &impl Read, customer: CustomerId) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) AS n FROM blocked_hosts WHERE customer_id = $1";
    let row = tx.row(sql, args![customer]).await?;
    Ok(row.map(|row| row.get("n")).transpose()?.unwrap_or(0))
}
