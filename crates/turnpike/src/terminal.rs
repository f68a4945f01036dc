//! The terminal: colours and one progress line where a person looks, plain lines where not.

use std::fmt::Display;
use std::io::{IsTerminal, Write, stderr, stdout};

/// What the command says to people. Results go to the standard output, everything else to the error
/// output.
#[derive(Clone, Copy, Debug)]
pub struct Terminal {
    person: bool,
    colour: bool,
}

/// How a word looks where colours are on.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub enum Look {
    Good,
    Bad,
    Faint,
    Strong,
}

impl Terminal {
    /// Looks at where the error output goes and at `NO_COLOR`.
    pub fn detect() -> Self {
        Self::at(stderr().is_terminal())
    }

    /// For results: looks at where the standard output goes.
    pub fn results() -> Self {
        Self::at(stdout().is_terminal())
    }

    /// Where nobody looks.
    pub const fn plain() -> Self {
        Self { person: false, colour: false }
    }

    fn at(terminal: bool) -> Self {
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let person = terminal && !dumb;
        Self { person, colour: person && std::env::var_os("NO_COLOR").is_none() }
    }

    /// Says what is going on: one line that is replaced by the next where a person looks.
    pub fn progress(self, what: impl Display) {
        let line = if self.person { format!("\r\x1b[K{what} …") } else { format!("{what}\n") };
        self.say(&line);
    }

    /// Ends the progress line.
    pub fn clear(self) {
        if self.person {
            self.say("\r\x1b[K");
        }
    }

    /// A word with its look.
    pub fn paint(self, look: Look, what: impl Display) -> String {
        if !self.colour {
            return what.to_string();
        }
        let code = match look {
            Look::Good => "32",
            Look::Bad => "31",
            Look::Faint => "2",
            Look::Strong => "1",
        };
        format!("\x1b[{code}m{what}\x1b[0m")
    }

    /// A failure, on the error output.
    pub fn fail(self, what: impl Display) {
        self.clear();
        self.say(&format!("{}: {what}\n", self.paint(Look::Bad, "error")));
    }

    /// A remark, on the error output.
    pub fn note(self, what: impl Display) {
        self.clear();
        self.say(&format!("{what}\n"));
    }

    fn say(self, text: &str) {
        // Nobody is left to tell where the error output is gone.
        let _ = stderr().lock().write_all(text.as_bytes());
    }
}

/// Writes a result to the standard output.
///
/// # Errors
/// The output is gone (a closed pipe).
pub fn print(text: impl Display) -> std::io::Result<()> {
    let mut out = stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_only_for_people() {
        assert_eq!(Terminal::plain().paint(Look::Good, "ok"), "ok");
        let coloured = Terminal { person: true, colour: true };
        assert_eq!(coloured.paint(Look::Good, "ok"), "\x1b[32mok\x1b[0m");
    }
}
