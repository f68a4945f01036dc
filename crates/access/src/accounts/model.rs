//! What is known of a proxy account.

use turnpike_base::{AccountId, Bytes, CustomerId, Page, ProductType, Secret, Timestamp};

/// A name and a password, checked.
#[derive(Clone, Debug)]
pub struct Pair {
    /// As typed: letters and digits, 2 to 32.
    pub username: String,
    /// Letters and digits, 4 to 32.
    pub password: Secret,
}

/// Accounts to be, all of one kind.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// What they are bound to.
    pub product: ProductType,
    /// The customer's note.
    pub remark: String,
    /// Bytes in all; zero: no limit.
    pub limit: Bytes,
    /// Bytes a day of the site's zone; zero: no limit.
    pub daily_limit: Bytes,
    /// Accounts the customer may have of this type.
    pub cap: i64,
}

/// An account.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Whose.
    pub customer: CustomerId,
    /// As typed.
    pub username: String,
    /// Opened from its seal.
    pub password: Secret,
    /// What it is bound to.
    pub product: ProductType,
    /// The customer's note.
    pub remark: String,
    /// Whether it lets connections in.
    pub enabled: bool,
    /// Whether UDP ASSOCIATE is on.
    pub udp: bool,
    /// Zero: none.
    pub limit: Bytes,
    /// Zero: none.
    pub daily_limit: Bytes,
    /// Since it was added.
    pub used: Bytes,
    /// The site's day `day_used` belongs to, in days since 1970-01-01.
    pub day: i64,
    /// On that day.
    pub day_used: Bytes,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
}

/// What is to change; `None` stays.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// New password.
    pub password: Option<Secret>,
    /// New note.
    pub remark: Option<String>,
    /// New limit, zero: none.
    pub limit: Option<Bytes>,
    /// New daily limit, zero: none.
    pub daily_limit: Option<Bytes>,
    /// On or off.
    pub enabled: Option<bool>,
    /// UDP on or off.
    pub udp: Option<bool>,
}

impl Change {
    /// Whether nothing is to change.
    pub fn is_empty(&self) -> bool {
        self.password.is_none()
            && self.remark.is_none()
            && self.limit.is_none()
            && self.daily_limit.is_none()
            && self.enabled.is_none()
            && self.udp.is_none()
    }
}

/// Which accounts are looked for.
#[derive(Clone, Debug)]
pub struct Search {
    /// Text in the name or the remark, compared without case; empty: any.
    pub keyword: String,
    /// Only of this type.
    pub product: Option<ProductType>,
    /// Only enabled ones, or only disabled ones.
    pub enabled: Option<bool>,
    /// Which page.
    pub page: Page,
}
