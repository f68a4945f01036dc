//! What names, passwords, remarks and lists of accounts may look like (contract section 2). Pure.

use super::error;
use super::model::Pair;
use crate::lists;
use std::collections::HashSet;
use std::ops::RangeInclusive;
use turnpike_base::table::MOST_FAULTS;
use turnpike_base::{Fault, Result, Secret};
use unicode_width::UnicodeWidthStr;

/// Pairs in one `add`.
pub(super) const MOST_PAIRS: usize = 1_000;
/// Names in one `delete`, `disable` or `enable`.
pub(super) const MOST_NAMES: usize = 1_000;
/// Characters of a username.
pub(super) const NAME: RangeInclusive<usize> = 2..=32;
/// Characters of a password on add and change-password.
pub(super) const PASSWORD: RangeInclusive<usize> = 4..=32;
/// Characters of a password on `proxy-account/change`.
pub(super) const NEW_PASSWORD: RangeInclusive<usize> = 6..=16;
/// Columns of a remark; a CJK character takes two.
pub(super) const REMARK_COLUMNS: usize = 64;

fn is_word(text: &str, length: &RangeInclusive<usize>) -> bool {
    length.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Reads `name:password,name:password`; bad pairs are named by their positions, the first [`MOST_FAULTS`] of them.
pub(super) fn pairs(text: &str) -> Result<Vec<Pair>> {
    let items = lists::items(text, |c| c == ',');
    if items.is_empty() || items.len() > MOST_PAIRS {
        return Err(error::pair_count(items.len()));
    }
    let mut seen = HashSet::new();
    let read = |(index, item): (usize, &&str)| {
        let (name, password) = item.split_once(':').ok_or_else(|| error::no_colon(index + 1))?;
        if !is_word(name, &NAME) {
            return Err(error::bad_name_at(index + 1));
        }
        if !is_word(password, &PASSWORD) {
            return Err(error::bad_password_at(index + 1));
        }
        if !seen.insert(name.to_ascii_lowercase()) {
            return Err(error::twice(index + 1, name));
        }
        Ok(Pair { username: name.to_owned(), password: Secret::new(password) })
    };
    let (good, bad): (Vec<_>, Vec<_>) = items.iter().enumerate().map(read).partition(Result::is_ok);
    match bad.into_iter().filter_map(Result::err).take(MOST_FAULTS).reduce(Fault::and) {
        Some(fault) => Err(fault),
        None => good.into_iter().collect(),
    }
}

/// Reads `name,name`; names that come twice count once.
pub(super) fn names(text: &str) -> Result<Vec<String>> {
    let mut names: Vec<String> =
        lists::items(text, |c| c == ',').into_iter().map(str::to_ascii_lowercase).collect();
    names.sort();
    names.dedup();
    if names.is_empty() || names.len() > MOST_NAMES {
        return Err(error::name_count(names.len()));
    }
    Ok(names)
}

/// Checks a new password's form.
pub(super) fn password(text: &str, length: &RangeInclusive<usize>) -> Result<Secret> {
    if is_word(text, length) { Ok(Secret::new(text)) } else { Err(error::bad_password(length)) }
}

/// Checks a remark's width.
pub(super) fn remark(text: &str) -> Result<String> {
    let text = text.trim();
    if text.width() <= REMARK_COLUMNS { Ok(text.to_owned()) } else { Err(error::long_remark()) }
}
