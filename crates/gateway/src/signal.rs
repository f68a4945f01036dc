//! A flag that one task waits for, on the loop that sets it: what tokio's `Notify` does between threads, here
//! without its lock, because every relay looks at it whenever a byte moves.

use std::cell::{Cell, RefCell};
use std::task::{Context, Poll, Waker};

/// See the module. Once set it stays set.
#[derive(Debug, Default)]
pub(crate) struct Signal {
    set: Cell<bool>,
    waiting: RefCell<Option<Waker>>,
}

impl Signal {
    /// Sets it and wakes who waits.
    pub(crate) fn set(&self) {
        self.set.set(true);
        let waiting = self.waiting.take();
        waiting.into_iter().for_each(Waker::wake);
    }

    /// Ready once it is set; the last task that asked is woken then.
    pub(crate) fn poll(&self, cx: &Context<'_>) -> Poll<()> {
        if self.set.get() {
            return Poll::Ready(());
        }
        let mut waiting = self.waiting.borrow_mut();
        if !waiting.as_ref().is_some_and(|known| known.will_wake(cx.waker())) {
            *waiting = Some(cx.waker().clone());
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::rc::Rc;

    #[tokio::test(flavor = "current_thread")]
    async fn who_waits_is_woken_and_who_comes_late_does_not_wait() {
        let signal = Rc::new(Signal::default());
        let wait = std::future::poll_fn(|cx| signal.poll(cx));
        let set = async {
            tokio::task::yield_now().await;
            signal.set();
        };
        tokio::join!(wait, set);
        std::future::poll_fn(|cx| signal.poll(cx)).await;
    }
}
