//! The settings as command-line flags, made from the one table of settings. Values are kept as typed:
//! their faults are reported together with those of the environment and the file.

use super::spec;
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};
use std::collections::BTreeMap;

/// The flags an operator gave.
#[derive(Clone, Debug, Default)]
pub struct SettingFlags {
    /// `--config`.
    pub config: Option<String>,
    /// The others, by name.
    pub given: BTreeMap<&'static str, String>,
}

impl Args for SettingFlags {
    fn augment_args(command: Command) -> Command {
        let config = Arg::new("config")
            .long("config")
            .value_name("FILE")
            .env("TURNPIKE_CONFIG")
            .help("Settings file (TOML)");
        spec::ALL.iter().fold(command.arg(config), |command, spec| command.arg(arg(spec)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

fn arg(spec: &'static spec::Spec) -> Arg {
    let help = match spec.default {
        Some(default) if !spec.is_switch() => format!("{} [default: {default}]", spec.help),
        _ => spec.help.to_owned(),
    };
    let arg = Arg::new(spec.name).long(spec.name).help(help).action(ArgAction::Set);
    if spec.is_switch() {
        arg.num_args(0..=1).require_equals(true).default_missing_value("true").value_name("BOOL")
    } else {
        arg.value_name(spec.value)
    }
}

impl FromArgMatches for SettingFlags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut flags = Self::default();
        flags.update_from_arg_matches(matches)?;
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.config = matches.get_one::<String>("config").cloned();
        for spec in spec::ALL {
            if let Some(text) = matches.get_one::<String>(spec.name) {
                self.given.insert(spec.name, text.clone());
            }
        }
        Ok(())
    }
}
