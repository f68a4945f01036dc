//! People in the console, through the router: registering, logging in, proving, from the mails they get.

mod entering;
mod proving;

use crate::customers::NewCustomer;
use crate::sites::NewSite;
use crate::{Directory, State, brands, codes, customers, logins, mail, routes, sites};
use axum::body::Body;
use http::{HeaderMap, Request, StatusCode};
use serde_json::{Value, json};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceExt;
use turnpike_base::time::ManualClock;
use turnpike_base::{Clock, CustomerId, Secret, Timestamp};
use turnpike_store::{Read, Store, Vault, args, both_engines};
use turnpike_web::App;

const NOW: Timestamp = Timestamp(1_700_000_000_000);
const PASSWORD: &str = "correct horse";

struct Api {
    state: State,
    clock: Arc<ManualClock>,
    router: axum::Router,
}

/// Two brands under two host names; `one.example` has a customer.
async fn api(store: &Store) -> Api {
    let vault = Vault::new([7; 32]);
    let tx = store.write().await.unwrap();
    for (name, host, prefix) in [("One", "one.example", "/gateway"), ("Two", "two.example", "/openapi")] {
        let new = NewSite { name: name.into(), prefixes: vec![prefix.into()], ..NewSite::default() };
        let id = sites::create(&tx, &new, NOW).await.unwrap();
        brands::set_hosts(&tx, id, &[host.to_owned()]).await.unwrap();
    }
    tx.commit().await.unwrap();
    let somebody = NewCustomer {
        email: "ann@example.com".into(),
        password: Some(Secret::new(PASSWORD)),
        site: Some("One".into()),
    };
    customers::create(store, &vault, somebody, NOW).await.unwrap();
    let directory = Arc::new(Directory::open(store.clone(), vault.clone()).await.unwrap());
    let state = State::new(store.clone(), vault, Arc::clone(&directory));
    let clock = Arc::new(ManualClock::at(NOW));
    let app = App::new(routes(&state), directory, Arc::clone(&clock) as Arc<dyn Clock>, store.clone());
    Api { state, clock, router: app.router() }
}

impl Api {
    async fn raw(
        &self,
        host: &str,
        path: &str,
        token: &str,
        body: Option<Value>,
    ) -> (StatusCode, Value, HeaderMap) {
        let method = if body.is_some() { "POST" } else { "GET" };
        let mut request =
            Request::builder().method(method).uri(format!("/web_v1/{path}")).header("host", host);
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let request = request.header("language", "en");
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let answer = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = answer.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        (parts.status, serde_json::from_slice(&bytes).unwrap(), parts.headers)
    }

    async fn ask(&self, path: &str, token: &str, body: Option<Value>) -> Value {
        self.raw("one.example", path, token, body).await.1
    }

    /// The data of a request that succeeds.
    async fn ok(&self, path: &str, token: &str, body: Option<Value>) -> Value {
        let answer = self.ask(path, token, body).await;
        assert_eq!(answer["code"], 200, "{path}: {answer}");
        answer["data"].clone()
    }

    async fn code(&self, path: &str, token: &str, body: Option<Value>) -> i64 {
        self.ask(path, token, body).await["code"].as_i64().unwrap()
    }

    async fn login(&self) -> String {
        let data =
            self.ok("user/login", "", Some(json!({"email": "ann@example.com", "password": PASSWORD}))).await;
        data["access_token"].as_str().unwrap().to_owned()
    }

    /// The newest mail, and what stands behind `#code=` in it.
    async fn mail(&self) -> (mail::Mail, String) {
        let tx = self.state.store.read().await.unwrap();
        let seen = mail::list(&tx, &self.state.vault, 1).await.unwrap().remove(0);
        let mail = seen.mail.unwrap();
        let code = mail.text.split("#code=").nth(1).unwrap_or_default();
        let code = code.split_whitespace().next().unwrap_or_default().to_owned();
        (mail, code)
    }

    async fn mails(&self) -> usize {
        mail::list(&self.state.store.read().await.unwrap(), &self.state.vault, 200).await.unwrap().len()
    }

    /// Switches an authenticator on; gives its secret and the recovery codes.
    async fn enrol(&self, token: &str) -> (String, Vec<String>) {
        let made = self.ok("user/totp-enrol", token, Some(json!({"password": PASSWORD}))).await;
        let secret = made["secret"].as_str().unwrap().to_owned();
        assert!(made["url"].as_str().unwrap().starts_with("otpauth://totp/One:ann%40example%2Ecom?secret="));
        let code = json!({"code": totp(&secret, self.clock.now())});
        let made = self.ok("user/totp-confirm", token, Some(code)).await;
        let codes = made["recovery_codes"].as_array().unwrap();
        (secret, codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect())
    }
}

fn totp(secret: &str, now: Timestamp) -> String {
    let seed = totp_rs::Secret::try_from_base32(secret).unwrap();
    let made = totp_rs::Builder::new().with_secret(seed).build().unwrap();
    made.generate(u64::try_from(now.0 / 1_000).unwrap()).to_string()
}
