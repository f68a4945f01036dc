//! Operators, what everybody did, and the mails that went out.

use super::{listed, time};
use crate::Control;
use serde::Deserialize;
use serde_json::{Value, json};
use turnpike_base::{CustomerId, Page, Result, Secret};
use turnpike_identity::audit::{self, Kept};
use turnpike_identity::mail::{self, Seen};
use turnpike_identity::operators::{self, Operator, Role};
use turnpike_identity::people::Person;
use turnpike_identity::{customers, factors, logins};

/// Mails in one answer.
const MAILS: i64 = 200;

/// What `operator create` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Create {
    email: String,
    password: Secret,
    role: Option<String>,
}

/// What `operator role` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRole {
    email: String,
    role: String,
}

/// What `operator reset` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reset {
    email: String,
    password: Secret,
}

/// An operator's address or id.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Who {
    email: String,
}

/// Nothing.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// What `audit list` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Audit {
    customer: Option<String>,
    /// customer, operator, token, command or visitor.
    actor: Option<String>,
    /// An operator's address or id.
    operator: Option<String>,
    /// An endpoint or command, or its beginning.
    action: Option<String>,
    page: Option<i64>,
    size: Option<i64>,
}

/// What `mail show` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    id: i64,
}

fn row(operator: &Operator) -> Value {
    json!({"id": operator.id, "email": operator.email, "role": operator.role.name(), "disabled": operator.disabled,
        "created_at": time(operator.created_at)})
}

pub(super) async fn create(control: &Control, input: Create) -> Result<Value> {
    let role = input.role.as_deref().map_or(Ok(Role::ReadOnly), Role::parse)?;
    let now = control.0.clock.now();
    let id = operators::create(control.store(), &input.email, input.password, role, now).await?;
    Ok(json!({"id": id, "email": input.email, "role": role.name()}))
}

pub(super) async fn list(control: &Control, _: Nothing) -> Result<Value> {
    let found = operators::list(&control.store().read().await?).await?;
    Ok(listed(i64::try_from(found.len()).unwrap_or(0), found.iter().map(row).collect()))
}

pub(super) async fn role(control: &Control, input: NewRole) -> Result<Value> {
    let role = Role::parse(&input.role)?;
    let tx = control.store().write().await?;
    let operator = operators::find(&tx, &input.email).await?;
    operators::change(&tx, operator.id, role, operator.disabled).await?;
    tx.commit().await?;
    Ok(row(&Operator { role, ..operator }))
}

pub(super) async fn disable(control: &Control, input: Who) -> Result<Value> {
    set_disabled(control, &input.email, true).await
}

pub(super) async fn enable(control: &Control, input: Who) -> Result<Value> {
    set_disabled(control, &input.email, false).await
}

async fn set_disabled(control: &Control, email: &str, disabled: bool) -> Result<Value> {
    let tx = control.store().write().await?;
    let operator = operators::find(&tx, email).await?;
    operators::change(&tx, operator.id, operator.role, disabled).await?;
    logins::end_others(&tx, Person::Operator(operator.id), None, control.0.clock.now()).await?;
    tx.commit().await?;
    Ok(row(&Operator { disabled, ..operator }))
}

/// A new password, no second factor, no logins: for who lost his telephone.
pub(super) async fn reset(control: &Control, input: Reset) -> Result<Value> {
    let hash = control.0.identity.codes.gate.hash(input.password).await?;
    let tx = control.store().write().await?;
    let operator = operators::find(&tx, &input.email).await?;
    let person = Person::Operator(operator.id);
    operators::set_hash(&tx, operator.id, &hash).await?;
    factors::disable(&tx, person).await?;
    logins::end_others(&tx, person, None, control.0.clock.now()).await?;
    tx.commit().await?;
    Ok(row(&operator))
}

pub(super) async fn audit(control: &Control, input: Audit) -> Result<Value> {
    control.directory().flush().await?;
    let tx = control.store().read().await?;
    let customer = match &input.customer {
        Some(name) => Some(customers::find(&tx, name).await?.id),
        None => None,
    };
    let operator = match &input.operator {
        Some(name) => Some(operators::find(&tx, name).await?.id),
        None => None,
    };
    let page = Page::new(input.page.unwrap_or(1), input.size.unwrap_or(Page::MAX_SIZE));
    let wanted =
        audit::Wanted { customer, kind: input.actor, operator, action: input.action, without_looks: false };
    let found = audit::list(&tx, &wanted, page).await?;
    let everybody = operators::list(&tx).await?;
    let doers =
        found.rows.iter().filter(|note| note.actor_kind == "customer").map(|n| CustomerId(n.actor_id));
    let ids: Vec<CustomerId> = doers.chain(found.rows.iter().filter_map(|note| note.customer)).collect();
    let emails = customers::emails(&tx, &ids).await?;
    let name = |note: &Kept| match note.actor_kind.as_str() {
        "operator" => everybody.iter().find(|one| one.id.0 == note.actor_id).map(|one| one.email.clone()),
        "customer" => emails.get(&CustomerId(note.actor_id)).cloned(),
        _ => None,
    };
    let row = |note: &Kept| {
        json!({"actor_name": name(note), "email": note.customer.and_then(|id| emails.get(&id)),
            "id": note.id, "at": time(note.at), "actor": note.actor_kind, "actor_id": note.actor_id,
            "action": note.action, "detail": note.detail, "outcome": note.outcome, "client": note.client,
            "customer": note.customer})
    };
    Ok(listed(found.total, found.rows.iter().map(row).collect()))
}

fn head(seen: &Seen) -> Value {
    let record = seen.record.as_ref();
    json!({"id": seen.id, "to": record.map(|mail| &mail.to), "subject": record.map(|mail| &mail.subject),
        "created_at": time(seen.created_at), "sent_at": seen.sent_at.map(time), "attempts": seen.attempts,
        "last_error": seen.last_error})
}

pub(super) async fn mails(control: &Control, _: Nothing) -> Result<Value> {
    let found = mail::list(&control.store().read().await?, &control.0.vault, MAILS).await?;
    Ok(listed(i64::try_from(found.len()).unwrap_or(0), found.iter().map(head).collect()))
}

pub(super) async fn mail(control: &Control, input: Which) -> Result<Value> {
    let seen = mail::find(&control.store().read().await?, &control.0.vault, input.id).await?;
    let mut view = head(&seen);
    view["text"] = json!(seen.mail.as_ref().map(|mail| &mail.text));
    Ok(view)
}
