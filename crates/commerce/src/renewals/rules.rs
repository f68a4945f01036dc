//! When a renewal ends (contract section 5). Pure; days and months are those of the site's zone.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use turnpike_base::Timestamp;

/// How far a renewal reaches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Duration {
    /// One month.
    #[default]
    #[serde(rename = "1m")]
    OneMonth,
    /// Two months.
    #[serde(rename = "2m")]
    TwoMonths,
    /// To the end of the month after the current expiry.
    #[serde(rename = "em")]
    EndOfNextMonth,
}

impl Duration {
    /// Reads `1m`, `2m`, `em`, `1` or `2`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "1m" | "1" => Some(Self::OneMonth),
            "2m" | "2" => Some(Self::TwoMonths),
            "em" => Some(Self::EndOfNextMonth),
            _ => None,
        }
    }

    /// As it goes out.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OneMonth => "1m",
            Self::TwoMonths => "2m",
            Self::EndOfNextMonth => "em",
        }
    }

    /// Whole months; `None` where days are counted.
    pub const fn months(self) -> Option<i64> {
        match self {
            Self::OneMonth => Some(1),
            Self::TwoMonths => Some(2),
            Self::EndOfNextMonth => None,
        }
    }
}

/// Where a renewal of something that expires at `expiry` begins: the later of that and now.
pub fn begin(expiry: Timestamp, now: Timestamp) -> Timestamp {
    expiry.max(now)
}

/// When a renewal that begins at `from` ends.
pub fn end(from: Timestamp, duration: Duration, zone: &TimeZone) -> Timestamp {
    let start = from.zoned(zone);
    let end = match duration.months() {
        // Months clip to the month's last day.
        Some(months) => start.checked_add(months.months()),
        None => end_of_next_month(start.date()).at(23, 59, 59, 0).to_zoned(zone.clone()),
    };
    end.map_or(Timestamp::FAR, |end| end.timestamp().into())
}

fn end_of_next_month(day: Date) -> Date {
    day.first_of_month().checked_add(1.month()).map_or(Date::MAX, Date::last_of_month)
}

/// The days that `em` adds to something that expires at `from`.
pub fn added_days(from: Timestamp, zone: &TimeZone) -> i64 {
    let day = from.zoned(zone).date();
    end_of_next_month(day).duration_since(day).as_hours() / 24
}

/// How far a renewal reaches that was paid.
#[derive(Clone, Copy, Debug)]
pub struct Term<'a> {
    /// As asked for.
    pub duration: Duration,
    /// The days that were paid for, where days are counted.
    pub days: Option<i64>,
    /// The site's zone.
    pub zone: &'a TimeZone,
}

impl Term<'_> {
    /// When it ends that begins at `from`. What was renewed by another order since this one was priced gets the days
    /// that were paid for.
    pub fn end(&self, from: Timestamp) -> Timestamp {
        match self.days.filter(|days| *days != added_days(from, self.zone)) {
            Some(days) => after_days(from, days, self.zone),
            None => end(from, self.duration, self.zone),
        }
    }
}

/// So many days of the zone's calendar after an instant, at the same time of day.
pub fn after_days(from: Timestamp, days: i64, zone: &TimeZone) -> Timestamp {
    let end = jiff::Span::new().try_days(days).and_then(|span| from.zoned(zone).checked_add(span));
    end.map_or(Timestamp::FAR, |end| end.timestamp().into())
}
