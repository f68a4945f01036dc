//! Many rows in few statements.

use crate::{Args, Engine, Read, StoreError, WriteTx};

/// Rows per statement. Few sizes, so that the engines' caches of prepared statements hit.
const SIZES: [usize; 4] = [64, 16, 4, 1];

impl WriteTx {
    /// Writes rows: `head` is `INSERT INTO t (a, b)`, `tail` what follows the values, for instance
    /// `ON CONFLICT …`. Rows that upsert are sorted by key, so that two transactions can't lock each other out.
    pub async fn insert_all(&self, head: &str, tail: &str, rows: Vec<Args>) -> Result<(), StoreError> {
        let mut rows = rows.into_iter();
        for size in SIZES {
            while rows.len() >= size {
                let chunk: Vec<Args> = rows.by_ref().take(size).collect();
                let width = chunk.first().map_or(0, Vec::len);
                let sql = format!("{head} VALUES {} {tail}", places(self.engine(), size, width));
                self.exec(&sql, chunk.into_iter().flatten().collect()).await?;
            }
        }
        Ok(())
    }
}

/// `($1, $2), ($3, $4)`; on SQLite `(?, ?), (?, ?)`: there a numbered place is a name, looked up in the list of
/// all names for each value, which costs more than writing a long list of rows.
fn places(engine: Engine, rows: usize, width: usize) -> String {
    let place = |number: usize| match engine {
        Engine::Sqlite => "?".to_owned(),
        Engine::Postgres => format!("${number}"),
    };
    let row = |n: usize| {
        let one: Vec<String> = (1..=width).map(|column| place(n * width + column)).collect();
        format!("({})", one.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{args, both_engines};

    #[test]
    fn places_are_numbered_through() {
        assert_eq!(places(Engine::Postgres, 2, 3), "($1, $2, $3), ($4, $5, $6)");
        assert_eq!(places(Engine::Sqlite, 2, 3), "(?, ?, ?), (?, ?, ?)");
    }

    both_engines! {
        async fn every_row_is_written_once(store: Store) {
            let tx = store.write().await.unwrap();
            let rows = (0..151_i64).map(|n| args![n.to_string(), "x"]).collect();
            tx.insert_all("INSERT INTO facts (name, value)", "", rows).await.unwrap();
            let row = tx.row("SELECT COUNT(*) AS n FROM facts", args![]).await.unwrap().unwrap();
            assert_eq!(row.get::<i64>("n").unwrap(), 151);
        }
    }
}
