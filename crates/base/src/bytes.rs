//! Traffic amounts. Inside everything is bytes; outside 1 KB = 1,024 bytes and 1 GB = 1,048,576 KB
//! (contract section 1, "Units").

use serde::{Deserialize, Serialize};

/// Bytes in one KB.
pub const KB: i64 = 1_024;
/// Bytes in one GB.
pub const GB: i64 = 1_048_576 * KB;

/// An exact number of bytes. Never negative in stored rows; arithmetic saturates instead of wrapping.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bytes(pub i64);

/// An amount in KB as customers see it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KiloBytes(pub i64);

impl Bytes {
    /// No traffic.
    pub const ZERO: Self = Self(0);

    /// `n` GB in bytes.
    pub const fn from_gb(n: i64) -> Self {
        Self(n.saturating_mul(GB))
    }

    /// `n` KB in bytes.
    pub const fn from_kb(n: i64) -> Self {
        Self(n.saturating_mul(KB))
    }

    /// The amount in KB, a started KB counted whole: how used traffic is shown.
    ///
    /// ```
    /// # use turnpike_base::{Bytes, KiloBytes};
    /// assert_eq!(Bytes(1_025).to_kb_up(), KiloBytes(2));
    /// ```
    pub const fn to_kb_up(self) -> KiloBytes {
        KiloBytes(self.0.div_euclid(KB) + (self.0.rem_euclid(KB) != 0) as i64)
    }

    /// `self - other`, never below zero.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        let left = self.0.saturating_sub(other.0);
        Self(if left < 0 { 0 } else { left })
    }

    /// `self + other`.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl std::iter::Sum for Bytes {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Self::plus)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_started_kb_counts_whole() {
        assert_eq!(Bytes(0).to_kb_up().0, 0);
        assert_eq!(Bytes(1).to_kb_up().0, 1);
        assert_eq!(Bytes(1_024).to_kb_up().0, 1);
        assert_eq!(Bytes::from_gb(100).to_kb_up().0, 104_857_600);
    }

    #[test]
    fn what_is_left_is_never_negative() {
        assert_eq!(Bytes(3).minus(Bytes(5)), Bytes::ZERO)
    }
}
