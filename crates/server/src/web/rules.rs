//! The clinic's rules and scales, with their sources.

use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::rules_page::ClinicRules;
use super::pages::scales::Scales;
use crate::application::Application;
use crate::identity::Viewer;
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Html;
use std::sync::Arc;

/// The page.
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
) -> Html<String> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let clinic = application.clinic();
    let in_force = application.in_force();
    html(
        ClinicRules {
            around: asked.around(Here::Rules, false),
            rules: &in_force.session,
            screening: in_force.screening.policies(),
            limits: &in_force.limits,
            clinic: &clinic,
        }
        .html(),
    )
}

/// The scales that the program knows.
pub async fn scales(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
) -> Html<String> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    html(
        Scales {
            around: asked.around(Here::Rules, false),
            library: application.scales(),
        }
        .html(),
    )
}
