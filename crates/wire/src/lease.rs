//! Leases: traffic is reserved before it is spent.

use crate::{GatewayId, Refusal, Subject};
use serde::{Deserialize, Serialize};
use turnpike_base::{Bytes, LeaseId, PackageId, Timestamp};

/// One subject's wish for more bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseAsk {
    /// For whom.
    pub subject: Subject,
    /// About ten seconds of the subject's present rate; control decides how much it gets.
    pub want: Bytes,
}

/// The wishes a gateway gathered in 100 ms. Answered in one transaction, in the same order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseRequest {
    /// Who asks.
    pub gateway: GatewayId,
    /// Which life of that gateway.
    pub start: i64,
    /// The wishes, at most one per subject.
    pub asks: Vec<LeaseAsk>,
}

/// Bytes a gateway may spend for a subject before it asks again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// Its number in [`crate::LeaseUse`].
    pub id: LeaseId,
    /// The package it is drawn from; `None` for traffic that is logged under a static address.
    pub package: Option<PackageId>,
    /// How much.
    pub bytes: Bytes,
    /// From then on nothing of it may be spent (package expiry, the site's midnight under a daily
    /// limit, or the lease's own end). What is left goes back.
    pub valid_until: Timestamp,
}

/// The answer to one wish.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LeaseAnswer {
    /// Spend these.
    Granted(Lease),
    /// Nothing is left: running connections end with this reason.
    Denied(Refusal),
    /// Nothing is free just now, but leases that others hold, or bytes not yet reported, may come back
    /// within a second: ask again.
    Later,
}
