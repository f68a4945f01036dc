//! Expiry of packages: gateways hear of it within a quarter of a second, so that running connections go on
//! with the next package or end.

use crate::Control;
use std::time::Duration;
use turnpike_base::{Result, Timestamp};
use turnpike_store::{Read, args, changes};
use turnpike_wire::Change;

const BEAT: Duration = Duration::from_millis(250);

/// Watches for ever.
pub(crate) async fn run(control: Control) {
    let mut beat = tokio::time::interval(BEAT);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut seen = control.0.clock.now();
    loop {
        beat.tick().await;
        let now = control.0.clock.now();
        match tell(&control, seen, now).await {
            Ok(()) => seen = now,
            Err(fault) => tracing::error!(%fault, cause = ?fault.cause, "expiries can't be told"),
        }
    }
}

/// Tells of packages that expired after `from`, up to `to`.
async fn tell(control: &Control, from: Timestamp, to: Timestamp) -> Result<()> {
    let sql =
        "SELECT DISTINCT customer_id, product_type FROM packages WHERE expires_at > $1 AND expires_at <= $2";
    let rows = control.store().read().await?.rows(sql, args![from, to]).await?;
    if rows.is_empty() {
        return Ok(());
    }
    let tx = control.store().write().await?;
    for row in rows {
        let change = Change::Package { customer: row.get("customer_id")?, product: row.get("product_type")? };
        changes::tell_once(&tx, &change, to).await?;
    }
    Ok(tx.commit().await?)
}
