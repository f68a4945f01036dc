//! The figures customers see of packages (contract sections 1 and 5). Pure.

use super::model::Package;
use serde::Serialize;
use turnpike_base::{Bytes, ProductType, Timestamp};
use utoipa::ToSchema;

/// "Expires soon" means within this many days (contract section 5, `temporary`).
pub const SOON_DAYS: i64 = 7;

/// Bytes per second in one Mbit/s.
pub const MEGABIT: i64 = 125_000;

/// Whether use draws from packages of this type.
pub const fn draws(product: ProductType) -> bool {
    product.is_bucket() || product.is_countable()
}

/// An order's number: 28 digits, the first 14 the time of its creation in the site's zone (contract section 7).
pub fn trade_no(now: Timestamp, zone: &jiff::tz::TimeZone, random: u64) -> String {
    let time = now.zoned(zone).strftime("%Y%m%d%H%M%S").to_string();
    format!("{time}{:014}", random % 100_000_000_000_000)
}

/// Status of a package (contract section 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Can be used.
    Active = 1,
    /// Nothing is left of it, expired or not.
    UsedUp = 2,
    /// Its time is over.
    Expired = 3,
}

impl Status {
    /// The status with this number.
    pub fn from_number(n: i64) -> Option<Self> {
        [Self::Active, Self::UsedUp, Self::Expired].into_iter().find(|status| *status as i64 == n)
    }
}

/// The status of a package at an instant.
pub fn status(package: &Package, now: Timestamp) -> Status {
    if draws(package.product) && package.used >= package.total {
        Status::UsedUp
    } else if package.expires_at <= now {
        Status::Expired
    } else {
        Status::Active
    }
}

/// Total, used and left of a package: KB, or counts for countable types.
///
/// What is used rounds up to the KB and what is left is total minus that (contract section 1, "Units").
/// The last connections of a bucket may pass its end by a little; that is logged to the byte, and
/// shown as the whole bucket, so that the sums hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// What was granted.
    pub total: i64,
    /// What is gone, at most `total`.
    pub used: i64,
    /// What is there.
    pub left: i64,
}

/// See [`Figures`].
pub fn figures(package: &Package) -> Figures {
    let unit = |n: i64| if package.product.is_countable() { n } else { Bytes(n).to_kb_up().0 };
    let total = unit(package.total);
    let used = if draws(package.product) { unit(package.used).min(total) } else { unit(package.used) };
    Figures { total, used, left: (total - used).max(0) }
}

/// Sums over the packages of one type: KB, or counts for countable types. Always
/// `total = used + effective + expired` and `effective_total = effective + effective_used`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Summary {
    /// What was granted in all.
    pub total: i64,
    /// How many packages.
    pub total_count: i64,
    /// What is left in packages that can be used.
    pub effective: i64,
    /// How many can be used.
    pub effective_count: i64,
    /// What packages that can be used were granted.
    pub effective_total: i64,
    /// What is gone of packages that can be used.
    pub effective_used: i64,
    /// The part of `effective` that expires within 7 days.
    pub temporary: i64,
    /// How many of these packages.
    pub temporary_count: i64,
    /// What was left when packages expired.
    pub expired: i64,
    /// How many packages expired with something left.
    pub expired_count: i64,
    /// What is gone in all.
    pub used: i64,
}

/// Sums packages of one type at an instant.
pub fn summary<'a>(packages: impl IntoIterator<Item = &'a Package>, now: Timestamp) -> Summary {
    packages.into_iter().fold(Summary::default(), |sum, package| add(sum, package, now))
}

fn add(mut sum: Summary, package: &Package, now: Timestamp) -> Summary {
    let Figures { total, used, left } = figures(package);
    sum.total += total;
    sum.total_count += 1;
    sum.used += used;
    match status(package, now) {
        // A started KB counts as used, so nothing whole is left of a bucket in its last KB.
        Status::UsedUp => {}
        Status::Active => {
            sum.effective += left;
            sum.effective_count += 1;
            sum.effective_total += total;
            sum.effective_used += used;
            if package.expires_at <= now.plus_days(SOON_DAYS) {
                sum.temporary += left;
                sum.temporary_count += 1;
            }
        }
        Status::Expired => {
            sum.expired += left;
            sum.expired_count += 1;
        }
    }
    sum
}
