//! All SQL of notices, disputes and comparisons.

use super::driver::Notice;
use super::notices::Kept;
use super::reconcile::Reconciliation;
use turnpike_base::{Money, Timestamp};
use turnpike_store::{Read, Row, StoreError, WriteTx, args};

/// Keeps a notice as it came; a repeat is kept once.
pub(super) async fn keep_notice(
    tx: &WriteTx,
    pm_id: i64,
    notice: &Notice,
    body: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO payment_notices (pm_id, event, kind, body, received_at) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (pm_id, event) DO NOTHING";
    tx.exec(sql, args![pm_id, &notice.event, &notice.kind, body, now]).await.map(drop)
}

/// Notices that came before then and are not applied, the oldest first.
pub(super) async fn unapplied(
    tx: &impl Read,
    before: Timestamp,
    most: i64,
) -> Result<Vec<(Kept, String)>, StoreError> {
    let sql = "SELECT pm_id, body, received_at FROM payment_notices WHERE applied_at IS NULL AND received_at <= $1 \
        ORDER BY id LIMIT $2";
    let read = |row: &Row| {
        let kept = Kept { pm_id: row.get("pm_id")?, received_at: row.get("received_at")? };
        Ok((kept, row.get("body")?))
    };
    tx.rows(sql, args![before, most]).await?.iter().map(read).collect()
}

pub(super) async fn notice_applied(
    tx: &WriteTx,
    pm_id: i64,
    event: &str,
    outcome: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE payment_notices SET applied_at = $3, outcome = $4 WHERE pm_id = $1 AND event = $2 AND applied_at IS NULL";
    tx.exec(sql, args![pm_id, event, now, outcome]).await.map(drop)
}

/// Whether it is a new one.
pub(super) async fn insert_dispute(
    tx: &WriteTx,
    dispute: &str,
    payment: i64,
    amount: Money,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "INSERT INTO payment_disputes (dispute, payment_id, amount, status, created_at) VALUES ($1, $2, $3, 'open', $4) \
        ON CONFLICT (dispute) DO NOTHING";
    Ok(tx.exec(sql, args![dispute, payment, amount, now]).await? == 1)
}

/// The payment and the amount of a dispute that is open.
pub(super) async fn lock_open_dispute(
    tx: &WriteTx,
    dispute: &str,
) -> Result<Option<(i64, Money)>, StoreError> {
    let sql = "SELECT payment_id, amount FROM payment_disputes WHERE dispute = $1 AND status = 'open' ORDER BY dispute";
    let rows = tx.lock(sql, args![dispute]).await?;
    rows.first().map(|row| Ok((row.get("payment_id")?, row.get("amount")?))).transpose()
}

pub(super) async fn end_dispute(
    tx: &WriteTx,
    dispute: &str,
    won: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE payment_disputes SET status = $2, ended_at = $3 WHERE dispute = $1";
    tx.exec(sql, args![dispute, if won { "won" } else { "lost" }, now]).await.map(drop)
}

pub(super) async fn insert_reconciliation(tx: &WriteTx, found: &Reconciliation) -> Result<(), StoreError> {
    let sql = "INSERT INTO payment_reconciliations (pm_id, since_at, until_at, compared, differences, created_at) \
        VALUES ($1, $2, $3, $4, $5, $3)";
    let args = args![found.pm_id, found.since, found.at, found.compared, found.differences.join("\n")];
    tx.exec(sql, args).await.map(drop)
}

/// The newest comparisons.
pub async fn reconciliations(tx: &impl Read, most: i64) -> Result<Vec<Reconciliation>, StoreError> {
    let rows =
        tx.rows("SELECT * FROM payment_reconciliations ORDER BY id DESC LIMIT $1", args![most]).await?;
    let read = |row: &Row| {
        let told: String = row.get("differences")?;
        Ok(Reconciliation {
            pm_id: row.get("pm_id")?,
            since: row.get("since_at")?,
            compared: row.get("compared")?,
            differences: told.lines().map(str::to_owned).collect(),
            at: row.get("created_at")?,
        })
    };
    rows.iter().map(read).collect()
}
