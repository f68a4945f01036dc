//! The network domain: exits, the places they serve, static addresses, extracted endpoints, sessions.
//!
//! [`exits`] are the ways out as operators describe them; [`place`] binds names to the world catalogue,
//! for exits and for what customers ask; [`roster`] knows in memory which of them can serve right now;
//! [`places`] tells customers where that is, [`told`] in which words; [`endpoints`] leases them out by port; [`flags`] serves the
//! countries' flags; [`closed`] keeps the destinations that the operator closed; `connections` tells what runs.

pub mod closed;
mod connections;
pub mod endpoints;
pub mod entries;
mod entry;
pub mod exits;
#[cfg(test)]
mod figures;
pub mod flags;
pub mod place;
pub mod places;
mod pool;
pub mod roster;
pub mod sessions;
mod state;
pub mod statics;
#[cfg(test)]
mod testing;
pub mod told;
pub mod truth;

pub use entry::{Entry, Ports};
pub use flags::router as flags_router;
pub use pool::pool_of;
pub use state::{Rest, State};

/// The endpoints of this domain.
pub fn routes(state: &State, pins: &std::sync::Arc<sessions::Pins>) -> Vec<turnpike_web::Endpoint> {
    [
        endpoints::routes(state, pins),
        entries::routes(state),
        places::routes(state),
        statics::routes(state),
        sessions::routes(state, pins),
        connections::routes(state),
    ]
    .concat()
}
