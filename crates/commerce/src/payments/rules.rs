//! When a method serves an order, and how long to wait between questions. Pure.

use super::model::Method;
use turnpike_base::{Money, ProductType, Timestamp};

/// What decides whether a method serves an order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case {
    /// Of which type it is.
    pub(super) product: ProductType,
    /// Whether it waits for its payment.
    pub(super) unpaid: bool,
    /// What is to be paid by this method, its fee included.
    pub(super) due: Money,
    /// What the customer has.
    pub(super) balance: Money,
}

/// Whether a method can't pay an order (contract section 7: types 3 and 26 not from the balance).
pub(super) fn disabled(method: &Method, case: &Case) -> bool {
    let balance_fits =
        !matches!(case.product, ProductType::Recharge | ProductType::Supplement) && case.balance >= case.due;
    !case.unpaid || !method.takes(case.due) || (method.is_balance() && !balance_fits)
}

/// Shortest and longest wait between two questions about a payment, in seconds.
const WAITS: (i64, i64) = (30, 1_800);
/// After so many days nobody asks any more.
const GIVE_UP_DAYS: i64 = 8;

/// When to ask again about an open payment: the older it is, the later. `None`: no more.
pub(super) fn next_poll(created: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let age = now.since(created) / 1_000;
    (age < GIVE_UP_DAYS * 86_400).then(|| now.plus_seconds((age / 4).clamp(WAITS.0, WAITS.1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use turnpike_base::Text;

    fn method(id: i64, min: i64, max: i64) -> Method {
        Method {
            id,
            driver: "balance",
            title: Text::new("", ""),
            logo: String::new(),
            group: "",
            handling_rate: 0,
            handling_fee: Money::ZERO,
            min: Money(min),
            max: Money(max),
            least: Money::ZERO,
            most: Money::ZERO,
            currencies: Vec::new(),
            note: Text::new("", ""),
        }
    }

    #[test]
    fn a_method_serves_what_is_within_its_bounds() {
        let case =
            |due| Case { product: ProductType::Dynamic, unpaid: true, due: Money(due), balance: Money(500) };
        let bounded = method(1, 100, 1_000);
        let out = [99, 100, 1_000, 1_001].map(|due| disabled(&bounded, &case(due)));
        assert_eq!(out, [true, false, false, true]);
        assert!(!disabled(&method(1, 0, 0), &case(i64::MAX)), "no bounds");
        let provided = Method { least: Money(50), most: Money(900), ..method(1, 0, 0) };
        assert_eq!([49, 50, 900, 901].map(|due| disabled(&provided, &case(due))), [true, false, false, true]);
        let both = Method { most: Money(900), ..method(1, 100, 1_000) };
        assert_eq!(both.bounds(), (Money(100), Money(900)), "the narrower ones");
        assert!(disabled(&bounded, &Case { unpaid: false, ..case(500) }));
        assert_eq!([500, 501].map(|due| disabled(&method(7, 0, 0), &case(due))), [false, true]);
    }

    #[test]
    fn the_balance_pays_neither_recharges_nor_rests() {
        for (product, out) in
            [(ProductType::Recharge, true), (ProductType::Supplement, true), (ProductType::Isp, false)]
        {
            let case = Case { product, unpaid: true, due: Money(1), balance: Money(1) };
            assert_eq!(disabled(&method(7, 0, 0), &case), out);
            assert!(!disabled(&method(1, 0, 0), &case));
        }
    }

    #[test]
    fn questions_come_less_and_less_often_and_end() {
        let waits = [0, 60, 3_600, 86_400].map(|age| {
            let now = Timestamp(0).plus_seconds(age);
            next_poll(Timestamp(0), now).map(|at| at.since(now) / 1_000)
        });
        assert_eq!(waits, [Some(30), Some(30), Some(900), Some(1_800)]);
        assert_eq!(next_poll(Timestamp(0), Timestamp(0).plus_days(8)), None);
    }
}
