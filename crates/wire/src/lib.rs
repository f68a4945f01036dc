//! What control and gateways say to each other: permits, leases, usage batches, changes, exits.
//!
//! A gateway holds a [`Control`] and never learns what stands behind it: in one process the calls
//! are function calls; over a network bus they are request and reply. All messages are plain data
//! with serde, so that a bus can carry them.

pub mod change;
pub mod connections;
pub mod control;
pub mod exit;
pub mod lease;
pub mod permit;
pub mod refusal;
pub mod usage;

pub use change::{Change, ChangeFeed, Numbered, Revocation};
pub use connections::{AskConnections, ConnectionKind, RunningConnection};
pub use control::{BoxFuture, Control, ControlAway, GatewayId, Hello, PinAnswer, PinAsk, Proven, Welcome};
pub use exit::{
    Bind, CountryCode, ExitHealth, ExitKind, ExitRecord, ExitStatus, ParentProtocol, Pool, Resolve,
};
pub use lease::{Lease, LeaseAnswer, LeaseAsk, LeaseRequest};
pub use permit::{
    Admission, Caps, Credentials, Endpoint, OwnedExit, Permit, PlaceFilter, Subject, Targeting,
};
pub use refusal::{Reason, Refusal};
pub use usage::{Ending, ExitFailures, LeaseUse, RefusalRow, Trace, UsageBatch, UsageRow};
