//! Admission at the port of an extracted endpoint: the source address names the customer, he and the port
//! name the endpoint (contract section 6). Credentials do not count here.

use super::{Answer, PERMIT_SECONDS, caps, customer};
use crate::Inner;
use turnpike_access::{allowlist, blocked_hosts};
use turnpike_base::{Result, Text, Timestamp};
use turnpike_network::endpoints::{self, Leased};
use turnpike_network::pool_of;
use turnpike_store::ReadTx;
use turnpike_wire::{Admission, Endpoint, Permit, Reason, Refusal, Subject};

/// Answers a gateway about a connection to an endpoint's port.
pub(super) async fn admit(
    control: &Inner,
    tx: &ReadTx,
    ask: &Admission,
    now: Timestamp,
) -> Result<Answer<Permit>> {
    let entries = allowlist::entries_of(tx, ask.client).await?;
    let Some(owner) = entries.first().map(|entry| entry.customer) else {
        return Ok(Err(not_allowlisted(ask)));
    };
    if customer(tx, owner).await?.is_none() {
        return Ok(Err(not_allowlisted(ask)));
    }
    let Some(leased) = endpoints::at(tx, owner, ask.dialled.port()).await? else {
        return Ok(Err(no_endpoint(ask)));
    };
    let subject = Subject { customer: owner, account: None, product: leased.product };
    if now >= leased.until {
        return Ok(Err(over().to(subject)));
    }
    match caps(tx, subject, now).await? {
        Ok(caps) => {
            let mut permit = permit(control, ask, leased, subject, now);
            permit.caps = caps;
            permit.blocked_hosts = blocked_hosts::of_customer(tx, owner).await?;
            Ok(Ok(permit))
        }
        Err(refusal) => Ok(Err(refusal.to(subject))),
    }
}

fn permit(control: &Inner, ask: &Admission, leased: Leased, subject: Subject, now: Timestamp) -> Permit {
    let mut endpoint = Endpoint { exit: leased.exit, until: leased.until };
    // Its first exit may have died: where it leaves from since is pinned like any session.
    let session = endpoint.session(ask.dialled.port());
    endpoint.exit = control.pins.held(subject, &session, now).unwrap_or(endpoint.exit);
    Permit {
        subject,
        username: String::new(),
        pool: pool_of(subject.product),
        place: leased.place,
        owned: None,
        endpoint: Some(endpoint),
        caps: None,
        udp: false,
        blocked_hosts: Vec::new(),
        // The port may stand for a new endpoint the moment this one is over.
        valid_until: now.plus_seconds(PERMIT_SECONDS).min(leased.until),
    }
}

fn not_allowlisted(ask: &Admission) -> Refusal {
    let client = ask.client;
    Refusal::new(Reason::NotAllowed).say(Text::made(
        format!("IP {client} 不在白名单中"),
        format!("The address {client} is not in the allowlist"),
    ))
}

fn no_endpoint(ask: &Admission) -> Refusal {
    let (client, port) = (ask.client, ask.dialled.port());
    Refusal::new(Reason::NotAllowed).say(Text::made(
        format!("端口 {port} 上没有属于 {client} 的端点"),
        format!("No endpoint was extracted on port {port} for the owner of {client}"),
    ))
}

fn over() -> Refusal {
    Refusal::new(Reason::NotAllowed)
        .say(Text::new("提取的端点已过期", "The extracted endpoint's life is over"))
}
