//! Invoices that customers asked for.

use super::{Paging, listed, time, within};
use crate::Control;
use serde::Deserialize;
use serde_json::{Value, json};
use turnpike_base::Result;
use turnpike_commerce::invoices::{self, Invoice};
use turnpike_identity::customers;

/// What `invoice list` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    customer: Option<String>,
    /// 0 any, 1 asked for, 2 issued, 3 rejected, 4 cancelled.
    status: Option<i64>,
    /// Only those that wait for a credit note.
    #[serde(default)]
    to_correct: bool,
    page: Option<i64>,
    size: Option<i64>,
}

/// What `invoice issue` and `invoice correct` take.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Issue {
    id: i64,
    number: String,
}

/// What `invoice reject` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reject {
    id: i64,
    reason: String,
}

fn row(invoice: &Invoice) -> Value {
    json!({"id": invoice.id, "customer": invoice.customer, "status": invoice.status as i64, "number": invoice.number,
        "amount": invoice.amount, "corrected": invoice.corrected, "to_correct": invoice.to_correct,
        "credit_notes": invoice.credit_notes.join(", "), "currency": invoice.currency, "orders": invoice.trade_nos.join(", "),
        "profile": invoice.profile, "reason": invoice.reason, "created_at": time(invoice.created_at)})
}

pub(super) async fn list(control: &Control, input: List) -> Result<Value> {
    let status = within("status", input.status, (0, 4))?.unwrap_or(0);
    let tx = control.store().read().await?;
    let customer = match &input.customer {
        Some(name) => Some(customers::find(&tx, name).await?.id),
        None => None,
    };
    let page = Paging { page: input.page, size: input.size }.page();
    let found = invoices::list(&tx, customer, status, input.to_correct, page).await?;
    Ok(listed(found.total, found.rows.iter().map(row).collect()))
}

pub(super) async fn issue(control: &Control, input: Issue) -> Result<Value> {
    let now = control.0.clock.now();
    Ok(row(&invoices::issue(&control.commerce(), input.id, &input.number, now).await?))
}

pub(super) async fn correct(control: &Control, input: Issue) -> Result<Value> {
    let now = control.0.clock.now();
    Ok(row(&invoices::correct(&control.commerce(), input.id, &input.number, now).await?))
}

pub(super) async fn reject(control: &Control, input: Reject) -> Result<Value> {
    let now = control.0.clock.now();
    Ok(row(&invoices::reject(&control.commerce(), input.id, &input.reason, now).await?))
}
