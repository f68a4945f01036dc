//! `docs/errors.md` names every slug that a fault or a refusal of the proxy carries.

use crate::Faults;
use crate::repo::Repo;

const PAGE: &str = "docs/errors.md";
/// Where the proxy's reasons are declared.
const REASONS: &str = "crates/wire/src/refusal.rs";

pub(crate) fn check(repo: &Repo) -> Result<Faults, String> {
    let page = repo.read(PAGE)?;
    let mut faults = Vec::new();
    let sources = repo.files()?.into_iter().filter(|path| {
        path.starts_with("crates/")
            && path.contains("/src/")
            && path.ends_with(".rs")
            && !path.contains("test")
    });
    for path in sources {
        let text = repo.read(&path)?;
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        let found = if path == REASONS { reasons(text) } else { slugs(text) };
        for slug in found {
            if !page.contains(&format!("`{slug}`")) {
                faults.push(format!("{path}: the slug {slug} is not in {PAGE}"));
            }
        }
    }
    Ok(faults)
}

/// Slugs of `Fault::new(Code::X, "slug")`, however the lines are broken.
fn slugs(text: &str) -> Vec<&str> {
    let after_code =
        text.split("Fault::new(").skip(1).filter_map(|rest| rest.trim_start().strip_prefix("Code::"));
    after_code.filter_map(|rest| rest.split_once(',')).filter_map(|(_, rest)| quoted(rest)).collect()
}

/// Slugs of `Name = "slug", status, …`.
fn reasons(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.split_once(" = ")).filter_map(|(_, rest)| quoted(rest)).collect()
}

/// The text in quotes that comes first.
fn quoted(rest: &str) -> Option<&str> {
    let slug = rest.trim_start().strip_prefix('"')?.split_once('"')?.0;
    slug.bytes().all(|b| b.is_ascii_lowercase() || b == b'_').then_some(slug)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_found_over_broken_lines() {
        let text = "Fault::new(Code::Conflict, \"taken\") Fault::new(\n  Code::NotFound,\n  \"gone\",\n) Fault::new(code, x)";
        assert_eq!(slugs(text), ["taken", "gone"]);
        assert_eq!(reasons("    NoExit = \"no_exit\", 503, \"x\", \"y\";\n a == b"), ["no_exit"]);
    }
}
