//! Many tunnels that have been used once and then carry nothing, while the proxy's memory is read.

use super::workers::exchange;
use crate::dial::Route;
use crate::scenario::Sample;
use std::io;
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::{JoinSet, LocalSet};

/// Tunnels opened at the same time.
const AT_ONCE: usize = 64;
/// Opened and closed beforehand: what a proxy allocates once is not counted for the tunnels.
const FIRST: usize = 32;
/// Memory is read again until it stands still that long, or the patience ends.
const STILL: Duration = Duration::from_millis(200);
const PATIENCE: Duration = Duration::from_secs(5);

/// Holds `count` tunnels and gives KiB of resident memory per tunnel. `resident` reads the proxy's bytes.
pub(crate) fn idle(route: &Route, count: usize, resident: impl Fn() -> u64) -> Result<Sample, String> {
    let said = |error: io::Error| error.to_string();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(said)?;
    let local = LocalSet::new();
    let route = Rc::new(route.clone());
    drop(local.block_on(&runtime, open(&route, FIRST)).map_err(said)?);
    let before = settled(&resident);
    let held = local.block_on(&runtime, open(&route, count)).map_err(said)?;
    let after = settled(&resident);
    drop(held);
    let kib = (after as f64 - before as f64) / 1024.0 / count as f64;
    Ok(Sample { rate: count as f64, cost: kib, p50_us: 0.0, p99_us: 0.0, errors: 0 })
}

async fn open(route: &Rc<Route>, count: usize) -> io::Result<Vec<TcpStream>> {
    let turn = Rc::new(Semaphore::new(AT_ONCE));
    let mut opening = JoinSet::new();
    for _ in 0..count {
        let (route, turn) = (Rc::clone(route), Rc::clone(&turn));
        opening.spawn_local(async move {
            let _mine = turn.acquire().await.map_err(io::Error::other)?;
            let mut stream = route.open().await?;
            exchange(&mut stream).await?;
            Ok::<_, io::Error>(stream)
        });
    }
    let mut held = Vec::with_capacity(count);
    while let Some(opened) = opening.join_next().await {
        held.push(opened.map_err(io::Error::other)??);
    }
    Ok(held)
}

/// The proxy's memory, once it no longer moves by more than a hundredth.
fn settled(resident: &impl Fn() -> u64) -> u64 {
    let began = Instant::now();
    let mut last = resident();
    while began.elapsed() < PATIENCE {
        std::thread::sleep(STILL);
        let now = resident();
        if now.abs_diff(last) <= last / 100 {
            return now;
        }
        last = now;
    }
    last
}
