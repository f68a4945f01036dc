//! One direction of a flow.

use super::splice::{self, Spliced};
use super::{Half, Stop};
use crate::conn::{Conn, Quota};
use crate::serve::BUFFER;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};

/// Which way bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// From the customer.
    Up,
    /// To the customer.
    Down,
}

/// What a pump moves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flow {
    pub(crate) side: Side,
    /// At most so many bytes; `u64::MAX`: to the end of the stream.
    pub(crate) length: u64,
}

impl Flow {
    /// Everything until the source ends.
    pub(crate) const fn whole(side: Side) -> Self {
        Self { side, length: u64::MAX }
    }

    fn source_broke(self, error: io::Error) -> Stop {
        if self.side == Side::Up { Stop::Client(error) } else { Stop::Origin(error) }
    }

    fn sink_broke(self, error: io::Error) -> Stop {
        if self.side == Side::Up { Stop::Origin(error) } else { Stop::Client(error) }
    }
}

/// Full buffers in a row after which a flow counts as bulk.
const BULK: u32 = 2;

enum Step {
    End,
    Moved(usize),
    /// The sink took only a part: the rest, still to be written.
    Rest(Vec<u8>),
    Broke,
    Wait(std::time::Duration),
}

/// Moves a flow from `source` to `sink`; gives the number of bytes left of its length at the end.
pub(crate) async fn pump<R, W>(source: &mut R, sink: &mut W, conn: &Conn, flow: Flow) -> Result<u64, Stop>
where
    R: AsyncRead + Half + Unpin,
    W: AsyncWrite + Half + Unpin,
{
    let mut left = flow.length;
    let mut full = 0;
    while left > 0 {
        let want = usize::try_from(left).unwrap_or(usize::MAX).min(BUFFER);
        let step = std::future::poll_fn(|cx| poll_step(cx, source, sink, conn, flow, want)).await?;
        match step {
            Step::End => break,
            Step::Moved(n) => {
                left = less(left, n);
                full = if n == BUFFER { full + 1 } else { 0 };
            }
            Step::Rest(rest) => left = less(left, write_rest(sink, &rest, conn, flow).await?),
            Step::Broke => conn.funded().await.map_err(Stop::Broke)?,
            Step::Wait(time) => tokio::time::sleep(time).await,
        }
        if full >= BULK {
            full = 0;
            if let (Some(from), Some(to)) = (source.socket(), sink.socket()) {
                match splice::pump(from, to, conn, flow, &mut left).await? {
                    Spliced::End => break,
                    Spliced::Slow => {}
                }
            }
        }
    }
    Ok(left)
}

/// A flow without a length never runs out of it.
pub(super) const fn less(left: u64, moved: usize) -> u64 {
    if left == u64::MAX { left } else { left.saturating_sub(moved as u64) }
}

/// Reads into the shared buffer and writes at once, so that nothing is kept across an await unless the
/// sink is full.
fn poll_step<R, W>(
    cx: &mut Context<'_>,
    source: &mut R,
    sink: &mut W,
    conn: &Conn,
    flow: Flow,
    want: usize,
) -> Poll<Result<Step, Stop>>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let taken = match conn.quota(want) {
        Quota::Some(taken) => taken,
        Quota::Broke => return Poll::Ready(Ok(Step::Broke)),
        Quota::Wait(time) => return Poll::Ready(Ok(Step::Wait(time))),
    };
    let mut buffer = conn.home().buffer();
    let mut space = ReadBuf::new(&mut buffer[..taken.bytes]);
    match Pin::new(source).poll_read(cx, &mut space) {
        Poll::Pending => {
            conn.settle(taken, 0);
            return Poll::Pending;
        }
        Poll::Ready(Err(error)) => {
            conn.settle(taken, 0);
            return Poll::Ready(Err(flow.source_broke(error)));
        }
        Poll::Ready(Ok(())) => {}
    }
    let read = space.filled().len();
    conn.settle(taken, read);
    if read == 0 {
        return Poll::Ready(Ok(Step::End));
    }
    if flow.side == Side::Up {
        conn.count_up(read);
    }
    let written = match Pin::new(sink).poll_write(cx, &buffer[..read]) {
        Poll::Ready(Ok(written)) => written,
        Poll::Ready(Err(error)) => return Poll::Ready(Err(flow.sink_broke(error))),
        Poll::Pending => 0,
    };
    if flow.side == Side::Down {
        conn.count_down(written);
    }
    let step = if written == read { Step::Moved(read) } else { Step::Rest(buffer[written..read].to_vec()) };
    Poll::Ready(Ok(step))
}

async fn write_rest<W>(sink: &mut W, rest: &[u8], conn: &Conn, flow: Flow) -> Result<usize, Stop>
where
    W: AsyncWrite + Unpin,
{
    let mut done = 0;
    while done < rest.len() {
        let written = sink.write(&rest[done..]).await.map_err(|e| flow.sink_broke(e))?;
        if written == 0 {
            return Err(flow.sink_broke(io::ErrorKind::WriteZero.into()));
        }
        if flow.side == Side::Down {
            conn.count_down(written);
        }
        done += written;
    }
    // TLS writers keep what they took until they are flushed.
    std::future::poll_fn(|cx| Poll::Ready(ready!(Pin::new(&mut *sink).poll_flush(cx))))
        .await
        .map_err(|e| flow.sink_broke(e))?;
    Ok(rest.len())
}
