//! What a connection speaks is told by its first bytes (contract section 9); one module per protocol.

mod exchange;
mod http;
mod inbox;
mod request;
mod socks;
mod tls;

use crate::admit::Peer;
use crate::open::Opened;
use crate::relay::{Half, Stop, note, tunnel};
use crate::serve::Loop;
use inbox::Inbox;
use socket2::SockRef;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Instant;
use turnpike_proxyproto::proxy_header;
use turnpike_proxyproto::sniff::{Protocol, protocol};

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

/// A connection whose handshake is over: what is left to do is to move bytes.
struct Tunnel<C> {
    client: C,
    opened: Opened,
    /// Bytes for the origin that came with the handshake.
    early: Vec<u8>,
}

/// Makes the next close send RST.
fn reset_on_close(client: &impl Client) {
    // It fails only on a socket that is gone already.
    let _ = SockRef::from(client.tcp()).set_linger(Some(Duration::ZERO));
}

/// How long a customer who was told to go may take to notice.
const FAREWELL: Duration = Duration::from_secs(2);

/// Ends the customer's side with FIN. What he still sends is read and thrown away for a while: a socket
/// that is closed with unread bytes sends RST, which can destroy what he has yet to read (RFC 9112
/// section 9.6).
async fn finish<C: Client>(home: &Loop, client: &mut C) {
    let farewell = async {
        client.shutdown().await?;
        std::future::poll_fn(|cx| {
            loop {
                let mut buffer = home.buffer();
                let mut space = ReadBuf::new(&mut buffer);
                let read = ready!(Pin::new(&mut *client).poll_read(cx, &mut space));
                if read.is_err() || space.filled().is_empty() {
                    return Poll::Ready(read);
                }
            }
        })
        .await
    };
    // Whether he is gone or late: the connection is closed now.
    let _ = tokio::time::timeout(FAREWELL, farewell).await;
}

/// Waits no longer than the handshake may take.
async fn in_time<T>(peer: Peer, work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    tokio::time::timeout_at(peer.deadline, work).await.map_err(|_| io::ErrorKind::TimedOut)?
}

/// v4-mapped addresses are IPv4 addresses.
fn plain(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

/// Serves one accepted connection to its end.
pub(crate) async fn serve(home: &Rc<Loop>, mut stream: TcpStream, from: SocketAddr) -> io::Result<()> {
    let config = &home.shared.config;
    let mut peer = Peer {
        client: from.ip().to_canonical(),
        dialled: plain(stream.local_addr()?),
        at_endpoint: false,
        deadline: Instant::now() + config.timeouts.handshake,
    };
    let mut inbox = Inbox::default();
    let spoken = in_time(peer, async {
        if config.balancers.contains(&peer.client)
            && let Some((source, destination)) = inbox.expect(home, &mut stream, proxy_header::parse).await?
        {
            (peer.client, peer.dialled) = (source.ip().to_canonical(), plain(destination));
        }
        if inbox.0.is_empty() {
            inbox.more(home, &mut stream).await?;
        }
        Ok(protocol(inbox.0[0]))
    });
    let spoken = tokio::select! {
        spoken = spoken => spoken?,
        // Who has said nothing yet holds up no shutdown.
        () = home.closing() => return Ok(()),
    };
    peer.at_endpoint = home.shared.own().is_endpoint(peer.dialled.port());
    match spoken {
        Some(Protocol::Tls) => {
            let config = home.shared.tls.load().as_ref().clone().ok_or(io::ErrorKind::Unsupported)?;
            let (tls, inbox) = Box::pin(tls::begin(home, stream, peer, inbox, config)).await?;
            let spoken = protocol(inbox.0[0]);
            Box::pin(dispatch(home, tls, peer, inbox, spoken)).await
        }
        spoken => dispatch(home, stream, peer, inbox, spoken).await,
    }
}

/// Hands the connection to its protocol. Boxed, so that a tunnel does not pay for the state of a handshake.
async fn dispatch<C: Client>(
    home: &Rc<Loop>,
    client: C,
    peer: Peer,
    inbox: Inbox,
    spoken: Option<Protocol>,
) -> io::Result<()> {
    let tunnel = match spoken {
        Some(Protocol::Http) => Box::pin(http::serve(home, client, peer, inbox)).await?,
        Some(Protocol::Socks5) => Box::pin(socks::serve5(home, client, peer, inbox)).await?,
        Some(Protocol::Socks4) => Box::pin(socks::serve4(home, client, peer, inbox)).await?,
        Some(Protocol::Tls) | None => return Err(io::ErrorKind::InvalidData.into()),
    };
    match tunnel {
        Some(tunnel) => relay(home, tunnel).await,
        None => Ok(()),
    }
}

/// Relays a tunnel to its end, and ends the customer's side the way the reason wants it.
async fn relay<C: Client>(home: &Loop, tunnel_: Tunnel<C>) -> io::Result<()> {
    let Tunnel { mut client, opened: Opened { guard, mut origin }, early } = tunnel_;
    let (mut reader, mut writer) = client.halves();
    let outcome = tunnel(&mut reader, &mut writer, &mut origin, &early, &guard).await;
    drop((reader, writer));
    note(&guard, &outcome);
    if guard.wants_reset() || matches!(outcome, Err(Stop::Origin(_))) {
        reset_on_close(&client);
        return Ok(());
    }
    // Neither counted nor connected any more while the customer takes his leave.
    drop((guard, origin));
    if !matches!(outcome, Ok(true)) {
        Box::pin(finish(home, &mut client)).await;
    }
    Ok(())
}
