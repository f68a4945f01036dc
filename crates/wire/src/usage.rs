//! Usage batches: numbered reports of counted bytes, applied exactly once.

use crate::{GatewayId, Reason, Subject};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use turnpike_base::{Bytes, ExitId, LeaseId, Timestamp};

/// Bytes spent of a lease since the last batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseUse {
    /// Which lease.
    pub lease: LeaseId,
    /// How much of it, in this batch.
    pub bytes: Bytes,
    /// The lease is done with: what is left of it goes back.
    pub closed: bool,
}

/// What moved for one subject through one exit to one host since the last batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageRow {
    /// Whom to count.
    pub subject: Subject,
    /// Which way out.
    pub exit: ExitId,
    /// Destination host as asked for, lower case, without port; at most 255 bytes.
    pub host: String,
    /// Bytes from the customer.
    pub up: Bytes,
    /// Bytes to the customer.
    pub down: Bytes,
    /// Connections that opened in this interval.
    pub connections: u32,
}

/// How often an exit itself failed since the last batch: somebody's connection had to try another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExitFailures {
    /// Which one.
    pub exit: ExitId,
    /// How often.
    pub count: u32,
}

/// A refusal that a known customer should be able to read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusalRow {
    /// Whom it was told, or whose account was tried.
    pub subject: Subject,
    /// Why.
    pub reason: Reason,
    /// The sentence, in English.
    pub detail: String,
    /// The sentence, in Chinese.
    pub detail_zh: String,
    /// Where he wanted to go, `host:port`; empty if it never came to that.
    pub destination: String,
    /// From where.
    pub client: IpAddr,
    /// When; of several the last time.
    pub at: Timestamp,
    /// How often: failed logins of one account from one address are one row.
    pub times: u32,
}

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Both sides were done.
    Finished,
    /// The customer broke it.
    ClientGone,
    /// The origin or the exit broke it.
    OriginGone,
    /// Nothing moved for ten minutes.
    Idle,
    /// A limit, a revocation or an expiry ended it.
    Cut(Reason),
    /// The gateway shut down.
    Drained,
}

/// One line per finished connection, for abuse reports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// Who.
    pub subject: Subject,
    /// From where.
    pub client: IpAddr,
    /// Which way out.
    pub exit: ExitId,
    /// The address it left from, as far as the gateway knows.
    pub exit_address: Option<IpAddr>,
    /// `host:port`.
    pub destination: String,
    /// When it opened and closed.
    pub opened: Timestamp,
    /// See `opened`.
    pub closed: Timestamp,
    /// Bytes from the customer.
    pub up: Bytes,
    /// Bytes to the customer.
    pub down: Bytes,
    /// How it ended.
    pub ending: Ending,
}

/// A gateway's report. Control applies it in one transaction and exactly once: (gateway, start,
/// number) names it, numbers rise by one from 1 within a start.
///
/// The bytes in `leases` and the bytes in `rows` add up to the same sum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageBatch {
    /// Who reports.
    pub gateway: GatewayId,
    /// Which life of that gateway.
    pub start: i64,
    /// Rises by one.
    pub number: i64,
    /// When the interval ended: decides quarter-hour and day.
    pub at: Timestamp,
    /// What was spent of which lease.
    pub leases: Vec<LeaseUse>,
    /// What moved.
    pub rows: Vec<UsageRow>,
    /// Who was told no.
    pub refusals: Vec<RefusalRow>,
    /// What finished.
    pub traces: Vec<Trace>,
    /// Exits that failed. Journals of earlier versions don't have it.
    #[serde(default)]
    pub failures: Vec<ExitFailures>,
}
