//! From a wish to a running connection: admit, check the destination, choose an exit, dial, fund.

use crate::admit::{Admitted, Peer, admit};
use crate::caps::{CapState, Slot};
use crate::conn::{Guard, Opening};
use crate::destination;
use crate::dial::{DialError, dial};
use crate::endpoints;
use crate::exits::Exit;
use crate::serve::Loop;
use crate::sessions;
use crate::shared::{Shared, held};
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;
use tokio::net::TcpStream;
use turnpike_base::{ExitId, Text};
use turnpike_proxyproto::HostPort;
use turnpike_proxyproto::username::{Username, WrongUsername};
use turnpike_wire::{
    Admission, Bind, ConnectionKind, Credentials, ExitKind, Permit, Reason, Refusal, RefusalRow, Targeting,
};

/// Name and password as sent.
pub(crate) type Login = (String, String);

/// A wish for a connection.
pub(crate) struct Wish<'a> {
    pub(crate) peer: Peer,
    pub(crate) login: Option<&'a Login>,
    pub(crate) to: HostPort,
    pub(crate) kind: ConnectionKind,
    /// The exit that an earlier connection of the same client connection left from.
    pub(crate) prefer: Option<ExitId>,
}

impl Wish<'_> {
    /// Whether its exit has to carry datagrams.
    fn datagrams(&self) -> bool {
        self.kind == ConnectionKind::Udp
    }
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
        detail_zh: refusal.text().zh.into_owned(),
        destination: to.to_string(),
        client: peer.client,
        at: shared.clock.now(),
        times: 1,
    });
}

/// Takes the username apart, and makes of it what control is asked; without one the address has to be
/// enough.
fn parse_login(peer: Peer, login: Option<&Login>) -> Result<(Username, Arc<Admission>), Refusal> {
    let login = login.filter(|_| !peer.at_endpoint);
    let username = login.map(|(name, _)| Username::parse(name)).transpose();
    let username = username.map_err(|wrong| wrong_username(&wrong))?.unwrap_or_default();
    let ask = admission(peer, login, &username);
    Ok((username, ask))
}

/// As [`parse_login`]; what is wrong with a username is told to who knows the password, and to his account's
/// recent refusals.
pub(crate) async fn understand(
    shared: &Arc<Shared>,
    peer: Peer,
    login: Option<&Login>,
) -> Result<(Username, Arc<Admission>), Refusal> {
    let (wrong, name) = match (parse_login(peer, login), login) {
        (Err(wrong), Some((name, _))) if wrong.reason == Reason::UnknownParameter => (wrong, name),
        (parsed, _) => return parsed,
    };
    let account = name.split('_').next().unwrap_or_default().to_owned();
    let bare = admission(peer, login, &Username { account, ..Username::default() });
    Err(match admit(shared, &bare).await {
        Ok(admitted) => wrong.to(admitted.permit.subject),
        Err(refusal) if refusal.reason.http_status() == 407 => refusal,
        Err(refusal) => Refusal { subject: refusal.subject, ..wrong },
    })
}

fn admission(peer: Peer, login: Option<&Login>, username: &Username) -> Arc<Admission> {
    let credentials = login
        .map(|(_, password)| Credentials { account: username.account.clone(), password: password.clone() });
    let targeting = Targeting {
        country: username.country.clone(),
        state: username.state.clone(),
        city: username.city.clone(),
        asn: username.asn,
        ip: username.ip.clone(),
    };
    let Peer { client, dialled, at_endpoint, .. } = peer;
    Arc::new(Admission { client, dialled, at_endpoint, credentials, targeting })
}

fn wrong_username(wrong: &WrongUsername) -> Refusal {
    let reason =
        if *wrong == WrongUsername::NoAccount { Reason::BadCredentials } else { Reason::UnknownParameter };
    Refusal::new(reason).say(Text::made(wrong.in_chinese(), wrong.to_string()))
}

async fn attempt(home: &Rc<Loop>, wish: Wish<'_>) -> Result<Opened, Refusal> {
    let (name, ask) = understand(&home.shared, wish.peer, wish.login).await?;
    let Admitted { permit, seen } = admit(&home.shared, &ask).await?;
    let subject = permit.subject;
    let opened = establish(home, &wish, &name, &ask, permit).await.map_err(|refusal| refusal.to(subject))?;
    // From here on changes find the connection. One that came before may have missed it: ask again.
    if home.shared.changes_seen.load(Ordering::Acquire) != seen {
        let anew = admit(&home.shared, &ask).await?.permit;
        let exit = opened.guard.exit.record.id;
        if home.shared.exits().get(exit).is_none() || !sessions::is_allowed(&home.shared, &anew, exit) {
            return Err(Refusal::new(Reason::ExitFailed).to(subject));
        }
        check_destination(&home.shared, &anew, &wish.to).map_err(|refusal| refusal.to(subject))?;
    }
    Ok(opened)
}

async fn establish(
    home: &Rc<Loop>,
    wish: &Wish<'_>,
    name: &Username,
    ask: &Arc<Admission>,
    permit: Arc<Permit>,
) -> Result<Opened, Refusal> {
    let shared = &home.shared;
    check_destination(shared, &permit, &wish.to)?;
    let caps = enter(shared, &permit, ask)?;
    let purse = home.purse(permit.subject);
    // Side by side, because both take their time; who has nothing to spend does not reach out at all.
    let funds = crate::lease::funded(shared, &purse.budget);
    let ((), (exit, origin)) =
        futures_util::future::try_join(funds, reach(shared, &permit, name, wish)).await?;
    let exit_address = address_of(&exit, &origin);
    let dialled = origin.peer_addr().ok().filter(|_| exit.is_local()).map(|at| at.ip());
    let (client, destination) = (wish.peer.client, wish.to.clone());
    let kind = wish.kind;
    let opening = Opening { permit, kind, client, exit, exit_address, destination, dialled, caps };
    Ok(Opened { guard: Guard::open(home, purse, opening), origin })
}

/// The address of this machine that a connection leaves from; `None` through a parent.
fn address_of(exit: &Exit, origin: &TcpStream) -> Option<IpAddr> {
    match &exit.record.kind {
        ExitKind::Local { bind: Bind::Address(ip) } => Some(*ip),
        ExitKind::Local { .. } => origin.local_addr().ok().map(|a| a.ip()),
        ExitKind::Upstream { .. } => None,
    }
}

/// Whether an address that a destination leads to may be reached: a rule on an address holds whatever name or form
/// it was asked for by.
pub(crate) fn may_reach(shared: &Shared, permit: &Permit, at: SocketAddr) -> bool {
    let config = &shared.config.destinations;
    let closed = |hosts: &[String]| destination::is_address_listed(at.ip(), hosts);
    destination::is_open(at, config, &shared.own())
        && !closed(&permit.blocked_hosts)
        && (config.exempt.contains(&at) || !closed(&shared.rules.load().hosts))
}

/// Whether a destination may be asked for, by what it is called.
pub(crate) fn check_destination(shared: &Shared, permit: &Permit, to: &HostPort) -> Result<(), Refusal> {
    let rules = shared.rules.load();
    let exempt = shared
        .config
        .destinations
        .exempt
        .iter()
        .any(|a| a.ip().to_string() == to.host && a.port() == to.port);
    let host = destination::plain(&to.host);
    let closed = !destination::is_port_open(to.port, &rules) || destination::is_listed(&host, &rules.hosts);
    // What is exempt from the installation's rules is not from the customer's own.
    let blocked = destination::is_listed(&host, &permit.blocked_hosts);
    if blocked || closed && !exempt { Err(Reason::DestinationDenied.into()) } else { Ok(()) }
}

pub(crate) type Capped = Option<(Arc<CapState>, Slot)>;

pub(crate) fn enter(shared: &Shared, permit: &Permit, ask: &Arc<Admission>) -> Result<Capped, Refusal> {
    let Some(caps) = shared.caps(permit, ask) else { return Ok(None) };
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
        let exit = match choose(shared, permit, name, &failed, wish).await {
            Ok(exit) => exit,
            Err(none) => return Err(if failed.is_empty() { none } else { last }),
        };
        let started = Instant::now();
        let salt =
            name.session.as_ref().map_or_else(rand::random, |s| crate::exits::hash(&(permit.subject, s)));
        match dial(shared, permit, &exit, &wish.to, salt).await {
            Ok(stream) => {
                shared.exit_outcome(&exit, started, None);
                return Ok((exit, stream));
            }
            Err(DialError::Destination(reason)) => return Err(reason.into()),
            Err(DialError::Exit(why)) => {
                shared.exit_outcome(&exit, started, Some(&why));
                held(&shared.pending).exit_failed(exit.record.id);
                tracing::debug!(exit = %exit.record.id, why, "exit failed");
                last = Reason::ExitFailed.into();
                failed.push(exit.record.id);
            }
            Err(DialError::Silent) => {
                // The next probe tells whether it was the exit: a destination that nobody reaches does not take
                // exits away from others.
                held(&shared.suspects).insert(exit.record.id);
                last = Reason::Timeout.into();
                failed.push(exit.record.id);
            }
        }
        if name.strict {
            break;
        }
    }
    Err(last)
}

pub(crate) async fn choose(
    shared: &Arc<Shared>,
    permit: &Permit,
    name: &Username,
    failed: &[ExitId],
    wish: &Wish<'_>,
) -> Result<Arc<Exit>, Refusal> {
    if let Some(endpoint) = permit.endpoint {
        return endpoints::exit_of(shared, permit, endpoint, wish.peer.dialled.port(), failed).await;
    }
    if name.session.is_some() {
        return sessions::exit_of(shared, permit, name, failed, wish.datagrams()).await;
    }
    let kept =
        wish.prefer.filter(|id| !failed.contains(id)).and_then(|id| sessions::serving(shared, permit, id));
    if let Some(kept) = kept {
        return Ok(kept);
    }
    let random = rand::random();
    let found = match &permit.owned {
        _ if wish.datagrams() => sessions::propose(shared, permit, failed, random, true),
        Some(owned) => sessions::pick_owned(shared, owned, failed, random, false),
        None => shared.exits().pick(permit.pool, &permit.place, failed, random),
    };
    found.ok_or_else(|| Reason::NoExit.into())
}
