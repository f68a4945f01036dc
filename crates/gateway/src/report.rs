//! The reporter: every 500 ms a numbered batch of what was counted. What control does not take is
//! journalled and sent again, in order.

use crate::journal::Journal;
use crate::pending::Counted;
use crate::shared::{Shared, held};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use turnpike_wire::{LeaseUse, Subject, UsageBatch};

/// One batch per so much time (design notes, section 3).
const BEAT: Duration = Duration::from_millis(500);
/// Control that does not answer for so long is away: what it may have taken is sent again, under its number.
const PATIENCE: Duration = Duration::from_secs(5);

/// Makes and sends batches.
pub(crate) struct Reporter {
    shared: Arc<Shared>,
    journal: Journal,
    waiting: VecDeque<UsageBatch>,
    /// How many of those that wait, from the oldest on, are on disk.
    on_disk: usize,
    /// There is a journal to be cleared once control has everything.
    journalled: bool,
    number: i64,
}

impl Reporter {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        let journal = Journal::new(shared.config.journal.as_deref());
        let waiting = journal.load().unwrap_or_else(|error| {
            tracing::error!(%error, "the usage journal can't be read");
            Vec::new()
        });
        Self {
            shared,
            journal,
            on_disk: waiting.len(),
            journalled: !waiting.is_empty(),
            waiting: waiting.into(),
            number: 0,
        }
    }

    /// Reports for ever; a message on `flush` reports at once and is answered when control has it all.
    pub(crate) async fn run(mut self, mut flush: mpsc::Receiver<oneshot::Sender<()>>) {
        let mut beat = tokio::time::interval(BEAT);
        beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let asked = tokio::select! {
                _ = beat.tick() => None,
                asked = flush.recv() => match asked {
                    Some(done) => Some(done),
                    None => return,
                },
            };
            crate::lease::sweep(&self.shared);
            self.gather();
            self.send().await;
            crate::lease::forget_unused(&self.shared);
            if let Some(done) = asked {
                let _ = done.send(());
            }
        }
    }

    /// Makes a batch of what is pending. The bytes of its leases and of its rows are the same sum.
    fn gather(&mut self) {
        let pending = std::mem::take(&mut *held(&self.shared.pending));
        let leases = self.attribute(&pending.rows);
        if pending.is_empty() && leases.is_empty() {
            return;
        }
        let failures = pending.failures();
        let rows: Vec<_> = pending.rows.into_iter().map(|counted| counted.row).collect();
        let bytes = |n: i64| u64::try_from(n).unwrap_or(0);
        for row in &rows {
            self.shared.metrics.up.fetch_add(bytes(row.up.0), Ordering::Relaxed);
            self.shared.metrics.down.fetch_add(bytes(row.down.0), Ordering::Relaxed);
        }
        self.number += 1;
        self.waiting.push_back(UsageBatch {
            gateway: self.shared.config.id.clone(),
            start: self.shared.config.start,
            number: self.number,
            at: self.shared.clock.now(),
            leases,
            rows,
            refusals: pending.refusals,
            traces: pending.traces,
            failures,
        });
    }

    fn attribute(&self, rows: &[Counted]) -> Vec<LeaseUse> {
        let mut moved: BTreeMap<Subject, i64> = BTreeMap::new();
        for Counted { row, .. } in rows {
            *moved.entry(row.subject).or_default() += row.up.0 + row.down.0;
        }
        let budgets = self.shared.budgets(|_| true);
        budgets.iter().flat_map(|b| b.attribute(moved.get(&b.subject).copied().unwrap_or(0))).collect()
    }

    async fn send(&mut self) {
        while let Some(batch) = self.waiting.front() {
            match tokio::time::timeout(PATIENCE, self.shared.control.report(batch.clone())).await {
                Ok(Ok(())) => {
                    self.waiting.pop_front();
                    self.on_disk = self.on_disk.saturating_sub(1);
                }
                Ok(Err(away)) => return self.keep(&away.to_string()),
                Err(_) => return self.keep("no answer in time"),
            }
        }
        if std::mem::take(&mut self.journalled)
            && let Err(error) = self.journal.clear()
        {
            tracing::error!(%error, "the usage journal can't be cleared");
        }
    }

    /// Control is away: what waits and is not there yet goes to disk.
    fn keep(&mut self, why: &str) {
        self.shared.metrics.report_failures.fetch_add(1, Ordering::Relaxed);
        tracing::warn!(why, waiting = self.waiting.len(), "usage waits in the journal");
        for batch in self.waiting.iter().skip(self.on_disk) {
            if let Err(error) = self.journal.append(batch) {
                return tracing::error!(%error, "the usage journal can't be written");
            }
            self.on_disk += 1;
            self.journalled = true;
        }
    }
}
