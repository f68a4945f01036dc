//! Orders: what a customer buys, from the quote to the refund (contract section 7).
//!
//! [`quote`] computes, [`flow`] makes and closes, [`settle`] applies money and grants, [`refund`] pays back.
//! An unpaid order holds its stock, addresses and coupon until it is paid or closed.

mod api;
pub mod error;
pub mod flow;
mod model;
mod plan;
mod purchase;
mod queries;
mod quote;
mod refund;
mod request;
mod scarce;
mod settle;
mod view;

#[cfg(test)]
mod agreement_tests;
#[cfg(test)]
mod list_tests;
#[cfg(test)]
mod refund_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod walk_tests;

pub use model::{Choices, EXACT, Goods, OVER, Order, Paid, SHORT, Settled, Status, What};
pub use purchase::{Purchase, purchase};
pub use queries::{Filter, by_id, by_trade_no, extend, lock, set_out_trade_no, sold, titles};
pub use quote::Buyer;
pub(crate) use refund::gift_due;
pub use request::Request;
pub use scarce::takes_most;

use crate::State;
use turnpike_base::{Code, CustomerId, Page, PageOf, ProductType, Result};
use turnpike_store::{Read, WriteTx};
use turnpike_web::{Endpoint, with};

#[rustfmt::skip] // One endpoint a line reads as the table it is.
pub(crate) fn routes(s: &State) -> Vec<Endpoint> {
    const TAG: &str = "orders";
    vec![
        Endpoint::post("order/check", TAG, "订单预检", "What an order would cost; nothing is made", with(s, api::check)).codes(&[Code::NotVerified, Code::BalanceTooLow, Code::NotFound, Code::OutOfStock, Code::Precondition]).reads(),
        Endpoint::post("order/create", TAG, "创建订单", "Make an order", with(s, api::create)).codes(&[Code::NotVerified, Code::BalanceTooLow, Code::NotFound, Code::OutOfStock, Code::Precondition]),
        Endpoint::get("order/list", TAG, "订单列表", "Orders of the customer", with(s, api::list)).codes(&[]),
        Endpoint::get("order/info", TAG, "订单详情", "One order", with(s, api::info)).codes(&[Code::NotFound]),
        Endpoint::post("order/close", TAG, "关闭订单", "Close an unpaid order", with(s, api::close)).codes(&[Code::NotFound]),
    ]
}

/// A page of orders, the newest first.
pub async fn list(tx: &impl Read, filter: &Filter, page: Page) -> Result<PageOf<Order>> {
    let (total, rows) = queries::page(tx, filter, page).await?;
    Ok(PageOf { page, total, rows })
}

/// While one request of a customer decides what he may still have, his others wait.
pub(crate) async fn lock_customer(tx: &WriteTx, customer: CustomerId) -> Result<()> {
    queries::lock_customer(tx, customer).await
}

/// Keeps two buyers from waiting for the same address: while one decides, the others of its type wait.
pub(crate) async fn one_at_a_time(tx: &WriteTx, product: ProductType) -> Result<()> {
    queries::lock_type(tx, product).await
}
