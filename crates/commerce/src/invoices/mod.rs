//! Invoices (contract section 8): a customer keeps profiles, asks for an invoice over orders, the operator issues or rejects it.
//!
//! What is invoiced is money from outside, each unit once, with the order that it came for, whatever became of it: paid for
//! the goods, a handling fee, the rest of another order (type 26), a surplus, or money that came short or late and went to the
//! balance. So neither balance that is spent nor what the shop gave is invoiced. It can be asked for once the order is paid or
//! over. What went back to its payer is not invoiced: before an invoice is issued it is not on it, afterwards the invoice has
//! to be corrected by a credit note. A refund to the balance changes nothing: that money is still here.
//! An order keeps both sums ([`came`] and [`went`] count what is here); [`check`] proves them.

mod api;
pub mod check;
mod error;
mod flow;
mod model;
mod queries;
mod rules;
#[cfg(test)]
mod tests;

pub(crate) use flow::{came, went};
pub use flow::{correct, issue, list, reject, shown};
pub use model::{Invoice, Profile, Status};
pub(crate) use queries::INVOICEABLE;

use crate::State;
use turnpike_base::Code;
use turnpike_web::{Endpoint, with};

#[rustfmt::skip] // One endpoint a line reads as the table it is.
pub(crate) fn routes(s: &State) -> Vec<Endpoint> {
    const TAG: &str = "invoices";
    vec![
        Endpoint::get("user-invoice/list", TAG, "发票抬头列表", "Invoice profiles", with(s, api::profiles)).codes(&[]),
        Endpoint::post("user-invoice/add", TAG, "新增发票抬头", "Add an invoice profile", with(s, api::add)).codes(&[]),
        Endpoint::post("user-invoice/delete", TAG, "删除发票抬头", "Delete an invoice profile", with(s, api::delete)).codes(&[Code::NotFound]),
        Endpoint::get("user-invoice/record-list", TAG, "开票记录", "Invoices from the request on", with(s, api::records)).codes(&[]),
        Endpoint::get("user-invoice/statistics", TAG, "开票统计", "Amounts invoiceable, asked for and invoiced", with(s, api::statistics)).codes(&[]),
        Endpoint::get("user-invoice/invoiceable-orders", TAG, "可开票订单", "Orders with money from outside that stands on no invoice", with(s, api::orders)).codes(&[]),
        Endpoint::post("user-invoice/request", TAG, "申请开票", "Ask for an invoice", with(s, api::request)).codes(&[Code::NotFound]),
        Endpoint::post("user-invoice/cancel", TAG, "取消开票申请", "Take a request back", with(s, api::cancel)).codes(&[Code::NotFound]),
    ]
}
