//! The access domain: what a customer may use and how he is let in.
//!
//! [`packages`] are what was granted, [`accounts`] and the [`allowlist`] let connections in, [`blocked_hosts`] are
//! where they can't go. Packages stand here, below metering and commerce, because both draw on them (decision 0002).

pub mod accounts;
pub mod allowlist;
pub mod blocked_hosts;
mod lists;
pub mod packages;
mod quotas;

use turnpike_identity::Codes;
use turnpike_store::{Store, Vault};

/// What the features of this domain work on.
#[derive(Clone, Debug)]
pub struct State {
    /// The store.
    pub store: Store,
    /// Seals passwords.
    pub vault: Vault,
    /// Asks for codes before deletions.
    pub codes: Codes,
}

impl State {
    /// A state over the store of these codes.
    pub fn new(codes: Codes) -> Self {
        Self { store: codes.store.clone(), vault: codes.vault.clone(), codes }
    }

    /// A state over a store, for work that asks nobody for codes.
    pub fn over(store: Store, vault: Vault) -> Self {
        Self::new(Codes::new(store, vault))
    }
}

/// The endpoints of this domain.
pub fn routes(state: &State) -> Vec<turnpike_web::Endpoint> {
    [
        accounts::routes(state),
        allowlist::routes(state),
        blocked_hosts::routes(state),
        packages::routes(state),
        quotas::routes(state),
    ]
    .concat()
}
