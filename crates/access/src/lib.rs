//! The access domain: what a customer may use and how he is let in.
//!
//! [`packages`] are what was granted, [`accounts`] and the [`allowlist`] let connections in. Packages stand
//! here, below metering and commerce, because both draw on them (decision 0002).

pub mod accounts;
pub mod allowlist;
mod lists;
pub mod packages;
mod quotas;

use turnpike_store::{Store, Vault};

/// What the features of this domain work on.
#[derive(Clone, Debug)]
pub struct State {
    /// The store.
    pub store: Store,
    /// Seals passwords.
    pub vault: Vault,
}

/// The endpoints of this domain.
pub fn routes(state: &State) -> Vec<turnpike_web::Endpoint> {
    [accounts::routes(state), allowlist::routes(state), packages::routes(state), quotas::routes(state)]
        .concat()
}
