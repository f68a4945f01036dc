//! What was counted and not yet reported.

use std::collections::HashMap;
use std::rc::Rc;
use turnpike_base::{Bytes, ExitId};
use turnpike_wire::{RefusalRow, Subject, Trace, UsageRow};

/// Collected from all loops, taken by the reporter.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    pub(crate) rows: Vec<UsageRow>,
    pub(crate) refusals: Vec<RefusalRow>,
    pub(crate) traces: Vec<Trace>,
}

/// More refusals than this in one interval are counted in the metrics only.
const MOST_REFUSALS: usize = 10_000;

impl Pending {
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.refusals.is_empty() && self.traces.is_empty()
    }

    pub(crate) fn refused(&mut self, row: RefusalRow) {
        if self.refusals.len() < MOST_REFUSALS {
            self.refusals.push(row);
        }
    }
}

/// Who, through what, to where.
type Key = (Subject, ExitId, Rc<str>);

/// Bytes up and down, connections opened.
type Sums = (u64, u64, u32);

/// One loop's counts since its last beat.
#[derive(Debug, Default)]
pub(crate) struct Tally(HashMap<Key, Sums>);

impl Tally {
    pub(crate) fn add(&mut self, key: Key, up: u64, down: u64, connections: u32) {
        let sum = self.0.entry(key).or_default();
        sum.0 += up;
        sum.1 += down;
        sum.2 += connections;
    }

    /// Empties the tally into rows.
    pub(crate) fn drain(&mut self) -> Vec<UsageRow> {
        self.0.drain().map(row).collect()
    }
}

fn row(((subject, exit, host), (up, down, connections)): (Key, Sums)) -> UsageRow {
    let bytes = |n: u64| Bytes(i64::try_from(n).unwrap_or(i64::MAX));
    UsageRow { subject, exit, host: host.to_string(), up: bytes(up), down: bytes(down), connections }
}
