//! Admission: permits from control, kept while they are valid, and the throttle on wrong passwords.

use crate::shared::{Shared, held};
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use turnpike_base::{Secret, Shards, Timestamp};
use turnpike_wire::{Admission, Permit, Reason, Refusal, Targeting};

/// Who is on the other end of an accepted connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer {
    pub(crate) client: IpAddr,
    pub(crate) dialled: SocketAddr,
    /// The port stands for an extracted endpoint: credentials sent anyway are ignored.
    pub(crate) at_endpoint: bool,
    /// When the proxy handshake has to be over.
    pub(crate) deadline: tokio::time::Instant,
}

/// A permit and the state of the world it was given in.
pub(crate) struct Admitted {
    pub(crate) permit: Arc<Permit>,
    /// [`Shared::changes_seen`] before control was asked: if it rose, the permit may be stale.
    pub(crate) seen: i64,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Key {
    /// Lower case: names are compared without case. `None`: the address authenticates.
    account: Option<String>,
    client: Option<IpAddr>,
    dialled: SocketAddr,
    targeting: Targeting,
}

impl Key {
    fn of(ask: &Admission) -> Self {
        Self {
            account: ask.credentials.as_ref().map(|c| c.account.to_ascii_lowercase()),
            client: ask.credentials.is_none().then_some(ask.client),
            dialled: ask.dialled,
            targeting: ask.targeting.clone(),
        }
    }
}

#[derive(Debug)]
struct Kept {
    password: Secret,
    permit: Arc<Permit>,
}

/// Permits by who asks for what.
#[derive(Debug, Default)]
pub(crate) struct PermitCache(Shards<HashMap<Key, Kept>>);

impl PermitCache {
    /// Drops the permits a change names.
    pub(crate) fn drop_where(&self, named: impl Fn(&Permit) -> bool) {
        self.0.each().for_each(|mut part| part.retain(|_, kept| !named(&kept.permit)));
    }

    /// Drops everything.
    pub(crate) fn clear(&self) {
        self.0.each().for_each(|mut part| part.clear());
    }

    /// Drops what is no longer valid.
    pub(crate) fn sweep(&self, now: Timestamp) {
        self.0.each().for_each(|mut part| part.retain(|_, kept| now < kept.permit.valid_until));
    }
}

/// Wrong passwords by address: each is answered later than the one before.
#[derive(Debug, Default)]
pub(crate) struct Throttle(HashMap<IpAddr, (u32, Timestamp)>);

/// How long control may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// So many mistakes are free.
const FREE_FAILURES: u32 = 3;
/// The longest an answer is held back (design notes, section 3).
const LONGEST_DELAY: Duration = Duration::from_secs(3);
/// A failure is forgotten after so many minutes without another.
const FORGET_MINUTES: i64 = 10;

impl Throttle {
    fn failed(&mut self, client: IpAddr, now: Timestamp) -> Duration {
        let (count, at) = self.0.entry(client).or_insert((0, now));
        *count = if now.since(*at) > FORGET_MINUTES * 60_000 { 1 } else { *count + 1 };
        *at = now;
        delay(*count)
    }

    /// Forgets addresses that have been quiet.
    pub(crate) fn sweep(&mut self, now: Timestamp) {
        self.0.retain(|_, (_, at)| now.since(*at) <= FORGET_MINUTES * 60_000);
    }
}

/// 100 ms after the fourth mistake, then twice as long each time.
fn delay(failures: u32) -> Duration {
    let doublings = failures.saturating_sub(FREE_FAILURES);
    if doublings == 0 {
        Duration::ZERO
    } else {
        (Duration::from_millis(50) * 2_u32.pow(doublings.min(10))).min(LONGEST_DELAY)
    }
}

/// Admits a connection or says why not. Right credentials are never held back, and neither is who sent
/// none: he is only asked for some.
pub(crate) async fn admit(shared: &Arc<Shared>, ask: &Arc<Admission>) -> Result<Admitted, Refusal> {
    let seen = shared.changes_seen.load(Ordering::Acquire);
    let key = Key::of(ask);
    let password = Secret::new(ask.credentials.as_ref().map_or("", |c| c.password.as_str()));
    if let Some(permit) = cached(shared, &key, &password) {
        return Ok(Admitted { permit, seen });
    }
    let refusal = match ask_control(shared, ask).await {
        Ok(permit) => {
            let permit = Arc::new(permit);
            let mut cache = shared.permits.0.of(&key);
            // A change that came meanwhile may concern this permit: it then serves once and is not kept.
            // Read under the lock: a change is counted before it takes the lock to drop permits.
            if shared.changes_seen.load(Ordering::Acquire) == seen {
                cache.insert(key, Kept { password, permit: Arc::clone(&permit) });
            }
            return Ok(Admitted { permit, seen });
        }
        Err(refusal) => refusal,
    };
    if refusal.reason == Reason::BadCredentials && ask.credentials.is_some() {
        let wait = held(&shared.throttle).failed(ask.client, shared.clock.now());
        tokio::time::sleep(wait).await;
    }
    Err(refusal)
}

/// Asks control, on the runtime beside the loops. No answer in time is no answer.
pub(crate) async fn ask_control(shared: &Shared, ask: &Arc<Admission>) -> Result<Permit, Refusal> {
    let (control, ask) = (Arc::clone(&shared.control), Admission::clone(ask));
    let asked = shared.aux.spawn(async move { control.admit(ask).await });
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(answer)) => answer,
        _ => Err(Reason::ControlAway.into()),
    }
}

fn cached(shared: &Shared, key: &Key, password: &Secret) -> Option<Arc<Permit>> {
    let now = shared.clock.now();
    let cache = shared.permits.0.of(key);
    let kept = cache.get(key).filter(|kept| now < kept.permit.valid_until && kept.password == *password)?;
    Some(Arc::clone(&kept.permit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_answered_later_and_later() {
        let ms: Vec<u128> = (1..=12).map(|n| delay(n).as_millis()).collect();
        assert_eq!(ms, [0, 0, 0, 100, 200, 400, 800, 1600, 3000, 3000, 3000, 3000]);
    }

    #[test]
    fn a_quiet_address_starts_over() {
        let (mut throttle, client) = (Throttle::default(), "127.0.0.1".parse().unwrap());
        for _ in 0..5 {
            throttle.failed(client, Timestamp(0));
        }
        assert!(throttle.failed(client, Timestamp(0)) > Duration::ZERO);
        assert_eq!(throttle.failed(client, Timestamp(0).plus_minutes(11)), Duration::ZERO);
    }
}
