//! Active probes: idle and failed exits are tried in turn within a budget, and what was seen goes to
//! control. A local exit is probed by binding its address, an upstream by reaching its parent.

use super::Exit;
use crate::dial;
use crate::shared::Shared;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use turnpike_base::ExitId;

/// How often control hears of exits whose state changed, and probes are handed out.
const BEAT: Duration = Duration::from_secs(1);

/// Probes for ever.
pub(crate) async fn prober(shared: Arc<Shared>) {
    let mut beat = tokio::time::interval(BEAT);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    let mut queue: Vec<ExitId> = Vec::new();
    loop {
        beat.tick().await;
        if queue.is_empty() {
            queue = shared
                .exits()
                .all()
                .filter(|e| e.load.load(Ordering::Relaxed) == 0)
                .map(|e| e.record.id)
                .collect();
        }
        let from = queue.len().saturating_sub(shared.config.probes_per_second as usize);
        let round = queue.split_off(from);
        let probes = round.into_iter().map(|id| probe(Arc::clone(&shared), id));
        let seen: Vec<_> = futures_util::future::join_all(probes).await.into_iter().flatten().collect();
        if !seen.is_empty() && shared.control.health(seen).await.is_err() {
            tracing::debug!("control did not take the health of exits");
        }
    }
}

/// Probes one exit now and brings the index up to date.
pub(crate) async fn probe(shared: Arc<Shared>, id: ExitId) -> Option<turnpike_wire::ExitHealth> {
    let exit = shared.exits().get(id)?;
    let started = Instant::now();
    let outcome = dial::probe(&shared, &exit).await;
    shared.exit_outcome(&exit, started, outcome.err().as_deref());
    Some(exit.health(shared.clock.now()))
}

impl Shared {
    /// Books how a use of an exit went; one that comes or goes moves in the index at once.
    pub(crate) fn exit_outcome(&self, exit: &Arc<Exit>, started: Instant, failure: Option<&str>) {
        let changed = match failure {
            None => exit.succeeded(u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX)),
            Some(why) => exit.failed(why),
        };
        if changed {
            tracing::info!(exit = %exit.record.id, failure, "exit changed health");
            self.exits_mut().refresh(exit.record.id);
        }
    }
}
