//! What operators import: comma-separated lines under a line of column names. Lines that begin with `#` are left
//! out, quotes keep commas.

use turnpike_base::{Fault, Result, Text};

/// A line of the file.
#[derive(Debug)]
pub(crate) struct Line<'t> {
    columns: &'t [String],
    cells: Vec<String>,
    /// Its number in the file, from 1.
    pub(crate) number: usize,
}

impl Line<'_> {
    /// What stands in a column; nothing where it is empty or there is no such column.
    pub(crate) fn cell(&self, name: &str) -> Option<&str> {
        let at = self.columns.iter().position(|column| column == name)?;
        self.cells.get(at).map(String::as_str).filter(|cell| !cell.is_empty())
    }

    /// A fault of this line.
    pub(crate) fn wrong(&self, zh: &'static str, en: &'static str) -> Fault {
        bad_line(self.number, Text::new(zh, en))
    }
}

/// A line of an import file is wrong.
pub(crate) fn bad_line(line: usize, reason: Text) -> Fault {
    Fault::parameter(
        "file",
        Text::made(format!("第 {line} 行：{}", reason.zh), format!("line {line}: {}", reason.en)),
    )
}

/// The column `asn`: a number, with or without `AS` before it.
pub(crate) fn asn(line: &Line<'_>) -> Result<Option<u32>> {
    let Some(text) = line.cell("asn") else { return Ok(None) };
    let number = text.trim_start_matches(['A', 'a', 'S', 's']).parse();
    number.map(Some).map_err(|_| line.wrong("asn 应为数字", "asn must be a number"))
}

/// Reads every line with a function. Fails naming the line, and where a needed column is missing.
pub(crate) fn read<T>(
    text: &str,
    needed: &[&str],
    mut row: impl FnMut(&Line<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    // Spreadsheets put a byte order mark before the first column's name.
    let mut lines = text
        .trim_start_matches('\u{feff}')
        .lines()
        .enumerate()
        .map(|(at, line)| (at + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let empty = || bad_line(1, Text::new("文件为空", "the file is empty"));
    let (at, header) = lines.next().ok_or_else(empty)?;
    let columns: Vec<String> = cells(header).into_iter().map(|c| c.to_ascii_lowercase()).collect();
    if let Some(name) = needed.iter().find(|name| !columns.iter().any(|c| c == *name)) {
        let text = Text::made(format!("缺少列 {name}"), format!("the column {name} is missing"));
        return Err(bad_line(at, text));
    }
    lines.map(|(number, line)| row(&Line { columns: &columns, cells: cells(line), number })).collect()
}

fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            c => {
                if let Some(cell) = cells.last_mut() {
                    cell.push(c);
                }
            }
        }
    }
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}
