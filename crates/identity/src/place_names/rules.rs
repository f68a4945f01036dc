//! Which names a site may give. Pure.

use super::error;
use turnpike_base::{Result, Text, naming};
use turnpike_places::{Named, Names, PlaceKey, fold};

/// The longest name, in bytes: as long as a value of a proxy username.
pub const LONGEST: usize = 128;
/// Places that a site may name.
pub const MOST: usize = 10_000;

/// What is said of a place: `None` leaves a name as it is, an empty text takes it back.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// In Chinese.
    pub zh: Option<String>,
    /// In English.
    pub en: Option<String>,
}

/// A place's names after something was said of them; both `None`: it has none any more. Whether they are free is
/// another question: [`free`].
pub(super) fn said_of(names: &Names, place: &PlaceKey, said: &Said) -> Result<Named> {
    if said.zh.is_none() && said.en.is_none() {
        return Err(error::nothing_said());
    }
    let old = names.own(place).cloned().unwrap_or_default();
    let new = Named { zh: either(&said.zh, old.zh), en: either(&said.en, old.en) };
    for (field, name) in [("zh", &new.zh), ("en", &new.en)] {
        if let Some(name) = name {
            check(field, name)?;
        }
    }
    Ok(new)
}

fn either(said: &Option<String>, old: Option<String>) -> Option<String> {
    match said {
        Some(name) => Some(name.trim().to_owned()).filter(|name| !name.is_empty()),
        None => old,
    }
}

/// Whoever reads a name in a list can type it into a username.
fn check(field: &'static str, name: &str) -> Result<()> {
    naming::check(field, name)?;
    let types = |c: char| !matches!(c, '_' | ':');
    let good = name.len() <= LONGEST && !fold(name).is_empty() && name.chars().all(types);
    if good { Ok(()) } else { Err(error::bad_name(field)) }
}

/// And means this place by it: the names mean no other one, and the site has room for one more place.
pub(super) fn free(names: &Names, place: &PlaceKey, named: &Named) -> Result<()> {
    for name in named.iter() {
        if let Some(other) = names.taken(place, name) {
            return Err(error::taken(name, &called(names, other)));
        }
    }
    let grows = names.own(place).is_none() && named.iter().next().is_some();
    if grows && names.len() >= MOST { Err(error::too_many()) } else { Ok(()) }
}

/// A place for people: its name, and the codes around it.
pub(super) fn called(names: &Names, place: PlaceKey) -> Text {
    let name = names.text(place);
    let around = match (place.city, place.state) {
        (Some(_), Some(state)) => state,
        (Some(_), None) => place.country,
        (None, state) => state.unwrap_or(place.country),
    };
    Text::made(format!("{}（{around}）", name.zh), format!("{} ({around})", name.en))
}
