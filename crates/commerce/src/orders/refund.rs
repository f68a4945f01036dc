//! Refunds: the operator pays an order back, whole or in part, and what it granted is taken back as far as
//! it is unused. Handling fees are not paid back.

use super::flow::posting;
use super::model::{Order, Status, What};
use super::{error, queries};
use crate::ledger::{self, Account, Kind};
use crate::{State, grants, payments, products};
use turnpike_base::{Money, Result, Timestamp};
use turnpike_store::{Read, WriteTx, retrying};

/// The operator pays an order back; see [`refund`].
pub async fn refund_order(
    state: &State,
    trade_no: &str,
    amount: Option<Money>,
    now: Timestamp,
) -> Result<Order> {
    retrying(|| async {
        let tx = state.store.write().await?;
        let order = refund(&tx, state, trade_no, amount, now).await?;
        tx.commit().await?;
        Ok(order)
    })
    .await
}

/// Pays back `amount` of an order, or all that is unused of it. Fails with `order_unknown`,
/// `order_not_paid`, `order_used` where nothing is unused, and naming `amount` where that is too much.
pub async fn refund(
    tx: &WriteTx,
    state: &State,
    trade_no: &str,
    amount: Option<Money>,
    now: Timestamp,
) -> Result<Order> {
    let order = queries::lock(tx, trade_no).await?.ok_or_else(|| error::unknown(trade_no))?;
    if order.status != Status::Paid || matches!(order.goods.what, What::Rest { .. }) {
        return Err(error::not_paid(trade_no));
    }
    let left = Money(order.goods_fee().0 - order.refund_fee.0);
    // What is frozen of goods is unused no more; a balance freezes as money.
    let held = match order.goods.what {
        What::Balance { .. } => payments::called(tx, &order).await?.held,
        _ => Money::ZERO,
    };
    let most = match order.goods.what {
        What::Balance { .. } => Money(unspent(tx, &order).await?.0.min(left.0 - held.0)),
        _ => Money(grants::back::unused(tx, &order, now).await?.0 - order.refund_fee.0),
    };
    if most <= Money::ZERO && amount.is_none() && is_owed_no_more(&order) {
        return take_free(tx, state, order, now).await;
    }
    let paid = amount.unwrap_or(most);
    if most <= Money::ZERO {
        return Err(error::nothing_left(trade_no));
    }
    if paid > most || paid <= Money::ZERO {
        return Err(error::refund_too_much(most));
    }
    let from = match order.goods.what {
        What::Balance { .. } => {
            take_gift(tx, &order, gift_due(tx, &order).await?, now).await?;
            Account::Balance(order.customer)
        }
        _ => {
            // Of balance that came on top, what is there is taken back; what was spent was used.
            let there = ledger::balance(tx, order.customer).await?.max(Money::ZERO);
            take_gift(tx, &order, gift_due(tx, &order).await?.min(there), now).await?;
            grants::back::take(tx, state, &order, paid, most, now).await?;
            Account::Refunds
        }
    };
    payments::pay_back(tx, state, &order, &[(from, Money(-paid.0))], now).await?;
    let refund_fee = Money(order.refund_fee.0 + paid.0);
    // What a dispute holds or traffic has on lease may come back: until then the order is not over.
    let over = paid == most && held == Money::ZERO && !grants::back::is_held_back(tx, &order).await?;
    let whole = over || refund_fee == order.goods_fee();
    queries::set_refunded(tx, order.id, refund_fee, whole).await?;
    if whole {
        put_back(tx, &order).await?;
    }
    let status = if whole { Status::Refunded } else { Status::Paid };
    Ok(Order { refund_fee, status, ..order })
}

/// Whether goods may be taken back without money: an order that cost nothing, a coupon having taken the whole price off, and
/// one that was paid back but for what came back of it later and is worth less than the smallest coin.
fn is_owed_no_more(order: &Order) -> bool {
    !matches!(order.goods.what, What::Balance { .. })
        && (order.goods_fee() == Money::ZERO || order.refund_fee > Money::ZERO)
}

/// Takes back what is unused and has no price left.
async fn take_free(tx: &WriteTx, state: &State, order: Order, now: Timestamp) -> Result<Order> {
    if !grants::back::take(tx, state, &order, Money::ZERO, Money::ZERO, now).await? {
        return Err(error::nothing_left(&order.trade_no));
    }
    let whole = !grants::back::is_held_back(tx, &order).await?;
    queries::set_refunded(tx, order.id, order.refund_fee, whole).await?;
    if whole {
        put_back(tx, &order).await?;
    }
    let status = if whole { Status::Refunded } else { Status::Paid };
    Ok(Order { status, ..order })
}

/// A payer's bank took back `amount` of what was paid for an order for good, and what of the goods was unused is taken
/// back already: so much less can be refunded.
pub async fn called_back(tx: &WriteTx, order: &Order, amount: Money, now: Timestamp) -> Result<()> {
    let there = ledger::balance(tx, order.customer).await?.max(Money::ZERO);
    take_gift(tx, order, gift_due(tx, order).await?.min(there), now).await?;
    let refund_fee = Money(order.refund_fee.0 + amount.0).min(order.goods_fee());
    let whole = order.status == Status::Refunded || refund_fee == order.goods_fee();
    queries::set_refunded(tx, order.id, refund_fee, whole).await?;
    if whole && order.status != Status::Refunded {
        put_back(tx, order).await?;
    }
    Ok(())
}

/// What was limited and is taken back whole can be sold again.
async fn put_back(tx: &WriteTx, order: &Order) -> Result<()> {
    if order.goods.limited {
        products::put_back(tx, order.product, order.amount).await?;
    }
    Ok(())
}

/// The gift that an order still has to give back: all of it before the first refund, but for what disputes took.
pub(crate) async fn gift_due(tx: &impl Read, order: &Order) -> Result<Money> {
    if order.refund_fee != Money::ZERO || order.gift() == Money::ZERO {
        return Ok(Money::ZERO);
    }
    Ok(Money((order.gift().0 - payments::called(tx, order).await?.gift.0).max(0)))
}

/// What of a recharge can be paid out: the balance without its gift.
async fn unspent(tx: &WriteTx, order: &Order) -> Result<Money> {
    let balance = ledger::balance(tx, order.customer).await?;
    Ok(Money((balance.0 - gift_due(tx, order).await?.0).max(0)))
}

async fn take_gift(tx: &WriteTx, order: &Order, gift: Money, now: Timestamp) -> Result<()> {
    if gift == Money::ZERO {
        return Ok(());
    }
    let lines = [(Account::Balance(order.customer), Money(-gift.0)), (Account::Gifts, gift)];
    ledger::post(tx, &posting(order, Kind::Refund, &lines), now).await
}
