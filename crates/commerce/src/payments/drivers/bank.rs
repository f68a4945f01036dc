//! Bank transfer: the customer reads the operator's account, sends the money and says so with a proof; the
//! operator confirms what came (`order confirm`), and pays refunds out by hand.

use crate::payments::driver::{About, Driver};
use turnpike_base::Text;

/// The method's `pm_id`.
pub(crate) const ID: i64 = 2;

static ABOUT: About = About {
    id: ID,
    slug: "bank",
    group: "bank",
    title: Text::new("银行转账", "Bank transfer"),
    logo: include_str!("../logos/bank.svg"),
    offered_by_default: false,
};

/// See the module.
pub(super) struct Bank;

impl Driver for Bank {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn takes_proofs(&self) -> bool {
        true
    }

    fn is_confirmed_by_operator(&self) -> bool {
        true
    }

    /// What has to stand on the transfer so that it is found.
    fn instructions(&self, trade_no: &str) -> Option<Text> {
        Some(Text::made(
            format!("转账附言请填写订单号：{trade_no}"),
            format!("Write the order number on the transfer: {trade_no}"),
        ))
    }
}
