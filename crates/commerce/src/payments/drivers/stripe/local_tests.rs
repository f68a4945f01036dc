//! The client and the signature against localstripe, a stand-in that others wrote: payment intents, refunds, notices.
//! It knows no Checkout Sessions; those are tested against `turnpike-stand-in`.
//!
//! `TURNPIKE_TEST_LOCALSTRIPE` names its program; `.ci/requirements.txt` pins the version.

use super::client::{Client, Settings};
use super::{notice, signature};
use crate::payments::driver::{News, RefundStanding};
use crate::payments::model::Refund;
use axum::Router;
use axum::routing::post;
use bytes::Bytes;
use http::{HeaderMap, Method, Request};
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::sync::mpsc;
use turnpike_base::time::SystemClock;
use turnpike_base::{Clock, CustomerId, Money, Secret, SiteId};
use turnpike_fetch::{Address, Limits, send};

const KEY: &str = "sk_test_local";
const WEBHOOK: &str = "whsec_local";

/// The running program; killed when dropped.
struct Local {
    child: Child,
    api: Address,
    _folder: tempfile::TempDir,
}

impl Drop for Local {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Local {
    /// Starts it. It takes no port 0, so that a port may be taken by somebody else before: then another one.
    async fn start(program: &Path) -> Self {
        for _ in 0..8 {
            let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let folder = tempfile::tempdir().unwrap();
            let mut child = Command::new(program)
                .args(["--from-scratch", "--port", &free.to_string()])
                .current_dir(folder.path())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let api = Address::parse(&format!("http://127.0.0.1:{free}")).unwrap();
            while child.try_wait().unwrap().is_none() {
                if tokio::net::TcpStream::connect(("127.0.0.1", free)).await.is_ok() {
                    return Self { child, api, _folder: folder };
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        panic!("localstripe does not start");
    }

    async fn ask(&self, method: Method, path: &str, form: &[(&str, &str)]) -> Value {
        let body = serde_urlencoded::to_string(form).unwrap();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {KEY}"))
            .header("content-type", "application/x-www-form-urlencoded");
        let answer = send(&self.api, request.body(Bytes::from(body)).unwrap(), Limits::SHORT).await.unwrap();
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(answer.status.is_success(), "{path}: {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// An intent that a good card paid.
    async fn paid(&self, amount: &str) -> String {
        let card = [
            ("type", "card"),
            ("card[number]", "4242424242424242"),
            ("card[exp_month]", "12"),
            ("card[exp_year]", "2040"),
            ("card[cvc]", "123"),
        ];
        let method = self.ask(Method::POST, "/v1/payment_methods", &card).await;
        let method = method["id"].as_str().unwrap();
        let ask = [("amount", amount), ("currency", "cny"), ("payment_method", method)];
        let intent = self.ask(Method::POST, "/v1/payment_intents", &ask).await;
        let id = intent["id"].as_str().unwrap().to_owned();
        let confirmed = self.ask(Method::POST, &format!("/v1/payment_intents/{id}/confirm"), &[]).await;
        assert_eq!(confirmed["status"], "succeeded", "{confirmed}");
        id
    }
}

/// Where notices arrive.
async fn inbox() -> (String, mpsc::UnboundedReceiver<(HeaderMap, Bytes)>) {
    let (arrived, notices) = mpsc::unbounded_channel();
    let take = move |headers: HeaderMap, body: Bytes| {
        let _ = arrived.send((headers, body));
        std::future::ready("")
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/", post(take))).await });
    (url, notices)
}

fn refund(id: i64, amount: i64) -> Refund {
    Refund {
        id,
        payment: 1,
        site: SiteId(1),
        customer: CustomerId(1),
        trade_no: "20261124120000".into(),
        pm_id: super::ID,
        amount: Money(amount),
        currency: "CNY".into(),
        beside: false,
        status: "promised".into(),
        created_at: SystemClock.now(),
    }
}

#[tokio::test]
async fn intents_refunds_and_signatures_are_understood_by_a_stand_in_of_others() {
    let Some(program) = std::env::var_os("TURNPIKE_TEST_LOCALSTRIPE") else {
        assert!(std::env::var_os("TURNPIKE_TEST_REQUIRE").is_none(), "TURNPIKE_TEST_LOCALSTRIPE is not set");
        eprintln!("SKIPPED: localstripe (set TURNPIKE_TEST_LOCALSTRIPE to its program)");
        return;
    };
    let local = Local::start(Path::new(&program)).await;
    let (url, mut notices) = inbox().await;
    local.ask(Method::POST, "/_config/webhooks/shop", &[("url", &url), ("secret", WEBHOOK)]).await;
    let settings = Settings {
        api: local.api.clone(),
        secret_key: Secret::new(KEY),
        webhook_secret: Secret::new(WEBHOOK),
    };
    let client = Client::new(settings);
    let intent = local.paid("9999").await;
    assert_eq!(client.intent(&intent).await.unwrap().1, Money::ZERO);
    let RefundStanding::Made(name) = client.refund(&intent, &refund(1, 4_000)).await.unwrap() else {
        panic!("the refund is not made");
    };
    assert!(name.starts_with("re_"), "{name}");
    assert_eq!(client.intent(&intent).await.unwrap().1, Money(4_000));
    let unknown = client.refund("pi_unknown", &refund(2, 1)).await.unwrap();
    assert!(matches!(unknown, RefundStanding::Refused(_)), "{unknown:?}");
    assert_eq!(client.intent("pi_unknown").await.unwrap_err().slug, "stripe_refused");
    let mut seen = Vec::new();
    while !seen.contains(&"payment_intent.succeeded".to_owned()) {
        let arrived = tokio::time::timeout(Duration::from_secs(60), notices.recv()).await;
        let (headers, body) = arrived.expect("a notice within a minute").unwrap();
        let header = headers["stripe-signature"].to_str().unwrap();
        signature::verify(&Secret::new(WEBHOOK), header, &body, SystemClock.now()).unwrap();
        assert!(signature::verify(&Secret::new("whsec_x"), header, &body, SystemClock.now()).is_err());
        let told = notice::read(&body).unwrap();
        assert_eq!(told.news, News::Nothing, "{told:?}");
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["id"], json!(told.event));
        seen.push(told.kind);
    }
}
