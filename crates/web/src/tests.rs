//! The kit as its callers see it: through the router.

use crate::{
    Answer, App, Authenticator, BoxFuture, Call, Endpoint, Plain, Principal, Scopes, Site, field, params,
};
use axum::body::Body;
use axum::response::Response;
use http::{Request, StatusCode};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::task::Poll;
use tower::ServiceExt;
use turnpike_base::time::ManualClock;
use turnpike_base::{Code, Currency, CustomerId, Fault, Lang, SiteId, Timestamp};
use turnpike_store::testing::{TestStore, sqlite};

pub(crate) const KEY: &str = "abcdefghijklmnopqrstuvwxyz012345";
/// A key that is known, but not for where it comes from.
const ELSEWHERE: &str = "abcdefghijklmnopqrstuvwxyz012346";

params! {
    /// Test input.
    struct Echo {
        name: String = field::required(field::text(1, 8)), "名", "Name";
        limit: i64 = field::or(field::int(0, 10, "GB"), 3), "限", "Limit";
    }
}

params! {
    /// Test input.
    struct Join {
        format: &'static str = field::or(field::choice(&["json", "text"]), "json"), "格式", "Format";
        lb: String = field::verbatim(3, "-"), "分隔符", "Separator";
    }
}

async fn join(call: Call, input: Join) -> Result<Answer<String>, Fault> {
    let text = ["a", "b"].join(&input.lb);
    let kind = "text/plain; charset=utf-8";
    let plain = input.format == "text";
    Ok(if plain { Answer::Plain(Plain { kind, text }) } else { Answer::Data(call.prefix + &text) })
}

pub(crate) struct One(pub(crate) Arc<Site>);

impl Authenticator for One {
    fn authenticate<'a>(
        &'a self,
        app_key: &'a str,
        _: IpAddr,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<Principal, Fault>> {
        let principal = Principal {
            customer: CustomerId(1),
            verified: true,
            key: 1,
            login: None,
            view_only: false,
            scopes: Scopes::all(),
            site: Arc::clone(&self.0),
        };
        Box::pin(std::future::ready(match app_key {
            KEY => Ok(principal),
            ELSEWHERE => Err(Fault::new(Code::Forbidden, "key_source").of_site(self.0.lang)),
            _ => Err(Fault::new(Code::BadKey, "bad_key")),
        }))
    }
    fn prefixes(&self) -> Arc<Vec<String>> {
        Arc::new(vec!["/gateway".into(), "/openapi".into(), "/other".into()])
    }
}

pub(crate) fn site(burst: u32) -> Site {
    Site {
        id: SiteId(1),
        name: "test".into(),
        title: "Test".into(),
        prefixes: vec!["/gateway".into(), "/openapi".into()],
        lang: Lang::Zh,
        zone: TimeZone::UTC,
        currency: Currency::Cny,
        account_prefix: None,
        allow_private_clients: true,
        demands_verification: false,
        requests_per_second: 1,
        request_burst: burst,
        allowlist_cap: 200,
        account_cap: 1_000_000,
        places: Arc::default(),
    }
}

struct Fixture {
    router: axum::Router,
    runs: Arc<AtomicI64>,
    _store: TestStore,
}

async fn fixture(burst: u32) -> Fixture {
    fixture_of(site(burst)).await
}

async fn fixture_of(site: Site) -> Fixture {
    let test = sqlite().await;
    let runs = Arc::new(AtomicI64::new(0));
    let counter = Arc::clone(&runs);
    let echo = move |_: Call, input: Echo| {
        let run = counter.fetch_add(1, Ordering::SeqCst) + 1;
        async move {
            if input.name == "fail" {
                Err(Fault::new(Code::Conflict, "taken"))
            } else {
                Ok(format!("{} {} {run}", input.name, input.limit))
            }
        }
    };
    let get = echo.clone();
    let endpoints = vec![
        Endpoint::get("t/echo", "t", "回", "Echo", get),
        Endpoint::get("t/join", "t", "连", "Join", join),
        Endpoint::post("t/echo", "t", "回", "Echo", echo).also(&["t/alias"]),
    ];
    let clock = Arc::new(ManualClock::default());
    let app = App::new(endpoints, Arc::new(One(Arc::new(site))), clock, test.store.clone());
    Fixture { router: app.router(), runs, _store: test }
}

impl Fixture {
    async fn send(
        &self,
        method: &str,
        uri: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> (StatusCode, Value, http::HeaderMap) {
        let mut request = Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response: Response =
            self.router.clone().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        (parts.status, serde_json::from_slice(&bytes).unwrap(), parts.headers)
    }

    async fn data(&self, method: &str, uri: &str, headers: &[(&str, &str)], body: &str) -> Value {
        let (status, answer, _) = self.send(method, uri, headers, body).await;
        assert_eq!((status, &answer["code"]), (StatusCode::OK, &json!(200)), "{answer}");
        assert_eq!(answer["msg"], answer["message"]);
        answer["data"].clone()
    }
}

#[tokio::test]
async fn the_key_is_found_wherever_a_client_puts_it() {
    let api = fixture(300).await;
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let multipart = "--b\r\ncontent-disposition: form-data; name=\"app_key\"\r\n\r\nabcdefghijklmnopqrstuvwxyz012345\r\n\
                     --b\r\ncontent-disposition: form-data; name=\"name\"\r\n\r\na\r\n--b--\r\n";
    let json_body = json!({"app_key": KEY, "name": "a", "limit": "7"}).to_string();
    assert_eq!(api.data("GET", &format!("/gateway/t/echo?app_key={KEY}&name=a"), &[], "").await, "a 3 1");
    assert_eq!(api.data("POST", &format!("/gateway/t/echo?app_key={KEY}&name=a"), &[], "").await, "a 3 2");
    assert_eq!(api.data("POST", "/gateway/t/echo", &form, &json_body).await, "a 7 3");
    assert_eq!(
        api.data("POST", "/gateway/t/echo", &[("content-type", "text/plain")], &json_body).await,
        "a 7 4"
    );
    assert_eq!(api.data("POST", "/openapi/t/alias", &form, &format!("app_key={KEY}&name=a")).await, "a 3 5");
    assert_eq!(
        api.data(
            "POST",
            "/gateway/t/echo",
            &[("content-type", "multipart/form-data; boundary=b")],
            multipart
        )
        .await,
        "a 3 6"
    );
    let bearer = format!("Bearer {KEY}");
    assert_eq!(api.data("GET", "/gateway/t/echo?name=a", &[("authorization", &bearer)], "").await, "a 3 7");
}

#[tokio::test]
async fn wrong_keys_are_code_3() {
    let api = fixture(300).await;
    let other = "b".repeat(32);
    for uri in [
        "/gateway/t/echo?name=a",
        "/gateway/t/echo?name=a&app_key=short",
        &format!("/gateway/t/echo?name=a&app_key={other}"),
    ] {
        let (status, answer, _) = api.send("GET", uri, &[], "").await;
        assert_eq!(
            (status, &answer["code"], &answer["data"]),
            (StatusCode::OK, &json!(3), &Value::Null),
            "{uri}"
        );
    }
    let twice = json!({"app_key": other, "name": "a"}).to_string();
    let (_, answer, _) = api.send("POST", &format!("/gateway/t/echo?app_key={KEY}"), &[], &twice).await;
    assert_eq!(answer["code"], 3);
    assert_eq!(api.runs.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn every_wrong_field_is_named_with_its_bounds() {
    let api = fixture(300).await;
    let uri = format!("/gateway/t/echo?app_key={KEY}&limit=11&language=en");
    let (_, answer, _) = api.send("GET", &uri, &[], "").await;
    assert_eq!(answer["code"], 400);
    assert_eq!(
        answer["errors"],
        json!({"name": ["is required"], "limit": ["must be a whole number from 0 to 10 GB"]})
    );
    for bad in ["-1", "1.5", "x", "1e1", "99999999999999999999"] {
        let (_, answer, _) =
            api.send("GET", &format!("/gateway/t/echo?app_key={KEY}&name=a&limit={bad}"), &[], "").await;
        assert_eq!(answer["errors"]["limit"][0], "应为 0 到 10 之间的整数（单位：GB）", "{bad}");
    }
}

#[tokio::test]
async fn http_fails_only_for_http_reasons_and_with_the_envelope() {
    let api = fixture(300).await;
    let cases = [
        ("GET", "/gateway/nothing", "", "", 404),
        ("GET", "/nowhere/t/echo", "", "", 404),
        ("DELETE", "/gateway/t/echo", "", "", 405),
        ("POST", "/gateway/t/echo", "application/json", "{", 400),
        ("POST", "/gateway/t/echo", "image/png", "x", 415),
    ];
    for (method, uri, kind, body, want) in cases {
        let (status, answer, headers) = api.send(method, uri, &[("content-type", kind)], body).await;
        assert_eq!((status.as_u16(), &answer["code"]), (want, &json!(want)), "{method} {uri}");
        assert!(answer["msg"].is_string() && answer["data"].is_null());
        assert_eq!(headers.contains_key("allow"), want == 405);
    }
    let large = "x".repeat(1_024 * 1_024 + 1);
    assert_eq!(api.send("POST", "/gateway/t/echo", &[], &large).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    let other_site = format!("/other/t/echo?name=a&app_key={KEY}");
    assert_eq!(api.send("GET", &other_site, &[], "").await.0, StatusCode::NOT_FOUND, "another site's prefix");
}

/// The key decides the site, whatever else of a request is wrong (contract section 1, "Language").
#[tokio::test]
async fn failures_of_http_speak_the_language_of_the_keys_site() {
    let api = fixture_of(Site { lang: Lang::En, ..site(300) }).await;
    let bearer = format!("Bearer {KEY}");
    let large = "x".repeat(1_024 * 1_024 + 1);
    for (method, path, kind, body) in [
        ("GET", "nothing", "", ""),
        ("DELETE", "t/echo", "", ""),
        ("POST", "t/echo", "application/json", "{"),
        ("POST", "t/echo", "image/png", "x"),
        ("POST", "t/echo", "", large.as_str()),
    ] {
        let uri = format!("/gateway/{path}");
        let named = format!("{uri}?app_key={KEY}");
        let kind = ("content-type", kind);
        for (uri, headers, is_english) in [
            (&named, vec![kind], true),
            (&uri, vec![kind, ("authorization", bearer.as_str())], true),
            (&named, vec![kind, ("language", "zh")], false),
            (&uri, vec![kind], false),
        ] {
            let (_, answer, _) = api.send(method, uri, &headers, body).await;
            assert_eq!(answer["msg"].as_str().unwrap().is_ascii(), is_english, "{method} {uri}: {answer}");
        }
    }
}

/// So does what a known key is refused for before its request begins.
#[tokio::test]
async fn refusals_of_a_known_key_speak_the_language_of_its_site() {
    let api = fixture_of(Site { lang: Lang::En, ..site(300) }).await;
    for (uri, code) in [
        (format!("/gateway/t/echo?name=a&app_key={ELSEWHERE}"), 403),
        (format!("/other/t/echo?name=a&app_key={KEY}"), 404),
        (format!("/gateway/nothing?app_key={ELSEWHERE}"), 404),
    ] {
        for (headers, is_english) in [(vec![], true), (vec![("language", "zh")], false)] {
            let (_, answer, _) = api.send("GET", &uri, &headers, "").await;
            let told = (answer["code"].as_i64(), answer["msg"].as_str().is_some_and(str::is_ascii));
            assert_eq!(told, (Some(code), is_english), "{uri}: {answer}");
        }
    }
}

#[tokio::test]
async fn the_same_idempotency_key_gives_the_first_success_again() {
    let api = fixture(300).await;
    let key = [("idempotency-key", "k1")];
    let uri = format!("/gateway/t/echo?app_key={KEY}");
    let (one, two) = tokio::join!(
        api.data("POST", &uri, &key, r#"{"name":"a"}"#),
        api.data("POST", &uri, &key, r#"{"name":"a"}"#)
    );
    assert_eq!((one, two), (json!("a 3 1"), json!("a 3 1")));
    let (_, answer, _) = api.send("POST", &uri, &key, r#"{"name":"b"}"#).await;
    assert_eq!(answer["code"], 409);
    for run in [2, 3] {
        let (_, answer, _) = api.send("POST", &uri, &[("idempotency-key", "k2")], r#"{"name":"fail"}"#).await;
        assert_eq!(
            (&answer["code"], api.runs.load(Ordering::SeqCst)),
            (&json!(409), run),
            "failures are not remembered"
        );
    }
}

#[tokio::test]
async fn what_a_caller_began_ends_though_he_hung_up() {
    let api = fixture(300).await;
    let uri = format!("/gateway/t/echo?app_key={KEY}&name=a");
    let request = Request::post(&uri).header("idempotency-key", "k").body(Body::empty()).unwrap();
    {
        let call = api.router.clone().oneshot(request);
        tokio::pin!(call);
        while api.runs.load(Ordering::SeqCst) == 0 {
            std::future::poll_fn(|context| Poll::Ready(call.as_mut().poll(context).is_ready())).await;
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(api.data("POST", &uri, &[("idempotency-key", "k")], "").await, "a 3 1");
}

#[tokio::test]
async fn failures_of_http_are_told_in_the_language_asked_for() {
    let api = fixture(300).await;
    for (method, path) in [("GET", "nothing"), ("DELETE", "t/echo")] {
        let (_, answer, _) = api.send(method, &format!("/gateway/{path}?language=en"), &[], "").await;
        assert!(answer["msg"].as_str().unwrap().is_ascii(), "{answer}");
    }
}

#[tokio::test]
async fn too_many_requests_are_told_when_to_come_again() {
    let api = fixture(2).await;
    let uri = format!("/gateway/t/echo?app_key={KEY}&name=a");
    api.data("GET", &uri, &[], "").await;
    api.data("GET", &uri, &[], "").await;
    let (status, answer, headers) = api.send("GET", &uri, &[], "").await;
    assert_eq!((status, &answer["code"]), (StatusCode::TOO_MANY_REQUESTS, &json!(429)));
    assert!(headers.contains_key("retry-after"));
}

#[tokio::test]
async fn the_document_describes_what_is_served() {
    let api = fixture(300).await;
    let (status, document, _) = api.send("GET", "/openapi.json", &[], "").await;
    assert_eq!((status, &document["openapi"]), (StatusCode::OK, &json!("3.1.0")));
    let limit = &document["paths"]["/gateway/t/echo"]["get"]["parameters"][1]["schema"];
    assert_eq!((&limit["maximum"], &limit["x-unit"]), (&json!(10), &json!("GB")));
}

#[tokio::test]
async fn an_answer_may_be_a_text_and_a_failure_never_is() {
    let api = fixture(300).await;
    let ask = async |query: &str| {
        let request = Request::get(format!("/openapi/t/join?app_key={KEY}&{query}"));
        let response = api.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (kind, String::from_utf8(bytes.to_vec()).unwrap())
    };
    let text = |text: &str| ("text/plain; charset=utf-8".to_owned(), text.to_owned());
    assert_eq!(ask("format=TEXT").await, text("a-b"));
    assert_eq!(ask("format=text&lb=%0A").await, text("a\nb"), "blanks mean something here");
    let (kind, body) = ask("lb=,").await;
    assert!(kind.starts_with("application/json") && body.contains("\"data\":\"/openapia,b\""), "{body}");
    let (kind, body) = ask("format=text&lb=1234&language=en").await;
    assert!(kind.starts_with("application/json") && body.contains("at most 3 characters"), "{body}");
    let (_, body) = ask("format=xml&language=en").await;
    assert!(body.contains("must be one of json, text"), "{body}");
}
