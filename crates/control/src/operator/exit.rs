//! Exits.

use super::{Paging, listed, time};
use crate::Control;
use serde::Deserialize;
use serde_json::{Value, json};
use turnpike_base::{ExitId, Fault, Result, Text};
use turnpike_network::exits::{self, Exit, NewExit, target_of};
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
    let ids = exits::flow::add(control.store(), &control.0.vault, &[new], control.0.clock.now()).await?;
    Ok(json!({"id": ids.first()}))
}

fn pool(name: &str) -> Result<Pool> {
    Pool::parse(name).ok_or_else(|| {
        let list = Pool::ALL.map(Pool::name).join(", ");
        Fault::parameter("pools", Text::made(format!("应为 {list} 之一"), format!("must be some of {list}")))
    })
}

fn row(exit: &Exit) -> Value {
    let pools: Vec<&str> = exit.pools.iter().map(|pool| pool.name()).collect();
    json!({"id": exit.id, "target": target_of(&exit.kind), "pools": pools.join(","), "country": exit.place.country,
        "state": exit.place.state, "city": exit.place.city, "asn": exit.asn, "status": exit.status,
        "healthy": exit.health.healthy, "latency_us": exit.health.latency_us, "error": exit.health.error,
        "public_address": exit.health.public, "seen_at": exit.health.seen_at.map(time)})
}

pub(super) async fn list(control: &Control, input: Paging) -> Result<Value> {
    let tx = control.store().read().await?;
    let found = exits::flow::list(&tx, &control.0.vault, input.page()).await?;
    Ok(listed(found.total, found.rows.iter().map(row).collect()))
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
