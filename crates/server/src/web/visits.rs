//! Visits seen by staff: who is ready on a day, and the check-in at the door.

use super::acts;
use super::form::{Fields, Problem};
use super::guard::check_csrf;
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::check_in::CheckInPage;
use super::pages::clock_face::{civil_date, today};
use super::pages::readiness::ReadinessPage;
use super::preparing::{command_id, named_escort};
use super::respond::Refused;
use super::weighing;
use crate::application::Application;
use crate::book;
use crate::command::{Order, execute};
use crate::history::{self, Speaker};
use crate::identity::Viewer;
use crate::journey::{Change, change};
use crate::{consent, messages, patients, preparation, readiness, standing};
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use clinical::course::intake::{Command as Say, Item, Said as Told, Through};
use clinical::course::preparation::{
    Given, Instruction, Medicine, MedicineDecision, Preparation, Said, Taken,
};
use clinical::course::screening::medicine::Use;
use clinical::course::screening::person::Weighing;
use clinical::course::session::{Answer, Command, FastingAnswers, Stage};
use clinical::leaflet::Language;
use clinical::patient::CivilDate;
use clinical::record::{CommandId, PatientId, SessionId};
use serde::Deserialize;
use std::sync::Arc;
use units::{Kilograms, Moment, Span};
use uuid::Uuid;

/// Which day is asked for.
#[derive(Deserialize)]
pub struct Day {
    #[serde(default)]
    day: String,
    #[serde(default)]
    sent: String,
}

/// Everyone of a day; tomorrow when none is named.
pub async fn ready(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Query(wanted): Query<Day>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let hours = |hours| Span::from_hours(hours);
    let tomorrow = || today(asked.now() + hours(24), &application.zone);
    let day = if wanted.day.is_empty() {
        tomorrow()
    } else {
        wanted.day.parse().ok()
    };
    let day = day.ok_or_else(|| Problem::new("day", "Write the day like 2026-11-20."))?;
    let from = midnight(&application, day)?;
    // Noon of a day is never skipped by a clock; from there the days beside it are found.
    let beside = |moment: Moment| {
        today(moment, &application.zone).map_or_else(String::new, |date| date.to_string())
    };
    let after = today(from + hours(36), &application.zone);
    let until = match after {
        Some(after) => midnight(&application, after)?,
        None => from + hours(24),
    };
    let visits = readiness::between(&application, from, until).await?;
    let mut failures = Vec::new();
    for row in messages::failures(&application).await? {
        let person = match row.patient {
            Some(patient) => patients::read(&application, patient).await?,
            None => None,
        };
        // What goes to somebody on duty, or to whoever takes them home, is about a patient, and did
        // not go to them.
        let patient = person.and_then(|person| person.banner_name());
        let name = if messages::is_to_staff(&row)? {
            "Somebody on duty".to_owned()
        } else if messages::is_to_escort(&row)? {
            let whose = patient.unwrap_or_default();
            format!("Whoever takes {whose} home")
        } else {
            patient.unwrap_or_default()
        };
        failures.push((row, name));
    }
    let page = ReadinessPage {
        around: asked.around(Here::Ready, false),
        date: civil_date(day),
        day: day.to_string(),
        beside: [beside(from - hours(12)), beside(from + hours(36))],
        visits: &visits,
        failures: &failures,
        role: viewer.role,
        done: !wanted.sent.is_empty(),
    };
    Ok(html(page.html()).into_response())
}

fn midnight(application: &Application, day: CivilDate) -> Result<Moment, Refused> {
    book::begin_of(&application.zone, day)
        .ok_or_else(|| Problem::new("day", "This day is not in the calendar.").into())
}

/// Sends the reminder of a visit again.
pub async fn remind(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let command = command_id(&fields, Language::English)?;
    preparation::remind_again(&application, id, viewer.actor(), command).await?;
    let day: Option<CivilDate> = fields.text("day").parse().ok();
    let day = day.map_or_else(String::new, |day| day.to_string());
    Ok(Redirect::to(&format!("/ready?day={day}&sent=1")).into_response())
}

/// The page at the door.
pub async fn check_in_page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    door(&application, &viewer, id, &headers, &uri, None).await
}

/// The page, with what was typed where it is asked back.
async fn door(
    application: &Application,
    viewer: &Viewer,
    id: SessionId,
    headers: &HeaderMap,
    uri: &Uri,
    asked_back: Option<(&str, &Fields)>,
) -> Result<Response, Refused> {
    let asked = Asked::new(application, Some(viewer), headers, uri);
    let ready = readiness::of(application, id)
        .await?
        .ok_or(Refused::NotFound)?;
    let rules = match &ready.session {
        Some(session) => application.rules_of(session)?,
        None => application.rules(),
    };
    let limit = |name| rules.value("pre-dose-blood-pressure", name);
    let found = match &ready.preparation.planned {
        Some(planned) => Some(
            consent::standing(
                application,
                planned.patient,
                planned.product,
                asked.now(),
                true,
            )
            .await?,
        ),
        None => None,
    };
    let page = CheckInPage {
        proposed: proposed(application, ready.patient).await?,
        asked_back,
        consent: found.as_ref(),
        around: asked.around(Here::Elsewhere, false),
        ready: &ready,
        role: viewer.role,
        rest: application
            .in_force()
            .preparation
            .span("rest_before_repeat"),
        soft: limit("soft_systolic")
            .zip(limit("soft_diastolic"))
            .map(|(systolic, diastolic)| (systolic.value, diastolic.value)),
    };
    Ok(html(page.html()).into_response())
}

/// Checks a person in, or charts another pressure of one who is here.
///
/// Each part is a command of its own with an id made of the form's: sent again, what was done
/// stays done and the rest follows. Hazard: H21, H25
pub async fn check_in(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let refused = match come_in(&application, &viewer, id, &fields).await {
        Ok(()) => return Ok(Redirect::to(&format!("/visits/{id}/check-in")).into_response()),
        Err(refused) => refused,
    };
    match refused {
        // What was typed stays; what is wrong is said above it.
        Refused::Ruled(_) | Refused::Problem(_) | Refused::Refusal(_) => {
            let says = refused.says();
            let asked_back = Some((says.as_str(), &fields));
            let page = door(&application, &viewer, id, &headers, &uri, asked_back).await?;
            Ok((refused.status(), page).into_response())
        }
        Refused::Fault(_) | Refused::NotFound | Refused::Forbidden(_) => Err(refused),
    }
}

async fn come_in(
    application: &Application,
    viewer: &Viewer,
    id: SessionId,
    fields: &Fields,
) -> Result<(), Refused> {
    let command = command_id(fields, Language::English)?;
    let now = application.clock.now();
    let session = application
        .sessions
        .session(id)
        .await?
        .ok_or(Refused::NotFound)?;
    // Everything is read before anything is saved.
    let read = |act: &str| {
        let mut with_act = fields.clone();
        with_act.0.push(("act".to_owned(), act.to_owned()));
        acts::read(&with_act, &application.zone, now).map(|act| act.command)
    };
    let measured = ["systolic", "diastolic", "heart_rate", "oxygen_saturation"]
        .into_iter()
        .chain(["respiratory_rate", "temperature"])
        .any(|field| !fields.text(field).is_empty());
    let vital_signs = if measured {
        Some(read("vital-signs")?)
    } else {
        None
    };
    if let Some(Command::ChartVitalSigns { values, .. }) = &vital_signs {
        values
            .check()
            .map_err(|why| clinical::course::session::Refusal::ImpossibleVitalSigns { why })?;
    }
    let weighed = weighed(application, fields, session.patient).await?;
    let part = |name: &str| CommandId(Uuid::new_v5(&command.0, name.as_bytes()));
    let send = |name: &str, command: Command| {
        execute(
            application,
            Order {
                command_id: part(name),
                session: id,
                actor: viewer.actor(),
                command,
                at: None,
            },
        )
    };
    let first = !fields.text("heavy_meal").is_empty();
    if first {
        let fasting = read("fasting")?;
        let identity = read("identity")?;
        let Command::AnswerFasting { fasting } = fasting else {
            return Err(Problem::new("", "The form could not be read.").into());
        };
        if fields.all("identifier").count() < 2 {
            return Err(clinical::course::session::Refusal::TwoIdentifiersNeeded.into());
        }
        let confirmed = confirmed(fields, application, fasting, now)?;
        let named = named_escort(fields).map(|escort| escort.says());
        send(
            "check-in",
            Command::CheckIn {
                fasting,
                escort: named,
            },
        )
        .await?;
        send("identity", identity).await?;
        let wanted = Change {
            command_id: part("preparation"),
            actor: viewer.actor(),
            at: None,
            id: id.0,
            patient: session.patient,
            session: Some(id),
            action: "check a person in",
            wanted: format!("{confirmed:?}"),
        };
        let note = fields.text("note");
        change(application, wanted, |preparation: &Preparation, now| {
            preparation.check_in(confirmed.clone(), note.to_owned(), now)
        })
        .await?;
    } else if session.stage == Stage::Planned || (vital_signs.is_none() && weighed.is_none()) {
        return Err(Problem::new("systolic", "Enter at least one measurement.").into());
    }
    if let Some(vital_signs) = vital_signs {
        send("vital-signs", vital_signs).await?;
    }
    if let Some((patient, kilograms)) = weighed {
        weigh(application, viewer, part("weight"), patient, kilograms).await?;
    }
    Ok(())
}

/// The weight that was read from the scales at the door, if one was.
// Hazard: H18
async fn weighed(
    application: &Application,
    fields: &Fields,
    patient: Option<PatientId>,
) -> Result<Option<(PatientId, Kilograms)>, Refused> {
    let Some(patient) = patient.filter(|_| !fields.text("weight").is_empty()) else {
        return Ok(None);
    };
    let known = history::read(application, patient).await?.state;
    let height = match known.said(&Item::Height) {
        Some(Told::Height(height)) => Some(*height),
        Some(_) | None => None,
    };
    let kilograms = weighing::weight(fields, "weight", "weight", height)?;
    Ok(kilograms.map(|kilograms| (patient, kilograms)))
}

async fn weigh(
    application: &Application,
    viewer: &Viewer,
    command: CommandId,
    patient: PatientId,
    kilograms: Kilograms,
) -> Result<(), Refused> {
    let speaker = Speaker {
        actor: viewer.actor(),
        through: Through::Staff,
        language: Language::English,
    };
    let on = book::date_of(&application.zone, application.clock.now())?;
    let said = Say::Say {
        item: Item::Weight,
        answer: Told::Weight(Weighing { kilograms, on }),
    };
    let wanted = format!("{said:?}");
    history::change(application, command, &speaker, patient, wanted, |_| {
        vec![said.clone()]
    })
    .await?;
    Ok(())
}

/// What a prescriber may decide of each medicine that the history tells of, as it is usual for its
/// class; one a line, to be changed and decided. What no class is known of is asked about.
/// Source: clinical reference 2.3; policy file `medicine-instructions`.
async fn proposed(application: &Application, patient: PatientId) -> Result<String, Refused> {
    let Some(known) = standing::known(application, patient).await? else {
        return Ok(String::new());
    };
    let (rules, screening) = (application.in_force(), application.screening());
    let lines = known.person.medicines.said().into_iter().flatten();
    let lines = lines
        .filter(|medicine| medicine.status == Use::Current)
        .map(|medicine| {
            let classes = screening.medicines().classes_of(medicine);
            let usual = rules.preparation.instruction(&classes);
            let decision = usual.map_or(MedicineDecision::Ask, Instruction::decision);
            line(&medicine.words, decision)
        });
    Ok(lines.collect::<Vec<_>>().join("\n"))
}

/// A decision as its line is written.
pub fn line(name: &str, decision: MedicineDecision) -> String {
    match decision {
        MedicineDecision::Take => format!("{name}: take"),
        MedicineDecision::HoldFor { hours } => format!("{name}: hold {hours}"),
        MedicineDecision::Ask => format!("{name}: ask"),
    }
}

/// How many medicines are read from the form at the door: more than anybody's list has.
const MOST_MEDICINES: usize = 100;

/// An answer made of yes, no or not sure.
type Made = fn(Said) -> Given;

/// What was gone through at the door. What was left out stays as it was: not known.
fn confirmed(
    fields: &Fields,
    application: &Application,
    fasting: FastingAnswers,
    now: Moment,
) -> Result<Vec<Given>, Problem> {
    let mut given = vec![
        Given::HeavyMeal {
            last: fasting.heavy_meal,
        },
        Given::LightMeal {
            last: fasting.light_meal,
        },
        Given::ClearLiquid {
            last: fasting.clear_liquid,
        },
    ];
    // Alcohol and cannabis are asked in the same three fields as food and drink.
    let when = |name: &str| -> Result<Answer<Moment>, Problem> {
        let mut as_drink = Fields::default();
        as_drink.0.push(("act".to_owned(), "fasting".to_owned()));
        for part in ["", "_day", "_time"] {
            let value = fields.text(&format!("{name}{part}")).to_owned();
            as_drink.0.push((format!("clear_liquid{part}"), value));
        }
        match acts::read(&as_drink, &application.zone, now)?.command {
            Command::AnswerFasting { fasting } => Ok(fasting.clear_liquid),
            _other => Err(Problem::new(name, "The form could not be read.")),
        }
    };
    for (name, made) in [
        (
            "alcohol",
            (|last| Given::Alcohol { last }) as fn(_) -> Given,
        ),
        ("cannabis", |last| Given::Cannabis { last }),
    ] {
        let last = when(name)?;
        if last != Answer::NotAsked {
            given.push(made(last));
        }
    }
    let said: [(&str, Made); 7] = [
        ("other_drugs", |said| Given::OtherDrugs { said }),
        ("illness", |said| Given::Illness { said }),
        ("admission", |said| Given::Admission { said }),
        ("pregnancy", |said| Given::Pregnancy { said }),
        ("urinary", |said| Given::Urinary { said }),
        ("breathing_device", |said| Given::BreathingDevice { said }),
        ("thoughts_of_death", |said| Given::ThoughtsOfDeath { said }),
    ];
    for (name, made) in said {
        if let Some(said) = Said::of_word(fields.text(name)) {
            given.push(made(said));
        }
    }
    for place in 0..MOST_MEDICINES {
        let name = fields.text(&format!("medicine_{place}"));
        let taken = Said::of_word(fields.text(&format!("taken_{place}")));
        if let (false, Some(taken)) = (name.is_empty(), taken) {
            given.push(Given::Medicine {
                taken: Taken {
                    name: name.to_owned(),
                    taken,
                },
            });
        }
    }
    if let Some(escort) = named_escort(fields) {
        given.push(Given::Escort {
            escort: Answer::Is(escort),
        });
    }
    if let Some(number) = fields.optional("phone_after") {
        given.push(Given::Phone { number });
    }
    Ok(given)
}

/// A prescriber decides about medicines before a visit.
pub async fn settle(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let medicines = medicines(fields.text("medicines"))?;
    let kept = preparation::of(&application, id).await?;
    let planned = kept.state.planned.ok_or(Refused::NotFound)?;
    let actor = viewer.actor();
    let wanted = Change {
        command_id: command_id(&fields, Language::English)?,
        actor: actor.clone(),
        at: None,
        id: id.0,
        patient: Some(planned.patient),
        session: Some(id),
        action: "decide about medicines before a visit",
        wanted: format!("{medicines:?}"),
    };
    change(&application, wanted, |preparation: &Preparation, _now| {
        preparation.settle(medicines.clone(), &actor)
    })
    .await?;
    Ok(Redirect::to(&format!("/visits/{id}/check-in")).into_response())
}

/// `Name: take`, `Name: hold 12` or `Name: ask`, one a line; anything else is asked about.
fn medicines(text: &str) -> Result<Vec<Medicine>, Problem> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let wrong = || {
                Problem::new(
                    "medicines",
                    format!("“{line}” could not be read. Write “Name: take”, “Name: hold 12” or “Name: ask”."),
                )
            };
            let (name, decision) = line.rsplit_once(':').ok_or_else(wrong)?;
            let mut words = decision.split_whitespace();
            let decision = match (words.next(), words.next(), words.next()) {
                (Some("take"), None, None) => MedicineDecision::Take,
                (Some("ask"), None, None) => MedicineDecision::Ask,
                (Some("hold"), Some(hours), None) => MedicineDecision::HoldFor {
                    hours: hours.parse().ok().filter(|hours| *hours <= 336).ok_or_else(wrong)?,
                },
                _other => return Err(wrong()),
            };
            Ok(Medicine {
                name: name.trim().to_owned(),
                decision,
                words: String::new(),
            })
        })
        .collect()
}
