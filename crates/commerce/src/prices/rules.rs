//! The formulas of the contract's section 7, in integers. gross, discount_fee and handling_fee are each
//! rounded half-up once; everything else is their sum.

use turnpike_base::Money;

/// Basis points that make a whole.
const WHOLE: i64 = 10_000;

/// What paying by a method costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Handling {
    /// Basis points of the goods fee.
    pub rate: i64,
    /// On top.
    pub fixed: Money,
}

/// Everything an order shows of its price.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Before discounts and fees.
    pub gross: Money,
    /// What a coupon or the invitation saves.
    pub discount_fee: Money,
    /// What the method of payment costs.
    pub handling_fee: Money,
}

impl Figures {
    /// What the goods cost after the discount.
    pub const fn goods_fee(&self) -> Money {
        Money(self.gross.0 - self.discount_fee.0)
    }

    /// What is to be paid.
    pub const fn pay_fee(&self) -> Money {
        Money(self.goods_fee().0 + self.handling_fee.0)
    }

    /// The whole price without the discount.
    pub const fn total_fee(&self) -> Money {
        Money(self.gross.0 + self.handling_fee.0)
    }
}

/// `unit x amount`, times `1 + (etd - 1) x rate` when `etd` is above 1; `rate` in basis points. `None` on
/// overflow.
pub fn gross(unit: Money, amount: i64, etd: i64, rate: i64) -> Option<Money> {
    let plain = Money(unit.0.checked_mul(amount)?);
    if etd <= 1 {
        return Some(plain);
    }
    plain.ratio((etd - 1).checked_mul(rate)?.checked_add(WHOLE)?, WHOLE)
}

/// `basis_points` of an amount, half-up.
pub fn part(of: Money, basis_points: i64) -> Money {
    of.ratio(basis_points, WHOLE).unwrap_or(Money::ZERO)
}

/// The figures of an order: the larger discount wins, and never takes more than there is.
pub fn figures(gross: Money, discounts: &[Money], handling: Handling) -> Option<Figures> {
    let largest = discounts.iter().copied().max().unwrap_or(Money::ZERO);
    let discount_fee = largest.clamp(Money::ZERO, gross);
    let goods = gross.minus(discount_fee)?;
    let handling_fee = goods.ratio(handling.rate, WHOLE)?.plus(handling.fixed)?;
    goods.plus(handling_fee)?;
    gross.plus(handling_fee)?;
    Some(Figures { gross, discount_fee, handling_fee })
}

/// The gross of renewals to the end of a month, `monthly x days / 30` over all addresses rounded once,
/// and each address's part of it: the parts add up to it.
pub fn by_days(monthly: Money, days: &[i64]) -> Option<(Money, Vec<Money>)> {
    let mut parts = Vec::with_capacity(days.len());
    let (mut sum, mut before) = (0_i64, Money::ZERO);
    for added in days {
        sum = sum.checked_add(*added)?;
        let upto = monthly.ratio(sum, 30)?;
        parts.push(upto.minus(before)?);
        before = upto;
    }
    Some((before, parts))
}

/// The share of `whole` that `part` of `total` is worth, rounded down: what is left of a purchase never
/// costs the seller more than it brought.
pub fn share(whole: Money, part: i64, total: i64) -> Money {
    if total <= 0 {
        return Money::ZERO;
    }
    let share = i128::from(whole.0) * i128::from(part.clamp(0, total)) / i128::from(total);
    Money(i64::try_from(share).unwrap_or(0))
}
