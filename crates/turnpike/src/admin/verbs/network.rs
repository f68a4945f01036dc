//! Exits and static addresses.

use super::{Paging, ask};
use crate::admin::secrets;
use anyhow::Result;
use clap::{Subcommand, ValueEnum};
use serde::Serialize;

/// Who resolves names for an upstream exit.
#[derive(Clone, Copy, Debug, Serialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Resolver {
    /// The upstream: it gets the name
    Exit,
    /// The gateway: the upstream gets the address that was checked
    Gateway,
}

/// `turnpike admin rule …`
#[derive(Debug, Subcommand, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Rule {
    /// Hosts and ports that are closed, beside private addresses and port 25
    List(Paging),
    /// Close a host (and everything below it) or a port; new connections are refused within a second
    Close(Destination),
    /// Open a host or a port again
    Open(Destination),
}

/// What a rule names.
#[derive(clap::Args, Debug, Serialize)]
#[group(required = true, multiple = true)]
pub(crate) struct Destination {
    /// A name or an address
    #[arg(long)]
    host: Option<String>,
    /// A port, 1 to 65535
    #[arg(long, value_name = "NUMBER")]
    port: Option<u16>,
}

/// `turnpike admin exit …`
#[derive(Debug, Subcommand, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Exit {
    /// Add an exit
    Add {
        /// An address of this machine, a block (10.0.0.0/24), interface:NAME, http://user:password@host:port
        /// or socks5://user:password@host:port; `-`: asked for, so that the password stays off the command line
        target: String,
        /// Pools it serves, comma list: residential, datacenter, isp, static, static_unsold
        #[arg(long = "pool", value_name = "POOL", required = true, value_delimiter = ',')]
        pools: Vec<String>,
        /// Country: its code, name or alias
        #[arg(long)]
        country: String,
        /// State or region
        #[arg(long)]
        state: Option<String>,
        /// City
        #[arg(long)]
        city: Option<String>,
        /// Number of the autonomous system
        #[arg(long, value_name = "NUMBER")]
        asn: Option<u32>,
        /// Who resolves names, for upstream exits [default: exit]
        #[arg(long)]
        resolve: Option<Resolver>,
    },
    /// Exits with their health, and where they were measured to be
    List {
        #[command(flatten)]
        #[serde(flatten)]
        paging: Paging,
        /// Only those that are elsewhere than they claim
        #[arg(long)]
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        mismatched: bool,
    },
    /// Add exits from a file, all or none
    Import {
        /// Comma-separated lines under a line of names: target,pools,country and, as wanted, state,city,asn,resolve
        /// (pools with `;` between); `-` for the standard input
        #[arg(value_name = "FILE")]
        file: String,
    },
    /// Take an exit out of use at once; its connections end
    Disable {
        /// Its id
        #[arg(value_name = "ID")]
        id: i64,
    },
    /// Remove an exit; its connections end
    Remove {
        /// Its id
        #[arg(value_name = "ID")]
        id: i64,
    },
    /// Give an exit no new connections; running ones go on
    Drain {
        /// Its id
        #[arg(value_name = "ID")]
        id: i64,
    },
    /// Give a drained or disabled exit connections again
    Enable {
        /// Its id
        #[arg(value_name = "ID")]
        id: i64,
    },
    /// Have the gateways look at an exit now; `exit list` shows what they see
    Probe {
        /// Its id
        #[arg(value_name = "ID")]
        id: i64,
    },
}

impl Exit {
    pub(super) fn ask(&mut self) -> Result<()> {
        match self {
            Self::Add { target, .. } => ask(target, || secrets::line("Target: ")),
            // The command takes the file's text, for it may run on another machine.
            Self::Import { file } => {
                *file = secrets::file(file)?;
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

/// `turnpike admin static-ip …`
#[derive(Debug, Subcommand, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum StaticIp {
    /// Put addresses in stock
    Import {
        /// Comma-separated lines under a line of names: address,type,country and, as wanted,
        /// state,city,asn,isp,sharing,holders,via; `-` for the standard input
        #[arg(value_name = "FILE")]
        file: String,
    },
    /// Addresses with their holders
    List(Paging),
    /// Take an address into maintenance: nobody gets it
    Maintain {
        /// The address
        #[arg(value_name = "ADDRESS")]
        address: String,
        /// End the maintenance
        #[arg(long)]
        off: bool,
    },
    /// Take an address that nobody holds out of stock; its exit goes with it
    Remove {
        /// The address
        #[arg(value_name = "ADDRESS")]
        address: String,
    },
    /// End a holding now; its connections are reset and the address rests
    Release {
        /// Id of the package that stands for it
        #[arg(value_name = "PACKAGE")]
        package: i64,
    },
    /// Grant addresses of a country without an order, a package each
    Grant {
        /// E-mail address or id
        #[arg(value_name = "EMAIL")]
        customer: String,
        /// 14 datacenter or 25 residential
        #[serde(rename = "type")]
        #[arg(long = "type", value_name = "NUMBER", allow_negative_numbers = true)]
        product: i64,
        /// Country: its code, name or alias
        #[arg(long)]
        country: String,
        /// How many [default: 1]
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..=1_000))]
        count: Option<i64>,
        /// How long they are held [default: 30]
        #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(i64).range(1..=3_660))]
        days: Option<i64>,
        /// Only of this autonomous system
        #[arg(long, value_name = "NUMBER")]
        asn: Option<u32>,
    },
}

impl StaticIp {
    /// The command takes the file's text, for it may run on another machine.
    pub(super) fn read(&mut self) -> Result<()> {
        if let Self::Import { file } = self {
            *file = secrets::file(file)?;
        }
        Ok(())
    }
}
