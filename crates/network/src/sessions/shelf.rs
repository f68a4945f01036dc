//! A part of all pins, in the order of their keys: a customer's own stand side by side.

use super::{Key, Pin, own_name};
use std::collections::{BTreeMap, BTreeSet};
use turnpike_base::{AccountId, CustomerId, ProductType, Timestamp};
use turnpike_wire::Subject;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    pub(super) pins: BTreeMap<Key, Pin>,
    /// Those that the store does not know as they are now.
    pub(super) unsaved: BTreeSet<Key>,
}

/// The least key a customer can have.
fn first_of(customer: CustomerId) -> Key {
    (Subject { customer, account: None, product: ProductType::Recharge }, Box::default())
}

impl Shelf {
    /// A customer's pins.
    pub(super) fn of(&self, customer: CustomerId) -> impl Iterator<Item = (&Key, &Pin)> {
        self.pins.range(first_of(customer)..).take_while(move |(key, _)| key.0.customer == customer)
    }

    /// Ends a customer's sessions of a name; gives back how many ran.
    pub(super) fn end(
        &mut self,
        customer: CustomerId,
        account: AccountId,
        name: &str,
        now: Timestamp,
    ) -> i64 {
        let Self { pins, unsaved } = self;
        let own = pins.range_mut(first_of(customer)..).take_while(|(key, _)| key.0.customer == customer);
        let named = own.filter(|(key, pin)| {
            now < pin.until && key.0.account == Some(account) && own_name(&key.1) == name
        });
        let mut ended = 0;
        for (key, pin) in named {
            pin.until = now;
            unsaved.insert(key.clone());
            ended += 1;
        }
        ended
    }

    /// What is to be saved.
    pub(super) fn fresh(&self) -> Vec<(Key, Pin)> {
        let pin = |key: &Key| Some((key.clone(), *self.pins.get(key)?));
        self.unsaved.iter().filter_map(pin).collect()
    }

    /// The store knows the pin like this.
    pub(super) fn saved(&mut self, key: &Key, pin: &Pin) {
        if self.pins.get(key) == Some(pin) {
            self.unsaved.remove(key);
        }
    }

    /// Forgets what ended by a time, once the store knows about it.
    pub(super) fn sweep(&mut self, by: Timestamp) {
        let Self { pins, unsaved } = self;
        pins.retain(|key, pin| by < pin.until || unsaved.contains(key));
    }
}
