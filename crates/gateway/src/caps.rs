//! Caps that a customer's entitlement sets: bandwidth by a token bucket, connections by a counter.
//! Shared by all connections of the same customer and product.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use turnpike_wire::Caps;

/// See the module.
#[derive(Debug)]
pub(crate) struct CapState {
    /// Bytes per second; 0: no cap.
    rate: AtomicU64,
    /// Connections; 0: no cap.
    most: AtomicU32,
    running: AtomicU32,
    bucket: Mutex<Bucket>,
}

#[derive(Debug)]
struct Bucket {
    tokens: u64,
    at: Instant,
}

/// Tokens for at most this much time pile up: a burst is a tenth of a second.
const BURST: Duration = Duration::from_millis(100);

/// One running connection of a capped entitlement.
#[derive(Debug)]
pub(crate) struct Slot(Arc<CapState>);

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::AcqRel);
    }
}

impl CapState {
    pub(crate) fn new(caps: Caps, now: Instant) -> Self {
        let state = Self {
            rate: AtomicU64::new(0),
            most: AtomicU32::new(0),
            running: AtomicU32::new(0),
            bucket: Mutex::new(Bucket { tokens: 0, at: now }),
        };
        state.set(caps);
        state
    }

    /// Takes over new caps; running connections feel them at once.
    pub(crate) fn set(&self, caps: Caps) {
        self.rate.store(caps.bandwidth.unwrap_or(0), Ordering::Relaxed);
        self.most.store(caps.concurrency.unwrap_or(0), Ordering::Relaxed);
    }

    /// A slot for one more connection, or `None` when all are taken.
    pub(crate) fn enter(self: &Arc<Self>) -> Option<Slot> {
        let most = self.most.load(Ordering::Relaxed);
        let one_more = |n: u32| if most != 0 && n >= most { None } else { Some(n + 1) };
        self.running
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, one_more)
            .ok()
            .map(|_| Slot(Arc::clone(self)))
    }

    /// Takes at most `want` bytes, or says how long to wait for some.
    pub(crate) fn take(&self, want: usize, now: Instant) -> Result<usize, Duration> {
        let rate = self.rate.load(Ordering::Relaxed);
        if rate == 0 {
            return Ok(want);
        }
        let mut bucket = self.bucket.lock().unwrap_or_else(PoisonError::into_inner);
        let elapsed = now.saturating_duration_since(bucket.at).min(BURST);
        let fresh = rate.saturating_mul(u64::try_from(elapsed.as_micros()).unwrap_or(0)) / 1_000_000;
        if fresh > 0 {
            let burst = (rate / 10).max(1);
            bucket.tokens = bucket.tokens.saturating_add(fresh).min(burst);
            bucket.at = now;
        }
        if bucket.tokens == 0 {
            // Long enough for a few full packets, short enough to be smooth.
            return Err(Duration::from_micros(16_384_000_000 / rate.max(1))
                .clamp(Duration::from_millis(1), BURST / 2));
        }
        let got = want.min(usize::try_from(bucket.tokens).unwrap_or(usize::MAX));
        bucket.tokens -= got as u64;
        Ok(got)
    }

    /// Gives back what was taken and not moved.
    pub(crate) fn give_back(&self, unspent: usize) {
        if self.rate.load(Ordering::Relaxed) != 0 {
            self.bucket.lock().unwrap_or_else(PoisonError::into_inner).tokens += unspent as u64;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_gives_a_second_of_bytes() {
        let start = Instant::now();
        let caps = CapState::new(Caps { bandwidth: Some(1_000_000), concurrency: None }, start);
        let mut moved = 0;
        for ms in 0..1_000 {
            moved += caps.take(usize::MAX, start + Duration::from_millis(ms)).unwrap_or(0);
        }
        assert!((990_000..=1_000_000).contains(&moved), "{moved}");
        assert!(caps.take(1, start + Duration::from_millis(999)).is_err());
    }

    #[test]
    fn a_pause_gives_no_more_than_a_tenth_of_a_second() {
        let start = Instant::now();
        let caps = CapState::new(Caps { bandwidth: Some(1_000_000), concurrency: None }, start);
        assert_eq!(caps.take(usize::MAX, start + Duration::from_secs(60)), Ok(100_000));
    }

    #[test]
    fn a_slot_comes_free_when_its_connection_ends() {
        let caps = Arc::new(CapState::new(Caps { bandwidth: None, concurrency: Some(1) }, Instant::now()));
        let slot = caps.enter();
        assert!(slot.is_some() && caps.enter().is_none());
        drop(slot);
        assert!(caps.enter().is_some());
    }
}
