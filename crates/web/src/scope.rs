//! What a key may do: read or write, everywhere or in named features (the tags of endpoints).

use serde::{Deserialize, Serialize};
use std::fmt;

/// What an endpoint does with what it touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Nothing changes.
    Read,
    /// Something changes; who may write may read too.
    Write,
}

/// One line of what a key may do.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Scope {
    /// As it was asked for: `write` and `*` mean the same, and each is told as itself.
    word: String,
    /// A feature; `None`: all of them.
    feature: Option<String>,
    access: Access,
}

impl Scope {
    fn means(&self, other: &Self) -> bool {
        (&self.feature, self.access) == (&other.feature, other.access)
    }
}

/// All that a key may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    /// Everything.
    pub fn all() -> Self {
        Self(vec![Scope { word: "*".into(), feature: None, access: Access::Write }])
    }

    /// Everything that changes nothing.
    pub fn reads() -> Self {
        Self(vec![Scope { word: "read".into(), feature: None, access: Access::Read }])
    }

    /// Nothing.
    pub fn none() -> Self {
        Self(Vec::new())
    }

    /// Reads words separated by commas or blanks: `*` or `write` (everything), `read`, `FEATURE`,
    /// `FEATURE:read`, `FEATURE:write`; of words that mean the same the first one stays. The error is the first word
    /// that is none of these.
    pub fn parse(text: &str, is_feature: impl Fn(&str) -> bool) -> Result<Self, String> {
        let words = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty());
        let mut scopes = Vec::new();
        for word in words {
            let scope = one(word).filter(|scope| scope.feature.as_deref().is_none_or(&is_feature));
            let scope = scope.ok_or_else(|| word.to_owned())?;
            if !scopes.iter().any(|known: &Scope| known.means(&scope)) {
                scopes.push(scope);
            }
        }
        Ok(Self(scopes))
    }

    /// Whether nothing is allowed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a feature may be used so.
    pub fn allow(&self, feature: &str, access: Access) -> bool {
        let fits = |scope: &Scope| scope.feature.as_deref().is_none_or(|own| own == feature);
        self.0.iter().any(|scope| scope.access >= access && fits(scope))
    }

    /// Whether nothing is allowed that `other` does not allow.
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.iter().all(|scope| match &scope.feature {
            Some(feature) => other.allow(feature, scope.access),
            None => other.0.iter().any(|own| own.feature.is_none() && own.access >= scope.access),
        })
    }

    /// Whether everything is allowed.
    pub fn is_all(&self) -> bool {
        self.0.iter().any(|scope| scope.feature.is_none() && scope.access == Access::Write)
    }

    /// The words, as they were asked for.
    pub fn words(&self) -> Vec<String> {
        self.0.iter().map(|scope| scope.word.clone()).collect()
    }
}

fn one(word: &str) -> Option<Scope> {
    let (feature, access) = word.split_once(':').unwrap_or((word, ""));
    let (feature, access) = match (feature, access) {
        ("*", "" | "write") | ("write", "") => (None, Access::Write),
        ("*", "read") | ("read", "") => (None, Access::Read),
        (feature, "" | "write") => (Some(feature.to_owned()), Access::Write),
        (feature, "read") => (Some(feature.to_owned()), Access::Read),
        _ => return None,
    };
    Some(Scope { word: word.to_owned(), feature, access })
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words().join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scopes(text: &str) -> Scopes {
        Scopes::parse(text, |word| word == "accounts" || word == "usage").unwrap()
    }

    #[test]
    fn who_may_write_may_read() {
        let own = scopes("accounts, usage:read");
        assert!(own.allow("accounts", Access::Read) && own.allow("accounts", Access::Write));
        assert!(own.allow("usage", Access::Read) && !own.allow("usage", Access::Write));
        assert!(!own.allow("packages", Access::Read) && !own.is_all());
        assert!(scopes("read").allow("packages", Access::Read));
        assert!(!scopes("read").allow("packages", Access::Write));
        assert!(scopes("write").is_all() && scopes("*") == Scopes::all());
        assert!(scopes("write").is_within(&scopes("*")) && scopes("*").is_within(&scopes("write")));
        assert!(!scopes("").allow("usage", Access::Read) && scopes(" ,").is_empty());
    }

    #[test]
    fn what_lies_within_allows_nothing_more() {
        for (inner, outer) in
            [("accounts", "*"), ("read", "*"), ("usage:read", "read"), ("usage:read", "usage"), ("", "")]
        {
            assert!(scopes(inner).is_within(&scopes(outer)), "{inner} {outer}");
            assert_eq!(scopes(outer).is_within(&scopes(inner)), inner == outer, "{outer} {inner}");
        }
        assert!(!scopes("accounts,usage").is_within(&scopes("accounts,usage:read")));
        assert!(!scopes("read").is_within(&scopes("accounts,usage")));
    }

    #[test]
    fn words_are_kept_as_they_were_asked_for() {
        assert_eq!(scopes("usage:write usage,accounts:read").to_string(), "usage:write,accounts:read");
        for asked in ["write", "*", "read", "usage", "usage:write"] {
            assert_eq!(scopes(asked).words(), [asked]);
        }
        for bad in ["packages", "usage:all", "usage:", ":read"] {
            let read = Scopes::parse(bad, |word| word == "usage");
            assert_eq!(read.err().as_deref(), (bad != "usage:").then_some(bad), "{bad}");
        }
    }
}
