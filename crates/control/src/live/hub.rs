//! Who listens to whose figures, and the one task per listened-to customer that looks.

use super::{Whose, look};
use crate::Control;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use turnpike_base::{Code, CustomerId, Fault, LoginId, Result, Text};

/// A look at the store so often.
const BEAT: Duration = Duration::from_secs(1);
/// Streams of one listener at once.
const STREAMS: usize = 8;
/// Customers with streams at once: each costs a look a second.
const LISTENED: usize = 2_000;

/// See the module.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hub(Arc<Mutex<HashMap<Whose, Room>>>);

/// Who listens, and whose streams are counted together: operators hear the same, each login counts for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Listener {
    Customer(CustomerId),
    Operator(LoginId),
}

impl Listener {
    const fn whose(self) -> Whose {
        match self {
            Self::Customer(customer) => Whose::Customer(customer),
            Self::Operator(_) => Whose::Installation,
        }
    }
}

/// All who listen to the same figures. A seat is an `Arc` of its listener's, so that no way out forgets to give it back.
#[derive(Debug)]
struct Room {
    sender: watch::Sender<String>,
    seats: HashMap<Listener, Arc<()>>,
}

impl Room {
    fn open() -> Self {
        Self { sender: watch::channel(String::new()).0, seats: HashMap::new() }
    }

    fn seat(&mut self, listener: Listener) -> Result<Seat> {
        self.seats.retain(|_, seats| Arc::strong_count(seats) > 1);
        let seats = self.seats.entry(listener).or_default();
        // One of them is the room's own.
        if Arc::strong_count(seats) > STREAMS {
            return Err(too_many());
        }
        Ok(Seat { news: self.sender.subscribe(), _held: Arc::clone(seats) })
    }
}

/// A stream's place; free again when it is dropped.
#[derive(Debug)]
pub(crate) struct Seat {
    pub(crate) news: watch::Receiver<String>,
    _held: Arc<()>,
}

impl Hub {
    /// Listens to the figures that are this listener's. Fails with `too_many_streams`.
    pub(crate) fn join(&self, control: &Control, listener: Listener) -> Result<Seat> {
        let whose = listener.whose();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let crowded = all.len() >= LISTENED;
        match all.entry(whose) {
            Entry::Occupied(mut found) => found.get_mut().seat(listener),
            Entry::Vacant(_) if crowded => Err(too_many()),
            Entry::Vacant(free) => {
                let seat = free.insert(Room::open()).seat(listener)?;
                tokio::spawn(run(self.clone(), control.clone(), whose));
                Ok(seat)
            }
        }
    }

    /// Tells those who listen; `false` once nobody does.
    fn tell(&self, whose: Whose, text: Option<String>) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = all.get(&whose).map(|room| &room.sender);
        let Some(sender) = sender.filter(|sender| sender.receiver_count() > 0) else {
            all.remove(&whose);
            return false;
        };
        if let Some(text) = text {
            sender.send_if_modified(|old| {
                let changed = *old != text;
                *old = text;
                changed
            });
        }
        true
    }
}

async fn run(hub: Hub, control: Control, whose: Whose) {
    let mut beat = tokio::time::interval(BEAT);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        beat.tick().await;
        let seen = look(&control, whose, control.0.clock.now()).await;
        if let Err(fault) = &seen {
            tracing::warn!(%fault, cause = ?fault.cause, "live figures can't be read");
        }
        if !hub.tell(whose, seen.ok().map(|figures| figures.to_string())) {
            return;
        }
    }
}

fn too_many() -> Fault {
    Fault::new(Code::TooMany, "too_many_streams")
        .say(Text::new("实时连接过多，请关闭其他页面", "Too many live streams; close other pages"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Listener = Listener::Operator(LoginId(1));
    const OTHER: Listener = Listener::Operator(LoginId(2));

    #[test]
    fn operators_listen_together_and_each_login_has_its_own_bound() {
        let mut room = Room::open();
        let mut seats: Vec<Seat> = (0..STREAMS).map(|_| room.seat(ONE).unwrap()).collect();
        assert_eq!(room.seat(ONE).unwrap_err().slug, "too_many_streams");
        let others: Vec<Seat> = (0..STREAMS).map(|_| room.seat(OTHER).unwrap()).collect();
        assert_eq!(room.seat(OTHER).unwrap_err().slug, "too_many_streams");
        assert_eq!(room.sender.receiver_count(), 2 * STREAMS);
        seats.pop();
        room.seat(ONE).unwrap();
        drop((seats, others));
        room.seat(ONE).unwrap();
        assert_eq!(room.seats.len(), 1, "who is gone is not remembered");
    }
}
