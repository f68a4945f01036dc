//! All SQL of orders.

use super::model::{Goods, Order, SHORT, Status};
use crate::invoices::INVOICEABLE;
use std::collections::HashMap;
use turnpike_base::{
    Currency, CustomerId, Fault, Money, OrderId, Page, ProductId, ProductType, Result, Text, Timestamp, Walk,
};
use turnpike_store::{Args, Read, Row, StoreError, WriteTx, args};

const COLUMNS: &str = "id, site_id, customer_id, trade_no, out_trade_no, product_id, product_type, amount, currency, \
    unit_price, gross, discount_fee, handling_fee, refund_fee, received, pm_id, status, pay_fee_status, title_zh, title_en, \
    goods, invoice_id, created_at, expire_at, paid_at";

fn read(row: &Row) -> Result<Order> {
    let odd = |what: &'static str| Fault::internal("order_unreadable", what);
    let goods: Goods = serde_json::from_str(&row.get::<String>("goods")?)
        .map_err(|e| Fault::internal("order_unreadable", e))?;
    Ok(Order {
        id: row.get("id")?,
        site: row.get("site_id")?,
        customer: row.get("customer_id")?,
        trade_no: row.get("trade_no")?,
        out_trade_no: row.get("out_trade_no")?,
        product: row.get("product_id")?,
        product_type: row.get("product_type")?,
        amount: row.get("amount")?,
        currency: Currency::parse(&row.get::<String>("currency")?).ok_or_else(|| odd("currency"))?,
        unit_price: row.get("unit_price")?,
        gross: row.get("gross")?,
        discount_fee: row.get("discount_fee")?,
        handling_fee: row.get("handling_fee")?,
        refund_fee: row.get("refund_fee")?,
        received: row.get("received")?,
        pm_id: row.get("pm_id")?,
        status: Status::from_number(row.get("status")?).ok_or_else(|| odd("status"))?,
        pay_fee_status: row.get("pay_fee_status")?,
        title: Text::made(row.get::<String>("title_zh")?, row.get::<String>("title_en")?),
        goods,
        invoice_id: row.opt("invoice_id")?,
        created_at: row.get("created_at")?,
        expire_at: row.get("expire_at")?,
        paid_at: row.opt("paid_at")?,
    })
}

/// The order with this number, anybody's.
pub async fn by_trade_no(tx: &impl Read, trade_no: &str) -> Result<Option<Order>> {
    let sql = format!("SELECT {COLUMNS} FROM orders WHERE trade_no = $1");
    tx.row(&sql, args![trade_no]).await?.map(|row| read(&row)).transpose()
}

/// The order with this id, anybody's.
pub async fn by_id(tx: &impl Read, id: OrderId) -> Result<Option<Order>> {
    let sql = format!("SELECT {COLUMNS} FROM orders WHERE id = $1");
    tx.row(&sql, args![id]).await?.map(|row| read(&row)).transpose()
}

/// The order with this number, locked until the end of the transaction.
pub async fn lock(tx: &WriteTx, trade_no: &str) -> Result<Option<Order>> {
    let sql = format!("SELECT {COLUMNS} FROM orders WHERE trade_no = $1 ORDER BY id");
    tx.lock(&sql, args![trade_no]).await?.first().map(read).transpose()
}

/// What the orders with these numbers are called; what is no number of an order is left out.
pub async fn titles(tx: &impl Read, numbers: &[&str]) -> Result<HashMap<String, Text>> {
    let is_number = |text: &&&str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let quoted: Vec<String> = numbers.iter().filter(is_number).map(|number| format!("'{number}'")).collect();
    if quoted.is_empty() {
        return Ok(HashMap::new());
    }
    let sql =
        format!("SELECT trade_no, title_zh, title_en FROM orders WHERE trade_no IN ({})", quoted.join(", "));
    let title = |row: &Row| {
        let text = Text::made(row.get::<String>("title_zh")?, row.get::<String>("title_en")?);
        Ok((row.get("trade_no")?, text))
    };
    tx.rows(&sql, args![]).await?.iter().map(title).collect()
}

/// How many of a product the paid orders hold; what was refunded whole is not sold.
pub async fn sold(tx: &impl Read, product: ProductId) -> Result<i64> {
    let sql = "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) AS n FROM orders WHERE product_id = $1 AND status = $2";
    let row = tx.row(sql, args![product, Status::Paid as i64]).await?;
    row.map_or(Ok(0), |row| Ok(row.get("n")?))
}

/// Writes a new order; its id is not known before.
pub(super) async fn insert(tx: &WriteTx, order: &Order, invited: bool, completes: &str) -> Result<OrderId> {
    let goods = serde_json::to_string(&order.goods).map_err(|e| Fault::internal("order_unprintable", e))?;
    let sql = "INSERT INTO orders (site_id, customer_id, trade_no, product_id, product_type, amount, currency, unit_price, gross, \
        discount_fee, handling_fee, pm_id, status, invited, completes, title_zh, title_en, goods, created_at, expire_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, $13, $14, $15, $16, $17, $18, $19) RETURNING id";
    let args = args![
        order.site,
        order.customer,
        &order.trade_no,
        order.product,
        order.product_type,
        order.amount,
        order.currency.code(),
        order.unit_price,
        order.gross,
        order.discount_fee,
        order.handling_fee,
        order.pm_id,
        invited,
        completes,
        order.title.zh.as_ref(),
        order.title.en.as_ref(),
        goods,
        order.created_at,
        order.expire_at
    ];
    match tx.row(sql, args).await? {
        Some(row) => Ok(row.get("id")?),
        None => Err(Fault::internal("order_lost", "no id came back")),
    }
}

/// Writes the provider's number.
pub async fn set_out_trade_no(tx: &WriteTx, id: OrderId, number: &str) -> Result<()> {
    tx.exec("UPDATE orders SET out_trade_no = $2 WHERE id = $1", args![id, number]).await?;
    Ok(())
}

/// Lets an unpaid order wait until then.
pub async fn extend(tx: &WriteTx, id: OrderId, until: Timestamp) -> Result<()> {
    tx.exec("UPDATE orders SET expire_at = $2 WHERE id = $1 AND status = 0", args![id, until]).await?;
    Ok(())
}

pub(super) async fn set_method(tx: &WriteTx, id: OrderId, pm_id: i64, fee: Money) -> Result<()> {
    let sql = "UPDATE orders SET pm_id = $2, handling_fee = $3 WHERE id = $1 AND status = 0";
    tx.exec(sql, args![id, pm_id, fee]).await?;
    Ok(())
}

pub(super) async fn set_short(tx: &WriteTx, id: OrderId, received: Money, until: Timestamp) -> Result<()> {
    let sql = "UPDATE orders SET received = $2, pay_fee_status = $3, expire_at = $4 WHERE id = $1";
    tx.exec(sql, args![id, received, SHORT, until]).await?;
    Ok(())
}

pub(super) async fn set_paid(tx: &WriteTx, order: &Order, fee_status: i64, now: Timestamp) -> Result<()> {
    let sql = "UPDATE orders SET status = 1, received = $2, pay_fee_status = $3, paid_at = $4, pm_id = $5 WHERE id = $1";
    tx.exec(sql, args![order.id, order.pay_fee(), fee_status, now, order.pm_id]).await?;
    Ok(())
}

pub(super) async fn set_closed(tx: &WriteTx, id: OrderId, now: Timestamp) -> Result<()> {
    tx.exec("UPDATE orders SET status = 2, closed_at = $2 WHERE id = $1", args![id, now]).await?;
    Ok(())
}

pub(super) async fn set_refunded(tx: &WriteTx, id: OrderId, fee: Money, whole: bool) -> Result<()> {
    let status = if whole { Status::Refunded } else { Status::Paid } as i64;
    tx.exec("UPDATE orders SET status = $2, refund_fee = $3 WHERE id = $1", args![id, status, fee]).await?;
    Ok(())
}

/// What the books hold for an order: what came short for it, and what the rests of it that are paid brought.
pub(super) async fn held(tx: &impl Read, order: &Order) -> Result<Money> {
    let sql = "SELECT CAST(COALESCE(SUM(l.amount), 0) AS BIGINT) AS n FROM ledger_lines l JOIN ledger_entries e ON e.id = l.entry_id \
        LEFT JOIN orders r ON r.trade_no = e.trade_no WHERE l.account = 'held' AND l.customer_id = $1 \
        AND $2 = CASE WHEN r.status IN (1, 3) AND r.completes <> '' THEN r.completes ELSE e.trade_no END";
    let row = tx.row(sql, args![order.customer, &order.trade_no]).await?;
    row.map_or(Ok(Money::ZERO), |row| Ok(row.get("n")?))
}

/// Unpaid orders whose time is over, those that waited longest first, after the one at a place; with their places.
pub(super) async fn overdue(
    tx: &impl Read,
    (expired, id): (Timestamp, OrderId),
    now: Timestamp,
    most: i64,
) -> Result<Vec<((Timestamp, OrderId), String)>> {
    let sql = "SELECT expire_at, id, trade_no FROM orders WHERE status = 0 AND expire_at <= $1 \
        AND (expire_at > $2 OR (expire_at = $2 AND id > $3)) ORDER BY expire_at, id LIMIT $4";
    let read =
        |row: &Row| Ok::<_, StoreError>(((row.get("expire_at")?, row.get("id")?), row.get("trade_no")?));
    Ok(tx.rows(sql, args![now, expired, id, most]).await?.iter().map(read).collect::<Result<_, _>>()?)
}

/// How many addresses the unpaid orders of a customer hold.
pub(super) async fn held_unpaid(tx: &impl Read, customer: CustomerId) -> Result<i64> {
    let sql = "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) AS n FROM orders \
        WHERE customer_id = $1 AND status = 0 AND product_type IN (14, 25)";
    Ok(tx.row(sql, args![customer]).await?.map_or(Ok(0), |row| row.get("n"))?)
}

/// How many of a product the unpaid orders of a customer are for.
pub(super) async fn unpaid_pieces(tx: &impl Read, customer: CustomerId, product: ProductId) -> Result<i64> {
    let sql = "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) AS n FROM orders \
        WHERE customer_id = $1 AND status = 0 AND product_id = $2";
    Ok(tx.row(sql, args![customer, product]).await?.map_or(Ok(0), |row| row.get("n"))?)
}

/// How many orders of a customer wait for their payment.
pub(super) async fn unpaid_of(tx: &impl Read, customer: CustomerId) -> Result<i64> {
    let sql = "SELECT COUNT(*) AS n FROM orders WHERE customer_id = $1 AND status = 0";
    Ok(tx.row(sql, args![customer]).await?.map_or(Ok(0), |row| row.get("n"))?)
}

/// Keeps two orders of a customer from both being his first of a trial, or both his last that may wait.
pub(super) async fn lock_customer(tx: &WriteTx, customer: CustomerId) -> Result<()> {
    tx.lock("SELECT id FROM customers WHERE id = $1 ORDER BY id", args![customer]).await?;
    Ok(())
}

/// Keeps two orders from waiting for the same address: while one decides, the others of its type wait.
pub(super) async fn lock_type(tx: &WriteTx, product: ProductType) -> Result<()> {
    tx.lock("SELECT id FROM products WHERE product_type = $1 ORDER BY id", args![product]).await?;
    Ok(())
}

/// Whether the customer has an order of the product that is not closed.
pub(super) async fn has_ordered(tx: &impl Read, customer: CustomerId, product: ProductId) -> Result<bool> {
    let sql = "SELECT 1 AS n FROM orders WHERE customer_id = $1 AND product_id = $2 AND status <> 2 LIMIT 1";
    Ok(tx.row(sql, args![customer, product]).await?.is_some())
}

/// Which orders are wanted; zeros and empty texts mean any.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Whose; `None`: everybody's.
    pub customer: Option<CustomerId>,
    /// With exactly this number.
    pub trade_no: Option<String>,
    /// Made from then on.
    pub from: Option<Timestamp>,
    /// Made before.
    pub to: Option<Timestamp>,
    /// Of this status.
    pub status: Option<i64>,
    /// Of this type.
    pub product: Option<ProductType>,
    /// 1: with an invoice; -1: without one that could have one.
    pub invoice: i64,
    /// 1 or 2.
    pub fee_status: Option<i64>,
    /// That wait for money, and whose customer proved a transfer.
    pub proven: bool,
}

fn wanted(filter: &Filter) -> (String, Args) {
    let mut parts = Vec::new();
    let mut args = Vec::new();
    let mut add = |part: &str, value: Args| {
        args.extend(value);
        parts.push(part.replace('?', &format!("${}", args.len())));
    };
    if let Some(customer) = filter.customer {
        add("customer_id = ?", args![customer]);
    }
    if let Some(trade_no) = &filter.trade_no {
        add("trade_no = ?", args![trade_no]);
    }
    if let Some(from) = filter.from {
        add("created_at >= ?", args![from]);
    }
    if let Some(to) = filter.to {
        add("created_at < ?", args![to]);
    }
    if let Some(status) = filter.status {
        add("status = ?", args![status]);
    }
    if let Some(product) = filter.product {
        add("product_type = ?", args![product]);
    }
    if let Some(status) = filter.fee_status {
        add("pay_fee_status = ?", args![status]);
    }
    if filter.proven {
        add(
            "status = 0 AND EXISTS (SELECT 1 FROM payment_proofs p WHERE p.trade_no = orders.trade_no)",
            args![],
        );
    }
    match filter.invoice {
        1 => add("invoice_id IS NOT NULL", args![]),
        -1 => {
            add("invoice_id IS NULL", args![]);
            add(INVOICEABLE, args![]);
        }
        _ => {}
    }
    let all = if parts.is_empty() { String::new() } else { format!("WHERE {}", parts.join(" AND ")) };
    (all, args)
}

/// What counts the orders that are wanted, and its arguments.
pub(super) fn counting(filter: &Filter) -> (String, Args) {
    let (wanted, args) = wanted(filter);
    (format!("SELECT COUNT(*) AS n FROM orders {wanted}"), args)
}

/// What reads a page of the orders that are wanted, the newest first, and its arguments.
pub(super) fn reading(filter: &Filter, walk: Walk) -> (String, Args) {
    let (wanted, args) = wanted(filter);
    let n = args.len();
    let way = if walk.backwards { "ASC" } else { "DESC" };
    // The page is found in the indexes alone: rows that are passed over are never read.
    let sql = format!(
        "SELECT {COLUMNS} FROM orders WHERE id IN \
         (SELECT id FROM orders {wanted} ORDER BY created_at {way}, id {way} LIMIT ${} OFFSET ${}) \
         ORDER BY created_at DESC, id DESC",
        n + 1,
        n + 2
    );
    (sql, [args, args![walk.take, walk.skip]].concat())
}

/// A page of orders, the newest first, and how many there are in all.
pub(super) async fn page(tx: &impl Read, filter: &Filter, page: Page) -> Result<(i64, Vec<Order>)> {
    let (count, args) = counting(filter);
    let total = tx.row(&count, args).await?.map(|row| row.get("n")).transpose()?.unwrap_or(0);
    let Some(walk) = page.walk(total) else { return Ok((total, Vec::new())) };
    let (select, args) = reading(filter, walk);
    let rows = tx.rows(&select, args).await?;
    Ok((total, rows.iter().map(read).collect::<Result<_>>()?))
}
