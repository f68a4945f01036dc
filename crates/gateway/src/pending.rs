//! What was counted and not yet reported.

use crate::budget::Budget;
use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::rc::Rc;
use std::sync::Arc;
use turnpike_base::{Bytes, ExitId};
use turnpike_wire::{ExitFailures, Reason, RefusalRow, Subject, Trace, UsageRow};

/// Collected from all loops, taken by the reporter.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    pub(crate) rows: Vec<Counted>,
    pub(crate) refusals: Vec<RefusalRow>,
    /// How many of them are whose, failed logins apart.
    refused: HashMap<(Subject, bool), usize>,
    /// Where failed logins stand among them: whoever guesses on makes a row count, not another row.
    logins: HashMap<(Subject, Reason, IpAddr), usize>,
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
/// nobody crowds out the others'. Failed logins, which anybody can cause, leave what others are told its room.
const MOST_REFUSALS: usize = 10_000;
const MOST_LOGINS: usize = 1_000;
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
        let is_login = row.reason.is_of_login();
        let key = (row.subject, row.reason, row.client);
        let same = self.logins.get(&key).filter(|_| is_login).and_then(|at| self.refusals.get_mut(*at));
        if let Some(kept) = same {
            *kept = RefusalRow { times: kept.times.saturating_add(row.times), ..row };
            return;
        }
        let (of_kind, most) = match is_login {
            true => (self.logins.len(), MOST_LOGINS),
            false => (self.refusals.len() - self.logins.len(), MOST_REFUSALS),
        };
        let of_one = self.refused.entry((row.subject, is_login)).or_default();
        if of_kind >= most || *of_one >= MOST_OF_ONE {
            return;
        }
        *of_one += 1;
        if is_login {
            self.logins.insert(key, self.refusals.len());
        }
        self.refusals.push(row);
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

#[cfg(test)]
mod tests {
    use super::*;
    use turnpike_base::{AccountId, CustomerId, ProductType, Timestamp};

    fn row(account: i64, reason: Reason, last: u8, at: i64) -> RefusalRow {
        let subject = Subject {
            customer: CustomerId(7),
            account: Some(AccountId(account)),
            product: ProductType::Dynamic,
        };
        let (detail, detail_zh, destination) = Default::default();
        let client = IpAddr::from([192, 0, 2, last]);
        RefusalRow { subject, reason, detail, detail_zh, destination, client, at: Timestamp(at), times: 1 }
    }

    #[test]
    fn a_flood_of_wrong_passwords_is_a_row_for_each_address_and_crowds_nothing_out() {
        let mut pending = Pending::default();
        for n in 0..100_000_i64 {
            pending.refused(row(1, Reason::BadCredentials, u8::try_from(n % 250).unwrap(), n));
        }
        let told: u32 = pending.refusals.iter().map(|row| row.times).sum();
        assert_eq!((pending.refusals.len(), told), (MOST_OF_ONE, 20_000), "400 of each of 50 addresses");
        assert_eq!(pending.refusals[0].at, Timestamp(99_750), "the last time");
        for account in 2..2_000 {
            pending.refused(row(account, Reason::BadCredentials, 1, 0));
        }
        assert_eq!(pending.refusals.len(), MOST_LOGINS);
        pending.refused(row(1, Reason::NoExit, 1, 1));
        pending.refused(row(1, Reason::NoExit, 1, 2));
        let last: Vec<_> =
            pending.refusals[MOST_LOGINS..].iter().map(|row| (row.reason, row.times)).collect();
        assert_eq!(last, [(Reason::NoExit, 1); 2], "what the customer's own programs hear stays one by one");
    }
}
