//! Active probes: idle and failed exits are tried in turn within a budget, and what was seen goes to
//! control. A local exit is probed by binding its address, an upstream by asking its parent as a connection would.

use super::Exit;
use crate::dial;
use crate::shared::{Shared, held};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use turnpike_base::ExitId;

/// How often control hears of exits whose state changed, and probes are handed out.
const BEAT: Duration = Duration::from_secs(1);

/// Probes for ever. Exits that join are looked at as they come; on each beat those that failed come first, so that one
/// that is really gone leaves the index within seconds and one that is back returns as fast. Either takes half of the
/// budget at most, the others have the rest.
pub(crate) async fn prober(shared: Arc<Shared>) {
    let mut beat = tokio::time::interval(BEAT);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    let mut queue: Vec<ExitId> = Vec::new();
    let budget = shared.config.probes_per_second as usize;
    let half = budget.div_ceil(2);
    // Since the last beat, for which the next one has less.
    let mut early = 0;
    loop {
        let is_beat = tokio::select! {
            _ = beat.tick() => true,
            () = shared.joined.some() => false,
        };
        let mut round = shared.joined.take(half.saturating_sub(early));
        if is_beat {
            let left = budget.saturating_sub(std::mem::take(&mut early) + round.len());
            round.extend(next(&shared, &mut queue, left));
        } else {
            early += round.len();
        }
        round.sort_unstable();
        round.dedup();
        // On its own: one parent that hangs must not hold up the next beat.
        tokio::spawn(probe_all(Arc::clone(&shared), round));
    }
}

/// What is due on a beat, at most so many: suspects, and the next of all that are idle.
fn next(shared: &Shared, queue: &mut Vec<ExitId>, most: usize) -> Vec<ExitId> {
    let mut round = suspects(shared, most.div_ceil(2));
    if queue.is_empty() {
        let idle = |e: &&Arc<Exit>| e.load.load(Ordering::Relaxed) == 0;
        *queue = shared.exits().all().filter(idle).map(|e| e.record.id).collect();
    }
    let from = queue.len().saturating_sub(most.saturating_sub(round.len()));
    round.extend(queue.split_off(from));
    round
}

/// Takes at most so many suspects; those that are still suspect after their probe come again.
fn suspects(shared: &Shared, most: usize) -> Vec<ExitId> {
    let mut all = held(&shared.suspects);
    let taken: Vec<_> = all.iter().copied().take(most).collect();
    taken.iter().for_each(|id| {
        all.remove(id);
    });
    taken
}

async fn probe_all(shared: Arc<Shared>, round: Vec<ExitId>) {
    let probes = round.into_iter().map(|id| probe(Arc::clone(&shared), id));
    let seen: Vec<_> = futures_util::future::join_all(probes).await.into_iter().flatten().collect();
    if !seen.is_empty() && shared.control.health(seen).await.is_err() {
        tracing::debug!("control did not take the health of exits");
    }
}

/// Probes one exit now and brings the index up to date.
pub(crate) async fn probe(shared: Arc<Shared>, id: ExitId) -> Option<turnpike_wire::ExitHealth> {
    let exit = shared.exits().get(id)?;
    let started = Instant::now();
    let outcome = dial::probe(&shared, &exit).await;
    let is_well = outcome.is_ok();
    shared.exit_outcome(&exit, started, outcome.err().as_deref());
    if is_well {
        super::public::learn(&shared, &exit).await;
    }
    Some(exit.health(shared.clock.now()))
}

impl Shared {
    /// Books how a use of an exit went; one that comes or goes moves in the index at once.
    pub(crate) fn exit_outcome(&self, exit: &Arc<Exit>, started: Instant, failure: Option<&str>) {
        let changed = match failure {
            None => exit.succeeded(u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX)),
            Some(why) => exit.failed(why),
        };
        if exit.is_suspect() {
            held(&self.suspects).insert(exit.record.id);
        }
        if changed {
            tracing::info!(exit = %exit.record.id, failure, "exit changed health");
            self.exits_mut().refresh(exit.record.id);
        }
    }
}
