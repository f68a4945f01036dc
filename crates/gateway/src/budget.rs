//! A subject's budget: leased bytes that all its connections spend, on all loops, without a lock.
//!
//! `available` is what may still be spent. Connections take from it before they read and give back what
//! they did not use. The queue of leases says, at reporting time, which lease the bytes belong to: first
//! come, first spent.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use turnpike_base::{Bytes, LeaseId, Timestamp};
use turnpike_wire::{Lease, LeaseUse, Refusal, Subject};

/// A wish is at least this large.
const LEAST_WANT: i64 = 256 * 1_024;
/// A lease should last about this long.
const LEASE_MS: i64 = 10_000;
/// A denial is believed for so long, then asked again.
const DENIAL_MS: i64 = 2_000;

/// See the module.
#[derive(Debug)]
pub(crate) struct Budget {
    pub(crate) subject: Subject,
    available: AtomicI64,
    /// Ask for more below this.
    low_water: AtomicI64,
    /// See [`Budget::epoch`].
    epoch: AtomicU64,
    asking: AtomicBool,
    /// Bytes reserved since the last wish; gives the rate.
    taken: AtomicI64,
    /// Whoever waits for bytes or for a denial.
    pub(crate) news: Notify,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    leases: VecDeque<Held>,
    /// The lease that late bytes go to when none is left.
    last: Option<LeaseId>,
    denied: Option<(Refusal, Timestamp)>,
    asked_at: Timestamp,
    /// What `taken` was when it was last seen to move, and when that was.
    still: (i64, Timestamp),
}

#[derive(Debug)]
struct Held {
    id: LeaseId,
    /// Not yet attributed.
    left: i64,
    valid_until: Timestamp,
    closing: bool,
}

/// Bytes that were taken and not yet spent.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Taken {
    pub(crate) bytes: usize,
    pub(crate) epoch: u64,
}

impl Budget {
    pub(crate) fn new(subject: Subject) -> Self {
        Self {
            subject,
            available: AtomicI64::new(0),
            low_water: AtomicI64::new(0),
            epoch: AtomicU64::new(0),
            asking: AtomicBool::new(false),
            taken: AtomicI64::new(0),
            news: Notify::new(),
            state: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes at most `want` bytes; `bytes` is 0 when none are left.
    pub(crate) fn take(&self, want: usize) -> Taken {
        let epoch = self.epoch();
        let want = i64::try_from(want).unwrap_or(i64::MAX);
        let grab = |left: i64| if left <= 0 { None } else { Some(left - left.min(want)) };
        match self.available.fetch_update(Ordering::AcqRel, Ordering::Acquire, grab) {
            Ok(before) => {
                let got = before.min(want);
                Taken { bytes: usize::try_from(got).unwrap_or(0), epoch }
            }
            Err(_) => Taken { bytes: 0, epoch },
        }
    }

    /// Gives back what was taken and not spent.
    pub(crate) fn give_back(&self, taken: Taken, unspent: usize) {
        if self.epoch() == taken.epoch {
            self.available.fetch_add(i64::try_from(unspent).unwrap_or(0), Ordering::AcqRel);
        }
        self.taken.fetch_add(i64::try_from(taken.bytes - unspent).unwrap_or(0), Ordering::Relaxed);
    }

    /// Takes back what was spent on bytes that did not move after all.
    pub(crate) fn refund(&self, spent: Taken) {
        if self.epoch() == spent.epoch {
            let bytes = i64::try_from(spent.bytes).unwrap_or(0);
            self.available.fetch_add(bytes, Ordering::AcqRel);
            self.taken.fetch_sub(bytes, Ordering::Relaxed);
        }
    }

    /// Books bytes that have moved already (the rest of a datagram that a budget's end cuts through).
    pub(crate) fn spend(&self, bytes: usize) {
        let bytes = i64::try_from(bytes).unwrap_or(0);
        self.available.fetch_sub(bytes, Ordering::AcqRel);
        self.taken.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Whether anything is left to take.
    pub(crate) fn has_funds(&self) -> bool {
        self.holds(1)
    }

    /// Whether so many bytes are left to take.
    pub(crate) fn holds(&self, bytes: i64) -> bool {
        self.available.load(Ordering::Acquire) >= bytes
    }

    /// Rises when all leases are given back: what was taken before can't be given back any more.
    pub(crate) fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::Acquire)
    }

    /// Whether it is time to ask for more; true for one caller only until the answer came.
    pub(crate) fn should_ask(&self) -> bool {
        self.available.load(Ordering::Acquire) <= self.low_water.load(Ordering::Relaxed)
            && !self.asking.swap(true, Ordering::AcqRel)
    }

    /// What to wish for: about ten seconds at the rate since the last wish.
    pub(crate) fn want(&self, now: Timestamp) -> Bytes {
        let taken = self.taken.swap(0, Ordering::AcqRel);
        let mut state = self.state();
        let elapsed = now.since(state.asked_at).clamp(1, LEASE_MS);
        state.asked_at = now;
        Bytes(taken.saturating_mul(LEASE_MS / elapsed).max(LEAST_WANT))
    }

    /// More bytes came.
    pub(crate) fn granted(&self, lease: &Lease) {
        let mut state = self.state();
        state.denied = None;
        state.last = Some(lease.id);
        state.leases.push_back(Held {
            id: lease.id,
            left: lease.bytes.0,
            valid_until: lease.valid_until,
            closing: false,
        });
        self.low_water.store(lease.bytes.0 / 2, Ordering::Relaxed);
        self.available.fetch_add(lease.bytes.0, Ordering::AcqRel);
        self.answered();
    }

    /// Nothing is left.
    pub(crate) fn denied(&self, refusal: Refusal, now: Timestamp) {
        self.state().denied = Some((refusal, now));
        // What is left is spent to the last byte; asking again before the denial is old is no use.
        self.low_water.store(0, Ordering::Relaxed);
        self.answered();
    }

    /// Control did not answer; whoever waits may ask again.
    pub(crate) fn answered(&self) {
        self.asking.store(false, Ordering::Release);
        self.news.notify_waiters();
    }

    /// The denial, while it is fresh.
    pub(crate) fn denial(&self, now: Timestamp) -> Option<Refusal> {
        self.state()
            .denied
            .as_ref()
            .filter(|(_, at)| now.since(*at) < DENIAL_MS)
            .map(|(refusal, _)| refusal.clone())
    }

    /// Gives all leases back: the next byte asks anew. For changes of limits and packages, for idle
    /// subjects, and for leases whose time is over.
    pub(crate) fn give_all_back(&self) {
        let mut state = self.state();
        self.epoch.fetch_add(1, Ordering::AcqRel);
        self.available.store(0, Ordering::Release);
        self.low_water.store(0, Ordering::Relaxed);
        state.denied = None;
        for held in &mut state.leases {
            held.closing = true;
        }
        self.news.notify_waiters();
    }

    /// Whether a lease's time is over.
    pub(crate) fn is_overdue(&self, now: Timestamp) -> bool {
        self.state().leases.iter().any(|held| !held.closing && held.valid_until <= now)
    }

    /// Whether nothing was spent for the time of a lease, and leases are held that others could use.
    pub(crate) fn is_idle(&self, now: Timestamp) -> bool {
        let taken = self.taken.load(Ordering::Relaxed);
        let mut state = self.state();
        if state.still.0 != taken || state.still.1 < state.asked_at {
            state.still = (taken, now);
        }
        now.since(state.still.1) > LEASE_MS && state.leases.iter().any(|h| !h.closing)
    }

    /// Whether no lease is held any more.
    pub(crate) fn is_empty(&self) -> bool {
        self.state().leases.is_empty()
    }

    /// Says which leases `bytes` counted bytes belong to, and closes those that are done.
    pub(crate) fn attribute(&self, bytes: i64) -> Vec<LeaseUse> {
        let mut state = self.state();
        let mut left = bytes;
        let mut uses = Vec::new();
        while let Some(first) = state.leases.front_mut() {
            let part = left.min(first.left);
            first.left -= part;
            left -= part;
            let done = first.closing && left == 0 || first.left == 0;
            if part > 0 || done {
                uses.push(LeaseUse { lease: first.id, bytes: Bytes(part), closed: done });
            }
            if !done {
                break;
            }
            state.leases.pop_front();
        }
        if left > 0 {
            late(&mut uses, state.last, left);
        }
        uses
    }
}

/// Bytes beyond every lease belong to the last one: they moved, so they are counted.
fn late(uses: &mut Vec<LeaseUse>, last: Option<LeaseId>, left: i64) {
    match (uses.last_mut(), last) {
        (Some(use_), _) => use_.bytes.0 += left,
        (None, Some(lease)) => uses.push(LeaseUse { lease, bytes: Bytes(left), closed: true }),
        (None, None) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use turnpike_base::{CustomerId, ProductType};

    fn budget() -> Budget {
        Budget::new(Subject { customer: CustomerId(1), account: None, product: ProductType::Dynamic })
    }

    fn lease(id: i64, bytes: i64) -> Lease {
        Lease { id: LeaseId(id), package: None, bytes: Bytes(bytes), valid_until: Timestamp::FAR }
    }

    fn used(lease: i64, bytes: i64, closed: bool) -> LeaseUse {
        LeaseUse { lease: LeaseId(lease), bytes: Bytes(bytes), closed }
    }

    #[test]
    fn what_is_not_there_can_not_be_taken() {
        let budget = budget();
        assert_eq!(budget.take(10).bytes, 0);
        budget.granted(&lease(1, 10));
        let taken = budget.take(100);
        assert_eq!((taken.bytes, budget.take(1).bytes), (10, 0));
        budget.give_back(taken, 4);
        assert_eq!(budget.take(100).bytes, 4);
    }

    #[test]
    fn a_refund_after_giving_all_back_is_void() {
        let budget = budget();
        budget.granted(&lease(1, 10));
        let taken = budget.take(10);
        budget.give_all_back();
        budget.give_back(taken, 10);
        assert!(!budget.has_funds());
    }

    #[test]
    fn what_did_not_move_is_there_again() {
        let budget = budget();
        budget.granted(&lease(1, 10));
        let spent = budget.take(10);
        budget.give_back(spent, 0);
        budget.refund(spent);
        assert!(budget.holds(10));
        budget.give_all_back();
        budget.refund(spent);
        assert!(!budget.has_funds(), "those leases are gone");
    }

    #[test]
    fn bytes_belong_to_leases_in_order() {
        let budget = budget();
        budget.granted(&lease(1, 10));
        budget.granted(&lease(2, 10));
        assert_eq!(budget.attribute(4), [used(1, 4, false)]);
        assert_eq!(budget.attribute(8), [used(1, 6, true), used(2, 2, false)]);
        budget.give_all_back();
        assert_eq!(budget.attribute(3), [used(2, 3, true)]);
        assert_eq!(budget.attribute(5), [used(2, 5, true)], "late bytes are counted too");
        assert!(budget.is_empty());
    }

    #[test]
    fn leases_that_lie_idle_are_noticed() {
        let budget = budget();
        let _ = budget.want(Timestamp(0));
        budget.granted(&lease(1, 10));
        budget.spend(3);
        assert!(!budget.is_idle(Timestamp(1_000)));
        assert!(!budget.is_idle(Timestamp(11_000)));
        budget.spend(1);
        assert!(!budget.is_idle(Timestamp(12_000)), "something moved");
        assert!(budget.is_idle(Timestamp(22_001)));
        budget.give_all_back();
        assert!(!budget.is_idle(Timestamp(40_000)), "nothing is left to give back");
    }

    #[test]
    fn one_caller_asks_at_a_time() {
        let budget = budget();
        assert!(budget.should_ask());
        assert!(!budget.should_ask());
        budget.granted(&lease(1, 10));
        assert!(!budget.should_ask(), "enough is left");
        let _ = budget.take(6);
        assert!(budget.should_ask());
    }
}
