//! Disputes: a payer's bank calls a payment back. The money is gone at once, what it paid for freezes as far as it is
//! unused; who topped up may fall below zero by it, and only by it.

use super::model::Payment;
use super::{queries, records};
use crate::ledger::{self, Account, Kind, Posting};
use crate::orders::{self, Order, Status, What};
use crate::{State, grants};
use turnpike_base::{Fault, Money, ProductType, Result, Timestamp};
use turnpike_store::{WriteTx, retrying};

/// What a disputed payment was for.
struct Case {
    /// The order that was paid.
    order: Order,
    /// The order whose goods it bought: a rest completes another one.
    bought: Order,
    /// The money stands on the customer's balance: it topped it up, or there was no order for it any more.
    on_balance: bool,
    /// It came for an order that took none any more.
    late: bool,
}

impl Case {
    /// Where the money went, and has to come from again: for goods, and to the balance. What was more than the order cost is there as well.
    fn parts(&self, amount: Money) -> (i64, i64) {
        let surplus = (amount.0 - self.order.pay_fee().0).max(0);
        if self.on_balance { (0, amount.0) } else { (amount.0 - surplus, surplus) }
    }

    /// The entry that moves the money: away by a dispute, back when it is won.
    fn lines(&self, pm_id: i64, amount: Money, away: bool) -> [(Account, Money); 3] {
        let (sold, balance) = self.parts(amount);
        let sign = if away { -1 } else { 1 };
        [
            (Account::Disputes, Money(sign * sold)),
            (Account::Balance(self.order.customer), Money(sign * balance)),
            (Account::Cash(pm_id), Money(-sign * amount.0)),
        ]
    }
}

async fn case(tx: &WriteTx, payment: &Payment) -> Result<Case> {
    let order = order_of(tx, payment).await?;
    let bought = bought(tx, &order).await?;
    let late = queries::came_late(tx, payment.id).await?;
    let on_balance = late || order.product_type == ProductType::Recharge || bought.status == Status::Closed;
    Ok(Case { order, bought, on_balance, late })
}

async fn post(
    tx: &WriteTx,
    order: &Order,
    kind: Kind,
    dispute: &str,
    lines: &[(Account, Money)],
    now: Timestamp,
) -> Result<()> {
    let Order { site, customer, ref trade_no, .. } = *order;
    ledger::post(tx, &Posting { site, customer, kind, trade_no, memo: dispute, lines, overdraw: true }, now)
        .await
}

async fn order_of(tx: &WriteTx, payment: &Payment) -> Result<Order> {
    let order = orders::lock(tx, &payment.trade_no).await?;
    order.ok_or_else(|| Fault::internal("payment_without_order", payment.trade_no.clone()))
}

/// The order whose goods the money bought: a rest completes another one.
async fn bought(tx: &WriteTx, order: &Order) -> Result<Order> {
    let What::Rest { trade_no } = &order.goods.what else { return Ok(order.clone()) };
    let whole = orders::lock(tx, trade_no).await?;
    whole.ok_or_else(|| Fault::internal("rest_without_order", trade_no.clone()))
}

/// A dispute begins. The same one again changes nothing.
pub(super) async fn open(
    state: &State,
    dispute: &str,
    intent: &str,
    amount: Money,
    now: Timestamp,
) -> Result<&'static str> {
    retrying(|| open_once(state, dispute, intent, amount, now)).await
}

async fn open_once(
    state: &State,
    dispute: &str,
    intent: &str,
    amount: Money,
    now: Timestamp,
) -> Result<&'static str> {
    let tx = state.store.write().await?;
    let Some(payment) = queries::by_intent(&tx, intent).await? else { return Ok("unknown") };
    let mut case = case(&tx, &payment).await?;
    if !records::insert_dispute(&tx, dispute, payment.id, amount, now).await? {
        return Ok("again");
    }
    // Nobody waits for the rest of an order whose first part is called back: what came is on the balance, and goes.
    if case.bought.status == Status::Unpaid && !case.late {
        orders::flow::shut(&tx, state, &case.bought, now).await?;
        case.on_balance = true;
    }
    let lines = case.lines(payment.pm_id, amount, true);
    post(&tx, &case.order, Kind::Dispute, dispute, &lines, now).await?;
    if !case.on_balance {
        grants::freeze::freeze(&tx, &case.bought, dispute, amount, now).await?;
    }
    tx.commit().await?;
    let trade_no = case.order.trade_no;
    tracing::warn!(dispute, trade_no, %amount, "a payment is disputed; what it paid for is frozen");
    Ok("disputed")
}

/// A dispute is over: won, and what it held comes back; lost, and it is taken back as by a refund.
pub(super) async fn end(state: &State, dispute: &str, won: bool, now: Timestamp) -> Result<&'static str> {
    retrying(|| end_once(state, dispute, won, now)).await
}

async fn end_once(state: &State, dispute: &str, won: bool, now: Timestamp) -> Result<&'static str> {
    let tx = state.store.write().await?;
    let Some((payment, amount)) = records::lock_open_dispute(&tx, dispute).await? else {
        return Ok("unknown");
    };
    let payment = queries::payment(&tx, payment).await?;
    let payment = payment.ok_or_else(|| Fault::internal("dispute_without_payment", dispute.to_owned()))?;
    let case = case(&tx, &payment).await?;
    records::end_dispute(&tx, dispute, won, now).await?;
    if won {
        let lines = case.lines(payment.pm_id, amount, false);
        post(&tx, &case.order, Kind::DisputeWon, dispute, &lines, now).await?;
        grants::freeze::thaw(&tx, dispute, now).await?;
    } else {
        grants::freeze::forfeit(&tx, state, dispute, now).await?;
        if !case.late && matches!(case.bought.status, Status::Paid | Status::Refunded) {
            orders::flow::called_back(&tx, &case.bought, amount, now).await?;
        }
    }
    tx.commit().await?;
    Ok(if won { "dispute_won" } else { "dispute_lost" })
}
