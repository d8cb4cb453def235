//! Scales after sessions, on the patient's phone: one question a page, saved at every answer.

use super::form::Fields;
use super::guard::check_own;
use super::history_form::scale_answer;
use super::page::{Asked, html};
use super::pages::my_history::{Values, scale_item, values_of_scale};
use super::pages::scales_own::{Line, OwnScale, OwnScales};
use super::preparing::command_id;
use super::respond::Refused;
use crate::application::Application;
use crate::fault::Fault;
use crate::identity::Own;
use crate::outcomes::{self, By};
use crate::{follow_up, identity};
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{Html, IntoResponse, Redirect, Response};
use clinical::course::outcomes::{self as core, AskedStanding, Outcomes};
use clinical::instrument::{Answers, GivenBy, Instrument, ScoringResult, assess, next_question};
use clinical::leaflet::Language;
use std::collections::HashMap;
use std::sync::Arc;

/// What is asked of one person now.
struct Now {
    outcomes: Outcomes,
    asked: Vec<core::Asked>,
    flagged: bool,
}

impl Now {
    async fn of(application: &Application, own: &identity::Own) -> Result<Self, Fault> {
        let after = follow_up::of(application, own.patient).await?.state;
        let outcomes = outcomes::of(application, own.patient).await?.state;
        let now = application.clock.now();
        Ok(Self {
            asked: core::askable(&after, &outcomes, application.scales(), now),
            flagged: !after.open_flags().is_empty(),
            outcomes,
        })
    }

    fn answers(&self, scale: &str) -> Answers {
        self.asked
            .iter()
            .find(|one| one.scale == scale)
            .and_then(|one| self.outcomes.sheets.get(&one.sheet()))
            .map(|sheet| sheet.answers.clone())
            .unwrap_or_default()
    }

    /// Where it goes on after a question: the next one of this scale, the next scale, or the list.
    fn next(&self, scale: &str) -> String {
        let open = |one: &&core::Asked| matches!(one.standing, AskedStanding::Open { .. });
        let of_this = self
            .asked
            .iter()
            .filter(open)
            .find(|one| one.scale == scale);
        of_this
            .or_else(|| self.asked.iter().find(open))
            .map_or_else(
                || "/my/scales".to_owned(),
                |one| format!("/my/scales/{}", one.scale),
            )
    }
}

/// What is asked, and how far it has come.
pub async fn list(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let asked = Asked::new(&application, None, &headers, &uri);
    let now = Now::of(&application, &own).await?;
    let lines = now
        .asked
        .iter()
        .filter_map(|one| {
            let instrument = application.scales().named(&one.scale)?;
            let done = !matches!(one.standing, AskedStanding::Open { .. });
            let answered = now.answers(&one.scale).iter().count();
            Some(Line {
                scale: one.scale.clone(),
                answered: (answered, questions(instrument).len()),
                done,
            })
        })
        .collect();
    let page = OwnScales {
        frame: asked.own_frame(&own),
        lines,
        flagged: now.flagged,
    };
    Ok(html(page.html()))
}

fn questions(instrument: &Instrument) -> Vec<&str> {
    instrument
        .items
        .iter()
        .filter(|item| item.given_by == GivenBy::Question)
        .map(|item| item.id.as_str())
        .collect()
}

/// One question: the named one, the next open one, or the first.
pub async fn question(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    Path(scale): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let now = Now::of(&application, &own).await?;
    if !now.asked.iter().any(|one| one.scale == scale) {
        return Ok(Redirect::to("/my/scales").into_response());
    }
    let instrument = application
        .scales()
        .named(&scale)
        .ok_or(Refused::NotFound)?;
    let answers = now.answers(&scale);
    let item = match query.get("item") {
        Some(named) => instrument.item(named).ok_or(Refused::NotFound)?,
        None => next_question(instrument, &answers)
            .or(instrument.items.first())
            .ok_or(Refused::NotFound)?,
    };
    let values = values_of_scale(Some(&item.id), &answers);
    let at = (&headers, &uri);
    shown(&application, &own, instrument, &item.id, (values, None), at)
}

fn shown(
    application: &Application,
    own: &Own,
    instrument: &Instrument,
    item: &str,
    (values, problem): (Values, Option<String>),
    (headers, uri): (&HeaderMap, &Uri),
) -> Result<Response, Refused> {
    let asked = Asked::new(application, None, headers, uri);
    let all = questions(instrument);
    let place = all.iter().position(|known| *known == item);
    let status = if problem.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let page = OwnScale {
        frame: asked.own_frame(own),
        scale: &instrument.id,
        question: scale_item(instrument, item, own.language).ok_or(Refused::NotFound)?,
        values,
        place: (place.map_or(1, |place| place + 1), all.len()),
        problem,
    };
    Ok((status, html(page.html())).into_response())
}

/// Takes an answer: durable before the next question is shown.
// Hazard: H40, H62
pub async fn answer(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    Path(scale): Path<String>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_own(&own, fields.text("csrf"))?;
    let by = By {
        command_id: command_id(&fields, own.language)?,
        actor: own.actor(),
        patient: own.patient,
    };
    if fields.text("act") == "skip" {
        told(
            own.language,
            outcomes::decline(&application, by, &scale).await,
        )?;
        let now = Now::of(&application, &own).await?;
        return Ok(Redirect::to(&now.next(&scale)).into_response());
    }
    let instrument = application
        .scales()
        .named(&scale)
        .ok_or(Refused::NotFound)?;
    let item = instrument
        .item(fields.text("item"))
        .ok_or(Refused::NotFound)?;
    let Some(said) = scale_answer(&fields) else {
        let says = match own.language {
            Language::English => "Not saved: choose an answer.",
            Language::Spanish => "No se guardó: elija una respuesta.",
        };
        let before = (Values::typed(&fields), Some(says.to_owned()));
        let at = (&headers, &uri);
        return shown(&application, &own, instrument, &item.id, before, at);
    };
    let alone = Answers::new().with(&item.id, said.clone());
    let saved = outcomes::answer(&application, by, &scale, &item.id, said).await;
    told(own.language, saved)?;
    // A form that is sent twice leads to the same page twice.
    if calls(instrument, &alone) {
        return Ok(Redirect::to("/my/follow-up/now").into_response());
    }
    let now = Now::of(&application, &own).await?;
    Ok(Redirect::to(&now.next(&scale)).into_response())
}

/// An answer calls for a person by itself.
fn calls(instrument: &Instrument, alone: &Answers) -> bool {
    match assess(instrument, alone).outcome {
        ScoringResult::Scored(scored) => !scored.flags.is_empty(),
        ScoringResult::Incomplete(open) => !open.flags.is_empty(),
    }
}

/// Why it was not saved, in the patient's language.
fn told<T>(language: Language, saved: Result<T, Refused>) -> Result<T, Refused> {
    saved.map_err(|refused| {
        match (refused, language) {
        (Refused::Ruled(_), Language::Spanish) => Refused::Ruled(
            "No se guardó: estas preguntas ya no están abiertas, o la respuesta no es una de ellas."
                .to_owned(),
        ),
        (other, _) => other,
    }
    })
}
