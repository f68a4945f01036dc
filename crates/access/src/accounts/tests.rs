//! Accounts: form of input, and every intention on both engines.

use super::{Account, Change, NewAccount, Search, admit, flow, meter, rules};
use crate::State;
use turnpike_base::{AccountId, Bytes, Code, CustomerId, Fault, Page, ProductType, Secret, Timestamp};
use turnpike_store::{Store, Vault, both_engines, changes};
use turnpike_wire::{Reason, Revocation};

const NOW: Timestamp = Timestamp(1_000_000_000);
const WHO: CustomerId = CustomerId(7);
const OTHER: CustomerId = CustomerId(8);

fn state(store: &Store) -> State {
    State::over(store.clone(), Vault::new([7; 32]))
}

fn plain() -> NewAccount {
    NewAccount {
        product: ProductType::Dynamic,
        remark: String::new(),
        limit: Bytes::ZERO,
        daily_limit: Bytes::ZERO,
        cap: 1_000_000,
    }
}

async fn add(store: &Store, who: CustomerId, pairs: &str) -> Result<Vec<AccountId>, Fault> {
    flow::add(&state(store), who, &rules::pairs(pairs)?, &plain(), NOW).await
}

async fn all(store: &Store, who: CustomerId) -> Vec<Account> {
    flow::list(&store.read().await.unwrap(), &Vault::new([7; 32]), who, None, None).await.unwrap()
}

async fn told(store: &Store) -> Vec<Revocation> {
    let tx = store.write().await.unwrap();
    let pending: Vec<(i64, turnpike_wire::Change)> = changes::pending(&tx, 100).await.unwrap();
    let running = |change| match change {
        turnpike_wire::Change::Account { running, .. } => running,
        other => panic!("{other:?}"),
    };
    pending.into_iter().map(|(_, change)| running(change)).collect()
}

async fn check(store: &Store, name: &str, password: &str) -> Result<AccountId, Reason> {
    let tx = store.read().await.unwrap();
    let found = admit::check(&tx, &Vault::new([7; 32]), name, &Secret::new(password)).await.unwrap();
    found.map(|account| account.id).map_err(|refusal| refusal.reason)
}

fn list(text: &str) -> Vec<String> {
    rules::names(text).unwrap()
}

#[test]
fn a_bad_pair_is_named_by_its_position() {
    for (text, words) in [
        ("", "must be 1 to 1000 accounts; got 0"),
        (" , ", "got 0"),
        ("user01", "number 1 must be username:password"),
        ("user01:pass,u:pass", "username of number 2 must be 2 to 32"),
        ("user_1:pass", "username of number 1"),
        ("user01:pas", "password of number 1 must be 4 to 32"),
        ("user01:pa:ss", "password of number 1"),
        ("user01:pass,USER01:pass", "number 2: USER01 is in the list twice"),
    ] {
        let fault = rules::pairs(text).unwrap_err();
        assert!(fault.errors["accounts"][0].en.contains(words), "{text}: {fault}");
        assert!(!fault.errors["accounts"][0].zh.is_ascii());
    }
    let both = rules::pairs("u:pass,user01:pass,user02").unwrap_err();
    assert_eq!(both.errors["accounts"].len(), 2, "all that is wrong: {both}");
    let many = vec!["a0:pass"; 1_001].join(",");
    assert!(rules::pairs(&many).unwrap_err().to_string().contains("got 1001"));
    assert_eq!(rules::pairs(" user01:pass , user02:pass,").unwrap().len(), 2);
}

#[test]
fn a_chinese_character_takes_two_columns_of_a_remark() {
    assert!(rules::remark(&"汉".repeat(32)).is_ok() && rules::remark(&"a".repeat(64)).is_ok());
    assert!(rules::remark(&"汉".repeat(33)).is_err() && rules::remark(&"a".repeat(65)).is_err());
}

#[test]
fn names_are_trimmed_and_count_once() {
    assert_eq!(list(" b , A,a"), ["a", "b"]);
    assert!(rules::names(" , ").is_err());
}

both_engines! {
    async fn a_search_finds_by_name_and_remark_and_nobody_elses(store: Store) {
        add(&store, WHO, "Crawl01:secret1,Crawl02:secret1,shop7:secret1").await.unwrap();
        add(&store, OTHER, "crawl99:secret1").await.unwrap();
        let remark = Change { remark: Some("100%_Night".into()), ..Change::default() };
        flow::change(&state(&store), WHO, "shop7", &remark, NOW).await.unwrap();
        flow::set_enabled(&state(&store), WHO, &["crawl01".into()], false, NOW).await.unwrap();
        let look = async |keyword: &str, enabled: Option<bool>, size: i64| {
            let wish = Search { keyword: keyword.into(), product: None, enabled, page: Page::new(1, size) };
            let tx = store.read().await.unwrap();
            let found = flow::search(&tx, &Vault::new([7; 32]), WHO, &wish).await.unwrap();
            let names: Vec<String> = found.rows.into_iter().map(|account| account.username).collect();
            (found.total, names.join(" "))
        };
        assert_eq!(look("CRAWL", None, 20).await, (2, "Crawl02 Crawl01".to_owned()));
        assert_eq!(look("crawl", Some(true), 20).await, (1, "Crawl02".to_owned()));
        assert_eq!(look("%_n", None, 20).await, (1, "shop7".to_owned()), "taken literally");
        assert_eq!(look("", None, 1).await, (3, "shop7".to_owned()));
        assert_eq!(look("nobody", None, 20).await, (0, String::new()));
    }

    async fn a_search_gives_the_account_of_just_that_name_first(store: Store) {
        add(&store, WHO, "Bulk:secret1,bulk1:secret1,bulk2:secret1").await.unwrap();
        let wish = Search { keyword: "bulk".into(), product: None, enabled: None, page: Page::new(1, 2) };
        let tx = store.read().await.unwrap();
        let found = flow::search(&tx, &Vault::new([7; 32]), WHO, &wish).await.unwrap();
        let names: Vec<String> = found.rows.into_iter().map(|account| account.username).collect();
        assert_eq!((found.total, names.join(" ")), (3, "Bulk bulk2".to_owned()));
    }

    async fn a_name_is_unique_in_the_installation_and_keeps_its_case(store: Store) {
        add(&store, WHO, "User01:pass,user02:pass").await.unwrap();
        let taken = add(&store, OTHER, "free:pass,USER01:pass").await.unwrap_err();
        assert_eq!((taken.code, taken.slug), (Code::Conflict, "account_taken"));
        assert!(all(&store, OTHER).await.is_empty(), "all or nothing");
        let names: Vec<_> = all(&store, WHO).await.into_iter().map(|a| a.username).collect();
        assert_eq!(names, ["user02", "User01"]);
    }

    async fn credentials_are_told_apart_only_for_who_knows_the_password(store: Store) {
        add(&store, WHO, "User01:pass").await.unwrap();
        assert!(check(&store, "uSER01", "pass").await.is_ok());
        assert_eq!(check(&store, "user01", "Pass").await, Err(Reason::BadCredentials));
        assert_eq!(check(&store, "nobody", "pass").await, Err(Reason::BadCredentials));
        flow::set_enabled(&state(&store), WHO, &list("user01"), false, NOW).await.unwrap();
        assert_eq!(check(&store, "user01", "pass").await, Err(Reason::AccountDisabled));
        assert_eq!(check(&store, "user01", "wrong").await, Err(Reason::BadCredentials));
        flow::delete(&state(&store), WHO, &list("user01"), NOW).await.unwrap();
        assert_eq!(check(&store, "user01", "pass").await, Err(Reason::AccountDisabled));
        add(&store, OTHER, "user01:other").await.unwrap();
        assert!(check(&store, "user01", "other").await.is_ok());
        assert_eq!(check(&store, "user01", "pass").await, Err(Reason::BadCredentials));
    }

    async fn the_owner_is_told_of_wrong_passwords_for_what_he_still_has(store: Store) {
        let id = add(&store, WHO, "user01:pass").await.unwrap()[0];
        let told = async |name: &str, password: &str| {
            let tx = store.read().await.unwrap();
            let found = admit::check(&tx, &Vault::new([7; 32]), name, &Secret::new(password)).await.unwrap();
            found.unwrap_err().subject.map(|subject| (subject.customer, subject.account))
        };
        assert_eq!(told("USER01", "wrong").await, Some((WHO, Some(id))));
        assert_eq!(told("nobody", "wrong").await, None);
        flow::set_enabled(&state(&store), WHO, &list("user01"), false, NOW).await.unwrap();
        assert_eq!(told("user01", "pass").await, Some((WHO, Some(id))));
        flow::delete(&state(&store), WHO, &list("user01"), NOW).await.unwrap();
        assert_eq!((told("user01", "wrong").await, told("user01", "pass").await), (None, None));
    }

    async fn what_gateways_hear_fits_what_happened(store: Store) {
        add(&store, WHO, "user01:pass").await.unwrap();
        let s = state(&store);
        flow::set_enabled(&s, WHO, &list("USER01"), false, NOW).await.unwrap();
        flow::set_enabled(&s, WHO, &list("user01"), true, NOW).await.unwrap();
        let password = Change { password: Some(Secret::new("fresh1")), ..Change::default() };
        flow::change(&s, WHO, "User01", &password, NOW).await.unwrap();
        let remark = Change { remark: Some("note".into()), ..Change::default() };
        flow::change(&s, WHO, "user01", &remark, NOW).await.unwrap();
        flow::delete(&s, WHO, &list("user01"), NOW).await.unwrap();
        use Revocation::{Renew, Reset};
        assert_eq!(told(&store).await, [Reset, Renew, Renew, Reset]);
        assert_eq!(check(&store, "user01", "fresh1").await, Err(Reason::AccountDisabled));
    }

    async fn others_accounts_do_not_exist(store: Store) {
        add(&store, WHO, "user01:pass,user02:pass").await.unwrap();
        let s = state(&store);
        let fault = flow::delete(&s, OTHER, &list("user01"), NOW).await.unwrap_err();
        assert_eq!((fault.code, fault.text.en.contains("user01")), (Code::NotFound, true));
        let fault = flow::set_enabled(&s, WHO, &list("user01,nobody"), false, NOW).await.unwrap_err();
        assert!(fault.text.en.contains("nobody"));
        assert!(all(&store, WHO).await.iter().all(|a| a.enabled), "all or nothing");
        let fault = flow::change(&s, OTHER, "user01", &Change::default(), NOW).await.unwrap_err();
        assert_eq!(fault.code, Code::NotFound);
    }

    async fn udp_is_for_static_types_only(store: Store) {
        add(&store, WHO, "user01:pass").await.unwrap();
        let udp = Change { udp: Some(true), ..Change::default() };
        let fault = flow::change(&state(&store), WHO, "user01", &udp, NOW).await.unwrap_err();
        assert!(fault.errors.contains_key("udp"));
        let new = NewAccount { product: ProductType::StaticDatacenter, ..plain() };
        flow::add(&state(&store), WHO, &rules::pairs("user14:pass").unwrap(), &new, NOW).await.unwrap();
        flow::change(&state(&store), WHO, "user14", &udp, NOW).await.unwrap();
        assert!(all(&store, WHO).await[0].udp);
    }

    async fn a_readded_name_starts_at_zero_and_keeps_its_history(store: Store) {
        let first = add(&store, WHO, "user01:pass").await.unwrap()[0];
        let tx = store.write().await.unwrap();
        meter::book(&tx, first, 10, 5, 0).await.unwrap();
        tx.commit().await.unwrap();
        flow::delete(&state(&store), WHO, &list("user01"), NOW).await.unwrap();
        let second = add(&store, WHO, "user01:pass").await.unwrap()[0];
        assert_eq!(all(&store, WHO).await[0].used, Bytes::ZERO);
        let tx = store.read().await.unwrap();
        assert_eq!(flow::ids_of_name(&tx, WHO, "USER01").await.unwrap(), [first, second]);
        assert!(flow::ids_of_name(&tx, OTHER, "user01").await.unwrap().is_empty());
    }

    async fn a_new_day_counts_from_zero(store: Store) {
        let id = add(&store, WHO, "user01:pass").await.unwrap()[0];
        let tx = store.write().await.unwrap();
        meter::book(&tx, id, 10, 100, 50).await.unwrap();
        let counters = meter::lock(&tx, id, 10).await.unwrap().unwrap();
        assert_eq!((counters.day_used, counters.day_spoken_for), (Bytes(100), Bytes(150)));
        assert_eq!((counters.used, counters.spoken_for), (Bytes(100), Bytes(150)));
        let tomorrow = meter::lock(&tx, id, 11).await.unwrap().unwrap();
        assert_eq!((tomorrow.day_used, tomorrow.spoken_for), (Bytes::ZERO, Bytes(150)));
        meter::book(&tx, id, 11, 7, 0).await.unwrap();
        meter::book(&tx, id, 10, 3, -50).await.unwrap();
        let counters = meter::lock(&tx, id, 11).await.unwrap().unwrap();
        assert_eq!((counters.day_used, counters.used, counters.spoken_for), (Bytes(7), Bytes(110), Bytes(110)));
    }
}
