//! The exits a gateway knows: an index that finds one in constant time, and their health.

mod health;
mod index;

pub(crate) use health::{probe, prober};
pub(crate) use index::{Index, stable_hash as hash};

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use turnpike_base::Timestamp;
use turnpike_wire::{ExitHealth, ExitKind, ExitRecord, ExitStatus};

/// Failures in a row that take an exit out of the index.
const MOST_FAILURES: u32 = 3;

/// An exit and what this gateway saw of it.
#[derive(Debug)]
pub(crate) struct Exit {
    pub(crate) record: ExitRecord,
    /// Connections running through it, whatever its description was when they began.
    pub(crate) load: Arc<AtomicU32>,
    failures: AtomicU32,
    healthy: AtomicBool,
    latency_us: AtomicU64,
    error: Mutex<Option<String>>,
}

impl Exit {
    pub(crate) fn new(record: ExitRecord) -> Self {
        Self {
            record,
            load: Arc::default(),
            failures: AtomicU32::new(0),
            healthy: AtomicBool::new(true),
            latency_us: AtomicU64::new(0),
            error: Mutex::new(None),
        }
    }

    /// The same exit under a new description. What was seen of it holds unless it is reached in another way.
    pub(crate) fn renewed(&self, record: ExitRecord) -> Self {
        let mut next = Self::new(record);
        next.load = Arc::clone(&self.load);
        if next.record.kind == self.record.kind {
            next.failures = AtomicU32::new(self.failures.load(Ordering::Relaxed));
            next.healthy = AtomicBool::new(self.healthy.load(Ordering::Relaxed));
            next.latency_us = AtomicU64::new(self.latency_us.load(Ordering::Relaxed));
            next.error = Mutex::new(self.error.lock().unwrap_or_else(PoisonError::into_inner).clone());
        }
        next
    }

    /// Whether it is an address of this machine.
    pub(crate) fn is_local(&self) -> bool {
        matches!(self.record.kind, ExitKind::Local { .. })
    }

    /// Whether its last use or probe failed.
    pub(crate) fn is_suspect(&self) -> bool {
        self.failures.load(Ordering::Relaxed) > 0
    }

    /// Whether new connections may leave through it.
    pub(crate) fn serves(&self) -> bool {
        self.record.status == ExitStatus::Enabled && self.healthy.load(Ordering::Relaxed)
    }

    /// A connection was made: smooths the latency. True if the exit was out and is back.
    pub(crate) fn succeeded(&self, took_us: u64) -> bool {
        self.failures.store(0, Ordering::Relaxed);
        let before = self.latency_us.load(Ordering::Relaxed);
        let smoothed = if before == 0 { took_us } else { (before * 7 + took_us) / 8 };
        self.latency_us.store(smoothed, Ordering::Relaxed);
        !self.healthy.swap(true, Ordering::AcqRel)
    }

    /// The exit itself failed. True if that takes it out.
    pub(crate) fn failed(&self, why: &str) -> bool {
        *self.error.lock().unwrap_or_else(PoisonError::into_inner) = Some(why.to_owned());
        let failures = self.failures.fetch_add(1, Ordering::AcqRel) + 1;
        failures >= MOST_FAILURES && self.healthy.swap(false, Ordering::AcqRel)
    }

    /// What control is told.
    pub(crate) fn health(&self, at: Timestamp) -> ExitHealth {
        let healthy = self.healthy.load(Ordering::Relaxed);
        let error = self.error.lock().unwrap_or_else(PoisonError::into_inner).clone();
        ExitHealth {
            exit: self.record.id,
            healthy,
            latency_us: self.latency_us.load(Ordering::Relaxed),
            public: None,
            error: error.filter(|_| !healthy),
            at,
        }
    }
}
