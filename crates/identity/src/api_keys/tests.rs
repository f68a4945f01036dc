//! Keys on both engines.

use super::model::ApiKey;
use super::{By, Change, NewKey, State, flow};
use crate::customers::{self, NewCustomer};
use crate::sites::{self, NewSite};
use crate::{Directory, keys};
use std::net::IpAddr;
use std::sync::Arc;
use turnpike_base::{Code, CustomerId, Fault, Secret, Timestamp};
use turnpike_store::{Store, Vault, both_engines};
use turnpike_web::{Access, Authenticator, Principal, Scopes, blocks};

const NOW: Timestamp = Timestamp(1_000_000);

fn state(store: &Store) -> State {
    State { store: store.clone(), vault: Vault::new([7; 32]), features: Arc::new(vec!["accounts", "usage"]) }
}

/// A customer of a fresh site, and his classic key.
async fn customer(store: &Store) -> (CustomerId, Secret) {
    let tx = store.write().await.unwrap();
    sites::create(&tx, &NewSite::default(), NOW).await.unwrap();
    tx.commit().await.unwrap();
    let new = NewCustomer { email: "a@example.com".into(), password: None, site: None };
    let made = customers::create(store, &state(store).vault, new, NOW).await.unwrap();
    (made.id, made.app_key)
}

fn plain(name: &str) -> NewKey {
    NewKey { name: name.into(), scopes: Scopes::all(), sources: Vec::new(), expires_at: None }
}

async fn ask(directory: &Directory, key: &Secret, from: &str, at: Timestamp) -> Result<Principal, Fault> {
    directory.authenticate(key.expose(), from.parse::<IpAddr>().unwrap(), at).await
}

async fn add(s: &State, who: CustomerId, by: By, new: &NewKey, at: Timestamp) -> Result<ApiKey, Fault> {
    let tx = s.store.write().await?;
    let made = flow::add(&tx, s, who, by, new, at).await?;
    tx.commit().await?;
    Ok(made)
}

both_engines! {
    async fn a_key_is_bound_to_scopes_sources_and_time(store: Store) {
        let (who, classic) = customer(&store).await;
        let s = state(&store);
        let directory = Directory::open(store.clone(), s.vault.clone()).await.unwrap();
        let new = NewKey {
            scopes: Scopes::parse("usage:read", |_| true).unwrap(),
            sources: vec![blocks::block("192.0.2.0/24").unwrap()],
            expires_at: Some(NOW.plus_seconds(10)),
            ..plain("robot")
        };
        let key = add(&s, who, By::Login, &new, NOW).await.unwrap();
        let found = ask(&directory, &key.key, "192.0.2.7", NOW).await.unwrap();
        assert_eq!(found.customer, who);
        assert!(found.scopes.allow("usage", Access::Read) && !found.scopes.allow("usage", Access::Write));
        let elsewhere = ask(&directory, &key.key, "192.0.3.7", NOW).await.unwrap_err();
        assert_eq!((elsewhere.code, elsewhere.slug), (Code::Forbidden, "key_source"));
        assert!(elsewhere.text.en.contains("192.0.3.7"));
        assert_eq!(elsewhere.lang, Some(found.site.lang), "his site's, where he asks for none");
        let late = ask(&directory, &key.key, "192.0.2.7", NOW.plus_seconds(10)).await.unwrap_err();
        assert_eq!(late.code, Code::BadKey);
        assert!(ask(&directory, &classic, "203.0.113.1", NOW.plus_days(9_000)).await.unwrap().scopes.is_all());
    }

    async fn a_change_holds_for_the_next_request(store: Store) {
        let (who, _) = customer(&store).await;
        let s = state(&store);
        let directory = Directory::open(store.clone(), s.vault.clone()).await.unwrap();
        let key = add(&s, who, By::Login, &plain("robot"), NOW).await.unwrap();
        assert!(ask(&directory, &key.key, "192.0.2.7", NOW).await.unwrap().scopes.is_all());
        let read = Change { scopes: Scopes::parse("read", |_| true).ok(), ..Change::default() };
        flow::change(&s, who, By::Login, key.id, &read).await.unwrap();
        assert!(!ask(&directory, &key.key, "192.0.2.7", NOW).await.unwrap().scopes.is_all());
        let renamed = Change { name: Some("other".into()), ..Change::default() };
        flow::change(&s, who, By::Login, key.id, &renamed).await.unwrap();
        let kept = flow::list(&store.read().await.unwrap(), &s.vault, who).await.unwrap();
        assert_eq!((kept[0].name.as_str(), kept[0].scopes.to_string().as_str()), ("other", "read"));
        flow::delete(&s, who, By::Login, key.id, NOW).await.unwrap();
        assert_eq!(ask(&directory, &key.key, "192.0.2.7", NOW).await.unwrap_err().code, Code::BadKey);
        assert_eq!(flow::delete(&s, who, By::Login, key.id, NOW).await.unwrap_err().code, Code::NotFound);
    }

    async fn the_classic_key_stays(store: Store) {
        let (who, classic) = customer(&store).await;
        let s = state(&store);
        let made = add(&s, who, By::Login, &plain("newer"), NOW.plus_seconds(1)).await.unwrap();
        let kept = keys::newest(&store.read().await.unwrap(), &s.vault, who).await.unwrap();
        assert!(kept.as_ref() == Some(&classic), "what is shown as the app_key is the classic one");
        let all = flow::list(&store.read().await.unwrap(), &s.vault, who).await.unwrap();
        assert_eq!(all.iter().map(|k| (k.id == made.id, k.classic)).collect::<Vec<_>>(), [(true, false), (false, true)]);
        let id = all[1].id;
        let narrow = Change { expires_at: Some(Some(NOW.plus_days(1))), ..Change::default() };
        for fault in [flow::delete(&s, who, By::Login, id, NOW).await.unwrap_err(), flow::change(&s, who, By::Login, id, &narrow).await.unwrap_err()] {
            assert_eq!(fault.slug, "key_is_classic");
        }
    }

    async fn a_limited_key_lifts_no_limits(store: Store) {
        let (who, _) = customer(&store).await;
        let s = state(&store);
        let (block, end) = (blocks::block("192.0.2.0/24").unwrap(), NOW.plus_days(1));
        let limits = NewKey { sources: vec![block], expires_at: Some(end), ..plain("robot") };
        let limited = add(&s, who, By::Login, &limits, NOW).await.unwrap();
        let classic = flow::list(&store.read().await.unwrap(), &s.vault, who).await.unwrap();
        let classic = By::Key(classic.iter().find(|key| key.classic).unwrap().id);
        let own = By::Key(limited.id);
        let anywhere = Change { sources: Some(Vec::new()), ..Change::default() };
        let for_ever = Change { expires_at: Some(None), ..Change::default() };
        for (field, change) in [("sources", &anywhere), ("expired_at", &for_ever)] {
            let fault = flow::change(&s, who, own, limited.id, change).await.unwrap_err();
            assert_eq!((fault.code, fault.slug), (Code::Forbidden, "key_beyond"));
            assert!(fault.errors.contains_key(field), "{fault:?}");
        }
        for wider in [
            plain("wide"),
            NewKey { sources: vec![blocks::block("192.0.0.0/16").unwrap()], ..limits.clone() },
            NewKey { expires_at: Some(end.plus_ms(1)), ..limits.clone() },
        ] {
            assert_eq!(add(&s, who, own, &wider, NOW).await.unwrap_err().slug, "key_beyond");
        }
        let other = add(&s, who, classic, &plain("other"), NOW).await.unwrap();
        let renamed = Change { name: Some("mine".into()), ..Change::default() };
        assert_eq!(flow::change(&s, who, own, other.id, &renamed).await.unwrap_err().slug, "key_beyond");
        assert_eq!(flow::delete(&s, who, own, other.id, NOW).await.unwrap_err().slug, "key_beyond");
        // Within its limits it may, and less is for it to give.
        let narrow = NewKey { scopes: Scopes::parse("read", |_| true).unwrap(), sources: vec![blocks::block("192.0.2.9").unwrap()], ..limits.clone() };
        let narrow = add(&s, who, own, &narrow, NOW).await.unwrap();
        let wider = Change { scopes: Some(Scopes::all()), ..Change::default() };
        let fault = flow::change(&s, who, By::Key(narrow.id), narrow.id, &wider).await.unwrap_err();
        assert!(fault.errors["scopes"][0].en.contains("read"), "{fault:?}");
        flow::change(&s, who, own, narrow.id, &renamed).await.unwrap();
        flow::delete(&s, who, own, narrow.id, NOW).await.unwrap();
        // The classic key and a login may more.
        flow::change(&s, who, classic, limited.id, &anywhere).await.unwrap();
        flow::change(&s, who, By::Login, limited.id, &for_ever).await.unwrap();
    }

    async fn others_keys_do_not_exist_and_there_is_an_end(store: Store) {
        let (who, _) = customer(&store).await;
        let s = state(&store);
        let key = add(&s, who, By::Login, &plain("robot"), NOW).await.unwrap();
        let renamed = Change { name: Some("mine".into()), ..Change::default() };
        let fault = flow::change(&s, CustomerId(who.0 + 1), By::Login, key.id, &renamed).await.unwrap_err();
        assert_eq!(fault.code, Code::NotFound);
        assert!(flow::change(&s, who, By::Login, key.id, &Change::default()).await.unwrap_err().errors.contains_key("id"));
        for n in 1..50 {
            add(&s, who, By::Login, &plain(&n.to_string()), NOW).await.unwrap();
        }
        assert_eq!(add(&s, who, By::Login, &plain("51"), NOW).await.unwrap_err().slug, "too_many_keys");
    }

    async fn the_last_use_is_kept(store: Store) {
        let (who, classic) = customer(&store).await;
        let s = state(&store);
        let directory = Directory::open(store.clone(), s.vault.clone()).await.unwrap();
        ask(&directory, &classic, "192.0.2.7", NOW).await.unwrap();
        ask(&directory, &classic, "192.0.2.8", NOW.plus_seconds(1)).await.unwrap();
        directory.flush().await.unwrap();
        let key = flow::list(&store.read().await.unwrap(), &s.vault, who).await.unwrap().remove(0);
        let last = (key.last_used_at, key.last_used_from.as_deref());
        assert_eq!(last, (Some(NOW.plus_seconds(1)), Some("192.0.2.8")));
    }
}
