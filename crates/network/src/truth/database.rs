//! MMDB files in the two layouts that exist: nested (`country.iso_code`, `subdivisions`, `city.names`) and flat
//! (`country_code`, `state1`, `city`). Fields may be spread over several files: the first that has one tells it.

use maxminddb::Reader;
use serde::Deserialize;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::SystemTime;

/// What the files say about an address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// The part of an ISO 3166-2 code behind the country, or a name.
    pub state: Option<String>,
    /// English name.
    pub city: Option<String>,
    /// Autonomous system number.
    pub asn: Option<u32>,
}

/// A file that is no MMDB, or can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {why}", file.display())]
pub struct DatabaseError {
    /// Which file.
    pub file: PathBuf,
    /// Why.
    pub why: String,
}

/// Some files, in memory.
#[derive(Debug, Default)]
pub struct Databases(Vec<Database>);

#[derive(Debug)]
struct Database {
    file: PathBuf,
    print: Print,
    reader: Reader<Vec<u8>>,
    /// Look-ups since it was read that found a record which can't be.
    unreadable: AtomicU64,
    told: AtomicBool,
}

/// By what a file's change is seen.
type Print = Option<(SystemTime, u64)>;

fn print(file: &Path) -> Print {
    let told = std::fs::metadata(file).ok()?;
    Some((told.modified().ok()?, told.len()))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Row {
    country: Option<Named>,
    country_code: Option<String>,
    subdivisions: Vec<Nested>,
    state1: Option<String>,
    city: Option<Named>,
    autonomous_system_number: Option<Whole>,
}

/// A number of whatever width a file's maker gave it: 16, 32 and 64 bits are all in use.
#[derive(Deserialize)]
#[serde(untagged)]
enum Whole {
    Number(u64),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Named {
    Flat(String),
    Nested(Nested),
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Nested {
    iso_code: Option<String>,
    names: Names,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Names {
    en: Option<String>,
}

impl Whole {
    fn asn(self) -> Option<u32> {
        let Self::Number(number) = self;
        u32::try_from(number).ok()
    }
}

impl Named {
    fn code(self) -> Option<String> {
        match self {
            Self::Flat(text) => Some(text),
            Self::Nested(nested) => nested.iso_code,
        }
    }

    fn name(self) -> Option<String> {
        match self {
            Self::Flat(text) => Some(text),
            Self::Nested(nested) => nested.names.en,
        }
    }
}

impl From<Row> for Found {
    fn from(row: Row) -> Self {
        let said = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
        let nested = row.subdivisions.into_iter().next().and_then(|sub| sub.iso_code.or(sub.names.en));
        Self {
            country: said(row.country.and_then(Named::code).or(row.country_code)),
            state: said(nested.or(row.state1)),
            city: said(row.city.and_then(Named::name)),
            asn: row.autonomous_system_number.and_then(Whole::asn).filter(|asn| *asn > 0),
        }
    }
}

impl Databases {
    /// Reads these files whole.
    ///
    /// # Errors
    /// One can't be read, or is no MMDB.
    pub fn open(files: &[PathBuf]) -> Result<Self, DatabaseError> {
        let open = |file: &PathBuf| {
            // Before the contents: a file that changes in between is read again.
            let print = print(file);
            let reader = Reader::open_readfile(file)
                .map_err(|error| DatabaseError { file: file.clone(), why: error.to_string() })?;
            let (unreadable, told) = (AtomicU64::new(0), AtomicBool::new(false));
            Ok(Database { file: file.clone(), print, reader, unreadable, told })
        };
        Ok(Self(files.iter().map(open).collect::<Result<_, _>>()?))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Their files.
    pub fn files(&self) -> Vec<PathBuf> {
        self.0.iter().map(|database| database.file.clone()).collect()
    }

    /// Whether a file changed since it was read.
    pub fn is_stale(&self) -> bool {
        self.0.iter().any(|database| print(&database.file) != database.print)
    }

    /// By what a change of the files is seen, over restarts too.
    pub(crate) fn fingerprint(&self) -> String {
        let one = |database: &Database| {
            let (at, length) = database.print.unwrap_or((SystemTime::UNIX_EPOCH, 0));
            let at = at.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_millis());
            format!("{}:{at}:{length}", database.file.display())
        };
        self.0.iter().map(one).collect::<Vec<_>>().join("|")
    }

    /// Files with records that can't be read, and at how many look-ups so far; each file is told once.
    pub fn unreadable(&self) -> Vec<(PathBuf, u64)> {
        let count = |database: &Database| database.unreadable.load(Ordering::Relaxed);
        let news = |database: &&Database| count(database) > 0 && !database.told.swap(true, Ordering::Relaxed);
        self.0.iter().filter(news).map(|database| (database.file.clone(), count(database))).collect()
    }

    /// What they say about an address. A record that can't be read says nothing.
    pub fn look_up(&self, address: IpAddr) -> Found {
        let mut found = Found::default();
        for database in &self.0 {
            let row = database.reader.lookup(address).and_then(|result| result.decode::<Row>());
            let next = match row {
                Ok(row) => row.map(Found::from).unwrap_or_default(),
                Err(error) => {
                    database.unreadable.fetch_add(1, Ordering::Relaxed);
                    tracing::debug!(%address, file = %database.file.display(), %error, "a record can't be read");
                    Found::default()
                }
            };
            found.country = found.country.or(next.country);
            found.state = found.state.or(next.state);
            found.city = found.city.or(next.city);
            found.asn = found.asn.or(next.asn);
        }
        found
    }
}
