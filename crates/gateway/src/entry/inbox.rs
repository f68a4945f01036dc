//! What was read from a connection and not yet used.

use crate::serve::Loop;
use std::io;
use std::pin::Pin;
use std::task::{Poll, ready};
use tokio::io::{AsyncRead, ReadBuf};
use turnpike_proxyproto::{Malformed, Parsed};

/// Bytes read at once.
const ROOM: usize = 16 * 1_024;

/// See the module. Empty, it holds no memory.
#[derive(Default)]
pub(super) struct Inbox(pub(super) Vec<u8>);

impl Inbox {
    /// Reads until `parse` is satisfied, and takes what it used.
    pub(super) async fn expect<T>(
        &mut self,
        home: &Loop,
        io: &mut (impl AsyncRead + Unpin),
        parse: impl Fn(&[u8]) -> Result<Parsed<T>, Malformed>,
    ) -> io::Result<T> {
        loop {
            match parse(&self.0).map_err(|wrong| io::Error::new(io::ErrorKind::InvalidData, wrong))? {
                Parsed::Done(value, used) => {
                    self.take(used);
                    return Ok(value);
                }
                Parsed::Incomplete => self.more(home, io).await?,
            }
        }
    }

    /// Forgets the first `used` bytes.
    pub(super) fn take(&mut self, used: usize) {
        if used >= self.0.len() {
            self.0 = Vec::new();
        } else {
            self.0.drain(..used);
        }
    }

    /// Reads once, through the loop's shared buffer, so that waiting costs nothing; an end of the stream is
    /// an error.
    pub(super) async fn more(&mut self, home: &Loop, io: &mut (impl AsyncRead + Unpin)) -> io::Result<()> {
        std::future::poll_fn(|cx| {
            let mut buffer = home.buffer();
            let mut space = ReadBuf::new(&mut buffer[..ROOM]);
            ready!(Pin::new(&mut *io).poll_read(cx, &mut space))?;
            if space.filled().is_empty() {
                return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
            }
            self.0.extend_from_slice(space.filled());
            Poll::Ready(Ok(()))
        })
        .await
    }
}
