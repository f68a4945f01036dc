//! Changes: what control tells is taken in within milliseconds. First shared state, then each loop cuts
//! the connections that are concerned.

use crate::budget::Budget;
use crate::conn::Conn;
use crate::destination::Rules;
use crate::exits::{Index, probe};
use crate::lease::funded;
use crate::serve::LoopHandle;
use crate::sessions;
use crate::shared::Shared;
use crate::statics;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use turnpike_base::{CustomerId, ProductType};
use turnpike_wire::{
    Caps, Change, ChangeFeed, ExitStatus, Hello, Numbered, Proven, Reason, Refusal, Revocation, Subject,
    Welcome,
};

/// How long to wait before control is asked again.
const RETRY: Duration = Duration::from_millis(200);

/// Follows the changes for ever.
pub(crate) async fn follow(
    shared: Arc<Shared>,
    loops: Arc<Vec<LoopHandle>>,
    mut feed: ChangeFeed,
    mut seq: i64,
) {
    loop {
        match feed.recv().await {
            Ok(numbered) if numbered.seq <= seq => {}
            Ok(numbered) if numbered.seq == seq + 1 => {
                seq = numbered.seq;
                take_in(&shared, &loops, numbered);
            }
            Ok(_) | Err(RecvError::Lagged(_)) => seq = catch_up(&shared, &loops).await,
            Err(RecvError::Closed) => return,
        }
    }
}

/// Something was missed: everything kept is dropped and read anew, as soon as control answers.
async fn catch_up(shared: &Arc<Shared>, loops: &[LoopHandle]) -> i64 {
    let seq = read_anew(shared, loops).await;
    tracing::warn!(seq, "changes were missed; permits and leases are asked for anew");
    shared.changes_seen.fetch_add(1, Ordering::AcqRel);
    shared.permits.clear();
    // Once more: who looked in between may have found a permit that was about to go.
    shared.changes_seen.fetch_add(1, Ordering::AcqRel);
    shared.budgets(|_| true).iter().for_each(|b| b.give_all_back());
    seq
}

/// Says hello again, until control answers, and takes in what it says.
async fn read_anew(shared: &Arc<Shared>, loops: &[LoopHandle]) -> i64 {
    let hello = || Hello { gateway: shared.config.id.clone(), start: shared.config.start };
    let welcome = loop {
        match shared.control.hello(hello()).await {
            Ok(welcome) => break welcome,
            Err(away) => {
                tracing::warn!(%away, "changes can't be read");
                tokio::time::sleep(RETRY).await;
            }
        }
    };
    let seq = welcome.seq;
    for change in welcomed(shared, welcome) {
        if let Change::ExitGone(exit) = &change {
            statics::forget(shared, loops, *exit);
        }
        let numbered = Arc::new(Numbered { seq, change });
        loops.iter().for_each(|l| l.tell(Arc::clone(&numbered)));
    }
    statics::open_all(shared, loops);
    // Who dials meanwhile looks at the rules again; what runs already ends where they close it.
    shared.changes_seen.fetch_add(1, Ordering::AcqRel);
    loops.iter().for_each(LoopHandle::heed_rules);
    seq
}

/// Takes in what control says at the start; gives what became of exits that are known here.
pub(crate) fn welcomed(shared: &Shared, welcome: Welcome) -> Vec<Change> {
    shared.rules.store(Arc::new(Rules { hosts: welcome.denied_hosts, ports: welcome.denied_ports }));
    let mut index = shared.exits_mut();
    if index.is_empty() {
        *index = Index::of(welcome.exits);
        for Proven { exit, latency_us } in welcome.proven {
            index.get(exit).into_iter().for_each(|exit| exit.remember(latency_us));
        }
        return Vec::new();
    }
    let present: HashSet<_> = welcome.exits.iter().map(|exit| exit.id).collect();
    let gone: Vec<_> = index.all().map(|e| e.record.id).filter(|id| !present.contains(id)).collect();
    gone.iter().for_each(|id| index.remove(*id));
    let mut changes: Vec<_> = gone.into_iter().map(Change::ExitGone).collect();
    for exit in welcome.exits {
        if let Some(known) = index.get(exit.id) {
            if known.record == exit {
                continue;
            }
            changes.push(Change::Exit(Box::new(exit.clone())));
        } else {
            shared.joined.add(exit.id);
        }
        index.put(exit);
    }
    changes
}

/// The caps that a customer's running connections stand under are asked for anew.
fn renew_caps(shared: &Arc<Shared>, customer: CustomerId, product: ProductType) {
    let Some(caps) = shared.running_caps(customer, product) else { return };
    let Some(ask) = caps.ask() else { return };
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        match crate::admit::ask_control(&shared, &ask).await {
            Ok(permit) if permit.subject.product != product => {}
            Ok(permit) => caps.set(permit.caps.unwrap_or(Caps { bandwidth: None, concurrency: None })),
            // What can't be used any more ends with its leases.
            Err(refusal) => tracing::debug!(%refusal, "caps stay as they are"),
        }
    });
}

fn take_in(shared: &Arc<Shared>, loops: &Arc<Vec<LoopHandle>>, numbered: Arc<Numbered>) {
    // Before anything is dropped: an admission that runs meanwhile sees that the world moved on.
    shared.changes_seen.fetch_add(1, Ordering::AcqRel);
    let subjects = |named: &dyn Fn(&Subject) -> bool| {
        shared.permits.drop_where(|permit| named(&permit.subject));
        let named = shared.budgets(named);
        named.iter().for_each(|budget| budget.give_all_back());
        // The map and this list hold a budget; whoever else does is a running connection.
        let running = named.into_iter().filter(|budget| Arc::strong_count(budget) > 2);
        running.for_each(|budget| fund_again(shared, loops, budget));
    };
    match &numbered.change {
        Change::Account { account, .. } => subjects(&|s| s.account == Some(*account)),
        Change::Address { customer, .. } => subjects(&|s| s.customer == *customer && s.account.is_none()),
        Change::Customer { customer, .. } | Change::Holding { customer, .. } => {
            subjects(&|s| s.customer == *customer)
        }
        Change::Package { customer, product } => {
            subjects(&|s| s.customer == *customer && s.product == *product);
            renew_caps(shared, *customer, *product);
        }
        Change::Blocked { customer, .. } => {
            shared.permits.drop_where(|permit| permit.subject.customer == *customer);
        }
        Change::PlaceNames => shared.permits.clear(),
        Change::Exit(record) => {
            let known = shared.exits().get(record.id);
            shared.exits_mut().put((**record).clone());
            if known.is_none_or(|known| known.record.kind != record.kind) {
                shared.joined.add(record.id);
            }
            statics::follow(shared, loops, record);
        }
        Change::ExitGone(exit) => {
            shared.exits_mut().remove(*exit);
            statics::forget(shared, loops, *exit);
        }
        Change::SessionEnded { customer, account, session } => {
            shared.sessions.end(|s| s.customer == *customer && s.account == Some(*account), session);
        }
        Change::Probe(exit) => {
            let (shared, exit) = (Arc::clone(shared), *exit);
            tokio::spawn(async move {
                if let Some(seen) = probe(Arc::clone(&shared), exit).await {
                    let _ = shared.control.health(vec![seen]).await;
                }
            });
        }
        Change::Rules => {
            let (shared, loops) = (Arc::clone(shared), Arc::clone(loops));
            tokio::spawn(async move { read_anew(&shared, &loops).await });
        }
    }
    // Once more: who looked in between may have found a permit that was about to go.
    shared.changes_seen.fetch_add(1, Ordering::AcqRel);
    loops.iter().for_each(|l| l.tell(Arc::clone(&numbered)));
}

/// Asks anew for what running connections may spend. Where nothing is left they end now, those too that
/// move nothing and would not notice.
fn fund_again(shared: &Arc<Shared>, loops: &Arc<Vec<LoopHandle>>, budget: Arc<Budget>) {
    let (shared, loops) = (Arc::clone(shared), Arc::clone(loops));
    tokio::spawn(async move {
        if let Err(refusal) = funded(&shared, &budget).await
            && refusal.reason != Reason::ControlAway
        {
            loops.iter().for_each(|l| l.broke(budget.subject, refusal.clone()));
        }
    });
}

/// Whether a running connection ends with this change, why and how.
pub(crate) fn verdict(change: &Change, conn: &Conn) -> Option<(Refusal, Revocation)> {
    let subject = &conn.permit.subject;
    let (concerned, running, reason) = match change {
        Change::Account { account, running } => {
            (subject.account == Some(*account), *running, Reason::AccountDisabled)
        }
        Change::Address { customer, client, running } => {
            let named = subject.customer == *customer && subject.account.is_none() && conn.client == *client;
            (named, *running, Reason::NotAllowed)
        }
        Change::Customer { customer, running } => {
            (subject.customer == *customer, *running, Reason::AccountDisabled)
        }
        Change::Holding { customer, exit, running } => {
            (subject.customer == *customer && conn.exit.record.id == *exit, *running, Reason::PackageEmpty)
        }
        Change::Blocked { customer, hosts } => {
            let blocked = subject.customer == *customer && conn.leads_to(hosts);
            (blocked, Revocation::Close, Reason::DestinationDenied)
        }
        Change::Exit(record) => {
            let stays = record.status != ExitStatus::Disabled && sessions::may_go_on(&conn.permit, record);
            (conn.exit.record.id == record.id && !stays, Revocation::Reset, Reason::ExitFailed)
        }
        Change::ExitGone(exit) => (conn.exit.record.id == *exit, Revocation::Reset, Reason::ExitFailed),
        Change::Package { .. }
        | Change::SessionEnded { .. }
        | Change::PlaceNames
        | Change::Probe(_)
        | Change::Rules => return None,
    };
    (concerned && running != Revocation::Renew).then(|| (Refusal::new(reason), running))
}
