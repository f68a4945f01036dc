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

/// `turnpike admin job …`
#[derive(Debug, Subcommand, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Job {
    /// Jobs, the one that is due first before the others
    List(Paging),
    /// Run a job that waits now
    Run {
        /// Its id
        #[arg(value_name = "ID")]
        id: i64,
    },
}

/// `turnpike admin payment-method …`
#[derive(Debug, Subcommand, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum PaymentMethod {
    /// What a site offers
    List {
        /// Name of the site [default: the first one]
        #[arg(long, value_name = "NAME")]
        site: Option<String>,
    },
    /// Offer a method on a site, or no longer; what is not said stays as it was
    Set {
        /// 1 Stripe (needs its settings), 2 bank transfer, 7 balance
        id: i64,
        /// Name of the site [default: the first one]
        #[arg(long, value_name = "NAME")]
        site: Option<String>,
        /// Offer it no longer
        #[arg(long)]
        off: bool,
        /// Handling fee in basis points of the goods: 250 is 2.5 %
        #[arg(long, value_name = "N", allow_negative_numbers = true)]
        rate: Option<i64>,
        /// Handling fee on top, such as 0.30
        #[arg(long, value_name = "AMOUNT")]
        fee: Option<String>,
        /// Least that is paid by it; 0: no bound
        #[arg(long, value_name = "AMOUNT")]
        min: Option<String>,
        /// Most that is paid by it; 0: no bound
        #[arg(long, value_name = "AMOUNT")]
        max: Option<String>,
        /// What customers read before they pay, in Chinese: the account of a bank transfer
        #[arg(long, value_name = "TEXT")]
        note_zh: Option<String>,
        /// The same in English
        #[arg(long, value_name = "TEXT")]
        note_en: Option<String>,
    },
}

/// `turnpike admin payment …`
#[derive(Debug, Subcommand, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Payment {
    /// Refunds that wait to be made, or those of an order
    Refunds {
        /// Only of this order
        trade_no: Option<String>,
    },
    /// Money that a provider has and that fits no order, because it came in another currency
    Unmatched {},
    /// Send such money back by its provider, or record that you did by other means; or what of an order's payments went to
    /// the balance
    Return {
        /// Its id in `payment unmatched`
        #[arg(required_unless_present = "trade_no")]
        id: Option<i64>,
        /// What came for this order and bought nothing goes from the balance back to where it came from
        #[arg(long = "order", value_name = "TRADE_NO", conflicts_with_all = ["id", "reference"])]
        trade_no: Option<String>,
        /// Only so much of the order's, such as 12.50 [default: all of it]
        #[arg(long, value_name = "AMOUNT", requires = "trade_no", conflicts_with = "id")]
        amount: Option<String>,
        /// How you returned it yourself
        #[arg(long, value_name = "TEXT")]
        reference: Option<String>,
    },
    /// The daily comparisons with payment providers, the newest first
    Reconciliations {},
    /// Record that a refund by bank transfer was made
    Refunded {
        /// Its number in `payment refunds`
        id: i64,
        /// The bank's number of the transfer
        reference: String,
    },
}

/// `turnpike admin invoice …`
#[derive(Debug, Subcommand, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Invoice {
    /// Invoices, the newest first
    List {
        /// Only of this customer: e-mail address or id
        #[arg(long, value_name = "EMAIL")]
        customer: Option<String>,
        /// 1 asked for, 2 issued, 3 rejected, 4 cancelled [default: any]
        #[arg(long, value_name = "N")]
        status: Option<i64>,
        /// Only those of which something was paid back and that wait for a credit note
        #[arg(long)]
        to_correct: bool,
        #[command(flatten)]
        #[serde(flatten)]
        paging: Paging,
    },
    /// Issue an invoice that was asked for
    Issue {
        /// Its id in `invoice list`
        id: i64,
        /// Your number of it, unique within the site
        number: String,
    },
    /// Issue a credit note over what was paid back since the invoice was issued
    Correct {
        /// Its id in `invoice list`
        id: i64,
        /// Your number of the credit note, unique within the site
        number: String,
    },
    /// Refuse it; its orders can be asked for again
    Reject {
        /// Its id in `invoice list`
        id: i64,
        /// What the customer reads, up to 200 characters
        reason: String,
    },
}
