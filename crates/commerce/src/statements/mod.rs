//! Statements: what happened to a customer's money in a month of the site's time zone, as JSON, CSV or a page
//! to print. Everything comes from the ledger.

mod api;
mod queries;
mod render;
mod rules;
#[cfg(test)]
mod tests;

use crate::State;
use turnpike_web::{Endpoint, with};

#[rustfmt::skip] // One endpoint a line reads as the table it is.
pub(crate) fn routes(s: &State) -> Vec<Endpoint> {
    const TAG: &str = "statements";
    vec![
        Endpoint::get("statement/list", TAG, "有账单的月份", "Months that have a statement", with(s, api::list)).codes(&[]),
        Endpoint::get("statement/month", TAG, "月度账单，可导出 CSV 或打印", "A month's statement, also as CSV or to print", with(s, api::month)).codes(&[]),
    ]
}
