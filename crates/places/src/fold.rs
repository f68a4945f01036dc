//! How place names compare: without case, accents, blanks and punctuation (contract section 6).

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

/// The form under which two spellings of a place are equal: compatibility decomposition, combining
/// marks dropped, lower case, letters and digits only; letters with strokes and ligatures become the
/// letters people type instead of them. Works for any script.
///
/// ```
/// # use turnpike_places::fold;
/// assert_eq!(fold("Los Ángeles"), "losangeles");
/// assert_eq!(fold(" 洛杉矶 "), "洛杉矶");
/// ```
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    }
    let mut folded = String::with_capacity(text.len());
    // Lower case may bring marks of its own (İ), so the text is decomposed on both sides of it.
    for c in text.nfkd().flat_map(char::to_lowercase).nfkd() {
        match plain(c) {
            Some(letters) => folded.push_str(letters),
            None if c.is_alphanumeric() && !is_mark(c) && !is_modifier(c) => folded.push(c),
            None => {}
        }
    }
    folded
}

/// Letters that Unicode does not decompose.
const fn plain(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'ǝ' | 'ə' => "e",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ı' => "i",
        'ħ' => "h",
        'ŧ' => "t",
        'ŋ' => "n",
        _ => return None,
    })
}

/// An accent or vowel mark that normalization may move; some of them count as alphabetic.
fn is_mark(c: char) -> bool {
    canonical_combining_class(c) != 0
}

/// Letters in name only: the okina and its like stand for an apostrophe.
const fn is_modifier(c: char) -> bool {
    matches!(c, '\u{2b0}'..='\u{2ff}')
}
