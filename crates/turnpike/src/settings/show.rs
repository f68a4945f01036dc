//! What `turnpike config` prints: every setting, its value and where that was said.

use super::load::Resolved;
use super::spec;
use serde::Serialize;

/// One line of it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// The setting.
    pub name: &'static str,
    /// Its value; `***` for a secret, `None` where nothing is set.
    pub value: Option<String>,
    /// Where it was said.
    pub origin: String,
    /// What it is for.
    pub help: &'static str,
}

/// All settings in the order of the manual.
pub fn show(resolved: &Resolved) -> Vec<Shown> {
    let one = |spec: &spec::Spec| {
        let said = resolved.said.get(spec.name);
        let value = said.map(|said| if spec.secret { "***".into() } else { said.text.clone() });
        let origin = said.map_or_else(|| "unset".to_owned(), |said| said.origin.to_string());
        Shown { name: spec.name, value, origin, help: spec.help }
    };
    let mut shown: Vec<_> = spec::ALL.iter().map(one).collect();
    // The defaults that follow another setting are shown as they will be.
    if let Some(ports) = shown.iter_mut().find(|s| s.name == "endpoint-ports") {
        ports.value = Some(resolved.settings.endpoint_ports.to_string());
    }
    if let Some(echo) = shown.iter_mut().find(|s| s.name == "echo-listen") {
        echo.value = Some(resolved.settings.echo_listen.to_string());
    }
    shown
}
