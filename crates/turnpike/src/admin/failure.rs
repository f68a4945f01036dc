//! A command that failed, told the same way whether a server or this process refused it.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;
use turnpike_base::Fault;

/// What went wrong: the form of `error` in the operator API's answers.
#[derive(Debug, Deserialize)]
pub(super) struct Failure {
    slug: String,
    message: String,
    /// Per field the reasons, with bounds and units.
    #[serde(default)]
    errors: BTreeMap<String, Vec<String>>,
    /// Only known where the command ran in this process; a server tells its log.
    #[serde(skip)]
    cause: Option<String>,
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        let reasons = |(field, texts): (String, Vec<turnpike_base::Text>)| {
            (field, texts.into_iter().map(|text| text.en.into_owned()).collect())
        };
        Self {
            slug: fault.slug.to_owned(),
            message: fault.text.en.into_owned(),
            errors: fault.errors.into_iter().map(reasons).collect(),
            cause: fault.cause.map(|cause| chain(cause.as_ref())),
        }
    }
}

/// An error with everything that led to it.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut told = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        told.push_str(&format!(": {cause}"));
        next = cause.source();
    }
    told
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} [{}]", self.message, self.slug)?;
        if let Some(cause) = &self.cause {
            write!(f, ": {cause}")?;
        }
        for (field, reasons) in &self.errors {
            for reason in reasons {
                write!(f, "\n  {field}: {reason}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;
    use turnpike_base::Text;

    #[test]
    fn every_field_has_its_line() {
        let fault = Fault::parameter("gb", Text::new("应为正数", "must be 1 to 10 GB"))
            .field("days", Text::new("应为正数", "must be positive"));
        let told = Failure::from(fault).to_string();
        assert_eq!(
            told,
            "Parameter error [bad_parameter]\n  days: must be positive\n  gb: must be 1 to 10 GB"
        );
    }

    #[test]
    fn a_servers_error_reads_the_same() {
        let text = r#"{"slug": "email_taken", "message": "a@b.c is registered already", "errors": {}}"#;
        let failure: Failure = serde_json::from_str(text).unwrap();
        assert_eq!(failure.to_string(), "a@b.c is registered already [email_taken]");
    }
}
