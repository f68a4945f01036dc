//! The books.

use super::{Paging, listed, time};
use crate::Control;
use serde::Deserialize;
use serde_json::{Value, json};
use turnpike_base::{CustomerId, Fault, Money, Result, Text};
use turnpike_commerce::ledger::{self, Wanted, Written};
use turnpike_commerce::orders;
use turnpike_identity::{customers, sites};
use turnpike_store::retrying;

/// What `customer credit` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Credit {
    email: String,
    /// In the site's currency: `12`, `12.3` or `12.34`; with a minus to take.
    amount: String,
    reason: Option<String>,
}

/// What `ledger list` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    customer: Option<String>,
    page: Option<i64>,
    size: Option<i64>,
}

/// What takes the name of a site.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OfSite {
    site: Option<String>,
}

/// Nothing.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// Most of one credit, in minor units.
const MOST: i64 = 100_000_000_000;

fn amount(text: &str) -> Result<Money> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let read = Money::parse(digits).filter(|money| (1..=MOST).contains(&money.0));
    read.map(|money| Money(sign * money.0)).ok_or_else(|| {
        Fault::parameter(
            "amount",
            Text::new(
                "应为 0.01 到 1000000000 之间的金额，最多两位小数；负数表示扣减",
                "must be an amount from 0.01 to 1000000000 with at most two decimals; with a minus it is taken",
            ),
        )
    })
}

pub(super) async fn credit(control: &Control, input: Credit) -> Result<Value> {
    let amount = amount(&input.amount)?;
    let reason = input.reason.unwrap_or_default();
    if reason.chars().count() > 200 {
        return Err(Fault::parameter(
            "reason",
            Text::new("最多 200 个字符", "must have at most 200 characters"),
        ));
    }
    let now = control.0.clock.now();
    retrying(|| async {
        let tx = control.store().write().await?;
        let customer = customers::find(&tx, &input.email).await?;
        ledger::credit_by_operator(&tx, customer.site, customer.id, amount, &reason, now).await?;
        let balance = ledger::balance(&tx, customer.id).await?;
        tx.commit().await?;
        Ok(json!({"id": customer.id, "email": customer.email, "credited": amount, "balance": balance}))
    })
    .await
}

fn row(entry: &Written) -> Value {
    let line = |(account, amount): &(String, Money)| format!("{account} {amount}");
    json!({"id": entry.id, "at": time(entry.created_at), "customer": entry.customer, "kind": entry.kind,
        "trade_no": entry.trade_no, "memo": entry.memo, "currency": entry.currency,
        "lines": entry.lines.iter().map(line).collect::<Vec<_>>().join(", "), "balance": entry.balance})
}

pub(super) async fn list(control: &Control, input: List) -> Result<Value> {
    let tx = control.store().read().await?;
    let customer = match &input.customer {
        Some(name) => Some(customers::find(&tx, name).await?.id),
        None => None,
    };
    let page = Paging { page: input.page, size: input.size }.page();
    let found = ledger::list(&tx, Wanted { customer, ..Wanted::default() }, page).await?;
    let ids: Vec<CustomerId> = found.rows.iter().map(|entry| entry.customer).collect();
    let emails = customers::emails(&tx, &ids).await?;
    let numbers: Vec<&str> = found.rows.iter().map(|entry| entry.trade_no.as_str()).collect();
    let titles = orders::titles(&tx, &numbers).await?;
    let full = |entry: &Written| {
        let mut shown = row(entry);
        shown["email"] = json!(emails.get(&entry.customer));
        // What an entry says of an order is its English title: the order knows the Chinese one.
        let title = titles.get(&entry.trade_no).filter(|title| title.en == entry.memo);
        shown["memo_zh"] = json!(title.map_or(entry.memo.as_str(), |title| &title.zh));
        shown
    };
    Ok(listed(found.total, found.rows.iter().map(full).collect()))
}

pub(super) async fn accounts(control: &Control, input: OfSite) -> Result<Value> {
    let tx = control.store().read().await?;
    let site = sites::find(&tx, input.site.as_deref()).await?;
    let sums = ledger::accounts(&tx, site.id).await?;
    let row =
        |sum: &ledger::AccountSum| json!({"account": sum.account, "amount": sum.amount, "lines": sum.lines});
    Ok(listed(i64::try_from(sums.len()).unwrap_or(i64::MAX), sums.iter().map(row).collect()))
}

pub(super) async fn check(control: &Control, _: Nothing) -> Result<Value> {
    let faults = ledger::check::differences(&control.store().read().await?).await?;
    Ok(json!({"ok": faults.is_empty(), "faults": faults}))
}
