//! A person's history as staff read it, and what clinicians enter into it themselves.

use super::form::{Fields, Problem};
use super::guard::check_csrf;
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::patient_history::{Entry, PatientHistory, entry_of};
use super::people::read_by;
use super::respond::Refused;
use super::weighing;
use crate::application::Application;
use crate::book::date_of;
use crate::history::{self, Speaker};
use crate::identity::Viewer;
use crate::patients;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use clinical::course::intake::{Command, Item, Said, Through};
use clinical::course::screening::person::{
    ChildPugh, Examination, Indication, Pressure, SuicideRisk, TestValue, Weighing,
};
use clinical::leaflet::Language;
use clinical::patient::CivilDate;
use clinical::record::{CommandId, PatientId};
use std::sync::Arc;
use units::{Centimetres, MillimetresOfMercury};

/// Everything that was said, by whom; and the form of what clinicians enter.
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(patient): Path<PatientId>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let shown = shown(&application, &viewer, patient, &headers, &uri, None).await?;
    read_by(&application, &viewer, patient, "open a history").await?;
    Ok(shown)
}

async fn shown(
    application: &Application,
    viewer: &Viewer,
    patient: PatientId,
    headers: &HeaderMap,
    uri: &Uri,
    not_done: Option<(&str, &Fields)>,
) -> Result<Response, Refused> {
    let asked = Asked::new(application, Some(viewer), headers, uri);
    let known = patients::read(application, patient)
        .await?
        .ok_or(Refused::NotFound)?;
    let kept = history::read(application, patient).await?;
    let page = PatientHistory {
        around: asked.around(Here::Reviews, false),
        patient: &known,
        intake: &kept.state,
        not_done,
    };
    Ok(html(page.html()).into_response())
}

/// Saves whatever was filled in; what was left empty stays as it is.
pub async fn enter(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(patient): Path<PatientId>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let refused = match save(&application, &viewer, patient, &fields).await {
        Ok(()) => {
            let to = format!("/patients/{patient}/history");
            return Ok(Redirect::to(&to).into_response());
        }
        Err(refused) => refused,
    };
    match refused {
        Refused::Ruled(_) | Refused::Problem(_) => {
            let says = refused.says();
            let not_done = Some((says.as_str(), &fields));
            let page = shown(&application, &viewer, patient, &headers, &uri, not_done).await?;
            Ok((refused.status(), page).into_response())
        }
        Refused::Refusal(_) | Refused::Fault(_) | Refused::NotFound | Refused::Forbidden(_) => {
            Err(refused)
        }
    }
}

async fn save(
    application: &Application,
    viewer: &Viewer,
    patient: PatientId,
    fields: &Fields,
) -> Result<(), Refused> {
    let command_id = fields
        .text("command_id")
        .parse::<CommandId>()
        .map_err(|_| Problem::new("command_id", "Not saved: reload the page and try again."))?;
    let today = date_of(&application.zone, application.clock.now())?;
    let known = history::read(application, patient).await?.state;
    let typed_height = weighing::height(fields, "height", "height:value")?;
    let height = typed_height.or(match known.said(&Item::Height) {
        Some(Said::Height(height)) => Some(*height),
        Some(_) | None => None,
    });
    let mut said = Vec::new();
    for item in Item::all() {
        if let Some(answer) = answer(&item, fields, today, height)? {
            said.push((item, answer));
        }
    }
    if said.is_empty() {
        let says = "Nothing was saved: nothing was filled in.";
        return Err(Problem::new("", says).into());
    }
    let speaker = Speaker {
        actor: viewer.actor(),
        through: Through::Staff,
        language: Language::English,
    };
    let wanted = format!("{said:?}");
    history::change(
        application,
        command_id,
        &speaker,
        patient,
        wanted,
        |intake| {
            let commands = said.iter().map(|(item, answer)| {
                // One more measurement is added to those that are known.
                let answer = match (answer, intake.said(item)) {
                    (Said::Pressures(new), Some(Said::Pressures(known))) => {
                        Said::Pressures(known.iter().chain(new).copied().collect())
                    }
                    _ => answer.clone(),
                };
                Command::Say {
                    item: item.clone(),
                    answer,
                }
            });
            commands.collect()
        },
    )
    .await?;
    Ok(())
}

/// What a form says of an item; none where it was left empty.
///
/// `height` is the one that is typed or known, to weigh a weight against.
fn answer(
    item: &Item,
    fields: &Fields,
    today: CivilDate,
    height: Option<Centimetres>,
) -> Result<Option<Said>, Problem> {
    let name = item.name();
    let Some(entry) = entry_of(item) else {
        return Ok(None);
    };
    let field = |part: &str| format!("{name}:{part}");
    let word = fields.text(&name);
    if word == "not-sure" {
        return Ok(Some(Said::NotSure));
    }
    let wrong = |says: &str| Problem::new(&name, format!("Not saved: {says}"));
    let quantity = |part: &str| fields.number(&field(part));
    Ok(match entry {
        Entry::YesNo => match word {
            "yes" => Some(Said::Yes(true)),
            "no" => Some(Said::Yes(false)),
            _ => None,
        },
        Entry::Height => weighing::height(fields, &name, &field("value"))?.map(Said::Height),
        Entry::Weight => {
            weighing::weight(fields, &name, &field("value"), height)?.map(|kilograms| {
                Said::Weight(Weighing {
                    kilograms,
                    on: today,
                })
            })
        }
        Entry::Pressure => {
            let systolic = fields.quantity(&field("systolic"), MillimetresOfMercury::new)?;
            let diastolic = fields.quantity(&field("diastolic"), MillimetresOfMercury::new)?;
            match (systolic, diastolic) {
                (None, None) => None,
                (Some(systolic), Some(diastolic)) => Some(Said::Pressures(vec![Pressure {
                    systolic,
                    diastolic,
                    on: day(fields, &field("on"))?.unwrap_or(today),
                }])),
                (Some(_), None) | (None, Some(_)) => {
                    return Err(wrong("a blood pressure has two numbers."));
                }
            }
        }
        Entry::Indication => Indication::of_word(word).map(Said::Indication),
        Entry::Liver => ChildPugh::of_word(word).map(Said::Liver),
        Entry::SuicideRisk => SuicideRisk::of_word(word).map(Said::SuicideRisk),
        Entry::Scale { .. } => match (word, quantity("value")?) {
            (_, Some(points)) => {
                let points =
                    u8::try_from(points).map_err(|_| wrong("the points are a whole number."))?;
                Some(Said::Points(Some(points)))
            }
            ("not-done", None) => Some(Said::Points(None)),
            (_, None) => None,
        },
        Entry::Test => {
            let on = day(fields, &field("on"))?;
            let value = quantity("value")?;
            match (word, on, value) {
                ("not-done", None, None) => Some(Said::Test(Examination::NotDone)),
                ("", None, None) => None,
                ("not-done", _, _) => {
                    return Err(wrong("a test that was not done has no day and no result."));
                }
                (_, None, _) => return Err(wrong("write the day of the test.")),
                (result, Some(on), value) => Some(Said::Test(Examination::Done {
                    on,
                    value: match (result, value) {
                        (_, Some(value)) => Some(TestValue::Number(value)),
                        ("positive", None) => Some(TestValue::Positive),
                        ("negative", None) => Some(TestValue::Negative),
                        ("done", None) => Some(TestValue::NoValue),
                        (_, None) => None,
                    },
                })),
            }
        }
    })
}

fn day(fields: &Fields, name: &str) -> Result<Option<CivilDate>, Problem> {
    fields
        .optional(name)
        .map(|text| {
            text.parse()
                .map_err(|_| Problem::new(name, "Not saved: write the day like 2026-11-20."))
        })
        .transpose()
}
