//! Warnings, written into the outbox with the memory that they were.

use super::queries;
use super::rules::{self, Kind};
use serde_json::json;
use turnpike_access::packages::{self, Package, change};
use turnpike_base::{Result, Timestamp};
use turnpike_store::{Store, WriteTx, outbox};

/// Packages looked at per transaction.
const SWEEP: i64 = 200;

/// Warns of everything that is due; gives back how many packages it looked at. A job runs it.
pub async fn run(store: &Store, now: Timestamp) -> Result<usize> {
    let candidates = queries::candidates(&store.read().await?, now, SWEEP).await?;
    if candidates.is_empty() {
        return Ok(0);
    }
    let tx = store.write().await?;
    for id in &candidates {
        let Some(package) = change::lock(&tx, *id).await? else { continue };
        for kind in rules::due(&package, now) {
            tell(&tx, &package, kind, None, now).await?;
        }
    }
    tx.commit().await?;
    Ok(candidates.len())
}

/// Tells of one thing, unless it was told for this expiry.
pub async fn tell(
    tx: &WriteTx,
    package: &Package,
    kind: Kind,
    reason: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    if !queries::remember(tx, package.id, kind, package.expires_at, now).await? {
        return Ok(());
    }
    let until = package.expires_at.wall(&jiff::tz::TimeZone::UTC);
    let text = kind.text(&package.title, &until);
    let figures = packages::rules::figures(package);
    let event = json!({"event": format!("package_{}", kind.name()), "customer": package.customer,
        "package": package.id, "product_type": package.product, "title": package.title, "trade_no": package.trade_no,
        "total": figures.total, "used": figures.used, "left": figures.left, "expires_at": package.expires_at,
        "reason": reason, "text": text});
    Ok(outbox::post(tx, "webhook", &event, now).await?)
}
