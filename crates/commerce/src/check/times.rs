//! How long packages last. A renewal continues the time that was there; one of what was over already begins anew, and
//! nothing before it counts any more.

use super::Proof;

pub(super) const PROOFS: &[Proof] = &[
    (
        "a package ends before the time that orders granted it",
        "SELECT p.trade_no AS name FROM packages p JOIN (SELECT package_id, MIN(starts_at) AS begins, \
         SUM(ends_at - starts_at - taken) AS time FROM grants WHERE kind IN ('caps', 'address', 'renewal') \
         GROUP BY package_id) g ON g.package_id = p.id WHERE p.expires_at < g.begins + g.time \
         AND NOT EXISTS (SELECT 1 FROM static_holdings h WHERE h.package_id = p.id AND h.state = 'ended')",
    ),
    (
        // Time that a dispute held may have come back to what was renewed meanwhile, after a gap: only without one is it exact.
        "a package ends after the time that orders granted it",
        "SELECT p.trade_no AS name FROM packages p JOIN (SELECT package_id, MIN(starts_at) AS begins, \
         SUM(ends_at - starts_at - taken) AS time, MAX(CASE WHEN kind = 'renewal' AND starts_at <= created_at THEN 1 ELSE 0 END) AS gap \
         FROM grants WHERE kind IN ('caps', 'address', 'renewal') GROUP BY package_id) g ON g.package_id = p.id \
         WHERE g.gap = 0 AND p.expires_at > g.begins + g.time",
    ),
    (
        "a package of traffic or uses ends at another time than its order granted",
        "SELECT p.trade_no AS name FROM grants g JOIN packages p ON p.id = g.package_id \
         WHERE g.kind IN ('bucket', 'count') AND p.expires_at <> g.ends_at",
    ),
    (
        "a static package and its address expire at different times",
        "SELECT p.trade_no AS name FROM packages p JOIN static_holdings h ON h.package_id = p.id \
         WHERE h.state = 'owned' AND h.expires_at <> p.expires_at",
    ),
];
