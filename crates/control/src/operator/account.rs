//! Proxy accounts. Passwords are their customers' business and not shown.

use super::{listed, time};
use crate::Control;
use serde::Deserialize;
use serde_json::{Value, json};
use turnpike_access::accounts::{self, Account};
use turnpike_base::{Page, Result};
use turnpike_identity::customers;

/// What `account list` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    customer: String,
    page: Option<i64>,
    size: Option<i64>,
}

/// What `account show` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Show {
    username: String,
}

fn row(account: &Account) -> Value {
    json!({"id": account.id, "customer": account.customer, "username": account.username, "type": account.product,
        "enabled": account.enabled, "udp": account.udp, "used_kb": account.used.to_kb_up(),
        "limit_bytes": account.limit, "daily_limit_bytes": account.daily_limit, "remark": account.remark,
        "created_at": time(account.created_at), "deleted_at": account.deleted_at.map(time)})
}

pub(super) async fn list(control: &Control, input: List) -> Result<Value> {
    let tx = control.store().read().await?;
    let customer = customers::find(&tx, &input.customer).await?;
    let page = Page::new(input.page.unwrap_or(1), input.size.unwrap_or(Page::MAX_SIZE));
    let found = accounts::flow::list(&tx, &control.0.vault, customer.id, None, Some(page)).await?;
    let total = accounts::flow::count(&tx, customer.id).await?;
    Ok(listed(total, found.iter().map(row).collect()))
}

pub(super) async fn show(control: &Control, input: Show) -> Result<Value> {
    let tx = control.store().read().await?;
    Ok(row(&accounts::flow::find(&tx, &control.0.vault, &input.username).await?))
}
