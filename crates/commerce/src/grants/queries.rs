//! All SQL of grants and freezes.

use super::model::{Given, GivenKind};
use turnpike_base::{CustomerId, Fault, PackageId, Result, Timestamp};
use turnpike_store::{Read, Row, WriteTx, args};

fn read(row: &Row) -> Result<Given> {
    let kind = GivenKind::parse(&row.get::<String>("kind")?);
    Ok(Given {
        id: row.get("id")?,
        customer: row.get("customer_id")?,
        kind: kind.ok_or_else(|| Fault::internal("grant_unreadable", "kind"))?,
        package: row.get("package_id")?,
        quantity: row.get("quantity")?,
        taken: row.get("taken")?,
        starts_at: row.get("starts_at")?,
        ends_at: row.get("ends_at")?,
    })
}

/// What an order gave, in the order it was given.
pub async fn of_order(tx: &impl Read, trade_no: &str) -> Result<Vec<Given>> {
    let sql = "SELECT * FROM grants WHERE trade_no = $1 ORDER BY id";
    tx.rows(sql, args![trade_no]).await?.iter().map(read).collect()
}

pub(super) async fn insert(tx: &WriteTx, trade_no: &str, new: &Given, now: Timestamp) -> Result<()> {
    let sql = "INSERT INTO grants (trade_no, customer_id, kind, package_id, quantity, starts_at, ends_at, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let (kind, package) = (new.kind.name(), new.package);
    let args = args![trade_no, new.customer, kind, package, new.quantity, new.starts_at, new.ends_at, now];
    tx.exec(sql, args).await?;
    Ok(())
}

/// What newer grants gave the same package and is not taken back: bytes or uses, or milliseconds.
pub(super) async fn given_after(tx: &impl Read, given: &Given) -> Result<i64> {
    let (kinds, size) = if given.kind.is_drawn() {
        ("'bucket', 'count', 'addon'", "quantity")
    } else {
        ("'caps', 'address', 'renewal'", "ends_at - starts_at")
    };
    let sql = format!(
        "SELECT CAST(COALESCE(SUM({size} - taken), 0) AS BIGINT) AS n FROM grants \
         WHERE package_id = $1 AND id > $2 AND kind IN ({kinds})"
    );
    Ok(tx.row(&sql, args![given.package, given.id]).await?.map_or(Ok(0), |row| row.get("n"))?)
}

pub(super) async fn take(tx: &WriteTx, id: i64, by: i64) -> Result<()> {
    tx.exec("UPDATE grants SET taken = taken + $2 WHERE id = $1", args![id, by]).await?;
    Ok(())
}

/// The customer's active 16 or 21 bucket that expires last.
pub(super) async fn addon_target(
    tx: &impl Read,
    customer: CustomerId,
    now: Timestamp,
) -> Result<Option<PackageId>> {
    let sql = "SELECT id FROM packages WHERE customer_id = $1 AND product_type IN (16, 21) AND expires_at > $2 \
        AND used < total ORDER BY expires_at DESC, id DESC LIMIT 1";
    Ok(tx.row(sql, args![customer, now]).await?.map(|row| row.get("id")).transpose()?)
}

/// Writes down what a dispute holds of a grant, or holds more.
pub(super) async fn freeze(
    tx: &WriteTx,
    dispute: &str,
    grant: i64,
    amount: i64,
    now: Timestamp,
) -> Result<()> {
    let sql = "INSERT INTO grant_freezes (dispute, grant_id, amount, created_at) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (dispute, grant_id) DO UPDATE SET amount = grant_freezes.amount + excluded.amount";
    tx.exec(sql, args![dispute, grant, amount, now]).await?;
    Ok(())
}

/// What a dispute holds: of each grant so much.
pub(super) async fn frozen_by(tx: &impl Read, dispute: &str) -> Result<Vec<(Given, i64)>> {
    let sql = "SELECT g.*, f.amount AS frozen FROM grant_freezes f JOIN grants g ON g.id = f.grant_id \
        WHERE f.dispute = $1 ORDER BY g.id";
    let rows = tx.rows(sql, args![dispute]).await?;
    rows.iter().map(|row| Ok((read(row)?, row.get("frozen")?))).collect()
}

/// What disputes hold of a grant.
pub(super) async fn frozen_of(tx: &impl Read, grant: i64) -> Result<i64> {
    let sql = "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) AS n FROM grant_freezes WHERE grant_id = $1";
    Ok(tx.row(sql, args![grant]).await?.map_or(Ok(0), |row| row.get("n"))?)
}

/// Whether a dispute holds something of a package.
pub(super) async fn is_frozen(tx: &impl Read, package: PackageId) -> Result<bool> {
    let sql = "SELECT f.grant_id FROM grant_freezes f JOIN grants g ON g.id = f.grant_id WHERE g.package_id = $1 LIMIT 1";
    Ok(tx.row(sql, args![package]).await?.is_some())
}

/// The dispute holds nothing any more.
pub(super) async fn forget_freezes(tx: &WriteTx, dispute: &str) -> Result<()> {
    tx.exec("DELETE FROM grant_freezes WHERE dispute = $1", args![dispute]).await?;
    Ok(())
}
