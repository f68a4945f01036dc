//! The import file of exits: comma-separated lines under a line of column names.
//!
//! Columns, in any order: `target`, `pools` (names with `;`, `|` or blanks between them), `country`; optional
//! `state`, `city`, `asn` and `resolve` (`exit`, the default, or `gateway`). Lines that begin with `#` are left out.

use super::NewExit;
use crate::table::{self, Line};
use turnpike_base::{Result, Text};
use turnpike_wire::{Pool, Resolve};

/// Reads a file; gives each exit with the number of its line. A wrong line is named by its number.
pub(super) fn parse(text: &str) -> Result<Vec<(usize, NewExit)>> {
    table::read(text, &["target", "pools", "country"], |line| Ok((line.number, row(line)?)))
}

fn row(line: &Line<'_>) -> Result<NewExit> {
    let needed = |name: &str| {
        let missing = || {
            let text = Text::made(format!("缺少 {name}"), format!("{name} is missing"));
            table::bad_line(line.number, text)
        };
        line.cell(name).map(str::to_owned).ok_or_else(missing)
    };
    Ok(NewExit {
        target: needed("target")?,
        resolve: match line.cell("resolve") {
            None | Some("exit") => Resolve::Exit,
            Some("gateway") => Resolve::Gateway,
            Some(_) => {
                return Err(line.wrong("resolve 应为 exit 或 gateway", "resolve must be exit or gateway"));
            }
        },
        pools: pools(line, &needed("pools")?)?,
        country: needed("country")?,
        state: line.cell("state").map(str::to_owned),
        city: line.cell("city").map(str::to_owned),
        asn: table::asn(line)?,
    })
}

fn pools(line: &Line<'_>, text: &str) -> Result<Vec<Pool>> {
    let names = text.split([';', '|', ' ']).filter(|name| !name.is_empty());
    let read = names.map(Pool::parse).collect::<Option<Vec<_>>>();
    read.filter(|pools| !pools.is_empty()).ok_or_else(|| {
        let all = Pool::ALL.map(Pool::name).join(", ");
        let text = Text::made(format!("pools 应为 {all} 之一"), format!("pools must be some of {all}"));
        table::bad_line(line.number, text)
    })
}
