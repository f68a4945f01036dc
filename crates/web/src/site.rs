//! A brand as the request kit needs it.

use jiff::tz::TimeZone;
use std::sync::Arc;
use turnpike_base::{Currency, Lang, SiteId, Timestamp};
use turnpike_places::Names;

/// What of a site decides how requests are answered.
#[derive(Clone, Debug)]
pub struct Site {
    /// Its id.
    pub id: SiteId,
    /// What operators call it.
    pub name: String,
    /// The name people read.
    pub title: String,
    /// Path prefixes its API answers under, each with a leading slash.
    pub prefixes: Vec<String>,
    /// Language of texts when the request names none.
    pub lang: Lang,
    /// Days and times are in this zone.
    pub zone: TimeZone,
    /// What it settles in.
    pub currency: Currency,
    /// Goes before account names on the proxy entry.
    pub account_prefix: Option<String>,
    /// Private and loopback addresses may be allowlisted.
    pub allow_private_clients: bool,
    /// Accounts need a verified customer.
    pub demands_verification: bool,
    /// Requests per second and key.
    pub requests_per_second: u32,
    /// Requests at once and key.
    pub request_burst: u32,
    /// Addresses a customer may allowlist per product type.
    pub allowlist_cap: i64,
    /// Proxy accounts a customer may have per product type.
    pub account_cap: i64,
    /// What it calls countries, states and cities.
    pub places: Arc<Names>,
}

impl Site {
    /// `YYYY-MM-DD HH:MM:SS` in the site's zone.
    pub fn show(&self, at: Timestamp) -> String {
        at.wall(&self.zone)
    }
}
