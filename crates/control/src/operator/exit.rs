//! Exits.

use super::{Paging, country, listed, time};
use crate::{Control, overview};
use serde::Deserialize;
use serde_json::{Value, json};
use turnpike_base::{ExitId, Fault, Result, Text};
use turnpike_network::exits::{self, Exit, Measured, NewExit, Wanted, target_of};
use turnpike_wire::{ExitStatus, Pool, Resolve};

/// What `exit add` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct New {
    target: String,
    pools: Vec<String>,
    country: String,
    state: Option<String>,
    city: Option<String>,
    asn: Option<u32>,
    #[serde(default)]
    resolve: Resolve,
}

/// Which exit.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    id: i64,
}

pub(super) async fn add(control: &Control, input: New) -> Result<Value> {
    let new = NewExit {
        target: input.target,
        resolve: input.resolve,
        pools: input.pools.iter().map(|name| pool(name)).collect::<Result<_>>()?,
        country: input.country,
        state: input.state,
        city: input.city,
        asn: input.asn,
    };
    let ids = exits::flow::add(&control.0.network, &[new], control.0.clock.now()).await?;
    Ok(json!({"id": ids.first()}))
}

fn pool(name: &str) -> Result<Pool> {
    Pool::parse(name).ok_or_else(|| {
        let list = Pool::ALL.map(Pool::name).join(", ");
        Fault::parameter("pools", Text::made(format!("应为 {list} 之一"), format!("must be some of {list}")))
    })
}

/// What `exit list` takes.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct List {
    /// With this in the target or the city, or exactly this public address or id.
    search: Option<String>,
    country: Option<String>,
    pool: Option<String>,
    status: Option<ExitStatus>,
    healthy: Option<bool>,
    /// Whose measured place differs from the claim.
    mismatched: Option<bool>,
    page: Option<i64>,
    size: Option<i64>,
}

/// What `exit import` takes: the text of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Import {
    file: String,
}

/// Nothing.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

fn row(exit: &Exit) -> Value {
    let pools: Vec<&str> = exit.pools.iter().map(|pool| pool.name()).collect();
    json!({"id": exit.id, "target": target_of(&exit.kind), "pools": pools.join(","), "country": exit.place.country,
        "state": exit.place.state, "city": exit.place.city, "asn": exit.asn, "status": exit.status,
        "healthy": exit.health.healthy, "latency_us": exit.health.latency_us, "error": exit.health.error,
        "public_address": exit.health.public, "static": exit.static_id.is_some(), "withheld": exit.withheld,
        "mismatch": exit.measured.as_ref().and_then(|measured| measured.mismatch.as_ref()),
        "measured": exit.measured.as_ref().map(measured), "seen_at": exit.health.seen_at.map(time)})
}

/// Where the operator's databases of addresses see it.
fn measured(measured: &Measured) -> Value {
    json!({"country": measured.country, "state": measured.state, "city": measured.city, "asn": measured.asn,
        "at": time(measured.at)})
}

pub(super) async fn list(control: &Control, input: List) -> Result<Value> {
    let wanted = Wanted {
        search: input.search,
        country: country(input.country.as_deref())?,
        pool: input.pool.as_deref().map(pool).transpose()?,
        status: input.status,
        healthy: input.healthy,
        mismatched: input.mismatched,
    };
    let page = Paging { page: input.page, size: input.size }.page();
    let tx = control.store().read().await?;
    let found = exits::flow::list(&tx, &control.0.vault, &wanted, page).await?;
    let ids: Vec<i64> = found.rows.iter().map(|exit| exit.id.0).collect();
    let used = overview::uses_of(control, &tx, &ids).await?;
    let full = |exit: &Exit| {
        let uses = used.get(&exit.id.0).copied().unwrap_or_default();
        let mut shown = row(exit);
        shown["day_bytes"] = json!(uses.bytes);
        shown["day_connections"] = json!(uses.connections);
        shown["day_failures"] = json!(uses.failures);
        shown
    };
    Ok(listed(found.total, found.rows.iter().map(full).collect()))
}

/// Exits by country.
pub(super) async fn map(control: &Control, _: Nothing) -> Result<Value> {
    let rows = overview::map(control).await?;
    Ok(listed(i64::try_from(rows.len()).unwrap_or(0), rows))
}

pub(super) async fn import(control: &Control, input: Import) -> Result<Value> {
    let now = control.0.clock.now();
    let count = exits::flow::import(&control.0.network, &input.file, now).await?;
    Ok(json!({"imported": count}))
}

/// Out of use at once; running connections are reset.
pub(super) async fn disable(control: &Control, input: Which) -> Result<Value> {
    set(control, input, ExitStatus::Disabled).await
}

pub(super) async fn remove(control: &Control, input: Which) -> Result<Value> {
    let id = ExitId(input.id);
    exits::flow::remove(control.store(), &control.0.vault, id, control.0.clock.now()).await?;
    Ok(json!({"id": id}))
}

pub(super) async fn drain(control: &Control, input: Which) -> Result<Value> {
    set(control, input, ExitStatus::Draining).await
}

pub(super) async fn enable(control: &Control, input: Which) -> Result<Value> {
    set(control, input, ExitStatus::Enabled).await
}

async fn set(control: &Control, input: Which, status: ExitStatus) -> Result<Value> {
    let id = ExitId(input.id);
    exits::flow::set_status(control.store(), &control.0.vault, id, status, control.0.clock.now()).await?;
    Ok(json!({"id": id, "status": status}))
}

pub(super) async fn probe(control: &Control, input: Which) -> Result<Value> {
    let id = ExitId(input.id);
    exits::flow::probe(control.store(), &control.0.vault, id, control.0.clock.now()).await?;
    Ok(json!({"id": id}))
}
