//! Where customers dial: the host and port of the common entry, the ports of extracted endpoints, and the
//! entries that sites name (`ep`).

use std::collections::{BTreeMap, HashMap};
use std::net::Ipv6Addr;
use std::ops::RangeInclusive;
use turnpike_base::SiteId;

/// The common entry's port where nothing else is set (contract section 9).
const USUAL_PORT: u16 = 3120;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Name or address that customers dial; `None`: the one they call the API under.
    pub host: Option<String>,
    /// Port of the common entry.
    pub port: u16,
    /// Ports of extracted endpoints; every gateway of the entry listens on all of them.
    pub endpoint_ports: Ports,
    /// Per site the hosts of the entries that `ep` names; names are lower case.
    pub named: HashMap<SiteId, BTreeMap<String, String>>,
}

impl Default for Entry {
    fn default() -> Self {
        Self { host: None, port: USUAL_PORT, endpoint_ports: Ports::default(), named: HashMap::new() }
    }
}

impl Entry {
    /// The host of a site's entry as it stands before `:port`: the named one, or the common one. `None`:
    /// the site has no entry of that name. `base_url` is how the caller reached the API.
    pub fn host_of(&self, site: SiteId, name: Option<&str>, base_url: &str) -> Option<String> {
        let host = match (name, &self.host) {
            (Some(name), _) => self.named.get(&site)?.get(&name.trim().to_ascii_lowercase())?,
            (None, Some(host)) => host,
            (None, None) => return Some(host_in(base_url).to_owned()),
        };
        Some(if host.parse::<Ipv6Addr>().is_ok() { format!("[{host}]") } else { host.clone() })
    }

    /// The names that `ep` may have on a site.
    pub fn names(&self, site: SiteId) -> Vec<&str> {
        self.named.get(&site).into_iter().flat_map(BTreeMap::keys).map(String::as_str).collect()
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

    const SITE: SiteId = SiteId(1);

    #[test]
    fn without_a_host_of_its_own_the_entry_is_where_the_api_is() {
        let entry = Entry::default();
        for (url, host) in [
            ("http://127.0.0.1:8080", "127.0.0.1"),
            ("https://proxy.example", "proxy.example"),
            ("http://[::1]:8080", "[::1]"),
            ("http://[::1]", "[::1]"),
        ] {
            assert_eq!(entry.host_of(SITE, None, url).as_deref(), Some(host));
        }
    }

    #[test]
    fn a_named_entry_is_its_sites_own() {
        let named = HashMap::from([(SITE, BTreeMap::from([("us".to_owned(), "2001:db8::1".to_owned())]))]);
        let entry = Entry { host: Some("gate.example".into()), named, ..Entry::default() };
        assert_eq!(entry.host_of(SITE, None, "").as_deref(), Some("gate.example"));
        assert_eq!(entry.host_of(SITE, Some("US"), "").as_deref(), Some("[2001:db8::1]"));
        assert_eq!(entry.host_of(SITE, Some("hk"), ""), None);
        assert_eq!(entry.host_of(SiteId(2), Some("us"), ""), None);
        assert_eq!(entry.names(SITE), ["us"]);
    }

    #[test]
    fn ports_are_sorted_and_each_there_once() {
        let ports: Ports = [9, 7, 9].into_iter().collect();
        assert_eq!(ports.iter().collect::<Vec<_>>(), [7, 9]);
        assert!(ports.contains(7) && !ports.contains(8));
        assert!(Ports::from(20_000..=23_999).contains(23_999));
    }
}
