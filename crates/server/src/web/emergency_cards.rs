//! The emergency cards outside a room: to read, to print, and to approve.

use super::form::{Fields, Problem};
use super::guard::check_csrf;
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::emergency_cards::{CardList, CardPage};
use super::respond::Refused;
use crate::application::Application;
use crate::identity::{Proof, Viewer, prove_again};
use crate::journey::{Change, change};
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{Html, IntoResponse, Redirect, Response};
use clinical::clinic::{ApprovalRefused, Approve, Clinic, approve as decide};
use clinical::emergency::Card;
use clinical::record::Role;
use std::sync::Arc;

/// Every card.
pub async fn list(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
) -> Html<String> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    html(
        CardList {
            around: asked.around(Here::Rules, false),
            cards: application.cards(),
            clinic: &application.clinic(),
        }
        .html(),
    )
}

/// One card, with the form to approve it for whoever may.
pub async fn card(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let card = application.cards().card(&id).ok_or(Refused::NotFound)?;
    let page = CardPage {
        around: asked.around(Here::Rules, false),
        card,
        clinic: &application.clinic(),
        may_approve: viewer.role == Role::MedicalDirector,
        refused: None,
        statement: None,
    };
    Ok(html(page.html()))
}

/// Approves a card.
pub async fn approve(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<String>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let card = application.cards().card(&id).ok_or(Refused::NotFound)?;
    let refused = match signed(&application, &viewer, card, &fields).await {
        Ok(()) => return Ok(Redirect::to(&format!("/cards/{id}")).into_response()),
        // The card is shown again with what was typed.
        Err(refused @ (Refused::Ruled(_) | Refused::Problem(_))) => refused,
        Err(other) => return Err(other),
    };
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let page = CardPage {
        around: asked.around(Here::Rules, false),
        card,
        clinic: &application.clinic(),
        may_approve: true,
        refused: Some(refused.says()),
        statement: Some(fields.text("statement")),
    };
    Ok((refused.status(), html(page.html())).into_response())
}

async fn signed(
    application: &Application,
    viewer: &Viewer,
    card: &Card,
    fields: &Fields,
) -> Result<(), Refused> {
    let command_id = fields
        .text("command_id")
        .parse()
        .map_err(|_| Problem::new("command_id", "Reload the page and try again."))?;
    // The password is taken as typed: a space at its end may belong to it.
    let password = fields.0.iter().find(|(name, _)| name == "password");
    let password = password.map(|(_, value)| value.clone()).unwrap_or_default();
    match prove_again(application, viewer, password).await? {
        Proof::Right(_) => {}
        Proof::Wrong => {
            let says = "Not saved: this is not your password. Type it once more.";
            return Err(Problem::new("password", says).into());
        }
        Proof::Wait(wait) => {
            let says = format!("Not saved: too many wrong passwords. Try again in {wait}.");
            return Err(Problem::new("password", says).into());
        }
    }
    let wanted = Approve {
        digest: fields.text("digest").to_owned(),
        signed_as: fields.text("signed_as").to_owned(),
        statement: fields.text("statement").to_owned(),
    };
    let order = Change {
        command_id,
        actor: viewer.actor(),
        at: None,
        id: application.tenant.0,
        patient: None,
        session: None,
        action: "approve an emergency card",
        wanted: format!("{} {wanted:?}", card.id),
    };
    change(application, order, |clinic: &Clinic, now| {
        let event = decide(clinic, card, wanted.clone(), &viewer.actor(), now)?;
        Ok::<_, ApprovalRefused>(vec![event])
    })
    .await?;
    application.read_clinic().await?;
    Ok(())
}

impl From<ApprovalRefused> for Refused {
    fn from(refused: ApprovalRefused) -> Self {
        Self::Ruled(refused.to_string())
    }
}
