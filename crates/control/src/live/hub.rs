//! Who listens to whose figures, and the one task per listened-to customer that looks.

use super::{Whose, look};
use crate::Control;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use turnpike_base::{Code, Fault, Result, Text};

/// A look at the store so often.
const BEAT: Duration = Duration::from_secs(1);
/// Streams of one customer at once.
const STREAMS: usize = 8;
/// Customers with streams at once: each costs a look a second.
const LISTENED: usize = 2_000;

/// See the module.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hub(Arc<Mutex<HashMap<Whose, watch::Sender<String>>>>);

impl Hub {
    /// Listens to somebody's figures. Fails with `too_many_streams`.
    pub(crate) fn join(&self, control: &Control, whose: Whose) -> Result<watch::Receiver<String>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let crowded = all.len() >= LISTENED;
        match all.entry(whose) {
            Entry::Occupied(found) if found.get().receiver_count() >= STREAMS => Err(too_many()),
            Entry::Occupied(found) => Ok(found.get().subscribe()),
            Entry::Vacant(_) if crowded => Err(too_many()),
            Entry::Vacant(free) => {
                let (sender, receiver) = watch::channel(String::new());
                free.insert(sender);
                tokio::spawn(run(self.clone(), control.clone(), whose));
                Ok(receiver)
            }
        }
    }

    /// Tells those who listen; `false` once nobody does.
    fn tell(&self, whose: Whose, text: Option<String>) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(sender) = all.get(&whose).filter(|sender| sender.receiver_count() > 0) else {
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
