//! All SQL of usage.

use std::collections::{BTreeMap, BTreeSet};
use turnpike_base::{AccountId, CustomerId, ExitId, ProductType, Timestamp};
use turnpike_store::{Args, Read, StoreError, WriteTx, args};
use turnpike_wire::{ExitFailures, RefusalRow, Subject, Trace, UsageBatch, UsageRow};

/// Milliseconds of a quarter-hour.
pub(crate) const QUARTER_MS: i64 = 15 * 60_000;
/// Milliseconds of an hour.
pub(crate) const HOUR_MS: i64 = 3_600_000;
/// Refusals kept of an account, and of a customer's addresses together: one that fails for ever must not fill the
/// store.
pub(crate) const MOST_REFUSALS: i64 = 1_000;
/// Rows of failed logins among them: strangers who guess leave room for what the customer's own programs hear.
pub(crate) const MOST_LOGINS: i64 = 100;
/// Milliseconds of a day of UTC.
pub(crate) const DAY_MS: i64 = 86_400_000;

/// The number of the last batch applied of a gateway's life, locked; 0 for a life not heard of.
pub(super) async fn last_number(tx: &WriteTx, batch: &UsageBatch) -> Result<i64, StoreError> {
    let sql = "INSERT INTO gateway_lives (gateway, start, last_number, seen_at) VALUES ($1, $2, 0, $3) \
        ON CONFLICT (gateway, start) DO NOTHING";
    tx.exec(sql, args![&batch.gateway.0, batch.start, batch.at]).await?;
    let sql = "SELECT last_number FROM gateway_lives WHERE gateway = $1 AND start = $2 ORDER BY gateway";
    let rows = tx.lock(sql, args![&batch.gateway.0, batch.start]).await?;
    rows.first().map_or(Ok(0), |row| row.get("last_number"))
}

pub(super) async fn applied(tx: &WriteTx, batch: &UsageBatch) -> Result<(), StoreError> {
    let sql = "UPDATE gateway_lives SET last_number = $3, seen_at = $4 WHERE gateway = $1 AND start = $2";
    tx.exec(sql, args![&batch.gateway.0, batch.start, batch.number, batch.at]).await?;
    Ok(())
}

fn account(subject: Subject) -> i64 {
    subject.account.map_or(0, AccountId::get)
}

fn subject_args(subject: Subject) -> Args {
    args![subject.customer, account(subject), subject.product]
}

/// Sums of rows under a key, sorted by it.
fn sums<K: Ord>(rows: &[UsageRow], key: impl Fn(&UsageRow) -> K) -> BTreeMap<K, (i64, i64, i64)> {
    let mut sums = BTreeMap::new();
    for row in rows {
        let sum: &mut (i64, i64, i64) = sums.entry(key(row)).or_default();
        sum.0 += row.up.0;
        sum.1 += row.down.0;
        sum.2 += i64::from(row.connections);
    }
    sums
}

pub(super) async fn add_quarters(tx: &WriteTx, rows: &[UsageRow], at: Timestamp) -> Result<(), StoreError> {
    let quarter = at.0.div_euclid(QUARTER_MS);
    let rows = sums(rows, |row| row.subject).into_iter().map(|(subject, (up, down, connections))| {
        [subject_args(subject), args![quarter, up, down, connections]].concat()
    });
    tx.insert_all(
        "INSERT INTO usage_quarters (customer_id, account_id, product_type, quarter, up, down, connections)",
        "ON CONFLICT (customer_id, quarter, account_id, product_type) DO UPDATE SET up = usage_quarters.up + excluded.up, \
         down = usage_quarters.down + excluded.down, connections = usage_quarters.connections + excluded.connections",
        rows.collect(),
    )
    .await
}

pub(super) async fn add_countries(
    tx: &WriteTx,
    rows: &[UsageRow],
    at: Timestamp,
    country: impl Fn(ExitId) -> String,
) -> Result<(), StoreError> {
    let hour = at.0.div_euclid(HOUR_MS);
    let rows = sums(rows, |row| (row.subject, country(row.exit))).into_iter().map(
        |((subject, country), (up, down, _))| {
            [subject_args(subject), args![hour, country, up, down]].concat()
        },
    );
    tx.insert_all(
        "INSERT INTO usage_countries (customer_id, account_id, product_type, hour, country, up, down)",
        "ON CONFLICT (customer_id, hour, account_id, product_type, country) DO UPDATE SET \
         up = usage_countries.up + excluded.up, down = usage_countries.down + excluded.down",
        rows.collect(),
    )
    .await
}

pub(super) async fn add_exits(tx: &WriteTx, rows: &[UsageRow], at: Timestamp) -> Result<(), StoreError> {
    let hour = at.0.div_euclid(HOUR_MS);
    let rows = sums(rows, |row| row.exit)
        .into_iter()
        .map(|(exit, (up, down, connections))| args![exit, hour, up, down, connections]);
    tx.insert_all(
        "INSERT INTO usage_exits (exit_id, hour, up, down, connections)",
        "ON CONFLICT (exit_id, hour) DO UPDATE SET up = usage_exits.up + excluded.up, \
         down = usage_exits.down + excluded.down, connections = usage_exits.connections + excluded.connections",
        rows.collect(),
    )
    .await
}

pub(super) async fn add_failures(
    tx: &WriteTx,
    rows: &[ExitFailures],
    at: Timestamp,
) -> Result<(), StoreError> {
    let hour = at.0.div_euclid(HOUR_MS);
    let mut sums: BTreeMap<ExitId, i64> = BTreeMap::new();
    for row in rows {
        *sums.entry(row.exit).or_default() += i64::from(row.count);
    }
    tx.insert_all(
        "INSERT INTO usage_exits (exit_id, hour, up, down, connections, failures)",
        "ON CONFLICT (exit_id, hour) DO UPDATE SET failures = usage_exits.failures + excluded.failures",
        sums.into_iter().map(|(exit, count)| args![exit, hour, 0, 0, 0, count]).collect(),
    )
    .await
}

/// The last rows a batch touches: every gateway adds to the same one, and holds it no longer than needed.
pub(super) async fn add_totals(tx: &WriteTx, rows: &[UsageRow], at: Timestamp) -> Result<(), StoreError> {
    let quarter = at.0.div_euclid(QUARTER_MS);
    let totals = sums(rows, |_| quarter).into_iter();
    tx.insert_all(
        "INSERT INTO usage_totals (quarter, up, down, connections)",
        "ON CONFLICT (quarter) DO UPDATE SET up = usage_totals.up + excluded.up, \
         down = usage_totals.down + excluded.down, connections = usage_totals.connections + excluded.connections",
        totals.map(|(quarter, (up, down, connections))| args![quarter, up, down, connections]).collect(),
    )
    .await
}

pub(super) async fn add_hosts(tx: &WriteTx, rows: &[UsageRow], at: Timestamp) -> Result<(), StoreError> {
    let day = at.0.div_euclid(DAY_MS);
    let rows = sums(rows, |row| (row.subject, row.host.clone())).into_iter().map(
        |((subject, host), (up, down, n))| [subject_args(subject), args![day, host, up + down, n]].concat(),
    );
    tx.insert_all(
        "INSERT INTO usage_hosts (customer_id, account_id, product_type, day, host, bytes, connections)",
        "ON CONFLICT (customer_id, day, account_id, product_type, host) DO UPDATE SET \
         bytes = usage_hosts.bytes + excluded.bytes, connections = usage_hosts.connections + excluded.connections",
        rows.collect(),
    )
    .await
}

/// Adds refusals. Failed logins are one row an hour for each account, reason and address; of an account the newest
/// [`MOST_REFUSALS`] stay, and of its failed logins the newest [`MOST_LOGINS`].
pub(crate) async fn add_refusals(tx: &WriteTx, rows: &[RefusalRow]) -> Result<(), StoreError> {
    let (logins, others): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.reason.is_of_login());
    let head = "INSERT INTO refusals (customer_id, account_id, product_type, reason, detail, detail_zh, destination, client, at, \
        times, fold)";
    let others = others.iter().map(|row| refusal_args(row, i64::from(row.times), None));
    tx.insert_all(head, "", others.collect()).await?;
    let folded = folded(&logins);
    let tail = "ON CONFLICT (customer_id, account_id, fold) DO UPDATE SET times = refusals.times + excluded.times, \
        destination = excluded.destination, at = excluded.at";
    let logins = folded.iter().map(|((_, _, fold), (row, times))| refusal_args(row, *times, Some(fold)));
    tx.insert_all(head, tail, logins.collect()).await?;
    let whose: BTreeSet<_> = rows.iter().map(|r| (r.subject.customer, account(r.subject))).collect();
    keep_newest(tx, whose, "", MOST_REFUSALS).await?;
    let tried = folded.keys().map(|(customer, account, _)| (*customer, *account)).collect();
    keep_newest(tx, tried, "AND fold IS NOT NULL", MOST_LOGINS).await
}

fn refusal_args(r: &RefusalRow, times: i64, fold: Option<&String>) -> Args {
    let told = args![r.reason.slug(), &r.detail, &r.detail_zh, &r.destination, r.client.to_string(), r.at];
    [subject_args(r.subject), told, args![times, fold]].concat()
}

/// Customer, account, and what makes failed logins of it one row.
type Fold = (CustomerId, i64, String);

/// The last one of each fold, and how many there were: a statement can't change a row twice.
fn folded<'r>(logins: &[&'r RefusalRow]) -> BTreeMap<Fold, (&'r RefusalRow, i64)> {
    let mut folded = BTreeMap::new();
    for row in logins {
        let fold = format!("{} {} {}", row.reason.slug(), row.client, row.at.0.div_euclid(HOUR_MS));
        let (last, times) =
            folded.entry((row.subject.customer, account(row.subject), fold)).or_insert((*row, 0));
        *last = row;
        *times += i64::from(row.times);
    }
    folded
}

/// Forgets all but the newest of some accounts' refusals.
async fn keep_newest(
    tx: &WriteTx,
    whose: BTreeSet<(CustomerId, i64)>,
    which: &str,
    most: i64,
) -> Result<(), StoreError> {
    for (customer, account) in whose {
        let sql = format!(
            "DELETE FROM refusals WHERE customer_id = $1 AND account_id = $2 {which} AND id <= (SELECT id FROM refusals \
             WHERE customer_id = $1 AND account_id = $2 {which} ORDER BY id DESC LIMIT 1 OFFSET $3)"
        );
        tx.exec(&sql, args![customer, account, most]).await?;
    }
    Ok(())
}

pub(super) async fn add_traces(tx: &WriteTx, rows: &[Trace]) -> Result<(), StoreError> {
    let row = |t: &Trace| {
        let ending = crate::traces::ending_name(t.ending);
        let seen = args![
            t.client.to_string(),
            t.exit,
            t.exit_address.map(|a| a.to_string()),
            &t.destination,
            t.opened,
            t.closed,
            t.up,
            t.down,
            ending
        ];
        [subject_args(t.subject), seen].concat()
    };
    let head = "INSERT INTO traces (customer_id, account_id, product_type, client, exit_id, exit_address, destination, \
        opened_at, closed_at, up, down, ending)";
    tx.insert_all(head, "", rows.iter().map(row).collect()).await
}

/// The condition that keeps some accounts; `None`: all.
pub(crate) fn only(accounts: Option<&[AccountId]>) -> String {
    let Some(ids) = accounts else { return String::new() };
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    format!("AND account_id IN ({})", if ids.is_empty() { "-1".into() } else { ids.join(", ") })
}

/// Bytes by quarter-hour from `from` (inclusive) to `to` (exclusive), oldest first; `accounts`: `None` for all.
pub(super) async fn quarters(
    tx: &impl Read,
    customer: CustomerId,
    accounts: Option<&[AccountId]>,
    product: Option<ProductType>,
    from: i64,
    to: i64,
) -> Result<Vec<(i64, i64)>, StoreError> {
    let only = only(accounts);
    let sql = format!(
        "SELECT quarter, CAST(SUM(up + down) AS BIGINT) AS bytes FROM usage_quarters WHERE customer_id = $1 \
         AND quarter >= $2 AND quarter < $3 AND ($4 = 0 OR product_type = $4) {only} GROUP BY quarter ORDER BY quarter"
    );
    let args = args![customer, from, to, product.map_or(0, ProductType::number)];
    tx.rows(&sql, args).await?.iter().map(|row| Ok((row.get("quarter")?, row.get("bytes")?))).collect()
}
