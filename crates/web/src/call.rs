//! One authenticated request, as handlers see it.

use crate::{Cookies, Site};
use std::net::IpAddr;
use std::sync::Arc;
use turnpike_base::{CustomerId, Lang, LoginId, Secret, Timestamp};

/// By which door a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// With an app_key, under a prefix of the site.
    Key,
    /// From the console, with a login, under `/web_v1`.
    Console(LoginId),
}

/// Who calls, when, and how he wants to be answered.
#[derive(Clone, Debug)]
pub struct Call {
    /// Who.
    pub customer: CustomerId,
    /// Whether real-name verification is passed.
    pub verified: bool,
    /// Which key he called with.
    pub key: i64,
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
    /// By which door the request came.
    pub door: Door,
    /// An operator looks through the customer's login: answers leave secrets out.
    pub view_only: bool,
    /// What the caller's program calls itself, at most 200 characters.
    pub agent: String,
    /// The console's cookie.
    pub cookies: Cookies,
}

impl Call {
    /// The login that the request came with; `None` where it came with an app_key.
    pub const fn login(&self) -> Option<LoginId> {
        match self.door {
            Door::Console(login) => Some(login),
            Door::Key => None,
        }
    }

    /// A secret of the customer's, as an answer shows it: empty where an operator looks.
    pub fn secret(&self, secret: &Secret) -> String {
        if self.view_only { String::new() } else { secret.expose().to_owned() }
    }
}

/// One request of somebody who need not be known: log in, register, what the brand looks like.
#[derive(Clone, Debug)]
pub struct Visit {
    /// The brand of the host name that he asked.
    pub site: Arc<Site>,
    /// Language of texts.
    pub lang: Lang,
    /// When the request came.
    pub now: Timestamp,
    /// From where.
    pub client: IpAddr,
    /// Scheme and authority as the caller wrote them; not to be believed in mails.
    pub base_url: String,
    /// What the caller's program calls itself, at most 200 characters.
    pub agent: String,
    /// The console's cookie.
    pub cookies: Cookies,
}
