//! Renewals by themselves: switched on by the customer, paid from his balance, logged either way.

use super::queries::{self, Log, Setting};
use super::rules::Duration;
use super::{error, warned};
use crate::State;
use crate::orders::{self, Buyer, Order, Request};
use crate::products::{self, flow::Filter};
use crate::{grants, payments};
use turnpike_access::packages::{self, Package, change};
use turnpike_base::{CustomerId, Fault, Money, PackageId, Page, PageOf, ProductType, Result, Timestamp};
use turnpike_network::statics::hold;
use turnpike_store::{Read, WriteTx};

/// Addresses renew so long before their expiry, in hours: time to recharge if the balance is too low.
const LEAD_HOURS: i64 = 24;
/// Everything else is bought again this many minutes before.
const LEAD_MINUTES: i64 = 10;
/// A failed renewal is tried again after so many minutes.
const AGAIN_MINUTES: i64 = 60;
/// Renewals made at a time.
const SWEEP: i64 = 50;

/// When a package's renewal is due.
const fn due(package: &Package) -> Timestamp {
    let minutes = if package.product.is_static() { LEAD_HOURS * 60 } else { LEAD_MINUTES };
    package.expires_at.plus_minutes(-minutes)
}

/// A customer's package and how it renews.
pub async fn of_customer(
    tx: &impl Read,
    customer: CustomerId,
    ids: Option<&[i64]>,
    now: Timestamp,
) -> Result<Vec<(Package, Option<(Duration, Timestamp)>)>> {
    let ids = match ids {
        Some(ids) => ids.iter().copied().map(PackageId).collect(),
        None => queries::running(tx, customer, now).await?,
    };
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        let package = packages::by_id(tx, id).await?.filter(|package| package.customer == customer);
        let package = package.ok_or_else(|| error::unknown(id.0))?;
        let setting = queries::by_package(tx, id).await?;
        found.push((package, setting.map(|setting| (setting.duration, setting.due_at))));
    }
    Ok(found)
}

/// Switches renewals on or off, all or none. Fails with `renewal_unknown`, and with `renewal_impossible`
/// where the package is over or nothing renews it.
pub async fn set(
    tx: &WriteTx,
    customer: CustomerId,
    ids: &[i64],
    on: bool,
    duration: Duration,
    now: Timestamp,
) -> Result<()> {
    for id in ids {
        let package = change::lock(tx, PackageId(*id)).await?.filter(|package| package.customer == customer);
        let package = package.ok_or_else(|| error::unknown(*id))?;
        if on {
            let known =
                package.product.is_static() || orders::by_trade_no(tx, &package.trade_no).await?.is_some();
            if package.expires_at <= now || !known {
                return Err(error::impossible(*id));
            }
            let setting = Setting { package: package.id, customer, duration, due_at: due(&package) };
            queries::save(tx, &setting, now).await?;
        } else {
            queries::forget(tx, package.id).await?;
        }
        mark(tx, &package, on).await?;
    }
    Ok(())
}

async fn mark(tx: &WriteTx, package: &Package, on: bool) -> Result<()> {
    change::auto_renew(tx, package.id, on).await?;
    if package.product.is_static() {
        hold::auto_renew(tx, package.customer, package.id, on).await?;
    }
    Ok(())
}

/// What came of renewals, the newest first.
pub async fn logs(tx: &impl Read, customer: CustomerId, page: Page) -> Result<PageOf<Log>> {
    let (total, rows) = queries::logs(tx, customer, page).await?;
    Ok(PageOf { page, total, rows })
}

/// Makes the renewals that are due; gives back how many. A job runs it.
pub async fn run(state: &State, now: Timestamp) -> Result<usize> {
    let due = queries::due(&state.store.read().await?, now, SWEEP).await?;
    let count = due.len();
    for setting in due {
        let failed = match renew(state, &setting, now).await {
            Ok(()) => continue,
            Err(fault) => fault,
        };
        fail(state, &setting, &failed, now).await?;
    }
    Ok(count)
}

async fn renew(state: &State, setting: &Setting, now: Timestamp) -> Result<()> {
    let tx = state.store.write().await?;
    // Somebody may have switched it off, or renewed it, since it was found.
    let Some(setting) = queries::lock(&tx, setting.package).await?.filter(|s| s.due_at <= now) else {
        return Ok(());
    };
    let lost = || error::impossible(setting.package.0);
    let package = change::lock(&tx, setting.package).await?.ok_or_else(lost)?;
    if due(&package) > now {
        queries::save(&tx, &Setting { due_at: due(&package), ..setting }, now).await?;
        return Ok(tx.commit().await?);
    }
    let ask = request(&tx, &package, setting.duration).await?.ok_or_else(lost)?;
    let owner = turnpike_identity::customers::find(&tx, &package.customer.to_string()).await?;
    let site = state.directory.site(owner.site).ok_or_else(lost)?;
    let buyer = Buyer { customer: package.customer, site: &site, now };
    let order = orders::flow::create_in(&tx, state, &buyer, &ask).await?;
    move_on(&tx, &package, &setting, &order, now).await?;
    Ok(tx.commit().await?)
}

/// The order that renews a package: for addresses the renewal of their type, else the same purchase again.
async fn request(tx: &WriteTx, package: &Package, duration: Duration) -> Result<Option<Request>> {
    let Some(order) = orders::by_trade_no(tx, &package.trade_no).await? else {
        return renewal(tx, package, duration).await;
    };
    if package.product.is_static() {
        return renewal(tx, package, duration).await;
    }
    let choices = order.goods.choices;
    Ok(Some(Request {
        amount: order.amount,
        etd: choices.etd.max(1),
        product_sku_bandwidth_id: choices.bandwidth,
        product_sku_concurrency_id: choices.concurrency,
        product_sku_duration_id: choices.duration,
        ..Request::plain(order.product.0, payments::BALANCE)
    }))
}

async fn renewal(tx: &WriteTx, package: &Package, duration: Duration) -> Result<Option<Request>> {
    let owner = turnpike_identity::customers::find(tx, &package.customer.to_string()).await?;
    let filter =
        Filter { product: Some(ProductType::Renewal), parent: Some(package.product), ..Filter::default() };
    let renews = products::flow::offered(tx, owner.site, &filter).await?;
    Ok(renews.iter().find(|product| product.item.show_type != 3).map(|product| Request {
        upids: Some(vec![package.id.0]),
        renew_duration: duration,
        ..Request::plain(product.id.0, payments::BALANCE)
    }))
}

/// Logs a renewal, and plans the next one: of the same address, or of the package that was bought.
async fn move_on(
    tx: &WriteTx,
    old: &Package,
    setting: &Setting,
    order: &Order,
    now: Timestamp,
) -> Result<()> {
    let log = Log {
        id: 0,
        package: old.id,
        product: old.product,
        renewed: true,
        trade_no: order.trade_no.clone(),
        fee: order.pay_fee(),
        reason: String::new(),
        at: now,
    };
    queries::log(tx, old, &log).await?;
    let given = grants::of_order(tx, &order.trade_no).await?;
    let next = given.first().map_or(old.id, |given| given.package);
    let Some(package) = change::lock(tx, next).await? else { return Ok(()) };
    if next != old.id {
        queries::forget(tx, old.id).await?;
        mark(tx, old, false).await?;
        mark(tx, &package, true).await?;
    }
    queries::save(tx, &Setting { package: next, due_at: due(&package), ..*setting }, now).await
}

/// Logs a failure. It is tried again while the package runs, and given up when it is over.
async fn fail(state: &State, setting: &Setting, fault: &Fault, now: Timestamp) -> Result<()> {
    let tx = state.store.write().await?;
    let Some(package) = change::lock(&tx, setting.package).await? else {
        queries::forget(&tx, setting.package).await?;
        return Ok(tx.commit().await?);
    };
    let log = Log {
        id: 0,
        package: package.id,
        product: package.product,
        renewed: false,
        trade_no: String::new(),
        fee: Money::ZERO,
        reason: fault.slug.to_owned(),
        at: now,
    };
    queries::log(&tx, &package, &log).await?;
    warned(&tx, state, &package, fault, now).await?;
    if package.expires_at <= now {
        queries::forget(&tx, package.id).await?;
        mark(&tx, &package, false).await?;
    } else {
        queries::postpone(&tx, package.id, now.plus_minutes(AGAIN_MINUTES).min(package.expires_at)).await?;
    }
    Ok(tx.commit().await?)
}
