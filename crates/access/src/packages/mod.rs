//! Packages ("user products"): what was granted to a customer, and how much of it is left.
//!
//! [`flow`] grants and lists, [`meter`] is what metering draws with, [`rules`] are the figures customers see.

mod api;
pub mod change;
pub mod flow;
pub mod meter;
mod model;
mod queries;
pub mod rules;
#[cfg(test)]
mod tests;

pub use model::{Grant, Package, Wanted};
pub use queries::{by_id, usable};

use crate::State;
use turnpike_web::{Endpoint, with};

pub(crate) fn routes(state: &State) -> Vec<Endpoint> {
    vec![
        Endpoint::get(
            "user-product/list",
            "packages",
            "已购套餐列表",
            "Packages of the customer",
            with(state, api::list),
        )
        .codes(&[]),
        Endpoint::get(
            "user-product/summary",
            "packages",
            "套餐汇总",
            "Sums over the packages of a type",
            with(state, api::summary),
        )
        .codes(&[]),
    ]
}
