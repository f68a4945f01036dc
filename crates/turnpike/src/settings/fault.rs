//! What is wrong with a setting, and where it was said.

use super::source::Origin;
use std::fmt;

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingFault {
    /// Where it stands.
    pub origin: Origin,
    /// Which setting, where it is known.
    pub name: Option<&'static str>,
    /// What is wrong, as a sentence without a secret in it.
    pub problem: String,
}

impl SettingFault {
    /// A fault at a place.
    pub fn new(origin: Origin, name: Option<&'static str>, problem: impl Into<String>) -> Self {
        Self { origin, name, problem: problem.into() }
    }
}

impl fmt::Display for SettingFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.origin)?;
        match (self.name, &self.origin) {
            (Some(name), Origin::File { .. } | Origin::Default) => write!(f, "{name}: {}", self.problem),
            _ => f.write_str(&self.problem),
        }
    }
}

/// Every fault of the settings, reported at once.
#[derive(Debug)]
pub struct SettingFaults(pub Vec<SettingFault>);

impl fmt::Display for SettingFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for SettingFaults {}
