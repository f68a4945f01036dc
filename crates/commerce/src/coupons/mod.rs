//! Coupons and the invitation discount: what makes an order cheaper. An order that waits for payment
//! holds its coupon; closing it gives the coupon back.

mod api;
pub mod error;
pub mod flow;
mod model;
mod queries;
pub mod rules;

pub use model::{Coupon, Spec, Value};

use crate::State;
use turnpike_web::{Endpoint, with};

pub(crate) fn routes(state: &State) -> Vec<Endpoint> {
    vec![
        Endpoint::get(
            "coupon/list",
            "coupons",
            "可用优惠券",
            "Coupons that the customer can use",
            with(state, api::list),
        )
        .codes(&[]),
    ]
}
