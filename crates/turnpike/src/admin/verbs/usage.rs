//! Traffic.

use clap::Subcommand;
use serde::Serialize;
use std::net::IpAddr;

/// `turnpike admin usage …`
#[derive(Debug, Subcommand, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Usage {
    /// A customer's traffic by days of the site's time zone, in KB
    Days {
        /// E-mail address or id
        #[arg(value_name = "EMAIL")]
        customer: String,
        /// How many days up to today [default: 7]
        #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(i64).range(1..=400))]
        days: Option<i64>,
        /// Only of this proxy account
        #[arg(long, value_name = "NAME")]
        username: Option<String>,
    },
    /// Who used an exit's address at a time (abuse reports): connections open within a minute of it
    Trace {
        /// The public address that was seen
        #[arg(long, value_name = "ADDRESS")]
        exit: IpAddr,
        /// When, such as 2026-11-24T12:00:00Z
        #[arg(long, value_name = "TIME")]
        at: String,
    },
}
