//! Chinese texts use Chinese punctuation: a half-width comma, colon or bracket beside a Chinese character is a slip.

use crate::Faults;
use crate::repo::Repo;

const READ: [&str; 8] = [".rs", ".ts", ".tsx", ".tsv", ".html", ".toml", ".md", ".mjs"];
const MARKS: [char; 6] = [',', ';', '!', '?', '(', ')'];
/// Written as machines read it, with Chinese names for the parts.
const FORMATS: [&str; 1] = ["国家代码,数量"];

pub(crate) fn check(repo: &Repo) -> Result<Faults, String> {
    let mut faults = Vec::new();
    for path in repo.files()?.iter().filter(|path| READ.iter().any(|ending| path.ends_with(ending))) {
        faults.extend(faults_of(path, &repo.read(path)?));
    }
    Ok(faults)
}

fn faults_of(path: &str, text: &str) -> Faults {
    let slips = text.lines().enumerate().filter_map(|(at, line)| slip(line).map(|found| (at + 1, found)));
    slips
        .map(|(line, found)| format!("{path}:{line} has {found:?}: Chinese punctuation is full-width"))
        .collect()
}

/// The first half-width mark beside a Chinese character, with that character.
fn slip(line: &str) -> Option<String> {
    let line = FORMATS.iter().fold(line.to_owned(), |line, format| line.replace(format, ""));
    let characters: Vec<char> = line.chars().collect();
    let beside = |three: &&[char]| is_slip(three[0], three[1], three[2]);
    let end = [' ', '\n'];
    let all: Vec<char> = characters.into_iter().chain(end).collect();
    all.windows(3).find(beside).map(|three| three.iter().collect::<String>().trim_end().to_owned())
}

/// A colon may stand between parts that machines read, as in `user:password`: it is a slip where no word follows.
fn is_slip(left: char, right: char, next: char) -> bool {
    is_chinese(left) && (MARKS.contains(&right) || right == ':' && !next.is_alphanumeric())
        || MARKS.contains(&left) && is_chinese(right)
}

fn is_chinese(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_width_mark_beside_a_chinese_character_is_a_fault() {
        for mark in MARKS {
            assert_eq!(faults_of("a.rs", &format!("\"好{mark} 1\"")).len(), 1, "{mark}");
            assert_eq!(faults_of("a.rs", &format!("\"1{mark}好\"")).len(), 1, "{mark}");
        }
        assert_eq!(faults_of("a.rs", "one\n\u{597d}: {x}\n\u{597d}:").len(), 2);
    }

    #[test]
    fn machine_formats_and_full_width_marks_are_none() {
        assert!(
            faults_of("a.rs", "\"好，好：{x}（1）\", 用户名:密码 国家代码,数量[,ASN] one, two").is_empty()
        );
    }
}
