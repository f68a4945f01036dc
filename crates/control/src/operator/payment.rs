//! Ways to pay, and refunds that wait.

use super::{listed, time};
use crate::Control;
use serde::Deserialize;
use serde_json::{Value, json};
use turnpike_base::{Fault, Money, Result, Text};
use turnpike_commerce::orders;
use turnpike_commerce::payments::{self, Method, Proof, Reconciliation, Refund, Seen, Terms, Unmatched};
use turnpike_identity::sites;
use turnpike_store::Read;

/// What `payment-method list` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    site: Option<String>,
}

/// What `payment-method set` takes; amounts as `12.50` in the site's currency. It is offered unless `off`; what else is left
/// out stays as it was.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Set {
    id: i64,
    site: Option<String>,
    #[serde(default)]
    off: bool,
    /// Basis points.
    rate: Option<i64>,
    fee: Option<String>,
    min: Option<String>,
    max: Option<String>,
    note_zh: Option<String>,
    note_en: Option<String>,
}

/// What `payment refunds` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Refunds {
    trade_no: Option<String>,
}

/// What `payment refunded` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Refunded {
    id: i64,
    reference: String,
}

/// What `order confirm` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Confirm {
    trade_no: String,
    /// What came, such as `12.50`; what the order waits for where nothing is said.
    amount: Option<String>,
    /// The bank's number of the transfer: the same one is booked once.
    reference: String,
}

/// What names an order.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OfOrder {
    trade_no: String,
    /// A proof whose file is wanted, in Base64.
    proof: Option<i64>,
}

/// Most of one amount, in minor units.
const MOST: i64 = 100_000_000_000;

/// An amount such as `12.50`; nothing where nothing is said.
pub(super) fn amount(name: &str, text: Option<&str>) -> Result<Money> {
    let Some(text) = text else { return Ok(Money::ZERO) };
    Money::parse(text).filter(|money| money.0 <= MOST).ok_or_else(|| {
        let says = Text::new(
            "应为金额，例如 12.50，至多 1000000000",
            "must be an amount such as 12.50, at most 1000000000",
        );
        Fault::parameter(name, says)
    })
}

pub(super) async fn list(control: &Control, input: List) -> Result<Value> {
    let tx = control.store().read().await?;
    let site = sites::find(&tx, input.site.as_deref()).await?;
    let methods = payments::methods(&tx, &control.commerce(), &site).await?;
    let row = |method: &Method| {
        json!({"id": method.id, "method": method.driver, "title": method.title.en,
            "title_zh": method.title.zh, "rate": method.handling_rate,
            "fee": method.handling_fee, "min": method.min, "max": method.max, "note": method.note.en,
            "note_zh": method.note.zh})
    };
    Ok(listed(i64::try_from(methods.len()).unwrap_or(0), methods.iter().map(row).collect()))
}

/// A fault that names a field as a command has it.
fn renamed(mut fault: Fault, from: &str, to: &str) -> Fault {
    if let Some(reasons) = fault.errors.remove(from) {
        fault.errors.insert(to.to_owned(), reasons);
    }
    fault
}

pub(super) async fn set(control: &Control, input: Set) -> Result<Value> {
    let tx = control.store().write().await?;
    let site = sites::find(&tx, input.site.as_deref()).await?;
    // Customers know it as `pm_id`.
    let as_id = |fault: Fault| renamed(fault, "pm_id", "id");
    let before = payments::terms_of(&tx, &control.0.payments, &site, input.id).await.map_err(as_id)?;
    let or = |name: &str, text: &Option<String>, before: Money| {
        text.as_deref().map_or(Ok(before), |text| amount(name, Some(text)))
    };
    let terms = Terms {
        enabled: !input.off,
        handling_rate: input.rate.unwrap_or(before.handling_rate),
        handling_fee: or("fee", &input.fee, before.handling_fee)?,
        min: or("min", &input.min, before.min)?,
        max: or("max", &input.max, before.max)?,
        note_zh: input.note_zh.unwrap_or(before.note_zh),
        note_en: input.note_en.unwrap_or(before.note_en),
    };
    payments::set_method(&tx, &control.0.payments, &site, input.id, &terms).await?;
    tx.commit().await?;
    let ready = control.0.payments.driver(input.id).is_some_and(|driver| driver.is_ready());
    Ok(json!({"id": input.id, "site": site.name, "enabled": terms.enabled, "ready": ready}))
}

fn refund(refund: &Refund) -> Value {
    json!({"id": refund.id, "trade_no": refund.trade_no, "customer": refund.customer, "pm_id": refund.pm_id,
        "amount": refund.amount, "currency": refund.currency, "status": refund.status, "created_at": time(refund.created_at)})
}

/// Fails with `order_unknown`.
async fn known(tx: &impl Read, trade_no: &str) -> Result<()> {
    let order = orders::by_trade_no(tx, trade_no).await?;
    order.map(drop).ok_or_else(|| orders::error::unknown(trade_no))
}

pub(super) async fn refunds(control: &Control, input: Refunds) -> Result<Value> {
    let tx = control.store().read().await?;
    if let Some(trade_no) = &input.trade_no {
        known(&tx, trade_no).await?;
    }
    let found = payments::refunds(&tx, input.trade_no.as_deref()).await?;
    Ok(listed(i64::try_from(found.len()).unwrap_or(0), found.iter().map(refund).collect()))
}

pub(super) async fn refunded(control: &Control, input: Refunded) -> Result<Value> {
    let (reference, now) = (input.reference.trim(), control.0.clock.now());
    if !(1..=140).contains(&reference.chars().count()) {
        return Err(bad_reference());
    }
    let done = payments::made_by_hand(&control.commerce(), input.id, reference, now).await?;
    Ok(refund(&done))
}

fn bad_reference() -> Fault {
    Fault::parameter("reference", Text::new("应为 1 到 140 个字符", "must be 1 to 140 characters"))
}

pub(super) async fn confirm(control: &Control, input: Confirm) -> Result<Value> {
    if !(1..=140).contains(&input.reference.trim().chars().count()) {
        return Err(bad_reference());
    }
    let amount = input.amount.as_deref().map(|text| amount("amount", Some(text))).transpose()?;
    if amount == Some(Money::ZERO) {
        let says = Text::new(
            "应为 0.01 到 1000000000 的金额，单位为订单货币",
            "must be an amount from 0.01 to 1000000000 in the order's currency",
        );
        return Err(Fault::parameter("amount", says));
    }
    let seen = Seen { trade_no: &input.trade_no, amount, reference: input.reference.trim() };
    let state = control.commerce();
    let (order, outcome) = payments::confirm(&state, &seen, control.0.clock.now()).await?;
    Ok(json!({"trade_no": order.trade_no, "outcome": outcome, "status": order.status as i64,
        "pay_fee": order.pay_fee(), "received": order.received}))
}

pub(super) async fn proofs(control: &Control, input: OfOrder) -> Result<Value> {
    let tx = control.store().read().await?;
    known(&tx, &input.trade_no).await?;
    let found = payments::proofs_of(&tx, &input.trade_no).await?;
    let row = |proof: &Proof| {
        let file = (input.proof == Some(proof.id)).then(|| proof.base64());
        json!({"id": proof.id, "reference": proof.reference, "kind": proof.kind, "bytes": proof.file.len(),
            "file": file, "created_at": time(proof.created_at)})
    };
    Ok(listed(i64::try_from(found.len()).unwrap_or(0), found.iter().map(row).collect()))
}

/// What `payment return` takes: money that fits no order by its `id`, or what is on the balance of what came for an order.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Return {
    id: Option<i64>,
    trade_no: Option<String>,
    /// How much of the order's, such as `12.50`; left out: all of it.
    amount: Option<String>,
    /// How the operator returned it himself; left out: the provider is asked.
    reference: Option<String>,
}

fn unmatched_row(found: &Unmatched) -> Value {
    json!({"id": found.id, "trade_no": found.trade_no, "customer": found.customer, "pm_id": found.pm_id,
        "amount": found.amount, "currency": found.currency, "provider": found.intent, "status": found.status,
        "note": found.note, "created_at": time(found.created_at)})
}

pub(super) async fn unmatched(control: &Control, _: super::Paging) -> Result<Value> {
    let found = payments::unmatched(&control.store().read().await?).await?;
    Ok(listed(i64::try_from(found.len()).unwrap_or(0), found.iter().map(unmatched_row).collect()))
}

pub(super) async fn give_back(control: &Control, input: Return) -> Result<Value> {
    match (input.id, &input.trade_no) {
        (Some(id), None) => return_unmatched(control, id, &input).await,
        (None, Some(trade_no)) => return_of_order(control, trade_no, &input).await,
        _ => {
            let says = Text::new("id 与 trade_no 须填且只能填一个", "is required, or trade_no instead of it");
            Err(Fault::parameter("id", says))
        }
    }
}

/// What is on the balance of what came for an order goes back as refunds do: a bank transfer's by the operator's hand.
async fn return_of_order(control: &Control, trade_no: &str, input: &Return) -> Result<Value> {
    if input.reference.is_some() {
        let says = Text::new(
            "仅可与 id 同用；银行转账请在退款后使用 payment refunded",
            "goes with id only; payment refunded tells that you made a refund",
        );
        return Err(Fault::parameter("reference", says));
    }
    let amount = input.amount.as_deref().map(|text| amount("amount", Some(text))).transpose()?;
    let now = control.0.clock.now();
    let made = payments::send_back(&control.commerce(), trade_no, amount, now).await?;
    Ok(listed(i64::try_from(made.len()).unwrap_or(0), made.iter().map(refund).collect()))
}

async fn return_unmatched(control: &Control, id: i64, input: &Return) -> Result<Value> {
    if input.amount.is_some() {
        let says = Text::new("仅可与 trade_no 同用", "goes with trade_no only: other money goes back whole");
        return Err(Fault::parameter("amount", says));
    }
    let reference = input.reference.as_deref().map(str::trim);
    if reference.is_some_and(|text| !(1..=140).contains(&text.chars().count())) {
        return Err(bad_reference());
    }
    let now = control.0.clock.now();
    Ok(unmatched_row(&payments::give_back(&control.commerce(), id, reference, now).await?))
}

/// Runs shown.
const RUNS: i64 = 100;

pub(super) async fn reconciliations(control: &Control, _: super::Paging) -> Result<Value> {
    let found = payments::reconciliations(&control.store().read().await?, RUNS).await?;
    let row = |run: &Reconciliation| {
        json!({"at": time(run.at), "pm_id": run.pm_id, "since": time(run.since), "until": time(run.until),
            "complete": run.is_complete(), "compared": run.compared, "listed": run.listed, "differences": run.differences})
    };
    Ok(listed(i64::try_from(found.len()).unwrap_or(0), found.iter().map(row).collect()))
}
