//! Static addresses that customers dial themselves: the gateway listens on those of its machine, on the
//! entry's port, as they come and go (contract section 9).

use crate::listen::{Beside, listen};
use crate::serve::LoopHandle;
use crate::shared::{Shared, held};
use std::collections::BTreeSet;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use turnpike_base::ExitId;
use turnpike_wire::ExitRecord;

/// How often doors that could not be opened are tried again.
const AGAIN: Duration = Duration::from_secs(2);

/// Addresses with a door of their own, and doors that wait for theirs.
#[derive(Debug, Default)]
pub(crate) struct Statics {
    open: BTreeSet<(ExitId, IpAddr)>,
    /// The address is another machine's, or comes to this one later.
    waiting: BTreeSet<(ExitId, SocketAddr)>,
}

/// Opens the doors of all static addresses that are known at the start.
pub(crate) fn open_all(shared: &Shared, loops: &[LoopHandle]) {
    let records: Vec<ExitRecord> = shared.exits().all().map(|exit| exit.record.clone()).collect();
    records.iter().for_each(|record| follow(shared, loops, record));
}

/// Opens or shuts the doors of an exit as its description now says.
pub(crate) fn follow(shared: &Shared, loops: &[LoopHandle], record: &ExitRecord) {
    let wanted = record.dialled().map(|address| (record.id, address));
    let known = of_exit(shared, record.id);
    if known == wanted {
        return;
    }
    forget(shared, loops, record.id);
    let Some((_, address)) = wanted else { return };
    for door in doors_at(shared, address) {
        if let Err(error) = open(shared, loops, record.id, door) {
            tracing::debug!(%door, %error, "a static address is not listened on");
            held(&shared.statics).waiting.insert((record.id, door));
        }
    }
}

fn open(shared: &Shared, loops: &[LoopHandle], exit: ExitId, door: SocketAddr) -> io::Result<()> {
    let listener = listen(door, Beside::Nobody)?;
    shared.change_own(|own| own.add(door));
    loop_of(loops, exit).open(listener);
    held(&shared.statics).open.insert((exit, door.ip()));
    Ok(())
}

/// Opens doors whose address came to this machine after its exit did. Runs for ever.
pub(crate) async fn attend(shared: Arc<Shared>, loops: Arc<Vec<LoopHandle>>) {
    let mut beat = tokio::time::interval(AGAIN);
    beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    loop {
        beat.tick().await;
        let waiting: Vec<_> = held(&shared.statics).waiting.iter().copied().collect();
        for (exit, door) in waiting {
            if open(&shared, &loops, exit, door).is_ok() {
                held(&shared.statics).waiting.remove(&(exit, door));
                tracing::info!(%door, "a static address is listened on");
            }
        }
    }
}

/// Shuts the doors of an exit that is gone.
pub(crate) fn forget(shared: &Shared, loops: &[LoopHandle], exit: ExitId) {
    held(&shared.statics).waiting.retain(|(of, _)| *of != exit);
    let Some(known) = of_exit(shared, exit) else { return };
    held(&shared.statics).open.remove(&known);
    for door in doors_at(shared, known.1) {
        shared.change_own(|own| own.remove(door));
        loop_of(loops, exit).shut(door);
    }
}

fn of_exit(shared: &Shared, exit: ExitId) -> Option<(ExitId, IpAddr)> {
    let lowest = IpAddr::from([0, 0, 0, 0]);
    held(&shared.statics).open.range((exit, lowest)..).next().copied().filter(|(id, _)| *id == exit)
}

/// Where an address has to be listened on: on the entry's ports, unless the entry listens there itself.
fn doors_at(shared: &Shared, address: IpAddr) -> Vec<SocketAddr> {
    let entry = shared.entry();
    let same_family = |listener: &&SocketAddr| listener.is_ipv4() == address.is_ipv4();
    let mut ports: Vec<u16> = entry.iter().filter(same_family).map(SocketAddr::port).collect();
    ports.sort_unstable();
    ports.dedup();
    let is_covered = |door: &SocketAddr| {
        let covers = |listener: &SocketAddr| {
            listener.port() == door.port()
                && listener.is_ipv4() == door.is_ipv4()
                && (listener.ip() == door.ip() || listener.ip().is_unspecified())
        };
        entry.iter().any(covers)
    };
    ports.into_iter().map(|port| SocketAddr::new(address, port)).filter(|door| !is_covered(door)).collect()
}

fn loop_of(loops: &[LoopHandle], exit: ExitId) -> &LoopHandle {
    &loops[usize::try_from(exit.0).unwrap_or(0) % loops.len()]
}
