//! A thousand connections that end in every way leave nothing behind: no task, no descriptor, no lease, no
//! pipe. Alone in its process, because it counts the descriptors of all of it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failed assumption is the failing test"
)]

mod common;

use common::{Lab, Origin, Setup, Wire, eventually};
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

/// Connections of one way of ending.
const EACH: usize = 125;

/// Echoes, until a byte tells how to end: `R` resets, `F` finishes, `B` sends a MiB and finishes.
async fn origin(mut stream: TcpStream) {
    let mut byte = [0];
    while matches!(stream.read(&mut byte).await, Ok(1)) {
        match byte[0] {
            b'R' => return stream.set_zero_linger().unwrap(),
            b'F' => return,
            b'B' => return drop(stream.write_all(&vec![7; 1 << 20]).await),
            _ => {
                if stream.write_all(&byte).await.is_err() {
                    return;
                }
            }
        }
    }
    let _ = stream.shutdown().await;
}

fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

/// A tunnel that was used once; by SOCKS5 every second time.
async fn used(lab: &Lab, at: std::net::SocketAddr, n: usize) -> (Wire, Reset) {
    let socket = TcpSocket::new_v4().unwrap();
    let stream = socket.connect(lab.proxy).await.unwrap();
    let reset = Reset(std::os::fd::AsFd::as_fd(&stream).try_clone_to_owned().unwrap());
    let mut wire = Wire::over(stream);
    if n.is_multiple_of(2) {
        assert_eq!(wire.connect_to("alice", at).await.status, 200);
    } else {
        assert_eq!(wire.socks5("alice", at).await, 0);
    }
    wire.send("u").await;
    wire.expect("u").await;
    (wire, reset)
}

/// A second hold of a socket, to make its close a reset.
struct Reset(std::os::fd::OwnedFd);

impl Reset {
    fn arm(&self) {
        socket2::SockRef::from(&self.0).set_linger(Some(Duration::ZERO)).unwrap();
    }
}

/// Ends a tunnel in one of the ways.
async fn end(way: usize, (mut wire, reset): (Wire, Reset)) {
    match way {
        0 => reset.arm(),
        1 => wire.finish().await,
        2 => wire.send("R").await,
        3 => wire.send("F").await,
        4 => wire.send("B").await,
        // Half-closed, then read to the end.
        5 => {
            wire.finish().await;
            wire.rest().await;
        }
        // Reset in the middle of a bulk.
        6 => {
            wire.send("B").await;
            wire.read(1_000).await;
            reset.arm();
        }
        // Left to the idle clock.
        _ => {
            wire.rest().await;
        }
    }
    // Way 2 to 4 end from the other side.
    if (2..=4).contains(&way) {
        wire.rest().await;
    }
}

#[tokio::test]
async fn a_thousand_connections_leave_nothing_behind() {
    let origin = Origin::raw(origin).await;
    let mut setup = Setup::new(&[origin.address]);
    // Short, but longer than it takes to open so many.
    setup.config.timeouts.idle = Duration::from_secs(3);
    let lab = setup.start().await;
    let metrics = lab.gateway.metrics();
    let gone = || metrics.open.load(Ordering::Relaxed) == 0 && metrics.tunnels.load(Ordering::Relaxed) == 0;
    end(1, used(&lab, origin.address, 0).await).await;
    eventually("the first is over", gone).await;
    let before = descriptors();
    for way in 0..8 {
        let all = (0..EACH).map(|n| used(&lab, origin.address, n));
        let all = futures_util::future::join_all(all).await;
        futures_util::future::join_all(all.into_iter().map(|one| end(way, one))).await;
        eventually(&format!("way {way} is over"), gone).await;
    }
    eventually("pipes are closed", || metrics.pipes.load(Ordering::Relaxed) == 0).await;
    eventually("descriptors are closed", || descriptors() <= before).await;
    // Idle subjects give their leases back: the clock says when.
    lab.gateway.report_now().await;
    lab.control.clock.forward(1);
    lab.gateway.report_now().await;
    lab.control.clock.forward(1);
    eventually("leases and budgets are given back", || {
        let (granted, closed) = lab.control.leases();
        granted == closed && metrics.budgets.load(Ordering::Relaxed) == 0
    })
    .await;
    drained(lab, &origin).await;
}

/// What still runs when the gateway drains ends with it.
async fn drained(lab: Lab, origin: &Origin) {
    let mut wires = Vec::new();
    for n in 0..20 {
        wires.push(used(&lab, origin.address, n).await);
    }
    let metrics = lab.gateway.metrics();
    let (control, gateway) = (lab.control, lab.gateway);
    gateway.drain(Duration::from_millis(100)).await;
    for (mut wire, _reset) in wires {
        wire.rest().await;
    }
    let left = [&metrics.open, &metrics.tunnels, &metrics.pipes].map(|gauge| gauge.load(Ordering::Relaxed));
    assert_eq!(left, [0, 0, 0]);
    let (granted, closed) = control.leases();
    assert_eq!(granted, closed, "a drained gateway holds no lease");
    let (up, down) = control.counted();
    assert_eq!(up + down, control.leased());
}
