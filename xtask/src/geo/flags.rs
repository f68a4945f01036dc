//! Flags: round ones from circle-flags, square ones from flag-icons, minified, with their licences.

use super::{Outcome, countries::Countries, minify, sources::Sources};
use std::fs;
use std::path::Path;

/// Writes both sets for every country; gives their size in bytes.
pub(super) fn copy(sources: &Sources, countries: &Countries, into: &Path) -> Outcome<usize> {
    let sets =
        [("round", "circle-flags", "flags", "LICENSE.md"), ("square", "flag-icons", "flags/1x1", "LICENSE")];
    let mut bytes = 0;
    for (shape, package, flags, licence) in sets {
        let folder = into.join(shape);
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        fs::copy(sources.path(package, licence), folder.join("LICENSE"))?;
        for code in countries.keys().map(|code| code.to_lowercase()) {
            let source = sources.path(package, &format!("{flags}/{code}.svg"));
            let svg = fs::read_to_string(&source).map_err(|e| format!("{}: {e}", source.display()))?;
            let small = minify::svg(&svg);
            bytes += small.len();
            fs::write(folder.join(format!("{code}.svg")), small)?;
        }
    }
    Ok(bytes)
}
