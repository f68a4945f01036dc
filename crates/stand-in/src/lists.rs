//! Lists, newest first, in pages, as <https://docs.stripe.com/api/pagination> says: `limit`, `starting_after`, `created[…]`.

use crate::api::refuse;
use crate::books::{Books, Outcome, missing, number, text};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What a list may be asked for; anything else is a mistake.
const KNOWN: &[&str] =
    &["limit", "starting_after", "created[gt]", "created[gte]", "created[lt]", "created[lte]"];
/// Rows of a page where nothing is said.
const DEFAULT: usize = 10;

/// A page of the list at a path.
pub(crate) fn answer(books: &Books, path: &str, query: &BTreeMap<String, String>) -> Outcome {
    if let Some(unknown) = query.keys().find(|name| !KNOWN.contains(&name.as_str())) {
        return refuse("parameter_unknown", format!("Received unknown parameter: {unknown}"));
    }
    let limit = query.get("limit").map_or(Ok(DEFAULT), |text| text.parse());
    let Some(limit) = limit.ok().filter(|limit| (1..=100).contains(limit)) else {
        return refuse("parameter_invalid_integer", "limit must be from 1 to 100");
    };
    let mut rows = books.rows(path);
    for (name, value) in query.iter().filter(|(name, _)| name.starts_with("created[")) {
        let Ok(at) = value.parse::<i64>() else {
            return refuse("parameter_invalid_integer", format!("Invalid integer: {value}"));
        };
        rows.retain(|row| is_within(number(&row["created"]), name, at));
    }
    rows.sort_by_key(|row| std::cmp::Reverse((number(&row["created"]), made(row))));
    if let Some(after) = query.get("starting_after") {
        let Some(place) = rows.iter().position(|row| text(row, "id") == *after) else {
            return Err(missing(after));
        };
        rows.drain(..=place);
    }
    let shown = limit.min(books.most_listed.unwrap_or(limit)).min(rows.len());
    let has_more = shown < rows.len();
    Ok(json!({"object": "list", "url": path, "has_more": has_more, "data": rows[..shown]}))
}

fn is_within(created: i64, name: &str, at: i64) -> bool {
    match name {
        "created[gt]" => created > at,
        "created[gte]" => created >= at,
        "created[lt]" => created < at,
        _ => created <= at,
    }
}

/// The number in a name such as `pi_12`: those of one second are made one after the other.
fn made(row: &Value) -> u64 {
    text(row, "id").rsplit('_').next().and_then(|number| number.parse().ok()).unwrap_or(0)
}
