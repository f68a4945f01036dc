//! Catalogue, coupons and orders.

use super::Paging;
use crate::admin::secrets;
use anyhow::Result;
use clap::Subcommand;
use serde::Serialize;

/// `turnpike admin product …`
#[derive(Debug, Subcommand, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Product {
    /// Load a catalogue file (TOML or JSON): products are found by their code, others stay as they are
    Load {
        /// The file; `-`: the standard input
        file: String,
        /// Name of the site [default: the first one]
        #[arg(long, value_name = "NAME")]
        site: Option<String>,
    },
    /// Print the catalogue as a file that can be loaded
    Export {
        /// Name of the site [default: the first one]
        #[arg(long, value_name = "NAME")]
        site: Option<String>,
    },
    /// All products
    List {
        /// Name of the site [default: the first one]
        #[arg(long, value_name = "NAME")]
        site: Option<String>,
    },
}

impl Product {
    /// The command takes the file's text, for it may run on another machine.
    pub(super) fn read(&mut self) -> Result<()> {
        if let Self::Load { file, .. } = self {
            *file = secrets::file(file)?;
        }
        Ok(())
    }
}

/// `turnpike admin coupon …`
#[derive(Debug, Subcommand, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Coupon {
    /// Add a coupon that takes off a percentage or an amount
    Create {
        /// What customers enter; compared without case
        code: String,
        /// Its name [default: the code]
        #[arg(long)]
        name: Option<String>,
        /// Percent of the price, 0.01 to 100
        #[arg(long, value_name = "PERCENT", conflicts_with = "amount")]
        percent: Option<String>,
        /// An amount in the site's currency, such as 12.50
        #[arg(long, value_name = "AMOUNT")]
        amount: Option<String>,
        /// Only for prices of at least this much
        #[arg(long, value_name = "AMOUNT")]
        minimum: Option<String>,
        /// Only for this product type, can be repeated [default: every type that takes discounts]
        #[arg(long = "type", value_name = "NUMBER")]
        types: Vec<i64>,
        /// Valid for so long [default: 30]
        #[arg(long, value_name = "DAYS", allow_negative_numbers = true)]
        days: Option<i64>,
        /// Uses of one customer; 0: any number [default: 1]
        #[arg(long, value_name = "N", allow_negative_numbers = true)]
        per_customer: Option<i64>,
        /// Uses in all; 0: any number [default: 0]
        #[arg(long, value_name = "N", allow_negative_numbers = true)]
        total: Option<i64>,
        /// Only for this customer: e-mail address or id
        #[arg(long, value_name = "EMAIL")]
        customer: Option<String>,
        /// Name of the site [default: the first one]
        #[arg(long, value_name = "NAME")]
        site: Option<String>,
    },
    /// Coupons, the newest first
    List(Paging),
    /// Take a coupon back; orders that hold it keep it
    Disable {
        /// Its code
        code: String,
        /// Allow it again
        #[arg(long)]
        off: bool,
        /// Name of the site [default: the first one]
        #[arg(long, value_name = "NAME")]
        site: Option<String>,
    },
    /// Give a customer the invitation discount, once
    Invite {
        /// E-mail address or id
        #[arg(value_name = "EMAIL")]
        customer: String,
    },
}

/// `turnpike admin order …`
#[derive(Debug, Subcommand, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Order {
    /// Orders, the newest first
    List {
        /// Of this customer: e-mail address or id
        #[arg(long, value_name = "EMAIL")]
        customer: Option<String>,
        /// 0 unpaid, 1 paid, 2 closed, 3 refunded
        #[arg(long, value_name = "NUMBER")]
        status: Option<i64>,
        #[command(flatten)]
        #[serde(flatten)]
        paging: Paging,
    },
    /// One order and what it granted
    Show {
        /// 28 digits
        trade_no: String,
    },
    /// Buy for a customer, from the balance
    Create {
        /// E-mail address or id
        #[arg(value_name = "EMAIL")]
        customer: String,
        /// The product's code
        product: String,
        /// How many [default: 1]
        #[arg(long, value_name = "N", allow_negative_numbers = true)]
        amount: Option<i64>,
        /// Types 14 and 25: CC,quantity[,ASN]|…
        #[arg(long, value_name = "LIST")]
        regions: Option<String>,
        /// Type 11: Mbit/s out of the product's list
        #[arg(long, value_name = "MBIT")]
        bandwidth: Option<i64>,
        /// Type 11: connections out of the product's list
        #[arg(long, value_name = "N")]
        concurrency: Option<i64>,
        /// Type 11: days out of the product's list
        #[arg(long, value_name = "DAYS")]
        days: Option<i64>,
    },
    /// Book a bank transfer that arrived for an order
    Confirm {
        /// Its number
        trade_no: String,
        /// The bank's number of the transfer; the same one is booked once
        reference: String,
        /// What came, such as 12.50 [default: what the order waits for]
        #[arg(long)]
        amount: Option<String>,
    },
    /// What a customer sent to prove a bank transfer
    Proofs {
        /// The order's number
        trade_no: String,
        /// Also print this proof's file, in Base64
        #[arg(long, value_name = "ID")]
        proof: Option<i64>,
    },
    /// Close an unpaid order at once, whatever proof of a transfer came for it; what it held is free
    Reject {
        /// 28 digits
        trade_no: String,
    },
    /// Pay an order back; what it granted is taken back as far as it is unused
    Refund {
        /// 28 digits
        trade_no: String,
        /// In the order's currency [default: all that is unused]
        #[arg(long, value_name = "AMOUNT")]
        amount: Option<String>,
    },
}
