//! The customer API of this domain for tests: two customers by their keys, a clock that stands still.

use crate::roster::Roster;
use crate::{State, exits, routes};
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{HeaderMap, Request, StatusCode};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use tower::ServiceExt;
use turnpike_base::time::ManualClock;
use turnpike_base::{Clock, Code, Currency, CustomerId, Fault, Lang, Secret, SiteId, Timestamp};
use turnpike_store::{Store, Vault};
use turnpike_web::{App, Authenticator, BoxFuture, Principal, Scopes, Site};

/// 2026-11-24 12:00:00 UTC.
pub(crate) const NOW: Timestamp = Timestamp(1_795_521_600_000);
pub(crate) const ALICE: CustomerId = CustomerId(1);
pub(crate) const BOB: CustomerId = CustomerId(2);
/// Where requests come from unless they say otherwise.
pub(crate) const HOME: &str = "198.51.100.7";

pub(crate) fn vault() -> Vault {
    Vault::new([7; 32])
}

/// What the features of this domain work on, over a store.
pub(crate) fn state(store: &Store) -> State {
    State::new(store.clone(), vault(), Arc::default())
}

/// A key is a letter 32 times; the letter's place in the alphabet is the customer.
fn key_of(customer: CustomerId) -> String {
    let letter = if customer == ALICE { "a" } else { "b" };
    letter.repeat(32)
}

struct Customers(Arc<Site>);

impl Authenticator for Customers {
    fn authenticate<'a>(
        &'a self,
        key: &'a str,
        _: IpAddr,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<Principal, Fault>> {
        let known = [ALICE, BOB].into_iter().find(|customer| key_of(*customer) == key);
        let site = Arc::clone(&self.0);
        let principal = known.map(|customer| Principal {
            customer,
            verified: customer == ALICE,
            key: customer.0,
            login: None,
            view_only: false,
            scopes: Scopes::all(),
            site,
        });
        Box::pin(std::future::ready(principal.ok_or_else(|| Fault::new(Code::BadKey, "bad_key"))))
    }
    /// A login is the key, in the console.
    fn log_in<'a>(
        &'a self,
        token: &'a Secret,
        client: IpAddr,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Principal, Fault>> {
        self.authenticate(token.expose(), client, now)
    }
    fn prefixes(&self) -> Arc<Vec<String>> {
        Arc::new(self.0.prefixes.clone())
    }
}

pub(crate) fn site() -> Site {
    Site {
        id: SiteId(1),
        name: "test".into(),
        title: "Test".into(),
        prefixes: vec!["/gateway".into()],
        lang: Lang::Zh,
        zone: TimeZone::UTC,
        currency: Currency::Cny,
        account_prefix: None,
        allow_private_clients: true,
        demands_verification: false,
        requests_per_second: 10_000,
        request_burst: 10_000,
        allowlist_cap: 200,
        account_cap: 1_000_000,
        places: Arc::default(),
    }
}

pub(crate) struct Api {
    pub(crate) state: State,
    pub(crate) clock: Arc<ManualClock>,
    router: axum::Router,
}

impl Api {
    /// An API over the exits that the store holds now.
    pub(crate) async fn new(store: &Store) -> Self {
        Self::on(store, site()).await
    }

    /// The same of a site of its own.
    pub(crate) async fn on(store: &Store, site: Site) -> Self {
        let records = exits::flow::records(&store.read().await.unwrap(), &vault()).await.unwrap();
        let state = State::new(store.clone(), vault(), Arc::new(Roster::new(&records)));
        let clock = Arc::new(ManualClock::at(NOW));
        let auth = Arc::new(Customers(Arc::new(site)));
        let app = App::new(
            routes(&state, &Arc::default()),
            auth,
            Arc::clone(&clock) as Arc<dyn Clock>,
            store.clone(),
        );
        Self { state, clock, router: app.router() }
    }

    /// Sends a GET from an address; `path` begins with the prefix.
    pub(crate) async fn send(
        &self,
        who: CustomerId,
        from: &str,
        path: &str,
    ) -> (StatusCode, HeaderMap, String) {
        let from = SocketAddr::new(from.parse().unwrap(), 40_000);
        let bearer = format!("Bearer {}", key_of(who));
        let request = Request::get(path).header("host", "api.example:8080").header("authorization", bearer);
        let request = request.extension(ConnectInfo(from));
        let response = self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        (parts.status, parts.headers, String::from_utf8(bytes.to_vec()).unwrap())
    }

    /// The whole answer of a GET below `/gateway/`.
    pub(crate) async fn answer(&self, who: CustomerId, path: &str) -> Value {
        let (status, _, body) = self.send(who, HOME, &format!("/gateway/{path}")).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    /// The data of a GET that succeeds.
    pub(crate) async fn data(&self, who: CustomerId, path: &str) -> Value {
        let answer = self.answer(who, path).await;
        assert_eq!(answer["code"], json!(200), "{path}: {answer}");
        answer["data"].clone()
    }

    /// The code of a GET, and its texts in both languages, which have to differ.
    pub(crate) async fn refused(&self, who: CustomerId, path: &str) -> (i64, String) {
        let sign = if path.contains('?') { '&' } else { '?' };
        let zh = self.answer(who, path).await;
        let en = self.answer(who, &format!("{path}{sign}language=en")).await;
        assert!(zh["data"].is_null() && zh["code"] == en["code"], "{zh}");
        let text = |answer: &Value| format!("{} {}", answer["msg"], answer["errors"]);
        assert!(!text(&zh).is_ascii() && text(&en).is_ascii(), "{zh} {en}");
        (zh["code"].as_i64().unwrap(), text(&en))
    }
}
