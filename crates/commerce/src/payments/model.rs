//! Methods as a site offers them, attempts to pay, refunds.

use super::drivers::balance;
use turnpike_base::{Currency, CustomerId, Money, SiteId, Text, Timestamp};

/// A way to pay, as a site offers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// `pm_id`.
    pub id: i64,
    /// Its name in the store and in paths.
    pub driver: &'static str,
    /// What customers read.
    pub title: Text,
    /// Path of its picture on this installation.
    pub logo: String,
    /// Methods of a group are shown together.
    pub group: &'static str,
    /// Basis points of the goods.
    pub handling_rate: i64,
    /// Minor units on top.
    pub handling_fee: Money,
    /// Least that is paid by it; nothing: no bound.
    pub min: Money,
    /// Most that is paid by it; nothing: no bound.
    pub max: Money,
    /// Least that its provider takes, whatever the operator set; nothing: no bound.
    pub least: Money,
    /// Most that its provider takes; nothing: no bound.
    pub most: Money,
    /// What it can charge.
    pub currencies: Vec<Currency>,
    /// What the customer reads before he pays.
    pub note: Text,
}

impl Method {
    /// Whether it is the balance, which settles at once.
    pub const fn is_balance(&self) -> bool {
        self.id == balance::ID
    }

    /// Least and most that is paid by it, the operator's bounds and the provider's together; nothing: no bound.
    pub fn bounds(&self) -> (Money, Money) {
        let most = [self.max, self.most].into_iter().filter(|bound| *bound > Money::ZERO).min();
        (self.min.max(self.least), most.unwrap_or(Money::ZERO))
    }

    /// Whether an amount is within its bounds.
    pub fn takes(&self, amount: Money) -> bool {
        let (least, most) = self.bounds();
        amount >= least && (most == Money::ZERO || amount <= most)
    }
}

/// How an attempt to pay stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Nothing came yet.
    Open,
    /// The money came and was booked.
    Paid,
    /// It can't come any more.
    Gone,
}

impl Status {
    pub(crate) fn parse(slug: &str) -> Self {
        match slug {
            "paid" => Self::Paid,
            "gone" => Self::Gone,
            _ => Self::Open,
        }
    }
}

/// An attempt to pay an order by a method other than the balance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// Its row.
    pub id: i64,
    /// The brand.
    pub site: SiteId,
    /// Who pays.
    pub customer: CustomerId,
    /// For which order.
    pub trade_no: String,
    /// By which method.
    pub pm_id: i64,
    /// What was asked for.
    pub amount: Money,
    /// ISO 4217.
    pub currency: String,
    /// How it stands.
    pub status: Status,
    /// The provider's page.
    pub session: Option<String>,
    /// The provider's payment.
    pub intent: Option<String>,
    /// Where the page is.
    pub page_url: Option<String>,
    /// What came.
    pub received: Money,
    /// What of it went back, or is promised back.
    pub refunded: Money,
    /// What of it went to the balance beside what was ordered: late, too much, or to go back and could not.
    pub beside: Money,
    /// What is paid for, in the customer's language; empty where no page says it.
    pub title: String,
    /// Where the customer's browser goes after the page.
    pub return_url: String,
    /// When it began.
    pub created_at: Timestamp,
}

/// An attempt to be.
#[derive(Clone, Debug)]
pub(crate) struct Attempt<'a> {
    /// By which method.
    pub(crate) pm_id: i64,
    /// How much is asked for.
    pub(crate) amount: Money,
    /// What its page says is paid for.
    pub(crate) title: &'a str,
    /// Where its page leads back to.
    pub(crate) return_url: &'a str,
}

impl Payment {
    /// Whether nothing was booked for it yet: also of one whose page is gone, should money come after all.
    pub(crate) fn is_unbooked(&self) -> bool {
        self.status != Status::Paid
    }
}

/// A refund that is promised to a payer and made by the method that he paid with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// Its row.
    pub id: i64,
    /// Of which payment.
    pub payment: i64,
    /// The brand.
    pub site: SiteId,
    /// Whose.
    pub customer: CustomerId,
    /// Of which order.
    pub trade_no: String,
    /// By which method.
    pub pm_id: i64,
    /// How much.
    pub amount: Money,
    /// ISO 4217, as its payment's.
    pub currency: String,
    /// Of what went to the balance beside what was ordered.
    pub beside: bool,
    /// promised, made, failed
    pub status: String,
    /// When it was promised.
    pub created_at: Timestamp,
}
