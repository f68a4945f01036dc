//! Builds the web app beside the crate with npm, so that one `cargo build` makes the whole product. Without Node the
//! build goes on and the console answers with a page that says how to get it.
//!
//! `TURNPIKE_CONSOLE=skip` takes `app/dist` as it is (for work with a dev server), `TURNPIKE_CONSOLE=require` makes
//! a missing Node an error (for CI and releases).

use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs, io};

const APP: &str = "app";
const DIST: &str = "app/dist";
/// What the bundle depends on.
const SOURCES: [&str; 8] = [
    "app/src",
    "app/public",
    "app/index.html",
    "app/screens.json",
    "app/package-lock.json",
    "app/vite.config.ts",
    "app/tsconfig.json",
    "../../docs/openapi.json",
];

fn main() -> Result<(), String> {
    println!("cargo::rerun-if-env-changed=TURNPIKE_CONSOLE");
    for source in SOURCES {
        println!("cargo::rerun-if-changed={source}");
    }
    fs::create_dir_all(DIST).map_err(|e| format!("{DIST} can't be made: {e}"))?;
    let wish = env::var("TURNPIKE_CONSOLE").unwrap_or_default();
    if wish == "skip" {
        return Ok(());
    }
    match build() {
        Ok(()) => Ok(()),
        Err(fault) if wish == "require" => Err(fault),
        Err(fault) => {
            println!("cargo::warning=the console is not part of this build: {fault}");
            Ok(())
        }
    }
}

fn build() -> Result<(), String> {
    let version = Command::new("node").arg("--version").stdin(Stdio::null()).output();
    if !version.map_err(|e| format!("Node 20 or newer is needed ({e})"))?.status.success() {
        return Err("Node 20 or newer is needed (node --version failed)".to_owned());
    }
    install()?;
    npm(&["run", "--silent", "build"])
}

/// Installs what the lock file names, if that is not there yet.
fn install() -> Result<(), String> {
    let lock = Path::new(APP).join("package-lock.json");
    let done = Path::new(APP).join("node_modules/.turnpike-lock");
    let read = |path: &Path| -> io::Result<Vec<u8>> { fs::read(path) };
    let wanted = read(&lock).map_err(|e| format!("{}: {e}", lock.display()))?;
    if read(&done).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    npm(&["ci", "--no-audit", "--no-fund"])?;
    fs::write(&done, wanted).map_err(|e| format!("{}: {e}", done.display()))
}

fn npm(arguments: &[&str]) -> Result<(), String> {
    let output = Command::new("npm").args(arguments).current_dir(APP).stdin(Stdio::null()).output();
    let output = output.map_err(|e| format!("npm can't be started: {e}"))?;
    if output.status.success() {
        return Ok(());
    }
    let told = [output.stdout, output.stderr].concat();
    let told = String::from_utf8_lossy(&told);
    let last: Vec<&str> = told.lines().rev().take(12).collect();
    let last: Vec<&str> = last.into_iter().rev().collect();
    Err(format!("npm {} failed: {}", arguments.join(" "), last.join(" | ")))
}
