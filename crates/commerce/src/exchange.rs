//! `ip/exchange-static-ip`: another address of the same country and type, for one use of a type 20 package.

use crate::{State, orders};
use serde::Serialize;
use turnpike_access::packages::{self, change};
use turnpike_base::{Code, CustomerId, Fault, PackageId, ProductType, Result, Text, Timestamp};
use turnpike_network::statics::{self, hold};
use turnpike_store::{WriteTx, retrying};
use turnpike_web::{Call, Endpoint, field, params, with};
use utoipa::ToSchema;

params! {
    /// What `ip/exchange-static-ip` takes.
    pub(crate) struct Which {
        id: i64 = field::required(field::int(1, i64::MAX, "")), "静态 IP 的套餐 id", "The address's id (ip/get-static-ip)";
    }
}

/// The new address.
#[derive(Serialize, ToSchema)]
pub(crate) struct Exchanged {
    /// The package, as before.
    id: i64,
    ip: String,
    country_code: String,
    /// Exchanges left in the package that this one was taken from.
    left: i64,
}

pub(crate) fn routes(state: &State) -> Vec<Endpoint> {
    vec![
        Endpoint::post(
            "ip/exchange-static-ip",
            "statics",
            "更换静态 IP",
            "Exchange a static address for another one of the same region",
            with(state, exchange),
        )
        .codes(&[Code::NotFound, Code::OutOfStock, Code::Precondition]),
    ]
}

async fn exchange(state: State, call: Call, input: Which) -> Result<Exchanged> {
    retrying(|| exchange_once(&state, call.customer, PackageId(input.id), call.now)).await
}

async fn exchange_once(
    state: &State,
    customer: CustomerId,
    id: PackageId,
    now: Timestamp,
) -> Result<Exchanged> {
    let tx = state.store.write().await?;
    let held = hold::by_package(&tx, id).await?.filter(|held| held.customer == customer);
    let held = held.ok_or_else(|| statics::error::unknown(id))?;
    if held.ended || held.expires_at <= now {
        return Err(statics::error::ended(id));
    }
    orders::one_at_a_time(&tx, held.address.product).await?;
    let left = take_one(&tx, customer, now).await?;
    let new = hold::exchange(&tx, &state.vault, id, state.rest.until(now), now).await?;
    let exchanged = Exchanged { id: id.0, ip: new.address, country_code: new.country, left };
    tx.commit_with(&exchanged).await?;
    Ok(exchanged)
}

/// Takes one exchange from the package that expires first; gives back how many it has left.
async fn take_one(tx: &WriteTx, customer: CustomerId, now: Timestamp) -> Result<i64> {
    for package in packages::usable(tx, customer, ProductType::Exchange, now).await? {
        if change::take_uses(tx, package.id, 1, now).await? {
            packages::flow::tell(tx, customer, ProductType::Exchange, now).await?;
            return Ok(package.total - package.used - 1);
        }
    }
    Err(Fault::new(Code::Precondition, "exchange_no_quota").say(Text::new(
        "没有可用的静态 IP 更换次数套餐（类型 20）",
        "There is no active package of exchanges (type 20)",
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orders::{Request, flow};
    use crate::testing::Shop;
    use crate::{grants, payments};
    use turnpike_base::Page;
    use turnpike_network::statics::{Stock, stock};
    use turnpike_store::{Store, both_engines};

    const NOW: Timestamp = Timestamp(1_795_521_600_000);
    const HOUR_MS: i64 = 3_600_000;

    /// Buys an address in the US.
    async fn bought(shop: &Shop) -> (String, PackageId) {
        let mut ask = Request::plain(shop.pid("static-dc").await, payments::BALANCE);
        ask.region_list = Some(vec![crate::fields::Region { country: "US".into(), count: 1, asn: None }]);
        let order = flow::create(&shop.state, &shop.buyer(NOW), &ask).await.unwrap();
        let tx = shop.state.store.read().await.unwrap();
        (order.trade_no.clone(), grants::of_order(&tx, &order.trade_no).await.unwrap()[0].package)
    }

    /// How many hours the addresses of the stock rest that do.
    async fn resting(store: &Store) -> Vec<i64> {
        let tx = store.read().await.unwrap();
        let all = stock::list(&tx, &Stock::default(), Page::default(), NOW).await.unwrap().rows;
        all.iter().map(|one| one.rests_until.since(NOW) / HOUR_MS).filter(|hours| *hours > 0).collect()
    }

    both_engines! {
        async fn what_comes_back_rests_as_long_as_the_setting_says(store: Store) {
            let shop = Shop::open(&store, 100_000, NOW).await;
            shop.state.rest.set_ms(5 * HOUR_MS);
            let (order, package) = bought(&shop).await;
            let ask = Request::plain(shop.pid("exchange").await, payments::BALANCE);
            flow::create(&shop.state, &shop.buyer(NOW), &ask).await.unwrap();
            exchange_once(&shop.state, shop.customer, package, NOW).await.unwrap();
            assert_eq!(resting(&store).await, [5], "exchanged");
            shop.state.rest.set_ms(7 * HOUR_MS);
            flow::refund_order(&shop.state, &order, None, NOW).await.unwrap();
            let mut rests = resting(&store).await;
            rests.sort_unstable();
            assert_eq!(rests, [5, 7], "refunded");
        }
    }
}
