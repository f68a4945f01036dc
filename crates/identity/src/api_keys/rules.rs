//! What keys may look like. Pure.

use super::error;
use super::model::ApiKey;
use ipnet::IpNet;
use turnpike_base::{Result, Timestamp};
use turnpike_web::{Scopes, blocks};

/// Keys of a customer beside the one he was born with.
pub(super) const MOST_KEYS: i64 = 50;
/// Source blocks of one key.
pub(super) const MOST_SOURCES: usize = 50;
/// What stands for "from anywhere" and "everything".
const ANY: &str = "*";

/// Reads scopes; features are the tags of the endpoints.
pub(super) fn scopes(text: &str, features: &[&'static str]) -> Result<Scopes> {
    let read = Scopes::parse(text, |word| features.contains(&word));
    let scopes = read.map_err(|word| error::bad_scope(&word, features))?;
    if scopes.is_empty() { Err(error::no_scope(features)) } else { Ok(scopes) }
}

/// Reads source blocks; `*`: anywhere.
pub(super) fn sources(text: &str) -> Result<Vec<IpNet>> {
    let items = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|item| !item.is_empty());
    let items: Vec<&str> = items.filter(|item| *item != ANY).collect();
    if items.len() > MOST_SOURCES {
        return Err(error::too_many_sources());
    }
    let mut read = Vec::new();
    for item in items {
        read.push(blocks::block(item).ok_or_else(|| error::bad_source(item))?);
    }
    read.sort();
    read.dedup();
    Ok(read)
}

/// An expiry lies ahead.
pub(super) fn expiry(at: Option<Timestamp>, now: Timestamp) -> Result<Option<Timestamp>> {
    if at.is_some_and(|at| at <= now) { Err(error::past_expiry()) } else { Ok(at) }
}

/// Whether a key may do, come from and last no more than the one that makes or changes it. Else whoever is
/// given a limited key could lift its limits.
pub(super) fn within(maker: &ApiKey, made: Limits<'_>) -> Result<()> {
    if !made.scopes.is_within(&maker.scopes) {
        return Err(error::wider_scopes(&maker.scopes));
    }
    let from_there = |block: &IpNet| blocks::is_within(block, &maker.sources);
    let sources_fit = !made.sources.is_empty() && made.sources.iter().all(from_there);
    if !maker.sources.is_empty() && !sources_fit {
        return Err(error::wider_sources(&maker.sources));
    }
    match maker.expires_at {
        Some(end) if made.expires_at.is_none_or(|at| at > end) => Err(error::longer_life(end)),
        _ => Ok(()),
    }
}

/// What a key is bound to.
#[derive(Clone, Copy)]
pub(super) struct Limits<'a> {
    pub(super) scopes: &'a Scopes,
    pub(super) sources: &'a [IpNet],
    pub(super) expires_at: Option<Timestamp>,
}

/// What of a key may be shown: its first and last four characters.
pub(super) fn hint(key: &str) -> String {
    let ends = key.get(..4).zip(key.get(key.len().saturating_sub(4)..)).filter(|_| key.len() >= 16);
    ends.map_or_else(|| "…".to_owned(), |(first, last)| format!("{first}…{last}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FEATURES: &[&str] = &["accounts", "api-keys", "usage"];

    #[test]
    fn scopes_name_features() {
        for good in ["read,accounts", "api-keys", "api-keys:read", "api-keys:write,usage"] {
            assert_eq!(scopes(good, FEATURES).unwrap().to_string(), good);
        }
        let fault = scopes("accounts,api-key", FEATURES).unwrap_err();
        assert!(fault.errors["scopes"][0].en.contains("\"api-key\""), "{fault}");
        assert!(fault.errors["scopes"][0].en.contains("accounts, api-keys, usage"));
        for none in ["", " , "] {
            let fault = scopes(none, FEATURES).unwrap_err();
            assert!(fault.errors["scopes"][0].en.contains("accounts, api-keys, usage"), "{fault}");
        }
    }

    #[test]
    fn sources_are_blocks() {
        let read = sources("10.1.2.3/8, 2001:db8::1\n192.0.2.1 192.0.2.1").unwrap();
        let written: Vec<String> = read.iter().map(blocks::shown).collect();
        assert_eq!(written, ["10.0.0.0/8", "192.0.2.1", "2001:db8::1"]);
        assert!(sources("*").unwrap().is_empty());
        assert!(sources("10.0.0.0/99").unwrap_err().to_string().contains("10.0.0.0/99"));
        let many = vec!["192.0.2.1"; MOST_SOURCES + 1].join(",");
        assert!(sources(&many).is_err());
    }

    #[test]
    fn a_hint_is_no_key() {
        assert_eq!(hint("abcdefghijklmnopqrstuvwxyz012345"), "abcd…2345");
        assert_eq!(hint("short"), "…");
    }
}
