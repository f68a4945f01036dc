//! What hosts may be blocked. Pure.

use super::error;
use crate::lists;
use std::collections::BTreeSet;
use std::net::IpAddr;
use turnpike_base::Result;

/// The longest name, in characters (RFC 1035 section 3.1, without the root's dot).
const LONGEST: usize = 253;

/// Reads a list of hosts into the form in which gateways compare: names in lower case without the root's dot,
/// addresses in canonical form (RFC 5952; v4-mapped ones as IPv4). Each once.
pub(super) fn hosts(text: &str) -> Result<Vec<String>> {
    let items = lists::items(text, |c| c == ',' || c.is_whitespace());
    if items.is_empty() {
        return Err(error::no_host());
    }
    let read: BTreeSet<String> = items.into_iter().map(host).collect::<Result<_>>()?;
    Ok(read.into_iter().collect())
}

fn host(item: &str) -> Result<String> {
    let bare = item.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(item);
    if let Ok(address) = bare.parse::<IpAddr>() {
        return Ok(address.to_canonical().to_string());
    }
    let name = item.trim_start_matches("*.").trim_end_matches('.').to_ascii_lowercase();
    let fits = |label: &str| {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        (1..=63).contains(&label.len()) && label.bytes().all(plain)
    };
    if name.len() <= LONGEST && name.split('.').all(fits) { Ok(name) } else { Err(error::no_such_form(item)) }
}
