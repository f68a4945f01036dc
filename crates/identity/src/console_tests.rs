//! People in the console, through the router: registering, logging in, proving, from the mails they get.

use crate::customers::NewCustomer;
use crate::sites::NewSite;
use crate::{Directory, State, brands, codes, customers, logins, mail, routes, sites};
use axum::body::Body;
use http::{HeaderMap, Request, StatusCode};
use serde_json::{Value, json};
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

both_engines! {
    async fn a_stranger_registers_verifies_and_logs_in(store: Store) {
        let api = api(&store).await;
        let body = json!({"email": "Bo@example.com", "password": PASSWORD});
        assert_eq!(api.ok("user/register", "", Some(body.clone())).await, json!({"email": "Bo@example.com"}));
        let (mail, code) = api.mail().await;
        assert_eq!((mail.to.as_str(), mail.from_name.as_str()), ("Bo@example.com", "One"));
        assert!(mail.text.contains("http://one.example/verify-email#code="), "{}", mail.text);
        let login = json!({"email": "bo@example.com", "password": PASSWORD});
        assert_eq!(api.code("user/login", "", Some(login.clone())).await, 403);
        assert_eq!(api.mails().await, 1, "not again within a minute");
        api.clock.advance_ms(61_000);
        let refused = api.ask("user/login", "", Some(login.clone())).await;
        assert_eq!(refused["code"], 403, "{refused}");
        assert_eq!(api.code("user/verify-email", "", Some(json!({"code": code}))).await, 287, "a newer link was sent");
        let (_, code) = api.mail().await;
        api.ok("user/verify-email", "", Some(json!({"code": code}))).await;
        assert_eq!(api.code("user/verify-email", "", Some(json!({"code": code}))).await, 287, "a link is good once");
        let data = api.ok("user/login", "", Some(login)).await;
        let token = data["access_token"].as_str().unwrap();
        let sessions = api.ok("user/sessions", token, None).await;
        assert_eq!(sessions["list"][0]["current"], true);
    }

    async fn nobody_learns_who_has_an_account(store: Store) {
        let api = api(&store).await;
        let register = |email: &str| Some(json!({"email": email, "password": "another one"}));
        let known = api.ok("user/register", "", register("ann@example.com")).await;
        assert_eq!(known, json!({"email": "ann@example.com"}));
        let (mail, code) = api.mail().await;
        assert!(mail.text.contains("已有账号") && code.is_empty(), "{}", mail.text);
        api.login().await;
        let forgot = |email: &str| Some(json!({"email": email}));
        let (one, other) = (api.ask("user/forgot-password", "", forgot("ann@example.com")).await, api.ask("user/forgot-password", "", forgot("who@example.com")).await);
        assert_eq!(one, other);
        assert_eq!(api.mails().await, 2);
        let login = |email: &str| Some(json!({"email": email, "password": "wrong wrong"}));
        let (one, other) = (api.ask("user/login", "", login("ann@example.com")).await, api.ask("user/login", "", login("who@example.com")).await);
        assert_eq!((one.clone(), one["code"].as_i64()), (other, Some(403)));
    }

    async fn nobody_fills_a_strangers_box(store: Store) {
        let api = api(&store).await;
        for (path, email) in [("user/forgot-password", "ann@example.com"), ("user/register", "ann@example.com"), ("user/register", "bo@example.com")] {
            let before = api.mails().await;
            for password in ["password one", "password two"] {
                api.ok(path, "", Some(json!({"email": email, "password": password}))).await;
            }
            assert_eq!(api.mails().await, before + 1, "{path} {email}");
        }
        let (_, code) = api.mail().await;
        api.ok("user/verify-email", "", Some(json!({"code": code}))).await;
        let login = |password: &str| Some(json!({"email": "bo@example.com", "password": password}));
        assert_eq!(api.code("user/login", "", login("password two")).await, 403, "the link confirms what it was sent for");
        api.ok("user/login", "", login("password one")).await;
    }

    async fn a_forgotten_password_is_reset_and_every_login_ends(store: Store) {
        let api = api(&store).await;
        let token = api.login().await;
        api.ok("user/forgot-password", "", Some(json!({"email": "ann@example.com"}))).await;
        let (_, code) = api.mail().await;
        let reset = json!({"code": code, "password": "a new password"});
        assert_eq!(api.code("user/reset-password", "", Some(json!({"code": "x", "password": "a new password"}))).await, 287);
        api.ok("user/reset-password", "", Some(reset.clone())).await;
        assert_eq!(api.code("user/sessions", &token, None).await, 3);
        assert_eq!(api.code("user/reset-password", "", Some(reset)).await, 287);
        assert_eq!(api.code("user/login", "", Some(json!({"email": "ann@example.com", "password": PASSWORD}))).await, 403);
        api.ok("user/login", "", Some(json!({"account": "ann@example.com", "password": "a new password"}))).await;
    }

    async fn a_link_expires(store: Store) {
        let api = api(&store).await;
        api.ok("user/forgot-password", "", Some(json!({"email": "ann@example.com"}))).await;
        let (_, code) = api.mail().await;
        api.clock.advance_ms(61 * 60_000);
        let reset = Some(json!({"code": code, "password": "a new password"}));
        assert_eq!(api.code("user/reset-password", "", reset).await, 287);
    }

    async fn a_login_is_always_a_new_one(store: Store) {
        let api = api(&store).await;
        let planted = "a".repeat(40);
        let (_, answer, headers) = api.raw("one.example", "user/login", &planted, Some(json!({"email": "ann@example.com", "password": PASSWORD}))).await;
        let token = answer["data"]["access_token"].as_str().unwrap().to_owned();
        assert!(token != planted && headers["set-cookie"].to_str().unwrap().contains(&token));
        assert_eq!(api.code("user/sessions", &planted, None).await, 3);
        let row = store.read().await.unwrap().row("SELECT fingerprint FROM logins", args![]).await.unwrap().unwrap();
        assert!(!row.get::<String>("fingerprint").unwrap().contains(&token), "tokens are kept nowhere");
        api.ok("user/logout", &token, Some(json!({}))).await;
        assert_eq!(api.code("user/sessions", &token, None).await, 3);
        let token = api.login().await;
        api.clock.advance_ms(31 * 86_400_000);
        assert_eq!(api.code("user/sessions", &token, None).await, 3, "it ends by itself");
    }

    async fn sessions_are_listed_and_ended(store: Store) {
        let api = api(&store).await;
        let (one, two) = (api.login().await, api.login().await);
        let list = api.ok("user/sessions", &one, None).await["list"].clone();
        assert_eq!(list.as_array().unwrap().len(), 2);
        let other = list.as_array().unwrap().iter().find(|row| row["current"] == false).unwrap()["id"].clone();
        api.ok("user/end-session", &one, Some(json!({"id": other}))).await;
        assert_eq!(api.code("user/sessions", &two, None).await, 3);
        assert_eq!(api.code("user/end-session", &one, Some(json!({"id": 999_999}))).await, 404);
        let three = api.login().await;
        api.ok("user/end-other-sessions", &three, Some(json!({}))).await;
        assert_eq!((api.code("user/sessions", &one, None).await, api.code("user/sessions", &three, None).await), (3, 200));
    }

    async fn the_second_factor_is_asked_for_and_no_code_is_taken_twice(store: Store) {
        let api = api(&store).await;
        let token = api.login().await;
        assert_eq!(api.code("user/totp-enrol", &token, Some(json!({"password": "wrong"}))).await, 400);
        let (secret, recovery) = api.enrol(&token).await;
        assert_eq!(api.code("user/totp-enrol", &token, Some(json!({"password": PASSWORD}))).await, 409);
        let plain = json!({"email": "ann@example.com", "password": PASSWORD});
        let due = api.ask("user/login", "", Some(plain.clone())).await;
        assert_eq!((&due["code"], &due["data"]["methods"]), (&json!(348), &json!(["totp", "recovery"])));
        api.clock.advance_ms(60_000);
        let with = |kind: &str, code: &str| {
            let mut body = plain.clone();
            body["verify_type"] = json!(kind);
            body["verify_code"] = json!(code);
            Some(body)
        };
        let code = totp(&secret, api.clock.now());
        api.ok("user/login", "", with("totp", &code)).await;
        assert_eq!(api.code("user/login", "", with("totp", &code)).await, 287, "no code twice");
        api.ok("user/login", "", with("recovery", &recovery[0])).await;
        assert_eq!(api.code("user/login", "", with("recovery", &recovery[0])).await, 287);
        let security = api.ok("user/security", &token, None).await;
        assert_eq!(security, json!({"totp": true, "recovery_codes": 9, "verify_before_delete": false}));
        let off = |code: &str| Some(json!({"password": PASSWORD, "verify_type": "recovery", "verify_code": code}));
        assert_eq!(api.code("user/totp-disable", &token, off("nonsense")).await, 287);
        let fresh = api.ok("user/recovery-codes", &token, off(&recovery[1])).await;
        assert_eq!(api.code("user/totp-disable", &token, off(&recovery[2])).await, 287, "old ones are gone");
        api.ok("user/totp-disable", &token, off(fresh["recovery_codes"][0].as_str().unwrap())).await;
        api.login().await;
    }

    async fn a_changed_password_ends_the_other_logins(store: Store) {
        let api = api(&store).await;
        let (one, two) = (api.login().await, api.login().await);
        let change = |old: &str| Some(json!({"old_password": old, "password": "a new password"}));
        let wrong = api.ask("user/change-password", &one, change("wrong wrong")).await;
        assert!(wrong["errors"]["old_password"].is_array(), "{wrong}");
        api.ok("user/change-password", &one, change(PASSWORD)).await;
        assert_eq!((api.code("user/sessions", &one, None).await, api.code("user/sessions", &two, None).await), (200, 3));
    }

    async fn codes_are_sent_once_a_minute_and_die_after_five_wrong_tries(store: Store) {
        let api = api(&store).await;
        let codes = &api.state.codes;
        let customer = customers::find(&store.read().await.unwrap(), "ann@example.com").await.unwrap().id;
        let home = std::net::IpAddr::from([192, 0, 2, 1]);
        let proof = |code: Option<&'static str>, channel: Option<&'static str>| codes::Proof { customer, purpose: "delete", channel, code, client: home };
        let due = codes.demand(&proof(None, None), NOW).await.unwrap_err();
        assert_eq!(due.code.number(), 286);
        codes.demand(&proof(None, None), NOW.plus_seconds(5)).await.unwrap_err();
        assert_eq!(api.mails().await, 1, "not again within a minute");
        let (mail, _) = api.mail().await;
        let code: String = mail.subject.chars().filter(char::is_ascii_digit).collect();
        let code: &'static str = Box::leak(code.into_boxed_str());
        let other = codes::Proof { purpose: "something_else", ..proof(Some(code), None) };
        assert_eq!(codes.demand(&other, NOW).await.unwrap_err().code.number(), 287, "good for one purpose only");
        assert_eq!(codes.demand(&proof(Some("0000000"), None), NOW).await.unwrap_err().code.number(), 287);
        codes.demand(&proof(Some(code), None), NOW).await.unwrap();
        assert_eq!(codes.demand(&proof(Some(code), None), NOW).await.unwrap_err().code.number(), 287, "and once");
        codes.demand(&proof(None, Some("email")), NOW.plus_minutes(2)).await.unwrap_err();
        let (mail, _) = api.mail().await;
        let code: String = mail.subject.chars().filter(char::is_ascii_digit).collect();
        let code: &'static str = Box::leak(code.into_boxed_str());
        for _ in 0..5 {
            codes.demand(&proof(Some("0000000"), None), NOW.plus_minutes(2)).await.unwrap_err();
        }
        assert_eq!(codes.demand(&proof(Some(code), None), NOW.plus_minutes(2)).await.unwrap_err().code.number(), 287);
        for channel in ["phone", "wechat", "totp"] {
            assert_eq!(codes.demand(&proof(None, Some(channel)), NOW).await.unwrap_err().code.number(), 403, "{channel}");
        }
        codes.webhook.store(true, std::sync::atomic::Ordering::Relaxed);
        assert_eq!(codes.demand(&proof(None, Some("phone")), NOW.plus_minutes(9)).await.unwrap_err().slug, "phone_unknown");
        let tx = store.write().await.unwrap();
        customers::set_phone(&tx, customer, Some("+8613800000000")).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(codes.demand(&proof(None, Some("phone")), NOW.plus_minutes(9)).await.unwrap_err().code.number(), 286);
        let sql = "SELECT payload FROM outbox WHERE kind = 'webhook'";
        let row = store.read().await.unwrap().row(sql, args![]).await.unwrap().unwrap();
        assert!(row.get::<String>("payload").unwrap().contains("+8613800000000"));
    }

    async fn verification_before_deleting_is_switched_off_with_a_code_only(store: Store) {
        let api = api(&store).await;
        let token = api.login().await;
        api.ok("user/verify-before-delete", &token, Some(json!({"enabled": 1}))).await;
        assert_eq!(api.code("user/verify-before-delete", &token, Some(json!({"enabled": 0}))).await, 286);
        let (mail, _) = api.mail().await;
        let code: String = mail.subject.chars().filter(char::is_ascii_digit).collect();
        let off = |code: &str| Some(json!({"enabled": 0, "verify_type": "email", "verify_code": code}));
        assert_eq!(api.code("user/verify-before-delete", &token, off("12")).await, 287);
        api.ok("user/verify-before-delete", &token, off(&code)).await;
        assert_eq!(api.ok("user/security", &token, None).await["verify_before_delete"], false);
    }

    async fn real_names_are_submitted_and_decided(store: Store) {
        let api = api(&store).await;
        let token = api.login().await;
        assert_eq!(api.ok("user/real-name", &token, None).await["status"], "none");
        let submit = json!({"name": "张三", "country": "cn", "document_type": "id_card", "document_number": "110101199001011234"});
        api.ok("user/submit-real-name", &token, Some(submit.clone())).await;
        let tx = store.write().await.unwrap();
        let waiting = crate::real_names::waiting(&tx, &api.state.vault, 10).await.unwrap();
        assert_eq!((waiting[0].country.as_str(), waiting[0].document_number.expose()), ("CN", "110101199001011234"));
        let customer = waiting[0].customer;
        crate::real_names::decide(&tx, &api.state.vault, customer, Some("照片不清晰"), NOW).await.unwrap();
        tx.commit().await.unwrap();
        let view = api.ok("user/real-name", &token, None).await;
        assert_eq!((&view["status"], &view["reason"]), (&json!("refused"), &json!("照片不清晰")));
        assert!(api.mail().await.0.text.contains("照片不清晰"));
        api.ok("user/submit-real-name", &token, Some(submit.clone())).await;
        let tx = store.write().await.unwrap();
        crate::real_names::decide(&tx, &api.state.vault, customer, None, NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(api.ok("user/real-name", &token, None).await["status"], "passed");
        assert_eq!(api.code("user/submit-real-name", &token, Some(submit)).await, 409);
    }

    async fn who_registers_with_a_code_is_invited(store: Store) {
        let api = api(&store).await;
        let token = api.login().await;
        let code = api.ok("user/invitations", &token, None).await["invite_code"].clone();
        assert_eq!(api.ok("user/invitations", &token, None).await["invite_code"], code);
        let register = |code: &Value| Some(json!({"email": "bo@example.com", "password": PASSWORD, "invite_code": code}));
        let wrong = api.ask("user/register", "", register(&json!("nonsense"))).await;
        assert!(wrong["errors"]["invite_code"].is_array(), "{wrong}");
        let (_, elsewhere, _) = api.raw("two.example", "user/register", "", register(&code)).await;
        assert_eq!(elsewhere["code"], 400, "another brand's code");
        api.ok("user/register", "", register(&code)).await;
        assert_eq!(api.ok("user/invitations", &token, None).await["total"], 0, "not before the link was opened");
        let (_, link) = api.mail().await;
        api.ok("user/verify-email", "", Some(json!({"code": link}))).await;
        let view = api.ok("user/invitations", &token, None).await;
        assert_eq!((&view["total"], &view["list"][0]["email"]), (&json!(1), &json!("b***@example.com")));
    }

    async fn two_brands_do_not_see_each_other(store: Store) {
        let api = api(&store).await;
        let tx = store.write().await.unwrap();
        let two = sites::find(&tx, Some("Two")).await.unwrap();
        let look = brands::Look { title: Some("品牌二".into()), colour: Some("#aa0000".into()), tagline_en: Some("Fast".into()), ..brands::Look::default() };
        brands::change(&tx, two.id, look).await.unwrap();
        tx.commit().await.unwrap();
        let brand = |answer: Value| (answer["data"]["name"].clone(), answer["data"]["prefix"].clone(), answer["data"]["colour"].clone());
        let (_, one, _) = api.raw("one.example:8443", "site", "", None).await;
        assert_eq!(brand(one), (json!("One"), json!("/gateway"), json!("")));
        let (_, other, _) = api.raw("TWO.example", "site", "", None).await;
        assert_eq!(other["data"]["tagline"], "Fast");
        assert_eq!(brand(other), (json!("品牌二"), json!("/openapi"), json!("#aa0000")));
        let login = Some(json!({"email": "ann@example.com", "password": PASSWORD}));
        let (_, answer, _) = api.raw("two.example", "user/login", "", login.clone()).await;
        assert_eq!(answer["code"], 403, "she is not known there");
        let register = Some(json!({"email": "ann@example.com", "password": "second brand"}));
        api.raw("two.example", "user/register", "", register).await;
        let (mail, code) = api.mail().await;
        assert!(mail.from_name == "品牌二" && mail.text.contains("http://two.example/verify-email#"), "{mail:?}");
        api.ok("user/verify-email", "", Some(json!({"code": code}))).await;
        api.login().await;
        let (_, answer, _) = api.raw("two.example", "user/login", "", Some(json!({"email": "ann@example.com", "password": "second brand"}))).await;
        assert_eq!(answer["code"], 200, "the same address, another customer");
    }

    async fn a_link_never_leads_to_a_host_that_the_caller_made_up(store: Store) {
        let api = api(&store).await;
        let (_, answer, _) = api.raw("evil.example", "user/forgot-password", "", Some(json!({"email": "ann@example.com"}))).await;
        assert_eq!(answer["code"], 200);
        assert!(api.mail().await.0.text.contains("://one.example/reset-password#"));
    }

    async fn names_to_log_in_with_are_unique_on_a_site(store: Store) {
        let api = api(&store).await;
        let token = api.login().await;
        for bad in ["1ann", "a b", "ann@x"] {
            assert_eq!(api.code("user/change-profile", &token, Some(json!({"username": bad}))).await, 400, "{bad}");
        }
        api.ok("user/change-profile", &token, Some(json!({"username": "Ann", "lang": "en"}))).await;
        api.ok("user/login", "", Some(json!({"username": "ANN", "password": PASSWORD}))).await;
        let bo = NewCustomer { email: "bo@example.com".into(), password: Some(Secret::new(PASSWORD)), site: Some("One".into()) };
        customers::create(&store, &api.state.vault, bo, NOW).await.unwrap();
        let data = api.ok("user/login", "", Some(json!({"email": "bo@example.com", "password": PASSWORD}))).await;
        let bo = data["access_token"].as_str().unwrap();
        assert_eq!(api.code("user/change-profile", bo, Some(json!({"username": "ann"}))).await, 409);
        api.ok("user/forgot-password", "", Some(json!({"email": "ann@example.com"}))).await;
        assert!(api.mail().await.0.subject.contains("Reset"), "mails follow the language");
    }

    async fn twenty_wrong_logins_slow_down_and_the_right_one_passes(store: Store) {
        let api = api(&store).await;
        let guess = Some(json!({"email": "ann@example.com", "password": "wrong wrong"}));
        let client = std::net::IpAddr::from([127, 0, 0, 1]);
        let subject = "customer:1:ann@example.com";
        for _ in 0..20 {
            // The gate is knocked at here, so that the test need not sit the waits out.
            let now = api.clock.now();
            let wait = api.state.codes.gate.knock(subject, client, now).unwrap();
            api.clock.advance_ms(i64::try_from(wait.as_millis()).unwrap());
        }
        let started = std::time::Instant::now();
        assert_eq!(api.code("user/login", "", guess).await, 403);
        assert!(started.elapsed() >= Duration::from_secs(1), "a guess waits: {:?}", started.elapsed());
        api.clock.advance_ms(3_000);
        api.login().await;
    }

    async fn what_people_do_is_written_down(store: Store) {
        let api = api(&store).await;
        api.code("user/login", "", Some(json!({"email": "ann@example.com", "password": "wrong wrong"}))).await;
        let token = api.login().await;
        api.ok("user/change-profile", &token, Some(json!({"lang": "zh"}))).await;
        api.state.directory.flush().await.unwrap();
        let list = api.ok("user/activity", &token, None).await["list"].clone();
        let seen: Vec<_> = list.as_array().unwrap().iter().map(|row| (row["action"].as_str().unwrap(), row["outcome"].as_str().unwrap())).collect();
        assert_eq!(seen, [("user/change-profile", "ok"), ("user/login", "ok"), ("user/login", "login_refused")]);
        assert_eq!(list[0]["ip"], "127.0.0.1");
    }

    async fn a_disabled_customer_is_out_at_once(store: Store) {
        let api = api(&store).await;
        let token = api.login().await;
        let tx = store.write().await.unwrap();
        customers::set_disabled(&tx, CustomerId(1), true).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(api.code("user/sessions", &token, None).await, 403);
        assert_eq!(api.code("user/login", "", Some(json!({"email": "ann@example.com", "password": PASSWORD}))).await, 403);
    }

    async fn closed_brands_take_no_registrations(store: Store) {
        let api = api(&store).await;
        let tx = store.write().await.unwrap();
        let one = sites::find(&tx, Some("One")).await.unwrap();
        brands::change(&tx, one.id, brands::Look { closed: Some(true), ..brands::Look::default() }).await.unwrap();
        let bad = brands::Look { logo: Some("https://elsewhere.example/x.png".into()), ..brands::Look::default() };
        assert!(brands::change(&tx, one.id, bad).await.unwrap_err().errors.contains_key("logo"));
        tx.commit().await.unwrap();
        let register = Some(json!({"email": "bo@example.com", "password": PASSWORD}));
        assert_eq!(api.code("user/register", "", register).await, 403);
        assert_eq!(api.ok("site", "", None).await["features"]["registration"], false);
    }

    async fn old_logins_and_codes_are_forgotten(store: Store) {
        let api = api(&store).await;
        api.login().await;
        crate::prune(&store, NOW.plus_days(100)).await.unwrap();
        let row = store.read().await.unwrap().row("SELECT COUNT(*) AS n FROM logins", args![]).await.unwrap().unwrap();
        assert_eq!(row.get::<i64>("n").unwrap(), 0);
        assert!(logins::seconds(crate::people::Person::Customer(CustomerId(1))) > 0);
    }
}
