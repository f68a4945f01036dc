//! The header of SOCKS5 datagrams (RFC 1928 section 7). A datagram comes whole or not at all.

use crate::{HostPort, Malformed, Parsed, socks};
use std::net::SocketAddr;

/// What a customer puts before his data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Not 0: the datagram is a fragment.
    pub fragment: u8,
    /// Where it is to go; a lower-case name or an address, and a port from 1.
    pub destination: HostPort,
    /// How long the header is; the data follow.
    pub length: usize,
}

/// Reads the header of a datagram.
pub fn header(datagram: &[u8]) -> Result<Header, Malformed> {
    const SHORT: Malformed = Malformed::new("数据报短于其头部", "the datagram is shorter than its header");
    let (head, rest) = datagram.split_first_chunk::<3>().ok_or(SHORT)?;
    if head[0] != 0 || head[1] != 0 {
        return Err(Malformed::new("数据报的保留字节应为零", "the reserved bytes of a datagram are zero"));
    }
    match socks::address(rest)? {
        Parsed::Incomplete => Err(SHORT),
        Parsed::Done(destination, _) if destination.port == 0 => {
            Err(Malformed::new("端口不能为 0", "port 0"))
        }
        Parsed::Done(destination, used) => Ok(Header { fragment: head[2], destination, length: 3 + used }),
    }
}

/// Writes the header of a datagram that came from `source`, and its data.
pub fn datagram(source: SocketAddr, data: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(22 + data.len());
    out.extend([0, 0, 0]);
    socks::push_address(&mut out, source);
    out.extend(data);
    out
}
