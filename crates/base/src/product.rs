//! The product types of the contract and what sets them apart.

use serde::{Deserialize, Serialize};

/// The number the API family uses for a kind of product (contract sections 5 and 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "i64", try_from = "i64")]
pub enum ProductType {
    /// 3: balance.
    Recharge,
    /// 9: a bucket on the dynamic residential pool.
    Dynamic,
    /// 11: unmetered use of the dynamic pool with bandwidth and concurrency caps.
    DynamicUnmetered,
    /// 12: a bucket on the rotating data-center pool.
    Datacenter,
    /// 13: a bucket spent through unsold residential static addresses.
    ResidentialStatic,
    /// 14: static data-center addresses.
    StaticDatacenter,
    /// 15: a bucket on the rotating ISP pool.
    Isp,
    /// 16: a bucket on the rotating static pool.
    StaticTraffic,
    /// 17: a number of extracted endpoints.
    ExtractionQuota,
    /// 18: requests of the scraper service.
    Scraper,
    /// 19: renewal of static addresses.
    Renewal,
    /// 20: exchanges of static addresses.
    Exchange,
    /// 21: a bucket on the rotating static pool, second version.
    StaticTrafficV2,
    /// 24: more traffic for an active 16 or 21 bucket.
    StaticTrafficAddon,
    /// 25: static residential addresses.
    StaticResidential,
    /// 26: the missing rest of an underpaid order.
    Supplement,
    /// 27: requests of the SERP service.
    Serp,
    /// 28: requests of the video service.
    Video,
}

impl ProductType {
    /// Every type with its number.
    pub const ALL: [(i64, Self); 18] = [
        (3, Self::Recharge),
        (9, Self::Dynamic),
        (11, Self::DynamicUnmetered),
        (12, Self::Datacenter),
        (13, Self::ResidentialStatic),
        (14, Self::StaticDatacenter),
        (15, Self::Isp),
        (16, Self::StaticTraffic),
        (17, Self::ExtractionQuota),
        (18, Self::Scraper),
        (19, Self::Renewal),
        (20, Self::Exchange),
        (21, Self::StaticTrafficV2),
        (24, Self::StaticTrafficAddon),
        (25, Self::StaticResidential),
        (26, Self::Supplement),
        (27, Self::Serp),
        (28, Self::Video),
    ];

    /// The type with this number.
    pub fn from_number(n: i64) -> Option<Self> {
        Self::ALL.iter().find(|(m, _)| *m == n).map(|(_, t)| *t)
    }

    /// The number of this type.
    pub fn number(self) -> i64 {
        Self::ALL.iter().find(|(_, t)| *t == self).map_or(0, |(n, _)| *n)
    }

    /// Whether proxy accounts can be bound to it (contract section 2).
    pub const fn takes_accounts(self) -> bool {
        self.is_bucket() || self.is_static() || matches!(self, Self::DynamicUnmetered)
    }

    /// Whether a purchase grants bytes that use draws from.
    pub const fn is_bucket(self) -> bool {
        matches!(
            self,
            Self::Dynamic
                | Self::Datacenter
                | Self::ResidentialStatic
                | Self::Isp
                | Self::StaticTraffic
                | Self::StaticTrafficV2
        )
    }

    /// Whether a purchase grants static addresses.
    pub const fn is_static(self) -> bool {
        matches!(self, Self::StaticDatacenter | Self::StaticResidential)
    }

    /// Whether a purchase grants a number of uses.
    pub const fn is_countable(self) -> bool {
        matches!(self, Self::ExtractionQuota | Self::Scraper | Self::Exchange | Self::Serp | Self::Video)
    }

    /// Whether the UDP switch of an account applies (contract section 2).
    pub const fn takes_udp(self) -> bool {
        self.is_static() || matches!(self, Self::StaticTraffic | Self::StaticTrafficV2)
    }
}

impl From<ProductType> for i64 {
    fn from(t: ProductType) -> Self {
        t.number()
    }
}

impl TryFrom<i64> for ProductType {
    type Error = UnknownProductType;
    fn try_from(n: i64) -> Result<Self, UnknownProductType> {
        Self::from_number(n).ok_or(UnknownProductType(n))
    }
}

/// A number that stands for no product type.
#[derive(Debug, thiserror::Error)]
#[error("{0} is no product type")]
pub struct UnknownProductType(i64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_types_are_those_of_the_contract() {
        let taking: Vec<i64> =
            ProductType::ALL.iter().filter(|(_, t)| t.takes_accounts()).map(|(n, _)| *n).collect();
        assert_eq!(taking, [9, 11, 12, 13, 14, 15, 16, 21, 25]);
    }

    #[test]
    fn numbers_and_types_map_both_ways() {
        for (n, t) in ProductType::ALL {
            assert_eq!((t.number(), ProductType::from_number(n)), (n, Some(t)));
        }
        assert_eq!(ProductType::from_number(10), None);
    }
}
