//! Places that customers can choose: what healthy exits can serve right now (contract section 6).
//!
//! [`Lists`] groups a pool's offer by country and state, in the words of the caller's site, and keeps it until the
//! roster says that a place came or went, or the site names one; `rules` turn the groups into the lists that the endpoints answer with.

mod api;
mod error;
mod lists;
mod rules;
#[cfg(test)]
mod tests;

pub(crate) use lists::Lists;
pub(crate) use rules::{Words, state_name};

use crate::State;
use turnpike_base::Code;
use turnpike_web::{Endpoint, with};

#[rustfmt::skip] // One endpoint a line reads as the table it is.
pub(crate) fn routes(s: &State) -> Vec<Endpoint> {
    const TAG: &str = "places";
    vec![
        Endpoint::get("ip/dcl4", TAG, "账号可用的城市列表", "Cities that an account's product can serve now", with(s, api::dcl4)).codes(&[Code::NotFound]),
        Endpoint::get("ip/dsl4", TAG, "账号可用的州/省列表", "States that an account's product can serve now", with(s, api::dsl4)).codes(&[Code::NotFound]),
        Endpoint::get("ip/dal4", TAG, "账号可用的国家、州/省、城市列表", "Countries, states and cities that an account's product can serve now", with(s, api::dal4)).codes(&[Code::NotFound]),
        Endpoint::get("ip/dynamic-citys", TAG, "动态住宅城市列表", "Cities of the dynamic pool, by country", with(s, api::cities)).codes(&[]),
        Endpoint::get("ip/dynamic-citys/search", TAG, "动态住宅城市搜索", "Cities of the dynamic pool in a state", with(s, api::search_cities)).codes(&[]),
        Endpoint::get("ip/dynamic-states", TAG, "动态住宅州/省列表", "States of the dynamic pool, by country", with(s, api::states)).codes(&[]),
        Endpoint::get("ip/dynamic-states/search", TAG, "动态住宅州/省搜索", "States of the dynamic pool in a country", with(s, api::search_states)).codes(&[]),
        Endpoint::get("host-pool/regions", TAG, "数据中心池的国家/地区", "Countries of the data-center pool and their exits", with(s, api::regions)).codes(&[]),
    ]
}
