//! Names of places, site by site.

use super::Paging;
use crate::admin::secrets;
use anyhow::Result;
use clap::Subcommand;
use serde::Serialize;

/// `turnpike admin place …`
#[derive(Debug, Subcommand, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Place {
    /// Name a place: shown in every answer of the site, found by search, accepted in usernames
    Set {
        #[command(flatten)]
        #[serde(flatten)]
        which: Which,
        /// Its name in Chinese, at most 128 bytes; empty: the catalogue's again [default: as it was]
        #[arg(long, value_name = "NAME")]
        zh: Option<String>,
        /// Its name in English, at most 128 bytes; empty: the catalogue's again [default: as it was]
        #[arg(long, value_name = "NAME")]
        en: Option<String>,
    },
    /// Call a place as the catalogue does
    Clear {
        #[command(flatten)]
        #[serde(flatten)]
        which: Which,
    },
    /// Call every place of the site as the catalogue does
    ClearAll {
        /// Name of the site [default: the first one]
        #[arg(long, value_name = "NAME")]
        site: Option<String>,
    },
    /// Places that the site names, by country, state and city
    List {
        #[command(flatten)]
        #[serde(flatten)]
        paging: Paging,
        /// Name of the site [default: the first one]
        #[arg(long, value_name = "NAME")]
        site: Option<String>,
    },
    /// Name the places of a file, all or none
    Import {
        /// Comma-separated lines under a line of names: country,zh,en and, as wanted, state,city; an empty name is
        /// the catalogue's again; `-` for the standard input
        #[arg(value_name = "FILE")]
        file: String,
        /// Name of the site [default: the first one]
        #[arg(long, value_name = "NAME")]
        site: Option<String>,
    },
}

/// Which place is meant, by the catalogue's names or codes.
#[derive(clap::Args, Debug, Serialize)]
pub(crate) struct Which {
    /// Country: two-letter code or name
    country: String,
    /// State: ISO 3166-2 code or name; needed for a city whose name several states have
    #[arg(long)]
    state: Option<String>,
    /// City
    #[arg(long)]
    city: Option<String>,
    /// Name of the site [default: the first one]
    #[arg(long, value_name = "NAME")]
    site: Option<String>,
}

impl Place {
    /// The command takes the file's text, for it may run on another machine.
    pub(super) fn read(&mut self) -> Result<()> {
        if let Self::Import { file, .. } = self {
            *file = secrets::file(file)?;
        }
        Ok(())
    }
}
