//! What can go wrong with invoices.

use turnpike_base::{Code, Fault, Text};

pub(super) fn unknown(what: &'static str, id: i64) -> Fault {
    let zh = if what == "profile" { "发票抬头" } else { "发票" };
    Fault::new(Code::NotFound, "invoice_unknown")
        .say(Text::made(format!("{zh} {id} 不存在"), format!("There is no invoice or profile {id}")))
}

pub(super) fn not_invoiceable(trade_no: &str) -> Fault {
    Fault::new(Code::Conflict, "order_not_invoiceable").say(Text::made(
        format!("订单 {trade_no} 不可开票"),
        format!("The order {trade_no} can't be invoiced"),
    ))
}

pub(super) fn ended(id: i64) -> Fault {
    Fault::new(Code::Conflict, "invoice_ended").say(Text::made(
        format!("发票 {id} 已处理完毕"),
        format!("The invoice {id} waits for nothing any more"),
    ))
}

pub(super) fn empty(id: i64) -> Fault {
    Fault::new(Code::Conflict, "invoice_empty").say(Text::made(
        format!("发票 {id} 的订单已全部退款，请驳回该申请"),
        format!("All of the invoice {id} was paid back; reject it"),
    ))
}

pub(super) fn right(id: i64) -> Fault {
    Fault::new(Code::Conflict, "invoice_right").say(Text::made(
        format!("发票 {id} 没有待开红字发票的退款"),
        format!("Nothing of the invoice {id} waits for a credit note"),
    ))
}

pub(super) fn number_taken(number: &str) -> Fault {
    Fault::new(Code::Conflict, "invoice_number_taken")
        .say(Text::made(format!("发票号 {number} 已存在"), format!("There is an invoice {number} already")))
}

pub(super) fn too_many_profiles(most: i64) -> Fault {
    Fault::new(Code::Conflict, "profiles_enough")
        .say(Text::made(format!("最多保存 {most} 个发票抬头"), format!("At most {most} profiles are kept")))
}
