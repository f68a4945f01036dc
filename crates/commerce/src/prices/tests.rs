//! The identities of prices, for any figures.

use super::rules::{Handling, by_days, figures, gross, part, share};
use proptest::prelude::*;
use turnpike_base::Money;

#[test]
fn a_longer_validity_costs_by_its_rate() {
    // 99.00 x 2, 80 % for each further multiple.
    assert_eq!(gross(Money(9_900), 2, 1, 8_000), Some(Money(19_800)));
    assert_eq!(gross(Money(9_900), 2, 3, 8_000), Some(Money(51_480)));
    assert_eq!(gross(Money(5), 1, 2, 1_000), Some(Money(6)), "5.5 rounds up");
    assert_eq!(gross(Money(i64::MAX), 2, 1, 0), None);
}

#[test]
fn the_larger_discount_wins_and_takes_no_more_than_there_is() {
    let discount = |all: &[i64]| {
        let all: Vec<Money> = all.iter().copied().map(Money).collect();
        figures(Money(1_000), &all, Handling::default()).unwrap().discount_fee.0
    };
    assert_eq!((discount(&[]), discount(&[100, 250]), discount(&[5_000])), (0, 250, 1_000));
}

#[test]
fn handling_is_of_the_goods_fee() {
    let got = figures(Money(10_000), &[Money(1_000)], Handling { rate: 290, fixed: Money(30) }).unwrap();
    assert_eq!(
        (got.handling_fee.0, got.goods_fee().0, got.pay_fee().0, got.total_fee().0),
        (291, 9_000, 9_291, 10_291)
    );
}

proptest! {
    #[test]
    fn the_identities_hold(
        unit in 0i64..1_000_000_000, amount in 1i64..10_000, etd in 1i64..13, rate in 0i64..20_000,
        coupon in 0i64..1_000_000_000, points in 0i64..10_000, handling in 0i64..3_000, fixed in 0i64..10_000,
    ) {
        let gross = gross(Money(unit), amount, etd, rate).unwrap();
        let handling = Handling { rate: handling, fixed: Money(fixed) };
        let got = figures(gross, &[Money(coupon), part(gross, points)], handling).unwrap();
        prop_assert_eq!(got.goods_fee().0, got.gross.0 - got.discount_fee.0);
        prop_assert_eq!(got.pay_fee().0, got.goods_fee().0 + got.handling_fee.0);
        prop_assert_eq!(got.total_fee().0, got.pay_fee().0 + got.discount_fee.0);
        prop_assert!(got.discount_fee >= Money::ZERO && got.goods_fee() >= Money::ZERO);
        // Rounded half-up once: twice the error is at most the divisor.
        let exact = i128::from(got.goods_fee().0) * i128::from(handling.rate);
        let error = i128::from(got.handling_fee.0 - fixed) * 10_000 - exact;
        prop_assert!((-5_000..=5_000).contains(&error));
    }

    #[test]
    fn parts_of_a_renewal_add_up(monthly in 0i64..1_000_000, days in prop::collection::vec(1i64..62, 1..50)) {
        let (gross, parts) = by_days(Money(monthly), &days).unwrap();
        prop_assert_eq!(parts.iter().map(|p| p.0).sum::<i64>(), gross.0);
        prop_assert_eq!(Some(gross), Money(monthly).ratio(days.iter().sum(), 30));
    }

    #[test]
    fn a_share_never_exceeds_the_whole(whole in 0i64..1_000_000_000, part in 0i64..1_000_000, total in 1i64..1_000_000) {
        let got = share(Money(whole), part, total);
        prop_assert!(got.0 >= 0 && got.0 <= whole);
        prop_assert!(part < total || got.0 == whole);
    }
}
