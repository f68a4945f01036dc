//! An association at work.

use super::flows::Flows;
use super::open::off;
use super::socket::poll_receive;
use super::waiting::Waiting;
use crate::admit::{Admitted, Peer, admit};
use crate::conn::{Guard, Opening, Quota};
use crate::exits::Exit;
use crate::open::{check_destination, may_reach, record};
use crate::relay::Stop;
use crate::serve::Loop;
use crate::sessions::may_go_on;
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::net::UdpSocket;
use turnpike_proxyproto::{HostPort, udp};
use turnpike_wire::{Admission, ConnectionKind, Ending, Permit, Reason, Refusal, Revocation};

/// How long a name may take to resolve; what the customer sends to it meanwhile waits.
const RESOLVE: Duration = Duration::from_secs(5);
/// How long control is left alone after it did not answer.
const AGAIN: Duration = Duration::from_millis(200);
/// Refused destinations of an association that are told to its customer's log.
const MOST_TOLD: usize = 16;

/// See the module.
pub(crate) struct Association {
    pub(super) home: Rc<Loop>,
    pub(super) peer: Peer,
    pub(super) ask: Arc<Admission>,
    /// As it was said last.
    pub(super) permit: RefCell<Arc<Permit>>,
    /// Ends the association; its bytes are counted by its flows.
    pub(super) guard: Guard,
    pub(super) exit: Arc<Exit>,
    pub(super) exit_address: Option<IpAddr>,
    pub(super) relay: UdpSocket,
    pub(super) out: [Option<UdpSocket>; 2],
    /// From where the customer sends: said in his request, or seen at his first datagram.
    pub(super) customer: Cell<Option<SocketAddr>>,
    pub(super) flows: RefCell<Flows>,
    pub(super) told: RefCell<HashSet<HostPort>>,
    pub(super) seen: Cell<i64>,
}

impl Association {
    /// Where the customer has to send.
    pub(crate) fn address(&self) -> io::Result<SocketAddr> {
        self.relay.local_addr()
    }

    /// Whether it ended with a cut that demands RST.
    pub(crate) fn wants_reset(&self) -> bool {
        self.guard.wants_reset()
    }

    /// Relays until `over` (the TCP connection's end) completes or the association is cut.
    pub(crate) async fn run(&self, over: impl Future<Output = ()>) {
        let [four, six] = &self.out;
        tokio::select! {
            () = over => self.guard.set_ending(Ending::Finished),
            () = self.guard.ended() => {}
            stop = self.watch() => self.note(stop),
            stop = self.up() => self.note(stop),
            stop = self.down(four.as_ref()) => self.note(stop),
            stop = self.down(six.as_ref()) => self.note(stop),
        }
    }

    fn note(&self, stop: Stop) {
        crate::relay::note(&self.guard, &Err(stop));
    }

    /// From the customer to where he wants, until something stops it.
    async fn up(&self) -> Stop {
        let mut waiting = Waiting::default();
        loop {
            let received = std::future::poll_fn(|cx| poll_receive(&self.relay, cx, &mut self.home.buffer()));
            let outcome = tokio::select! {
                received = received => match received {
                    Ok((datagram, from)) => self.take(&datagram, from, &mut waiting).await,
                    Err(error) => return Stop::Client(error),
                },
                (to, at, kept) = waiting.found() => self.send_kept(&to, at, &kept).await,
            };
            if let Err(refusal) = outcome {
                return Stop::Broke(refusal);
            }
        }
    }

    /// Takes a datagram to where the customer wants it. A name that is not known yet is looked for beside the
    /// others' datagrams: it may take its time.
    async fn take<'a>(
        &'a self,
        datagram: &[u8],
        from: SocketAddr,
        waiting: &mut Waiting<'a>,
    ) -> Result<(), Refusal> {
        if !self.is_customer(from) {
            return Ok(());
        }
        let Ok(header) = udp::header(datagram) else { return Ok(()) };
        if header.fragment != 0 {
            return Ok(());
        }
        self.customer.set(Some(from));
        self.still_allowed().await?;
        self.flows.borrow_mut().sweep(self.home.second());
        let (to, data) = (header.destination, &datagram[header.length..]);
        let known = self.flows.borrow().known(&to);
        match known {
            Some(at) => self.send_up(&to, at, data).await,
            None if to.host.parse::<IpAddr>().is_ok() => match self.flow_to(&to).await {
                Some(at) => self.send_up(&to, at, data).await,
                None => Ok(()),
            },
            None => {
                waiting.keep(to, data, |to| {
                    Box::pin(async move {
                        let at = self.flow_to(&to).await;
                        (to, at)
                    })
                });
                Ok(())
            }
        }
    }

    /// Sends what waited for an address.
    async fn send_kept(
        &self,
        to: &HostPort,
        at: Option<SocketAddr>,
        kept: &[Vec<u8>],
    ) -> Result<(), Refusal> {
        let Some(at) = at else { return Ok(()) };
        self.still_allowed().await?;
        for data in kept {
            self.send_up(to, at, data).await?;
        }
        Ok(())
    }

    /// Only the customer's address may use the relay port, and only the one port that he sends from.
    fn is_customer(&self, from: SocketAddr) -> bool {
        match self.customer.get() {
            Some(known) => known.port() == from.port() && known.ip() == from.ip().to_canonical(),
            None => from.ip().to_canonical() == self.peer.client,
        }
    }

    /// Looks again after each change: who only receives sends nothing that would lead to a look.
    async fn watch(&self) -> Stop {
        loop {
            let changed = self.home.changed();
            match self.still_allowed().await {
                Ok(()) => changed.await,
                Err(refusal) if refusal.reason == Reason::ControlAway => tokio::time::sleep(AGAIN).await,
                Err(refusal) => return Stop::Broke(refusal),
            }
        }
    }

    /// UDP may have been switched off since the last look, or the exit be another's now.
    async fn still_allowed(&self) -> Result<(), Refusal> {
        let shared = &self.home.shared;
        if self.seen.get() == shared.changes_seen.load(Ordering::Acquire) {
            return Ok(());
        }
        let Admitted { permit, seen } = admit(shared, &self.ask).await?;
        if !permit.udp {
            return Err(off());
        }
        // A change may have come while the exit was chosen, before changes found the association.
        let exit = shared.exits().get(self.exit.record.id);
        if !exit.is_some_and(|exit| may_go_on(&permit, &exit.record)) {
            self.guard.cut(Reason::ExitFailed.into(), Revocation::Reset);
            return Err(Reason::ExitFailed.into());
        }
        self.permit.replace(permit);
        self.seen.set(seen);
        Ok(())
    }

    /// Opens a flow to a destination; gives its address, `None` if it is denied or can't be reached.
    async fn flow_to(&self, to: &HostPort) -> Option<SocketAddr> {
        match self.resolve(to).await {
            Ok(at) => {
                let guard = self.count(to, at.ip());
                self.flows.borrow_mut().open(to.clone(), at, guard, self.home.second());
                Some(at)
            }
            Err(reason) => {
                let mut told = self.told.borrow_mut();
                if told.len() < MOST_TOLD && told.insert(to.clone()) {
                    let refusal = Refusal::new(reason).to(self.permit.borrow().subject);
                    record(&self.home.shared, self.peer, to, &refusal);
                }
                None
            }
        }
    }

    fn count(&self, to: &HostPort, dialled: IpAddr) -> Guard {
        let opening = Opening {
            permit: Arc::clone(&self.permit.borrow()),
            kind: ConnectionKind::Udp,
            client: self.peer.client,
            exit: Arc::clone(&self.exit),
            exit_address: self.exit_address,
            destination: to.clone(),
            dialled: Some(dialled),
            caps: None,
        };
        let guard = Guard::open(&self.home, Rc::clone(&self.guard.purse), opening);
        guard.set_ending(Ending::Finished);
        guard
    }

    /// The first address that may be sent to and that the exit can reach.
    async fn resolve(&self, to: &HostPort) -> Result<SocketAddr, Reason> {
        let shared = &self.home.shared;
        check_destination(shared, &self.permit.borrow(), to).map_err(|refusal| refusal.reason)?;
        let found = tokio::time::timeout(RESOLVE, shared.resolver.addresses(&to.host)).await;
        let found = found.unwrap_or(Err(Reason::Timeout))?;
        let all = found.into_iter().map(|ip| SocketAddr::new(ip.to_canonical(), to.port));
        let open: Vec<_> = all.filter(|at| may_reach(shared, &self.permit.borrow(), *at)).collect();
        let reached = open.iter().copied().find(|at| self.socket_to(*at).is_some());
        reached.ok_or(if open.is_empty() { Reason::DestinationDenied } else { Reason::DestinationFailed })
    }

    fn socket_to(&self, at: SocketAddr) -> Option<&UdpSocket> {
        self.out[usize::from(at.is_ipv6())].as_ref()
    }

    async fn send_up(&self, to: &HostPort, at: SocketAddr, data: &[u8]) -> Result<(), Refusal> {
        let Some(socket) = self.socket_to(at) else { return Ok(()) };
        let Some(flow) = self.flows.borrow().leading_to(to) else { return Ok(()) };
        if self.pay_and_send(&flow, data.len(), socket, data, at).await? {
            self.guard.touch();
            flow.count_up(data.len());
            self.flows.borrow_mut().sent(to, self.home.second());
        }
        Ok(())
    }

    /// From where the customer sent to, back to him.
    async fn down(&self, socket: Option<&UdpSocket>) -> Stop {
        let Some(socket) = socket else { return std::future::pending().await };
        loop {
            let received = std::future::poll_fn(|cx| poll_receive(socket, cx, &mut self.home.buffer()));
            let (data, from) = match received.await {
                Ok(received) => received,
                Err(error) => return Stop::Origin(error),
            };
            let from = SocketAddr::new(from.ip().to_canonical(), from.port());
            let Some(customer) = self.customer.get() else { continue };
            let answered = self.flows.borrow_mut().answered(from, self.home.second());
            let Some(flow) = answered else { continue };
            let datagram = udp::datagram(from, &data);
            match self.pay_and_send(&flow, data.len(), &self.relay, &datagram, customer).await {
                Ok(true) => {
                    self.guard.touch();
                    flow.count_down(data.len());
                }
                Ok(false) => {}
                Err(refusal) => return Stop::Broke(refusal),
            }
        }
    }

    /// Sends a datagram of a flow that costs so many bytes; false if it was lost, as datagrams are, or if the flow was
    /// cut while it waited. It can't be moved in parts, so the last one may pass the end of the budget by its length.
    async fn pay_and_send(
        &self,
        flow: &Guard,
        cost: usize,
        socket: &UdpSocket,
        datagram: &[u8],
        to: SocketAddr,
    ) -> Result<bool, Refusal> {
        while !flow.is_cut() {
            let taken = match self.guard.quota(cost) {
                Quota::Some(taken) => Some(taken),
                Quota::Broke if cost == 0 => None,
                Quota::Broke => {
                    self.guard.funded().await?;
                    continue;
                }
                Quota::Wait(time) => {
                    tokio::time::sleep(time).await;
                    continue;
                }
            };
            let sent = socket.try_send_to(datagram, to);
            if let Some(taken) = taken {
                self.guard.settle(taken, if sent.is_ok() { taken } else { 0 });
                self.guard.purse.spend(if sent.is_ok() { cost - taken } else { 0 });
            }
            match sent {
                Ok(_) => return Ok(true),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    if socket.writable().await.is_err() {
                        return Ok(false);
                    }
                }
                Err(_) => return Ok(false),
            }
        }
        Ok(false)
    }
}
