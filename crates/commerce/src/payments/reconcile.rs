//! The daily comparison with providers: what they have of each payment against what is booked.

use super::driver::Driver;
use super::model::Payment;
use super::{queries, records};
use crate::State;
use turnpike_base::{Money, Result, Timestamp};

/// Payments of so many days are compared: a refund or a chargeback shows some days later.
const DAYS: i64 = 7;
/// Most payments of one run and method.
const MOST: i64 = 5_000;

/// What a run found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reconciliation {
    /// Which method.
    pub pm_id: i64,
    /// From when payments were compared.
    pub since: Timestamp,
    /// How many.
    pub compared: i64,
    /// One sentence each; empty when all agrees.
    pub differences: Vec<String>,
    /// When.
    pub at: Timestamp,
}

/// Compares every method that has a provider. What differs is told loudly and stays to be read.
pub(super) async fn run(state: &State, now: Timestamp) -> Result<()> {
    for driver in state.payments.drivers().filter(|driver| driver.has_provider() && driver.is_ready()) {
        let found = compare(state, driver, now).await?;
        for difference in &found.differences {
            tracing::error!(method = driver.about().slug, difference, "a provider's books differ from ours");
        }
        let tx = state.store.write().await?;
        records::insert_reconciliation(&tx, &found).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn compare(state: &State, driver: &dyn Driver, now: Timestamp) -> Result<Reconciliation> {
    let pm_id = driver.about().id;
    let since = now.plus_days(-DAYS);
    let settled = queries::settled(&state.store.read().await?, pm_id, since, MOST).await?;
    let mut found = Reconciliation { pm_id, since, compared: 0, differences: Vec::new(), at: now };
    for (payment, refunded) in settled {
        let Some(theirs) = driver.audit(&payment).await? else { continue };
        found.compared += 1;
        found.differences.extend(difference(&payment, refunded, theirs));
    }
    Ok(found)
}

/// What differs of one payment; refunds that are promised and not made yet are no difference.
fn difference(payment: &Payment, refunded: Money, (received, back): (Money, Money)) -> Option<String> {
    let ours = (payment.received, refunded);
    (ours != (received, back)).then(|| {
        format!(
            "payment {} of order {}: {} received and {} refunded here, {received} and {back} there",
            payment.id, payment.trade_no, ours.0, ours.1
        )
    })
}
