//! Refunds that somebody made at the provider itself, without the shop. The money is gone, so it is booked; what it paid for is
//! taken back as far as it is unused, and what was used, or spent of a balance, is the operator's gift. One that was promised here and is made there by
//! hand is made.

use super::disputes::{self, Case};
use super::model::Refund;
use super::refunds::{self, Owed};
use super::{queries, records};
use crate::ledger::{self, Account, Kind, Posting};
use crate::orders::Order;
use crate::{State, grants, invoices, orders};
use turnpike_base::{Money, Result, Timestamp};
use turnpike_store::{WriteTx, retrying};

/// Such a refund, as the provider tells it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Made<'a> {
    /// The provider's name of it.
    pub(super) reference: &'a str,
    /// The provider's payment.
    pub(super) intent: &'a str,
    /// How much.
    pub(super) amount: Money,
}

/// Books a refund that was made at the provider, once; what became of it.
pub(super) async fn book(state: &State, told: Made<'_>, now: Timestamp) -> Result<&'static str> {
    retrying(|| book_once(state, told, now)).await
}

async fn book_once(state: &State, told: Made<'_>, now: Timestamp) -> Result<&'static str> {
    let tx = state.store.write().await?;
    let Some(payment) = queries::by_intent(&tx, told.intent).await? else { return Ok("unknown") };
    let mut case = disputes::case(&tx, payment.id).await?;
    // Its twin may have been first while this one waited for the payment.
    if queries::refund_by_reference(&tx, told.reference).await?.is_some() {
        return Ok("again");
    }
    if let Some(promised) = records::promised(&tx, payment.id, told.amount).await? {
        keep_promise(&tx, &promised, told.reference, now).await?;
        tx.commit().await?;
        return Ok("refund_made");
    }
    disputes::stop_waiting(&tx, state, &mut case, now).await?;
    let part = queries::parts(&tx, &case.payment).await?.left(case.closed).of(told.amount);
    if part.ordered.0 + part.beside.0 < told.amount.0 {
        let Made { reference, amount, .. } = told;
        tracing::error!(reference, trade_no = case.order.trade_no, %amount, "more was refunded at the provider than is left here");
        return Ok("refund_beyond");
    }
    if part.ordered > Money::ZERO {
        take_goods(&tx, state, &case, told.reference, part.ordered, now).await?;
    }
    if part.beside > Money::ZERO {
        take_balance(&tx, &case, told.reference, part, now).await?;
    }
    invoices::went(&tx, &case.order.trade_no, told.amount, now).await?;
    tx.commit().await?;
    Ok("refunded")
}

/// The job need not ask for it any more.
async fn keep_promise(tx: &WriteTx, refund: &Refund, reference: &str, now: Timestamp) -> Result<()> {
    queries::end_refund(tx, refund.id, "made", reference, now).await?;
    let lines =
        [(Account::Due(refund.pm_id), Money(-refund.amount.0)), (Account::Cash(refund.pm_id), refund.amount)];
    refunds::post(tx, &refunds::owed(refund), Kind::RefundPaid, &lines, now).await
}

/// Of what was ordered: goods as far as there are some, and what is beyond their price was the fee.
async fn take_goods(
    tx: &WriteTx,
    state: &State,
    case: &Case,
    reference: &str,
    ordered: Money,
    now: Timestamp,
) -> Result<()> {
    let whole = &case.bought;
    let goods = case.worth(ordered).min(Money(whole.goods_fee().0 - whole.refund_fee.0));
    // Of a top-up the goods are balance.
    let there = if case.is_top_up() { there(tx, whole).await?.min(goods) } else { goods };
    let from = if case.is_top_up() { Account::Balance(whole.customer) } else { Account::Refunds };
    let lines = [
        (from, Money(-there.0)),
        (Account::Adjustments, Money(there.0 - goods.0)),
        (Account::Fees, Money(goods.0 - ordered.0)),
        (Account::Cash(case.payment.pm_id), ordered),
    ];
    post(tx, whole, &lines, now).await?;
    note(tx, case, (ordered, false), reference, now).await?;
    grants::freeze::freeze(tx, whole, reference, case.worth(ordered), now).await?;
    grants::freeze::forfeit(tx, state, reference, now).await?;
    orders::flow::called_back(tx, whole, there, now).await
}

/// What is on the balance of whose order it is: nobody falls below zero by a refund.
async fn there(tx: &WriteTx, order: &Order) -> Result<Money> {
    Ok(ledger::balance(tx, order.customer).await?.max(Money::ZERO))
}

/// Of what went to the balance beside it. Where goods went as well the provider's name is theirs.
async fn take_balance(
    tx: &WriteTx,
    case: &Case,
    reference: &str,
    part: super::parts::Part,
    now: Timestamp,
) -> Result<()> {
    let there = there(tx, &case.order).await?.min(part.beside);
    let lines = [
        (Account::Balance(case.order.customer), Money(-there.0)),
        (Account::Adjustments, Money(there.0 - part.beside.0)),
        (Account::Cash(case.payment.pm_id), part.beside),
    ];
    post(tx, &case.order, &lines, now).await?;
    let reference = if part.ordered > Money::ZERO { "" } else { reference };
    note(tx, case, (there, true), reference, now).await?;
    note(tx, case, (Money(part.beside.0 - there.0), false), "", now).await
}

async fn note(
    tx: &WriteTx,
    case: &Case,
    amount: (Money, bool),
    reference: &str,
    now: Timestamp,
) -> Result<()> {
    if amount.0 == Money::ZERO {
        return Ok(());
    }
    let id = queries::insert_refund(tx, &case.payment, amount, now).await?;
    Ok(queries::end_refund(tx, id, "made", reference, now).await?)
}

async fn post(tx: &WriteTx, order: &Order, lines: &[(Account, Money)], now: Timestamp) -> Result<()> {
    let lines: Vec<_> = lines.iter().copied().filter(|(_, amount)| *amount != Money::ZERO).collect();
    let Owed { site, customer, trade_no, memo } = Owed::of(order);
    let posting =
        Posting { site, customer, kind: Kind::Refund, trade_no, memo, lines: &lines, overdraw: false };
    ledger::post(tx, &posting, now).await
}
