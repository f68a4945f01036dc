//! Destinations closed to every customer.

use super::{Paging, listed};
use crate::Control;
use serde::Deserialize;
use serde_json::{Value, json};
use std::net::IpAddr;
use turnpike_base::{Fault, Result, Text};
use turnpike_network::closed::{self, Closed};

/// What `rule close` and `rule open` take: a host, a port, or both, each a rule of its own.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    host: Option<String>,
    port: Option<u16>,
}

pub(super) async fn list(control: &Control, _: Paging) -> Result<Value> {
    Ok(shown(&closed::now(&control.store().read().await?).await?))
}

pub(super) async fn close(control: &Control, rule: Rule) -> Result<Value> {
    let (host, port) = checked(rule)?;
    let edit = |closed: &mut Closed| {
        closed.hosts.extend(host);
        closed.ports.extend(port);
    };
    Ok(shown(&closed::change(control.store(), edit, control.0.clock.now()).await?))
}

pub(super) async fn open(control: &Control, rule: Rule) -> Result<Value> {
    let (host, port) = checked(rule)?;
    let edit = |closed: &mut Closed| {
        closed.hosts.retain(|known| Some(known) != host.as_ref());
        closed.ports.retain(|known| Some(*known) != port);
    };
    Ok(shown(&closed::change(control.store(), edit, control.0.clock.now()).await?))
}

/// The host as gateways compare it.
fn checked(rule: Rule) -> Result<(Option<String>, Option<u16>)> {
    let host = rule.host.map(|host| host.trim().trim_matches('.').to_ascii_lowercase());
    let plain =
        |name: &str| name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'));
    let fits =
        |name: &str| !name.is_empty() && name.len() <= 253 && (plain(name) || name.parse::<IpAddr>().is_ok());
    if host.as_deref().is_some_and(|name| !fits(name)) {
        let reason = Text::new(
            "应为域名或 IP 地址，最多 253 个字符",
            "must be a name or an address of at most 253 characters",
        );
        return Err(Fault::parameter("host", reason));
    }
    if rule.port == Some(0) || host.is_none() && rule.port.is_none() {
        let reason = Text::new(
            "应为 1 至 65535 的端口，或指定 host",
            "must be a port from 1 to 65535, or host has to be given",
        );
        return Err(Fault::parameter("port", reason));
    }
    Ok((host, rule.port))
}

fn shown(closed: &Closed) -> Value {
    let hosts = closed.hosts.iter().map(|host| json!({"host": host}));
    let rows: Vec<Value> = hosts.chain(closed.ports.iter().map(|port| json!({"port": port}))).collect();
    listed(i64::try_from(rows.len()).unwrap_or(0), rows)
}
