//! A patient's own preparation: the next visit, what to do when, and its questions.

use super::form::{Fields, Problem};
use super::guard::check_own;
use super::history::speaker;
use super::page::{Asked, html};
use super::pages::preparation::{Begins, PreparationPage, Question, QuestionPage};
use super::pages::preparation_medicine::{MedicinePage, next_open};
use super::pages::preparation_open::still_open;
use super::respond::Refused;
use crate::application::Application;
use crate::book::{LocalTime, date_of, local_time};
use crate::fault::Fault;
use crate::identity::Own;
use crate::journey::{Change, change};
use crate::{escort, history, messages, patients, preparation, readiness};
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use clinical::clinic::ClockTime;
use clinical::course::escort::Way;
use clinical::course::intake::Command as Intaken;
use clinical::course::preparation::{
    Escort, Given, Preparation, Refusal, Ride, Said, Taken, timeline,
};
use clinical::course::session::Answer;
use clinical::course::session::decide::fasting_verdict;
use clinical::leaflet::Language;
use clinical::policy::Rules;
use clinical::record::{CommandId, SessionId};
use jiff::ToSpan;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::sync::Arc;
use units::Moment;
use uuid::Uuid;

/// The rules that the start of this visit will be judged by.
async fn rules_of(application: &Application, visit: SessionId) -> Result<Arc<Rules>, Fault> {
    match application.sessions.session(visit).await? {
        Some(session) => application.rules_of(&session),
        None => Ok(application.rules()),
    }
}

/// The overview of the next visit.
pub async fn overview(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Fault> {
    let asked = Asked::new(&application, None, &headers, &uri);
    let contacts = messages::contacts(&application, own.patient).await?;
    let zone = messages::zone_of(&application, contacts.as_ref());
    let rules = Arc::clone(&application.in_force().preparation);
    let next = preparation::next_of(&application, own.patient).await?;
    // What staff read as "Ready?" is read back to the person, days before. Hazard: H24
    let ready = match next {
        Some(visit) => readiness::of(&application, visit).await?,
        None => None,
    };
    let open = ready.map_or_else(Vec::new, |ready| {
        still_open(
            &ready.checks,
            &ready.preparation.answers,
            own.language,
            &zone,
        )
    });
    let known = match next {
        Some(visit) => Some((
            preparation::of(&application, visit).await?.state,
            rules_of(&application, visit).await?,
        )),
        None => None,
    };
    let (steps, begins) = known.as_ref().map_or_else(
        || (Vec::new(), Begins::NotKnown),
        |(preparation, session)| {
            (
                timeline(preparation, &rules, session),
                begins(&application, preparation, session),
            )
        },
    );
    let asks_medicines = match &known {
        Some((preparation, _)) => asked_about(&application, preparation)?,
        None => false,
    };
    let page = PreparationPage {
        frame: asked.own_frame(&own),
        preparation: known.as_ref().map(|(preparation, _)| preparation),
        steps: &steps,
        always: rules.always(own.language),
        begins,
        zone: &zone,
        asks_medicines,
        open,
        usual: known
            .as_ref()
            .map_or_else(BTreeMap::new, |(preparation, _)| {
                usually(&application, preparation, own.language)
            }),
    };
    Ok(html(page.html()).into_response())
}

/// What is usually said of the class of each medicine, where it is what the prescriber decided.
/// Source: policy file `medicine-instructions`.
fn usually(
    application: &Application,
    preparation: &Preparation,
    language: Language,
) -> BTreeMap<String, String> {
    let (rules, screening) = (application.in_force(), application.screening());
    let listed = preparation.medicines.iter().flatten();
    listed
        .filter_map(|medicine| {
            let classes = screening.medicines().classes_named(&medicine.name);
            let usual = rules.preparation.instruction(&classes)?;
            let words = usual.words(language).to_owned();
            (usual.decision() == medicine.decision).then(|| (medicine.name.clone(), words))
        })
        .collect()
}

/// True when something that the person should know of stands in the way of their next visit.
pub async fn still_open_for(application: &Application, own: &Own) -> Result<bool, Fault> {
    let Some(visit) = preparation::next_of(application, own.patient).await? else {
        return Ok(false);
    };
    let ready = readiness::of(application, visit).await?;
    Ok(ready.is_some_and(|ready| {
        let answers = &ready.preparation.answers;
        !still_open(&ready.checks, answers, own.language, &application.zone).is_empty()
    }))
}

/// The very gate that guards the start, asked about food and drink at the planned time.
fn begins(application: &Application, preparation: &Preparation, session: &Rules) -> Begins {
    let Some(planned) = preparation.visit() else {
        return Begins::NotKnown;
    };
    let rules = &application.in_force().preparation;
    let fasting = rules.fasting(session, planned.product, planned.route);
    let at = planned.starts.max(application.clock.now());
    let verdict = fasting_verdict(&preparation.answers.fasting, &fasting, at);
    if verdict.is_open() {
        return Begins::OnTime;
    }
    verdict.met_at().map_or(Begins::NotKnown, Begins::From)
}

/// One question.
pub async fn question(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    Path(word): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let question = Question::of_word(&word).ok_or(Refused::NotFound)?;
    question_page(&application, &own, question, &headers, &uri, None).await
}

async fn question_page(
    application: &Application,
    own: &Own,
    question: Question,
    headers: &HeaderMap,
    uri: &Uri,
    asked_back: Option<(&str, &Fields)>,
) -> Result<Response, Refused> {
    let asked = Asked::new(application, None, headers, uri);
    let visit = preparation::next_of(application, own.patient)
        .await?
        .ok_or(Refused::NotFound)?;
    let kept = preparation::of(application, visit).await?;
    let contacts = patients::read_alone(application, own.patient)
        .await?
        .and_then(|patient| patient.contacts);
    let zone = messages::zone_of(application, contacts.as_ref());
    let rules = Arc::clone(&application.in_force().preparation);
    let page = QuestionPage {
        frame: asked.own_frame(own),
        question,
        named_before: contacts
            .as_ref()
            .and_then(|known| known.escort.as_ref())
            .filter(|_| question == Question::Escort),
        answers: &kept.state.answers,
        problem: asked_back.map(|(says, _)| says),
        typed: asked_back.map(|(_, fields)| fields),
        zone: &zone,
        asked: escort::of(application, visit).await?.state.standing(
            kept.state
                .planned
                .map_or(asked.now(), |planned| planned.starts),
        ),
        can_ask: application.configuration.text_messages.is_some(),
        needs_somebody: rules.is_on("escort_required") && !rules.is_on("rideshare_is_enough"),
    };
    let status = if asked_back.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    Ok((status, html(page.html())).into_response())
}

/// Takes an answer and leads to the next open question.
pub async fn answer(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    Path(word): Path<String>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_own(&own, fields.text("csrf"))?;
    let question = Question::of_word(&word).ok_or(Refused::NotFound)?;
    let visit = preparation::next_of(&application, own.patient)
        .await?
        .ok_or(Refused::NotFound)?;
    let contacts = messages::contacts(&application, own.patient).await?;
    let zone = messages::zone_of(&application, contacts.as_ref());
    let now = application.clock.now();
    let given = match read(question, &fields, &zone, now, own.language) {
        Ok(given) => given,
        Err(says) => {
            let back = Some((says, &fields));
            let page = question_page(&application, &own, question, &headers, &uri, back);
            return page.await;
        }
    };
    let form = command_id(&fields, own.language)?;
    let wanted = Change {
        command_id: form,
        actor: own.actor(),
        at: None,
        id: visit.0,
        patient: Some(own.patient),
        session: Some(visit),
        action: "answer a question before a visit",
        wanted: format!("{given:?}"),
    };
    change(&application, wanted, |preparation: &Preparation, now| {
        preparation.answer(given.clone(), now)
    })
    .await?;
    if let (
        Given::Escort {
            escort: Answer::Is(named),
        },
        "yes",
    ) = (&given, fields.text("ask_them"))
    {
        match ask_them(&application, &own, visit, form, named).await {
            Ok(()) => {}
            Err(Refused::Ruled(_)) => {
                let back = Some((not_asked(own.language), &fields));
                return question_page(&application, &own, question, &headers, &uri, back).await;
            }
            Err(other) => return Err(other),
        }
    }
    // It stands first on the list of reviews until somebody says what was done, and what to do now
    // comes before any other question. Hazard: H40
    if matches!(given, Given::ThoughtsOfDeath { said: Said::Yes }) {
        let part = CommandId(Uuid::new_v5(&form.0, b"unsafe"));
        let by = speaker(&own);
        let wanted = "thoughts of not living".to_owned();
        history::change(&application, part, &by, own.patient, wanted, |_| {
            vec![Intaken::SayUnsafe]
        })
        .await?;
        return Ok(Redirect::to("/my/history/help?after=preparation").into_response());
    }
    let kept = preparation::of(&application, visit).await?;
    let mut next = question.next();
    while let Some(one) = next {
        if !one.is_answered(&kept.state.answers) {
            break;
        }
        next = one.next();
    }
    let next = next.map(|next| format!("/my/preparation/{}", next.word()));
    let to = next
        .or(next_medicine(&application, &kept.state)?)
        .unwrap_or_else(|| "/my/preparation".to_owned());
    Ok(Redirect::to(&to).into_response())
}

/// Asks whoever takes the person home, by a text message: the person has just wished it.
async fn ask_them(
    application: &Application,
    own: &Own,
    visit: SessionId,
    form: CommandId,
    named: &Escort,
) -> Result<(), Refused> {
    let wish = escort::Wish {
        command_id: CommandId(Uuid::new_v5(&form.0, b"ask them")),
        actor: own.actor(),
        escort: named.clone(),
        way: Way::TextMessage,
        language: own.language,
        agreed: true,
    };
    escort::ask(application, visit, wish).await
}

const fn not_asked(language: Language) -> &'static str {
    match language {
        Language::English => {
            "Who takes you home is saved. They could not be asked: check the name and the number, or leave out the message and call them."
        }
        Language::Spanish => {
            "Se guardó quién le lleva a casa. No se le pudo preguntar: revise el nombre y el número, o no envíe el mensaje y llámele."
        }
    }
}

/// The page of the first medicine about which nothing was said yet, on the day of the visit.
fn next_medicine(
    application: &Application,
    preparation: &Preparation,
) -> Result<Option<String>, Fault> {
    Ok(asked_about(application, preparation)?
        .then(|| next_open(preparation))
        .flatten())
}

/// True from the beginning of the visit's day on.
fn asked_about(application: &Application, preparation: &Preparation) -> Result<bool, Fault> {
    preparation.visit().map_or(Ok(false), |planned| {
        let day = preparation::day_of(application, planned.starts)?;
        Ok(application.clock.now() >= day)
    })
}

/// Whether one medicine was taken: the page. Places are counted from 1, as the list shows them.
pub async fn medicine(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    Path(place): Path<usize>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    medicine_page(&application, &own, place, &headers, &uri, None).await
}

async fn medicine_page(
    application: &Application,
    own: &Own,
    place: usize,
    headers: &HeaderMap,
    uri: &Uri,
    problem: Option<&str>,
) -> Result<Response, Refused> {
    let asked = Asked::new(application, None, headers, uri);
    let visit = preparation::next_of(application, own.patient)
        .await?
        .ok_or(Refused::NotFound)?;
    let kept = preparation::of(application, visit).await?.state;
    let planned = kept.visit().ok_or(Refused::NotFound)?;
    let medicine = place
        .checked_sub(1)
        .and_then(|index| kept.decided().nth(index))
        .ok_or(Refused::NotFound)?;
    let contacts = messages::contacts(application, own.patient).await?;
    let zone = messages::zone_of(application, contacts.as_ref());
    let page = MedicinePage {
        frame: asked.own_frame(own),
        place,
        medicine,
        said: kept.answers.taken(&medicine.name),
        starts: planned.starts,
        zone: &zone,
        asked: asked_about(application, &kept)?,
        problem,
    };
    let status = if problem.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    Ok((status, html(page.html())).into_response())
}

/// Takes the answer whether one medicine was taken, and leads to the next one.
pub async fn answer_medicine(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    Path(place): Path<usize>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_own(&own, fields.text("csrf"))?;
    let Some(said) = Said::of_word(fields.text("said")) else {
        let says = match own.language {
            Language::English => "Choose an answer.",
            Language::Spanish => "Elija una respuesta.",
        };
        return medicine_page(&application, &own, place, &headers, &uri, Some(says)).await;
    };
    let visit = preparation::next_of(&application, own.patient)
        .await?
        .ok_or(Refused::NotFound)?;
    let kept = preparation::of(&application, visit).await?.state;
    let planned = kept.visit().ok_or(Refused::NotFound)?;
    let day = preparation::day_of(&application, planned.starts)?;
    // The form names the medicine that its page showed: the list may have another order by now.
    let taken = Taken {
        name: fields.text("medicine").to_owned(),
        taken: said,
    };
    let wanted = Change {
        command_id: command_id(&fields, own.language)?,
        actor: own.actor(),
        at: None,
        id: visit.0,
        patient: Some(own.patient),
        session: Some(visit),
        action: "say whether a medicine was taken before a visit",
        wanted: format!("{taken:?}"),
    };
    let saved = change(&application, wanted, |preparation: &Preparation, now| {
        preparation
            .answer_medicine(taken.clone(), day, now)
            .map_err(|refusal| Refused::Ruled(medicine_not_saved(own.language, &refusal)))
    });
    saved.await?;
    let kept = preparation::of(&application, visit).await?.state;
    let to = next_medicine(&application, &kept)?.unwrap_or_else(|| "/my/preparation".to_owned());
    Ok(Redirect::to(&to).into_response())
}

/// Why an answer about a medicine was not saved, in the person's language.
fn medicine_not_saved(language: Language, refusal: &Refusal) -> String {
    match language {
        Language::English => refusal.says(),
        Language::Spanish => match refusal {
            Refusal::NotBeforeTheDay => {
                "No se guardó: lo que tomó se pregunta el día de la visita. Conteste ese día."
            }
            Refusal::NoSuchMedicine => {
                "No se guardó: la lista de medicamentos cambió. Vuelva a leerla."
            }
            Refusal::CheckedInAlready => "No se guardó: ya está en la clínica. Dígalo allí.",
            Refusal::NoVisit | Refusal::InTheFuture | Refusal::NotAPrescriber | Refusal::NoName => {
                "No se guardó: no hay ninguna visita que preparar."
            }
        },
    }
    .to_owned()
}

/// The number of a form, or what is said to whoever sent it without one.
pub(super) fn command_id(fields: &Fields, language: Language) -> Result<CommandId, Problem> {
    fields
        .text("command_id")
        .parse()
        .map_err(|_| form_unread("command_id", language))
}

/// A form came without something that its page had put into it.
pub(super) fn form_unread(field: &str, language: Language) -> Problem {
    let says = match language {
        Language::English => "Nothing was saved: the form could not be read. Reload the page.",
        Language::Spanish => {
            "No se guardó nada: no se pudo leer el formulario. Recargue la página."
        }
    };
    Problem::new(field, says)
}

/// An answer from its form, or what is to be said of it, in the person's language.
fn read(
    question: Question,
    fields: &Fields,
    zone: &TimeZone,
    now: Moment,
    language: Language,
) -> Result<Given, &'static str> {
    let told = |english, spanish| match language {
        Language::English => english,
        Language::Spanish => spanish,
    };
    let choose = told("Choose an answer.", "Elija una respuesta.");
    let when = || {
        Ok(match fields.text("day") {
            "not-sure" => Answer::NotSure,
            "none" => Answer::NoneSuch,
            "today" => Answer::Is(moment(fields.text("time"), 0, zone, now, language)?),
            "yesterday" => Answer::Is(moment(fields.text("time"), 1, zone, now, language)?),
            _ => return Err(choose),
        })
    };
    let said = || Said::of_word(fields.text("said")).ok_or(choose);
    Ok(match question {
        Question::HeavyMeal => Given::HeavyMeal { last: when()? },
        Question::LightMeal => Given::LightMeal { last: when()? },
        Question::ClearLiquid => Given::ClearLiquid { last: when()? },
        Question::Alcohol => Given::Alcohol { last: when()? },
        Question::Cannabis => Given::Cannabis { last: when()? },
        Question::OtherDrugs => Given::OtherDrugs { said: said()? },
        Question::Illness => Given::Illness { said: said()? },
        Question::Admission => Given::Admission { said: said()? },
        Question::Pregnancy => Given::Pregnancy { said: said()? },
        Question::Urinary => Given::Urinary { said: said()? },
        Question::BreathingDevice => Given::BreathingDevice { said: said()? },
        Question::Thoughts => Given::ThoughtsOfDeath { said: said()? },
        Question::Escort => Given::Escort {
            escort: match fields.text("nobody") {
                // Who is named is never dropped without a word. Hazard: H39
                "none" | "not-sure" if named_escort(fields).is_some() => {
                    return Err(told(
                        "You wrote a name and a number, and chose another answer. Choose one of the two.",
                        "Escribió un nombre y un número, y eligió otra respuesta. Elija una de las dos.",
                    ));
                }
                "none" => Answer::NoneSuch,
                "not-sure" => Answer::NotSure,
                _ => Answer::Is(named_escort(fields).ok_or(told(
                    "Write the name and the telephone number.",
                    "Escriba el nombre y el número de teléfono.",
                ))?),
            },
        },
        Question::Phone => fields
            .optional("phone")
            .filter(|number| number.chars().filter(char::is_ascii_digit).count() >= 5)
            .map(|number| Given::Phone { number })
            .ok_or(told(
                "Write a telephone number.",
                "Escriba un número de teléfono.",
            ))?,
    })
}

/// A companion from the fields of a form, if name and number are there.
pub(super) fn named_escort(fields: &Fields) -> Option<Escort> {
    Some(Escort {
        name: fields.optional("name")?,
        phone: fields.optional("phone")?,
        relationship: fields.text("relationship").to_owned(),
        ride: Ride::of_word(fields.text("ride")).unwrap_or(Ride::NotSure),
    })
}

/// A time of the person's own clock, today or yesterday. One that comes twice is the later one:
/// less time has then passed, which is the safe reading.
fn moment(
    text: &str,
    days_ago: i64,
    zone: &TimeZone,
    now: Moment,
    language: Language,
) -> Result<Moment, &'static str> {
    let told = |english, spanish| match language {
        Language::English => english,
        Language::Spanish => spanish,
    };
    let wrong = told("Write the time like 07:40.", "Escriba la hora así: 07:40.");
    let time: ClockTime = text.parse().map_err(|_| wrong)?;
    let day = now
        .timestamp()
        .to_zoned(zone.clone())
        .checked_sub(days_ago.days())
        .map_err(|_| wrong)?;
    let day = Moment::from_microseconds(day.timestamp().as_microsecond());
    let date = date_of(zone, day).map_err(|_| wrong)?;
    let at = match local_time(zone, date, time) {
        LocalTime::Once(at) | LocalTime::Twice(_, at) => at,
        LocalTime::Never => {
            return Err(told(
                "The clocks were changed at that time: it did not exist. Check the time.",
                "A esa hora se cambió el reloj: no existió. Revise la hora.",
            ));
        }
    };
    if at > now {
        return Err(told(
            "That time has not come yet. Check the day and the time.",
            "Esa hora todavía no ha llegado. Revise el día y la hora.",
        ));
    }
    Ok(at)
}
