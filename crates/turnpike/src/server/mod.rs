//! The HTTP server of the API: plain or TLS, slow clients cut, graceful at its end.
//!
//! Handlers find the caller's address as `ConnectInfo<SocketAddr>`, and how he came as `Scheme`.

#[cfg(test)]
mod tests;
pub mod tls;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use axum::http::uri::Scheme;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use std::net::SocketAddr;
use std::time::Duration;
use tls::Certificates;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tower::ServiceExt;

/// From the first byte to the end of a request's head, and for a TLS handshake.
const PATIENCE: Duration = Duration::from_secs(10);
/// After a failed accept (no descriptors left): long enough not to spin.
const PAUSE: Duration = Duration::from_millis(50);

/// A server at work.
#[derive(Debug)]
pub struct HttpServer {
    address: SocketAddr,
    closing: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl HttpServer {
    /// Serves on a listener. With certificates every connection begins with TLS.
    ///
    /// # Errors
    /// The listener does not know its own address.
    pub fn start(
        listener: TcpListener,
        router: Router,
        certificates: Option<Certificates>,
    ) -> std::io::Result<Self> {
        let address = listener.local_addr()?;
        let (closing, closed) = watch::channel(false);
        let task = tokio::spawn(accept_all(listener, router, certificates, closed));
        Ok(Self { address, closing, task })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes no more connections, lets running requests end until the deadline.
    pub async fn drain(self, deadline: Duration) {
        self.closing.send_replace(true);
        let abort = self.task.abort_handle();
        if timeout(deadline, self.task).await.is_err() {
            abort.abort();
        }
    }
}

async fn accept_all(
    listener: TcpListener,
    router: Router,
    certificates: Option<Certificates>,
    mut closed: watch::Receiver<bool>,
) {
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = closed.wait_for(|closed| *closed) => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let certificates = certificates.clone();
                tokio::spawn(begin(stream, peer, router.clone(), certificates, graceful.watcher()));
            }
            Err(error) => {
                tracing::warn!(%error, "a connection to the API could not be accepted");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    graceful.shutdown().await;
}

async fn begin(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    certificates: Option<Certificates>,
    watcher: Watcher,
) {
    // Small answers must not wait for an acknowledgement of the last ones.
    let _ = stream.set_nodelay(true);
    let Some(certificates) = certificates else {
        return serve(stream, peer, Scheme::HTTP, router, watcher).await;
    };
    match timeout(PATIENCE, certificates.acceptor().accept(stream)).await {
        Ok(Ok(stream)) => serve(stream, peer, Scheme::HTTPS, router, watcher).await,
        Ok(Err(error)) => tracing::debug!(%peer, %error, "a TLS handshake failed"),
        Err(_) => tracing::debug!(%peer, "a TLS handshake took too long"),
    }
}

async fn serve<S>(stream: S, peer: SocketAddr, scheme: Scheme, router: Router, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        request.extensions_mut().insert(scheme.clone());
        router.clone().oneshot(request.map(Body::new))
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(%peer, %error, "a connection to the API broke");
    }
}
