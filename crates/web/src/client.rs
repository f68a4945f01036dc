//! Where a request comes from, behind the operator's own load balancers too: `Forwarded` (RFC 7239) and
//! `X-Forwarded-For` count only when the connection comes from one of them.
//!
//! A balancer that sets one of the two passes the other on as a stranger sent it. So where both are there
//! they have to agree; else neither is believed and the balancer's own address counts.

use crate::blocks;
use arc_swap::ArcSwap;
use http::HeaderMap;
use http::request::Parts;
use http::uri::Scheme;
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

/// The load balancers that are believed; may change while the process runs.
#[derive(Clone, Debug, Default)]
pub struct Balancers(Arc<ArcSwap<Vec<IpNet>>>);

/// The caller's end of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct From {
    client: IpAddr,
    /// Whether he speaks TLS with the balancer.
    tls: bool,
}

/// The mark in a request.
#[derive(Clone, Copy)]
struct Client(IpAddr);

/// Where a marked request comes from.
pub fn of(parts: &Parts) -> IpAddr {
    parts.extensions.get::<Client>().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |client| client.0)
}

impl Balancers {
    /// Believes these from now on.
    pub fn set(&self, blocks: Vec<IpNet>) {
        self.0.store(Arc::new(blocks));
    }

    /// Notes in a request where it comes from, and whether over TLS.
    pub fn mark(&self, parts: &mut Parts) {
        let info = parts.extensions.get::<axum::extract::ConnectInfo<SocketAddr>>();
        let peer = info.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |info| info.0.ip().to_canonical());
        let From { client, tls } = self.behind(peer, &parts.headers);
        parts.extensions.insert(Client(client));
        if tls {
            parts.extensions.insert(Scheme::HTTPS);
        }
    }

    fn behind(&self, peer: IpAddr, headers: &HeaderMap) -> From {
        let trusted = self.0.load();
        if !blocks::hold(&trusted, peer) {
            return From { client: peer, tls: false };
        }
        let standard = forwarded(headers).map(|hops| last_stranger(&trusted, peer, &hops));
        let usual = x_forwarded_for(headers).map(|hops| last_stranger(&trusted, peer, &hops));
        let client = match (standard, usual) {
            (Some(one), Some(other)) if one != other => peer,
            (one, other) => one.or(other).unwrap_or(peer),
        };
        From { client, tls: over_tls(headers) }
    }
}

/// From the nearest hop on: the first that is not a balancer of ours. A hop that hides its address ends the
/// way: what stands before it was not seen by anybody we know.
fn last_stranger(trusted: &[IpNet], peer: IpAddr, hops: &[Option<IpAddr>]) -> IpAddr {
    let mut nearest = peer;
    for hop in hops.iter().rev() {
        let Some(address) = hop else { return nearest };
        nearest = *address;
        if !blocks::hold(trusted, nearest) {
            return nearest;
        }
    }
    nearest
}

fn lines<'h>(headers: &'h HeaderMap, name: &str) -> Vec<&'h str> {
    headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("unknown")).collect()
}

/// The `for` of every element, `None` where it is missing, hidden or unreadable.
fn forwarded(headers: &HeaderMap) -> Option<Vec<Option<IpAddr>>> {
    let lines = lines(headers, "forwarded");
    let elements = lines.iter().flat_map(|line| line.split(','));
    (!lines.is_empty()).then(|| elements.map(|element| node(parameter(element, "for")?)).collect())
}

fn parameter<'e>(element: &'e str, name: &str) -> Option<&'e str> {
    let pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let mut found = pairs.filter(|(key, _)| key.trim().eq_ignore_ascii_case(name));
    found.next().map(|(_, value)| value.trim().trim_matches('"'))
}

fn x_forwarded_for(headers: &HeaderMap) -> Option<Vec<Option<IpAddr>>> {
    let lines = lines(headers, "x-forwarded-for");
    let hops = lines.iter().flat_map(|line| line.split(','));
    (!lines.is_empty()).then(|| hops.map(node).collect())
}

/// An address with or without port; IPv6 with a port stands in brackets.
fn node(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(inner, _)| inner);
    let read = bare.unwrap_or(text).parse::<IpAddr>().ok();
    read.or_else(|| text.parse::<SocketAddr>().ok().map(|with_port| with_port.ip())).map(|a| a.to_canonical())
}

fn over_tls(headers: &HeaderMap) -> bool {
    let usual = lines(headers, "x-forwarded-proto");
    let standard = lines(headers, "forwarded");
    let nearest = standard.last().and_then(|line| line.rsplit(',').next());
    let standard = nearest.and_then(|element| parameter(element, "proto"));
    standard.or(usual.last().copied()).is_some_and(|proto| proto.trim().eq_ignore_ascii_case("https"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderName, HeaderValue};

    fn client(peer: &str, sent: &[(&'static str, &'static str)]) -> String {
        let balancers = Balancers::default();
        balancers.set(["10.0.0.0/8", "fd00::/8"].iter().filter_map(|text| blocks::block(text)).collect());
        let mut headers = HeaderMap::new();
        for (name, value) in sent {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        balancers.behind(peer.parse().unwrap(), &headers).client.to_string()
    }

    #[test]
    fn a_stranger_is_not_believed() {
        assert_eq!(client("192.0.2.1", &[("x-forwarded-for", "198.51.100.7")]), "192.0.2.1");
        assert_eq!(client("192.0.2.1", &[("forwarded", "for=198.51.100.7")]), "192.0.2.1");
    }

    #[test]
    fn balancers_are_believed_as_far_as_they_go() {
        for (sent, expected) in [
            ("198.51.100.7", "198.51.100.7"),
            ("203.0.113.9, 198.51.100.7, 10.1.1.1", "198.51.100.7"),
            ("198.51.100.7:4711", "198.51.100.7"),
            ("[2001:db8::7]:4711", "2001:db8::7"),
            ("::ffff:198.51.100.7", "198.51.100.7"),
            ("198.51.100.7, unknown", "10.0.0.1"),
            ("10.9.9.9", "10.9.9.9"),
            ("", "10.0.0.1"),
        ] {
            assert_eq!(client("10.0.0.1", &[("x-forwarded-for", sent)]), expected, "{sent}");
        }
        let split = [("x-forwarded-for", "203.0.113.9"), ("x-forwarded-for", "198.51.100.7")];
        assert_eq!(client("10.0.0.1", &split), "198.51.100.7");
        for (sent, expected) in [
            ("for=198.51.100.7;proto=https;by=10.0.0.1", "198.51.100.7"),
            ("for=203.0.113.9, For=\"[2001:db8::7]:4711\"", "2001:db8::7"),
            ("for=203.0.113.9, for=_hidden", "10.0.0.1"),
            ("for=203.0.113.9, proto=http", "10.0.0.1"),
        ] {
            assert_eq!(client("10.0.0.1", &[("forwarded", sent)]), expected, "{sent}");
        }
    }

    #[test]
    fn two_headers_have_to_agree() {
        let same = [("x-forwarded-for", "198.51.100.7"), ("forwarded", "for=198.51.100.7")];
        assert_eq!(client("10.0.0.1", &same), "198.51.100.7");
        let smuggled = [("x-forwarded-for", "198.51.100.7"), ("forwarded", "for=203.0.113.9")];
        assert_eq!(client("10.0.0.1", &smuggled), "10.0.0.1");
    }
}
