//! What one connection of each load does, over and over.

use super::Worker;
use crate::origin::BULK;
use crate::scenario::Scenario;
use std::io;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt, Interest};
use tokio::net::TcpStream;

/// A proxy that refuses is not asked in a spin.
const AFTER_FAILURE: Duration = Duration::from_millis(10);
/// The payload of an exchange.
const MESSAGE: [u8; 64] = [b'x'; 64];
/// The most that one read of a bulk flow takes.
const GULP: usize = 1024 * 1024;

/// Works until the thread ends; a connection that fails is counted and made anew.
pub(super) async fn forever(scenario: Scenario, worker: Worker) {
    loop {
        let outcome = match scenario {
            Scenario::Tunnels => tunnels(&worker).await,
            Scenario::Bulk => bulk(&worker).await,
            Scenario::Gets => gets(&worker).await,
            Scenario::Exchanges | Scenario::Idle => exchanges(&worker).await,
        };
        if let Err(error) = outcome {
            worker.counters.failed(&error);
            tokio::time::sleep(AFTER_FAILURE).await;
        }
    }
}

/// One exchange of 64 bytes.
pub(super) async fn exchange(stream: &mut TcpStream) -> io::Result<()> {
    stream.write_all(&MESSAGE).await?;
    let mut answer = [0; MESSAGE.len()];
    stream.read_exact(&mut answer).await?;
    if answer == MESSAGE { Ok(()) } else { Err(io::Error::other("the echo differs")) }
}

async fn tunnels(worker: &Worker) -> io::Result<()> {
    loop {
        let began = Instant::now();
        let mut stream = worker.route.open().await?;
        exchange(&mut stream).await?;
        drop(stream);
        worker.done(began);
    }
}

async fn exchanges(worker: &Worker) -> io::Result<()> {
    let mut stream = worker.route.open().await?;
    loop {
        let began = Instant::now();
        exchange(&mut stream).await?;
        worker.done(began);
    }
}

async fn bulk(worker: &Worker) -> io::Result<()> {
    let mut stream = worker.route.open().await?;
    stream.write_all(&[BULK]).await?;
    let mut gulp = vec![0; GULP];
    loop {
        stream.readable().await?;
        // The kernel drops the bytes instead of copying them: the load should cost less than the proxies.
        let taken = stream.try_io(Interest::READABLE, || {
            let (taken, _) = rustix::net::recv(&stream, &mut gulp[..], rustix::net::RecvFlags::TRUNC)?;
            Ok(taken)
        });
        match taken {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => {
                worker.counters.count.fetch_add(count as u64, Relaxed);
                tokio::task::yield_now().await;
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
}

async fn gets(worker: &Worker) -> io::Result<()> {
    let route = &worker.route;
    let mut stream = if route.forwards { route.connect().await? } else { route.open().await? };
    let mut answer = Vec::with_capacity(4_096);
    loop {
        let began = Instant::now();
        stream.write_all(&route.get).await?;
        answer.clear();
        response(&mut stream, &mut answer).await?;
        worker.done(began);
    }
}

/// Reads one response with a `Content-Length`.
async fn response(stream: &mut TcpStream, answer: &mut Vec<u8>) -> io::Result<()> {
    let mut whole = None;
    while whole.is_none_or(|whole| answer.len() < whole) {
        if stream.read_buf(answer).await? == 0 {
            return Err(io::Error::other("the connection was closed instead of kept"));
        }
        if whole.is_none() {
            whole = length(answer)?;
        }
    }
    Ok(())
}

/// Bytes of head and body, once the head is there.
pub(super) fn length(answer: &[u8]) -> io::Result<Option<usize>> {
    let Some(end) = answer.windows(4).position(|w| w == b"\r\n\r\n") else { return Ok(None) };
    let head = String::from_utf8_lossy(&answer[..end]);
    if head.get(9..12) != Some("200") {
        let line = head.lines().next().unwrap_or_default();
        return Err(io::Error::other(format!("GET was refused: {line}")));
    }
    let mut fields = head.lines().filter_map(|line| line.split_once(':'));
    let body = fields.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let body = body.and_then(|(_, value)| value.trim().parse::<usize>().ok());
    body.map(|body| Some(end + 4 + body)).ok_or_else(|| io::Error::other("an answer without its length"))
}
