//! Orders: look at them, make one for a customer, pay one back.

use super::{listed, time};
use crate::Control;
use serde::Deserialize;
use serde_json::{Value, json};
use turnpike_base::{Fault, Money, Page, Result, Text};
use turnpike_commerce::orders::{self, Buyer, Filter, Order, Purchase, flow};
use turnpike_commerce::{grants, payments};
use turnpike_identity::customers;

/// What `order list` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    customer: Option<String>,
    status: Option<i64>,
    page: Option<i64>,
    size: Option<i64>,
}

/// Which one.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    trade_no: String,
}

/// What `order refund` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Refund {
    trade_no: String,
    /// In the order's currency; left out: all that is unused.
    amount: Option<String>,
}

/// What `order create` takes: a purchase paid from the customer's balance.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Create {
    customer: String,
    /// The product's code.
    product: String,
    amount: Option<i64>,
    /// Types 14 and 25: `CC,quantity[,ASN]|…`.
    regions: Option<String>,
    /// Type 11: Mbit/s, connections and days out of the product's lists.
    bandwidth: Option<i64>,
    concurrency: Option<i64>,
    days: Option<i64>,
}

fn row(order: &Order) -> Value {
    json!({"id": order.id, "trade_no": order.trade_no, "customer": order.customer, "type": order.product_type,
        "title": order.title.en, "amount": order.amount, "currency": order.currency.code(),
        "pay_fee": order.pay_fee().to_string(), "received": order.received.to_string(),
        "refund_fee": order.refund_fee.to_string(), "pm_id": order.pm_id, "status": order.status as i64,
        "pay_fee_status": order.pay_fee_status, "created_at": time(order.created_at),
        "paid_at": order.paid_at.map(time)})
}

pub(super) async fn list(control: &Control, input: List) -> Result<Value> {
    let tx = control.store().read().await?;
    let customer = match &input.customer {
        Some(name) => Some(customers::find(&tx, name).await?.id),
        None => None,
    };
    let filter = Filter { customer, status: input.status, ..Filter::default() };
    let page = Page::new(input.page.unwrap_or(1), input.size.unwrap_or(Page::MAX_SIZE));
    let found = orders::list(&tx, &filter, page).await?;
    Ok(listed(found.total, found.rows.iter().map(row).collect()))
}

pub(super) async fn show(control: &Control, input: Which) -> Result<Value> {
    let tx = control.store().read().await?;
    let order = orders::by_trade_no(&tx, &input.trade_no).await?;
    let order = order.ok_or_else(|| orders::error::unknown(&input.trade_no))?;
    let given = grants::of_order(&tx, &order.trade_no).await?;
    let grant = |g: &grants::Given| {
        json!({"kind": g.kind.name(), "package": g.package, "quantity": g.quantity, "taken_back": g.taken,
            "starts_at": time(g.starts_at), "ends_at": time(g.ends_at)})
    };
    let mut shown = row(&order);
    shown["grants"] = given.iter().map(grant).collect();
    Ok(shown)
}

pub(super) async fn refund(control: &Control, input: Refund) -> Result<Value> {
    let amount = match &input.amount {
        Some(text) => Some(Money::parse(text).ok_or_else(|| {
            Fault::parameter("amount", Text::new("应为金额,例如 12.50", "must be an amount such as 12.50"))
        })?),
        None => None,
    };
    let tx = control.store().write().await?;
    let now = control.0.clock.now();
    let order = flow::refund(&tx, &control.commerce(), &input.trade_no, amount, now).await?;
    tx.commit().await?;
    Ok(row(&order))
}

pub(super) async fn create(control: &Control, input: Create) -> Result<Value> {
    let state = control.commerce();
    let tx = control.store().read().await?;
    let customer = customers::find(&tx, &input.customer).await?;
    let site = control.directory().site(customer.site);
    let site = site.ok_or_else(|| Fault::internal("site_lost", "the customer's site is not known"))?;
    let wish = Purchase {
        code: &input.product,
        amount: input.amount.unwrap_or(1),
        regions: input.regions.as_deref(),
        bandwidth: input.bandwidth,
        concurrency: input.concurrency,
        days: input.days,
    };
    let ask = orders::purchase(&tx, site.id, &wish, payments::BALANCE).await?;
    drop(tx);
    let buyer = Buyer { customer: customer.id, site: &site, now: control.0.clock.now() };
    Ok(row(&flow::create(&state, &buyer, &ask).await?))
}
