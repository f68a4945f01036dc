//! SOCKS: every message from a client and from a parent, alone and one after the other.

use super::{destination, in_pieces};
use std::net::IpAddr;
use turnpike_proxyproto::socks;
use turnpike_proxyproto::{HostPort, Parsed};

/// A count of one byte and what it counts.
const FIELD: usize = 1 + 255;

/// Checks the bytes as each kind of message, then as a client's whole side of a handshake.
pub(crate) fn check(input: &[u8]) {
    in_pieces(input, 1 + FIELD, socks::greeting);
    in_pieces(input, 1 + 2 * FIELD, socks::password);
    in_pieces(input, 1 + FIELD + 2, socks::address);
    if let Some((request, used)) = in_pieces(input, 4 + FIELD + 2, socks::request) {
        check_request(&request.destination, &input[..used]);
    }
    if let Some((at, used)) = in_pieces(input, 8 + 2 * FIELD, socks::request4) {
        destination(&at);
        assert_eq!(input[used - 1], 0, "a SOCKS4 request ends with its terminator");
    }
    if let Some((code, _)) = in_pieces(input, 4 + FIELD + 2, socks::parent_reply) {
        assert_eq!((input[0], input[1]), (5, code));
    }
    handshake(input);
}

/// A destination goes on to a parent as the one that was asked for.
fn check_request(at: &HostPort, said: &[u8]) {
    destination(at);
    assert_eq!(said[said.len() - 2..], at.port.to_be_bytes());
    let onward = socks::connect_request(at);
    let Ok(Parsed::Done(again, used)) = socks::request(&onward) else { panic!("{onward:?}") };
    assert_eq!((used, again.destination.port), (onward.len(), at.port));
    match at.host.parse::<IpAddr>() {
        Ok(ip) => assert_eq!(again.destination.host.parse(), Ok(ip)),
        Err(_) => assert_eq!(again.destination.host, at.host),
    }
}

/// Greeting, password, request: each begins where the one before ended.
fn handshake(input: &[u8]) {
    let Ok(Parsed::Done(methods, used)) = socks::greeting(input) else { return };
    assert_eq!(methods.len() + 2, used);
    let rest = &input[used..];
    let Some(((name, secret), used)) = in_pieces(rest, 1 + 2 * FIELD, socks::password) else { return };
    assert_eq!(socks::password_request(&name, &secret), rest[..used]);
    in_pieces(&rest[used..], 4 + FIELD + 2, socks::request);
}
