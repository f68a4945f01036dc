//! Where values come from: flags over environment over file over defaults.

use super::fault::SettingFault;
use super::spec::{self, Spec};
use std::collections::BTreeMap;
use std::fmt;
use toml::de::{DeTable, DeValue};

/// Where a value was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `--name`.
    Flag(&'static str),
    /// An environment variable.
    Variable(String),
    /// A line of the settings file.
    File {
        /// As named by the operator.
        path: String,
        /// From 1.
        line: usize,
    },
    /// Nowhere.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) => write!(f, "--{name}"),
            Self::Variable(name) => f.write_str(name),
            Self::File { path, line } => write!(f, "{path}:{line}"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// A value as said, and where.
#[derive(Clone, Debug)]
pub(super) struct Said {
    /// The text; lists are joined with commas.
    pub text: String,
    /// Who said it.
    pub origin: Origin,
}

/// A settings file that was read.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// As named by the operator.
    pub path: &'a str,
    /// What is in it.
    pub text: &'a str,
}

/// What all sources say. Values that are not said and have no default are absent.
pub(super) type AllSaid = BTreeMap<&'static str, Said>;

/// Gathers the values of every setting; faults of the file's form go into `faults`.
pub(super) fn gather(
    flags: &BTreeMap<&'static str, String>,
    variable: &dyn Fn(&str) -> Option<String>,
    file: Option<File<'_>>,
    faults: &mut Vec<SettingFault>,
) -> AllSaid {
    let mut in_file = file.map(|file| read_file(file, faults)).unwrap_or_default();
    let mut said = AllSaid::new();
    for spec in spec::ALL {
        let flag = || Some(Said { text: flags.get(spec.name)?.clone(), origin: Origin::Flag(spec.name) });
        let environment = || {
            let name = spec.variable();
            Some(Said { text: variable(&name)?, origin: Origin::Variable(name) })
        };
        let default = || Some(Said { text: spec.default?.to_owned(), origin: Origin::Default });
        let filed = in_file.remove(spec.name);
        if let Some(value) = flag().or_else(environment).or(filed).or_else(default) {
            said.insert(spec.name, value);
        }
    }
    said
}

fn read_file(file: File<'_>, faults: &mut Vec<SettingFault>) -> AllSaid {
    let at = |start: usize| Origin::File { path: file.path.to_owned(), line: line_of(file.text, start) };
    let (table, broken) = DeTable::parse_recoverable(file.text);
    for error in &broken {
        let start = error.span().map_or(0, |span| span.start);
        faults.push(SettingFault::new(at(start), None, error.message()));
    }
    let mut said = AllSaid::new();
    for (key, value) in table.get_ref() {
        let origin = at(key.span().start);
        let Some(spec) = spec::find(key.get_ref()) else {
            faults.push(SettingFault::new(origin, None, format!("there is no setting {:?}", key.get_ref())));
            continue;
        };
        match text_of(spec, value.get_ref()) {
            Ok(text) => drop(said.insert(spec.name, Said { text, origin })),
            Err(problem) => faults.push(SettingFault::new(origin, Some(spec.name), problem)),
        }
    }
    said
}

fn text_of(spec: &Spec, value: &DeValue<'_>) -> Result<String, String> {
    match value {
        DeValue::String(text) => Ok(text.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => Ok(number.as_str().replace('_', "")),
        DeValue::Boolean(on) => Ok(on.to_string()),
        DeValue::Array(items) => {
            let texts: Result<Vec<_>, _> = items.iter().map(|item| text_of(spec, item.get_ref())).collect();
            Ok(texts?.join(","))
        }
        other => Err(format!("{} can't be a {}", spec.name, other.type_str())),
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}
