//! Puts a load on a proxy: warms up, then counts operations and the proxy's CPU over a window while the
//! load goes on. Threads with an event loop each; a connection never leaves its thread.

mod idle;
mod workers;

pub(crate) use idle::idle;

use crate::dial::Route;
use crate::scenario::{Sample, Scenario};
use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use tokio::task::LocalSet;

/// Before the window, so that the load is in full swing when it opens.
const WARM_UP: Duration = Duration::from_millis(400);
/// More failures than one in so many operations, and the run says nothing about the proxy.
const TOLERATED: u64 = 100;

/// What the workers of all threads count together.
#[derive(Default)]
struct Counters {
    /// Operations, or bytes.
    count: AtomicU64,
    errors: AtomicU64,
    measuring: AtomicBool,
    first_error: Mutex<Option<String>>,
}

impl Counters {
    fn failed(&self, error: &io::Error) {
        self.errors.fetch_add(1, Relaxed);
        let mut first = self.first_error.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert_with(|| error.to_string());
    }
}

/// What a worker holds: where to go, and where to count.
#[derive(Clone)]
struct Worker {
    route: Rc<Route>,
    counters: Arc<Counters>,
    /// Nanoseconds of each operation in the window.
    latencies: Rc<RefCell<Vec<u32>>>,
}

impl Worker {
    /// Counts one operation that began then.
    fn done(&self, began: Instant) {
        self.counters.count.fetch_add(1, Relaxed);
        if self.counters.measuring.load(Relaxed) {
            let nanos = u32::try_from(began.elapsed().as_nanos()).unwrap_or(u32::MAX);
            self.latencies.borrow_mut().push(nanos);
        }
    }
}

struct Thread {
    stop: oneshot::Sender<()>,
    handle: JoinHandle<io::Result<Vec<u32>>>,
}

/// Runs one load and measures it. `cpu` gives the seconds that the proxy has used so far.
pub(crate) fn run(
    scenario: Scenario,
    route: &Route,
    window: Duration,
    cpu: impl Fn() -> f64,
) -> Result<Sample, String> {
    let counters = Arc::new(Counters::default());
    let running = start(scenario, route, &counters).map_err(|error| error.to_string())?;
    std::thread::sleep(WARM_UP);
    counters.measuring.store(true, Relaxed);
    let (began, cpu_before, before) = (Instant::now(), cpu(), counters.count.load(Relaxed));
    std::thread::sleep(window);
    let (after, cpu_after, seconds) = (counters.count.load(Relaxed), cpu(), began.elapsed().as_secs_f64());
    counters.measuring.store(false, Relaxed);
    let errors = counters.errors.load(Relaxed);
    let latencies = stop(running).map_err(|error| error.to_string())?;
    let count = after - before;
    if count == 0 || errors > count / TOLERATED {
        let first = counters.first_error.lock().unwrap_or_else(PoisonError::into_inner).take();
        let first = first.unwrap_or_else(|| "nothing came back".into());
        return Err(format!("{errors} failures beside {count} operations, the first: {first}"));
    }
    let (rate, cost) = figures(scenario, count as f64, cpu_after - cpu_before, seconds);
    let (p50_us, p99_us) = (percentile(&latencies, 50), percentile(&latencies, 99));
    Ok(Sample { rate, cost, p50_us, p99_us, errors })
}

/// Rate and cost in the units of [`Scenario::units`].
fn figures(scenario: Scenario, count: f64, cpu: f64, seconds: f64) -> (f64, f64) {
    match scenario {
        Scenario::Bulk => (count * 8.0 / 1e9 / seconds, cpu / (count / 1e9)),
        _ => (count / seconds, cpu * 1e6 / count),
    }
}

/// Threads for the load, and as many for the origin: half of the machine together, at least one each.
pub(crate) fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, |cores| (cores.get() / 4).max(1))
}

fn start(scenario: Scenario, route: &Route, counters: &Arc<Counters>) -> io::Result<Vec<Thread>> {
    let threads = threads().min(scenario.connections());
    let mut running = Vec::new();
    for index in 0..threads {
        let share = scenario.connections() / threads + usize::from(index < scenario.connections() % threads);
        let (route, counters) = (route.clone(), Arc::clone(counters));
        let (stop, stopped) = oneshot::channel();
        let body = move || thread(scenario, route, counters, share, stopped);
        let handle = std::thread::Builder::new().name("load".into()).spawn(body)?;
        running.push(Thread { stop, handle });
    }
    Ok(running)
}

fn thread(
    scenario: Scenario,
    route: Route,
    counters: Arc<Counters>,
    share: usize,
    stopped: oneshot::Receiver<()>,
) -> io::Result<Vec<u32>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let worker = Worker { route: Rc::new(route), counters, latencies: Rc::default() };
    let local = LocalSet::new();
    for _ in 0..share {
        local.spawn_local(workers::forever(scenario, worker.clone()));
    }
    // An error means that the driver is gone; the load ends either way.
    let _ = local.block_on(&runtime, stopped);
    drop(local);
    Ok(worker.latencies.take())
}

fn stop(running: Vec<Thread>) -> io::Result<Vec<u32>> {
    let mut latencies = Vec::new();
    for Thread { stop, handle } in running {
        let _ = stop.send(());
        latencies.extend(handle.join().map_err(|_| io::Error::other("a thread of the load failed"))??);
    }
    latencies.sort_unstable();
    Ok(latencies)
}

/// A percentile of sorted nanoseconds, in microseconds.
fn percentile(sorted: &[u32], percent: usize) -> f64 {
    let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(at).map_or(0.0, |nanos| f64::from(*nanos) / 1e3)
}

#[cfg(test)]
mod tests;
