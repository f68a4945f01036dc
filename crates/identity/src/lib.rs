//! The identity domain: sites (brands), customers, their app_keys and logins, operators.
//!
//! [`Directory`] answers the request kit's question "who calls" for every API request; [`api_keys`] are the
//! further keys that customers make for themselves. The rest is what people do with themselves in the console:
//! register, log in, prove who they are.

pub mod api_keys;
pub mod audit;
mod auth;
pub mod brands;
mod channels;
pub mod codes;
pub mod customers;
pub mod events;
pub mod factors;
pub mod gate;
mod invitations;
pub mod keys;
mod letters;
pub mod logins;
pub mod mail;
pub mod notices;
pub mod operators;
pub mod passwords;
pub mod people;
pub mod place_names;
pub mod profile;
pub mod real_names;
mod register;
mod reset;
mod rotation;
mod security;
mod sessions;
mod signin;
pub mod sites;

pub use auth::Directory;
pub use codes::Codes;

#[cfg(test)]
mod console_tests;
#[cfg(test)]
mod tests;

use arc_swap::ArcSwap;
use std::sync::Arc;
use turnpike_base::{Result, Timestamp};
use turnpike_store::{Store, Vault};
use turnpike_web::{Authority, Endpoint, Site};

/// What the features of this domain work on.
#[derive(Clone, Debug)]
pub struct State {
    /// The store.
    pub store: Store,
    /// Seals and marks secrets.
    pub vault: Vault,
    /// Sites and their host names.
    pub directory: Arc<Directory>,
    /// Sends and checks codes.
    pub codes: Codes,
    /// Where the console is, for links in mails to customers of sites without a host name.
    pub public_url: Arc<ArcSwap<String>>,
}

impl State {
    /// A state over a store; the console's address is told later.
    pub fn new(store: Store, vault: Vault, directory: Arc<Directory>) -> Self {
        let codes = Codes::new(store.clone(), vault.clone());
        Self { store, vault, directory, codes, public_url: Arc::default() }
    }

    /// A link into the console with a code for a mail. The code stands behind `#`, which browsers send to nobody.
    pub(crate) fn link(&self, site: &Site, base_url: &str, page: &str, code: &str) -> String {
        format!("{}#code={code}", self.page(site, base_url, page))
    }

    /// The address of a page of the console for a mail. A host that the caller wrote himself is only believed where
    /// the whole of it is the site's, but for the port.
    pub(crate) fn page(&self, site: &Site, base_url: &str, page: &str) -> String {
        let public = self.public_url.load();
        let scheme_of = |url: &str| url.split_once("://").map(|(scheme, _)| scheme.to_owned());
        let scheme = scheme_of(base_url).or_else(|| scheme_of(&public)).unwrap_or_else(|| "http".to_owned());
        let known = |asked: &Authority<'_>| {
            let whole = asked.to_string();
            [asked.host, &whole].into_iter().any(|host| self.directory.is_host_of(host, site.id))
        };
        let base = if let Some(asked) = Authority::of_url(base_url).filter(known) {
            format!("{scheme}://{asked}")
        } else if let Some(host) = self.directory.host_of(site.id) {
            let scheme = if public.starts_with("https://") { "https" } else { &scheme };
            format!("{scheme}://{host}{}", port_of(&public, scheme, &host))
        } else {
            public.trim_end_matches('/').to_owned()
        };
        format!("{base}/{page}")
    }
}

/// `:port` of the console's address, for a host that is named without one: every host of an installation is reached on
/// the same port.
fn port_of(public: &str, scheme: &str, host: &str) -> String {
    let bare = Authority::parse(host).is_some_and(|own| own.port.is_none());
    let place = public.strip_prefix(scheme).and_then(|rest| rest.strip_prefix("://"));
    let port = place.and_then(|place| Authority::parse(place.trim_end_matches('/'))).and_then(|at| at.port);
    port.filter(|_| bare).map_or_else(String::new, |port| format!(":{port}"))
}

/// The endpoints of this domain.
pub fn routes(state: &State) -> Vec<Endpoint> {
    [
        brands::routes(state),
        signin::routes(state),
        register::routes(state),
        reset::routes(state),
        sessions::routes(state),
        security::routes(state),
        rotation::routes(state),
        profile::routes(state),
        real_names::routes(state),
        invitations::routes(state),
    ]
    .concat()
}

/// Forgets what is old: logins, codes, notes of the audit.
pub async fn prune(store: &Store, now: Timestamp) -> Result<()> {
    let tx = store.write().await?;
    logins::prune(&tx, now).await?;
    audit::prune(&tx, now).await?;
    Ok(tx.commit().await?)
}
