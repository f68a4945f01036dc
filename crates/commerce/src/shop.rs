//! How a site's shop works: the operator's settings of it, one row a site.

use crate::amount::Amount;
use crate::products::Wrong;
use serde::{Deserialize, Serialize};
use turnpike_base::{Fault, Money, Result, SiteId, Text};
use turnpike_store::{Read, WriteTx, args};

/// The settings of a shop; what was never set has these defaults.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Shop {
    /// An unpaid order closes after so many minutes (contract section 7).
    pub order_minutes: i64,
    /// Orders of a customer that may wait for their payment at the same time.
    pub most_unpaid: i64,
    /// Static addresses that the unpaid orders of a customer may hold at the same time.
    pub most_held: i64,
    /// An order whose bank transfer the customer proved by a file waits for it so many days, counted from the first proof;
    /// where he only told a reference, a day at most.
    pub proof_days: i64,
    /// What an invited customer saves once, in basis points of the price; 0: nothing.
    pub invitation_basis_points: i64,
    /// Gifts on recharges, ascending.
    pub gifts: Vec<Tier>,
}

/// What a file says of a shop: what it leaves out stays as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(missing_docs, reason = "each is the setting of the same name")]
pub struct Change {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_minutes: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most_unpaid: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most_held: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof_days: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invitation_basis_points: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gifts: Option<Vec<Tier>>,
}

impl Change {
    /// The settings after it.
    pub fn of(self, old: Shop) -> Shop {
        Shop {
            order_minutes: self.order_minutes.unwrap_or(old.order_minutes),
            most_unpaid: self.most_unpaid.unwrap_or(old.most_unpaid),
            most_held: self.most_held.unwrap_or(old.most_held),
            proof_days: self.proof_days.unwrap_or(old.proof_days),
            invitation_basis_points: self.invitation_basis_points.unwrap_or(old.invitation_basis_points),
            gifts: self.gifts.unwrap_or(old.gifts),
        }
    }
}

impl From<Shop> for Change {
    fn from(shop: Shop) -> Self {
        Self {
            order_minutes: Some(shop.order_minutes),
            most_unpaid: Some(shop.most_unpaid),
            most_held: Some(shop.most_held),
            proof_days: Some(shop.proof_days),
            invitation_basis_points: Some(shop.invitation_basis_points),
            gifts: Some(shop.gifts),
        }
    }
}

/// A tier of the recharge activity: recharges from `min` to below `max` get `ratio` percent and `gift`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// From this amount on, in the site's currency.
    pub min: Amount,
    /// Below this amount; 0: no end.
    #[serde(default)]
    pub max: Amount,
    /// Percent of the recharged amount.
    #[serde(default)]
    pub ratio: i64,
    /// A fixed amount on top.
    #[serde(default)]
    pub gift: Amount,
}

impl Default for Shop {
    fn default() -> Self {
        Self {
            order_minutes: 30,
            most_unpaid: 20,
            most_held: 100,
            proof_days: 3,
            invitation_basis_points: 0,
            gifts: Vec::new(),
        }
    }
}

impl Shop {
    /// What a recharge of `amount` gets on top.
    pub fn gift(&self, amount: Money) -> Money {
        let fits = |tier: &&Tier| amount >= tier.min.0 && (tier.max.0 == Money::ZERO || amount < tier.max.0);
        let Some(tier) = self.gifts.iter().find(fits) else { return Money::ZERO };
        amount.ratio(tier.ratio, 100).and_then(|part| part.plus(tier.gift.0)).unwrap_or(Money::ZERO)
    }

    /// What is wrong with the settings, for whoever wrote them.
    pub fn fault(&self) -> Option<Wrong> {
        let bounds = [
            ("shop.order_minutes", self.order_minutes, 1..=10_080, " 分钟", " minutes"),
            ("shop.most_unpaid", self.most_unpaid, 1..=100_000, " 个订单", " orders"),
            ("shop.most_held", self.most_held, 1..=100_000, " 个地址", " addresses"),
            ("shop.proof_days", self.proof_days, 0..=30, " 天", " days"),
            (
                "shop.invitation_basis_points",
                self.invitation_basis_points,
                0..=10_000,
                " 基点",
                " basis points",
            ),
        ];
        for (field, is, fits, zh, en) in bounds {
            if !fits.contains(&is) {
                let (least, most) = (fits.start(), fits.end());
                let text = Text::made(
                    format!("{field} 应为 {least} 到 {most}{zh}"),
                    format!("{field} must be from {least} to {most}{en}"),
                );
                return Some(Wrong { field, text });
            }
        }
        let open = |tier: &Tier| tier.max.0 == Money::ZERO;
        let overlap = |pair: &[Tier]| matches!(pair, [a, b] if open(a) || a.max.0 > b.min.0);
        let wrong = |t: &Tier| !(0..=1_000).contains(&t.ratio) || (!open(t) && t.max.0 <= t.min.0);
        if self.gifts.iter().any(wrong) || self.gifts.windows(2).any(overlap) {
            return Some(Wrong::of(
                "shop.gifts",
                "shop.gifts 应递增且互不重叠，ratio 为 0 到 1,000（百分比）",
                "shop.gifts must ascend without overlap, ratio from 0 to 1,000 percent",
            ));
        }
        None
    }
}

/// The shop of a site.
pub async fn of(tx: &impl Read, site: SiteId) -> Result<Shop> {
    let Some(row) = tx.row("SELECT spec FROM shops WHERE site_id = $1", args![site]).await? else {
        return Ok(Shop::default());
    };
    serde_json::from_str(&row.get::<String>("spec")?).map_err(|e| Fault::internal("shop_unreadable", e))
}

/// Writes the shop of a site.
pub async fn set(tx: &WriteTx, site: SiteId, shop: &Shop) -> Result<()> {
    let spec = serde_json::to_string(shop).map_err(|e| Fault::internal("shop_unprintable", e))?;
    let sql = "INSERT INTO shops (site_id, spec) VALUES ($1, $2) ON CONFLICT (site_id) DO UPDATE SET spec = excluded.spec";
    tx.exec(sql, args![site, spec]).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tier(min: i64, max: i64, ratio: i64, gift: i64) -> Tier {
        Tier { min: Amount(Money(min)), max: Amount(Money(max)), ratio, gift: Amount(Money(gift)) }
    }

    #[test]
    fn the_tier_of_the_amount_gives_the_gift() {
        let shop =
            Shop { gifts: vec![tier(10_000, 50_000, 5, 0), tier(50_000, 0, 10, 100)], ..Shop::default() };
        let gift = |amount| shop.gift(Money(amount)).0;
        assert_eq!((gift(9_999), gift(10_000), gift(49_999), gift(50_000)), (0, 500, 2_500, 5_100));
        assert_eq!(gift(10_010), 501, "half a fen rounds up");
    }

    #[test]
    fn settings_out_of_bounds_are_named() {
        let fault = |shop: Shop| shop.fault().map_or(String::new(), |wrong| wrong.text.en.into_owned());
        assert!(fault(Shop { most_unpaid: 0, ..Shop::default() }).contains("most_unpaid"));
        assert!(fault(Shop { most_held: 0, ..Shop::default() }).contains("most_held"));
        assert!(fault(Shop { proof_days: 31, ..Shop::default() }).contains("proof_days"));
        assert_eq!(fault(Shop { proof_days: 0, most_unpaid: 1, ..Shop::default() }), "");
    }

    #[test]
    fn tiers_that_overlap_are_refused() {
        let shop = |gifts| Shop { gifts, ..Shop::default() };
        assert!(shop(vec![tier(1, 10, 5, 0), tier(10, 0, 5, 0)]).fault().is_none());
        assert!(shop(vec![tier(1, 11, 5, 0), tier(10, 0, 5, 0)]).fault().is_some());
        assert!(shop(vec![tier(1, 0, 5, 0), tier(10, 0, 5, 0)]).fault().is_some());
    }
}
