//! Static addresses: the stock, who holds what until when, and what is still to be had.
//!
//! [`stock`] is the operator's side: import, maintenance, listing, removal. [`hold`] is what commerce calls inside its
//! own transaction: reserve for an unpaid order, settle with its packages, renew, exchange, release.
//! An address whose holding expired rests for the quarantine time, in which its holder may still renew.

mod api;
pub mod error;
pub mod hold;
mod import;
mod model;
mod queries;
pub mod rules;
pub mod stock;

pub use import::parse;
pub use model::{
    Address, Availability, Filter, Held, NewStatic, Owned, Reserved, Stand, Stock, StockState, Wish,
};

#[cfg(test)]
mod api_tests;
#[cfg(test)]
mod tests;

use crate::State;
use turnpike_web::{Endpoint, with};

#[rustfmt::skip] // One endpoint a line reads as the table it is.
pub(crate) fn routes(s: &State) -> Vec<Endpoint> {
    const TAG: &str = "statics";
    vec![
        Endpoint::get("ip/get-static-ip", TAG, "已购静态 IP 列表", "Static addresses of the customer", with(s, api::mine)).codes(&[]),
        Endpoint::get("ip/static-ip-region", TAG, "静态 IP 各地区可用数量", "Static addresses that can be had, by country", with(s, api::stock)).codes(&[]),
    ]
}
