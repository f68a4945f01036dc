//! Starting a gateway and letting it end.

use crate::config::Config;
use crate::metrics::Metrics;
use crate::report::Reporter;
use crate::serve::{self, LoopHandle};
use crate::shared::Shared;
use crate::{changes, exits, lease, listen, listing, statics};
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::AbortHandle;
use turnpike_base::Clock;
use turnpike_wire::{AskConnections, Control, ControlAway, Hello};

/// Why a gateway does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Addresses that can't be listened on, each with its reason.
    #[error("can't listen on {}", faults(.0))]
    Listen(Vec<(SocketAddr, std::io::Error)>),
    /// A loop could not be started.
    #[error("an event loop does not start")]
    Loop(#[from] std::io::Error),
    /// Control did not answer the greeting.
    #[error(transparent)]
    Control(#[from] ControlAway),
}

/// As many as a person reads.
fn faults(all: &[(SocketAddr, std::io::Error)]) -> String {
    const SHOWN: usize = 8;
    let mut told: Vec<String> = all.iter().take(SHOWN).map(|(a, e)| format!("{a}: {e}")).collect();
    if all.len() > SHOWN {
        told.push(format!("and {} more", all.len() - SHOWN));
    }
    told.join("; ")
}

/// The way to start one.
#[derive(Debug)]
pub struct Gateway;

/// A gateway at work.
pub struct Running {
    shared: Arc<Shared>,
    loops: Arc<Vec<LoopHandle>>,
    threads: Vec<JoinHandle<()>>,
    helpers: Vec<AbortHandle>,
    closing: watch::Sender<bool>,
    flush: mpsc::Sender<oneshot::Sender<()>>,
    addresses: Vec<SocketAddr>,
    endpoint_ports: Vec<u16>,
}

impl Gateway {
    /// Starts a gateway: says hello, listens, serves. What talks to control runs on the caller's runtime.
    pub async fn start(
        config: Config,
        control: Arc<dyn Control>,
        clock: Arc<dyn Clock>,
    ) -> Result<Running, StartError> {
        let (wishes, inbox) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared::new(config, control, clock, Handle::current(), wishes));
        let feed = shared.control.changes();
        let hello = Hello { gateway: shared.config.id.clone(), start: shared.config.start };
        let welcome = shared.control.hello(hello).await?;
        let seq = welcome.seq;
        changes::welcomed(&shared, welcome);
        let (addresses, per_loop) = listen::entry(&shared.config)?;
        let (endpoint_ports, doors) = listen::endpoints(&shared.config, &addresses)?;
        shared.set_own(addresses.clone(), &endpoint_ports);
        let (closing, watch) = watch::channel(false);
        let mut loops = Vec::new();
        let mut threads = Vec::new();
        for (number, (listeners, doors)) in per_loop.into_iter().zip(doors).enumerate() {
            let (handle, thread) =
                serve::start(number, Arc::clone(&shared), listeners, doors, watch.clone())?;
            loops.push(handle);
            threads.push(thread);
        }
        let loops = Arc::new(loops);
        statics::open_all(&shared, &loops);
        let (flush, flushes) = mpsc::channel(1);
        let helpers = vec![
            tokio::spawn(lease::keeper(Arc::clone(&shared), inbox)).abort_handle(),
            tokio::spawn(Reporter::new(Arc::clone(&shared)).run(flushes)).abort_handle(),
            tokio::spawn(changes::follow(Arc::clone(&shared), Arc::clone(&loops), feed, seq)).abort_handle(),
            tokio::spawn(exits::prober(Arc::clone(&shared))).abort_handle(),
            tokio::spawn(sweeper(Arc::clone(&shared))).abort_handle(),
            tokio::spawn(statics::attend(Arc::clone(&shared), Arc::clone(&loops))).abort_handle(),
        ];
        Ok(Running { shared, loops, threads, helpers, closing, flush, addresses, endpoint_ports })
    }
}

/// Forgets, once a minute, what has grown old.
async fn sweeper(shared: Arc<Shared>) {
    let mut beat = tokio::time::interval(Duration::from_secs(60));
    loop {
        beat.tick().await;
        let now = shared.clock.now();
        shared.permits.sweep(now);
        crate::shared::held(&shared.throttle).sweep(now);
        shared.sessions.sweep(now);
        crate::shared::held(&shared.moved).sweep(now);
        shared.forget_unused_caps();
    }
}

impl Running {
    /// Where it listens, in the order of the settings.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// The ports that stand for extracted endpoints, ascending.
    pub fn endpoint_ports(&self) -> &[u16] {
        &self.endpoint_ports
    }

    /// What it counts about itself.
    pub fn metrics(&self) -> Arc<Metrics> {
        Arc::clone(&self.shared.metrics)
    }

    /// Tells the health of every exit, as seen here, whenever it is called.
    pub fn exits(&self) -> impl Fn() -> Vec<turnpike_wire::ExitHealth> + Send + Sync + 'static {
        let shared = Arc::clone(&self.shared);
        move || {
            let now = shared.clock.now();
            shared.exits().all().map(|exit| exit.health(now)).collect()
        }
    }

    /// Tells of a customer's running connections, whenever it is called. It may outlive the gateway, which ends all the
    /// same and has none then.
    pub fn connections(&self) -> AskConnections {
        let loops = Arc::downgrade(&self.loops);
        Arc::new(move |customer| Box::pin(listing::of_customer(Weak::clone(&loops), customer)))
    }

    /// Uses another certificate for connections that begin from now on.
    pub fn reload_tls(&self, tls: Option<Arc<rustls::ServerConfig>>) {
        self.shared.tls.store(Arc::new(tls));
    }

    /// Stops taking connections, waits for running ones until `deadline`, ends the rest, and reports
    /// the last byte.
    pub async fn drain(self, deadline: Duration) {
        self.closing.send_replace(true);
        let end = tokio::time::Instant::now() + deadline;
        let mut poll = tokio::time::interval(Duration::from_millis(20));
        let open = || self.shared.metrics.open.load(Ordering::Relaxed) > 0;
        while open() && tokio::time::Instant::now() < end {
            poll.tick().await;
        }
        self.loops.iter().for_each(LoopHandle::end_all);
        let last = tokio::time::Instant::now() + Duration::from_secs(1);
        while open() && tokio::time::Instant::now() < last {
            poll.tick().await;
        }
        self.report_now().await;
        self.shared.budgets(|_| true).iter().for_each(|b| b.give_all_back());
        self.report_now().await;
        self.helpers.iter().for_each(AbortHandle::abort);
        drop(self.loops);
        let threads = self.threads;
        let joined = tokio::task::spawn_blocking(move || {
            threads.into_iter().map(JoinHandle::join).filter(Result::is_err).count()
        });
        if joined.await.unwrap_or(0) > 0 {
            tracing::error!("an event loop ended by a panic");
        }
    }

    /// Reports everything counted so far; returns when control was told.
    pub async fn report_now(&self) {
        for handle in self.loops.iter() {
            handle.collect().await;
        }
        let (done, reported) = oneshot::channel();
        if self.flush.send(done).await.is_ok() {
            let _ = reported.await;
        }
    }
}
