//! The destinations of an association: each with its count, its trace, and the time it was used last.

use crate::conn::Guard;
use std::collections::HashMap;
use std::net::SocketAddr;
use turnpike_proxyproto::HostPort;

/// Destinations an association may have at once; a further one takes the place of the one unused longest.
const MOST: usize = 256;
/// A destination unused for so many seconds is forgotten: it may no longer answer.
const IDLE_SECONDS: u64 = 120;

/// See the module.
#[derive(Default)]
pub(super) struct Flows {
    by_address: HashMap<SocketAddr, Flow>,
    /// Where names that the customer sends to led.
    names: HashMap<HostPort, SocketAddr>,
    swept: u64,
}

struct Flow {
    guard: Guard,
    used: u64,
}

impl Flows {
    /// Where a destination led before.
    pub(super) fn known(&self, to: &HostPort) -> Option<SocketAddr> {
        let lives = |at: &SocketAddr| self.by_address.get(at).is_some_and(|flow| !flow.guard.is_cut());
        self.names.get(to).copied().filter(lives)
    }

    /// The flow to or from an address; it is in use now. One that was cut is none.
    pub(super) fn touch(&mut self, at: SocketAddr, second: u64) -> Option<&Guard> {
        let flow = self.by_address.get_mut(&at).filter(|flow| !flow.guard.is_cut())?;
        flow.used = second;
        Some(&flow.guard)
    }

    /// A new flow.
    pub(super) fn open(&mut self, to: HostPort, at: SocketAddr, guard: Guard, second: u64) {
        if self.by_address.len() >= MOST
            && let Some(oldest) = self.by_address.iter().min_by_key(|(_, flow)| flow.used).map(|(at, _)| *at)
        {
            self.by_address.remove(&oldest);
        }
        self.names.insert(to, at);
        self.by_address.insert(at, Flow { guard, used: second });
        self.names.retain(|_, at| self.by_address.contains_key(at));
    }

    /// Forgets what is unused, now and then.
    pub(super) fn sweep(&mut self, second: u64) {
        if second.saturating_sub(self.swept) < IDLE_SECONDS / 4 {
            return;
        }
        self.swept = second;
        self.by_address.retain(|_, flow| second.saturating_sub(flow.used) < IDLE_SECONDS);
        self.names.retain(|_, at| self.by_address.contains_key(at));
    }
}
