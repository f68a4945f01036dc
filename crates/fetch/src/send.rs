//! One connection, one request, one answer.

use crate::{Address, FetchError, trust};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

/// How long and how much.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For the connection, and again for its TLS handshake.
    pub connect: Duration,
    /// From then on for the whole answer.
    pub answer: Duration,
    /// Most bytes of the answer's body.
    pub body: usize,
}

impl Limits {
    /// For short talks between machines: 10 s to connect, 30 s to answer, 1 MiB.
    pub const SHORT: Self =
        Self { connect: Duration::from_secs(10), answer: Duration::from_secs(30), body: 1 << 20 };
}

/// A whole answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

/// Sends a request, whose URI is a path (see [`Address::path`]), and reads the answer. Redirects are answers.
///
/// # Errors
/// See [`FetchError`]; [`FetchError::is_unsent`] tells whether it may be sent again without a thought.
pub async fn send(to: &Address, request: Request<Bytes>, limits: Limits) -> Result<Answer, FetchError> {
    send_where(to, request, limits, |_| true).await
}

/// The same to a server of a stranger's choice: only addresses that `may` be dialled are, after the name was resolved.
///
/// # Errors
/// See [`send`]; [`FetchError::Refused`] where none may be.
pub async fn send_where(
    to: &Address,
    mut request: Request<Bytes>,
    limits: Limits,
    may: impl Fn(IpAddr) -> bool,
) -> Result<Answer, FetchError> {
    let late = || FetchError::ConnectTimeout(limits.connect.as_secs());
    let host = HeaderValue::from_str(to.authority()).map_err(|_| FetchError::Address)?;
    request.headers_mut().insert(header::HOST, host);
    let stream = timeout(limits.connect, connect(to, may)).await.map_err(|_| late())??;
    if !to.tls {
        return in_time(stream, request, limits).await;
    }
    let wrapped = timeout(limits.connect, trust::wrap(stream, &to.host)).await;
    in_time(wrapped.map_err(|_| late())??, request, limits).await
}

/// Dials the addresses that were checked, so that a name can't mean another one meanwhile.
async fn connect(to: &Address, may: impl Fn(IpAddr) -> bool) -> Result<TcpStream, FetchError> {
    let found = lookup_host((to.host.as_str(), to.port)).await.map_err(FetchError::NoConnection)?;
    let all: Vec<SocketAddr> = found.collect();
    let open: Vec<SocketAddr> = all.iter().copied().filter(|address| may(address.ip())).collect();
    if open.is_empty() && !all.is_empty() {
        return Err(FetchError::Refused);
    }
    TcpStream::connect(open.as_slice()).await.map_err(FetchError::NoConnection)
}

async fn in_time<S>(stream: S, request: Request<Bytes>, limits: Limits) -> Result<Answer, FetchError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let late = |_| FetchError::AnswerTimeout(limits.answer.as_secs());
    timeout(limits.answer, exchange(stream, request, limits.body)).await.map_err(late)?
}

async fn exchange<S>(stream: S, request: Request<Bytes>, most: usize) -> Result<Answer, FetchError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let broken = |error: hyper::Error| FetchError::Broken(error.into());
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
    // It ends with the sender; its failures come out of the request.
    tokio::spawn(connection);
    let answer = sender.send_request(request.map(Full::new)).await.map_err(broken)?;
    let (parts, body) = answer.into_parts();
    let body = Limited::new(body, most).collect().await.map_err(FetchError::Broken)?.to_bytes();
    Ok(Answer { status: parts.status, headers: parts.headers, body })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    /// A server that reads a request and answers with these bytes.
    async fn server(answer: &'static [u8]) -> Address {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0_u8; 4_096];
            let _ = stream.read(&mut request).await.unwrap();
            stream.write_all(answer).await.unwrap();
        });
        Address::parse(&address).unwrap()
    }

    fn request() -> Request<Bytes> {
        Request::post("/v1").body(Bytes::from_static(b"a=1")).unwrap()
    }

    #[tokio::test]
    async fn the_whole_answer_comes_back() {
        let to = server(b"HTTP/1.1 402 No\r\ncontent-length: 2\r\nx-a: b\r\n\r\n{}").await;
        let answer = send(&to, request(), Limits::SHORT).await.unwrap();
        assert_eq!(
            (answer.status.as_u16(), &answer.body[..], &answer.headers["x-a"]),
            (402, &b"{}"[..], &HeaderValue::from_static("b"))
        );
    }

    #[tokio::test]
    async fn an_answer_that_is_too_large_or_cut_off_is_none() {
        let limits = Limits { body: 1, ..Limits::SHORT };
        let to = server(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
        assert!(matches!(send(&to, request(), limits).await, Err(FetchError::Broken(_))));
        let to = server(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}").await;
        let error = send(&to, request(), Limits::SHORT).await.unwrap_err();
        assert!(!error.is_unsent(), "{error}");
    }

    #[tokio::test]
    async fn a_request_that_nobody_took_may_be_sent_again() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let to = Address::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        drop(listener);
        assert!(send(&to, request(), Limits::SHORT).await.unwrap_err().is_unsent());
    }

    #[tokio::test]
    async fn an_address_that_may_not_be_dialled_is_not() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"] {
            let to = Address::parse(&format!("http://{host}:{port}")).unwrap();
            let error =
                send_where(&to, request(), Limits::SHORT, |ip| !ip.to_canonical().is_loopback()).await;
            assert!(matches!(error.unwrap_err(), FetchError::Refused), "{host}");
        }
        let nobody = tokio::time::timeout(Duration::from_millis(50), listener.accept()).await;
        assert!(nobody.is_err(), "nothing was dialled");
    }

    #[tokio::test]
    async fn silence_ends_in_time() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let to = Address::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let limits = Limits { answer: Duration::from_millis(20), ..Limits::SHORT };
        let error = send(&to, request(), limits).await.unwrap_err();
        assert!(matches!(error, FetchError::AnswerTimeout(_)), "{error}");
        drop(listener);
    }
}
