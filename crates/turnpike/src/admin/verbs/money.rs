//! Money.

use super::Paging;
use clap::Subcommand;
use serde::Serialize;

/// `turnpike admin ledger …`
#[derive(Debug, Subcommand, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Ledger {
    /// Entries, the newest first: what is positive is owed or earned, cash grows by what is negative
    List {
        /// Only of this customer: e-mail address or id
        #[arg(long, value_name = "EMAIL")]
        customer: Option<String>,
        #[command(flatten)]
        #[serde(flatten)]
        paging: Paging,
    },
    /// What stands on each account of a site
    Accounts {
        /// Name of the site [default: the first one]
        #[arg(long, value_name = "NAME")]
        site: Option<String>,
    },
    /// Prove that entries balance and balances are their sums
    Check {},
}
