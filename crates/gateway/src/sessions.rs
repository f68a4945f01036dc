//! Sessions: a customer's claim on one exit for a while (contract section 9).

use crate::exits::Exit;
use crate::shared::Shared;
use std::collections::HashMap;
use std::sync::{Arc, MutexGuard};
use std::time::Duration;
use turnpike_base::{ExitId, Shards, Text, Timestamp};
use turnpike_proxyproto::username::Username;
use turnpike_wire::{ExitRecord, OwnedExit, Permit, PinAsk, PlaceFilter, Pool, Reason, Refusal, Subject};

/// Without a life a session ends after so many idle minutes.
const IDLE_MINUTES: i64 = 10;
/// How long control may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often control is asked where a session may go: once more after its pin turned out to be dead, and once more after
/// it ended on the very exit that is proposed.
const ROUNDS: usize = 3;
/// A session that idleness ends is prolonged with control this often while it is used.
const PROLONG_MS: i64 = 60_000;
/// How long an ended session is remembered, so that it does not get the same exit again.
const MEMORY_MINUTES: i64 = 60;

/// The end of a session that its customer ended.
const ENDED: Timestamp = Timestamp(0);

/// What a session is known by: the same name for another place is another session.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    pub(crate) subject: Subject,
    pub(crate) name: String,
    pub(crate) place: PlaceFilter,
    /// The `ip` parameter narrows a static account to one address.
    pub(crate) ip: Option<String>,
}

impl Key {
    /// The name control keeps the pin under: everything that decides where the session leaves from.
    fn registered(&self) -> String {
        let PlaceFilter { country, state, city, asn } = &self.place;
        let country = country.as_ref().map(|c| c.as_str());
        let asn = asn.map(|n| n.to_string());
        let parts = [country, state.as_deref(), city.as_deref(), asn.as_deref(), self.ip.as_deref()];
        let mut name = self.name.clone();
        for part in parts {
            name.push('@');
            name.push_str(part.unwrap_or_default());
        }
        name
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Pin {
    pub(crate) exit: ExitId,
    /// End of its life; `None`: idle minutes count.
    pub(crate) until: Option<Timestamp>,
    pub(crate) last_used: Timestamp,
    /// When control last heard that it is in use.
    pub(crate) told: Timestamp,
    /// How many times a session of this name took a fresh exit.
    pub(crate) turn: u64,
}

impl Pin {
    fn is_over(&self, now: Timestamp) -> bool {
        self.until.map_or(now >= self.last_used.plus_minutes(IDLE_MINUTES), |until| now >= until)
    }
}

/// The pins of this gateway.
#[derive(Debug, Default)]
pub(crate) struct Sessions(Shards<HashMap<Key, Pin>>);

impl Sessions {
    /// Those among which a session's pin is, locked.
    pub(crate) fn around(&self, key: &Key) -> MutexGuard<'_, HashMap<Key, Pin>> {
        self.0.of(key)
    }

    /// Ends a session by name: its next connection takes a fresh exit.
    pub(crate) fn end(&self, subject: impl Fn(&Subject) -> bool, name: &str) {
        for mut part in self.0.each() {
            for (_, pin) in part.iter_mut().filter(|(key, _)| subject(&key.subject) && key.name == name) {
                pin.until = Some(ENDED);
            }
        }
    }

    /// Forgets sessions that ended long ago.
    pub(crate) fn sweep(&self, now: Timestamp) {
        let keep = |pin: &Pin| {
            !pin.is_over(now.plus_minutes(-MEMORY_MINUTES))
                || now.since(pin.last_used) < MEMORY_MINUTES * 60_000
        };
        self.0.each().for_each(|mut part| part.retain(|_, pin| keep(pin)));
    }
}

enum Step {
    Stay(Arc<Exit>),
    /// The same, and control has to hear that the session is in use.
    Prolong(Arc<Exit>, Key),
    Fresh(Fresh),
}

/// A proposal that control has to hear.
struct Fresh {
    exit: Arc<Exit>,
    key: Key,
    /// What it takes the place of.
    instead_of: Option<ExitId>,
    /// What proposes another one, if control knows that the session had this one before.
    hash: u64,
    failed: Vec<ExitId>,
    datagrams: bool,
}

/// The exit that a named session leaves from. `failed` lists exits that were just tried in vain.
pub(crate) async fn exit_of(
    shared: &Arc<Shared>,
    permit: &Permit,
    name: &Username,
    failed: &[ExitId],
    datagrams: bool,
) -> Result<Arc<Exit>, Refusal> {
    let session = name.session.clone().unwrap_or_default();
    match step(shared, permit, name, session, failed, datagrams)? {
        Step::Stay(exit) => Ok(exit),
        Step::Prolong(exit, key) => {
            let until = shared.clock.now().plus_minutes(IDLE_MINUTES);
            let (id, control) = (exit.record.id, Arc::clone(&shared.control));
            let ask = PinAsk {
                subject: key.subject,
                session: key.registered(),
                exit: id,
                until,
                instead_of: None,
                prolongs: true,
            };
            // Nobody waits for it: a minute later it is told again.
            let clock = Arc::clone(&shared.clock);
            shared.aux.spawn(async move {
                let told = control.pin(ask.clone()).await;
                // Used since control heard of it last, it outlived what control knew of.
                if told.is_ok_and(|pin| pin.exit == id && pin.until <= clock.now()) {
                    let _ = control.pin(PinAsk { instead_of: Some(id), ..ask }).await;
                }
            });
            Ok(exit)
        }
        Step::Fresh(fresh) => register(shared, permit, fresh, name.strict).await,
    }
}

fn step(
    shared: &Shared,
    permit: &Permit,
    name: &Username,
    session: String,
    failed: &[ExitId],
    datagrams: bool,
) -> Result<Step, Refusal> {
    let now = shared.clock.now();
    let key =
        Key { subject: permit.subject, name: session, place: permit.place.clone(), ip: name.ip.clone() };
    let mut sessions = shared.sessions.around(&key);
    let known = sessions.get(&key).cloned();
    let running = known.as_ref().filter(|pin| !pin.is_over(now));
    if let Some(pin) = running {
        let held = serving(shared, permit, pin.exit).filter(|_| !failed.contains(&pin.exit));
        if let Some(exit) = held {
            let Some(pin) = sessions.get_mut(&key) else { return Ok(Step::Stay(exit)) };
            pin.last_used = now;
            if pin.until.is_some() || now.since(pin.told) < PROLONG_MS {
                return Ok(Step::Stay(exit));
            }
            pin.told = now;
            return Ok(Step::Prolong(exit, key));
        }
        if name.strict {
            return Err(gone());
        }
    }
    let turn = known.as_ref().map_or(0, |pin| pin.turn + 1);
    let mut avoid = failed.to_vec();
    avoid.extend(known.as_ref().map(|pin| pin.exit));
    let hash = crate::exits::hash(&(&key.subject, &key.name, turn));
    let exit = propose(shared, permit, &avoid, hash, datagrams)
        .or_else(|| propose(shared, permit, failed, hash, datagrams))
        .ok_or(Reason::NoExit)?;
    // A session that moves because its exit died keeps its end.
    let until = match running {
        Some(pin) => pin.until,
        None => name.life.map(|minutes| now.plus_minutes(i64::from(minutes))),
    };
    // One whose time is over may go on elsewhere: control knows. One that lost its exit or was ended does not.
    let lost = known.as_ref().filter(|pin| running.is_some() || pin.until == Some(ENDED));
    let instead_of = lost.map(|pin| pin.exit);
    sessions.insert(key.clone(), Pin { exit: exit.record.id, until, last_used: now, told: now, turn });
    let failed = failed.to_vec();
    Ok(Step::Fresh(Fresh { exit, key, instead_of, hash, failed, datagrams }))
}

/// The exit that a hash proposes; one that carries datagrams, if it has to.
pub(crate) fn propose(
    shared: &Shared,
    permit: &Permit,
    avoid: &[ExitId],
    hash: u64,
    datagrams: bool,
) -> Option<Arc<Exit>> {
    let (pool, place) = (permit.pool, &permit.place);
    match &permit.owned {
        Some(owned) => pick_owned(shared, owned, avoid, hash, datagrams),
        None if datagrams => shared.exits().pick_local_by_hash(pool, place, avoid, hash),
        None => shared.exits().pick_by_hash(pool, place, avoid, hash),
    }
}

/// The exit, if it serves and the permit allows it still.
pub(crate) fn serving(shared: &Shared, permit: &Permit, id: ExitId) -> Option<Arc<Exit>> {
    shared.exits().get(id).filter(|exit| exit.serves() && is_allowed(shared, permit, id))
}

/// Whether the permit lets a connection leave through the exit: of owned ones only while they are owned, of others only
/// while they are in its pool, which a static address leaves for whoever buys it.
pub(crate) fn is_allowed(shared: &Shared, permit: &Permit, id: ExitId) -> bool {
    let now = shared.clock.now();
    match &permit.owned {
        Some(owned) => owned.iter().any(|o| o.exit == id && now < o.until),
        None => shared.exits().get(id).is_some_and(|exit| exit.record.pools.contains(&permit.pool)),
    }
}

/// Whether what runs by the permit may go on through the exit as it is described now. A static address that left the
/// permit's pool serves its holder alone, or nobody; from other pools nothing is cut, their exits only take no more.
pub(crate) fn may_go_on(permit: &Permit, exit: &ExitRecord) -> bool {
    let rotates_over_stock =
        permit.owned.is_none() && matches!(permit.pool, Pool::Static | Pool::StaticUnsold);
    !rotates_over_stock || exit.pools.contains(&permit.pool)
}

/// One of the customer's own addresses that serves.
pub(crate) fn pick_owned(
    shared: &Shared,
    owned: &[OwnedExit],
    avoid: &[ExitId],
    hash: u64,
    datagrams: bool,
) -> Option<Arc<Exit>> {
    let now = shared.clock.now();
    let index = shared.exits();
    let serving: Vec<_> = owned
        .iter()
        .filter(|o| now < o.until && !avoid.contains(&o.exit))
        .filter_map(|o| index.get(o.exit))
        .filter(|e| e.serves() && (!datagrams || e.is_local()))
        .collect();
    let at = usize::try_from(hash % (serving.len().max(1) as u64)).unwrap_or(0);
    serving.get(at).cloned()
}

/// Registers the pin with control; another gateway may have been first, or this one before it was started
/// anew. Without an answer the proposal holds: it is the same on every gateway. Fails where the session is
/// pinned to an exit that is gone, and must not move.
async fn register(
    shared: &Arc<Shared>,
    permit: &Permit,
    fresh: Fresh,
    strict: bool,
) -> Result<Arc<Exit>, Refusal> {
    let Fresh { key, mut exit, mut instead_of, hash, mut failed, datagrams } = fresh;
    let life = shared.sessions.around(&key).get(&key).and_then(|p| p.until);
    let mut until = life.unwrap_or(shared.clock.now().plus_minutes(IDLE_MINUTES));
    for _ in 0..ROUNDS {
        let ask = PinAsk {
            subject: key.subject,
            session: key.registered(),
            exit: exit.record.id,
            until,
            instead_of,
            prolongs: life.is_none(),
        };
        let control = Arc::clone(&shared.control);
        let asked = shared.aux.spawn(async move { control.pin(ask).await });
        let Ok(Ok(Ok(pin))) = tokio::time::timeout(PATIENCE, asked).await else { break };
        if pin.until <= shared.clock.now() {
            // It ended there, as this gateway does not remember: it begins anew elsewhere, if there is another exit.
            instead_of = Some(pin.exit);
            failed.push(pin.exit);
            exit = propose(shared, permit, &failed, hash, datagrams).unwrap_or(exit);
            continue;
        }
        if let Some(mine) = shared.sessions.around(&key).get_mut(&key) {
            mine.exit = pin.exit;
            // A life counts from the first use on any gateway; idle minutes count from the last one here.
            mine.until = life.map(|_| pin.until);
        }
        if pin.exit == exit.record.id {
            return Ok(exit);
        }
        if let Some(other) = serving(shared, permit, pin.exit) {
            return Ok(other);
        }
        if strict {
            return Err(gone());
        }
        // It moves, for all gateways, and keeps its end.
        instead_of = Some(pin.exit);
        until = life.map_or(until, |_| pin.until);
    }
    if let Some(mine) = shared.sessions.around(&key).get_mut(&key) {
        mine.exit = exit.record.id;
    }
    Ok(exit)
}

fn gone() -> Refusal {
    Refusal::new(Reason::NoExit).say(Text::new("会话的出口已失效", "The session's exit is gone"))
}
