//! What can go wrong with orders.

use super::model::Order;
use turnpike_base::{Code, Fault, Money, Text};

/// There is none, or it is somebody else's.
pub fn unknown(trade_no: &str) -> Fault {
    Fault::new(Code::NotFound, "order_unknown")
        .say(Text::made(format!("订单 {trade_no} 不存在"), format!("There is no order {trade_no}")))
}

/// The same of the order that a rest is for: the field is named.
pub fn unknown_rest(trade_no: &str) -> Fault {
    let fault = unknown(trade_no);
    let text = fault.text.clone();
    fault.field("trade_no", text)
}

/// Only unpaid orders can be closed or paid.
pub fn not_unpaid(trade_no: &str) -> Fault {
    Fault::new(Code::Conflict, "order_not_unpaid").say(Text::made(
        format!("订单 {trade_no} 不是待支付状态"),
        format!("The order {trade_no} is not unpaid"),
    ))
}

/// As many as may wait for their payment do.
pub fn enough_unpaid(most: i64) -> Fault {
    Fault::new(Code::Conflict, "orders_enough").say(Text::made(
        format!("待支付订单最多 {most} 个，请先支付或关闭其他订单"),
        format!("At most {most} orders may wait for their payment; pay or close others first"),
    ))
}

/// As many addresses as unpaid orders may hold are held.
pub fn enough_held(most: i64, held: i64) -> Fault {
    Fault::new(Code::Conflict, "orders_hold_enough").say(Text::made(
        format!("待支付订单最多同时占用 {most} 个静态 IP，已占用 {held} 个，请先支付或关闭其他订单"),
        format!(
            "Unpaid orders hold at most {most} static addresses at the same time, and hold {held} already; pay or close others first"
        ),
    ))
}

/// More is told to have come for it than the books hold: somebody changed the store by hand.
pub fn not_held(order: &Order, held: Money) -> Fault {
    let Order { ref trade_no, received, .. } = *order;
    Fault::new(Code::Conflict, "order_not_held").say(Text::made(
        format!("订单 {trade_no} 记录已到账 {received}，但账簿中为其暂存的金额为 {held}，未作任何入账"),
        format!("The order {trade_no} says that {received} came for it, but the books hold {held} for it; nothing was booked"),
    ))
}

/// Only paid orders can be refunded.
pub fn not_paid(trade_no: &str) -> Fault {
    Fault::new(Code::Conflict, "order_not_paid").say(Text::made(
        format!("订单 {trade_no} 不是已支付状态"),
        format!("The order {trade_no} is not paid"),
    ))
}

/// Nothing is missing of it.
pub fn not_short(trade_no: &str) -> Fault {
    Fault::new(Code::Conflict, "order_not_short").say(Text::made(
        format!("订单 {trade_no} 无需补足"),
        format!("Nothing is missing of the order {trade_no}"),
    ))
}

/// A trial is one.
pub fn one_of_a_trial() -> Fault {
    Fault::parameter(
        "amount",
        Text::new("应为 1：每位客户限购一份", "must be 1: one of it for each customer"),
    )
}

/// Rests complete orders, not one another.
pub fn is_rest(trade_no: &str) -> Fault {
    Fault::new(Code::Conflict, "order_is_rest").say(Text::made(
        format!("订单 {trade_no} 本身是补足订单，请直接继续支付该订单"),
        format!("The order {trade_no} is a rest itself; pay it on instead (pay)"),
    ))
}

/// Recharges and rests can't be paid from the balance.
pub fn no_balance() -> Fault {
    Fault::new(Code::Forbidden, "order_no_balance")
        .say(Text::new("该类型订单不能使用余额支付", "Orders of this type can't be paid from the balance"))
}

/// A field that this type needs.
pub fn needed(field: &'static str) -> Fault {
    Fault::parameter(field, Text::new("该套餐类型必填", "is required for this product type"))
}

/// A choice that the product does not have.
pub fn no_choice(field: &'static str) -> Fault {
    Fault::parameter(field, Text::new("不是该套餐的规格 id", "is not the id of a choice of this product"))
}

/// A multiple that the product does not have.
pub fn no_multiple(allowed: &[i64]) -> Fault {
    let list = allowed.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
    let rest = if list.is_empty() { String::new() } else { format!(", {list}") };
    Fault::parameter("etd", Text::made(format!("应为 1{rest} 之一"), format!("must be one of 1{rest}")))
}

/// More than can be counted.
pub fn too_much() -> Fault {
    Fault::parameter("amount", Text::new("数量过大", "is too large for this price"))
}

/// More than one order may grant of this product.
pub fn grants_too_much(most: i64) -> Fault {
    let text = Text::made(
        format!("该套餐每单最多购买 {most} 份"),
        format!("must be at most {most} of this product in one order"),
    );
    Fault::parameter("amount", text)
}

/// Outside what the product takes.
pub fn recharge_bounds(min: Money, max: Money) -> Fault {
    Fault::parameter(
        "recharge_amount",
        Text::made(
            format!("应为 {min} 到 {max} 之间的金额（站点货币）"),
            format!("must be from {min} to {max} in the site's currency"),
        ),
    )
}

/// Outside what the method takes.
pub fn method_bounds(min: Money, max: Money) -> Fault {
    let zh = if max == Money::ZERO {
        format!("该支付方式金额需不低于 {min}")
    } else {
        format!("该支付方式金额需在 {min} 到 {max} 之间")
    };
    let en = if max == Money::ZERO {
        format!("takes payments of {min} and more")
    } else {
        format!("takes payments from {min} to {max}")
    };
    Fault::parameter("pm_id", Text::made(zh, en))
}

/// A package that is no address of the customer that this product renews.
pub fn not_renewable(package: i64) -> Fault {
    let text = Text::made(
        format!("套餐 {package} 不存在或不能用该产品续费"),
        format!("There is no package {package} that this product renews"),
    );
    Fault::new(Code::NotFound, "renewal_unknown").say(text.clone()).field("upids", text)
}

/// No bucket to add to.
pub fn no_bucket() -> Fault {
    Fault::new(Code::Precondition, "addon_no_bucket").say(Text::new(
        "没有生效中的静态流量套餐（类型 16、21）",
        "There is no active bucket of type 16 or 21 to add to",
    ))
}

/// More than is unused.
pub fn refund_too_much(most: Money) -> Fault {
    Fault::parameter(
        "amount",
        Text::made(
            format!("最多可退 {most}"),
            format!("must be at most {most}: what is unused of the order"),
        ),
    )
}

/// Nothing of it is unused.
pub fn nothing_left(trade_no: &str) -> Fault {
    Fault::new(Code::Conflict, "order_used").say(Text::made(
        format!("订单 {trade_no} 没有未使用的部分"),
        format!("Nothing of the order {trade_no} is unused"),
    ))
}

/// Addresses that it held are gone: our own mistake, and nothing is granted.
pub fn unheld(trade_no: &str) -> Fault {
    Fault::internal("order_unheld", format!("the order {trade_no} held fewer addresses than it is for"))
}
