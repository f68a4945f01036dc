//! What commerce changes of packages that exist, inside its own transactions: more of them, longer, or
//! less of them. The gateways hear of it after the commit.

use super::flow::tell;
use super::model::Package;
use super::queries::read;
use turnpike_base::{PackageId, Result, Timestamp};
use turnpike_store::{WriteTx, args};

/// The package, locked.
pub async fn lock(tx: &WriteTx, id: PackageId) -> Result<Option<Package>> {
    let rows = tx.lock("SELECT * FROM packages WHERE id = $1 ORDER BY id", args![id]).await?;
    Ok(rows.first().map(read).transpose()?)
}

/// Adds to what it grants; negative takes away. The caller knows that so much is unused.
pub async fn add(tx: &WriteTx, package: &Package, by: i64, now: Timestamp) -> Result<()> {
    tx.exec("UPDATE packages SET total = total + $2 WHERE id = $1", args![package.id, by]).await?;
    tell(tx, package.customer, package.product, now).await
}

/// Moves its expiry.
pub async fn expire_at(tx: &WriteTx, package: &Package, at: Timestamp, now: Timestamp) -> Result<()> {
    tx.exec("UPDATE packages SET expires_at = $2 WHERE id = $1", args![package.id, at]).await?;
    tell(tx, package.customer, package.product, now).await
}

/// Switches the renewal by itself on or off.
pub async fn auto_renew(tx: &WriteTx, id: PackageId, on: bool) -> Result<()> {
    tx.exec("UPDATE packages SET auto_renew = $2 WHERE id = $1", args![id, on]).await?;
    Ok(())
}

/// Counts one use of a countable package; `false`: none is left, or it is over.
pub async fn take_uses(tx: &WriteTx, id: PackageId, uses: i64, now: Timestamp) -> Result<bool> {
    let sql = "UPDATE packages SET used = used + $2 WHERE id = $1 AND expires_at > $3 AND used + $2 <= total";
    Ok(tx.exec(sql, args![id, uses, now]).await? == 1)
}
