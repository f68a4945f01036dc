//! What can go wrong with payments.

use turnpike_base::{Code, Fault, Text};

/// No such method here, or it is off.
pub(super) fn unknown_method(id: i64) -> Fault {
    Fault::parameter(
        "pm_id",
        Text::made(
            format!("支付方式 {id} 不可用，请以 payment/list 返回的 id 为准"),
            format!("there is no payment method {id}; payment/list tells which there are"),
        ),
    )
}

pub(super) fn no_method() -> Fault {
    Fault::parameter(
        "pm_id",
        Text::new("下单时未选择支付方式，此处必填", "is required: the order was made without a method"),
    )
}

pub(super) fn unknown_order(trade_no: &str) -> Fault {
    Fault::new(Code::NotFound, "order_unknown")
        .say(Text::made(format!("订单 {trade_no} 不存在"), format!("There is no order {trade_no}")))
}

pub(super) fn no_transfer() -> Fault {
    Fault::new(Code::Conflict, "order_no_transfer").say(Text::new(
        "该订单的支付方式不接受转账凭证",
        "The order's payment method takes no proofs of transfers",
    ))
}

pub(super) fn too_many_proofs(most: i64) -> Fault {
    Fault::new(Code::Conflict, "proofs_enough").say(Text::made(
        format!("每个订单最多提交 {most} 份凭证"),
        format!("An order takes at most {most} proofs"),
    ))
}

pub(super) fn too_many_waiting_proofs(most: i64, days: i64) -> Fault {
    Fault::new(Code::Conflict, "proofs_enough").say(Text::made(
        format!("未付款订单最多共提交 {most} 份凭证，已关闭订单的凭证保留 {days} 天"),
        format!("Unpaid and closed orders take at most {most} proofs in all; those of closed ones count for {days} days"),
    ))
}

pub(super) fn booked_already(reference: &str) -> Fault {
    Fault::new(Code::Conflict, "transfer_booked").say(Text::made(
        format!("转账 {reference} 已入账"),
        format!("The transfer {reference} is booked already"),
    ))
}
