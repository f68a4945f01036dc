//! Datagrams: what is read is what was said, and what is written is read again.

use super::destination;
use std::net::{IpAddr, SocketAddr};
use turnpike_proxyproto::udp;

/// Checks the bytes as a datagram.
pub(crate) fn check(input: &[u8]) {
    let Ok(read) = udp::header(input) else { return };
    destination(&read.destination);
    assert!(read.destination.port != 0 && read.length <= input.len());
    assert_eq!((input[0], input[1], input[2]), (0, 0, read.fragment));
    assert_eq!(input[read.length - 2..read.length], read.destination.port.to_be_bytes());
    // The same header before other data is the same; cut short it is none.
    let mut other = input[..read.length].to_vec();
    assert_eq!(udp::header(&other).as_ref(), Ok(&read));
    other.extend(b"data");
    assert_eq!(udp::header(&other).as_ref(), Ok(&read));
    for cut in 0..read.length {
        assert!(udp::header(&input[..cut]).is_err(), "{cut} of {}", read.length);
    }
    if let Ok(ip) = read.destination.host.parse::<IpAddr>() {
        let back = udp::datagram(SocketAddr::new(ip, read.destination.port), b"data");
        let again = udp::header(&back).unwrap();
        assert_eq!((again.fragment, &again.destination.port), (0, &read.destination.port));
        assert_eq!(again.destination.host.parse(), Ok(ip));
        assert_eq!(&back[again.length..], b"data");
    }
}
