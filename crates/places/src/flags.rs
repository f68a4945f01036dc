//! The countries' flags as SVG, embedded (MIT, see `flags/*/LICENSE`).

include!(concat!(env!("OUT_DIR"), "/flags.rs"));

/// The outline of a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// A disc: the `flag` of the customer API.
    Round,
    /// A square: its `square_flag`.
    Square,
}

impl Shape {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Round, Self::Square];

    /// The folder name in URLs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Round => "round",
            Self::Square => "square",
        }
    }

    /// The shape of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|shape| shape.name() == name)
    }
}

/// The flag of a country by its ISO 3166-1 alpha-2 code in any case: an SVG document in UTF-8.
pub fn flag(country: &str, shape: Shape) -> Option<&'static [u8]> {
    let table = match shape {
        Shape::Round => ROUND,
        Shape::Square => SQUARE,
    };
    let code = country.to_ascii_uppercase();
    let at = table.binary_search_by(|(known, _)| (*known).cmp(code.as_str())).ok()?;
    table.get(at).map(|(_, svg)| *svg)
}
