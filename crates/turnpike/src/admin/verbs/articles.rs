//! Help articles.

use super::secrets;
use anyhow::Result;
use clap::Subcommand;
use serde::Serialize;

/// `turnpike admin article …`
#[derive(Debug, Subcommand, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Article {
    /// All articles, as customers read them one after the other
    List {
        /// Name of the site [default: the first one]
        #[arg(long, value_name = "NAME")]
        site: Option<String>,
    },
    /// One article in both languages
    Show {
        /// Its name
        slug: String,
        /// Name of the site [default: the first one]
        #[arg(long, value_name = "NAME")]
        site: Option<String>,
    },
    /// Write an article, or change what is named of one; {host}, {port}, {api} and {sample} become the site's, {username}, {password} and {key} the reader's
    Save {
        /// Its name: 2 to 64 lower-case letters, digits or -
        slug: String,
        /// File with the Chinese text: Markdown that begins with "# Title"; `-`: the standard input
        #[arg(long, value_name = "FILE")]
        zh: Option<String>,
        /// File with the English text
        #[arg(long, value_name = "FILE")]
        en: Option<String>,
        /// Where it stands, 0 to 10000; the shipped ones are at 10, 20, 30 and so on
        #[arg(long, value_name = "N", allow_negative_numbers = true)]
        position: Option<i64>,
        /// Whether customers don't see it: true or false
        #[arg(long, value_name = "BOOL")]
        hidden: Option<bool>,
        /// Name of the site [default: the first one]
        #[arg(long, value_name = "NAME")]
        site: Option<String>,
    },
    /// Take an article back: a changed one is as it was shipped again, one of your own is gone
    Remove {
        /// Its name
        slug: String,
        /// Name of the site [default: the first one]
        #[arg(long, value_name = "NAME")]
        site: Option<String>,
    },
}

impl Article {
    /// The command takes the files' texts, for it may run on another machine.
    pub(super) fn read(&mut self) -> Result<()> {
        if let Self::Save { zh, en, .. } = self {
            for text in [zh, en].into_iter().flatten() {
                *text = secrets::file(text)?;
            }
        }
        Ok(())
    }
}
