//! What the machine has to give: a clock that is right, and enough open files.

use super::report::Item;
use crate::limits::OpenFiles;
use jiff::tz::TimeZone;
use turnpike_base::Timestamp;

/// 2026-01-01T00:00:00Z: no version is older. A machine without a battery starts in 1970.
const OLDEST: Timestamp = Timestamp(1_767_225_600_000);
/// How far clocks of two machines may differ, in milliseconds; on one machine they don't.
const APART: i64 = 5_000;
/// Fewer serve less than two thousand tunnels, which take two each.
const FEWEST_FILES: u64 = 4_096;

/// The clock, against the last time that a gateway reported.
pub(super) fn clock(now: Timestamp, newest: Option<Timestamp>) -> Item {
    let mut faults = Vec::new();
    if now < OLDEST {
        faults.push(format!("it is {} by the clock, which lies before 2026", said(now)));
    }
    if let Some(newest) = newest.filter(|newest| newest.since(now) > APART) {
        faults.push(format!(
            "it is {} by the clock, but a gateway reported at {}: the clock was set back",
            said(now),
            said(newest)
        ));
    }
    Item::new("clock", said(now), faults)
}

/// The limit that a server raises its own to.
pub(super) fn open_files(limit: OpenFiles) -> Item {
    const NAME: &str = "open files";
    match limit.hard {
        None => Item::new(NAME, "no limit", Vec::new()),
        Some(hard) if hard < FEWEST_FILES => {
            let fault = format!(
                "at most {hard}, about {} tunnels; raise the hard limit to {FEWEST_FILES} or more (ulimit -Hn, LimitNOFILE)",
                hard / 2
            );
            Item::new(NAME, "", vec![fault])
        }
        Some(hard) => Item::new(NAME, format!("up to {hard}, about {} tunnels", hard / 2), Vec::new()),
    }
}

fn said(at: Timestamp) -> String {
    format!("{} UTC", at.wall(&TimeZone::UTC))
}
