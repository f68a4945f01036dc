//! Disputes: a payer's bank calls a payment back. The money is gone at once, the unused grant freezes; who
//! topped up may fall below zero by it, and only by it.

use super::model::Payment;
use super::{queries, records};
use crate::ledger::{self, Account, Kind, Posting};
use crate::orders::{self, Order, What};
use crate::{State, grants};
use turnpike_base::{Fault, Money, ProductType, Result, Timestamp};
use turnpike_store::WriteTx;

/// Where the money of a payment went, and has to come from again.
fn account(order: &Order, late: bool) -> Account {
    if late || order.product_type == ProductType::Recharge {
        Account::Balance(order.customer)
    } else {
        Account::Disputes
    }
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
    let tx = state.store.write().await?;
    let Some(payment) = queries::by_intent(&tx, intent).await? else { return Ok("unknown") };
    let order = order_of(&tx, &payment).await?;
    if !records::insert_dispute(&tx, dispute, payment.id, amount, now).await? {
        return Ok("again");
    }
    let late = queries::came_late(&tx, payment.id).await?;
    let lines = [(account(&order, late), Money(-amount.0)), (Account::Cash(payment.pm_id), amount)];
    post(&tx, &order, Kind::Dispute, dispute, &lines, now).await?;
    if !late {
        grants::freeze::freeze(&tx, &bought(&tx, &order).await?, now).await?;
    }
    tx.commit().await?;
    tracing::warn!(dispute, trade_no = order.trade_no, %amount, "a payment is disputed; what it granted is frozen");
    Ok("disputed")
}

/// A dispute is over: won, and all is as before; lost, and what is frozen stays so.
pub(super) async fn end(state: &State, dispute: &str, won: bool, now: Timestamp) -> Result<&'static str> {
    let tx = state.store.write().await?;
    let Some((payment, amount)) = records::lock_open_dispute(&tx, dispute).await? else {
        return Ok("unknown");
    };
    let payment = queries::payment(&tx, payment).await?;
    let payment = payment.ok_or_else(|| Fault::internal("dispute_without_payment", dispute.to_owned()))?;
    let order = order_of(&tx, &payment).await?;
    records::end_dispute(&tx, dispute, won, now).await?;
    if won {
        let late = queries::came_late(&tx, payment.id).await?;
        let lines = [(Account::Cash(payment.pm_id), Money(-amount.0)), (account(&order, late), amount)];
        post(&tx, &order, Kind::DisputeWon, dispute, &lines, now).await?;
        grants::freeze::unfreeze(&tx, &bought(&tx, &order).await?, now).await?;
    }
    tx.commit().await?;
    Ok(if won { "dispute_won" } else { "dispute_lost" })
}
