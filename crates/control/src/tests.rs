//! Control over a real store: the API as one document, keys, the operator's door, admission.

use crate::{Control, operator};
use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use tower::ServiceExt;
use turnpike_base::time::SystemClock;
use turnpike_base::{ProductType, Secret};
use turnpike_store::{Store, Vault, both_engines, testing};
use turnpike_wire::{Admission, Control as _, Credentials, Pool, Reason, Targeting};

async fn control(store: &Store) -> Control {
    let control = Control::open(store.clone(), Vault::new([7; 32]), Arc::new(SystemClock)).await.unwrap();
    operator::run(&control, "site/create", json!({"name": "s", "account_prefix": "acme"})).await.unwrap();
    control
}

async fn ask(control: &Control, path: &str, token: &str, body: Value) -> (StatusCode, Value) {
    let request = Request::post(path).header("authorization", format!("Bearer {token}"));
    let router = control.router(vec![Secret::new("a-token-of-the-operator")]);
    let answer = router.oneshot(request.body(Body::from(body.to_string())).unwrap()).await.unwrap();
    let status = answer.status();
    let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

/// A customer with an account of type 9; gives his key.
async fn customer(control: &Control) -> String {
    let made = operator::run(control, "customer/create", json!({"email": "a@example.com"})).await.unwrap();
    let key = made["app_key"].as_str().unwrap().to_owned();
    let body = json!({"accounts": "user01:pass", "language": "en"});
    let (_, answer) = ask(control, "/gateway/whitelist-account/add", &key, body).await;
    assert_eq!(answer, json!({"code": 200, "msg": "Success", "message": "Success", "data": null}));
    key
}

fn knock(account: Option<(&str, &str)>) -> Admission {
    let credentials =
        account.map(|(name, password)| Credentials { account: name.into(), password: password.into() });
    Admission {
        client: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
        dialled: SocketAddr::from(([127, 0, 0, 1], 3120)),
        at_endpoint: false,
        credentials,
        targeting: Targeting::default(),
    }
}

async fn document(store: &Store) -> Value {
    turnpike_web::openapi::document(&control(store).await.endpoints(), &crate::reference::book().unwrap())
}

/// The API as customers' tools read it. After a wanted change: `UPDATE_OPENAPI=1 cargo test -p turnpike-control`.
#[tokio::test]
async fn the_api_is_the_recorded_one() {
    let test = testing::sqlite().await;
    let document = document(&test.store).await;
    let text = format!("{}\n", serde_json::to_string_pretty(&document).unwrap());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    assert!(
        std::fs::read_to_string(&path).unwrap_or_default() == text,
        "docs/openapi.json is not what the handlers say"
    );
}

/// Names and texts of parameters are checked by the compiler, those of answers here. A line for each that is missing
/// goes into `crates/control/reference/words.tsv`.
#[tokio::test]
async fn the_reference_tells_every_field_in_both_languages() {
    let test = testing::sqlite().await;
    let untold = crate::reference::book().unwrap().untold(&document(&test.store).await);
    assert!(untold.is_empty(), "without Chinese in reference/words.tsv:\n{}", untold.join("\n"));
}

/// Bounds tell who writes a client what he may send.
#[tokio::test]
async fn every_parameter_has_bounds_and_every_endpoint_its_codes() {
    let test = testing::sqlite().await;
    let document = document(&test.store).await;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for operation in methods.as_object().unwrap().values() {
            assert!(operation["x-codes"].is_array(), "{path}: `.codes(…)` is missing");
            let sent =
                operation["parameters"].as_array().into_iter().flatten().filter(|p| p["in"] == "query");
            let sent = sent.map(|p| (&p["name"], &p["schema"]));
            let body = operation.pointer("/requestBody/content/application~1json/schema/properties");
            let body = body.and_then(Value::as_object).into_iter().flatten();
            let schemas = sent.map(|(name, schema)| (name.to_string(), schema));
            for (name, schema) in schemas.chain(body.map(|(name, schema)| (name.clone(), schema))) {
                assert!(is_bounded(schema), "{path}: {name} has no bounds: {schema}");
            }
        }
    }
}

fn is_bounded(schema: &Value) -> bool {
    match schema["type"].as_str() {
        _ if schema.get("enum").is_some() => true,
        Some("string") => schema.get("maxLength").is_some(),
        Some("integer" | "number") => schema.get("minimum").is_some() && schema.get("maximum").is_some(),
        _ => schema["anyOf"].as_array().is_some_and(|parts| parts.iter().all(is_bounded)),
    }
}

/// Every `$ref` of a document.
fn refs<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::Object(map) => {
            found.extend(map.get("$ref").and_then(Value::as_str));
            map.values().for_each(|inner| refs(inner, found));
        }
        Value::Array(list) => list.iter().for_each(|inner| refs(inner, found)),
        _ => {}
    }
}

#[tokio::test]
async fn every_schema_that_is_referred_to_is_there() {
    let test = testing::sqlite().await;
    let document = document(&test.store).await;
    let mut found = Vec::new();
    refs(&document, &mut found);
    for name in found {
        assert!(document.pointer(&name[1..]).is_some(), "{name} is missing");
    }
}

both_engines! {
    async fn the_operator_api_answers_its_token_alone(store: Store) {
        let control = control(&store).await;
        let (status, answer) = ask(&control, "/operator/customer/list", "wrong", json!({})).await;
        assert_eq!((status, &answer["error"]["slug"]), (StatusCode::UNAUTHORIZED, &json!("token_required")));
        let token = "a-token-of-the-operator";
        let (status, answer) = ask(&control, "/operator/customer/list", token, json!({})).await;
        assert_eq!((status, &answer["data"]["total"]), (StatusCode::OK, &json!(0)));
        let (status, answer) = ask(&control, "/operator/customer/create", token, json!({"email": "x"})).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(answer["error"]["errors"]["email"][0].as_str().unwrap().contains("e-mail"));
        let (status, _) = ask(&control, "/operator/no/such", token, json!({})).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }

    async fn the_reference_goes_by_the_name_that_people_read(store: Store) {
        let control = control(&store).await;
        let page = async || {
            let request = Request::get("/docs").header("language", "en").body(Body::empty()).unwrap();
            let answer = control.router(Vec::new()).oneshot(request).await.unwrap();
            let bytes = axum::body::to_bytes(answer.into_body(), 1 << 22).await.unwrap();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        assert!(page().await.contains("<title>s · "), "its own name where the brand says none");
        let look = json!({"name": "s", "look": {"title": "Shop <Networks>"}});
        operator::run(&control, "site/change", look).await.unwrap();
        let page = page().await;
        assert!(page.contains("<title>Shop &lt;Networks&gt; · ") && !page.contains(">s · "), "{page}");
    }

    async fn a_name_and_its_password_let_in(store: Store) {
        let control = control(&store).await;
        customer(&control).await;
        for name in ["user01", "USER01", "acme-user01"] {
            let permit = control.admit(knock(Some((name, "pass")))).await.unwrap();
            assert_eq!((permit.subject.product, permit.pool, permit.username.as_str()), (ProductType::Dynamic, Pool::Residential, "user01"));
        }
        for (name, password, known) in [("user01", "Pass", true), ("nobody", "pass", false), ("other-user01", "pass", true)] {
            let refusal = control.admit(knock(Some((name, password)))).await.unwrap_err();
            assert_eq!((refusal.reason, refusal.subject.is_some()), (Reason::BadCredentials, known), "{name}");
        }
        let mut lost = knock(Some(("user01", "pass")));
        lost.targeting.country = Some("Germny".into());
        let refusal = control.admit(lost).await.unwrap_err();
        assert_eq!(refusal.reason, Reason::UnknownPlace);
        assert!(refusal.text().en.contains("Germany") && refusal.subject.is_some());
        operator::run(&control, "customer/disable", json!({"email": "a@example.com"})).await.unwrap();
        let refusal = control.admit(knock(Some(("user01", "pass")))).await.unwrap_err();
        assert_eq!(refusal.reason, Reason::AccountDisabled);
    }

    async fn an_allowlisted_address_lets_in(store: Store) {
        let control = control(&store).await;
        let key = customer(&control).await;
        assert_eq!(control.admit(knock(None)).await.unwrap_err().reason, Reason::BadCredentials);
        let (_, answer) = ask(&control, "/gateway/proxy-ip/add", &key, json!({"ips": "192.0.2.1"})).await;
        assert_eq!(answer["code"], 200);
        let permit = control.admit(knock(None)).await.unwrap();
        assert_eq!((permit.subject.account, permit.username.as_str()), (None, ""));
    }

    async fn a_key_without_any_scope_is_refused_with_those_that_there_are(store: Store) {
        let control = control(&store).await;
        let key = customer(&control).await;
        for scopes in [json!(""), json!(" "), json!([]), json!([""]), json!(",")] {
            let body = json!({"name": "robot", "scopes": scopes, "language": "en"});
            let (_, answer) = ask(&control, "/gateway/api-keys/add", &key, body).await;
            let told = answer["errors"]["scopes"][0].as_str().unwrap_or_default();
            assert!(answer["code"] == 400 && told.contains("read, write") && told.contains("accounts") && !told.contains("warnings"), "{scopes}: {answer}");
        }
        for all in [json!({"name": "robot"}), json!({"name": "robot", "scopes": null})] {
            let (_, answer) = ask(&control, "/gateway/api-keys/add", &key, all).await;
            assert_eq!(answer["data"]["scopes"], json!(["*"]), "{answer}");
            let changed = json!({"id": answer["data"]["id"], "scopes": ""});
            assert_eq!(ask(&control, "/gateway/api-keys/change", &key, changed).await.1["code"], 400);
        }
    }

    async fn caps_of_unmetered_packages_add_up(store: Store) {
        let control = control(&store).await;
        let key = customer(&control).await;
        let body = json!({"accounts": "user11:pass", "product_type": 11});
        ask(&control, "/gateway/whitelist-account/add", &key, body).await;
        let refusal = control.admit(knock(Some(("user11", "pass")))).await.unwrap_err();
        assert_eq!(refusal.reason, Reason::PackageEmpty);
        for bandwidth in [8, 16] {
            let grant = json!({"customer": "a@example.com", "type": 11, "bandwidth": bandwidth, "concurrency": 5});
            operator::run(&control, "package/grant", grant).await.unwrap();
        }
        let caps = control.admit(knock(Some(("user11", "pass")))).await.unwrap().caps.unwrap();
        assert_eq!((caps.bandwidth, caps.concurrency), (Some(3_000_000), Some(10)));
    }

    async fn a_username_is_explained_as_gateways_read_it(store: Store) {
        let control = control(&store).await;
        let key = customer(&control).await;
        let explain = async |username: &str| {
            let body = Request::get(format!("/gateway/proxy-account/explain?language=en&app_key={key}&username={username}"));
            let router = control.router(Vec::new());
            let answer = router.oneshot(body.body(Body::empty()).unwrap()).await.unwrap();
            let bytes = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
            serde_json::from_slice::<Value>(&bytes).unwrap()
        };
        let reason = |answer: &Value| answer["data"]["refusal"]["reason"].as_str().map(str::to_owned);
        assert_eq!(reason(&explain("user01").await).as_deref(), Some("package_empty"));
        operator::run(&control, "package/grant", json!({"customer": "a@example.com", "type": 9, "gb": 1})).await.unwrap();
        assert_eq!(reason(&explain("user01_area-US").await).as_deref(), Some("no_exit"));
        let (mut feed, _work) = (control.changes(), control.start());
        let exit = json!({"target": "127.0.9.9", "pools": ["residential"], "country": "US", "state": "CA"});
        operator::run(&control, "exit/add", exit).await.unwrap();
        while !matches!(feed.recv().await.unwrap().change, turnpike_wire::Change::Exit(_)) {}
        let told = explain("acme-user01_area-US_state-california_session-a1_life-15_mode-strict").await;
        for (field, value) in [("country_code", json!("US")), ("state", json!("California")), ("session", json!("a1")),
            ("life", json!(15)), ("mode", json!("strict")), ("exits", json!(1)), ("pool", json!("residential"))] {
            assert_eq!(told["data"][field], value, "{field}");
        }
        assert_eq!(reason(&explain("user01_area-Germny").await).as_deref(), Some("unknown_place"));
        assert_eq!(reason(&explain("user01_color-red").await).as_deref(), Some("unknown_parameter"));
        assert_eq!(reason(&explain("other-user01").await).as_deref(), Some("bad_credentials"));
        assert_eq!(explain("nobody").await["code"], 404);
    }
}
