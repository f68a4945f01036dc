//! Logs: text or JSON lines on the error output. Secrets never reach them: they are wrapped in types
//! whose `Debug` shows three stars.

use crate::settings::value::LogFormat;
use std::io::IsTerminal;
use tracing::Level;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::reload;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

/// Changes the level while the process runs.
#[derive(Clone, Debug)]
pub struct LogControl(reload::Handle<EnvFilter, Registry>);

impl LogControl {
    /// Sets the level.
    pub fn set(&self, level: Level) {
        // Fails only when the subscriber is gone, and then nobody listens.
        let _ = self.0.reload(filter(level));
    }
}

/// Starts logging; once a process.
pub fn start(level: Level, format: LogFormat) -> LogControl {
    let (filter, handle) = reload::Layer::new(filter(level));
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let layer = match format {
        LogFormat::Text => fmt::layer().with_writer(std::io::stderr).with_ansi(colour).boxed(),
        LogFormat::Json => fmt::layer().json().flatten_event(true).with_writer(std::io::stderr).boxed(),
    };
    // A second start in one process (tests) keeps the first subscriber.
    let _ = tracing_subscriber::registry().with(filter).with(layer).try_init();
    LogControl(handle)
}

/// Our own crates at the level; the store's driver tells every statement below warn, and stays quiet.
fn filter(level: Level) -> EnvFilter {
    let quiet = [
        "sqlx=warn",
        "sea_orm=warn",
        "hyper=warn",
        "rustls=warn",
        "hickory_resolver=warn",
        "hickory_proto=warn",
    ];
    let base = EnvFilter::default().add_directive(LevelFilter::from_level(level).into());
    quiet.iter().filter_map(|directive| directive.parse().ok()).fold(base, EnvFilter::add_directive)
}
