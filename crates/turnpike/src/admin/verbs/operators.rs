//! Operators, the audit and mails.

use super::{Paging, ask};
use crate::admin::secrets;
use anyhow::Result;
use clap::Subcommand;
use serde::Serialize;

/// `turnpike admin operator …`
#[derive(Debug, Subcommand, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Operator {
    /// Add an operator; a second factor is set up at the first login
    Create {
        /// E-mail address
        #[arg(long)]
        email: String,
        /// `-` or no value: asked for, or one line of the standard input
        #[arg(long, num_args = 0..=1, default_missing_value = secrets::STDIN, default_value = secrets::STDIN)]
        password: String,
        /// owner, finance, support, network or read-only [default: read-only]
        #[arg(long)]
        role: Option<String>,
    },
    /// All operators
    List {},
    /// Change what somebody may do
    Role {
        /// E-mail address or id
        email: String,
        /// owner, finance, support, network or read-only
        role: String,
    },
    /// New password, no second factor, no logins: for who lost a telephone
    Reset {
        /// E-mail address or id
        email: String,
        /// `-` or no value: asked for, or one line of the standard input
        #[arg(long, num_args = 0..=1, default_missing_value = secrets::STDIN, default_value = secrets::STDIN)]
        password: String,
    },
    /// Keep somebody out; every login ends
    Disable {
        /// E-mail address or id
        email: String,
    },
    /// Let somebody in again
    Enable {
        /// E-mail address or id
        email: String,
    },
}

impl Operator {
    pub(super) fn ask(&mut self) -> Result<()> {
        match self {
            Self::Create { password, .. } | Self::Reset { password, .. } => ask(password, secrets::password),
            _ => Ok(()),
        }
    }
}

/// `turnpike admin audit …`
#[derive(Debug, Subcommand, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Audit {
    /// What was done, the newest first
    List {
        /// Only of this customer: e-mail address or id
        #[arg(long, value_name = "EMAIL")]
        customer: Option<String>,
        #[command(flatten)]
        #[serde(flatten)]
        paging: Paging,
    },
}

/// `turnpike admin mail …`
#[derive(Debug, Subcommand, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Mail {
    /// The newest mails, sent or waiting
    List {},
    /// What a mail says; once it was sent its text is gone
    Show {
        /// Its number
        id: i64,
    },
}
