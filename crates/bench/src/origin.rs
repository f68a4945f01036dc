//! The origin behind every proxy. The first byte a client sends says what it wants: `B` bytes without end,
//! `G` answers to HTTP requests, anything else comes back.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::mpsc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::LocalSet;

/// Asks for bytes without end.
pub(crate) const BULK: u8 = b'B';
/// Bytes written at once.
const PIECE: usize = 256 * 1_024;
/// What every request is answered with.
const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 64\r\n\r\n\
    0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// Starts threads that serve until the process ends; gives the address they share.
pub(crate) fn start(threads: usize) -> io::Result<SocketAddr> {
    let mut at = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    for _ in 0..threads.max(1) {
        let (tell, told) = mpsc::channel();
        std::thread::Builder::new().name("origin".into()).spawn(move || thread(at, &tell))?;
        at = told.recv().map_err(|_| io::Error::other("the origin's thread ended"))??;
    }
    Ok(at)
}

fn thread(at: SocketAddr, tell: &mpsc::Sender<io::Result<SocketAddr>>) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
    let local = LocalSet::new();
    local.block_on(&runtime, async {
        match listen(at).and_then(|listener| Ok((listener.local_addr()?, listener))) {
            Ok((bound, listener)) => {
                let _ = tell.send(Ok(bound));
                accept(&listener).await;
            }
            Err(error) => {
                let _ = tell.send(Err(error));
            }
        }
    });
}

fn listen(at: SocketAddr) -> io::Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseport(true)?;
    socket.bind(at)?;
    socket.listen(4_096)
}

async fn accept(listener: &TcpListener) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::task::spawn_local(serve(stream))),
            // Out of files for a moment: those in use will be closed.
            Err(_) => tokio::task::yield_now().await,
        }
    }
}

/// An error here is the other side's end of the connection, which is how every load ends.
async fn serve(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut first = [0; 2_048];
    let count = stream.read(&mut first).await?;
    match first[..count].first() {
        None => Ok(()),
        Some(&BULK) => loop {
            stream.write_all(&ZEROS).await?;
        },
        Some(b'G') => requests(stream, &first[..count]).await,
        Some(_) => echo(stream, &first[..count]).await,
    }
}

static ZEROS: [u8; PIECE] = [0; PIECE];

async fn echo(mut stream: TcpStream, first: &[u8]) -> io::Result<()> {
    stream.write_all(first).await?;
    // Small and on the heap of one task only: thousands of these idle at the same time.
    let mut buffer = [0; 512];
    loop {
        match stream.read(&mut buffer).await? {
            0 => return Ok(()),
            count => stream.write_all(&buffer[..count]).await?,
        }
    }
}

async fn requests(mut stream: TcpStream, first: &[u8]) -> io::Result<()> {
    let mut seen = first.to_vec();
    loop {
        while let Some(end) = seen.windows(4).position(|w| w == b"\r\n\r\n") {
            seen.drain(..end + 4);
            stream.write_all(ANSWER).await?;
        }
        if stream.read_buf(&mut seen).await? == 0 {
            return Ok(());
        }
    }
}
