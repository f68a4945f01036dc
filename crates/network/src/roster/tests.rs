//! The roster follows exits and health.

use super::Roster;
use std::collections::HashSet;
use turnpike_base::{ExitId, Timestamp};
use turnpike_wire::{
    Bind, Change, CountryCode, ExitHealth, ExitKind, ExitRecord, ExitStatus, PlaceFilter, Pool,
};

fn record(id: i64, country: &str, state: &str, city: &str) -> ExitRecord {
    ExitRecord {
        id: ExitId(id),
        kind: ExitKind::Local { bind: Bind::Interface("eth0".into()) },
        pools: vec![Pool::Residential],
        country: CountryCode::parse(country).unwrap(),
        state_key: Some(state.into()),
        city_key: Some(city.to_lowercase()),
        city: Some(city.into()),
        asn: Some(u32::try_from(id % 2).unwrap()),
        status: ExitStatus::Enabled,
    }
}

fn roster() -> Roster {
    Roster::new(&[
        record(1, "US", "US-CA", "Burbank"),
        record(2, "US", "US-CA", "Burbank"),
        record(3, "US", "US-IL", "Burbank"),
        record(4, "DE", "DE-BE", "Berlin"),
    ])
}

fn health(id: i64, healthy: bool, at: i64) -> ExitHealth {
    ExitHealth { exit: ExitId(id), healthy, latency_us: 0, public: None, error: None, at: Timestamp(at) }
}

fn place(country: &str, state: Option<&str>, city: Option<&str>) -> PlaceFilter {
    PlaceFilter {
        country: CountryCode::parse(country),
        state: state.map(Into::into),
        city: city.map(Into::into),
        asn: None,
    }
}

fn chosen(roster: &Roster, place: &PlaceFilter) -> Vec<i64> {
    let mut ids: Vec<i64> = roster.choose(Pool::Residential, place, 50, 12_345).iter().map(|e| e.0).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn offered(roster: &Roster) -> Vec<String> {
    let offer = roster.offer(Pool::Residential);
    let state = |(spot, n): &(super::Spot, usize)| format!("{} {n}", spot.state.clone().unwrap());
    offer.spots.iter().map(state).collect()
}

#[test]
fn exits_are_chosen_by_every_part_of_their_place() {
    let roster = roster();
    assert_eq!(chosen(&roster, &PlaceFilter::default()), [1, 2, 3, 4]);
    assert_eq!(chosen(&roster, &place("US", None, None)), [1, 2, 3]);
    assert_eq!(chosen(&roster, &place("US", None, Some("burbank"))), [1, 2, 3]);
    assert_eq!(chosen(&roster, &place("US", Some("US-CA"), Some("burbank"))), [1, 2]);
    assert_eq!(chosen(&roster, &PlaceFilter { asn: Some(1), ..place("US", None, None) }), [1, 3]);
    assert!(roster.choose(Pool::Isp, &PlaceFilter::default(), 1, 7).is_empty());
    assert_eq!(roster.count(Pool::Residential, &place("FR", None, None)), 0);
}

#[test]
fn each_exit_comes_once_before_one_comes_again() {
    let records: Vec<_> =
        (0..1_000).map(|id| record(id, "US", "US-CA", &format!("City{}", id % 37))).collect();
    let roster = Roster::new(&records);
    for random in [0, 1, 999, u64::MAX, 0x1234_5678_9abc_def0] {
        let ids = roster.choose(Pool::Residential, &PlaceFilter::default(), 1_000, random);
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), 1_000);
    }
    assert_eq!(roster.choose(Pool::Residential, &PlaceFilter::default(), 2_500, 5).len(), 2_500);
}

#[test]
fn a_place_without_a_healthy_exit_is_not_offered() {
    let roster = roster();
    assert_eq!(offered(&roster), ["DE-BE 1", "US-CA 2", "US-IL 1"]);
    let version = roster.version();
    roster.observe(vec![health(1, false, 0)]);
    assert_eq!(
        (offered(&roster), roster.version()),
        (vec!["DE-BE 1".into(), "US-CA 1".into(), "US-IL 1".into()], version)
    );
    roster.observe(vec![health(3, false, 0)]);
    assert_eq!(offered(&roster), ["DE-BE 1", "US-CA 1"]);
    assert!(roster.version() > version);
    roster.observe(vec![health(3, true, 0)]);
    assert_eq!(offered(&roster), ["DE-BE 1", "US-CA 1", "US-IL 1"]);
}

#[test]
fn what_was_dead_is_so_until_it_is_seen_well() {
    let records = [record(3, "US", "US-IL", "Burbank"), record(4, "DE", "DE-BE", "Berlin")];
    let roster = Roster::known(&records, &[ExitId(4), ExitId(99)]);
    assert_eq!(offered(&roster), ["US-IL 1"]);
    roster.observe(vec![health(4, true, 0)]);
    assert_eq!(offered(&roster), ["DE-BE 1", "US-IL 1"]);
}

#[test]
fn changes_are_followed_and_health_survives_them() {
    let roster = roster();
    roster.observe(vec![health(4, false, 0)]);
    roster.follow(&Change::Exit(Box::new(record(4, "DE", "DE-BY", "Munich"))));
    assert_eq!(offered(&roster), ["US-CA 2", "US-IL 1"], "a new description does not heal");
    roster.observe(vec![health(4, true, 1)]);
    assert_eq!(offered(&roster), ["DE-BY 1", "US-CA 2", "US-IL 1"]);
    let drained = ExitRecord { status: ExitStatus::Draining, ..record(3, "US", "US-IL", "Burbank") };
    roster.follow(&Change::Exit(Box::new(drained)));
    roster.follow(&Change::ExitGone(ExitId(1)));
    assert_eq!(offered(&roster), ["DE-BY 1", "US-CA 1"]);
    assert!(roster.serves(ExitId(2)) && !roster.serves(ExitId(3)) && !roster.serves(ExitId(1)));
}

#[test]
fn only_news_of_health_is_worth_saving() {
    let roster = roster();
    let worth = |seen| roster.observe(vec![seen]).len();
    assert_eq!(
        [
            worth(health(1, true, 0)),
            worth(health(1, true, 1)),
            worth(health(1, false, 2)),
            worth(health(1, false, 60_002))
        ],
        [1, 0, 1, 1]
    );
}

#[test]
fn countries_are_counted() {
    let offer = roster().offer(Pool::Residential);
    let us = CountryCode::parse("US").unwrap();
    assert_eq!(offer.countries(), [(CountryCode::parse("DE").unwrap(), 1), (us, 3)]);
    assert_eq!(offer.of_country(us).len(), 2);
}
