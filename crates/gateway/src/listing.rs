//! What runs now, for the customer whose it is. Only loops know their connections, so each is asked; nothing is kept
//! for this while nobody asks.

use crate::conn::Conn;
use crate::serve::LoopHandle;
use std::cmp::Reverse;
use std::rc::Rc;
use std::sync::Weak;
use turnpike_base::{CustomerId, Timestamp};
use turnpike_wire::RunningConnection;

/// So many of a loop, the newest: a question costs no more than this to answer, however many run.
const MOST: usize = 1_000;

/// The newest of a customer's connections among those of a loop, in no order.
pub(crate) fn newest<'a>(
    all: impl Iterator<Item = &'a Rc<Conn>>,
    customer: CustomerId,
) -> Vec<RunningConnection> {
    let mut own: Vec<&Rc<Conn>> =
        all.filter(|conn| conn.permit.subject.customer == customer && !conn.is_silent()).collect();
    keep_newest(&mut own, MOST, |conn| conn.opened());
    own.into_iter().map(|conn| conn.told()).collect()
}

/// Drops all but the newest so many.
fn keep_newest<T>(list: &mut Vec<T>, most: usize, opened: impl Fn(&T) -> Timestamp) {
    if list.len() > most {
        // Which ones they are is all that counts here: cheaper than to sort them all.
        list.select_nth_unstable_by_key(most, |one| Reverse(opened(one)));
        list.truncate(most);
    }
}

/// Asks every loop for a customer's connections; the newest first. A gateway that ended has none.
pub(crate) async fn of_customer(
    loops: Weak<Vec<LoopHandle>>,
    customer: CustomerId,
) -> Vec<RunningConnection> {
    // All at once, and without holding the loops while they answer: they end with their last handle.
    let asked: Vec<_> = match loops.upgrade() {
        Some(loops) => loops.iter().map(|one| one.list(customer)).collect(),
        None => return Vec::new(),
    };
    let mut all = Vec::new();
    for answer in asked {
        all.extend(answer.await.unwrap_or_default());
    }
    all.sort_by_key(|one| Reverse(one.opened));
    all
}

#[cfg(test)]
mod tests {
    use super::keep_newest;
    use turnpike_base::Timestamp;

    #[test]
    fn only_the_newest_of_many_are_told() {
        let mut list: Vec<i64> = (0..10).map(|n| n * 7 % 10).collect();
        keep_newest(&mut list, 3, |n| Timestamp(*n));
        list.sort_unstable();
        assert_eq!(list, [7, 8, 9]);
        keep_newest(&mut list, 3, |n| Timestamp(*n));
        assert_eq!(list.len(), 3, "as many as may be told stay");
    }
}
