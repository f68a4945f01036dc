//! When a coupon may be used, and what it takes off. Pure.

use super::model::{Coupon, Value};
use crate::prices;
use turnpike_base::{CustomerId, Money, ProductType, Text, Timestamp};

/// What a coupon is to be used for.
#[derive(Clone, Copy, Debug)]
pub struct Use {
    /// By whom.
    pub customer: CustomerId,
    /// How often he used it before, waiting orders included.
    pub before: i64,
    /// For which type.
    pub product: ProductType,
    /// Of which price.
    pub gross: Money,
    /// When.
    pub now: Timestamp,
}

/// Why it can't be used, if it can't.
pub fn refusal(coupon: &Coupon, on: &Use) -> Option<Text> {
    let spec = &coupon.spec;
    let no = |zh: &'static str, en: &'static str| Some(Text::new(zh, en));
    if coupon.disabled || coupon.customer.is_some_and(|owner| owner != on.customer) {
        return Some(unknown());
    }
    if on.now < spec.starts_at {
        return no("优惠券尚未生效", "is not valid yet");
    }
    if on.now >= coupon.ends_at {
        return no("优惠券已过期", "has expired");
    }
    if !takes_discount(on.product) || !(spec.types.is_empty() || spec.types.contains(&on.product)) {
        return no("优惠券不适用于该套餐类型", "does not apply to this product type");
    }
    if on.gross < spec.minimum.0 {
        let minimum = spec.minimum.0;
        return Some(Text::made(
            format!("订单金额需满 {minimum}"),
            format!("applies to prices of {minimum} and more"),
        ));
    }
    if spec.total > 0 && coupon.used >= spec.total {
        return no("优惠券已被领完", "is used up");
    }
    if spec.per_customer > 0 && on.before >= spec.per_customer {
        return no("您已使用过该优惠券", "was used as often as a customer may");
    }
    None
}

/// What is said of codes that nobody knows, and of codes that are somebody else's.
pub const fn unknown() -> Text {
    Text::new("优惠券不存在", "is no coupon of this shop")
}

/// What it takes off a price, half-up.
pub fn discount(coupon: &Coupon, gross: Money) -> Money {
    match coupon.spec.value {
        Value::BasisPoints(points) => prices::rules::part(gross, points),
        Value::Amount(amount) => amount.0,
    }
}

/// Recharges and the rests of underpaid orders take none (contract section 7).
pub const fn takes_discount(product: ProductType) -> bool {
    !matches!(product, ProductType::Recharge | ProductType::Supplement)
}
