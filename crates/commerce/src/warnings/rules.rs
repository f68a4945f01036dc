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

/// By which ways a customer hears of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// By mail.
    pub mail: bool,
    /// By his own webhook, where he has one.
    pub webhook: bool,
}

/// What a customer wants to hear; of what he did not choose, everything.
#[derive(Clone, Debug, Default)]
pub struct Choices(Vec<(Kind, Choice)>);

impl Choices {
    /// How he hears of a kind.
    pub fn get(&self, kind: Kind) -> Choice {
        let chosen = self.0.iter().find(|(one, _)| *one == kind);
        chosen.map_or(Choice { mail: true, webhook: true }, |(_, choice)| *choice)
    }

    pub(super) fn set(&mut self, name: &str, choice: Choice) {
        self.0.extend(Kind::ALL.into_iter().find(|kind| kind.name() == name).map(|kind| (kind, choice)));
    }
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Used80, Self::Used100, Self::Expires, Self::Renews, Self::RenewalFailed];

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
    pub fn text(self, title: &Text, until: &str) -> Text {
        let Text { zh, en } = title;
        match self {
            Self::Used80 => {
                Text::made(format!("套餐“{zh}”已使用 80%"), format!("80 % of the package \"{en}\" is used"))
            }
            Self::Used100 => {
                Text::made(format!("套餐“{zh}”已用完"), format!("The package \"{en}\" is used up"))
            }
            Self::Expires => Text::made(
                format!("套餐“{zh}”将于 {until} 到期"),
                format!("The package \"{en}\" expires at {until}"),
            ),
            Self::Renews => Text::made(
                format!("套餐“{zh}”将于 {until} 前自动续费，请确保余额充足"),
                format!("The package \"{en}\" renews from the balance before {until}"),
            ),
            Self::RenewalFailed => Text::made(
                format!("套餐“{zh}”自动续费失败，将于 {until} 到期"),
                format!("The package \"{en}\" could not renew and expires at {until}"),
            ),
        }
    }

    /// The paragraphs of a mail about it.
    pub fn lines(self, text: &Text, trade_no: &str) -> Vec<Text> {
        let next = match self {
            Self::Used80 | Self::Used100 => Text::new(
                "购买新的套餐后，流量会自动接续使用。",
                "Traffic goes on with the next package as soon as there is one.",
            ),
            Self::Expires => Text::new(
                "到期后剩余部分将无法使用；可续费的套餐请在到期前续费。",
                "What is left can't be used afterwards; renew it before if it can be renewed.",
            ),
            Self::Renews | Self::RenewalFailed => Text::new(
                "续费从账户余额扣除，余额不足时请先充值。",
                "Renewals are paid from the balance; recharge it where it does not suffice.",
            ),
        };
        let order = Text::made(format!("订单号：{trade_no}"), format!("Order: {trade_no}"));
        vec![text.clone(), next, order]
    }
}

/// Whether a package lasts longer than what is soon: of a shorter one its buyer knows that it ends.
fn lasts(package: &Package) -> bool {
    package.expires_at > package.paid_at.plus_days(SOON_DAYS)
}

/// What a package is to be warned of now; what was told already is the caller's to know.
pub fn due(package: &Package, now: Timestamp) -> Vec<Kind> {
    let mut kinds = Vec::new();
    if package.expires_at <= now {
        return kinds;
    }
    let drawn = rules::draws(package.product);
    // What was paid back whole ends without a word.
    if drawn && package.total == 0 {
        return kinds;
    }
    let used = i128::from(package.used) * 5;
    if drawn && package.used >= package.total {
        kinds.push(Kind::Used100);
    } else {
        if drawn && used >= i128::from(package.total) * 4 {
            kinds.push(Kind::Used80);
        }
        if lasts(package) && package.expires_at <= now.plus_days(SOON_DAYS) {
            kinds.push(if package.auto_renew { Kind::Renews } else { Kind::Expires });
        }
    }
    kinds
}
