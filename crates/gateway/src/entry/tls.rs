//! HTTPS to the proxy: TLS first, then any of the other protocols inside it.

use super::{Client, Inbox, in_time};
use crate::admit::Peer;
use crate::serve::Loop;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Shakes hands with a client that began with a TLS record; gives the first bytes inside.
pub(super) async fn begin(
    home: &Rc<Loop>,
    stream: TcpStream,
    peer: Peer,
    seen: Inbox,
    config: Arc<rustls::ServerConfig>,
) -> io::Result<(TlsStream<Replay>, Inbox)> {
    let mut inbox = Inbox::default();
    let begun = async {
        let mut tls = TlsAcceptor::from(config).accept(Replay { seen: seen.0, at: 0, inner: stream }).await?;
        inbox.more(home, &mut tls).await?;
        Ok(tls)
    };
    let tls = in_time(peer, begun).await?;
    Ok((tls, inbox))
}

impl Client for TlsStream<Replay> {
    type Reader<'a> = tokio::io::ReadHalf<&'a mut Self>;
    type Writer<'a> = tokio::io::WriteHalf<&'a mut Self>;
    fn halves(&mut self) -> (Self::Reader<'_>, Self::Writer<'_>) {
        tokio::io::split(self)
    }
    fn tcp(&self) -> &TcpStream {
        &self.get_ref().0.inner
    }
}

/// A socket whose first bytes were read to tell the protocol: TLS has to see them again.
pub(super) struct Replay {
    seen: Vec<u8>,
    at: usize,
    inner: TcpStream,
}

impl AsyncRead for Replay {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.at == self.seen.len() {
            return Pin::new(&mut self.inner).poll_read(cx, buf);
        }
        let end = self.seen.len().min(self.at + buf.remaining());
        buf.put_slice(&self.seen[self.at..end]);
        self.at = end;
        if end == self.seen.len() {
            (self.seen, self.at) = (Vec::new(), 0);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Replay {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
