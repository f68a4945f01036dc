//! What becomes of money that came for an order: the state machine, the ledger and the grant, in one
//! transaction.

use super::flow::{covered, posting, shut};
use super::model::{EXACT, OVER, Order, Paid, Settled, Status, What};
use super::queries;
use crate::ledger::{self, Account, Kind};
use crate::{State, grants, invoices, payments};
use turnpike_base::{Money, Result, Timestamp};
use turnpike_store::WriteTx;

/// An order whose payment came short waits so much longer for the rest, in hours.
const SHORT_HOURS: i64 = 24;

/// Applies money that came. The order is locked by the caller, who also sees to it that a provider's notice
/// is applied once. From the balance it fails with `balance_too_low`, and with what keeps the order from
/// being granted; money from outside then goes to the balance.
pub async fn settle(
    tx: &WriteTx,
    state: &State,
    order: &Order,
    paid: &Paid,
    now: Timestamp,
) -> Result<Settled> {
    if !paid.reference.is_empty() {
        queries::set_out_trade_no(tx, order.id, &paid.reference).await?;
    }
    if paid.pm_id != payments::BALANCE && paid.amount > Money::ZERO {
        invoices::came(tx, &order.trade_no, paid.amount).await?;
    }
    if order.status != Status::Unpaid {
        return late(tx, order, paid, now).await;
    }
    if let Err(fault) = grants::flow::possible(tx, order, now).await {
        if paid.pm_id == payments::BALANCE {
            return Err(fault);
        }
        shut(tx, state, order, now).await?;
        return late(tx, order, paid, now).await;
    }
    let came = Money(order.received.0 + paid.amount.0);
    if came < order.pay_fee() {
        return short(tx, order, paid, came, now).await;
    }
    let surplus = Money(came.0 - order.pay_fee().0);
    complete(tx, state, order, paid, surplus, now).await?;
    Ok(if surplus > Money::ZERO { Settled::Over { surplus } } else { Settled::Paid })
}

/// Where the money comes from.
fn source(order: &Order, paid: &Paid) -> Account {
    if paid.pm_id == payments::BALANCE { Account::Balance(order.customer) } else { Account::Cash(paid.pm_id) }
}

/// It came for an order that takes none any more.
async fn late(tx: &WriteTx, order: &Order, paid: &Paid, now: Timestamp) -> Result<Settled> {
    credit(tx, order, Kind::Late, paid, paid.amount, now).await?;
    Ok(Settled::Late)
}

async fn credit(
    tx: &WriteTx,
    order: &Order,
    kind: Kind,
    paid: &Paid,
    amount: Money,
    now: Timestamp,
) -> Result<()> {
    let from = source(order, paid);
    let to = Account::Balance(order.customer);
    if amount == Money::ZERO || from == to {
        return Ok(());
    }
    ledger::post(tx, &posting(order, kind, &[(from, Money(-amount.0)), (to, amount)]), now).await
}

async fn short(tx: &WriteTx, order: &Order, paid: &Paid, came: Money, now: Timestamp) -> Result<Settled> {
    let lines = [(source(order, paid), Money(-paid.amount.0)), (Account::Held(order.customer), paid.amount)];
    if paid.amount > Money::ZERO {
        ledger::post(tx, &posting(order, Kind::Short, &lines), now).await?;
    }
    let until = order.expire_at.max(now.plus_minutes(SHORT_HOURS * 60));
    queries::set_short(tx, order.id, came, until).await?;
    Ok(Settled::Short { missing: Money(order.pay_fee().0 - came.0) })
}

/// Everything is there: books it, marks the order paid and grants it.
async fn complete(
    tx: &WriteTx,
    state: &State,
    order: &Order,
    paid: &Paid,
    surplus: Money,
    now: Timestamp,
) -> Result<()> {
    covered(tx, order).await?;
    let brought = Money(paid.amount.0 - surplus.0);
    let goods = order.goods_fee();
    let mut lines = vec![
        (source(order, paid), Money(-brought.0)),
        (Account::Held(order.customer), Money(-order.received.0)),
        (Account::Fees, order.handling_fee),
    ];
    let kind = match &order.goods.what {
        What::Balance { .. } => {
            lines.push((Account::Balance(order.customer), goods));
            Kind::Recharge
        }
        // Held for the order that it completes, which takes it from there.
        What::Rest { .. } => {
            lines.push((Account::Held(order.customer), goods));
            Kind::Completed
        }
        _ => {
            lines.push((Account::Revenue, goods));
            Kind::Payment
        }
    };
    lines.retain(|(_, amount)| *amount != Money::ZERO);
    if !lines.is_empty() {
        ledger::post(tx, &posting(order, kind, &lines), now).await?;
    }
    credit(tx, order, Kind::Surplus, paid, surplus, now).await?;
    gift(tx, order, now).await?;
    let fee_status = if surplus > Money::ZERO { OVER } else { EXACT };
    let order = Order { pm_id: paid.pm_id, ..order.clone() };
    queries::set_paid(tx, &order, fee_status, now).await?;
    grants::flow::grant(tx, state, &order, now).await?;
    if let What::Rest { trade_no } = &order.goods.what {
        completed(tx, state, &order, trade_no, now).await?;
    }
    Ok(())
}

/// What is given on top: the tier's gift of a recharge, the product's gift of a purchase.
async fn gift(tx: &WriteTx, order: &Order, now: Timestamp) -> Result<()> {
    let gift = order.gift();
    if gift == Money::ZERO {
        return Ok(());
    }
    let lines = [(Account::Gifts, Money(-gift.0)), (Account::Balance(order.customer), gift)];
    ledger::post(tx, &posting(order, Kind::Gift, &lines), now).await
}

/// A rest that completed nothing costs no fee.
async fn fee_back(tx: &WriteTx, rest: &Order, now: Timestamp) -> Result<()> {
    let fee = rest.handling_fee;
    if fee == Money::ZERO {
        return Ok(());
    }
    let lines = [(Account::Fees, Money(-fee.0)), (Account::Balance(rest.customer), fee)];
    ledger::post(tx, &posting(rest, Kind::Returned, &lines), now).await
}

/// The rest of a short order came: it is complete if it still waits, else its money goes to the balance.
async fn completed(tx: &WriteTx, state: &State, rest: &Order, trade_no: &str, now: Timestamp) -> Result<()> {
    let parent = queries::lock(tx, trade_no).await?;
    let brought = rest.goods_fee();
    let back = |amount: Money| {
        [(Account::Held(rest.customer), Money(-amount.0)), (Account::Balance(rest.customer), amount)]
    };
    let waiting = parent.filter(|order| order.status == Status::Unpaid);
    let Some(parent) = waiting else {
        ledger::post(tx, &posting(rest, Kind::Returned, &back(brought)), now).await?;
        return fee_back(tx, rest, now).await;
    };
    let surplus = Money((brought.0 - parent.missing().0).max(0));
    if surplus > Money::ZERO {
        ledger::post(tx, &posting(rest, Kind::Returned, &back(surplus)), now).await?;
    }
    // What is held covers it: nothing new comes from outside.
    let parent = Order { received: Money(parent.received.0 + brought.0 - surplus.0), ..parent };
    if parent.missing() > Money::ZERO {
        return queries::set_short(tx, parent.id, parent.received, parent.expire_at).await;
    }
    if grants::flow::possible(tx, &parent, now).await.is_err() {
        shut(tx, state, &parent, now).await?;
        return fee_back(tx, rest, now).await;
    }
    let nothing = Paid { amount: Money::ZERO, pm_id: parent.pm_id, reference: String::new() };
    Box::pin(complete(tx, state, &parent, &nothing, Money::ZERO, now)).await
}
