//! Reading how an exit is reached, and writing it down again.

use super::error;
use std::net::{IpAddr, Ipv4Addr};
use turnpike_base::Result;
use turnpike_wire::{Bind, ExitKind, ParentProtocol, Resolve};

/// The parent's user and password.
pub(super) type Login = (String, String);

/// Reads an operator's description of how an exit is reached.
pub fn kind_of(target: &str, resolve: Resolve) -> Result<ExitKind> {
    let target = target.trim();
    let parent = |protocol, rest| parent(protocol, rest, resolve);
    let read = match target.split_once("://") {
        Some(("http", rest)) => parent(ParentProtocol::Http, rest),
        Some(("socks5" | "socks5h", rest)) => parent(ParentProtocol::Socks5, rest),
        Some(_) => None,
        None => bind(target).map(|bind| ExitKind::Local { bind }),
    };
    read.ok_or_else(|| error::bad_target(&without_password(target)))
}

fn bind(target: &str) -> Option<Bind> {
    if let Some(name) = target.strip_prefix("interface:") {
        let plain = |c: char| c.is_ascii_alphanumeric() || "._-@".contains(c);
        // IFNAMSIZ is 16 with its closing zero.
        return (!name.is_empty() && name.len() < 16 && name.chars().all(plain))
            .then(|| Bind::Interface(name.to_owned()));
    }
    let Some((network, prefix)) = target.split_once('/') else {
        return target.parse().ok().filter(is_a_hosts).map(Bind::Address);
    };
    let network = network.parse().ok().filter(is_a_hosts)?;
    let prefix: u8 = prefix.parse().ok()?;
    let bits = if network.is_ipv4() { 32 } else { 128 };
    (prefix <= bits).then(|| Bind::Block { network: first(network, prefix), prefix })
}

/// Whether an address can be that of one host. A socket that is bound to the unspecified address leaves from any.
pub(crate) fn is_a_hosts(address: &IpAddr) -> bool {
    !(address.is_unspecified() || address.is_multicast() || *address == IpAddr::V4(Ipv4Addr::BROADCAST))
}

/// The first address of a block.
fn first(address: IpAddr, prefix: u8) -> IpAddr {
    match address {
        IpAddr::V4(a) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0);
            IpAddr::V4((a.to_bits() & mask).into())
        }
        IpAddr::V6(a) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(prefix)).unwrap_or(0);
            IpAddr::V6((a.to_bits() & mask).into())
        }
    }
}

fn parent(protocol: ParentProtocol, rest: &str, resolve: Resolve) -> Option<ExitKind> {
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let (login, address) = match rest.rsplit_once('@') {
        Some((login, address)) => (Some(login.split_once(':').unwrap_or((login, ""))), address),
        None => (None, rest),
    };
    let (host, port) = address.rsplit_once(':')?;
    let host = match host.strip_prefix('[') {
        Some(inner) => inner.strip_suffix(']').filter(|h| h.parse::<std::net::Ipv6Addr>().is_ok())?,
        None => host,
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-_:".contains(c);
    let port: u16 = port.parse().ok().filter(|p| *p > 0)?;
    let fits = (1..=253).contains(&host.len()) && host.chars().all(plain);
    let credentials = match login {
        None => None,
        Some((user, password)) => Some((decoded(user)?, decoded(password)?)),
    };
    fits.then(|| ExitKind::Upstream { protocol, host: host.to_ascii_lowercase(), port, credentials, resolve })
}

/// Undoes percent-encoding.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, behind)) = rest.split_first() {
        rest = behind;
        if *byte != b'%' {
            bytes.push(*byte);
            continue;
        }
        let (hex, behind) = rest.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()?);
        rest = behind;
    }
    String::from_utf8(bytes).ok()
}

/// What may be repeated to the operator and in logs.
fn without_password(target: &str) -> String {
    match target.rsplit_once('@') {
        Some((_, address)) => format!("…@{address}"),
        None => target.chars().take(128).collect(),
    }
}

/// The canonical form, which is unique among exits: without password, with the user (a parent's users
/// are often what tells its exits apart).
pub fn target_of(kind: &ExitKind) -> String {
    match kind {
        ExitKind::Local { bind: Bind::Address(address) } => address.to_string(),
        ExitKind::Local { bind: Bind::Interface(name) } => format!("interface:{name}"),
        ExitKind::Local { bind: Bind::Block { network, prefix } } => format!("{network}/{prefix}"),
        ExitKind::Upstream { protocol, host, port, credentials, .. } => {
            let scheme = match protocol {
                ParentProtocol::Http => "http",
                ParentProtocol::Socks5 => "socks5",
            };
            let user =
                credentials.as_ref().map(|(user, _)| format!("{}@", encoded(user))).unwrap_or_default();
            let host = if host.contains(':') { format!("[{host}]") } else { host.clone() };
            format!("{scheme}://{user}{host}:{port}")
        }
    }
}

fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(target: &str) -> Option<String> {
        kind_of(target, Resolve::Exit).ok().map(|kind| target_of(&kind))
    }

    #[test]
    fn every_form_is_read_and_written_canonically() {
        for (typed, stored) in [
            ("127.0.9.3", "127.0.9.3"),
            ("2001:DB8::0001", "2001:db8::1"),
            ("10.1.2.3/24", "10.1.2.0/24"),
            ("interface:eth0", "interface:eth0"),
            ("http://Parent.Example:3128/", "http://parent.example:3128"),
            ("socks5://me:p%40ss@[2001:db8::1]:1080", "socks5://me@[2001:db8::1]:1080"),
            ("http://country-us:x@parent:8080", "http://country-us@parent:8080"),
        ] {
            assert_eq!(canonical(typed).as_deref(), Some(stored), "{typed}");
            assert_eq!(canonical(stored).as_deref(), Some(stored));
        }
    }

    #[test]
    fn nonsense_is_refused_without_repeating_a_password() {
        for bad in [
            "",
            "300.1.1.1",
            "1.2.3.4/33",
            "0.0.0.0",
            "0.0.0.0/24",
            "::",
            "::/0",
            "224.0.0.1",
            "255.255.255.255",
            "interface:",
            "ftp://h:1",
            "http://h",
            "http://h:0",
            "http://a b:1",
        ] {
            assert_eq!(canonical(bad), None, "{bad}");
        }
        let fault = kind_of("ftp://user:hunter2@host:1", Resolve::Exit).unwrap_err();
        assert!(!fault.to_string().contains("hunter2"));
    }

    #[test]
    fn a_percent_encoded_password_is_decoded() {
        let kind = kind_of("http://u:p%3Aw%40@h:1", Resolve::Gateway).unwrap();
        let ExitKind::Upstream { credentials, .. } = kind else { unreachable!() };
        assert_eq!(credentials, Some(("u".into(), "p:w@".into())));
    }
}
