//! The network domain: exits, the places they serve, static addresses, extracted endpoints, sessions.
//!
//! [`exits`] are the ways out as operators describe them; [`place`] binds names to the world catalogue,
//! for exits and for what customers ask; [`roster`] knows in memory which of them can serve right now.

pub mod exits;
pub mod place;
pub mod roster;
pub mod sessions;
pub mod statics;
