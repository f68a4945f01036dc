//! The daily comparison with providers: what they have of each payment against what is booked, then what they list by
//! themselves (`listing`).

use super::driver::Driver;
use super::listing::{self, Place};
use super::model::Payment;
use super::{queries, records};
use crate::State;
use turnpike_base::{Code, Fault, Money, Result, Timestamp};

/// Payments of so many days are compared: a refund or a chargeback shows some days later.
const DAYS: i64 = 7;
/// Payments looked for at a time.
const PIECE: i64 = 200;
/// A run that the provider broke off goes on after so many minutes.
const AGAIN_MINUTES: i64 = 60;

/// What a run found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reconciliation {
    /// Which method.
    pub pm_id: i64,
    /// From when payments were compared.
    pub since: Timestamp,
    /// Until before then: earlier than `at` where the provider could not be reached any more; the next run goes on there.
    pub until: Timestamp,
    /// How many, with those of the runs that this one went on with.
    pub compared: i64,
    /// Where in the provider's own lists it stands; nothing: at their end.
    pub place: Option<Place>,
    /// How many rows of them were looked at.
    pub listed: i64,
    /// One sentence each, which begins with its kind (`payment_differs`, `payment_untold`, `payment_unbooked`,
    /// `refund_unbooked`, `refund_differs`, `dispute_unbooked`, `dispute_differs`, `list_untold`) and a colon; empty when all agrees.
    pub differences: Vec<String>,
    /// When.
    pub at: Timestamp,
}

impl Reconciliation {
    /// Whether it came to its end.
    pub fn is_complete(&self) -> bool {
        self.until >= self.at && self.place.is_none()
    }
}

/// Compares every method that has a provider; when to do it again. What differs is told loudly and stays to be read.
pub(super) async fn run(state: &State, now: Timestamp) -> Result<Timestamp> {
    let mut complete = true;
    for driver in state.payments.drivers().filter(|driver| driver.has_provider() && driver.is_ready()) {
        let found = compare(state, driver, now).await?;
        for difference in &found.differences {
            tracing::error!(method = driver.about().slug, difference, "a provider's books differ from ours");
        }
        complete &= found.is_complete();
        let tx = state.store.write().await?;
        records::insert_reconciliation(&tx, &found).await?;
        tx.commit().await?;
    }
    Ok(if complete { now.plus_days(1) } else { now.plus_minutes(AGAIN_MINUTES) })
}

/// Where a run begins: where the last one was broken off, with what that one found.
async fn begin(state: &State, pm_id: i64, now: Timestamp) -> Result<Reconciliation> {
    let last = records::last_reconciliation(&state.store.read().await?, pm_id).await?;
    let since = now.plus_days(-DAYS);
    let anew = Reconciliation {
        pm_id,
        since,
        until: since,
        compared: 0,
        place: Some(Place::START),
        listed: 0,
        differences: Vec::new(),
        at: now,
    };
    let go_on =
        |last: Reconciliation| Reconciliation { at: now, place: last.place.or(Some(Place::START)), ..last };
    Ok(last.filter(|last| !last.is_complete()).map_or(anew, go_on))
}

async fn compare(state: &State, driver: &dyn Driver, now: Timestamp) -> Result<Reconciliation> {
    let mut found = begin(state, driver.about().id, now).await?;
    let mut after = (found.until, 0);
    loop {
        let piece = queries::settled(&state.store.read().await?, found.pm_id, after, now, PIECE).await?;
        let Some(last) = piece.last() else { break };
        let next = (last.at, last.payment.id);
        for settled in &piece {
            if !look(driver, settled, &mut found).await {
                return Ok(found);
            }
        }
        after = next;
    }
    found.until = now;
    listing::read(state, driver, &mut found).await?;
    Ok(found)
}

/// Compares one payment; `false`: the provider is away. What it does not know, or refuses to tell, is a difference.
async fn look(driver: &dyn Driver, settled: &Settled, found: &mut Reconciliation) -> bool {
    match driver.audit(&settled.payment).await {
        Ok(None) => {}
        Ok(Some(theirs)) => {
            found.compared += 1;
            found.differences.extend(difference(&settled.payment, settled.refunded, theirs));
        }
        Err(fault) if fault.code == Code::Unavailable => {
            tracing::warn!(%fault, cause = ?fault.cause, "a comparison is broken off, and goes on later");
            found.until = settled.at;
            return false;
        }
        Err(fault) => {
            found.compared += 1;
            found.differences.push(untold(&settled.payment, &fault));
        }
    }
    true
}

/// A payment that money came for.
#[derive(Clone, Debug)]
pub(super) struct Settled {
    pub(super) payment: Payment,
    /// What was paid back of it.
    pub(super) refunded: Money,
    /// When the money was booked.
    pub(super) at: Timestamp,
}

/// In one line, whatever the provider says.
pub(super) fn told(fault: &Fault) -> String {
    let cause = fault.cause.as_ref().map_or_else(|| fault.to_string(), ToString::to_string);
    cause.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn untold(payment: &Payment, fault: &Fault) -> String {
    let cause = told(fault);
    format!("payment_untold: payment {} of order {}: not told there: {cause}", payment.id, payment.trade_no)
}

/// What differs of one payment; refunds that are promised and not made yet are no difference.
fn difference(payment: &Payment, refunded: Money, (received, back): (Money, Money)) -> Option<String> {
    let ours = (payment.received, refunded);
    (ours != (received, back)).then(|| {
        format!(
            "payment_differs: payment {} of order {}: {} received and {} refunded here, {received} and {back} there",
            payment.id, payment.trade_no, ours.0, ours.1
        )
    })
}
