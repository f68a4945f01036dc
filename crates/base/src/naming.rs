//! Names that people give to things, and others read: they show all that is in them.

use crate::{Fault, Result, Text};

/// What a name may not hold, under the field's own name.
pub const UNSEEN: Text = Text::new(
    "不能含控制字符、零宽字符或文字方向控制符",
    "must not contain control characters, characters without width or marks that turn the direction of text",
);

/// Whether a name shows all that is in it: two names that look the same are the same, and none turns what stands
/// beside it around.
pub fn is_seen(name: &str) -> bool {
    !name.chars().any(|c| c.is_control() || is_unseen(c))
}

/// Fails with a parameter error of that field where a name does not show all that is in it.
pub fn check(field: &str, name: &str) -> Result<()> {
    if is_seen(name) { Ok(()) } else { Err(Fault::parameter(field, UNSEEN)) }
}

/// Of no width, or a mark of direction (Unicode bidirectional algorithm, UAX #9).
const fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_shows_all_that_is_in_it() {
        for good in ["Ann O'Neil", "张三", "Ünal Łódź", "שלום", "🙂 shop", ""] {
            assert!(check("name", good).is_ok(), "{good}");
        }
        for bad in [
            "a\u{202e}gpj.exe",
            "pay\u{200b}pal",
            "a\tb",
            "a\nb",
            "\u{feff}a",
            "a\u{2066}b",
            "a\u{200d}b",
            "a\u{7f}",
        ] {
            let fault = check("name", bad).unwrap_err();
            assert!(fault.errors["name"][0].en.contains("without width"), "{bad:?}");
        }
    }
}
