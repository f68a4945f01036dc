//! Warnings, written into the outbox with the memory that they were: as events and as a mail.

use super::rules::{self, Choices, Kind};
use super::{hooks, queries};
use crate::State;
use jiff::tz::TimeZone;
use serde_json::json;
use turnpike_access::packages::{self, Package, change};
use turnpike_base::{CustomerId, PackageId, Result, Timestamp};
use turnpike_identity::customers;
use turnpike_identity::mail::{self, Letter};
use turnpike_store::{Read, WriteTx, outbox, retrying};

/// Packages looked for at a time.
const SWEEP: i64 = 200;
/// A mail that waits longer tells nothing new: at least an hour, at most three days, and not beyond the expiry.
const LEAST_MINUTES: i64 = 60;
const MOST_MINUTES: i64 = 3 * 1_440;

/// Warns of everything that is due, in a transaction for each package; gives back how many it looked at. One that can't be
/// warned of holds up no other. A job runs it.
pub async fn run(state: &State, now: Timestamp) -> Result<usize> {
    let (mut count, mut after) = (0, PackageId(0));
    loop {
        let candidates = queries::candidates(&state.store.read().await?, after, now, SWEEP).await?;
        let Some(last) = candidates.last() else { return Ok(count) };
        after = *last;
        count += candidates.len();
        for id in candidates {
            if let Err(fault) = retrying(|| warn(state, id, now)).await {
                tracing::error!(package = id.0, %fault, cause = ?fault.cause, "a warning can't be written");
            }
        }
    }
}

async fn warn(state: &State, id: PackageId, now: Timestamp) -> Result<()> {
    let tx = state.store.write().await?;
    let Some(package) = change::lock(&tx, id).await? else { return Ok(()) };
    for kind in rules::due(&package, now) {
        tell(&tx, state, &package, kind, None, now).await?;
    }
    Ok(tx.commit().await?)
}

/// What a customer wants to hear.
pub(super) async fn choices(tx: &impl Read, customer: CustomerId) -> Result<Choices> {
    queries::choices(tx, customer).await
}

/// A customer chooses whether he hears of a kind by mail and by webhook; `None`: as before.
pub(super) async fn choose(
    state: &State,
    customer: CustomerId,
    kind: Kind,
    ways: (Option<bool>, Option<bool>),
) -> Result<()> {
    let tx = state.store.write().await?;
    queries::choose(&tx, customer, kind, ways).await?;
    Ok(tx.commit().await?)
}

/// Tells of one thing, unless it was told for this expiry.
pub async fn tell(
    tx: &WriteTx,
    state: &State,
    package: &Package,
    kind: Kind,
    reason: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    if !queries::remember(tx, package.id, kind, package.expires_at, now).await? {
        return Ok(());
    }
    let customer = customers::by_id(tx, package.customer).await?;
    let zone = state.directory.site(customer.site).map_or(TimeZone::UTC, |site| site.zone.clone());
    let until = package.expires_at.wall(&zone);
    let text = kind.text(&package.title, &until);
    let figures = packages::rules::figures(package);
    let event = json!({"event": format!("package_{}", kind.name()), "customer": package.customer,
        "package": package.id, "product_type": package.product, "title": package.title, "trade_no": package.trade_no,
        "total": figures.total, "used": figures.used, "left": figures.left, "expires_at": package.expires_at,
        "reason": reason, "text": text});
    outbox::post(tx, "webhook", &event, now).await?;
    let choice = queries::choices(tx, package.customer).await?.get(kind);
    if choice.webhook && queries::hook(tx, &state.vault, package.customer).await?.is_some() {
        hooks::post(tx, package.customer, event, now).await?;
    }
    if !choice.mail {
        return Ok(());
    }
    let minutes = (package.expires_at.since(now) / 60_000).clamp(LEAST_MINUTES, MOST_MINUTES);
    let letter =
        Letter { subject: text.clone(), lines: kind.lines(&text, &package.trade_no), action: None, minutes };
    mail::to_customer(tx, &state.vault, package.customer, &letter, now).await
}
