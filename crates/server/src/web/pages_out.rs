//! Answers that are no page of their own: not found, not permitted.

use super::respond::Refused;
use crate::application::Application;
use crate::identity::Viewer;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// There is no such page.
pub async fn not_found() -> Response {
    (
        StatusCode::NOT_FOUND,
        "There is no such page here. Go back to the board: /board",
    )
        .into_response()
}

/// The viewer's role may not.
pub fn forbidden(_application: &Application, _viewer: Option<&Viewer>) -> Response {
    Refused::Forbidden("Your role may not use this page. Nothing was changed.").into_response()
}
