//! The other half of the daily comparison: what a provider lists by itself, and is not booked here. Read in pieces, each
//! outside of transactions; where it is broken off, it goes on later.

use super::driver::{Driver, Ended, List, Listed, Wanted};
use super::reconcile::{Reconciliation, told};
use super::records;
use crate::State;
use turnpike_base::{Code, Money, Result};

/// Disputes of so many days are compared: banks take their time to decide them.
const DISPUTE_DAYS: i64 = 90;
/// What is younger, in minutes, may be on its way here still: its notice, or the question that finds it.
const ON_ITS_WAY_MINUTES: i64 = 60;

/// Where in the lists a comparison stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    list: List,
    /// The last row that was read.
    after: Option<String>,
}

impl Place {
    /// Before everything.
    pub(super) const START: Self = Self { list: List::Payments, after: None };

    const fn of(list: List) -> Self {
        Self { list, after: None }
    }

    /// As it is kept; nothing where all was read.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (list, after) = text.split_once(':').unwrap_or((text, ""));
        let list = List::ALL.into_iter().find(|one| one.name() == list)?;
        Some(Self { list, after: Some(after.to_owned()).filter(|after| !after.is_empty()) })
    }

    pub(super) fn text(place: Option<&Self>) -> String {
        place.map_or_else(String::new, |place| {
            let after = place.after.as_deref().map_or_else(String::new, |after| format!(":{after}"));
            format!("{}{after}", place.list.name())
        })
    }

    fn next(&self) -> Option<Self> {
        match self.list {
            List::Payments => Some(Self::of(List::Refunds)),
            List::Refunds => Some(Self::of(List::Disputes)),
            List::Disputes => None,
        }
    }
}

/// Reads the lists from where the comparison stands; what is listed there and not booked here is a difference. It ends with no
/// place, or at the one where the provider was away.
pub(super) async fn read(state: &State, driver: &dyn Driver, found: &mut Reconciliation) -> Result<()> {
    while let Some(place) = found.place.clone() {
        found.place = match driver.list(&wanted(&place, found)).await {
            Ok(piece) => {
                found.listed += i64::try_from(piece.rows.len()).unwrap_or(0);
                found.differences.extend(judge(state, &piece.rows).await?);
                piece
                    .next
                    .map(|after| Place { list: place.list, after: Some(after) })
                    .or_else(|| place.next())
            }
            Err(fault) if fault.code == Code::Unavailable => {
                tracing::warn!(%fault, cause = ?fault.cause, "a comparison is broken off, and goes on later");
                return Ok(());
            }
            Err(fault) => {
                let told = told(&fault);
                found.differences.push(format!("list_untold: {}: {told}", place.list.name()));
                place.next()
            }
        };
    }
    Ok(())
}

fn wanted(place: &Place, found: &Reconciliation) -> Wanted {
    let since = match place.list {
        List::Disputes => found.since.min(found.at.plus_days(-DISPUTE_DAYS)),
        List::Payments | List::Refunds => found.since,
    };
    let before = found.at.plus_minutes(-ON_ITS_WAY_MINUTES);
    Wanted { list: place.list, since, before, after: place.after.clone() }
}

/// A piece of a list against the books as of one moment.
async fn judge(state: &State, rows: &[Listed]) -> Result<Vec<String>> {
    let tx = state.store.read().await?;
    let mut found = Vec::new();
    for row in rows {
        found.extend(match row {
            Listed::Payment { intent, trade_no, amount, currency } => {
                let known = records::brought(&tx, intent).await?.is_some();
                (!known).then(|| {
                    format!("payment_unbooked: {intent} for order {trade_no}: {amount} {currency} there, not booked here")
                })
            }
            Listed::Refund { refund, intent, amount, made } => {
                let theirs = Told { name: refund, amount: *amount, stands: if *made { "made" } else { "failed" } };
                let ours = records::booked_refund(&tx, refund).await?;
                let for_order = records::brought(&tx, intent).await?;
                // A refund that came to nothing and that nobody here made is none.
                if ours.is_none() && !made { None } else { theirs.differs("refund", for_order, ours) }
            }
            Listed::Dispute { dispute, intent, amount, ended } => {
                let stands = match ended {
                    None => "open",
                    Some(Ended::Won) => "won",
                    Some(Ended::Lost) => "lost",
                };
                let theirs = Told { name: dispute, amount: *amount, stands };
                let ours = records::booked_dispute(&tx, dispute).await?;
                theirs.differs("dispute", records::brought(&tx, intent).await?, ours)
            }
        });
    }
    Ok(found)
}

/// What a provider tells of a refund or a dispute.
struct Told<'a> {
    name: &'a str,
    amount: Money,
    stands: &'a str,
}

impl Told<'_> {
    /// What differs from what is booked. One of a payment that did not come here is somebody else's.
    fn differs(&self, kind: &str, order: Option<String>, ours: Option<(Money, String)>) -> Option<String> {
        let (Self { name, amount, stands }, order) = (self, order?);
        match ours {
            None => Some(format!(
                "{kind}_unbooked: {name} of order {order}: {amount} {stands} there, not booked here"
            )),
            Some((here, how)) if here != *amount || how != *stands => Some(format!(
                "{kind}_differs: {name} of order {order}: {here} {how} here, {amount} {stands} there"
            )),
            Some(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_kept_as_it_is() {
        let inside = Place { list: List::Disputes, after: Some("dp_1".into()) };
        for place in [Some(Place::START), Some(Place::of(List::Refunds)), Some(inside), None] {
            assert_eq!(Place::parse(&Place::text(place.as_ref())), place);
        }
    }
}
