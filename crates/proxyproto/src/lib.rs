//! Parsers for what strangers send to a proxy: HTTP proxy requests, SOCKS4a and SOCKS5 with its datagrams, the username
//! grammar, the PROXY protocol. Pure: bytes in, values or a reason out. Each takes what has arrived so
//! far and says whether that is enough.

pub mod basic;
pub mod body;
pub mod head;
pub mod proxy_header;
pub mod sniff;
pub mod socks;
pub mod udp;
pub mod username;

/// What a parser makes of the bytes so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parsed<T> {
    /// More bytes are needed.
    Incomplete,
    /// A value, and how many bytes it took.
    Done(T, usize),
}

/// Why bytes are refused: half a sentence for people who write clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// In Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
}

impl Malformed {
    /// The reason in both languages.
    pub const fn new(zh: &'static str, en: &'static str) -> Self {
        Self { zh, en }
    }
}

impl std::fmt::Display for Malformed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.en)
    }
}
impl std::error::Error for Malformed {}

/// A destination: a lower-case name or an address without brackets, and a port from 1.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HostPort {
    /// Name or address.
    pub host: String,
    /// Port.
    pub port: u16,
}

impl std::fmt::Display for HostPort {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

impl HostPort {
    /// Reads `host:port`, `[v6]:port`, or with `default_port` also without a port (RFC 3986 section 3.2).
    pub fn parse(text: &str, default_port: Option<u16>) -> Result<Self, Malformed> {
        const WRONG: Malformed = Malformed::new("目标应为 主机:端口", "the destination is not host:port");
        let (host, port) = if let Some(rest) = text.strip_prefix('[') {
            let (host, after) = rest.split_once(']').ok_or(WRONG)?;
            host.parse::<std::net::Ipv6Addr>().map_err(|_| WRONG)?;
            match after.strip_prefix(':') {
                Some(port) => (host, Some(port)),
                None if after.is_empty() => (host, None),
                None => return Err(WRONG),
            }
        } else {
            match text.rsplit_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (text, None),
            }
        };
        let port = match port {
            Some(digits)
                if !digits.is_empty() && digits.len() <= 5 && digits.bytes().all(|b| b.is_ascii_digit()) =>
            {
                digits.parse().ok().filter(|p| *p != 0).ok_or(WRONG)?
            }
            Some("") | None => default_port.ok_or(WRONG)?,
            Some(_) => return Err(WRONG),
        };
        if text.starts_with('[') || valid_name(host) {
            Ok(Self { host: host.to_ascii_lowercase(), port })
        } else {
            Err(WRONG)
        }
    }
}

/// Letters, digits, hyphens, underscores and dots, at most 253 bytes (RFC 1035 section 2.3, and the
/// underscores that names in use have).
pub fn valid_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_');
    !name.is_empty()
        && name.len() <= 253
        && name.bytes().all(plain)
        && !name.starts_with('.')
        && !name.contains("..")
}

#[cfg(test)]
mod tests;
