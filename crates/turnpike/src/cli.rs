//! The command line.

use crate::admin::Admin;
use crate::backup::{Backup, Restore};
use crate::check::Check;
use crate::settings::{self, File, SettingFlags};
use crate::terminal::{self, Terminal};
use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// A proxy network in a box: customer API, metered proxy gateway and operator's tools.
#[derive(Debug, Parser)]
#[command(name = "turnpike", version, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve: API, proxy entry and jobs in one process
    Up {
        #[command(flatten)]
        flags: SettingFlags,
        /// Fill an empty data directory with a believable installation, or go on with one so filled
        #[arg(long)]
        demo: bool,
    },
    /// Print every setting with its value and where that was said
    Config {
        #[command(flatten)]
        flags: SettingFlags,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Run the installation: customers, packages, exits, static addresses, usage
    Admin(Box<Admin>),
    /// Look for faults, beside a running server or without one; changes nothing
    Check(Check),
    /// Make a backup of a SQLite installation, beside a running server or without one
    Backup(Backup),
    /// Fill an empty data directory from a backup
    Restore(Restore),
}

impl Cli {
    /// Runs the command and gives what the process ends with.
    pub fn run(self) -> ExitCode {
        let done = match self.command {
            Command::Up { flags, demo } => up(flags, demo),
            Command::Config { flags, json } => config(&flags, json),
            Command::Admin(admin) => admin.run(),
            Command::Backup(backup) => backup.run(),
            Command::Restore(restore) => restore.run(),
            Command::Check(check) => return ended(check.run()),
        };
        ended(done.map(|()| ExitCode::SUCCESS))
    }
}

fn ended(done: Result<ExitCode>) -> ExitCode {
    match done {
        Ok(code) => code,
        Err(error) => {
            Terminal::detect().fail(format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Settings from the flags, this process's environment, and the file that either names.
///
/// # Errors
/// The file can't be read, or settings are wrong: all of them at once.
pub fn settings(flags: &SettingFlags) -> Result<settings::Resolved> {
    let path = flags.config.as_deref();
    let text = path
        .map(|path| {
            std::fs::read_to_string(path).with_context(|| format!("the settings file {path} can't be read"))
        })
        .transpose()?;
    let file = path.zip(text.as_deref()).map(|(path, text)| File { path, text });
    Ok(settings::resolve(&flags.given, &|name| std::env::var(name).ok(), file)?)
}

fn up(flags: SettingFlags, demo: bool) -> Result<()> {
    let resolved = settings(&flags)?;
    let shown = serde_json::to_value(settings::show(&resolved))?;
    let logs = crate::logs::start(resolved.settings.log_level, resolved.settings.log_format);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the runtime can't be started")?;
    let reread = Box::new(move || Ok(settings(&flags)?.settings));
    runtime.block_on(crate::up::run(resolved.settings, shown, demo, reread, logs))
}

fn config(flags: &SettingFlags, json: bool) -> Result<()> {
    let shown = settings::show(&settings(flags)?);
    if json {
        terminal::print(serde_json::to_string_pretty(&shown)?)?;
        return Ok(());
    }
    for line in shown {
        terminal::print(format_args!(
            "{:<28} {:<28} {}",
            line.name,
            line.value.unwrap_or_default(),
            line.origin
        ))?;
    }
    Ok(())
}
