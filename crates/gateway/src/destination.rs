//! Which destinations are closed: special addresses after resolution, the installation's own
//! listeners, ports and hosts that the operator or the customer closed.

use crate::config::Destinations;
use crate::own::Own;
use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Mail between servers: closed to every proxy customer.
const SMTP: u16 = 25;

/// What the operator closed, from control.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    pub(crate) hosts: Vec<String>,
    pub(crate) ports: Vec<u16>,
}

/// Whether the address may be dialled.
pub(crate) fn is_open(address: SocketAddr, config: &Destinations, own: &Own) -> bool {
    if config.exempt.contains(&address) {
        return true;
    }
    !own.is_here(address) && (config.allow_private || !is_special(address.ip()))
}

/// Whether the port may be dialled.
pub(crate) fn is_port_open(port: u16, rules: &Rules) -> bool {
    port != SMTP && !rules.ports.contains(&port)
}

/// A host as rules name it: an address in canonical form, a name without the root's dot.
pub(crate) fn plain(host: &str) -> Cow<'_, str> {
    match host.parse::<IpAddr>() {
        Ok(address) => Cow::Owned(address.to_canonical().to_string()),
        Err(_) => Cow::Borrowed(host.trim_end_matches('.')),
    }
}

/// Whether a name is closed by one of these: itself or anything above it.
pub(crate) fn is_listed(host: &str, closed: &[String]) -> bool {
    let below = |name: &String| {
        host.strip_suffix(name.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    closed.iter().any(below)
}

/// Whether an address is one of these.
pub(crate) fn is_address_listed(ip: IpAddr, closed: &[String]) -> bool {
    if closed.is_empty() {
        return false;
    }
    let ip = ip.to_canonical().to_string();
    closed.contains(&ip)
}

/// Names that mean the machine or network they are asked on.
pub(crate) fn is_local_name(host: &str) -> bool {
    const LOCAL: [&str; 5] = ["localhost", "local", "internal", "localdomain", "home.arpa"];
    let host = host.trim_end_matches('.');
    let named =
        |name: &str| host.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    let is_address = host.parse::<IpAddr>().is_ok();
    LOCAL.iter().any(|name| named(name)) || (!is_address && (!host.contains('.') || ends_in_number(host)))
}

/// `127.1`, `0x7f.1`: no name ends like this, but old resolvers take it for an address.
fn ends_in_number(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    last.starts_with("0x") || last.bytes().all(|b| b.is_ascii_digit())
}

/// Whether an address is not a public unicast one (RFC 6890 and its updates), also when it is wrapped
/// in an IPv6 form that leads there.
pub(crate) fn is_special(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_special_v4(ip),
        IpAddr::V6(ip) => is_special_v6(ip),
    }
}

fn is_special_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    match (a, b, c) {
        // "This network", private, loopback, link-local (and cloud metadata), multicast, reserved.
        (0 | 10 | 127 | 224.., ..) | (169, 254, _) | (192, 168, _) => true,
        (172, 16..=31, _) | (100, 64..=127, _) | (198, 18..=19, _) => true,
        // Protocol assignments, documentation, 6to4 relays.
        (192, 0, 0 | 2) | (198, 51, 100) | (203, 0, 113) | (192, 88, 99) => true,
        _ => false,
    }
}

fn is_special_v6(ip: Ipv6Addr) -> bool {
    let s = ip.segments();
    let low = Ipv4Addr::from(u32::from(s[6]) << 16 | u32::from(s[7]));
    let six_to_four = Ipv4Addr::from(u32::from(s[1]) << 16 | u32::from(s[2]));
    match s {
        // Unspecified, loopback, v4-compatible and v4-mapped.
        [0, 0, 0, 0, 0, 0 | 0xffff, ..] => s[5] == 0 || is_special_v4(low),
        // NAT64 (RFC 6052) and its local-use prefix (RFC 8215).
        [0x64, 0xff9b, 0, 0, 0, 0, ..] => is_special_v4(low),
        [0x64, 0xff9b, 1, ..] => true,
        [0x2002, ..] => is_special_v4(six_to_four),
        // Teredo, documentation, discard-only.
        [0x2001, 0 | 0xdb8, ..] | [0x100, 0, 0, 0, ..] => true,
        _ => {
            (s[0] & 0xfe00) == 0xfc00
                || (s[0] & 0xffc0) == 0xfe80
                || (s[0] & 0xff00) == 0xff00
                || (s[0] & 0xffc0) == 0xfec0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_addresses_are_closed_in_every_disguise() {
        for ip in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.31.255.255",
            "192.168.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "2002:7f00:1::",
            "2001:db8::1",
        ] {
            assert!(is_special(ip.parse().unwrap()), "{ip}");
        }
        for ip in
            ["1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "64:ff9b::101:101", "::ffff:1.1.1.1"]
        {
            assert!(!is_special(ip.parse().unwrap()), "{ip}");
        }
    }

    #[test]
    fn own_listeners_stay_closed_in_a_laboratory() {
        let own = Own::new(&["0.0.0.0:3120".parse().unwrap()], &[20_000]);
        let home = Own::new(&["127.0.0.1:3120".parse().unwrap()], &[]);
        let exempt = vec!["127.0.0.1:8081".parse().unwrap()];
        let lab = Destinations { allow_private: true, exempt, closed: Vec::new() };
        assert!(!is_open("127.0.0.1:3120".parse().unwrap(), &lab, &own));
        assert!(!is_open("0.0.0.0:3120".parse().unwrap(), &lab, &home));
        assert!(!is_open("127.0.0.1:20000".parse().unwrap(), &lab, &own), "a port of endpoints");
        assert!(is_open("127.0.0.1:3121".parse().unwrap(), &lab, &own));
        assert!(is_open("1.1.1.1:3120".parse().unwrap(), &lab, &own), "the port of others is not ours");
        assert!(is_open("1.1.1.1:20000".parse().unwrap(), &lab, &own));
        let demo = Destinations { allow_private: false, ..lab };
        assert!(is_open("127.0.0.1:8081".parse().unwrap(), &demo, &own));
        assert!(!is_open("127.0.0.1:8080".parse().unwrap(), &demo, &own));
    }

    #[test]
    fn a_closed_name_closes_what_is_below_it() {
        let closed = ["example.com".to_owned()];
        assert!(is_listed("example.com", &closed) && is_listed("a.b.example.com", &closed));
        assert!(!is_listed("notexample.com", &closed));
        assert!(is_local_name("localhost") && is_local_name("printer") && is_local_name("nas.local."));
        assert!(is_local_name("127.1") && is_local_name("0x7f.0x1") && is_local_name("2130706433."));
        assert!(!is_local_name("example.com") && !is_local_name("1.2.3.4") && !is_local_name("::1"));
        assert!(!is_port_open(25, &Rules::default()));
    }
}
