//! Endpoints of keys.

use super::model::{ApiKey, By, Change, NewKey};
use super::{State, flow, rules};
use serde::Serialize;
use serde_json::{Value, json};
use turnpike_base::{Result, Text, Timestamp};
use turnpike_web::{Call, End, LONGEST, Listed, Range, blocks, field, params, parse_end};
use utoipa::ToSchema;

/// An expiry: a time, or `never`.
struct Expiry;

impl field::Kind for Expiry {
    type Out = Option<End>;
    fn parse(&self, value: &Value) -> Result<Option<End>, Text> {
        if value.as_str().is_some_and(|text| text.trim().eq_ignore_ascii_case("never")) {
            return Ok(None);
        }
        Range.parse(value).map(Some)
    }
    fn schema(&self) -> Value {
        json!({"type": "string", "maxLength": LONGEST, "examples": ["2027-12-31 00:00:00", "never"]})
    }
}

params! {
    /// What `api-keys/add` takes.
    pub struct Add {
        name: String = field::required(field::name(1, 64)), "名称", "What you call it";
        scopes: Option<String> = field::joined(2_000).or_blank(), "权限，用逗号分隔：*（全部，默认）、read、write、功能、功能:read、功能:write", "Scopes, separated by commas: * (everything, the default), read, write, FEATURE, FEATURE:read, FEATURE:write";
        sources: Option<String> = field::joined(4_000), "允许的来源 IP 或网段，用逗号分隔，最多 50 个；* 或不传则不限", "Addresses and blocks it may be used from, separated by commas, at most 50; * or nothing: anywhere";
        expired_at: Option<Option<End>> = field::optional(Expiry), "到期时间；never 或不传则永不过期", "When it expires; never or nothing: it does not";
    }
}
params! {
    /// What `api-keys/change` takes; only what is sent changes.
    pub struct Edit {
        id: i64 = field::required(field::int(1, i64::MAX, "")), "app_key 的 ID", "Id of the key";
        name: Option<String> = field::optional(field::name(1, 64)), "新名称", "New name";
        scopes: Option<String> = field::joined(2_000).or_blank(), "新权限，见 api-keys/add", "New scopes, as in api-keys/add";
        sources: Option<String> = field::joined(4_000), "新的来源 IP 或网段；* 则不限", "New addresses and blocks; *: anywhere";
        expired_at: Option<Option<End>> = field::optional(Expiry), "新的到期时间；never 则永不过期", "New expiry; never: it does not expire";
    }
}
params! {
    /// What `api-keys/delete` takes.
    pub struct Which {
        id: i64 = field::required(field::int(1, i64::MAX, "")), "app_key 的 ID", "Id of the key";
    }
}

/// One key.
#[derive(Serialize, ToSchema)]
pub(super) struct KeyRow {
    id: i64,
    name: String,
    /// Its first and last four characters.
    hint: String,
    /// As they were asked for: `*` everything, `read`, `write`, `FEATURE`, `FEATURE:read`, `FEATURE:write`.
    scopes: Vec<String>,
    /// Addresses and blocks it may be used from; empty: anywhere.
    sources: Vec<String>,
    /// 1: the app_key you were born with.
    classic: i64,
    /// 1: the one this request was made with.
    current: i64,
    /// 1 active, 3 expired.
    status: i64,
    created_at: String,
    /// Null: it does not expire.
    expired_at: Option<String>,
    /// Null: never used; a second late at most.
    last_used_at: Option<String>,
    last_used_from: Option<String>,
}

/// A key that was just made.
#[derive(Serialize, ToSchema)]
pub(super) struct Made {
    /// The whole key. It is not shown again.
    app_key: String,
    #[serde(flatten)]
    #[schema(inline)]
    row: KeyRow,
}

fn row(key: &ApiKey, call: &Call) -> KeyRow {
    let expired = key.expires_at.is_some_and(|at| at <= call.now);
    let show = |at: Timestamp| call.site.show(at);
    KeyRow {
        id: key.id,
        name: key.name.clone(),
        hint: rules::hint(key.key.expose()),
        scopes: key.scopes.words(),
        sources: key.sources.iter().map(blocks::shown).collect(),
        classic: i64::from(key.classic),
        current: i64::from(key.id == call.key),
        status: if expired { 3 } else { 1 },
        created_at: show(key.created_at),
        expired_at: key.expires_at.map(show),
        last_used_at: key.last_used_at.map(show),
        last_used_from: key.last_used_from.clone(),
    }
}

/// The instant an expiry means in the site's zone.
fn instant(sent: Option<End>, call: &Call) -> Result<Option<Timestamp>> {
    rules::expiry(sent.map(|end| parse_end(end, &call.site.zone)), call.now)
}

const fn by(call: &Call) -> By {
    match call.login() {
        Some(_) => By::Login,
        None => By::Key(call.key),
    }
}

pub(super) async fn list(state: State, call: Call, (): ()) -> Result<Listed<KeyRow>> {
    let tx = state.store.read().await?;
    let keys = flow::list(&tx, &state.vault, call.customer).await?;
    Ok(Listed { list: keys.iter().map(|key| row(key, &call)).collect() })
}

pub(super) async fn add(state: State, call: Call, input: Add) -> Result<Made> {
    let new = NewKey {
        name: input.name.trim().to_owned(),
        scopes: rules::scopes(input.scopes.as_deref().unwrap_or("*"), &state.features)?,
        sources: rules::sources(input.sources.as_deref().unwrap_or_default())?,
        expires_at: instant(input.expired_at.flatten(), &call)?,
    };
    let tx = state.store.write().await?;
    let made = flow::add(&tx, &state, call.customer, by(&call), &new, call.now).await?;
    let made = Made { app_key: made.key.expose().to_owned(), row: row(&made, &call) };
    tx.commit_with(&made).await?;
    Ok(made)
}

pub(super) async fn change(state: State, call: Call, input: Edit) -> Result<()> {
    let change = Change {
        name: input.name.map(|name| name.trim().to_owned()),
        scopes: input.scopes.map(|text| rules::scopes(&text, &state.features)).transpose()?,
        sources: input.sources.map(|text| rules::sources(&text)).transpose()?,
        expires_at: input.expired_at.map(|sent| instant(sent, &call)).transpose()?,
    };
    flow::change(&state, call.customer, by(&call), input.id, &change).await
}

pub(super) async fn delete(state: State, call: Call, input: Which) -> Result<()> {
    flow::delete(&state, call.customer, by(&call), input.id, call.now).await
}
