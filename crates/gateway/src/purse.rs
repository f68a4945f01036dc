//! A loop's share of a subject's budget. A piece is taken from the budget at once and spent message by message
//! without an atomic operation. What is left goes back with every beat of the loop; a budget that is not ample
//! is not shared out at all, so that limits hold as if there were no purses.

use crate::budget::{Budget, Taken};
use std::cell::Cell;
use std::sync::Arc;

/// Bytes taken at once.
const PIECE: usize = 256 * 1_024;
/// A budget with less than so many bytes is spent directly.
const AMPLE: i64 = 16 * PIECE as i64;

/// See the module.
#[derive(Debug)]
pub(crate) struct Purse {
    pub(crate) budget: Arc<Budget>,
    /// What was taken from the budget last.
    drawn: Cell<Taken>,
    /// What of it is neither spent nor in somebody's hand.
    left: Cell<usize>,
}

impl Purse {
    pub(crate) fn new(budget: Arc<Budget>) -> Self {
        Self { budget, drawn: Cell::default(), left: Cell::new(0) }
    }

    /// Takes at most `want` bytes; 0 when none are left. To be settled before anything else is taken.
    /// `asks` is called when it is time to ask for another lease.
    pub(crate) fn take(&self, want: usize, asks: impl FnOnce(&Arc<Budget>)) -> usize {
        // A purse from before the leases were given back is void.
        if self.left.get() < want || self.drawn.get().epoch != self.budget.epoch() {
            self.release();
            let piece = if self.budget.holds(AMPLE) { want.max(PIECE) } else { want };
            self.drawn.set(self.budget.take(piece));
            self.left.set(self.drawn.get().bytes);
            if self.budget.should_ask() {
                asks(&self.budget);
            }
        }
        let got = want.min(self.left.get());
        self.left.set(self.left.get() - got);
        got
    }

    /// Gives back what was taken and not spent.
    pub(crate) fn settle(&self, unspent: usize) {
        self.left.set(self.left.get() + unspent);
        if !self.budget.holds(AMPLE) {
            self.release();
        }
    }

    /// Books bytes that have moved already (the rest of a datagram that a budget's end cuts through).
    pub(crate) fn spend(&self, bytes: usize) {
        if self.left.get() >= bytes && self.drawn.get().epoch == self.budget.epoch() {
            self.left.set(self.left.get() - bytes);
        } else {
            self.budget.spend(bytes);
        }
    }

    /// Gives everything back to the budget.
    pub(crate) fn release(&self) {
        let drawn = self.drawn.take();
        if drawn.bytes > 0 {
            self.budget.give_back(drawn, self.left.take());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use turnpike_base::{Bytes, CustomerId, LeaseId, ProductType, Timestamp};
    use turnpike_wire::{Lease, Subject};

    fn purse(bytes: i64) -> Purse {
        let subject = Subject { customer: CustomerId(1), account: None, product: ProductType::Dynamic };
        let budget = Budget::new(subject);
        budget.granted(&Lease {
            id: LeaseId(1),
            package: None,
            bytes: Bytes(bytes),
            valid_until: Timestamp::FAR,
        });
        Purse::new(Arc::new(budget))
    }

    fn spend(purse: &Purse, want: usize, moved: usize) -> usize {
        let got = purse.take(want, |_| ());
        purse.settle(got - moved.min(got));
        got
    }

    #[test]
    fn an_ample_budget_is_taken_in_pieces_and_what_is_left_goes_back() {
        let purse = purse(2 * AMPLE);
        assert_eq!(spend(&purse, 1_000, 10), 1_000);
        assert!(!purse.budget.holds(2 * AMPLE - 10), "a piece is out");
        purse.spend(5);
        purse.release();
        assert!(purse.budget.holds(2 * AMPLE - 15) && !purse.budget.holds(2 * AMPLE - 14));
    }

    #[test]
    fn a_scarce_budget_is_spent_to_the_byte_and_never_held() {
        let purse = purse(1_000);
        assert_eq!(spend(&purse, 600, 100), 600);
        assert!(purse.budget.holds(900), "nothing is held between two messages");
        assert_eq!(spend(&purse, 5_000, 5_000), 900);
        assert_eq!(spend(&purse, 1, 1), 0);
    }

    #[test]
    fn a_purse_is_void_once_the_leases_are_given_back() {
        let purse = purse(2 * AMPLE);
        assert_eq!(spend(&purse, 1_000, 0), 1_000);
        purse.budget.give_all_back();
        assert_eq!(spend(&purse, 1, 1), 0);
        purse.release();
        assert!(!purse.budget.has_funds());
    }
}
