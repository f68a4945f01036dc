//! `turnpike check`: looks at an installation without changing it, beside a server or without one.

mod machine;
mod queries;
mod report;
mod store;
#[cfg(test)]
mod tests;

use crate::admin::{PlaceFlags, block_on};
use crate::server::tls;
use crate::settings::{Resolved, Settings};
use crate::terminal::{self, Terminal};
use anyhow::Result;
use clap::Args;
use report::Item;
use std::process::ExitCode;
use turnpike_base::Clock;
use turnpike_base::time::SystemClock;

/// `turnpike check …`
#[derive(Args, Debug)]
pub struct Check {
    #[command(flatten)]
    place: PlaceFlags,
    /// As one JSON document: {"ok": …, "items": [{"item", "ok", "detail", "faults"}, …]}
    #[arg(long)]
    json: bool,
}

impl Check {
    /// Looks at everything and tells it. Fails (1) if anything is wrong.
    ///
    /// # Errors
    /// The output is gone.
    pub fn run(self) -> Result<ExitCode> {
        let items = block_on(look(self.place.resolve()))?;
        if self.json {
            terminal::print(serde_json::to_string_pretty(&report::document(&items))?)?;
        } else {
            terminal::print(report::text(&items, Terminal::results()))?;
        }
        Ok(if report::clean(&items) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// Every item. Without settings nothing is known of the store, and only the machine is looked at.
async fn look(resolved: Result<Resolved>) -> Vec<Item> {
    let mut items = vec![configuration(resolved.as_ref().map(|resolved| &resolved.settings))];
    let mut newest = None;
    if let Ok(resolved) = resolved {
        let found = store::look(&resolved.settings).await;
        newest = found.newest;
        items.extend(found.items);
    }
    items.push(machine::clock(SystemClock.now(), newest));
    items.push(machine::open_files(crate::limits::open_files()));
    items
}

/// The settings, and the certificates that they name.
fn configuration(settings: Result<&Settings, &anyhow::Error>) -> Item {
    const NAME: &str = "configuration";
    let settings = match settings {
        Ok(settings) => settings,
        Err(error) => return Item::new(NAME, "", format!("{error:#}").lines().map(str::to_owned).collect()),
    };
    let named = [&settings.api_tls, &settings.proxy_tls];
    let unread = named.into_iter().flatten().filter_map(|files| tls::read(files).err());
    let engine = if settings.database_url.is_some() { "PostgreSQL" } else { "SQLite" };
    let detail = format!("{}, {engine}", settings.data_dir.display());
    Item::new(NAME, detail, unread.map(|error| format!("{error:#}")).collect())
}
