//! Who calls. The kit asks; identity answers.

use crate::{Scopes, Site, console};
use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use turnpike_base::{Code, CustomerId, Fault, LoginId, Secret, Timestamp};
use turnpike_store::WriteTx;

/// A boxed future, so that `dyn Authenticator` works.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A caller whose key was found.
#[derive(Clone, Debug)]
pub struct Principal {
    /// Who.
    pub customer: CustomerId,
    /// Whether real-name verification is passed.
    pub verified: bool,
    /// Which key; the rate limit counts by it. Logins have negative numbers.
    pub key: i64,
    /// The login that he came with, in the console.
    pub login: Option<LoginId>,
    /// An operator looks through this login: nothing is changed, and no secret is shown.
    pub view_only: bool,
    /// What he may do.
    pub scopes: Scopes,
    /// The brand he belongs to.
    pub site: Arc<Site>,
}

/// Finds callers and brands.
pub trait Authenticator: Send + Sync + 'static {
    /// Who an app_key belongs to. Unknown, malformed, revoked and expired keys fail alike, with code 3; one
    /// that is not for the calling address with 403, in the language of its site ([`Fault::lang`]).
    fn authenticate<'a>(
        &'a self,
        app_key: &'a str,
        client: IpAddr,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Principal, Fault>>;

    /// Who a login of the console belongs to. Unknown, expired and revoked ones fail alike, with code 3. Without
    /// people who log in nobody is known.
    fn log_in<'a>(
        &'a self,
        _token: &'a Secret,
        _client: IpAddr,
        _now: Timestamp,
    ) -> BoxFuture<'a, Result<Principal, Fault>> {
        let unknown = Fault::new(Code::BadKey, "bad_login").say(console::LOGIN_NEEDED);
        Box::pin(std::future::ready(Err(unknown)))
    }

    /// The brand that shows itself under a host name (without port).
    fn site_of_host(&self, _host: &str) -> Option<Arc<Site>> {
        None
    }

    /// Notes a customer's request inside the transaction of what it changes; gives the note's number.
    fn note<'a>(&'a self, _tx: &'a WriteTx, _written: &'a Written) -> BoxFuture<'a, Result<i64, Fault>> {
        Box::pin(std::future::ready(Ok(0)))
    }

    /// A request was refused after all, though a transaction of it carried its note.
    fn refused<'a>(&'a self, _note: i64, _slug: &'static str) -> BoxFuture<'a, ()> {
        Box::pin(std::future::ready(()))
    }

    /// Takes note of a customer's request that changed something, but nothing in the store.
    fn wrote(&self, _written: Written) {}

    /// Every prefix of every site.
    fn prefixes(&self) -> Arc<Vec<String>>;
}

/// A request that changed something, for the audit.
#[derive(Clone, Debug)]
pub struct Written {
    /// Whose.
    pub customer: CustomerId,
    /// Which key or login; see [`Principal::key`].
    pub key: i64,
    /// The endpoint's path.
    pub path: &'static str,
    /// When.
    pub at: Timestamp,
    /// From where.
    pub client: IpAddr,
}
