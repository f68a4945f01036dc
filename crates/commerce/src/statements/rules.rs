//! Months, and what a ledger entry is on a statement. Pure.

use crate::ledger::{Kind, Written};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use turnpike_base::{Lang, Money, Timestamp};

/// A month of a calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Month {
    year: i16,
    month: i8,
}

impl Month {
    /// Reads `2026-11`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        let shaped = year.len() == 4 && month.len() == 2 && digits(year) && digits(month);
        let (year, month) = (year.parse().ok()?, month.parse().ok()?);
        (shaped && Date::new(year, month, 1).is_ok()).then_some(Self { year, month })
    }

    /// The month that an instant is in.
    pub(super) fn of(at: Timestamp, zone: &TimeZone) -> Self {
        let at = at.zoned(zone);
        Self { year: at.year(), month: at.month() }
    }

    /// The month before.
    pub(super) const fn before(self) -> Self {
        if self.month == 1 {
            Self { year: self.year - 1, month: 12 }
        } else {
            Self { year: self.year, month: self.month - 1 }
        }
    }

    /// From when to before when it is.
    pub(super) fn range(self, zone: &TimeZone) -> (Timestamp, Timestamp) {
        let next = if self.month == 12 {
            Self { year: self.year + 1, month: 1 }
        } else {
            Self { year: self.year, month: self.month + 1 }
        };
        let start = |m: Self| {
            let day = Date::new(m.year, m.month, 1).ok();
            let at = day.and_then(|day| zone.to_zoned(day.into()).ok());
            at.map_or(Timestamp::FAR, |at| at.timestamp().into())
        };
        (start(self), start(next))
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

/// A line of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) at: Timestamp,
    pub(super) kind: String,
    pub(super) trade_no: String,
    pub(super) memo: String,
    /// What came from outside (or, negative, went there).
    pub(super) outside: Money,
    /// What it did to the balance.
    pub(super) change: Money,
}

/// What an entry is on its customer's statement.
pub(super) fn line(entry: &Written, lang: Lang) -> Line {
    let sum = |fits: fn(&str) -> bool| {
        Money(entry.lines.iter().filter(|(account, _)| fits(account)).map(|(_, amount)| amount.0).sum())
    };
    let kind = Kind::parse(&entry.kind).map_or_else(|| entry.kind.clone(), |k| k.text().get(lang).to_owned());
    // Cash grows by debits: what came from outside stands there as negative.
    let cash = sum(|account| account.starts_with("cash:"));
    Line {
        at: entry.created_at,
        kind,
        trade_no: entry.trade_no.clone(),
        memo: entry.memo.clone(),
        outside: Money(-cash.0),
        change: sum(|account| account == "balance"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_follow_the_zone_and_the_calendar() {
        let shanghai = TimeZone::get("Asia/Shanghai").unwrap();
        let (from, to) = Month::parse("2026-12").unwrap().range(&shanghai);
        assert_eq!(
            (from.wall(&TimeZone::UTC), to.wall(&TimeZone::UTC)),
            ("2026-11-30 16:00:00".into(), "2026-12-31 16:00:00".into())
        );
        assert_eq!(Month::of(from, &shanghai).to_string(), "2026-12");
        assert_eq!(Month::of(from, &TimeZone::UTC).to_string(), "2026-11");
        assert_eq!(Month::parse("2026-01").unwrap().before().to_string(), "2025-12");
        for bad in ["", "2026", "2026-13", "2026-00", "26-01", "2026-1", "2026-011", "-026-01"] {
            assert_eq!(Month::parse(bad), None, "{bad}");
        }
    }
}
