//! `turnpike up`: every part in one process.

mod couriers;
pub mod health;
pub mod metrics;
mod pages;
mod parts;
mod ports;
mod ready;

use crate::data_dir::{self, DataDir, InstallationKey, KEY_VARIABLE};
use crate::demo;
use crate::settings::Settings;
use crate::terminal::Terminal;
use anyhow::{Context, Result, bail};
use parts::Parts;
use ready::Lacks;
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};
use turnpike_base::time::SystemClock;
use turnpike_commerce::payments::Payments;
use turnpike_control::Control;
use turnpike_store::{Store, Vault};

/// Reads the settings anew, for SIGHUP.
pub type Reread = Box<dyn Fn() -> Result<Settings> + Send>;

/// Serves until SIGTERM or SIGINT, then drains.
///
/// # Errors
/// The directory is held or is not a demo's, the store does not open, an address can't be listened on.
pub async fn run(
    settings: Settings,
    shown: serde_json::Value,
    with_demo: bool,
    reread: Reread,
    logs: crate::logs::LogControl,
) -> Result<()> {
    let terminal = Terminal::detect();
    crate::limits::raise_open_files();
    terminal.progress("opening the store");
    let fresh = data_dir::is_empty(&settings.data_dir)?;
    if with_demo && let Some(name) = data_dir::stranger(&settings.data_dir)? {
        bail!("{} holds {name} and no demo; name another --data-dir", settings.data_dir.display());
    }
    let dir = DataDir::take(&settings.data_dir)?;
    let (store, vault) = open(&settings, &dir).await?;
    if with_demo {
        fits_demo(&store, &settings, fresh).await?;
    }
    let payments = Payments::new(settings.stripe.clone());
    let clock = Arc::new(SystemClock);
    let control = Control::open_with(store.clone(), vault.clone(), clock, payments).await.map_err(told)?;
    control.set_settings(shown);
    let demo = if with_demo {
        terminal.progress("filling the demo");
        Some(demo::fill(&control, &store, &vault).await?)
    } else {
        None
    };
    terminal.progress("starting the gateway");
    let lacks = Lacks::look(&store).await.map_err(told)?;
    let parts = Parts::start(&settings, control, store, &dir, demo.as_ref()).await?;
    terminal.clear();
    ready::tell(&parts, &dir, demo.as_ref(), lacks)?;
    wait(&parts, &reread, &logs).await?;
    terminal.progress("draining");
    parts.drain(settings.drain_seconds).await;
    terminal.clear();
    Ok(())
}

/// Whether the demo may fill the store, or go on with it; says what to do where it may not.
async fn fits_demo(store: &Store, settings: &Settings, fresh: bool) -> Result<()> {
    let dir = settings.data_dir.display();
    let on_postgres = settings.database_url.is_some();
    match demo::look(store).await? {
        demo::Found::Filled => Ok(()),
        demo::Found::Empty if fresh => Ok(()),
        demo::Found::Half if on_postgres => bail!(
            "a demo was cut short while it was filled; empty the database of --database-url, remove {dir}, start again"
        ),
        demo::Found::Half => {
            bail!("a demo was cut short while it was filled; remove {dir} and start again")
        }
        demo::Found::Used if on_postgres && fresh => {
            bail!(
                "the database of --database-url is not empty and was not filled by --demo; name another one"
            )
        }
        demo::Found::Empty | demo::Found::Used => {
            bail!("{dir} is not empty and was not filled by --demo; name another --data-dir")
        }
    }
}

/// Opens the installation's key and store; both are made where the directory is empty.
pub(crate) async fn open(settings: &Settings, dir: &DataDir) -> Result<(Store, Vault)> {
    let variable = std::env::var(KEY_VARIABLE).ok();
    let key = match InstallationKey::find(dir.path(), variable.as_deref())? {
        Some(key) => key,
        None if dir.path().join(data_dir::STORE_FILE).exists() => bail!(
            "{} holds a store but no {}; put the key back or name it in {KEY_VARIABLE}",
            dir.path().display(),
            data_dir::KEY_FILE
        ),
        None => InstallationKey::create(dir.path())?,
    };
    let store = match &settings.database_url {
        Some(url) => Store::open_postgres(url.expose()).await.context("PostgreSQL can't be opened")?,
        None => Store::open_sqlite(dir.path()).await.context("the store can't be opened")?,
    };
    Ok((store, Vault::new(key.bytes())))
}

/// A fault as an operator reads it: its cause belongs to the sentence here.
pub(crate) fn told(fault: turnpike_base::Fault) -> anyhow::Error {
    match &fault.cause {
        Some(cause) => anyhow::anyhow!("{fault}: {cause}"),
        None => anyhow::anyhow!("{fault}"),
    }
}

async fn wait(parts: &Parts, reread: &Reread, logs: &crate::logs::LogControl) -> Result<()> {
    let mut end = signal(SignalKind::terminate()).context("SIGTERM can't be watched")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("SIGINT can't be watched")?;
    let mut hangup = signal(SignalKind::hangup()).context("SIGHUP can't be watched")?;
    loop {
        tokio::select! {
            _ = end.recv() => return Ok(()),
            _ = interrupt.recv() => return Ok(()),
            _ = hangup.recv() => match reread().and_then(|settings| parts.reload(&settings, logs)) {
                Ok(()) => tracing::info!("settings and certificates were read again"),
                Err(error) => tracing::error!("nothing was changed: {error:#}"),
            },
        }
    }
}
