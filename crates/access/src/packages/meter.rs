//! What metering draws with: bytes are reserved for a lease before they are spent, and booked when they
//! were. All of it inside metering's own transactions.

use super::model::Package;
use super::queries::read;
use turnpike_base::{CustomerId, PackageId, ProductType, Result, Timestamp};
use turnpike_store::{WriteTx, args};

/// The packages leases are drawn from now, locked, the one that expires first before the others. All of
/// them are locked, so that a wait for another transaction can't make the wrong one come first.
pub async fn lock_usable(
    tx: &WriteTx,
    customer: CustomerId,
    product: ProductType,
    now: Timestamp,
) -> Result<Vec<Package>> {
    let sql = "SELECT * FROM packages WHERE customer_id = $1 AND product_type = $2 AND expires_at > $3 AND used < total \
        ORDER BY expires_at, id";
    let rows = tx.lock(sql, args![customer, product, now]).await?;
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

/// Books `used` bytes and changes what leases hold by `reserved` (negative when a lease is spent or given
/// back).
pub async fn book(tx: &WriteTx, id: PackageId, used: i64, reserved: i64) -> Result<()> {
    let sql = "UPDATE packages SET used = used + $2, reserved = reserved + $3 WHERE id = $1";
    tx.exec(sql, args![id, used, reserved]).await?;
    Ok(())
}
