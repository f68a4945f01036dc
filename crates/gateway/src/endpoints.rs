//! Connections to an extracted endpoint: the exit it is bound to for its life, or, once that one died or left the pool,
//! another one of the same place (contract section 6).

use crate::exits::Exit;
use crate::sessions;
use crate::shared::{Shared, held};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use turnpike_base::{CustomerId, ExitId, Text, Timestamp};
use turnpike_wire::{Endpoint, Permit, PinAsk, Reason, Refusal};

/// How long control may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Endpoints whose exit died: whose, which port, until when; and where they leave from since.
#[derive(Debug, Default)]
pub(crate) struct Moved(HashMap<(CustomerId, u16, Timestamp), ExitId>);

impl Moved {
    /// Forgets endpoints whose life is over.
    pub(crate) fn sweep(&mut self, now: Timestamp) {
        self.0.retain(|(_, _, until), _| now < *until);
    }
}

/// The exit that an endpoint leaves from now. `failed` lists exits that were just tried in vain.
pub(crate) async fn exit_of(
    shared: &Arc<Shared>,
    permit: &Permit,
    endpoint: Endpoint,
    port: u16,
    failed: &[ExitId],
) -> Result<Arc<Exit>, Refusal> {
    if shared.clock.now() >= endpoint.until {
        let over = Text::new("提取的端点已过期", "The extracted endpoint's life is over");
        return Err(Refusal::new(Reason::NotAllowed).say(over));
    }
    let key = (permit.subject.customer, port, endpoint.until);
    let present = held(&shared.moved).0.get(&key).copied().unwrap_or(endpoint.exit);
    let serving = sessions::serving(shared, permit, present).filter(|_| !failed.contains(&present));
    if let Some(exit) = serving {
        return Ok(exit);
    }
    let avoid = [failed, &[present]].concat();
    let hash = crate::exits::hash(&key);
    let exit = shared.exits().pick_by_hash(permit.pool, &permit.place, &avoid, hash).ok_or(Reason::NoExit)?;
    let exit = register(shared, permit, endpoint, port, present, exit).await;
    held(&shared.moved).0.insert(key, exit.record.id);
    Ok(exit)
}

/// Registers where the endpoint leaves from now; another gateway may have been first. Without an answer the
/// proposal holds: it is the same on every gateway.
async fn register(
    shared: &Arc<Shared>,
    permit: &Permit,
    endpoint: Endpoint,
    port: u16,
    dead: ExitId,
    exit: Arc<Exit>,
) -> Arc<Exit> {
    let ask = PinAsk {
        subject: permit.subject,
        session: endpoint.session(port),
        exit: exit.record.id,
        until: endpoint.until,
        instead_of: Some(dead),
        prolongs: false,
    };
    let control = Arc::clone(&shared.control);
    let asked = shared.aux.spawn(async move { control.pin(ask).await });
    let Ok(Ok(Ok(pin))) = tokio::time::timeout(PATIENCE, asked).await else { return exit };
    sessions::serving(shared, permit, pin.exit).unwrap_or(exit)
}
