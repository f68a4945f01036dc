//! Publishing changes: rows of the outbox, in their order, to the gateways and to the roster.

use crate::Control;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use turnpike_base::Result;
use turnpike_store::changes;
use turnpike_wire::{Change, Numbered};

/// Other processes commit too: look at least so often.
const LOOK: Duration = Duration::from_millis(200);
/// Changes published at a time.
const BATCH: i64 = 500;

/// The number of the last change published.
#[derive(Debug, Default)]
pub(crate) struct Sequence(AtomicI64);

impl Sequence {
    pub(crate) fn last(&self) -> i64 {
        self.0.load(Ordering::Acquire)
    }
}

/// Publishes for ever.
pub(crate) async fn run(control: Control) {
    let mut told = HashSet::new();
    loop {
        let committed = control.store().committed();
        tokio::pin!(committed);
        // From here on no commit goes unnoticed, while the rows are read.
        committed.as_mut().enable();
        match publish(&control, &mut told).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(fault) => tracing::error!(%fault, cause = ?fault.cause, "changes can't be published"),
        }
        let _ = tokio::time::timeout(LOOK, committed).await;
    }
}

/// Publishes what waits; whether there was anything. A change is told first and forgotten then: `told` keeps
/// one whose row could not be deleted from being told twice.
async fn publish(control: &Control, told: &mut HashSet<i64>) -> Result<bool> {
    let tx = control.store().read().await?;
    let waiting: Vec<(i64, Change)> = changes::pending(&tx, BATCH).await?;
    drop(tx);
    if waiting.is_empty() {
        return Ok(false);
    }
    let ids: Vec<i64> = waiting.iter().map(|(id, _)| *id).collect();
    for (id, change) in waiting {
        if told.insert(id) {
            if matches!(change, Change::PlaceNames) {
                // Who asks because of it is answered by the new names.
                control.directory().reload().await?;
            }
            tell(control, change);
        }
    }
    let tx = control.store().write().await?;
    for id in &ids {
        changes::published(&tx, *id).await?;
    }
    tx.commit().await?;
    ids.iter().for_each(|id| {
        told.remove(id);
    });
    Ok(true)
}

fn tell(control: &Control, change: Change) {
    control.0.roster.follow(&change);
    let seq = control.0.published.0.fetch_add(1, Ordering::AcqRel) + 1;
    // Nobody listens before the first gateway said hello.
    let _ = control.0.feed.send(Arc::new(Numbered { seq, change }));
}
