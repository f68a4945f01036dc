//! The store: complete, undamaged, opened by the key, and its sums right.

use super::queries;
use super::report::Item;
use crate::data_dir::{InstallationKey, KEY_FILE, KEY_VARIABLE, STORE_FILE};
use crate::settings::Settings;
use anyhow::{Context, Result, bail};
use turnpike_base::{Page, Timestamp};
use turnpike_identity::customers::{self, Wanted};
use turnpike_identity::keys;
use turnpike_metering::check::differences;
use turnpike_store::{Store, Vault};

/// What was found.
pub(super) struct Found {
    /// Everything about the store.
    pub(super) items: Vec<Item>,
    /// When a gateway reported last.
    pub(super) newest: Option<Timestamp>,
}

/// Looks at the store of these settings.
pub(super) async fn look(settings: &Settings) -> Found {
    let store = match open(settings).await {
        Ok(store) => store,
        Err(error) => return Found { items: vec![Item::unseen("store", &error)], newest: None },
    };
    let items = vec![
        told("store", damage(&store).await),
        told("schema", schema(&store).await),
        told("key", key(settings, &store).await),
        told("usage", usage(&store).await),
        told("ledger", ledger(&store).await),
        told("orders", orders(&store).await),
    ];
    let newest = async { Ok::<_, anyhow::Error>(queries::last_report(&store.read().await?).await?) }.await;
    // A store that can't say it has been told of above.
    Found { items, newest: newest.ok().flatten() }
}

/// What a look gave: what is seen when all is right, and what is wrong.
type Seen = Result<(String, Vec<String>)>;

fn told(name: &'static str, seen: Seen) -> Item {
    match seen {
        Ok((detail, faults)) => Item::new(name, detail, faults),
        Err(error) => Item::unseen(name, &error),
    }
}

async fn open(settings: &Settings) -> Result<Store> {
    if let Some(url) = &settings.database_url {
        return Store::open_postgres(url.expose()).await.context("PostgreSQL can't be opened");
    }
    let file = settings.data_dir.join(STORE_FILE);
    if !file.exists() {
        bail!("{} does not exist; is --data-dir right?", file.display());
    }
    Store::look_sqlite(&settings.data_dir).await.context("the store can't be opened")
}

async fn damage(store: &Store) -> Seen {
    Ok(("undamaged".to_owned(), store.damage().await?))
}

async fn schema(store: &Store) -> Seen {
    let gap = store.schema_gap().await?;
    let fault = |version: &i64| {
        format!("migration {version} is not applied here, or is of another version of turnpike")
    };
    Ok(("complete".to_owned(), gap.iter().map(fault).collect()))
}

async fn usage(store: &Store) -> Seen {
    let found = differences(&store.read().await?).await?;
    Ok(("every sum agrees to the byte".to_owned(), found))
}

async fn ledger(store: &Store) -> Seen {
    let tx = store.read().await?;
    let entries = turnpike_commerce::ledger::check::differences(&tx).await?;
    let payments = turnpike_commerce::payments::check::differences(&tx).await?;
    let found = [entries, payments, turnpike_commerce::invoices::check::differences(&tx).await?].concat();
    Ok(("every entry balances, every balance is its sum, payments agree".to_owned(), found))
}

async fn orders(store: &Store) -> Seen {
    let found = turnpike_commerce::check::differences(&store.read().await?).await?;
    Ok(("orders, grants and packages agree".to_owned(), found))
}

/// The key may be kept from the directory, and from whoever checks; one that is here has to fit.
async fn key(settings: &Settings, store: &Store) -> Seen {
    let variable = std::env::var(KEY_VARIABLE).ok();
    let Some(key) = InstallationKey::find(&settings.data_dir, variable.as_deref())? else {
        let detail = format!("not here; a server needs {KEY_FILE} in the data directory or {KEY_VARIABLE}");
        return Ok((detail, Vec::new()));
    };
    let tx = store.read().await?;
    let first = customers::list(&tx, &Wanted::default(), Page::new(1, 1)).await?;
    let Some(customer) = first.rows.first() else { return Ok(("there".to_owned(), Vec::new())) };
    let fits = match keys::newest(&tx, &Vault::new(key.bytes()), customer.id).await {
        Err(fault) if fault.slug == "open_failed" => false,
        outcome => outcome.map(|_| true)?,
    };
    let fault = "it does not open this store's secrets: it is another installation's".to_owned();
    Ok(("fits the store".to_owned(), if fits { Vec::new() } else { vec![fault] }))
}
