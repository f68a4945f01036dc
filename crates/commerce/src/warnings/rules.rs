//! When a customer is warned. Pure.

use turnpike_access::packages::{Package, rules};
use turnpike_base::{Text, Timestamp};

/// "Expires soon" means within so many days here.
pub const SOON_DAYS: i64 = 3;

/// What is warned of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Four fifths are used.
    Used80,
    /// Nothing is left.
    Used100,
    /// It expires soon.
    Expires,
    /// It renews by itself soon.
    Renews,
    /// It could not renew by itself.
    RenewalFailed,
}

impl Kind {
    /// As it is stored, and the event's name after `package_`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Used80 => "used_80",
            Self::Used100 => "used_100",
            Self::Expires => "expires",
            Self::Renews => "renews",
            Self::RenewalFailed => "renewal_failed",
        }
    }

    /// What the customer reads; `until` is the expiry in his site's zone.
    pub fn text(self, title: &str, until: &str) -> Text {
        match self {
            Self::Used80 => Text::made(
                format!("套餐“{title}”已使用 80%"),
                format!("80 % of the package \"{title}\" is used"),
            ),
            Self::Used100 => {
                Text::made(format!("套餐“{title}”已用完"), format!("The package \"{title}\" is used up"))
            }
            Self::Expires => Text::made(
                format!("套餐“{title}”将于 {until} 到期"),
                format!("The package \"{title}\" expires at {until}"),
            ),
            Self::Renews => Text::made(
                format!("套餐“{title}”将于 {until} 前自动续费,请确保余额充足"),
                format!("The package \"{title}\" renews from the balance before {until}"),
            ),
            Self::RenewalFailed => Text::made(
                format!("套餐“{title}”自动续费失败,将于 {until} 到期"),
                format!("The package \"{title}\" could not renew and expires at {until}"),
            ),
        }
    }
}

/// What a package is to be warned of now; what was told already is the caller's to know.
pub fn due(package: &Package, now: Timestamp) -> Vec<Kind> {
    let mut kinds = Vec::new();
    if package.expires_at <= now {
        return kinds;
    }
    let drawn = rules::draws(package.product) && package.total > 0;
    let used = i128::from(package.used) * 5;
    if drawn && package.used >= package.total {
        kinds.push(Kind::Used100);
    } else {
        if drawn && used >= i128::from(package.total) * 4 {
            kinds.push(Kind::Used80);
        }
        if package.expires_at <= now.plus_days(SOON_DAYS) {
            kinds.push(if package.auto_renew { Kind::Renews } else { Kind::Expires });
        }
    }
    kinds
}
