//! The parts of a running process: API, echo origin, gateway, control's work.

use super::health::{self, Readiness};
use super::{couriers, metrics, pages, ports};
use crate::data_dir::DataDir;
use crate::demo::Demo;
use crate::echo;
use crate::logs::LogControl;
use crate::server::HttpServer;
use crate::server::tls::{self, Certificates};
use crate::settings::Settings;
use anyhow::{Context, Result};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use turnpike_base::time::SystemClock;
use turnpike_base::{Clock, Secret};
use turnpike_control::{Control, Entry, Trial, Work};
use turnpike_gateway::{Config, Destinations, EndpointPorts, Gateway, Running, Timeouts};
use turnpike_store::Store;
use turnpike_wire::GatewayId;

/// Idle exits probed per second (design notes, section 3).
const PROBES_PER_SECOND: u32 = 50;
const HOUR_MS: i64 = 3_600_000;
/// Where the gateway keeps batches that control did not take, below the data directory.
const JOURNAL: &str = "journal";

/// See the module.
pub(super) struct Parts {
    pub(super) api: SocketAddr,
    pub(super) proxy: SocketAddr,
    pub(super) echo: Option<SocketAddr>,
    pub(super) api_is_tls: bool,
    control: Control,
    work: Work,
    store: Store,
    readiness: Readiness,
    server: HttpServer,
    origin: Option<HttpServer>,
    gateway: Running,
    certificates: Option<Certificates>,
}

impl Parts {
    /// Starts everything; when this returns, all of it answers.
    pub(super) async fn start(
        settings: &Settings,
        control: Control,
        store: Store,
        dir: &DataDir,
        demo: Option<&Demo>,
    ) -> Result<Self> {
        let api = listen("api-listen", settings.api_listen).await?;
        let origin = match demo {
            Some(_) => Some(HttpServer::start(
                listen("echo-listen", settings.echo_listen).await?,
                echo::router(),
                None,
            )?),
            None => None,
        };
        let echo = origin.as_ref().map(HttpServer::address);
        control.set_balancers(settings.trusted_proxies.clone());
        couriers::set(&control, settings, api.local_addr()?)?;
        measure(&control, settings)?;
        control.meet_exits().await.map_err(crate::up::told)?;
        let work = control.start();
        let mut config = config(settings, dir, echo, api.local_addr()?)?;
        config.endpoint_ports = ports::wanted(&settings.endpoint_ports, &store).await?;
        let gateway = Gateway::start(config, Arc::new(control.clone()), Arc::new(SystemClock)).await?;
        ports::remember(&settings.endpoint_ports, &store, gateway.endpoint_ports()).await?;
        let proxy = gateway.addresses().first().copied().context("the gateway listens nowhere")?;
        let trial = trial(settings, proxy, echo);
        control.set_entry(Entry {
            host: settings.proxy_host.clone(),
            port: proxy.port(),
            addresses: Entry::addresses_of(settings.proxy_host.as_deref(), gateway.addresses()),
            endpoint_ports: gateway.endpoint_ports().iter().copied().collect(),
            sample_url: trial.url.clone(),
        });
        control.set_trial(trial);
        control.set_connections(gateway.connections());
        control.set_static_rest(i64::from(settings.static_rest_hours) * HOUR_MS);
        let readiness = Readiness::new(store.clone());
        let certificates = settings.api_tls.as_ref().map(tls::read).transpose()?.map(Certificates::new);
        let operator: Vec<Secret> = settings
            .operator_token
            .clone()
            .into_iter()
            .chain(demo.map(|d| d.operator_token.clone()))
            .collect();
        let watching: Vec<Secret> = settings.metrics_token.clone().into_iter().collect();
        let exits: metrics::ExitsOf = Arc::new(gateway.exits());
        let router = pages::beside(control.router(operator))?
            .merge(health::routes(readiness.clone()))
            .merge(metrics::routes(gateway.metrics(), exits, watching))
            .layer(axum::middleware::map_response(turnpike_web::harden));
        let server = HttpServer::start(api, router, certificates.clone())?;
        readiness.set(true);
        Ok(Self {
            api: server.address(),
            proxy,
            echo,
            api_is_tls: certificates.is_some(),
            control,
            work,
            store,
            readiness,
            server,
            origin,
            gateway,
            certificates,
        })
    }

    /// Takes over what may change while the process runs: certificates and the level of logs.
    pub(super) fn reload(&self, settings: &Settings, logs: &LogControl) -> Result<()> {
        let api = settings.api_tls.as_ref().map(tls::read).transpose()?;
        let proxy = settings.proxy_tls.as_ref().map(tls::read).transpose()?;
        if let (Some(certificates), Some(fresh)) = (&self.certificates, api) {
            certificates.replace(fresh);
        }
        self.gateway.reload_tls(proxy);
        self.control.set_balancers(settings.trusted_proxies.clone());
        couriers::set(&self.control, settings, self.api)?;
        measure(&self.control, settings)?;
        logs.set(settings.log_level);
        Ok(())
    }

    /// Lets running connections end, reports the last byte, saves, closes.
    pub(super) async fn drain(self, seconds: u32) {
        self.readiness.set(false);
        let deadline = Duration::from_secs(u64::from(seconds));
        self.gateway.drain(deadline).await;
        self.server.drain(Duration::from_secs(1)).await;
        if let Some(origin) = self.origin {
            origin.drain(Duration::from_secs(1)).await;
        }
        drop(self.work);
        if let Err(fault) = self.control.flush().await {
            tracing::error!(%fault, "sessions could not be saved");
        }
        if let Err(error) = self.store.close().await {
            tracing::error!(%error, "the store could not be closed");
        }
    }
}

/// Tests go through this process's own entry; in a demo to its echo origin, which tells the exit's address.
fn trial(settings: &Settings, mut proxy: SocketAddr, echo: Option<SocketAddr>) -> Trial {
    if proxy.ip().is_unspecified() {
        let v6 = proxy.is_ipv6();
        proxy.set_ip(if v6 { Ipv6Addr::LOCALHOST.into() } else { Ipv4Addr::LOCALHOST.into() });
    }
    let url = echo.map_or_else(|| settings.test_url.clone(), |echo| format!("http://{echo}/"));
    Trial { proxy, url }
}

fn measure(control: &Control, settings: &Settings) -> Result<()> {
    let set = control.set_truth(&settings.place_databases, settings.withhold_misplaced);
    set.context("place-databases can't be used")
}

async fn listen(setting: &str, address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("{setting} {address} can't be listened on"))
}

fn config(settings: &Settings, dir: &DataDir, echo: Option<SocketAddr>, api: SocketAddr) -> Result<Config> {
    Ok(Config {
        id: GatewayId(settings.gateway_name.clone()),
        start: SystemClock.now().0,
        listen: vec![settings.proxy_listen],
        endpoint_ports: EndpointPorts::default(),
        loops: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        tls: settings.proxy_tls.as_ref().map(tls::read).transpose()?,
        balancers: settings.proxy_protocol.clone().unwrap_or_default(),
        destinations: Destinations {
            allow_private: settings.allow_private_destinations,
            exempt: echo.into_iter().collect(),
            closed: vec![api],
        },
        timeouts: Timeouts::default(),
        journal: Some(dir.path().join(JOURNAL)),
        udp_address: settings.udp_address,
        address_page: settings.address_page.clone(),
        probes_per_second: PROBES_PER_SECOND,
    })
}
