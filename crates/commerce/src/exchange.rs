//! `ip/exchange-static-ip`: another address of the same country and type, for one use of a type 20 package.

use crate::{State, orders};
use serde::Serialize;
use turnpike_access::packages::{self, change};
use turnpike_base::{Code, Fault, PackageId, ProductType, Result, Text, Timestamp};
use turnpike_network::statics::{self, hold};
use turnpike_store::{WriteTx, retrying};
use turnpike_web::{Call, Endpoint, field, params, with};
use utoipa::ToSchema;

/// An address that was given back rests so long, in hours.
const REST_HOURS: i64 = 24;

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
    retrying(|| exchange_once(&state, &call, &input)).await
}

async fn exchange_once(state: &State, call: &Call, input: &Which) -> Result<Exchanged> {
    let tx = state.store.write().await?;
    let id = PackageId(input.id);
    let held = hold::by_package(&tx, id).await?.filter(|held| held.customer == call.customer);
    let held = held.ok_or_else(|| statics::error::unknown(id))?;
    if held.ended || held.expires_at <= call.now {
        return Err(statics::error::ended(id));
    }
    orders::one_at_a_time(&tx, held.address.product).await?;
    let left = take_one(&tx, call, call.now).await?;
    let rests = call.now.plus_minutes(REST_HOURS * 60);
    let new = hold::exchange(&tx, &state.vault, id, rests, call.now).await?;
    let exchanged = Exchanged { id: id.0, ip: new.address, country_code: new.country, left };
    tx.commit_with(&exchanged).await?;
    Ok(exchanged)
}

/// Takes one exchange from the package that expires first; gives back how many it has left.
async fn take_one(tx: &WriteTx, call: &Call, now: Timestamp) -> Result<i64> {
    for package in packages::usable(tx, call.customer, ProductType::Exchange, now).await? {
        if change::take_uses(tx, package.id, 1, now).await? {
            packages::flow::tell(tx, call.customer, ProductType::Exchange, now).await?;
            return Ok(package.total - package.used - 1);
        }
    }
    Err(Fault::new(Code::Precondition, "exchange_no_quota").say(Text::new(
        "没有可用的静态 IP 更换次数套餐（类型 20）",
        "There is no active package of exchanges (type 20)",
    )))
}
