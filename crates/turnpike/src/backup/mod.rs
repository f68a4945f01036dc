//! `turnpike backup` and `turnpike restore`: a SQLite installation as one file, and back.

mod archive;
mod make;
mod postgres;
mod restore;
#[cfg(test)]
mod tests;

use crate::admin::{PlaceFlags, block_on};
use crate::data_dir::{KEY_FILE, KEY_VARIABLE};
use crate::terminal::{self, Terminal};
use anyhow::{Result, bail};
use clap::Args;
use std::path::PathBuf;
use turnpike_base::Clock;
use turnpike_base::time::SystemClock;

/// `turnpike backup …`
#[derive(Args, Debug)]
pub struct Backup {
    /// The file to make; an existing one is never overwritten
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Put the installation's key in as well: the file then opens every secret
    #[arg(long)]
    with_key: bool,
    #[command(flatten)]
    place: PlaceFlags,
}

/// `turnpike restore …`
#[derive(Args, Debug)]
pub struct Restore {
    /// A backup
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    place: PlaceFlags,
}

impl Backup {
    /// Makes the file.
    ///
    /// # Errors
    /// The file exists, the store can't be copied or is damaged, or it is PostgreSQL.
    pub fn run(self) -> Result<()> {
        let settings = self.place.resolve()?.settings;
        if let Some(url) = &settings.database_url {
            bail!(postgres::backup(url, &self.file));
        }
        let variable = std::env::var(KEY_VARIABLE).ok();
        let wish = make::Wish {
            dir: &settings.data_dir,
            file: &self.file,
            key: if self.with_key { Some(make::key(&settings.data_dir, variable.as_deref())?) } else { None },
        };
        block_on(make::run(&wish, SystemClock.now()))??;
        terminal::print(self.file.display())?;
        if !self.with_key {
            let note =
                format!("the key is not in it; keep a copy of {KEY_FILE} somewhere else (or say --with-key)");
            Terminal::detect().note(note);
        }
        Ok(())
    }
}

impl Restore {
    /// Fills an empty data directory.
    ///
    /// # Errors
    /// The file is no whole backup, the directory is not empty or held, or the store is PostgreSQL.
    pub fn run(self) -> Result<()> {
        let settings = self.place.resolve()?.settings;
        if let Some(url) = &settings.database_url {
            bail!(postgres::restore(url, &self.file));
        }
        let dir = &settings.data_dir;
        let manifest = block_on(restore::run(&self.file, dir))??;
        terminal::print(dir.display())?;
        let made = format!("as of {}, made by turnpike {}", manifest.created_at, manifest.version);
        Terminal::detect().note(made);
        if !manifest.with_key && std::env::var_os(KEY_VARIABLE).is_none() {
            Terminal::detect().note(format!(
                "the key is not in this backup: before a server starts here, copy {KEY_FILE} of the old \
                 installation to {} (mode 0600), or give the server its text in {KEY_VARIABLE}",
                dir.join(KEY_FILE).display()
            ));
        }
        Ok(())
    }
}
