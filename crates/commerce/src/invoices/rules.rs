//! What a profile may say. Pure.

use turnpike_base::{Fault, Result, Text};
use turnpike_places::Catalogue;

/// A country may be told in words; what looks like a code has to be one.
pub(super) fn check_country(country: &str) -> Result<()> {
    let is_code = country.len() == 2 && country.bytes().all(|b| b.is_ascii_alphanumeric());
    if !is_code || Catalogue::get().country(country).is_some() {
        return Ok(());
    }
    Err(Fault::parameter(
        "address_country",
        Text::new(
            "应为国家名称，或 ISO 3166-1 的两位国家代码，例如 CN",
            "must be the name of a country, or its code of ISO 3166-1, two letters such as GB",
        ),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_one_of_the_catalogue_and_words_are_free() {
        for fits in ["", "GB", "gb", "UK", "China", "中国", "Deutschland"] {
            assert!(check_country(fits).is_ok(), "{fits}");
        }
        for wrong in ["ZZ", "zz", "X1", "00"] {
            assert!(check_country(wrong).unwrap_err().errors.contains_key("address_country"), "{wrong}");
        }
    }
}
