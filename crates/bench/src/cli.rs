//! What can be said on the command line.

use crate::scenario::Scenario;
use clap::Parser;
use std::path::PathBuf;

/// Measures Turnpike beside other proxies, in one run on this machine.
#[derive(Debug, Parser)]
#[command(name = "turnpike-bench", version)]
pub(crate) struct Args {
    /// About a minute: Turnpike and haproxy only, short rounds. Good for tuning, not for quoting
    #[arg(long)]
    pub(crate) quick: bool,
    /// Install the absent peers first, with apt-get (Debian, as root)
    #[arg(long)]
    pub(crate) install: bool,
    /// Rounds; figures are medians over them [default: 5, quick: 2]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=100))]
    rounds: Option<u32>,
    /// Measured seconds of each load in each round [default: 3, quick: 1.3]
    #[arg(long)]
    seconds: Option<f64>,
    /// Only these proxies, by name and separated by commas; haproxy is always there for the ratios
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Only these loads
    #[arg(long, value_delimiter = ',')]
    scenarios: Vec<Scenario>,
    /// Tunnels that idle while memory is measured
    #[arg(long, default_value_t = 5_000)]
    pub(crate) idle: usize,
    /// The program to measure [default: `turnpike` beside this one]
    #[arg(long)]
    pub(crate) turnpike: Option<PathBuf>,
    /// Where the figures go as JSON
    #[arg(long, default_value = "target/bench.json")]
    pub(crate) out: PathBuf,
}

impl Args {
    pub(crate) fn rounds(&self) -> u32 {
        self.rounds.unwrap_or(if self.quick { 2 } else { 5 })
    }

    pub(crate) fn seconds(&self) -> f64 {
        self.seconds.unwrap_or(if self.quick { 1.3 } else { 3.0 }).clamp(0.1, 600.0)
    }

    pub(crate) fn scenarios(&self) -> Vec<Scenario> {
        if self.scenarios.is_empty() { Scenario::ALL.to_vec() } else { self.scenarios.clone() }
    }

    /// Whether a proxy takes part.
    pub(crate) fn wants(&self, name: &str) -> bool {
        let quick = name.starts_with("turnpike") || name.starts_with("haproxy");
        if self.only.is_empty() {
            !self.quick || quick
        } else {
            name == crate::subjects::BASELINE || self.only.iter().any(|only| only == name)
        }
    }
}
