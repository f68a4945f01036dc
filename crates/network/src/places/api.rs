//! Endpoints of places (contract section 6).

use super::error;
use super::rules::{Area, StateOf, Words, group, in_english_order};
use crate::roster::{Offer, Spot};
use crate::{State, flags, place, pool_of, statics};
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;
use turnpike_access::accounts;
use turnpike_base::{Result, Text};
use turnpike_places::{Catalogue, Country, Names, fold};
use turnpike_web::field::Kind as _;
use turnpike_web::{Call, Listed, Values, field, params};
use turnpike_wire::{CountryCode, PlaceFilter, Pool};
use utoipa::ToSchema;

/// The longest name of a place that is looked up, in characters.
const NAME: usize = 128;

params! {
    /// What `ip/dcl4`, `ip/dsl4` and `ip/dal4` take.
    pub struct OfAccount {
        username: String = field::required(field::text(1, 64)), "代理账号", "A proxy account of yours";
    }
}
/// A state that has to be sent, blank where the country has none. Which countries those are no reader of one field
/// knows: [`search_cities`] refuses what lacks.
struct StateName;

impl field::Field<Option<String>> for StateName {
    fn read(&self, values: &Values, name: &str) -> Result<Option<String>, Text> {
        match field::optional(field::text(1, NAME)).read(values, name)? {
            None if values.all("country_code").is_empty() => Err(error::NEEDED),
            state => Ok(state),
        }
    }
    fn is_required(&self) -> bool {
        true
    }
    fn schema(&self) -> Value {
        field::text(0, NAME).schema()
    }
}

params! {
    /// What `ip/dynamic-citys/search` takes.
    pub struct InState {
        country_code: String = field::required(field::text(1, NAME)), "国家或地区代码", "Country, ISO 3166-1 alpha-2 or name";
        state: Option<String> = StateName, "州/省名称或 ISO 3166-2 代码；仅对没有州/省的国家或地区可为空", "State, by name or ISO 3166-2 code; blank only for countries without states";
    }
}
params! {
    /// What `ip/dynamic-states/search` takes.
    pub struct InCountry {
        country_code: String = field::required(field::text(1, NAME)), "国家或地区代码", "Country, ISO 3166-1 alpha-2 or name";
    }
}

/// Places, and whether they came from the cache.
#[derive(Serialize, ToSchema)]
pub(super) struct Cached<T> {
    /// Whether the answer was at hand.
    cache: bool,
    #[schema(inline)]
    list: Vec<T>,
}

/// A city or a state.
#[derive(Serialize, ToSchema)]
pub(super) struct PlaceRow {
    /// ISO 3166-1 alpha-2.
    #[serde(rename = "Area")]
    #[schema(value_type = String)]
    area: Arc<str>,
    /// Blank in lists of states.
    #[serde(rename = "City")]
    #[schema(value_type = String)]
    city: Arc<str>,
    /// Blank where the country has none.
    #[serde(rename = "State")]
    #[schema(value_type = String)]
    state: Arc<str>,
}

/// A country with its states.
#[derive(Serialize, ToSchema)]
pub(super) struct AreaRow {
    /// ISO 3166-1 alpha-2.
    #[serde(rename = "Area")]
    area: String,
    states: Vec<StateRow>,
}

/// A state with its cities.
#[derive(Serialize, ToSchema)]
pub(super) struct StateRow {
    /// Blank where the country has none.
    #[serde(rename = "State")]
    #[schema(value_type = String)]
    state: Arc<str>,
    #[schema(value_type = Vec<String>)]
    cities: Vec<Arc<str>>,
}

/// A country of the dynamic pool and what is in it.
#[derive(Serialize, ToSchema)]
pub(super) struct CountryRow<T> {
    /// `AF`, `AN`, `AS`, `EU`, `NA`, `OC` or `SA`.
    continent_code: &'static str,
    /// ISO 3166-1 alpha-2.
    country_code: &'static str,
    /// URL of the round flag.
    flag: String,
    #[schema(inline)]
    items: Vec<T>,
    name_en: String,
    name_zh_cn: String,
    /// URL of the square flag.
    square_flag: String,
}

/// A city of the dynamic pool.
#[derive(Serialize, ToSchema)]
pub(super) struct CityItem {
    #[schema(value_type = String)]
    city: Arc<str>,
    continent_code: &'static str,
    country_code: &'static str,
    /// Blank where the country has none.
    #[schema(value_type = String)]
    state: Arc<str>,
}

/// A state of the dynamic pool.
#[derive(Serialize, ToSchema)]
pub(super) struct StateItem {
    continent_code: &'static str,
    country_code: &'static str,
    #[schema(value_type = String)]
    state: Arc<str>,
}

/// A country of the data-center pool.
#[derive(Serialize, ToSchema)]
pub(super) struct RegionRow {
    /// ISO 3166-1 alpha-2.
    code: &'static str,
    /// URL of the round flag.
    flag: String,
    name_en: String,
    name_zh_cn: String,
    /// Healthy exits.
    number: i64,
    /// URL of the square flag.
    square_flag: String,
}

/// What the product of one of the caller's accounts can serve; accounts of static addresses leave from
/// their owner's.
async fn areas_of(state: &State, call: &Call, username: &str) -> Result<(Arc<Vec<Area>>, bool)> {
    let tx = state.store.read().await?;
    let account = accounts::flow::find(&tx, &state.vault, username.trim()).await?;
    if account.customer != call.customer || account.deleted_at.is_some() {
        return Err(error::unknown_account(username.trim()));
    }
    if !account.product.is_static() {
        return Ok(state.lists.of(&state.roster, pool_of(account.product), call));
    }
    let owned = statics::hold::owned(&tx, call.customer, account.product, call.now).await?;
    let serving = owned.iter().filter(|one| state.roster.serves(one.exit));
    let mut spots: Vec<(Spot, usize)> = serving.filter_map(|one| Some((spot(one)?, 1))).collect();
    spots.sort_unstable();
    Ok((Arc::new(group(&Offer { spots }, Words::from(call))), false))
}

fn spot(owned: &statics::Owned) -> Option<Spot> {
    Some(Spot {
        country: CountryCode::parse(&owned.country)?,
        state: owned.state.as_deref().map(Into::into),
        city: owned.city.as_deref().map(Into::into),
        city_key: owned.city.as_deref().map(|city| fold(city).into()),
    })
}

pub(super) async fn dcl4(state: State, call: Call, input: OfAccount) -> Result<Cached<PlaceRow>> {
    let (areas, cache) = areas_of(&state, &call, &input.username).await?;
    let mut list = Vec::new();
    for area in areas.iter() {
        let code: Arc<str> = area.code.as_str().into();
        for of in &area.states {
            list.extend(of.cities.iter().map(|city| row(&code, of, city)));
        }
    }
    Ok(Cached { cache, list })
}

fn row(area: &Arc<str>, state: &StateOf, city: &Arc<str>) -> PlaceRow {
    PlaceRow { area: Arc::clone(area), city: Arc::clone(city), state: Arc::clone(&state.name) }
}

pub(super) async fn dsl4(state: State, call: Call, input: OfAccount) -> Result<Cached<PlaceRow>> {
    let (areas, cache) = areas_of(&state, &call, &input.username).await?;
    let (mut list, no_city) = (Vec::new(), Arc::from(""));
    for area in areas.iter() {
        let code: Arc<str> = area.code.as_str().into();
        list.extend(named(area).map(|of| row(&code, of, &no_city)));
    }
    Ok(Cached { cache, list })
}

/// The states of a country, without what is in none.
fn named(area: &Area) -> impl Iterator<Item = &StateOf> {
    area.states.iter().filter(|state| !state.name.is_empty())
}

pub(super) async fn dal4(state: State, call: Call, input: OfAccount) -> Result<Cached<AreaRow>> {
    let (areas, cache) = areas_of(&state, &call, &input.username).await?;
    let states = |of: &StateOf| StateRow { state: Arc::clone(&of.name), cities: of.cities.clone() };
    let area = |area: &Area| AreaRow {
        area: area.code.to_string(),
        states: area.states.iter().map(states).collect(),
    };
    Ok(Cached { cache, list: areas.iter().map(area).collect() })
}

/// The dynamic pool by country; countries of which nothing finer is known have no items.
fn dynamic<T>(
    state: &State,
    call: &Call,
    items: impl Fn(&'static Country, &Area) -> Vec<T>,
) -> Listed<CountryRow<T>> {
    let (areas, _) = state.lists.of(&state.roster, Pool::Residential, call);
    let countries = in_english_order(areas.iter().map(|area| (area.code, area)));
    let row = |(country, area): (&'static Country, &Area)| {
        let [flag, square_flag] = flags::urls(&call.base_url, country.code);
        let name = call.site.places.text(country.into());
        CountryRow {
            continent_code: country.continent,
            country_code: country.code,
            flag,
            items: items(country, area),
            name_en: name.en.into_owned(),
            name_zh_cn: name.zh.into_owned(),
            square_flag,
        }
    };
    Listed { list: countries.into_iter().map(row).collect() }
}

pub(super) async fn cities(state: State, call: Call, _: ()) -> Result<Listed<CountryRow<CityItem>>> {
    let item = |country: &'static Country, of: &StateOf, city: &Arc<str>| CityItem {
        city: Arc::clone(city),
        continent_code: country.continent,
        country_code: country.code,
        state: Arc::clone(&of.name),
    };
    Ok(dynamic(&state, &call, |country, area| {
        let mut items = Vec::new();
        for of in &area.states {
            items.extend(of.cities.iter().map(|city| item(country, of, city)));
        }
        items
    }))
}

pub(super) async fn states(state: State, call: Call, _: ()) -> Result<Listed<CountryRow<StateItem>>> {
    let item = |country: &'static Country, of: &StateOf| StateItem {
        continent_code: country.continent,
        country_code: country.code,
        state: Arc::clone(&of.name),
    };
    Ok(dynamic(&state, &call, |country, area| named(area).map(|of| item(country, of)).collect()))
}

/// The place that the caller means; every spelling counts.
fn asked(names: &Names, country: &str, state: Option<&str>) -> Result<PlaceFilter> {
    let filter = place::filter(names, Some(country), state, None, None);
    filter.map_err(|unknown| unknown.fault(["country_code", "state", "city"]))
}

fn in_country<T>(
    state: &State,
    call: &Call,
    filter: &PlaceFilter,
    found: impl Fn(&Area) -> Vec<T>,
) -> Vec<T> {
    let (areas, _) = state.lists.of(&state.roster, Pool::Residential, call);
    areas.iter().find(|area| Some(area.code) == filter.country).map(found).unwrap_or_default()
}

/// The state that is meant. Where a city is its country, clients send the country's name again.
fn state_of<'i>(names: &Names, input: &'i InState) -> Option<&'i str> {
    let sent = input.state.as_deref()?;
    let country = names.country(&input.country_code)?;
    let is_country = names.country(sent).is_some_and(|named| named.code == country.code);
    let is_state = names.state(country.code, sent).is_some();
    (is_state || !is_country).then_some(sent)
}

pub(super) async fn search_cities(state: State, call: Call, input: InState) -> Result<Listed<String>> {
    let names = &call.site.places;
    let filter = asked(names, &input.country_code, state_of(names, &input))?;
    let wanted = filter.state.as_deref().unwrap_or_default();
    let list = in_country(&state, &call, &filter, |area| {
        let cities = area.states.iter().filter(|of| of.code == wanted).flat_map(|of| &of.cities);
        cities.map(|city| city.as_ref().to_owned()).collect()
    });
    let is_without = |country: CountryCode| {
        Catalogue::get().cities_of(country.as_str()).iter().all(|city| city.state.is_none())
    };
    if wanted.is_empty() && list.is_empty() && !filter.country.is_some_and(is_without) {
        return Err(error::state_needed());
    }
    Ok(Listed { list })
}

pub(super) async fn search_states(state: State, call: Call, input: InCountry) -> Result<Listed<String>> {
    let filter = asked(&call.site.places, &input.country_code, None)?;
    let list = in_country(&state, &call, &filter, |area| {
        named(area).map(|of| of.name.as_ref().to_owned()).collect()
    });
    Ok(Listed { list })
}

pub(super) async fn regions(state: State, call: Call, _: ()) -> Result<Listed<RegionRow>> {
    let row = |(country, number): (&'static Country, usize)| {
        let [flag, square_flag] = flags::urls(&call.base_url, country.code);
        let name = call.site.places.text(country.into());
        RegionRow {
            code: country.code,
            flag,
            name_en: name.en.into_owned(),
            name_zh_cn: name.zh.into_owned(),
            number: i64::try_from(number).unwrap_or(i64::MAX),
            square_flag,
        }
    };
    let countries = in_english_order(state.roster.offer(Pool::Datacenter).countries());
    Ok(Listed { list: countries.into_iter().map(row).collect() })
}
