//! The lease keeper: gathers wishes for 100 ms, asks control once for all of them, and gives back what
//! nobody uses.

use crate::budget::Budget;
use crate::shared::Shared;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::Instant;
use turnpike_wire::{LeaseAnswer, LeaseAsk, LeaseRequest, Reason, Refusal, Subject};

/// One request per so much time (design notes, section 3).
const BEAT: Duration = Duration::from_millis(100);
/// How long a connection waits for an answer of control.
const PATIENCE: Duration = Duration::from_secs(5);

/// Answers wishes for ever.
pub(crate) async fn keeper(shared: Arc<Shared>, mut wishes: UnboundedReceiver<Arc<Budget>>) {
    let mut next = Instant::now();
    while let Some(first) = wishes.recv().await {
        tokio::time::sleep_until(next).await;
        next = Instant::now() + BEAT;
        let mut asked: HashMap<Subject, Arc<Budget>> = HashMap::from([(first.subject, first)]);
        while let Ok(more) = wishes.try_recv() {
            asked.insert(more.subject, more);
        }
        ask(&shared, asked.into_values().collect()).await;
    }
}

async fn ask(shared: &Shared, budgets: Vec<Arc<Budget>>) {
    let now = shared.clock.now();
    let asks = budgets.iter().map(|b| LeaseAsk { subject: b.subject, want: b.want(now) }).collect();
    let request = LeaseRequest { gateway: shared.config.id.clone(), start: shared.config.start, asks };
    match shared.control.lease(request).await {
        Ok(answers) => {
            for (budget, answer) in budgets.iter().zip(answers) {
                match answer {
                    LeaseAnswer::Granted(lease) => budget.granted(&lease),
                    LeaseAnswer::Denied(refusal) => budget.denied(refusal, shared.clock.now()),
                    LeaseAnswer::Later => budget.answered(),
                }
            }
        }
        Err(away) => {
            tracing::warn!(%away, "no leases");
            budgets.iter().for_each(|b| b.answered());
        }
    }
}

/// Waits until the budget has bytes, or says why it never will.
pub(crate) async fn funded(shared: &Arc<Shared>, budget: &Arc<Budget>) -> Result<(), Refusal> {
    let deadline = Instant::now() + PATIENCE;
    let mut waited = false;
    loop {
        let news = budget.news.notified();
        tokio::pin!(news);
        news.as_mut().enable();
        if budget.has_funds() {
            return Ok(());
        }
        if let Some(refusal) = budget.denial(shared.clock.now()) {
            return Err(refusal);
        }
        if !std::mem::replace(&mut waited, true) {
            shared.metrics.lease_waits.fetch_add(1, Ordering::Relaxed);
        }
        if budget.should_ask() {
            shared.ask(budget);
        }
        if tokio::time::timeout_at(deadline, news).await.is_err() {
            return Err(Reason::ControlAway.into());
        }
    }
}

/// Gives back leases whose time is over and leases of subjects that move nothing.
pub(crate) fn sweep(shared: &Shared) {
    let now = shared.clock.now();
    let budgets: Vec<_> = shared.budgets().values().cloned().collect();
    for budget in budgets {
        if budget.is_overdue(now) || budget.is_idle(now) {
            budget.give_all_back();
        }
    }
}

/// Forgets budgets that hold nothing and that no connection uses.
pub(crate) fn forget_unused(shared: &Shared) {
    let mut budgets = shared.budgets();
    budgets.retain(|_, budget| Arc::strong_count(budget) > 1 || !budget.is_empty());
    shared.metrics.budgets.store(i64::try_from(budgets.len()).unwrap_or(i64::MAX), Ordering::Relaxed);
}
