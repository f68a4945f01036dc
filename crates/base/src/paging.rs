//! Pages of lists (contract section 1, "Pagination").

/// Which part of a list is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// From 1.
    pub number: i64,
    /// 1 to [`Page::MAX_SIZE`].
    pub size: i64,
}

impl Page {
    /// Rows of a page when the caller names no size.
    pub const DEFAULT_SIZE: i64 = 20;
    /// More than this is clamped.
    pub const MAX_SIZE: i64 = 200;

    /// Page `number` (from 1) of `size` rows; out-of-range values are clamped.
    pub fn new(number: i64, size: i64) -> Self {
        Self { number: number.max(1), size: size.clamp(1, Self::MAX_SIZE) }
    }

    /// Rows to skip.
    pub const fn offset(self) -> i64 {
        self.number.saturating_sub(1).saturating_mul(self.size)
    }

    /// How many pages `total` rows make.
    pub const fn pages(self, total: i64) -> i64 {
        total.saturating_add(self.size - 1) / self.size
    }

    /// The shortest way to the page's rows in an ordered list of `total` rows; `None` where it has none.
    pub const fn walk(self, total: i64) -> Option<Walk> {
        let left = total - self.offset();
        if left <= 0 {
            return None;
        }
        let take = if left < self.size { left } else { self.size };
        if self.offset() <= left - take {
            return Some(Walk { backwards: false, take, skip: self.offset() });
        }
        Some(Walk { backwards: true, take, skip: left - take })
    }
}

/// How a page is found in an ordered list: from the end that is nearer, so that half the list is passed over at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Walk {
    /// From the last row towards the first.
    pub backwards: bool,
    /// Rows of the page.
    pub take: i64,
    /// Rows that come before them on the way.
    pub skip: i64,
}

impl Default for Page {
    fn default() -> Self {
        Self { number: 1, size: Self::DEFAULT_SIZE }
    }
}

/// A page's rows and how many there are in all.
#[derive(Clone, Debug)]
pub struct PageOf<T> {
    /// What was asked for, after clamping.
    pub page: Page,
    /// Rows in the whole list.
    pub total: i64,
    /// Rows of this page.
    pub rows: Vec<T>,
}

impl<T> PageOf<T> {
    /// The same page with its rows turned into something else.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> PageOf<U> {
        PageOf { page: self.page, total: self.total, rows: self.rows.into_iter().map(f).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_clamped_and_pages_counted() {
        let page = Page::new(0, 999);
        assert_eq!((page.number, page.size, page.offset()), (1, 200, 0));
        assert_eq!((page.pages(0), page.pages(1), page.pages(200), page.pages(201)), (0, 1, 1, 2));
        assert!(Page::new(i64::MAX, 200).offset() > 0);
    }

    #[test]
    fn a_page_is_found_from_the_nearer_end() {
        let list: Vec<i64> = (0..50).collect();
        for number in 1..=6 {
            let walk = Page::new(number, 12).walk(50).unwrap_or(Walk { backwards: false, take: 0, skip: 0 });
            let (take, skip) = (usize::try_from(walk.take).unwrap(), usize::try_from(walk.skip).unwrap());
            let mut found: Vec<i64> = if walk.backwards {
                list.iter().rev().skip(skip).take(take).copied().collect()
            } else {
                list.iter().skip(skip).take(take).copied().collect()
            };
            found.sort_unstable();
            let begin = (number - 1) * 12;
            assert_eq!(found, (begin..(begin + 12).min(50).max(begin)).collect::<Vec<_>>(), "page {number}");
            assert!(walk.skip <= 25);
        }
        let nowhere = [(1, 0), (3, 24), (i64::MAX, i64::MAX)];
        assert!(nowhere.iter().all(|(number, total)| Page::new(*number, 12).walk(*total).is_none()));
    }
}
