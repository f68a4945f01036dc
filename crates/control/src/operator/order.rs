//! Orders: look at them, make one for a customer, pay one back.

use super::{listed, package, time, within};
use crate::Control;
use serde::Deserialize;
use serde_json::{Value, json};
use turnpike_base::{CustomerId, Fault, Money, Page, Result, Text};
use turnpike_commerce::orders::{self, Buyer, Filter, Order, Purchase, flow};
use turnpike_commerce::{grants, payments};
use turnpike_identity::customers;

/// What `order list` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    customer: Option<String>,
    /// An order's number, or a customer's address.
    search: Option<String>,
    status: Option<i64>,
    #[serde(rename = "type")]
    product: Option<i64>,
    /// That wait for a transfer, with a proof of it.
    #[serde(default)]
    proven: bool,
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
        "title": order.title.en, "title_zh": order.title.zh, "amount": order.amount, "currency": order.currency.code(),
        "pay_fee": order.pay_fee().to_string(), "received": order.received.to_string(),
        "refund_fee": order.refund_fee.to_string(), "pm_id": order.pm_id, "status": order.status as i64,
        "pay_fee_status": order.pay_fee_status, "created_at": time(order.created_at),
        "paid_at": order.paid_at.map(time)})
}

pub(super) async fn list(control: &Control, input: List) -> Result<Value> {
    let status = within("status", input.status, (0, 3))?;
    let product = input.product.map(|number| package::product(number, |_| true)).transpose()?;
    let tx = control.store().read().await?;
    let search = input.search.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let number = search.filter(|text| text.len() > 12 && text.bytes().all(|b| b.is_ascii_digit()));
    let customer = match input.customer.as_deref().or(search.filter(|_| number.is_none())) {
        Some(name) => Some(customers::find(&tx, name).await?.id),
        None => None,
    };
    let filter = Filter {
        customer,
        trade_no: number.map(str::to_owned),
        status,
        product,
        proven: input.proven,
        ..Filter::default()
    };
    let page = Page::new(input.page.unwrap_or(1), input.size.unwrap_or(Page::MAX_SIZE));
    let found = orders::list(&tx, &filter, page).await?;
    let ids: Vec<CustomerId> = found.rows.iter().map(|order| order.customer).collect();
    let emails = customers::emails(&tx, &ids).await?;
    let full = |order: &Order| {
        let mut shown = row(order);
        shown["email"] = json!(emails.get(&order.customer));
        shown
    };
    Ok(listed(found.total, found.rows.iter().map(full).collect()))
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
    shown["email"] = json!(customers::by_id(&tx, order.customer).await?.email);
    shown["expire_at"] = json!(time(order.expire_at));
    shown["proofs"] = json!(payments::proofs_of(&tx, &order.trade_no).await?.len());
    shown["returnable"] = json!(payments::left_to_return(&tx, &control.commerce(), &order).await?);
    Ok(shown)
}

pub(super) async fn refund(control: &Control, input: Refund) -> Result<Value> {
    let amount = match &input.amount {
        Some(text) => Some(Money::parse(text).ok_or_else(|| {
            Fault::parameter("amount", Text::new("应为金额，例如 12.50", "must be an amount such as 12.50"))
        })?),
        None => None,
    };
    let now = control.0.clock.now();
    Ok(row(&flow::refund_order(&control.commerce(), &input.trade_no, amount, now).await?))
}

/// Closes an unpaid order: the proof of its transfer is worth nothing, or nobody will pay it.
pub(super) async fn reject(control: &Control, input: Which) -> Result<Value> {
    Ok(row(&flow::reject(&control.commerce(), &input.trade_no, control.0.clock.now()).await?))
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
