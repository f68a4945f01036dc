//! What operators import: comma-separated lines under a line of column names. Lines that begin with `#` are left
//! out, quotes keep commas. All that is wrong with a file is told at once, line by line.

use crate::{Code, Fault, Result, Text};

/// Wrong lines that are told of one file.
pub const MOST_FAULTS: usize = 100;

/// A line of the file.
#[derive(Debug)]
pub struct Line<'t> {
    columns: &'t [String],
    cells: Vec<String>,
    /// Its number in the file, from 1.
    pub number: usize,
}

impl Line<'_> {
    /// What stands in a column; nothing where it is empty or there is no such column.
    pub fn cell(&self, name: &str) -> Option<&str> {
        let at = self.columns.iter().position(|column| column == name)?;
        self.cells.get(at).map(String::as_str).filter(|cell| !cell.is_empty())
    }

    /// What stands in a column that may not be empty.
    pub fn needed(&self, name: &str) -> Result<&str> {
        self.cell(name).ok_or_else(|| wrong(Text::made(format!("缺少 {name}"), format!("{name} is missing"))))
    }
}

/// What is wrong with a line; the reader adds its number.
pub fn wrong(reason: Text) -> Fault {
    Fault::parameter("file", reason)
}

/// The column `asn`: a number, with or without `AS` before it.
pub fn asn(line: &Line<'_>) -> Result<Option<u32>> {
    let Some(text) = line.cell("asn") else { return Ok(None) };
    let number = text.trim_start_matches(['A', 'a', 'S', 's']).parse();
    number.map(Some).map_err(|_| wrong(Text::new("asn 应为数字", "asn must be a number")))
}

/// What a file says, and what is wrong with it so far.
#[derive(Debug)]
pub struct Table<T> {
    /// The lines that could be read, each with its number.
    pub rows: Vec<(usize, T)>,
    /// The others.
    pub faults: Faults,
}

/// What is wrong with a file, by line.
#[derive(Debug, Default)]
pub struct Faults(Vec<(usize, Text)>);

impl Faults {
    /// Notes what is wrong with a line. Fails at once with what is our own failure, and where enough is wrong.
    pub fn note(&mut self, line: usize, fault: Fault) -> Result<()> {
        if matches!(fault.code, Code::Internal | Code::Unavailable) {
            return Err(fault);
        }
        self.0.push((line, fault.errors.into_values().flatten().next().unwrap_or(fault.text)));
        if self.0.len() < MOST_FAULTS { Ok(()) } else { std::mem::take(self).end() }
    }

    /// Passes where nothing is wrong; else fails with every line, in their order.
    pub fn end(mut self) -> Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        self.0.sort_by_key(|(line, _)| *line);
        let many = self.0.len() >= MOST_FAULTS;
        let mut fault = Fault::new(Code::Parameter, "bad_parameter");
        for (line, reason) in self.0 {
            fault = fault.field("file", of_line(line, &reason));
        }
        Err(if many { fault.field("file", more()) } else { fault })
    }
}

fn more() -> Text {
    Text::made(
        format!("错误过多，仅列出 {MOST_FAULTS} 处；未写入任何内容"),
        format!("there may be more: only {MOST_FAULTS} wrong lines are told; nothing was written"),
    )
}

fn of_line(line: usize, reason: &Text) -> Text {
    Text::made(format!("第 {line} 行：{}", reason.zh), format!("line {line}: {}", reason.en))
}

/// Which columns a file may have.
#[derive(Clone, Copy, Debug)]
pub struct Columns<'c> {
    /// Those it has to have.
    pub needed: &'c [&'c str],
    /// The others.
    pub optional: &'c [&'c str],
}

/// Reads every line with a function; the wrong ones are noted. Fails where the file is empty, a needed column is
/// missing, one is unknown or named twice, or too many lines are wrong.
pub fn read<T>(
    text: &str,
    known: Columns<'_>,
    mut row: impl FnMut(&Line<'_>) -> Result<T>,
) -> Result<Table<T>> {
    // Spreadsheets put a byte order mark before the first column's name.
    let mut lines = text
        .trim_start_matches('\u{feff}')
        .lines()
        .enumerate()
        .map(|(at, line)| (at + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let empty = || wrong(of_line(1, &Text::new("文件为空", "the file is empty")));
    let (at, header) = lines.next().ok_or_else(empty)?;
    let columns = columns(header, known).map_err(|text| wrong(of_line(at, &text)))?;
    let mut table = Table { rows: Vec::new(), faults: Faults::default() };
    for (number, line) in lines {
        let read = cells(line)
            .filter(|cells| cells.len() <= columns.len())
            .ok_or_else(|| ragged(columns.len()))
            .and_then(|cells| row(&Line { columns: &columns, cells, number }));
        match read {
            Ok(read) => table.rows.push((number, read)),
            Err(fault) => table.faults.note(number, fault)?,
        }
    }
    Ok(table)
}

/// A misspelt column would silently change what its lines mean.
fn columns(header: &str, known: Columns<'_>) -> Result<Vec<String>, Text> {
    let columns = cells(header).unwrap_or_default();
    let columns: Vec<String> = columns.into_iter().map(|c| c.to_ascii_lowercase()).collect();
    if let Some(name) = known.needed.iter().find(|name| !columns.iter().any(|c| c == *name)) {
        return Err(Text::made(format!("缺少列 {name}"), format!("the column {name} is missing")));
    }
    for (at, name) in columns.iter().enumerate() {
        if !known.needed.iter().chain(known.optional).any(|known| known == name) {
            let all = [known.needed, known.optional].concat().join(", ");
            return Err(Text::made(
                format!("未知的列“{name}”；可用的列：{all}"),
                format!("there is no column \"{name}\"; the columns are {all}"),
            ));
        }
        if columns[..at].contains(name) {
            return Err(Text::made(format!("列 {name} 重复"), format!("the column {name} is named twice")));
        }
    }
    Ok(columns)
}

fn ragged(columns: usize) -> Fault {
    wrong(Text::made(
        format!("字段多于 {columns} 列，或引号未闭合；含逗号的内容请用双引号括起"),
        format!(
            "more than {columns} fields, or a quote that is never closed; put what has commas in double quotes"
        ),
    ))
}

/// The cells of a line; nothing where a quote is never closed.
fn cells(line: &str) -> Option<Vec<String>> {
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
    (!quoted).then(|| cells.iter().map(|cell| cell.trim().to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> Result<Table<u32>> {
        read(text, Columns { needed: &["n"], optional: &["x"] }, |line| {
            line.needed("n")?.parse().map_err(|_| wrong(Text::new("不是数字", "is no number")))
        })
    }

    fn told(fault: &Fault) -> Vec<&str> {
        fault.errors["file"].iter().map(|text| text.en.as_ref()).collect()
    }

    #[test]
    fn every_wrong_line_is_told_in_its_order_with_those_found_later() {
        let mut read = numbers("\u{feff}# title\nn,x\n1\n,2\n\"3\"\nfour\n").unwrap();
        assert_eq!(read.rows, [(3, 1), (5, 3)]);
        read.faults.note(5, wrong(Text::new("太大", "is too large"))).unwrap();
        let fault = read.faults.end().unwrap_err();
        assert_eq!(told(&fault), ["line 4: n is missing", "line 5: is too large", "line 6: is no number"]);
    }

    #[test]
    fn a_file_of_nothing_but_faults_is_told_in_part() {
        let text = format!("n\n{}", "x\n".repeat(5_000));
        let fault = numbers(&text).unwrap_err();
        let told = told(&fault);
        assert_eq!((told.len(), told[99]), (MOST_FAULTS + 1, "line 101: is no number"));
        assert!(told[100].contains("more"));
    }

    #[test]
    fn a_failure_of_our_own_is_not_the_files() {
        let mut faults = Faults::default();
        let outcome = faults.note(3, Fault::internal("store_failed", "gone"));
        assert_eq!(outcome.unwrap_err().code, Code::Internal);
    }

    #[test]
    fn a_file_says_which_column_is_missing() {
        assert_eq!(told(&numbers("a,b\n1,2\n").unwrap_err()), ["line 1: the column n is missing"]);
        assert_eq!(told(&numbers(" \n# nothing\n").unwrap_err()), ["line 1: the file is empty"]);
        let fault = numbers("n,y\n1,2\n").unwrap_err();
        assert_eq!(told(&fault), ["line 1: there is no column \"y\"; the columns are n, x"]);
        assert_eq!(told(&numbers("n,x,N\n").unwrap_err()), ["line 1: the column n is named twice"]);
    }

    #[test]
    fn a_line_with_a_stray_comma_or_quote_is_wrong() {
        let fault = numbers("n,x\n1,a,b\n2,\"a,b\"\n3,\"a\n4\n").unwrap().faults.end().unwrap_err();
        let told = told(&fault);
        assert!(told.len() == 2 && told[0].starts_with("line 2: more than 2 fields"), "{told:?}");
        assert!(told[1].starts_with("line 4: "), "{told:?}");
    }
}
