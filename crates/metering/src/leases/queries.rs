//! All SQL of leases.

use super::model::{LeaseRow, NewLease};
use turnpike_base::{LeaseId, Timestamp};
use turnpike_store::{Read, Row, StoreError, WriteTx, args};

const COLUMNS: &str = "id, customer_id, account_id, package_id, bytes, used, day, closed_at";

fn read(row: &Row) -> Result<LeaseRow, StoreError> {
    Ok(LeaseRow {
        id: row.get("id")?,
        customer: row.get("customer_id")?,
        account: row.opt("account_id")?,
        package: row.opt("package_id")?,
        bytes: row.get("bytes")?,
        used: row.get("used")?,
        day: row.get("day")?,
        closed: row.opt::<i64>("closed_at")?.is_some(),
    })
}

pub(super) async fn insert(tx: &WriteTx, new: &NewLease<'_>, now: Timestamp) -> Result<LeaseId, StoreError> {
    let sql = "INSERT INTO leases (gateway, start, customer_id, account_id, product_type, package_id, bytes, day, \
        valid_until, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id";
    let args = args![
        new.gateway,
        new.start,
        new.subject.customer,
        new.subject.account,
        new.subject.product,
        new.package,
        new.bytes,
        new.day,
        new.valid_until,
        now
    ];
    tx.row(sql, args).await?.map_or(Ok(LeaseId(0)), |row| row.get("id"))
}

/// A lease, locked.
pub(crate) async fn lock(tx: &WriteTx, id: LeaseId) -> Result<Option<LeaseRow>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM leases WHERE id = $1 ORDER BY id");
    tx.lock(&sql, args![id]).await?.first().map(read).transpose()
}

/// Adds to what is used of a lease, and closes it if it is done with.
pub(crate) async fn spend(
    tx: &WriteTx,
    id: LeaseId,
    used: i64,
    close: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE leases SET used = used + $2, \
        closed_at = CASE WHEN $3 = 1 THEN COALESCE(closed_at, $4) ELSE closed_at END WHERE id = $1";
    tx.exec(sql, args![id, used, close, now]).await?;
    Ok(())
}

/// Open leases of earlier lives of a gateway, locked.
pub(super) async fn of_earlier_lives(
    tx: &WriteTx,
    gateway: &str,
    start: i64,
) -> Result<Vec<LeaseRow>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM leases WHERE closed_at IS NULL AND gateway = $1 AND start < $2 ORDER BY id"
    );
    tx.lock(&sql, args![gateway, start]).await?.iter().map(read).collect()
}

/// Open leases whose time was over before `before`, locked, at most `most`.
pub(super) async fn overdue(tx: &WriteTx, before: Timestamp, most: i64) -> Result<Vec<LeaseRow>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM leases WHERE closed_at IS NULL AND valid_until < $1 ORDER BY id LIMIT $2"
    );
    tx.lock(&sql, args![before, most]).await?.iter().map(read).collect()
}
