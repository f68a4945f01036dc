//! Instants and the clock. Time is an argument everywhere; only a [`Clock`] knows what it is now.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Later than anything that happens.
    pub const FAR: Self = Self(253_402_300_799_000);

    /// This instant and `ms` milliseconds.
    #[must_use]
    pub const fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// This instant and `s` seconds.
    #[must_use]
    pub const fn plus_seconds(self, s: i64) -> Self {
        self.plus_ms(s.saturating_mul(1_000))
    }

    /// This instant and `m` minutes.
    #[must_use]
    pub const fn plus_minutes(self, m: i64) -> Self {
        self.plus_seconds(m.saturating_mul(60))
    }

    /// This instant and `d` times 24 hours.
    #[must_use]
    pub const fn plus_days(self, d: i64) -> Self {
        self.plus_minutes(d.saturating_mul(1_440))
    }

    /// Milliseconds from `earlier` to this instant; negative if it lies later.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// As seen in a time zone. Instants out of the calendar's range show as its ends.
    pub fn zoned(self, zone: &TimeZone) -> jiff::Zoned {
        let fallback = if self.0 < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
        jiff::Timestamp::from_millisecond(self.0).unwrap_or(fallback).to_zoned(zone.clone())
    }

    /// The day in a zone, in days since 1970-01-01 of that zone's calendar.
    pub fn day(self, zone: &TimeZone) -> i64 {
        let epoch = jiff::civil::date(1970, 1, 1);
        self.zoned(zone).date().duration_since(epoch).as_hours() / 24
    }

    /// The zone's first midnight after this instant.
    pub fn next_midnight(self, zone: &TimeZone) -> Self {
        let midnight = self.zoned(zone).tomorrow().and_then(|next| next.start_of_day());
        midnight.map_or(Self::FAR, |at| at.timestamp().into())
    }

    /// `YYYY-MM-DD HH:MM:SS` in the given zone: the form of every time in the customer API.
    pub fn wall(self, zone: &TimeZone) -> String {
        self.zoned(zone).strftime("%Y-%m-%d %H:%M:%S").to_string()
    }
}

impl From<jiff::Timestamp> for Timestamp {
    fn from(t: jiff::Timestamp) -> Self {
        Self(t.as_millisecond())
    }
}

/// Where "now" comes from.
pub trait Clock: Send + Sync + 'static {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        jiff::Timestamp::now().into()
    }
}

/// A clock that stands until it is moved. For tests, and for previews of the future.
#[derive(Debug, Default)]
pub struct ManualClock(std::sync::atomic::AtomicI64);

impl ManualClock {
    /// A clock that shows `at`.
    pub fn at(at: Timestamp) -> Self {
        Self(at.0.into())
    }

    /// Moves the clock by `ms` milliseconds, backwards if negative.
    pub fn advance_ms(&self, ms: i64) {
        self.0.fetch_add(ms, std::sync::atomic::Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(std::sync::atomic::Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wall_time_follows_the_zone() {
        let shanghai = TimeZone::get("Asia/Shanghai").unwrap();
        assert_eq!(Timestamp(0).wall(&TimeZone::UTC), "1970-01-01 00:00:00");
        assert_eq!(Timestamp(0).wall(&shanghai), "1970-01-01 08:00:00");
    }

    #[test]
    fn days_follow_the_zone() {
        let shanghai = TimeZone::get("Asia/Shanghai").unwrap();
        let late = Timestamp(0).plus_minutes(17 * 60);
        assert_eq!((late.day(&TimeZone::UTC), late.day(&shanghai)), (0, 1));
        assert_eq!(Timestamp(-1).day(&TimeZone::UTC), -1);
        assert_eq!(late.next_midnight(&TimeZone::UTC), Timestamp(0).plus_days(1));
        assert_eq!(late.next_midnight(&shanghai), Timestamp(0).plus_minutes(40 * 60));
    }

    #[test]
    fn instants_beyond_the_calendar_do_not_panic() {
        assert!(!Timestamp(i64::MAX).wall(&TimeZone::UTC).is_empty());
        assert!(!Timestamp(i64::MIN).wall(&TimeZone::UTC).is_empty());
    }
}
