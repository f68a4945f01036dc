//! The destinations of an association: each with its count, its trace, and the time it was used last.
//!
//! A destination is what the customer calls it. Several may lead to one address; what comes from there does not say
//! which of them it answers, and counts for the one that was sent to last.

use crate::conn::Guard;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::rc::Rc;
use turnpike_proxyproto::HostPort;

/// Destinations an association may have at once; a further one takes the place of the one unused longest.
const MOST: usize = 256;
/// A destination unused for so many seconds is forgotten: it may no longer answer.
const IDLE_SECONDS: u64 = 120;

/// See the module.
#[derive(Default)]
pub(super) struct Flows {
    all: HashMap<HostPort, Flow>,
    /// To which destination of an address was sent last.
    latest: HashMap<SocketAddr, HostPort>,
    swept: u64,
}

struct Flow {
    /// Shared with who waits to send, so that what he sends is counted even if the flow is forgotten meanwhile.
    guard: Rc<Guard>,
    at: SocketAddr,
    used: u64,
}

impl Flow {
    fn lives(&self) -> bool {
        !self.guard.is_cut()
    }
}

impl Flows {
    /// Where a destination led before. One whose flow was cut is looked at anew.
    pub(super) fn known(&self, to: &HostPort) -> Option<SocketAddr> {
        self.all.get(to).filter(|flow| flow.lives()).map(|flow| flow.at)
    }

    /// The flow to a destination.
    pub(super) fn leading_to(&self, to: &HostPort) -> Option<Rc<Guard>> {
        self.all.get(to).map(|flow| Rc::clone(&flow.guard))
    }

    /// A destination was sent to now.
    pub(super) fn sent(&mut self, to: &HostPort, second: u64) {
        let Some(flow) = self.all.get_mut(to).filter(|flow| flow.lives()) else { return };
        flow.used = second;
        if self.latest.get(&flow.at) != Some(to) {
            self.latest.insert(flow.at, to.clone());
        }
    }

    /// The flow that something from an address belongs to; it is in use now. What was cut gets no answers, and neither
    /// does a name from an address that it led to before.
    pub(super) fn answered(&mut self, from: SocketAddr, second: u64) -> Option<Rc<Guard>> {
        let latest = self.latest.get(&from)?;
        if !self.all.get(latest).is_some_and(|flow| flow.lives() && flow.at == from) {
            self.look_again(from);
        }
        let flow = self.all.get_mut(self.latest.get(&from)?)?;
        flow.used = second;
        Some(Rc::clone(&flow.guard))
    }

    /// A new flow, about to be sent to.
    pub(super) fn open(&mut self, to: HostPort, at: SocketAddr, guard: Guard, second: u64) {
        if self.all.len() >= MOST
            && let Some(oldest) = self.all.iter().min_by_key(|(_, flow)| flow.used).map(|(to, _)| to.clone())
        {
            self.all.remove(&oldest);
            self.repair();
        }
        self.latest.insert(at, to.clone());
        self.all.insert(to, Flow { guard: Rc::new(guard), at, used: second });
    }

    /// Forgets what is unused, now and then.
    pub(super) fn sweep(&mut self, second: u64) {
        if second.saturating_sub(self.swept) < IDLE_SECONDS / 4 {
            return;
        }
        self.swept = second;
        self.all.retain(|_, flow| second.saturating_sub(flow.used) < IDLE_SECONDS);
        self.repair();
    }

    /// Addresses whose latest destination is gone or leads elsewhere answer another one, if one leads there.
    fn repair(&mut self) {
        let leads = |at: &SocketAddr, to: &HostPort| self.all.get(to).is_some_and(|flow| flow.at == *at);
        let lost = self.latest.iter().filter(|(at, to)| !leads(at, to)).map(|(at, _)| *at);
        let lost: Vec<SocketAddr> = lost.collect();
        lost.into_iter().for_each(|at| self.look_again(at));
    }

    fn look_again(&mut self, at: SocketAddr) {
        let there = self.all.iter().filter(|(_, flow)| flow.at == at && flow.lives());
        match there.max_by_key(|(_, flow)| flow.used).map(|(to, _)| to.clone()) {
            Some(to) => drop(self.latest.insert(at, to)),
            None => drop(self.latest.remove(&at)),
        }
    }
}
