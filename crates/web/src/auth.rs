//! Who calls. The kit asks; identity answers.

use crate::Site;
use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use turnpike_base::{CustomerId, Fault};

/// A boxed future, so that `dyn Authenticator` works.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A caller whose key was found.
#[derive(Clone, Debug)]
pub struct Principal {
    /// Who.
    pub customer: CustomerId,
    /// Whether real-name verification is passed.
    pub verified: bool,
    /// Which key; the rate limit counts by it.
    pub key: i64,
    /// The brand he belongs to.
    pub site: Arc<Site>,
}

/// Finds callers and brands.
pub trait Authenticator: Send + Sync + 'static {
    /// Who an app_key belongs to. Unknown, malformed and revoked keys fail alike, with code 3.
    fn authenticate<'a>(
        &'a self,
        app_key: &'a str,
        client: IpAddr,
    ) -> BoxFuture<'a, Result<Principal, Fault>>;

    /// Every prefix of every site.
    fn prefixes(&self) -> Arc<Vec<String>>;
}
