//! The server over real sockets: plain, and its end.

use super::*;
use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

async fn start(router: Router) -> HttpServer {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    HttpServer::start(listener, router, None).unwrap()
}

#[tokio::test]
async fn handlers_see_the_callers_address() {
    let whose = |ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() };
    let server = start(Router::new().route("/", get(whose))).await;
    let mut client = TcpStream::connect(server.address()).await.unwrap();
    let ours = client.local_addr().unwrap().to_string();
    client.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert!(answer.ends_with(&ours), "{answer}");
}

#[tokio::test]
async fn a_drain_lets_a_running_request_end() {
    let (entered, waiting) = tokio::sync::oneshot::channel();
    let (go, gone) = tokio::sync::oneshot::channel::<()>();
    let gates = std::sync::Arc::new(std::sync::Mutex::new(Some((entered, gone))));
    let slow = move || {
        let gates = gates.lock().unwrap().take();
        async move {
            let (entered, gone) = gates.unwrap();
            entered.send(()).unwrap();
            gone.await.unwrap();
            "done"
        }
    };
    let server = start(Router::new().route("/", get(slow))).await;
    let address = server.address();
    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    waiting.await.unwrap();
    let drained = tokio::spawn(server.drain(Duration::from_secs(60)));
    go.send(()).unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert!(answer.ends_with("done"), "{answer}");
    drained.await.unwrap();
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
}
