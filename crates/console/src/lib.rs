//! The web app of customers and operators, as files inside the binary.
//!
//! Hashed files never change and are kept by browsers; the page itself is made anew for each answer, with a nonce. Deep
//! links answer with the page for known screens only, so that a wrong address is a 404.

mod assets;
mod page;

use axum::Router;
use axum::response::Response;
use axum::routing::get;
use http::{HeaderMap, Method, header};
use std::sync::Arc;
use turnpike_base::Result;

pub use page::SCREENS;

/// Makes a nonce for one answer, and the headers that protect a page whose scripts and styles carry it.
pub type Protect = Arc<dyn Fn() -> Result<(String, HeaderMap)> + Send + Sync>;

/// The page for a browser that asks for an address nobody has: its answer is 404, and the app says what to do.
pub fn lost(protect: &Protect) -> Response {
    page::lost(protect)
}

/// Whether somebody reads the answer in a browser: a GET that takes HTML.
pub fn is_read(method: &Method, headers: &HeaderMap) -> bool {
    let taken = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    *method == Method::GET
        && taken.flat_map(|line| line.split(',')).any(|part| part.trim().starts_with("text/html"))
}

/// The page under every screen's address, and the files that it loads.
///
/// # Errors
/// The list of screens that the build embedded can't be read.
pub fn router(protect: Protect) -> Result<Router> {
    let mut router = Router::new();
    for path in page::screens()? {
        router = router.route(&path, get(page::show));
    }
    Ok(router
        .with_state(protect)
        .route("/assets/{name}", get(assets::hashed))
        .route("/favicon.svg", get(assets::favicon)))
}
