//! `/healthz` (the process runs) and `/readyz` (it serves: started, not draining, store and gateway
//! there). Both are open.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use turnpike_store::{Read, Store, args};

/// How long the store may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether this process serves.
#[derive(Clone, Debug)]
pub struct Readiness {
    serving: Arc<AtomicBool>,
    store: Store,
}

impl Readiness {
    /// Not serving yet.
    pub fn new(store: Store) -> Self {
        Self { serving: Arc::default(), store }
    }

    /// Serving begins or ends.
    pub fn set(&self, serving: bool) {
        self.serving.store(serving, Ordering::Release);
    }

    async fn store_answers(&self) -> bool {
        let ask = async { self.store.read().await?.row("SELECT 1 AS one", args![]).await };
        matches!(tokio::time::timeout(PATIENCE, ask).await, Ok(Ok(Some(_))))
    }
}

/// The two routes.
pub fn routes(readiness: Readiness) -> Router {
    Router::new().route("/healthz", get(async || "ok\n")).route("/readyz", get(ready)).with_state(readiness)
}

async fn ready(State(readiness): State<Readiness>) -> (StatusCode, &'static str) {
    if !readiness.serving.load(Ordering::Acquire) {
        return (StatusCode::SERVICE_UNAVAILABLE, "not serving\n");
    }
    if !readiness.store_answers().await {
        return (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer\n");
    }
    (StatusCode::OK, "ready\n")
}
