//! Caps that a customer's entitlement sets: bandwidth by a token bucket, connections by a counter.
//! Shared by all connections of the same customer and product.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use turnpike_wire::{Admission, Caps};

/// See the module.
#[derive(Debug)]
pub(crate) struct CapState {
    /// Bytes per second; 0: no cap.
    rate: AtomicU64,
    /// Connections; 0: no cap.
    most: AtomicU32,
    running: AtomicU32,
    bucket: Mutex<Bucket>,
    /// What control was asked when these caps came: asked again when the package changes.
    ask: Mutex<Option<Arc<Admission>>>,
}

#[derive(Debug)]
struct Bucket {
    tokens: u64,
    at: Instant,
}

/// Tokens for at most this much time pile up: a burst is a tenth of a second.
const BURST: Duration = Duration::from_millis(100);

/// Bytes that are worth a turn.
const PORTION: u64 = 16 * 1_024;

impl Bucket {
    /// Adds what the time since the last call gives, to the byte: the fraction of a byte stays for later.
    fn refill(&mut self, rate: u64, now: Instant) {
        let elapsed = now.saturating_duration_since(self.at);
        if elapsed >= BURST {
            self.tokens = self.tokens.max(bytes_in(BURST, rate));
            self.at = now;
            return;
        }
        let fresh = bytes_in(elapsed, rate);
        self.at += time_for(fresh, rate);
        self.tokens = (self.tokens + fresh).min(bytes_in(BURST, rate).max(1));
    }
}

fn bytes_in(time: Duration, rate: u64) -> u64 {
    u64::try_from(time.as_nanos() * u128::from(rate) / 1_000_000_000).unwrap_or(u64::MAX)
}

fn time_for(bytes: u64, rate: u64) -> Duration {
    let nanos = u128::from(bytes) * 1_000_000_000 / u128::from(rate.max(1));
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

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
            ask: Mutex::default(),
        };
        state.set(caps);
        state
    }

    /// Takes over new caps; running connections feel them at once.
    pub(crate) fn set(&self, caps: Caps) {
        self.rate.store(caps.bandwidth.unwrap_or(0), Ordering::Relaxed);
        self.most.store(caps.concurrency.unwrap_or(0), Ordering::Relaxed);
    }

    /// Remembers what was asked.
    pub(crate) fn remember(&self, ask: Arc<Admission>) {
        *self.ask.lock().unwrap_or_else(PoisonError::into_inner) = Some(ask);
    }

    /// What to ask again.
    pub(crate) fn ask(&self) -> Option<Arc<Admission>> {
        self.ask.lock().unwrap_or_else(PoisonError::into_inner).clone()
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

    /// Takes at most `want` bytes, or says how long to wait for some. Nothing is given in crumbs: a flow
    /// that gets a few bytes at a time costs more than it moves.
    pub(crate) fn take(&self, want: usize, now: Instant) -> Result<usize, Duration> {
        let rate = self.rate.load(Ordering::Relaxed);
        if rate == 0 {
            return Ok(want);
        }
        let mut bucket = self.bucket.lock().unwrap_or_else(PoisonError::into_inner);
        bucket.refill(rate, now);
        let least = (want as u64).min(PORTION).min((rate / 50).max(1));
        if bucket.tokens < least {
            return Err(time_for(least - bucket.tokens, rate).max(Duration::from_millis(1)));
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
        assert!((980_000..=1_000_000).contains(&moved), "{moved}");
        assert!(caps.take(usize::MAX, start + Duration::from_millis(999)).is_err());
    }

    #[test]
    fn a_pause_gives_no_more_than_a_tenth_of_a_second() {
        let start = Instant::now();
        let caps = CapState::new(Caps { bandwidth: Some(1_000_000), concurrency: None }, start);
        assert_eq!(caps.take(usize::MAX, start + Duration::from_secs(60)), Ok(100_000));
    }

    #[test]
    fn frequent_callers_lose_no_fraction_of_a_byte() {
        let start = Instant::now();
        let caps = CapState::new(Caps { bandwidth: Some(1_100_000), concurrency: None }, start);
        let mut moved = 0;
        for step in 0..300_000 {
            moved += caps.take(100, start + Duration::from_nanos(step * 3_333)).unwrap_or(0);
        }
        assert!((1_090_000..=1_100_000).contains(&moved), "{moved}");
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
