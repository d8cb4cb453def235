//! A session's drug: what is drawn for it, what the patient got, and what is wasted.

use super::access::HANDLE_DRUGS;
use super::drug_acts::correction;
use super::drugs::{
    command_id, method, milligrams, of_session, products, volume, with_camera, witness,
};
use super::form::{Fields, Problem};
use super::guard::check_csrf;
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::session_drug::{DrugCheck, SessionDrug};
use super::respond::Refused;
use super::room::{check_identity, of_whom, opened};
use crate::application::Application;
use crate::book::date_of;
use crate::identity::Viewer;
use crate::ledger::{self, Shown, SyringeRow, Wish};
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use clinical::course::session::Session;
use clinical::ledger::{Command, Strength, Waste};
use clinical::patient::Patient;
use clinical::record::{CommandId, ContainerId, SessionId, SyringeId};
use exchange::gs1;
use std::sync::Arc;
use units::Micrograms;
use uuid::Uuid;

/// The page of the second person, which does not show the first entry.
pub async fn checking(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let whose = opened(&application, &viewer, id).await?;
    check_page(&application, &asked, &whose, None).await
}

/// Saves what the second person saw.
pub async fn checked(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    match acted(&application, &viewer, id, &fields).await {
        Ok(()) => Ok(Redirect::to(&of_session(id)).into_response()),
        Err(refused @ (Refused::Ruled(_) | Refused::Problem(_))) => {
            let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
            let whose = of_whom(&application, id).await?;
            check_page(&application, &asked, &whose, Some((&refused, &fields))).await
        }
        Err(other) => Err(other),
    }
}

async fn check_page(
    application: &Application,
    asked: &Asked<'_>,
    (session, patient): &(Arc<Session>, Patient),
    not_done: Option<(&Refused, &Fields)>,
) -> Result<Response, Refused> {
    let says = not_done.map(|(refused, _)| refused.says());
    let page = DrugCheck {
        around: asked.around(Here::Session, false),
        session,
        patient,
        syringes: ledger::syringes_of(application, session).await?,
        products: &products()?,
        refused: says.as_deref(),
        typed: not_done.map(|(_, fields)| fields),
    };
    let status = not_done.map_or(StatusCode::OK, |(refused, _)| refused.status());
    Ok((status, html(page.html())).into_response())
}

/// The page.
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let whose = opened(&application, &viewer, id).await?;
    shown(&application, &viewer, &asked, &whose, None).await
}

async fn session_of(application: &Application, id: SessionId) -> Result<Arc<Session>, Refused> {
    let session = application.sessions.session(id).await?;
    session.ok_or(Refused::NotFound)
}

async fn shown(
    application: &Application,
    viewer: &Viewer,
    asked: &Asked<'_>,
    (session, patient): &(Arc<Session>, Patient),
    not_done: Option<(&Refused, &Fields)>,
) -> Result<Response, Refused> {
    let says = not_done.map(|(refused, _)| refused.says());
    let page = SessionDrug {
        around: asked.around(Here::Session, false),
        session,
        patient,
        visit: ledger::visit(application, session).await?,
        syringes: ledger::syringes_of(application, session).await?,
        stock: ledger::stock(application).await?,
        today: date_of(&application.zone, asked.now())?,
        may_handle: HANDLE_DRUGS.include(viewer.role),
        refused: says.as_deref(),
        typed: not_done.map(|(_, fields)| fields),
    };
    let status = not_done.map_or(StatusCode::OK, |(refused, _)| refused.status());
    Ok(with_camera((status, html(page.html())).into_response()))
}

/// Draws, or accounts for what was drawn.
pub async fn act(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    match acted(&application, &viewer, id, &fields).await {
        Ok(()) => Ok(Redirect::to(&of_session(id)).into_response()),
        Err(refused @ (Refused::Ruled(_) | Refused::Problem(_))) => {
            let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
            let whose = of_whom(&application, id).await?;
            shown(
                &application,
                &viewer,
                &asked,
                &whose,
                Some((&refused, &fields)),
            )
            .await
        }
        Err(other) => Err(other),
    }
}

async fn acted(
    application: &Application,
    viewer: &Viewer,
    id: SessionId,
    fields: &Fields,
) -> Result<(), Refused> {
    check_identity(application, id, fields).await?;
    let session = session_of(application, id).await?;
    match fields.text("act") {
        "draw" => {
            let container = named(application, fields.text("container")).await?;
            let command_id = command_id(fields)?;
            let command = Command::Draw {
                // The same when the form is sent twice.
                syringe: SyringeId(Uuid::new_v5(&command_id.0, b"syringe")),
                volume: volume(fields, "volume")?,
                reason: fields.text("reason").to_owned(),
            };
            let wish = wish(viewer, command_id, &session);
            ledger::act(application, wish, container, command).await?;
        }
        "issue" => {
            let container = named(application, fields.text("container")).await?;
            let to = session.room.clone();
            let wish = wish(viewer, command_id(fields)?, &session);
            ledger::act(application, wish, container, Command::Issue { to }).await?;
        }
        "return" => {
            let container = named(application, fields.text("container")).await?;
            let to = fields.text("to").to_owned();
            let wish = wish(viewer, command_id(fields)?, &session);
            ledger::act(application, wish, container, Command::Return { to }).await?;
        }
        "correct" => {
            let (syringe, known) = syringe_of(application, &session, fields).await?;
            let command = correction(application, fields, syringe).await?;
            let wish = wish(viewer, command_id(fields)?, &session);
            ledger::act(application, wish, known.row.container, command).await?;
        }
        "check" => check(application, viewer, &session, fields).await?,
        "account" => account(application, viewer, &session, fields).await?,
        _other => return Err(Problem::new("act", "Reload the page and try again.").into()),
    }
    Ok(())
}

/// The second person enters what they see, by their own name and password.
// Hazard: H19
async fn check(
    application: &Application,
    viewer: &Viewer,
    session: &Arc<Session>,
    fields: &Fields,
) -> Result<(), Refused> {
    let (syringe, known) = syringe_of(application, session, fields).await?;
    let strength = fields
        .text("strength")
        .parse()
        .map_err(|_| Problem::new("strength", "Choose the strength that stands on it."))?;
    let command = Command::Check {
        syringe,
        volume: volume(fields, "volume")?,
        strength: Strength::new(strength),
        checker: witness(application, fields).await?,
    };
    let wish = wish(viewer, command_id(fields)?, session);
    ledger::act(application, wish, known.row.container, command).await?;
    Ok(())
}

/// The syringe of this session that a form names.
async fn syringe_of(
    application: &Application,
    session: &Session,
    fields: &Fields,
) -> Result<(SyringeId, Shown<SyringeRow>), Refused> {
    let syringe = ledger::syringe_id(fields.text("syringe"))
        .ok_or_else(|| Problem::new("syringe", "This form is not whole. Reload the page."))?;
    let all = ledger::syringes_of(application, session).await?;
    let known = all.into_iter().find(|one| one.id == syringe.0);
    Ok((syringe, known.ok_or(Refused::NotFound)?))
}

/// What the patient got of a syringe, and the rest of it wasted: both are written, or neither. A
/// waste that is left empty comes later.
async fn account(
    application: &Application,
    viewer: &Viewer,
    session: &Arc<Session>,
    fields: &Fields,
) -> Result<(), Refused> {
    let (syringe, known) = syringe_of(application, session, fields).await?;
    let wasted = match fields.optional("wasted") {
        Some(_) => milligrams(fields, "wasted")?,
        None => Micrograms::ZERO,
    };
    let waste = if wasted.is_zero() {
        None
    } else {
        Some(Waste {
            amount: wasted,
            method: method(fields)?,
            witness: witness(application, fields).await?,
        })
    };
    let command = match (known.row.given, waste) {
        (None, waste) => Command::Account {
            syringe,
            given: milligrams(fields, "given")?,
            waste,
        },
        (Some(_), Some(waste)) => Command::WasteSyringe {
            syringe,
            amount: waste.amount,
            method: waste.method,
            witness: waste.witness,
        },
        (Some(_), None) => {
            return Err(Problem::new("wasted", "Write how much was wasted.").into());
        }
    };
    let wish = wish(viewer, command_id(fields)?, session);
    ledger::act(application, wish, known.row.container, command).await?;
    Ok(())
}

fn wish(viewer: &Viewer, command_id: CommandId, session: &Arc<Session>) -> Wish {
    Wish {
        command_id,
        actor: viewer.actor(),
        session: Some(Arc::clone(session)),
        at: None,
    }
}

/// The container that was scanned, typed by its mark, or chosen.
async fn named(application: &Application, text: &str) -> Result<ContainerId, Refused> {
    let problem = |says: &str| Problem::new("container", says);
    if text.is_empty() {
        return Err(problem("Scan the container, or type the mark on it.").into());
    }
    if let Ok(id) = text.parse() {
        return Ok(id);
    }
    let stock = ledger::stock(application).await?;
    let by_mark = stock
        .iter()
        .find(|one| one.row.mark.eq_ignore_ascii_case(text));
    if let Some(known) = by_mark {
        return Ok(ContainerId(known.id));
    }
    let Ok(scanned) = gs1::read(text) else {
        let says = format!("No container with the mark “{text}” is in stock.");
        return Err(problem(&says).into());
    };
    let mut fitting = stock.iter().filter(|one| {
        scanned.trade_item.as_deref() == Some(one.row.code.as_str())
            && scanned.lot.as_deref() == Some(one.row.lot.as_str())
            && (one.row.serial.is_empty() || scanned.serial.as_deref() == Some(&one.row.serial))
    });
    match (fitting.next(), fitting.next()) {
        (Some(known), None) => Ok(ContainerId(known.id)),
        (Some(_), Some(_)) => {
            let says = "Several containers of this lot are in stock: scan or type the clinic’s own mark on it.";
            Err(problem(says).into())
        }
        (None, _) => Err(problem("No container with this code is in stock.").into()),
    }
}
