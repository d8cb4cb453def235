//! Adverse events: the clinic's log, one event's page, entering one, and what the regulator's form
//! asks of it.

use super::access::ROOM;
use super::acts::read_word;
use super::form::{Fields, Problem};
use super::guard::check_csrf;
use super::page::{Asked, html};
use super::pages::adverse_events::{EventPage, LogPage, LoggedLine, NewEvent, NewFields};
use super::pages::around::{Here, role_says};
use super::pages::identity_strip::IdentityStrip;
use super::preparing::command_id;
use super::programme::date;
use super::respond::Refused;
use super::room::{check_identity, viewed};
use crate::application::Application;
use crate::book::{LocalTime, date_of, written_time};
use crate::fault::Fault;
use crate::identity::Viewer;
use crate::reporting::{self, By, Known};
use crate::{follow_up, patients};
use anyhow::Context as _;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use clinical::course::reporting::{Account, Learned, Noted, Origin, Seriousness};
use clinical::course::session::Criterion;
use clinical::leaflet::Language;
use clinical::patient::age_in_years;
use clinical::record::SessionId;
use exchange::medwatch::{DataSet, Facts, code_of, data_set};
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::Arc;
use units::Moment;
use uuid::Uuid;

/// The clinic's log.
pub async fn list(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let mut lines = Vec::new();
    for logged in reporting::log(&application).await? {
        let name = match logged.patient {
            Some(patient) => patients::read(&application, patient)
                .await?
                .and_then(|person| person.banner_name()),
            None => None,
        };
        // What is closed has nothing that runs.
        let clocks = match logged.open {
            true => clocks(&application, logged.row.session, logged.event).await?,
            false => Vec::new(),
        };
        lines.push(LoggedLine {
            name: name.unwrap_or_else(|| "not registered".to_owned()),
            clocks,
            logged,
        });
    }
    let page = LogPage {
        around: asked.around(Here::FollowUp, false),
        lines,
    };
    Ok(html(page.html()).into_response())
}

async fn clocks(
    application: &Application,
    session: SessionId,
    event: Uuid,
) -> Result<Vec<String>, Fault> {
    let Some(known) = Known::of(application, session).await? else {
        return Ok(Vec::new());
    };
    let accounts = known.accounts(&known.reporting.state);
    let Some(account) = accounts.iter().find(|one| one.event == event) else {
        return Ok(Vec::new());
    };
    let running = known.clocks(application, account)?;
    Ok(running
        .iter()
        .map(|one| reporting::clock_says(one.clock, one.standing))
        .collect())
}

/// From what an event is entered.
#[derive(Default, Deserialize)]
pub struct From {
    #[serde(default)]
    report: Option<Uuid>,
    #[serde(default)]
    event: Option<Uuid>,
}

/// The adverse events of a session, and a form for one more.
pub async fn new(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    Query(from): Query<From>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let known = Known::of(&application, id)
        .await?
        .ok_or(Refused::NotFound)?;
    let now = application.clock.now();
    viewed(&application, &viewer, &known.session, now).await?;
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let mut fields = NewFields::default();
    if let Some(event) = from.event {
        let accounts = known.accounts(&known.reporting.state);
        let again = |one: &&Account| {
            one.event == event && one.struck.is_none() && one.origin == Origin::Staff
        };
        let account = accounts.iter().find(again).ok_or(Refused::NotFound)?;
        fields = NewFields::anew(account, &asked.around(Here::FollowUp, false).clock());
    }
    if let Some(report) = from.report {
        fields.report = Some(report);
        fields.description = told(&application, &known, report).await?;
        fields.told_by = "patient".to_owned();
    }
    Ok(html(entering(&viewer, &asked, &known, &fields, None)).into_response())
}

/// What the person reported, in the words of the form.
async fn told(application: &Application, known: &Known, report: Uuid) -> Result<String, Fault> {
    let Some(patient) = known.session.patient else {
        return Ok(String::new());
    };
    let after = follow_up::of(application, patient).await?.state;
    let rules = Arc::clone(&application.in_force().follow_up);
    let Some(found) = after.reports.iter().find(|one| one.said.report == report) else {
        return Ok(String::new());
    };
    let mut words: Vec<String> = found
        .said
        .effects
        .iter()
        .filter_map(|id| rules.signs.effect(id))
        .map(|effect| effect.en.clone())
        .collect();
    let signs = found.said.signs.iter();
    words.extend(
        signs
            .filter_map(|id| rules.signs.sign(id))
            .map(|sign| sign.staff.clone()),
    );
    words.extend(Some(found.said.words.clone()).filter(|said| !said.is_empty()));
    Ok(words.join("; "))
}

fn entering(
    viewer: &Viewer,
    asked: &Asked<'_>,
    known: &Known,
    fields: &NewFields,
    refused: Option<&str>,
) -> String {
    let around = asked.around(Here::FollowUp, false);
    NewEvent {
        strip: IdentityStrip::of(&known.patient, around.now, around.zone),
        around,
        known,
        accounts: known.accounts(&known.reporting.state),
        fields,
        may_act: ROOM.include(viewer.role),
        refused,
    }
    .html()
}

/// Takes one more.
pub async fn enter(
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
    let command = command_id(&fields, Language::English)?;
    let event = match fields.optional("event") {
        Some(text) => text
            .parse()
            .map_err(|_| Problem::new("event", "Not saved: reload the page."))?,
        None => Uuid::new_v5(&command.0, b"adverse event"),
    };
    match entered(&application, &viewer, &known, (event, &fields)).await {
        Ok(()) => Ok(Redirect::to(&page_of(id, event)).into_response()),
        Err(refused @ (Refused::Ruled(_) | Refused::Problem(_))) => {
            let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
            let typed = NewFields::typed(&fields);
            let says = refused.says();
            let page = entering(&viewer, &asked, &known, &typed, Some(&says));
            Ok((refused.status(), html(page)).into_response())
        }
        Err(other) => Err(other),
    }
}

fn page_of(session: SessionId, event: Uuid) -> String {
    format!("/sessions/{session}/adverse-events/{event}")
}

// Hazard: H67
async fn entered(
    application: &Application,
    viewer: &Viewer,
    known: &Known,
    (event, fields): (Uuid, &Fields),
) -> Result<(), Refused> {
    let patient = known.session.patient.ok_or(Refused::NotFound)?;
    let ended = match fields.optional("ended") {
        Some(text) => Some(moment(application, "ended", &text)?),
        None => None,
    };
    let noted = Noted {
        description: fields.text("description").to_owned(),
        began_at: moment(application, "began", fields.text("began"))?,
        ended_at: ended,
        severity: read_word("severity", fields.text("severity"))?,
        serious: BTreeSet::new(),
        emergency_visit: read_word("emergency_visit", fields.text("emergency_visit"))?,
        expected: read_word("expected", fields.text("expected"))?,
        relatedness: read_word("relatedness", fields.text("relatedness"))?,
        outcome: read_word("outcome", fields.text("outcome"))?,
        treatment: fields.text("treatment").to_owned(),
        told_by: read_word("told_by", fields.text("told_by"))?,
        report: fields.optional("report").and_then(|text| text.parse().ok()),
    };
    let seriousness = seriousness(fields)?;
    let by = || -> Result<By, Problem> {
        Ok(By {
            command_id: command_id(fields, Language::English)?,
            actor: viewer.actor(),
            session: known.session.id,
            patient: Some(patient),
        })
    };
    let wanted = ("enter an adverse event", format!("{:?}", fields.0));
    reporting::act(application, by()?, wanted, |state, now| {
        let whose = (event, patient);
        state.note(whose, noted.clone(), seriousness.clone(), now)
    })
    .await?;
    reporting::look_again(application, by()?).await
}

fn seriousness(fields: &Fields) -> Result<Seriousness, Problem> {
    let criteria = fields
        .all("serious")
        .map(|word| read_word::<Criterion>("serious", word))
        .collect::<Result<BTreeSet<_>, _>>()?;
    Ok(match (criteria.is_empty(), fields.text("not-serious")) {
        (true, "yes") => Seriousness::NotSerious,
        (true, _) => Seriousness::NotSaid,
        (false, "yes") => {
            let says = "Not saved: something makes it serious, and it is ticked as not serious too. Leave one of them.";
            return Err(Problem::new("serious", says));
        }
        (false, _) => Seriousness::By(criteria),
    })
}

fn moment(application: &Application, name: &str, text: &str) -> Result<Moment, Problem> {
    let unread = || Problem::new(name, "Not saved: write the day and the time.");
    match written_time(&application.zone, text).ok_or_else(unread)? {
        LocalTime::Once(at) | LocalTime::Twice(at, _) => Ok(at),
        LocalTime::Never => Err(unread()),
    }
}

async fn found(
    application: &Application,
    id: SessionId,
    event: Uuid,
) -> Result<(Known, Account), Refused> {
    let known = Known::of(application, id).await?.ok_or(Refused::NotFound)?;
    let accounts = known.accounts(&known.reporting.state);
    let account = accounts
        .into_iter()
        .find(|one| one.event == event)
        .ok_or(Refused::NotFound)?;
    Ok((known, account))
}

/// One event.
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path((id, event)): Path<(SessionId, Uuid)>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let (known, account) = found(&application, id, event).await?;
    let now = application.clock.now();
    viewed(&application, &viewer, &known.session, now).await?;
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let page = shown(&application, &viewer, &asked, (&known, &account), None)?;
    Ok(html(page).into_response())
}

fn shown(
    application: &Application,
    viewer: &Viewer,
    asked: &Asked<'_>,
    (known, account): (&Known, &Account),
    refused: Option<&str>,
) -> Result<String, Refused> {
    let around = asked.around(Here::FollowUp, false);
    let data = regulator(application, viewer, (known, account))?;
    Ok(EventPage {
        strip: IdentityStrip::of(&known.patient, around.now, around.zone),
        around,
        known,
        account,
        clocks: known.clocks(application, account)?,
        missing: data
            .fields
            .iter()
            .filter_map(|field| Some((field.asks, field.missing?)))
            .collect(),
        may_act: ROOM.include(viewer.role),
        refused,
    }
    .html())
}

/// Somebody looked at it, told somebody of it, closed it or struck it out.
pub async fn act(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path((id, event)): Path<(SessionId, Uuid)>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    // Hazard: H02
    check_identity(&application, id, &fields).await?;
    let (known, account) = found(&application, id, event).await?;
    match acted(&application, &viewer, (&known, &account), &fields).await {
        Ok(()) => Ok(Redirect::to(&page_of(id, event)).into_response()),
        Err(refused @ (Refused::Ruled(_) | Refused::Problem(_))) => {
            let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
            let says = refused.says();
            let both = (&known, &account);
            let page = shown(&application, &viewer, &asked, both, Some(&says))?;
            Ok((refused.status(), html(page)).into_response())
        }
        Err(other) => Err(other),
    }
}

async fn acted(
    application: &Application,
    viewer: &Viewer,
    (known, account): (&Known, &Account),
    fields: &Fields,
) -> Result<(), Refused> {
    let command_id = command_id(fields, Language::English)?;
    let by = || By {
        command_id,
        actor: viewer.actor(),
        session: known.session.id,
        patient: known.session.patient,
    };
    let wanted = |action| (action, format!("{} {:?}", account.event, fields.0));
    match fields.text("what") {
        "look" => {
            let learned = Learned {
                learned: fields.text("learned").to_owned(),
                open_question: fields.text("open-question").to_owned(),
                expected: read_word("expected", fields.text("expected"))?,
                emergency_visit: read_word("emergency_visit", fields.text("emergency_visit"))?,
            };
            let order = wanted("write what was learned of an adverse event");
            reporting::act(application, by(), order, |state, _| {
                state.look(account, learned.clone())
            })
            .await?;
        }
        "tell" => {
            let on = date(fields, "on")?;
            let (clock, reference) = (fields.text("clock"), fields.text("reference"));
            let order = wanted("record who was told of an adverse event");
            reporting::act(application, by(), order, |state, _| {
                let to = (clock, reference);
                state.tell(application.clocks(), account, to, (on, known.today))
            })
            .await?;
        }
        "close" => {
            let order = wanted("close an adverse event");
            reporting::act(application, by(), order, |state, _| state.close(account)).await?;
        }
        "strike" => {
            let reason = fields.text("reason");
            let order = wanted("strike out an adverse event");
            reporting::act(application, by(), order, |state, _| {
                state.strike(account, reason)
            })
            .await?;
            reporting::look_again(application, by()).await?;
        }
        _ => return Err(Problem::new("what", "Not saved: reload the page.").into()),
    }
    Ok(())
}

/// What the regulator's form asks of an event, from what is known.
fn regulator(
    application: &Application,
    viewer: &Viewer,
    (known, account): (&Known, &Account),
) -> Result<DataSet, Refused> {
    let on = |at: Moment| date_of(&application.zone, at);
    let person = known.patient.registration.as_ref();
    let began_on = on(account.noted.began_at)?;
    let session = &known.session;
    let given = session
        .given(application.clock.now())
        .map(|given| given.rounded(2));
    let clinic = application.clinic();
    let setting = clinic.programme_setting.as_ref().map(|one| {
        let parts = [
            &one.name,
            &one.address_1,
            &one.address_2,
            &one.city,
            &one.state,
            &one.postal_code,
        ];
        let said: Vec<&str> = parts
            .into_iter()
            .map(|part| part.as_str())
            .filter(|part| !part.is_empty())
            .collect();
        said.join(", ")
    });
    let facts = Facts {
        account,
        began_on,
        ended_on: account.noted.ended_at.map(on).transpose()?,
        today: known.today,
        age: person.and_then(|who| age_in_years(who.birth_date, began_on)),
        sex: person.map(|who| who.sex),
        weight: known
            .patient
            .body_weight()
            .map(|one| one.kilograms.to_string()),
        product: session.product().says().to_owned(),
        given: given.map(|amount| amount.to_string()),
        route: session.route().says().to_owned(),
        given_on: known.visit_on,
        lots: known.lots().to_vec(),
        medicines: known.medicines(),
        setting,
        reporter: format!("{}, {}", viewer.name, role_says(viewer.role)),
    };
    let whose = person.map_or(account.event, |who| who.patient.0);
    Ok(data_set(&facts, &code_of(whose, account.event)))
}

async fn downloaded(
    application: &Application,
    viewer: &Viewer,
    id: SessionId,
    event: Uuid,
) -> Result<DataSet, Refused> {
    let (known, account) = found(application, id, event).await?;
    let now = application.clock.now();
    viewed(application, viewer, &known.session, now).await?;
    regulator(application, viewer, (&known, &account))
}

fn attachment(kind: &'static str, name: &str, text: String) -> Result<Response, Refused> {
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
        .context("naming a file")
        .map_err(Fault)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, text).into_response())
}

/// The same as JSON.
pub async fn medwatch_json(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path((id, event)): Path<(SessionId, Uuid)>,
) -> Result<Response, Refused> {
    let data = downloaded(&application, &viewer, id, event).await?;
    let text = serde_json::to_string_pretty(&data)
        .context("writing a data set")
        .map_err(Fault)?;
    attachment("application/json", "adverse-event.json", text)
}

/// The same as a table.
pub async fn medwatch_csv(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path((id, event)): Path<(SessionId, Uuid)>,
) -> Result<Response, Refused> {
    let data = downloaded(&application, &viewer, id, event).await?;
    let text = as_table(&data)
        .context("writing a data set")
        .map_err(Fault)?;
    attachment("text/csv; charset=utf-8", "adverse-event.csv", text)
}

fn as_table(data: &DataSet) -> anyhow::Result<String> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["field", "asks", "value", "missing"])?;
    for field in &data.fields {
        let value = field.value.as_deref().unwrap_or_default();
        table.write_record([
            field.field,
            field.asks,
            &plain(value),
            field.missing.unwrap_or_default(),
        ])?;
    }
    Ok(String::from_utf8(table.into_inner()?)?)
}

/// A spreadsheet takes what begins so for a formula; nobody wrote one.
fn plain(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}
