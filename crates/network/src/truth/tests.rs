//! Measuring, with small databases that `fixtures/make.py` made.

use super::{Databases, Found, Policy, Refreshed, Truth, flow};
use crate::exits::{self, Exit, NewExit, Wanted};
use crate::roster::Roster;
use crate::{State, statics};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use turnpike_base::{CustomerId, ExitId, Page, Timestamp};
use turnpike_store::{Store, Vault, both_engines, changes};
use turnpike_wire::{Change, ExitHealth, Pool, Resolve};

const NOW: Timestamp = Timestamp(1_795_521_600_000);

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

fn look_up(files: &[&str], address: &str) -> Found {
    let files: Vec<PathBuf> = files.iter().map(|name| fixture(name)).collect();
    Databases::open(&files).unwrap().look_up(address.parse().unwrap())
}

fn found(country: &str, state: &str, city: &str, asn: u32) -> Found {
    let said = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Found { country: said(country), state: said(state), city: said(city), asn: Some(asn).filter(|n| *n > 0) }
}

#[test]
fn both_layouts_are_read_and_files_complete_each_other() {
    assert_eq!(look_up(&["nested.mmdb"], "192.0.2.9"), found("US", "CA", "Los Angeles", 0));
    assert_eq!(look_up(&["flat.mmdb"], "192.0.2.9"), found("US", "California", "Los Angeles", 7922));
    assert_eq!(look_up(&["nested.mmdb", "flat.mmdb"], "192.0.2.9"), found("US", "CA", "Los Angeles", 7922));
    assert_eq!(look_up(&["nested.mmdb", "flat.mmdb"], "192.0.2.200").asn, Some(7922));
    assert_eq!(look_up(&["nested.mmdb"], "198.51.100.1"), found("DE", "", "", 0));
    for unknown in ["203.0.113.1", "8.8.8.8", "2001:db8::1"] {
        assert_eq!(look_up(&["nested.mmdb", "flat.mmdb"], unknown), Found::default(), "{unknown}");
    }
}

#[test]
fn numbers_of_any_width_are_read_and_records_that_cant_be_are_told_once() {
    for width in ["narrow.mmdb", "wide.mmdb"] {
        assert_eq!(look_up(&[width], "192.0.2.9"), found("US", "", "", 7922), "{width}");
    }
    let databases = Databases::open(&[fixture("odd.mmdb"), fixture("nested.mmdb")]).unwrap();
    assert_eq!(databases.unreadable(), []);
    for address in ["192.0.2.1", "192.0.2.2", "8.8.8.8"] {
        databases.look_up(address.parse().unwrap());
    }
    assert_eq!(databases.unreadable(), [(fixture("odd.mmdb"), 2)]);
    databases.look_up("192.0.2.3".parse().unwrap());
    assert_eq!(databases.unreadable(), [], "once for each time that it is read");
}

#[test]
fn what_is_no_database_is_told_by_its_name() {
    for bad in ["make.py", "missing.mmdb"] {
        let error = Databases::open(&[fixture("nested.mmdb"), fixture(bad)]).unwrap_err();
        assert!(error.to_string().contains(bad), "{error}");
    }
}

#[test]
fn a_file_that_broke_is_told_once_and_taken_when_it_is_whole_again() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("places.mmdb");
    std::fs::copy(fixture("nested.mmdb"), &file).unwrap();
    let truth = Truth::default();
    truth.set(std::slice::from_ref(&file), Policy::Never).unwrap();
    assert_eq!(truth.refresh(), Refreshed::Unchanged);
    std::fs::write(&file, "no database").unwrap();
    let Refreshed::Broke(error) = truth.refresh() else { panic!("it broke") };
    assert_eq!(error.file, file);
    assert_eq!([truth.refresh(), truth.refresh()], [Refreshed::StillBroken, Refreshed::StillBroken]);
    assert!(!truth.settled().databases.is_empty(), "the old one stays");
    // Another fault is news.
    std::fs::remove_file(&file).unwrap();
    assert!(matches!(truth.refresh(), Refreshed::Broke(_)));
    assert_eq!(truth.refresh(), Refreshed::StillBroken);
    std::fs::copy(fixture("nested.mmdb"), &file).unwrap();
    assert_eq!(truth.refresh(), Refreshed::Anew);
    assert_eq!(truth.refresh(), Refreshed::Unchanged);
}

fn state(store: &Store, files: &[&str], policy: Policy) -> State {
    let state = State::new(store.clone(), Vault::new([7; 32]), Arc::new(Roster::default()));
    let files: Vec<PathBuf> = files.iter().map(|name| fixture(name)).collect();
    state.truth.set(&files, policy).unwrap();
    state
}

async fn add(state: &State, target: &str, country: &str, place: Option<&str>, asn: Option<u32>) -> ExitId {
    let new = NewExit {
        target: target.into(),
        resolve: Resolve::Exit,
        pools: vec![Pool::Residential],
        country: country.into(),
        state: None,
        city: place.map(str::to_owned),
        asn,
    };
    exits::flow::add(state, &[new], NOW).await.unwrap()[0]
}

async fn measure(state: &State, now: Timestamp) {
    while flow::run(state, now).await.unwrap() {}
}

async fn exit(state: &State, id: ExitId) -> Exit {
    exits::by_id(&state.store.read().await.unwrap(), &state.vault, id).await.unwrap().unwrap()
}

async fn mismatch(state: &State, id: ExitId) -> Option<String> {
    exit(state, id).await.measured.unwrap().mismatch
}

/// What the gateways hear that is new.
async fn told(state: &State) -> Vec<(ExitId, bool)> {
    let tx = state.store.write().await.unwrap();
    let pending: Vec<(i64, Change)> = changes::pending(&tx, 100).await.unwrap();
    let exits = pending.into_iter().filter_map(|(_, change)| match change {
        Change::Exit(record) => Some((record.id, record.pools.is_empty())),
        _ => None,
    });
    exits.collect()
}

both_engines! {
    async fn a_claim_is_measured_and_what_differs_is_told(store: Store) {
        let state = state(&store, &["nested.mmdb", "flat.mmdb"], Policy::Never);
        let right = add(&state, "192.0.2.1", "US", Some("Los Angeles"), Some(7922)).await;
        let city = add(&state, "192.0.2.2", "US", Some("San Francisco"), Some(7922)).await;
        let away = add(&state, "192.0.2.3", "US", Some("Houston"), Some(701)).await;
        let abroad = add(&state, "192.0.2.4", "DE", Some("Berlin"), None).await;
        let unknown = add(&state, "8.8.8.8", "US", Some("Houston"), None).await;
        measure(&state, NOW).await;
        assert_eq!(mismatch(&state, right).await, None);
        assert_eq!(mismatch(&state, city).await.unwrap(), "city: claims San Francisco, is Los Angeles");
        let all = mismatch(&state, away).await.unwrap();
        assert_eq!(all, "state: claims US-TX, is US-CA; city: claims Houston, is Los Angeles; asn: claims 701, is 7922");
        assert_eq!(mismatch(&state, abroad).await.unwrap(), "country: claims DE, is US");
        assert_eq!(mismatch(&state, unknown).await, None);
        let wanted = Wanted { mismatched: Some(true), ..Wanted::default() };
        let tx = state.store.read().await.unwrap();
        assert_eq!(exits::flow::list(&tx, &state.vault, &wanted, Page::default()).await.unwrap().total, 3);
        let withheld: Vec<_> = told(&state).await.into_iter().filter(|(_, withheld)| *withheld).collect();
        assert_eq!(withheld, [], "the policy withholds nothing");
    }

    async fn the_policy_says_what_is_not_sold_and_may_change(store: Store) {
        let state = state(&store, &["nested.mmdb", "flat.mmdb"], Policy::Country);
        let city = add(&state, "192.0.2.2", "US", Some("San Francisco"), None).await;
        let away = add(&state, "192.0.2.3", "US", Some("Houston"), None).await;
        let abroad = add(&state, "192.0.2.4", "DE", Some("Berlin"), None).await;
        let files = [fixture("nested.mmdb"), fixture("flat.mmdb")];
        for (second, policy, withheld) in [
            (1, Policy::Country, [false, false, true]),
            (2, Policy::State, [false, true, true]),
            (3, Policy::Any, [true, true, true]),
            (4, Policy::Never, [false, false, false]),
            (5, Policy::Any, [true, true, true]),
        ] {
            state.truth.set(&files, policy).unwrap();
            measure(&state, NOW.plus_seconds(second)).await;
            let now = [exit(&state, city).await, exit(&state, away).await, exit(&state, abroad).await];
            assert_eq!(now.map(|exit| exit.withheld), withheld, "{policy:?}");
        }
        assert_eq!(told(&state).await.last(), Some(&(abroad, true)));
        state.truth.set(&[], Policy::Any).unwrap();
        measure(&state, NOW).await;
        assert!(!exit(&state, abroad).await.withheld, "without a database nothing is known to be elsewhere");
        assert!(told(&state).await.contains(&(abroad, false)));
    }

    async fn nobody_is_told_of_an_exit_before_it_is_looked_up(store: Store) {
        let state = state(&store, &["nested.mmdb"], Policy::Country);
        let abroad = add(&state, "192.0.2.4", "DE", None, None).await;
        assert_eq!((exit(&state, abroad).await.withheld, told(&state).await), (true, vec![(abroad, true)]));
        let file = "target,pools,country\n192.0.2.5,residential,DE\n192.0.2.6,residential,US\n";
        assert_eq!(exits::flow::import(&state, file, NOW).await.unwrap(), 2);
        assert_eq!(told(&state).await[1..].iter().map(|(_, withheld)| *withheld).collect::<Vec<_>>(), [true, false]);
        let stock = "address,type,country\n192.0.2.7,14,DE\n192.0.2.8,14,US\n";
        statics::stock::import(&state, statics::parse(stock).unwrap(), NOW).await.unwrap();
        let tx = store.read().await.unwrap();
        let sold = statics::hold::available(&tx, CustomerId(1), None, true, NOW).await.unwrap();
        assert_eq!(sold.iter().map(|one| (one.country.as_str(), one.number)).collect::<Vec<_>>(), [("US", 1)]);
        drop(tx);
        // A parent's address is found out by a probe; it is looked up with what tells it.
        let parent = add(&state, "http://parent.example:3128", "DE", None, None).await;
        assert!(!exit(&state, parent).await.withheld);
        let public = Some("192.0.2.9".parse().unwrap());
        let seen = ExitHealth { exit: parent, healthy: true, latency_us: 0, public, error: None, at: NOW };
        exits::flow::health(&state, &[seen]).await.unwrap();
        assert_eq!((exit(&state, parent).await.withheld, told(&state).await.last()), (true, Some(&(parent, true))));
    }

    async fn exits_that_came_while_nothing_ran_are_looked_up_before_they_are_sold(store: Store) {
        let before = State::new(store.clone(), Vault::new([7; 32]), Arc::default());
        let abroad = add(&before, "192.0.2.4", "DE", None, None).await;
        for (policy, withheld) in [(Policy::Never, false), (Policy::Country, true)] {
            let state = state(&store, &["nested.mmdb"], policy);
            flow::meet_all(&state, NOW).await.unwrap();
            assert_eq!(exit(&state, abroad).await.withheld, withheld, "{policy:?}");
        }
    }

    async fn a_block_is_judged_by_all_of_it(store: Store) {
        let state = state(&store, &["nested.mmdb"], Policy::Country);
        // Nobody knows where its first address is; the fifth network of eight is in Germany.
        let spread = add(&state, "198.51.96.0/21", "US", None, None).await;
        let german = add(&state, "198.51.100.0/24", "DE", None, None).await;
        let behind = add(&state, "198.51.100.128/25", "US", None, None).await;
        let seen = ExitHealth {
            exit: behind,
            healthy: true,
            latency_us: 900,
            public: Some("192.0.2.1".parse().unwrap()),
            error: None,
            at: NOW,
        };
        exits::flow::health(&state, &[seen]).await.unwrap();
        measure(&state, NOW).await;
        let told = mismatch(&state, spread).await.unwrap();
        assert_eq!(told, "198.51.100.15 (8 of 64 samples): country: claims US, is DE");
        assert!(exit(&state, spread).await.withheld);
        assert_eq!(mismatch(&state, german).await, None);
        assert_eq!(mismatch(&state, behind).await, None, "it leaves from the address that the page saw");
    }

    async fn an_exit_is_measured_anew_daily_and_under_another_address(store: Store) {
        let state = state(&store, &["nested.mmdb"], Policy::Country);
        let id = add(&state, "http://parent.example:3128", "DE", None, None).await;
        measure(&state, NOW).await;
        assert_eq!(mismatch(&state, id).await, None, "nobody knows its address yet");
        let seen = |address: &str| ExitHealth {
            exit: id,
            healthy: true,
            latency_us: 900,
            public: Some(address.parse().unwrap()),
            error: None,
            at: NOW,
        };
        exits::flow::health(&state, &[seen("192.0.2.1")]).await.unwrap();
        measure(&state, NOW.plus_seconds(5)).await;
        assert!(exit(&state, id).await.withheld);
        exits::flow::health(&state, &[ExitHealth { at: NOW.plus_seconds(7), ..seen("198.51.100.1") }]).await.unwrap();
        measure(&state, NOW.plus_seconds(10)).await;
        let at = |exit: Exit| (exit.withheld, exit.measured.unwrap().at);
        assert_eq!(at(exit(&state, id).await), (false, NOW.plus_seconds(7)), "as soon as it was seen");
        measure(&state, NOW.plus_seconds(3_600)).await;
        assert_eq!(at(exit(&state, id).await).1, NOW.plus_seconds(7), "once a day is enough");
        measure(&state, NOW.plus_days(2)).await;
        assert_eq!(at(exit(&state, id).await).1, NOW.plus_days(2));
    }
}
