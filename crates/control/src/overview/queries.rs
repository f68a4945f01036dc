//! All SQL of the operator's first screen and of the map.

use super::rules::Trouble;
use std::collections::{BTreeMap, HashMap};
use turnpike_base::{Money, Timestamp};
use turnpike_identity::events;
use turnpike_store::{Read, Row, StoreError, args};

/// A quarter-hour, in milliseconds.
const QUARTER_MS: i64 = 900_000;
const DAY_MS: i64 = 86_400_000;
/// A message that waits longer is stuck, in milliseconds.
const STUCK_MS: i64 = 600_000;

/// What moved.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Moved {
    pub(super) up: i64,
    pub(super) down: i64,
    pub(super) connections: i64,
}

/// What moved since, by slots of so many milliseconds since 1970.
pub(super) async fn traffic(
    tx: &impl Read,
    since: i64,
    slot_ms: i64,
) -> Result<HashMap<i64, Moved>, StoreError> {
    let sql = "SELECT quarter, up, down, connections FROM usage_totals WHERE quarter >= $1";
    let mut slots: HashMap<i64, Moved> = HashMap::new();
    for row in tx.rows(sql, args![since.div_euclid(QUARTER_MS)]).await? {
        let at = row.get::<i64>("quarter")? * QUARTER_MS;
        let slot = slots.entry(at.div_euclid(slot_ms)).or_default();
        slot.up += row.get::<i64>("up")?;
        slot.down += row.get::<i64>("down")?;
        slot.connections += row.get::<i64>("connections")?;
    }
    Ok(slots)
}

/// What a day brought.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sold {
    pub(super) sales: Money,
    pub(super) topups: Money,
    pub(super) orders: i64,
}

/// By days since 1970-01-01.
pub(super) type ByDay = BTreeMap<i64, Sold>;

/// What was paid since, less what was given back of it: by currency and day.
pub(super) async fn revenue(tx: &impl Read, since: Timestamp) -> Result<BTreeMap<String, ByDay>, StoreError> {
    // Days of what was paid before 1970 do not exist, so that a division is the day.
    let sql = "SELECT currency, paid_at / $2 AS day, \
        CAST(SUM(CASE WHEN product_type = 3 THEN 0 ELSE received - refund_fee END) AS BIGINT) AS sales, \
        CAST(SUM(CASE WHEN product_type = 3 THEN received - refund_fee ELSE 0 END) AS BIGINT) AS topups, \
        COUNT(*) AS orders FROM orders WHERE paid_at IS NOT NULL AND paid_at >= $1 GROUP BY currency, paid_at / $2";
    let mut all: BTreeMap<String, ByDay> = BTreeMap::new();
    for row in tx.rows(sql, args![since, DAY_MS]).await? {
        let sold = Sold { sales: row.get("sales")?, topups: row.get("topups")?, orders: row.get("orders")? };
        all.entry(row.get("currency")?).or_default().insert(row.get("day")?, sold);
    }
    for row in tx.rows("SELECT DISTINCT currency FROM sites", args![]).await? {
        all.entry(row.get("currency")?).or_default();
    }
    Ok(all)
}

/// How exits were used.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Uses {
    pub(crate) bytes: i64,
    pub(crate) connections: i64,
    pub(crate) failures: i64,
}

const USES: &str = "CAST(SUM(u.up + u.down) AS BIGINT) AS bytes, CAST(SUM(u.connections) AS BIGINT) AS connections, \
    CAST(SUM(u.failures) AS BIGINT) AS failures";

fn uses(row: &Row) -> Result<Uses, StoreError> {
    Ok(Uses {
        bytes: row.get("bytes")?,
        connections: row.get("connections")?,
        failures: row.get("failures")?,
    })
}

/// A country and how its exits were used.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) country: String,
    pub(super) exits: i64,
    pub(super) uses: Uses,
}

/// Since an hour, those with most traffic first.
pub(super) async fn by_place(tx: &impl Read, since: i64, most: i64) -> Result<Vec<Place>, StoreError> {
    let sql = format!(
        "SELECT e.country AS country, COUNT(DISTINCT e.id) AS exits, {USES} FROM usage_exits u \
         JOIN exits e ON e.id = u.exit_id WHERE u.hour >= $1 GROUP BY e.country ORDER BY bytes DESC, country LIMIT $2"
    );
    let rows = tx.rows(&sql, args![since, most]).await?;
    let read =
        |row: &Row| Ok(Place { country: row.get("country")?, exits: row.get("exits")?, uses: uses(row)? });
    rows.iter().map(read).collect()
}

/// An exit and how it was used.
#[derive(Clone, Debug)]
pub(super) struct Judged {
    pub(super) id: i64,
    pub(super) target: String,
    pub(super) country: String,
    pub(super) uses: Uses,
}

/// Since an hour, those that failed most first, then those with most connections.
pub(super) async fn worst(tx: &impl Read, since: i64, most: i64) -> Result<Vec<Judged>, StoreError> {
    let sql = format!(
        "SELECT e.id AS id, e.target AS target, e.country AS country, {USES} FROM usage_exits u \
         JOIN exits e ON e.id = u.exit_id WHERE u.hour >= $1 GROUP BY e.id, e.target, e.country \
         ORDER BY failures DESC, connections DESC, id LIMIT $2"
    );
    let rows = tx.rows(&sql, args![since, most]).await?;
    let read = |row: &Row| {
        Ok(Judged {
            id: row.get("id")?,
            target: row.get("target")?,
            country: row.get("country")?,
            uses: uses(row)?,
        })
    };
    rows.iter().map(read).collect()
}

/// How some exits were used since an hour.
pub(super) async fn uses_of(
    tx: &impl Read,
    since: i64,
    ids: &[i64],
) -> Result<HashMap<i64, Uses>, StoreError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let list: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let sql = format!(
        "SELECT u.exit_id AS id, {USES} FROM usage_exits u WHERE u.exit_id IN ({}) AND u.hour >= $1 GROUP BY u.exit_id",
        list.join(", ")
    );
    tx.rows(&sql, args![since]).await?.iter().map(|row| Ok((row.get("id")?, uses(row)?))).collect()
}

/// A country and what its exits can do just now.
#[derive(Clone, Debug)]
pub(super) struct Stand {
    pub(super) country: String,
    pub(super) exits: i64,
    pub(super) serving: i64,
    pub(super) draining: i64,
    pub(super) failing: i64,
}

pub(super) async fn stand(tx: &impl Read) -> Result<Vec<Stand>, StoreError> {
    let sql = "SELECT country, COUNT(*) AS exits, \
        CAST(SUM(CASE WHEN status = 'enabled' AND healthy = 1 THEN 1 ELSE 0 END) AS BIGINT) AS serving, \
        CAST(SUM(CASE WHEN status = 'draining' THEN 1 ELSE 0 END) AS BIGINT) AS draining, \
        CAST(SUM(CASE WHEN status = 'enabled' AND healthy = 0 THEN 1 ELSE 0 END) AS BIGINT) AS failing \
        FROM exits GROUP BY country ORDER BY country";
    let read = |row: &Row| {
        Ok(Stand {
            country: row.get("country")?,
            exits: row.get("exits")?,
            serving: row.get("serving")?,
            draining: row.get("draining")?,
            failing: row.get("failing")?,
        })
    };
    tx.rows(sql, args![]).await?.iter().map(read).collect()
}

/// The newest life of a gateway.
#[derive(Clone, Debug)]
pub(super) struct Life {
    pub(super) gateway: String,
    pub(super) start: i64,
    pub(super) seen_at: Timestamp,
    pub(super) batches: i64,
}

pub(super) async fn lives(tx: &impl Read) -> Result<Vec<Life>, StoreError> {
    let sql = "SELECT gateway, start, seen_at, last_number FROM gateway_lives l WHERE start = \
        (SELECT MAX(start) FROM gateway_lives n WHERE n.gateway = l.gateway) ORDER BY gateway LIMIT 1000";
    let read = |row: &Row| {
        Ok(Life {
            gateway: row.get("gateway")?,
            start: row.get("start")?,
            seen_at: row.get("seen_at")?,
            batches: row.get("last_number")?,
        })
    };
    tx.rows(sql, args![]).await?.iter().map(read).collect()
}

/// What could be wrong, each counted. Events wait for nobody where there is no webhook.
pub(super) async fn trouble(
    tx: &impl Read,
    has_webhook: bool,
    now: Timestamp,
) -> Result<Trouble, StoreError> {
    let sql = "SELECT (SELECT COUNT(*) FROM exits WHERE status = 'enabled') AS exits, \
        (SELECT COUNT(*) FROM exits WHERE status = 'enabled' AND healthy = 0) AS exits_down, \
        (SELECT COUNT(*) FROM exits WHERE mismatch IS NOT NULL) AS misplaced, \
        (SELECT COUNT(*) FROM jobs WHERE last_error IS NOT NULL) AS jobs, \
        (SELECT COUNT(*) FROM outbox WHERE sent_at IS NULL AND send_at <= $1 AND kind <> $2) AS messages, \
        (SELECT COUNT(*) FROM orders o WHERE o.status = 0 AND EXISTS \
            (SELECT 1 FROM payment_proofs p WHERE p.trade_no = o.trade_no)) AS transfers, \
        (SELECT COUNT(*) FROM payment_refunds WHERE status = 'promised') AS refunds, \
        (SELECT COUNT(*) FROM invoices WHERE status = 1) AS invoices, \
        (SELECT COUNT(*) FROM real_names WHERE status = 'pending') AS real_names, \
        (SELECT COUNT(*) FROM products WHERE status = 1 AND stock > 0 AND taken >= stock) AS sold_out, \
        (SELECT COUNT(*) FROM payment_reconciliations r WHERE (r.differences <> '' OR r.until_at < r.created_at) AND r.id = \
            (SELECT MAX(id) FROM payment_reconciliations n WHERE n.pm_id = r.pm_id)) AS unreconciled";
    let Some(row) =
        tx.row(sql, args![now.plus_ms(-STUCK_MS), if has_webhook { "" } else { events::KIND }]).await?
    else {
        return Ok(Trouble::default());
    };
    Ok(Trouble {
        exits: row.get("exits")?,
        exits_down: row.get("exits_down")?,
        misplaced: row.get("misplaced")?,
        jobs: row.get("jobs")?,
        messages: row.get("messages")?,
        transfers: row.get("transfers")?,
        refunds: row.get("refunds")?,
        invoices: row.get("invoices")?,
        real_names: row.get("real_names")?,
        sold_out: row.get("sold_out")?,
        unreconciled: row.get("unreconciled")?,
    })
}
