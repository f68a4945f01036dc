//! Opening an association: admit, choose a local exit, open the sockets.

use super::relay::Association;
use super::socket;
use crate::admit::{Admitted, Peer, admit};
use crate::conn::{Guard, Opening};
use crate::exits::Exit;
use crate::lease;
use crate::open::{Login, Wish, choose, enter, record, understand};
use crate::serve::Loop;
use crate::sessions;
use std::cell::{Cell, RefCell};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use std::sync::Arc;
use turnpike_base::Text;
use turnpike_proxyproto::HostPort;
use turnpike_proxyproto::username::Username;
use turnpike_wire::{Bind, ConnectionKind, ExitKind, Permit, Reason, Refusal};

/// Tells the pin of a session's datagrams from that of its connections, where they leave from different exits. It stands
/// where an `ip` would, and is none: who ends the session by its name ends both.
const APART: &str = "udp";

/// Opens an association for a customer who says that he sends from `from`, or says why not. `local` is the
/// address that he reached.
pub(crate) async fn open(
    home: &Rc<Loop>,
    peer: Peer,
    login: Option<&Login>,
    from: &HostPort,
    local: IpAddr,
) -> Result<Association, Refusal> {
    let wish = Wish { peer, login, to: from.clone(), kind: ConnectionKind::Udp, prefer: None };
    let outcome = attempt(home, &wish, local).await;
    if let Err(refusal) = &outcome {
        record(&home.shared, peer, from, refusal);
    }
    outcome
}

async fn attempt(home: &Rc<Loop>, wish: &Wish<'_>, local: IpAddr) -> Result<Association, Refusal> {
    let (name, ask) = understand(&home.shared, wish.peer, wish.login).await?;
    let Admitted { permit, seen } = admit(&home.shared, &ask).await?;
    let subject = permit.subject;
    let told = |refusal: Refusal| refusal.to(subject);
    if !permit.udp {
        return Err(told(off()));
    }
    let caps = enter(&home.shared, &permit, &ask).map_err(told)?;
    let purse = home.purse(subject);
    lease::funded(&home.shared, &purse.budget).await.map_err(told)?;
    let (exit, bind) = local_exit(home, &permit, &name, wish).await.map_err(told)?;
    let salt = name.session.as_ref().map_or_else(rand::random, |s| crate::exits::hash(&(subject, s)));
    let broken = |error: io::Error| told(failure(&error));
    let four = socket::on_exit(&bind, true, salt).map_err(broken)?;
    let six = socket::on_exit(&bind, false, salt).map_err(broken)?;
    let relay = socket::for_customer(local).map_err(broken)?;
    let bound = four.iter().chain(&six).find_map(|socket| socket.local_addr().ok());
    let exit_address = bound.map(|address| address.ip()).filter(|ip| !ip.is_unspecified());
    let opening = Opening {
        permit: Arc::clone(&permit),
        kind: wish.kind,
        client: wish.peer.client,
        exit: Arc::clone(&exit),
        exit_address,
        destination: HostPort { host: String::new(), port: 0 },
        dialled: None,
        caps,
    };
    let guard = Guard::open(home, purse, opening);
    guard.silence();
    Ok(Association {
        home: Rc::clone(home),
        peer: wish.peer,
        ask,
        permit: RefCell::new(permit),
        guard,
        exit,
        exit_address,
        relay,
        out: [four, six],
        customer: Cell::new(said(wish)),
        flows: RefCell::default(),
        told: RefCell::default(),
        // A change that came meanwhile is looked at as soon as it runs.
        seen: Cell::new(seen),
    })
}

/// From where the customer says that he will send. Zeros mean that he does not know yet, and an address that
/// is not the one he is seen from is taken for that, too: he may sit behind a NAT.
fn said(wish: &Wish<'_>) -> Option<SocketAddr> {
    let address = wish.to.host.parse::<IpAddr>().ok()?.to_canonical();
    let known = wish.to.port != 0 && (address == wish.peer.client);
    known.then(|| SocketAddr::new(address, wish.to.port))
}

/// UDP is off for the account, or its type has none.
pub(super) fn off() -> Refusal {
    Refusal::new(Reason::NotAllowed).say(Text::new("此账号未开启 UDP", "UDP is off for this account"))
}

fn no_local_exit() -> Refusal {
    Refusal::new(Reason::NotAllowed)
        .say(Text::new("符合条件的出口不支持 UDP", "No exit that matches can carry datagrams"))
}

fn failure(error: &io::Error) -> Refusal {
    tracing::debug!(%error, "an exit can't carry datagrams");
    Reason::ExitFailed.into()
}

/// An exit that can carry datagrams, and what it binds to. A session has the one exit, unless it is a parent: then its
/// datagrams keep another one.
async fn local_exit(
    home: &Rc<Loop>,
    permit: &Permit,
    name: &Username,
    wish: &Wish<'_>,
) -> Result<(Arc<Exit>, Bind), Refusal> {
    let exists = |datagrams| sessions::propose(&home.shared, permit, &[], 0, datagrams).is_some();
    if !exists(true) && exists(false) {
        return Err(no_local_exit());
    }
    let mut exit = choose(&home.shared, permit, name, &[], wish).await?;
    // The session has it from a connection that was not an association, maybe of another gateway.
    if !exit.is_local() && name.session.is_some() && !name.strict {
        exit = choose(&home.shared, permit, &apart(name), &[], wish).await?;
    }
    match &exit.record.kind {
        ExitKind::Local { bind } => {
            let bind = bind.clone();
            Ok((exit, bind))
        }
        ExitKind::Upstream { .. } => Err(no_local_exit()),
    }
}

/// The session as its datagrams' own.
fn apart(name: &Username) -> Username {
    Username { ip: Some(APART.to_owned()), ..name.clone() }
}
