//! What is known of a key.

use super::rules::Limits;
use ipnet::IpNet;
use turnpike_base::{Secret, Timestamp};
use turnpike_web::Scopes;

/// Who makes, changes or revokes a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Somebody who is logged in: he may do everything.
    Login,
    /// The key with this id: nothing it gives goes beyond itself.
    Key(i64),
}

/// A key to be.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// 1 to 64 characters.
    pub name: String,
    /// What it may do.
    pub scopes: Scopes,
    /// Where it may be used from; empty: anywhere.
    pub sources: Vec<IpNet>,
    /// From then on it is unknown; `None`: never.
    pub expires_at: Option<Timestamp>,
}

impl NewKey {
    pub(super) fn limits(&self) -> Limits<'_> {
        Limits { scopes: &self.scopes, sources: &self.sources, expires_at: self.expires_at }
    }
}

/// A key that is not revoked.
#[derive(Clone, Debug)]
pub struct ApiKey {
    /// Its id.
    pub id: i64,
    /// Opened from its seal.
    pub key: Secret,
    /// What its owner calls it; empty for the one he was born with.
    pub name: String,
    /// What it may do.
    pub scopes: Scopes,
    /// Where it may be used from; empty: anywhere.
    pub sources: Vec<IpNet>,
    /// The one the customer was born with.
    pub classic: bool,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when.
    pub expires_at: Option<Timestamp>,
    /// When it was used last, a second late at most.
    pub last_used_at: Option<Timestamp>,
    /// From where it was used last.
    pub last_used_from: Option<String>,
}

impl ApiKey {
    pub(super) fn limits(&self) -> Limits<'_> {
        Limits { scopes: &self.scopes, sources: &self.sources, expires_at: self.expires_at }
    }
}

/// What is to change; `None` stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// New name.
    pub name: Option<String>,
    /// New scopes.
    pub scopes: Option<Scopes>,
    /// New sources; empty: anywhere.
    pub sources: Option<Vec<IpNet>>,
    /// New expiry; `Some(None)`: never.
    pub expires_at: Option<Option<Timestamp>>,
}

impl Change {
    /// Whether nothing is to change.
    pub fn is_empty(&self) -> bool {
        self.name.is_none() && !self.restricts()
    }

    /// What a key is bound to once it is changed.
    pub(super) fn limits<'a>(&'a self, key: &'a ApiKey) -> Limits<'a> {
        Limits {
            scopes: self.scopes.as_ref().unwrap_or(&key.scopes),
            sources: self.sources.as_ref().unwrap_or(&key.sources),
            expires_at: self.expires_at.unwrap_or(key.expires_at),
        }
    }

    /// Whether more than the name is to change.
    pub fn restricts(&self) -> bool {
        self.scopes.is_some() || self.sources.is_some() || self.expires_at.is_some()
    }
}
