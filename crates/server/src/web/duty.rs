//! Who is told of warning signs, and when somebody watches: looked at and set.

use super::access::ROOM;
use super::form::{Fields, Problem};
use super::guard::check_csrf;
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::duty::{DutyPage, filled_in};
use super::preparing::command_id;
use super::respond::Refused;
use crate::application::Application;
use crate::fault::Fault;
use crate::identity::Viewer;
use crate::journey::{self, Change};
use anyhow::Context as _;
use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use clinical::clinic::{Clinic, ClinicEvent, ClockTime, Duty, DutyPerson, Hours, Weekday};
use clinical::leaflet::Language;
use clinical::record::{Role, StaffId};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How many people stand in the list of duty at the most.
pub const MOST_ON_DUTY: usize = 5;

/// The page.
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let fields = filled_in(&application.clinic().duty);
    shown(&application, &asked, &fields, None).await
}

async fn shown(
    application: &Application,
    asked: &Asked<'_>,
    fields: &Fields,
    refused: Option<&Refused>,
) -> Result<Response, Refused> {
    let staff = staff(application).await?;
    let says = refused.map(Refused::says);
    let page = DutyPage {
        around: asked.around(Here::FollowUp, false),
        duty: &application.clinic().duty,
        fields,
        refused: says.as_deref(),
        staff: &staff,
        mail: application.configuration.mail.is_some(),
        text_messages: application.configuration.text_messages.is_some(),
    };
    let status = refused.map_or(StatusCode::OK, Refused::status);
    Ok((status, html(page.html())).into_response())
}

/// Those who may take a warning sign in hand.
async fn staff(application: &Application) -> Result<Vec<(StaffId, String, Role)>, Fault> {
    let accounts = application
        .store
        .accounts(application.tenant)
        .await
        .context("reading accounts")?;
    Ok(accounts
        .into_iter()
        .filter(|account| !account.disabled && ROOM.include(account.role))
        .map(|account| (account.staff, account.display_name, account.role))
        .collect())
}

/// Sets both.
pub async fn set(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    match saved(&application, &viewer, &fields).await {
        Ok(()) => Ok(Redirect::to("/follow-up/duty").into_response()),
        Err(refused @ Refused::Problem(_)) => {
            let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
            shown(&application, &asked, &fields, Some(&refused)).await
        }
        Err(other) => Err(other),
    }
}

async fn saved(application: &Application, viewer: &Viewer, fields: &Fields) -> Result<(), Refused> {
    let duty = Duty {
        people: people(fields, &staff(application).await?)?,
        hours: hours(fields)?,
    };
    let order = Change {
        command_id: command_id(fields, Language::English)?,
        actor: viewer.actor(),
        at: None,
        id: application.tenant.0,
        patient: None,
        session: None,
        action: "set who is told of warning signs",
        wanted: format!("{duty:?}"),
    };
    journey::change::<Clinic, Refused>(application, order, |_clinic, at| {
        Ok(vec![ClinicEvent::DutySet {
            duty: duty.clone(),
            by: viewer.name.clone(),
            at,
        }])
    })
    .await?;
    application.read_clinic().await?;
    Ok(())
}

/// The people of the form, in their order. Nobody falls out of it unsaid. Hazard: H62
fn people(fields: &Fields, staff: &[(StaffId, String, Role)]) -> Result<Vec<DutyPerson>, Problem> {
    let mut people: Vec<DutyPerson> = Vec::new();
    for place in 1..=MOST_ON_DUTY {
        let field = format!("staff-{place}");
        let email = fields.optional(&format!("email-{place}"));
        let mobile = fields.optional(&format!("mobile-{place}"));
        let chosen = fields.text(&field);
        if chosen.is_empty() {
            if email.is_some() || mobile.is_some() {
                let says = format!("Not saved: choose who is reached so, in line {place}.");
                return Err(Problem::new(&field, says));
            }
            continue;
        }
        let known = staff.iter().find(|(id, ..)| id.to_string() == chosen);
        let (id, name, _) = known.ok_or_else(|| {
            let says = format!("Not saved: whoever stands in line {place} has no account any more. Choose somebody else, or nobody.");
            Problem::new(&field, says)
        })?;
        if people.iter().any(|known| known.staff == *id) {
            let says = format!("Not saved: {name} stands in the list twice.");
            return Err(Problem::new(&field, says));
        }
        people.push(DutyPerson {
            staff: *id,
            name: name.clone(),
            email,
            mobile,
        });
    }
    Ok(people)
}

fn hours(fields: &Fields) -> Result<BTreeMap<Weekday, Vec<Hours>>, Problem> {
    let mut hours = BTreeMap::new();
    for weekday in Weekday::ALL {
        let time = |end: &str| -> Result<Option<ClockTime>, Problem> {
            let field = format!("{end}-{}", weekday.word());
            let says = format!(
                "Not saved: write the times of {} like 08:30.",
                weekday.says()
            );
            fields
                .optional(&field)
                .map(|text| {
                    text.parse()
                        .map_err(|_| Problem::new(&field, says.as_str()))
                })
                .transpose()
        };
        let stretch = match (time("from")?, time("until")?) {
            (None, None) => continue,
            (Some(from), Some(until)) => Hours::new(from, until),
            (None, Some(_)) | (Some(_), None) => None,
        };
        let stretch = stretch.ok_or_else(|| {
            let says = format!(
                "Not saved: the hours of {} need a beginning and a later end.",
                weekday.says()
            );
            Problem::new(&format!("from-{}", weekday.word()), says)
        })?;
        hours.insert(weekday, vec![stretch]);
    }
    Ok(hours)
}
