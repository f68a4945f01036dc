//! Which of a customer's static addresses a connection may leave from, and why none (contract sections 6, 9).

use super::Answer;
use crate::Inner;
use turnpike_base::{Result, Text, Timestamp};
use turnpike_network::statics::{self, Owned, Stand};
use turnpike_store::ReadTx;
use turnpike_wire::{Admission, OwnedExit, PlaceFilter, Reason, Refusal, Subject};

/// The addresses that the username, or the address that was dialled, picks; `None` for products that rotate
/// over a pool: to them an address of the stock is the common entry like any other that is listened on, and may
/// be the only one that the machine has.
pub(super) async fn owned(
    control: &Inner,
    tx: &ReadTx,
    ask: &Admission,
    subject: Subject,
    place: &PlaceFilter,
    now: Timestamp,
) -> Result<Answer<Option<Vec<OwnedExit>>>> {
    if !subject.product.is_static() {
        return Ok(Ok(None));
    }
    let all = statics::hold::owned(tx, subject.customer, subject.product, now).await?;
    let dialled = dialled(control, tx, ask, &all).await?;
    let ip = match (ask.targeting.ip.as_deref(), dialled.as_deref()) {
        (Some(named), Some(dialled)) if !all.iter().any(|one| one.is(named) && one.is(dialled)) => {
            return Ok(Err(not_yours()));
        }
        (named, dialled) => named.or(dialled),
    };
    let picked = statics::rules::matching(&all, place, ip);
    if !picked.is_empty() {
        return Ok(Ok(Some(picked)));
    }
    let Subject { customer, product, .. } = subject;
    let Some(ip) = ip else {
        // What he paid for he has, and need not buy again.
        let waits = all.is_empty() && statics::hold::is_maintained(tx, customer, product, now).await?;
        return Ok(Err(match (waits, all.is_empty()) {
            (true, _) => maintained(),
            (false, true) => Reason::PackageEmpty.into(),
            (false, false) => Reason::NoExit.into(),
        }));
    };
    Ok(Err(match statics::hold::stand(tx, customer, product, ip, now).await? {
        Stand::Held => Reason::NoExit.into(),
        Stand::Maintained => maintained(),
        Stand::Expired => Refusal::new(Reason::PackageEmpty)
            .say(Text::new("该静态 IP 已到期", "The static address expired")),
        Stand::Foreign => not_yours(),
    }))
}

/// The address that was dialled, if it is one of the stock. The entry's own address is one only to who holds it:
/// everybody else dials the common entry there.
async fn dialled(control: &Inner, tx: &ReadTx, ask: &Admission, all: &[Owned]) -> Result<Option<String>> {
    let ip = ask.dialled.ip().to_canonical();
    let address = ip.to_string();
    if control.network.entry().addresses.contains(&ip) {
        return Ok(all.iter().any(|one| one.is(&address)).then_some(address));
    }
    Ok(statics::stock::is_known(tx, &address).await?.then_some(address))
}

fn maintained() -> Refusal {
    Refusal::new(Reason::NoExit)
        .say(Text::new("该静态 IP 正在维护", "The static address is under maintenance"))
}

fn not_yours() -> Refusal {
    Refusal::new(Reason::NotAllowed)
        .say(Text::new("该静态 IP 不属于此账号", "The static address is not one that this account may use"))
}
