//! What a gateway counts about itself. Plain atomics; whoever owns the process exports them.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use turnpike_wire::Reason;

/// Counters and gauges of one gateway.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Connections accepted.
    pub accepted: AtomicU64,
    /// Client connections open now.
    pub open: AtomicI64,
    /// Admitted connections (tunnels and forwarded exchanges) open now.
    pub tunnels: AtomicI64,
    /// Bytes from customers.
    pub up: AtomicU64,
    /// Bytes to customers.
    pub down: AtomicU64,
    /// Times a connection had to wait for a lease.
    pub lease_waits: AtomicU64,
    /// Batches control did not take at the first try.
    pub report_failures: AtomicU64,
    /// Pipes open for splicing, in use or pooled.
    pub pipes: AtomicI64,
    /// Customers' budgets that hold leases or have connections.
    pub budgets: AtomicI64,
    refusals: [AtomicU64; Reason::ALL.len()],
}

impl Metrics {
    pub(crate) fn refused(&self, reason: Reason) {
        if let Some(at) = Reason::ALL.iter().position(|r| *r == reason) {
            self.refusals[at].fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Refusals by reason, all reasons in their order.
    pub fn refusals(&self) -> impl Iterator<Item = (Reason, u64)> + '_ {
        Reason::ALL.iter().zip(&self.refusals).map(|(reason, count)| (*reason, count.load(Ordering::Relaxed)))
    }
}
