//! One direction of a flow.

use super::splice::{self, Spliced};
use super::{Half, Stop};
use crate::conn::{Conn, Quota};
use crate::serve::BUFFER;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use turnpike_proxyproto::body::Chunks;

/// Which way bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// From the customer.
    Up,
    /// To the customer.
    Down,
}

impl Side {
    /// The side that sends broke.
    pub(crate) fn source_broke(self, error: io::Error) -> Stop {
        if self == Self::Up { Stop::Client(error) } else { Stop::Origin(error) }
    }

    /// The side that receives broke.
    pub(crate) fn sink_broke(self, error: io::Error) -> Stop {
        if self == Self::Up { Stop::Origin(error) } else { Stop::Client(error) }
    }
}

/// Where a flow ends.
pub(crate) enum Frame<'a> {
    /// With its source.
    Open,
    /// After so many bytes.
    Length(u64),
    /// Where the chunks end; what was read beyond that goes into the vector.
    Chunked(Chunks, &'a mut Vec<u8>),
}

impl Frame<'_> {
    /// Bytes to read next, at most.
    fn most(&self) -> usize {
        match self {
            Self::Length(left) => usize::try_from(*left).unwrap_or(usize::MAX).min(BUFFER),
            Self::Open | Self::Chunked(..) => BUFFER,
        }
    }

    /// How many of the bytes just read belong to the flow.
    fn own(&mut self, bytes: &[u8]) -> Result<usize, Stop> {
        match self {
            Self::Open => Ok(bytes.len()),
            Self::Length(left) => {
                *left = left.saturating_sub(bytes.len() as u64);
                Ok(bytes.len())
            }
            Self::Chunked(chunks, beyond) => {
                let used = chunks.feed(bytes).map_err(|_| Stop::Malformed)?;
                beyond.extend_from_slice(&bytes[used..]);
                Ok(used)
            }
        }
    }

    /// Whether the last byte has passed.
    fn is_done(&self) -> bool {
        match self {
            Self::Open => false,
            Self::Length(left) => *left == 0,
            Self::Chunked(chunks, _) => chunks.is_done(),
        }
    }

    /// Bytes that splice may move without looking at them.
    pub(super) fn blind(&mut self) -> Option<&mut u64> {
        match self {
            Self::Length(left) => Some(left),
            Self::Open | Self::Chunked(..) => None,
        }
    }
}

/// Full buffers in a row after which a flow counts as bulk.
const BULK: u32 = 2;

enum Step {
    End,
    Moved(usize),
    /// The sink took only a part: the rest, still to be written.
    Rest(Vec<u8>),
    /// The sink took all but keeps some to itself (TLS does): it has to be flushed.
    Flush,
    Broke,
    Wait(std::time::Duration),
}

/// Moves a flow from `source` to `sink` until its frame or its source ends; an end of the source within
/// the frame is an error.
pub(crate) async fn pump<R, W>(
    source: &mut R,
    sink: &mut W,
    conn: &Conn,
    side: Side,
    mut frame: Frame<'_>,
) -> Result<(), Stop>
where
    R: AsyncRead + Half + Unpin,
    W: AsyncWrite + Half + Unpin,
{
    let mut full = 0;
    while !frame.is_done() {
        let step = std::future::poll_fn(|cx| poll_step(cx, source, sink, conn, side, &mut frame)).await?;
        match step {
            Step::End if matches!(frame, Frame::Open) => break,
            Step::End => return Err(side.source_broke(io::ErrorKind::UnexpectedEof.into())),
            Step::Moved(n) => full = if n == BUFFER { full + 1 } else { 0 },
            Step::Rest(rest) => Box::pin(write_rest(sink, &rest, conn, side)).await?,
            Step::Flush => sink.flush().await.map_err(|e| side.sink_broke(e))?,
            Step::Broke => Box::pin(conn.funded()).await.map_err(Stop::Broke)?,
            Step::Wait(time) => Box::pin(tokio::time::sleep(time)).await,
        }
        if full >= BULK && !matches!(frame, Frame::Chunked(..)) {
            full = 0;
            if let (Some(from), Some(to)) = (source.socket(), sink.socket()) {
                // In a box: an idle tunnel does not pay for the state of a bulk one.
                match Box::pin(splice::pump(from, to, conn, side, &mut frame)).await? {
                    Spliced::End if matches!(frame, Frame::Open) => break,
                    Spliced::End => return Err(side.source_broke(io::ErrorKind::UnexpectedEof.into())),
                    Spliced::Slow => {}
                }
            }
        }
    }
    Ok(())
}

/// Reads into the shared buffer and writes at once, so that nothing is kept across an await unless the
/// sink is full.
fn poll_step<R, W>(
    cx: &mut Context<'_>,
    source: &mut R,
    sink: &mut W,
    conn: &Conn,
    side: Side,
    frame: &mut Frame<'_>,
) -> Poll<Result<Step, Stop>>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let taken = match conn.quota(frame.most()) {
        Quota::Some(taken) => taken,
        Quota::Broke => return Poll::Ready(Ok(Step::Broke)),
        Quota::Wait(time) => return Poll::Ready(Ok(Step::Wait(time))),
    };
    let mut buffer = conn.home().buffer();
    let mut space = ReadBuf::new(&mut buffer[..taken]);
    let read = Pin::new(source).poll_read(cx, &mut space);
    let count = space.filled().len();
    let own = match &read {
        Poll::Ready(Ok(())) => frame.own(space.filled()),
        Poll::Ready(Err(_)) | Poll::Pending => Ok(0),
    };
    conn.settle(taken, *own.as_ref().unwrap_or(&0));
    ready!(read).map_err(|error| side.source_broke(error))?;
    if count == 0 {
        return Poll::Ready(Ok(Step::End));
    }
    let own = own?;
    if side == Side::Up {
        conn.count_up(own);
    }
    let written = match Pin::new(&mut *sink).poll_write(cx, &buffer[..own]) {
        Poll::Ready(Ok(written)) => written,
        Poll::Ready(Err(error)) => return Poll::Ready(Err(side.sink_broke(error))),
        Poll::Pending => 0,
    };
    if side == Side::Down {
        conn.count_down(written);
    }
    if written < own {
        return Poll::Ready(Ok(Step::Rest(buffer[written..own].to_vec())));
    }
    Poll::Ready(match Pin::new(sink).poll_flush(cx) {
        Poll::Ready(Ok(())) => Ok(Step::Moved(own)),
        Poll::Ready(Err(error)) => Err(side.sink_broke(error)),
        Poll::Pending => Ok(Step::Flush),
    })
}

async fn write_rest<W>(sink: &mut W, rest: &[u8], conn: &Conn, side: Side) -> Result<(), Stop>
where
    W: AsyncWrite + Unpin,
{
    let mut done = 0;
    while done < rest.len() {
        let written = sink.write(&rest[done..]).await.map_err(|e| side.sink_broke(e))?;
        if written == 0 {
            return Err(side.sink_broke(io::ErrorKind::WriteZero.into()));
        }
        if side == Side::Down {
            conn.count_down(written);
        }
        done += written;
    }
    // TLS writers keep what they took until they are flushed.
    sink.flush().await.map_err(|e| side.sink_broke(e))
}
