//! What an order gave.

use turnpike_base::{CustomerId, PackageId, Timestamp};

/// What sort of thing was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GivenKind {
    /// A package of traffic.
    Bucket,
    /// A package of uses.
    Count,
    /// Unmetered use under caps.
    Caps,
    /// A static address.
    Address,
    /// More traffic for a package that was there.
    Addon,
    /// More time for an address.
    Renewal,
}

impl GivenKind {
    const ALL: [(Self, &'static str); 6] = [
        (Self::Bucket, "bucket"),
        (Self::Count, "count"),
        (Self::Caps, "caps"),
        (Self::Address, "address"),
        (Self::Addon, "addon"),
        (Self::Renewal, "renewal"),
    ];

    /// As it is stored.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }

    /// The kind with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }

    /// Whether it is an amount that use draws from; else it is time.
    pub const fn is_drawn(self) -> bool {
        matches!(self, Self::Bucket | Self::Count | Self::Addon)
    }
}

/// A row of what an order gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// Its row.
    pub id: i64,
    /// To whom.
    pub customer: CustomerId,
    /// What.
    pub kind: GivenKind,
    /// The package that was made, filled up or renewed.
    pub package: PackageId,
    /// Bytes or uses; 0 where time is given.
    pub quantity: i64,
    /// Bytes, uses or milliseconds taken back so far.
    pub taken: i64,
    /// The time it gave begins then,
    pub starts_at: Timestamp,
    /// and ends then.
    pub ends_at: Timestamp,
}

impl Given {
    /// How much it is: bytes, uses or milliseconds.
    pub const fn size(&self) -> i64 {
        if self.kind.is_drawn() { self.quantity } else { self.ends_at.since(self.starts_at) }
    }
}
