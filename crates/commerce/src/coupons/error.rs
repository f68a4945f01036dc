//! What can go wrong with coupons.

use turnpike_base::{Code, Fault, Text};

/// The coupon can't be used for this order; the reason says why.
pub fn refused(reason: Text) -> Fault {
    Fault::parameter("coupon_sn", reason)
}

/// The invitation discount is not there for this customer, or was used.
pub fn not_invited() -> Fault {
    Fault::parameter(
        "use_invitation_registration_discount",
        Text::new("没有可用的邀请注册优惠，或已使用", "there is no invitation discount, or it was used"),
    )
}

/// The customer was invited before, and took the discount.
pub fn invited_before() -> Fault {
    Fault::new(Code::Conflict, "invitation_used")
        .say(Text::new("该客户已使用过邀请注册优惠", "The customer has used his invitation discount already"))
}

/// There is a coupon with this code.
pub fn taken(code: &str) -> Fault {
    Fault::new(Code::Conflict, "coupon_taken")
        .say(Text::made(format!("优惠券 {code} 已存在"), format!("There is a coupon {code} already")))
}

/// There is no coupon with this code.
pub fn unknown(code: &str) -> Fault {
    Fault::new(Code::NotFound, "coupon_unknown")
        .say(Text::made(format!("优惠券 {code} 不存在"), format!("There is no coupon {code}")))
}
