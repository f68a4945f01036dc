//! Pure rules of static addresses.

use super::model::{Held, Owned};
use turnpike_base::{ProductType, Timestamp};
use turnpike_places::fold;
use turnpike_wire::{OwnedExit, PlaceFilter, Pool};

/// "Expires soon" means within this many days (contract section 6).
pub const SOON_DAYS: i64 = 7;

/// Which pools an address serves in beside its holders: the rotating static pool unless somebody holds
/// it for himself, and the pool of unsold residential addresses while nobody holds it. One that rests after
/// its holder is as good as held (`in_use`). Under maintenance it serves in none.
pub fn pools(product: ProductType, most_holders: i64, in_use: bool, maintenance: bool) -> Vec<Pool> {
    let mut pools = Vec::new();
    if maintenance {
        return pools;
    }
    if !in_use || most_holders > 1 {
        pools.push(Pool::Static);
    }
    if !in_use && product == ProductType::StaticResidential {
        pools.push(Pool::StaticUnsold);
    }
    pools
}

/// 1 valid, 2 expired, 3 expires within 7 days, 4 under maintenance (contract section 6).
pub fn status(held: &Held, now: Timestamp) -> i64 {
    if held.ended || held.expires_at <= now {
        2
    } else if held.address.maintenance {
        4
    } else if held.expires_at <= now.plus_days(SOON_DAYS) {
        3
    } else {
        1
    }
}

/// The exits of those addresses that a username picks: by address or package id, and by place.
pub fn matching(owned: &[Owned], place: &PlaceFilter, ip: Option<&str>) -> Vec<OwnedExit> {
    let named = |o: &&Owned| ip.is_none_or(|ip| o.is(ip));
    let there = |o: &&Owned| {
        place.country.is_none_or(|c| o.country == c.as_str())
            && place.state.as_ref().is_none_or(|s| o.state.as_ref() == Some(s))
            && place.city.as_ref().is_none_or(|c| o.city.as_deref().map(fold).as_ref() == Some(c))
            && place.asn.is_none_or(|a| o.asn == Some(i64::from(a)))
    };
    let exit = |o: &Owned| OwnedExit { exit: o.exit, until: o.until };
    owned.iter().filter(named).filter(there).map(exit).collect()
}
