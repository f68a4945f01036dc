//! What metering counts on accounts, inside its own transactions: bytes used and reserved, in all and on
//! the site's present day.

use turnpike_base::{AccountId, Bytes, Result};
use turnpike_store::{Row, StoreError, WriteTx, args};

/// An account's limits and how far they are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counters {
    /// Zero: none.
    pub limit: Bytes,
    /// Zero: none.
    pub daily_limit: Bytes,
    /// Used and reserved since it was added.
    pub spoken_for: Bytes,
    /// Used since it was added.
    pub used: Bytes,
    /// Used and reserved on the day.
    pub day_spoken_for: Bytes,
    /// Used on the day.
    pub day_used: Bytes,
}

/// Reads and locks the counters. `day` is the site's present day, in days since 1970-01-01; counts of
/// another day are zero. `None`: there is no such account, or it was deleted.
pub async fn lock(tx: &WriteTx, id: AccountId, day: i64) -> Result<Option<Counters>> {
    let sql = "SELECT limit_bytes, daily_limit_bytes, used, reserved, day, day_used, day_reserved FROM accounts \
        WHERE id = $1 AND deleted_at IS NULL ORDER BY id";
    let rows = tx.lock(sql, args![id]).await?;
    Ok(rows.first().map(|row| read(row, day)).transpose()?)
}

fn read(row: &Row, day: i64) -> Result<Counters, StoreError> {
    let used: Bytes = row.get("used")?;
    let today = row.get::<i64>("day")? == day;
    let on_day = |name| if today { row.get::<Bytes>(name) } else { Ok(Bytes::ZERO) };
    let day_used = on_day("day_used")?;
    Ok(Counters {
        limit: row.get("limit_bytes")?,
        daily_limit: row.get("daily_limit_bytes")?,
        spoken_for: used.plus(row.get("reserved")?),
        used,
        day_spoken_for: day_used.plus(on_day("day_reserved")?),
        day_used,
    })
}

/// Books `used` bytes and changes what leases hold by `reserved`; both count for `day` too. Where the row
/// knows another day, a later one begins anew and an earlier one no longer concerns it.
pub async fn book(tx: &WriteTx, id: AccountId, day: i64, used: i64, reserved: i64) -> Result<()> {
    let sql = "UPDATE accounts SET used = used + $3, reserved = reserved + $4, \
        day_used = CASE WHEN day = $2 THEN day_used + $3 WHEN day < $2 THEN $3 ELSE day_used END, \
        day_reserved = CASE WHEN day = $2 THEN day_reserved + $4 WHEN day < $2 THEN $4 ELSE day_reserved END, \
        day = CASE WHEN day < $2 THEN $2 ELSE day END WHERE id = $1";
    tx.exec(sql, args![id, day, used, reserved]).await?;
    Ok(())
}
