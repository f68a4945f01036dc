//! What addresses may be allowlisted. Pure.

use super::error;
use crate::lists;
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv6Addr};
use turnpike_base::Result;

/// Reads a list of addresses into canonical form (RFC 5952; v4-mapped ones as IPv4), each once.
/// `private`: those that are not of the public internet are taken too.
pub(super) fn addresses(text: &str, private: bool) -> Result<Vec<IpAddr>> {
    let items = lists::items(text, |c| c == ',' || c.is_whitespace());
    if items.is_empty() {
        return Err(error::no_address());
    }
    let mut read = BTreeSet::new();
    for item in items {
        let address = item.parse::<IpAddr>().map_err(|_| error::no_such_form(item))?.to_canonical();
        if address.is_unspecified() || (!private && !is_public(address)) {
            return Err(error::not_public(address));
        }
        read.insert(address);
    }
    Ok(read.into_iter().collect())
}

/// Whether an address can be the source of a packet on the public internet.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(a) => {
            let shared = a.octets()[0] == 100 && a.octets()[1] & 0xc0 == 64;
            !(a.is_private()
                || a.is_loopback()
                || a.is_link_local()
                || a.is_multicast()
                || a.is_broadcast()
                || a.octets()[0] == 0
                || shared)
        }
        IpAddr::V6(a) => {
            !(a.is_loopback() || a.is_multicast() || is_unique_local(a) || a.segments()[0] & 0xffc0 == 0xfe80)
        }
    }
}

/// RFC 4193: fc00::/7.
const fn is_unique_local(address: Ipv6Addr) -> bool {
    address.segments()[0] & 0xfe00 == 0xfc00
}
