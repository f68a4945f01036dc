//! Renewals by themselves: switched on by the customer, paid from his balance, logged either way.

use super::queries::{self, Log, Setting};
use super::rules::Duration;
use super::{error, warned};
use crate::State;
use crate::orders::{self, Buyer, Order, Request};
use crate::products::{self, flow::Counter, flow::Filter};
use crate::{grants, payments};
use turnpike_access::packages::{self, Package, change};
use turnpike_base::{
    CustomerId, Fault, Money, PackageId, Page, PageOf, ProductType, Result, Text, Timestamp,
};
use turnpike_network::statics::hold;
use turnpike_store::{Read, WriteTx, retrying};
use turnpike_web::Site;

/// Addresses renew so long before their expiry, in hours: time to recharge if the balance is too low.
const LEAD_HOURS: i64 = 24;
/// Everything else is bought again this many minutes before.
const LEAD_MINUTES: i64 = 10;
/// A failed renewal is tried again after so many minutes.
const AGAIN_MINUTES: i64 = 60;
/// Renewals looked for at a time.
const SWEEP: i64 = 50;
/// Of those that failed before, so many are tried in a run: they keep no other waiting, however many they are.
const RETRIED: usize = 500;

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
pub async fn set(tx: &WriteTx, who: &Buyer<'_>, ids: &[i64], on: bool, duration: Duration) -> Result<()> {
    let Buyer { customer, site, now } = *who;
    for id in ids {
        let package = change::lock(tx, PackageId(*id)).await?.filter(|package| package.customer == customer);
        let package = package.ok_or_else(|| error::unknown(*id))?;
        if on {
            if let Some(why) = hindrance(tx, site, &package, now).await? {
                return Err(error::refused(*id, &why));
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

/// A refund or a dispute moved a package's expiry; `package` is as it is afterwards. Its renewal moves along; what is over
/// is not bought again.
pub(crate) async fn moved(tx: &WriteTx, package: &Package, now: Timestamp) -> Result<()> {
    if package.expires_at <= now {
        return stop(tx, package).await;
    }
    match queries::lock(tx, package.id).await? {
        Some(setting) => queries::save(tx, &Setting { due_at: due(package), ..setting }, now).await,
        None => Ok(()),
    }
}

/// A package does not renew by itself any more: who takes it away says so in the same transaction.
pub async fn stop(tx: &WriteTx, package: &Package) -> Result<()> {
    if queries::lock(tx, package.id).await?.is_none() {
        return Ok(());
    }
    queries::forget(tx, package.id).await?;
    mark(tx, package, false).await
}

/// What keeps a package from renewing by itself, if anything does.
async fn hindrance(tx: &WriteTx, site: &Site, package: &Package, now: Timestamp) -> Result<Option<Text>> {
    if package.expires_at <= now {
        return Ok(Some(Text::new("已到期", "it is over")));
    }
    let at = Counter { site: site.id, currency: site.currency };
    if package.product.is_static() {
        let none = renewal(tx, at, package, Duration::default()).await?.is_none();
        return Ok(none.then_some(Text::new("没有可用的续费套餐", "no product renews it")));
    }
    let Some(order) = orders::by_trade_no(tx, &package.trade_no).await? else {
        return Ok(Some(Text::new("由运营方发放", "the operator granted it")));
    };
    let product = products::by_id(tx, order.product).await?;
    Ok(match product.map(|product| product.item) {
        Some(item) if item.show_type == 4 => Some(Text::new("试用套餐限购一次", "a trial is had once")),
        Some(item) if !item.withdrawn && item.show_type != 3 && item.sells_for(site.currency) => None,
        _ => Some(Text::new("该套餐已停售", "it is not sold any more")),
    })
}

async fn mark(tx: &WriteTx, package: &Package, on: bool) -> Result<()> {
    change::auto_renew(tx, package.id, on).await?;
    // An address that ended is marked no more; its package still is.
    if package.product.is_static() && (on || !is_gone(tx, package).await?) {
        hold::auto_renew(tx, package.customer, package.id, on).await?;
    }
    Ok(())
}

/// Whether a package stands for an address that it holds no more: nothing renews that.
async fn is_gone(tx: &WriteTx, package: &Package) -> Result<bool> {
    if !package.product.is_static() {
        return Ok(false);
    }
    Ok(hold::by_package(tx, package.id).await?.is_none_or(|held| held.ended))
}

/// What came of renewals, the newest first.
pub async fn logs(tx: &impl Read, customer: CustomerId, page: Page) -> Result<PageOf<Log>> {
    let (total, rows) = queries::logs(tx, customer, page).await?;
    Ok(PageOf { page, total, rows })
}

/// Makes all renewals that are due for the first time, then some of those that failed before; gives back how many. A job
/// runs it.
pub async fn run(state: &State, now: Timestamp) -> Result<usize> {
    let first = sweep(state, false, usize::MAX, now).await?;
    Ok(first + sweep(state, true, RETRIED, now).await?)
}

/// Makes up to about `most` renewals; one that can't even be noted as failed holds up no other.
async fn sweep(state: &State, failed_before: bool, most: usize, now: Timestamp) -> Result<usize> {
    let (mut count, mut after) = (0, (Timestamp(i64::MIN), PackageId(0)));
    while count < most {
        let due = queries::due(&state.store.read().await?, failed_before, after, now, SWEEP).await?;
        let Some(last) = due.last() else { break };
        after = (last.due_at, last.package);
        count += due.len();
        for setting in &due {
            let Err(failed) = retrying(|| renew(state, setting, now)).await else { continue };
            if let Err(fault) = retrying(|| fail(state, setting, &failed, now)).await {
                let package = setting.package.0;
                tracing::error!(package, %fault, cause = ?fault.cause, "a failed renewal can't be put off");
            }
        }
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
    let owner = turnpike_identity::customers::find(&tx, &package.customer.to_string()).await?;
    if owner.disabled {
        return Err(error::disabled());
    }
    let site = state.directory.site(owner.site).ok_or_else(lost)?;
    let at = Counter { site: site.id, currency: site.currency };
    let ask = request(&tx, at, &package, setting.duration).await?.ok_or_else(lost)?;
    let buyer = Buyer { customer: package.customer, site: &site, now };
    let order = orders::flow::create_in(&tx, state, &buyer, &ask).await?;
    move_on(&tx, &package, &setting, &order, now).await?;
    Ok(tx.commit().await?)
}

/// The order that renews a package: for addresses the renewal of their type, else the same purchase again.
async fn request(
    tx: &WriteTx,
    at: Counter,
    package: &Package,
    duration: Duration,
) -> Result<Option<Request>> {
    let order = orders::by_trade_no(tx, &package.trade_no).await?;
    let Some(order) = order.filter(|_| !package.product.is_static()) else {
        return renewal(tx, at, package, duration).await;
    };
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

async fn renewal(
    tx: &WriteTx,
    at: Counter,
    package: &Package,
    duration: Duration,
) -> Result<Option<Request>> {
    let filter =
        Filter { product: Some(ProductType::Renewal), parent: Some(package.product), ..Filter::default() };
    let renews = products::flow::offered(tx, at, &filter).await?;
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

/// Logs a failure. It is tried again while the package runs, and given up when it is over or its address is gone.
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
    if package.expires_at <= now || is_gone(&tx, &package).await? {
        queries::forget(&tx, package.id).await?;
        mark(&tx, &package, false).await?;
    } else {
        queries::postpone(&tx, package.id, now.plus_minutes(AGAIN_MINUTES).min(package.expires_at)).await?;
    }
    Ok(tx.commit().await?)
}
