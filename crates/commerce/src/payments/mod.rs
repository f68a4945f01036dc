//! Payment methods, as orders need them: the balance.

use crate::State;
use crate::ledger::{self, Account, Kind, Posting};
use crate::orders::Order;
use turnpike_base::{Fault, Money, Result, Text, Timestamp};
use turnpike_store::{Read, WriteTx};
use turnpike_web::Site;

/// The method that pays from the balance.
pub const BALANCE: i64 = 7;

/// A way to pay.
#[derive(Clone, Debug)]
pub struct Method {
    /// What `pm_id` takes.
    pub id: i64,
    /// Its name.
    pub title: Text,
    /// Its picture.
    pub logo: String,
    /// Basis points of the goods fee.
    pub handling_rate: i64,
    /// On top.
    pub handling_fee: Money,
    /// The smallest payment.
    pub min: Money,
    /// The largest payment; 0: any.
    pub max: Money,
}

impl Method {
    /// Whether it pays from the balance.
    pub const fn is_balance(&self) -> bool {
        self.id == BALANCE
    }
}

/// The methods of a site.
pub async fn methods(_: &impl Read, _: &State, _: &Site) -> Result<Vec<Method>> {
    let (title, logo) = (Text::new("余额", "Balance"), String::new());
    let zero = Money::ZERO;
    Ok(vec![Method { id: BALANCE, title, logo, handling_rate: 0, handling_fee: zero, min: zero, max: zero }])
}

/// The method with this id. Fails naming `pm_id`.
pub async fn method(tx: &impl Read, state: &State, site: &Site, id: i64) -> Result<Method> {
    let found = methods(tx, state, site).await?.into_iter().find(|method| method.id == id);
    found.ok_or_else(|| {
        Fault::parameter("pm_id", Text::new("支付方式不存在", "is no payment method of this site"))
    })
}

/// Pays money of an order back the way it came.
pub async fn pay_back(
    tx: &WriteTx,
    _: &State,
    order: &Order,
    from: &[(Account, Money)],
    now: Timestamp,
) -> Result<()> {
    let sum: i64 = from.iter().map(|(_, amount)| amount.0).sum();
    let lines = [from, &[(Account::Balance(order.customer), Money(-sum))]].concat();
    let posting = Posting {
        site: order.site,
        customer: order.customer,
        kind: Kind::Refund,
        trade_no: &order.trade_no,
        memo: &order.title.en,
        lines: &lines,
        overdraw: false,
    };
    ledger::post(tx, &posting, now).await
}

/// An order was closed: nothing can be paid for it at a provider any more.
pub async fn order_closed(_: &WriteTx, _: &Order, _: Timestamp) -> Result<()> {
    Ok(())
}
