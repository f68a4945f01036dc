//! Disputes: a payer's bank calls a payment back, at once or in parts. The money is gone at once. What it paid for freezes
//! as far as it is unused, what of it stood on the balance goes from there; who topped up may fall below zero by it, and only
//! by it. What is beyond what the payment brought and did not go back already is the operator's loss, not the customer's.

use super::model::{Payment, Refund};
use super::parts::Part;
use super::{jobs, queries, records};
use crate::ledger::{self, Account, Kind, Posting};
use crate::orders::{self, Order, Status, What};
use crate::prices::rules::share;
use crate::{State, grants, invoices};
use turnpike_base::{Fault, Money, ProductType, Result, Timestamp};
use turnpike_store::{WriteTx, retrying};

/// Seconds until traffic that runs is looked at again for what it gave back.
const LEASES: i64 = 10;

/// What a disputed payment was for.
pub(super) struct Case {
    pub(super) payment: Payment,
    /// The order that was paid.
    pub(super) order: Order,
    /// The order whose goods it bought: a rest completes another one.
    pub(super) bought: Order,
    /// Nothing was bought by it: it is on the balance.
    pub(super) closed: bool,
}

impl Case {
    /// What an amount was of the price of what it bought: of a rest, its own fee is not.
    pub(super) fn worth(&self, ordered: Money) -> Money {
        match self.order.goods.what {
            What::Rest { .. } => share(self.order.goods_fee(), ordered.0, self.order.pay_fee().0),
            _ => ordered,
        }
    }

    /// What of it stood on the balance: a top-up without its fee.
    fn on_balance(&self, part: Part, fee: Money) -> Money {
        Money(part.beside.0 + if self.is_top_up() { part.ordered.0 - fee.0 } else { 0 })
    }

    /// Whether what it bought is balance.
    pub(super) fn is_top_up(&self) -> bool {
        self.bought.product_type == ProductType::Recharge
    }

    /// The entry that moves the money: away by a dispute, back when it is won.
    fn lines(&self, moved: Moved) -> [(Account, Money); 4] {
        let Moved { amount, part, fee, gift, away } = moved;
        let balance = self.on_balance(part, fee).0;
        let sign = if away { -1 } else { 1 };
        [
            (Account::Disputes, Money(sign * (amount.0 - balance))),
            (Account::Balance(self.order.customer), Money(sign * (balance + gift.0))),
            (Account::Cash(self.payment.pm_id), Money(-sign * amount.0)),
            (Account::Gifts, Money(-sign * gift.0)),
        ]
    }

    async fn post(
        &self,
        tx: &WriteTx,
        kind: Kind,
        dispute: &str,
        moved: Moved,
        now: Timestamp,
    ) -> Result<()> {
        let Order { site, customer, ref trade_no, .. } = self.order;
        let lines = &self.lines(moved);
        let posting = Posting { site, customer, kind, trade_no, memo: dispute, lines, overdraw: true };
        ledger::post(tx, &posting, now).await
    }
}

/// Money that a dispute moves.
#[derive(Clone, Copy)]
struct Moved {
    amount: Money,
    part: Part,
    /// What of the ordered part was the fee of a top-up.
    fee: Money,
    /// What was given on top of what it paid.
    gift: Money,
    away: bool,
}

/// The orders stay locked, and the payment: disputes and refunds of it come one after another.
pub(super) async fn case(tx: &WriteTx, payment: i64) -> Result<Case> {
    let missing = || Fault::internal("dispute_without_payment", payment.to_string());
    let found = queries::payment(tx, payment).await?.ok_or_else(missing)?;
    let order = order_of(tx, &found).await?;
    let bought = bought(tx, &order).await?;
    let payment = queries::lock_payment(tx, payment).await?.ok_or_else(missing)?;
    let closed = is_closed(&order, &bought);
    Ok(Case { payment, order, bought, closed })
}

fn is_closed(order: &Order, bought: &Order) -> bool {
    order.status == Status::Closed || bought.status == Status::Closed
}

/// Whether nothing was bought by what came for an order, so that all of it is on the balance.
pub(super) async fn bought_nothing(tx: &WriteTx, order: &Order) -> Result<bool> {
    let bought = bought(tx, order).await?;
    Ok(is_closed(order, &bought))
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

/// A dispute begins, or grows to `amount`. The same one again changes nothing.
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
    if amount <= Money::ZERO {
        return Ok("nothing");
    }
    let tx = state.store.write().await?;
    let Some(payment) = queries::by_intent(&tx, intent).await? else { return Ok("unknown") };
    let mut case = case(&tx, payment.id).await?;
    records::insert_dispute(&tx, dispute, payment.id, now).await?;
    let Some(open) = records::lock_open_dispute(&tx, dispute).await? else { return Ok("again") };
    if amount <= open.amount {
        return Ok("again");
    }
    take(&tx, state, &mut case, dispute, Money(amount.0 - open.amount.0), now).await?;
    tx.commit().await?;
    let trade_no = case.order.trade_no;
    tracing::warn!(dispute, trade_no, %amount, "a payment is disputed; what it paid for is frozen");
    Ok("disputed")
}

/// Books so much more of a dispute.
async fn take(
    tx: &WriteTx,
    state: &State,
    case: &mut Case,
    dispute: &str,
    amount: Money,
    now: Timestamp,
) -> Result<()> {
    stop_waiting(tx, state, case, now).await?;
    let left = queries::parts(tx, &case.payment).await?.left(case.closed);
    let part = left.of(amount);
    let before = records::lock_open_dispute(tx, dispute).await?.map_or(Money::ZERO, |open| open.part.ordered);
    let fee = fee_in(tx, case, part).await?;
    let gift = gift_held(tx, case, part, fee).await?;
    records::grow_dispute(tx, dispute, amount, part).await?;
    records::hold(tx, dispute, gift, fee).await?;
    case.post(tx, Kind::Dispute, dispute, Moved { amount, part, fee, gift, away: true }, now).await?;
    let ordered = Money(before.0 + part.ordered.0);
    if freeze(tx, case, dispute, ordered, now).await? {
        jobs::plan(tx, jobs::FREEZE, case.payment.id, now.plus_seconds(LEASES), now).await?;
    }
    Ok(())
}

/// Freezes what `ordered` paid for; whether running traffic may give back more of it.
async fn freeze(tx: &WriteTx, case: &Case, dispute: &str, ordered: Money, now: Timestamp) -> Result<bool> {
    if ordered == Money::ZERO {
        return Ok(false);
    }
    grants::freeze::freeze(tx, &case.bought, dispute, case.worth(ordered), now).await
}

/// What traffic had on lease when a payment was disputed is frozen as it comes back; when to look again. A job runs it.
pub(super) async fn freeze_more(state: &State, payment: i64, now: Timestamp) -> Result<Option<Timestamp>> {
    retrying(|| freeze_more_once(state, payment, now)).await
}

async fn freeze_more_once(state: &State, payment: i64, now: Timestamp) -> Result<Option<Timestamp>> {
    let tx = state.store.write().await?;
    let case = case(&tx, payment).await?;
    let mut waits = false;
    for (dispute, ordered) in records::open_disputes(&tx, payment).await? {
        waits |= freeze(&tx, &case, &dispute, ordered, now).await?;
    }
    tx.commit().await?;
    Ok(waits.then(|| now.plus_seconds(LEASES)))
}

/// What of the ordered part of a top-up was its fee: nobody has that on his balance. What is called back is balance first, as
/// far as there is some that did not go back.
async fn fee_in(tx: &WriteTx, case: &Case, part: Part) -> Result<Money> {
    if !case.is_top_up() {
        return Ok(Money::ZERO);
    }
    let held = records::called(tx, &case.bought).await?.held;
    let left = Money((case.bought.goods_fee().0 - case.bought.refund_fee.0 - held.0).max(0));
    Ok(Money(part.ordered.0 - case.worth(part.ordered).min(left).0))
}

/// What was given on top goes along with the first of what was ordered, as far as it is there still.
async fn gift_held(tx: &WriteTx, case: &Case, part: Part, fee: Money) -> Result<Money> {
    if part.ordered == Money::ZERO {
        return Ok(Money::ZERO);
    }
    let there = ledger::balance(tx, case.order.customer).await?.0 - case.on_balance(part, fee).0;
    Ok(orders::gift_due(tx, &case.bought).await?.min(Money(there.max(0))))
}

/// Nobody waits for the rest of an order whose first part is called back: what came is on the balance, and goes.
pub(super) async fn stop_waiting(tx: &WriteTx, state: &State, case: &mut Case, now: Timestamp) -> Result<()> {
    let left = queries::parts(tx, &case.payment).await?.left(case.closed);
    let waiting = [&case.order, &case.bought].into_iter().find(|order| order.status == Status::Unpaid);
    let Some(waiting) = waiting.filter(|_| left.ordered > Money::ZERO) else { return Ok(()) };
    orders::flow::shut(tx, state, waiting, now).await?;
    case.closed = true;
    Ok(())
}

/// A dispute is over, with `amount` in the end: won, and what it held comes back; lost, and it is taken back as by a refund.
pub(super) async fn end(
    state: &State,
    dispute: &str,
    amount: Money,
    won: bool,
    now: Timestamp,
) -> Result<&'static str> {
    retrying(|| end_once(state, dispute, amount, won, now)).await
}

async fn end_once(
    state: &State,
    dispute: &str,
    amount: Money,
    won: bool,
    now: Timestamp,
) -> Result<&'static str> {
    let tx = state.store.write().await?;
    let Some(payment) = records::disputed_payment(&tx, dispute).await? else {
        // One over nothing is never opened.
        return Ok(if amount <= Money::ZERO { "nothing" } else { "unknown" });
    };
    let mut case = case(&tx, payment).await?;
    let Some(open) = records::lock_open_dispute(&tx, dispute).await? else { return Ok("again") };
    let grown = Money(amount.0 - open.amount.0);
    if !won && grown > Money::ZERO {
        take(&tx, state, &mut case, dispute, grown, now).await?;
    }
    let Some(open) = records::lock_open_dispute(&tx, dispute).await? else { return Ok("again") };
    records::end_dispute(&tx, dispute, won, now).await?;
    if won {
        // Of an order that was paid back meanwhile the gift stays taken.
        let gift = if case.bought.refund_fee == Money::ZERO { open.gift } else { Money::ZERO };
        let moved = Moved { amount: open.amount, part: open.part, fee: open.fee, gift, away: false };
        case.post(&tx, Kind::DisputeWon, dispute, moved, now).await?;
        grants::freeze::thaw(&tx, dispute, now).await?;
    } else {
        freeze(&tx, &case, dispute, open.part.ordered, now).await?;
        let gone = Money(open.part.ordered.0 + open.part.beside.0);
        invoices::went(&tx, &case.order.trade_no, gone, now).await?;
        grants::freeze::forfeit(&tx, state, dispute, now).await?;
        if open.part.ordered > Money::ZERO {
            let goods = if case.is_top_up() {
                Money(open.part.ordered.0 - open.fee.0)
            } else {
                case.worth(open.part.ordered)
            };
            orders::flow::called_back(&tx, &case.bought, goods, now).await?;
        }
    }
    tx.commit().await?;
    Ok(if won { "dispute_won" } else { "dispute_lost" })
}

/// A refund did not go back after all, while disputes had taken more than was left beside it: so much of it has the payer by
/// them already. Gives back how much; the payment is locked.
pub(super) async fn cover(tx: &WriteTx, refund: &Refund, now: Timestamp) -> Result<Money> {
    let mut left = refund.amount;
    for loss in records::losses(tx, refund.payment).await? {
        let covered = loss.amount.min(left);
        if covered > Money::ZERO {
            let part = Part { ordered: Money::ZERO, beside: covered };
            records::grow_dispute(tx, &loss.dispute, Money::ZERO, part).await?;
            if loss.is_final {
                invoices::went(tx, &refund.trade_no, covered, now).await?;
            }
            left = Money(left.0 - covered.0);
        }
    }
    Ok(Money(refund.amount.0 - left.0))
}
