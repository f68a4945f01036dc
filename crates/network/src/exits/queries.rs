//! All SQL of exits.

use super::model::{Exit, Health, Measured, Wanted};
use super::rules::{Login, kind_of};
use crate::place::Place;
use std::collections::HashMap;
use turnpike_base::{ExitId, Fault, Page, Result, Secret, Timestamp};
use turnpike_store::conditions::anywhere;
use turnpike_store::{Conditions, Read, Row, StoreError, Vault, WriteTx, args};
use turnpike_wire::{CountryCode, ExitHealth, ExitKind, ExitStatus, Pool, Proven, Resolve};

const SEAL: &str = "exit_credentials";

const COLUMNS: &str = "e.id, e.target, e.sealed, e.resolve, e.pools, e.country, e.state_key, e.city_key, e.city, e.asn, \
    e.status, e.withheld, e.healthy, e.latency_us, e.error, e.seen_at, e.public_address, e.measured_country, \
    e.measured_state, e.measured_city, e.measured_asn, e.measured_at, e.mismatch, e.created_at, s.id AS static_id";
const FROM: &str = "FROM exits e LEFT JOIN static_addresses s ON s.exit_id = e.id";

/// What a new row consists of.
#[derive(Debug)]
pub(super) struct Fresh<'a> {
    /// The canonical form of `kind`.
    pub(super) target: &'a str,
    /// How it is reached.
    pub(super) kind: &'a ExitKind,
    /// Which pools it serves in.
    pub(super) pools: &'a [Pool],
    /// Where it is.
    pub(super) place: &'a Place,
    /// Autonomous system number.
    pub(super) asn: Option<u32>,
}

/// Writes a new exit. A duplicate is a [`StoreError::Duplicate`] inside the fault's cause.
pub(super) async fn insert(
    tx: &WriteTx,
    vault: &Vault,
    new: &Fresh<'_>,
    now: Timestamp,
) -> Result<Option<ExitId>> {
    let (sealed, resolve) = match new.kind {
        ExitKind::Upstream { credentials, resolve, .. } => (seal(vault, credentials.as_ref())?, *resolve),
        ExitKind::Local { .. } => (None, Resolve::Gateway),
    };
    let sql = "INSERT INTO exits (target, sealed, resolve, pools, country, state_key, city_key, city, asn, status, \
        created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'enabled', $10) ON CONFLICT (target) DO NOTHING RETURNING id";
    let row = tx
        .row(
            sql,
            args![
                new.target,
                sealed,
                resolve_name(resolve),
                pool_names(new.pools),
                new.place.country.as_str(),
                new.place.state.as_ref(),
                new.place.city_key.as_ref(),
                new.place.city.as_ref(),
                new.asn.map(i64::from),
                now
            ],
        )
        .await?;
    Ok(row.map(|row| row.get("id")).transpose()?)
}

fn seal(vault: &Vault, login: Option<&Login>) -> Result<Option<Vec<u8>>> {
    let Some((user, password)) = login else { return Ok(None) };
    vault.seal(SEAL, &Secret::new(format!("{user}\0{password}"))).map(Some)
}

fn open(vault: &Vault, sealed: &[u8]) -> Result<Login> {
    let secret = vault.open(SEAL, sealed)?;
    let (user, password) = secret.expose().split_once('\0').unwrap_or((secret.expose(), ""));
    Ok((user.to_owned(), password.to_owned()))
}

const fn resolve_name(resolve: Resolve) -> &'static str {
    match resolve {
        Resolve::Exit => "exit",
        Resolve::Gateway => "gateway",
    }
}

/// The names of pools as a row keeps them.
pub(crate) fn pool_names(pools: &[Pool]) -> String {
    pools.iter().map(|p| p.name()).collect::<Vec<_>>().join(",")
}

/// The name of a status as a row keeps it.
pub(crate) const fn status_name(status: ExitStatus) -> &'static str {
    match status {
        ExitStatus::Enabled => "enabled",
        ExitStatus::Draining => "draining",
        ExitStatus::Disabled => "disabled",
    }
}

fn status_of(name: &str) -> ExitStatus {
    match name {
        "enabled" => ExitStatus::Enabled,
        "draining" => ExitStatus::Draining,
        _ => ExitStatus::Disabled,
    }
}

/// The exit with this id.
pub async fn by_id(tx: &impl Read, vault: &Vault, id: ExitId) -> Result<Option<Exit>> {
    let sql = format!("SELECT {COLUMNS} {FROM} WHERE e.id = $1");
    tx.row(&sql, args![id]).await?.map(|row| exit(&row, vault)).transpose()
}

/// The countries of exits, as far as they are known.
pub async fn countries(
    tx: &impl Read,
    ids: impl IntoIterator<Item = ExitId>,
) -> Result<HashMap<ExitId, String>> {
    let mut ids: Vec<ExitId> = ids.into_iter().collect();
    ids.sort_unstable();
    ids.dedup();
    let mut found = HashMap::with_capacity(ids.len());
    for part in ids.chunks(500) {
        let list: Vec<String> = part.iter().map(ToString::to_string).collect();
        let sql = format!("SELECT id, country FROM exits WHERE id IN ({})", list.join(", "));
        for row in tx.rows(&sql, args![]).await? {
            found.insert(row.get("id")?, row.get("country")?);
        }
    }
    Ok(found)
}

/// Exits that gateways last saw dead.
pub(super) async fn dead(tx: &impl Read) -> Result<Vec<ExitId>, StoreError> {
    tx.rows("SELECT id FROM exits WHERE healthy = 0", args![])
        .await?
        .iter()
        .map(|row| row.get("id"))
        .collect()
}

/// Exits that gateways last saw working, and how fast.
pub(super) async fn proven(tx: &impl Read) -> Result<Vec<Proven>, StoreError> {
    let read = |row: &Row| {
        let latency_us = u64::try_from(row.get::<i64>("latency_us")?).unwrap_or(0);
        Ok(Proven { exit: row.get("id")?, latency_us })
    };
    let sql = "SELECT id, latency_us FROM exits WHERE healthy <> 0 AND latency_us > 0";
    tx.rows(sql, args![]).await?.iter().map(read).collect()
}

/// Exits with ids above `after`, at most `most`, by id.
pub(super) async fn after(tx: &impl Read, vault: &Vault, after: ExitId, most: i64) -> Result<Vec<Exit>> {
    let sql = format!("SELECT {COLUMNS} {FROM} WHERE e.id > $1 ORDER BY e.id LIMIT $2");
    tx.rows(&sql, args![after, most]).await?.iter().map(|row| exit(row, vault)).collect()
}

/// Exits that were never measured, or last before a time; at most `most`.
pub(crate) async fn unmeasured(
    tx: &impl Read,
    vault: &Vault,
    before: Timestamp,
    most: i64,
) -> Result<Vec<Exit>> {
    let never = format!("SELECT {COLUMNS} {FROM} WHERE e.measured_at IS NULL ORDER BY e.id LIMIT $1");
    let mut rows = tx.rows(&never, args![most]).await?;
    if rows.is_empty() {
        let long_ago =
            format!("SELECT {COLUMNS} {FROM} WHERE e.measured_at < $1 ORDER BY e.measured_at LIMIT $2");
        rows = tx.rows(&long_ago, args![before, most]).await?;
    }
    rows.iter().map(|row| exit(row, vault)).collect()
}

/// Exits that are not sold as the place that they claim; at most `most`.
pub(crate) async fn withheld(tx: &impl Read, vault: &Vault, most: i64) -> Result<Vec<Exit>> {
    let sql = format!("SELECT {COLUMNS} {FROM} WHERE e.withheld <> 0 ORDER BY e.id LIMIT $1");
    tx.rows(&sql, args![most]).await?.iter().map(|row| exit(row, vault)).collect()
}

fn conditions(wanted: &Wanted) -> Conditions {
    let mut all = Conditions::default();
    if let Some(text) = wanted.search.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        let (pattern, id) = (anywhere(text), text.trim_start_matches('#').parse::<i64>().unwrap_or(0));
        let part = "LOWER(e.target) LIKE ? ESCAPE '\\' OR LOWER(e.city) LIKE ? ESCAPE '\\' OR e.public_address = ? OR e.id = ?";
        all.add(part, args![&pattern, &pattern, text, id]);
    }
    if let Some(country) = wanted.country {
        all.add("e.country = ?", args![country.as_str()]);
    }
    if let Some(pool) = wanted.pool {
        // Names of pools hold no commas, so one of them stands between two.
        all.add("',' || e.pools || ',' LIKE ?", args![format!("%,{},%", pool.name())]);
    }
    if let Some(status) = wanted.status {
        all.add("e.status = ?", args![status_name(status)]);
    }
    if let Some(healthy) = wanted.healthy {
        all.add("e.healthy = ?", args![healthy]);
    }
    match wanted.mismatched {
        Some(true) => all.add("e.mismatch IS NOT NULL", args![]),
        Some(false) => all.add("e.mismatch IS NULL", args![]),
        None => {}
    }
    all
}

/// A page of exits, the newest first.
pub(super) async fn page(
    tx: &impl Read,
    vault: &Vault,
    wanted: &Wanted,
    page: Page,
) -> Result<(i64, Vec<Exit>)> {
    let wanted = conditions(wanted);
    let count = tx.row(&format!("SELECT COUNT(*) AS n FROM exits e {}", wanted.sql()), wanted.args()).await?;
    let total = count.map(|row| row.get("n")).transpose()?.unwrap_or(0);
    let (limit, args) = wanted.page(page);
    let sql = format!("SELECT {COLUMNS} {FROM} {} ORDER BY e.id DESC {limit}", wanted.sql());
    let rows = tx.rows(&sql, args).await?;
    Ok((total, rows.iter().map(|row| exit(row, vault)).collect::<Result<_>>()?))
}

pub(super) async fn set_status(tx: &WriteTx, id: ExitId, status: ExitStatus) -> Result<bool, StoreError> {
    let sql = "UPDATE exits SET status = $2 WHERE id = $1";
    Ok(tx.exec(sql, args![id, status_name(status)]).await? == 1)
}

pub(super) async fn delete(tx: &WriteTx, id: ExitId) -> Result<bool, StoreError> {
    Ok(tx.exec("DELETE FROM exits WHERE id = $1", args![id]).await? == 1)
}

/// Which pools an exit serves in.
pub(crate) async fn set_pools(tx: &WriteTx, id: ExitId, pools: &[Pool]) -> Result<(), StoreError> {
    tx.exec("UPDATE exits SET pools = $2 WHERE id = $1", args![id, pool_names(pools)]).await?;
    Ok(())
}

/// Keeps what a gateway saw; what it did not see stays. Another public address is to be measured anew: true then, and
/// where that was due before.
pub(super) async fn set_health(tx: &WriteTx, seen: &ExitHealth) -> Result<bool, StoreError> {
    let sql = "UPDATE exits SET healthy = $2, latency_us = $3, error = $4, seen_at = $5, \
               measured_at = CASE WHEN $6 IS NULL OR $6 = public_address THEN measured_at ELSE NULL END, \
               public_address = COALESCE($6, public_address) WHERE id = $1 RETURNING measured_at";
    let latency = i64::try_from(seen.latency_us).unwrap_or(i64::MAX);
    let public = seen.public.map(|address| address.to_string());
    let args = args![seen.exit, seen.healthy, latency, seen.error.as_ref(), seen.at, public];
    let Some(row) = tx.row(sql, args).await? else { return Ok(false) };
    Ok(row.opt::<Timestamp>("measured_at")?.is_none())
}

/// Keeps where an exit was measured to be.
pub(crate) async fn set_measured(
    tx: &WriteTx,
    id: ExitId,
    measured: &Measured,
    withheld: bool,
) -> Result<(), StoreError> {
    let sql = "UPDATE exits SET measured_country = $2, measured_state = $3, measured_city = $4, measured_asn = $5, \
               measured_at = $6, mismatch = $7, withheld = $8 WHERE id = $1";
    tx.exec(
        sql,
        args![
            id,
            measured.country.as_ref(),
            measured.state.as_ref(),
            measured.city.as_ref(),
            measured.asn,
            measured.at,
            measured.mismatch.as_ref(),
            withheld
        ],
    )
    .await?;
    Ok(())
}

fn exit(row: &Row, vault: &Vault) -> Result<Exit> {
    let broken = |what: String| Fault::internal("exit_row_broken", what);
    let resolve = if row.get::<String>("resolve")? == "gateway" { Resolve::Gateway } else { Resolve::Exit };
    let mut kind = kind_of(&row.get::<String>("target")?, resolve)?;
    if let (ExitKind::Upstream { credentials, .. }, Some(sealed)) = (&mut kind, row.opt::<Vec<u8>>("sealed")?)
    {
        *credentials = Some(open(vault, &sealed)?);
    }
    let country: String = row.get("country")?;
    let pools = row.get::<String>("pools")?;
    Ok(Exit {
        id: row.get("id")?,
        kind,
        pools: pools.split(',').filter_map(Pool::parse).collect(),
        place: Place {
            country: CountryCode::parse(&country).ok_or_else(|| broken(country))?,
            state: row.opt("state_key")?,
            city_key: row.opt("city_key")?,
            city: row.opt("city")?,
        },
        asn: row.opt::<i64>("asn")?.and_then(|n| u32::try_from(n).ok()),
        status: status_of(&row.get::<String>("status")?),
        withheld: row.get("withheld")?,
        health: Health {
            healthy: row.get("healthy")?,
            latency_us: row.get("latency_us")?,
            error: row.opt("error")?,
            seen_at: row.opt("seen_at")?,
            public: row.opt("public_address")?,
        },
        measured: measured(row)?,
        static_id: row.opt("static_id")?,
        created_at: row.get("created_at")?,
    })
}

fn measured(row: &Row) -> Result<Option<Measured>, StoreError> {
    let Some(at) = row.opt("measured_at")? else { return Ok(None) };
    Ok(Some(Measured {
        country: row.opt("measured_country")?,
        state: row.opt("measured_state")?,
        city: row.opt("measured_city")?,
        asn: row.opt("measured_asn")?,
        at,
        mismatch: row.opt("mismatch")?,
    }))
}
