//! What is known of a package.

use super::rules::Status;
use turnpike_base::{CustomerId, PackageId, ProductType, Text, Timestamp};

/// A package to be.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Whose.
    pub customer: CustomerId,
    /// Of which type.
    pub product: ProductType,
    /// What the order called it.
    pub title: Text,
    /// The order, 28 digits.
    pub trade_no: String,
    /// When it was ordered.
    pub ordered_at: Timestamp,
    /// When it was paid.
    pub paid_at: Timestamp,
    /// Bytes, or a count for countable types; 0 where nothing is drawn.
    pub total: i64,
    /// Bytes per second, type 11.
    pub bandwidth: Option<i64>,
    /// Connections at once, type 11.
    pub concurrency: Option<i64>,
    /// From then on it can't be used.
    pub expires_at: Timestamp,
}

/// A package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Its id.
    pub id: PackageId,
    /// Whose.
    pub customer: CustomerId,
    /// Of which type.
    pub product: ProductType,
    /// What the order called it.
    pub title: Text,
    /// The order.
    pub trade_no: String,
    /// When it was ordered.
    pub ordered_at: Timestamp,
    /// When it was paid.
    pub paid_at: Timestamp,
    /// Bytes, or a count.
    pub total: i64,
    /// Bytes, or a count.
    pub used: i64,
    /// Bytes in outstanding leases.
    pub reserved: i64,
    /// Bytes per second.
    pub bandwidth: Option<i64>,
    /// Connections at once.
    pub concurrency: Option<i64>,
    /// Whether it renews by itself.
    pub auto_renew: bool,
    /// Since when it can be used.
    pub created_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
}

/// Which of a customer's packages are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted<'a> {
    /// Of this type.
    pub product: Option<ProductType>,
    /// Of this order.
    pub trade_no: Option<&'a str>,
    /// In this state at that instant.
    pub status: Option<(Status, Timestamp)>,
}
