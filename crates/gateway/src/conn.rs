//! A running connection: a guard whose drop closes the count, so that no way out can forget it.

use crate::budget::Taken;
use crate::caps::{CapState, Slot};
use crate::destination;
use crate::exits::Exit;
use crate::open::{check_destination, may_reach};
use crate::pending::Sums;
use crate::purse::Purse;
use crate::serve::Loop;
use crate::shared::held;
use crate::signal::Signal;
use std::cell::{Cell, RefCell};
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use turnpike_base::{Bytes, Timestamp};
use turnpike_proxyproto::HostPort;
use turnpike_wire::{ConnectionKind, Ending, Permit, Reason, Refusal, Revocation, RunningConnection, Trace};

/// See the module. Lives on one loop only.
pub(crate) struct Conn {
    pub(crate) permit: Arc<Permit>,
    pub(crate) purse: Rc<Purse>,
    pub(crate) client: IpAddr,
    pub(crate) exit: Arc<Exit>,
    /// The end of the static address or endpoint it leaves from.
    pub(crate) until: Option<Timestamp>,
    caps: Option<(Arc<CapState>, Slot)>,
    kind: ConnectionKind,
    host: Rc<str>,
    port: u16,
    exit_address: Option<IpAddr>,
    /// Where it leads, as far as this gateway dialled it.
    dialled: Option<IpAddr>,
    opened: Timestamp,
    up: Cell<u64>,
    down: Cell<u64>,
    reported: Cell<(u64, u64)>,
    fresh: Cell<bool>,
    dirty: Cell<bool>,
    /// Its bytes are counted by others, and so is what it leaves behind.
    silent: Cell<bool>,
    /// The loop's second in which a byte moved last.
    pub(crate) last_moved: Cell<u64>,
    cut: RefCell<Option<(Refusal, Revocation)>>,
    wake: Signal,
    ending: Cell<Ending>,
    key: Cell<usize>,
    home: Rc<Loop>,
}

/// What [`Guard::open`] needs beyond the permit.
pub(crate) struct Opening {
    pub(crate) permit: Arc<Permit>,
    pub(crate) kind: ConnectionKind,
    pub(crate) client: IpAddr,
    pub(crate) exit: Arc<Exit>,
    pub(crate) exit_address: Option<IpAddr>,
    pub(crate) destination: HostPort,
    /// The address that was dialled; `None` through a parent.
    pub(crate) dialled: Option<IpAddr>,
    pub(crate) caps: Option<(Arc<CapState>, Slot)>,
}

/// The owner of a connection.
pub(crate) struct Guard(Rc<Conn>);

impl std::ops::Deref for Guard {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.0
    }
}

impl Guard {
    /// Begins the count.
    pub(crate) fn open(home: &Rc<Loop>, purse: Rc<Purse>, opening: Opening) -> Self {
        let Opening { permit, kind, client, exit, exit_address, destination, dialled, caps } = opening;
        let held_until = permit.owned.iter().flatten().find(|o| o.exit == exit.record.id).map(|o| o.until);
        exit.load.fetch_add(1, Ordering::Relaxed);
        home.shared.metrics.tunnels.fetch_add(1, Ordering::Relaxed);
        let conn = Rc::new(Conn {
            until: held_until,
            permit,
            purse,
            client,
            exit,
            caps,
            kind,
            host: destination.host.into(),
            port: destination.port,
            exit_address,
            dialled,
            opened: home.shared.clock.now(),
            up: Cell::new(0),
            down: Cell::new(0),
            reported: Cell::new((0, 0)),
            fresh: Cell::new(true),
            dirty: Cell::new(false),
            silent: Cell::new(false),
            last_moved: Cell::new(home.second()),
            cut: RefCell::new(None),
            wake: Signal::default(),
            ending: Cell::new(Ending::ClientGone),
            key: Cell::new(0),
            home: Rc::clone(home),
        });
        conn.key.set(home.register(&conn));
        conn.touch();
        Self(conn)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let conn = &self.0;
        conn.home.unregister(conn.key.get());
        conn.collect();
        conn.exit.load.fetch_sub(1, Ordering::Relaxed);
        conn.home.shared.metrics.tunnels.fetch_sub(1, Ordering::Relaxed);
        if conn.silent.get() {
            return;
        }
        let ending =
            conn.cut.borrow().as_ref().map_or(conn.ending.get(), |(refusal, _)| Ending::Cut(refusal.reason));
        let trace = Trace {
            subject: conn.permit.subject,
            client: conn.client,
            exit: conn.exit.record.id,
            exit_address: conn.exit_address,
            destination: conn.destination().to_string(),
            opened: conn.opened,
            closed: conn.home.shared.clock.now(),
            up: bytes(conn.up.get()),
            down: bytes(conn.down.get()),
            ending,
        };
        held(&conn.home.shared.pending).traces.push(trace);
    }
}

fn bytes(n: u64) -> Bytes {
    Bytes(i64::try_from(n).unwrap_or(i64::MAX))
}

/// Bytes a pump may move now.
pub(crate) enum Quota {
    /// These, to be settled with [`Conn::settle`].
    Some(usize),
    /// None until the budget has news.
    Broke,
    /// None until this time has passed.
    Wait(Duration),
}

/// Bytes paid for by [`Conn::pay`].
pub(crate) struct Paid {
    bytes: usize,
    /// Of the budget when they were paid for.
    epoch: u64,
}

impl Conn {
    /// Asks for at most `want` bytes.
    pub(crate) fn quota(&self, want: usize) -> Quota {
        let want = match &self.caps {
            None => want,
            Some((caps, _)) => match caps.take(want, Instant::now()) {
                Ok(got) => got,
                Err(wait) => return Quota::Wait(wait),
            },
        };
        let taken = self.purse.take(want, |budget| self.home.shared.ask(budget));
        if let Some((caps, _)) = &self.caps {
            caps.give_back(want - taken);
        }
        if taken == 0 { Quota::Broke } else { Quota::Some(taken) }
    }

    /// Settles a quota: `moved` bytes of it were used.
    pub(crate) fn settle(&self, taken: usize, moved: usize) {
        let unspent = taken - moved.min(taken);
        self.purse.settle(unspent);
        if let Some((caps, _)) = &self.caps {
            caps.give_back(unspent);
        }
    }

    /// Waits for bytes to spend.
    pub(crate) async fn funded(&self) -> Result<(), Refusal> {
        crate::lease::funded(&self.home.shared, &self.purse.budget).await
    }

    /// Pays for bytes that were read before anybody could know whose they are (the head of a message and what
    /// came with it) and that are not passed on yet: waits for bandwidth and for funds as a pump does.
    pub(crate) async fn pay(&self, bytes: usize) -> Result<Paid, Refusal> {
        let paid = Paid { bytes, epoch: self.purse.budget.epoch() };
        let mut left = bytes;
        while left > 0 {
            match self.quota(left) {
                Quota::Some(taken) => {
                    self.settle(taken, taken);
                    left -= taken;
                }
                Quota::Broke => Box::pin(self.funded()).await?,
                Quota::Wait(time) => Box::pin(tokio::time::sleep(time)).await,
            }
        }
        Ok(paid)
    }

    /// Takes a payment back: the bytes were passed on to nobody.
    pub(crate) fn refund(&self, paid: &Paid) {
        self.purse.budget.refund(Taken { bytes: paid.bytes, epoch: paid.epoch });
        if let Some((caps, _)) = &self.caps {
            caps.give_back(paid.bytes);
        }
    }

    /// Counts bytes accepted from the customer.
    pub(crate) fn count_up(&self, bytes: usize) {
        self.up.set(self.up.get() + bytes as u64);
        self.touch();
    }

    /// Counts bytes the customer's socket accepted.
    pub(crate) fn count_down(&self, bytes: usize) {
        self.down.set(self.down.get() + bytes as u64);
        self.touch();
    }

    /// Something moved: the idle clock starts anew.
    pub(crate) fn touch(&self) {
        self.last_moved.set(self.home.second());
        if !self.dirty.replace(true) {
            self.home.mark_dirty(self.key.get());
        }
    }

    /// It is neither counted nor traced: others do that for it.
    pub(crate) fn silence(&self) {
        self.silent.set(true);
    }

    /// Whether others count for it, and tell of it.
    pub(crate) fn is_silent(&self) -> bool {
        self.silent.get()
    }

    /// Where it leads, as asked for.
    fn destination(&self) -> HostPort {
        HostPort { host: self.host.to_string(), port: self.port }
    }

    /// Since when it runs.
    pub(crate) fn opened(&self) -> Timestamp {
        self.opened
    }

    /// As its customer is told of it.
    pub(crate) fn told(&self) -> RunningConnection {
        RunningConnection {
            subject: self.permit.subject,
            kind: self.kind,
            client: self.client,
            exit: self.exit.record.id,
            destination: self.destination().to_string(),
            opened: self.opened,
            up: bytes(self.up.get()),
            down: bytes(self.down.get()),
        }
    }

    /// Moves what was counted since the last time into the loop's tally.
    pub(crate) fn collect(&self) {
        self.dirty.set(false);
        if self.silent.get() {
            return;
        }
        let (up, down) = (self.up.get(), self.down.get());
        let (up_before, down_before) = self.reported.replace((up, down));
        let connections = u32::from(self.fresh.replace(false));
        let more = Sums { up: up - up_before, down: down - down_before, connections };
        if more.up + more.down + u64::from(more.connections) > 0 {
            self.home.tally(&self.purse.budget, self.exit.record.id, &self.host, more);
        }
    }

    /// Ends the connection: whoever relays for it is woken.
    pub(crate) fn cut(&self, refusal: Refusal, how: Revocation) {
        let mut cut = self.cut.borrow_mut();
        if cut.is_none() {
            *cut = Some((refusal, how));
            self.wake.set();
        }
    }

    /// Ends the connection because the gateway or the idle clock says so.
    pub(crate) fn end(&self, ending: Ending) {
        self.ending.set(ending);
        self.wake.set();
    }

    /// Completes when the connection is cut or ended from outside.
    pub(crate) async fn ended(&self) {
        std::future::poll_fn(|cx| self.poll_ended(cx)).await
    }

    /// Ready when [`Conn::ended`] is.
    pub(crate) fn poll_ended(&self, cx: &Context<'_>) -> Poll<()> {
        self.wake.poll(cx)
    }

    /// Whether it was cut.
    pub(crate) fn is_cut(&self) -> bool {
        self.cut.borrow().is_some()
    }

    /// Whether it leads to one of these hosts, or to what is below them.
    pub(crate) fn leads_to(&self, hosts: &[String]) -> bool {
        destination::is_listed(&destination::plain(&self.host), hosts)
            || self.dialled.is_some_and(|ip| destination::is_address_listed(ip, hosts))
    }

    /// Whether what is closed now would keep it from being opened.
    pub(crate) fn is_denied(&self) -> bool {
        let (shared, permit) = (&self.home.shared, &self.permit);
        let to = self.destination();
        let reached = |ip| may_reach(shared, permit, SocketAddr::new(ip, self.port));
        check_destination(shared, permit, &to).is_err() || self.dialled.is_some_and(|ip| !reached(ip))
    }

    /// Why it was cut, if it was, and whether it has been idle for too long.
    pub(crate) fn why_ended(&self) -> Option<Refusal> {
        let idle = || (self.ending.get() == Ending::Idle).then(|| Reason::Timeout.into());
        self.cut.borrow().as_ref().map(|(refusal, _)| refusal.clone()).or_else(idle)
    }

    /// Whether it has to end with RST.
    pub(crate) fn wants_reset(&self) -> bool {
        matches!(*self.cut.borrow(), Some((_, Revocation::Reset)))
    }

    /// Says how it ended, where nothing from outside ended it.
    pub(crate) fn set_ending(&self, ending: Ending) {
        self.ending.set(ending)
    }

    /// Which loop it lives on.
    pub(crate) fn home(&self) -> &Rc<Loop> {
        &self.home
    }

    /// Whether the time of what it leaves from is over.
    pub(crate) fn is_overdue(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| now >= until)
    }

    /// The refusal for an overdue address.
    pub(crate) fn overdue() -> Refusal {
        Refusal::new(Reason::PackageEmpty)
    }
}
