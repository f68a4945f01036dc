//! Which methods a site offers, and how an operator sets them.

use super::driver::Driver;
use super::model::Method;
use super::{Payments, error, queries};
use crate::State;
use serde::Deserialize;
use turnpike_base::{Currency, Fault, Money, Result, Text};
use turnpike_store::{Read, WriteTx};
use turnpike_web::Site;

/// What an operator set for a method of a site.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Terms {
    /// Whether customers may use it.
    pub enabled: bool,
    /// Basis points of the goods: 250 is 2.5 %.
    pub handling_rate: i64,
    /// Minor units on top.
    pub handling_fee: Money,
    /// Least that is paid by it, minor units; 0: no bound.
    pub min: Money,
    /// Most that is paid by it, minor units; 0: no bound.
    pub max: Money,
    /// What the customer reads before he pays, in Chinese.
    pub note_zh: String,
    /// The same in English.
    pub note_en: String,
}

/// The methods that a site offers, by id.
pub async fn methods(tx: &impl Read, state: &State, site: &Site) -> Result<Vec<Method>> {
    let set = queries::terms(tx, site.id).await?;
    let offered = |driver: &dyn Driver| {
        let about = driver.about();
        let terms = set.iter().find(|(id, _)| *id == about.id).map(|(_, terms)| terms.clone());
        let terms = terms.unwrap_or(Terms { enabled: about.offered_by_default, ..Terms::default() });
        (driver.is_ready() && terms.enabled).then(|| method(driver, terms, site))
    };
    let mut all: Vec<Method> = state.payments.drivers().filter_map(offered).collect();
    all.sort_by_key(|method| method.id);
    Ok(all)
}

/// One method that a site offers; naming `pm_id` otherwise.
pub async fn method_of(tx: &impl Read, state: &State, site: &Site, id: i64) -> Result<Method> {
    let all = methods(tx, state, site).await?;
    all.into_iter().find(|method| method.id == id).ok_or_else(|| error::unknown_method(id))
}

fn method(driver: &dyn Driver, terms: Terms, site: &Site) -> Method {
    let about = driver.about();
    let (least, most) = driver.bounds(site.currency);
    let charges = |currency: &Currency| driver.charges(*currency, site.currency);
    Method {
        id: about.id,
        driver: about.slug,
        title: about.title.clone(),
        logo: super::logos::path(about.slug),
        group: about.group,
        handling_rate: terms.handling_rate,
        handling_fee: terms.handling_fee,
        min: terms.min,
        max: terms.max,
        least,
        most,
        currencies: Currency::ALL.into_iter().filter(charges).collect(),
        note: Text::made(terms.note_zh, terms.note_en),
    }
}

/// What is set for a method of a site; where nothing is, what holds by default. Naming `pm_id` where there is no such method.
pub async fn terms_of(tx: &impl Read, payments: &Payments, site: &Site, id: i64) -> Result<Terms> {
    let driver = payments.driver(id).ok_or_else(|| error::unknown_method(id))?;
    let set = queries::terms(tx, site.id).await?.into_iter().find(|(one, _)| *one == id);
    let enabled = driver.about().offered_by_default;
    Ok(set.map_or(Terms { enabled, ..Terms::default() }, |(_, terms)| terms))
}

/// Sets a method of a site.
pub async fn set(tx: &WriteTx, payments: &Payments, site: &Site, id: i64, terms: &Terms) -> Result<()> {
    if payments.driver(id).is_none() {
        return Err(error::unknown_method(id));
    }
    if let Some((field, reason)) = fault(terms) {
        return Err(Fault::parameter(field, reason));
    }
    Ok(queries::set_terms(tx, site.id, id, terms).await?)
}

/// Fields as the operator's command has them.
fn fault(terms: &Terms) -> Option<(&'static str, Text)> {
    /// Most of a fee or bound, minor units.
    const MOST: i64 = 100_000_000_000;
    if !(0..=10_000).contains(&terms.handling_rate) {
        let text = Text::new("应为 0 到 10000 基点", "must be from 0 to 10000 basis points");
        return Some(("rate", text));
    }
    let amounts = [("fee", terms.handling_fee), ("min", terms.min), ("max", terms.max)];
    if let Some((field, _)) = amounts.iter().find(|(_, amount)| !(0..=MOST).contains(&amount.0)) {
        return Some((
            field,
            Text::new("应为 0 到 1000000000 的金额", "must be an amount from 0 to 1000000000"),
        ));
    }
    if terms.max != Money::ZERO && terms.max < terms.min {
        return Some(("max", Text::new("不得小于 min", "must not be below min")));
    }
    let long = |text: &str| text.chars().count() > 2_000;
    let notes = [("note_zh", &terms.note_zh), ("note_en", &terms.note_en)];
    let note = notes.iter().find(|(_, text)| long(text));
    note.map(|(field, _)| (*field, Text::new("最多 2000 个字符", "must have at most 2000 characters")))
}
