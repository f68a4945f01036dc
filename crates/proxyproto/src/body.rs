//! Where a message body ends (RFC 9112 section 6) and a tracker that follows chunked framing while the
//! bytes pass verbatim.

use crate::Malformed;

/// How the length of a body is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// There is none.
    None,
    /// Exactly that many bytes.
    Length(u64),
    /// Chunked, with trailers.
    Chunked,
    /// Until the connection closes; responses only.
    UntilClose,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Size {
        digits: u8,
    },
    /// Blanks after the size; some origins pad it. Only an extension or the end of the line may follow.
    Padding,
    Extension,
    SizeLf,
    Data,
    DataCr,
    DataLf,
    TrailerStart,
    Trailer,
    TrailerLf,
    EndLf,
    Done,
}

/// Follows a chunked body (RFC 9112 section 7.1). Strict: CRLF only, extensions and trailers bounded.
#[derive(Clone, Copy, Debug)]
pub struct Chunks {
    state: State,
    left: u64,
    overhead: u32,
}

/// Bytes of extensions and of trailers that one body may have.
const MOST_OVERHEAD: u32 = 16 * 1_024;
const WRONG: Malformed = Malformed::new("分块正文格式错误", "the chunked body is malformed");

impl Default for Chunks {
    fn default() -> Self {
        Self { state: State::Size { digits: 0 }, left: 0, overhead: 0 }
    }
}

impl Chunks {
    /// How many of these bytes belong to the body. Less than all of them only when it is done.
    pub fn feed(&mut self, input: &[u8]) -> Result<usize, Malformed> {
        let mut at = 0;
        while at < input.len() && self.state != State::Done {
            if self.state == State::Data {
                let take = usize::try_from(self.left).unwrap_or(usize::MAX).min(input.len() - at);
                self.left -= take as u64;
                at += take;
                if self.left == 0 {
                    self.state = State::DataCr;
                }
            } else {
                self.step(input[at])?;
                at += 1;
            }
        }
        Ok(at)
    }

    /// Whether the last byte of the body has passed.
    pub fn is_done(&self) -> bool {
        self.state == State::Done
    }

    fn step(&mut self, byte: u8) -> Result<(), Malformed> {
        self.state = match (self.state, byte) {
            (State::Size { digits }, b) if b.is_ascii_hexdigit() => {
                if digits >= 15 {
                    return Err(WRONG);
                }
                self.left = self.left * 16 + u64::from(hex(b));
                State::Size { digits: digits + 1 }
            }
            (State::Size { digits: 1.. } | State::Padding, b' ' | b'\t') => self.over(State::Padding)?,
            (State::Size { digits: 1.. } | State::Padding, b';') => self.over(State::Extension)?,
            (State::Size { digits: 1.. } | State::Padding | State::Extension, b'\r') => State::SizeLf,
            (State::Extension, b) if b != b'\n' && b != 0 => self.over(State::Extension)?,
            (State::SizeLf, b'\n') if self.left == 0 => State::TrailerStart,
            (State::SizeLf, b'\n') => State::Data,
            (State::DataCr, b'\r') => State::DataLf,
            (State::DataLf, b'\n') => State::Size { digits: 0 },
            (State::TrailerStart, b'\r') => State::EndLf,
            (State::Trailer, b'\r') => State::TrailerLf,
            (State::TrailerLf, b'\n') => State::TrailerStart,
            (State::EndLf, b'\n') => State::Done,
            // A trailer line that starts with a blank would be folding (obsolete, RFC 9112 section 5.2).
            (State::TrailerStart, b' ' | b'\t') => return Err(WRONG),
            (State::TrailerStart | State::Trailer, b) if b != b'\n' && b != 0 => self.over(State::Trailer)?,
            _ => return Err(WRONG),
        };
        Ok(())
    }

    fn over(&mut self, next: State) -> Result<State, Malformed> {
        self.overhead += 1;
        if self.overhead > MOST_OVERHEAD { Err(WRONG) } else { Ok(next) }
    }
}

const fn hex(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        _ => digit - b'A' + 10,
    }
}
