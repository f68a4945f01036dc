//! `coupon/list`.

use super::flow;
use super::model::{Coupon, Value};
use crate::State;
use serde::Serialize;
use turnpike_base::{Lang, Money, Result};
use turnpike_web::{Call, Listed, Site};
use utoipa::ToSchema;

/// A coupon that can be used.
#[derive(Serialize, ToSchema)]
pub(super) struct CouponRow {
    id: i64,
    name: String,
    /// What `coupon_sn` takes.
    code: String,
    /// What it takes off: an amount in the site's currency, or percent where `unit` says so.
    #[schema(value_type = f64)]
    discount: Money,
    /// `amount` or `percent`.
    unit: &'static str,
    /// Only for prices of at least this much.
    #[schema(value_type = f64)]
    min: Money,
    /// Only for these product types; empty: every type that takes discounts.
    product_types: Vec<i64>,
    expire_time: String,
}

fn row(coupon: Coupon, site: &Site, lang: Lang) -> CouponRow {
    // A basis point is a hundredth of a percent, as a fen is of a yuan.
    let (discount, unit) = match coupon.spec.value {
        Value::Amount(amount) => (amount.0, "amount"),
        Value::BasisPoints(points) => (Money(points), "percent"),
    };
    CouponRow {
        id: coupon.id,
        name: coupon.spec.name.get(lang).to_owned(),
        code: coupon.code,
        discount,
        unit,
        min: coupon.spec.minimum.0,
        product_types: coupon.spec.types.iter().map(|t| t.number()).collect(),
        expire_time: site.show(coupon.ends_at),
    }
}

pub(super) async fn list(state: State, call: Call, _: ()) -> Result<Listed<CouponRow>> {
    let tx = state.store.read().await?;
    let found = flow::of_customer(&tx, call.site.id, call.customer, call.now).await?;
    Ok(Listed { list: found.into_iter().map(|coupon| row(coupon, &call.site, call.lang)).collect() })
}
