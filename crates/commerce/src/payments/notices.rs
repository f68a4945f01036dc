//! What providers tell by themselves: checked over the raw body, kept as it came, applied once.

use super::driver::{News, Notice, Standing};
use super::model::Payment;
use super::{disputes, flow, queries, records, refunds};
use crate::State;
use http::HeaderMap;
use turnpike_base::{Code, Fault, Result, Timestamp};

/// Takes a notice. Fails where its signature does not hold; else it is kept, also when it can't be applied yet.
pub(super) async fn receive(
    state: &State,
    slug: &str,
    headers: &HeaderMap,
    body: &[u8],
    now: Timestamp,
) -> Result<&'static str> {
    let driver = state.payments.drivers().find(|driver| driver.about().slug == slug && driver.is_ready());
    let driver = driver.ok_or_else(|| Fault::new(Code::NotFound, "no_notices"))?;
    let pm_id = driver.about().id;
    let notice = driver.notice(headers, body, now).inspect_err(|fault| {
        tracing::warn!(method = slug, %fault, cause = ?fault.cause, "a notice is refused");
    })?;
    let tx = state.store.write().await?;
    records::keep_notice(&tx, pm_id, &notice, &String::from_utf8_lossy(body), now).await?;
    tx.commit().await?;
    apply(state, pm_id, &notice, now).await
}

/// Does what follows from a notice. Repeats, also at the same time, change nothing.
async fn apply(state: &State, pm_id: i64, notice: &Notice, now: Timestamp) -> Result<&'static str> {
    let outcome = match &notice.news {
        News::Payment { session, payment, standing } => {
            let found = find(state, pm_id, session, *payment).await?;
            let Some(payment) = found else { return done(state, pm_id, notice, "unknown", now).await };
            return stand(state, &payment, standing, Some(notice), now).await;
        }
        News::RefundFailed { refund } => {
            let found = queries::refund_by_reference(&state.store.read().await?, refund).await?;
            match found {
                Some(refund) => refunds::failed(state, refund.id, now).await.map(|()| "refund_failed")?,
                None => "unknown",
            }
        }
        News::DisputeOpened { dispute, intent, amount } => {
            disputes::open(state, dispute, intent, *amount, now).await?
        }
        News::DisputeEnded { dispute, won } => disputes::end(state, dispute, *won, now).await?,
        News::Nothing => "nothing",
    };
    done(state, pm_id, notice, outcome, now).await
}

/// The attempt that a page belongs to. A notice may be faster than the answer that told us the page's name:
/// then the page itself names the attempt.
async fn find(state: &State, pm_id: i64, session: &str, id: Option<i64>) -> Result<Option<Payment>> {
    let tx = state.store.read().await?;
    if let Some(payment) = queries::by_session(&tx, session).await? {
        return Ok(Some(payment));
    }
    let Some(id) = id else { return Ok(None) };
    let payment = queries::payment(&tx, id).await?;
    Ok(payment.filter(|payment| payment.pm_id == pm_id && payment.session.is_none()))
}

/// Books how an attempt stands, and that the notice which told so is applied, in one transaction.
pub(super) async fn stand(
    state: &State,
    payment: &Payment,
    standing: &Standing,
    notice: Option<&Notice>,
    now: Timestamp,
) -> Result<&'static str> {
    /// How often a transaction is begun anew that lost against another one.
    const TRIES: usize = 8;
    let mut tries = 1;
    loop {
        match stand_once(state, payment, standing, notice, now).await {
            Err(fault) if fault.slug == "store_busy" && tries < TRIES => tries += 1,
            outcome => return outcome,
        }
    }
}

async fn stand_once(
    state: &State,
    payment: &Payment,
    standing: &Standing,
    notice: Option<&Notice>,
    now: Timestamp,
) -> Result<&'static str> {
    let tx = state.store.write().await?;
    let outcome = match standing {
        Standing::Paid(receipt) => flow::book(&tx, state, payment, receipt, now).await?,
        Standing::Gone => queries::set_gone(&tx, payment.id).await.map(|()| "gone")?,
        Standing::Open => "open",
    };
    if let Some(notice) = notice {
        records::notice_applied(&tx, payment.pm_id, &notice.event, outcome, now).await?;
    }
    tx.commit().await?;
    Ok(outcome)
}

async fn done(
    state: &State,
    pm_id: i64,
    notice: &Notice,
    outcome: &'static str,
    now: Timestamp,
) -> Result<&'static str> {
    let tx = state.store.write().await?;
    records::notice_applied(&tx, pm_id, &notice.event, outcome, now).await?;
    tx.commit().await?;
    Ok(outcome)
}
