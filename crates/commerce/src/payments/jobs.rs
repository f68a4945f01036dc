//! What is done about payments after the transactions: rows in the store, run by exactly one worker each.

use super::driver::{Driver, Standing};
use super::model::{Payment, Status};
use super::{disputes, flow, notices, queries, reconcile, refunds, rules, unmatched};
use crate::State;
use crate::orders::Order;
use turnpike_base::{Fault, Result, Timestamp};
use turnpike_store::WriteTx;
use turnpike_store::jobs::{self, Job};

/// Apply notices that could not be applied when they came.
pub const NOTICES: &str = "payment_notices";
/// Ask how an open payment stands.
pub(super) const POLL: &str = "payment_poll";
/// Compare with the providers, every day.
pub const RECONCILE: &str = "payment_reconcile";
/// Take a closed order's page away.
pub(super) const CLOSE: &str = "payment_close";
/// Make a promised refund.
pub(super) const REFUND: &str = "payment_refund";
/// Return what fits no order.
pub(super) const RETURN: &str = "payment_return";

/// Freeze what a disputed payment bought and traffic gave back since.
pub(super) const FREEZE: &str = "payment_freeze";

/// An attempt that can't begin any more is looked for so much later, in seconds: its last request may be on its way.
const SLACK: i64 = 60;

/// Plans a job about one row.
pub(super) async fn plan(tx: &WriteTx, kind: &str, id: i64, at: Timestamp, now: Timestamp) -> Result<()> {
    Ok(jobs::plan(tx, kind, &id.to_string(), &id, at, now).await?)
}

/// Takes the order's pages away, after the commit: it is closed, or paid.
pub async fn order_closed(tx: &WriteTx, order: &Order, now: Timestamp) -> Result<()> {
    for payment in queries::open_of(tx, &order.trade_no).await? {
        if payment.session.is_some() {
            plan(tx, CLOSE, payment.id, now, now).await?;
        }
    }
    Ok(())
}

/// Runs a job of this domain's payments; when it comes again, if it does.
pub async fn run(state: &State, job: &Job, now: Timestamp) -> Result<Option<Timestamp>> {
    if job.kind == RECONCILE {
        return reconcile::run(state, now).await.map(Some);
    }
    if job.kind == NOTICES {
        return notices::retry(state, now).await.map(|_| Some(now.plus_minutes(1)));
    }
    let id = job.key.parse().map_err(|e| Fault::internal("job_key", format!("{}: {e}", job.key)))?;
    match job.kind.as_str() {
        POLL => poll(state, id, now).await,
        REFUND => refunds::make(state, id, now).await,
        RETURN => unmatched::make(state, id, now).await,
        FREEZE => disputes::freeze_more(state, id, now).await,
        CLOSE => close(state, id).await.map(|()| None),
        other => Err(Fault::internal("job_unknown", format!("no worker for jobs of kind {other}"))),
    }
}

/// Finds what a lost notice missed.
async fn poll(state: &State, id: i64, now: Timestamp) -> Result<Option<Timestamp>> {
    let payment = queries::payment(&state.store.read().await?, id).await?;
    let Some(payment) = payment.filter(|payment| payment.status == Status::Open) else { return Ok(None) };
    let Some(driver) = state.payments.driver(payment.pm_id) else { return Ok(None) };
    let again = rules::next_poll(payment.created_at, now);
    let standing = match look_up(state, &*driver, &payment, now).await {
        // Nobody answers, and nobody asks for ever.
        Err(_) if again.is_none() => Standing::Gone,
        standing => standing?,
    };
    match (&standing, again) {
        (Standing::Open, Some(at)) => Ok(Some(at)),
        (Standing::Open, None) => {
            notices::stand(state, &payment, &Standing::Gone, None, now).await.map(|_| None)
        }
        _ => notices::stand(state, &payment, &standing, None, now).await.map(|_| None),
    }
}

/// How an attempt stands. One whose page nobody knows because the answer was lost is found, as soon as finding it can't
/// begin it.
async fn look_up(state: &State, driver: &dyn Driver, payment: &Payment, now: Timestamp) -> Result<Standing> {
    if payment.session.is_some() {
        return driver.look_up(payment).await;
    }
    if driver.can_start(payment, now.plus_seconds(-SLACK)) {
        return Ok(Standing::Open);
    }
    let Some(page) = driver.recover(payment).await? else { return Ok(Standing::Gone) };
    let found = flow::keep_page(state, payment, page).await?;
    let standing = driver.look_up(&found).await?;
    // The customer was given another page since, or pays no more: this one is not to be paid as well.
    if standing == Standing::Open {
        driver.close(&found).await?;
    }
    Ok(standing)
}

async fn close(state: &State, id: i64) -> Result<()> {
    let payment = queries::payment(&state.store.read().await?, id).await?;
    let driver = payment.as_ref().and_then(|payment| state.payments.driver(payment.pm_id));
    match (payment, driver) {
        (Some(payment), Some(driver)) => driver.close(&payment).await,
        _ => Ok(()),
    }
}
