//! What place lists and the memory of exits and sessions cost control. It prints, and judges only what can't depend on
//! the machine; a million of each, measured:
//! `TURNPIKE_BENCH_EXITS=1000 cargo test --release -p turnpike-network --lib figures -- --nocapture`

#![allow(clippy::print_stdout, reason = "figures for people")]

use crate::roster::Roster;
use crate::sessions::Pins;
use crate::testing::{ALICE, Api, NOW, vault};
use std::future::Future;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use turnpike_access::accounts::{self, NewAccount, Pair};
use turnpike_base::{AccountId, Bytes, CustomerId, ExitId, ProductType, Secret};
use turnpike_places::{Catalogue, City};
use turnpike_store::{Store, testing};
use turnpike_wire::{
    Bind, Change, CountryCode, ExitKind, ExitRecord, ExitStatus, PinAsk, PlaceFilter, Pool, Subject,
};

fn thousands() -> usize {
    std::env::var("TURNPIKE_BENCH_EXITS").ok().and_then(|text| text.parse().ok()).unwrap_or(20)
}

/// Memory of the process, in bytes.
fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    text.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * 4_096
}

/// What this thread has computed so far, told every few ms: other work on the machine does not count.
fn computed() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split(' ').next().and_then(|ns| ns.parse().ok()).unwrap_or(0))
}

/// What takes less than that: the quickest of a few times.
fn quickest<T>(work: impl Fn() -> T) -> (T, Duration) {
    let timed = || {
        let began = Instant::now();
        (work(), began.elapsed())
    };
    (0..9).map(|_| timed()).min_by_key(|(_, took)| *took).unwrap()
}

/// Every city of the world.
fn cities() -> Vec<&'static City> {
    let world = Catalogue::get();
    world.countries().iter().flat_map(|country| world.cities_of(country.code)).collect()
}

/// An exit in each of them in turn.
fn record(n: usize, cities: &[&City]) -> ExitRecord {
    let city = cities[n % cities.len()];
    ExitRecord {
        id: ExitId(i64::try_from(n).unwrap() + 1),
        kind: ExitKind::Local {
            bind: Bind::Address(IpAddr::V4(Ipv4Addr::from(0x0a00_0000 + u32::try_from(n).unwrap()))),
        },
        pools: vec![Pool::Residential],
        country: CountryCode::parse(city.country).unwrap(),
        state_key: city.state.map(str::to_owned),
        city_key: Some(city.key.clone()),
        city: Some(city.name.to_owned()),
        asn: Some(u32::try_from(n % 3_000).unwrap() + 1),
        status: ExitStatus::Enabled,
    }
}

async fn account(store: &Store) {
    let access = turnpike_access::State::over(store.clone(), vault());
    let pair = Pair { username: "user01".into(), password: Secret::new("pass") };
    let new = NewAccount {
        product: ProductType::Dynamic,
        remark: String::new(),
        limit: Bytes::ZERO,
        daily_limit: Bytes::ZERO,
        cap: 10,
    };
    accounts::flow::add(&access, ALICE, &[pair], &new, NOW).await.unwrap();
}

#[tokio::test]
async fn lists_of_every_city_of_the_world() {
    let test = testing::sqlite().await;
    account(&test.store).await;
    let count = thousands() * 1_000;
    let cities = cities();
    let records: Vec<ExitRecord> = (0..count).map(|n| record(n, &cities)).collect();
    let (before, began) = (resident(), computed());
    let roster = Roster::new(&records);
    println!(
        "{count} exits: in the roster in {:.2?}, {} bytes each",
        computed() - began,
        resident().saturating_sub(before) / count
    );
    let (chosen, took) = quickest(|| roster.choose(Pool::Residential, &PlaceFilter::default(), 1_000, 7));
    println!("1,000 of them for an extraction: {took:.2?}");
    assert_eq!(chosen.len(), 1_000);
    drop(roster);
    let api = Api::new(&test.store).await;
    records.iter().for_each(|record| api.state.roster.follow(&Change::Exit(Box::new(record.clone()))));
    for path in [
        "ip/dcl4?username=user01",
        "ip/dsl4?username=user01",
        "ip/dal4?username=user01",
        "ip/dynamic-citys",
        "ip/dynamic-states",
        "ip/dynamic-citys/search?country_code=US&state=CA",
        "ip/dynamic-states/search?country_code=US",
        "host-pool/regions",
    ] {
        // A place that came makes what was kept stale.
        let mut fresh = record(0, &cities);
        fresh.id = ExitId(i64::MAX);
        fresh.city_key = Some(format!("new{}", path.len()));
        api.state.roster.follow(&Change::Exit(Box::new(fresh)));
        let began = computed();
        let (_, _, body) = api.send(ALICE, crate::testing::HOME, &format!("/gateway/{path}")).await;
        println!("{path}: {:.2?} uncached, {} bytes", computed() - began, body.len());
        assert!(body.contains("\"code\":200"), "{body}");
        assert!(!path.contains("l4") || body.contains("\"cache\":false"));
    }
}

fn session(n: usize) -> PinAsk {
    let n64 = i64::try_from(n).unwrap();
    let subject = Subject {
        customer: CustomerId(n64 % 10_000),
        account: Some(AccountId(n64 % 100_000)),
        product: ProductType::Dynamic,
    };
    PinAsk {
        subject,
        session: format!("session{n}@US@US-CA@losangeles@@"),
        exit: ExitId(n64 + 1),
        until: NOW.plus_minutes(10),
        instead_of: None,
        prolongs: true,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_that_control_keeps() {
    let test = testing::sqlite().await;
    let count = thousands() * 1_000;
    let before = resident();
    let pins = Pins::default();
    let (began, mut longest) = (computed(), Duration::ZERO);
    for n in 0..count {
        let ask = session(n);
        let began = Instant::now();
        assert_eq!(pins.pin(ask, NOW).exit, ExitId(i64::try_from(n).unwrap() + 1));
        longest = longest.max(began.elapsed());
    }
    let taken = computed() - began;
    let bytes = resident().saturating_sub(before) / count;
    println!(
        "{count} sessions: pinned in {taken:.2?}, the longest {longest:.1?}, {bytes} bytes each before they are saved"
    );
    let (own, took) = quickest(|| pins.of_customer(CustomerId(7), NOW).len());
    assert_eq!(own, count.div_ceil(10_000).min(count));
    println!("a customer's own among them: {took:.2?}");
    let began = Instant::now();
    let longest = longest_wait(&pins, count, pins.save(&test.store, NOW));
    println!("all saved within {:.1?}; meanwhile one waits {longest:.1?} at the most", began.elapsed());
    // Round after round: each looks through another part of them for what ended.
    let rounds = async {
        for _ in 0..100 {
            pins.save(&test.store, NOW).await?;
        }
        Ok(())
    };
    println!("while they are swept one waits {:.1?} at the most", longest_wait(&pins, count, rounds));
}

/// How long a session waits for its pin while something else goes on: the longest of many.
fn longest_wait(
    pins: &Pins,
    count: usize,
    work: impl Future<Output = turnpike_base::Result<()>>,
) -> Duration {
    let done = AtomicBool::new(false);
    let (pins, done) = (&pins, &done);
    let asks = || {
        let (mut n, mut longest) = (0, Duration::ZERO);
        while !done.load(Ordering::Relaxed) {
            let ask = session(n * 37 % count);
            let began = Instant::now();
            pins.pin(ask, NOW);
            longest = longest.max(began.elapsed());
            n += 1;
        }
        longest
    };
    std::thread::scope(|scope| {
        let asks = scope.spawn(asks);
        let outcome = tokio::task::block_in_place(|| Handle::current().block_on(work));
        done.store(true, Ordering::Relaxed);
        outcome.unwrap();
        asks.join().unwrap()
    })
}
