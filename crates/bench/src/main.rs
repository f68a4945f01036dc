//! `turnpike-bench`: starts Turnpike and other proxies side by side, puts the same load on each in turn,
//! and reports what each costs as a ratio. It sees the proxies from outside only: sockets and `/proc`.
//! How to run and read it: `docs/benchmark.md`.

#![allow(clippy::float_arithmetic, reason = "these are measurements, not money")]
#![allow(clippy::print_stdout, reason = "the table is what the command is for")]

mod cli;
mod dial;
mod install;
mod load;
mod origin;
mod process;
mod report;
mod run;
mod scenario;
mod subjects;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    match run::run(&cli::Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(wrong) => {
            eprintln!("turnpike-bench: {wrong}");
            ExitCode::FAILURE
        }
    }
}
