//! Times in requests (contract section 1, "Time"): `YYYY-MM-DD HH:MM:SS`, RFC 3339, or a bare date.

use crate::field::Kind;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use turnpike_base::{Text, Timestamp};

/// A time as sent, before the site's zone is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// An instant.
    Instant(Timestamp),
    /// Wall time.
    Wall(DateTime),
    /// A whole day.
    Day(Date),
}

/// No time is written longer, in characters.
pub const LONGEST: usize = 40;

/// The kind of a time parameter.
#[derive(Clone, Copy, Debug)]
pub struct Range;

impl Kind for Range {
    type Out = End;
    fn parse(&self, value: &Value) -> Result<End, Text> {
        let wrong = || {
            Text::new(
                "应为 YYYY-MM-DD HH:MM:SS、RFC 3339 时间或日期",
                "must be YYYY-MM-DD HH:MM:SS, an RFC 3339 time, or a date",
            )
        };
        let text = value.as_str().map(str::trim).filter(|text| text.len() <= LONGEST).ok_or_else(wrong)?;
        if let Ok(instant) = text.parse::<jiff::Timestamp>() {
            return Ok(End::Instant(instant.into()));
        }
        if text.len() == 10 {
            return text.parse().map(End::Day).map_err(|_| wrong());
        }
        DateTime::strptime("%Y-%m-%d %H:%M:%S", text).map(End::Wall).map_err(|_| wrong())
    }
    fn schema(&self) -> Value {
        json!({"type": "string", "maxLength": LONGEST, "examples": ["2026-11-24 00:00:00"]})
    }
}

fn instant(wall: DateTime, zone: &TimeZone) -> Timestamp {
    wall.to_zoned(zone.clone()).map_or(Timestamp::FAR, |z| z.timestamp().into())
}

/// A time as the beginning of a range: inclusive; a bare date begins at its midnight.
pub fn parse_time(at: End, zone: &TimeZone) -> Timestamp {
    match at {
        End::Instant(at) => at,
        End::Wall(wall) => instant(wall, zone),
        End::Day(day) => instant(day.into(), zone),
    }
}

/// A time as the end of a range: exclusive; a bare date means the end of that day.
pub fn parse_end(at: End, zone: &TimeZone) -> Timestamp {
    match at {
        End::Day(day) => day.tomorrow().map_or(Timestamp::FAR, |next| instant(next.into(), zone)),
        other => parse_time(other, zone),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<End, Text> {
        Range.parse(&json!(text))
    }

    #[test]
    fn three_forms_are_read() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let start = |text| parse_time(read(text).unwrap(), &zone).wall(&TimeZone::UTC);
        assert_eq!(start("2026-11-24 08:00:00"), "2026-11-24 00:00:00");
        assert_eq!(start("2026-11-24T08:00:00Z"), "2026-11-24 08:00:00");
        assert_eq!(start("2026-11-24"), "2026-11-23 16:00:00");
        assert_eq!(parse_end(read("2026-11-24").unwrap(), &zone).wall(&zone), "2026-11-25 00:00:00");
        for bad in ["", "yesterday", "2026-02-30", "2026-11-24 25:00:00", "1"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
