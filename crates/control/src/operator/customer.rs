//! Customers.

use super::{Caller, Paging, listed, roles, time};
use crate::Control;
use serde::Deserialize;
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr};
use turnpike_base::{CustomerId, OperatorId, Result, Secret};
use turnpike_commerce::ledger;
use turnpike_identity::audit::Actor;
use turnpike_identity::customers::{self, Customer, NewCustomer, Wanted};
use turnpike_identity::people::{Origin, Person};
use turnpike_identity::real_names::{self, Submission};
use turnpike_identity::{factors, keys, logins, notices, operators, sites};
use turnpike_store::{Read, WriteTx, changes};
use turnpike_wire::{Change, Revocation};

/// Submissions in one answer.
const WAITING: i64 = 200;

/// What `customer list` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    /// With this in the address, or exactly this user name, telephone or id.
    search: Option<String>,
    site: Option<String>,
    disabled: Option<bool>,
    verified: Option<bool>,
    page: Option<i64>,
    size: Option<i64>,
}

/// What `customer refuse` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Refusal {
    email: String,
    /// The version of the submission that the operator looked at.
    seen: Option<i64>,
    /// The customer reads it.
    reason: String,
}

/// What `customer verify` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Passing {
    email: String,
    /// The version of the submission that the operator looked at; 0: there was none.
    seen: Option<i64>,
}

/// What `customer phone` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Telephone {
    email: String,
    phone: Option<String>,
}

/// What `customer create` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Create {
    email: String,
    password: Option<String>,
    site: Option<String>,
}

/// Who is meant: an e-mail address or an id.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Who {
    email: String,
}

/// What `customer key` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Key {
    email: String,
    /// Revoke every key and issue a new one.
    #[serde(default)]
    rotate: bool,
}

pub(super) async fn create(control: &Control, input: Create) -> Result<Value> {
    let email = input.email.clone();
    let new = NewCustomer { email: input.email, password: input.password.map(Secret::new), site: input.site };
    let made = customers::create(control.store(), &control.0.vault, new, control.0.clock.now()).await?;
    Ok(json!({"id": made.id, "email": email, "app_key": made.app_key.expose()}))
}

fn row(customer: &Customer) -> Value {
    json!({"id": customer.id, "email": customer.email, "site": customer.site, "verified": customer.verified,
        "disabled": customer.disabled, "phone": customer.phone, "username": customer.username,
        "email_pending": customer.email_pending, "created_at": time(customer.created_at)})
}

pub(super) async fn list(control: &Control, input: List) -> Result<Value> {
    let tx = control.store().read().await?;
    let site = match &input.site {
        Some(name) => Some(sites::find(&tx, Some(name)).await?.id),
        None => None,
    };
    let wanted = Wanted { search: input.search, site, disabled: input.disabled, verified: input.verified };
    let found = customers::list(&tx, &wanted, Paging { page: input.page, size: input.size }.page()).await?;
    let ids: Vec<CustomerId> = found.rows.iter().map(|customer| customer.id).collect();
    let balances = ledger::balances(&tx, &ids).await?;
    let full = |customer: &Customer| {
        let mut shown = row(customer);
        shown["balance"] = json!(balances.get(&customer.id).copied().unwrap_or_default());
        shown["site_name"] = json!(control.directory().site(customer.site).map(|site| site.name.clone()));
        shown
    };
    Ok(listed(found.total, found.rows.iter().map(full).collect()))
}

pub(super) async fn show(control: &Control, caller: Caller, input: Who) -> Result<Value> {
    let tx = control.store().read().await?;
    let customer = customers::find(&tx, &input.email).await?;
    let site = control.directory().site(customer.site);
    let real_name = real_names::of(&tx, &control.0.vault, customer.id).await?;
    let mut shown = row(&customer);
    shown["balance"] = json!(ledger::balance(&tx, customer.id).await?);
    shown["topped_up"] = json!(ledger::recharged(&tx, customer.id).await?);
    shown["currency"] = json!(site.as_ref().map(|site| site.currency.code()));
    shown["site_name"] = json!(site.as_ref().map(|site| site.name.clone()));
    shown["totp"] = json!(factors::is_on(&tx, Person::Customer(customer.id)).await?);
    let whole = sees_names(&tx, caller).await?;
    shown["real_name"] = json!(real_name.map(|one| real_name_row(&one, whole)));
    Ok(shown)
}

/// Who decides on real names reads them; the others see how far one got.
async fn sees_names(tx: &impl Read, caller: Caller) -> Result<bool> {
    let Actor::Operator(id) = caller.actor else { return Ok(true) };
    let operator = operators::active(tx, id).await?;
    Ok(operator.is_some_and(|one| roles::check(one.role, "customer/waiting").is_ok()))
}

fn real_name_row(one: &Submission, whole: bool) -> Value {
    let mut row =
        json!({"status": one.status, "submitted_at": time(one.submitted_at), "version": one.version});
    if whole {
        row["name"] = json!(one.name);
        row["country"] = json!(one.country);
        row["document_type"] = json!(one.document_type);
        row["reason"] = json!(one.reason);
    }
    row
}

pub(super) async fn verify(control: &Control, input: Passing) -> Result<Value> {
    let (vault, now) = (&control.0.vault, control.0.clock.now());
    let tx = control.store().write().await?;
    let customer = customers::find(&tx, &input.email).await?;
    real_names::check_seen(&tx, customer.id, input.seen).await?;
    match real_names::of(&tx, vault, customer.id).await? {
        Some(_) => real_names::decide(&tx, vault, customer.id, None, now).await?,
        None => customers::verify(&tx, customer.id).await?,
    }
    tx.commit().await?;
    Ok(row(&Customer { verified: true, ..customer }))
}

/// Submissions of real names that wait for a decision.
pub(super) async fn waiting(control: &Control, _: Paging) -> Result<Value> {
    let found = real_names::waiting(&control.store().read().await?, &control.0.vault, WAITING).await?;
    let row = |one: &Submission| {
        json!({"customer": one.customer, "email": one.email, "name": one.name, "country": one.country,
            "document_type": one.document_type, "document_number": one.document_number.expose(),
            "submitted_at": time(one.submitted_at), "version": one.version})
    };
    Ok(listed(i64::try_from(found.len()).unwrap_or(0), found.iter().map(row).collect()))
}

/// Refuses real-name verification; the customer hears why.
pub(super) async fn refuse(control: &Control, input: Refusal) -> Result<Value> {
    let tx = control.store().write().await?;
    let customer = customers::find(&tx, &input.email).await?;
    real_names::check_seen(&tx, customer.id, input.seen).await?;
    let (vault, now) = (&control.0.vault, control.0.clock.now());
    real_names::decide(&tx, vault, customer.id, Some(&input.reason), now).await?;
    tx.commit().await?;
    Ok(row(&Customer { verified: false, ..customer }))
}

/// Records a telephone, or forgets it.
pub(super) async fn phone(control: &Control, input: Telephone) -> Result<Value> {
    let tx = control.store().write().await?;
    let customer = customers::find(&tx, &input.email).await?;
    customers::set_phone(&tx, customer.id, input.phone.as_deref()).await?;
    tx.commit().await?;
    Ok(row(&Customer { phone: input.phone, ..customer }))
}

/// For who lost his telephone and his recovery codes: no second factor, no logins. He still needs his password, and
/// hears of it by mail.
pub(super) async fn reset(control: &Control, input: Who) -> Result<Value> {
    let tx = control.store().write().await?;
    let customer = customers::find(&tx, &input.email).await?;
    let now = control.0.clock.now();
    let person = Person::Customer(customer.id);
    factors::disable(&tx, person).await?;
    logins::end_others(&tx, person, None, now).await?;
    tell(control, &tx, customer.id, notices::Change::FactorReset).await?;
    tx.commit().await?;
    Ok(row(&customer))
}

/// The customer hears of what an operator changed.
async fn tell(control: &Control, tx: &WriteTx, customer: CustomerId, change: notices::Change) -> Result<()> {
    let (state, now) = (&control.0.identity, control.0.clock.now());
    notices::tell(tx, state, customer, change, notices::Origin::default(), now).await
}

/// A login of the customer's console for the operator, that only reads; it shows among the customer's sessions.
pub(super) async fn see_as(control: &Control, caller: Caller, input: Who) -> Result<Value> {
    let tx = control.store().write().await?;
    let customer = customers::find(&tx, &input.email).await?;
    let client = caller.client.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let from = Origin { client, agent: "operator".into() };
    let viewer = match caller.actor {
        Actor::Operator(id) => id,
        _ => OperatorId(0),
    };
    let (vault, now) = (&control.0.vault, control.0.clock.now());
    let token = logins::begin_view(&tx, vault, customer.id, viewer, &from, now).await?;
    tx.commit().await?;
    Ok(json!({"id": customer.id, "email": customer.email, "access_token": token.expose(),
        "expires_in": logins::VIEW_SECONDS}))
}

pub(super) async fn disable(control: &Control, input: Who) -> Result<Value> {
    set_disabled(control, input, true, Revocation::Reset).await
}

pub(super) async fn enable(control: &Control, input: Who) -> Result<Value> {
    set_disabled(control, input, false, Revocation::Renew).await
}

async fn set_disabled(control: &Control, input: Who, disabled: bool, running: Revocation) -> Result<Value> {
    let tx = control.store().write().await?;
    let customer = customers::find(&tx, &input.email).await?;
    customers::set_disabled(&tx, customer.id, disabled).await?;
    let change = Change::Customer { customer: customer.id, running };
    changes::tell(&tx, &change, control.0.clock.now()).await?;
    tx.commit().await?;
    Ok(row(&Customer { disabled, ..customer }))
}

pub(super) async fn key(control: &Control, input: Key) -> Result<Value> {
    let (vault, now) = (&control.0.vault, control.0.clock.now());
    let tx = control.store().write().await?;
    let customer = customers::find(&tx, &input.email).await?;
    if input.rotate {
        keys::revoke_all(&tx, customer.id, now).await?;
        tell(control, &tx, customer.id, notices::Change::KeysReplaced).await?;
    }
    let key = match keys::newest(&tx, vault, customer.id).await? {
        Some(key) => key,
        None => keys::issue(&tx, vault, customer.id, now).await?,
    };
    tx.commit().await?;
    Ok(json!({"id": customer.id, "email": customer.email, "app_key": key.expose()}))
}
