//! What was counted and not yet reported.

use crate::budget::Budget;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;
use turnpike_base::{Bytes, ExitId};
use turnpike_wire::{ExitFailures, RefusalRow, Subject, Trace, UsageRow};

/// Collected from all loops, taken by the reporter.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    pub(crate) rows: Vec<Counted>,
    pub(crate) refusals: Vec<RefusalRow>,
    /// How many of them are whose.
    refused: HashMap<Subject, usize>,
    pub(crate) traces: Vec<Trace>,
    pub(crate) failures: BTreeMap<ExitId, u32>,
}

/// A row, and the budget it is spent from: as long as a row waits, its budget is not forgotten, so that
/// its bytes find their lease.
#[derive(Debug)]
pub(crate) struct Counted {
    pub(crate) row: UsageRow,
    pub(crate) _budget: Arc<Budget>,
}

/// More refusals than this in one interval are counted in the metrics only: of all, and of one subject, so that
/// nobody crowds out the others'.
const MOST_REFUSALS: usize = 10_000;
const MOST_OF_ONE: usize = 50;

impl Pending {
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.refusals.is_empty() && self.traces.is_empty() && self.failures.is_empty()
    }

    /// An exit failed where somebody's connection was to be opened.
    pub(crate) fn exit_failed(&mut self, exit: ExitId) {
        let count = self.failures.entry(exit).or_default();
        *count = count.saturating_add(1);
    }

    /// The failures as a batch names them.
    pub(crate) fn failures(&self) -> Vec<ExitFailures> {
        self.failures.iter().map(|(exit, count)| ExitFailures { exit: *exit, count: *count }).collect()
    }

    pub(crate) fn refused(&mut self, row: RefusalRow) {
        let of_one = self.refused.entry(row.subject).or_default();
        if self.refusals.len() < MOST_REFUSALS && *of_one < MOST_OF_ONE {
            *of_one += 1;
            self.refusals.push(row);
        }
    }
}

/// Bytes up and down, connections opened.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sums {
    pub(crate) up: u64,
    pub(crate) down: u64,
    pub(crate) connections: u32,
}

/// Who, through what, to where.
type Key = (Subject, ExitId, Rc<str>);

/// One loop's counts since its last beat.
#[derive(Debug, Default)]
pub(crate) struct Tally(HashMap<Key, (Sums, Arc<Budget>)>);

impl Tally {
    pub(crate) fn add(&mut self, budget: &Arc<Budget>, exit: ExitId, host: &Rc<str>, more: Sums) {
        let key = (budget.subject, exit, Rc::clone(host));
        let (sums, _) = self.0.entry(key).or_insert_with(|| (Sums::default(), Arc::clone(budget)));
        sums.up += more.up;
        sums.down += more.down;
        sums.connections += more.connections;
    }

    /// Empties the tally into rows.
    pub(crate) fn drain(&mut self) -> impl Iterator<Item = Counted> + '_ {
        let bytes = |n: u64| Bytes(i64::try_from(n).unwrap_or(i64::MAX));
        self.0.drain().map(move |((subject, exit, host), (sums, budget))| {
            let (up, down) = (bytes(sums.up), bytes(sums.down));
            let row =
                UsageRow { subject, exit, host: host.to_string(), up, down, connections: sums.connections };
            Counted { row, _budget: budget }
        })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
