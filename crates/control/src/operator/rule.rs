//! Destinations closed to every customer.

use super::{Paging, listed};
use crate::Control;
use serde::Deserialize;
use serde_json::{Value, json};
use turnpike_access::blocked_hosts;
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
        // One that was written down in another form is the same.
        closed.hosts.retain(|known| host.is_none() || compared(known) != host);
        closed.ports.retain(|known| Some(*known) != port);
    };
    Ok(shown(&closed::change(control.store(), edit, control.0.clock.now()).await?))
}

fn checked(rule: Rule) -> Result<(Option<String>, Option<u16>)> {
    let host = match rule.host {
        Some(host) => Some(compared(&host).ok_or_else(no_host)?),
        None => None,
    };
    if rule.port == Some(0) || host.is_none() && rule.port.is_none() {
        let reason = Text::new(
            "应为 1 至 65535 的端口，或指定 host",
            "must be a port from 1 to 65535, or host has to be given",
        );
        return Err(Fault::parameter("port", reason));
    }
    Ok((host, rule.port))
}

/// A host as gateways compare it and as customers' own lists are read; `None` for what would close nothing.
fn compared(host: &str) -> Option<String> {
    blocked_hosts::host(host.trim().trim_start_matches('.'))
}

fn no_host() -> Fault {
    let reason = Text::new(
        "应为域名或 IP 地址，最多 253 个字符",
        "must be a name or an address of at most 253 characters",
    );
    Fault::parameter("host", reason)
}

fn shown(closed: &Closed) -> Value {
    let hosts = closed.hosts.iter().map(|host| json!({"host": host}));
    let rows: Vec<Value> = hosts.chain(closed.ports.iter().map(|port| json!({"port": port}))).collect();
    listed(i64::try_from(rows.len()).unwrap_or(0), rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(host: &str) -> Option<String> {
        checked(Rule { host: Some(host.into()), port: None }).ok().and_then(|(host, _)| host)
    }

    #[test]
    fn a_host_is_kept_as_gateways_compare_it_or_not_at_all() {
        for (host, form) in [
            (" Bad.Example. ", "bad.example"),
            ("::ffff:127.0.0.1", "127.0.0.1"),
            ("2001:DB8:0:0::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("1.1.1.1", "1.1.1.1"),
            ("a1.0xample", "a1.0xample"),
            ("*.bad.example", "bad.example"),
            ("1.2.3.4.", "1.2.3.4"),
        ] {
            assert_eq!(kept(host).as_deref(), Some(form), "{host}");
        }
        for host in [
            "",
            ".",
            "127.1",
            "0x7f.1",
            "0x7f000001",
            "2130706433",
            "1.2.3.256",
            "a..b",
            "a b",
            "a/b",
            &"a".repeat(254),
        ] {
            assert_eq!(kept(host), None, "{host}");
        }
    }
}
