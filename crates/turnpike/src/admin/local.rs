//! Commands without a server: this process takes the data directory and runs the same functions. One of them works
//! beside a server, too: see [`beside`].

use super::failure::Failure;
use crate::data_dir::{DataDir, InstallationKey, KEY_FILE, KEY_VARIABLE, STORE_FILE};
use crate::settings::Settings;
use anyhow::{Result, bail};
use serde_json::Value;
use std::sync::Arc;
use turnpike_base::Page;
use turnpike_base::time::SystemClock;
use turnpike_control::{Control, operator};
use turnpike_identity::customers::{self, Wanted};
use turnpike_identity::operators;
use turnpike_store::{Store, Vault};

/// What makes an operator.
const OPERATOR: &str = "operator/create";

/// Runs a command on the data directory, which is made where it is missing.
///
/// # Errors
/// Another process holds it, its store can't be opened, or the command fails.
pub(super) async fn run(settings: &Settings, path: &str, input: Value) -> Result<Value> {
    if path == OPERATOR
        && DataDir::try_take(&settings.data_dir)?.is_none()
        && let Some(made) = beside(settings, &input).await?
    {
        return Ok(made);
    }
    let held = DataDir::take(&settings.data_dir)?;
    let (store, key) = open(&held, settings).await?;
    run_on(store, &key, path, input).await
}

async fn run_on(store: Store, key: &InstallationKey, path: &str, input: Value) -> Result<Value> {
    let vault = Vault::new(key.bytes());
    // Not started: what it would publish waits in the store for the next server.
    let control = Control::open(store.clone(), vault, Arc::new(SystemClock)).await.map_err(Failure::from)?;
    let outcome = operator::run(&control, path, input).await.map_err(Failure::from);
    store.close().await?;
    Ok(outcome?)
}

/// Makes the first operator, an owner, beside the server that holds the directory: without him nobody could ask that
/// server for anything. A server reads operators from the store at each login, so it need not hear of him. `None`: there
/// are operators, or the server is of another version, whose schema is not to be touched.
async fn beside(settings: &Settings, input: &Value) -> Result<Option<Value>> {
    let dir = &settings.data_dir;
    let Some(key) = InstallationKey::find(dir, std::env::var(KEY_VARIABLE).ok().as_deref())? else {
        return Ok(None);
    };
    if settings.database_url.is_none() && !Store::look_sqlite(dir).await?.schema_gap().await?.is_empty() {
        return Ok(None);
    }
    let store = match &settings.database_url {
        Some(url) => Store::open_postgres(url.expose()).await?,
        None => Store::open_sqlite(dir).await?,
    };
    if !operators::list(&store.read().await?).await.map_err(Failure::from)?.is_empty() {
        return Ok(None);
    }
    if input["role"] != "owner" {
        bail!("the first operator is made while a server runs here, and has to be an owner: --role owner");
    }
    run_on(store, &key, OPERATOR, input.clone()).await.map(Some)
}

/// The store and its key. A new key is made for a new store only: it would open nothing of an old one.
async fn open(held: &DataDir, settings: &Settings) -> Result<(Store, InstallationKey)> {
    let dir = held.path();
    let found = InstallationKey::find(dir, std::env::var(KEY_VARIABLE).ok().as_deref())?;
    let store = match &settings.database_url {
        Some(url) => Store::open_postgres(url.expose()).await?,
        None if found.is_none() && dir.join(STORE_FILE).exists() => bail!(keyless(held)),
        None => Store::open_sqlite(dir).await?,
    };
    let key = match found {
        Some(key) => key,
        None if has_customers(&store).await? => bail!(keyless(held)),
        None => InstallationKey::create(dir)?,
    };
    Ok((store, key))
}

async fn has_customers(store: &Store) -> Result<bool> {
    let first = customers::list(&store.read().await?, &Wanted::default(), Page::new(1, 1))
        .await
        .map_err(Failure::from)?;
    Ok(first.total > 0)
}

fn keyless(held: &DataDir) -> String {
    format!(
        "the store has no key: copy the installation's {KEY_FILE} to {} (mode 0600), or set {KEY_VARIABLE}",
        held.path().join(KEY_FILE).display()
    )
}
