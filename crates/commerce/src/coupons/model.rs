//! What is known of a coupon.

use crate::amount::Amount;
use serde::{Deserialize, Serialize};
use turnpike_base::{CustomerId, ProductType, SiteId, Text, Timestamp};

/// What a coupon takes off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// Basis points of the price.
    BasisPoints(i64),
    /// An amount in the site's currency.
    Amount(Amount),
}

/// A coupon as the operator describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spec {
    /// Its name.
    pub name: Text,
    /// What it takes off.
    pub value: Value,
    /// Only for prices of at least this much.
    pub minimum: Amount,
    /// Only for these types; empty: every type that takes discounts.
    pub types: Vec<ProductType>,
    /// Not before.
    pub starts_at: Timestamp,
    /// Uses of one customer; 0: any number.
    pub per_customer: i64,
    /// Uses in all; 0: any number.
    pub total: i64,
}

/// A coupon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coupon {
    /// Its row.
    pub id: i64,
    /// Whose shop takes it.
    pub site: SiteId,
    /// What `coupon_sn` takes; compared without case.
    pub code: String,
    /// Whose it is; `None`: anybody's.
    pub customer: Option<CustomerId>,
    /// Uses, orders that wait for payment included.
    pub used: i64,
    /// Taken no more.
    pub disabled: bool,
    /// Not from then on.
    pub ends_at: Timestamp,
    /// The rest.
    pub spec: Spec,
}
