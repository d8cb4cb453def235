//! A patient's own history: one question a page, saved at every answer, gone on with anywhere.

use super::form::Fields;
use super::guard::check_own;
use super::history_form::{self, Around, Asked as AskedBack, Reading};
use super::page::{Asked, html};
use super::pages::my_history::{
    AnsweredQuestion, HistoryCheck, HistoryOverview, HistoryPage, NeedsHelp, Values, scale_item,
    values_of,
};
use super::preparing::{command_id, form_unread};
use super::respond::Refused;
use crate::application::Application;
use crate::book::date_of;
use crate::fault::Fault;
use crate::history::{self, Speaker, questionnaire, sex_of};
use crate::identity::{Own, Way};
use crate::patients::{self, By, Entry};
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{Html, IntoResponse, Redirect, Response};
use clinical::course::intake::{
    About, Asks, Command, Intake, Item, Page, Questionnaire, Said, Steps, Through,
};
use clinical::course::screening::medicine::MedicineList;
use clinical::instrument::{self, ScoringResult, assess, next_question};
use clinical::patient::{Contacts, Patient};
use clinical::record::{CommandId, PatientId};
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// Everything that a page of a history is made of.
struct Known {
    patient: Patient,
    /// The version of the person's details that the page shows.
    version: u64,
    intake: Intake,
    questionnaire: Arc<Questionnaire>,
}

impl Known {
    async fn of(application: &Application, id: PatientId) -> Result<Self, Refused> {
        // The version is read first: what changes between the two readings is found on saving.
        let version = crate::journey::read::<Patient>(application, id.0)
            .await?
            .version;
        Ok(Self {
            patient: patients::read(application, id)
                .await?
                .ok_or(Refused::NotFound)?,
            version,
            intake: history::read(application, id).await?.state,
            questionnaire: questionnaire()?,
        })
    }

    fn steps<'a>(&'a self, application: &'a Application) -> Steps<'a> {
        Steps::of(
            &self.questionnaire,
            &self.intake,
            sex_of(&self.patient),
            self.patient.contacts.is_some(),
            application.scales(),
        )
    }

    /// Where the person goes on: the first page without an answer, or the check of all of them.
    fn next(&self, application: &Application, after: &str) -> String {
        self.steps(application).next_after(after).map_or_else(
            || "/my/history/check".to_owned(),
            |page| format!("/my/history/{}", page.id),
        )
    }
}

pub(super) fn speaker(own: &Own) -> Speaker {
    Speaker {
        actor: own.actor(),
        through: match own.way {
            Way::Tablet => Through::Tablet,
            Way::Link | Way::Account => Through::OwnDevice,
        },
        language: own.language,
    }
}

/// How far the history of a person has come, for their own page.
pub struct HowFar {
    /// Pages without an answer.
    pub open: usize,
    /// Questions of the clinic that wait.
    pub questions: usize,
    /// Something was said already.
    pub begun: bool,
    /// It was handed in.
    pub submitted: bool,
}

/// How far it has come.
pub async fn how_far(application: &Application, id: PatientId) -> Result<HowFar, Refused> {
    let known = Known::of(application, id).await?;
    Ok(HowFar {
        open: known.steps(application).open(),
        questions: known.intake.open_questions().count(),
        begun: !known.intake.is_empty(),
        submitted: known.intake.submitted.is_some(),
    })
}

/// The parts and how far they have come; questions of the clinic first.
pub async fn overview(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let asked = Asked::new(&application, None, &headers, &uri);
    let known = Known::of(&application, own.patient).await?;
    let steps = known.steps(&application);
    let mut questions = Vec::new();
    for question in known.intake.open_questions() {
        let own_words = match &question.about {
            About::Words(words) => Some(words.clone()),
            About::Item(_) => None,
        };
        let page = match &question.about {
            About::Item(item) => known.questionnaire.page_of(item),
            About::Words(_) => None,
        };
        questions.push(AnsweredQuestion {
            question: question.question,
            words: own_words,
            page,
        });
    }
    let page = HistoryOverview {
        frame: asked.own_frame(&own),
        steps: steps.all(),
        questions,
        begun: !known.intake.is_empty(),
        submitted: known.intake.submitted.is_some(),
        go_on: known.next(&application, ""),
    };
    Ok(html(page.html()))
}

/// The page of one question, or of one question of a questionnaire.
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let known = Known::of(&application, own.patient).await?;
    let page = known.questionnaire.page(&id).ok_or(Refused::NotFound)?;
    let item = asked_item(&application, &known.intake, page, query.get("item"))?;
    let values = values_of(
        page,
        item.as_deref(),
        &known.intake,
        known.patient.contacts.as_ref(),
        &application.zone,
    );
    shown(
        &application,
        &own,
        &known,
        page,
        item,
        values,
        None,
        &headers,
        &uri,
    )
}

/// Which question of a questionnaire is asked: the named one, the next open one, or the first.
fn asked_item(
    application: &Application,
    intake: &Intake,
    page: &Page,
    named: Option<&String>,
) -> Result<Option<String>, Refused> {
    let Asks::Instrument(id) = &page.asks else {
        return Ok(None);
    };
    let instrument = application
        .scales()
        .named(id)
        .ok_or_else(|| Fault(anyhow::anyhow!("{id} does not ship")))?;
    if let Some(named) = named {
        let known = instrument.item(named).ok_or(Refused::NotFound)?;
        return Ok(Some(known.id.clone()));
    }
    let next = next_question(instrument, &intake.answers(id)).or(instrument.items.first());
    Ok(next.map(|item| item.id.clone()))
}

#[expect(
    clippy::too_many_arguments,
    reason = "a page is shown from two places, each with everything that it shows"
)]
fn shown(
    application: &Application,
    own: &Own,
    known: &Known,
    page: &Page,
    item: Option<String>,
    values: Values,
    asked_back: Option<AskedBack>,
    headers: &HeaderMap,
    uri: &Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(application, None, headers, uri);
    let steps = known.steps(application);
    let all = steps.all();
    let place = all
        .iter()
        .position(|(step, _)| step.id == page.id)
        .ok_or(Refused::NotFound)?;
    let instrument = match &page.asks {
        Asks::Instrument(id) => application.scales().named(id),
        _ => None,
    };
    let question = instrument
        .zip(item.as_deref())
        .and_then(|(instrument, item)| scale_item(instrument, item, own.language));
    let status = if asked_back.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let shown = HistoryPage {
        frame: asked.own_frame(own),
        page,
        question,
        values,
        asked: asked_back,
        intake: &known.intake,
        version: known.version,
        recorded_hours: known.patient.contacts.as_ref().map(|known| known.hours),
        place: place + 1,
        of: all.len(),
        back: place
            .checked_sub(1)
            .and_then(|before| all.get(before))
            .map(|(before, _)| before.id.as_str()),
    };
    Ok((status, html(shown.html())).into_response())
}

/// Takes the answers of a page: durable before the next page is shown.
pub async fn answer(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    Path(id): Path<String>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_own(&own, fields.text("csrf"))?;
    let known = Known::of(&application, own.patient).await?;
    let page = known.questionnaire.page(&id).ok_or(Refused::NotFound)?;
    let item = asked_item(
        &application,
        &known.intake,
        page,
        fields.optional("item").as_ref(),
    )?;
    let now = application.clock.now();
    let medicines = medicines()?;
    let around = Around {
        language: own.language,
        zone: &application.zone,
        today: date_of(&application.zone, now)?,
        now,
        medicines: &medicines,
        contacts: known.patient.contacts.as_ref(),
        height: match known.intake.said(&Item::Height) {
            Some(Said::Height(height)) => Some(*height),
            _ => None,
        },
    };
    let reading = match history_form::read(page, item.as_deref(), &fields, &around) {
        Ok(reading) => reading,
        Err(back) => {
            let values = Values::typed(&fields);
            return shown(
                &application,
                &own,
                &known,
                page,
                item,
                values,
                Some(back),
                &headers,
                &uri,
            );
        }
    };
    let command_id = command_id(&fields, own.language)?;
    let done = match reading {
        Reading::Contacts(contacts) => {
            let version = fields
                .text("version")
                .parse()
                .map_err(|_| form_unread("version", own.language))?;
            let saved = record_contacts(&application, &own, command_id, version, *contacts).await?;
            // Hazard: H26
            if let Contacted::ChangedMeanwhile = saved {
                let known = Known::of(&application, own.patient).await?;
                let back = AskedBack::changed_meanwhile(own.language);
                let values = Values::typed(&fields);
                return shown(
                    &application,
                    &own,
                    &known,
                    page,
                    item,
                    values,
                    Some(back),
                    &headers,
                    &uri,
                );
            }
            true
        }
        Reading::Answers { wanted, done } => {
            let text = typed(&fields);
            let by = speaker(&own);
            history::change(&application, command_id, &by, own.patient, text, wanted).await?;
            done
        }
    };
    let after = Known::of(&application, own.patient).await?;
    // A form that is sent twice leads to the same page twice. Hazard: H40
    if needs_help(&application, page, item.as_deref(), &after.intake) {
        return Ok(Redirect::to("/my/history/help").into_response());
    }
    let to = if done {
        after.next(&application, &page.id)
    } else {
        format!("/my/history/{}", page.id)
    };
    Ok(Redirect::to(&to).into_response())
}

/// True when the answer that was just given calls for a person: by itself, whenever it is given, or
/// with the others for the first time.
fn needs_help(application: &Application, page: &Page, item: Option<&str>, intake: &Intake) -> bool {
    let (Asks::Instrument(id), Some(item)) = (&page.asks, item) else {
        return false;
    };
    let Some(instrument) = application.scales().named(id) else {
        return false;
    };
    let given = intake.answers(id);
    let alone = given
        .to(item)
        .map(|answer| instrument::Answers::new().with(item, answer.clone()));
    let calls_alone = alone.is_some_and(|alone| match assess(instrument, &alone).outcome {
        ScoringResult::Scored(scored) => !scored.flags.is_empty(),
        ScoringResult::Incomplete(open) => !open.flags.is_empty(),
    });
    let answered = Item::OfScale {
        instrument: id.clone(),
        item: item.to_owned(),
    };
    let said = intake.statement(&answered).map(|known| known.witness.at);
    let of_this = format!("{id}/");
    let newly_called = intake
        .open_attentions()
        .iter()
        .filter(|one| one.attention.starts_with(&of_this))
        .any(|one| said.is_some_and(|said| one.at >= said));
    calls_alone || newly_called
}

/// What was typed, for the command's id: the same form again does nothing again.
fn typed(fields: &Fields) -> String {
    let told = fields
        .0
        .iter()
        .filter(|(name, _)| name != "csrf" && name != "command_id");
    format!("{:?}", told.collect::<Vec<_>>())
}

/// The medicines that are known by name.
pub fn medicines() -> Result<MedicineList, Fault> {
    MedicineList::shipped()
        .map_err(|error| Fault(anyhow::anyhow!("the list of medicines: {error}")))
}

/// What became of contacts that were typed.
enum Contacted {
    Saved,
    /// Somebody else changed the details while the page was open.
    ChangedMeanwhile,
}

async fn record_contacts(
    application: &Application,
    own: &Own,
    command_id: CommandId,
    version: u64,
    contacts: Contacts,
) -> Result<Contacted, Refused> {
    let kept = crate::journey::read::<Patient>(application, own.patient.0).await?;
    let known = kept.state.registration.ok_or(Refused::NotFound)?;
    let entry = Entry {
        record_number: Some(known.record_number),
        family_name: known.family_name,
        given_name: known.given_name,
        birth_date: known.birth_date,
        sex: known.sex,
        contacts,
    };
    let by = By {
        command_id,
        actor: own.actor(),
        name: own.name.clone(),
    };
    match patients::correct(application, by, own.patient, version, entry).await {
        Ok(()) => Ok(Contacted::Saved),
        Err(Refused::Ruled(_)) if kept.version != version => Ok(Contacted::ChangedMeanwhile),
        Err(refused) => Err(refused),
    }
}

/// What to do now, after an answer that needs a person today.
pub async fn help(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    Query(asked_by): Query<HashMap<String, String>>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let asked = Asked::new(&application, None, &headers, &uri);
    let known = Known::of(&application, own.patient).await?;
    let page = NeedsHelp {
        frame: asked.own_frame(&own),
        go_on: match asked_by.get("after").map(String::as_str) {
            Some("preparation") => "/my/preparation".to_owned(),
            Some(_) | None => known.next(&application, ""),
        },
        here: own.way == Way::Tablet,
    };
    Ok(html(page.html()))
}

/// Everything that was said, to be checked.
pub async fn check(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let asked = Asked::new(&application, None, &headers, &uri);
    let known = Known::of(&application, own.patient).await?;
    let steps = known.steps(&application);
    let page = HistoryCheck {
        frame: asked.own_frame(&own),
        steps: steps.all(),
        intake: &known.intake,
        contacts: known.patient.contacts.as_ref(),
        library: application.scales(),
        zone: &application.zone,
        submitted: known.intake.submitted.is_some(),
    };
    Ok(html(page.html()))
}

/// Hands the history in; with a page still open, leads to it.
pub async fn submit(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    fields: Fields,
) -> Result<Redirect, Refused> {
    check_own(&own, fields.text("csrf"))?;
    let known = Known::of(&application, own.patient).await?;
    if known.steps(&application).open() > 0 {
        return Ok(Redirect::to(&known.next(&application, "")));
    }
    history::change(
        &application,
        command_id(&fields, own.language)?,
        &speaker(&own),
        own.patient,
        "hand in".to_owned(),
        |_| vec![Command::Submit],
    )
    .await?;
    Ok(Redirect::to("/my/history"))
}

/// Answers a question that the clinic put in its own words.
pub async fn reply(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    Path(question): Path<Uuid>,
    fields: Fields,
) -> Result<Redirect, Refused> {
    check_own(&own, fields.text("csrf"))?;
    let words = fields.text("words").to_owned();
    // An empty answer is no answer: the question stays open, and nothing was typed that is lost.
    if words.is_empty() {
        return Ok(Redirect::to("/my/history"));
    }
    history::change(
        &application,
        command_id(&fields, own.language)?,
        &speaker(&own),
        own.patient,
        words.clone(),
        move |_| {
            vec![Command::AnswerQuestion {
                question,
                words: words.clone(),
            }]
        },
    )
    .await?;
    Ok(Redirect::to("/my/history"))
}
