//! The lease keeper: gathers wishes while control answers the last ones and for a while after, asks once for all of
//! them, and gives back what nobody uses.

use crate::budget::Budget;
use crate::shared::Shared;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::Instant;
use turnpike_wire::{LeaseAnswer, LeaseAsk, LeaseRequest, Reason, Refusal, Subject};

/// The least and the longest time between two requests (decision 0004).
const BEAT: [Duration; 2] = [Duration::from_millis(5), Duration::from_millis(100)];
/// A request that took long is followed by a pause of so many times as long: leases never take more than a fifth of
/// the store's time from others.
const REST: u32 = 4;
/// How long a connection waits for an answer of control.
const PATIENCE: Duration = Duration::from_secs(5);

/// Answers wishes for ever.
pub(crate) async fn keeper(shared: Arc<Shared>, mut wishes: UnboundedReceiver<Arc<Budget>>) {
    let mut next = Instant::now();
    while let Some(first) = wishes.recv().await {
        tokio::time::sleep_until(next).await;
        let began = Instant::now();
        let mut asked: HashMap<Subject, Arc<Budget>> = HashMap::from([(first.subject, first)]);
        while let Ok(more) = wishes.try_recv() {
            asked.insert(more.subject, more);
        }
        let all_told = ask(&shared, asked.into_values().collect()).await;
        let done = Instant::now();
        // Who was told to come later would come at once.
        let pause = if all_told { (done - began) * REST } else { BEAT[1] };
        next = done + pause.clamp(BEAT[0], BEAT[1]);
    }
}

/// Asks for all of these; true when each got its answer.
async fn ask(shared: &Shared, budgets: Vec<Arc<Budget>>) -> bool {
    let now = shared.clock.now();
    let asks = budgets.iter().map(|b| LeaseAsk { subject: b.subject, want: b.want(now) }).collect();
    let request = LeaseRequest { gateway: shared.config.id.clone(), start: shared.config.start, asks };
    match shared.control.lease(request).await {
        Ok(answers) => {
            let all_told = !answers.contains(&LeaseAnswer::Later);
            for (budget, answer) in budgets.iter().zip(answers) {
                match answer {
                    LeaseAnswer::Granted(lease) => budget.granted(&lease),
                    LeaseAnswer::Denied(refusal) => budget.denied(refusal, shared.clock.now()),
                    LeaseAnswer::Later => budget.answered(),
                }
            }
            all_told
        }
        Err(away) => {
            tracing::warn!(%away, "no leases");
            budgets.iter().for_each(|b| b.answered());
            false
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
    for budget in shared.budgets(|_| true) {
        if budget.is_overdue(now) || budget.is_idle(now) {
            budget.give_all_back();
        }
    }
}

/// Forgets budgets that hold nothing and that no connection uses.
pub(crate) fn forget_unused(shared: &Shared) {
    let left = i64::try_from(shared.forget_unused_budgets()).unwrap_or(i64::MAX);
    shared.metrics.budgets.store(left, Ordering::Relaxed);
}
