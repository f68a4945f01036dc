//! Figures of all rounds, as medians and ratios, in a table and as JSON.

use crate::scenario::{Sample, Scenario};
use crate::subjects::BASELINE;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// One run of one load, as it ended.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Record {
    round: u32,
    scenario: Scenario,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sample: Option<Sample>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
}

impl Record {
    pub(crate) fn new(round: u32, scenario: Scenario, name: String, outcome: Result<Sample, String>) -> Self {
        let (sample, failure) = match outcome {
            Ok(sample) => (Some(sample), None),
            Err(wrong) => (None, Some(wrong)),
        };
        Self { round, scenario, name, sample, failure }
    }
}

/// Where the figures were taken.
#[derive(Debug, Serialize)]
pub(crate) struct Machine {
    cpu: String,
    cores: usize,
    kernel: String,
}

impl Machine {
    pub(crate) fn here() -> Self {
        let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("model name"));
        let cpu = line.map(|line| line.trim_start_matches([' ', '\t', ':']).to_owned()).unwrap_or_default();
        let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
        let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        let kernel = kernel.trim().to_owned();
        Self { cpu, cores, kernel }
    }
}

/// The figures of one proxy under one load: medians over the rounds.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Row {
    scenario: Scenario,
    name: String,
    rate: f64,
    cost: f64,
    p50_us: f64,
    p99_us: f64,
    /// Median over the rounds of this proxy's cost by the baseline's of the same round.
    #[serde(skip_serializing_if = "Option::is_none")]
    cost_ratio: Option<f64>,
    rounds: usize,
    errors: u64,
}

/// Everything a run gives.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    machine: Machine,
    versions: BTreeMap<String, String>,
    baseline: &'static str,
    seconds: f64,
    rounds: u32,
    rows: Vec<Row>,
    records: Vec<Record>,
}

impl Report {
    pub(crate) fn new(
        machine: Machine,
        versions: BTreeMap<String, String>,
        seconds: f64,
        rounds: u32,
        records: Vec<Record>,
    ) -> Self {
        let rows = rows(&records);
        Self { machine, versions, baseline: BASELINE, seconds, rounds, rows, records }
    }

    /// Writes the JSON, and says where.
    pub(crate) fn write(&self, file: &Path) -> Result<(), String> {
        let said = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder).map_err(|error| said(&error))?;
        }
        let text = serde_json::to_string_pretty(self).map_err(|error| said(&error))?;
        std::fs::write(file, text + "\n").map_err(|error| said(&error))?;
        println!("\nwritten to {}", file.display());
        Ok(())
    }

    /// Prints a table for each load.
    pub(crate) fn print(&self) {
        let Machine { cpu, cores, kernel } = &self.machine;
        println!("{cpu}, {cores} cores, Linux {kernel}; medians of {} rounds", self.rounds);
        let versions: Vec<String> = self.versions.iter().map(|(name, v)| format!("{name} {v}")).collect();
        println!("{}", versions.join(", "));
        for scenario in Scenario::ALL {
            let rows: Vec<&Row> = self.rows.iter().filter(|row| row.scenario == scenario).collect();
            let failures = failures(&self.records, scenario);
            if rows.is_empty() && failures.is_empty() {
                continue;
            }
            let (rate, cost) = scenario.units();
            println!("\n{}", scenario.title());
            println!("{:<18}{rate:>14}{cost:>18}{:>12}{:>10}{:>10}", "", "x haproxy", "p50 us", "p99 us");
            for row in rows {
                println!("{}", line(row));
            }
            for (name, (count, wrong)) in failures {
                println!("{name:<18}no figures in {count} of {} rounds: {wrong}", self.rounds);
            }
        }
    }
}

/// Who gave no figures in how many rounds, with the first reason.
fn failures(records: &[Record], scenario: Scenario) -> BTreeMap<&str, (usize, &str)> {
    let mut found = BTreeMap::new();
    for record in records.iter().filter(|record| record.scenario == scenario) {
        if let Some(wrong) = &record.failure {
            found.entry(record.name.as_str()).or_insert((0, wrong.as_str())).0 += 1;
        }
    }
    found
}

fn line(row: &Row) -> String {
    let ratio = row.cost_ratio.map_or("-".to_owned(), |ratio| format!("{ratio:.2}"));
    let time = |us: f64| if us > 0.0 { format!("{us:.0}") } else { "-".to_owned() };
    let (p50, p99) = (time(row.p50_us), time(row.p99_us));
    let (rate, cost) = (figure(row.rate), figure(row.cost));
    let errors = if row.errors > 0 { format!("  {} failed", row.errors) } else { String::new() };
    format!("{:<18}{rate:>14}{cost:>18}{ratio:>12}{p50:>10}{p99:>10}{errors}", row.name)
}

/// Three digits are what a run is good for.
fn figure(value: f64) -> String {
    match value.abs() {
        v if v >= 100.0 => format!("{value:.0}"),
        v if v >= 10.0 => format!("{value:.1}"),
        v if v >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

/// One row for each load and proxy that has figures, in the order they were first run.
fn rows(records: &[Record]) -> Vec<Row> {
    let mut seen: Vec<(Scenario, &str)> = Vec::new();
    for record in records {
        let key = (record.scenario, record.name.as_str());
        if !seen.contains(&key) {
            seen.push(key);
        }
    }
    seen.into_iter().filter_map(|(scenario, name)| row(records, scenario, name)).collect()
}

fn row(records: &[Record], scenario: Scenario, name: &str) -> Option<Row> {
    let of = |name: &str| -> BTreeMap<u32, &Sample> {
        let mine = records.iter().filter(|r| r.scenario == scenario && r.name == name);
        mine.filter_map(|r| Some((r.round, r.sample.as_ref()?))).collect()
    };
    let (samples, baseline) = (of(name), of(BASELINE));
    let middle = |what: fn(&Sample) -> f64| median(samples.values().map(|s| what(s)).collect());
    let ratios = samples.iter().filter_map(|(round, sample)| {
        baseline.get(round).filter(|base| base.cost > 0.0).map(|base| sample.cost / base.cost)
    });
    Some(Row {
        scenario,
        name: name.to_owned(),
        rate: middle(|s| s.rate)?,
        cost: middle(|s| s.cost)?,
        p50_us: middle(|s| s.p50_us)?,
        p99_us: middle(|s| s.p99_us)?,
        cost_ratio: median(ratios.collect()),
        rounds: samples.len(),
        errors: samples.values().map(|s| s.errors).sum(),
    })
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    match values.len() {
        0 => None,
        n if n % 2 == 1 => Some(values[half]),
        _ => Some((values[half - 1] + values[half]) / 2.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(round: u32, name: &str, cost: f64) -> Record {
        let sample = Sample { rate: 10.0, cost, p50_us: 1.0, p99_us: 2.0, errors: 1 };
        Record::new(round, Scenario::Tunnels, name.into(), Ok(sample))
    }

    #[test]
    fn ratios_are_taken_within_a_round() {
        // The machine is twice as slow in the second round: the ratio does not move.
        let records = [
            record(1, BASELINE, 1.0),
            record(1, "turnpike", 1.5),
            record(2, BASELINE, 2.0),
            record(2, "turnpike", 3.0),
        ];
        let rows = rows(&records);
        assert_eq!((rows[1].cost, rows[1].cost_ratio), (2.25, Some(1.5)));
        assert_eq!((rows[0].cost_ratio, rows[1].errors), (Some(1.0), 2));
    }

    #[test]
    fn a_failed_round_gives_no_figure() {
        let failed = Record::new(1, Scenario::Tunnels, "squid".into(), Err("refused".into()));
        assert!(rows(std::slice::from_ref(&failed)).is_empty());
        let told = failures(std::slice::from_ref(&failed), Scenario::Tunnels);
        assert_eq!(told.get("squid"), Some(&(1, "refused")));
        let rows = rows(&[failed, record(2, "squid", 4.0)]);
        assert_eq!((rows.len(), rows[0].cost, rows[0].rounds, rows[0].cost_ratio), (1, 4.0, 1, None));
    }

    #[test]
    fn medians_lie_in_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(vec![4.0, 1.0]), Some(2.5));
        assert_eq!(median(Vec::new()), None);
    }

    #[test]
    fn figures_have_three_digits() {
        assert_eq!(
            ["12345", "12.3", "1.23", "0.123"],
            [12_345.4, 12.34, 1.234, 0.1234].map(figure).as_slice()
        );
    }
}
