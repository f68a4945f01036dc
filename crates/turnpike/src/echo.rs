//! The demo's origin: tells who called it, and serves as many bytes as asked for.
//!
//! `GET /bytes/N` answers N bytes (at most 16 GiB); everything else answers
//! `{"ip": "…", "headers": {…}}` with the address and the headers that arrived here.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Path};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Map, Value, json};
use std::net::SocketAddr;

/// The most that one download serves.
const MOST_BYTES: u64 = 16 << 30;
const CHUNK: &[u8] = &[b'x'; 64 * 1024];

/// The origin's routes; served with connect info.
pub fn router() -> Router {
    Router::new().route("/bytes/{count}", get(download)).fallback(tell)
}

async fn tell(ConnectInfo(peer): ConnectInfo<SocketAddr>, headers: HeaderMap) -> Response {
    let mut told = Map::new();
    for (name, value) in &headers {
        let text = String::from_utf8_lossy(value.as_bytes());
        let joined = match told.get(name.as_str()).and_then(Value::as_str) {
            Some(before) => format!("{before}, {text}"),
            None => text.into_owned(),
        };
        told.insert(name.as_str().to_owned(), joined.into());
    }
    let answer = json!({"ip": peer.ip().to_canonical().to_string(), "headers": told});
    ([(header::CONTENT_TYPE, "application/json")], format!("{answer}\n")).into_response()
}

async fn download(Path(count): Path<u64>) -> Response {
    if count > MOST_BYTES {
        return (StatusCode::BAD_REQUEST, format!("at most {MOST_BYTES} bytes\n")).into_response();
    }
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_LENGTH, count.to_string()),
    ];
    (headers, Body::from_stream(chunks(count))).into_response()
}

fn chunks(count: u64) -> impl futures_util::Stream<Item = Result<Bytes, std::convert::Infallible>> {
    let sizes = (0..count.div_ceil(CHUNK.len() as u64)).map(move |n| {
        let rest = count - n * CHUNK.len() as u64;
        usize::try_from(rest).map_or(CHUNK.len(), |rest| rest.min(CHUNK.len()))
    });
    futures_util::stream::iter(sizes.map(|size| Ok(Bytes::from_static(&CHUNK[..size]))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    async fn ask(request: &str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let service = router().into_make_service_with_connect_info::<SocketAddr>();
        let server = tokio::spawn(async move { axum::serve(listener, service).await });
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        server.abort();
        answer
    }

    #[tokio::test]
    async fn tells_address_and_headers() {
        let answer = ask("GET / HTTP/1.1\r\nHost: x\r\nX-A: 1\r\nX-A: 2\r\nConnection: close\r\n\r\n").await;
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        let told: Value = serde_json::from_str(body).unwrap();
        assert_eq!((&told["ip"], &told["headers"]["x-a"]), (&json!("127.0.0.1"), &json!("1, 2")));
    }

    #[tokio::test]
    async fn serves_exactly_as_many_bytes_as_asked() {
        let answer = ask("GET /bytes/70000 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.contains("content-length: 70000"), "{head}");
        assert_eq!(body.len(), 70_000);
    }

    #[tokio::test]
    async fn refuses_a_download_without_end() {
        let answer = ask("GET /bytes/99999999999999 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    }
}
