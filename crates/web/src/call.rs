//! One authenticated request, as handlers see it.

use crate::Site;
use std::net::IpAddr;
use std::sync::Arc;
use turnpike_base::{CustomerId, Lang, Timestamp};

/// Who calls, when, and how he wants to be answered.
#[derive(Clone, Debug)]
pub struct Call {
    /// Who.
    pub customer: CustomerId,
    /// Whether real-name verification is passed.
    pub verified: bool,
    /// The brand he belongs to.
    pub site: Arc<Site>,
    /// Language of texts.
    pub lang: Lang,
    /// When the request came.
    pub now: Timestamp,
    /// The prefix it was called under (`/gateway`, `/web_v1`); some answers differ by it.
    pub prefix: String,
    /// From where.
    pub client: IpAddr,
    /// Scheme and authority of this installation as the caller sees it, for URLs in answers.
    pub base_url: String,
}
