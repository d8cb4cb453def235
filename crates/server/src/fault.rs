//! The machine failed: what a person is told, and what only the log is told.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// A failure of the machine. The chain of causes goes to the log, never to the screen.
#[derive(Debug)]
pub struct Fault(pub anyhow::Error);

impl<E: Into<anyhow::Error>> From<E> for Fault {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

/// What a person reads when something was to be saved.
pub const NOT_SAVED: &str =
    "Not saved: Evenkeel could not write to its disk or database. Chart on paper and try again.";

/// What a person reads when something was to be shown.
pub const NOT_SHOWN: &str =
    "This page could not be shown. Nothing that was saved is lost. Try again in a moment.";

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        tracing::error!(cause = format!("{:#}", self.0), "fault");
        let mut response = (StatusCode::SERVICE_UNAVAILABLE, NOT_SHOWN).into_response();
        response.extensions_mut().insert(crate::web::respond::Told {
            kind: crate::web::pages::answer::Kind::Fault,
            says: NOT_SHOWN.to_owned(),
            verdict: None,
        });
        response
    }
}
