//! The loads, and what one run of a load gives.

use clap::ValueEnum;
use serde::Serialize;

/// A load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Scenario {
    /// Tunnels opened, used for one exchange of 64 bytes, and closed.
    Tunnels,
    /// Bytes from the origin over 8 tunnels.
    Bulk,
    /// Exchanges of 64 bytes over 64 tunnels.
    Exchanges,
    /// HTTP requests over 64 kept connections.
    Gets,
    /// Memory of idle tunnels.
    Idle,
}

impl Scenario {
    /// In the order they run.
    pub(crate) const ALL: [Self; 5] = [Self::Tunnels, Self::Bulk, Self::Exchanges, Self::Gets, Self::Idle];

    /// Connections that are busy at the same time; idle ones have their own setting.
    pub(crate) const fn connections(self) -> usize {
        match self {
            Self::Tunnels => 32,
            Self::Bulk => 8,
            Self::Exchanges | Self::Gets | Self::Idle => 64,
        }
    }

    /// How the table calls it.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Tunnels => "tunnels: open, one exchange of 64 bytes, close; 32 at a time",
            Self::Bulk => "bulk: bytes from the origin over 8 tunnels",
            Self::Exchanges => "exchanges: 64 bytes there and back over 64 tunnels",
            Self::Gets => "gets: requests over 64 kept connections",
            Self::Idle => "idle: memory of open tunnels without traffic",
        }
    }

    /// Names of rate and cost, in the units of [`Sample::rate`] and [`Sample::cost`].
    pub(crate) const fn units(self) -> (&'static str, &'static str) {
        match self {
            Self::Tunnels => ("tunnels/s", "CPU us/tunnel"),
            Self::Bulk => ("Gbit/s", "CPU s/GB"),
            Self::Exchanges => ("exchanges/s", "CPU us/exchange"),
            Self::Gets => ("requests/s", "CPU us/request"),
            Self::Idle => ("tunnels", "KiB/tunnel"),
        }
    }
}

/// One run of one load on one proxy.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Sample {
    /// Operations, or gigabits, per second; for idle tunnels their number.
    pub(crate) rate: f64,
    /// CPU of the proxy: microseconds per operation, or seconds per 10^9 bytes; for idle tunnels KiB each.
    pub(crate) cost: f64,
    /// Half of the operations took at most so many microseconds; 0 where that is not measured.
    pub(crate) p50_us: f64,
    /// 99 of 100 operations did.
    pub(crate) p99_us: f64,
    /// Operations that failed beside the counted ones.
    pub(crate) errors: u64,
}
