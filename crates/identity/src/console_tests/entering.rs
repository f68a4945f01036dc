//! Registering, logging in, second factors, sessions.

use super::*;

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
        assert_ne!(api.mail().await.1, code, "another link was sent");
        api.ok("user/verify-email", "", Some(json!({"code": code}))).await;
        assert_eq!(api.code("user/verify-email", "", Some(json!({"code": code}))).await, 287, "a link is good once");
        let data = api.ok("user/login", "", Some(login)).await;
        let token = data["access_token"].as_str().unwrap();
        let sessions = api.ok("user/sessions", token, None).await;
        assert_eq!(sessions["list"][0]["current"], true);
    }

    async fn a_link_is_no_good_under_another_brands_name(store: Store) {
        let api = api(&store).await;
        api.ok("user/register", "", Some(json!({"email": "bo@example.com", "password": PASSWORD}))).await;
        let verify = json!({"code": api.mail().await.1});
        api.ok("user/forgot-password", "", Some(json!({"email": "ann@example.com"}))).await;
        let reset = json!({"code": api.mail().await.1, "password": PASSWORD});
        for (path, body) in [("user/verify-email", verify), ("user/reset-password", reset)] {
            let elsewhere = api.raw("two.example", path, "", Some(body.clone())).await.1;
            assert_eq!(elsewhere["code"], 287, "{path}: {elsewhere}");
            api.ok(path, "", Some(body)).await;
        }
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

    async fn nobody_sends_mails_to_many_strangers_at_once(store: Store) {
        let api = api(&store).await;
        // Turns are taken without the waiting that a request does.
        let home = IpAddr::from([127, 0, 0, 1]);
        let spent = (0..40).map(|n| api.state.codes.gate.knock_for_mail(&format!("stranger{n}"), home, NOW));
        assert!(spent.filter(Result::is_err).count() > 20);
        let register = json!({"email": "bo@example.com", "password": PASSWORD});
        for (path, body) in [("user/register", register), ("user/forgot-password", json!({"email": "ann@example.com"}))] {
            let told = api.ask(path, "", Some(body)).await;
            assert_eq!(told["code"], 429, "{told}");
            assert!(told["data"]["retry_after"].as_i64().unwrap() >= 1, "{told}");
        }
        assert_eq!(api.mails().await, 0);
        api.login().await;
        api.clock.advance_ms(60_000);
        api.ok("user/forgot-password", "", Some(json!({"email": "ann@example.com"}))).await;
    }

    async fn who_registers_a_strangers_address_sets_no_password_there(store: Store) {
        let api = api(&store).await;
        let register = |password: &str| Some(json!({"email": "bo@example.com", "password": password}));
        let mut links = Vec::new();
        for password in ["of the stranger", "bo's own password", "of the stranger"] {
            api.ok("user/register", "", register(password)).await;
            links.push(api.mail().await.1);
            api.clock.advance_ms(61_000);
        }
        api.ok("user/verify-email", "", Some(json!({"code": links[1]}))).await;
        let login = |password: &str| Some(json!({"email": "bo@example.com", "password": password}));
        assert_eq!(api.code("user/login", "", login("of the stranger")).await, 403);
        api.ok("user/login", "", login("bo's own password")).await;
        for link in [&links[0], &links[2]] {
            assert_eq!(api.code("user/verify-email", "", Some(json!({"code": link}))).await, 287, "the others are void");
        }
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

    async fn links_lead_nowhere_but_to_the_site_whatever_the_host_says(store: Store) {
        let api = api(&store).await;
        let asked = [
            ("one.example", "http://one.example/"),
            ("one.example:8080", "http://one.example:8080/"),
            ("one.example:1@evil.example", "http://one.example/"),
            ("one.example:x.evil.example", "http://one.example/"),
            ("evil.example", "http://one.example/"),
            ("", "http://one.example/"),
        ];
        for (n, (host, place)) in asked.into_iter().enumerate() {
            let fresh = json!({"email": format!("bo{n}@example.com"), "password": PASSWORD});
            api.raw(host, "user/register", "", Some(fresh)).await;
            let (mail, _) = api.mail().await;
            assert!(mail.text.contains(&format!("{place}verify-email#code=")), "{host}: {}", mail.text);
            api.clock.advance_ms(61_000);
            api.raw(host, "user/forgot-password", "", Some(json!({"email": "ann@example.com"}))).await;
            let (mail, code) = api.mail().await;
            assert!(mail.text.contains(&format!("{place}reset-password#code=")), "{host}: {}", mail.text);
            api.raw(host, "user/reset-password", "", Some(json!({"code": code, "password": PASSWORD}))).await;
            let (mail, _) = api.mail().await;
            assert!(mail.text.contains(&format!("{place}forgot")) && !mail.text.contains("evil"), "{host}: {}", mail.text);
            api.clock.advance_ms(61_000);
        }
    }

    async fn a_link_has_the_port_of_the_installation(store: Store) {
        let api = api(&store).await;
        let asked = [
            ("http://127.0.0.1:8080", "evil.example", "http://one.example:8080/"),
            ("http://127.0.0.1:8080", "", "http://one.example:8080/"),
            ("http://127.0.0.1:8080", "one.example:9000", "http://one.example:9000/"),
            ("https://proxy.example:8443/", "evil.example", "https://one.example:8443/"),
            ("https://proxy.example", "evil.example", "https://one.example/"),
        ];
        for (public, host, place) in asked {
            api.state.public_url.store(Arc::new(public.to_owned()));
            api.raw(host, "user/forgot-password", "", Some(json!({"email": "ann@example.com"}))).await;
            let (mail, _) = api.mail().await;
            assert!(mail.text.contains(&format!("{place}reset-password#code=")), "{public} {host}: {}", mail.text);
            api.clock.advance_ms(61_000);
        }
        api.state.public_url.store(Arc::new("http://127.0.0.1:8080".to_owned()));
        let site = sites::find(&store.read().await.unwrap(), Some("One")).await.unwrap();
        assert_eq!(api.state.page(&site, "", "forgot"), "http://one.example:8080/forgot", "an operator's deed");
    }

    async fn a_site_takes_host_names_alone(store: Store) {
        let api = api(&store).await;
        let tx = api.state.store.write().await.unwrap();
        let site = sites::find(&tx, Some("One")).await.unwrap().id;
        for good in ["one.example", "one.example:8443", "192.0.2.1", "[2001:db8::1]:8080"] {
            brands::set_hosts(&tx, site, &[good.to_owned()]).await.unwrap();
        }
        for bad in ["", "one.example:x", "a:1@b", "one.example/", "::1", "[one]", "新.example"] {
            let fault = brands::set_hosts(&tx, site, &[bad.to_owned()]).await.unwrap_err();
            assert!(fault.errors.contains_key("hosts"), "{bad}");
        }
    }

    async fn a_brands_name_is_one_line(store: Store) {
        let api = api(&store).await;
        let tx = api.state.store.write().await.unwrap();
        let site = sites::find(&tx, Some("One")).await.unwrap().id;
        let said = |title: &str| brands::Look { title: Some(title.to_owned()), ..brands::Look::default() };
        for bad in ["A\r\nBcc: x@evil.example", "a\u{0}", "a\u{85}b", &"n".repeat(201)] {
            let fault = brands::change(&tx, site, said(bad)).await.unwrap_err();
            assert!(fault.errors.contains_key("title"), "{bad:?}");
            let new = NewSite { name: bad.to_owned(), ..NewSite::default() };
            assert!(sites::create(&tx, &new, NOW).await.unwrap_err().errors.contains_key("name"), "{bad:?}");
        }
        brands::change(&tx, site, said("品牌 Networks")).await.unwrap();
        let terms = brands::Look { terms_en: Some("one\ntwo".into()), ..brands::Look::default() };
        brands::change(&tx, site, terms).await.unwrap();
    }

    async fn who_is_logged_in_sees_his_own_brand_under_any_host_name(store: Store) {
        let api = api(&store).await;
        let token = api.login().await;
        let (_, own, _) = api.raw("two.example", "user/site", &token, None).await;
        let (_, host, _) = api.raw("two.example", "site", &token, None).await;
        assert_eq!((&own["data"]["name"], &host["data"]["name"]), (&json!("One"), &json!("Two")));
        assert_eq!(own["data"]["currency"], "CNY");
        assert_eq!(api.code("user/site", "", None).await, 3);
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
        let again = Some(json!({"code": code}));
        assert_eq!(api.code("user/totp-confirm", &token, again).await, 409, "a code alone replaces nothing");
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

    async fn a_customer_hears_what_changed_about_his_logins(store: Store) {
        let api = api(&store).await;
        let token = api.login().await;
        api.ok("user/change-profile", &token, Some(json!({"lang": "en"}))).await;
        let heard = async |count: usize, subject: &str| {
            let (mail, _) = api.mail().await;
            assert_eq!((api.mails().await, mail.subject.as_str()), (count, format!("[One] {subject}").as_str()));
            assert!(mail.to == "ann@example.com" && mail.text.contains("http://one.example/forgot\n"), "{}", mail.text);
            assert!(mail.text.contains("When: 2023-11-14 22:13:20 (UTC), from the address 127.0.0.1."), "{}", mail.text);
        };
        let (_, recovery) = api.enrol(&token).await;
        heard(1, "Your authenticator was switched on").await;
        let proven = |code: &str| Some(json!({"password": PASSWORD, "verify_type": "recovery", "verify_code": code}));
        let fresh = api.ok("user/recovery-codes", &token, proven(&recovery[0])).await;
        heard(2, "Your recovery codes were replaced").await;
        assert_eq!(api.code("user/totp-disable", &token, proven("nonsense")).await, 287);
        assert_eq!(api.mails().await, 2, "what was refused changed nothing");
        api.ok("user/totp-disable", &token, proven(fresh["recovery_codes"][0].as_str().unwrap())).await;
        heard(3, "Your authenticator was switched off").await;
        let change = |old: &str| Some(json!({"old_password": old, "password": "a new password"}));
        assert_eq!(api.code("user/change-password", &token, change("wrong wrong")).await, 400);
        api.ok("user/change-password", &token, change(PASSWORD)).await;
        heard(4, "Your password was changed").await;
        api.ok("user/forgot-password", "", Some(json!({"email": "ann@example.com"}))).await;
        let (_, code) = api.mail().await;
        api.ok("user/reset-password", "", Some(json!({"code": code, "password": "another password"}))).await;
        heard(6, "Your password was reset").await;
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

    async fn a_disabled_customer_is_out_at_once(store: Store) {
        let api = api(&store).await;
        let token = api.login().await;
        let tx = store.write().await.unwrap();
        customers::set_disabled(&tx, CustomerId(1), true).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(api.code("user/sessions", &token, None).await, 403);
        assert_eq!(api.code("user/login", "", Some(json!({"email": "ann@example.com", "password": PASSWORD}))).await, 403);
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
