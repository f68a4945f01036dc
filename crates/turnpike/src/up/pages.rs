//! The console's pages: what the build embedded, with the headers that protect them.

use anyhow::Result;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use std::sync::Arc;
use turnpike_console::Protect;
use turnpike_control::console::headers;
use turnpike_web::Nowhere;

/// Below these only programs knock, though no site has them as prefix.
const PROGRAMS: [&str; 3] = ["/operator_v1/", "/operator/", "/notices/"];

/// The API with the pages and their files beside it; browsers that ask for an address nobody has get the page, too.
///
/// # Errors
/// The build embedded no readable list of screens.
pub(super) fn beside(api: Router) -> Result<Router> {
    let protect: Protect = Arc::new(|| {
        let nonce = headers::nonce()?;
        let mut all = HeaderMap::new();
        headers::protect(&mut all, &nonce)?;
        Ok((nonce, all))
    });
    let pages = turnpike_console::router(protect.clone()).map_err(super::told)?;
    Ok(api.merge(pages).layer(from_fn_with_state(protect, find)))
}

async fn find(State(protect): State<Protect>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_read = turnpike_console::is_read(request.method(), request.headers())
        && !PROGRAMS.iter().any(|door| path.starts_with(door));
    let response = next.run(request).await;
    let is_nowhere = response.extensions().get::<Nowhere>().is_some();
    if is_read && is_nowhere { turnpike_console::lost(&protect) } else { response }
}
