//! All SQL of static addresses.

use super::model::{Address, Availability, Filter, Held, Owned, Reserved, Stock, StockState, Wish};
use super::rules::SOON_DAYS;
use turnpike_base::{CustomerId, ExitId, PackageId, Page, ProductType, StaticId, Timestamp};
use turnpike_store::conditions::anywhere;
use turnpike_store::{Args, Conditions, Read, Row, StoreError, WriteTx, args};

const ADDRESS: &str = "a.id AS static_id, COALESCE(a.exit_id, 0) AS exit_id, a.address, a.product, a.country, a.state_key, a.city, a.asn, a.isp, \
                       a.most_holders, a.taken, a.maintenance, a.rests_until";
const HELD: &str =
    "h.package_id, h.customer_id, h.trade_no, h.remark, h.auto_renew, h.created_at, h.expires_at, h.state";
const JOIN: &str = "FROM static_holdings h JOIN static_addresses a ON a.id = h.static_id";

/// A row of stock as it is inserted.
pub(super) struct Fresh<'a> {
    pub(super) exit: ExitId,
    pub(super) address: String,
    pub(super) product: ProductType,
    pub(super) place: &'a crate::place::Place,
    pub(super) asn: Option<u32>,
    pub(super) isp: &'a str,
    pub(super) holders: i64,
}

/// Whether an address is in stock; one that was taken out of it has no exit, and its row stays for those who held it.
const IN_STOCK: &str = "a.exit_id IS NOT NULL";

/// Whether the address is new, or was taken out of stock before.
pub(super) async fn insert(tx: &WriteTx, new: &Fresh<'_>, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "INSERT INTO static_addresses (exit_id, address, product, country, state_key, city, asn, isp, most_holders, \
               created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (address) DO UPDATE SET \
               exit_id = excluded.exit_id, product = excluded.product, country = excluded.country, \
               state_key = excluded.state_key, city = excluded.city, asn = excluded.asn, isp = excluded.isp, \
               most_holders = excluded.most_holders, maintenance = 0 WHERE static_addresses.exit_id IS NULL";
    let added = tx
        .exec(
            sql,
            args![
                new.exit,
                new.address.as_str(),
                new.product,
                new.place.country.as_str(),
                new.place.state.as_ref(),
                new.place.city.as_ref(),
                new.asn.map(i64::from),
                new.isp,
                new.holders,
                now
            ],
        )
        .await?;
    Ok(added == 1)
}

fn stock(wanted: &Stock, now: Timestamp) -> Conditions {
    let mut all = Conditions::default();
    all.add(IN_STOCK, args![]);
    if let Some(text) = wanted.search.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        let pattern = anywhere(text);
        let part = "a.address LIKE ? ESCAPE '\\' OR LOWER(a.isp) LIKE ? ESCAPE '\\' OR LOWER(a.city) LIKE ? ESCAPE '\\'";
        all.add(part, args![&pattern, &pattern, &pattern]);
    }
    if let Some(product) = wanted.product {
        all.add("a.product = ?", args![product]);
    }
    if let Some(country) = wanted.country {
        all.add("a.country = ?", args![country.as_str()]);
    }
    match wanted.state {
        Some(StockState::Free) => {
            all.add("a.maintenance = 0 AND a.taken < a.most_holders AND a.rests_until <= ?", args![now]);
        }
        Some(StockState::Held) => all.add("a.taken > 0", args![]),
        Some(StockState::Resting) => all.add("a.rests_until > ?", args![now]),
        Some(StockState::Maintenance) => all.add("a.maintenance = 1", args![]),
        None => {}
    }
    all
}

pub(super) async fn page(
    tx: &impl Read,
    wanted: &Stock,
    page: Page,
    now: Timestamp,
) -> Result<(i64, Vec<Address>), StoreError> {
    let wanted = stock(wanted, now);
    let sql = format!("SELECT COUNT(*) AS n FROM static_addresses a {}", wanted.sql());
    let total = count(tx, &sql, wanted.args()).await?;
    let (limit, args) = wanted.page(page);
    let sql = format!("SELECT {ADDRESS} FROM static_addresses a {} ORDER BY a.id DESC {limit}", wanted.sql());
    let rows = tx.rows(&sql, args).await?;
    Ok((total, rows.iter().map(address).collect::<Result<_, _>>()?))
}

async fn count(tx: &impl Read, sql: &str, args: Args) -> Result<i64, StoreError> {
    Ok(tx.row(sql, args).await?.map(|row| row.get("n")).transpose()?.unwrap_or(0))
}

/// The address, locked.
pub(super) async fn lock_address(tx: &WriteTx, id: StaticId) -> Result<Option<Address>, StoreError> {
    let sql = format!("SELECT {ADDRESS} FROM static_addresses a WHERE a.id = $1 ORDER BY a.id");
    tx.lock(&sql, args![id]).await?.first().map(address).transpose()
}

pub(super) async fn by_text(tx: &impl Read, text: &str) -> Result<Option<Address>, StoreError> {
    let sql = format!("SELECT {ADDRESS} FROM static_addresses a WHERE a.address = $1 AND {IN_STOCK}");
    tx.row(&sql, args![text]).await?.map(|row| address(&row)).transpose()
}

/// Takes an address from its exit, which nothing keeps any more then.
pub(super) async fn part_from_exit(tx: &WriteTx, id: StaticId) -> Result<(), StoreError> {
    tx.exec("UPDATE static_addresses SET exit_id = NULL WHERE id = $1", args![id]).await?;
    Ok(())
}

pub(super) async fn set_maintenance(tx: &WriteTx, id: StaticId, on: bool) -> Result<(), StoreError> {
    tx.exec("UPDATE static_addresses SET maintenance = $2 WHERE id = $1", args![id, on]).await?;
    Ok(())
}

/// Whether an address is in stock and could be used by who gets it: its exit is enabled, no gateway found it dead, and
/// it is not withheld for being elsewhere. One that no gateway looked at yet has the benefit of the doubt, so that a
/// stock can be sold before the first gateway runs; gateways look at once at whatever joins.
const USABLE: &str = "EXISTS (SELECT 1 FROM exits e WHERE e.id = a.exit_id AND e.status = 'enabled' AND e.healthy <> 0 \
                      AND e.withheld = 0)";

/// What a wish could take, locked: free addresses first, then shared ones with the fewest holders. On
/// PostgreSQL a row that another transaction took meanwhile is left out, so fewer may come than there
/// are: ask again until none comes.
pub(super) async fn lock_free(
    tx: &WriteTx,
    wish: &Wish,
    most: i64,
    not: Option<StaticId>,
    now: Timestamp,
) -> Result<Vec<Address>, StoreError> {
    let sql = format!(
        "SELECT {ADDRESS} FROM static_addresses a WHERE a.product = $1 AND a.country = $2 AND a.maintenance = 0 \
         AND {USABLE} AND a.rests_until <= $3 AND a.taken < a.most_holders AND ($4 = 0 OR a.asn = $4) AND a.id <> $5 \
         AND NOT EXISTS (SELECT 1 FROM static_holdings h WHERE h.static_id = a.id AND h.customer_id = $6 AND h.state <> 'ended') \
         ORDER BY a.taken, a.id LIMIT $7"
    );
    let asn = i64::from(wish.asn.unwrap_or(0));
    let not = not.unwrap_or(StaticId(0));
    let args = args![wish.product, wish.country.as_str(), now, asn, not, wish.customer, most];
    tx.lock(&sql, args).await?.iter().map(address).collect()
}

/// Addresses whose rest is over, locked.
pub(super) async fn lock_rested(tx: &WriteTx, now: Timestamp, most: i64) -> Result<Vec<Address>, StoreError> {
    let sql = format!(
        "SELECT {ADDRESS} FROM static_addresses a WHERE a.rests_until > 0 AND a.rests_until <= $1 AND {IN_STOCK} \
         ORDER BY a.id LIMIT $2"
    );
    tx.lock(&sql, args![now, most]).await?.iter().map(address).collect()
}

/// An address's rest is over, and nothing more to be done about it.
pub(super) async fn end_rest(tx: &WriteTx, id: StaticId) -> Result<(), StoreError> {
    tx.exec("UPDATE static_addresses SET rests_until = 0 WHERE id = $1", args![id]).await?;
    Ok(())
}

/// One holder more or less.
pub(super) async fn take(tx: &WriteTx, id: StaticId, by: i64, rests: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE static_addresses SET taken = taken + $2, \
               rests_until = CASE WHEN rests_until < $3 THEN $3 ELSE rests_until END WHERE id = $1";
    tx.exec(sql, args![id, by, rests]).await?;
    Ok(())
}

pub(super) async fn reserve(
    tx: &WriteTx,
    id: StaticId,
    customer: CustomerId,
    trade_no: &str,
    until: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO static_holdings (static_id, customer_id, trade_no, state, created_at, expires_at) \
               VALUES ($1, $2, $3, 'reserved', $4, $5)";
    tx.exec(sql, args![id, customer, trade_no, now, until]).await?;
    Ok(())
}

/// A holding's row and its address's id.
pub(super) struct Holding {
    pub(super) id: i64,
    pub(super) address: StaticId,
    pub(super) customer: CustomerId,
}

fn holding(row: &Row) -> Result<Holding, StoreError> {
    Ok(Holding { id: row.get("id")?, address: row.get("static_id")?, customer: row.get("customer_id")? })
}

/// What waits for an order's payment, locked, in the order it was reserved.
pub(super) async fn reserved(tx: &WriteTx, trade_no: &str) -> Result<Vec<Holding>, StoreError> {
    let sql = "SELECT id, static_id, customer_id FROM static_holdings WHERE trade_no = $1 AND state = 'reserved' ORDER BY id";
    tx.lock(sql, args![trade_no]).await?.iter().map(holding).collect()
}

pub(super) async fn own(
    tx: &WriteTx,
    id: i64,
    package: PackageId,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE static_holdings SET state = 'owned', package_id = $2, expires_at = $3, created_at = $4 WHERE id = $1";
    tx.exec(sql, args![id, package, expires_at, now]).await?;
    Ok(())
}

/// The holding that a package stands for, locked, unless it ended.
pub(super) async fn of_package(
    tx: &WriteTx,
    package: PackageId,
) -> Result<Option<(Holding, bool)>, StoreError> {
    let sql =
        "SELECT id, static_id, customer_id, state FROM static_holdings WHERE package_id = $1 ORDER BY id";
    let rows = tx.lock(sql, args![package]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    Ok(Some((holding(row)?, row.get::<String>("state")? == "ended")))
}

pub(super) async fn extend(tx: &WriteTx, id: i64, expires_at: Timestamp) -> Result<(), StoreError> {
    tx.exec("UPDATE static_holdings SET expires_at = $2 WHERE id = $1", args![id, expires_at]).await?;
    Ok(())
}

pub(super) async fn keep(tx: &WriteTx, id: i64, until: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE static_holdings SET kept_until = $2 WHERE id = $1 AND kept_until < $2";
    tx.exec(sql, args![id, until]).await.map(drop)
}

/// Ends a holding: one that had time left expired now.
pub(super) async fn end(tx: &WriteTx, id: i64, now: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE static_holdings SET state = 'ended', \
        expires_at = CASE WHEN expires_at > $2 THEN $2 ELSE expires_at END WHERE id = $1";
    tx.exec(sql, args![id, now]).await?;
    Ok(())
}

pub(super) async fn forget(tx: &WriteTx, id: i64) -> Result<(), StoreError> {
    tx.exec("DELETE FROM static_holdings WHERE id = $1", args![id]).await?;
    Ok(())
}

pub(super) async fn move_to(tx: &WriteTx, id: i64, address: StaticId) -> Result<(), StoreError> {
    tx.exec("UPDATE static_holdings SET static_id = $2 WHERE id = $1", args![id, address]).await?;
    Ok(())
}

/// Owned holdings whose expiry lies before `before` and that are not kept any more, locked.
pub(super) async fn lock_expired(
    tx: &WriteTx,
    before: Timestamp,
    now: Timestamp,
    most: i64,
) -> Result<Vec<Holding>, StoreError> {
    let sql = "SELECT id, static_id, customer_id FROM static_holdings WHERE state = 'owned' AND expires_at <= $1 \
               AND kept_until <= $2 ORDER BY id LIMIT $3";
    tx.lock(sql, args![before, now, most]).await?.iter().map(holding).collect()
}

pub(super) async fn set_remark(
    tx: &WriteTx,
    customer: CustomerId,
    package: PackageId,
    remark: &str,
) -> Result<bool, StoreError> {
    let sql = "UPDATE static_holdings SET remark = $3 WHERE customer_id = $1 AND package_id = $2";
    Ok(tx.exec(sql, args![customer, package, remark]).await? == 1)
}

pub(super) async fn set_auto_renew(
    tx: &WriteTx,
    customer: CustomerId,
    package: PackageId,
    on: bool,
) -> Result<bool, StoreError> {
    let sql = "UPDATE static_holdings SET auto_renew = $3 WHERE customer_id = $1 AND package_id = $2 AND state = 'owned'";
    Ok(tx.exec(sql, args![customer, package, on]).await? == 1)
}

/// Who holds an address now.
pub(super) async fn holders(tx: &impl Read, id: StaticId) -> Result<Vec<CustomerId>, StoreError> {
    let sql = "SELECT customer_id FROM static_holdings WHERE static_id = $1 AND state = 'owned' ORDER BY id";
    tx.rows(sql, args![id]).await?.iter().map(|row| row.get("customer_id")).collect()
}

/// What a customer's accounts of a type may leave from now.
pub(super) async fn owned(
    tx: &impl Read,
    customer: CustomerId,
    product: ProductType,
    now: Timestamp,
) -> Result<Vec<Owned>, StoreError> {
    let sql = format!(
        "SELECT h.package_id, h.expires_at, {ADDRESS} {JOIN} WHERE h.customer_id = $1 AND h.state = 'owned' \
         AND h.expires_at > $2 AND a.product = $3 AND a.maintenance = 0 ORDER BY h.id"
    );
    let read = |row: &Row| {
        Ok(Owned {
            package: row.get("package_id")?,
            exit: row.get("exit_id")?,
            address: row.get("address")?,
            country: row.get("country")?,
            state: row.opt("state_key")?,
            city: row.opt("city")?,
            asn: row.opt("asn")?,
            until: row.get("expires_at")?,
        })
    };
    tx.rows(&sql, args![customer, now, product]).await?.iter().map(read).collect()
}

/// Whether a customer holds addresses of a type that are under maintenance now.
pub(super) async fn is_maintained(
    tx: &impl Read,
    customer: CustomerId,
    product: ProductType,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = format!(
        "SELECT COUNT(*) AS n {JOIN} WHERE h.customer_id = $1 AND h.state = 'owned' AND h.expires_at > $2 \
         AND a.product = $3 AND a.maintenance = 1"
    );
    Ok(count(tx, &sql, args![customer, now, product]).await? > 0)
}

/// A page of a customer's holdings, the newest first.
pub(super) async fn held(
    tx: &impl Read,
    customer: CustomerId,
    filter: &Filter,
    page: Page,
    now: Timestamp,
) -> Result<(i64, Vec<Held>), StoreError> {
    let (from, to) = expiry_range(filter.status, now);
    let status = filter.status.unwrap_or(0);
    let wanted = "WHERE h.customer_id = $1 AND h.state <> 'reserved' AND ($2 = '' OR a.country = $2) \
        AND ($3 = 0 OR a.product = $3) AND ($4 = '' OR h.trade_no = $4) \
        AND (h.expires_at > $5 AND h.expires_at <= $6 AND ($7 IN (0, 2) OR h.state <> 'ended') \
             AND ($7 IN (0, 2) OR ($7 = 4 AND a.maintenance = 1) OR ($7 <> 4 AND a.maintenance = 0)) \
             OR ($7 = 2 AND h.state = 'ended'))";
    let args = args![
        customer,
        filter.country.clone().unwrap_or_default(),
        filter.product.map_or(0, ProductType::number),
        filter.trade_no.clone().unwrap_or_default(),
        from,
        to,
        status
    ];
    let total = count(tx, &format!("SELECT COUNT(*) AS n {JOIN} {wanted}"), args.clone()).await?;
    let sql = format!(
        "SELECT {HELD}, {ADDRESS} {JOIN} {wanted} ORDER BY h.created_at DESC, h.id DESC LIMIT $8 OFFSET $9"
    );
    let args = [args, args![page.size, page.offset()]].concat();
    let rows = tx.rows(&sql, args).await?;
    Ok((total, rows.iter().map(read_held).collect::<Result<_, _>>()?))
}

/// Between which expiries (exclusive, inclusive) a holding of this status lies.
fn expiry_range(status: Option<i64>, now: Timestamp) -> (Timestamp, Timestamp) {
    let soon = now.plus_days(SOON_DAYS);
    match status {
        Some(1) => (soon, Timestamp(i64::MAX)),
        Some(2) => (Timestamp(i64::MIN), now),
        Some(3) => (now, soon),
        Some(_) => (now, Timestamp(i64::MAX)),
        None => (Timestamp(i64::MIN), Timestamp(i64::MAX)),
    }
}

/// The holding of a package, ended or not.
pub(super) async fn held_by_package(tx: &impl Read, package: PackageId) -> Result<Option<Held>, StoreError> {
    let sql = format!("SELECT {HELD}, {ADDRESS} {JOIN} WHERE h.package_id = $1");
    tx.row(&sql, args![package]).await?.map(|row| read_held(&row)).transpose()
}

/// The customer's newest holding of an address (by itself or by package), ended or not.
pub(super) async fn newest_holding(
    tx: &impl Read,
    customer: CustomerId,
    product: ProductType,
    ip: &str,
    package: PackageId,
) -> Result<Option<Held>, StoreError> {
    let sql = format!(
        "SELECT {HELD}, {ADDRESS} {JOIN} WHERE h.customer_id = $1 AND a.product = $2 AND h.state <> 'reserved' \
         AND (a.address = $3 OR h.package_id = $4) ORDER BY h.id DESC LIMIT 1"
    );
    tx.row(&sql, args![customer, product, ip, package]).await?.map(|row| read_held(&row)).transpose()
}

/// What can be had now, by country, ASN and ISP. `exclusive`: only what nobody holds; else what this
/// customer could still buy.
pub(super) async fn available(
    tx: &impl Read,
    customer: CustomerId,
    product: Option<ProductType>,
    exclusive: bool,
    now: Timestamp,
) -> Result<Vec<Availability>, StoreError> {
    let free = if exclusive {
        "a.taken = 0 AND $2 = $2"
    } else {
        "a.taken < a.most_holders AND NOT EXISTS (SELECT 1 FROM static_holdings h \
         WHERE h.static_id = a.id AND h.customer_id = $2 AND h.state <> 'ended')"
    };
    let sql = format!(
        "SELECT a.country, a.asn, MIN(a.isp) AS isp, COUNT(*) AS n FROM static_addresses a \
         WHERE a.maintenance = 0 AND {USABLE} AND a.rests_until <= $1 AND {free} AND ($3 = 0 OR a.product = $3) \
         GROUP BY a.country, a.asn ORDER BY a.country, a.asn"
    );
    let read = |row: &Row| {
        Ok(Availability {
            country: row.get("country")?,
            asn: row.opt("asn")?,
            isp: row.get("isp")?,
            number: row.get("n")?,
        })
    };
    let product = product.map_or(0, ProductType::number);
    tx.rows(&sql, args![now, customer, product]).await?.iter().map(read).collect()
}

pub(super) async fn reserved_beside(
    tx: &impl Read,
    customer: CustomerId,
    trade_no: &str,
    now: Timestamp,
) -> Result<Vec<Reserved>, StoreError> {
    let sql = format!(
        "SELECT o.held, (SELECT COUNT(*) FROM static_addresses a WHERE a.product = o.product AND a.country = o.country \
         AND a.maintenance = 0 AND {USABLE} AND a.rests_until <= $3 AND a.taken < a.most_holders) AS free \
         FROM (SELECT b.product, b.country, COUNT(*) AS held, MAX(CASE WHEN h.trade_no = $2 THEN 1 ELSE 0 END) AS here \
         FROM static_holdings h JOIN static_addresses b ON b.id = h.static_id \
         WHERE h.customer_id = $1 AND h.state = 'reserved' GROUP BY b.product, b.country) o WHERE o.here = 1"
    );
    let read = |row: &Row| Ok(Reserved { held: row.get("held")?, left: row.get("free")? });
    tx.rows(&sql, args![customer, trade_no, now]).await?.iter().map(read).collect()
}

fn address(row: &Row) -> Result<Address, StoreError> {
    Ok(Address {
        id: row.get("static_id")?,
        exit: row.get("exit_id")?,
        address: row.get("address")?,
        product: row.get("product")?,
        country: row.get("country")?,
        state: row.opt("state_key")?,
        city: row.opt("city")?,
        asn: row.opt("asn")?,
        isp: row.get("isp")?,
        most_holders: row.get("most_holders")?,
        taken: row.get("taken")?,
        maintenance: row.get("maintenance")?,
        rests_until: row.get("rests_until")?,
    })
}

fn read_held(row: &Row) -> Result<Held, StoreError> {
    Ok(Held {
        package: row.get("package_id")?,
        customer: row.get("customer_id")?,
        address: address(row)?,
        trade_no: row.get("trade_no")?,
        remark: row.get("remark")?,
        auto_renew: row.get("auto_renew")?,
        created_at: row.get("created_at")?,
        expires_at: row.get("expires_at")?,
        ended: row.get::<String>("state")? == "ended",
    })
}
