//! What a payment method is to the shop: a small trait. A method is one file (or folder) under `drivers` and a
//! line in its list.

use super::model::{Payment, Refund};
use http::HeaderMap;
use turnpike_base::{Code, Currency, Fault, Money, Result, Text, Timestamp};
use turnpike_web::BoxFuture;

/// What is always true of a method.
#[derive(Debug)]
pub struct About {
    /// Its `pm_id`.
    pub id: i64,
    /// Its name in the store and in paths.
    pub slug: &'static str,
    /// Methods of a group are shown together (`payment/groups`).
    pub group: &'static str,
    /// What customers read.
    pub title: Text,
    /// Its picture, SVG.
    pub logo: &'static str,
    /// Whether every site offers it until the operator says otherwise.
    pub offered_by_default: bool,
}

/// Where the customer pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The provider's name of it.
    pub session: String,
    /// Its address.
    pub url: String,
}

/// Money that a provider has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The provider's name of the payment; refunds and disputes name it.
    pub intent: String,
    /// How much, minor units.
    pub amount: Money,
    /// ISO 4217, upper case.
    pub currency: String,
}

/// How a payment stands with its provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing came yet.
    Open,
    /// The money came.
    Paid(Receipt),
    /// It can't come any more.
    Gone,
}

/// How a refund stands with its provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefundStanding {
    /// The money is on its way back; the provider's name of the refund.
    Made(String),
    /// Not yet: ask again.
    Pending,
    /// It can't be made; why.
    Refused(String),
}

/// What a provider tells by itself. Made only of a body whose signature holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The provider's name of the notice: repeats carry the same.
    pub event: String,
    /// What it is about, in the provider's words.
    pub kind: String,
    /// What follows from it.
    pub news: News,
}

/// See [`Notice`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum News {
    /// A payment's page has come to this; the attempt that it names, and the order.
    Payment { session: String, payment: Option<(i64, String)>, standing: Standing },
    /// A refund could not be made after all.
    RefundFailed { refund: String },
    /// A refund that nobody here asked for: it was made at the provider.
    RefundMade { refund: String, intent: String, amount: Money },
    /// A payer's bank calls a payment back, or more of it: `amount` is all that the dispute is over.
    DisputeOpened { dispute: String, intent: String, amount: Money },
    /// The dispute is over.
    DisputeEnded { dispute: String, amount: Money, won: bool },
    /// Nothing that matters here.
    Nothing,
}

/// A list of a provider's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum List {
    Payments,
    Refunds,
    Disputes,
}

impl List {
    /// Every list.
    pub const ALL: [Self; 3] = [Self::Payments, Self::Refunds, Self::Disputes];

    /// How it is called where a place in it is kept.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Payments => "payments",
            Self::Refunds => "refunds",
            Self::Disputes => "disputes",
        }
    }
}

/// Which rows of a list are wanted: what began from `since` on and `before`, `after` a row that was read already.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Wanted {
    pub list: List,
    pub since: Timestamp,
    pub before: Timestamp,
    pub after: Option<String>,
}

/// How a dispute ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Ended {
    Won,
    Lost,
}

/// A row of a list, under the provider's names; what is not of this shop, and what moved no money, is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Listed {
    /// Money that came for an order.
    Payment { intent: String, trade_no: String, amount: Money, currency: String },
    /// Money that goes back, or, where it was not `made`, could not.
    Refund { refund: String, intent: String, amount: Money, made: bool },
    /// Money that a payer's bank called back.
    Dispute { dispute: String, intent: String, amount: Money, ended: Option<Ended> },
}

/// A piece of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Piece {
    /// Its rows.
    pub rows: Vec<Listed>,
    /// After which row it goes on; nothing: it does not.
    pub next: Option<String>,
}

/// A way to pay. Every call to a provider is made outside transactions, and may be made again.
pub trait Driver: Send + Sync {
    /// What is always true of it.
    fn about(&self) -> &'static About;

    /// Whether it is configured.
    fn is_ready(&self) -> bool {
        true
    }

    /// Whether it can charge a currency on a site that settles in another.
    fn charges(&self, currency: Currency, settled: Currency) -> bool {
        currency == settled
    }

    /// Least and most of a payment in a currency, minor units; nothing: no bound.
    fn bounds(&self, _: Currency) -> (Money, Money) {
        (Money::ZERO, Money::ZERO)
    }

    /// Whether customers prove by a document that they paid (`pay/proof`); the first proof keeps their order waiting.
    fn takes_proofs(&self) -> bool {
        false
    }

    /// Whether an operator says what came by it (`order confirm`), because nobody else does.
    fn is_confirmed_by_operator(&self) -> bool {
        false
    }

    /// What a customer reads below the operator's note when he pays an order by it; `None`: neither is shown.
    fn instructions(&self, _trade_no: &str) -> Option<Text> {
        None
    }

    /// Whether there is somebody to ask about payments: only then they are polled, refunded and compared.
    fn has_provider(&self) -> bool {
        false
    }

    /// Begins a payment; `None` where the customer pays without a page. Begun again, it gives the same page.
    fn start<'a>(&'a self, _: &'a Payment) -> BoxFuture<'a, Result<Option<Page>>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    /// Whether a payment whose page is not known can still begin; else it takes a new attempt.
    fn can_start(&self, _: &Payment, _: Timestamp) -> bool {
        true
    }

    /// The page of a payment that can't begin any more, if the answer that named it was lost; it begins nothing.
    fn recover<'a>(&'a self, _: &'a Payment) -> BoxFuture<'a, Result<Option<Page>>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    /// Checks who sent a notice, over its raw body; a signature that does not hold is a failure.
    fn verify(&self, _: &HeaderMap, _: &[u8], _: Timestamp) -> Result<()> {
        Err(Fault::new(Code::NotFound, "no_notices"))
    }

    /// Reads a notice that was verified, now or before.
    fn read(&self, _: &[u8]) -> Result<Notice> {
        Err(Fault::new(Code::NotFound, "no_notices"))
    }

    /// Asks how a payment stands.
    fn look_up<'a>(&'a self, _: &'a Payment) -> BoxFuture<'a, Result<Standing>> {
        Box::pin(std::future::ready(Ok(Standing::Open)))
    }

    /// Takes a payment's page away, so that nobody pays for a closed order.
    fn close<'a>(&'a self, _: &'a Payment) -> BoxFuture<'a, Result<()>> {
        Box::pin(std::future::ready(Ok(())))
    }

    /// Pays money back.
    fn refund<'a>(&'a self, _: &'a Payment, _: &'a Refund) -> BoxFuture<'a, Result<RefundStanding>> {
        Box::pin(std::future::ready(Ok(RefundStanding::Pending)))
    }

    /// A piece of a list of the provider's own, in an order of his in which nothing new comes after what was read. Empty without a
    /// provider.
    fn list<'a>(&'a self, _: &'a Wanted) -> BoxFuture<'a, Result<Piece>> {
        Box::pin(std::future::ready(Ok(Piece::default())))
    }

    /// What of a payment the provider has: received, and paid back of it. `None` without a provider.
    fn audit<'a>(&'a self, _: &'a Payment) -> BoxFuture<'a, Result<Option<(Money, Money)>>> {
        Box::pin(std::future::ready(Ok(None)))
    }
}
