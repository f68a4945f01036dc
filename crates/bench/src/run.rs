//! The whole run: proxies side by side, rounds in which each load visits each of them in turn.

use crate::cli::Args;
use crate::report::{Machine, Record, Report};
use crate::scenario::Scenario;
use crate::subjects::{self, BASELINE, Subject};
use crate::{install, load, origin, process};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

/// Does everything that the command line asks for.
pub(crate) fn run(args: &Args) -> Result<(), String> {
    if args.install {
        install::absent()?;
    }
    more_files()?;
    let origin = origin::start(load::threads()).map_err(|error| format!("the origin: {error}"))?;
    let folder = tempfile::Builder::new().prefix("turnpike-bench-").tempdir();
    let folder = folder.map_err(|error| format!("a folder: {error}"))?;
    // Peers that leave root read their settings as somebody else.
    let open = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open).map_err(|error| error.to_string())?;
    let wants = |name: &str| args.wants(name);
    let mut subjects = subjects::start(wants, args.turnpike.as_deref(), folder.path(), origin)?;
    if !subjects.iter().any(|subject| subject.kind.name == BASELINE) {
        eprintln!("!! without {BASELINE} there are no ratios");
    }
    let mut records = Vec::new();
    for round in 1..=args.rounds() {
        for scenario in args.scenarios() {
            for subject in &mut subjects {
                eprintln!("round {round} of {}: {scenario:?} on {}", args.rounds(), subject.kind.name);
                records.extend(visit(args, round, scenario, subject));
            }
        }
    }
    let versions: BTreeMap<String, String> =
        subjects.iter().map(|s| (s.kind.name.to_owned(), s.version.clone())).collect();
    drop(subjects);
    let report = Report::new(Machine::here(), versions, args.seconds(), args.rounds(), records);
    report.print();
    report.write(&args.out)
}

/// One load on one proxy, by each way in.
fn visit(args: &Args, round: u32, scenario: Scenario, subject: &mut Subject) -> Vec<Record> {
    if scenario == Scenario::Idle
        && let Err(wrong) = subject.restart()
    {
        // A process that has worked already has room for tunnels that a fresh one would ask for.
        let name = subject.kind.name.to_owned();
        return vec![Record::new(round, scenario, name, Err(wrong))];
    }
    let pid = subject.pid();
    let window = Duration::from_secs_f64(args.seconds());
    let measured = |face: subjects::Face| {
        let outcome = match scenario {
            Scenario::Idle => load::idle(&face.route, args.idle, || process::resident(pid)),
            _ => load::run(scenario, &face.route, window, || process::cpu_seconds(pid)),
        };
        if let Err(wrong) = &outcome {
            eprintln!("!! {}: no figures for {scenario:?}: {wrong}", face.name);
        }
        Record::new(round, scenario, face.name, outcome)
    };
    subject.faces(scenario).into_iter().map(measured).collect()
}

/// Two files for each idle tunnel here, four with pipes in a proxy: the soft limit is too low for that.
fn more_files() -> Result<(), String> {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).map_err(|error| error.to_string())
}
