//! Every payment method that there is.

pub(crate) mod balance;
pub(crate) mod bank;
pub mod stripe;

use super::driver::Driver;
use std::sync::Arc;

/// The methods; those without their settings are there and not ready.
pub(super) fn all(stripe: Option<stripe::Settings>) -> Vec<Arc<dyn Driver>> {
    vec![Arc::new(stripe::Stripe::new(stripe)), Arc::new(bank::Bank), Arc::new(balance::Balance)]
}
