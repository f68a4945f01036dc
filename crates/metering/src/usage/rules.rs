//! Days out of quarter-hours. Pure.

use super::flow::Day;
use super::queries::QUARTER_MS;
use jiff::tz::TimeZone;
use turnpike_base::{Bytes, Timestamp};

/// Most days in one answer (contract section 4).
pub(super) const MOST_DAYS: i64 = 400;
/// Days in an answer when no range is sent, today included.
pub(super) const USUAL_DAYS: i64 = 7;

/// The quarter-hours that a range touches: first, and first after.
pub(super) fn widen(from: Timestamp, to: Timestamp) -> (i64, i64) {
    (from.0.div_euclid(QUARTER_MS), to.0.saturating_add(QUARTER_MS - 1).div_euclid(QUARTER_MS))
}

/// Sums quarter-hours (number, bytes; oldest first) into the days of the zone that the range touches.
pub(super) fn by_day(quarters: &[(i64, i64)], from: Timestamp, to: Timestamp, zone: &TimeZone) -> Vec<Day> {
    let mut rest = quarters.iter().peekable();
    let mut days = Vec::new();
    let mut at = from;
    while at < to {
        let midnight = at.next_midnight(zone);
        let mut bytes = 0;
        // A quarter-hour belongs to the day it begins in; every zone's midnight is on a quarter-hour.
        while let Some((_, more)) = rest.next_if(|(quarter, _)| quarter * QUARTER_MS < midnight.0) {
            bytes += more;
        }
        let name = at.zoned(zone).strftime("%Y-%m-%d").to_string();
        days.push(Day { name, flow: Bytes(bytes).to_kb_up() });
        at = midnight;
    }
    days
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use turnpike_base::bytes::KB;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    #[test]
    fn days_are_the_zones_and_zero_days_show() {
        let day = |n: i64| Timestamp(0).plus_days(n);
        // 15:45 and 16:00 UTC are two days in Shanghai.
        let quarters = [(63, 1), (64, 1_025)];
        let days = by_day(&quarters, day(0), day(2), &zone("Asia/Shanghai"));
        let told: Vec<_> = days.iter().map(|d| (d.name.as_str(), d.flow.0)).collect();
        assert_eq!(told, [("1970-01-01", 1), ("1970-01-02", 2), ("1970-01-03", 0)]);
        assert!(by_day(&quarters, day(1), day(1), &TimeZone::UTC).is_empty());
    }

    #[test]
    fn ranges_widen_to_the_quarter_hour() {
        assert_eq!(widen(Timestamp(1), Timestamp(QUARTER_MS + 1)), (0, 2));
        assert_eq!(widen(Timestamp(0), Timestamp(QUARTER_MS)), (0, 1));
    }

    proptest! {
        #[test]
        fn days_of_23_and_25_hours_add_up(start in 19_000i64..21_000, length in 1i64..40) {
            let zone = zone("America/New_York");
            let (from, to) = (Timestamp(0).plus_days(start), Timestamp(0).plus_days(start + length));
            let (first, end) = widen(from, to);
            let quarters: Vec<_> = (first..end).map(|quarter| (quarter, KB)).collect();
            let sum: i64 = by_day(&quarters, from, to, &zone).iter().map(|day| day.flow.0).sum();
            prop_assert_eq!(sum, end - first);
        }
    }
}
