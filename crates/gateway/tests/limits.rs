//! Limits hold while connections run.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failed assumption is the failing test"
)]

mod common;

use common::client::End;
use common::{Account, Lab, Origin, PATIENCE, Setup};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use turnpike_base::{CustomerId, ProductType};
use turnpike_wire::{Caps, Change};

const MIB: usize = 1 << 20;

/// Sends without end, once it is asked to.
async fn flood(mut stream: tokio::net::TcpStream) {
    let _ = stream.read_u8().await;
    while stream.write_all(&[7; 65_536]).await.is_ok() {}
}

fn package() -> Change {
    Change::Package { customer: CustomerId(1), product: ProductType::Dynamic }
}

async fn four_downloads(lab: &Lab, origin: &Origin) -> usize {
    let mut wires = Vec::new();
    for _ in 0..4 {
        wires.push(lab.tunnel("alice", origin.address).await);
    }
    for wire in &mut wires {
        wire.send("g").await;
    }
    let mut sum = 0;
    let downloads = wires.iter_mut().map(|wire| wire.rest());
    for (bytes, end) in futures_util::future::join_all(downloads).await {
        assert_eq!(end, End::Fin, "a limit ends with FIN");
        sum += bytes.len();
    }
    sum
}

#[tokio::test]
async fn four_downloads_stop_where_the_purse_ends() {
    let origin = Origin::raw(flood).await;
    let lab = Lab::at(&origin).await;
    let subject = Account::new(1).permit.subject;
    lab.control.fill_purse(subject, 64 * MIB as i64, 8 * MIB as i64);
    let sum = four_downloads(&lab, &origin).await;
    assert!((64 * MIB - 64 * MIB / 100..=68 * MIB).contains(&sum), "{sum}");
    lab.gateway.report_now().await;
    assert_eq!(lab.control.counted(), (4, sum as i64), "what arrived is what is counted");
    assert_eq!(lab.control.leased(), sum as i64 + 4);
    let got = lab.dial().await.connect_to("alice", origin.address).await;
    assert_eq!((got.status, got.field("x-proxy-error")), (402, Some("package_empty")));
}

#[tokio::test]
async fn a_purse_that_is_filled_or_emptied_is_felt_at_once() {
    let origin = Origin::raw(flood).await;
    let lab = Lab::at(&origin).await;
    let subject = Account::new(1).permit.subject;
    lab.control.fill_purse(subject, 4 * MIB as i64, MIB as i64);
    assert!(four_downloads(&lab, &origin).await <= 8 * MIB);
    lab.control.fill_purse(subject, 1 << 40, 64 * MIB as i64);
    lab.tell(package()).await;
    let mut wire = lab.tunnel("alice", origin.address).await;
    wire.send("g").await;
    wire.read(2 * MIB).await;
    // Lowered to nothing: what is still leased is taken back, and the download ends.
    lab.control.fill_purse(subject, 0, 0);
    lab.tell(package()).await;
    assert_eq!(wire.rest().await.1, End::Fin);
}

fn capped(bandwidth: Option<u64>, concurrency: Option<u32>) -> impl FnOnce(&mut Account) {
    move |account| account.permit.caps = Some(Caps { bandwidth, concurrency })
}

#[tokio::test]
async fn connections_at_once_are_counted_and_the_count_may_change() {
    let origin = Origin::echo().await;
    let lab = Lab::at(&origin).await;
    lab.control.edit("alice", capped(None, Some(2)));
    let at = origin.address;
    let (one, _two) = (lab.tunnel("alice", at).await, lab.tunnel("alice", at).await);
    let got = lab.dial().await.connect_to("alice", at).await;
    assert_eq!((got.status, got.field("x-proxy-error")), (429, Some("too_many_connections")));
    assert_eq!(lab.dial().await.socks5("alice", at).await, 2);
    drop(one);
    lab.settle("a slot comes free", |m| m.tunnels.load(std::sync::atomic::Ordering::Relaxed) == 1).await;
    let _one = lab.tunnel("alice", at).await;
    lab.control.edit("alice", capped(None, Some(3)));
    lab.tell(package()).await;
    let _three = lab.tunnel("alice", at).await;
    assert_eq!(lab.dial().await.connect_to("alice", at).await.status, 429);
}

/// How long four downloads take for so much together.
async fn time_for(lab: &Lab, origin: &Origin, each: usize) -> Duration {
    let mut wires = Vec::new();
    for _ in 0..4 {
        wires.push(lab.tunnel("alice", origin.address).await);
    }
    let began = Instant::now();
    for wire in &mut wires {
        wire.send("g").await;
    }
    let all = wires.iter_mut().map(|wire| wire.read(each));
    tokio::time::timeout(PATIENCE, futures_util::future::join_all(all)).await.unwrap();
    began.elapsed()
}

#[tokio::test]
async fn bandwidth_is_shared_by_all_connections() {
    let origin = Origin::raw(flood).await;
    let lab = Lab::at(&origin).await;
    lab.control.edit("alice", capped(Some(4 * MIB as u64), None));
    // A tenth of a second may come at once.
    let took = time_for(&lab, &origin, MIB + MIB / 2).await;
    assert!(took > Duration::from_millis(1_100), "{took:?} for 6 MiB at 4 MiB/s");
    lab.control.edit("alice", capped(Some(64 * MIB as u64), None));
    lab.tell(package()).await;
    let faster = time_for(&lab, &origin, MIB + MIB / 2).await;
    assert!(faster < took, "{faster:?} against {took:?}");
}

#[tokio::test]
async fn who_owns_nothing_reaches_nothing() {
    let origin = Origin::echo().await;
    let setup = Setup::new(&[origin.address]);
    setup.control.fill_purse(Account::new(1).permit.subject, 0, 0);
    let lab = setup.start().await;
    assert_eq!(lab.dial().await.connect_to("alice", origin.address).await.status, 402);
    assert_eq!(lab.dial().await.socks5("alice", origin.address).await, 2);
}

/// Answers every request with so many bytes.
async fn answers(bytes: usize) -> Origin {
    let body = "x".repeat(bytes);
    Origin::http(move |_| format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())).await
}

/// Asks on one kept-alive connection until something else than 200 comes: bytes moved, and that answer.
async fn ask_until_refused(lab: &Lab, origin: &Origin) -> (usize, common::client::Response) {
    let mut wire = lab.dial().await;
    let mut moved = 0;
    loop {
        wire.reset_counts();
        let got = wire.get(origin.address, "/", "").await;
        if got.status != 200 {
            return (moved, got);
        }
        moved += wire.received;
    }
}

#[tokio::test]
async fn small_answers_on_kept_connections_stop_where_the_purse_ends() {
    let origin = answers(12_000).await;
    let lab = Lab::at(&origin).await;
    lab.control.fill_purse(Account::new(1).permit.subject, 4 * MIB as i64, MIB as i64 / 2);
    let four = (0..4).map(|_| ask_until_refused(&lab, &origin));
    let ended = futures_util::future::join_all(four).await;
    let sum: usize = ended.iter().map(|(moved, _)| moved).sum();
    // What the four had in hand when nothing was left is lost to them, and so are their requests' heads.
    assert!((4 * MIB - 256 * 1_024..=4 * MIB).contains(&sum), "{sum}");
    for (_, got) in ended {
        assert_eq!((got.status, got.field("x-proxy-error")), (402, Some("package_empty")));
    }
    lab.gateway.report_now().await;
    let (up, down) = lab.control.counted();
    assert!(up + down <= 4 * MIB as i64, "{up} and {down}");
    // Who has money again goes on.
    lab.control.fill_purse(Account::new(1).permit.subject, 1 << 40, MIB as i64);
    lab.tell(package()).await;
    assert_eq!(lab.dial().await.get(origin.address, "/", "").await.status, 200);
}

#[tokio::test]
async fn small_messages_in_both_directions_keep_to_the_bandwidth() {
    let origin = answers(8_000).await;
    let lab = Lab::at(&origin).await;
    lab.control.edit("alice", capped(Some(MIB as u64), None));
    let mut wire = lab.dial().await;
    let began = Instant::now();
    let mut moved = 0;
    while moved < MIB {
        let padding = format!("X: {}\r\n", "y".repeat(4_000));
        assert_eq!(wire.get(origin.address, "/", &padding).await.status, 200);
        moved += 12_000;
    }
    let took = began.elapsed();
    assert!(took > Duration::from_millis(850), "{took:?} for 1 MiB at 1 MiB/s");
}
