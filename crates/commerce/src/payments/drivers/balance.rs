//! Paying from the balance: settled at once, inside the order's own transaction.

use crate::payments::driver::{About, Driver};
use turnpike_base::Text;

/// The method's `pm_id`; fixed by the contract (section 8).
pub(crate) const ID: i64 = 7;

static ABOUT: About = About {
    id: ID,
    slug: "balance",
    group: "balance",
    title: Text::new("余额支付", "Balance"),
    logo: include_str!("../logos/balance.svg"),
    offered_by_default: true,
};

/// See the module.
pub(super) struct Balance;

impl Driver for Balance {
    fn about(&self) -> &'static About {
        &ABOUT
    }
}
