//! The reviewing clinician: one person's review with its decision, and the list of all reviews.

use super::clearance::{day, times};
use super::form::{Fields, Problem};
use super::guard::{check_csrf, check_password};
use super::page::{Asked, html};
use super::pages::around::{Around, Here};
use super::pages::clock_face::ClockFace;
use super::pages::review::{Flag, ReviewPage, ScaleLine, witness_says};
use super::pages::review_list::{CallRow, LetterRow, ReviewList, ReviewRow};
use super::people::read_by;
use super::respond::Refused;
use crate::application::Application;
use crate::fault::Fault;
use crate::history::{self, Speaker};
use crate::identity::Viewer;
use crate::journey::{self, Change};
use crate::messages::{self, Due, NewMessage};
use crate::patients;
use crate::standing::{self, Known};
use anyhow::Context as _;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{Html, IntoResponse, Redirect, Response};
use clinical::course::clearance::Clearances;
use clinical::course::intake::{About, Command as Said, Intake, Item, Through};
use clinical::course::screening::person::{Phase, Product, Route, Witness};
use clinical::course::screening::{
    Acceptance, Command, Context, PassOver, Plan, Refusal, Visit, decide, screen,
};
use clinical::instrument::{ScoringResult, assess};
use clinical::leaflet::Language;
use clinical::patient::CivilDate;
use clinical::policy::Gate;
use clinical::record::{CommandId, PatientId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::{CourseRow, CourseSearch};
use units::Moment;

/// How many people and letters the list shows.
const SHOWN: usize = 200;

/// The visit that is reviewed: the one that was asked about last while its day is not over, else
/// the same, or the most usual one, today.
fn reviewed(
    application: &Application,
    acceptance: &Acceptance,
    now: Moment,
) -> Result<Visit, Fault> {
    let today = day(application, now)?;
    let latest = acceptance.latest.as_ref().map(|latest| latest.visit);
    match latest {
        Some(visit) if visit.on >= today => Ok(visit),
        Some(visit) => standing::visit(application, now, visit.product, visit.route, visit.phase),
        None => standing::visit(
            application,
            now,
            Product::Racemic,
            Route::Intravenous,
            Phase::Series,
        ),
    }
}

/// Who asks for the page, and for which.
struct Sheet<'a> {
    application: &'a Application,
    viewer: &'a Viewer,
    patient: PatientId,
    headers: &'a HeaderMap,
    uri: &'a Uri,
}

impl Sheet<'_> {
    async fn answer(
        &self,
        not_done: Option<(&str, &[(String, String)])>,
    ) -> Result<Response, Refused> {
        let application = self.application;
        let asked = Asked::new(application, Some(self.viewer), self.headers, self.uri);
        let known = standing::known(application, self.patient)
            .await?
            .ok_or(Refused::NotFound)?;
        let visit = reviewed(application, &known.acceptance.state, asked.now())?;
        let rules = application.screening();
        let now = screen(
            &known.person,
            &visit,
            Gate::AcceptForTreatment,
            &rules,
            asked.now(),
        );
        let page = ReviewPage {
            around: asked.around(Here::Reviews, false),
            patient: &known.patient,
            person: &known.person,
            now: &now,
            acceptance: &known.acceptance.state,
            letters: &known.letters.state,
            times: times(application)?,
            today: day(application, asked.now())?,
            medicines: rules.medicines(),
            flags: flags(&known.history.state, &asked.around(Here::Reviews, false)),
            scales: scales(application, &known.history.state),
            asked: asked_already(&known.history.state),
            history: Some(format!("/patients/{}/history", self.patient)),
            can_be_asked: can_be_asked()?,
            not_done,
        };
        Ok(html(page.html()).into_response())
    }
}

/// What needs a person today and was seen to by nobody yet, the most urgent first.
fn flags(history: &Intake, around: &Around<'_>) -> Vec<Flag> {
    let open = history.open_attentions();
    open.into_iter()
        .map(|one| Flag {
            name: one.attention.clone(),
            says: one.says.clone(),
            action: one.action.clone(),
            by: format!("since {}", around.clock().when(one.at)),
        })
        .collect()
}

/// The questionnaires that were filled in, each with what it came to.
fn scales(application: &Application, history: &Intake) -> Vec<ScaleLine> {
    let mut latest: BTreeMap<&str, &Arc<Witness>> = BTreeMap::new();
    for (item, all) in history.statements() {
        if let (Item::OfScale { instrument, .. }, Some(newest)) = (item, all.last()) {
            let known = latest.entry(instrument).or_insert(&newest.witness);
            if known.at < newest.witness.at {
                *known = &newest.witness;
            }
        }
    }
    let zone = &application.zone;
    let clock = ClockFace {
        zone,
        now: application.clock.now(),
    };
    let lines = latest.into_iter().filter_map(|(id, by)| {
        let instrument = application.scales().named(id)?;
        let (score, band) = match assess(instrument, &history.answers(id)).outcome {
            ScoringResult::Scored(scored) => (
                scored.total.map_or_else(
                    || "never added up".to_owned(),
                    |total| {
                        let estimated = if total.estimated { ", estimated" } else { "" };
                        format!("{} of {}{estimated}", total.points, total.range.to)
                    },
                ),
                scored.band.map_or_else(String::new, |band| band.title),
            ),
            ScoringResult::Incomplete(open) => (
                format!("not whole: {} answers are missing", open.missing.len()),
                open.at_least
                    .map_or_else(String::new, |band| format!("at least {}", band.title)),
            ),
        };
        Some(ScaleLine {
            title: instrument.title.clone(),
            score,
            band,
            by: witness_says(by, &clock),
        })
    });
    lines.collect()
}

/// What the patient was asked by one tap and has not answered yet.
fn asked_already(history: &Intake) -> BTreeSet<String> {
    let items = history.open_questions().filter_map(|one| match &one.about {
        About::Item(item) => Some(item.name()),
        About::Words(_) => None,
    });
    items.collect()
}

/// What one tap can ask the patient: whatever they may answer themselves and a page asks.
fn can_be_asked() -> Result<BTreeSet<String>, Fault> {
    let pages = history::questionnaire()?;
    Ok(Item::all()
        .into_iter()
        .filter(|item| !item.is_for_staff_only() && pages.page_of(item).is_some())
        .map(|item| item.name())
        .collect())
}

/// One person's review.
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(patient): Path<PatientId>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let sheet = Sheet {
        application: &application,
        viewer: &viewer,
        patient,
        headers: &headers,
        uri: &uri,
    };
    let page = sheet.answer(None).await?;
    read_by(&application, &viewer, patient, "open a review").await?;
    Ok(page)
}

/// What is done on a review.
pub async fn act(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(patient): Path<PatientId>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let refused = match done(&application, &viewer, patient, &fields).await {
        Ok(()) => {
            let to = format!("/patients/{patient}/review");
            return Ok(Redirect::to(&to).into_response());
        }
        Err(refused) => refused,
    };
    match refused {
        Refused::Ruled(_) | Refused::Problem(_) => {
            let sheet = Sheet {
                application: &application,
                viewer: &viewer,
                patient,
                headers: &headers,
                uri: &uri,
            };
            let page = sheet.answer(Some((&refused.says(), &fields.0))).await?;
            Ok((refused.status(), page).into_response())
        }
        Refused::Refusal(_) | Refused::Fault(_) | Refused::NotFound | Refused::Forbidden(_) => {
            Err(refused)
        }
    }
}

async fn done(
    application: &Application,
    viewer: &Viewer,
    patient: PatientId,
    fields: &Fields,
) -> Result<(), Refused> {
    if let Some(command) = of_the_history(fields)? {
        return ask_or_see_to(application, viewer, patient, command, fields).await;
    }
    let known = standing::known(application, patient)
        .await?
        .ok_or(Refused::NotFound)?;
    let command_id = fields
        .text("command_id")
        .parse::<CommandId>()
        .map_err(|_| Problem::new("command_id", "Not saved: reload the page and try again."))?;
    let (command, action) = command(application, fields)?;
    let seen = match &command {
        Command::ConfirmEligibility { .. } => Some(seen(fields)?),
        Command::AskRules { .. } | Command::DeclineTreatment { .. } => None,
    };
    match &command {
        Command::ConfirmEligibility { .. } | Command::DeclineTreatment { .. } => {
            check_password(application, viewer, fields).await?;
        }
        Command::AskRules { .. } => {}
    }
    let actor = viewer.actor();
    let rules = application.screening();
    let Known { person, .. } = known;
    let change = Change {
        command_id,
        actor: actor.clone(),
        at: None,
        id: patient.0,
        patient: Some(patient),
        session: None,
        action,
        wanted: format!("{command:?} {seen:?}"),
    };
    journey::change::<Acceptance, Refusal>(application, change, |acceptance, now| {
        // Hazard: H24 — whoever signs has read the answer that is signed, and no newer one.
        if let (Some(seen), Some(latest)) = (seen, &acceptance.latest)
            && latest.at != seen
        {
            return Err(Refusal::AnswerChanged {
                screening: Box::new(latest.clone()),
            });
        }
        let context = Context {
            at: now,
            actor: &actor,
            person: &person,
            rules: &rules,
        };
        decide(acceptance, command.clone(), &context)
    })
    .await?;
    Ok(())
}

/// What a form wants of the history rather than of the acceptance, if it does.
fn of_the_history(fields: &Fields) -> Result<Option<Said>, Problem> {
    let question = uuid::Uuid::now_v7();
    Ok(match fields.text("act") {
        "ask-patient" => {
            let item = Item::of_name(fields.text("question"))
                .filter(|item| !item.is_for_staff_only())
                .ok_or_else(|| Problem::new("question", "This is not asked of patients."))?;
            Some(Said::AskPatient {
                question,
                about: About::Item(item),
            })
        }
        "ask-words" => Some(Said::AskPatient {
            question,
            about: About::Words(fields.text("words").to_owned()),
        }),
        "acknowledge" => Some(Said::Acknowledge {
            attention: fields.text("attention").to_owned(),
            note: fields.text("note").to_owned(),
        }),
        _ => None,
    })
}

/// Puts a question to the patient and writes to them that there is one; or notes what was done
/// about an answer that needs a person.
// Hazard: H40
async fn ask_or_see_to(
    application: &Application,
    viewer: &Viewer,
    patient: PatientId,
    command: Said,
    fields: &Fields,
) -> Result<(), Refused> {
    let speaker = Speaker {
        actor: viewer.actor(),
        through: Through::Staff,
        language: Language::English,
    };
    let command_id = fields
        .text("command_id")
        .parse::<CommandId>()
        .map_err(|_| Problem::new("command_id", "Not saved: reload the page and try again."))?;
    let words = ["act", "question", "words", "attention", "note"].map(|name| fields.text(name));
    let asks = matches!(command, Said::AskPatient { .. });
    history::change(
        application,
        command_id,
        &speaker,
        patient,
        format!("{words:?}"),
        |_| vec![command.clone()],
    )
    .await?;
    if asks {
        write_that_there_is_a_question(application, viewer, patient, command_id).await?;
    }
    Ok(())
}

/// Nothing of health, and not what is asked: only that there is something to answer.
async fn write_that_there_is_a_question(
    application: &Application,
    viewer: &Viewer,
    patient: PatientId,
    command_id: CommandId,
) -> Result<(), Refused> {
    let contacts = messages::contacts(application, patient).await?;
    let language = contacts.map_or(Language::English, |contacts| contacts.language);
    let (subject, text) = match language {
        Language::English => (
            "A question for you",
            "There is a question for you. Please answer it here: {link}",
        ),
        Language::Spanish => (
            "Una pregunta para usted",
            "Hay una pregunta para usted. Por favor, contéstela aquí: {link}",
        ),
    };
    let new = NewMessage {
        id: command_id.0,
        actor: viewer.actor(),
        patient,
        session: None,
        kind: "question",
        language,
        subject: subject.to_owned(),
        text: text.to_owned(),
        leads_to: Some("/my/history".to_owned()),
        due: Due::From(application.clock.now()),
    };
    messages::queue(application, new).await?;
    Ok(())
}

/// When the answer was made that the page showed.
fn seen(fields: &Fields) -> Result<Moment, Problem> {
    fields
        .text("seen")
        .parse()
        .map(Moment::from_microseconds)
        .map_err(|_| Problem::new("seen", "Not saved: reload the page and try again."))
}

/// What a form wants, and in words for the list of who did what.
fn command(application: &Application, fields: &Fields) -> Result<(Command, &'static str), Refused> {
    let text = |name: &str| fields.text(name).to_owned();
    match fields.text("act") {
        "ask" => Ok((
            Command::AskRules {
                visit: planned(application, fields)?,
                gate: Gate::AcceptForTreatment,
            },
            "ask the rules of screening",
        )),
        "confirm" => Ok((
            Command::ConfirmEligibility {
                plans: named(fields, "plan:")
                    .map(|(requirement, plan)| Plan { requirement, plan })
                    .collect(),
                passed: named(fields, "pass:")
                    .map(|(requirement, reason)| PassOver {
                        second_clinician: fields.optional(&format!("second:{requirement}")),
                        requirement,
                        reason,
                    })
                    .collect(),
                statement: text("statement"),
            },
            "accept for treatment",
        )),
        "decline" => Ok((
            Command::DeclineTreatment {
                reason: text("reason"),
            },
            "decline treatment",
        )),
        other => {
            let says = format!("“{other}” is not an act known here.");
            Err(Problem::new("act", says).into())
        }
    }
}

/// Fields of one kind, each with the requirement that its name ends with.
fn named<'a>(fields: &'a Fields, kind: &'a str) -> impl Iterator<Item = (String, String)> + 'a {
    fields.0.iter().filter_map(move |(name, value)| {
        let requirement = name.strip_prefix(kind)?;
        Some((requirement.to_owned(), value.trim().to_owned()))
    })
}

/// The visit that a form plans: today now, on another day at noon.
fn planned(application: &Application, fields: &Fields) -> Result<Visit, Refused> {
    let chosen = |name: &'static str| Problem::new(name, "Choose one of the list.");
    let product = Product::of_word(fields.text("product")).ok_or_else(|| chosen("product"))?;
    let route = Route::of_word(fields.text("route")).ok_or_else(|| chosen("route"))?;
    let phase = Phase::of_word(fields.text("phase")).ok_or_else(|| chosen("phase"))?;
    if !product.is_given_by(route) {
        let says = format!("{} is not given {}.", product.says(), route.says());
        return Err(Problem::new("route", says).into());
    }
    let text = fields.text("on");
    let on: CivilDate = text.parse().map_err(|_| {
        Problem::new(
            "on",
            format!("“{text}” is not a date of the calendar. Write it like 2026-03-02."),
        )
    })?;
    let now = application.clock.now();
    let today = day(application, now)?;
    if on < today {
        let says = format!("{on} is over. Choose the day of the first visit.");
        return Err(Problem::new("on", says).into());
    }
    let at = if on == today {
        now
    } else {
        noon(application, on).ok_or_else(|| {
            Problem::new("on", format!("{on} has no noon in the clinic's time zone."))
        })?
    };
    Ok(Visit {
        at,
        on,
        product,
        route,
        phase,
    })
}

fn noon(application: &Application, on: CivilDate) -> Option<Moment> {
    let (month, day) = (i8::try_from(on.month()).ok()?, i8::try_from(on.day()).ok()?);
    let noon = jiff::civil::Date::new(on.year(), month, day)
        .ok()?
        .at(12, 0, 0, 0)
        .to_zoned(application.zone.clone())
        .ok()?;
    Some(Moment::from_microseconds(noon.timestamp().as_microsecond()))
}

/// Everybody whose history waits for its reader, whose answer is open, or whose letter is.
pub async fn list(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let (today, times) = (day(&application, asked.now())?, times(&application)?);
    let mut people: BTreeMap<PatientId, ReviewRow> = BTreeMap::new();
    let mut letters = Vec::new();
    for row in rows(&application, "intake").await? {
        if row.state == "submitted"
            && let Some(patient) = row.patient
        {
            people.entry(patient).or_default().submitted = true;
        }
    }
    for row in rows(&application, "screening").await? {
        if let Some(patient) = row.patient {
            let person = people.entry(patient).or_default();
            person.screening = Some(row.state);
            person.summary = serde_json::from_str(&row.summary).unwrap_or_default();
        }
    }
    let mut with_letters: BTreeSet<PatientId> = BTreeSet::new();
    for row in rows(&application, "clearance").await? {
        if row.state != "withdrawn"
            && let Some(patient) = row.patient
        {
            people.entry(patient).or_default();
            with_letters.insert(patient);
        }
    }
    for patient in with_letters {
        let file = journey::read::<Clearances>(&application, patient.0).await?;
        for request in &file.state.requests {
            letters.push(LetterRow::of(patient, request, today, times));
        }
    }
    let mut calls = Vec::new();
    let clock = ClockFace {
        zone: &application.zone,
        now: asked.now(),
    };
    // Hazard: H40
    for row in rows_in(&application, "flag", Some("open")).await? {
        if let Some(patient) = row.patient {
            let said: Flagged = serde_json::from_str(&row.summary)
                .context("reading the row of a flag")
                .map_err(Fault)?;
            calls.push(CallRow {
                patient,
                name: name_of(&application, patient).await?,
                says: said.says.join(" "),
                since: row.due.map_or_else(String::new, |at| clock.when(at)),
            });
        }
    }
    for (patient, row) in &mut people {
        row.name = name_of(&application, *patient).await?;
    }
    let page = ReviewList {
        around: asked.around(Here::Reviews, false),
        people,
        calls,
        letters,
    };
    Ok(html(page.html()))
}

/// What the row of an open flag says.
#[derive(serde::Deserialize)]
struct Flagged {
    says: Vec<String>,
}

async fn name_of(application: &Application, patient: PatientId) -> Result<String, Fault> {
    Ok(patients::read(application, patient)
        .await?
        .and_then(|known| known.banner_name())
        .unwrap_or_else(|| "Name not recorded".to_owned()))
}

async fn rows(application: &Application, part: &str) -> Result<Vec<CourseRow>, Fault> {
    rows_in(application, part, None).await
}

async fn rows_in(
    application: &Application,
    part: &str,
    state: Option<&str>,
) -> Result<Vec<CourseRow>, Fault> {
    let search = CourseSearch {
        part: part.to_owned(),
        state: state.map(str::to_owned),
        count: SHOWN,
        ..CourseSearch::default()
    };
    Ok(application
        .store
        .course_rows(application.tenant, &search)
        .await
        .context("reading the list of reviews")?)
}
