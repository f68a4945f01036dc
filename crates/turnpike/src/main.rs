//! The process: read the command line, run the command.

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    turnpike::cli::Cli::parse().run()
}
