//! The console's door as a browser and as a stranger find it.

use crate::tests::site;
use crate::{App, Authenticator, BoxFuture, Call, Door, Endpoint, Principal, Visit};
use axum::body::Body;
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use tower::ServiceExt;
use turnpike_base::time::ManualClock;
use turnpike_base::{Code, CustomerId, Fault, LoginId, Secret, Timestamp};
use turnpike_store::testing::{TestStore, sqlite};

const TOKEN: &str = "a-token-of-the-console";

#[derive(Default)]
struct People {
    written: Mutex<Vec<&'static str>>,
}

impl Authenticator for People {
    fn authenticate<'a>(
        &'a self,
        _: &'a str,
        _: IpAddr,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<Principal, Fault>> {
        Box::pin(std::future::ready(Err(Fault::new(Code::BadKey, "bad_key"))))
    }
    fn log_in<'a>(
        &'a self,
        token: &'a Secret,
        _: IpAddr,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<Principal, Fault>> {
        let known = *token == Secret::new(TOKEN);
        let principal = Principal {
            customer: CustomerId(1),
            verified: true,
            key: -7,
            login: Some(LoginId(7)),
            view_only: false,
            scopes: crate::Scopes::all(),
            site: Arc::new(site(300)),
        };
        let refused = || Fault::new(Code::BadKey, "bad_login");
        Box::pin(std::future::ready(known.then_some(principal).ok_or_else(refused)))
    }
    fn site_of_host(&self, host: &str) -> Option<Arc<crate::Site>> {
        (host == "brand.example").then(|| Arc::new(site(300)))
    }
    fn wrote(&self, written: crate::Written) {
        self.written.lock().unwrap().push(written.path);
    }
    fn prefixes(&self) -> Arc<Vec<String>> {
        Arc::new(vec!["/gateway".into()])
    }
}

async fn who(call: Call, (): ()) -> Result<String, Fault> {
    assert_eq!(call.door, Door::Console(LoginId(7)));
    Ok(format!("{} {}", call.customer, call.prefix))
}

async fn enter(visit: Visit, (): ()) -> Result<String, Fault> {
    visit.cookies.keep(&Secret::new(TOKEN), 60);
    Ok(visit.site.name.clone())
}

async fn leave(call: Call, (): ()) -> Result<(), Fault> {
    call.cookies.forget();
    Ok(())
}

struct Fixture {
    router: axum::Router,
    people: Arc<People>,
    _store: TestStore,
}

async fn fixture() -> Fixture {
    let test = sqlite().await;
    let people = Arc::new(People::default());
    let endpoints = vec![
        Endpoint::get("t/who", "t", "谁", "Who", who),
        Endpoint::post("t/who", "t", "谁", "Who", who),
        Endpoint::post("t/leave", "t", "离开", "Leave", leave).console(),
        Endpoint::open(Method::POST, "t/enter", "t", ("进入", "Enter"), enter),
    ];
    let auth = Arc::clone(&people);
    let app = App::new(endpoints, auth, Arc::new(ManualClock::default()), test.store.clone());
    Fixture { router: app.router(), people, _store: test }
}

type Headers<'h> = &'h [(&'h str, &'h str)];

impl Fixture {
    async fn ask(
        &self,
        method: &str,
        uri: &str,
        headers: Headers<'_>,
        tls: bool,
    ) -> (StatusCode, Value, String) {
        let mut request = Request::builder().method(method).uri(uri).header("host", "brand.example:8080");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::empty()).unwrap();
        if tls {
            request.extensions_mut().insert(http::uri::Scheme::HTTPS);
        }
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let cookie = answer.headers().get("set-cookie").map_or("", |v| v.to_str().unwrap()).to_owned();
        let status = answer.status();
        let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap(), cookie)
    }

    async fn code(&self, method: &str, uri: &str, headers: Headers<'_>) -> i64 {
        self.ask(method, uri, headers, false).await.1["code"].as_i64().unwrap()
    }
}

const COOKIE: (&str, &str) = ("cookie", "other=1; turnpike_login=a-token-of-the-console");
const OWN: (&str, &str) = ("x-turnpike-console", "1");
const ORIGIN: (&str, &str) = ("origin", "http://brand.example:8080");

#[tokio::test]
async fn a_login_opens_every_endpoint_as_bearer_and_as_cookie() {
    let api = fixture().await;
    let bearer = ("authorization", "Bearer a-token-of-the-console");
    let (_, answer, _) = api.ask("GET", "/web_v1/t/who", &[bearer], false).await;
    assert_eq!(answer["data"], "1 /web_v1");
    assert_eq!(api.code("GET", "/web_v1/t/who", &[COOKIE]).await, 200);
    assert_eq!(api.code("POST", "/web_v1/t/who", &[bearer]).await, 200);
    assert_eq!(api.code("GET", "/web_v1/t/who", &[]).await, 3);
    assert_eq!(api.code("GET", "/web_v1/t/who", &[("cookie", "turnpike_login=stale")]).await, 3);
    assert_eq!(api.code("GET", "/gateway/t/who", &[COOKIE]).await, 3, "a login is no app_key");
}

#[tokio::test]
async fn a_write_by_cookie_has_to_come_from_a_page_of_ours() {
    let api = fixture().await;
    assert_eq!(api.code("POST", "/web_v1/t/who", &[COOKIE, OWN, ORIGIN]).await, 200);
    let elsewhere = ("origin", "https://evil.example");
    for headers in [
        &[COOKIE][..],
        &[COOKIE, OWN],
        &[COOKIE, ORIGIN],
        &[COOKIE, OWN, elsewhere],
        &[COOKIE, OWN, ("origin", "null")],
    ] {
        assert_eq!(api.code("POST", "/web_v1/t/who", headers).await, 403, "{headers:?}");
    }
    assert_eq!(*api.people.written.lock().unwrap(), ["t/who"], "what was refused changed nothing");
    assert_eq!(
        api.code("POST", "/web_v1/t/enter", &[elsewhere]).await,
        403,
        "nobody is logged in from elsewhere"
    );
}

#[tokio::test]
async fn a_token_in_a_url_is_refused() {
    let api = fixture().await;
    for name in ["access_token", "app_key", "token"] {
        let uri = format!("/web_v1/t/who?{name}={TOKEN}");
        assert_eq!(api.code("GET", &uri, &[]).await, 3);
        assert_eq!(api.code("GET", &uri, &[COOKIE]).await, 3, "even beside a good one");
    }
}

#[tokio::test]
async fn the_cookie_is_closed_to_scripts_and_other_sites() {
    let api = fixture().await;
    let (_, answer, cookie) = api.ask("POST", "/web_v1/t/enter", &[], false).await;
    assert_eq!(answer["data"], "test");
    assert_eq!(
        cookie,
        format!("turnpike_login={TOKEN}; Path=/web_v1; Max-Age=60; HttpOnly; SameSite=Strict")
    );
    let (_, _, cookie) =
        api.ask("POST", "/web_v1/t/enter", &[("origin", "https://brand.example:8080")], true).await;
    assert!(cookie.ends_with("; Secure"), "{cookie}");
    let (_, _, cookie) = api.ask("POST", "/web_v1/t/leave", &[COOKIE, OWN, ORIGIN], false).await;
    assert!(cookie.starts_with("turnpike_login=; Path=/web_v1; Max-Age=0"), "{cookie}");
}

#[tokio::test]
async fn the_consoles_own_endpoints_are_not_under_a_sites_prefix() {
    let api = fixture().await;
    for path in ["/gateway/t/leave", "/gateway/t/enter", "/web_v1/nothing"] {
        assert_eq!(api.ask("POST", path, &[], false).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    let foreign = [("host", "unknown.example")];
    let request = Request::post("/web_v1/t/enter").header(foreign[0].0, foreign[0].1);
    let answer = api.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_host_that_is_none_is_repeated_nowhere() {
    let api = fixture().await;
    for (host, address) in
        [("brand.example:8080", "http://brand.example:8080"), ("brand.example:1@evil.example", "https://")]
    {
        let request = Request::get("/openapi.json").header("host", host).body(Body::empty()).unwrap();
        let answer = api.router.clone().oneshot(request).await.unwrap();
        let bytes = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        let document: Value = serde_json::from_slice(&bytes).unwrap();
        let server = document["servers"][0]["url"].as_str().unwrap();
        assert!(server.starts_with(address) && !server.contains("evil"), "{server}");
    }
}

#[tokio::test]
async fn the_consoles_document_has_everything_under_its_prefix() {
    let api = fixture().await;
    let (_, document, _) = api.ask("GET", "/web_v1/openapi.json", &[], false).await;
    assert_eq!(document["paths"]["/web_v1/t/enter"]["post"]["security"], json!([]));
    assert_eq!(document["paths"]["/web_v1/t/who"]["get"]["security"][0], json!({"login": []}));
    let (_, document, _) = api.ask("GET", "/openapi.json", &[], false).await;
    assert!(
        document["paths"]["/gateway/t/who"].is_object() && document["paths"]["/web_v1/t/leave"].is_object()
    );
}
