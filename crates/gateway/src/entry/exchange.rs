//! One forwarded request and its response (RFC 9110, RFC 9112). Request body and response run side by
//! side: an origin may answer early, or ask for the body with 100 (Continue).

use super::request::Request;
use super::{Client, Inbox};
use crate::admit::Peer;
use crate::conn::Guard;
use crate::open::{Login, Opened, Wish, open, record};
use crate::relay::{Frame, Half, Side, Stop, gone, note, pump};
use crate::serve::Loop;
use response::Answered;
use std::cell::Cell;
use std::io;
use std::rc::Rc;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use turnpike_base::{ExitId, Text};
use turnpike_proxyproto::HostPort;
use turnpike_proxyproto::body::{Chunks, Framing};
use turnpike_wire::{ConnectionKind, Ending, Reason, Refusal, Revocation};

mod response;

/// What a client connection leaves behind for its next request.
#[derive(Default)]
pub(super) struct Past {
    kept: Option<Kept>,
    /// The exit that a login left from: without a session a kept-alive connection keeps its own.
    exit: Option<(Option<Login>, ExitId)>,
}

/// An origin connection kept for the next request to the same place by the same customer.
struct Kept {
    login: Option<Login>,
    to: HostPort,
    guard: Guard,
    origin: TcpStream,
    inbox: Inbox,
}

/// A request and who sends it.
pub(super) struct Ask<'a> {
    pub(super) peer: Peer,
    pub(super) request: &'a Request,
    pub(super) login: Option<&'a Login>,
    pub(super) to: &'a HostPort,
}

/// How an exchange ended for the client connection.
pub(super) enum Ended {
    /// It goes on, perhaps with the origin connection kept.
    Kept,
    /// It became a tunnel (101): `early` came from the client already.
    Upgraded { opened: Box<Opened>, early: Vec<u8> },
    /// It has to close.
    Closed { reset: bool },
    /// Nothing was sent yet, so a refusal can be. It may go on unless the body is lost or it was cut.
    Refused { refusal: Refusal, go_on: bool },
}

impl Past {
    /// Completes when the kept connection is cut or ended.
    pub(super) async fn ended(&self) {
        match &self.kept {
            Some(kept) => kept.guard.ended().await,
            None => std::future::pending().await,
        }
    }

    /// Completes when the kept origin connection is of no use any more: the origin closed it.
    pub(super) async fn withered(&self) {
        match &self.kept {
            Some(kept) => while kept.is_alive() && kept.origin.readable().await.is_ok() {},
            None => std::future::pending().await,
        }
    }

    /// Lets the kept connection go.
    pub(super) fn forget(&mut self) {
        if let Some(kept) = self.kept.take() {
            kept.guard.set_ending(Ending::Finished);
        }
    }

    /// Whether the cut demands RST.
    pub(super) fn wants_reset(&self) -> bool {
        self.kept.as_ref().is_some_and(|kept| kept.guard.wants_reset())
    }
}

/// Forwards one request.
pub(super) async fn run<C: Client>(
    home: &Rc<Loop>,
    client: &mut C,
    inbox: &mut Inbox,
    ask: Ask<'_>,
    past: &mut Past,
) -> Ended {
    let Ask { peer, request, login, to } = ask;
    let reusable = past.kept.take().filter(|k| k.login.as_ref() == login && k.to == *to && k.is_alive());
    if let Some(mut kept) = reusable {
        match exchange(client, inbox, request, &mut kept).await {
            // The origin closed it between two requests.
            Outcome::Stale if request.may_be_repeated() => kept.guard.set_ending(Ending::OriginGone),
            outcome => return ended(home, peer, outcome, kept, inbox, past),
        }
    }
    let prefer = past.exit.as_ref().filter(|(who, _)| who.as_ref() == login).map(|(_, exit)| *exit);
    let Opened { guard, origin } =
        match open(home, Wish { peer, login, to: to.clone(), kind: ConnectionKind::Http, prefer }).await {
            Ok(opened) => opened,
            Err(refusal) => return Ended::Refused { refusal, go_on: true },
        };
    past.exit = Some((login.cloned(), guard.exit.record.id));
    let mut fresh = Kept { login: login.cloned(), to: to.clone(), guard, origin, inbox: Inbox::default() };
    let outcome = exchange(client, inbox, request, &mut fresh).await;
    ended(home, peer, outcome, fresh, inbox, past)
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
    /// Nothing was sent to the client, and this is why.
    Refused(Refusal),
    Broken(Stop),
    Cut,
}

fn ended(home: &Loop, peer: Peer, outcome: Outcome, kept: Kept, inbox: &mut Inbox, past: &mut Past) -> Ended {
    let guard = &kept.guard;
    let refused = |refusal: Refusal| {
        let refusal = refusal.to(guard.permit.subject);
        record(&home.shared, peer, &kept.to, &refusal);
        refusal
    };
    match outcome {
        Outcome::Done { keep_client, keep_origin } => {
            guard.set_ending(Ending::Finished);
            if keep_client && keep_origin {
                past.kept = Some(kept);
            }
            if keep_client { Ended::Kept } else { Ended::Closed { reset: false } }
        }
        Outcome::Upgraded => {
            let early = std::mem::take(&mut inbox.0);
            Ended::Upgraded { opened: Box::new(Opened { guard: kept.guard, origin: kept.origin }), early }
        }
        Outcome::Stale => {
            guard.set_ending(Ending::OriginGone);
            Ended::Refused { refusal: refused(Reason::DestinationFailed.into()), go_on: true }
        }
        Outcome::Refused(refusal) => {
            guard.set_ending(Ending::OriginGone);
            Ended::Refused { refusal: refused(refusal), go_on: false }
        }
        Outcome::Broken(stop) => {
            let reset = matches!(stop, Stop::Origin(_) | Stop::Malformed);
            note(guard, &Err(stop));
            Ended::Closed { reset }
        }
        Outcome::Cut => Ended::Closed { reset: guard.wants_reset() },
    }
}

async fn exchange<C: Client>(
    client: &mut C,
    inbox: &mut Inbox,
    request: &Request,
    kept: &mut Kept,
) -> Outcome {
    let Kept { guard, origin, inbox: origin_inbox, .. } = kept;
    guard.touch();
    let paid = tokio::select! {
        biased;
        paid = guard.pay(request.length) => match paid {
            Ok(paid) => paid,
            Err(refusal) => return broke(guard, refusal),
        },
        () = guard.ended() => return ended_early(guard),
    };
    if origin.write_all(&request.forwarded).await.is_err() {
        guard.refund(&paid);
        return Outcome::Stale;
    }
    let answered = Answered::default();
    let uploaded = Cell::new(false);
    let (mut client_r, mut client_w) = client.halves();
    let (mut origin_r, mut origin_w) = origin.split();
    let upload = async {
        let flow = Flow { framing: request.framing, guard, side: Side::Up, begun: &Cell::default() };
        let sent = body(&mut client_r, &mut origin_w, Vec::new(), inbox, flow).await;
        match sent {
            Ok(()) => uploaded.set(true),
            // The origin may refuse the body and still answer; the rest of it has nowhere to go.
            Err(Stop::Origin(_)) => {}
            Err(stop) => return stop,
        }
        gone(&client_r).await;
        Stop::Client(io::ErrorKind::ConnectionReset.into())
    };
    let respond = response::forward(&mut origin_r, &mut client_w, origin_inbox, request, guard, &answered);
    let outcome = tokio::select! {
        // A response that is there counts, whatever became of the request's body.
        biased;
        outcome = respond => match outcome {
            // A body that is still under way has nowhere to go: the connection can't be kept.
            Outcome::Done { keep_client, keep_origin } => {
                let whole = uploaded.get();
                Outcome::Done { keep_client: keep_client && whole, keep_origin: keep_origin && whole }
            }
            Outcome::Broken(Stop::Broke(refusal)) if !answered.begun.get() => broke(guard, refusal),
            other => other,
        },
        stop = upload => match stop {
            Stop::Malformed if !answered.begun.get() => Outcome::Refused(
                Refusal::new(Reason::BadRequest)
                    .say(Text::new("分块请求体格式错误", "The chunked body is malformed")),
            ),
            Stop::Broke(refusal) if !answered.begun.get() => broke(guard, refusal),
            stop => Outcome::Broken(stop),
        },
        () = guard.ended() => if answered.begun.get() { Outcome::Cut } else { ended_early(guard) },
    };
    // What never reached a living origin is not counted: it is sent again, or refused.
    if matches!(outcome, Outcome::Stale) {
        guard.refund(&paid);
    } else {
        answered.count_request(guard, request);
    }
    outcome
}

/// Nothing is left to spend, and the client has heard nothing yet.
fn broke(guard: &Guard, refusal: Refusal) -> Outcome {
    guard.cut(refusal.clone(), Revocation::Close);
    Outcome::Refused(refusal)
}

/// Cut or ended from outside, and the client has heard nothing yet.
fn ended_early(guard: &Guard) -> Outcome {
    match guard.why_ended() {
        Some(refusal) if !guard.wants_reset() => Outcome::Refused(refusal),
        _ => Outcome::Cut,
    }
}

/// How a body goes.
struct Flow<'a> {
    framing: Framing,
    guard: &'a Guard,
    side: Side,
    /// Set before the first byte goes out.
    begun: &'a Cell<bool>,
}

/// Forwards a body: first what was read with the head, then the rest. `head` goes out before it, in the same
/// write: small messages are whole in one.
async fn body<R, W>(
    source: &mut R,
    sink: &mut W,
    mut head: Vec<u8>,
    inbox: &mut Inbox,
    flow: Flow<'_>,
) -> Result<(), Stop>
where
    R: AsyncRead + Half + Unpin,
    W: AsyncWrite + Half + Unpin,
{
    let Flow { framing, guard, side, .. } = flow;
    let mut chunks = Chunks::default();
    let early = match framing {
        Framing::None => 0,
        Framing::Chunked => chunks.feed(&inbox.0).map_err(|_| Stop::Malformed)?,
        Framing::Length(length) => usize::try_from(length).unwrap_or(usize::MAX).min(inbox.0.len()),
        Framing::UntilClose => inbox.0.len(),
    };
    head.extend_from_slice(&inbox.0[..early]);
    write_counted(sink, &head, &flow).await?;
    drop(head);
    if framing == Framing::None {
        return Ok(());
    }
    inbox.take(early);
    let frame = match framing {
        Framing::Chunked => Frame::Chunked(chunks, &mut inbox.0),
        Framing::Length(length) => Frame::Length(length - early as u64),
        Framing::None | Framing::UntilClose => Frame::Open,
    };
    pump(source, sink, guard, side, frame).await
}

/// Pays for bytes that were read before anybody could know whose they are, and writes them.
async fn write_counted<W: AsyncWrite + Unpin>(
    sink: &mut W,
    bytes: &[u8],
    flow: &Flow<'_>,
) -> Result<(), Stop> {
    let Flow { guard, side, begun, .. } = *flow;
    if bytes.is_empty() {
        return Ok(());
    }
    guard.pay(bytes.len()).await.map_err(Stop::Broke)?;
    begun.set(true);
    sink.write_all(bytes).await.map_err(|e| side.sink_broke(e))?;
    sink.flush().await.map_err(|e| side.sink_broke(e))?;
    match side {
        Side::Up => guard.count_up(bytes.len()),
        Side::Down => guard.count_down(bytes.len()),
    }
    Ok(())
}
