//! Request limits per key: so many a second, so many at once (contract section 1, "Rate limit").

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// One limiter for each pair of figures that a site sets.
#[derive(Default)]
pub(crate) struct Limits(Mutex<HashMap<Figures, Arc<DefaultKeyedRateLimiter<i64>>>>);

/// Requests per second, and at once.
type Figures = (u32, u32);

impl Limits {
    /// Lets a request of a key pass, or says how long to wait.
    pub(crate) fn check(&self, key: i64, per_second: u32, burst: u32) -> Result<(), Duration> {
        let (Some(rate), Some(most)) = (NonZeroU32::new(per_second), NonZeroU32::new(burst)) else {
            return Ok(());
        };
        let limiter = {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let fresh = || Arc::new(RateLimiter::keyed(Quota::per_second(rate).allow_burst(most)));
            Arc::clone(all.entry((per_second, burst)).or_insert_with(fresh))
        };
        limiter.check_key(&key).map_err(|until| until.wait_time_from(DefaultClock::default().now()))
    }
}
