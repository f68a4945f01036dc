//! The world catalogue: countries, states, cities, and the countries' flags, embedded and immutable; and what a
//! site calls them instead.
//!
//! The tables under `data/` and `flags/` are made by `cargo xtask geo` from open data (see `NOTICE`); a
//! build reads only them. Look-ups compare folded names (contract section 6): case, accents, blanks and
//! punctuation do not count.
//!
//! ```
//! use turnpike_places::{Catalogue, Shape, flag};
//! let world = Catalogue::get();
//! assert_eq!(world.country("美国").map(|c| c.code), Some("US"));
//! assert_eq!(world.state("US", "newyork").map(|s| s.code), Some("US-NY"));
//! assert_eq!(world.city("US", Some("CA"), "losangeles").map(|c| c.name), Some("Los Angeles"));
//! assert!(flag("us", Shape::Round).is_some());
//! ```

mod catalogue;
mod flags;
mod fold;
mod names;
mod nearest;
mod parse;

pub use catalogue::{Catalogue, City, Country, State};
pub use flags::{Shape, flag};
pub use fold::fold;
pub use names::{Named, Names, PlaceKey};
pub use nearest::Kind;

#[cfg(test)]
mod tests;
