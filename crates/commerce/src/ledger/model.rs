//! Accounts, entries and their lines.

use turnpike_base::{CustomerId, Money, SiteId, Text, Timestamp};

/// What money stands on. Balances and what is held are a customer's, everything else is a site's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Account {
    /// What a customer may spend.
    Balance(CustomerId),
    /// Paid for an order that is not complete yet.
    Held(CustomerId),
    /// What a payment method (its id) brought to the operator, as a negative sum: cash grows by debits.
    Cash(i64),
    /// Refunds that are promised and not yet made by a payment method (its id).
    Due(i64),
    /// Goods sold.
    Revenue,
    /// Handling fees charged.
    Fees,
    /// Gifts to customers.
    Gifts,
    /// Goods taken back.
    Refunds,
    /// Payments that their payers' banks have called back.
    Disputes,
    /// What the operator gave or took by hand.
    Adjustments,
}

impl Account {
    /// How the store and the operator name it; customers' accounts are told apart by their owner.
    pub fn name(self) -> String {
        match self {
            Self::Balance(_) => "balance".into(),
            Self::Held(_) => "held".into(),
            Self::Cash(method) => format!("cash:{method}"),
            Self::Due(method) => format!("due:{method}"),
            Self::Revenue => "revenue".into(),
            Self::Fees => "fees".into(),
            Self::Gifts => "gifts".into(),
            Self::Refunds => "refunds".into(),
            Self::Disputes => "disputes".into(),
            Self::Adjustments => "adjustments".into(),
        }
    }

    /// Whose it is, if it is a customer's.
    pub const fn owner(self) -> Option<CustomerId> {
        match self {
            Self::Balance(customer) | Self::Held(customer) => Some(customer),
            _ => None,
        }
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $slug:literal, $zh:literal, $en:literal;)*) => {
        /// What an entry tells of. An order has at most one payment, recharge and gift.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Kind { $($(#[$doc])* $name),* }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
            /// How the store names it.
            pub const fn slug(self) -> &'static str { match self { $(Self::$name => $slug),* } }
            /// What customers read on a statement.
            pub const fn text(self) -> Text { match self { $(Self::$name => Text::new($zh, $en)),* } }
        }
    };
}

kinds! {
    /// An order was paid and granted.
    Payment = "payment", "购买", "Purchase";
    /// The balance was topped up.
    Recharge = "recharge", "余额充值", "Top-up";
    /// The gift that came with a top-up.
    Gift = "gift", "充值赠送", "Top-up gift";
    /// A payment arrived short and waits for its rest.
    Short = "short", "部分付款", "Partial payment";
    /// The rest of a short payment arrived.
    Completed = "completed", "补齐付款", "Payment completed";
    /// What a short payment's order held went to the balance.
    Returned = "returned", "部分付款转入余额", "Partial payment to the balance";
    /// What a payment brought beyond the order.
    Surplus = "surplus", "多付金额转入余额", "Surplus to the balance";
    /// A payment arrived for an order that is closed.
    Late = "late", "订单关闭后到账转入余额", "Late payment to the balance";
    /// An order was refunded, whole or in part.
    Refund = "refund", "退款", "Refund";
    /// A payment method made a promised refund.
    RefundPaid = "refund_paid", "退款已原路退回", "Refund paid out";
    /// A payment method can't make a promised refund; it went to the balance.
    RefundFailed = "refund_failed", "原路退款失败转入余额", "Refund to the balance";
    /// A payer's bank called a payment back.
    Dispute = "dispute", "支付争议", "Payment dispute";
    /// A dispute ended in the operator's favour.
    DisputeWon = "dispute_won", "支付争议撤销", "Dispute withdrawn";
    /// The operator gave or took by hand.
    Credit = "credit", "人工调整", "Adjustment";
}

impl Kind {
    /// The kind with this slug.
    pub fn parse(slug: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.slug() == slug)
    }
}

/// An entry to be posted.
#[derive(Clone, Copy, Debug)]
pub struct Posting<'a> {
    /// The customer's brand.
    pub site: SiteId,
    /// Who it is about; it stands on his statement.
    pub customer: CustomerId,
    /// What it tells of.
    pub kind: Kind,
    /// The order, or what else it is found by.
    pub trade_no: &'a str,
    /// What a person reads beside it: a product's title, an operator's reason.
    pub memo: &'a str,
    /// Credits positive, debits negative, together nothing. A line of nothing is left out.
    pub lines: &'a [(Account, Money)],
    /// Whether a balance may fall below zero: by disputes only.
    pub overdraw: bool,
}

/// An entry as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Its row.
    pub id: i64,
    /// Whose.
    pub customer: CustomerId,
    /// What it tells of.
    pub kind: String,
    /// The order, or what else it is found by.
    pub trade_no: String,
    /// What a person reads beside it.
    pub memo: String,
    /// ISO 4217.
    pub currency: String,
    /// When.
    pub created_at: Timestamp,
    /// Accounts and amounts; credits positive.
    pub lines: Vec<(String, Money)>,
    /// The customer's balance afterwards, where the entry touched it.
    pub balance: Option<Money>,
}
