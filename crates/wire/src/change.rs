//! Changes a gateway must know: written to the outbox with what they report, published after commit.

use crate::ExitRecord;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::sync::Arc;
use turnpike_base::{AccountId, CustomerId, ExitId, ProductType};

/// What happens to running connections of what a change names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Revocation {
    /// They go on; permits are dropped, so that new connections ask again.
    Renew,
    /// They end with FIN.
    Close,
    /// They end with RST.
    Reset,
}

/// Something changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// An account: disabled or deleted (`Reset`), new password or other settings (`Renew`).
    Account {
        /// Which one.
        account: AccountId,
        /// What becomes of its connections.
        running: Revocation,
    },
    /// An allowlisted address of a customer was added (`Renew`) or removed (`Reset`).
    Address {
        /// Whose.
        customer: CustomerId,
        /// Which one.
        client: IpAddr,
        /// What becomes of its address-authenticated connections.
        running: Revocation,
    },
    /// A customer was disabled (`Reset`) or enabled.
    Customer {
        /// Which one.
        customer: CustomerId,
        /// What becomes of all his connections.
        running: Revocation,
    },
    /// Packages or limits of a customer's product changed: leases are asked for anew, caps read anew.
    Package {
        /// Whose.
        customer: CustomerId,
        /// Of which type.
        product: ProductType,
    },
    /// A static address or an endpoint changed hands or ended: connections of `customer` through `exit`.
    Holding {
        /// Who held it.
        customer: CustomerId,
        /// Which one.
        exit: ExitId,
        /// What becomes of his connections through it.
        running: Revocation,
    },
    /// A customer changed the hosts that he blocks: permits are dropped, and connections to these hosts (and what is
    /// below them) end with FIN.
    Blocked {
        /// Whose.
        customer: CustomerId,
        /// Those that he blocked just now.
        hosts: Vec<String>,
    },
    /// A site calls places otherwise: every permit is dropped, for a name in a username may mean another place now.
    PlaceNames,
    /// An exit came or changed.
    Exit(Box<ExitRecord>),
    /// An exit is gone: its connections are reset.
    ExitGone(ExitId),
    /// A session of a customer was ended by him: the next connection takes a fresh exit.
    SessionEnded {
        /// Whose.
        customer: CustomerId,
        /// Of which account.
        account: AccountId,
        /// Its name.
        session: String,
    },
    /// An idle exit should be probed now.
    Probe(ExitId),
    /// The destination rules are to be read anew (they come with [`crate::Welcome`]).
    Rules,
}

/// A change and its place in the order of changes. A gap tells a gateway that it missed something:
/// it then drops its permits and says hello again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbered {
    /// Rises by one.
    pub seq: i64,
    /// What changed.
    pub change: Change,
}

/// Where a gateway hears of changes. A `Lagged` error is a gap.
pub type ChangeFeed = tokio::sync::broadcast::Receiver<Arc<Numbered>>;
