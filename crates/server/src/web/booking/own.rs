//! A patient's own visits, and their answer to an offered chair.

use super::command_id;
use super::feed;
use crate::application::Application;
use crate::book::{self, Wish};
use crate::identity::Own;
use crate::web::form::{Fields, Problem};
use crate::web::guard::check_own;
use crate::web::page::{Asked, html};
use crate::web::pages::booking_own::OwnVisits;
use crate::web::respond::Refused;
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{Html, IntoResponse, Redirect, Response};
use clinical::course::booking::{Command, WaitingId};
use std::sync::Arc;
use uuid::Uuid;

/// The page.
pub async fn visits(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    shown(&application, &own, None, &headers, &uri).await
}

async fn shown(
    application: &Application,
    own: &Own,
    feed: Option<&str>,
    headers: &HeaderMap,
    uri: &Uri,
) -> Result<Html<String>, Refused> {
    let asked = Asked::new(application, None, headers, uri);
    let visits = book::course_of(application, own.patient).await?;
    let offers = book::offers_of(application, own.patient).await?;
    let page = OwnVisits {
        frame: asked.own_frame(own),
        visits: &visits,
        offers: &offers,
        feed,
    };
    Ok(html(page.html()))
}

/// Yes or no to an offered chair, or a new address for the calendar.
pub async fn answer(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_own(&own, fields.text("csrf"))?;
    let entry = |fields: &Fields| {
        Uuid::parse_str(fields.text("entry"))
            .map(WaitingId)
            .map_err(|_| Problem::new("entry", "This form has no number. Reload the page."))
    };
    let command = match fields.text("answer") {
        "yes" => Command::AcceptOffer {
            entry: entry(&fields)?,
        },
        "no" => Command::DeclineOffer {
            entry: entry(&fields)?,
        },
        "feed" => {
            let feed = feed::new_own(&application, own.patient).await?;
            let page = shown(&application, &own, Some(&feed), &headers, &uri).await?;
            return Ok(page.into_response());
        }
        _ => return Err(Problem::new("answer", "Choose yes or no.").into()),
    };
    let wish = Wish {
        command_id: command_id(&fields)?,
        actor: own.actor(),
        patient: own.patient,
        command,
    };
    book::act(&application, wish).await?;
    Ok(Redirect::to("/my/visits").into_response())
}
