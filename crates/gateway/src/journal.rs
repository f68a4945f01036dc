//! Batches that control did not take, kept on disk: one JSON document a line. A line that a crash cut
//! short is dropped; applying a batch twice does no harm, because batches are numbered.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use turnpike_wire::UsageBatch;

/// The journal of one gateway.
#[derive(Debug)]
pub(crate) struct Journal {
    path: Option<PathBuf>,
}

impl Journal {
    /// A journal in this folder; `None` keeps nothing.
    pub(crate) fn new(folder: Option<&Path>) -> Self {
        Self { path: folder.map(|f| f.join("usage.jsonl")) }
    }

    /// Everything that was left behind, oldest first.
    pub(crate) fn load(&self) -> io::Result<Vec<UsageBatch>> {
        let Some(path) = self.path.as_ref().filter(|p| p.exists()) else { return Ok(Vec::new()) };
        let lines = BufReader::new(File::open(path)?).lines();
        Ok(lines.map_while(Result::ok).filter_map(|line| serde_json::from_str(&line).ok()).collect())
    }

    /// Adds a batch and makes it last.
    pub(crate) fn append(&self, batch: &UsageBatch) -> io::Result<()> {
        let Some(path) = &self.path else { return Ok(()) };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut line = serde_json::to_vec(batch)?;
        line.push(b'\n');
        let mut file = OpenOptions::new().create(true).append(true).open(path)?;
        file.write_all(&line)?;
        file.sync_data()
    }

    /// Forgets everything: control has it.
    pub(crate) fn clear(&self) -> io::Result<()> {
        match self.path.as_ref().map(fs::remove_file) {
            Some(Err(error)) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}
