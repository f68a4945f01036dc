//! Payments: the ways to pay behind one small trait, attempts to pay, providers' notices, refunds.
//!
//! Money is booked in the transaction that learns of it; providers are called outside of transactions, from
//! rows, so that a call that was lost is made again.

mod api;
pub mod check;
#[cfg(test)]
mod dispute_part_tests;
#[cfg(test)]
mod dispute_tests;
mod disputes;
pub mod driver;
mod drivers;
mod elsewhere;
#[cfg(test)]
mod elsewhere_tests;
mod error;
#[cfg(test)]
mod fee_tests;
mod flow;
#[cfg(test)]
mod invoiced_tests;
mod jobs;
mod listing;
#[cfg(test)]
mod listing_tests;
mod logos;
#[cfg(test)]
mod method_tests;
mod methods;
mod model;
#[cfg(test)]
mod notice_tests;
mod notices;
mod open;
#[cfg(test)]
mod outage_tests;
mod parts;
mod proofs;
mod queries;
mod reconcile;
mod records;
mod refunds;
#[cfg(test)]
mod return_tests;
mod returns;
mod rules;
#[cfg(test)]
mod scene;
mod sent;
#[cfg(test)]
mod tests;
mod unmatched;

pub use drivers::stripe;
pub use flow::{Seen, confirm};
pub use jobs::{NOTICES, RECONCILE, order_closed, run as run_job};
pub use methods::{Terms, method_of as method, methods, set as set_method, terms_of};
pub use model::{Method, Payment, Refund, Status};
pub use open::router as open_router;
pub use proofs::{Proof, forget as forget_proofs, of_order as proofs_of};
pub use queries::refunds;
pub use reconcile::Reconciliation;
pub use records::{called, reconciliations};
pub use refunds::{made_by_hand, pay_back};
pub use returns::{left_to_return, send_back};
pub use unmatched::{Unmatched, give_back, list as unmatched};

use crate::State;
use driver::Driver;
use std::sync::Arc;
use turnpike_base::Code;
use turnpike_web::{Endpoint, with};

/// `pm_id` of the balance.
pub const BALANCE: i64 = drivers::balance::ID;
/// `pm_id` of bank transfers.
#[cfg(test)]
pub(crate) const BANK: i64 = drivers::bank::ID;

/// The payment methods of an installation; cheap to clone.
#[derive(Clone)]
pub struct Payments(Arc<Vec<Arc<dyn Driver>>>);

impl Payments {
    /// The methods; Stripe is ready where its settings are there.
    pub fn new(stripe: Option<stripe::Settings>) -> Self {
        Self(Arc::new(drivers::all(stripe)))
    }

    /// Every method, ready or not.
    pub fn drivers(&self) -> impl Iterator<Item = &dyn Driver> {
        self.0.iter().map(AsRef::as_ref)
    }

    /// The method with which an operator books what came for an order that was to be paid by another one.
    fn by_operator(&self) -> Option<&dyn Driver> {
        self.drivers().find(|driver| driver.is_confirmed_by_operator())
    }

    /// The method with this `pm_id`.
    pub fn driver(&self, id: i64) -> Option<Arc<dyn Driver>> {
        self.0.iter().find(|driver| driver.about().id == id).cloned()
    }
}

impl Default for Payments {
    fn default() -> Self {
        Self::new(None)
    }
}

impl std::fmt::Debug for Payments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.drivers().map(|driver| driver.about().slug)).finish()
    }
}

#[rustfmt::skip] // One endpoint a line reads as the table it is.
pub(crate) fn routes(s: &State) -> Vec<Endpoint> {
    const TAG: &str = "payments";
    vec![
        Endpoint::get("payment/list", TAG, "支付方式列表", "Payment methods", with(s, api::list)).codes(&[Code::NotFound]),
        Endpoint::get("payment/groups", TAG, "支付方式分组", "Payment methods by group", with(s, api::groups)).codes(&[Code::NotFound]),
        Endpoint::post("pay", TAG, "支付订单", "Pay an order, or get the page to pay on", with(s, api::pay)).idempotent().codes(&[Code::BalanceTooLow, Code::NotFound, Code::OutOfStock, Code::Precondition]),
        Endpoint::post("pay/pay-check", TAG, "支付预检", "What paying an order would cost, and how it stands", with(s, api::check)).codes(&[Code::BalanceTooLow, Code::NotFound, Code::OutOfStock, Code::Precondition]),
        Endpoint::post("pay/proof", TAG, "提交转账凭证", "Prove a bank transfer", with(s, api::prove)).codes(&[Code::NotFound]),
        Endpoint::get("pay/proofs", TAG, "已提交的转账凭证", "Proofs that were sent for an order", with(s, sent::list)).codes(&[Code::NotFound]),
    ]
}
