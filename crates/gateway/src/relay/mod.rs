//! Moving bytes: small messages through one shared buffer, bulk through the kernel with splice(2).
//!
//! An idle direction holds neither a buffer nor a pipe. Bytes are taken from the budget before they are
//! read, and counted where the customer's socket accepts or gives them.

mod copy;
mod splice;
pub(crate) mod sys;

pub(crate) use copy::{Frame, Side, pump};
pub(crate) use splice::Pipes;

use crate::conn::Conn;
use std::cell::Cell;
use std::io;
use std::pin::pin;
use std::task::{Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, Interest};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};
use turnpike_wire::Ending;

/// A half that may be a plain socket: only those can be spliced.
pub(crate) trait Half {
    /// The socket, if it is one.
    fn socket(&self) -> Option<&TcpStream>;
}

impl Half for ReadHalf<'_> {
    fn socket(&self) -> Option<&TcpStream> {
        Some(self.as_ref())
    }
}
impl Half for WriteHalf<'_> {
    fn socket(&self) -> Option<&TcpStream> {
        Some(self.as_ref())
    }
}
impl<T> Half for tokio::io::ReadHalf<T> {
    fn socket(&self) -> Option<&TcpStream> {
        None
    }
}
impl<T> Half for tokio::io::WriteHalf<T> {
    fn socket(&self) -> Option<&TcpStream> {
        None
    }
}

/// Why a direction stopped before its end; the causes are for the log.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The customer's side broke.
    Client(#[allow(dead_code, reason = "read by Debug, for the log")] io::Error),
    /// The origin's side broke.
    Origin(#[allow(dead_code, reason = "read by Debug, for the log")] io::Error),
    /// Nothing is left to spend.
    Broke(turnpike_wire::Refusal),
    /// A peer broke the framing of its message.
    Malformed,
}

/// Relays a tunnel until both directions are done or one breaks. Half-close is honoured. `early` came from
/// the customer already. Gives whether the customer's socket has nothing more to tell or to be told, so that
/// closing it ends it well.
pub(crate) async fn tunnel<CR, CW>(
    client_r: &mut CR,
    client_w: &mut CW,
    origin: &mut TcpStream,
    early: &[u8],
    conn: &Conn,
) -> Result<bool, Stop>
where
    CR: AsyncRead + Half + Unpin,
    CW: AsyncWrite + Half + Unpin,
{
    let (mut origin_r, mut origin_w) = origin.split();
    let (up_done, down_done, read_out) = (Cell::new(false), Cell::new(false), Cell::new(false));
    let up = async {
        match send_all(client_r, &mut origin_w, early, conn).await {
            // FIN goes on. Where it can't, the other direction knows why.
            Ok(()) => {
                read_out.set(true);
                // If the origin has ended too, closing the socket says it.
                if !down_done.get() {
                    drop(origin_w.shutdown().await);
                }
            }
            // The origin takes no more; what it sends before it closes is delivered all the same.
            Err(Stop::Origin(_)) => {}
            Err(stop) => return Err(stop),
        }
        up_done.set(true);
        if !down_done.get() {
            gone(client_r).await;
            return Err(Stop::Client(io::ErrorKind::ConnectionReset.into()));
        }
        Ok(())
    };
    let down = async {
        pump(&mut origin_r, client_w, conn, Side::Down, Frame::Open).await?;
        // Where both have ended, closing the socket says it; TLS has to say it itself.
        if !read_out.get() || client_w.socket().is_none() {
            client_w.shutdown().await.map_err(Stop::Client)?;
        }
        down_done.set(true);
        Ok(())
    };
    let (mut up, mut down) = (pin!(up), pin!(down));
    std::future::poll_fn(|cx| {
        if conn.poll_ended(cx).is_ready() {
            return Poll::Ready(Ok(false));
        }
        if let Poll::Ready(done) = up.as_mut().poll(cx) {
            return Poll::Ready(done.map(|()| read_out.get()));
        }
        if !down_done.get() {
            ready!(down.as_mut().poll(cx))?;
        }
        // The way up may only be waiting for the customer to break, or for nothing.
        if up_done.get() { Poll::Ready(Ok(read_out.get())) } else { Poll::Pending }
    })
    .await
}

async fn send_all<R, W>(client: &mut R, origin: &mut W, early: &[u8], conn: &Conn) -> Result<(), Stop>
where
    R: AsyncRead + Half + Unpin,
    W: AsyncWrite + Half + Unpin,
{
    if !early.is_empty() {
        conn.pay(early.len()).await.map_err(Stop::Broke)?;
        conn.count_up(early.len());
        origin.write_all(early).await.map_err(Stop::Origin)?;
    }
    pump(client, origin, conn, Side::Up, Frame::Open).await
}

/// Completes when a socket breaks of which nothing more is read: only its error state tells then.
pub(crate) async fn gone(half: &impl Half) {
    let broke = match half.socket() {
        Some(socket) => socket.ready(Interest::ERROR).await.is_ok(),
        None => false,
    };
    if !broke {
        std::future::pending().await
    }
}

/// Books how a relay went; a lack of funds cuts the connection with its reason.
pub(crate) fn note(conn: &Conn, outcome: &Result<bool, Stop>) {
    tracing::trace!(?outcome, "relay ended");
    match outcome {
        Ok(_) => conn.set_ending(Ending::Finished),
        Err(Stop::Client(_)) => conn.set_ending(Ending::ClientGone),
        Err(Stop::Origin(_) | Stop::Malformed) => conn.set_ending(Ending::OriginGone),
        Err(Stop::Broke(refusal)) => conn.cut(refusal.clone(), turnpike_wire::Revocation::Close),
    }
}
