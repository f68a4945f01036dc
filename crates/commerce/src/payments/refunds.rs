//! Money that goes back the way it came: to the balance in the same transaction, to a provider by a job after
//! it, by bank transfer when the operator says that he made it.

use super::driver::RefundStanding;
use super::model::{Payment, Refund};
use super::{disputes, jobs, queries};
use crate::ledger::{self, Account, Kind, Posting};
use crate::orders::Order;
use crate::{State, invoices};
use turnpike_base::{Code, CustomerId, Fault, Money, Result, SiteId, Text, Timestamp};
use turnpike_store::{WriteTx, retrying};

/// Whose money goes back, and what for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Owed<'a> {
    pub(super) site: SiteId,
    pub(super) customer: CustomerId,
    pub(super) trade_no: &'a str,
    /// What a person reads beside it.
    pub(super) memo: &'a str,
}

impl<'a> Owed<'a> {
    pub(super) fn of(order: &'a Order) -> Self {
        let Order { site, customer, ref trade_no, ref title, .. } = *order;
        Self { site, customer, trade_no, memo: &title.en }
    }
}

/// Pays back what is taken from accounts (negative lines): this adds the counterpart and posts. What no
/// payment of the order can take back (the balance paid, or a dispute has it) goes to the balance.
pub async fn pay_back(
    tx: &WriteTx,
    state: &State,
    order: &Order,
    from: &[(Account, Money)],
    now: Timestamp,
) -> Result<()> {
    let owed = &Owed::of(order);
    let taken: i128 = from.iter().map(|(_, amount)| i128::from(amount.0)).sum();
    let mut left = i64::try_from(-taken).map_err(|_| Fault::internal("refund_range", "out of range"))?;
    if left < 0 {
        return Err(Fault::internal("refund_sign", format!("{owed:?} takes nothing: {from:?}")));
    }
    let mut lines = from.to_vec();
    for payment in queries::refundable(tx, order).await? {
        let there = queries::parts(tx, &payment).await?.left(false);
        let part = left.min(there.ordered.0);
        if part > 0 && state.payments.driver(payment.pm_id).is_some() {
            promise(tx, &payment, (Money(part), false), now).await?;
            lines.push((Account::Due(payment.pm_id), Money(part)));
            left -= part;
        }
    }
    lines.push((Account::Balance(owed.customer), Money(left)));
    lines.retain(|(_, amount)| *amount != Money::ZERO);
    if lines.is_empty() {
        return Ok(());
    }
    post(tx, owed, Kind::Refund, &lines, now).await
}

pub(super) async fn post(
    tx: &WriteTx,
    owed: &Owed<'_>,
    kind: Kind,
    lines: &[(Account, Money)],
    now: Timestamp,
) -> Result<()> {
    let Owed { site, customer, trade_no, memo } = *owed;
    ledger::post(tx, &Posting { site, customer, kind, trade_no, memo, lines, overdraw: false }, now).await
}

/// Writes a promise down: of what was ordered, or of what went to the balance beside it. The job makes it true after the commit.
pub(super) async fn promise(
    tx: &WriteTx,
    payment: &Payment,
    amount: (Money, bool),
    now: Timestamp,
) -> Result<i64> {
    let id = queries::insert_refund(tx, payment, amount, now).await?;
    invoices::went(tx, &payment.trade_no, amount.0, now).await?;
    jobs::plan(tx, jobs::REFUND, id, now, now).await?;
    Ok(id)
}

/// Asks the method to make a promised refund; when to ask again, if it is not made yet.
pub(super) async fn make(state: &State, id: i64, now: Timestamp) -> Result<Option<Timestamp>> {
    let tx = state.store.read().await?;
    let refund = queries::refund(&tx, id).await?.filter(|refund| refund.status == "promised");
    let Some(refund) = refund else { return Ok(None) };
    let payment = queries::payment(&tx, refund.payment).await?;
    drop(tx);
    let driver = state.payments.driver(refund.pm_id).filter(|driver| driver.has_provider());
    let (Some(payment), Some(driver)) = (payment, driver) else { return Ok(None) };
    match driver.refund(&payment, &refund).await? {
        RefundStanding::Made(reference) => made(state, refund.id, &reference, now).await.map(|()| None),
        RefundStanding::Refused(why) => {
            tracing::warn!(
                refund = refund.id,
                trade_no = refund.trade_no,
                why,
                "a refund can't be made; it goes to the balance"
            );
            failed(state, refund.id, now).await.map(|()| None)
        }
        RefundStanding::Pending => Ok(Some(now.plus_minutes(10))),
    }
}

pub(super) fn owed(refund: &Refund) -> Owed<'_> {
    let Refund { site, customer, ref trade_no, .. } = *refund;
    Owed { site, customer, trade_no, memo: "" }
}

/// A promised refund was made. Made already: nothing.
pub(super) async fn made(state: &State, id: i64, reference: &str, now: Timestamp) -> Result<()> {
    retrying(|| made_once(state, id, reference, now)).await
}

async fn made_once(state: &State, id: i64, reference: &str, now: Timestamp) -> Result<()> {
    let tx = state.store.write().await?;
    let Some(refund) = queries::lock_refund(&tx, id).await?.filter(|refund| refund.status == "promised")
    else {
        return Ok(());
    };
    queries::end_refund(&tx, id, "made", reference, now).await?;
    let amount = refund.amount;
    let lines = [(Account::Due(refund.pm_id), Money(-amount.0)), (Account::Cash(refund.pm_id), amount)];
    post(&tx, &owed(&refund), Kind::RefundPaid, &lines, now).await?;
    Ok(tx.commit().await?)
}

/// A promised refund can't be made, or came back: the customer has it on his balance, less what a dispute gave him of it.
pub(super) async fn failed(state: &State, id: i64, now: Timestamp) -> Result<()> {
    retrying(|| failed_once(state, id, now)).await
}

async fn failed_once(state: &State, id: i64, now: Timestamp) -> Result<()> {
    let tx = state.store.write().await?;
    let Some(refund) = queries::lock_refund(&tx, id).await?.filter(|refund| refund.status != "failed") else {
        return Ok(());
    };
    queries::end_refund(&tx, id, "failed", "", now).await?;
    invoices::came(&tx, &refund.trade_no, refund.amount).await?;
    queries::lock_payment(&tx, refund.payment).await?;
    let covered = disputes::cover(&tx, &refund, now).await?;
    queries::give_back(&tx, &refund).await?;
    let from = if refund.status == "made" { Account::Cash(refund.pm_id) } else { Account::Due(refund.pm_id) };
    let there = Money(refund.amount.0 - covered.0);
    let lines = [
        (from, Money(-refund.amount.0)),
        (Account::Disputes, covered),
        (Account::Balance(refund.customer), there),
    ];
    post(&tx, &owed(&refund), Kind::RefundFailed, &lines, now).await?;
    Ok(tx.commit().await?)
}

/// The operator made a refund by hand. Fails with `refund_unknown`, and with `refund_by_provider` where a
/// provider makes it.
pub async fn made_by_hand(state: &State, id: i64, reference: &str, now: Timestamp) -> Result<Refund> {
    let unknown = || {
        let text = Text::made(format!("退款 {id} 不存在"), format!("There is no refund {id}"));
        Fault::new(Code::NotFound, "refund_unknown").say(text)
    };
    let refund = queries::refund(&state.store.read().await?, id).await?.ok_or_else(unknown)?;
    if state.payments.driver(refund.pm_id).is_some_and(|driver| driver.has_provider()) {
        let text = Text::new("该退款由支付渠道自动处理", "The payment's provider makes this refund");
        return Err(Fault::new(Code::Conflict, "refund_by_provider").say(text));
    }
    made(state, id, &format!("hand:{id}:{reference}"), now).await?;
    queries::refund(&state.store.read().await?, id).await?.ok_or_else(unknown)
}
