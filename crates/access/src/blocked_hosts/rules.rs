//! What hosts may be blocked, by a customer or by the operator. Pure.

use super::error;
use crate::lists;
use std::collections::BTreeSet;
use std::net::IpAddr;
use turnpike_base::Result;

/// The longest name, in characters (RFC 1035 section 3.1, without the root's dot).
const LONGEST: usize = 253;

/// Reads a list of hosts, each as [`host`] does and once.
pub(super) fn hosts(text: &str) -> Result<Vec<String>> {
    let items = lists::items(text, |c| c == ',' || c.is_whitespace());
    if items.is_empty() {
        return Err(error::no_host());
    }
    let read = |item| host(item).ok_or_else(|| error::no_such_form(item));
    let read: BTreeSet<String> = items.into_iter().map(read).collect::<Result<_>>()?;
    Ok(read.into_iter().collect())
}

/// A host in the form in which gateways compare: names in lower case without the root's dot, addresses in canonical
/// form (RFC 5952; v4-mapped ones as IPv4). `None` if it is neither.
pub fn host(item: &str) -> Option<String> {
    let item = item.trim_end_matches('.');
    let bare = item.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(item);
    if let Ok(address) = bare.parse::<IpAddr>() {
        return Some(address.to_canonical().to_string());
    }
    let name = item.trim_start_matches("*.").to_ascii_lowercase();
    let fits = |label: &str| {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        (1..=63).contains(&label.len()) && label.bytes().all(plain)
    };
    (name.len() <= LONGEST && name.split('.').all(fits) && !ends_in_number(&name)).then_some(name)
}

/// `127.1`, `0x7f.1`, `1.2.3.256`: meant as an address, and no name ends like this. As a name it would close nothing.
fn ends_in_number(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or_default();
    match last.strip_prefix("0x") {
        Some(hex) => hex.bytes().all(|b| b.is_ascii_hexdigit()),
        None => last.bytes().all(|b| b.is_ascii_digit()),
    }
}
