//! The load against the origin itself, without a proxy between: it counts what happened.

use super::*;
use crate::dial::Entry;
use crate::origin;

fn straight() -> Route {
    let origin = origin::start(1).unwrap();
    Route::new(&Entry::Raw, origin, origin)
}

#[test]
fn every_load_runs_against_the_origin_itself() {
    let route = straight();
    let window = Duration::from_millis(300);
    for scenario in [Scenario::Tunnels, Scenario::Bulk, Scenario::Exchanges, Scenario::Gets] {
        let sample = run(scenario, &route, window, || 0.0).unwrap();
        assert!(sample.rate > 0.0, "{scenario:?}");
        assert_eq!(sample.errors, 0, "{scenario:?}");
        assert!(sample.p50_us <= sample.p99_us);
    }
}

#[test]
fn a_proxy_that_refuses_gives_no_figures() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let route = Route::new(&Entry::Raw, closed, closed);
    let wrong = run(Scenario::Exchanges, &route, Duration::from_millis(50), || 0.0).unwrap_err();
    assert!(wrong.contains("refused"), "{wrong}");
}

#[test]
fn memory_is_told_per_tunnel() {
    let reads = std::cell::Cell::new(0_u64);
    // The first readings, before the tunnels, stand still at 1 MiB, the later ones at 2 MiB.
    let resident = || {
        reads.set(reads.get() + 1);
        if reads.get() <= 2 { 1 << 20 } else { 2 << 20 }
    };
    let sample = idle(&straight(), 64, resident).unwrap();
    assert!((sample.cost - 16.0).abs() < 1e-9, "{}", sample.cost);
}

#[test]
fn figures_have_their_units() {
    assert_eq!(figures(Scenario::Tunnels, 1_000.0, 0.5, 2.0), (500.0, 500.0));
    assert_eq!(figures(Scenario::Bulk, 1e9, 0.25, 2.0), (4.0, 0.25));
    assert_eq!(percentile(&[1_000, 2_000, 3_000], 50), 2.0);
    assert_eq!(percentile(&[], 99), 0.0);
}

#[test]
fn an_answer_ends_with_its_body() {
    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc";
    assert_eq!(workers::length(answer).unwrap(), Some(answer.len()));
    assert_eq!(workers::length(b"HTTP/1.1 200 OK\r\n").unwrap(), None);
    assert!(workers::length(b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n").is_err());
}
