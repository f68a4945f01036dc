//! What is known of static addresses and who holds them.

use std::net::IpAddr;
use turnpike_base::{CustomerId, ExitId, PackageId, ProductType, StaticId, Timestamp};
use turnpike_wire::CountryCode;

/// An address as an operator imports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewStatic {
    /// What customers see and dial.
    pub address: IpAddr,
    /// A parent proxy that leaves from it; `None`: it is an address of a gateway's machine.
    pub via: Option<String>,
    /// 14 (data center) or 25 (residential).
    pub product: ProductType,
    /// Country by code or name.
    pub country: String,
    /// State by code or name.
    pub state: Option<String>,
    /// City by name.
    pub city: Option<String>,
    /// Autonomous system number.
    pub asn: Option<u32>,
    /// Who runs the network.
    pub isp: String,
    /// How many customers may hold it at once, 1 to 100; 1: exclusive.
    pub holders: i64,
}

/// Which addresses of the stock are wanted.
#[derive(Clone, Debug, Default)]
pub struct Stock {
    /// With this in the address, the network's name or the city.
    pub search: Option<String>,
    /// 14 or 25.
    pub product: Option<ProductType>,
    /// In this country.
    pub country: Option<CountryCode>,
    /// In this state.
    pub state: Option<StockState>,
}

/// What can become of an address just now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StockState {
    /// It can be sold.
    Free,
    /// Somebody holds it.
    Held,
    /// Nobody gets it before it has rested.
    Resting,
    /// Under maintenance.
    Maintenance,
}

/// An address in stock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Its id.
    pub id: StaticId,
    /// The exit that stands for it; 0 if it was taken out of stock.
    pub exit: ExitId,
    /// The address.
    pub address: String,
    /// 14 or 25.
    pub product: ProductType,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// ISO 3166-2.
    pub state: Option<String>,
    /// Name for people.
    pub city: Option<String>,
    /// Autonomous system number.
    pub asn: Option<i64>,
    /// Who runs the network.
    pub isp: String,
    /// How many may hold it at once.
    pub most_holders: i64,
    /// How many do, waiting orders included.
    pub taken: i64,
    /// Under maintenance: it serves nobody and is not sold.
    pub maintenance: bool,
    /// Not sold before.
    pub rests_until: Timestamp,
}

impl Address {
    /// Whether somebody holds it, or it rests after somebody did.
    pub fn is_in_use(&self, now: Timestamp) -> bool {
        self.taken > 0 || now < self.rests_until
    }
}

/// What an order wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// For whom.
    pub customer: CustomerId,
    /// 14 or 25.
    pub product: ProductType,
    /// Where.
    pub country: CountryCode,
    /// In which autonomous system, if that matters.
    pub asn: Option<u32>,
    /// How many.
    pub count: i64,
}

/// A holding as the customer and the operator see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The package; what `upids` takes.
    pub package: PackageId,
    /// Who holds it.
    pub customer: CustomerId,
    /// The address.
    pub address: Address,
    /// The order that bought it.
    pub trade_no: String,
    /// The customer's note.
    pub remark: String,
    /// Whether it renews by itself.
    pub auto_renew: bool,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
    /// It was given back or taken away, or rested long enough after its expiry.
    pub ended: bool,
}

/// A holding as admission needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owned {
    /// The package.
    pub package: PackageId,
    /// The exit that stands for the address.
    pub exit: ExitId,
    /// The address.
    pub address: String,
    /// Where it is.
    pub country: String,
    /// ISO 3166-2.
    pub state: Option<String>,
    /// Name for people.
    pub city: Option<String>,
    /// Autonomous system number.
    pub asn: Option<i64>,
    /// When the holding ends.
    pub until: Timestamp,
}

impl Owned {
    /// Whether this is the address of that text, or the one of that package.
    pub fn is(&self, ip: &str) -> bool {
        self.address == ip || self.package.0.to_string() == ip
    }
}

/// How a customer stands to an address that he asks for and can't use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    /// He holds it, but not at the place that he asks for too.
    Held,
    /// He holds it, and it is under maintenance.
    Maintained,
    /// He held it.
    Expired,
    /// It is not his, or there is no such address; the two are never told apart.
    Foreign,
}

/// Which holdings of a customer are wanted (`ip/get-static-ip`).
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// 14 or 25.
    pub product: Option<ProductType>,
    /// Of one order.
    pub trade_no: Option<String>,
    /// 1 valid, 2 expired, 3 expires within 7 days, 4 under maintenance.
    pub status: Option<i64>,
}

/// How many addresses can be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Availability {
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Autonomous system number, where known.
    pub asn: Option<i64>,
    /// Who runs the network.
    pub isp: String,
    /// How many.
    pub number: i64,
}

/// Addresses of a country and type that a customer's unpaid orders hold, and how many anybody could still buy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reserved {
    /// By his orders.
    pub held: i64,
    /// Not taken.
    pub left: i64,
}
