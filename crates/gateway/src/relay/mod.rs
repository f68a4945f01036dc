//! Moving bytes: small messages through one shared buffer, bulk through the kernel with splice(2).
//!
//! An idle direction holds neither a buffer nor a pipe. Bytes are taken from the budget before they are
//! read, and counted where the customer's socket accepts or gives them.

mod copy;
mod splice;
pub(crate) mod sys;

pub(crate) use copy::{Flow, Side, pump};
pub(crate) use splice::Pipes;

use crate::conn::Conn;
use std::io;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
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

/// Relays a tunnel until both directions are done or one breaks. Half-close is honoured.
pub(crate) async fn tunnel<CR, CW>(
    client_r: &mut CR,
    client_w: &mut CW,
    origin: &mut TcpStream,
    conn: &Conn,
) -> Result<(), Stop>
where
    CR: AsyncRead + Half + Unpin,
    CW: AsyncWrite + Half + Unpin,
{
    let (mut origin_r, mut origin_w) = origin.split();
    let up = async {
        pump(client_r, &mut origin_w, conn, Flow::whole(Side::Up)).await?;
        origin_w.shutdown().await.map_err(Stop::Origin)
    };
    let down = async {
        pump(&mut origin_r, client_w, conn, Flow::whole(Side::Down)).await?;
        client_w.shutdown().await.map_err(Stop::Client)
    };
    tokio::select! {
        done = async { tokio::try_join!(up, down) } => done.map(|_| ()),
        () = conn.ended() => Ok(()),
    }
}

/// Books how a relay went; a lack of funds cuts the connection with its reason.
pub(crate) fn note(conn: &Conn, outcome: &Result<(), Stop>) {
    tracing::trace!(?outcome, "relay ended");
    match outcome {
        Ok(()) => conn.set_ending(Ending::Finished),
        Err(Stop::Client(_)) => conn.set_ending(Ending::ClientGone),
        Err(Stop::Origin(_) | Stop::Malformed) => conn.set_ending(Ending::OriginGone),
        Err(Stop::Broke(refusal)) => conn.cut(refusal.clone(), turnpike_wire::Revocation::Close),
    }
}
