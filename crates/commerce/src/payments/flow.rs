//! Paying: choose a method, begin at its provider, book what came.

use super::driver::{About, Driver, Page, Receipt};
use super::model::{Attempt, Method, Payment};
use super::{BALANCE, error, jobs, methods, queries, unmatched};
use crate::orders::{self, Order, Paid, Settled, Status};
use crate::{State, ledger};
use turnpike_base::{CustomerId, Fault, Lang, Money, ProductType, Result, Timestamp};
use turnpike_store::{WriteTx, is_duplicate, retrying};
use turnpike_web::Site;

/// A page that is younger is shown again; an older one may end under the customer's hands.
const PAGE_MINUTES: i64 = 25;
/// The first question about an open payment, after so many seconds.
const FIRST_POLL: i64 = 30;

/// Who pays, when, and how he wants to be told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Payer<'a> {
    pub(super) customer: CustomerId,
    pub(super) site: &'a Site,
    pub(super) lang: Lang,
    pub(super) now: Timestamp,
    /// Where this installation is for him, without a slash at the end.
    pub(super) base_url: &'a str,
}

/// An order, how it is paid, and what has begun.
#[derive(Debug)]
pub(super) struct Begun {
    pub(super) order: Order,
    pub(super) method: Option<Method>,
    pub(super) payment: Option<Payment>,
}

/// The customer's order with this number, locked.
async fn mine(tx: &WriteTx, customer: CustomerId, trade_no: &str) -> Result<Order> {
    let order = orders::lock(tx, trade_no).await?.filter(|order| order.customer == customer);
    order.ok_or_else(|| error::unknown_order(trade_no))
}

/// Fixes the method that is asked for, or keeps the order's own.
async fn choose(
    tx: &WriteTx,
    state: &State,
    payer: &Payer<'_>,
    order: Order,
    pm_id: Option<i64>,
) -> Result<(Order, Method)> {
    let id = pm_id.filter(|id| *id != 0).unwrap_or(order.pm_id);
    if id == 0 {
        return Err(error::no_method());
    }
    let method = methods::method_of(tx, state, payer.site, id).await?;
    let order = if order.pm_id == id && order.status == Status::Unpaid {
        order
    } else {
        orders::flow::choose_method(tx, &order, &method).await?
    };
    Ok((order, method))
}

/// What paying by a method would cost: nothing is kept of it.
pub(super) async fn preview(
    state: &State,
    payer: &Payer<'_>,
    trade_no: &str,
    pm_id: Option<i64>,
) -> Result<Begun> {
    retrying(|| preview_once(state, payer, trade_no, pm_id)).await
}

async fn preview_once(state: &State, payer: &Payer<'_>, trade_no: &str, pm_id: Option<i64>) -> Result<Begun> {
    let tx = state.store.write().await?;
    let order = mine(&tx, payer.customer, trade_no).await?;
    let unchosen = order.pm_id == 0 && pm_id.is_none_or(|id| id == 0);
    if order.status != Status::Unpaid || unchosen {
        return Ok(Begun { order, method: None, payment: None });
    }
    let (order, method) = choose(&tx, state, payer, order, pm_id).await?;
    Ok(Begun { order, method: Some(method), payment: None })
}

/// Pays an order: from the balance at once, else by beginning at the method's provider. An order that is
/// paid already is answered as such, so that an impatient second call does no harm.
pub(super) async fn pay(
    state: &State,
    payer: &Payer<'_>,
    trade_no: &str,
    pm_id: Option<i64>,
) -> Result<Begun> {
    let begun = retrying(|| begin(state, payer, trade_no, pm_id)).await?;
    open_page(state, begun).await
}

async fn begin(state: &State, payer: &Payer<'_>, trade_no: &str, pm_id: Option<i64>) -> Result<Begun> {
    let now = payer.now;
    let tx = state.store.write().await?;
    let order = mine(&tx, payer.customer, trade_no).await?;
    if order.status == Status::Paid {
        return Ok(Begun { order, method: None, payment: None });
    }
    let (order, method) = choose(&tx, state, payer, order, pm_id).await?;
    let begun = if method.is_balance() {
        let paid = Paid { amount: order.missing(), pm_id: BALANCE, reference: String::new() };
        orders::flow::settle(&tx, state, &order, &paid, now).await?;
        let order = orders::lock(&tx, trade_no).await?.ok_or_else(|| error::unknown_order(trade_no))?;
        // Nobody is to pay it again on a page that is still open.
        jobs::order_closed(&tx, &order, now).await?;
        Begun { order, method: Some(method), payment: None }
    } else {
        let payment = attempt(&tx, state, payer, &order, &method).await?;
        Begun { order, method: Some(method), payment: Some(payment) }
    };
    tx.commit().await?;
    Ok(begun)
}

/// The attempt that is under way for the same amount, or a new one. One whose page nobody knows, because the provider did
/// not answer, is left to the poller when it can't begin any more: should it be paid after all, the money is found.
async fn attempt(
    tx: &WriteTx,
    state: &State,
    payer: &Payer<'_>,
    order: &Order,
    method: &Method,
) -> Result<Payment> {
    let now = payer.now;
    let driver = state.payments.driver(method.id);
    let fresh = now.plus_minutes(-PAGE_MINUTES);
    let begins =
        |p: &Payment| p.page_url.is_some() || driver.as_ref().is_none_or(|driver| driver.can_start(p, now));
    let fits = |p: &Payment| {
        p.pm_id == method.id && p.amount == order.missing() && p.created_at > fresh && begins(p)
    };
    if let Some(payment) = queries::payable_of(tx, &order.trade_no).await?.into_iter().find(fits) {
        return Ok(payment);
    }
    let return_url = format!("{}/pay/return", payer.base_url);
    let title = order.title.get(payer.lang);
    let new = Attempt { pm_id: method.id, amount: order.missing(), title, return_url: &return_url };
    let payment = queries::insert(tx, order, &new, now).await?;
    if driver.is_some_and(|driver| driver.has_provider()) {
        jobs::plan(tx, jobs::POLL, payment.id, now.plus_seconds(FIRST_POLL), now).await?;
    }
    Ok(payment)
}

/// Asks the provider for a page, outside of any transaction. A twin gets the same page: the provider knows
/// the attempt by its key.
async fn open_page(state: &State, begun: Begun) -> Result<Begun> {
    let Some(payment) = &begun.payment else { return Ok(begun) };
    let driver = state.payments.driver(payment.pm_id);
    let Some(driver) = driver.filter(|_| payment.page_url.is_none()) else { return Ok(begun) };
    let Some(page) = driver.start(payment).await? else { return Ok(begun) };
    let payment = keep_page(state, payment, page).await?;
    Ok(Begun { payment: Some(payment), ..begun })
}

/// Writes down where an attempt is paid.
pub(super) async fn keep_page(state: &State, payment: &Payment, page: Page) -> Result<Payment> {
    retrying(|| async {
        let tx = state.store.write().await?;
        queries::set_page(&tx, payment.id, &page).await?;
        Ok(tx.commit().await?)
    })
    .await?;
    Ok(Payment { session: Some(page.session), page_url: Some(page.url), ..payment.clone() })
}

/// Books what came for an attempt, once: whoever learns of it first (a notice, a repeat of it, the poller,
/// the operator) books it, the others see that it is done. The word tells what became of the order.
pub(super) async fn book(
    tx: &WriteTx,
    state: &State,
    payment: &Payment,
    receipt: &Receipt,
    now: Timestamp,
) -> Result<&'static str> {
    let order = orders::lock(tx, &payment.trade_no).await?;
    let order = order.ok_or_else(|| Fault::internal("payment_without_order", payment.trade_no.clone()))?;
    let Some(payment) = queries::lock_payment(tx, payment.id).await?.filter(Payment::is_unbooked) else {
        return Ok("again");
    };
    if receipt.currency != payment.currency {
        unmatched::keep(tx, &payment, receipt, now).await?;
        return Ok("currency");
    }
    let order = orders::flow::paid_by(tx, order, payment.pm_id, payment.amount).await?;
    let paid = Paid { amount: receipt.amount, pm_id: payment.pm_id, reference: receipt.intent.clone() };
    let (outcome, beside) = match orders::flow::settle(tx, state, &order, &paid, now).await? {
        Settled::Paid => ("paid", Money::ZERO),
        Settled::Short { .. } => ("short", Money::ZERO),
        Settled::Over { surplus } => ("over", surplus),
        Settled::Late => ("late", receipt.amount),
    };
    let beside = beside.0.saturating_add(unneeded(tx, &order, outcome).await?.0);
    queries::set_paid(tx, payment.id, receipt, (outcome, receipt.amount.min(Money(beside))), now).await?;
    if matches!(outcome, "paid" | "over") {
        jobs::order_closed(tx, &order, now).await?;
    }
    Ok(outcome)
}

/// What of a rest completed nothing, because the whole order was there already: it is on the balance.
async fn unneeded(tx: &WriteTx, order: &Order, outcome: &str) -> Result<Money> {
    if order.product_type != ProductType::Supplement || !matches!(outcome, "paid" | "over") {
        return Ok(Money::ZERO);
    }
    Ok(ledger::queries::returned(tx, order.customer, &order.trade_no).await?)
}

/// What the operator saw come for an order, on the bank's account for instance. Without an amount: what the order waits for.
#[derive(Clone, Debug)]
pub struct Seen<'a> {
    /// The order.
    pub trade_no: &'a str,
    /// What came.
    pub amount: Option<Money>,
    /// The bank's number of the transfer; the same one is booked once.
    pub reference: &'a str,
}

/// Books what the operator saw, by a method that he confirms. Fails with `order_unknown`, `transfer_booked`, and
/// `order_not_unpaid` where the order waits for nothing and no amount is said.
pub async fn confirm(state: &State, seen: &Seen<'_>, now: Timestamp) -> Result<(Order, &'static str)> {
    let confirmed = retrying(|| confirm_once(state, seen, now)).await;
    // Of two who book it at once the index keeps the second out.
    confirmed
        .map_err(|fault| if is_duplicate(&fault) { error::booked_already(seen.reference) } else { fault })
}

/// A method, if an operator confirms what comes by it.
fn confirmed(state: &State, pm_id: i64) -> Option<&'static About> {
    state
        .payments
        .driver(pm_id)
        .filter(|driver| driver.is_confirmed_by_operator())
        .map(|driver| driver.about())
}

async fn confirm_once(state: &State, seen: &Seen<'_>, now: Timestamp) -> Result<(Order, &'static str)> {
    let tx = state.store.write().await?;
    let order = orders::lock(&tx, seen.trade_no).await?.ok_or_else(|| error::unknown_order(seen.trade_no))?;
    let open = queries::open_of(&tx, seen.trade_no).await?;
    let mut open: Vec<Payment> = open.into_iter().filter(|p| confirmed(state, p.pm_id).is_some()).collect();
    let asked = open.iter().position(|p| seen.amount == Some(p.amount)).unwrap_or(0);
    let open = (asked < open.len()).then(|| open.swap_remove(asked));
    let about =
        open.as_ref().and_then(|p| confirmed(state, p.pm_id)).or_else(|| confirmed(state, order.pm_id));
    let about = about.or_else(|| state.payments.by_operator().map(Driver::about));
    let about = about.ok_or_else(|| error::unknown_method(order.pm_id))?;
    // A transfer is one of the bank's, whichever order it is booked on.
    let intent = format!("{}:{}:{}", about.slug, order.site.0, seen.reference);
    if queries::by_intent(&tx, &intent).await?.is_some() {
        return Err(error::booked_already(seen.reference));
    }
    let amount = match seen.amount {
        Some(amount) if amount > Money::ZERO => amount,
        None if order.status == Status::Unpaid => {
            // What the transfer's customer was told, whatever he looked at since; who has paid a part owes the rest.
            let told = open.as_ref().filter(|_| order.received == Money::ZERO).map(|p| p.amount);
            told.unwrap_or(order.missing())
        }
        _ => return Err(orders::error::not_unpaid(seen.trade_no)),
    };
    let payment = match open {
        Some(payment) => payment,
        None => {
            let asked = if order.status == Status::Unpaid { order.missing() } else { amount };
            let new = Attempt { pm_id: about.id, amount: asked, title: "", return_url: "" };
            queries::insert(&tx, &order, &new, now).await?
        }
    };
    let currency = order.currency.code().to_owned();
    let outcome = book(&tx, state, &payment, &Receipt { intent, amount, currency }, now).await?;
    let order = orders::lock(&tx, seen.trade_no).await?.ok_or_else(|| error::unknown_order(seen.trade_no))?;
    tx.commit().await?;
    Ok((order, outcome))
}
