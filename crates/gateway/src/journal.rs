//! Batches that control did not take, kept on disk: one JSON document a line. A line that a crash cut
//! short is dropped; applying a batch twice does no harm, because batches are numbered.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
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

    /// Everything that was left behind, oldest first. What a crash cut short is cut off, so that the next
    /// batch begins a line of its own.
    pub(crate) fn load(&self) -> io::Result<Vec<UsageBatch>> {
        let Some(path) = self.path.as_ref().filter(|p| p.exists()) else { return Ok(Vec::new()) };
        let text = fs::read(path)?;
        let end = text.iter().rposition(|b| *b == b'\n').map_or(0, |last| last + 1);
        if end < text.len() {
            OpenOptions::new().write(true).open(path)?.set_len(end as u64)?;
        }
        let lines = text[..end].split(|b| *b == b'\n').filter(|line| !line.is_empty());
        Ok(lines.filter_map(|line| serde_json::from_slice(line).inspect_err(unreadable).ok()).collect())
    }

    /// Adds a batch and makes it last. The file names customers' addresses: only its owner may read it.
    pub(crate) fn append(&self, batch: &UsageBatch) -> io::Result<()> {
        let Some(path) = &self.path else { return Ok(()) };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut line = serde_json::to_vec(batch)?;
        line.push(b'\n');
        let mut file = OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
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

fn unreadable(error: &serde_json::Error) {
    tracing::error!(%error, "a line of the usage journal can't be read; it is skipped");
}
