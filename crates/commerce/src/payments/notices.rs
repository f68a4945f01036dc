//! What providers tell by themselves: checked over the raw body, kept as it came, applied once.

use super::driver::{News, Notice, Standing};
use super::model::Payment;
use super::{disputes, elsewhere, flow, queries, records, refunds};
use crate::State;
use http::HeaderMap;
use turnpike_base::{Code, Fault, Result, Timestamp};
use turnpike_store::retrying;

/// A kept notice is tried again after so many seconds, then after twice as many, and so on,
const PATIENCE: i64 = 30;
/// an hour at most,
const LONGEST: i64 = 3_600;
/// and for so many days while nobody knows what it is about.
const UNKNOWN_DAYS: i64 = 2;
/// Notices looked for at a time.
const SWEEP: i64 = 100;

/// Where a notice was kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kept {
    pub(super) pm_id: i64,
    pub(super) received_at: Timestamp,
}

/// A kept notice whose turn has come.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    pub(super) id: i64,
    pub(super) from: Kept,
    pub(super) body: String,
    /// Turns that came to nothing.
    pub(super) tries: i64,
}

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
    let read = driver.verify(headers, body, now).and_then(|()| driver.read(body));
    let notice = read.inspect_err(|fault| {
        tracing::warn!(method = slug, %fault, cause = ?fault.cause, "a notice is refused");
    })?;
    let tx = state.store.write().await?;
    let kept = Kept { pm_id, received_at: now };
    records::keep_notice(&tx, kept, &notice, &String::from_utf8_lossy(body), now.plus_seconds(PATIENCE))
        .await?;
    tx.commit().await?;
    apply(state, kept, &notice, now).await
}

/// Applies kept notices once more that could not be applied when they came: the store was away, or what they are
/// about was not known yet because another notice, or an answer, was slower. Those that can't be applied now either come
/// later and later, and keep no other from its turn. Gives back how many were tried. A job runs it.
pub(super) async fn retry(state: &State, now: Timestamp) -> Result<usize> {
    let mut tried = 0;
    loop {
        let waiting = records::unapplied(&state.store.read().await?, now, SWEEP).await?;
        if waiting.is_empty() {
            return Ok(tried);
        }
        tried += waiting.len();
        put_off(state, &waiting, now).await?;
        for one in &waiting {
            if let Err(fault) = again(state, one, now).await {
                let (id, pm_id) = (one.id, one.from.pm_id);
                tracing::error!(id, pm_id, %fault, cause = ?fault.cause, "a kept notice can't be applied");
            }
        }
    }
}

/// Their next turn, should this one come to nothing.
async fn put_off(state: &State, waiting: &[Waiting], now: Timestamp) -> Result<()> {
    retrying(|| async {
        let tx = state.store.write().await?;
        for one in waiting {
            records::put_off_notice(&tx, one.id, now.plus_seconds(wait(one.tries))).await?;
        }
        Ok(tx.commit().await?)
    })
    .await
}

/// Seconds to wait after so many tries in vain.
fn wait(tries: i64) -> i64 {
    let doublings = u32::try_from(tries.clamp(0, 20)).unwrap_or(20);
    PATIENCE.saturating_mul(2_i64.pow(doublings)).min(LONGEST)
}

/// A notice of a method that is not there any more waits until it is.
async fn again(state: &State, one: &Waiting, now: Timestamp) -> Result<()> {
    let Some(driver) = state.payments.driver(one.from.pm_id) else { return Ok(()) };
    let notice = driver.read(one.body.as_bytes())?;
    apply(state, one.from, &notice, now).await.map(drop)
}

/// Does what follows from a notice. Repeats, also at the same time, change nothing.
async fn apply(state: &State, from: Kept, notice: &Notice, now: Timestamp) -> Result<&'static str> {
    let pm_id = from.pm_id;
    let outcome = match &notice.news {
        News::Payment { session, payment, standing } => {
            let found = find(state, pm_id, session, payment.as_ref()).await?;
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
        News::RefundMade { refund, intent, amount } => {
            let told = elsewhere::Made { reference: refund, intent, amount: *amount };
            elsewhere::book(state, told, now).await?
        }
        News::DisputeOpened { dispute, intent, amount } => {
            disputes::open(state, dispute, intent, *amount, now).await?
        }
        News::DisputeEnded { dispute, amount, won } => {
            disputes::end(state, dispute, *amount, *won, now).await?
        }
        News::Nothing => "nothing",
    };
    if outcome == "unknown" && now < from.received_at.plus_days(UNKNOWN_DAYS) {
        return Ok(outcome);
    }
    done(state, pm_id, notice, outcome, now).await
}

/// The attempt that a page belongs to. A notice may be faster than the answer that told us the page's name:
/// then the page itself names the attempt, and its order: another shop that is paid into the same account counts its attempts, too.
async fn find(
    state: &State,
    pm_id: i64,
    session: &str,
    named: Option<&(i64, String)>,
) -> Result<Option<Payment>> {
    let tx = state.store.read().await?;
    if let Some(payment) = queries::by_session(&tx, session).await? {
        return Ok(Some(payment));
    }
    let Some((id, trade_no)) = named else { return Ok(None) };
    let payment = queries::payment(&tx, *id).await?;
    let is_it = |p: &Payment| p.pm_id == pm_id && p.session.is_none() && p.trade_no == *trade_no;
    Ok(payment.filter(is_it))
}

/// Books how an attempt stands, and that the notice which told so is applied, in one transaction.
pub(super) async fn stand(
    state: &State,
    payment: &Payment,
    standing: &Standing,
    notice: Option<&Notice>,
    now: Timestamp,
) -> Result<&'static str> {
    retrying(|| stand_once(state, payment, standing, notice, now)).await
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
