//! Where customers dial: the host and port of the common entry, and the ports of extracted endpoints.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::ops::RangeInclusive;

/// The common entry's port where nothing else is set (contract section 9).
const USUAL_PORT: u16 = 3120;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Name or address that customers dial; `None`: the one they call the API under.
    pub host: Option<String>,
    /// Port of the common entry.
    pub port: u16,
    /// The entry's own addresses, as far as they are known: those it listens on by name, and the host where that is an
    /// address. One that is a static address, too, is so only to who holds it.
    pub addresses: Vec<IpAddr>,
    /// Ports of extracted endpoints; every gateway of the entry listens on all of them.
    pub endpoint_ports: Ports,
    /// An `http://` or `https://` address that answers, for samples of code.
    pub sample_url: String,
}

/// What samples of code ask for where nothing else is known to answer.
const USUAL_SAMPLE: &str = "https://example.com/";

impl Default for Entry {
    fn default() -> Self {
        Self {
            host: None,
            port: USUAL_PORT,
            addresses: Vec::new(),
            endpoint_ports: Ports::default(),
            sample_url: USUAL_SAMPLE.to_owned(),
        }
    }
}

impl Entry {
    /// The entry's own addresses: of where it listens those that are no wildcards, and of the host.
    pub fn addresses_of(host: Option<&str>, listening: &[SocketAddr]) -> Vec<IpAddr> {
        let named = listening.iter().map(SocketAddr::ip).filter(|ip| !ip.is_unspecified());
        named.chain(host.and_then(|host| host.parse().ok())).map(|ip| ip.to_canonical()).collect()
    }

    /// The host as it stands before `:port`: the named entry's, or the common one. `base_url` is how the
    /// caller reached the API.
    pub fn host_of(&self, named: Option<&str>, base_url: &str) -> String {
        let Some(host) = named.or(self.host.as_deref()) else { return host_in(base_url).to_owned() };
        if host.parse::<Ipv6Addr>().is_ok() { format!("[{host}]") } else { host.to_owned() }
    }
}

/// The host of a URL, an IPv6 address in its brackets.
fn host_in(url: &str) -> &str {
    let authority = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = authority.split('/').next().unwrap_or_default();
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    }
}

/// Port numbers, ascending, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ports(Vec<u16>);

impl Ports {
    /// Whether a port is one of them.
    pub fn contains(&self, port: u16) -> bool {
        self.0.binary_search(&port).is_ok()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = u16> + '_ {
        self.0.iter().copied()
    }
}

impl FromIterator<u16> for Ports {
    fn from_iter<I: IntoIterator<Item = u16>>(ports: I) -> Self {
        let mut ports: Vec<u16> = ports.into_iter().collect();
        ports.sort_unstable();
        ports.dedup();
        Self(ports)
    }
}

impl From<RangeInclusive<u16>> for Ports {
    fn from(range: RangeInclusive<u16>) -> Self {
        range.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_host_of_its_own_the_entry_is_where_the_api_is() {
        let entry = Entry::default();
        for (url, host) in [
            ("http://127.0.0.1:8080", "127.0.0.1"),
            ("https://proxy.example", "proxy.example"),
            ("http://[::1]:8080", "[::1]"),
            ("http://[::1]", "[::1]"),
        ] {
            assert_eq!(entry.host_of(None, url), host);
        }
    }

    #[test]
    fn a_named_entry_goes_before_the_common_one() {
        let entry = Entry { host: Some("gate.example".into()), ..Entry::default() };
        assert_eq!(entry.host_of(None, "http://api"), "gate.example");
        assert_eq!(entry.host_of(Some("2001:db8::1"), "http://api"), "[2001:db8::1]");
    }

    #[test]
    fn the_entrys_own_addresses_are_those_that_have_a_name() {
        let listening = ["0.0.0.0:1", "[::]:1", "[::ffff:192.0.2.1]:1"].map(|at| at.parse().unwrap());
        let told =
            |host| Entry::addresses_of(host, &listening).iter().map(IpAddr::to_string).collect::<Vec<_>>();
        assert_eq!(told(Some("192.0.2.2")), ["192.0.2.1", "192.0.2.2"]);
        assert_eq!([told(None), told(Some("gate.example"))], [["192.0.2.1"], ["192.0.2.1"]]);
    }

    #[test]
    fn ports_are_sorted_and_each_there_once() {
        let ports: Ports = [9, 7, 9].into_iter().collect();
        assert_eq!(ports.iter().collect::<Vec<_>>(), [7, 9]);
        assert!(ports.contains(7) && !ports.contains(8));
        assert!(Ports::from(20_000..=23_999).contains(23_999));
    }
}
