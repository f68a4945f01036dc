//! Lists in answers: plain, and with the contract's first form of paging.

use serde::Serialize;
use turnpike_base::PageOf;
use utoipa::ToSchema;

/// `{"list": [...]}`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Listed<T> {
    /// The rows.
    #[schema(inline)]
    pub list: Vec<T>,
}

/// `{"list": [...], "page": 1, "page_size": 20, "total_count": 0, "total_page": 0}`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Paged<T> {
    /// The rows of this page.
    #[schema(inline)]
    pub list: Vec<T>,
    /// Which page, from 1.
    pub page: i64,
    /// Rows a page.
    pub page_size: i64,
    /// Rows in all.
    pub total_count: i64,
    /// Pages in all.
    pub total_page: i64,
}

impl<T> From<PageOf<T>> for Paged<T> {
    fn from(page: PageOf<T>) -> Self {
        Self {
            page: page.page.number,
            page_size: page.page.size,
            total_count: page.total,
            total_page: page.page.pages(page.total),
            list: page.rows,
        }
    }
}
