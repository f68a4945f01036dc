//! Identity on both engines.

use crate::{Directory, customers, keys, operators, passwords, sites};
use customers::NewCustomer;
use sites::NewSite;
use std::net::{IpAddr, Ipv4Addr};
use turnpike_base::{Code, CustomerId, Lang, Secret, Timestamp};
use turnpike_store::{Store, Vault, both_engines};
use turnpike_web::{Authenticator, Principal};

const NOW: Timestamp = Timestamp(1_000_000);
const CLIENT: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn vault() -> Vault {
    Vault::new([7; 32])
}

async fn site(store: &Store, new: NewSite) -> turnpike_base::Result<()> {
    let tx = store.write().await.unwrap();
    sites::create(&tx, &new, NOW).await?;
    tx.commit().await.unwrap();
    Ok(())
}

fn somebody(email: &str) -> NewCustomer {
    NewCustomer { email: email.into(), password: None, site: None }
}

/// What the console's screens lie under, as path prefixes.
fn screens() -> Vec<String> {
    let all: Vec<String> = serde_json::from_str(include_str!("../../console/app/screens.json")).unwrap();
    let first = |path: &String| format!("/{}", path.split('/').nth(1).unwrap_or_default());
    all.iter().map(first).filter(|path| path != "/").collect()
}

async fn ask(store: &Store, key: &Secret) -> turnpike_base::Result<Principal> {
    Directory::open(store.clone(), vault()).await?.authenticate(key.expose(), CLIENT, NOW).await
}

both_engines! {
    async fn a_key_finds_its_customer_and_site(store: Store) {
        site(&store, NewSite::default()).await.unwrap();
        let made = customers::create(&store, &vault(), somebody("A@example.com"), NOW).await.unwrap();
        let found = ask(&store, &made.app_key).await.unwrap();
        assert_eq!((found.customer, found.verified, found.site.name.as_str()), (made.id, false, "default"));
        let unknown = ask(&store, &Secret::new("x".repeat(32))).await.unwrap_err();
        assert_eq!(unknown.code, Code::BadKey);
    }

    async fn a_revoked_key_is_unknown_at_once(store: Store) {
        site(&store, NewSite::default()).await.unwrap();
        let made = customers::create(&store, &vault(), somebody("a@example.com"), NOW).await.unwrap();
        let tx = store.write().await.unwrap();
        keys::revoke_all(&tx, made.id, NOW).await.unwrap();
        let fresh = keys::issue(&tx, &vault(), made.id, NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(ask(&store, &made.app_key).await.unwrap_err().code, Code::BadKey);
        assert_eq!(ask(&store, &fresh).await.unwrap().customer, made.id);
        let kept = keys::newest(&store.read().await.unwrap(), &vault(), made.id).await.unwrap();
        assert!(kept == Some(fresh));
    }

    async fn a_disabled_customer_is_refused(store: Store) {
        site(&store, NewSite { lang: Lang::En, ..NewSite::default() }).await.unwrap();
        let made = customers::create(&store, &vault(), somebody("a@example.com"), NOW).await.unwrap();
        let tx = store.write().await.unwrap();
        customers::set_disabled(&tx, made.id, true).await.unwrap();
        customers::verify(&tx, made.id).await.unwrap();
        tx.commit().await.unwrap();
        let refused = ask(&store, &made.app_key).await.unwrap_err();
        assert_eq!((refused.code, refused.lang), (Code::Forbidden, Some(Lang::En)));
        let tx = store.read().await.unwrap();
        let found = customers::find(&tx, "A@EXAMPLE.com").await.unwrap();
        assert!(found.disabled && found.verified && found.id == CustomerId(made.id.0));
    }

    async fn an_address_registers_once_per_site_whatever_its_case(store: Store) {
        site(&store, NewSite::default()).await.unwrap();
        site(&store, NewSite { name: "other".into(), ..NewSite::default() }).await.unwrap();
        customers::create(&store, &vault(), somebody("a@example.com"), NOW).await.unwrap();
        let twin = customers::create(&store, &vault(), somebody("A@Example.com"), NOW).await.unwrap_err();
        assert_eq!(twin.slug, "email_taken");
        let elsewhere = NewCustomer { site: Some("other".into()), ..somebody("a@example.com") };
        customers::create(&store, &vault(), elsewhere, NOW).await.unwrap();
        let nowhere = NewCustomer { site: Some("third".into()), ..somebody("b@example.com") };
        assert_eq!(customers::create(&store, &vault(), nowhere, NOW).await.unwrap_err().slug, "site_unknown");
    }

    async fn an_address_of_two_sites_names_nobody_but_an_id_does(store: Store) {
        site(&store, NewSite::default()).await.unwrap();
        site(&store, NewSite { name: "other".into(), prefixes: vec!["/other".into()], ..NewSite::default() }).await.unwrap();
        let first = customers::create(&store, &vault(), somebody("a@example.com"), NOW).await.unwrap().id;
        let tx = store.read().await.unwrap();
        assert_eq!(customers::find(&tx, " A@Example.com ").await.unwrap().id, first);
        drop(tx);
        let elsewhere = NewCustomer { site: Some("other".into()), ..somebody("a@example.com") };
        let second = customers::create(&store, &vault(), elsewhere, NOW).await.unwrap().id;
        let tx = store.read().await.unwrap();
        let fault = customers::find(&tx, "A@example.com").await.unwrap_err();
        assert_eq!((fault.code, fault.slug), (Code::Conflict, "customer_ambiguous"));
        assert!(fault.to_string().contains(&format!("{first}, {second}")), "{fault}");
        for id in [first, second] {
            assert_eq!(customers::find(&tx, &id.to_string()).await.unwrap().id, id);
            assert_eq!(customers::find(&tx, &format!("#{id}")).await.unwrap().id, id);
        }
    }

    async fn bad_input_names_its_field(store: Store) {
        site(&store, NewSite::default()).await.unwrap();
        for bad in ["", "a", "@b.c", "a@b", "a@.c", "a b@c.d", "a@b@c.d"] {
            let fault = customers::create(&store, &vault(), somebody(bad), NOW).await.unwrap_err();
            assert!(fault.errors.contains_key("email"), "{bad}");
        }
        let short = NewCustomer { password: Some(Secret::new("1234567")), ..somebody("a@example.com") };
        let fault = customers::create(&store, &vault(), short, NOW).await.unwrap_err();
        assert!(fault.errors["password"][0].en.contains("8 to 128"));
        for prefix in ["gateway", "/", "/A", "/a/b", ""] {
            let bad = NewSite { name: "n".into(), prefixes: vec![prefix.into()], ..NewSite::default() };
            assert!(site(&store, bad).await.unwrap_err().errors.contains_key("prefixes"), "{prefix}");
        }
        for prefix in ["/control", "/assets", "/docs", "/flags", "/metrics"].into_iter().chain(screens().iter().map(String::as_str)) {
            let bad = NewSite { name: "n".into(), prefixes: vec!["/api".into(), prefix.into()], ..NewSite::default() };
            let fault = site(&store, bad).await.unwrap_err();
            assert!(fault.errors["prefixes"][0].en.contains("is served by"), "{prefix}: {fault}");
        }
        let long = "x".repeat(33);
        for prefix in ["tw_x", "x:y", "a b", "中文", long.as_str()] {
            let bad = NewSite { name: "n".into(), account_prefix: Some(prefix.into()), ..NewSite::default() };
            assert!(site(&store, bad).await.unwrap_err().errors.contains_key("account_prefix"), "{prefix}");
        }
        let good = NewSite { name: "n".into(), account_prefix: Some("Tw-1.x".into()), ..NewSite::default() };
        site(&store, good).await.unwrap();
        let bad = NewSite { name: "n".into(), zone: "Mars".into(), ..NewSite::default() };
        assert!(site(&store, bad).await.unwrap_err().errors.contains_key("zone"));
        assert_eq!(site(&store, NewSite::default()).await.unwrap_err().slug, "site_taken");
    }

    async fn an_operator_registers_once(store: Store) {
        let password = || Secret::new("correct horse");
        operators::create(&store, "op@example.com", password(), operators::Role::Owner, NOW).await.unwrap();
        let twin = operators::create(&store, "OP@example.com", password(), operators::Role::Owner, NOW).await.unwrap_err();
        assert_eq!(twin.slug, "email_taken");
    }
}

#[tokio::test]
async fn a_password_is_known_by_its_hash_alone() {
    let hash = passwords::hash(Secret::new("correct horse")).await.unwrap();
    assert!(hash.starts_with("$argon2id$") && !hash.contains("horse"));
    assert!(passwords::verify(Secret::new("correct horse"), hash.clone()).await.unwrap());
    assert!(!passwords::verify(Secret::new("wrong horse"), hash).await.unwrap());
}

#[test]
fn random_texts_are_letters_and_digits_and_differ() {
    let (one, other) = (keys::random_text(32).unwrap(), keys::random_text(32).unwrap());
    assert!(one.len() == 32 && one != other && one.bytes().all(|b| b.is_ascii_alphanumeric()));
}
