//! What is done with a site's names of places, inside a transaction of the caller. Once it is done he reads the
//! sites anew and tells the gateways, whose permits may come from a name that means nothing any more.

use super::{error, queries, rules};
use std::collections::HashMap;
use turnpike_base::table::Faults;
use turnpike_base::{Page, PageOf, Result, SiteId};
use turnpike_places::{Named, Names, PlaceKey};
use turnpike_store::{Read, WriteTx};

pub use super::rules::Said;

/// A site's names while they are changed: nobody else changes them meanwhile.
#[derive(Debug)]
pub struct Edit<'t> {
    tx: &'t WriteTx,
    site: SiteId,
    names: Names,
}

impl<'t> Edit<'t> {
    /// Keeps other changes of this site's names waiting, and reads them.
    pub async fn begin(tx: &'t WriteTx, site: SiteId) -> Result<Self> {
        queries::lock(tx, site).await?;
        Ok(Self { tx, site, names: queries::of(tx, site).await? })
    }

    /// Names a place. Fails with `bad_parameter` for what is no name, with `place_name_taken` where a name means
    /// another place, in the catalogue or by this site's word, and with `place_names_full`.
    pub async fn say(&mut self, place: PlaceKey, said: &Said) -> Result<Named> {
        let named = rules::said_of(&self.names, &place, said)?;
        self.put(place, &named).await?;
        Ok(named)
    }

    async fn put(&mut self, place: PlaceKey, named: &Named) -> Result<()> {
        rules::free(&self.names, &place, named)?;
        queries::put(self.tx, self.site, &place, named).await?;
        self.names.set(place, named.clone());
        Ok(())
    }

    /// Names the places of a file's lines at once, so that they may swap their names; what is wrong is noted with its
    /// line. A place stands on one line.
    pub async fn say_all(&mut self, rows: &[(usize, (PlaceKey, Said))], faults: &mut Faults) -> Result<()> {
        let (mut lines, mut wanted) = (HashMap::new(), Vec::with_capacity(rows.len()));
        for (line, (place, said)) in rows {
            let first = *lines.entry(*place).or_insert(*line);
            let named = if first == *line {
                rules::said_of(&self.names, place, said)
            } else {
                Err(error::twice(&rules::called(&self.names, *place), first))
            };
            match named {
                Ok(named) => wanted.push((*line, *place, named)),
                Err(fault) => faults.note(*line, fault)?,
            }
        }
        // What the file names anew is called nothing meanwhile: its old names are free for the other lines.
        wanted.iter().for_each(|(_, place, _)| self.names.set(*place, Named::default()));
        for (line, place, named) in wanted {
            if let Err(fault) = self.put(place, &named).await {
                faults.note(line, fault)?;
            }
        }
        Ok(())
    }

    /// Takes both names of a place back. Fails with `place_unnamed` where it has none.
    pub async fn forget(&mut self, place: PlaceKey) -> Result<()> {
        if self.names.own(&place).is_none() {
            return Err(error::unnamed(&rules::called(&self.names, place)));
        }
        queries::put(self.tx, self.site, &place, &Named::default()).await?;
        self.names.set(place, Named::default());
        Ok(())
    }

    /// Takes every name back; says how many places had one.
    pub async fn forget_all(self) -> Result<u64> {
        Ok(queries::delete_all(self.tx, self.site).await?)
    }
}

/// A page of the places that a site names, by country, state and city.
pub async fn list(tx: &impl Read, site: SiteId, page: Page) -> Result<PageOf<(PlaceKey, Named)>> {
    let names = queries::of(tx, site).await?;
    let mut all: Vec<(PlaceKey, Named)> = names.iter().map(|(at, named)| (*at, named.clone())).collect();
    all.sort_by_key(|(place, _)| *place);
    let total = i64::try_from(all.len()).unwrap_or(i64::MAX);
    let skip = usize::try_from(page.offset()).unwrap_or(usize::MAX);
    let most = usize::try_from(page.size).unwrap_or(0);
    Ok(PageOf { page, total, rows: all.into_iter().skip(skip).take(most).collect() })
}
