//! Profiles and invoices.

use serde::{Deserialize, Serialize};
use turnpike_base::{CustomerId, Money, SiteId, Timestamp};
use utoipa::ToSchema;

/// Whom an invoice is for: the document's fields of an order's `invoice`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
#[allow(missing_docs)]
pub struct Profile {
    pub name: String,
    pub org_name: String,
    pub first_name: String,
    pub last_name: String,
    pub phone: String,
    pub email: String,
    /// 1 person, 2 company.
    pub role_type: i64,
    /// Tax number.
    pub vat_id: String,
    pub address_country: String,
    pub address_city: String,
    pub address_line1: String,
    pub address_line2: String,
    pub address_postal_code: String,
}

/// How an invoice stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The operator has still to decide.
    Requested = 1,
    /// It has a number.
    Issued = 2,
    /// The operator said no; its orders can be asked for again.
    Rejected = 3,
    /// The customer took it back.
    Cancelled = 4,
}

impl Status {
    pub(super) const fn from_number(n: i64) -> Self {
        match n {
            2 => Self::Issued,
            3 => Self::Rejected,
            4 => Self::Cancelled,
            _ => Self::Requested,
        }
    }
}

/// An invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invoice {
    /// Its row.
    pub id: i64,
    /// The brand.
    pub site: SiteId,
    /// Who asked.
    pub customer: CustomerId,
    /// The operator's number.
    pub number: Option<String>,
    /// How it stands.
    pub status: Status,
    /// The sum of its orders: as it was issued, or as it would be now.
    pub amount: Money,
    /// What of it was paid back since it was issued.
    pub corrected: Money,
    /// What of that has no credit note yet.
    pub to_correct: Money,
    /// Numbers of its credit notes, oldest first.
    pub credit_notes: Vec<String>,
    /// ISO 4217.
    pub currency: String,
    /// Whom it is for, as it was when asked.
    pub profile: Profile,
    /// Why it was rejected.
    pub reason: String,
    /// Its orders.
    pub trade_nos: Vec<String>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it was issued, rejected or cancelled.
    pub ended_at: Option<Timestamp>,
}

/// Where an order stands on an invoice that is asked for or issued.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) invoice: i64,
    pub(super) status: Status,
    /// What it makes of the invoice, less what is corrected.
    pub(super) left: Money,
}

/// An order that can be invoiced, and how much of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Invoiceable {
    pub(super) trade_no: String,
    pub(super) product_type: i64,
    pub(super) title_zh: String,
    pub(super) title_en: String,
    pub(super) currency: String,
    /// What came for it from outside, was not paid back and stands on no invoice.
    pub(super) amount: Money,
    pub(super) paid_at: Timestamp,
}
