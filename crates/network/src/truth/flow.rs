//! Measures what is due.

use super::{Settled, queries as facts, rules};
use crate::State;
use crate::exits::{Exit, Measured, flow, queries};
use turnpike_base::{Result, Timestamp};
use turnpike_store::Read;

/// Exits of one transaction.
const BATCH: i64 = 500;
/// What was measured so long ago is measured again, in days.
const DAYS: i64 = 1;

/// Measures exits that never were, that were before the files or the policy changed, or longer ago than a day: one
/// batch; whether there was anything to do. Without databases exits that were withheld are sold again.
///
/// # Errors
/// The store does not answer.
pub async fn run(state: &State, now: Timestamp) -> Result<bool> {
    let settled = state.truth.settled();
    let before = since(state, &settled, now).await?.max(now.plus_days(-DAYS));
    // Looked at first without the one writer: mostly nothing is due.
    if due(&state.store.read().await?, state, &settled, before).await?.is_empty() {
        return Ok(false);
    }
    let tx = state.store.write().await?;
    for exit in due(&tx, state, &settled, before).await? {
        let (measured, withheld) = judge(&exit, &settled, now);
        flow::keep_measured(&tx, &state.vault, &exit, &measured, withheld).await?;
    }
    tx.commit().await?;
    Ok(true)
}

async fn due(tx: &impl Read, state: &State, settled: &Settled, before: Timestamp) -> Result<Vec<Exit>> {
    if settled.databases.is_empty() {
        queries::withheld(tx, &state.vault, BATCH).await
    } else {
        queries::unmeasured(tx, &state.vault, before, BATCH).await
    }
}

/// Since when these files and this policy hold.
async fn since(state: &State, settled: &Settled, now: Timestamp) -> Result<Timestamp> {
    let print = format!("{} {}", settled.policy.word(), settled.databases.fingerprint());
    if let Some(at) = facts::since(&state.store.read().await?, &print).await? {
        return Ok(at);
    }
    let tx = state.store.write().await?;
    facts::begin(&tx, &print, now).await?;
    tx.commit().await?;
    Ok(now)
}

/// What is found out about an exit, and whether it is withheld for it.
pub(super) fn judge(exit: &Exit, settled: &Settled, now: Timestamp) -> (Measured, bool) {
    let found = rules::address_of(exit).map(|address| settled.databases.look_up(address)).unwrap_or_default();
    let differences = rules::compare(exit, &found);
    let measured = Measured {
        country: found.country,
        state: found.state,
        city: found.city,
        asn: found.asn.map(i64::from),
        at: now,
        mismatch: differences.told(),
    };
    (measured, settled.policy.withholds(&differences))
}
