//! One forwarded request and its response (RFC 9110, RFC 9112). Request body and response run side by
//! side: an origin may answer early, or ask for the body with 100 (Continue).

use super::http::Request;
use super::{Client, Inbox};
use crate::admit::Peer;
use crate::conn::{Conn, Guard};
use crate::open::{Login, Opened, Wish, open};
use crate::relay::{Flow, Half, Side, Stop, note, pump};
use crate::serve::Loop;
use std::io;
use std::rc::Rc;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use turnpike_proxyproto::body::{Chunks, Framing};
use turnpike_proxyproto::{HostPort, Malformed, Parsed, head};
use turnpike_wire::{Ending, Reason, Refusal};

/// An origin connection kept for the next request to the same place by the same customer.
pub(super) struct Kept {
    login: Option<Login>,
    to: HostPort,
    pub(super) guard: Guard,
    origin: TcpStream,
    inbox: Inbox,
}

/// How an exchange ended for the client connection.
pub(super) enum Ended {
    /// It goes on, perhaps with the origin connection kept.
    Kept(Option<Kept>),
    /// It became a tunnel (101): `early` came from the client already.
    Upgraded { opened: Box<Opened>, early: Vec<u8> },
    /// It has to close.
    Closed { reset: bool },
    /// Nothing was sent yet, so a refusal can be.
    Refused(Refusal),
}

/// Forwards one request.
pub(super) async fn run<C: Client>(
    home: &Rc<Loop>,
    client: &mut C,
    inbox: &mut Inbox,
    peer: Peer,
    request: &Request,
    to: HostPort,
    kept: Option<Kept>,
) -> Ended {
    let login = request.login.as_ref().ok().cloned().flatten();
    let same_login = kept.as_ref().filter(|k| k.login == login);
    let prefer = same_login.map(|k| k.guard.exit.record.id);
    let reusable = kept.filter(|k| k.login == login && k.to == to && k.is_alive());
    if let Some(mut kept) = reusable {
        match exchange(client, inbox, request, &mut kept, true).await {
            // The origin closed it between two requests: a request without a body is sent again.
            Outcome::Stale if request.framing == Framing::None => {}
            outcome => return ended(outcome, kept, inbox),
        }
    }
    let opened = match open(home, Wish { peer, login: login.as_ref(), to: to.clone(), prefer }).await {
        Ok(opened) => opened,
        Err(refusal) => return Ended::Refused(refusal),
    };
    let mut fresh = Kept { login, to, guard: opened.guard, origin: opened.origin, inbox: Inbox::default() };
    let outcome = exchange(client, inbox, request, &mut fresh, false).await;
    ended(outcome, fresh, inbox)
}

impl Kept {
    /// Whether the origin has neither closed nor said something nobody asked for.
    fn is_alive(&self) -> bool {
        let mut byte = [0];
        self.inbox.0.is_empty()
            && matches!(self.origin.try_read(&mut byte), Err(e) if e.kind() == io::ErrorKind::WouldBlock)
    }
}

enum Outcome {
    /// The response is complete.
    Done {
        keep_client: bool,
        keep_origin: bool,
    },
    Upgraded,
    /// The origin connection broke before a response began.
    Stale,
    Broken(Stop),
    Cut,
}

fn ended(outcome: Outcome, kept: Kept, inbox: &mut Inbox) -> Ended {
    match outcome {
        Outcome::Done { keep_client: true, keep_origin } => {
            kept.guard.set_ending(Ending::Finished);
            Ended::Kept(keep_origin.then_some(kept))
        }
        Outcome::Done { .. } => {
            kept.guard.set_ending(Ending::Finished);
            Ended::Closed { reset: false }
        }
        Outcome::Upgraded => {
            let early = std::mem::take(&mut inbox.0);
            Ended::Upgraded { opened: Box::new(Opened { guard: kept.guard, origin: kept.origin }), early }
        }
        Outcome::Stale => {
            kept.guard.set_ending(Ending::OriginGone);
            Ended::Refused(Refusal::new(Reason::DestinationFailed).to(kept.guard.permit.subject))
        }
        Outcome::Broken(stop) => {
            let reset = matches!(stop, Stop::Origin(_) | Stop::Malformed);
            note(&kept.guard, &Err(stop));
            Ended::Closed { reset }
        }
        Outcome::Cut => Ended::Closed { reset: kept.guard.wants_reset() },
    }
}

async fn exchange<C: Client>(
    client: &mut C,
    inbox: &mut Inbox,
    request: &Request,
    kept: &mut Kept,
    reused: bool,
) -> Outcome {
    let Kept { guard, origin, inbox: origin_inbox, .. } = kept;
    if origin.write_all(&request.forwarded).await.is_err() {
        return Outcome::Stale;
    }
    guard.count_head_up(request.length);
    let (mut client_r, mut client_w) = client.halves();
    let (mut origin_r, mut origin_w) = origin.split();
    let upload = body(&mut client_r, &mut origin_w, inbox, request.framing, guard, Side::Up);
    let respond = respond(&mut origin_r, &mut client_w, origin_inbox, request, guard, reused);
    tokio::pin!(upload, respond);
    let mut uploaded = request.framing == Framing::None;
    loop {
        tokio::select! {
            answered = &mut respond => return match answered {
                // A body that is still under way has nowhere to go: the connection can't be kept.
                Outcome::Done { keep_client, keep_origin } => {
                    Outcome::Done { keep_client: keep_client && uploaded, keep_origin: keep_origin && uploaded }
                }
                other => other,
            },
            sent = &mut upload, if !uploaded => match sent {
                // The origin may refuse the body and still answer.
                Ok(()) | Err(Stop::Origin(_)) => uploaded = true,
                Err(stop) => return Outcome::Broken(stop),
            },
            () = guard.ended() => return Outcome::Cut,
        }
    }
}

/// What is needed of a response head after it was forwarded.
struct Head {
    status: u16,
    framing: Framing,
    keep_alive: bool,
    forwarded: Vec<u8>,
}

async fn respond<R, W>(
    origin: &mut R,
    client: &mut W,
    inbox: &mut Inbox,
    request: &Request,
    conn: &Conn,
    reused: bool,
) -> Outcome
where
    R: AsyncRead + Half + Unpin,
    W: AsyncWrite + Half + Unpin,
{
    let mut begun = false;
    loop {
        let parse = |bytes: &[u8]| parse_head(bytes, request);
        let head = match inbox.expect(origin, parse).await {
            Ok(head) => head,
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return Outcome::Broken(Stop::Malformed);
            }
            Err(_) if !begun && (reused || inbox.0.is_empty()) => return Outcome::Stale,
            Err(error) => return Outcome::Broken(Stop::Origin(error)),
        };
        begun = true;
        if let Err(error) = write_counted(client, &head.forwarded, conn, Side::Down).await {
            return Outcome::Broken(error);
        }
        match head.status {
            101 if request.upgrade => {
                let early = std::mem::take(&mut inbox.0);
                return match write_counted(client, &early, conn, Side::Down).await {
                    Ok(()) => Outcome::Upgraded,
                    Err(stop) => Outcome::Broken(stop),
                };
            }
            100..=199 => continue,
            _ => {}
        }
        return match body(origin, client, inbox, head.framing, conn, Side::Down).await {
            Ok(()) => {
                let until_close = head.framing == Framing::UntilClose;
                Outcome::Done {
                    keep_client: request.keep_alive && !until_close,
                    keep_origin: head.keep_alive,
                }
            }
            Err(stop) => Outcome::Broken(stop),
        };
    }
}

fn parse_head(bytes: &[u8], request: &Request) -> Result<Parsed<Head>, Malformed> {
    let Parsed::Done(head, used) = head::response(bytes, &request.method)? else {
        return Ok(Parsed::Incomplete);
    };
    if head.status == 101 && !request.upgrade {
        return Err(Malformed("the origin switches protocols unasked"));
    }
    let mut forwarded = Vec::with_capacity(used + 32);
    head.forward(&mut forwarded, request.keep_alive && head.framing != Framing::UntilClose);
    Ok(Parsed::Done(
        Head { status: head.status, framing: head.framing, keep_alive: head.keep_alive, forwarded },
        used,
    ))
}

async fn write_counted<W: AsyncWrite + Unpin>(
    sink: &mut W,
    bytes: &[u8],
    conn: &Conn,
    side: Side,
) -> Result<(), Stop> {
    let broke = |error| if side == Side::Up { Stop::Origin(error) } else { Stop::Client(error) };
    if bytes.is_empty() {
        return Ok(());
    }
    sink.write_all(bytes).await.map_err(broke)?;
    sink.flush().await.map_err(broke)?;
    match side {
        Side::Up => conn.count_head_up(bytes.len()),
        Side::Down => conn.count_head_down(bytes.len()),
    }
    Ok(())
}

/// Forwards a body: first what was read with the head, then the rest.
async fn body<R, W>(
    source: &mut R,
    sink: &mut W,
    inbox: &mut Inbox,
    framing: Framing,
    conn: &Conn,
    side: Side,
) -> Result<(), Stop>
where
    R: AsyncRead + Half + Unpin,
    W: AsyncWrite + Half + Unpin,
{
    let length = match framing {
        Framing::None => return Ok(()),
        Framing::Chunked => return chunked(source, sink, inbox, conn, side).await,
        Framing::Length(length) => length,
        Framing::UntilClose => u64::MAX,
    };
    let early = usize::try_from(length).unwrap_or(usize::MAX).min(inbox.0.len());
    write_counted(sink, &inbox.0[..early], conn, side).await?;
    inbox.0.drain(..early);
    let length = if length == u64::MAX { length } else { length - early as u64 };
    let left = pump(source, sink, conn, Flow { side, length }).await?;
    sink.flush().await.map_err(|e| if side == Side::Up { Stop::Origin(e) } else { Stop::Client(e) })?;
    match (left, side) {
        (0 | u64::MAX, _) => Ok(()),
        // The source ended before its announced length.
        (_, Side::Up) => Err(Stop::Client(io::ErrorKind::UnexpectedEof.into())),
        (_, Side::Down) => Err(Stop::Origin(io::ErrorKind::UnexpectedEof.into())),
    }
}

/// Forwards a chunked body verbatim, following its framing.
async fn chunked<R, W>(
    source: &mut R,
    sink: &mut W,
    inbox: &mut Inbox,
    conn: &Conn,
    side: Side,
) -> Result<(), Stop>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let mut chunks = Chunks::default();
    loop {
        let used = chunks.feed(&inbox.0).map_err(|_| Stop::Malformed)?;
        write_counted(sink, &inbox.0[..used], conn, side).await?;
        inbox.0.drain(..used);
        if chunks.is_done() {
            return Ok(());
        }
        conn.funded().await.map_err(Stop::Broke)?;
        inbox.0.reserve(16 * 1_024);
        let broke = |e| if side == Side::Up { Stop::Client(e) } else { Stop::Origin(e) };
        inbox.more(source).await.map_err(broke)?;
    }
}
