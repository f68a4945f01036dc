//! Many listening sockets on one loop for the price of one: ports of extracted endpoints, static addresses.
//!
//! They wait in an epoll instance of their own, so that thousands of them cost a descriptor each and no task;
//! the loop watches that one instance.

use crate::relay::sys;
use crate::serve::{Loop, welcome};
use rustix::event::Timespec;
use rustix::event::epoll::{self, CreateFlags, Event, EventData, EventFlags};
use slab::Slab;
use std::cell::RefCell;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::{AsFd, OwnedFd};
use std::rc::Rc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::watch;

/// See the module.
pub(crate) struct Doors {
    epoll: OwnedFd,
    open: RefCell<Slab<TcpListener>>,
}

/// Doors looked at in one go.
const ROUND: usize = 64;
/// Connections taken from one door before the next one has its turn.
const AT_ONCE: usize = 32;
/// How long to wait when descriptors or memory run out: others may end meanwhile, the queues wait.
const PAUSE: Duration = Duration::from_millis(50);
const NOW: Timespec = Timespec { tv_sec: 0, tv_nsec: 0 };

impl Doors {
    /// Doors over these listeners, which do not block.
    pub(crate) fn new(listeners: Vec<TcpListener>) -> io::Result<Self> {
        let doors = Self { epoll: epoll::create(CreateFlags::CLOEXEC)?, open: RefCell::default() };
        listeners.into_iter().try_for_each(|listener| doors.add(listener))?;
        Ok(doors)
    }

    /// One more.
    pub(crate) fn add(&self, listener: TcpListener) -> io::Result<()> {
        let mut open = self.open.borrow_mut();
        let place = open.vacant_entry();
        let data = EventData::new_u64(place.key() as u64);
        epoll::add(&self.epoll, &listener, data, EventFlags::IN)?;
        place.insert(listener);
        Ok(())
    }

    /// Shuts the door at an address: closing the socket takes it out of the epoll.
    pub(crate) fn shut(&self, address: SocketAddr) {
        self.open.borrow_mut().retain(|_, door| door.local_addr().ok() != Some(address));
    }

    fn shut_all(&self) {
        self.open.borrow_mut().clear();
    }

    /// The doors somebody stands at; empty if nobody stands anywhere.
    fn knocked(&self) -> io::Result<Vec<usize>> {
        let mut events: Vec<Event> = Vec::with_capacity(ROUND);
        epoll::wait(&self.epoll, rustix::buffer::spare_capacity(&mut events), Some(&NOW))?;
        Ok(events.iter().filter_map(|event| usize::try_from(event.data.u64()).ok()).collect())
    }

    /// Lets in who stands at a door.
    fn accept(&self, home: &Rc<Loop>, door: usize) -> io::Result<()> {
        let open = self.open.borrow();
        // It may have been shut meanwhile.
        let Some(door) = open.get(door) else { return Ok(()) };
        for _ in 0..AT_ONCE {
            match door.accept() {
                Ok((stream, from)) => {
                    stream.set_nonblocking(true)?;
                    welcome(home, TcpStream::from_std(stream)?, from);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                // He went before he was let in.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Attends the doors of a loop until the gateway takes no more connections.
pub(crate) async fn attend(home: Rc<Loop>, mut closing: watch::Receiver<bool>) {
    let watched = match sys::readable(home.doors.epoll.as_fd()) {
        Ok(watched) => watched,
        Err(error) => return tracing::error!(%error, "endpoints and static addresses can't be watched"),
    };
    loop {
        let mut ready = tokio::select! {
            ready = watched.readable() => match ready {
                Ok(ready) => ready,
                Err(error) => return tracing::error!(%error, "endpoints can't be watched"),
            },
            _ = closing.wait_for(|closing| *closing) => return home.doors.shut_all(),
        };
        let outcome = home.doors.knocked().and_then(|doors| {
            if doors.is_empty() {
                ready.clear_ready();
            }
            doors.iter().try_for_each(|door| home.doors.accept(&home, *door))
        });
        drop(ready);
        if let Err(error) = outcome {
            tracing::warn!(%error, "accept failed");
            tokio::time::sleep(PAUSE).await;
        }
        tokio::task::yield_now().await;
    }
}
