//! The first bytes of a connection tell what it speaks (contract section 9).

/// What a client speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// A TLS handshake record: HTTPS to the proxy.
    Tls,
    /// SOCKS version 5.
    Socks5,
    /// SOCKS version 4 or 4a.
    Socks4,
    /// A method name: HTTP.
    Http,
}

/// Tells the protocol from the first byte; `None` if it is none of ours.
pub const fn protocol(first: u8) -> Option<Protocol> {
    match first {
        0x16 => Some(Protocol::Tls),
        0x05 => Some(Protocol::Socks5),
        0x04 => Some(Protocol::Socks4),
        // RFC 9112 section 2.2: an empty line may come before a request.
        b'A'..=b'Z' | b'a'..=b'z' | b'\r' => Some(Protocol::Http),
        _ => None,
    }
}
