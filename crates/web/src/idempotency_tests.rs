//! Retries, twins and crashes on both engines.

use crate::tests::{KEY, One, site};
use crate::{App, Call, Endpoint};
use axum::Router;
use axum::body::Body;
use http::Request;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tower::ServiceExt;
use turnpike_base::time::ManualClock;
use turnpike_base::{Code, Fault};
use turnpike_store::{Read, Store, args, both_engines};

static NEXT: AtomicI64 = AtomicI64::new(0);

/// Puts one more fact into the store; the answer is how many there are.
async fn put(tx: &turnpike_store::WriteTx) -> Result<i64, Fault> {
    let count = "SELECT COUNT(*) AS n FROM facts WHERE name LIKE 'deed %'";
    let n: i64 = tx.row(count, args![]).await?.map(|row| row.get("n")).transpose()?.unwrap_or(0) + 1;
    let name = format!("deed {}", NEXT.fetch_add(1, Ordering::SeqCst));
    tx.exec("INSERT INTO facts (name, value) VALUES ($1, '')", args![name]).await?;
    Ok(n)
}

async fn deeds(store: &Store) -> i64 {
    let sql = "SELECT COUNT(*) AS n FROM facts WHERE name LIKE 'deed %'";
    store.read().await.unwrap().row(sql, args![]).await.unwrap().unwrap().get("n").unwrap()
}

/// Does a deed, tells its answer in the transaction or not, and ends in some way.
async fn deed(store: Store, told: bool, end: fn(i64) -> Result<i64, Fault>) -> Result<i64, Fault> {
    let tx = store.write().await?;
    let n = put(&tx).await?;
    if told {
        tx.commit_with(&n).await?
    } else {
        tx.commit().await?
    }
    end(n)
}

/// As a kill does: what was committed stays, and nothing comes after it.
fn die(_: i64) -> Result<i64, Fault> {
    std::panic::panic_any("the process dies here")
}

fn refuse(_: i64) -> Result<i64, Fault> {
    Err(Fault::new(Code::Conflict, "taken"))
}

/// One process over the store.
fn process(store: &Store) -> Router {
    let post = |path, told, end| {
        let store = store.clone();
        Endpoint::post(path, "t", "造", "Make", move |_: Call, (): ()| deed(store.clone(), told, end))
    };
    let silent = store.clone();
    let silent = move |_: Call, (): ()| {
        let store = silent.clone();
        async move { deed(store, false, die).await.map(drop) }
    };
    let endpoints = vec![
        post("t/make", true, Ok),
        post("t/die", true, die),
        post("t/late", false, die),
        post("t/refuses", false, refuse),
        Endpoint::post("t/silent", "t", "造", "Make", silent),
    ];
    let auth = Arc::new(One(Arc::new(site(300))));
    App::new(endpoints, auth, Arc::new(ManualClock::default()), store.clone()).router()
}

async fn ask(process: &Router, path: &str, key: &str) -> Value {
    let uri = format!("/gateway/t/{path}?app_key={KEY}&language=en");
    let request = Request::post(&uri).header("idempotency-key", key).body(Body::empty()).unwrap();
    let response = process.clone().oneshot(request).await.unwrap();
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

both_engines! {
    async fn twins_on_two_processes_do_it_once(store: Store) {
        let (one, two) = (process(&store), process(&store));
        for round in 1..=20 {
            let key = round.to_string();
            let (a, b) = tokio::join!(ask(&one, "make", &key), ask(&two, "make", &key));
            assert_eq!((&a["data"], &b["data"]), (&json!(round), &json!(round)), "{a} {b}");
        }
        assert_eq!(deeds(&store).await, 20);
    }

    async fn an_answer_that_got_lost_in_a_crash_is_given_to_the_retry(store: Store) {
        let (dying, next) = (process(&store), process(&store));
        assert_eq!(ask(&dying, "die", "k").await["code"], 500);
        assert_eq!(ask(&next, "die", "k").await["data"], 1);
        assert_eq!(ask(&dying, "silent", "k").await["code"], 500);
        let again = ask(&next, "silent", "k").await;
        assert_eq!((&again["code"], &again["data"]), (&json!(200), &Value::Null));
        assert_eq!(deeds(&store).await, 2);
    }

    async fn what_nobody_answered_is_told_and_not_done_again(store: Store) {
        let (dying, next) = (process(&store), process(&store));
        assert_eq!(ask(&dying, "late", "k").await["code"], 500);
        let again = ask(&next, "late", "k").await;
        assert_eq!(again["code"], 409, "{again}");
        assert!(again["msg"].as_str().unwrap().contains("was begun"), "{again}");
        assert_eq!(deeds(&store).await, 1);
    }

    async fn a_failure_after_a_commit_is_not_remembered(store: Store) {
        let process = process(&store);
        for _ in 0..2 {
            assert!(ask(&process, "refuses", "k").await["msg"].is_string());
        }
        assert_eq!(deeds(&store).await, 2, "it ran again");
    }
}
