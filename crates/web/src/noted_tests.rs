//! Notes of the audit are written with what they tell of.

use crate::tests::{KEY, One, site};
use crate::{App, Authenticator, BoxFuture, Call, Endpoint, Principal, Written};
use axum::Router;
use axum::body::Body;
use http::Request;
use std::net::IpAddr;
use std::sync::Arc;
use tower::ServiceExt;
use turnpike_base::time::ManualClock;
use turnpike_base::{Code, Fault, Timestamp};
use turnpike_store::testing::sqlite;
use turnpike_store::{Read, Store, WriteTx, args};

/// Keeps notes as facts, and what is not noted in a transaction not at all.
struct Noting(One, Store);

impl Authenticator for Noting {
    fn authenticate<'a>(
        &'a self,
        key: &'a str,
        client: IpAddr,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Principal, Fault>> {
        self.0.authenticate(key, client, now)
    }

    fn note<'a>(&'a self, tx: &'a WriteTx, written: &'a Written) -> BoxFuture<'a, Result<i64, Fault>> {
        Box::pin(async move {
            tx.exec("INSERT INTO facts (name, value) VALUES ($1, 'ok')", args![written.path]).await?;
            Ok(7)
        })
    }

    fn refused<'a>(&'a self, note: i64, slug: &'static str) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            let tx = self.1.write().await.unwrap();
            tx.exec("UPDATE facts SET value = $1", args![format!("{note} {slug}")]).await.unwrap();
            tx.commit().await.unwrap();
        })
    }

    fn prefixes(&self) -> Arc<Vec<String>> {
        self.0.prefixes()
    }
}

/// What is noted after a request whose handler commits or not, and then ends so.
async fn noted(commits: bool, end: fn() -> Result<(), Fault>) -> Option<String> {
    let test = sqlite().await;
    let store = test.store.clone();
    let handler = move |_: Call, (): ()| {
        let store = store.clone();
        async move {
            let tx = store.write().await?;
            if commits {
                tx.commit().await?
            } else {
                drop(tx)
            }
            end()
        }
    };
    let endpoints = vec![Endpoint::post("t/make", "t", "造", "Make", handler)];
    let auth = Arc::new(Noting(One(Arc::new(site(300))), test.store.clone()));
    let router: Router =
        App::new(endpoints, auth, Arc::new(ManualClock::default()), test.store.clone()).router();
    let request = Request::post(format!("/gateway/t/make?app_key={KEY}")).body(Body::empty()).unwrap();
    router.oneshot(request).await.unwrap();
    let tx = test.store.read().await.unwrap();
    let row = tx.row("SELECT value FROM facts WHERE name = 't/make'", args![]).await.unwrap();
    row.map(|row| row.get("value").unwrap())
}

#[tokio::test]
async fn a_note_is_written_with_its_deed() {
    assert_eq!(noted(true, || Ok(())).await.as_deref(), Some("ok"));
    assert_eq!(noted(true, || std::panic::panic_any("killed here")).await.as_deref(), Some("ok"));
    assert_eq!(noted(false, || Ok(())).await, None);
}

#[tokio::test]
async fn a_refusal_after_a_commit_is_set_right() {
    let refuse = || Err(Fault::new(Code::Conflict, "taken"));
    assert_eq!(noted(true, refuse).await.as_deref(), Some("7 taken"));
    assert_eq!(noted(false, refuse).await, None);
}
