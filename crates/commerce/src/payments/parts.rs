//! What of a payment paid for what was ordered, what went to the balance beside it, and what of each is there still:
//! neither refunds nor disputes take back more than came. Pure.

use turnpike_base::Money;

/// What came by a payment, and what of it went again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Parts {
    /// What came.
    pub(super) received: Money,
    /// What of it went to the balance beside what was ordered: late, too much, or to go back and could not.
    pub(super) beside: Money,
    /// What went back, or is promised back.
    pub(super) back: Money,
    /// What of that is of the part beside.
    pub(super) back_beside: Money,
    /// What disputes that are not won took of what was ordered.
    pub(super) called: Money,
    /// What they took of the part beside.
    pub(super) called_beside: Money,
}

/// An amount of a payment, or what is there of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Part {
    /// Of what was ordered.
    pub(super) ordered: Money,
    /// Of what went to the balance beside it.
    pub(super) beside: Money,
}

impl Parts {
    /// What is there still. Where the order is `closed` nothing was bought, and all that came is on the balance.
    pub(super) fn left(self, closed: bool) -> Part {
        let all = (self.received.0 - self.back.0 - self.called.0 - self.called_beside.0).max(0);
        if closed {
            return Part { ordered: Money::ZERO, beside: Money(all) };
        }
        let paid = self.received.0 - self.beside.0 - (self.back.0 - self.back_beside.0) - self.called.0;
        let ordered = paid.clamp(0, all);
        let beside = (self.beside.0 - self.back_beside.0 - self.called_beside.0).clamp(0, all - ordered);
        Part { ordered: Money(ordered), beside: Money(beside) }
    }
}

impl Part {
    /// `amount` of it: first what was ordered. What is beyond both parts is nobody's here.
    pub(super) fn of(self, amount: Money) -> Self {
        let ordered = self.ordered.min(amount);
        Self { ordered, beside: self.beside.min(Money(amount.0 - ordered.0)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OVER: Parts = Parts {
        received: Money(10_999),
        beside: Money(1_000),
        back: Money(0),
        back_beside: Money(0),
        called: Money(0),
        called_beside: Money(0),
    };

    fn left(parts: Parts) -> (i64, i64) {
        let Part { ordered, beside } = parts.left(false);
        (ordered.0, beside.0)
    }

    #[test]
    fn what_went_is_not_there_any_more() {
        assert_eq!(left(OVER), (9_999, 1_000));
        assert_eq!(left(Parts { back: Money(9_999), ..OVER }), (0, 1_000), "refunds of the order");
        assert_eq!(left(Parts { back: Money(1_000), back_beside: Money(1_000), ..OVER }), (9_999, 0));
        let called = Parts { called: Money(6_000), called_beside: Money(400), ..OVER };
        assert_eq!(left(called), (3_999, 600));
        assert_eq!(left(Parts { back: Money(3_999), ..called }), (0, 600));
    }

    #[test]
    fn it_is_never_more_than_came() {
        // An earlier version paid refunds of the order from the part beside as well.
        assert_eq!(left(Parts { back: Money(10_500), ..OVER }), (0, 499));
        assert_eq!(left(Parts { back: Money(10_999), called: Money(10_999), ..OVER }), (0, 0));
    }

    #[test]
    fn of_a_closed_order_all_is_on_the_balance() {
        let called = Parts { beside: Money(0), called_beside: Money(999), ..OVER };
        assert_eq!(called.left(true), Part { ordered: Money(0), beside: Money(10_000) });
    }

    #[test]
    fn what_was_ordered_is_taken_first() {
        let part = |amount| OVER.left(false).of(Money(amount));
        assert_eq!(part(4_000), Part { ordered: Money(4_000), beside: Money(0) });
        assert_eq!(part(10_500), Part { ordered: Money(9_999), beside: Money(501) });
        assert_eq!(part(20_000), Part { ordered: Money(9_999), beside: Money(1_000) });
    }
}
