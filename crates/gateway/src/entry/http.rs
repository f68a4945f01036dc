//! HTTP proxy requests: CONNECT, and absolute-form requests that are forwarded.

use super::exchange::{self, Ended, Kept};
use super::{Client, Inbox, relay, reset_on_close};
use crate::admit::Peer;
use crate::exits::Exit;
use crate::open::{Login, Wish, open, record};
use crate::refuse;
use crate::serve::Loop;
use std::io;
use std::rc::Rc;
use tokio::io::AsyncWriteExt;
use turnpike_base::Text;
use turnpike_proxyproto::body::Framing;
use turnpike_proxyproto::head::{self, Target};
use turnpike_proxyproto::{HostPort, Malformed, Parsed, basic};
use turnpike_wire::{Reason, Refusal};

/// A request, taken out of the bytes it came in.
pub(super) struct Request {
    pub(super) method: String,
    pub(super) target: Target,
    pub(super) login: Result<Option<Login>, Malformed>,
    pub(super) framing: Framing,
    pub(super) keep_alive: bool,
    pub(super) upgrade: bool,
    /// The head as the origin gets it; empty unless it is forwarded.
    pub(super) forwarded: Vec<u8>,
    /// Bytes of the head as it came.
    pub(super) length: usize,
}

impl Request {
    fn parse(bytes: &[u8]) -> Result<Parsed<Self>, Malformed> {
        let Parsed::Done(head, length) = head::request(bytes)? else { return Ok(Parsed::Incomplete) };
        let mut forwarded = Vec::new();
        if matches!(head.target, Target::Forward(..)) {
            forwarded.reserve(length);
            head.forward(&mut forwarded);
        }
        let request = Self {
            method: head.method.to_owned(),
            login: head.authorization().map(basic::decode).transpose(),
            framing: head.framing,
            keep_alive: head.keep_alive,
            upgrade: head.upgrade,
            forwarded,
            length,
            target: head.target,
        };
        Ok(Parsed::Done(request, length))
    }

    /// Whether the connection can go on after a refusal: no body is under way.
    fn survives_refusal(&self) -> bool {
        self.keep_alive && self.framing == Framing::None
    }
}

/// Serves a client connection: many requests, to many origins, one after the other.
pub(super) async fn serve<C: Client>(
    home: &Rc<Loop>,
    mut client: C,
    peer: Peer,
    mut inbox: Inbox,
) -> io::Result<()> {
    let mut kept: Option<Kept> = None;
    loop {
        let Some(request) = next(home, &mut client, &mut inbox, kept.as_ref()).await? else { return Ok(()) };
        let (to, login) = match (&request.target, &request.login) {
            (Target::Own(_), _) => return refuse_own(home, &mut client, peer).await,
            (Target::Tunnel(to) | Target::Forward(to, _), Ok(login)) => (to.clone(), login.as_ref()),
            (Target::Tunnel(to) | Target::Forward(to, _), Err(wrong)) => {
                let refusal = malformed(Reason::BadCredentials, *wrong);
                record(&home.shared, peer, to, &refusal);
                answer(&mut client, &refusal, false).await?;
                return Ok(());
            }
        };
        if matches!(request.target, Target::Tunnel(_)) {
            kept = None;
            match open(home, Wish { peer, login, to, prefer: None }).await {
                Ok(opened) => {
                    client.write_all(established(&opened.guard.exit).as_bytes()).await?;
                    client.flush().await?;
                    return relay(client, opened, &inbox.0).await;
                }
                Err(refusal) => answer(&mut client, &refusal, request.survives_refusal()).await?,
            }
            if !request.survives_refusal() {
                return Ok(());
            }
            continue;
        }
        match exchange::run(home, &mut client, &mut inbox, peer, &request, to, kept.take()).await {
            Ended::Kept(origin) => kept = origin,
            Ended::Upgraded { opened, early } => return relay(client, *opened, &early).await,
            Ended::Closed { reset } => {
                if reset {
                    reset_on_close(&client)
                } else {
                    client.shutdown().await?
                }
                return Ok(());
            }
            Ended::Refused(refusal) => {
                answer(&mut client, &refusal, request.survives_refusal()).await?;
                if !request.survives_refusal() {
                    return Ok(());
                }
            }
        }
    }
}

/// The next request; `None` when the client is done. Between requests it may idle; a head that has begun
/// has to come in the time of a handshake. A connection that is cut between requests ends there.
async fn next<C: Client>(
    home: &Rc<Loop>,
    client: &mut C,
    inbox: &mut Inbox,
    kept: Option<&Kept>,
) -> io::Result<Option<Request>> {
    let timeouts = home.shared.config.timeouts;
    if inbox.0.is_empty() {
        let cut = async {
            match kept {
                Some(kept) => kept.guard.ended().await,
                None => std::future::pending().await,
            }
        };
        let more = tokio::select! {
            more = tokio::time::timeout(timeouts.idle, inbox.more(client)) => more,
            () = cut => return Ok(None),
        };
        match more {
            Err(_) => return Ok(None),
            Ok(Err(error)) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            Ok(more) => more?,
        }
    }
    match tokio::time::timeout(timeouts.handshake, inbox.expect(client, Request::parse)).await {
        Ok(Ok(request)) => Ok(Some(request)),
        Ok(Err(error)) if error.kind() == io::ErrorKind::InvalidData => {
            let wrong = error.get_ref().and_then(|e| e.downcast_ref::<Malformed>()).copied();
            let refusal =
                malformed(Reason::BadRequest, wrong.unwrap_or(Malformed("the request is malformed")));
            home.shared.metrics.refused(refusal.reason);
            answer(client, &refusal, false).await?;
            Ok(None)
        }
        Ok(Err(error)) => Err(error),
        Err(_) => Err(io::ErrorKind::TimedOut.into()),
    }
}

fn malformed(reason: Reason, wrong: Malformed) -> Refusal {
    Refusal::new(reason).say(Text::made(format!("{}:{}", reason.text().zh, wrong.0), wrong.0))
}

async fn refuse_own<C: Client>(home: &Rc<Loop>, client: &mut C, peer: Peer) -> io::Result<()> {
    let refusal =
        malformed(Reason::BadRequest, Malformed("this is a proxy: send an absolute URI or CONNECT"));
    record(&home.shared, peer, &HostPort { host: String::new(), port: 0 }, &refusal);
    answer(client, &refusal, false).await
}

async fn answer<C: Client>(client: &mut C, refusal: &Refusal, keep_alive: bool) -> io::Result<()> {
    client.write_all(&refuse::http(refusal, keep_alive)).await?;
    client.flush().await
}

/// The answer to CONNECT: where the tunnel leaves from.
fn established(exit: &Exit) -> String {
    format!("HTTP/1.1 200 Connection established\r\nX-Proxy-Exit: {}\r\n\r\n", shown(exit))
}

/// `id=12; country=US; city="Los Angeles"`.
fn shown(exit: &Exit) -> String {
    let record = &exit.record;
    let city = record.city.as_deref().unwrap_or_default();
    let plain: String = city
        .chars()
        .map(|c| if c.is_ascii_graphic() && !matches!(c, '"' | '\\') || c == ' ' { c } else { '?' })
        .collect();
    format!("id={}; country={}; city=\"{plain}\"", record.id, record.country)
}
