//! Where a command works: the flags that say so, shared with `check` and `backup`, and the choice
//! between a running server and a data directory.

use crate::cli;
use crate::settings::{self, Resolved, SettingFlags, Settings};
use anyhow::{Context, Result, bail};
use clap::Args;
use turnpike_base::Secret;

/// The operator API of a running server.
pub(super) const API_VARIABLE: &str = "TURNPIKE_API";
/// What opens it: the server's `operator-token`.
pub(super) const TOKEN_VARIABLE: &str = "TURNPIKE_TOKEN";

const NOWHERE: &str = "say where to work: set TURNPIKE_API (such as http://127.0.0.1:8080) and TURNPIKE_TOKEN (the \
    server's operator-token) to talk to a running server, or give --data-dir DIR to work on a data directory that \
    no server holds";

const HEADING: &str = "Where to work";

/// Flags that name an installation. The other settings come from the environment and the file.
#[derive(Args, Clone, Debug, Default)]
pub struct PlaceFlags {
    /// Data directory: store, key, lock (or TURNPIKE_DATA_DIR)
    #[arg(long, value_name = "DIR", global = true, help_heading = HEADING)]
    pub data_dir: Option<String>,
    /// PostgreSQL in place of SQLite (or TURNPIKE_DATABASE_URL, which other users can't see)
    #[arg(long, value_name = "URL", global = true, help_heading = HEADING)]
    pub database_url: Option<String>,
    /// Settings file (TOML) that names them (or TURNPIKE_CONFIG)
    #[arg(long, value_name = "FILE", global = true, env = "TURNPIKE_CONFIG", hide_env = true, help_heading = HEADING)]
    pub config: Option<String>,
}

impl PlaceFlags {
    /// All settings, as a server with these flags would have them.
    ///
    /// # Errors
    /// The file can't be read, or settings are wrong: all of them at once.
    pub fn resolve(&self) -> Result<Resolved> {
        let said = [("data-dir", &self.data_dir), ("database-url", &self.database_url)];
        let given = said.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))).collect();
        cli::settings(&SettingFlags { config: self.config.clone(), given })
    }
}

/// Where an operator's command goes.
#[derive(Debug)]
pub(super) enum Target {
    /// To a running server.
    Api {
        /// `http://host:port` or `https://host:port`, perhaps with a path before `/operator`.
        url: String,
        /// The server's operator token.
        token: Secret,
    },
    /// To the data directory of these settings.
    Local(Box<Settings>),
}

/// Chooses: `--data-dir` before `TURNPIKE_API` before a data directory that the environment or the settings
/// file names. The default directory is never taken unasked: it would be made where none was meant.
///
/// # Errors
/// Nothing is named, the token is missing, or settings are wrong.
pub(super) fn choose(flags: &PlaceFlags, variable: &dyn Fn(&str) -> Option<String>) -> Result<Target> {
    let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
    let api = variable(API_VARIABLE).filter(|_| flags.data_dir.is_none());
    if let Some(url) = api {
        let token = variable(TOKEN_VARIABLE).with_context(|| {
            format!("{API_VARIABLE} is set but {TOKEN_VARIABLE} is not: it is the server's operator-token")
        })?;
        return Ok(Target::Api { url, token: Secret::new(token) });
    }
    let resolved = flags.resolve()?;
    if !settings::show(&resolved).iter().any(|said| said.name == "data-dir" && said.origin != "default") {
        bail!(NOWHERE);
    }
    Ok(Target::Local(Box::new(resolved.settings)))
}
