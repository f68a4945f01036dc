//! Blocks of addresses (RFC 4632, RFC 4291): `10.0.0.0/8`, `2001:db8::/32`, or one address.

use ipnet::IpNet;
use std::net::IpAddr;

/// Reads a block; bits behind its prefix are dropped. v4-mapped addresses are read as IPv4.
pub fn block(text: &str) -> Option<IpNet> {
    let text = text.trim();
    match text.parse::<IpAddr>() {
        Ok(address) => Some(address.to_canonical().into()),
        Err(_) => text.parse::<IpNet>().ok().map(|block| block.trunc()),
    }
}

/// Whether one of the blocks holds an address.
pub fn hold(blocks: &[IpNet], address: IpAddr) -> bool {
    let address = address.to_canonical();
    blocks.iter().any(|block| block.contains(&address))
}

/// Whether every address of a block lies in one of the others.
pub fn is_within(block: &IpNet, others: &[IpNet]) -> bool {
    others.iter().any(|other| other.contains(block))
}

/// How a block is written: one address without its prefix.
pub fn shown(block: &IpNet) -> String {
    if block.prefix_len() == block.max_prefix_len() { block.addr().to_string() } else { block.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_and_single_addresses_are_read() {
        for (typed, written) in [
            ("10.1.2.3/8", "10.0.0.0/8"),
            (" 192.0.2.1 ", "192.0.2.1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("2001:DB8::1/32", "2001:db8::/32"),
            ("0.0.0.0/0", "0.0.0.0/0"),
        ] {
            assert_eq!(block(typed).map(|b| shown(&b)).as_deref(), Some(written), "{typed}");
        }
        for bad in ["", "10.0.0.0/33", "10.0.0/8", "x", "10.0.0.1-10.0.0.9"] {
            assert_eq!(block(bad), None, "{bad}");
        }
        let own = [block("192.0.2.0/24").unwrap()];
        assert!(hold(&own, "::ffff:192.0.2.9".parse().unwrap()));
        assert!(!hold(&own, "192.0.3.9".parse().unwrap()));
    }
}
