//! A lease as a row.

use turnpike_base::{AccountId, CustomerId, LeaseId, PackageId, Timestamp};
use turnpike_wire::Subject;

/// A lease as control remembers it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LeaseRow {
    pub(crate) id: LeaseId,
    pub(crate) customer: CustomerId,
    pub(crate) account: Option<AccountId>,
    pub(crate) package: Option<PackageId>,
    pub(crate) bytes: i64,
    pub(crate) used: i64,
    pub(crate) day: i64,
    pub(crate) closed: bool,
}

impl LeaseRow {
    /// What is still reserved for it.
    pub(crate) fn outstanding(&self) -> i64 {
        if self.closed { 0 } else { (self.bytes - self.used).max(0) }
    }
}

/// A lease to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct NewLease<'a> {
    pub(super) gateway: &'a str,
    pub(super) start: i64,
    pub(super) subject: Subject,
    pub(super) package: Option<PackageId>,
    pub(super) bytes: i64,
    pub(super) day: i64,
    pub(super) valid_until: Timestamp,
}
