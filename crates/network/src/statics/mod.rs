//! Static addresses: the stock, who holds what until when, and what is still to be had.
//!
//! [`stock`] is the operator's side: import, maintenance, listing. [`hold`] is what commerce calls inside its
//! own transaction: reserve for an unpaid order, settle with its packages, renew, exchange, release.
//! An address whose holding expired rests for the quarantine time, in which its holder may still renew.

pub mod error;
pub mod hold;
mod import;
mod model;
mod queries;
pub mod rules;
pub mod stock;

pub use import::parse;
pub use model::{Address, Availability, Filter, Held, NewStatic, Owned, Wish};

#[cfg(test)]
mod tests;
