//! Conditions that are known only when somebody searches, with their values.

use crate::{Arg, Args};
use turnpike_base::Page;

/// What a list is narrowed to; nothing: everything is listed.
#[derive(Clone, Debug, Default)]
pub struct Conditions {
    parts: Vec<String>,
    args: Args,
}

impl Conditions {
    /// Adds a condition; each `?` in it stands for the next of its values.
    pub fn add(&mut self, part: &str, values: Args) {
        let mut text = String::with_capacity(part.len() + 8);
        let mut place = self.args.len();
        for c in part.chars() {
            if c == '?' {
                place += 1;
                text.push_str(&format!("${place}"));
            } else {
                text.push(c);
            }
        }
        self.parts.push(text);
        self.args.extend(values);
    }

    /// The text of the conditions, with `WHERE` before it where there is one.
    pub fn sql(&self) -> String {
        if self.parts.is_empty() { String::new() } else { format!("WHERE ({})", self.parts.join(") AND (")) }
    }

    /// Their values.
    pub fn args(&self) -> Args {
        self.args.clone()
    }

    /// `LIMIT` and `OFFSET` of a page, and all values with theirs.
    pub fn page(&self, page: Page) -> (String, Args) {
        let n = self.args.len();
        let mut args = self.args.clone();
        args.extend([page.size.value(), page.offset().value()]);
        (format!("LIMIT ${} OFFSET ${}", n + 1, n + 2), args)
    }
}

/// The pattern for `LIKE … ESCAPE '\'` that finds a text anywhere, compared in lower case.
pub fn anywhere(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.trim().to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args;

    #[test]
    fn values_are_numbered_across_conditions() {
        let mut wanted = Conditions::default();
        assert_eq!(wanted.sql(), "");
        wanted.add("a = ? OR b = ?", args![1, 2]);
        wanted.add("c LIKE ?", args!["x"]);
        assert_eq!(wanted.sql(), "WHERE (a = $1 OR b = $2) AND (c LIKE $3)");
        let (text, all) = wanted.page(Page::new(2, 20));
        assert_eq!((text.as_str(), all.len()), ("LIMIT $4 OFFSET $5", 5));
    }

    #[test]
    fn what_was_typed_is_no_pattern() {
        assert_eq!(anywhere(" A_b%\\ "), "%a\\_b\\%\\\\%");
    }
}
