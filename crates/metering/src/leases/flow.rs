//! Granting leases, and taking back those that nobody will report on any more.

use super::model::{LeaseRow, NewLease};
use super::queries;
use super::rules::{Room, room, size, tighter};
use crate::Meter;
use turnpike_access::{accounts, packages};
use turnpike_base::{Bytes, PackageId, ProductType, Result, Timestamp};
use turnpike_store::{WriteTx, changes};
use turnpike_wire::{
    Change, GatewayId, Lease, LeaseAnswer, LeaseAsk, LeaseRequest, Reason, Refusal, Revocation, Subject,
};

/// A lease's own time, in seconds. A gateway that dies without a successor gives its leases back by it.
const LEASE_SECONDS: i64 = 60;
/// After its time is over a lease waits so many seconds for the last report before it is taken back.
const GRACE_SECONDS: i64 = 30;
/// How many overdue leases one transaction takes back.
const SWEEP: i64 = 500;

/// Answers the wishes of a gateway in one transaction, in their order.
pub async fn grant(meter: &Meter, request: &LeaseRequest, now: Timestamp) -> Result<Vec<LeaseAnswer>> {
    let tx = meter.store.write().await?;
    // In the order of subjects, so that two gateways lock rows in the same order.
    let mut order: Vec<usize> = (0..request.asks.len()).collect();
    order.sort_by_key(|index| request.asks[*index].subject);
    let mut answers = vec![LeaseAnswer::Later; request.asks.len()];
    for index in order {
        let asker = Asker { meter, tx: &tx, gateway: &request.gateway, start: request.start, now };
        answers[index] = asker.answer(&request.asks[index]).await?;
    }
    tx.commit().await?;
    Ok(answers)
}

struct Asker<'a> {
    meter: &'a Meter,
    tx: &'a WriteTx,
    gateway: &'a GatewayId,
    start: i64,
    now: Timestamp,
}

/// What a package grants to lease from.
struct Source {
    package: Option<PackageId>,
    left: Option<i64>,
    until: Timestamp,
}

/// Why nothing can be leased.
enum No {
    Later,
    Denied(Reason),
}

impl Asker<'_> {
    async fn answer(&self, ask: &LeaseAsk) -> Result<LeaseAnswer> {
        let zone = self.meter.zone(self.tx, ask.subject.customer).await?;
        let day = self.now.day(&zone);
        let limits = match self.account(ask.subject, day).await? {
            Ok(left) => left,
            Err(no) => return self.no(ask.subject, no, true).await,
        };
        let source = match self.source(ask.subject).await? {
            Ok(source) => source,
            Err(no) => return self.no(ask.subject, no, false).await,
        };
        let mut valid_until = source.until.min(self.now.plus_seconds(LEASE_SECONDS));
        if limits.daily {
            valid_until = valid_until.min(self.now.next_midnight(&zone));
        }
        let bytes = size(ask.want.0, tighter(limits.left, source.left));
        let new = NewLease {
            gateway: &self.gateway.0,
            start: self.start,
            subject: ask.subject,
            package: source.package,
            bytes,
            day,
            valid_until,
        };
        let id = queries::insert(self.tx, &new, self.now).await?;
        if let Some(package) = source.package {
            packages::meter::book(self.tx, package, 0, bytes).await?;
        }
        if let Some(account) = ask.subject.account {
            accounts::meter::book(self.tx, account, day, 0, bytes).await?;
        }
        Ok(LeaseAnswer::Granted(Lease { id, package: source.package, bytes: Bytes(bytes), valid_until }))
    }

    /// The room under the account's own limits.
    async fn account(&self, subject: Subject, day: i64) -> Result<Result<Limits, No>> {
        let Some(id) = subject.account else { return Ok(Ok(Limits::default())) };
        let Some(counters) = accounts::meter::lock(self.tx, id, day).await? else {
            return Ok(Err(No::Denied(Reason::AccountDisabled)));
        };
        let whole = room(counters.limit.0, counters.used.0, counters.spoken_for.0);
        let daily = room(counters.daily_limit.0, counters.day_used.0, counters.day_spoken_for.0);
        Ok(match (whole, daily) {
            (Room::Gone, _) => Err(No::Denied(Reason::AccountLimit)),
            (_, Room::Gone) => Err(No::Denied(Reason::DailyLimit)),
            (Room::Free(whole), Room::Free(day)) => {
                Ok(Limits { left: tighter(whole, day), daily: counters.daily_limit > Bytes::ZERO })
            }
            _ => Err(No::Later),
        })
    }

    /// What the product's packages give.
    async fn source(&self, subject: Subject) -> Result<Result<Source, No>> {
        let unbounded = |until| Source { package: None, left: None, until };
        if !subject.product.is_bucket() {
            if subject.product != ProductType::DynamicUnmetered {
                return Ok(Ok(unbounded(Timestamp::FAR)));
            }
            let usable = packages::usable(self.tx, subject.customer, subject.product, self.now).await?;
            let last = usable.iter().map(|package| package.expires_at).max();
            return Ok(last.map(unbounded).ok_or(No::Denied(Reason::PackageEmpty)));
        }
        let usable =
            packages::meter::lock_usable(self.tx, subject.customer, subject.product, self.now).await?;
        let free = |p: &&packages::Package| p.used + p.reserved < p.total;
        Ok(match usable.iter().find(free) {
            Some(p) => Ok(Source {
                package: Some(p.id),
                left: Some(p.total - p.used - p.reserved),
                until: p.expires_at,
            }),
            None if usable.is_empty() => Err(No::Denied(Reason::PackageEmpty)),
            None => Err(No::Later),
        })
    }

    /// Says no. Where others hold what is left, they are asked to give it back.
    async fn no(&self, subject: Subject, no: No, account: bool) -> Result<LeaseAnswer> {
        match no {
            No::Denied(reason) => Ok(LeaseAnswer::Denied(Refusal::new(reason).to(subject))),
            No::Later if !self.meter.may_recall(subject, self.now) => Ok(LeaseAnswer::Later),
            No::Later => {
                let recall = match subject.account {
                    Some(id) if account => Change::Account { account: id, running: Revocation::Renew },
                    _ => Change::Package { customer: subject.customer, product: subject.product },
                };
                changes::tell_once(self.tx, &recall, self.now).await?;
                Ok(LeaseAnswer::Later)
            }
        }
    }
}

#[derive(Default)]
struct Limits {
    left: Option<i64>,
    daily: bool,
}

/// Closes the leases of a gateway's earlier lives: nobody will spend them any more.
pub async fn close_earlier_lives(
    meter: &Meter,
    gateway: &GatewayId,
    start: i64,
    now: Timestamp,
) -> Result<usize> {
    let tx = meter.store.write().await?;
    let left = queries::of_earlier_lives(&tx, &gateway.0, start).await?;
    for lease in &left {
        settle(&tx, lease, 0, lease.day, true, now).await?;
    }
    tx.commit().await?;
    Ok(left.len())
}

/// Takes back leases whose time is over and whose last report did not come; gives back how many.
pub async fn sweep(meter: &Meter, now: Timestamp) -> Result<usize> {
    let tx = meter.store.write().await?;
    let left = queries::overdue(&tx, now.plus_seconds(-GRACE_SECONDS), SWEEP).await?;
    for lease in &left {
        settle(&tx, lease, 0, lease.day, true, now).await?;
    }
    tx.commit().await?;
    Ok(left.len())
}

/// Books bytes spent of a lease at its package and account, and what is no longer reserved. Bytes beyond
/// a lease moved too, so they are booked; `day` is the customer's day they moved on.
pub(crate) async fn settle(
    tx: &WriteTx,
    lease: &LeaseRow,
    spent: i64,
    day: i64,
    close: bool,
    now: Timestamp,
) -> Result<()> {
    let outstanding = lease.outstanding();
    let freed = if close { outstanding } else { spent.min(outstanding) };
    queries::spend(tx, lease.id, spent, close, now).await?;
    if let Some(package) = lease.package {
        packages::meter::book(tx, package, spent, -freed).await?;
    }
    if let Some(account) = lease.account {
        if lease.day == day {
            accounts::meter::book(tx, account, day, spent, -freed).await?;
        } else {
            accounts::meter::book(tx, account, lease.day, 0, -freed).await?;
            accounts::meter::book(tx, account, day, spent, 0).await?;
        }
    }
    Ok(())
}
