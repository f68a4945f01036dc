//! How answers look to people: a table for a list, `key  value` lines for the rest. What customers
//! wrote never reaches the terminal as control characters.

use crate::terminal::{Look, Terminal};
use serde_json::{Map, Value};

/// Columns that come first, in this order; the others follow by name.
const ORDER: &[&str] = &[
    "id",
    "day",
    "email",
    "username",
    "name",
    "title",
    "target",
    "address",
    "site",
    "customer",
    "type",
    "status",
    "app_key",
    "pools",
    "country",
    "state",
    "city",
    "asn",
    "isp",
    "client",
    "exit",
    "destination",
    "total",
    "used",
    "left",
    "opened_at",
    "closed_at",
    "created_at",
    "expires_at",
];
const GAP: &str = "  ";

/// The text; the head of a table is emphasised where a person looks. Empty for an empty list.
pub(super) fn text(data: &Value, terminal: Terminal) -> String {
    match (rows(data), data) {
        (Some(rows), _) if rows.is_empty() => String::new(),
        (Some(rows), _) => table(&rows, terminal),
        // A file is for a file.
        (None, Value::Object(fields)) if let Some(file) = file(fields) => file.to_owned(),
        (None, Value::Object(fields)) => lines(fields),
        (None, other) => format!("{}\n", cell(Some(other))),
    }
}

fn file(fields: &Map<String, Value>) -> Option<&str> {
    let file = fields.get("file")?.as_str()?;
    (fields.len() == 1).then_some(file)
}

/// What is to be said beside a list: that there is nothing, or more.
pub(super) fn remark(data: &Value) -> Option<String> {
    let shown = i64::try_from(rows(data)?.len()).ok()?;
    let total = data.get("total").and_then(Value::as_i64).unwrap_or(shown);
    match (shown, total) {
        (0, 0) => Some("none".to_owned()),
        (shown, total) if shown < total => Some(format!("{shown} of {total} (--page N shows the others)")),
        _ => None,
    }
}

fn rows(data: &Value) -> Option<Vec<&Map<String, Value>>> {
    data.get("list")?.as_array()?.iter().map(Value::as_object).collect()
}

fn sorted<'a>(names: impl Iterator<Item = &'a String>) -> Vec<&'a str> {
    let rank = |name: &str| ORDER.iter().position(|known| *known == name).unwrap_or(ORDER.len());
    let mut names: Vec<&str> = names.map(String::as_str).collect();
    names.sort_unstable_by_key(|name| (rank(name), *name));
    names.dedup();
    names
}

fn lines(fields: &Map<String, Value>) -> String {
    let names = sorted(fields.keys());
    let widest = names.iter().map(|name| width(name)).max().unwrap_or(0);
    let line = |name: &&str| format!("{}{GAP}{}\n", padded(name, widest, false), cell(fields.get(*name)));
    names.iter().map(line).collect()
}

fn table(rows: &[&Map<String, Value>], terminal: Terminal) -> String {
    let names = sorted(rows.iter().flat_map(|row| row.keys()));
    let columns: Vec<Column> = names.iter().map(|name| Column::of(name, rows)).collect();
    let mut text = String::new();
    for line in 0..=rows.len() {
        let cells = columns.iter().map(|c| padded(&c.cells[line], c.width, c.number));
        let joined = cells.collect::<Vec<_>>().join(GAP);
        let joined = joined.trim_end();
        let head = (line == 0).then(|| terminal.paint(Look::Strong, joined));
        text.push_str(head.as_deref().unwrap_or(joined));
        text.push('\n');
    }
    text
}

/// A column with its head as the first cell.
struct Column {
    cells: Vec<String>,
    width: usize,
    /// Numbers stand to the right.
    number: bool,
}

impl Column {
    fn of(name: &str, rows: &[&Map<String, Value>]) -> Self {
        let values = rows.iter().map(|row| row.get(name));
        let cells: Vec<String> = std::iter::once(name.to_owned()).chain(values.clone().map(cell)).collect();
        let width = cells.iter().map(|cell| width(cell)).max().unwrap_or(0);
        let mut said = values.flatten().filter(|value| !value.is_null()).peekable();
        Self { cells, width, number: said.peek().is_some() && said.all(Value::is_number) }
    }
}

fn padded(text: &str, to: usize, right: bool) -> String {
    let blanks = " ".repeat(to.saturating_sub(width(text)));
    if right { format!("{blanks}{text}") } else { format!("{text}{blanks}") }
}

fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "-".to_owned(),
        Some(Value::Bool(on)) => if *on { "yes" } else { "no" }.to_owned(),
        Some(Value::String(text)) if text.is_empty() => "-".to_owned(),
        Some(Value::String(text)) => harmless(text),
        Some(Value::Array(items)) if items.is_empty() => "-".to_owned(),
        Some(Value::Array(items)) => items.iter().map(|item| cell(Some(item))).collect::<Vec<_>>().join(", "),
        Some(other) => harmless(&other.to_string()),
    }
}

/// Control characters could move the cursor or change the terminal's title.
fn harmless(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// Columns of a terminal: CJK characters and their full-width signs take two (UAX 11).
fn width(text: &str) -> usize {
    let wide = |c: char| {
        matches!(u32::from(c), 0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff
            | 0xfe30..=0xfe6f | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1faff | 0x20000..=0x3fffd)
    };
    text.chars().map(|c| if wide(c) { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_list_is_a_table_with_numbers_to_the_right() {
        let data = json!({"total": 2, "list": [
            {"verified": true, "id": 7, "email": "a@example.com", "site": null},
            {"verified": false, "id": 12, "email": "bo@example.com", "site": 1}]});
        let told = text(&data, Terminal::plain());
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(lines[0], "id  email           site  verified");
        assert_eq!(lines[1], " 7  a@example.com      -  yes");
        assert_eq!(lines[2], "12  bo@example.com     1  no");
        assert_eq!((lines.len(), remark(&data)), (3, None));
    }

    #[test]
    fn an_object_is_lines() {
        let data = json!({"packages": [3, 4], "id": 1, "expires_at": "2026-12-24T00:00:00Z", "none": []});
        assert_eq!(
            text(&data, Terminal::plain()),
            "id          1\nexpires_at  2026-12-24T00:00:00Z\nnone        -\npackages    3, 4\n"
        );
    }

    #[test]
    fn what_is_not_shown_is_said() {
        let data = json!({"list": [{"id": 1}], "total": 240});
        assert_eq!(remark(&data).as_deref(), Some("1 of 240 (--page N shows the others)"));
        let empty = json!({"list": [], "total": 0});
        assert_eq!(
            (text(&empty, Terminal::plain()), remark(&empty)),
            (String::new(), Some("none".to_owned()))
        );
        assert_eq!(remark(&json!({"id": 1})), None);
    }

    #[test]
    fn control_characters_stay_off_the_terminal() {
        let told = text(&json!({"remark": "a\x1b]0;owned\x07b\nc"}), Terminal::plain());
        assert!(told.matches(char::is_control).eq(["\n"]), "{told:?}");
    }

    #[test]
    fn wide_characters_keep_columns_straight() {
        let told = text(
            &json!({"list": [{"title": "住宅", "used": 1}, {"title": "abcd", "used": 2}]}),
            Terminal::plain(),
        );
        assert_eq!(told, "title  used\n住宅      1\nabcd      2\n");
    }
}
