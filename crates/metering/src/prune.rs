//! Forgetting what has grown old (design notes, section 3, "Usage").

use crate::Meter;
use crate::usage::queries::{DAY_MS, HOUR_MS, QUARTER_MS};
use turnpike_base::{Result, Timestamp};
use turnpike_store::{WriteTx, args};

/// Days that quarter-hours are kept: 400, and one for zones ahead of UTC.
const QUARTER_DAYS: i64 = 401;
/// Days that hours by country and by exit are kept.
const HOUR_DAYS: i64 = 90;
/// Days that destination hosts, refusals and finished connections are kept.
const DETAIL_DAYS: i64 = 30;
/// Days that closed leases and lives of gateways are kept, for batches that come late.
const LATE_DAYS: i64 = 7;
/// Destination hosts of an account and day.
const MOST_HOSTS: i64 = 100;

/// Drops what is too old and hosts beyond the top hundred of finished days. What dropped quarter-hours held
/// is carried, so that sums stay provable.
pub async fn run(meter: &Meter, now: Timestamp) -> Result<()> {
    let tx = meter.store.write().await?;
    carry(&tx, now.plus_days(-QUARTER_DAYS).0.div_euclid(QUARTER_MS)).await?;
    let hour = now.plus_days(-HOUR_DAYS).0.div_euclid(HOUR_MS);
    tx.exec("DELETE FROM usage_countries WHERE hour < $1", args![hour]).await?;
    tx.exec("DELETE FROM usage_exits WHERE hour < $1", args![hour]).await?;
    let today = now.0.div_euclid(DAY_MS);
    tx.exec("DELETE FROM usage_hosts WHERE day < $1", args![today - DETAIL_DAYS]).await?;
    top_hosts(&tx, today - 1).await?;
    tx.exec("DELETE FROM refusals WHERE at < $1", args![now.plus_days(-DETAIL_DAYS)]).await?;
    tx.exec("DELETE FROM traces WHERE closed_at < $1", args![now.plus_days(-DETAIL_DAYS)]).await?;
    tx.exec("DELETE FROM leases WHERE closed_at < $1", args![now.plus_days(-LATE_DAYS)]).await?;
    tx.exec("DELETE FROM gateway_lives WHERE seen_at < $1", args![now.plus_days(-LATE_DAYS)]).await?;
    Ok(tx.commit().await?)
}

async fn carry(tx: &WriteTx, before: i64) -> Result<()> {
    let sql = "INSERT INTO usage_carried (customer_id, account_id, product_type, up, down) \
        SELECT customer_id, account_id, product_type, CAST(SUM(up) AS BIGINT), CAST(SUM(down) AS BIGINT) \
        FROM usage_quarters WHERE quarter < $1 GROUP BY customer_id, account_id, product_type \
        ON CONFLICT (customer_id, account_id, product_type) DO UPDATE SET \
        up = usage_carried.up + excluded.up, down = usage_carried.down + excluded.down";
    tx.exec(sql, args![before]).await?;
    for table in ["usage_quarters", "usage_totals"] {
        tx.exec(&format!("DELETE FROM {table} WHERE quarter < $1"), args![before]).await?;
    }
    Ok(())
}

async fn top_hosts(tx: &WriteTx, day: i64) -> Result<()> {
    let sql = "DELETE FROM usage_hosts WHERE day = $1 AND (SELECT COUNT(*) FROM usage_hosts b \
        WHERE b.customer_id = usage_hosts.customer_id AND b.day = usage_hosts.day \
        AND b.account_id = usage_hosts.account_id AND b.product_type = usage_hosts.product_type \
        AND (b.bytes > usage_hosts.bytes OR (b.bytes = usage_hosts.bytes AND b.host < usage_hosts.host))) >= $2";
    tx.exec(sql, args![day, MOST_HOSTS]).await?;
    Ok(())
}
