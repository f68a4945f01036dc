//! All SQL of renewals by themselves.

use super::rules::Duration;
use turnpike_access::packages::Package;
use turnpike_base::{CustomerId, Money, PackageId, Page, ProductType, Result, Timestamp};
use turnpike_store::{Read, Row, StoreError, WriteTx, args};

/// A package that renews by itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    pub(super) package: PackageId,
    pub(super) customer: CustomerId,
    pub(super) duration: Duration,
    pub(super) due_at: Timestamp,
}

/// What came of one.
#[derive(Clone, Debug)]
pub struct Log {
    /// Its row.
    pub id: i64,
    /// The package.
    pub package: PackageId,
    /// Of which type.
    pub product: ProductType,
    /// Whether it went well.
    pub renewed: bool,
    /// The order; empty where none was made.
    pub trade_no: String,
    /// What it cost.
    pub fee: Money,
    /// A stable slug; empty when it went well.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

fn setting(row: &Row) -> Result<Setting, StoreError> {
    Ok(Setting {
        package: row.get("package_id")?,
        customer: row.get("customer_id")?,
        duration: Duration::parse(&row.get::<String>("duration")?).unwrap_or_default(),
        due_at: row.get("due_at")?,
    })
}

/// Renewals that are due, those that failed before or the others, after the one at a place.
pub(super) async fn due(
    tx: &impl Read,
    failed_before: bool,
    (due, package): (Timestamp, PackageId),
    now: Timestamp,
    most: i64,
) -> Result<Vec<Setting>> {
    let which = if failed_before { "attempts > 0" } else { "attempts = 0" };
    let sql = format!(
        "SELECT * FROM renewal_settings WHERE due_at <= $1 AND {which} AND \
        (due_at > $2 OR (due_at = $2 AND package_id > $3)) ORDER BY due_at, package_id LIMIT $4"
    );
    let rows = tx.rows(&sql, args![now, due, package, most]).await?;
    Ok(rows.iter().map(setting).collect::<Result<_, _>>()?)
}

pub(super) async fn lock(tx: &WriteTx, package: PackageId) -> Result<Option<Setting>> {
    let sql = "SELECT * FROM renewal_settings WHERE package_id = $1 ORDER BY package_id";
    Ok(tx.lock(sql, args![package]).await?.first().map(setting).transpose()?)
}

pub(super) async fn by_package(tx: &impl Read, package: PackageId) -> Result<Option<Setting>> {
    let sql = "SELECT * FROM renewal_settings WHERE package_id = $1";
    Ok(tx.row(sql, args![package]).await?.map(|row| setting(&row)).transpose()?)
}

pub(super) async fn save(tx: &WriteTx, new: &Setting, now: Timestamp) -> Result<()> {
    let sql = "INSERT INTO renewal_settings (package_id, customer_id, duration, due_at, updated_at) \
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (package_id) DO UPDATE SET duration = excluded.duration, \
        due_at = excluded.due_at, attempts = 0, updated_at = excluded.updated_at";
    tx.exec(sql, args![new.package, new.customer, new.duration.name(), new.due_at, now]).await?;
    Ok(())
}

pub(super) async fn postpone(tx: &WriteTx, package: PackageId, until: Timestamp) -> Result<()> {
    let sql = "UPDATE renewal_settings SET due_at = $2, attempts = attempts + 1 WHERE package_id = $1";
    tx.exec(sql, args![package, until]).await?;
    Ok(())
}

pub(super) async fn forget(tx: &WriteTx, package: PackageId) -> Result<()> {
    tx.exec("DELETE FROM renewal_settings WHERE package_id = $1", args![package]).await?;
    Ok(())
}

pub(super) async fn log(tx: &WriteTx, package: &Package, log: &Log) -> Result<()> {
    let sql = "INSERT INTO renewal_logs (customer_id, package_id, product_type, status, trade_no, fee, reason, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let status = if log.renewed { 1_i64 } else { 2 };
    let (trade_no, reason) = (log.trade_no.as_str(), log.reason.as_str());
    let args = args![package.customer, log.package, log.product, status, trade_no, log.fee, reason, log.at];
    tx.exec(sql, args).await?;
    Ok(())
}

pub(super) async fn logs(tx: &impl Read, customer: CustomerId, page: Page) -> Result<(i64, Vec<Log>)> {
    let count = "SELECT COUNT(*) AS n FROM renewal_logs WHERE customer_id = $1";
    let total = tx.row(count, args![customer]).await?.map(|row| row.get("n")).transpose()?.unwrap_or(0);
    let sql = "SELECT * FROM renewal_logs WHERE customer_id = $1 ORDER BY id DESC LIMIT $2 OFFSET $3";
    let read = |row: &Row| {
        Ok::<_, StoreError>(Log {
            id: row.get("id")?,
            package: row.get("package_id")?,
            product: row.get("product_type")?,
            renewed: row.get::<i64>("status")? == 1,
            trade_no: row.get("trade_no")?,
            fee: row.get("fee")?,
            reason: row.get("reason")?,
            at: row.get("created_at")?,
        })
    };
    let rows = tx.rows(sql, args![customer, page.size, page.offset()]).await?;
    Ok((total, rows.iter().map(read).collect::<Result<_, _>>()?))
}

/// The customer's packages that are not over, those that expire first before the others.
pub(super) async fn running(tx: &impl Read, customer: CustomerId, now: Timestamp) -> Result<Vec<PackageId>> {
    let sql = "SELECT id FROM packages WHERE customer_id = $1 AND expires_at > $2 ORDER BY expires_at, id LIMIT 1000";
    let rows = tx.rows(sql, args![customer, now]).await?;
    Ok(rows.iter().map(|row| row.get("id")).collect::<Result<_, StoreError>>()?)
}
