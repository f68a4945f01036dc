//! What is known of an order.

use crate::fields::Region;
use crate::renewals::Duration;
use serde::{Deserialize, Serialize};
use turnpike_base::{
    Currency, CustomerId, Money, OrderId, PackageId, ProductId, ProductType, SiteId, Text, Timestamp,
};

/// How an order stands. 0 to 1, 0 to 2, 1 to 3, and no other way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Waits for its payment and holds what it is for.
    Unpaid = 0,
    /// Paid and granted, in one transaction.
    Paid = 1,
    /// Closed unpaid; what it held is free.
    Closed = 2,
    /// Refunded.
    Refunded = 3,
}

impl Status {
    /// The status with this number.
    pub const fn from_number(n: i64) -> Option<Self> {
        match n {
            0 => Some(Self::Unpaid),
            1 => Some(Self::Paid),
            2 => Some(Self::Closed),
            3 => Some(Self::Refunded),
            _ => None,
        }
    }
}

/// Too much or too little came (the document's `pay_fee_status`).
pub const EXACT: i64 = 0;
/// More came than was due; the surplus is on the balance.
pub const OVER: i64 = 1;
/// Less came than was due; the rest is waited for.
pub const SHORT: i64 = 2;

/// What an order grants, fixed when it was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goods {
    /// The thing itself.
    pub what: What,
    /// Balance on top, minor units.
    #[serde(default)]
    pub balance_gift: i64,
    /// What the product says of itself.
    pub detail: Text,
    /// Regions in words; empty where there are none.
    #[serde(default)]
    pub regions: String,
    /// Whether it took from a limited stock of the product: only then something is put back.
    #[serde(default)]
    pub limited: bool,
    /// How it can be bought again: the choices of type 11 and the multiple of its validity.
    #[serde(default)]
    pub choices: Choices,
}

/// The buyer's choices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Choices {
    pub bandwidth: Option<i64>,
    pub concurrency: Option<i64>,
    pub duration: Option<i64>,
    pub etd: i64,
}

/// See [`Goods`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum What {
    /// Minor units.
    Balance {
        amount: i64,
        gift: i64,
    },
    Bucket {
        bytes: i64,
        days: i64,
    },
    Count {
        uses: i64,
        days: i64,
    },
    /// Bytes per second and connections.
    Caps {
        bandwidth: i64,
        concurrency: i64,
        days: i64,
    },
    Addresses {
        regions: Vec<Region>,
        days: i64,
    },
    Renewal {
        packages: Vec<PackageId>,
        duration: Duration,
        /// The days of each that were paid for, where days are counted (`em`).
        #[serde(default)]
        days: Vec<i64>,
    },
    Addon {
        bytes: i64,
    },
    /// The missing rest of another order.
    Rest {
        trade_no: String,
    },
}

/// An order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// The brand.
    pub site: SiteId,
    /// Who buys.
    pub customer: CustomerId,
    /// 28 digits.
    pub trade_no: String,
    /// The provider's number; empty when none.
    pub out_trade_no: String,
    /// What.
    pub product: ProductId,
    /// Of which type.
    pub product_type: ProductType,
    /// How many.
    pub amount: i64,
    /// What its amounts are in.
    pub currency: Currency,
    /// Price of one.
    pub unit_price: Money,
    /// Before discounts and fees.
    pub gross: Money,
    /// Saved.
    pub discount_fee: Money,
    /// The method's fee.
    pub handling_fee: Money,
    /// Paid back.
    pub refund_fee: Money,
    /// What came for it so far.
    pub received: Money,
    /// Payment method; 0: not chosen yet.
    pub pm_id: i64,
    /// How it stands.
    pub status: Status,
    /// 0 exact, 1 too much came, 2 too little.
    pub pay_fee_status: i64,
    /// The product's name.
    pub title: Text,
    /// What it grants.
    pub goods: Goods,
    /// Its invoice.
    pub invoice_id: Option<i64>,
    /// When it was made.
    pub created_at: Timestamp,
    /// It closes by itself then.
    pub expire_at: Timestamp,
    /// When it was paid.
    pub paid_at: Option<Timestamp>,
}

impl Order {
    /// What the goods cost after the discount.
    pub const fn goods_fee(&self) -> Money {
        Money(self.gross.0 - self.discount_fee.0)
    }

    /// What is to be paid.
    pub const fn pay_fee(&self) -> Money {
        Money(self.goods_fee().0 + self.handling_fee.0)
    }

    /// The whole price without the discount.
    pub const fn total_fee(&self) -> Money {
        Money(self.gross.0 + self.handling_fee.0)
    }

    /// Balance that comes on top of it.
    pub const fn gift(&self) -> Money {
        match self.goods.what {
            What::Balance { gift, .. } => Money(gift + self.goods.balance_gift),
            _ => Money(self.goods.balance_gift),
        }
    }

    /// What has still to come.
    pub const fn missing(&self) -> Money {
        Money(self.pay_fee().0 - self.received.0)
    }
}

/// Money that came for an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paid {
    /// How much, in the order's currency.
    pub amount: Money,
    /// By which method; that of the balance: from there.
    pub pm_id: i64,
    /// The provider's number; empty when none.
    pub reference: String,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// The order is paid and granted.
    Paid,
    /// It came short: the order waits for the rest.
    Short {
        /// What has still to come.
        missing: Money,
    },
    /// Paid and granted; the surplus is on the balance.
    Over {
        /// How much too much came.
        surplus: Money,
    },
    /// The order was closed, or can't be granted any more: all of it is on the balance.
    Late,
}
