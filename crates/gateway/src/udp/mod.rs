//! SOCKS5 UDP ASSOCIATE (RFC 1928 section 7), on local exits: metered and limited like TCP.
//!
//! An association has a relay port for its customer and a socket on its exit. It ends with its TCP
//! connection. A destination is a flow with a count and a trace of its own ([`flows`]); datagrams from where
//! the customer did not send to are dropped, and so is what is denied, malformed or a fragment.

mod flows;
mod open;
mod relay;
mod socket;
mod waiting;

pub(crate) use open::open;
