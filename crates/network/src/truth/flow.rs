//! Measures what is due.

use super::{Found, Policy, Settled, queries as facts, rules};
use crate::State;
use crate::exits::{Exit, Measured, flow, queries};
use std::net::IpAddr;
use turnpike_base::{ExitId, Result, Timestamp};
use turnpike_store::{Read, Vault, WriteTx};

/// Exits of one transaction.
const BATCH: i64 = 500;
/// What was measured so long ago is measured again, in days.
const DAYS: i64 = 1;
/// Before anything was measured.
const NEVER: Timestamp = Timestamp(i64::MIN);

/// Measures exits that never were, that were before the files or the policy changed, or longer ago than a day: one
/// batch; whether there was anything to do. Without databases exits that were withheld are sold again.
///
/// # Errors
/// The store does not answer.
pub async fn run(state: &State, now: Timestamp) -> Result<bool> {
    let settled = state.truth.settled();
    let before = since(state, &settled, now).await?.max(now.plus_days(-DAYS));
    measure(state, &settled, before, now).await
}

/// Measures the exits that never were, before anything is sold: at the start, for those that were added while no
/// server ran. Nothing where nothing would be withheld.
///
/// # Errors
/// The store does not answer.
pub async fn meet_all(state: &State, now: Timestamp) -> Result<()> {
    let settled = state.truth.settled();
    if settled.databases.is_empty() || settled.policy == Policy::Never {
        return Ok(());
    }
    while measure(state, &settled, NEVER, now).await? {}
    Ok(())
}

/// Looks up an exit that joins, or whose address is new; whether that changed that it is withheld. Who has no address
/// yet (a parent before its first probe with `address-url`) is found nowhere, and differs in nothing.
///
/// # Errors
/// The store does not answer.
pub(crate) async fn meet(
    tx: &WriteTx,
    vault: &Vault,
    settled: &Settled,
    id: ExitId,
    now: Timestamp,
) -> Result<bool> {
    if settled.databases.is_empty() {
        return Ok(false);
    }
    let Some(exit) = queries::by_id(tx, vault, id).await? else { return Ok(false) };
    let (measured, withheld) = judge(&exit, settled, now);
    queries::set_measured(tx, id, &measured, withheld).await?;
    Ok(withheld != exit.withheld)
}

async fn measure(state: &State, settled: &Settled, before: Timestamp, now: Timestamp) -> Result<bool> {
    // Looked at first without the one writer: mostly nothing is due.
    if due(&state.store.read().await?, state, settled, before).await?.is_empty() {
        return Ok(false);
    }
    let tx = state.store.write().await?;
    for exit in due(&tx, state, settled, before).await? {
        let (measured, withheld) = judge(&exit, settled, now);
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

/// What is found out about an exit, and whether it is withheld for it. A block is where its addresses are: the first
/// one that differs is told, one for which it is withheld before others.
pub(super) fn judge(exit: &Exit, settled: &Settled, now: Timestamp) -> (Measured, bool) {
    let look = |address: IpAddr| {
        let found = settled.databases.look_up(address);
        let differences = rules::compare(exit, &found);
        Looked { address, withheld: settled.policy.withholds(&differences), told: differences.told(), found }
    };
    let looked: Vec<Looked> = rules::addresses_of(exit).into_iter().map(look).collect();
    let (count, differing) = (looked.len(), looked.iter().filter(|one| one.told.is_some()).count());
    let worst = looked.into_iter().rev().max_by_key(|one| (one.withheld, one.told.is_some()));
    let (found, withheld, mismatch) = match worst {
        Some(Looked { address, found, withheld, told }) => {
            let of_block = |told| format!("{address} ({differing} of {count} samples): {told}");
            (found, withheld, if count > 1 { told.map(of_block) } else { told })
        }
        None => (Found::default(), false, None),
    };
    let measured = Measured {
        country: found.country,
        state: found.state,
        city: found.city,
        asn: found.asn.map(i64::from),
        at: now,
        mismatch,
    };
    (measured, withheld)
}

/// What was found at one address of an exit.
struct Looked {
    address: IpAddr,
    found: Found,
    withheld: bool,
    told: Option<String>,
}
