//! From a wish to a running connection: admit, check the destination, choose an exit, dial, fund.

use crate::admit::{Admitted, Peer, admit};
use crate::caps::{CapState, Slot};
use crate::conn::{Guard, Opening};
use crate::destination;
use crate::dial::{DialError, dial};
use crate::exits::Exit;
use crate::serve::Loop;
use crate::sessions;
use crate::shared::{Shared, held};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;
use tokio::net::TcpStream;
use turnpike_base::{ExitId, Text};
use turnpike_proxyproto::HostPort;
use turnpike_proxyproto::username::{Username, WrongUsername};
use turnpike_wire::{Credentials, Permit, Reason, Refusal, RefusalRow, Targeting};

/// Name and password as sent.
pub(crate) type Login = (String, String);

/// A wish for a connection.
pub(crate) struct Wish<'a> {
    pub(crate) peer: Peer,
    pub(crate) login: Option<&'a Login>,
    pub(crate) to: HostPort,
    /// The exit that an earlier connection of the same client connection left from.
    pub(crate) prefer: Option<ExitId>,
}

/// A connection that may be relayed.
pub(crate) struct Opened {
    pub(crate) guard: Guard,
    pub(crate) origin: TcpStream,
}

/// Tries besides the first, on other exits (contract section 9).
const OTHER_EXITS: usize = 2;

/// Opens a connection, or says why not; refusals are counted and told to their customer's log.
pub(crate) async fn open(home: &Rc<Loop>, wish: Wish<'_>) -> Result<Opened, Refusal> {
    let (peer, to) = (wish.peer, wish.to.clone());
    let outcome = attempt(home, wish).await;
    if let Err(refusal) = &outcome {
        record(&home.shared, peer, &to, refusal);
    }
    outcome
}

/// Books a refusal.
pub(crate) fn record(shared: &Shared, peer: Peer, to: &HostPort, refusal: &Refusal) {
    shared.metrics.refused(refusal.reason);
    let Some(subject) = refusal.subject else { return };
    held(&shared.pending).refused(RefusalRow {
        subject,
        reason: refusal.reason,
        detail: refusal.text().en.into_owned(),
        destination: to.to_string(),
        client: peer.client,
        at: shared.clock.now(),
    });
}

/// Takes the username apart; without one the address has to be enough.
pub(crate) fn parse_login(login: Option<&Login>) -> Result<(Username, Option<Credentials>), Refusal> {
    let Some((name, password)) = login else { return Ok((Username::default(), None)) };
    let username = Username::parse(name).map_err(|wrong| wrong_username(&wrong))?;
    let credentials = Credentials { account: username.account.clone(), password: password.clone() };
    Ok((username, Some(credentials)))
}

fn wrong_username(wrong: &WrongUsername) -> Refusal {
    let reason =
        if *wrong == WrongUsername::NoAccount { Reason::BadCredentials } else { Reason::UnknownParameter };
    let zh = match wrong {
        WrongUsername::UnknownKey(key) => format!("未知的用户名参数 {key}"),
        WrongUsername::Twice(key) => format!("用户名参数 {key} 重复"),
        WrongUsername::Value(key, bounds) => format!("用户名参数 {key} 的值无效(应为 {bounds})"),
        WrongUsername::NoAccount => "用户名中缺少账号".to_owned(),
    };
    Refusal::new(reason).say(Text::made(zh, wrong.to_string()))
}

fn targeting(name: &Username) -> Targeting {
    Targeting {
        country: name.country.clone(),
        state: name.state.clone(),
        city: name.city.clone(),
        asn: name.asn,
        ip: name.ip.clone(),
    }
}

async fn attempt(home: &Rc<Loop>, wish: Wish<'_>) -> Result<Opened, Refusal> {
    let (name, credentials) = parse_login(wish.login)?;
    let Admitted { permit, seen } =
        admit(&home.shared, wish.peer, credentials.clone(), targeting(&name)).await?;
    let subject = permit.subject;
    let opened = establish(home, &wish, &name, permit).await.map_err(|refusal| refusal.to(subject))?;
    // From here on changes find the connection. One that came before may have missed it: ask again.
    if home.shared.changes_seen.load(Ordering::Acquire) != seen {
        admit(&home.shared, wish.peer, credentials, targeting(&name)).await?;
    }
    Ok(opened)
}

async fn establish(
    home: &Rc<Loop>,
    wish: &Wish<'_>,
    name: &Username,
    permit: Arc<Permit>,
) -> Result<Opened, Refusal> {
    let shared = &home.shared;
    check_destination(shared, &permit, &wish.to)?;
    let caps = enter(shared, &permit)?;
    let budget = shared.budget(permit.subject);
    let (reached, funds) =
        futures_util::future::join(reach(shared, &permit, name, wish), crate::lease::funded(shared, &budget))
            .await;
    funds?;
    let (exit, origin) = reached?;
    let exit_address = origin.local_addr().ok().map(|a| a.ip());
    let opening =
        Opening { permit, client: wish.peer.client, exit, exit_address, destination: wish.to.clone(), caps };
    Ok(Opened { guard: Guard::open(home, budget, opening), origin })
}

fn check_destination(shared: &Shared, permit: &Permit, to: &HostPort) -> Result<(), Refusal> {
    let rules = shared.rules.load();
    let exempt = shared
        .config
        .destinations
        .exempt
        .iter()
        .any(|a| a.ip().to_string() == to.host && a.port() == to.port);
    let closed = !destination::is_port_open(to.port, &rules)
        || destination::is_listed(&to.host, &rules.hosts)
        || destination::is_listed(&to.host, &permit.blocked_hosts);
    if closed && !exempt { Err(Reason::DestinationDenied.into()) } else { Ok(()) }
}

type Capped = Option<(Arc<CapState>, Slot)>;

fn enter(shared: &Shared, permit: &Permit) -> Result<Capped, Refusal> {
    let Some(caps) = shared.caps(permit) else { return Ok(None) };
    let slot = caps.enter().ok_or(Reason::TooManyConnections)?;
    Ok(Some((caps, slot)))
}

/// Chooses an exit and dials; before the first byte up to two others are tried, unless strict.
async fn reach(
    shared: &Arc<Shared>,
    permit: &Permit,
    name: &Username,
    wish: &Wish<'_>,
) -> Result<(Arc<Exit>, TcpStream), Refusal> {
    let mut failed = Vec::new();
    let mut last = Refusal::new(Reason::NoExit);
    for _ in 0..=OTHER_EXITS {
        let exit = match choose(shared, permit, name, &failed, wish.prefer).await {
            Ok(exit) => exit,
            Err(none) => return Err(if failed.is_empty() { none } else { last }),
        };
        let started = Instant::now();
        let salt =
            name.session.as_ref().map_or_else(rand::random, |s| crate::exits::hash(&(permit.subject, s)));
        match dial(shared, &exit, &wish.to, salt).await {
            Ok(stream) => {
                shared.exit_outcome(&exit, started, None);
                return Ok((exit, stream));
            }
            Err(DialError::Destination(reason)) => return Err(reason.into()),
            Err(DialError::Exit(why)) => {
                shared.exit_outcome(&exit, started, Some(&why));
                tracing::debug!(exit = %exit.record.id, why, "exit failed");
                last = Reason::ExitFailed.into();
                failed.push(exit.record.id);
            }
        }
        if name.strict || permit.endpoint.is_some() {
            break;
        }
    }
    Err(last)
}

async fn choose(
    shared: &Arc<Shared>,
    permit: &Permit,
    name: &Username,
    failed: &[ExitId],
    prefer: Option<ExitId>,
) -> Result<Arc<Exit>, Refusal> {
    if let Some(endpoint) = permit.endpoint {
        return shared.exits().get(endpoint.exit).filter(|e| e.serves()).ok_or_else(|| Reason::NoExit.into());
    }
    if name.session.is_some() {
        return sessions::exit_of(shared, permit, name, failed).await;
    }
    if let Some(kept) =
        prefer.filter(|id| !failed.contains(id)).and_then(|id| shared.exits().get(id)).filter(|e| e.serves())
    {
        return Ok(kept);
    }
    let random = rand::random();
    let found = match &permit.owned {
        Some(owned) => sessions::pick_owned(shared, owned.iter().map(|o| o.exit), failed, random),
        None => shared.exits().pick(permit.pool, &permit.place, failed, random),
    };
    found.ok_or_else(|| Reason::NoExit.into())
}
