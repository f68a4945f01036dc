//! Event loops: one thread each, with its own listeners (SO_REUSEPORT) and its own connections, which
//! never move to another loop.

use crate::budget::Budget;
use crate::changes::verdict;
use crate::conn::Conn;
use crate::doors::{self, Doors};
use crate::entry;
use crate::listing;
use crate::pending::{Sums, Tally};
use crate::purse::Purse;
use crate::relay::Pipes;
use crate::shared::{Shared, held};
use slab::Slab;
use std::cell::{Cell, RefCell, RefMut};
use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::futures::Notified;
use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio::task::LocalSet;
use turnpike_base::{CustomerId, ExitId};
use turnpike_wire::{Ending, Numbered, Reason, Refusal, Revocation, RunningConnection, Subject};

/// How often a loop hands over what it counted and looks for what is overdue.
const BEAT: Duration = Duration::from_millis(250);
/// Bytes of the buffer that all small messages of a loop pass through.
pub(crate) const BUFFER: usize = 64 * 1_024;

/// What a loop can be told.
pub(crate) enum Order {
    /// Something changed.
    Change(Arc<Numbered>),
    /// A subject has nothing left to spend: all its connections end, idle ones too.
    Broke(Subject, Refusal),
    /// The operator's rules may be others now: what they close ends.
    Rules,
    /// Hand over what was counted, now.
    Collect(oneshot::Sender<()>),
    /// Tell what runs of a customer's.
    List(CustomerId, oneshot::Sender<Vec<RunningConnection>>),
    /// Listen here too.
    Open(std::net::TcpListener),
    /// No longer listen there.
    Shut(SocketAddr),
    /// End what still runs.
    EndAll,
}

/// The other end of a loop.
pub(crate) struct LoopHandle {
    orders: mpsc::UnboundedSender<Order>,
}

impl LoopHandle {
    pub(crate) fn tell(&self, change: Arc<Numbered>) {
        let _ = self.orders.send(Order::Change(change));
    }

    pub(crate) fn broke(&self, subject: Subject, refusal: Refusal) {
        let _ = self.orders.send(Order::Broke(subject, refusal));
    }

    /// The operator's rules may be others now.
    pub(crate) fn heed_rules(&self) {
        let _ = self.orders.send(Order::Rules);
    }

    pub(crate) fn open(&self, door: std::net::TcpListener) {
        let _ = self.orders.send(Order::Open(door));
    }

    pub(crate) fn shut(&self, door: SocketAddr) {
        let _ = self.orders.send(Order::Shut(door));
    }

    pub(crate) fn end_all(&self) {
        let _ = self.orders.send(Order::EndAll);
    }

    pub(crate) async fn collect(&self) {
        let (done, collected) = oneshot::channel();
        if self.orders.send(Order::Collect(done)).is_ok() {
            let _ = collected.await;
        }
    }

    /// Asks what runs of a customer's; a loop that ended gives no answer.
    pub(crate) fn list(&self, customer: CustomerId) -> oneshot::Receiver<Vec<RunningConnection>> {
        let (tell, told) = oneshot::channel();
        let _ = self.orders.send(Order::List(customer, tell));
        told
    }
}

/// One event loop's state.
pub(crate) struct Loop {
    pub(crate) shared: Arc<Shared>,
    pub(crate) pipes: Pipes,
    pub(crate) doors: Doors,
    conns: RefCell<Slab<Rc<Conn>>>,
    dirty: RefCell<Vec<usize>>,
    tally: RefCell<Tally>,
    purses: RefCell<HashMap<Subject, Rc<Purse>>>,
    buffer: RefCell<Box<[u8]>>,
    beats: Cell<u64>,
    is_closing: Cell<bool>,
    told_closing: Notify,
    /// [`Shared::changes_seen`] at the last beat.
    changes_seen: Cell<i64>,
    told_changes: Notify,
}

impl Loop {
    fn new(shared: Arc<Shared>, doors: Doors) -> Self {
        Self {
            pipes: Pipes::new(Arc::clone(&shared.metrics)),
            shared,
            doors,
            conns: RefCell::default(),
            dirty: RefCell::default(),
            tally: RefCell::default(),
            purses: RefCell::default(),
            buffer: RefCell::new(vec![0; BUFFER].into_boxed_slice()),
            beats: Cell::new(0),
            is_closing: Cell::new(false),
            told_closing: Notify::new(),
            changes_seen: Cell::new(0),
            told_changes: Notify::new(),
        }
    }

    /// The shared buffer; to be let go before anything is awaited.
    pub(crate) fn buffer(&self) -> RefMut<'_, Box<[u8]>> {
        self.buffer.borrow_mut()
    }

    /// Seconds since the loop began, coarse.
    pub(crate) fn second(&self) -> u64 {
        self.beats.get() / 4
    }

    pub(crate) fn register(&self, conn: &Rc<Conn>) -> usize {
        self.conns.borrow_mut().insert(Rc::clone(conn))
    }

    pub(crate) fn unregister(&self, key: usize) {
        self.conns.borrow_mut().remove(key);
    }

    pub(crate) fn mark_dirty(&self, key: usize) {
        self.dirty.borrow_mut().push(key);
    }

    pub(crate) fn tally(&self, budget: &Arc<Budget>, exit: ExitId, host: &Rc<str>, more: Sums) {
        self.tally.borrow_mut().add(budget, exit, host, more);
    }

    /// What this loop's connections of a subject spend from.
    pub(crate) fn purse(&self, subject: Subject) -> Rc<Purse> {
        let mut purses = self.purses.borrow_mut();
        let fresh = || Rc::new(Purse::new(self.shared.budget(subject)));
        Rc::clone(purses.entry(subject).or_insert_with(fresh))
    }

    /// Gives back what lies in purses, and forgets those that no connection spends from.
    fn empty_purses(&self) {
        self.purses.borrow_mut().retain(|_, purse| {
            purse.release();
            Rc::strong_count(purse) > 1
        });
    }

    /// Whether the gateway takes no more work.
    pub(crate) fn is_closing(&self) -> bool {
        self.is_closing.get()
    }

    /// Completes when the gateway takes no more work.
    pub(crate) async fn closing(&self) {
        let told = self.told_closing.notified();
        if !self.is_closing() {
            told.await;
        }
    }

    /// Completes at the first beat after something changed, whatever it was; counts from this call on.
    pub(crate) fn changed(&self) -> Notified<'_> {
        self.told_changes.notified()
    }

    fn close(&self) {
        self.is_closing.set(true);
        self.told_closing.notify_waiters();
    }

    fn beat(&self) {
        self.beats.set(self.beats.get() + 1);
        self.collect();
        self.empty_purses();
        self.pipes.trim();
        let changes = self.shared.changes_seen.load(Ordering::Acquire);
        if self.changes_seen.replace(changes) != changes {
            self.told_changes.notify_waiters();
        }
        let idle = self.shared.config.timeouts.idle.as_secs();
        let (now, second) = (self.shared.clock.now(), self.second());
        for (_, conn) in self.conns.borrow().iter() {
            if conn.is_overdue(now) {
                conn.cut(Conn::overdue(), Revocation::Close);
            } else if second.saturating_sub(conn.last_moved.get()) > idle {
                conn.end(Ending::Idle);
            }
        }
    }

    fn collect(&self) {
        let dirty = std::mem::take(&mut *self.dirty.borrow_mut());
        for key in dirty {
            // A connection that ended meanwhile has collected itself; its place may be another's.
            let conn = self.conns.borrow().get(key).cloned();
            if let Some(conn) = conn {
                conn.collect();
            }
        }
        let mut tally = self.tally.borrow_mut();
        if !tally.is_empty() {
            held(&self.shared.pending).rows.extend(tally.drain());
        }
    }

    fn obey(&self, order: Order) {
        match order {
            Order::Change(numbered) => {
                for (_, conn) in self.conns.borrow().iter() {
                    if let Some((refusal, how)) = verdict(&numbered.change, conn) {
                        conn.cut(refusal, how);
                    }
                }
            }
            Order::Broke(subject, refusal) => {
                let conns = self.conns.borrow();
                let of_subject = conns.iter().filter(|(_, conn)| conn.permit.subject == subject);
                of_subject.for_each(|(_, conn)| conn.cut(refusal.clone(), Revocation::Close));
            }
            Order::Rules => {
                let conns = self.conns.borrow();
                let closed = conns.iter().filter(|(_, conn)| conn.is_denied());
                closed.for_each(|(_, conn)| conn.cut(Reason::DestinationDenied.into(), Revocation::Close));
            }
            Order::Collect(done) => {
                self.collect();
                let _ = done.send(());
            }
            Order::List(customer, tell) => {
                let conns = self.conns.borrow();
                // Who asked may have gone meanwhile.
                let _ = tell.send(listing::newest(conns.iter().map(|(_, conn)| conn), customer));
            }
            Order::Open(door) => {
                if let Err(error) = self.doors.add(door) {
                    tracing::error!(%error, "a static address can't be listened on");
                }
            }
            Order::Shut(door) => self.doors.shut(door),
            Order::EndAll => self.conns.borrow().iter().for_each(|(_, conn)| conn.end(Ending::Drained)),
        }
    }
}

/// Starts a loop on a thread of its own. It runs until `closing` says so and its last task is done.
pub(crate) fn start(
    number: usize,
    shared: Arc<Shared>,
    listeners: Vec<std::net::TcpListener>,
    doors: Vec<std::net::TcpListener>,
    closing: watch::Receiver<bool>,
) -> io::Result<(LoopHandle, std::thread::JoinHandle<()>)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().event_interval(61).build()?;
    let (orders, inbox) = mpsc::unbounded_channel();
    let doors = Doors::new(doors)?;
    let body = move || {
        let tasks = LocalSet::new();
        let home = Rc::new(Loop::new(shared, doors));
        for listener in listeners {
            tasks.spawn_local(accept(Rc::clone(&home), listener, closing.clone()));
        }
        tasks.spawn_local(doors::attend(Rc::clone(&home), closing.clone()));
        tasks.block_on(&runtime, run(home, inbox, closing));
    };
    let thread = std::thread::Builder::new().name(format!("gateway-{number}")).spawn(body)?;
    Ok((LoopHandle { orders }, thread))
}

async fn run(home: Rc<Loop>, mut inbox: mpsc::UnboundedReceiver<Order>, mut closing: watch::Receiver<bool>) {
    let mut beat = tokio::time::interval(BEAT);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            _ = beat.tick() => home.beat(),
            _ = closing.wait_for(|closing| *closing), if !home.is_closing() => home.close(),
            order = inbox.recv() => match order {
                Some(order) => home.obey(order),
                // The gateway let go of the loop.
                None => return,
            },
        }
    }
}

async fn accept(home: Rc<Loop>, listener: std::net::TcpListener, mut closing: watch::Receiver<bool>) {
    let listener = match TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => return tracing::error!(%error, "a listener can't be used"),
    };
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = closing.wait_for(|closing| *closing) => return,
        };
        match accepted {
            Ok((stream, from)) => welcome(&home, stream, from),
            // Out of descriptors or memory: others may end meanwhile, the queue waits.
            Err(error) => {
                tracing::warn!(%error, "accept failed");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

/// Serves a connection that came in.
pub(crate) fn welcome(home: &Rc<Loop>, stream: TcpStream, from: SocketAddr) {
    home.shared.metrics.accepted.fetch_add(1, Ordering::Relaxed);
    tokio::task::spawn_local(serve(Rc::clone(home), stream, from));
}

struct Open<'a>(&'a Loop);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.shared.metrics.open.fetch_sub(1, Ordering::Relaxed);
    }
}

async fn serve(home: Rc<Loop>, stream: TcpStream, from: SocketAddr) {
    home.shared.metrics.open.fetch_add(1, Ordering::Relaxed);
    let _open = Open(&home);
    if let Err(error) = entry::serve(&home, stream, from).await {
        tracing::debug!(%error, "connection ended");
    }
}
