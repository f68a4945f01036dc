//! Codes, real names, invitations, brands, what is written down.

use super::*;
use crate::{audit, keys};
use turnpike_base::Page;
use turnpike_web::Authenticator;

both_engines! {
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
        let payload: String = row.get("payload").unwrap();
        assert!(!payload.contains("8613800000000") && !payload.contains("code\""), "sealed while it waits: {payload}");
        let open = |at| crate::events::open(&api.state.vault, &payload, at).unwrap();
        let event: Value = serde_json::from_str(&open(NOW.plus_minutes(10)).unwrap()).unwrap();
        assert_eq!((&event["phone"], event["code"].as_str().unwrap().len()), (&json!("+8613800000000"), 6));
        assert_eq!(open(NOW.plus_minutes(19)), None, "a code that is over is not sent");
        assert_eq!(crate::events::open(&api.state.vault, "{\"event\":\"x\"}", NOW).unwrap().as_deref(), Some("{\"event\":\"x\"}"));
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

    async fn the_main_key_is_replaced_by_who_proves_himself_and_the_old_one_is_refused_at_once(store: Store) {
        let api = api(&store).await;
        let token = api.login().await;
        let customer = customers::find(&store.read().await.unwrap(), "ann@example.com").await.unwrap().id;
        let newest = async || {
            let tx = api.state.store.read().await.unwrap();
            keys::newest(&tx, &api.state.vault, customer).await.unwrap().unwrap()
        };
        let here = std::net::IpAddr::from([192, 0, 2, 1]);
        let passes = async |key: &Secret| api.state.directory.authenticate(key.expose(), here, NOW).await.map(drop).map_err(|fault| fault.slug);
        let old = newest().await;
        let wrong = api.ask("user/rotate-key", &token, Some(json!({"password": "wrong wrong"}))).await;
        assert!(wrong["code"] == 400 && wrong["errors"]["password"].is_array(), "{wrong}");
        assert_eq!(api.code("user/rotate-key", old.expose(), Some(json!({"password": PASSWORD}))).await, 3, "a key replaces no key");
        assert_eq!((passes(&old).await, api.mails().await), (Ok(()), 0), "what was refused changed nothing");
        let made = api.ok("user/rotate-key", &token, Some(json!({"password": PASSWORD}))).await;
        let fresh = newest().await;
        assert_eq!(made["app_key"], fresh.expose());
        assert_eq!((passes(&old).await, passes(&fresh).await), (Err("bad_key"), Ok(())));
        let (mail, _) = api.mail().await;
        assert!(mail.subject.contains("app_key") && !mail.text.contains(fresh.expose()), "{}", mail.text);
        api.state.directory.flush().await.unwrap();
        let wanted = audit::Wanted { action: Some("user/rotate-key".into()), ..audit::Wanted::default() };
        let noted = audit::list(&store.read().await.unwrap(), &wanted, Page::new(1, 20)).await.unwrap();
        let told: Vec<_> = noted.rows.iter().map(|note| (note.customer, note.outcome.as_str())).collect();
        assert_eq!(told, [(Some(customer), "ok")]);
    }

    async fn the_main_key_asks_for_a_code_where_something_more_than_the_password_is_on(store: Store) {
        let api = api(&store).await;
        let token = api.login().await;
        let (secret, _) = api.enrol(&token).await;
        api.clock.advance_ms(60_000);
        let with = |kind: &str, code: &str| Some(json!({"password": PASSWORD, "verify_type": kind, "verify_code": code}));
        let due = api.ask("user/rotate-key", &token, Some(json!({"password": PASSWORD}))).await;
        assert_eq!((&due["code"], &due["data"]["methods"]), (&json!(286), &json!(["totp", "email"])));
        assert_eq!(api.code("user/rotate-key", &token, with("totp", "000000")).await, 287);
        api.ok("user/rotate-key", &token, with("totp", &totp(&secret, api.clock.now()))).await;
        let tx = store.write().await.unwrap();
        let customer = customers::find(&tx, "ann@example.com").await.unwrap().id;
        crate::factors::disable(&tx, crate::people::Person::Customer(customer)).await.unwrap();
        tx.commit().await.unwrap();
        api.ok("user/verify-before-delete", &token, Some(json!({"enabled": 1}))).await;
        assert_eq!(api.code("user/rotate-key", &token, Some(json!({"password": PASSWORD}))).await, 286);
        let (mail, _) = api.mail().await;
        let code: String = mail.subject.chars().filter(char::is_ascii_digit).collect();
        api.ok("user/rotate-key", &token, with("email", &code)).await;
    }

    async fn a_replaced_key_keeps_its_name_and_stays_the_only_classic_one(store: Store) {
        let api = api(&store).await;
        let tx = store.write().await.unwrap();
        let customer = customers::find(&tx, "ann@example.com").await.unwrap().id;
        tx.exec("UPDATE app_keys SET name = 'production'", args![]).await.unwrap();
        tx.commit().await.unwrap();
        let replace = async || {
            let tx = store.write().await.unwrap();
            keys::replace(&tx, &api.state.vault, customer, NOW).await.unwrap();
            tx.commit().await.unwrap();
        };
        tokio::join!(replace(), replace());
        let kept = crate::api_keys::flow::list(&store.read().await.unwrap(), &api.state.vault, customer).await.unwrap();
        assert_eq!(kept.iter().map(|key| (key.name.as_str(), key.classic)).collect::<Vec<_>>(), [("production", true)]);
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

    async fn a_real_name_is_of_a_country_that_there_is(store: Store) {
        let api = api(&store).await;
        let token = api.login().await;
        for (country, fits) in [("ZZ", false), ("XX", false), ("u1", false), ("UK", false), ("gb", true)] {
            let submit = json!({"name": "Ada Lovelace", "country": country, "document_type": "passport", "document_number": "P1234567"});
            let answer = api.ask("user/submit-real-name", &token, Some(submit)).await;
            assert_eq!((answer["code"] == 200, answer["errors"]["country"].is_array()), (fits, !fits), "{country}: {answer}");
        }
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
        let tx = store.write().await.unwrap();
        let none = || Some(String::new());
        let bare = brands::Look { colour: none(), logo: none(), title: Some(" ".into()), ..brands::Look::default() };
        brands::change(&tx, two.id, bare).await.unwrap();
        let look = brands::look(&tx, two.id).await.unwrap();
        assert_eq!((&look.colour, &look.logo, look.title("Two"), look.tagline_en.as_deref()), (&None, &None, "Two", Some("Fast")));
        let back = brands::Look { title: Some("品牌二".into()), ..brands::Look::default() };
        brands::change(&tx, two.id, back).await.unwrap();
        tx.commit().await.unwrap();
        let login = Some(json!({"email": "ann@example.com", "password": PASSWORD}));
        let (_, answer, _) = api.raw("two.example", "user/login", "", login.clone()).await;
        assert_eq!(answer["code"], 403, "she is not known there");
        let register = Some(json!({"email": "ann@example.com", "password": "second brand"}));
        api.raw("two.example", "user/register", "", register).await;
        let (mail, code) = api.mail().await;
        assert!(mail.from_name == "品牌二" && mail.text.contains("http://two.example/verify-email#"), "{mail:?}");
        let (_, answer, _) = api.raw("two.example", "user/verify-email", "", Some(json!({"code": code}))).await;
        assert_eq!(answer["code"], 200);
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
        let tx = store.write().await.unwrap();
        let note = audit::Note {
            actor: audit::Actor::Token,
            action: "customer/credit".into(),
            detail: "reason goodwill".into(),
            outcome: "ok".into(),
            client: Some([192, 0, 2, 7].into()),
            customer: Some(customers::find(&tx, "ann@example.com").await.unwrap().id),
        };
        audit::note(&tx, &note, NOW.plus_seconds(60)).await.unwrap();
        tx.commit().await.unwrap();
        let list = api.ok("user/activity", &token, None).await["list"].clone();
        assert_eq!((&list[0]["action"], &list[0]["ip"], &list[0]["detail"]), (&json!("customer/credit"), &json!(""), &json!("")), "an operator's own");
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
}
