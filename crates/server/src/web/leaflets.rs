//! What patients read, without an account, in their language, with this clinic's own numbers.

use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::leaflet::{LeafletList, LeafletPage};
use super::respond::Refused;
use crate::application::Application;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use clinical::leaflet::{Language, Leaflet};
use serde::Deserialize;
use std::sync::Arc;

/// What a leaflet's address says.
#[derive(Default, Deserialize)]
pub struct Told {
    pub(super) language: Option<String>,
}

/// The language that is asked for by the address, else by the browser, else English.
pub(super) fn language(told: &Told, headers: &HeaderMap) -> Language {
    let by_browser = || {
        let accepted = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
        // Browsers name the preferred language first; weights only repeat that order.
        accepted
            .split(',')
            .filter_map(|part| Language::from_tag(part.split(';').next()?))
            .next()
    };
    told.language
        .as_deref()
        .and_then(Language::from_tag)
        .or_else(by_browser)
        .unwrap_or(Language::English)
}

/// Every leaflet in a language.
pub async fn list(
    State(application): State<Arc<Application>>,
    Query(told): Query<Told>,
    headers: HeaderMap,
    uri: Uri,
) -> Html<String> {
    let asked = Asked::new(&application, None, &headers, &uri);
    let language = language(&told, &headers);
    html(
        LeafletList {
            around: asked.around(Here::Elsewhere, false),
            language,
            leaflets: in_language(&application, language).collect(),
        }
        .html(),
    )
}

/// One leaflet.
pub async fn page(
    State(application): State<Arc<Application>>,
    Path(id): Path<String>,
    Query(told): Query<Told>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, None, &headers, &uri);
    let language = language(&told, &headers);
    let leaflet = in_language(&application, language)
        .find(|known| known.id == id)
        .ok_or(Refused::NotFound)?;
    let filled = leaflet.filled(|policy, parameter| application.value_in_force(policy, parameter));
    let page = LeafletPage {
        around: asked.around(Here::Elsewhere, false),
        leaflet: &filled,
    };
    Ok(html(page.html()).into_response())
}

pub(super) fn in_language(
    application: &Application,
    language: Language,
) -> impl Iterator<Item = &Leaflet> {
    application
        .leaflets()
        .iter()
        .filter(move |known| known.language == language)
}
