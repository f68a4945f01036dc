//! The PROXY protocol: the addresses that are believed are those that the bytes spell.

use super::in_pieces;
use std::net::{IpAddr, SocketAddr};
use turnpike_proxyproto::proxy_header::parse;

/// A header of version 2 with its 16 bytes in front and the most that is read behind them.
const LONGEST: usize = 16 + 2_048;

/// Checks one header, with whatever follows it.
pub(crate) fn check(input: &[u8]) {
    let Some((addresses, used)) = in_pieces(input, LONGEST, parse) else { return };
    let header = &input[..used];
    match (header.strip_prefix(b"PROXY "), addresses) {
        (Some(line), Some((source, destination))) => {
            let family = if source.is_ipv4() { "TCP4" } else { "TCP6" };
            let (from, to) = (source.ip(), destination.ip());
            let said = std::str::from_utf8(line).expect("text").strip_suffix("\r\n").expect("a line");
            let words: Vec<&str> = said.split(' ').collect();
            let ports = [source.port().to_string(), destination.port().to_string()];
            assert_eq!((words.len(), words[0]), (5, family));
            assert_eq!([words[1], words[2]].map(str::parse::<IpAddr>), [Ok(from), Ok(to)]);
            assert_eq!([words[3], words[4]], [ports[0].as_str(), ports[1].as_str()]);
        }
        (Some(line), None) => assert!(line.starts_with(b"UNKNOWN")),
        (None, Some(pair)) => assert!(header[16..].starts_with(&written(header[13], pair))),
        (None, None) => assert!(header[12] == 0x20 || header[13] == 0),
    }
}

/// The address block of version 2 (section 2.2).
fn written(family: u8, (source, destination): (SocketAddr, SocketAddr)) -> Vec<u8> {
    let mut out = Vec::new();
    for ip in [source.ip(), destination.ip()] {
        match ip {
            IpAddr::V4(ip) => out.extend(ip.octets()),
            IpAddr::V6(ip) => out.extend(ip.octets()),
        }
    }
    assert_eq!(family, if source.is_ipv4() { 0x11 } else { 0x21 });
    out.extend(source.port().to_be_bytes());
    out.extend(destination.port().to_be_bytes());
    out
}
