//! Runs the binary, with nothing of this process's environment.

use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A place to work at; gone with the value.
pub(crate) struct Place {
    folder: tempfile::TempDir,
}

/// How a run ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A path in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The data directory; the first command makes it.
    pub(crate) fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// `turnpike admin LINE --json --data-dir DATA`, which has to succeed.
    pub(crate) fn admin(&self, line: &str) -> Value {
        let words = ["admin"].into_iter().chain(line.split(' ')).chain(["--json"]);
        self.on_data(&words.collect::<Vec<_>>()).json()
    }

    /// Any command with `--data-dir DATA`.
    pub(crate) fn on_data(&self, words: &[&str]) -> Ended {
        on(&self.data(), words)
    }
}

/// Any command with `--data-dir DIR`.
pub(crate) fn on(dir: &Path, words: &[&str]) -> Ended {
    run(&[words, &["--data-dir", dir.to_str().unwrap()]].concat(), &[], "")
}

/// Any command, with an environment and an input.
pub(crate) fn run(words: &[&str], variables: &[(&str, &str)], input: &str) -> Ended {
    let mut child = Command::new(env!("CARGO_BIN_EXE_turnpike"))
        .args(words)
        .env_clear()
        .envs(variables.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that reads nothing may be gone before it is written to.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    Ended::from(child.wait_with_output().unwrap())
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

impl Ended {
    /// What a successful command printed: one JSON document.
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.code, Some(0), "{}", self.err);
        serde_json::from_str(&self.out).unwrap()
    }

    /// What a command that failed said.
    pub(crate) fn refusal(&self) -> &str {
        assert_eq!((self.code, self.out.as_str()), (Some(1), ""), "{}", self.err);
        assert!(self.err.contains("error: "), "{}", self.err);
        &self.err
    }
}
