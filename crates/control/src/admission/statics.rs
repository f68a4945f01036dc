//! Which of a customer's static addresses a connection may leave from, and why none (contract sections 6, 9).

use super::Answer;
use turnpike_base::{Result, Text, Timestamp};
use turnpike_network::statics::{self, Stand};
use turnpike_store::ReadTx;
use turnpike_wire::{Admission, OwnedExit, PlaceFilter, Reason, Refusal, Subject};

/// The addresses that the username, or the address that was dialled, picks; `None` for products that rotate
/// over a pool.
pub(super) async fn owned(
    tx: &ReadTx,
    ask: &Admission,
    subject: Subject,
    place: &PlaceFilter,
    now: Timestamp,
) -> Result<Answer<Option<Vec<OwnedExit>>>> {
    let dialled = dialled(tx, ask).await?;
    if !subject.product.is_static() {
        // Who dials a static address wants that one: another way out would be a surprise.
        return Ok(if dialled.is_some() { Err(not_yours()) } else { Ok(None) });
    }
    let all = statics::hold::owned(tx, subject.customer, subject.product, now).await?;
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
    let Some(ip) = ip else {
        return Ok(Err(if all.is_empty() { Reason::PackageEmpty } else { Reason::NoExit }.into()));
    };
    Ok(Err(match statics::hold::stand(tx, subject.customer, subject.product, ip, now).await? {
        Stand::Held => Reason::NoExit.into(),
        Stand::Maintained => Refusal::new(Reason::NoExit)
            .say(Text::new("该静态 IP 正在维护", "The static address is under maintenance")),
        Stand::Expired => Refusal::new(Reason::PackageEmpty)
            .say(Text::new("该静态 IP 已到期", "The static address expired")),
        Stand::Foreign => not_yours(),
    }))
}

/// The address that was dialled, if it is one of the stock.
async fn dialled(tx: &ReadTx, ask: &Admission) -> Result<Option<String>> {
    let address = ask.dialled.ip().to_canonical().to_string();
    Ok(statics::stock::is_known(tx, &address).await?.then_some(address))
}

fn not_yours() -> Refusal {
    Refusal::new(Reason::NotAllowed)
        .say(Text::new("该静态 IP 不属于此账号", "The static address is not one that this account may use"))
}
