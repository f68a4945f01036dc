//! What an order would cost: the one computation behind `order/check` and `order/create`.

use super::model::{Goods, What};
use super::plan::{self, Plan};
use super::request::Request;
use super::{error, queries};
use crate::State;
use crate::coupons::{self, Coupon};
use crate::payments::{self, Method};
use crate::prices::rules::{self, Figures, Handling};
use crate::products::{self, Product};
use crate::shop;
use turnpike_base::{CustomerId, Money, ProductId, ProductType, Result, Timestamp};
use turnpike_store::Read;
use turnpike_web::Site;

/// Who buys where and when.
#[derive(Clone, Copy, Debug)]
pub struct Buyer<'a> {
    /// Who.
    pub customer: CustomerId,
    /// In whose shop.
    pub site: &'a Site,
    /// When.
    pub now: Timestamp,
}

/// The outcome.
#[derive(Clone, Debug)]
pub(crate) struct Quote {
    pub(crate) product: Product,
    pub(crate) plan: Plan,
    pub(crate) figures: Figures,
    pub(crate) method: Option<Method>,
    /// The coupon whose discount won.
    pub(crate) coupon: Option<Coupon>,
    /// The invitation discount won.
    pub(crate) invited: bool,
    pub(crate) goods: Goods,
}

impl Quote {
    /// The order that it completes; empty but for type 26.
    pub(crate) fn completes(&self) -> &str {
        match &self.plan.what {
            What::Rest { trade_no } => trade_no,
            _ => "",
        }
    }
}

/// What paying by a method costs.
pub(crate) fn handling(method: Option<&Method>) -> Handling {
    method.map_or_else(Handling::default, |m| Handling { rate: m.handling_rate, fixed: m.handling_fee })
}

/// Types that the balance can't pay (contract section 7).
pub(crate) const fn refuses_balance(product: ProductType) -> bool {
    matches!(product, ProductType::Recharge | ProductType::Supplement)
}

/// Computes an order. Fails as creating it would, but for the balance.
pub(crate) async fn quote(tx: &impl Read, state: &State, buyer: &Buyer<'_>, ask: &Request) -> Result<Quote> {
    let product = orderable(tx, buyer, ask).await?;
    let kind = product.item.product;
    let method = match ask.pm_id {
        0 => None,
        id => Some(payments::method(tx, state, buyer.site, id).await?),
    };
    if refuses_balance(kind) && method.as_ref().is_some_and(Method::is_balance) {
        return Err(error::no_balance());
    }
    let plan = plan::plan(tx, buyer, &product, ask).await?;
    // Once per customer is one thing, not one order of many.
    if product.item.show_type == 4 && plan.amount != 1 {
        return Err(error::one_of_a_trial());
    }
    if product.remaining().is_some_and(|left| left < plan.amount) {
        return Err(products::error::sold_out(product.id));
    }
    let (coupon, invited, discount) = discount(tx, buyer, kind, plan.gross, ask).await?;
    let figures =
        rules::figures(plan.gross, &[discount], handling(method.as_ref())).ok_or_else(error::too_much)?;
    if let Some(method) = &method {
        within(method, figures.pay_fee())?;
    }
    let gift = product.item.balance_gift.in_currency(buyer.site.currency).unwrap_or(Money::ZERO);
    // What a coupon takes off is not given on top either: nobody's balance grows by buying.
    let gift = Money(gift.0.saturating_mul(plan.amount)).min(figures.goods_fee());
    let goods = Goods {
        what: plan.what.clone(),
        balance_gift: gift.0,
        detail: product.item.detail.clone(),
        regions: plan.regions.clone(),
        limited: product.item.stock > 0,
        choices: plan.choices,
    };
    Ok(Quote { product, plan, figures, method, coupon, invited, goods })
}

/// A method takes what lies within its bounds.
pub(crate) fn within(method: &Method, due: Money) -> Result<()> {
    if !method.takes(due) {
        let (least, most) = method.bounds();
        return Err(error::method_bounds(least, most));
    }
    Ok(())
}

/// The product, if this customer may order it.
async fn orderable(tx: &impl Read, buyer: &Buyer<'_>, ask: &Request) -> Result<Product> {
    let found = products::by_id(tx, ProductId(ask.pid)).await?;
    let here = |p: &Product| p.site == buyer.site.id && !p.item.withdrawn;
    let product = found.filter(here).ok_or_else(|| products::error::unknown(ask.pid))?;
    if product.item.show_type == 3 {
        return Err(products::error::not_for_sale(product.id));
    }
    if !product.item.sells_for(buyer.site.currency) {
        return Err(products::error::no_price(product.id));
    }
    if product.item.show_type == 4 && queries::has_ordered(tx, buyer.customer, product.id).await? {
        return Err(products::error::trial_taken(&product.item.title));
    }
    Ok(product)
}

/// The larger one of the coupon's and the invitation's discount wins.
async fn discount(
    tx: &impl Read,
    buyer: &Buyer<'_>,
    kind: ProductType,
    gross: Money,
    ask: &Request,
) -> Result<(Option<Coupon>, bool, Money)> {
    let mut invitation = Money::ZERO;
    if ask.use_invitation_registration_discount && coupons::rules::takes_discount(kind) {
        if !coupons::flow::invited(tx, buyer.customer).await? {
            return Err(coupons::error::not_invited());
        }
        invitation = rules::part(gross, shop::of(tx, buyer.site.id).await?.invitation_basis_points);
    }
    let Some(code) = &ask.coupon_sn else { return Ok((None, invitation > Money::ZERO, invitation)) };
    let coupon =
        coupons::flow::usable(tx, buyer.site.id, code, buyer.customer, kind, gross, buyer.now).await?;
    let saved = coupons::rules::discount(&coupon, gross);
    if invitation > saved { Ok((None, true, invitation)) } else { Ok((Some(coupon), false, saved)) }
}
