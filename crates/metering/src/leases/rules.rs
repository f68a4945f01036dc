//! How large a lease is. Pure.

/// The least a lease holds, in bytes, where so much is left.
const LEAST: i64 = 256 * 1_024;
/// A lease takes at most this part of the tightest budget.
const PART: i64 = 8;
/// The most a lease holds, in bytes: ten seconds of 10 Gbit/s.
const MOST: i64 = 12_500_000_000;

/// The size of a lease: what the gateway wants (ten seconds of the subject's rate), at least 256 KiB, at
/// most an eighth of the tightest budget left, never more than is left. `left`: `None` where no budget holds.
pub(super) fn size(want: i64, left: Option<i64>) -> i64 {
    let want = want.clamp(LEAST, MOST);
    match left {
        None => want,
        Some(left) => want.min((left / PART).max(LEAST)).min(left),
    }
}

/// A budget's answer to whether anything can be leased from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Room {
    /// So many bytes; `None`: without bound.
    Free(Option<i64>),
    /// Everything is spoken for, not everything is used.
    Later,
    /// Used up.
    Gone,
}

/// The room under a limit (zero: none) of which so much is used and so much used or reserved.
pub(super) fn room(limit: i64, used: i64, spoken_for: i64) -> Room {
    if limit == 0 {
        Room::Free(None)
    } else if used >= limit {
        Room::Gone
    } else if spoken_for >= limit {
        Room::Later
    } else {
        Room::Free(Some(limit - spoken_for))
    }
}

/// The tighter of two bounds.
pub(super) fn tighter(a: Option<i64>, b: Option<i64>) -> Option<i64> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn never_more_than_is_left_and_never_nothing(want in 0i64..1 << 50, left in 1i64..1 << 50) {
            let size = size(want, Some(left));
            prop_assert!((1..=left).contains(&size));
            prop_assert!(size <= (left / PART).max(LEAST));
        }
    }

    #[test]
    fn without_a_budget_the_wish_decides() {
        assert_eq!(size(0, None), LEAST);
        assert_eq!(size(10 << 20, None), 10 << 20);
        assert_eq!(size(10 << 20, Some(16 << 20)), 2 << 20);
    }

    #[test]
    fn a_limit_that_is_only_spoken_for_is_not_gone() {
        assert_eq!(room(0, 5, 5), Room::Free(None));
        assert_eq!(room(10, 4, 6), Room::Free(Some(4)));
        assert_eq!(room(10, 4, 10), Room::Later);
        assert_eq!(room(10, 10, 10), Room::Gone);
    }
}
