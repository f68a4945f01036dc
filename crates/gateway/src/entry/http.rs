//! HTTP proxy requests: CONNECT, and absolute-form requests that are forwarded.

use super::exchange::{self, Ended, Past};
use super::request::Request;
use super::{Client, Inbox, Tunnel, finish, in_time, reset_on_close};
use crate::admit::{Peer, admit};
use crate::exits::Exit;
use crate::open::{Login, Wish, open, record, understand};
use crate::refuse;
use crate::serve::Loop;
use std::io;
use std::rc::Rc;
use tokio::io::AsyncWriteExt;
use tokio::time::Instant;
use turnpike_base::Text;
use turnpike_proxyproto::head::Target;
use turnpike_proxyproto::{HostPort, Malformed};
use turnpike_wire::{ConnectionKind, Reason, Refusal};

/// What follows a request.
enum Next<C> {
    /// Another one, on the same connection.
    Request(C),
    /// A tunnel.
    Tunnel(Tunnel<C>),
    /// FIN.
    Finish(C),
    /// Nothing: the connection is gone or is to be closed as it is.
    Close,
}

/// Serves a client connection: many requests, to many origins, one after the other.
pub(super) async fn serve<C: Client>(
    home: &Rc<Loop>,
    mut client: C,
    mut peer: Peer,
    mut inbox: Inbox,
) -> io::Result<Option<Tunnel<C>>> {
    let mut past = Past::default();
    loop {
        let Some(request) = next(home, &mut client, &mut inbox, peer).await? else { return Ok(None) };
        client = match Box::pin(answer(home, client, &mut inbox, peer, request, &mut past)).await? {
            Next::Request(client) => client,
            Next::Tunnel(tunnel) => return Ok(Some(tunnel)),
            Next::Close => return Ok(None),
            Next::Finish(mut client) => {
                drop(past);
                finish(home, &mut client).await;
                return Ok(None);
            }
        };
        if inbox.0.is_empty() {
            match wait(home, &mut client, &mut inbox, &mut past).await? {
                Waited::More => {}
                Waited::Gone => return Ok(None),
                Waited::Over => {
                    drop(past);
                    finish(home, &mut client).await;
                    return Ok(None);
                }
            }
        }
        peer.deadline = Instant::now() + home.shared.config.timeouts.handshake;
    }
}

/// Answers one request.
async fn answer<C: Client>(
    home: &Rc<Loop>,
    mut client: C,
    inbox: &mut Inbox,
    peer: Peer,
    mut request: Request,
    past: &mut Past,
) -> io::Result<Next<C>> {
    request.keep_alive &= !home.is_closing();
    let refusal = match (&request.target, &request.login) {
        (Target::Own(_), _) => not_for_us(home, peer),
        (Target::Tunnel(to) | Target::Forward(to, _), Err(wrong)) => {
            let refusal = malformed(Reason::BadCredentials, *wrong);
            record(&home.shared, peer, to, &refusal);
            refusal
        }
        (Target::Tunnel(to), Ok(login)) => {
            *past = Past::default();
            let wish = Wish {
                peer,
                login: login.as_ref(),
                to: to.clone(),
                kind: ConnectionKind::Connect,
                prefer: None,
            };
            match open(home, wish).await {
                Ok(opened) => {
                    client.write_all(established(&opened.guard.exit).as_bytes()).await?;
                    client.flush().await?;
                    let early = std::mem::take(&mut inbox.0);
                    return Ok(Next::Tunnel(Tunnel { client, opened, early }));
                }
                Err(refusal) => refusal,
            }
        }
        (Target::Forward(to, _), Ok(login)) if let Some(reflected) = &request.last => {
            match admitted(home, peer, login.as_ref(), to).await {
                Ok(()) => {
                    let goes_on = request.survives_refusal();
                    client.write_all(&last_answer(&request, reflected, goes_on)).await?;
                    client.flush().await?;
                    return Ok(if goes_on { Next::Request(client) } else { Next::Finish(client) });
                }
                Err(refusal) => refusal,
            }
        }
        (Target::Forward(to, _), Ok(login)) => {
            let ask = exchange::Ask { peer, request: &request, login: login.as_ref(), to };
            match exchange::run(home, &mut client, inbox, ask, past).await {
                Ended::Kept => return Ok(Next::Request(client)),
                Ended::Upgraded { opened, early } => {
                    return Ok(Next::Tunnel(Tunnel { client, opened: *opened, early }));
                }
                Ended::Closed { reset: false } => return Ok(Next::Finish(client)),
                Ended::Closed { reset: true } => {
                    reset_on_close(&client);
                    return Ok(Next::Close);
                }
                Ended::Refused { refusal, go_on } => {
                    request.keep_alive &= go_on;
                    refusal
                }
            }
        }
    };
    let goes_on = request.survives_refusal() && !matches!(request.target, Target::Own(_));
    refuse(&mut client, &refusal, goes_on, request.is_head()).await?;
    Ok(if goes_on { Next::Request(client) } else { Next::Finish(client) })
}

/// Reads a request; `None` when there is none and the client was told what there is to tell. A head has to
/// come in the time of a handshake.
async fn next<C: Client>(
    home: &Rc<Loop>,
    client: &mut C,
    inbox: &mut Inbox,
    peer: Peer,
) -> io::Result<Option<Request>> {
    let error = match in_time(peer, inbox.expect(home, client, Request::parse)).await {
        Ok(mut request) => {
            if peer.at_endpoint {
                request.login = Ok(None);
            }
            return Ok(Some(request));
        }
        Err(error) => error,
    };
    if error.kind() != io::ErrorKind::InvalidData {
        return Err(error);
    }
    let wrong = error.get_ref().and_then(|e| e.downcast_ref::<Malformed>()).copied();
    let refusal = malformed(
        Reason::BadRequest,
        wrong.unwrap_or(Malformed::new("请求格式错误", "the request is malformed")),
    );
    home.shared.metrics.refused(refusal.reason);
    refuse(client, &refusal, false, false).await?;
    finish(home, client).await;
    Ok(None)
}

/// How a wait between two requests ended.
enum Waited {
    /// Another request begins.
    More,
    /// The customer is gone, or is to be reset.
    Gone,
    /// The connection ends from this side, with FIN.
    Over,
}

/// Waits between two requests. A connection that is cut meanwhile ends there, and a gateway that shuts down
/// does not wait for more.
async fn wait<C: Client>(
    home: &Rc<Loop>,
    client: &mut C,
    inbox: &mut Inbox,
    past: &mut Past,
) -> io::Result<Waited> {
    let idle = tokio::time::sleep(home.shared.config.timeouts.idle);
    tokio::pin!(idle);
    loop {
        tokio::select! {
            more = inbox.more(home, client) => return match more {
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(Waited::Gone),
                more => more.map(|()| Waited::More),
            },
            () = past.ended() => {
                if !past.wants_reset() {
                    return Ok(Waited::Over);
                }
                reset_on_close(client);
                return Ok(Waited::Gone);
            }
            // The customer may still ask for something else.
            () = past.withered() => past.forget(),
            () = &mut idle => return Ok(Waited::Over),
            () = home.closing() => return Ok(Waited::Over),
        }
    }
}

/// Who is no customer is told nothing, not even by the proxy itself.
async fn admitted(home: &Rc<Loop>, peer: Peer, login: Option<&Login>, to: &HostPort) -> Result<(), Refusal> {
    let outcome = match understand(&home.shared, peer, login).await {
        Ok((_, ask)) => admit(&home.shared, &ask).await.map(drop),
        Err(refusal) => Err(refusal),
    };
    outcome.inspect_err(|refusal| record(&home.shared, peer, to, refusal))
}

/// The answer of the last one who may read a TRACE or an OPTIONS.
fn last_answer(request: &Request, reflected: &[u8], goes_on: bool) -> Vec<u8> {
    let connection = if goes_on { "keep-alive" } else { "close" };
    let is_trace = request.method == "TRACE";
    let body = if is_trace { reflected } else { b"" };
    let kind = if is_trace { "Content-Type: message/http\r\n" } else { "" };
    let mut answer = format!(
        "HTTP/1.1 200 OK\r\n{kind}Content-Length: {}\r\nConnection: {connection}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    answer.extend(body);
    answer
}

fn malformed(reason: Reason, wrong: Malformed) -> Refusal {
    Refusal::new(reason).say(Text::made(format!("{}：{}", reason.text().zh, wrong.zh), wrong.en))
}

fn not_for_us(home: &Rc<Loop>, peer: Peer) -> Refusal {
    let refusal = malformed(
        Reason::BadRequest,
        Malformed::new(
            "此处是代理：请发送绝对 URI 或 CONNECT",
            "this is a proxy: send an absolute URI or CONNECT",
        ),
    );
    record(&home.shared, peer, &HostPort { host: String::new(), port: 0 }, &refusal);
    refusal
}

async fn refuse<C: Client>(
    client: &mut C,
    refusal: &Refusal,
    keep_alive: bool,
    is_head: bool,
) -> io::Result<()> {
    client.write_all(&refuse::http(refusal, keep_alive, is_head)).await?;
    client.flush().await
}

/// The answer to CONNECT: where the tunnel leaves from.
fn established(exit: &Exit) -> String {
    format!("HTTP/1.1 200 Connection established\r\nX-Proxy-Exit: {}\r\n\r\n", shown(exit))
}

/// `id=12; country=US; city="Los Angeles"`, in the catalogue's words: a gateway knows no site's. A name that is more
/// than ASCII comes folded, as usernames take it, and whole beside it (RFC 8187):
/// `city="saopaulo"; city*=UTF-8''S%C3%A3o%20Paulo`.
fn shown(exit: &Exit) -> String {
    let record = &exit.record;
    let city = record.city.as_deref().unwrap_or_default();
    let place = format!("id={}; country={}", record.id, record.country);
    if city.chars().all(is_plain) {
        return format!("{place}; city=\"{city}\"");
    }
    let folded = record.city_key.as_deref().unwrap_or_default();
    let folded: String = folded.chars().map(|c| if is_plain(c) { c } else { '?' }).collect();
    format!("{place}; city=\"{folded}\"; city*=UTF-8''{}", percent(city))
}

/// Whether a quoted string of a header holds it as it is.
const fn is_plain(c: char) -> bool {
    c == ' ' || c.is_ascii_graphic() && !matches!(c, '"' | '\\')
}

/// The value characters of RFC 8187, everything else percent-encoded.
fn percent(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
