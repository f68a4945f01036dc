//! What can go wrong with the ledger.

use turnpike_base::{Code, Fault, Money, Text};

pub(super) fn too_low(wanted: Money, there: Money) -> Fault {
    Fault::new(Code::BalanceTooLow, "balance_too_low").say(Text::made(
        format!("余额不足：需要 {wanted}，现有 {there}"),
        format!("The balance is too low: {wanted} is needed, {there} is there"),
    ))
}

pub(super) fn posted_already() -> Fault {
    Fault::new(Code::Conflict, "entry_posted")
        .say(Text::new("该笔款项已入账", "This has been booked already"))
}

pub(super) fn unbalanced(cause: String) -> Fault {
    Fault::internal("entry_unbalanced", cause)
}
