//! Documents name existing paths: links and quoted paths in every Markdown file.

use crate::Faults;
use crate::repo::Repo;

pub(crate) fn check(repo: &Repo) -> Result<Faults, String> {
    let files = repo.files()?;
    let roots: Vec<String> = top_folders(&files);
    let mut faults = Vec::new();
    for document in files.iter().filter(|path| path.ends_with(".md")) {
        let text = repo.read(document)?;
        for (line, path) in named_paths(&text, &roots) {
            let beside =
                document.rsplit_once('/').map_or_else(|| path.clone(), |(dir, _)| format!("{dir}/{path}"));
            if !repo.exists(&path) && !repo.exists(&beside) {
                faults.push(format!("{document}:{line}: {path} does not exist"));
            }
        }
    }
    Ok(faults)
}

fn top_folders(files: &[String]) -> Vec<String> {
    let mut folders: Vec<_> =
        files.iter().filter_map(|path| path.split_once('/')).map(|(top, _)| format!("{top}/")).collect();
    folders.sort_unstable();
    folders.dedup();
    folders
}

/// Paths with the line they stand on: targets of links, and quoted words that begin with a folder of the
/// root. Patterns (`NNNN`, `*`, `…`) name no single path.
fn named_paths(text: &str, roots: &[String]) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (n, line) in text.lines().enumerate() {
        let links =
            line.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
        let links = links.filter(|target| !target.contains("://") && !target.starts_with(['#', '/']));
        let quoted = line.split('`').skip(1).step_by(2);
        let quoted = quoted.filter(|word| roots.iter().any(|root| word.starts_with(root.as_str())));
        for path in links.chain(quoted) {
            let path = path.split(['#', ':']).next().unwrap_or_default();
            let pattern = path.contains(['*', '{', '<', '…', ' ']) || path.contains("NNNN");
            if !pattern && !path.is_empty() {
                found.push((n + 1, path.to_owned()));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_quoted_paths_are_found() {
        let text = "see [this](docs/a.md#part) and `crates/x/src`\nand `docs/NNNN-x.md`, `a/b`, [web](https://x.y/z)";
        let roots = ["docs/".to_owned(), "crates/".to_owned()];
        assert_eq!(named_paths(text, &roots), [(1, "docs/a.md".to_owned()), (1, "crates/x/src".to_owned())]);
    }
}
