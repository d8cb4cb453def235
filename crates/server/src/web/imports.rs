//! Bringing the record of another system: what is read, and the command that does it.

use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::imports::ImportsPage;
use super::respond::Refused;
use crate::application::Application;
use crate::fault::Fault;
use crate::identity::Viewer;
use anyhow::Context as _;
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Html;
use exchange::import::Mapping;
use std::sync::Arc;

/// The page. Files are not sent through it: they hold everybody’s record, and are read where they
/// lie.
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let mappings = Mapping::shipped()
        .context("reading the mappings that ship")
        .map_err(Fault)?;
    let page = ImportsPage {
        around: asked.around(Here::Elsewhere, false),
        mappings,
    };
    Ok(html(page.html()))
}
