//! The clinic board.

use super::page::{Asked, html};
use super::pages::around::{Around, Here};
use super::pages::board::{Board, BoardFragment, BoardRoom, BoardVisit, Shown};
use crate::application::Application;
use crate::fault::Fault;
use crate::identity::Viewer;
use crate::live::{Tiles, tiles};
use crate::{jobs, patients, reporting};
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use clinical::course::session::{Due, Session, all_due};
use clinical::patient::Patient;
use std::sync::Arc;
use units::Moment;

/// One open session with all that the board shows of it.
pub struct Visit {
    session: Arc<Session>,
    patient: Patient,
    live: Tiles,
    due: Vec<Due>,
}

/// Every open session, read once.
pub async fn visits(application: &Application, now: Moment) -> Result<Vec<Visit>, Fault> {
    let mut visits = Vec::new();
    for id in jobs::open_sessions(application).await? {
        let Some(session) = application.sessions.session(id).await? else {
            continue;
        };
        let Some(patient) = session.patient else {
            continue;
        };
        let Some(patient) = patients::read(application, patient).await? else {
            continue;
        };
        let rules = application.rules_of(&session)?;
        let watched = application.live.watch(id);
        let live = {
            let bedside = watched.bedside();
            let in_force = application.limits_are_on();
            tiles(&session, &bedside, &rules, in_force, &application.zone, now)
        };
        let due = all_due(&session, &rules);
        visits.push(Visit {
            session,
            patient,
            live,
            due,
        });
    }
    Ok(visits)
}

/// The board with what stands around it.
pub fn board<'a>(
    around: Around<'a>,
    rooms: &'a [String],
    visits: &'a [Visit],
    on: bool,
    for_whom: Shown,
) -> Board<'a> {
    let of = |visit: &'a Visit| BoardVisit {
        session: &visit.session,
        patient: &visit.patient,
        live: &visit.live,
        due: &visit.due,
    };
    let in_rooms: Vec<(&String, Option<&Visit>)> = rooms
        .iter()
        .map(|room| {
            // Somebody who is here comes before somebody who is expected.
            let visit = visits
                .iter()
                .filter(|visit| visit.session.room == *room)
                .max_by_key(|visit| {
                    (
                        visit.session.stage.is_present(),
                        std::cmp::Reverse(visit.session.planned_for),
                    )
                });
            (room, visit)
        })
        .collect();
    // Nobody is missing from the board: who is expected in a taken room, or in none yet, follows.
    let others = visits.iter().filter(|visit| {
        in_rooms
            .iter()
            .all(|(_, known)| known.is_none_or(|known| known.session.id != visit.session.id))
    });
    let rooms = in_rooms
        .iter()
        .map(|(room, visit)| BoardRoom {
            room,
            visit: visit.map(of),
        })
        .chain(others.map(|visit| BoardRoom {
            room: &visit.session.room,
            visit: Some(of(visit)),
        }))
        .collect();
    Board {
        around,
        rooms,
        advisories_on: on,
        shown: for_whom,
        programme: String::new(),
    }
}

/// The clinic's rooms, in the order of the board.
pub fn rooms(application: &Application) -> Vec<String> {
    application
        .clinic()
        .rooms
        .iter()
        .map(|room| room.name.clone())
        .collect()
}

/// The page.
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Fault> {
    shown(&application, &viewer, &headers, &uri, Shown::Staff).await
}

/// The same for a display on the wall.
pub async fn wall(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Fault> {
    shown(
        &application,
        &viewer,
        &headers,
        &uri,
        on_the_wall(&application),
    )
    .await
}

/// Without names, unless the clinic says so.
pub fn on_the_wall(application: &Application) -> Shown {
    Shown::Wall {
        names: application.clinic().wall_names,
    }
}

async fn shown(
    application: &Application,
    viewer: &Viewer,
    headers: &HeaderMap,
    uri: &Uri,
    for_whom: Shown,
) -> Result<Response, Fault> {
    let asked = Asked::new(application, Some(viewer), headers, uri);
    let visits = visits(application, asked.now()).await?;
    let (rooms, on) = (rooms(application), application.limits_are_on());
    let around = asked.around(Here::Board, false);
    let mut board = board(around, &rooms, &visits, on, for_whom);
    if for_whom == Shown::Staff {
        board.programme = reporting::owed_says(application).await?;
    }
    Ok(html(board.html()).into_response())
}

/// The rows alone, for the live refresh.
pub async fn fragment(
    application: &Application,
    viewer: &Viewer,
    headers: &HeaderMap,
    uri: &Uri,
    for_whom: Shown,
) -> Result<BoardFragment, Fault> {
    let asked = Asked::new(application, Some(viewer), headers, uri);
    let visits = visits(application, asked.now()).await?;
    let (rooms, on) = (rooms(application), application.limits_are_on());
    let around = asked.around(Here::Board, false);
    Ok(board(around, &rooms, &visits, on, for_whom).fragment())
}
