//! Exits that joined and nobody looked at yet: they are probed at once, so that one that does not work is offered for a
//! moment at most.

use crate::shared::held;
use std::collections::VecDeque;
use std::sync::Mutex;
use tokio::sync::Notify;
use turnpike_base::ExitId;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Joined {
    waiting: Mutex<VecDeque<ExitId>>,
    came: Notify,
}

impl Joined {
    /// An exit joined.
    pub(crate) fn add(&self, id: ExitId) {
        held(&self.waiting).push_back(id);
        self.came.notify_one();
    }

    /// Waits for one that joins.
    pub(crate) async fn some(&self) {
        self.came.notified().await;
    }

    /// Takes at most so many, those that wait longest.
    pub(crate) fn take(&self, most: usize) -> Vec<ExitId> {
        let mut waiting = held(&self.waiting);
        let count = most.min(waiting.len());
        waiting.drain(..count).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_waits_longest_is_taken_first_and_the_rest_waits_on() {
        let joined = Joined::default();
        (1..=3).for_each(|id| joined.add(ExitId(id)));
        joined.some().await;
        assert_eq!(joined.take(2), [ExitId(1), ExitId(2)]);
        assert_eq!((joined.take(2), joined.take(2)), (vec![ExitId(3)], vec![]));
    }
}
