//! Where a caller says that he came to: the `host[:port]` of a `Host` (RFC 9110 section 7.2). What else somebody writes
//! there, such as a user before an `@`, gets into no URL of ours.

use http::header;
use http::request::Parts;
use std::net::Ipv6Addr;

/// The longest host name (RFC 1035 section 2.3.4).
const LONGEST: usize = 253;

/// A host, and the port where one is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authority<'a> {
    /// A name of letters, digits, `-`, `_` and `.`, an IPv4 address, or an IPv6 address in its brackets.
    pub host: &'a str,
    /// 1 to 65535; `None` where none is written.
    pub port: Option<u16>,
}

impl<'a> Authority<'a> {
    /// `None` for anything but a host and a port of digits.
    pub fn parse(text: &'a str) -> Option<Self> {
        let after = text.rfind(']').map_or(0, |end| end + 1);
        let (host, port) = match text[after..].split_once(':') {
            Some((rest, port)) => (&text[..after + rest.len()], Some(port_of(port)?)),
            None => (text, None),
        };
        is_host(host).then_some(Self { host, port })
    }

    /// That of a URL which is a scheme and an authority alone.
    pub fn of_url(url: &'a str) -> Option<Self> {
        url.split_once("://").and_then(|(_, authority)| Self::parse(authority))
    }

    /// What a request says in its `Host`.
    pub(crate) fn of(parts: &'a Parts) -> Option<Self> {
        parts.headers.get(header::HOST).and_then(|value| value.to_str().ok()).and_then(Self::parse)
    }
}

impl std::fmt::Display for Authority<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.port {
            Some(port) => write!(f, "{}:{port}", self.host),
            None => f.write_str(self.host),
        }
    }
}

fn port_of(text: &str) -> Option<u16> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|port| digits && *port > 0)
}

fn is_host(text: &str) -> bool {
    if let Some(address) = text.strip_prefix('[') {
        return address.strip_suffix(']').is_some_and(|address| address.parse::<Ipv6Addr>().is_ok());
    }
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    !text.is_empty() && text.len() <= LONGEST && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_and_a_port_are_told_apart() {
        for (text, host, port) in [
            ("nova.localhost", "nova.localhost", None),
            ("nova.localhost:8080", "nova.localhost", Some(8080)),
            ("127.0.0.1:1", "127.0.0.1", Some(1)),
            ("[::1]", "[::1]", None),
            ("[2001:db8::1]:65535", "[2001:db8::1]", Some(65_535)),
        ] {
            assert_eq!(Authority::parse(text), Some(Authority { host, port }), "{text}");
            assert_eq!(Authority::parse(text).unwrap().to_string(), text);
            assert_eq!(Authority::of_url(&format!("http://{text}")), Authority::parse(text));
        }
    }

    #[test]
    fn anything_else_is_none() {
        for text in [
            "",
            ":80",
            "nova.localhost:",
            "nova.localhost:0",
            "nova.localhost:65536",
            "nova.localhost:+80",
            "nova.localhost:1@evil.example",
            "nova.localhost:x.evil.example",
            "nova.localhost:1:2",
            "user@nova.localhost",
            "nova.localhost/evil",
            "nova.localhost#",
            "nova localhost",
            "新.example",
            "[::1",
            "::1",
            "[nova]:80",
            "[::1]x:80",
        ] {
            assert_eq!(Authority::parse(text), None, "{text}");
        }
        assert_eq!(Authority::parse(&"a".repeat(254)), None);
    }
}
