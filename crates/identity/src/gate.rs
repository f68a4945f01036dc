//! The gate before passwords and codes: who guesses waits longer and longer, and nobody is ever locked out.
//!
//! Guesses count for the pair of name and network, for the network, and for the name. All three take turns: a guess is
//! counted before it is checked, so that guesses made at once wait for each other. A name's turns, which strangers can
//! spoil, bind those networks that guessed wrong at it before; for others the wait is short, and takes none: its owner
//! gets in from elsewhere.

use crate::passwords;
use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use turnpike_base::fault::detail::Value;
use turnpike_base::{Code, Fault, Result, Secret, Text, Timestamp};

/// Guesses that cost nothing.
const FREE: u32 = 5;
/// Guesses of a network count so many times less: people share networks.
const NETWORK_SHARE: u32 = 8;
/// Guesses at a name from everywhere that cost nothing.
const NAME_FREE: u32 = 20;
/// The longest wait for what others guessed at a name, and between two turns of those who did.
const NAME_MOST_MS: i64 = 2_000;
/// A wait in the request itself; longer ones are told.
const PATIENCE_MS: i64 = 10_000;
/// After so long without a guess everything is forgotten.
const MEMORY_MS: i64 = 900_000;
/// Above so many entries old ones are looked for.
const CROWD: usize = 50_000;
/// Passwords hashed at once: each takes 19 MiB and a core.
const HASHING: usize = 4;

/// See the module.
#[derive(Debug)]
pub struct Gate {
    guesses: Mutex<HashMap<u64, Guesses>>,
    hashing: Semaphore,
}

#[derive(Clone, Copy, Debug, Default)]
struct Guesses {
    count: u32,
    last: Timestamp,
    next: Timestamp,
}

impl Default for Gate {
    fn default() -> Self {
        Self { guesses: Mutex::default(), hashing: Semaphore::new(HASHING) }
    }
}

/// How long the guess after so many has to wait, in milliseconds.
pub fn wait_ms(guesses: u32) -> i64 {
    match guesses {
        n if n < FREE => 0,
        n if n < 50 => (100_i64 << (n - FREE).min(10)).min(2_000),
        n if n < 100 => 10_000,
        _ => 30_000,
    }
}

/// How long a guess at a name waits for those that were made at it from everywhere, in milliseconds.
fn spoiled_ms(guesses: u32) -> i64 {
    guesses.checked_sub(NAME_FREE).map_or(0, |more| wait_ms(FREE.saturating_add(more)).min(NAME_MOST_MS))
}

impl Gate {
    /// Counts a guess at a name from an address; gives how long it has to wait. Fails with `slow_down` where that is
    /// longer than a request may take; that guess does not count.
    pub fn knock(&self, name: &str, client: IpAddr, now: Timestamp) -> Result<Duration> {
        let mut all = self.guesses.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() > CROWD {
            all.retain(|_, guesses| now.since(guesses.last) < MEMORY_MS);
        }
        let keys = Keys::new(name, client);
        let known = |key| {
            let found = all.get(&key).copied().unwrap_or_default();
            if now.since(found.last) > MEMORY_MS { Guesses::default() } else { found }
        };
        let (pair, network, alone) = (known(keys.pair), known(keys.network), known(keys.name));
        let guilty = pair.count >= FREE;
        let turn = pair.next.max(network.next).max(if guilty { alone.next } else { now }).max(now);
        let wait = turn.since(now);
        if wait > PATIENCE_MS {
            return Err(slow_down(wait));
        }
        let next = |count| turn.plus_ms(wait_ms(count));
        let counted = |old: Guesses, next| Guesses { count: old.count.saturating_add(1), last: now, next };
        all.insert(keys.pair, counted(pair, next(pair.count + 1)));
        all.insert(keys.network, counted(network, next((network.count + 1) / NETWORK_SHARE)));
        // Those who guess on and on share the name's turns; who is new takes none of them.
        let spoiled = spoiled_ms(alone.count.saturating_add(1));
        all.insert(keys.name, counted(alone, if guilty { turn.plus_ms(spoiled) } else { alone.next }));
        let wait = if guilty { wait } else { wait.max(spoiled_ms(alone.count)) };
        Ok(Duration::from_millis(u64::try_from(wait).unwrap_or(0)))
    }

    /// Counts a mail that somebody wants sent to an address, as [`Gate::knock`] counts guesses: mails that his network
    /// asked for before make him wait, and those that were asked for to this address.
    pub fn knock_for_mail(&self, to: &str, client: IpAddr, now: Timestamp) -> Result<Duration> {
        let sender = self.knock(&format!("mails-from:{}", net_of(client)), client, now)?;
        Ok(sender.max(self.knock(&format!("mail-to:{to}"), client, now)?))
    }

    /// The guess was right: the pair starts anew.
    pub fn welcome(&self, name: &str, client: IpAddr) {
        let mut all = self.guesses.lock().unwrap_or_else(PoisonError::into_inner);
        let keys = Keys::new(name, client);
        all.remove(&keys.pair);
        if let Some(network) = all.get_mut(&keys.network) {
            network.count = network.count.saturating_sub(1);
        }
    }

    /// Checks a password, also where there is none to check: nobody learns from the time who exists.
    pub async fn check(&self, password: Secret, hash: Option<String>) -> Result<bool> {
        let _turn = self.hashing.acquire().await.map_err(|e| Fault::internal("password_hash", e))?;
        match hash {
            Some(hash) => passwords::verify(password, hash).await,
            None => passwords::verify(password, passwords::NOBODY.to_owned()).await.map(|_| false),
        }
    }

    /// Hashes a new password.
    pub async fn hash(&self, password: Secret) -> Result<String> {
        passwords::check(&password)?;
        let _turn = self.hashing.acquire().await.map_err(|e| Fault::internal("password_hash", e))?;
        passwords::hash(password).await
    }
}

struct Keys {
    pair: u64,
    network: u64,
    name: u64,
}

impl Keys {
    fn new(name: &str, client: IpAddr) -> Self {
        let network = match net_of(client) {
            IpAddr::V4(address) => address.octets().to_vec(),
            IpAddr::V6(address) => address.octets().to_vec(),
        };
        let of = |parts: (&str, &[u8])| {
            let mut hasher = DefaultHasher::new();
            parts.hash(&mut hasher);
            hasher.finish()
        };
        Self { pair: of((name, &network)), network: of(("\0", &network)), name: of((name, b"")) }
    }
}

/// What counts as one caller: an IPv4 address, or the 64 bits of an IPv6 network.
fn net_of(client: IpAddr) -> IpAddr {
    match client {
        IpAddr::V4(_) => client,
        IpAddr::V6(address) => {
            let network = u128::from(address) >> 64 << 64;
            IpAddr::V6(network.into())
        }
    }
}

fn slow_down(wait_ms: i64) -> Fault {
    let seconds = wait_ms / 1_000 + 1;
    let data = BTreeMap::from([("retry_after".to_owned(), Value::Int(seconds))]);
    Fault::new(Code::TooMany, "slow_down")
        .say(Text::made(
            format!("尝试次数过多，请在 {seconds} 秒后重试"),
            format!("Too many attempts; try again in {seconds} seconds"),
        ))
        .with_data(Value::Object(data))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const HOME: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));
    const AWAY: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(198, 51, 100, 1));

    #[test]
    fn twenty_wrong_guesses_slow_down_and_lock_nobody_out() {
        let gate = Gate::default();
        let mut now = Timestamp(1_000_000);
        let mut waits = Vec::new();
        for _ in 0..20 {
            let wait = gate.knock("a", HOME, now).unwrap();
            waits.push(wait.as_millis());
            now = now.plus_ms(i64::try_from(wait.as_millis()).unwrap() + 100);
        }
        assert!(waits[..5].iter().all(|wait| *wait == 0) && waits[19] > 1_000, "{waits:?}");
        assert!(gate.knock("a", HOME, now).unwrap() <= Duration::from_secs(2), "the owner gets in from here");
        assert!(gate.knock("a", AWAY, now).unwrap() <= Duration::from_secs(2), "and from elsewhere");
        gate.welcome("a", HOME);
        assert!(gate.knock("b", AWAY, now).unwrap().is_zero(), "another one waits for nothing");
    }

    #[test]
    fn guesses_made_at_once_wait_for_each_other() {
        let gate = Gate::default();
        let now = Timestamp(1_000_000);
        let outcomes: Vec<_> = (0..100).map(|_| gate.knock("a", HOME, now)).collect();
        let told = outcomes.iter().filter(|o| o.as_ref().is_err_and(|f| f.code == Code::TooMany)).count();
        assert!(told > 80, "{told}");
        assert!(gate.knock("a", HOME, now.plus_ms(60_000)).is_ok(), "a minute later it goes on");
    }

    /// Who is told to come later comes then, again and again. Gives when each guess is let through, in order.
    fn passed(gate: &Gate, name: &str, from: &[IpAddr], start: Timestamp) -> Vec<Timestamp> {
        let mut coming: BTreeSet<(Timestamp, usize)> = (0..from.len()).map(|n| (start, n)).collect();
        let mut passed = Vec::new();
        while let Some((now, n)) = coming.pop_first() {
            match gate.knock(name, from[n], now) {
                Ok(wait) => passed.push(now.plus_ms(i64::try_from(wait.as_millis()).unwrap())),
                Err(fault) => drop(coming.insert((now.plus_seconds(told_seconds(&fault)), n))),
            }
        }
        passed.sort_unstable();
        passed
    }

    fn told_seconds(fault: &Fault) -> i64 {
        match fault.data.as_deref() {
            Some(Value::Object(data)) => match data["retry_after"] {
                Value::Int(seconds) => seconds,
                _ => panic!("no number"),
            },
            _ => panic!("nothing told"),
        }
    }

    #[test]
    fn fifty_guesses_made_at_once_take_as_long_as_one_after_the_other_and_the_right_one_passes() {
        let start = Timestamp(1_000_000);
        let passed = passed(&Gate::default(), "a", &[HOME; 51], start);
        let mut earliest = start;
        for (n, at) in passed.iter().enumerate() {
            assert!(*at >= earliest, "guess {n} passes after {} ms", at.since(start));
            earliest = earliest.plus_ms(wait_ms(u32::try_from(n).unwrap() + 1));
        }
        // The right one may be any of the 51: each gets in, and not much later than the schedule says.
        assert_eq!(passed.len(), 51);
        assert!(passed[50].since(start) < 120_000, "{}", passed[50].since(start));
    }

    #[test]
    fn guesses_at_a_name_from_many_networks_share_its_turns_and_its_owner_gets_in() {
        let gate = Gate::default();
        let start = Timestamp(1_000_000);
        let networks: Vec<IpAddr> = (1..=40).map(|n| IpAddr::from([203, 0, 113, n])).collect();
        let guesses: Vec<IpAddr> = networks.iter().flat_map(|from| [*from; 20]).collect();
        let passed = passed(&gate, "a", &guesses, start);
        // Five of each network cost it nothing, the rest comes one after the other.
        let free = networks.len() * 5;
        let beyond = i64::try_from(guesses.len() - free).unwrap();
        let took = passed[passed.len() - 1].since(start);
        assert!(took >= (beyond - 50) * NAME_MOST_MS, "{took} ms for {beyond}");
        let gate = Gate::default();
        let mut now = start;
        for from in guesses {
            now = now.plus_ms(10);
            let _ = gate.knock("a", from, now);
        }
        for _ in 0..3 {
            assert!(
                gate.knock("a", AWAY, now).unwrap() <= Duration::from_secs(2),
                "the owner gets in meanwhile"
            );
        }
    }

    #[test]
    fn a_network_that_tries_many_names_is_slowed_down_too() {
        let gate = Gate::default();
        let now = Timestamp(1_000_000);
        let slowed =
            (0..500).filter(|n| gate.knock(&format!("u{n}"), HOME, now).map_or(true, |w| !w.is_zero()));
        assert!(slowed.count() > 300);
    }

    #[test]
    fn who_has_mails_sent_to_strangers_waits_and_others_do_not() {
        let gate = Gate::default();
        let now = Timestamp(1_000_000);
        let outcomes: Vec<_> = (0..60).map(|n| gate.knock_for_mail(&format!("u{n}"), HOME, now)).collect();
        assert!(outcomes[..5].iter().all(|o| o.as_ref().is_ok_and(Duration::is_zero)), "a few cost nothing");
        assert!(outcomes.iter().flatten().count() < 20, "the rest is told to come later");
        assert!(gate.knock_for_mail("u60", AWAY, now).unwrap().is_zero());
        assert!(gate.knock_for_mail("u61", HOME, now.plus_ms(60_000)).is_ok(), "a minute later it goes on");
        let net = |n: u16| IpAddr::from([0x2001, 0xdb8, 0, 1, 0, 0, 0, n]);
        let slow = (0..60).filter(|n| gate.knock_for_mail("v", net(*n), now).map_or(true, |w| !w.is_zero()));
        assert!(slow.count() > 50, "a network of IPv6 is one");
    }

    #[test]
    fn a_quarter_of_an_hour_forgives() {
        let gate = Gate::default();
        let now = Timestamp(1_000_000);
        for _ in 0..30 {
            let _ = gate.knock("a", HOME, now);
        }
        assert!(gate.knock("a", HOME, now.plus_minutes(16)).unwrap().is_zero());
    }
}
