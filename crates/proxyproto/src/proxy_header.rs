//! The PROXY protocol, versions 1 and 2 (HAProxy's specification of 2020): who the client is, told by a
//! load balancer in front.

use crate::{Malformed, Parsed};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

const SIGNATURE: &[u8; 12] = b"\r\n\r\n\0\r\nQUIT\n";
/// Version 1 is one line of at most 107 bytes (section 2.1).
const LONGEST_V1: usize = 107;

/// Source and destination as the balancer saw them; `None` for its own health checks (LOCAL, UNKNOWN).
pub type Addresses = Option<(SocketAddr, SocketAddr)>;

/// Reads either version.
pub fn parse(input: &[u8]) -> Result<Parsed<Addresses>, Malformed> {
    let seen = input.len().min(SIGNATURE.len());
    if seen > 0 && input[..seen] == SIGNATURE[..seen] {
        return version2(input);
    }
    let seen = input.len().min(6);
    if input[..seen] == b"PROXY "[..seen] {
        version1(input)
    } else {
        Err(Malformed::new("缺少 PROXY 协议头", "a PROXY protocol header is expected"))
    }
}

fn version1(input: &[u8]) -> Result<Parsed<Addresses>, Malformed> {
    const WRONG: Malformed = Malformed::new("PROXY 协议行格式错误", "the PROXY protocol line is malformed");
    let Some(end) = input.iter().take(LONGEST_V1).position(|b| *b == b'\n') else {
        return if input.len() >= LONGEST_V1 { Err(WRONG) } else { Ok(Parsed::Incomplete) };
    };
    let line = input[..end].strip_suffix(b"\r").and_then(|l| std::str::from_utf8(l).ok()).ok_or(WRONG)?;
    let mut words = line.split(' ').skip(1);
    let addresses = match words.next() {
        Some("UNKNOWN") => None,
        Some(family @ ("TCP4" | "TCP6")) => {
            let mut ip = || {
                words
                    .next()
                    .and_then(|w| w.parse::<IpAddr>().ok())
                    .filter(|a| a.is_ipv4() == (family == "TCP4"))
            };
            let (source, destination) = (ip().ok_or(WRONG)?, ip().ok_or(WRONG)?);
            let mut port = || words.next().and_then(decimal);
            let pair = (port().ok_or(WRONG)?, port().ok_or(WRONG)?);
            if words.next().is_some() {
                return Err(WRONG);
            }
            Some((SocketAddr::new(source, pair.0), SocketAddr::new(destination, pair.1)))
        }
        _ => return Err(WRONG),
    };
    Ok(Parsed::Done(addresses, end + 1))
}

/// A port as section 2.1 writes it: digits only, no sign, no zero in front.
fn decimal(word: &str) -> Option<u16> {
    let plain = word.bytes().all(|b| b.is_ascii_digit()) && (word == "0" || !word.starts_with('0'));
    word.parse().ok().filter(|_| plain)
}

fn version2(input: &[u8]) -> Result<Parsed<Addresses>, Malformed> {
    let Some((head, rest)) = input.split_first_chunk::<16>() else { return Ok(Parsed::Incomplete) };
    let length = usize::from(u16::from_be_bytes([head[14], head[15]]));
    if length > 2_048 {
        return Err(Malformed::new("PROXY 协议头过长", "the PROXY protocol header is too long"));
    }
    let Some(body) = rest.get(..length) else { return Ok(Parsed::Incomplete) };
    let addresses = match (head[12], head[13]) {
        (0x20, _) => None,
        (0x21, 0x11) => Some(v4(body)?),
        (0x21, 0x21) => Some(v6(body)?),
        (0x21, 0x00) => None,
        _ => {
            return Err(Malformed::new(
                "PROXY 协议头的版本、命令或地址族未知",
                "the PROXY protocol header has an unknown version, command or family",
            ));
        }
    };
    Ok(Parsed::Done(addresses, 16 + length))
}

const SHORT: Malformed = Malformed::new(
    "PROXY 协议头短于其地址族所需长度",
    "the PROXY protocol header is too short for its family",
);

fn v4(body: &[u8]) -> Result<(SocketAddr, SocketAddr), Malformed> {
    let b = body.first_chunk::<12>().ok_or(SHORT)?;
    let ip = |at: usize| Ipv4Addr::new(b[at], b[at + 1], b[at + 2], b[at + 3]);
    let port = |at: usize| u16::from_be_bytes([b[at], b[at + 1]]);
    Ok((SocketAddr::new(ip(0).into(), port(8)), SocketAddr::new(ip(4).into(), port(10))))
}

fn v6(body: &[u8]) -> Result<(SocketAddr, SocketAddr), Malformed> {
    let (source, rest) = body.split_first_chunk::<16>().ok_or(SHORT)?;
    let (destination, rest) = rest.split_first_chunk::<16>().ok_or(SHORT)?;
    let ports = rest.first_chunk::<4>().ok_or(SHORT)?;
    let (from, to) = (u16::from_be_bytes([ports[0], ports[1]]), u16::from_be_bytes([ports[2], ports[3]]));
    Ok((
        SocketAddr::new(Ipv6Addr::from(*source).into(), from),
        SocketAddr::new(Ipv6Addr::from(*destination).into(), to),
    ))
}
