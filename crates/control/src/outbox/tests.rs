//! Customers' webhooks, carried by two processes over one store.

use super::run_with;
use crate::{Control, operator};
use axum::body::Body;
use http::Request;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tower::ServiceExt;
use turnpike_base::time::SystemClock;
use turnpike_base::{Clock, CustomerId};
use turnpike_commerce::warnings::hooks;
use turnpike_store::{Read, Store, Vault, args, both_engines};

const PASSWORD: &str = "correct horse";
/// Far more than anything here takes: who waits in vain fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// A customer's server on a port of its own.
struct Server {
    url: String,
    /// Numbers of the events that came.
    events: UnboundedReceiver<i64>,
    /// Connections that ended without an answer.
    ended: UnboundedReceiver<()>,
}

impl Server {
    /// Answers with these statuses, one after the other and the last one again and again; with none of them: never.
    async fn start(statuses: &'static [u16]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let ((tell_event, events), (tell_end, ended)) = (unbounded_channel(), unbounded_channel());
        tokio::spawn(async move {
            for turn in 0.. {
                let Ok((stream, _)) = listener.accept().await else { return };
                let status = statuses.get(turn).or(statuses.last()).copied();
                tokio::spawn(answer(stream, status, tell_event.clone(), tell_end.clone()));
            }
        });
        Self { url, events, ended }
    }

    async fn event(&mut self) -> i64 {
        tokio::time::timeout(PATIENCE, self.events.recv()).await.expect("an event comes").unwrap()
    }
}

async fn answer(
    stream: TcpStream,
    status: Option<u16>,
    events: UnboundedSender<i64>,
    ended: UnboundedSender<()>,
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let (mut length, mut line) = (0, String::new());
    while stream.read_line(&mut line).await? > 2 {
        if let Some(told) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = told.trim().parse().unwrap();
        }
        line.clear();
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    let event: Value = serde_json::from_slice(&body).unwrap();
    let _ = events.send(event["n"].as_i64().unwrap());
    let Some(status) = status else {
        let _ = stream.read(&mut [0]).await;
        let _ = ended.send(());
        return Ok(());
    };
    let head = format!("HTTP/1.1 {status} Told\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await
}

async fn open(store: &Store) -> Control {
    Control::open(store.clone(), Vault::new([7; 32]), Arc::new(SystemClock)).await.unwrap()
}

async fn ask(control: &Control, path: &str, token: &str, body: Value) -> Value {
    let request = Request::post(path).header("authorization", format!("Bearer {token}"));
    let request = request.body(Body::from(body.to_string())).unwrap();
    let answer = control.router(Vec::new()).oneshot(request).await.unwrap();
    let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    serde_json::from_slice(&body).unwrap()
}

/// A customer whose events go to a server.
async fn customer(control: &Control, email: &str, server: &Server) -> CustomerId {
    let new = json!({"email": email, "password": PASSWORD});
    let made = operator::run(control, "customer/create", new.clone()).await.unwrap();
    let login = ask(control, "/web_v1/user/login", "", new).await;
    let token = login["data"]["access_token"].as_str().unwrap();
    let set = ask(control, "/web_v1/warning/set-webhook", token, json!({"url": server.url})).await;
    assert_eq!(set["code"], 200, "{set}");
    CustomerId(made["id"].as_i64().unwrap())
}

/// Two processes over a store, on whose site customers may have their servers beside ours.
async fn processes(store: &Store) -> [Control; 2] {
    let first = open(store).await;
    let site = json!({"name": "s", "allow_private_clients": true});
    operator::run(&first, "site/create", site).await.unwrap();
    [first, open(store).await]
}

async fn post(store: &Store, customer: CustomerId, numbers: std::ops::RangeInclusive<i64>) {
    let tx = store.write().await.unwrap();
    for n in numbers {
        hooks::post(&tx, customer, json!({"n": n}), SystemClock.now()).await.unwrap();
    }
    tx.commit().await.unwrap();
}

both_engines! {
    async fn a_server_that_hangs_delays_nobody_else(store: Store) {
        let (mut hanging, mut quick) = (Server::start(&[]).await, Server::start(&[204]).await);
        let processes = processes(&store).await;
        let slow = customer(&processes[0], "slow@example.com", &hanging).await;
        let other = customer(&processes[0], "quick@example.com", &quick).await;
        post(&store, slow, 1..=3).await;
        let _work = processes.each_ref().map(Control::start);
        assert_eq!(hanging.event().await, 1);
        post(&store, other, 1..=20).await;
        for n in 1..=20 {
            assert_eq!(quick.event().await, n, "each once, in the order in which they were written");
        }
        assert!(hanging.ended.try_recv().is_err(), "the one that hangs was still waited for");
        assert!(hanging.events.try_recv().is_err(), "it gets one at a time");
    }

    async fn a_message_that_breaks_its_carrier_is_a_failed_try_and_holds_nobody_up(store: Store) {
        let server = Server::start(&[204]).await;
        let [control, _] = processes(&store).await;
        let breaking = customer(&control, "ann@example.com", &server).await;
        let other = customer(&control, "bob@example.com", &server).await;
        post(&store, breaking, 666..=666).await;
        let courier = tokio::spawn(run_with(control.clone(), |_, claimed| Box::pin(async move {
            let payload: Value = serde_json::from_str(&claimed.message.payload).unwrap();
            let breaks = payload.to_string().contains("666") && claimed.message.attempts == 1;
            assert!(!breaks, "as a fault of ours would");
            Ok(true)
        })));
        let fared = async |customer: CustomerId, tries: i64| loop {
            let committed = store.committed();
            tokio::pin!(committed);
            committed.as_mut().enable();
            let sql = "SELECT attempts, last_error, sent_at FROM outbox WHERE lane = $1 AND attempts = $2 AND locked_until = 0";
            let row = store.read().await.unwrap().row(sql, args![customer.to_string(), tries]).await.unwrap();
            if let Some(row) = row {
                let error: Option<String> = row.opt("last_error").unwrap();
                return (error, row.opt::<i64>("sent_at").unwrap().is_some());
            }
            tokio::time::timeout(PATIENCE, committed).await.expect("it is tried");
        };
        assert_eq!(fared(breaking, 1).await, (Some("it broke; the log says where".to_owned()), false));
        post(&store, other, 1..=1).await;
        assert_eq!(fared(other, 1).await, (None, true), "the courier lives");
        assert_eq!(fared(breaking, 2).await, (None, true), "and tries again");
        courier.abort();
    }

    async fn an_event_that_was_not_taken_comes_again_before_the_next_one(store: Store) {
        let mut server = Server::start(&[500, 204]).await;
        let processes = processes(&store).await;
        let customer = customer(&processes[0], "ann@example.com", &server).await;
        post(&store, customer, 1..=2).await;
        let _work = processes.each_ref().map(Control::start);
        let came = [server.event().await, server.event().await, server.event().await];
        assert_eq!(came, [1, 1, 2]);
    }
}
