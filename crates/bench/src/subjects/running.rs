//! A proxy's processes: started, awaited, ended.

use crate::dial::Entry;
use crate::process;
use rustix::process::{Pid, Signal, kill_process};
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a proxy may take to answer; filling a demo's store takes longest.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often it is asked. Its processes are strangers: there is no event to wait for.
const ASK: Duration = Duration::from_millis(20);
/// How long it may take to end before it is killed.
const FAREWELL: Duration = Duration::from_secs(5);

/// A proxy that answers. Its processes end with this value.
pub(crate) struct Running {
    child: Option<Child>,
    pub(crate) address: SocketAddr,
    pub(crate) entry: Entry,
    /// Another way in, if it has one that is measured.
    pub(crate) second: Option<Entry>,
}

impl Running {
    pub(crate) fn pid(&self) -> u32 {
        self.child.as_ref().map_or(0, Child::id)
    }

    /// Starts a peer and waits until it accepts connections.
    pub(super) fn peer(
        command: &mut Command,
        folder: &Path,
        address: SocketAddr,
        entry: Entry,
    ) -> Result<Self, String> {
        let mut process = Process::start(command, folder)?;
        process.until(|| TcpStream::connect(address).ok().map(drop))?;
        Ok(process.running(address, entry, None))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            end(child);
        }
    }
}

/// A process that does not answer yet.
pub(super) struct Process {
    child: Option<Child>,
    log: PathBuf,
}

impl Process {
    /// Starts it; what it says goes to a file in its folder.
    pub(super) fn start(command: &mut Command, folder: &Path) -> Result<Self, String> {
        let log = folder.join("output");
        let said = |error: std::io::Error| format!("{}: {error}", command.get_program().to_string_lossy());
        let file = File::create(&log).map_err(said)?;
        let errors = file.try_clone().map_err(said)?;
        let child = command.stdin(Stdio::null()).stdout(file).stderr(errors).spawn();
        let child = child.map_err(|error| format!("{}: {error}", command.get_program().to_string_lossy()))?;
        Ok(Self { child: Some(child), log })
    }

    /// Asks until there is an answer.
    pub(super) fn until<T>(&mut self, answer: impl Fn() -> Option<T>) -> Result<T, String> {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if let Some(child) = &mut self.child
                && let Ok(Some(status)) = child.try_wait()
            {
                return Err(format!("it ended at once ({status}): {}", self.last_words()));
            }
            if let Some(answer) = answer() {
                return Ok(answer);
            }
            std::thread::sleep(ASK);
        }
        Err(format!("it did not answer in {} s: {}", PATIENCE.as_secs(), self.last_words()))
    }

    pub(super) fn running(mut self, address: SocketAddr, entry: Entry, second: Option<Entry>) -> Running {
        Running { child: self.child.take(), address, entry, second }
    }

    fn last_words(&self) -> String {
        let text = std::fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(5)..].join(" / ")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            end(child);
        }
    }
}

/// Asks a process to end, kills it when it doesn't, and its descendants with it.
fn end(child: &mut Child) {
    let descendants = process::descendants(child.id());
    signal(child.id(), Signal::TERM);
    let began = Instant::now();
    while began.elapsed() < FAREWELL && matches!(child.try_wait(), Ok(None)) {
        std::thread::sleep(ASK);
    }
    for pid in descendants {
        signal(pid, Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}

fn signal(pid: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        // It may have ended by itself.
        let _ = kill_process(pid, signal);
    }
}

/// An address of this machine that nobody listens on now.
pub(super) fn free_address() -> Result<SocketAddr, String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|error| error.to_string())?;
    listener.local_addr().map_err(|error| error.to_string())
}
