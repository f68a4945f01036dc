//! What a choice of an exit and the memory of exits and sessions cost. It prints and judges only what can't depend on
//! the machine; a million of each, measured:
//! `TURNPIKE_BENCH_EXITS=1000 cargo test --release -p turnpike-gateway --lib figures -- --nocapture`

#![allow(clippy::print_stdout, reason = "figures for people")]

use crate::exits::{Index, hash};
use crate::sessions::{Key, Pin, Sessions};
use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use turnpike_base::{AccountId, CustomerId, ExitId, ProductType, Timestamp};
use turnpike_wire::{Bind, CountryCode, ExitKind, ExitRecord, ExitStatus, PlaceFilter, Pool, Subject};

const COUNTRIES: u32 = 195;
const CITIES: u32 = 5_000;
/// Networks of one city.
const ASNS: u32 = 8;
const NOW: Timestamp = Timestamp(1_795_521_600_000);

fn thousands() -> u32 {
    std::env::var("TURNPIKE_BENCH_EXITS").ok().and_then(|text| text.parse().ok()).unwrap_or(20)
}

/// A test that only has to pass chooses less often.
fn choices() -> u64 {
    u64::from(thousands()) * 1_000
}

/// Memory of the process, in bytes.
fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    text.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4_096
}

fn country(city: u32) -> CountryCode {
    let n = city % COUNTRIES;
    let letter = |n: u32| char::from(b'A' + u8::try_from(n % 26).unwrap());
    CountryCode::parse(&format!("{}{}", letter(n / 26), letter(n))).unwrap()
}

fn record(n: u32) -> ExitRecord {
    let city = n % CITIES;
    ExitRecord {
        id: ExitId(i64::from(n) + 1),
        kind: ExitKind::Local { bind: Bind::Address(IpAddr::V4(Ipv4Addr::from(0x0a00_0000 + n))) },
        pools: vec![Pool::Residential],
        country: country(city),
        state_key: Some(format!("{}-{}", country(city), city % 20)),
        city_key: Some(format!("city{city}")),
        city: Some(format!("City {city}")),
        asn: Some(city * 7 + n / CITIES % ASNS),
        status: ExitStatus::Enabled,
    }
}

/// What customers ask for: anything, a country, a city.
fn place(n: u64) -> PlaceFilter {
    let city = u32::try_from(n % u64::from(CITIES)).unwrap();
    let of_country = PlaceFilter { country: Some(country(city)), ..PlaceFilter::default() };
    match n % 3 {
        0 => PlaceFilter::default(),
        1 => of_country,
        _ => PlaceFilter { city: Some(format!("city{city}")), ..of_country },
    }
}

/// What this thread has computed so far: other work on the machine does not count.
fn computed() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split(' ').next().and_then(|ns| ns.parse().ok()).unwrap_or(0))
}

/// Nanoseconds of one.
fn each(began: Duration, count: u64) -> u128 {
    (computed() - began).as_nanos() / u128::from(count)
}

fn session(n: u32) -> (Key, Pin) {
    let subject = Subject {
        customer: CustomerId(i64::from(n % 10_000)),
        account: Some(AccountId(i64::from(n % 100_000))),
        product: ProductType::Dynamic,
    };
    let key = Key { subject, name: format!("session{n}"), place: place(u64::from(n)), ip: None };
    let pin = Pin { exit: ExitId(1), until: None, last_used: NOW, told: NOW, turn: 0 };
    (key, pin)
}

/// How long a session waits for its pin while all pins are swept: the longest of many.
fn longest_wait(sessions: &Sessions, count: u32) -> Duration {
    let swept = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let asks = scope.spawn(|| {
            let keys: Vec<Key> = (0..4_096).map(|n| session(n * 37 % count).0).collect();
            let mut longest = Duration::ZERO;
            for key in keys.iter().cycle().take_while(|_| !swept.load(Ordering::Relaxed)) {
                let began = Instant::now();
                black_box(sessions.around(key).get(key));
                longest = longest.max(began.elapsed());
            }
            longest
        });
        (0..10).for_each(|_| sessions.sweep(NOW));
        swept.store(true, Ordering::Relaxed);
        asks.join().unwrap()
    })
}

#[test]
fn a_choice_takes_no_longer_for_a_million_exits() {
    let count = thousands() * 1_000;
    let (before, began) = (resident(), computed());
    let index = Index::of((0..count).map(record).collect());
    let (took, bytes) = (computed() - began, resident().saturating_sub(before));
    println!("{count} exits: indexed in {took:.2?}, {} bytes each", bytes / u64::from(count));
    let places: Vec<PlaceFilter> = (0..4_096).map(place).collect();
    let choose = |choice: &dyn Fn(&PlaceFilter, u64) -> bool| {
        let began = computed();
        let found =
            (0..choices()).filter(|n| choice(&places[usize::try_from(n % 4_096).unwrap()], hash(n))).count();
        assert_eq!(found as u64, choices());
        each(began, choices())
    };
    let random = choose(&|place, n| black_box(index.pick(Pool::Residential, place, &[], n)).is_some());
    let sticky =
        choose(&|place, n| black_box(index.pick_by_hash(Pool::Residential, place, &[], n)).is_some());
    println!("choice: {random} ns at random, {sticky} ns for a session");
    let before = resident();
    let sessions = Sessions::default();
    let mut longest = Duration::ZERO;
    for (key, pin) in (0..count).map(session) {
        let began = Instant::now();
        sessions.around(&key).insert(key.clone(), pin);
        longest = longest.max(began.elapsed());
    }
    let bytes = resident().saturating_sub(before) / u64::from(count);
    println!("{count} sessions: {bytes} bytes each, the longest to be taken in {longest:.1?}");
    println!("while others are swept one waits {:.1?} at the most", longest_wait(&sessions, count));
    let keys: Vec<Key> = (0..4_096).map(|n| session(n * 37 % count).0).collect();
    let began = computed();
    let known = (0..choices()).filter(|n| {
        let key = &keys[usize::try_from(n % 4_096).unwrap()];
        sessions.around(key).get(key).is_some_and(|pin| index.get(pin.exit).is_some())
    });
    assert_eq!(known.count() as u64, choices());
    println!("a running session's exit: {} ns", each(began, choices()));
}
