//! The vocabulary every part of Turnpike shares: ids, money, traffic, time, texts, faults, paging,
//! secrets. Nothing here does I/O.

pub mod bytes;
pub mod fault;
pub mod id;
pub mod money;
pub mod naming;
pub mod paging;
pub mod product;
pub mod secret;
pub mod shards;
pub mod table;
pub mod text;
pub mod time;

pub use bytes::{Bytes, KiloBytes};
pub use fault::{Code, Fault, Result, all_of};
pub use id::*;
pub use money::{Currency, Money};
pub use paging::{Page, PageOf, Walk};
pub use product::ProductType;
pub use secret::Secret;
pub use shards::Shards;
pub use text::{Lang, Text};
pub use time::{Clock, Timestamp};
