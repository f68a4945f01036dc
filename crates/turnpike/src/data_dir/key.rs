//! The installation's 32-byte key: `secret.key` in the data directory, or `TURNPIKE_SECRET_KEY`.

use anyhow::{Context, Result, anyhow, bail};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// The key's file in the data directory: 64 hexadecimal digits, mode 0600.
pub const KEY_FILE: &str = "secret.key";
/// The key's environment variable, where it must not lie beside the data.
pub const KEY_VARIABLE: &str = "TURNPIKE_SECRET_KEY";

/// The key that seals secrets at rest. It is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct InstallationKey([u8; 32]);

impl std::fmt::Debug for InstallationKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("InstallationKey(***)")
    }
}

impl InstallationKey {
    /// The key of a directory, or of the variable's value. `None` where neither exists.
    ///
    /// # Errors
    /// The file can be read by others, either is malformed, or they differ.
    pub fn find(dir: &Path, variable: Option<&str>) -> Result<Option<Self>> {
        let said =
            variable.map(|text| Self::parse(text).ok_or_else(|| malformed(KEY_VARIABLE))).transpose()?;
        let kept = Self::read(&dir.join(KEY_FILE))?;
        match (said, kept) {
            (Some(said), Some(kept)) if said != kept => {
                bail!(
                    "{KEY_VARIABLE} and {} hold different keys; remove the wrong one",
                    dir.join(KEY_FILE).display()
                )
            }
            (said, kept) => Ok(said.or(kept)),
        }
    }

    /// A fresh key, written into the directory.
    ///
    /// # Errors
    /// There is no randomness, or the file can't be written.
    pub fn create(dir: &Path) -> Result<Self> {
        let mut key = [0_u8; 32];
        getrandom::fill(&mut key).map_err(|e| anyhow!("the system gives no randomness: {e}"))?;
        let key = Self(key);
        super::write_private(&dir.join(KEY_FILE), &format!("{}\n", key.to_hex()))?;
        Ok(key)
    }

    /// The bytes, for the vault.
    pub const fn bytes(&self) -> [u8; 32] {
        self.0
    }

    fn read(path: &Path) -> Result<Option<Self>> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).with_context(|| format!("{} can't be read", path.display())),
        };
        let mode = fs::metadata(path).with_context(|| format!("{}", path.display()))?.permissions().mode();
        if mode & 0o077 != 0 {
            bail!("{} can be read by others; say: chmod 600 {0}", path.display());
        }
        Self::parse(&text).map(Some).ok_or_else(|| malformed(&path.display().to_string()))
    }

    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        let mut key = [0_u8; 32];
        for (n, byte) in key.iter_mut().enumerate() {
            *byte = u8::from_str_radix(text.get(2 * n..2 * n + 2)?, 16).ok()?;
        }
        Some(Self(key))
    }

    fn to_hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

fn malformed(whose: &str) -> anyhow::Error {
    anyhow!("{whose} is not a key: 64 hexadecimal digits")
}
