//! The calls a gateway makes.

use crate::{
    Admission, ChangeFeed, ExitHealth, ExitRecord, LeaseAnswer, LeaseRequest, Permit, Refusal, Subject,
    UsageBatch,
};
use serde::{Deserialize, Serialize};
use std::future::Future;
use std::pin::Pin;
use turnpike_base::{ExitId, Timestamp};

/// A boxed future, so that `dyn Control` works.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A gateway's stable name, from its settings.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GatewayId(pub String);

/// Control did not answer. Worth a retry; nothing is known about whether it acted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("control does not answer: {0}")]
pub struct ControlAway(pub String);

/// A gateway introduces itself: at its start, and after a gap in the changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// Who.
    pub gateway: GatewayId,
    /// Which life; rises with every start. Leases of earlier lives are closed by this.
    pub start: i64,
}

/// What a gateway has to know before it serves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// Changes up to this one are contained.
    pub seq: i64,
    /// Every exit.
    pub exits: Vec<ExitRecord>,
    /// Those that worked when gateways last looked.
    pub proven: Vec<Proven>,
    /// Destination hosts (and what is below them) closed by the operator, lower case.
    pub denied_hosts: Vec<String>,
    /// Destination ports closed by the operator (25 always is).
    pub denied_ports: Vec<u16>,
}

/// An exit that is known to work: one failure says little about it, also to a gateway that never used it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proven {
    /// Which one.
    pub exit: ExitId,
    /// Smoothed connect time in microseconds, as it was told last.
    pub latency_us: u64,
}

/// A session's first connection proposes an exit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinAsk {
    /// Whose session.
    pub subject: Subject,
    /// Its name and everything of the permit that decides where it may leave from.
    pub session: String,
    /// What the consistent hash proposes.
    pub exit: ExitId,
    /// When the session ends.
    pub until: Timestamp,
    /// The exit of the pin that is to be replaced, because it died or the session ended.
    pub instead_of: Option<ExitId>,
    /// The session ends by idleness and is in use: a pin that holds lasts until `until` at least.
    pub prolongs: bool,
}

/// The pin that holds, which an other gateway may have registered first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinAnswer {
    /// Where the session leaves from.
    pub exit: ExitId,
    /// When it ends.
    pub until: Timestamp,
}

/// The control plane as a gateway sees it.
pub trait Control: Send + Sync + 'static {
    /// Introduces a life of a gateway. Subscribe to changes before.
    fn hello(&self, hello: Hello) -> BoxFuture<'_, Result<Welcome, ControlAway>>;

    /// Asks whether a connection may come in. `ControlAway` is a refusal like any other here.
    fn admit(&self, ask: Admission) -> BoxFuture<'_, Result<Permit, Refusal>>;

    /// Asks for bytes. One answer per ask, in order.
    fn lease(&self, request: LeaseRequest) -> BoxFuture<'_, Result<Vec<LeaseAnswer>, ControlAway>>;

    /// Reports usage. A batch that was applied before is acknowledged again.
    fn report(&self, batch: UsageBatch) -> BoxFuture<'_, Result<(), ControlAway>>;

    /// Registers a session's exit, create if absent.
    fn pin(&self, ask: PinAsk) -> BoxFuture<'_, Result<PinAnswer, ControlAway>>;

    /// Reports what was seen of exits.
    fn health(&self, seen: Vec<ExitHealth>) -> BoxFuture<'_, Result<(), ControlAway>>;

    /// Subscribes to changes.
    fn changes(&self) -> ChangeFeed;
}
