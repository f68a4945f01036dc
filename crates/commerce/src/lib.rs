//! The commerce domain: what is sold, for how much, to whom, and what a paid order grants.
//!
//! [`products`] is the catalogue, [`prices`] its arithmetic, [`coupons`] make things cheaper, [`orders`] are
//! made, paid, closed and refunded, [`grants`] is what they give, [`renewals`] give it more time, [`warnings`]
//! tell when it ends, [`counted`] services take from it. [`check`] proves that all of it agrees. [`shop`] is
//! how a site sells, [`activity`] its recharge gifts, [`ledger`] where all its money stands, [`payments`] how
//! it comes and goes, [`statements`] and [`invoices`] what customers get to read of it.

pub mod activity;
pub mod amount;
pub mod check;
pub mod counted;
pub mod coupons;
mod exchange;
mod fields;
pub mod grants;
pub mod invoices;
pub mod ledger;
pub mod orders;
pub mod payments;
pub mod prices;
pub mod products;
pub mod renewals;
pub mod shop;
pub mod statements;
pub mod warnings;

#[cfg(test)]
mod kill_tests;
#[cfg(test)]
mod sweep_tests;
#[cfg(test)]
mod testing;

use std::sync::Arc;
use turnpike_identity::Directory;
use turnpike_store::{Store, Vault};

/// What the features of this domain work on.
#[derive(Clone, Debug)]
pub struct State {
    /// The store.
    pub store: Store,
    /// Opens passwords of exits when static addresses change hands.
    pub vault: Vault,
    /// The sites.
    pub directory: Arc<Directory>,
    /// The ways to pay.
    pub payments: payments::Payments,
    /// How long static addresses rest that customers give back.
    pub rest: turnpike_network::Rest,
}

/// The endpoints of this domain.
pub fn routes(state: &State) -> Vec<turnpike_web::Endpoint> {
    [
        activity::routes(state),
        coupons::routes(state),
        invoices::routes(state),
        exchange::routes(state),
        orders::routes(state),
        payments::routes(state),
        renewals::routes(state),
        products::routes(state),
        statements::routes(state),
        warnings::routes(state),
    ]
    .concat()
}
