//! The repository: its root and its files under version control.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The checkout this program was built from.
pub(crate) struct Repo {
    root: PathBuf,
}

impl Repo {
    /// The checkout above this crate.
    pub(crate) fn here() -> Result<Self, String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("xtask has no parent folder")?;
        Ok(Self { root: root.to_owned() })
    }

    /// Files that git tracks or would track, by their path from the root.
    pub(crate) fn files(&self) -> Result<Vec<String>, String> {
        let listed = self.run("git", &["ls-files", "--cached", "--others", "--exclude-standard"])?;
        Ok(listed.lines().filter(|path| self.root.join(path).is_file()).map(str::to_owned).collect())
    }

    /// Whether a path from the root exists.
    pub(crate) fn exists(&self, path: &str) -> bool {
        self.root.join(path).exists()
    }

    /// The text of a file.
    pub(crate) fn read(&self, path: &str) -> Result<String, String> {
        std::fs::read_to_string(self.root.join(path)).map_err(|e| format!("{path}: {e}"))
    }

    /// What a program prints, run at the root.
    pub(crate) fn run(&self, program: &str, arguments: &[&str]) -> Result<String, String> {
        let told = format!("{program} {}", arguments.join(" "));
        let done = Command::new(program).args(arguments).current_dir(&self.root).output();
        let done = done.map_err(|e| format!("{told}: {e}"))?;
        if !done.status.success() {
            return Err(format!("{told}: {}", String::from_utf8_lossy(&done.stderr).trim()));
        }
        String::from_utf8(done.stdout).map_err(|e| format!("{told}: {e}"))
    }
}
