//! `/metrics` for Prometheus, behind its own token: connections, tunnels, bytes, refusals by slug, lease
//! waits, health of exits. Values are read from the gateway at each scrape.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, text};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Registry;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use turnpike_base::Secret;
use turnpike_gateway::Metrics;
use turnpike_wire::ExitHealth;

const TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Who is asked for the health of exits.
pub type ExitsOf = Arc<dyn Fn() -> Vec<ExitHealth> + Send + Sync>;

struct GatewayCollector {
    metrics: Arc<Metrics>,
    exits: ExitsOf,
}

impl fmt::Debug for GatewayCollector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GatewayCollector")
    }
}

impl Collector for GatewayCollector {
    fn encode(&self, mut to: DescriptorEncoder<'_>) -> fmt::Result {
        let m = &self.metrics;
        count(&mut to, "connections", "Client connections accepted", &m.accepted)?;
        gauge(&mut to, "connections_open", "Client connections open now", m.open.load(Relaxed))?;
        gauge(&mut to, "tunnels_open", "Admitted tunnels and exchanges open now", m.tunnels.load(Relaxed))?;
        count(&mut to, "bytes_up", "Bytes from customers", &m.up)?;
        count(&mut to, "bytes_down", "Bytes to customers", &m.down)?;
        count(&mut to, "lease_waits", "Times a connection waited for a lease", &m.lease_waits)?;
        count(&mut to, "report_failures", "Usage batches not taken at the first try", &m.report_failures)?;
        gauge(&mut to, "pipes_open", "Pipes for splicing, in use or pooled", m.pipes.load(Relaxed))?;
        self.refusals(&mut to)?;
        self.exits(&mut to)
    }
}

impl GatewayCollector {
    fn refusals(&self, to: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let kind = prometheus_client::metrics::MetricType::Counter;
        let mut family = to.encode_descriptor("refusals", "Refusals by reason", None, kind)?;
        for (reason, count) in self.metrics.refusals() {
            ConstCounter::new(count).encode(family.encode_family(&[("reason", reason.slug())])?)?;
        }
        Ok(())
    }

    fn exits(&self, to: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let kind = prometheus_client::metrics::MetricType::Gauge;
        let seen = (self.exits)();
        let mut family =
            to.encode_descriptor("exit_healthy", "1 while the exit is in the index", None, kind)?;
        for exit in &seen {
            let labels = [("exit", exit.exit.to_string())];
            ConstGauge::new(i64::from(exit.healthy)).encode(family.encode_family(&labels)?)?;
        }
        let help = "Smoothed time to connect through the exit, in microseconds";
        let mut family = to.encode_descriptor("exit_connect_microseconds", help, None, kind)?;
        for exit in &seen {
            let labels = [("exit", exit.exit.to_string())];
            let latency = i64::try_from(exit.latency_us).unwrap_or(i64::MAX);
            ConstGauge::new(latency).encode(family.encode_family(&labels)?)?;
        }
        Ok(())
    }
}

fn count(to: &mut DescriptorEncoder<'_>, name: &str, help: &str, value: &AtomicU64) -> fmt::Result {
    let metric = ConstCounter::new(value.load(Relaxed));
    metric.encode(to.encode_descriptor(name, help, None, metric.metric_type())?)
}

fn gauge(to: &mut DescriptorEncoder<'_>, name: &str, help: &str, value: i64) -> fmt::Result {
    let metric = ConstGauge::new(value);
    metric.encode(to.encode_descriptor(name, help, None, metric.metric_type())?)
}

#[derive(Clone)]
struct Page {
    registry: Arc<Registry>,
    tokens: Arc<Vec<Secret>>,
}

/// The route. It answers to who bears one of the tokens, to nobody if there are none.
pub fn routes(metrics: Arc<Metrics>, exits: ExitsOf, tokens: Vec<Secret>) -> Router {
    let mut registry = Registry::with_prefix("turnpike");
    registry.register_collector(Box::new(GatewayCollector { metrics, exits }));
    let page = Page { registry: Arc::new(registry), tokens: Arc::new(tokens) };
    Router::new().route("/metrics", get(scrape)).with_state(page)
}

async fn scrape(State(page): State<Page>, headers: HeaderMap) -> Response {
    if !turnpike_web::bears(&headers, &page.tokens) {
        let challenge = [(header::WWW_AUTHENTICATE, "Bearer")];
        return (StatusCode::UNAUTHORIZED, challenge, "a token is required\n").into_response();
    }
    let mut told = String::new();
    match text::encode(&mut told, &page.registry) {
        Ok(()) => ([(header::CONTENT_TYPE, TYPE)], told).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::http::Request;
    use tower::ServiceExt;
    use turnpike_base::{ExitId, Timestamp};

    fn page(tokens: &[&str]) -> Router {
        let health = ExitHealth {
            exit: ExitId(7),
            healthy: true,
            latency_us: 120,
            public: None,
            error: None,
            at: Timestamp(0),
        };
        let exits: ExitsOf = Arc::new(move || vec![health.clone()]);
        routes(Arc::default(), exits, tokens.iter().copied().map(Secret::new).collect())
    }

    async fn get_with(page: Router, bearer: Option<&str>) -> (StatusCode, String) {
        let mut request = Request::get("/metrics");
        if let Some(bearer) = bearer {
            request = request.header(header::AUTHORIZATION, format!("Bearer {bearer}"));
        }
        let answer = page.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let status = answer.status();
        let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn tells_what_the_gateway_counts() {
        let (status, told) = get_with(page(&["a-long-enough-token"]), Some("a-long-enough-token")).await;
        assert_eq!(status, StatusCode::OK);
        for line in [
            "turnpike_connections_total 0",
            "turnpike_refusals_total{reason=\"bad_credentials\"} 0",
            "turnpike_exit_healthy{exit=\"7\"} 1",
            "turnpike_exit_connect_microseconds{exit=\"7\"} 120",
        ] {
            assert!(told.contains(line), "{line}\n--\n{told}");
        }
    }

    #[tokio::test]
    async fn answers_nobody_without_the_token() {
        for (tokens, bearer) in
            [(&[][..], None), (&[][..], Some("")), (&["a"][..], None), (&["a"][..], Some("b"))]
        {
            assert_eq!(get_with(page(tokens), bearer).await.0, StatusCode::UNAUTHORIZED);
        }
    }
}
