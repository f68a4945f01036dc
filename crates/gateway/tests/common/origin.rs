//! Plain TCP and HTTP origins.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A listening origin; it ends with the test's runtime.
pub(crate) struct Origin {
    pub(crate) address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

/// A request as the origin got it, byte for byte.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
    pub(crate) peer: IpAddr,
}

impl Asked {
    /// The request target.
    pub(crate) fn path(&self) -> &str {
        self.head.split(' ').nth(1).unwrap()
    }

    /// A field's value.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        super::client::field(&self.head, name)
    }
}

impl Origin {
    /// Serves each connection with `serve`.
    pub(crate) async fn raw<F>(serve: impl Fn(TcpStream) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        Self::raw_on("127.0.0.1:0", serve).await
    }

    /// The same on another address.
    pub(crate) async fn raw_on<F>(at: &str, serve: impl Fn(TcpStream) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind(at).await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(stream));
            }
        });
        Self { address, connections }
    }

    /// Sends everything back, and FIN after FIN.
    pub(crate) async fn echo() -> Self {
        Self::raw(echo).await
    }

    /// Answers requests; an answer without `Connection: close` keeps the connection.
    pub(crate) async fn http(answer: impl Fn(&Asked) -> String + Send + Sync + 'static) -> Self {
        Self::http_on("127.0.0.1:0", answer).await
    }

    /// The same on another address.
    pub(crate) async fn http_on(at: &str, answer: impl Fn(&Asked) -> String + Send + Sync + 'static) -> Self {
        let answer = Arc::new(answer);
        Self::raw_on(at, move |stream| {
            let answer = Arc::clone(&answer);
            async move { serve_http(stream, &*answer).await }
        })
        .await
    }

    /// Answers 200 with who asked and what, byte for byte.
    pub(crate) async fn mirror() -> Self {
        Self::http(mirror).await
    }

    /// Connections accepted so far.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// 200 with the peer's address on the first line, then the request.
pub(crate) fn mirror(asked: &Asked) -> String {
    let text = format!("{}\n{}{}", asked.peer, asked.head, String::from_utf8_lossy(&asked.body));
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{text}", text.len())
}

/// Copies until FIN.
pub(crate) async fn echo(mut stream: TcpStream) {
    let (mut reader, mut writer) = stream.split();
    let _ = tokio::io::copy(&mut reader, &mut writer).await;
    let _ = writer.shutdown().await;
}

async fn serve_http(mut stream: TcpStream, answer: &(dyn Fn(&Asked) -> String + Send + Sync)) {
    let peer = stream.peer_addr().unwrap().ip();
    while let Some(head) = read_until(&mut stream, b"\r\n\r\n").await {
        let mut asked = Asked { head: String::from_utf8(head).unwrap(), body: Vec::new(), peer };
        if let Some(length) = asked.field("content-length") {
            asked.body = vec![0; length.parse().unwrap()];
            if stream.read_exact(&mut asked.body).await.is_err() {
                return;
            }
        } else if asked.field("transfer-encoding").is_some() {
            let Some(body) = read_until(&mut stream, b"\r\n\r\n").await else { return };
            asked.body = body;
        }
        let response = answer(&asked);
        if stream.write_all(response.as_bytes()).await.is_err() || response.contains("Connection: close") {
            return;
        }
    }
}

/// Reads byte by byte up to and with `end`.
pub(crate) async fn read_until(stream: &mut (impl AsyncReadExt + Unpin), end: &[u8]) -> Option<Vec<u8>> {
    let mut seen = Vec::new();
    while !seen.ends_with(end) {
        seen.push(stream.read_u8().await.ok()?);
    }
    Some(seen)
}
