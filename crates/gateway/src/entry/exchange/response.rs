//! The response of an exchange: interim responses, the head, the body.

use super::{Flow, Inbox, Outcome, Request, body, write_counted};
use crate::conn::Guard;
use crate::relay::{Half, Side, Stop};
use std::cell::Cell;
use std::io;
use tokio::io::{AsyncRead, AsyncWrite};
use turnpike_base::Text;
use turnpike_proxyproto::body::Framing;
use turnpike_proxyproto::{Malformed, Parsed, head};
use turnpike_wire::{Reason, Refusal};

/// How far the response is.
#[derive(Default)]
pub(super) struct Answered {
    /// The client got something.
    pub(super) begun: Cell<bool>,
    /// The request's head is counted.
    counted: Cell<bool>,
}

impl Answered {
    /// Counts the request's head, once.
    pub(super) fn count_request(&self, guard: &Guard, request: &Request) {
        if !self.counted.replace(true) {
            guard.count_up(request.length);
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

/// Reads the response from the origin and passes it on.
pub(super) async fn forward<R, W>(
    origin: &mut R,
    client: &mut W,
    inbox: &mut Inbox,
    request: &Request,
    guard: &Guard,
    answered: &Answered,
) -> Outcome
where
    R: AsyncRead + Half + Unpin,
    W: AsyncWrite + Half + Unpin,
{
    loop {
        let head = match read_head(origin, inbox, request, guard, answered).await {
            Ok(head) => head,
            Err(outcome) => return outcome,
        };
        answered.count_request(guard, request);
        let flow = Flow { framing: head.framing, guard, side: Side::Down, begun: &answered.begun };
        if head.status == 101 {
            let begin = [head.forwarded, std::mem::take(&mut inbox.0)].concat();
            return match write_counted(client, &begin, &flow).await {
                Ok(()) => Outcome::Upgraded,
                Err(stop) => Outcome::Broken(stop),
            };
        }
        if head.status < 200 {
            // RFC 9110 section 15.2: nothing interim for a client of HTTP/1.0.
            if request.v11
                && let Err(stop) = write_counted(client, &head.forwarded, &flow).await
            {
                return Outcome::Broken(stop);
            }
            continue;
        }
        return match body(origin, client, head.forwarded, inbox, flow).await {
            Ok(()) => Outcome::Done {
                keep_client: request.keep_alive && head.framing != Framing::UntilClose,
                keep_origin: head.keep_alive,
            },
            Err(stop) => Outcome::Broken(stop),
        };
    }
}

async fn read_head<R>(
    origin: &mut R,
    inbox: &mut Inbox,
    request: &Request,
    guard: &Guard,
    answered: &Answered,
) -> Result<Head, Outcome>
where
    R: AsyncRead + Unpin,
{
    let nothing_yet = inbox.0.is_empty() && !answered.counted.get();
    let error = match inbox.expect(guard.home(), origin, |bytes| parse_head(bytes, request)).await {
        Ok(head) => return Ok(head),
        Err(error) => error,
    };
    let nothing = nothing_yet && inbox.0.is_empty();
    Err(match error.kind() {
        io::ErrorKind::InvalidData if answered.begun.get() => Outcome::Broken(Stop::Malformed),
        // RFC 9112 section 5.2 and 6.3: what can't be trusted becomes 502.
        io::ErrorKind::InvalidData => {
            let wrong = error.get_ref().and_then(|e| e.downcast_ref::<Malformed>());
            let wrong = wrong.map_or("malformed", |wrong| wrong.en);
            let say = Text::made(
                format!("目标的响应格式错误：{wrong}"),
                format!("The response is malformed: {wrong}"),
            );
            Outcome::Refused(Refusal::new(Reason::DestinationFailed).say(say))
        }
        _ if nothing => Outcome::Stale,
        _ if !answered.begun.get() => Outcome::Refused(Reason::DestinationFailed.into()),
        _ => Outcome::Broken(Stop::Origin(error)),
    })
}

fn parse_head(bytes: &[u8], request: &Request) -> Result<Parsed<Head>, Malformed> {
    let Parsed::Done(head, used) = head::response(bytes, &request.method)? else {
        return Ok(Parsed::Incomplete);
    };
    if head.status == 101 && !(request.upgrade && request.framing == Framing::None) {
        return Err(Malformed::new("源站未经请求切换协议", "the origin switches protocols unasked"));
    }
    let mut forwarded = Vec::with_capacity(used + 32);
    head.forward(&mut forwarded, request.keep_alive && head.framing != Framing::UntilClose);
    Ok(Parsed::Done(
        Head { status: head.status, framing: head.framing, keep_alive: head.keep_alive, forwarded },
        used,
    ))
}
