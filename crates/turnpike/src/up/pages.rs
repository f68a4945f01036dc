//! The console's pages: what the build embedded, with the headers that protect them.

use anyhow::Result;
use axum::Router;
use axum::http::HeaderMap;
use std::sync::Arc;
use turnpike_control::console::headers;

/// The routes of the pages and their files.
///
/// # Errors
/// The build embedded no readable list of screens.
pub(super) fn routes() -> Result<Router> {
    let protect = Arc::new(|| {
        let nonce = headers::nonce()?;
        let mut all = HeaderMap::new();
        headers::protect(&mut all, &nonce)?;
        Ok((nonce, all))
    });
    turnpike_console::router(protect).map_err(super::told)
}
