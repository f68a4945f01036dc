//! Values that do not belong on a command line: read from the standard input, without echo where a
//! person types.

use anyhow::{Context, Result, bail};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use std::io::{BufRead, IsTerminal, Read, Stdin, Write, stderr, stdin};

/// What stands for "read it from the standard input".
pub(super) const STDIN: &str = "-";

/// A password: typed twice by a person, or one line of a pipe.
///
/// # Errors
/// Nothing comes, or the second is not the first.
pub(super) fn password() -> Result<String> {
    let first = line("Password: ")?;
    if stdin().is_terminal() && line("Once more: ")? != first {
        bail!("the two passwords differ");
    }
    Ok(first)
}

/// One line that is not shown while it is typed.
///
/// # Errors
/// The input ends before it.
pub(super) fn line(prompt: &str) -> Result<String> {
    let input = stdin();
    let silence = Silence::over(&input, prompt);
    let mut text = String::new();
    let read = input.lock().read_line(&mut text).context("the standard input can't be read")?;
    drop(silence);
    let text = text.trim_end_matches(['\r', '\n']);
    if read == 0 || text.is_empty() {
        bail!("nothing came on the standard input");
    }
    Ok(text.to_owned())
}

/// A whole file, or all of the standard input for `-`.
///
/// # Errors
/// It can't be read, or is not UTF-8.
pub(super) fn file(path: &str) -> Result<String> {
    if path != STDIN {
        return std::fs::read_to_string(path).with_context(|| format!("{path} can't be read"));
    }
    let mut text = String::new();
    stdin().lock().read_to_string(&mut text).context("the standard input can't be read")?;
    Ok(text)
}

/// Echo is off while it lives. Nothing of it where no person types.
struct Silence<'a>(&'a Stdin, Termios);

impl<'a> Silence<'a> {
    fn over(input: &'a Stdin, prompt: &str) -> Option<Self> {
        let before = tcgetattr(input).ok()?;
        // Nobody is left to ask where the error output is gone; reading then tells.
        let _ = stderr().write_all(prompt.as_bytes());
        let mut quiet = before.clone();
        quiet.local_modes.remove(LocalModes::ECHO);
        tcsetattr(input, OptionalActions::Flush, &quiet).ok()?;
        Some(Self(input, before))
    }
}

impl Drop for Silence<'_> {
    fn drop(&mut self) {
        let _ = tcsetattr(self.0, OptionalActions::Flush, &self.1);
        // The line's end was not echoed either.
        let _ = stderr().write_all(b"\n");
    }
}
