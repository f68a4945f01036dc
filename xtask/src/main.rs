//! Repository chores: `cargo xtask check`, or one of `deps`, `migrations`, `docs`, `errors`, `files`, `chinese`
//! alone; `geo` makes the tables of places anew.

mod chinese;
mod deps;
mod docs;
mod errors;
mod files;
mod geo;
mod migrations;
mod repo;

use repo::Repo;
use std::path::Path;
use std::process::ExitCode;

/// What a check finds: one line a fault, none if all is well.
type Faults = Vec<String>;

type Check = fn(&Repo) -> Result<Faults, String>;

const CHECKS: &[(&str, Check)] = &[
    ("deps", deps::check),
    ("migrations", migrations::check),
    ("docs", docs::check),
    ("errors", errors::check),
    ("files", files::check),
    ("chinese", chinese::check),
];

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let word = words.first().map_or("", String::as_str);
    if word == "geo" {
        return tell(geo::run(words.get(1).map(Path::new)).map_err(|e| e.to_string()));
    }
    let wanted: Vec<_> = CHECKS.iter().filter(|(name, _)| word == "check" || word == *name).collect();
    if wanted.is_empty() {
        let names: Vec<_> = CHECKS.iter().map(|(name, _)| *name).collect();
        eprintln!("cargo xtask check | {} | geo [FOLDER WITH FETCHED ARCHIVES]", names.join(" | "));
        return ExitCode::from(2);
    }
    let mut clean = true;
    for (name, check) in wanted {
        let faults = Repo::here().and_then(|repo| check(&repo)).unwrap_or_else(|error| vec![error]);
        clean &= faults.is_empty();
        for fault in faults {
            eprintln!("{name}: {fault}");
        }
    }
    if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn tell(outcome: Result<String, String>) -> ExitCode {
    let (text, code) = match outcome {
        Ok(summary) => (summary, ExitCode::SUCCESS),
        Err(error) => (error, ExitCode::FAILURE),
    };
    eprintln!("{text}");
    code
}
