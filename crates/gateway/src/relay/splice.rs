//! Bulk through the kernel: splice(2) from socket to pipe to socket. Pipes are pooled per loop and held
//! only while bytes move.

use super::Stop;
use super::copy::{Frame, Side};
use crate::conn::{Conn, Quota};
use crate::metrics::Metrics;
use rustix::pipe::{PipeFlags, SpliceFlags};
use std::cell::{Cell, RefCell};
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::io::Interest;
use tokio::net::TcpStream;

/// What a pipe should hold; the kernel may give an unprivileged process less.
const PIPE: usize = 1_024 * 1_024;
/// Pipes kept for reuse by one loop.
const POOL: usize = 16;
/// A transfer below this is small; so many in a row end the bulk.
const SMALL: usize = 16 * 1_024;
const MOST_SMALL: u32 = 8;
/// Transfers after which other connections of the loop get their turn.
const TURN: u32 = 8;

/// The pipes of one loop.
#[derive(Debug)]
pub(crate) struct Pipes {
    free: RefCell<Vec<(OwnedFd, OwnedFd)>>,
    /// One was taken since the last look.
    used: Cell<bool>,
    metrics: Arc<Metrics>,
}

/// A pipe in use. Dropped with bytes in it, it is closed; empty, it goes back.
struct Pipe<'a> {
    home: &'a Pipes,
    ends: Option<(OwnedFd, OwnedFd)>,
    filled: usize,
}

impl Pipes {
    pub(crate) fn new(metrics: Arc<Metrics>) -> Self {
        Self { free: RefCell::default(), used: Cell::new(false), metrics }
    }

    /// Closes the free ones when none was needed since the last call.
    pub(crate) fn trim(&self) {
        if !self.used.replace(false) {
            let free = std::mem::take(&mut *self.free.borrow_mut());
            self.forget(free.len());
        }
    }

    fn forget(&self, count: usize) {
        self.metrics.pipes.fetch_sub(i64::try_from(count).unwrap_or(0), Ordering::Relaxed);
    }

    fn take(&self) -> io::Result<Pipe<'_>> {
        self.used.set(true);
        let pooled = self.free.borrow_mut().pop();
        let ends = match pooled {
            Some(ends) => ends,
            None => {
                let ends = rustix::pipe::pipe_with(PipeFlags::NONBLOCK | PipeFlags::CLOEXEC)?;
                // Refused beyond the user's limit: the default size works too.
                let _ = rustix::pipe::fcntl_setpipe_size(&ends.1, PIPE);
                self.metrics.pipes.fetch_add(1, Ordering::Relaxed);
                ends
            }
        };
        Ok(Pipe { home: self, ends: Some(ends), filled: 0 })
    }
}

impl Drop for Pipe<'_> {
    fn drop(&mut self) {
        let mut free = self.home.free.borrow_mut();
        match self.ends.take() {
            Some(ends) if self.filled == 0 && free.len() < POOL => free.push(ends),
            _ => self.home.forget(1),
        }
    }
}

impl Drop for Pipes {
    fn drop(&mut self) {
        self.forget(self.free.borrow().len());
    }
}

/// How a bulk transfer ended.
pub(super) enum Spliced {
    /// The source ended.
    End,
    /// The flow has all its bytes, or is bulk no longer.
    Slow,
}

fn splice(from: &impl std::os::fd::AsFd, to: &impl std::os::fd::AsFd, most: usize) -> io::Result<usize> {
    let flags = SpliceFlags::MOVE | SpliceFlags::NONBLOCK;
    Ok(rustix::pipe::splice(from, None, to, None, most, flags)?)
}

/// Moves bytes until the flow ends or turns small.
pub(super) async fn pump(
    from: &TcpStream,
    to: &TcpStream,
    conn: &Conn,
    side: Side,
    frame: &mut Frame<'_>,
) -> Result<Spliced, Stop> {
    let mut open = u64::MAX;
    let bounded = frame.blind();
    let is_open = bounded.is_none();
    let left = bounded.unwrap_or(&mut open);
    let mut small = 0;
    let mut turn = 0;
    while *left > 0 && small < MOST_SMALL {
        from.readable().await.map_err(|e| side.source_broke(e))?;
        let mut pipe = conn.home().pipes.take().map_err(|e| side.source_broke(e))?;
        // While the source has more, the pipe is kept; when it runs dry, the pipe goes back first.
        while *left > 0 && small < MOST_SMALL {
            let want = usize::try_from(*left).unwrap_or(usize::MAX).min(PIPE);
            match fill(from, &mut pipe, conn, side, want)? {
                Filled::End => return Ok(Spliced::End),
                Filled::Dry => break,
                Filled::Broke => conn.funded().await.map_err(Stop::Broke)?,
                Filled::Wait(time) => tokio::time::sleep(time).await,
                Filled::Some(n) => {
                    *left -= if is_open { 0 } else { n as u64 };
                    empty(&mut pipe, to, conn, side).await?;
                    small = if n < SMALL { small + 1 } else { 0 };
                }
            }
            turn += 1;
            if turn % TURN == 0 {
                tokio::task::yield_now().await;
            }
        }
    }
    Ok(Spliced::Slow)
}

enum Filled {
    Some(usize),
    End,
    Dry,
    Broke,
    Wait(std::time::Duration),
}

fn fill(from: &TcpStream, pipe: &mut Pipe<'_>, conn: &Conn, side: Side, want: usize) -> Result<Filled, Stop> {
    let taken = match conn.quota(want) {
        Quota::Some(taken) => taken,
        Quota::Broke => return Ok(Filled::Broke),
        Quota::Wait(time) => return Ok(Filled::Wait(time)),
    };
    let Some((_, sink)) = &pipe.ends else { return Ok(Filled::End) };
    let outcome = from.try_io(Interest::READABLE, || splice(from, sink, taken));
    let moved = *outcome.as_ref().unwrap_or(&0);
    conn.settle(taken, moved);
    match outcome {
        Ok(0) => Ok(Filled::End),
        Ok(n) => {
            pipe.filled = n;
            if side == Side::Up {
                conn.count_up(n);
            }
            Ok(Filled::Some(n))
        }
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(Filled::Dry),
        Err(error) => Err(side.source_broke(error)),
    }
}

async fn empty(pipe: &mut Pipe<'_>, to: &TcpStream, conn: &Conn, side: Side) -> Result<(), Stop> {
    while pipe.filled > 0 {
        let Some((source, _)) = &pipe.ends else { return Ok(()) };
        match to.try_io(Interest::WRITABLE, || splice(source, to, pipe.filled)) {
            Ok(n) => {
                pipe.filled -= n;
                if side == Side::Down {
                    conn.count_down(n);
                }
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                to.writable().await.map_err(|e| side.sink_broke(e))?;
            }
            Err(error) => return Err(side.sink_broke(error)),
        }
    }
    Ok(())
}
