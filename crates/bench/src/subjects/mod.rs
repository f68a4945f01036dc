//! The proxies that are measured: how each is set up so that it does its least work for the load, and how
//! its processes are started and ended.

mod peers;
mod running;
mod turnpike;

pub(crate) use running::Running;

use crate::dial::{Entry, Login, Route};
use crate::install;
use crate::scenario::Scenario;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Whose cost is 1 in the ratios: TCP mode, splice where it thinks fit, no checks.
pub(crate) const BASELINE: &str = "haproxy";

/// Where and for whom a proxy is set up.
pub(crate) struct Ground {
    /// A folder of its own.
    pub(crate) folder: PathBuf,
    /// Where it is to listen.
    pub(crate) listen: SocketAddr,
    /// The one destination.
    pub(crate) origin: SocketAddr,
    /// Its program.
    pub(crate) program: PathBuf,
}

/// A kind of proxy.
#[derive(Clone, Copy)]
pub(crate) struct Kind {
    /// How tables call it.
    pub(crate) name: &'static str,
    program: &'static str,
    start: fn(&Ground) -> Result<Running, String>,
}

/// In the order of the tables.
const KINDS: [Kind; 7] = [
    Kind { name: BASELINE, program: "haproxy", start: peers::haproxy_auto },
    Kind { name: "haproxy-splice", program: "haproxy", start: peers::haproxy_forced },
    Kind { name: "turnpike", program: "turnpike", start: turnpike::start },
    Kind { name: "squid", program: "squid", start: peers::squid },
    Kind { name: "tinyproxy", program: "tinyproxy", start: peers::tinyproxy },
    Kind { name: "danted", program: "danted", start: peers::danted },
    Kind { name: "microsocks", program: "microsocks", start: peers::microsocks },
];

/// A proxy that takes part.
pub(crate) struct Subject {
    pub(crate) kind: Kind,
    pub(crate) version: String,
    ground: Ground,
    running: Option<Running>,
}

/// One way into a proxy, with a row of its own in the tables.
pub(crate) struct Face {
    pub(crate) name: String,
    pub(crate) route: Route,
}

impl Subject {
    /// Starts it, or ends it first if it runs.
    pub(crate) fn restart(&mut self) -> Result<(), String> {
        self.running = None;
        self.running = Some((self.kind.start)(&self.ground)?);
        Ok(())
    }

    /// Its first process; 0 while it does not run.
    pub(crate) fn pid(&self) -> u32 {
        self.running.as_ref().map_or(0, Running::pid)
    }

    /// The ways in that a load is put on. The second one of turnpike differs in how tunnels begin only.
    pub(crate) fn faces(&self, scenario: Scenario) -> Vec<Face> {
        let Some(running) = &self.running else { return Vec::new() };
        let face = |name: String, entry: &Entry| Face {
            name,
            route: Route::new(entry, running.address, self.ground.origin),
        };
        let mut faces = vec![face(self.kind.name.to_owned(), &running.entry)];
        if let (Scenario::Tunnels, Some(entry)) = (scenario, &running.second) {
            faces.push(face(format!("{}-socks5", self.kind.name), entry));
        }
        faces
    }
}

/// Starts all that are wanted and there. Says loudly which are not.
pub(crate) fn start(
    wants: impl Fn(&str) -> bool,
    own: Option<&Path>,
    folder: &Path,
    origin: SocketAddr,
) -> Result<Vec<Subject>, String> {
    let mut subjects = Vec::new();
    for kind in KINDS.into_iter().filter(|kind| wants(kind.name)) {
        let Some(program) = program(kind, own) else {
            eprintln!("!! {} is LEFT OUT: {}", kind.name, remedy(kind));
            continue;
        };
        let folder = folder.join(kind.name);
        std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        let version = version(kind, &program);
        let ground = Ground { folder, listen: running::free_address()?, origin, program };
        let mut subject = Subject { kind, version, ground, running: None };
        match subject.restart() {
            Ok(()) => {
                eprintln!("{} {} runs as process {}", kind.name, subject.version, subject.pid());
                subjects.push(subject);
            }
            Err(wrong) => eprintln!("!! {} is LEFT OUT: {wrong}", kind.name),
        }
    }
    Ok(subjects)
}

fn program(kind: Kind, own: Option<&Path>) -> Option<PathBuf> {
    if kind.name != "turnpike" {
        return install::find(kind.program);
    }
    let beside = || Some(std::env::current_exe().ok()?.with_file_name("turnpike"));
    own.map(Path::to_path_buf).or_else(beside).filter(|file| file.is_file())
}

fn remedy(kind: Kind) -> String {
    if kind.name == "turnpike" {
        return "build it (cargo build --release -p turnpike) or name it (--turnpike FILE)".into();
    }
    format!("no program {}; --install gets Debian's {}", kind.program, install::package(kind.program))
}

fn version(kind: Kind, program: &Path) -> String {
    let said = if kind.name == "turnpike" {
        Command::new(program).arg("--version").output()
    } else {
        let format = "-f=${Version}";
        Command::new("dpkg-query").args(["-W", format, install::package(kind.program)]).output()
    };
    let text = said.map(|said| String::from_utf8_lossy(&said.stdout).trim().to_owned()).unwrap_or_default();
    let text = text.trim_start_matches("turnpike ").to_owned();
    if text.is_empty() { "of unknown version".into() } else { text }
}

/// The name and password that peers are set up with.
pub(crate) fn login() -> Login {
    Login { name: "bench-user01".into(), password: "bench-password01".into() }
}
