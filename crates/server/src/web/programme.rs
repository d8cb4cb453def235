//! The safety programme: forms that wait, one session's form, who is enrolled, and how the clinic
//! names itself.

use super::access::{CLINIC_SETTERS, ORDER, ROOM};
use super::form::{Fields, Problem};
use super::guard::check_csrf;
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::identity_strip::IdentityStrip;
use super::pages::programme::{Enrolled, FormPage, FormPrint, SettingPage, WaitingLine, Worklist};
use super::people::read_by;
use super::preparing::command_id;
use super::respond::Refused;
use super::room::{check_identity, viewed};
use crate::application::Application;
use crate::book;
use crate::fault::Fault;
use crate::identity::Viewer;
use crate::journey::{self, Change};
use crate::patients;
use crate::reporting::{self, By, Known, PROGRAMME_FORM, Waiting};
use anyhow::Context as _;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use clinical::clinic::{Clinic, ClinicEvent, ProgrammeSetting};
use clinical::course::reporting::{Field, Form, Kind, Refusal, Said, Sending, Value, Way};
use clinical::leaflet::Language;
use clinical::patient::{CivilDate, Enrolment};
use clinical::record::{PatientId, SessionId};
use serde::Deserialize;
use std::sync::Arc;

/// How many forms that were sent are listed.
const SENT_SHOWN: usize = 30;

/// Which form is asked for; none: the one that is filled by default.
#[derive(Default, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    form: Option<String>,
}

fn wanted<'a>(application: &'a Application, wanted: &Wanted) -> Result<&'a Form, Refused> {
    let forms = application.forms();
    match &wanted.form {
        Some(id) => forms.named(id),
        None => forms.current(),
    }
    .ok_or(Refused::NotFound)
}

async fn line(application: &Application, waits: Waiting) -> Result<Option<WaitingLine>, Fault> {
    let Some(form) = application.forms().current() else {
        return Ok(None);
    };
    let today = book::date_of(&application.zone, application.clock.now())?;
    let name = match waits.patient {
        Some(patient) => patients::read(application, patient)
            .await?
            .and_then(|person| person.banner_name()),
        None => None,
    };
    Ok(Some(WaitingLine {
        session: waits.session,
        name: name.unwrap_or_else(|| "not registered".to_owned()),
        visit_on: waits.row.visit_on,
        last_day: form.last_day(waits.row.visit_on),
        countdown: form.countdown(waits.row.visit_on, today),
        missing: None,
        differs: waits.differs,
        sent_on: waits.row.sent_on,
        reference: waits.row.reference,
    }))
}

/// Every form with which somebody has something to do, and the last ones that were sent.
pub async fn list(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let mut waiting = Vec::new();
    for waits in reporting::waiting(&application).await? {
        let session = waits.session;
        if let Some(mut line) = line(&application, waits).await? {
            line.missing = reporting::missing(&application, session).await?;
            waiting.push(line);
        }
    }
    let mut sent = Vec::new();
    for one in reporting::sent(&application, SENT_SHOWN).await? {
        sent.extend(line(&application, one).await?);
    }
    let page = Worklist {
        around: asked.around(Here::FollowUp, false),
        waiting,
        sent,
        setting_missing: application.clinic().programme_setting.is_none(),
        may_set: CLINIC_SETTERS.include(viewer.role),
    };
    Ok(html(page.html()).into_response())
}

/// One session's form.
pub async fn form(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    Query(which): Query<Wanted>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let known = Known::of(&application, id)
        .await?
        .ok_or(Refused::NotFound)?;
    let now = application.clock.now();
    viewed(&application, &viewer, &known.session, now).await?;
    let form = wanted(&application, &which)?;
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    Ok(html(shown(&application, &viewer, &asked, (&known, form), None)).into_response())
}

fn shown(
    application: &Application,
    viewer: &Viewer,
    asked: &Asked<'_>,
    (known, form): (&Known, &Form),
    refused: Option<&str>,
) -> String {
    let around = asked.around(Here::FollowUp, false);
    let filled = known.fill(application, form, &known.reporting.state);
    FormPage {
        strip: IdentityStrip::of(&known.patient, around.now, around.zone),
        around,
        forms: application.forms(),
        form,
        filled: &filled,
        known,
        may_act: ROOM.include(viewer.role),
        refused,
    }
    .html()
}

/// The form as it is typed over or faxed.
pub async fn print(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    Query(which): Query<Wanted>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let known = Known::of(&application, id)
        .await?
        .ok_or(Refused::NotFound)?;
    let now = application.clock.now();
    viewed(&application, &viewer, &known.session, now).await?;
    let form = wanted(&application, &which)?;
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let filled = known.fill(&application, form, &known.reporting.state);
    let around = asked.around(Here::FollowUp, false);
    let page = FormPrint {
        strip: IdentityStrip::of(&known.patient, around.now, around.zone),
        around,
        form,
        filled: &filled,
        known: &known,
    };
    Ok(html(page.html()).into_response())
}

/// Somebody says something of it, or that it left.
pub async fn act(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    // Hazard: H02
    check_identity(&application, id, &fields).await?;
    let known = Known::of(&application, id)
        .await?
        .ok_or(Refused::NotFound)?;
    let which = Wanted {
        form: fields.optional("form"),
    };
    let form = wanted(&application, &which)?;
    match acted(&application, &viewer, (&known, form), &fields).await {
        Ok(()) => {
            let to = format!("/sessions/{id}/programme?form={}", form.id);
            Ok(Redirect::to(&to).into_response())
        }
        Err(refused @ (Refused::Ruled(_) | Refused::Problem(_))) => {
            let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
            let says = refused.says();
            let page = shown(&application, &viewer, &asked, (&known, form), Some(&says));
            Ok((refused.status(), html(page)).into_response())
        }
        Err(other) => Err(other),
    }
}

async fn acted(
    application: &Application,
    viewer: &Viewer,
    (known, form): (&Known, &Form),
    fields: &Fields,
) -> Result<(), Refused> {
    let by = || -> Result<By, Problem> {
        Ok(By {
            command_id: command_id(fields, Language::English)?,
            actor: viewer.actor(),
            session: known.session.id,
            patient: known.session.patient,
        })
    };
    let wanted = |action| (action, format!("{:?}", fields.0));
    let because = fields.text("because").to_owned();
    match fields.text("what") {
        "say" => {
            let all = said(form, known, fields)?;
            let order = wanted("fill in a form of the safety programme");
            reporting::act(application, by()?, order, |state, _| {
                state.say(form, all.clone())
            })
            .await?;
            reporting::look_again(application, by()?).await?;
        }
        "send" => {
            let sending = Sending {
                way: way(fields.text("way"))?,
                reference: fields.text("reference").to_owned(),
                on: date(fields, "on")?,
                because,
            };
            let (today, over) = (known.today, known.is_over());
            let order = wanted("record that a form of the safety programme was sent");
            reporting::act(application, by()?, order, |state, _| {
                let filled = known.fill(application, form, state);
                state.send(form, &filled, sending.clone(), (today, over))
            })
            .await?;
            reporting::look_again(application, by()?).await?;
        }
        "set-aside" => {
            let order = wanted("say that no form of the safety programme is owed");
            reporting::act(application, by()?, order, |state, _| {
                state.set_aside(&because)
            })
            .await?;
        }
        "take-up" => {
            let order = wanted("take up a form of the safety programme again");
            let visit = known.session.patient.zip(known.visit_on);
            reporting::act(application, by()?, order, |state, _| {
                match (state.form, visit) {
                    (Some(_), _) => state.take_up(),
                    (None, Some((patient, on))) => Ok(state.owe(patient, on)),
                    (None, None) => Err(Refusal::NotOwed),
                }
            })
            .await?;
        }
        "accept" => {
            let order = wanted("accept what differs from a form that was sent");
            reporting::act(application, by()?, order, |state, _| {
                let sent = state.newest_sent().map(|sent| sent.form.as_str());
                let form = sent.and_then(|form| application.forms().named(form));
                let filled = form.map(|form| known.fill(application, form, state));
                state.accept_difference(&because, &filled.unwrap_or_default())
            })
            .await?;
        }
        _ => return Err(Problem::new("what", "Not saved: reload the page.").into()),
    }
    Ok(())
}

/// What the form of the page says of each field: a value, a reason, or nothing any more.
fn said(form: &Form, known: &Known, fields: &Fields) -> Result<Vec<(String, Said)>, Refused> {
    let mut all = Vec::new();
    for field in form.fields() {
        let (value, why) = (format!("value-{}", field.id), format!("why-{}", field.id));
        let shown = fields
            .0
            .iter()
            .any(|(name, _)| *name == value || *name == why);
        if !shown {
            continue;
        }
        let stands = known.reporting.state.said.contains_key(&field.id);
        if let Some(text) = fields.optional(&value) {
            let value = read_value(field, &text)?;
            all.push((field.id.clone(), Said::Value { value }));
        } else if let Some(because) = fields.optional(&why) {
            all.push((field.id.clone(), Said::Justified { because }));
        } else if stands {
            all.push((field.id.clone(), Said::TakenBack));
        }
    }
    Ok(all)
}

fn read_value(field: &Field, text: &str) -> Result<Value, Refused> {
    let unread = || {
        Refused::from(Refusal::WrongKind {
            field: field.says.clone(),
        })
    };
    Ok(match field.kind {
        Kind::Text => Value::Text(text.to_owned()),
        Kind::YesNo => match text {
            "yes" => Value::YesNo(true),
            "no" => Value::YesNo(false),
            _ => return Err(unread()),
        },
        Kind::Minutes => Value::Minutes(text.parse::<u16>().map_err(|_| unread())?.into()),
        Kind::Date | Kind::Word | Kind::Amount | Kind::Pressure | Kind::Moment => {
            return Err(Refused::from(Refusal::RecordAnswers {
                field: field.says.clone(),
            }));
        }
    })
}

fn way(word: &str) -> Result<Way, Problem> {
    Way::ALL
        .into_iter()
        .find(|way| way.word() == word)
        .ok_or_else(|| Problem::new("way", "Not saved: say by which way it left."))
}

pub(super) fn date(fields: &Fields, name: &str) -> Result<CivilDate, Problem> {
    fields
        .text(name)
        .parse()
        .map_err(|_| Problem::new(name, "Not saved: write the day."))
}

/// Whether one person is enrolled, with their forms.
pub async fn person(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(patient): Path<PatientId>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let page = of_person(&application, &viewer, patient, &asked, None).await?;
    let action = "open a person’s safety programme";
    read_by(&application, &viewer, patient, action).await?;
    Ok(page)
}

async fn of_person(
    application: &Application,
    viewer: &Viewer,
    patient: PatientId,
    asked: &Asked<'_>,
    refused: Option<&Refused>,
) -> Result<Response, Refused> {
    let person = patients::read(application, patient)
        .await?
        .ok_or(Refused::NotFound)?;
    let records = person.took_in.iter().map(|merged| merged.from);
    let mut forms = Vec::new();
    for record in std::iter::once(patient).chain(records) {
        let rows = application
            .store
            .course_rows_of(application.tenant, record)
            .await
            .context("reading a person’s forms")
            .map_err(Fault)?;
        for row in rows.into_iter().filter(|row| row.part == PROGRAMME_FORM) {
            let waits = Waiting {
                session: SessionId(row.id),
                patient: row.patient,
                differs: row.state == "differs",
                row: serde_json::from_str(&row.summary)
                    .context("reading a form’s row")
                    .map_err(Fault)?,
            };
            forms.extend(line(application, waits).await?);
        }
    }
    forms.sort_by_key(|one| std::cmp::Reverse(one.visit_on));
    let around = asked.around(Here::Patients, false);
    let says = refused.map(Refused::says);
    let page = Enrolled {
        strip: IdentityStrip::of(&person, around.now, around.zone),
        around,
        patient,
        said: person.enrolment(),
        forms,
        may_act: ROOM.include(viewer.role),
        may_order: ORDER.include(viewer.role),
        refused: says.as_deref(),
    };
    let status = refused.map_or(StatusCode::OK, Refused::status);
    Ok((status, html(page.html())).into_response())
}

/// Somebody says how a person's enrolment stands.
pub async fn enrol(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(patient): Path<PatientId>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    // Hazard: H02
    if fields.text("patient") != patient.to_string() {
        let says = "Not saved: this form belongs to somebody else's page. Reload it.";
        return Err(Problem::new("patient", says).into());
    }
    match enrolled(&application, &viewer, patient, &fields).await {
        Ok(()) => Ok(Redirect::to(&format!("/patients/{patient}/programme")).into_response()),
        Err(refused @ (Refused::Ruled(_) | Refused::Problem(_))) => {
            let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
            of_person(&application, &viewer, patient, &asked, Some(&refused)).await
        }
        Err(other) => Err(other),
    }
}

// Hazard: H67
async fn enrolled(
    application: &Application,
    viewer: &Viewer,
    patient: PatientId,
    fields: &Fields,
) -> Result<(), Refused> {
    patients::read(application, patient)
        .await?
        .ok_or(Refused::NotFound)?;
    let because = || {
        fields
            .optional("because")
            .ok_or_else(|| Problem::new("because", "Not saved: say why."))
    };
    let enrolment = match fields.text("enrolment") {
        "enrolled" => {
            let on = date(fields, "on")?;
            let today = book::date_of(&application.zone, application.clock.now())?;
            if on > today {
                return Err(Problem::new("on", "Not saved: that day has not come yet.").into());
            }
            Enrolment::Enrolled { on }
        }
        "not-enrolled" => Enrolment::NotEnrolled {
            because: because()?,
        },
        "outside" if ORDER.include(viewer.role) => Enrolment::OutsideProgramme {
            because: because()?,
        },
        "outside" => {
            let says = "Not saved: a prescriber says whom the programme does not enrol.";
            return Err(Refused::Ruled(says.to_owned()));
        }
        _ => return Err(Problem::new("enrolment", "Not saved: choose how it stands.").into()),
    };
    let by = (
        command_id(fields, Language::English)?,
        viewer.actor(),
        viewer.name.clone(),
    );
    reporting::say_enrolment(application, by, patient, enrolment).await?;
    Ok(())
}

/// How the clinic names itself to the programme.
pub async fn setting(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let page = SettingPage {
        around: asked.around(Here::FollowUp, false),
        setting: application
            .clinic()
            .programme_setting
            .clone()
            .unwrap_or_default(),
    };
    Ok(html(page.html()).into_response())
}

/// Sets it.
pub async fn set(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let text = |name: &str| fields.text(name).chars().take(200).collect::<String>();
    let setting = ProgrammeSetting {
        name: text("name"),
        address_1: text("address-1"),
        address_2: text("address-2"),
        city: text("city"),
        state: text("state"),
        postal_code: text("postal-code"),
        telephone: text("telephone"),
        email: text("email"),
    };
    let order = Change {
        command_id: command_id(&fields, Language::English)?,
        actor: viewer.actor(),
        at: None,
        id: application.tenant.0,
        patient: None,
        session: None,
        action: "say how the clinic names itself to the safety programme",
        wanted: format!("{setting:?}"),
    };
    journey::change::<Clinic, Refused>(&application, order, |_clinic, at| {
        Ok(vec![ClinicEvent::ProgrammeSettingSet {
            setting: setting.clone(),
            by: viewer.name.clone(),
            at,
        }])
    })
    .await?;
    application.read_clinic().await?;
    Ok(Redirect::to("/programme").into_response())
}
