//! kill -9 under load, again and again: after a restart at most the last second is uncounted, nothing is
//! counted twice, the sums agree, and no lease is lost.
//!
//! `TURNPIKE_TEST_KILLS` says how often (5 where it is not set).

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a failed assumption here is the failing test"
)]

mod common;

use common::Demo;
use serde_json::json;
use std::io::{Read, Write};
use std::process::Command;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use turnpike_store::{Read as _, Store, args};

const CLIENTS: usize = 4;
const NAME: &str = "crash01";
/// What a started KB and the request heads may add to a figure, in KB.
const SLACK: u64 = 2;

/// What one client saw: when how many bytes had come.
struct Seen(Vec<(Instant, u64)>);

impl Seen {
    fn before(&self, at: Instant) -> u64 {
        self.0.iter().rev().find(|(when, _)| *when <= at).map_or(0, |(_, bytes)| *bytes)
    }
    fn all(&self) -> u64 {
        self.0.last().map_or(0, |(_, bytes)| *bytes)
    }
}

/// Downloads without an end in sight, at some 60 MiB/s at most, until the connection ends.
fn load(demo: &Demo, running: &Barrier) -> Seen {
    let (mut stream, head) = demo.tunnel(NAME, "pass");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let host = demo.echo_host();
    let head = format!("GET /bytes/{} HTTP/1.1\r\nHost: {host}\r\n\r\n", 8_u64 << 30);
    stream.write_all(head.as_bytes()).unwrap();
    let (mut buffer, mut bytes, mut seen) = (vec![0; 1 << 16], 0, Vec::new());
    running.wait();
    while let Ok(n @ 1..) = stream.read(&mut buffer) {
        bytes += n as u64;
        seen.push((Instant::now(), bytes));
        // A pace, so that the processor is left to the process under test.
        std::thread::sleep(Duration::from_millis(1));
    }
    Seen(seen)
}

/// A machine that is late with a thread by so much at the worst is late with a report by several times that: its own
/// threads and the store's wait one after the other.
const HOPS: u32 = 5;

/// The longest that the machine let a thread wait over its time, until `over`.
fn lateness(over: &AtomicBool) -> Duration {
    let nap = Duration::from_millis(10);
    let mut worst = Duration::ZERO;
    while !over.load(Ordering::Relaxed) {
        let began = Instant::now();
        std::thread::sleep(nap);
        worst = worst.max(began.elapsed().saturating_sub(nap));
    }
    worst
}

/// Loads, kills after `run`; gives the bytes that have to be counted, and the bytes that moved.
fn round(demo: &mut Demo, run: Duration) -> (u64, u64) {
    let running = Barrier::new(CLIENTS + 1);
    let pid = demo.pid();
    let over = AtomicBool::new(false);
    let (killed, late, seen) = std::thread::scope(|scope| {
        let late = scope.spawn(|| lateness(&over));
        let clients: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(|| load(demo, &running))).collect();
        running.wait();
        std::thread::sleep(run);
        let killed = Instant::now();
        assert!(Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap().success());
        over.store(true, Ordering::Relaxed);
        let seen = clients.into_iter().map(|client| client.join().unwrap()).collect::<Vec<_>>();
        (killed, late.join().unwrap(), seen)
    });
    demo.reap();
    let last = killed - Duration::from_secs(1) - late * HOPS;
    let must = seen.iter().map(|one| one.before(last)).sum();
    (must, seen.iter().map(Seen::all).sum())
}

/// KB that the account's row shows.
fn counted(demo: &Demo) -> u64 {
    demo.account_row(NAME)["usage_flow"].as_u64().expect("the account is there")
}

/// Bytes in leases that somebody still holds, as packages and accounts have it.
async fn reserved(store: &Store) -> Vec<i64> {
    let tx = store.read().await.unwrap();
    let mut sums = Vec::new();
    for table in ["packages", "accounts"] {
        let sql = format!("SELECT CAST(COALESCE(SUM(reserved), 0) AS BIGINT) AS n FROM {table}");
        sums.push(tx.row(&sql, args![]).await.unwrap().unwrap().get("n").unwrap());
    }
    sums
}

/// `turnpike check` beside the restarted server.
fn check(demo: &Demo, more: &[&str]) {
    let mut check = Command::new(env!("CARGO_BIN_EXE_turnpike"));
    let told = check.args(["check", "--data-dir"]).arg(demo.dir.path()).args(more).output().unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stdout));
}

fn survives(more: &[&str], store: impl AsyncFn(&Demo) -> Store) {
    let kills = std::env::var("TURNPIKE_TEST_KILLS").map_or(5, |n| n.parse().expect("a count of kills"));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut demo = Demo::start(more);
    demo.account(NAME, json!({}));
    for kill in 0..kills {
        let before = counted(&demo);
        let (must, moved) = round(&mut demo, Duration::from_millis(1_500 + 130 * (kill % 8)));
        demo.restart();
        let now = counted(&demo) - before;
        println!("kill {kill}: {} KiB had to be counted, {now} were, {} moved", must / 1_024, moved / 1_024);
        assert!(moved > 0, "the load moved nothing");
        assert!(now + SLACK >= must / 1_024, "more than the last second is lost: {now} KB of {must} bytes");
        assert!(now <= moved / 1_024 + SLACK, "counted twice: {now} KB of {moved} bytes");
        let held = runtime.block_on(async { reserved(&store(&demo).await).await });
        assert_eq!(held, [0, 0], "leases of the killed life are held");
        check(&demo, more);
    }
}

#[test]
fn a_kill_loses_at_most_the_last_second_and_counts_nothing_twice_on_sqlite() {
    survives(&[], async |demo| Store::look_sqlite(demo.dir.path()).await.unwrap());
}

#[test]
fn a_kill_loses_at_most_the_last_second_and_counts_nothing_twice_on_postgres() {
    let Ok(url) = std::env::var("TURNPIKE_TEST_POSTGRES") else {
        assert!(std::env::var_os("TURNPIKE_TEST_REQUIRE").is_none(), "TURNPIKE_TEST_POSTGRES is not set");
        eprintln!("SKIPPED: kills on PostgreSQL (set TURNPIKE_TEST_POSTGRES)");
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let schema = runtime.block_on(turnpike_store::testing::fresh_schema(&url));
    survives(&["--database-url", &schema], async |_| Store::open_postgres(&schema).await.unwrap());
}
