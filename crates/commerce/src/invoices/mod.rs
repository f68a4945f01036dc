//! Invoices (contract section 8): a customer keeps profiles, asks for an invoice over orders that were paid
//! online, the operator issues or rejects it. Balances are not invoiced when spent: their top-up was. What is paid back
//! before an invoice is issued is not on it; what is paid back later makes it one to be corrected by a credit note.

mod api;
mod error;
mod flow;
mod model;
mod queries;
mod rules;
#[cfg(test)]
mod tests;

pub(crate) use flow::paid_back;
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
        Endpoint::get("user-invoice/invoiceable-orders", TAG, "可开票订单", "Orders that can be invoiced", with(s, api::orders)).codes(&[]),
        Endpoint::post("user-invoice/request", TAG, "申请开票", "Ask for an invoice", with(s, api::request)).codes(&[Code::NotFound]),
        Endpoint::post("user-invoice/cancel", TAG, "取消开票申请", "Take a request back", with(s, api::cancel)).codes(&[Code::NotFound]),
    ]
}
