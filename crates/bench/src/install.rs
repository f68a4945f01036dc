//! Installs absent peers from Debian, only when asked to.

use std::process::Command;

/// Programs and the packages they come in.
const PACKAGES: [(&str, &str); 5] = [
    ("haproxy", "haproxy"),
    ("squid", "squid"),
    ("tinyproxy", "tinyproxy"),
    ("danted", "dante-server"),
    ("microsocks", "microsocks"),
];

/// Where a program is, looking also where Debian keeps those of the system.
pub(crate) fn find(program: &str) -> Option<std::path::PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]);
    folders.map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// The Debian package of a program.
pub(crate) fn package(program: &str) -> &str {
    PACKAGES.iter().find(|(name, _)| *name == program).map_or(program, |(_, package)| package)
}

/// Installs what is absent. Debian may start the packages' own services; the benchmark doesn't use them.
pub(crate) fn absent() -> Result<(), String> {
    let absent: Vec<&str> =
        PACKAGES.iter().filter(|(program, _)| find(program).is_none()).map(|(_, package)| *package).collect();
    if absent.is_empty() {
        return Ok(());
    }
    eprintln!("installing {}", absent.join(" "));
    apt(&["update", "-q"])?;
    let install = ["install", "-q", "-y", "--no-install-recommends"];
    apt(&[&install[..], &absent].concat())
}

fn apt(words: &[&str]) -> Result<(), String> {
    match Command::new("apt-get").args(words).env("DEBIAN_FRONTEND", "noninteractive").status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("apt-get {}: {status}", words.join(" "))),
        Err(error) => Err(format!("apt-get: {error}")),
    }
}
