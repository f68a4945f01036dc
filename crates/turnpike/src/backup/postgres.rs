//! PostgreSQL has its own tools: what to say, without the password.

use std::path::Path;
use turnpike_base::Secret;

/// In place of a backup.
pub(super) fn backup(url: &Secret, file: &Path) -> String {
    format!(
        "the store is PostgreSQL, which is backed up with\n\n    pg_dump --format=custom --file={} {}\n\nThe password goes \
         into PGPASSWORD or ~/.pgpass. Keep a copy of secret.key apart: without it no secret can be opened.",
        quoted(&file.to_string_lossy()),
        quoted(&without_password(url.expose()))
    )
}

/// In place of a restore.
pub(super) fn restore(url: &Secret, file: &Path) -> String {
    format!(
        "the store is PostgreSQL, which is restored into an empty database with\n\n    pg_restore --no-owner --dbname={} {}\n\n\
         The password goes into PGPASSWORD or ~/.pgpass. Put secret.key into the data directory (mode 0600).",
        quoted(&without_password(url.expose())),
        quoted(&file.to_string_lossy())
    )
}

/// A URL without what opens it: the password before the last `@`, and those among the parameters.
fn without_password(url: &str) -> String {
    let (address, query) = url.split_once('?').map_or((url, None), |(address, query)| (address, Some(query)));
    let (scheme, rest) = address.split_once("://").unwrap_or(("postgres", address));
    let rest = match rest.rsplit_once('@') {
        Some((login, host)) => format!("{}@{host}", login.split(':').next().unwrap_or_default()),
        None => rest.to_owned(),
    };
    let kept = query.unwrap_or_default().split('&').filter(|one| !one.is_empty());
    let kept: Vec<&str> = kept.filter(|one| !one.to_ascii_lowercase().contains("password")).collect();
    let mark = if kept.is_empty() { "" } else { "?" };
    format!("{scheme}://{rest}{mark}{}", kept.join("&"))
}

/// As one word of a shell.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_form_of_a_password_is_shown() {
        for (url, shown) in [
            ("postgres://u:hunter2@h:5432/db", "postgres://u@h:5432/db"),
            ("postgresql://u:hunter2@/x@[::1]/db?sslmode=require", "postgresql://u@[::1]/db?sslmode=require"),
            ("postgres://h/db?user=u&password=hunter2&sslPassword=hunter2", "postgres://h/db?user=u"),
            ("postgres://h/db", "postgres://h/db"),
        ] {
            assert_eq!(without_password(url), shown);
        }
    }

    #[test]
    fn the_commands_can_be_pasted() {
        let url = Secret::new("postgres://u:hunter2@h/db");
        let told = backup(&url, Path::new("it's.dump"));
        assert!(
            told.contains(r"pg_dump --format=custom --file='it'\''s.dump' 'postgres://u@h/db'"),
            "{told}"
        );
        assert!(
            restore(&url, Path::new("f")).contains("pg_restore --no-owner --dbname='postgres://u@h/db' 'f'")
        );
    }
}
