//! What is known of an allowlisted address.

use std::net::IpAddr;
use turnpike_base::{AllowlistId, CustomerId, PackageId, ProductType, Timestamp};

/// One address for one product type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: AllowlistId,
    /// Whose.
    pub customer: CustomerId,
    /// Canonical.
    pub address: String,
    /// What its traffic is drawn from or logged under.
    pub product: ProductType,
    /// The package it is bound to, type 11.
    pub package: Option<PackageId>,
    /// The customer's note.
    pub remark: String,
    /// When it was added.
    pub created_at: Timestamp,
}

/// Addresses to be allowlisted alike.
#[derive(Clone, Debug)]
pub struct NewEntries {
    /// Canonical, each once.
    pub addresses: Vec<IpAddr>,
    /// What their traffic is drawn from.
    pub product: ProductType,
    /// Required for type 11.
    pub package: Option<PackageId>,
    /// The customer's note.
    pub remark: String,
    /// Addresses the customer may allowlist for this type.
    pub cap: i64,
}
