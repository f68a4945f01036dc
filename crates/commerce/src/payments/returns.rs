//! Money of an order that went to the customer's balance and bought nothing (it came late, was too much, waited for a rest
//! that never came, or was to go back and could not) goes back to where it came from, because the operator says so.

use super::model::{Payment, Refund};
use super::refunds::{self, Owed};
use super::{disputes, error, queries};
use crate::State;
use crate::ledger::{Account, Kind};
use crate::orders::{self, Order, Status, What};
use turnpike_base::{Code, Fault, Money, Result, Text, Timestamp};
use turnpike_store::{Read, WriteTx, retrying};

/// Takes `amount` of such money of an order from the customer's balance, all of it where nothing is said, and promises it back to
/// the payments that brought it, the newest first; gives the refunds. Fails with `order_unknown`, with `return_nothing` where
/// all of it went back already or there was none, naming `amount` where that is more, and with `balance_too_low` where the
/// customer has spent it.
pub async fn send_back(
    state: &State,
    trade_no: &str,
    amount: Option<Money>,
    now: Timestamp,
) -> Result<Vec<Refund>> {
    retrying(|| send_back_once(state, trade_no, amount, now)).await
}

async fn send_back_once(
    state: &State,
    trade_no: &str,
    amount: Option<Money>,
    now: Timestamp,
) -> Result<Vec<Refund>> {
    let tx = state.store.write().await?;
    let order = orders::lock(&tx, trade_no).await?.ok_or_else(|| error::unknown_order(trade_no))?;
    let closed = disputes::bought_nothing(&tx, &order).await?;
    let there = returnable(&tx, state, trade_no, closed).await?;
    let most = Money(there.iter().map(|(_, part)| part.0).sum());
    let mut left = amount.unwrap_or(most);
    if most == Money::ZERO {
        return Err(nothing(trade_no));
    }
    if left > most || left <= Money::ZERO {
        return Err(too_much(most));
    }
    let mut lines = vec![(Account::Balance(order.customer), Money(-left.0))];
    let mut made = Vec::new();
    for (payment, part) in there {
        let part = part.min(left);
        if part > Money::ZERO {
            made.push(refunds::promise(&tx, &payment, (part, true), now).await?);
            lines.push((Account::Due(payment.pm_id), part));
            left = Money(left.0 - part.0);
        }
    }
    refunds::post(&tx, &Owed::of(&order), Kind::Refund, &lines, now).await?;
    let mut found = Vec::new();
    for id in made {
        found.extend(queries::refund(&tx, id).await?);
    }
    tx.commit().await?;
    Ok(found)
}

/// The order's payments of which something may be sent back, and how much; locked.
async fn returnable(
    tx: &WriteTx,
    state: &State,
    trade_no: &str,
    closed: bool,
) -> Result<Vec<(Payment, Money)>> {
    let mut found = Vec::new();
    for payment in queries::paid_of(tx, trade_no).await? {
        let beside = queries::parts(tx, &payment).await?.left(closed).beside;
        if beside > Money::ZERO && state.payments.driver(payment.pm_id).is_some() {
            found.push((payment, beside));
        }
    }
    Ok(found)
}

/// What [`send_back`] would give back of an order now, whatever of it the customer has spent.
pub async fn left_to_return(tx: &impl Read, state: &State, order: &Order) -> Result<Money> {
    let whole = match &order.goods.what {
        What::Rest { trade_no } => orders::by_trade_no(tx, trade_no).await?,
        _ => None,
    };
    let closed = [Some(order), whole.as_ref()].into_iter().flatten().any(|one| one.status == Status::Closed);
    let mut left = 0;
    for payment in queries::seen_of(tx, &order.trade_no).await? {
        if state.payments.driver(payment.pm_id).is_some() {
            left += queries::parts(tx, &payment).await?.left(closed).beside.0;
        }
    }
    Ok(Money(left))
}

fn nothing(trade_no: &str) -> Fault {
    Fault::new(Code::Conflict, "return_nothing").say(Text::made(
        format!("订单 {trade_no} 没有可原路退回的余额款项"),
        format!("Nothing of what came for order {trade_no} is on the balance and can go back"),
    ))
}

fn too_much(most: Money) -> Fault {
    let text = Text::made(
        format!("应为 0.01 到 {most} 的金额，单位为订单货币"),
        format!(
            "must be from 0.01 to {most} in the order's currency: what is left of what came and bought nothing"
        ),
    );
    Fault::parameter("amount", text)
}
