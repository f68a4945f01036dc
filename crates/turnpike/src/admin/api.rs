//! Commands over the operator API of a running server: one connection, one request.

use super::failure::Failure;
use super::place::{API_VARIABLE, TOKEN_VARIABLE};
use super::trust;
use super::verbs::Call;
use anyhow::{Context, Result, anyhow, bail};
use axum::body::Body;
use axum::http::uri::{Scheme, Uri};
use axum::http::{Request, Response, StatusCode, header};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use turnpike_base::Secret;

/// For the connection and its TLS handshake.
const CONNECT: Duration = Duration::from_secs(10);
/// For the answer: an import of a million addresses takes a while.
const ANSWER: Duration = Duration::from_secs(600);
/// Most bytes of an answer.
const LARGEST: usize = 256 << 20;

/// A server's address, taken apart.
#[derive(Debug, PartialEq)]
struct Server {
    tls: bool,
    host: String,
    port: u16,
    /// As sent in `Host`.
    authority: String,
    /// What stands before `/operator`, without a slash at its end.
    base: String,
}

/// Runs a command on a server.
///
/// # Errors
/// The server does not answer, or refuses.
pub(super) async fn post(url: &str, token: &Secret, call: &Call) -> Result<Value> {
    let server = Server::parse(url)?;
    let request = server.request(token, call)?;
    let answered = timeout(ANSWER, server.send(request));
    let (status, body) = answered
        .await
        .map_err(|_| anyhow!("{url} does not answer; whether the command was run is not known"))?
        .with_context(|| format!("{API_VARIABLE} {url}"))?;
    read(status, &body).with_context(|| format!("{API_VARIABLE} {url}"))?.map_err(Into::into)
}

impl Server {
    fn parse(url: &str) -> Result<Self> {
        // What was typed is not repeated: it may hold a password.
        let wrong = || anyhow!("{API_VARIABLE} is not a URL such as http://127.0.0.1:8080");
        let uri: Uri = url.parse().map_err(|_| wrong())?;
        let tls = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTP => false,
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            _ => return Err(wrong()),
        };
        let authority = uri.authority().filter(|a| !a.as_str().contains('@')).ok_or_else(wrong)?;
        Ok(Self {
            tls,
            host: authority.host().trim_matches(['[', ']']).to_owned(),
            port: authority.port_u16().unwrap_or(if tls { 443 } else { 80 }),
            authority: authority.to_string(),
            base: uri.path().trim_end_matches('/').to_owned(),
        })
    }

    fn request(&self, token: &Secret, call: &Call) -> Result<Request<Body>> {
        Request::post(format!("{}/operator/{}", self.base, call.path))
            .header(header::HOST, &self.authority)
            .header(header::AUTHORIZATION, format!("Bearer {}", token.expose()))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(serde_json::to_vec(&call.input)?))
            // The error would repeat nothing of the token, but say nothing either.
            .map_err(|_| anyhow!("{TOKEN_VARIABLE} holds characters that no token has"))
    }

    async fn send(&self, request: Request<Body>) -> Result<(StatusCode, Vec<u8>)> {
        let connected = timeout(CONNECT, TcpStream::connect((self.host.as_str(), self.port))).await;
        let stream = connected.map_err(|_| anyhow!("no connection in {} s", CONNECT.as_secs()))?;
        let stream = stream.context("no connection; is the server running?")?;
        if !self.tls {
            return exchange(stream, request).await;
        }
        let wrapped = timeout(CONNECT, trust::wrap(stream, &self.host)).await;
        exchange(wrapped.map_err(|_| anyhow!("no TLS in {} s", CONNECT.as_secs()))??, request).await
    }
}

/// Sends the request and reads the whole answer.
async fn exchange<S>(stream: S, request: Request<Body>) -> Result<(StatusCode, Vec<u8>)>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // It ends with the sender; its failures come out of the request.
    tokio::spawn(connection);
    let answer: Response<Incoming> =
        sender.send_request(request).await.context("it ended the connection: does it speak TLS?")?;
    let status = answer.status();
    let body = axum::body::to_bytes(Body::new(answer.into_body()), LARGEST).await?;
    Ok((status, body.to_vec()))
}

/// `{"data": …}` or `{"error": {…}}`.
fn read(status: StatusCode, body: &[u8]) -> Result<Result<Value, Failure>> {
    let mut answer: Value = serde_json::from_slice(body).unwrap_or(json!(null));
    if let Some(data) = answer.get_mut("data").filter(|_| status.is_success()) {
        return Ok(Ok(data.take()));
    }
    match answer.get_mut("error").map(Value::take).map(serde_json::from_value::<Failure>) {
        Some(Ok(failure)) => Ok(Err(failure)),
        _ => bail!("it answers HTTP {}, and not as an operator API does", status.as_u16()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_servers_address_is_taken_apart() {
        let server = Server::parse("https://api.example.com/brand/").unwrap();
        assert_eq!((server.tls, server.host.as_str(), server.port), (true, "api.example.com", 443));
        assert_eq!(server.base, "/brand");
        let server = Server::parse("http://[::1]:8080").unwrap();
        assert_eq!((server.host.as_str(), server.authority.as_str()), ("::1", "[::1]:8080"));
        for bad in ["", "127.0.0.1:8080", "ftp://x", "http://", "http://u:hunter2@h", "/x"] {
            assert!(Server::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn answers_of_something_else_are_told_apart() {
        let told = read(StatusCode::OK, b"<html>").unwrap_err().to_string();
        assert!(told.contains("HTTP 200"), "{told}");
        assert!(read(StatusCode::NOT_FOUND, br#"{"code": 404, "data": null}"#).is_err());
        assert_eq!(read(StatusCode::OK, br#"{"data": {"id": 1}}"#).unwrap().unwrap(), json!({"id": 1}));
    }

    #[test]
    fn a_token_that_is_none_is_not_repeated() {
        let server = Server::parse("http://h:1").unwrap();
        let call = Call { path: "site/list".into(), input: json!({}) };
        let told = server.request(&Secret::new("hunter2\n"), &call).unwrap_err().to_string();
        assert!(told.contains(TOKEN_VARIABLE) && !told.contains("hunter2"), "{told}");
    }
}
