//! The catalogue: what is sold, for how much, how long it is valid, how much of it there is.
//!
//! [`file`] is the operator's format to load and export it; [`flow`] applies one. Orders copy what they
//! need, so that a change of the catalogue never touches an order already made.

mod api;
pub mod error;
mod faults;
pub mod file;
pub mod flow;
mod model;
mod queries;
#[cfg(test)]
mod tests;
mod view;

pub use faults::Wrong;
pub use model::{Item, LEAST_RECHARGE, Product, Sku, SkuKind};
pub use queries::{by_id, put_back, take};

use crate::State;
use turnpike_web::{Endpoint, with};

pub(crate) fn routes(state: &State) -> Vec<Endpoint> {
    vec![
        Endpoint::get("product", "products", "套餐列表", "What can be bought", with(state, api::list))
            .codes(&[]),
    ]
}
