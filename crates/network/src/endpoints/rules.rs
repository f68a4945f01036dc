//! Pure rules of extraction: which ports a customer gets, and what separates endpoints in a text.

use super::error;
use crate::Ports;
use std::collections::HashMap;
use turnpike_base::{Result, Timestamp};

/// Why there are not enough ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Short {
    /// How many are free.
    pub(super) free: usize,
    /// When the next one frees; `None`: there are no more.
    pub(super) next: Option<Timestamp>,
}

/// `count` ports that no running endpoint of the customer has: those that he never had or that ended
/// longest ago before others, so that what he still remembers does not soon mean something else. `ends`
/// says when his endpoints end.
pub(super) fn ports(
    all: &Ports,
    ends: &HashMap<u16, Timestamp>,
    count: usize,
    now: Timestamp,
) -> Result<Vec<u16>, Short> {
    let end = |port: &u16| ends.get(port).copied().unwrap_or(Timestamp(i64::MIN));
    let mut free: Vec<u16> = all.iter().filter(|port| end(port) <= now).collect();
    if free.len() < count {
        let next = all.iter().map(|port| end(&port)).filter(|end| *end > now).min();
        return Err(Short { free: free.len(), next });
    }
    free.sort_by_key(end);
    free.truncate(count);
    Ok(free)
}

/// Ports that one call may name.
const MOST_PORTS: usize = 1_000;

/// Reads ports separated by commas; `None`: all of them.
pub(super) fn which(text: &str) -> Result<Option<Vec<u16>>> {
    if text.trim() == "*" {
        return Ok(None);
    }
    let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
    let port =
        |item: &str| item.parse::<u16>().ok().filter(|port| *port > 0).ok_or_else(|| error::bad_port(item));
    let ports = items.map(port).collect::<Result<Vec<u16>>>()?;
    match ports.len() {
        0 => Err(error::bad_port(text)),
        1..=MOST_PORTS => Ok(Some(ports)),
        _ => Err(error::too_many_ports(MOST_PORTS)),
    }
}

/// Undoes the escapes of a separator: `\r`, `\n`, `\t`, `\0` and `\\`. Others stay as they are.
pub(super) fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match rest.next() {
            Some('r') => out.push('\r'),
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('0') => out.push('\0'),
            Some('\\') | None => out.push('\\'),
            Some(other) => out.extend(['\\', other]),
        }
    }
    out
}
