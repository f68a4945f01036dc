//! `turnpike admin`: the operator's commands, on a running server or on a data directory.

mod api;
mod failure;
mod local;
mod place;
mod render;
mod secrets;
#[cfg(test)]
mod tests;
mod verbs;

pub use place::PlaceFlags;

use crate::terminal::{self, Terminal};
use anyhow::{Context, Result};
use clap::Args;
use place::{Target, choose};
use serde_json::Value;
use std::future::Future;
use verbs::{Call, Noun};

const WHERE: &str = "With TURNPIKE_API (such as http://127.0.0.1:8080) and TURNPIKE_TOKEN (the server's operator-token) in \
    the environment the command runs on that server; with --data-dir it opens the directory itself, which no server \
    may hold meanwhile.";

/// `turnpike admin …`
#[derive(Args, Debug)]
#[command(after_help = WHERE)]
pub struct Admin {
    #[command(flatten)]
    place: PlaceFlags,
    /// Print exactly the command's data, as JSON
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    noun: Noun,
}

impl Admin {
    /// Runs the command and prints what it gives.
    ///
    /// # Errors
    /// No place is named, or the command fails there.
    pub fn run(self) -> Result<()> {
        let target = choose(&self.place, &|name| std::env::var(name).ok())?;
        let call = self.noun.call()?;
        let data = block_on(send(&target, call))??;
        show(&data, self.json)
    }
}

/// Runs something to its end on a runtime of its own.
pub(crate) fn block_on<F: Future>(work: F) -> Result<F::Output> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    Ok(runtime.context("the system gives no event loop")?.block_on(work))
}

async fn send(target: &Target, call: Call) -> Result<Value> {
    match target {
        Target::Api { url, token } => api::post(url, token, &call).await,
        Target::Local(settings) => local::run(settings, &call.path, call.input).await,
    }
}

fn show(data: &Value, json: bool) -> Result<()> {
    if json {
        return Ok(terminal::print(serde_json::to_string_pretty(data)?)?);
    }
    let text = render::text(data, Terminal::results());
    if !text.is_empty() {
        terminal::print(text.trim_end_matches('\n'))?;
    }
    if let Some(remark) = render::remark(data) {
        Terminal::detect().note(remark);
    }
    Ok(())
}
