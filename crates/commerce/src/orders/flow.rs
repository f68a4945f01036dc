//! What is done with orders before they are paid: make, choose a method, close.

use super::model::{Order, Paid, Status, What};
use super::quote::{self, Buyer, Quote};
use super::request::Request;
use super::{error, queries};
use crate::coupons::{self, rules::Use};
use crate::ledger::{self, Account, Kind, Posting};
use crate::payments::{self, Method};
use crate::prices::rules;
use crate::shop::{self, Shop};
use crate::{State, products};
use turnpike_access::packages::rules::trade_no;
use turnpike_base::{Fault, Money, OrderId, Result, Timestamp};
use turnpike_network::statics::{self, Wish};
use turnpike_store::{WriteTx, retrying};
use turnpike_wire::CountryCode;

pub use super::refund::{called_back, refund, refund_order};
pub use super::settle::settle;

/// Overdue orders looked for at a time.
const SWEEP: i64 = 200;

/// Makes an order in a transaction of its own; see [`create_in`].
pub async fn create(state: &State, buyer: &Buyer<'_>, ask: &Request) -> Result<Order> {
    retrying(|| create_once(state, buyer, ask)).await
}

async fn create_once(state: &State, buyer: &Buyer<'_>, ask: &Request) -> Result<Order> {
    let tx = state.store.write().await?;
    let order = create_in(&tx, state, buyer, ask).await?;
    tx.commit().await?;
    Ok(order)
}

/// Makes an order and what it holds: stock, addresses, coupon. One that the balance pays, and one that costs
/// nothing, comes back paid. Fails with `balance_too_low` and then makes none.
pub async fn create_in(tx: &WriteTx, state: &State, buyer: &Buyer<'_>, ask: &Request) -> Result<Order> {
    prepare(tx, buyer, ask).await?;
    let quote = quote::quote(tx, state, buyer, ask).await?;
    let shop = shop::of(tx, buyer.site.id).await?;
    let from_balance = quote.method.as_ref().is_some_and(Method::is_balance);
    let waits = !from_balance && quote.figures.pay_fee() > Money::ZERO;
    if waits {
        may_wait(tx, &quote, buyer, &shop).await?;
    }
    let order = insert(tx, buyer, &quote, shop.order_minutes).await?;
    hold(tx, state, buyer, &order, &quote).await?;
    if waits {
        return Ok(order);
    }
    let pm_id = if from_balance { order.pm_id } else { payments::BALANCE };
    let paid = Paid { amount: order.pay_fee(), pm_id, reference: String::new() };
    settle(tx, state, &order, &paid, buyer.now).await?;
    queries::by_id(tx, order.id).await?.ok_or_else(|| error::unknown(&order.trade_no))
}

/// Fails with `orders_enough` where the customer has as many unpaid orders as the site bears, and with `orders_hold_enough`
/// where they would hold more addresses. The rest of an order that was paid short is always welcome.
async fn may_wait(tx: &WriteTx, quote: &Quote, buyer: &Buyer<'_>, shop: &Shop) -> Result<()> {
    let rest = matches!(quote.plan.what, What::Rest { .. });
    if !rest && queries::unpaid_of(tx, buyer.customer).await? >= shop.most_unpaid {
        return Err(error::enough_unpaid(shop.most_unpaid));
    }
    if matches!(quote.plan.what, What::Addresses { .. }) {
        let held = queries::held_unpaid(tx, buyer.customer).await?;
        if held.saturating_add(quote.plan.amount) > shop.most_held {
            return Err(error::enough_held(shop.most_held, held));
        }
    }
    Ok(())
}

/// Locks what two orders at once could both take.
async fn prepare(tx: &WriteTx, buyer: &Buyer<'_>, ask: &Request) -> Result<()> {
    let Some(product) = products::by_id(tx, turnpike_base::ProductId(ask.pid)).await? else { return Ok(()) };
    if product.item.show_type == 4 || ask.pm_id != payments::BALANCE {
        queries::lock_customer(tx, buyer.customer).await?;
    }
    if product.item.product.is_static() {
        queries::lock_type(tx, product.item.product).await?;
    }
    Ok(())
}

async fn insert(tx: &WriteTx, buyer: &Buyer<'_>, quote: &Quote, minutes: i64) -> Result<Order> {
    let item = &quote.product.item;
    let mut order = Order {
        id: OrderId(0),
        site: buyer.site.id,
        customer: buyer.customer,
        trade_no: trade_no(buyer.now, &buyer.site.zone, rand::random()),
        out_trade_no: String::new(),
        product: quote.product.id,
        product_type: item.product,
        amount: quote.plan.amount,
        currency: buyer.site.currency,
        unit_price: quote.plan.unit,
        gross: quote.figures.gross,
        discount_fee: quote.figures.discount_fee,
        handling_fee: quote.figures.handling_fee,
        refund_fee: Money::ZERO,
        received: Money::ZERO,
        pm_id: quote.method.as_ref().map_or(0, |method| method.id),
        status: Status::Unpaid,
        pay_fee_status: super::model::EXACT,
        title: item.title.clone(),
        goods: quote.goods.clone(),
        invoice_id: None,
        created_at: buyer.now,
        expire_at: buyer.now.plus_minutes(minutes),
        paid_at: None,
    };
    order.id = queries::insert(tx, &order, quote.invited, quote.completes()).await?;
    Ok(order)
}

/// Holds stock, discount and addresses until the order is paid or closed.
async fn hold(tx: &WriteTx, state: &State, buyer: &Buyer<'_>, order: &Order, quote: &Quote) -> Result<()> {
    if !products::take(tx, &quote.product, order.amount).await? {
        return Err(products::error::sold_out(order.product));
    }
    if let Some(coupon) = &quote.coupon {
        let (product, gross) = (order.product_type, order.gross);
        let on = Use { customer: order.customer, before: 0, product, gross, now: buyer.now };
        coupons::flow::hold(tx, coupon, &order.trade_no, &on).await?;
    }
    if quote.invited {
        coupons::flow::spend_invitation(tx, order.customer, &order.trade_no).await?;
    }
    if let What::Addresses { regions, .. } = &order.goods.what {
        // Networks that are named come first: they can be served by fewer addresses.
        let mut regions: Vec<_> = regions.iter().collect();
        regions.sort_by_key(|region| region.asn.is_none());
        for region in regions {
            let unknown = || Fault::internal("order_unreadable", "country");
            let country = CountryCode::parse(&region.country).ok_or_else(unknown)?;
            let (customer, product) = (order.customer, order.product_type);
            let wish = Wish { customer, product, country, asn: region.asn, count: region.count };
            let until = order.expire_at;
            statics::hold::reserve(tx, &state.vault, &wish, &order.trade_no, until, buyer.now).await?;
        }
    }
    Ok(())
}

/// Fixes the method, and so the handling fee, of an order that is unpaid. Fails with `order_not_unpaid`,
/// with `order_no_balance` for types 3 and 26, and naming `pm_id` outside the method's bounds.
pub async fn choose_method(tx: &WriteTx, order: &Order, method: &Method) -> Result<Order> {
    if order.status != Status::Unpaid {
        return Err(error::not_unpaid(&order.trade_no));
    }
    if method.is_balance() && quote::refuses_balance(order.product_type) {
        return Err(error::no_balance());
    }
    // Who has paid a part owes what he was told.
    let part_paid = order.received > Money::ZERO;
    let handling = if part_paid {
        rules::Handling { fixed: order.handling_fee, ..rules::Handling::default() }
    } else {
        quote::handling(Some(method))
    };
    let figures = rules::figures(order.gross, &[order.discount_fee], handling).ok_or_else(error::too_much)?;
    quote::within(method, figures.pay_fee())?;
    queries::set_method(tx, order.id, method.id, figures.handling_fee).await?;
    Ok(Order { pm_id: method.id, handling_fee: figures.handling_fee, ..order.clone() })
}

/// Money comes by an attempt that asked for `asked`: the method and the fee are that attempt's, whichever was chosen since.
/// Who has paid a part owes what he was told then.
pub(crate) async fn paid_by(tx: &WriteTx, order: Order, pm_id: i64, asked: Money) -> Result<Order> {
    let fee = Money(asked.0 - order.goods_fee().0);
    if order.status != Status::Unpaid || order.received > Money::ZERO || fee < Money::ZERO {
        return Ok(order);
    }
    queries::set_method(tx, order.id, pm_id, fee).await?;
    Ok(Order { pm_id, handling_fee: fee, ..order })
}

/// Closes an unpaid order at its owner's wish. Fails with `order_unknown` and `order_not_unpaid`.
pub async fn close(state: &State, buyer: &Buyer<'_>, trade_no: &str) -> Result<()> {
    retrying(|| close_once(state, buyer, trade_no)).await
}

async fn close_once(state: &State, buyer: &Buyer<'_>, trade_no: &str) -> Result<()> {
    let tx = state.store.write().await?;
    let order = queries::lock(&tx, trade_no).await?.filter(|order| order.customer == buyer.customer);
    let order = order.ok_or_else(|| error::unknown(trade_no))?;
    if order.status != Status::Unpaid {
        return Err(error::not_unpaid(trade_no));
    }
    shut(&tx, state, &order, buyer.now).await?;
    Ok(tx.commit().await?)
}

/// The operator closes an unpaid order, whatever proof of a transfer came for it: what it held is free at once. Fails with
/// `order_unknown`, `order_not_unpaid`, and with `order_not_held` where the books hold less than the order says that came.
pub async fn reject(state: &State, trade_no: &str, now: Timestamp) -> Result<Order> {
    retrying(|| async {
        let tx = state.store.write().await?;
        let order = queries::lock(&tx, trade_no).await?.ok_or_else(|| error::unknown(trade_no))?;
        if order.status != Status::Unpaid {
            return Err(error::not_unpaid(trade_no));
        }
        shut(&tx, state, &order, now).await?;
        tx.commit().await?;
        Ok(Order { status: Status::Closed, ..order })
    })
    .await
}

/// Closes all orders whose time is over, each in a transaction of its own; gives back how many. One that can't be closed
/// holds up no other. A job runs it.
pub async fn expire(state: &State, now: Timestamp) -> Result<usize> {
    let (mut closed, mut after) = (0, (Timestamp(i64::MIN), OrderId(0)));
    loop {
        let overdue = queries::overdue(&state.store.read().await?, after, now, SWEEP).await?;
        let Some(last) = overdue.last() else { return Ok(closed) };
        after = last.0;
        for (_, trade_no) in &overdue {
            match retrying(|| expire_one(state, trade_no, now)).await {
                Ok(done) => closed += usize::from(done),
                Err(fault) => {
                    tracing::error!(trade_no, %fault, cause = ?fault.cause, "an order that is over can't be closed");
                }
            }
        }
    }
}

async fn expire_one(state: &State, trade_no: &str, now: Timestamp) -> Result<bool> {
    let tx = state.store.write().await?;
    let order = queries::lock(&tx, trade_no).await?;
    let due = order.filter(|order| order.status == Status::Unpaid && order.expire_at <= now);
    let Some(order) = due else { return Ok(false) };
    shut(&tx, state, &order, now).await?;
    tx.commit().await?;
    Ok(true)
}

/// Fails with `order_not_held` where an order says that more came short for it than the books hold: money that did not
/// come is booked nowhere.
pub(super) async fn covered(tx: &WriteTx, order: &Order) -> Result<()> {
    if order.received <= Money::ZERO {
        return Ok(());
    }
    let held = queries::held(tx, order).await?;
    if held >= order.received { Ok(()) } else { Err(error::not_held(order, held)) }
}

/// Closes an order and frees what it held; what came short for it goes to the balance. Fails as [`covered`] does.
pub(crate) async fn shut(tx: &WriteTx, state: &State, order: &Order, now: Timestamp) -> Result<()> {
    covered(tx, order).await?;
    queries::set_closed(tx, order.id, now).await?;
    statics::hold::cancel(tx, &state.vault, &order.trade_no, now).await?;
    if order.goods.limited {
        products::put_back(tx, order.product, order.amount).await?;
    }
    coupons::flow::release(tx, order.customer, &order.trade_no).await?;
    if order.received > Money::ZERO {
        let (held, balance) = (Account::Held(order.customer), Account::Balance(order.customer));
        let lines = [(held, Money(-order.received.0)), (balance, order.received)];
        ledger::post(tx, &posting(order, Kind::Returned, &lines), now).await?;
    }
    payments::order_closed(tx, order, now).await
}

/// An entry about an order.
pub(super) fn posting<'a>(order: &'a Order, kind: Kind, lines: &'a [(Account, Money)]) -> Posting<'a> {
    Posting {
        site: order.site,
        customer: order.customer,
        kind,
        trade_no: &order.trade_no,
        memo: &order.title.en,
        lines,
        overdraw: false,
    }
}
