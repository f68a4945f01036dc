//! What can go wrong with renewals by themselves.

use turnpike_base::{Code, Fault, Text};

/// No package of the customer.
pub fn unknown(id: i64) -> Fault {
    let text = Text::made(format!("套餐 {id} 不存在"), format!("There is no package {id}"));
    Fault::new(Code::NotFound, "renewal_unknown").say(text.clone()).field("upids", text)
}

/// It is over, was granted by the operator, or can't be bought again; why.
pub fn refused(id: i64, why: &Text) -> Fault {
    let text = Text::made(
        format!("套餐 {id} 不能自动续费：{}", why.zh),
        format!("The package {id} can't renew by itself: {}", why.en),
    );
    Fault::new(Code::Conflict, "renewal_impossible").say(text.clone()).field("upids", text)
}

/// It is over, or nothing in the catalogue renews it.
pub fn impossible(id: i64) -> Fault {
    Fault::new(Code::Conflict, "renewal_impossible")
        .say(Text::made(format!("套餐 {id} 不能自动续费"), format!("The package {id} can't renew by itself")))
}

/// The operator disabled the customer: nothing is bought in his name.
pub fn disabled() -> Fault {
    Fault::new(Code::Forbidden, "customer_disabled")
        .say(Text::new("账户已被停用", "The customer is disabled"))
}
