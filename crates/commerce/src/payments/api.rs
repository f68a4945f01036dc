//! Endpoints of payments (contract sections 7 and 8).

use super::flow::{self, Begun, Payer};
use super::model::Method;
use super::proofs::{self, Proof};
use super::{error, methods, rules};
use crate::State;
use crate::ledger;
use crate::orders::{self, Order, Status};
use crate::prices::rules::{Handling, figures};
use serde::Serialize;
use turnpike_base::{Currency, Fault, Lang, Money, Result, Text};
use turnpike_store::Read;
use turnpike_web::{Call, Listed, field, params};
use utoipa::ToSchema;

params! {
    /// What `payment/list` takes.
    pub struct List {
        trade_no: Option<String> = field::optional(field::text(1, 64)), "订单号：按该订单给出 min、max 与 disabled", "Order number: min, max and disabled follow the order";
        currency: Option<String> = field::optional(field::text(3, 3)), "币种 CNY、USD、HKD", "Currency: CNY, USD or HKD";
    }
}

params! {
    /// What `pay` and `pay/pay-check` take.
    pub struct Pay {
        trade_no: String = field::required(field::text(1, 64)), "订单号", "Order number";
        pm_id: Option<i64> = field::optional(field::int(0, 1_000_000, "")), "支付方式 id，默认为订单的支付方式", "Payment method; the order's own by default";
        pay_method: Option<i64> = field::optional(field::int(0, 1_000_000, "")), "pm_id 的别名", "Alias of pm_id";
    }
}

params! {
    /// What `pay/proof` takes.
    pub struct Prove {
        trade_no: String = field::required(field::text(1, 64)), "订单号", "Order number";
        reference: String = field::required(field::text(1, 140)), "银行转账流水号或附言", "The bank's number of the transfer, or what was written on it";
        proof: Option<String> = field::optional(field::text(1, 1_000_000)), "凭证文件（PNG、JPEG、PDF）的 Base64", "A PNG, JPEG or PDF file in Base64";
    }
}

/// A payment method.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct MethodRow {
    id: i64,
    title: String,
    /// Absolute URL.
    logo: String,
    group: String,
    /// Percent of the goods.
    #[schema(value_type = f64)]
    handling_rate: Money,
    /// On top, in the site's currency.
    #[schema(value_type = f64)]
    handling_fee: Money,
    /// Whether it can't pay the order named.
    disabled: bool,
    /// Least that is paid by it; 0: no bound.
    #[schema(value_type = f64)]
    min: Money,
    /// Most that is paid by it; 0: no bound.
    #[schema(value_type = f64)]
    max: Money,
}

/// Methods that are shown together.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Group {
    name: String,
    logos: Vec<String>,
    #[schema(inline)]
    items: Vec<MethodRow>,
}

/// How an order is paid.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PayView {
    trade_no: String,
    /// 0 unpaid, 1 paid, 2 closed, 3 refunded.
    status: i64,
    /// 0 exact, 1 too much came, 2 too little.
    pay_fee_status: i64,
    pm_id: i64,
    pm_title: String,
    currency: String,
    #[schema(value_type = f64)]
    goods_fee: Money,
    #[schema(value_type = f64)]
    total_fee: Money,
    #[schema(value_type = f64)]
    discount_fee: Money,
    #[schema(value_type = f64)]
    handling_fee: Money,
    /// What the order costs by this method.
    #[schema(value_type = f64)]
    pay_fee: Money,
    /// What of it has still to come.
    #[schema(value_type = f64)]
    missing_fee: Money,
    /// What the customer has on the balance.
    #[schema(value_type = f64)]
    balance: Money,
    /// Whether the order is paid.
    paid: bool,
    /// Where to pay; null where there is no page.
    pay_url: Option<String>,
    /// The same under the name that some clients read.
    url: Option<String>,
    /// What to know before paying: the account of a bank transfer, which names the order.
    instructions: String,
    /// Whether the method takes a proof of the transfer (`pay/proof`), and waits for nothing else.
    takes_proofs: bool,
    /// Until when the order waits.
    expire_at: String,
}

/// What became of a proof.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Proven {
    trade_no: String,
    /// Until when the order waits for the transfer.
    expire_at: String,
}

fn row(method: &Method, call: &Call, disabled: bool) -> MethodRow {
    let (min, max) = method.bounds();
    MethodRow {
        id: method.id,
        title: method.title.get(call.lang).to_owned(),
        logo: format!("{}{}", call.base_url, method.logo),
        group: method.group.to_owned(),
        // Basis points are percents with two decimals, as amounts are.
        handling_rate: Money(method.handling_rate),
        handling_fee: method.handling_fee,
        disabled,
        min,
        max,
    }
}

async fn mine(tx: &impl Read, call: &Call, trade_no: &str) -> Result<Order> {
    let order = orders::by_trade_no(tx, trade_no).await?.filter(|order| order.customer == call.customer);
    order.ok_or_else(|| error::unknown_order(trade_no))
}

/// What is due for an order by a method, its fee included.
fn due(order: &Order, method: &Method) -> Money {
    if order.pm_id == method.id || order.status != Status::Unpaid {
        return order.missing();
    }
    let handling = Handling { rate: method.handling_rate, fixed: method.handling_fee };
    let figures = figures(order.gross, &[order.discount_fee], handling);
    figures.map_or(order.missing(), |figures| Money(figures.pay_fee().0 - order.received.0))
}

async fn rows(state: &State, call: &Call, input: &List) -> Result<Vec<MethodRow>> {
    let currency = input.currency.as_deref().map(|text| Currency::parse(text).ok_or_else(bad_currency));
    let currency = currency.transpose()?;
    let tx = state.store.read().await?;
    let order = match &input.trade_no {
        Some(trade_no) => Some(mine(&tx, call, trade_no).await?),
        None => None,
    };
    let balance = ledger::balance(&tx, call.customer).await?;
    let all = methods::methods(&tx, state, &call.site).await?;
    let fits = |method: &&Method| currency.is_none_or(|currency| method.currencies.contains(&currency));
    let disabled = |method: &Method| {
        order.as_ref().is_some_and(|order| {
            let (product, unpaid) = (order.product_type, order.status == Status::Unpaid);
            rules::disabled(method, &rules::Case { product, unpaid, due: due(order, method), balance })
        })
    };
    Ok(all.iter().filter(fits).map(|method| row(method, call, disabled(method))).collect())
}

fn bad_currency() -> Fault {
    Fault::parameter("currency", Text::new("应为 CNY、USD 或 HKD", "must be CNY, USD or HKD"))
}

pub(super) async fn list(state: State, call: Call, input: List) -> Result<Listed<MethodRow>> {
    Ok(Listed { list: rows(&state, &call, &input).await? })
}

pub(super) async fn groups(state: State, call: Call, input: List) -> Result<Listed<Group>> {
    let mut list: Vec<Group> = Vec::new();
    for item in rows(&state, &call, &input).await? {
        match list.iter_mut().find(|group| group.name == item.group) {
            Some(group) => {
                group.logos.push(item.logo.clone());
                group.items.push(item);
            }
            None => list.push(Group {
                name: item.group.clone(),
                logos: vec![item.logo.clone()],
                items: vec![item],
            }),
        }
    }
    Ok(Listed { list })
}

async fn view(state: &State, call: &Call, begun: Begun) -> Result<PayView> {
    let tx = state.store.read().await?;
    let Begun { order, method, payment } = begun;
    let method = match method {
        Some(method) => Some(method),
        // What an order was paid with may be off by now.
        None => methods::method_of(&tx, state, &call.site, order.pm_id).await.ok(),
    };
    let url = payment.and_then(|payment| payment.page_url);
    let title = method.as_ref().map_or("", |method| method.title.get(call.lang));
    let instructions =
        method.as_ref().and_then(|method| instructions(state, method, &order.trade_no, call.lang));
    let takes_proofs = state.payments.driver(order.pm_id).is_some_and(|driver| driver.takes_proofs());
    Ok(PayView {
        status: order.status as i64,
        pay_fee_status: order.pay_fee_status,
        pm_id: order.pm_id,
        pm_title: title.to_owned(),
        currency: order.currency.code().to_owned(),
        goods_fee: order.goods_fee(),
        total_fee: order.total_fee(),
        discount_fee: order.discount_fee,
        handling_fee: order.handling_fee,
        pay_fee: order.pay_fee(),
        missing_fee: if order.status == Status::Unpaid { order.missing() } else { Money::ZERO },
        balance: ledger::balance(&tx, call.customer).await?,
        paid: order.status == Status::Paid,
        pay_url: url.clone(),
        url,
        instructions: instructions.unwrap_or_default(),
        takes_proofs,
        expire_at: call.site.show(order.expire_at),
        trade_no: order.trade_no,
    })
}

/// The operator's note, and what the method says below it; `None` where it shows neither.
pub(super) fn instructions(state: &State, method: &Method, trade_no: &str, lang: Lang) -> Option<String> {
    let line = state.payments.driver(method.id)?.instructions(trade_no)?;
    Some(format!("{}\n{}", method.note.get(lang), line.get(lang)).trim().to_owned())
}

fn payer(call: &Call) -> Payer<'_> {
    let Call { customer, ref site, lang, now, ref base_url, .. } = *call;
    Payer { customer, site, lang, now, base_url }
}

pub(super) async fn check(state: State, call: Call, input: Pay) -> Result<PayView> {
    let begun =
        flow::preview(&state, &payer(&call), &input.trade_no, input.pm_id.or(input.pay_method)).await?;
    view(&state, &call, begun).await
}

pub(super) async fn pay(state: State, call: Call, input: Pay) -> Result<PayView> {
    let begun = flow::pay(&state, &payer(&call), &input.trade_no, input.pm_id.or(input.pay_method)).await?;
    view(&state, &call, begun).await
}

pub(super) async fn prove(state: State, call: Call, input: Prove) -> Result<Proven> {
    let (kind, file) = match &input.proof {
        Some(text) => proofs::read(text)?,
        None => ("", Vec::new()),
    };
    let Prove { trade_no, reference, .. } = input;
    let proof = Proof { id: 0, reference, kind: kind.to_owned(), file, created_at: call.now };
    let until = proofs::keep(&state, call.customer, &trade_no, proof).await?;
    Ok(Proven { trade_no, expire_at: call.site.show(until) })
}
