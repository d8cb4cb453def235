//! The clinic's rooms and chairs, its opening hours, and how many are on duty.

use super::{clock_time, command_id, date};
use crate::application::Application;
use crate::identity::Viewer;
use crate::journey::{self, Change};
use crate::web::form::{Fields, Problem};
use crate::web::guard::check_csrf;
use crate::web::page::{Asked, html};
use crate::web::pages::around::Here;
use crate::web::pages::booking_clinic::ClinicPage;
use crate::web::respond::Refused;
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{Html, IntoResponse, Redirect, Response};
use clinical::clinic::{Clinic, ClinicEvent, Hours, Weekday};
use std::sync::Arc;
use units::Moment;

/// The most chairs of one room.
const MOST_CHAIRS: u8 = 40;

/// The page.
pub async fn settings(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let clinic = application.clinic();
    let page = ClinicPage {
        around: asked.around(Here::Calendar, false),
        clinic: &clinic,
        today: crate::book::date_of(&application.zone, asked.now())?,
    };
    Ok(html(page.html()))
}

/// Sets one thing.
pub async fn set(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let wanted: Vec<&(String, String)> = fields
        .0
        .iter()
        .filter(|(name, _)| name != "csrf" && name != "command_id")
        .collect();
    let change = Change {
        command_id: command_id(&fields)?,
        actor: viewer.actor(),
        at: None,
        id: application.tenant.0,
        patient: None,
        session: None,
        action: "set the clinic's chairs, hours or staff",
        wanted: format!("{wanted:?}"),
    };
    journey::change::<Clinic, Refused>(&application, change, |clinic, now| {
        Ok(events(clinic, &fields, &viewer.name, now)?)
    })
    .await?;
    application.read_clinic().await?;
    Ok(Redirect::to("/clinic").into_response())
}

fn events(
    clinic: &Clinic,
    fields: &Fields,
    by: &str,
    at: Moment,
) -> Result<Vec<ClinicEvent>, Problem> {
    let by = by.to_owned();
    let event = match fields.text("what") {
        "room" => {
            let name = fields.text("room").to_owned();
            if name.is_empty() || clinic.rooms.iter().any(|room| room.name == name) {
                let says = "Not saved: give the room a name that no other room has.";
                return Err(Problem::new("room", says));
            }
            let last = clinic.rooms.iter().map(|room| room.position).max();
            ClinicEvent::RoomOpened {
                name,
                position: last.unwrap_or(0) + 1,
            }
        }
        "chairs" => {
            let room = fields.text("room").to_owned();
            if !clinic.rooms.iter().any(|known| known.name == room) {
                return Err(Problem::new("room", "There is no such room any more."));
            }
            let chairs = whole(fields, "chairs")?;
            if !(1..=MOST_CHAIRS).contains(&chairs) {
                return Err(Problem::new("chairs", "A room has 1 to 40 chairs."));
            }
            ClinicEvent::ChairsCounted {
                room,
                chairs,
                by,
                at,
            }
        }
        "weekday" => {
            let weekday = Weekday::of_word(fields.text("weekday"))
                .ok_or_else(|| Problem::new("weekday", "Choose a day of the week."))?;
            let mut events = vec![ClinicEvent::OpeningHoursSet {
                weekday,
                hours: hours(fields)?,
                by: by.clone(),
                at,
            }];
            if !fields.text("staff").is_empty() {
                events.push(ClinicEvent::StaffOnDutySet {
                    weekday,
                    staff: whole(fields, "staff")?,
                    by,
                    at,
                });
            }
            return Ok(events);
        }
        "date" => ClinicEvent::DayExcepted {
            date: date(fields.text("date"), "date")?,
            hours: hours(fields)?,
            reason: fields
                .optional("reason")
                .ok_or_else(|| Problem::new("reason", "Write why this day differs."))?,
            by,
            at,
        },
        "wall" => ClinicEvent::WallNamesSet {
            shown: fields.text("names") == "shown",
            by,
            at,
        },
        "lift" => ClinicEvent::ExceptionLifted {
            date: date(fields.text("date"), "date")?,
            by,
            at,
        },
        "staff" => ClinicEvent::StaffOnDateSet {
            date: date(fields.text("date"), "date")?,
            staff: whole(fields, "staff")?,
            by,
            at,
        },
        _ => {
            return Err(Problem::new(
                "what",
                "This form sets nothing. Reload the page.",
            ));
        }
    };
    Ok(vec![event])
}

/// One stretch of hours; without both times the day is closed.
fn hours(fields: &Fields) -> Result<Vec<Hours>, Problem> {
    match (fields.text("from"), fields.text("until")) {
        ("", "") => Ok(Vec::new()),
        (from, until) => {
            let from = clock_time(from, "from")?;
            let until = clock_time(until, "until")?;
            Hours::new(from, until)
                .map(|hours| vec![hours])
                .ok_or_else(|| {
                    Problem::new("until", "Not saved: the clinic closes before it opens.")
                })
        }
    }
}

fn whole(fields: &Fields, name: &str) -> Result<u8, Problem> {
    fields
        .text(name)
        .parse()
        .ok()
        .filter(|count| *count <= 100)
        .ok_or_else(|| Problem::new(name, "Enter a whole number up to 100."))
}
