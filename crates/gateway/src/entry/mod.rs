//! What a connection speaks is told by its first bytes (contract section 9); one module per protocol.

mod exchange;
mod http;
mod socks;
mod tls;

use crate::admit::Peer;
use crate::open::Opened;
use crate::relay::{Half, Stop, note, tunnel};
use crate::serve::Loop;
use socket2::SockRef;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use turnpike_proxyproto::sniff::{Protocol, protocol};
use turnpike_proxyproto::{Malformed, Parsed, proxy_header};

/// A customer's stream: plain, or TLS around it.
pub(crate) trait Client: AsyncRead + AsyncWrite + Unpin {
    /// Its reading half.
    type Reader<'a>: AsyncRead + Half + Unpin
    where
        Self: 'a;
    /// Its writing half.
    type Writer<'a>: AsyncWrite + Half + Unpin
    where
        Self: 'a;
    /// Both halves.
    fn halves(&mut self) -> (Self::Reader<'_>, Self::Writer<'_>);
    /// The socket underneath.
    fn tcp(&self) -> &TcpStream;
}

impl Client for TcpStream {
    type Reader<'a> = tokio::net::tcp::ReadHalf<'a>;
    type Writer<'a> = tokio::net::tcp::WriteHalf<'a>;
    fn halves(&mut self) -> (Self::Reader<'_>, Self::Writer<'_>) {
        self.split()
    }
    fn tcp(&self) -> &TcpStream {
        self
    }
}

/// Makes the next close send RST.
pub(crate) fn reset_on_close(client: &impl Client) {
    // It fails only on a socket that is gone already.
    let _ = SockRef::from(client.tcp()).set_linger(Some(Duration::ZERO));
}

/// Room made for each read of a head.
const ROOM: usize = 2_048;

/// What was read and not yet used.
#[derive(Default)]
pub(crate) struct Inbox(pub(crate) Vec<u8>);

impl Inbox {
    /// Reads until `parse` is satisfied, and takes what it used.
    pub(crate) async fn expect<T>(
        &mut self,
        io: &mut (impl AsyncRead + Unpin),
        parse: impl Fn(&[u8]) -> Result<Parsed<T>, Malformed>,
    ) -> io::Result<T> {
        loop {
            match parse(&self.0).map_err(|wrong| io::Error::new(io::ErrorKind::InvalidData, wrong))? {
                Parsed::Done(value, used) => {
                    self.0.drain(..used);
                    return Ok(value);
                }
                Parsed::Incomplete => self.more(io).await?,
            }
        }
    }

    /// Reads once; an end of the stream is an error.
    pub(crate) async fn more(&mut self, io: &mut (impl AsyncRead + Unpin)) -> io::Result<()> {
        self.0.reserve(ROOM);
        if io.read_buf(&mut self.0).await? == 0 { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }
}

/// v4-mapped addresses are IPv4 addresses.
fn plain(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

/// Serves one accepted connection to its end.
pub(crate) async fn serve(home: &Rc<Loop>, mut stream: TcpStream, from: SocketAddr) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut peer = Peer { client: from.ip().to_canonical(), dialled: plain(stream.local_addr()?) };
    let mut inbox = Inbox::default();
    let handshake = home.shared.config.timeouts.handshake;
    let first = async {
        if home.shared.config.balancers.contains(&peer.client)
            && let Some((source, destination)) = inbox.expect(&mut stream, proxy_header::parse).await?
        {
            peer = Peer { client: source.ip().to_canonical(), dialled: plain(destination) };
        }
        while inbox.0.is_empty() {
            inbox.more(&mut stream).await?;
        }
        Ok::<_, io::Error>(protocol(inbox.0[0]))
    };
    match tokio::time::timeout(handshake, first).await.map_err(|_| io::ErrorKind::TimedOut)?? {
        Some(Protocol::Tls) => {
            let config = home.shared.tls.load().as_ref().clone().ok_or(io::ErrorKind::Unsupported)?;
            Box::pin(tls::serve(home, stream, peer, inbox, config)).await
        }
        spoken => dispatch(home, stream, peer, inbox, spoken).await,
    }
}

/// Hands the connection to its protocol. Boxed, so that one protocol's state is not paid by another's.
async fn dispatch<C: Client>(
    home: &Rc<Loop>,
    client: C,
    peer: Peer,
    inbox: Inbox,
    spoken: Option<Protocol>,
) -> io::Result<()> {
    match spoken {
        Some(Protocol::Http) => Box::pin(http::serve(home, client, peer, inbox)).await,
        Some(Protocol::Socks5) => Box::pin(socks::serve5(home, client, peer, inbox)).await,
        Some(Protocol::Socks4) => Box::pin(socks::serve4(home, client, peer, inbox)).await,
        Some(Protocol::Tls) | None => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// Relays an opened connection to its end, and ends the customer's side the way the reason wants it.
pub(crate) async fn relay<C: Client>(mut client: C, opened: Opened, early: &[u8]) -> io::Result<()> {
    let Opened { guard, mut origin } = opened;
    if !early.is_empty() {
        guard.count_head_up(early.len());
        origin.write_all(early).await?;
    }
    let (mut reader, mut writer) = client.halves();
    let outcome = tunnel(&mut reader, &mut writer, &mut origin, &guard).await;
    note(&guard, &outcome);
    let reset = guard.wants_reset() || matches!(outcome, Err(Stop::Origin(_)));
    if !reset {
        // FIN before close: a limit must not look like a failure.
        let _ = writer.shutdown().await;
    }
    drop((reader, writer));
    if reset {
        reset_on_close(&client);
    }
    Ok(())
}
