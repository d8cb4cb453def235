//! Practising a notice: begin, come, end; and how long it took.

use super::form::{Fields, Problem};
use super::guard::check_csrf;
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::drill::DrillPage;
use super::respond::Refused;
use crate::application::Application;
use crate::fault::Fault;
use crate::identity::Viewer;
use crate::jobs;
use crate::journey::{self, Change};
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{Html, IntoResponse, Redirect, Response};
use clinical::advisory::{Condition, Priority};
use clinical::clinic::Clinic;
use clinical::clinic::drill::{Begin, DrillRefused, House, answer, begin, end};
use clinical::record::{Actor, CommandId};
use std::sync::Arc;
use units::{Moment, Span};
use uuid::Uuid;

/// The page.
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let house = house(&application).await?;
    let clinic = application.clinic();
    let page = DrillPage {
        around: asked.around(Here::Board, false),
        clinic: &clinic,
        in_use: &house.in_use,
    };
    Ok(html(page.html()))
}

/// Begins, answers or ends a drill.
pub async fn act(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let command_id = fields
        .text("command_id")
        .parse()
        .map_err(|_| Problem::new("command_id", "This form has no number. Reload the page."))?;
    let (actor, now_in) = (viewer.actor(), house(&application).await?);
    match fields.text("act") {
        "begin" => {
            let wanted = wish(&fields)?;
            change(
                &application,
                command_id,
                &actor,
                "begin a drill",
                |clinic, at| begin(clinic, &now_in, &wanted, &actor, at),
            )
            .await?;
        }
        "answer" => {
            let drill = number(&fields)?;
            change(
                &application,
                command_id,
                &actor,
                "come to a drill",
                |clinic, at| answer(clinic, drill, &actor, at),
            )
            .await?;
        }
        "end" => {
            let drill = number(&fields)?;
            change(
                &application,
                command_id,
                &actor,
                "end a drill",
                |clinic, at| end(clinic, drill, &actor, at),
            )
            .await?;
        }
        _ => return Err(Problem::new("act", "That is not an act known here.").into()),
    }
    Ok(Redirect::to("/drill").into_response())
}

fn wish(fields: &Fields) -> Result<Begin, Problem> {
    let condition = Condition::from_word(fields.text("condition"))
        .ok_or_else(|| Problem::new("condition", "Choose what is practised."))?;
    let minutes = fields
        .text("minutes")
        .parse::<u8>()
        .map_err(|_| Problem::new("minutes", "Enter the minutes as a whole number."))?;
    Ok(Begin {
        room: fields.text("room").to_owned(),
        condition,
        length: Span::from_minutes(minutes.into()),
    })
}

fn number(fields: &Fields) -> Result<u32, Problem> {
    fields
        .text("drill")
        .parse()
        .map_err(|_| Problem::new("drill", "The drill was not named."))
}

async fn change(
    application: &Application,
    command_id: CommandId,
    actor: &Actor,
    action: &'static str,
    decide: impl Fn(&Clinic, Moment) -> Result<clinical::clinic::ClinicEvent, DrillRefused>
    + Send
    + Sync,
) -> Result<(), Refused> {
    let change = Change {
        command_id,
        actor: actor.clone(),
        at: None,
        id: application.tenant.0,
        patient: None,
        session: None,
        action,
        wanted: action.to_owned(),
    };
    journey::change::<Clinic, Refused>(application, change, |clinic, at| {
        decide(clinic, at)
            .map(|event| vec![event])
            .map_err(|refused| Refused::Ruled(refused.to_string()))
    })
    .await?;
    application.read_clinic().await?;
    application.live.board_changed();
    Ok(())
}

/// Which rooms are in use, and whether something real waits for somebody.
async fn house(application: &Application) -> Result<House, Fault> {
    let mut house = House {
        in_use: Vec::new(),
        something_real: false,
    };
    for id in jobs::open_sessions(application).await? {
        let Some(session) = application.sessions.session(id).await? else {
            continue;
        };
        if session.stage.is_present() {
            house.in_use.push(session.room.clone());
        }
        house.something_real |= session
            .open_advisories()
            .iter()
            .any(|open| open.acknowledged.is_none() && open.notice.priority >= Priority::Medium);
    }
    Ok(house)
}

/// Ends the drill that runs when something real waits for somebody.
// Hazard: H57
pub async fn give_way(application: &Application, now: Moment) -> Result<(), Fault> {
    let clinic = application.clinic();
    let Some(drill) = clinic.drill(now).map(|drill| drill.number) else {
        return Ok(());
    };
    if !house(application).await?.something_real {
        return Ok(());
    }
    let actor = Actor::System {
        part: "clinic rules".to_owned(),
    };
    let id = CommandId(Uuid::now_v7());
    let ended = change(application, id, &actor, "end a drill", |clinic, at| {
        end(clinic, drill, &actor, at)
    })
    .await;
    // Somebody may have ended it in this very second.
    if let Err(refused) = ended {
        refused.log();
    }
    Ok(())
}
