//! The operator's nouns and verbs. Each is a function from JSON to JSON, so that the operator API and the
//! command line without a server run the very same thing.
//!
//! ```text
//! POST /operator/customer/create   {"email": "a@example.com"}
//! 200  {"data": {"id": 1, "email": "a@example.com", "app_key": "…"}}
//! 409  {"error": {"slug": "email_taken", "message": "…", "errors": {}}}
//! ```

mod account;
mod api;
mod article;
mod coupon;
mod customer;
pub(crate) mod door;
mod entry;
mod exit;
mod invoice;
mod job;
mod ledger;
mod look;
mod order;
mod package;
mod payment;
mod people;
mod place;
mod product;
mod reason;
mod roles;
mod rule;
mod setting;
mod site;
mod static_ip;
mod usage;

#[cfg(test)]
mod article_tests;
#[cfg(test)]
mod look_tests;
#[cfg(test)]
mod once_tests;
#[cfg(test)]
mod payment_tests;
#[cfg(test)]
mod place_tests;
#[cfg(test)]
mod site_tests;
#[cfg(test)]
mod static_ip_tests;
#[cfg(test)]
mod tests;

pub(crate) use api::{failed, router};

use crate::Control;
use http::HeaderMap;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use serde_path_to_error::Segment;
use std::future::Future;
use std::net::IpAddr;
use turnpike_base::{Code, CustomerId, Fault, Page, Result, Text, Timestamp};
use turnpike_commerce::orders;
use turnpike_identity::audit::{self, Actor, Note};
use turnpike_store::Read;
use turnpike_web::{Deed, idempotency_key};
use turnpike_wire::CountryCode;

/// Who runs a command.
#[derive(Clone, Copy, Debug)]
pub struct Caller {
    /// Who.
    pub actor: Actor,
    /// From where.
    pub client: Option<IpAddr>,
}

/// Runs `noun/verb` for the command line.
pub async fn run(control: &Control, path: &str, input: Value) -> Result<Value> {
    run_as(control, Caller { actor: Actor::Command, client: None }, path, input).await
}

/// Runs `noun/verb`, and writes down who changed what and why: before, so that nothing is done unseen, and how it
/// ended.
pub(crate) async fn run_as(control: &Control, caller: Caller, path: &str, mut input: Value) -> Result<Value> {
    if look::is_one(path) {
        return look::run(control, caller, path, input).await;
    }
    if roles::is_read(path) {
        return dispatch(control, caller, path, input).await;
    }
    reason::check(&input)?;
    let mut note = Note {
        actor: caller.actor,
        action: path.to_owned(),
        detail: redacted(&input).to_string(),
        outcome: "begun".into(),
        client: caller.client,
        customer: None,
    };
    reason::strip(path, &mut input);
    let now = control.0.clock.now();
    let tx = control.store().write().await?;
    note.customer = concerned(&tx, path, &input).await?;
    let id = audit::begin(&tx, &note, now).await?;
    tx.commit().await?;
    let outcome = dispatch(control, caller, path, input).await;
    note.outcome = outcome.as_ref().map_or_else(|fault| fault.slug.to_owned(), |_| "ok".into());
    let tx = control.store().write().await?;
    audit::end(&tx, id, &note.outcome).await?;
    tx.commit().await?;
    outcome
}

/// The same, at most once per `Idempotency-Key` of who commands; what only reads needs none.
pub(crate) async fn run_once(
    control: &Control,
    caller: Caller,
    headers: &HeaderMap,
    path: &str,
    input: Value,
) -> Result<Value> {
    let key = idempotency_key(headers)?.filter(|_| !roles::is_read(path));
    let Some(key) = key else { return run_as(control, caller, path, input).await };
    let who = if let Actor::Operator(id) = caller.actor { -id.0 } else { 0 };
    let request = input.to_string();
    let deed = Deed { caller: who, path, key, request: request.as_bytes(), now: control.0.clock.now() };
    control.0.once.run(deed, || run_as(control, caller, path, input.clone())).await
}

/// The customer whom a command names, himself or by an order of his. Nobody is concerned by a name of nobody or of
/// several: the command itself refuses it.
async fn concerned(tx: &impl Read, path: &str, input: &Value) -> Result<Option<CustomerId>> {
    let field = if path.starts_with("customer/") { "email" } else { "customer" };
    if let Some(name) = input.get(field).and_then(Value::as_str) {
        return look::named(tx, name).await;
    }
    let Some(number) = input.get("trade_no").and_then(Value::as_str) else { return Ok(None) };
    Ok(orders::by_trade_no(tx, number).await?.map(|order| order.customer))
}

/// What an input may show in the audit: no secrets, no files, no texts of articles.
fn redacted(input: &Value) -> Value {
    const HIDDEN: &[&str] =
        &["password", "target", "file", "secret", "key", "token", "logo", "document_number"];
    const TEXTS: &[&str] = &["zh", "en"];
    let Value::Object(fields) = input else { return Value::Null };
    let shown = |(name, value): (&String, &Value)| {
        let secret = HIDDEN.iter().any(|word| name.contains(word)) && !value.is_boolean();
        let whole = name == "seen" && value.is_object();
        let hidden = secret || whole || TEXTS.contains(&name.as_str());
        (name.clone(), if hidden { json!("***") } else { value.clone() })
    };
    Value::Object(fields.iter().map(shown).collect())
}

async fn dispatch(control: &Control, caller: Caller, path: &str, input: Value) -> Result<Value> {
    match path {
        "site/create" => go(control, input, site::create).await,
        "site/change" => go(control, input, site::change).await,
        "site/list" => go(control, input, site::list).await,
        "site/show" => go(control, input, site::show).await,
        "site/entry" => go(control, input, site::entry).await,
        "place/set" => go(control, input, place::set).await,
        "place/clear" => go(control, input, place::clear).await,
        "place/clear-all" => go(control, input, place::clear_all).await,
        "place/import" => go(control, input, place::import).await,
        "place/list" => go(control, input, place::list).await,
        "customer/create" => go(control, input, customer::create).await,
        "customer/list" => go(control, input, customer::list).await,
        "customer/show" => go(control, input, |control, who| customer::show(control, caller, who)).await,
        "customer/verify" => go(control, input, customer::verify).await,
        "customer/disable" => go(control, input, customer::disable).await,
        "customer/enable" => go(control, input, customer::enable).await,
        "customer/key" => go(control, input, customer::key).await,
        "customer/credit" => go(control, input, ledger::credit).await,
        "overview/show" => go(control, input, job::overview).await,
        "setting/list" => go(control, input, setting::list).await,
        "job/run" => go(control, input, job::run).await,
        "job/list" => go(control, input, job::list).await,
        "payment-method/list" => go(control, input, payment::list).await,
        "payment-method/set" => go(control, input, payment::set).await,
        "order/confirm" => go(control, input, payment::confirm).await,
        "order/proofs" => go(control, input, payment::proofs).await,
        "payment/reconciliations" => go(control, input, payment::reconciliations).await,
        "payment/refunds" => go(control, input, payment::refunds).await,
        "payment/unmatched" => go(control, input, payment::unmatched).await,
        "payment/return" => go(control, input, payment::give_back).await,
        "payment/refunded" => go(control, input, payment::refunded).await,
        "invoice/list" => go(control, input, invoice::list).await,
        "invoice/issue" => go(control, input, invoice::issue).await,
        "invoice/correct" => go(control, input, invoice::correct).await,
        "invoice/reject" => go(control, input, invoice::reject).await,
        "product/load" => go(control, input, product::load).await,
        "product/export" => go(control, input, product::export).await,
        "product/show" => go(control, input, product::show).await,
        "product/save" => go(control, input, product::save).await,
        "product/sort" => go(control, input, product::sort).await,
        "product/preview" => go(control, input, product::preview).await,
        "product/shop" => go(control, input, product::shop).await,
        "product/list" => go(control, input, product::list).await,
        "coupon/create" => go(control, input, coupon::create).await,
        "coupon/list" => go(control, input, coupon::list).await,
        "coupon/disable" => go(control, input, coupon::disable).await,
        "coupon/invite" => go(control, input, coupon::invite).await,
        "order/list" => go(control, input, order::list).await,
        "order/show" => go(control, input, order::show).await,
        "order/create" => go(control, input, order::create).await,
        "order/reject" => go(control, input, order::reject).await,
        "order/refund" => go(control, input, order::refund).await,
        "ledger/list" => go(control, input, ledger::list).await,
        "ledger/accounts" => go(control, input, ledger::accounts).await,
        "ledger/check" => go(control, input, ledger::check).await,
        "customer/waiting" => go(control, input, customer::waiting).await,
        "customer/refuse" => go(control, input, customer::refuse).await,
        "customer/reset" => go(control, input, customer::reset).await,
        "customer/phone" => go(control, input, customer::phone).await,
        "customer/see-as" => go(control, input, |control, who| customer::see_as(control, caller, who)).await,
        "operator/create" => go(control, input, people::create).await,
        "operator/list" => go(control, input, people::list).await,
        "operator/role" => go(control, input, people::role).await,
        "operator/reset" => go(control, input, people::reset).await,
        "operator/disable" => go(control, input, people::disable).await,
        "operator/enable" => go(control, input, people::enable).await,
        "audit/list" => go(control, input, people::audit).await,
        "mail/list" => go(control, input, people::mails).await,
        "mail/show" => go(control, input, people::mail).await,
        "package/grant" => go(control, input, package::grant).await,
        "package/take" => go(control, input, package::take).await,
        "package/list" => go(control, input, package::list).await,
        "article/list" => go(control, input, article::list).await,
        "article/show" => go(control, input, article::show).await,
        "article/save" => go(control, input, article::save).await,
        "article/remove" => go(control, input, article::remove).await,
        "account/list" => go(control, input, account::list).await,
        "account/show" => go(control, input, account::show).await,
        "exit/add" => go(control, input, exit::add).await,
        "exit/list" => go(control, input, exit::list).await,
        "exit/map" => go(control, input, exit::map).await,
        "exit/import" => go(control, input, exit::import).await,
        "exit/disable" => go(control, input, exit::disable).await,
        "exit/remove" => go(control, input, exit::remove).await,
        "exit/drain" => go(control, input, exit::drain).await,
        "exit/enable" => go(control, input, exit::enable).await,
        "exit/probe" => go(control, input, exit::probe).await,
        "rule/list" => go(control, input, rule::list).await,
        "rule/close" => go(control, input, rule::close).await,
        "rule/open" => go(control, input, rule::open).await,
        "static-ip/import" => go(control, input, static_ip::import).await,
        "static-ip/list" => go(control, input, static_ip::list).await,
        "static-ip/maintain" => go(control, input, static_ip::maintain).await,
        "static-ip/remove" => go(control, input, static_ip::remove).await,
        "static-ip/grant" => go(control, input, static_ip::grant).await,
        "static-ip/release" => go(control, input, static_ip::release).await,
        "usage/days" => go(control, input, usage::days).await,
        "usage/trace" => go(control, input, usage::trace).await,
        _ => Err(Fault::new(Code::NotFound, "command_unknown")
            .say(Text::made(format!("没有命令 {path}"), format!("There is no command {path}")))),
    }
}

async fn go<'c, I, O, F>(
    control: &'c Control,
    input: Value,
    verb: impl Fn(&'c Control, I) -> F,
) -> Result<Value>
where
    I: DeserializeOwned,
    O: Serialize,
    F: Future<Output = Result<O>>,
{
    let input = serde_path_to_error::deserialize(input).map_err(|e| unreadable(&e))?;
    serde_json::to_value(verb(control, input).await?).map_err(|e| Fault::internal("answer_unprintable", e))
}

/// What a command's input can't be read for, at the field where that is; what is in no field is in the body.
fn unreadable(error: &serde_path_to_error::Error<serde_json::Error>) -> Fault {
    let field = match error.path().iter().next() {
        Some(Segment::Map { key }) => key.as_str(),
        _ => "body",
    };
    let e = error.inner();
    Fault::parameter(field, Text::made(format!("参数无法识别：{e}"), format!("can't be read: {e}")))
}

/// Fails with `edit_stale` where what somebody looked at before he changed it is no longer there.
pub(super) fn as_seen<T: PartialEq>(seen: Option<&T>, is: Option<&T>) -> Result<()> {
    if seen.is_none() || seen == is {
        return Ok(());
    }
    Err(Fault::new(Code::Conflict, "edit_stale").say(Text::new(
        "内容已被他人修改，请刷新后再保存",
        "Somebody else saved it meanwhile; load it again before you save",
    )))
}

/// Which part of a list.
#[derive(Clone, Copy, Debug, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Paging {
    page: Option<i64>,
    size: Option<i64>,
}

impl Paging {
    pub(crate) fn page(self) -> Page {
        Page::new(self.page.unwrap_or(1), self.size.unwrap_or(Page::MAX_SIZE))
    }
}

/// A number of a filter, within its bounds; none: any.
fn within(field: &'static str, said: Option<i64>, (least, most): (i64, i64)) -> Result<Option<i64>> {
    match said {
        Some(number) if !(least..=most).contains(&number) => {
            Err(Fault::parameter(field, turnpike_web::field::out_of_bounds(least, most, "")))
        }
        said => Ok(said),
    }
}

/// The country of a filter in any spelling; blank: any.
fn country(name: Option<&str>) -> Result<Option<CountryCode>> {
    name.filter(|name| !name.trim().is_empty()).map(named_country).transpose()
}

/// A country in any spelling.
fn named_country(name: &str) -> Result<CountryCode> {
    turnpike_network::place::country(name).map_err(|unknown| unknown.fault(["country", "state", "city"]))
}

/// `{"list": [...], "total": n}`.
pub(crate) fn listed<T: Serialize>(total: i64, rows: Vec<T>) -> Value {
    json!({"list": rows, "total": total})
}

/// Operators read UTC.
pub(crate) fn time(at: Timestamp) -> String {
    format!("{}Z", at.wall(&jiff::tz::TimeZone::UTC).replace(' ', "T"))
}
