//! Static addresses that customers dial themselves: the gateway listens on those of its machine, on the
//! entry's port, as they come and go (contract section 9).

use crate::listen::{Beside, listen};
use crate::serve::LoopHandle;
use crate::shared::{Shared, held};
use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use turnpike_base::ExitId;
use turnpike_wire::ExitRecord;

/// Addresses with a door of their own.
#[derive(Debug, Default)]
pub(crate) struct Statics(BTreeSet<(ExitId, IpAddr)>);

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
    let mut doors = 0;
    for door in doors_at(shared, address) {
        match listen(door, Beside::Nobody) {
            Ok(listener) => {
                shared.change_own(|own| own.add(door));
                loop_of(loops, record.id).open(listener);
                doors += 1;
            }
            // Another machine's, or none's yet: who dials it does not come here.
            Err(error) => tracing::debug!(%door, %error, "a static address is not listened on"),
        }
    }
    if doors > 0 {
        held(&shared.statics).0.insert((record.id, address));
    }
}

/// Shuts the doors of an exit that is gone.
pub(crate) fn forget(shared: &Shared, loops: &[LoopHandle], exit: ExitId) {
    let Some(known) = of_exit(shared, exit) else { return };
    held(&shared.statics).0.remove(&known);
    for door in doors_at(shared, known.1) {
        shared.change_own(|own| own.remove(door));
        loop_of(loops, exit).shut(door);
    }
}

fn of_exit(shared: &Shared, exit: ExitId) -> Option<(ExitId, IpAddr)> {
    let lowest = IpAddr::from([0, 0, 0, 0]);
    held(&shared.statics).0.range((exit, lowest)..).next().copied().filter(|(id, _)| *id == exit)
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
