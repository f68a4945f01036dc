//! Source files stay small and say what they are for.

use crate::Faults;
use crate::repo::Repo;

/// No file is longer.
const LONGEST: usize = 500;

pub(crate) fn check(repo: &Repo) -> Result<Faults, String> {
    let mut faults = Vec::new();
    for path in repo.files()?.iter().filter(|path| path.ends_with(".rs")) {
        faults.extend(faults_of(path, &repo.read(path)?));
    }
    Ok(faults)
}

fn faults_of(path: &str, text: &str) -> Faults {
    let lines = text.lines().count();
    let mut faults = Vec::new();
    if lines > LONGEST {
        faults.push(format!("{path} has {lines} lines, more than {LONGEST}: cut it by what it does"));
    }
    let opening = text.lines().find(|line| !line.starts_with("#!"));
    if !opening.is_some_and(|line| line.starts_with("//!")) {
        faults.push(format!("{path} does not open with //! on what it is for"));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_or_silent_file_is_a_fault() {
        assert!(faults_of("a.rs", "//! What it is for.\nfn a() {}\n").is_empty());
        assert!(faults_of("a.rs", "#![no_main]\n//! What it is for.\n").is_empty());
        assert_eq!(faults_of("a.rs", "fn a() {}\n").len(), 1);
        assert_eq!(faults_of("a.rs", &format!("//! Long.\n{}", "\n".repeat(500))).len(), 1);
    }
}
