//! The exits a gateway knows: an index that finds one in constant time, and their health.

mod health;
mod index;
mod joined;
mod public;

pub(crate) use health::{probe, prober};
pub(crate) use index::{Index, stable_hash as hash};
pub(crate) use joined::Joined;
pub use public::AddressPage;

use crate::shared::held;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use turnpike_base::Timestamp;
use turnpike_wire::{ExitHealth, ExitKind, ExitRecord, ExitStatus};

/// Failures in a row that take an exit out of the index; the first one takes out what never worked yet.
const MOST_FAILURES: u32 = 3;

/// An exit and what this gateway saw of it.
#[derive(Debug)]
pub(crate) struct Exit {
    pub(crate) record: ExitRecord,
    /// Connections running through it, whatever its description was when they began.
    pub(crate) load: Arc<AtomicU32>,
    failures: AtomicU32,
    healthy: AtomicBool,
    /// Smoothed, from before the start too; 0: it never worked yet.
    latency_us: AtomicU64,
    error: Mutex<Option<String>>,
    public: Mutex<Public>,
}

/// The address that the world sees, and when it was last asked for.
#[derive(Clone, Copy, Debug, Default)]
struct Public {
    address: Option<IpAddr>,
    asked: Option<Timestamp>,
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
            public: Mutex::default(),
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
            next.error = Mutex::new(held(&self.error).clone());
            next.public = Mutex::new(*held(&self.public));
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

    /// It worked before this gateway ran: one failure does not take it out, and so no session or endpoint from it.
    pub(crate) fn remember(&self, latency_us: u64) {
        self.latency_us.store(latency_us, Ordering::Relaxed);
    }

    /// A connection was made: smooths the latency. True if the exit was out and is back.
    pub(crate) fn succeeded(&self, took_us: u64) -> bool {
        self.failures.store(0, Ordering::Relaxed);
        let took_us = took_us.max(1);
        let before = self.latency_us.load(Ordering::Relaxed);
        let smoothed = if before == 0 { took_us } else { (before * 7 + took_us) / 8 };
        self.latency_us.store(smoothed, Ordering::Relaxed);
        !self.healthy.swap(true, Ordering::AcqRel)
    }

    /// The exit itself failed. True if that takes it out.
    pub(crate) fn failed(&self, why: &str) -> bool {
        *held(&self.error) = Some(why.to_owned());
        let failures = self.failures.fetch_add(1, Ordering::AcqRel) + 1;
        let most = if self.latency_us.load(Ordering::Relaxed) == 0 { 1 } else { MOST_FAILURES };
        failures >= most && self.healthy.swap(false, Ordering::AcqRel)
    }

    /// Whether its public address is due to be asked for; if so, it counts as asked now.
    fn is_to_be_asked(&self, now: Timestamp, every_ms: i64, again_ms: i64) -> bool {
        let mut public = held(&self.public);
        let pause = if public.address.is_some() { every_ms } else { again_ms };
        let due = public.asked.is_none_or(|asked| now.since(asked) >= pause);
        if due {
            public.asked = Some(now);
        }
        due
    }

    /// Its public address was seen.
    fn learned(&self, address: IpAddr) {
        held(&self.public).address = Some(address);
    }

    /// What control is told.
    pub(crate) fn health(&self, at: Timestamp) -> ExitHealth {
        let healthy = self.healthy.load(Ordering::Relaxed);
        let error = held(&self.error).clone();
        ExitHealth {
            exit: self.record.id,
            healthy,
            latency_us: self.latency_us.load(Ordering::Relaxed),
            public: held(&self.public).address,
            error: error.filter(|_| !healthy),
            at,
        }
    }
}
