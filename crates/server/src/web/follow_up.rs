//! After a session: the patient's own pages, and the staff's.

use super::access::ROOM;
use super::form::{Fields, Problem};
use super::guard::{check_csrf, check_own};
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::follow_up::{FollowUpList, FollowUpPerson, LimitLine, ListLine, RisenLine};
use super::pages::follow_up_own::{OwnEffects, OwnNow, OwnReport, OwnThanks, refusal_says};
use super::pages::surveillance::SurveillanceList;
use super::people::read_by;
use super::preparing::{command_id, form_unread};
use super::respond::Refused;
use crate::application::Application;
use crate::fault::Fault;
use crate::identity::{Own, Viewer};
use crate::journey::{Change, change};
use crate::{follow_up, outcomes, patients};
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use clinical::course::follow_up::{
    Began, Detail, FollowUp, Found, Lasted, Mood, NewReport, Screen, Severity, Thoughts,
};
use clinical::course::outcomes::{RELAPSE_SCALE, WATCHED};
use clinical::leaflet::Language;
use clinical::patient::{Patient, Sex};
use clinical::record::{CommandId, PatientId};
use std::sync::Arc;
use uuid::Uuid;

/// The form: at any time, whether the clinic has asked or not.
pub async fn own_form(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    own_page(&application, &own, (&headers, &uri), None).await
}

async fn own_page(
    application: &Application,
    own: &Own,
    (headers, uri): (&HeaderMap, &Uri),
    not_saved: Option<(String, NewReport)>,
) -> Result<Response, Refused> {
    let asked = Asked::new(application, None, headers, uri);
    let rules = Arc::clone(&application.in_force().follow_up);
    let known = follow_up::of(application, own.patient).await?.state;
    let status = if not_saved.is_some() {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    let (problem, typed) = not_saved.unzip();
    let page = OwnReport {
        frame: asked.own_frame(own),
        signs: &rules.signs,
        flagged: !known.open_flags().is_empty(),
        problem,
        typed,
    };
    Ok((status, html(page.html())).into_response())
}

/// Takes an answer. A warning sign is in the record, and on its way to people on duty, before the
/// page says anything.
// Hazard: H62
pub async fn own_report(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_own(&own, fields.text("csrf"))?;
    let id = command_id(&fields, own.language)?;
    let said = report_of(&fields, id, own.language)?;
    let rules = Arc::clone(&application.in_force().follow_up);
    let known = follow_up::of(&application, own.patient).await?.state;
    if let Err(refusal) = known.report(said.clone(), &rules) {
        let says = refusal_says(&refusal, own.language);
        return own_page(&application, &own, (&headers, &uri), Some((says, said))).await;
    }
    let wanted = own_change(&own, id, "say how they are", format!("{said:?}"));
    change(&application, wanted, |state: &FollowUp, _now| {
        state.report(said.clone(), &rules)
    })
    .await?;
    let flagged = !rules.signs.raised(&said.signs, said.thoughts).is_empty();
    let to = if flagged {
        "/my/follow-up/now"
    } else if !said.effects.is_empty() {
        "/my/follow-up/effects"
    } else if outcomes::open(&application, own.patient).await?.is_some() {
        "/my/scales"
    } else {
        "/my/follow-up/thanks"
    };
    Ok(Redirect::to(to).into_response())
}

fn own_change(
    own: &Own,
    command_id: CommandId,
    action: &'static str,
    wanted: String,
) -> Change<'static> {
    Change {
        command_id,
        actor: own.actor(),
        at: None,
        id: own.patient.0,
        patient: Some(own.patient),
        session: None,
        action,
        wanted,
    }
}

/// An answer that is not understood is a problem, and never no answer.
fn report_of(fields: &Fields, id: CommandId, language: Language) -> Result<NewReport, Problem> {
    let all = |name: &str| fields.all(name).map(str::to_owned).collect();
    Ok(NewReport {
        report: Uuid::new_v5(&id.0, b"report"),
        mood: chosen(fields, "mood", Mood::of_word, language)?,
        thoughts: chosen(fields, "thoughts", Thoughts::of_word, language)?,
        effects: all("effect"),
        signs: all("sign"),
        words: fields.text("words").to_owned(),
    })
}

fn chosen<T>(
    fields: &Fields,
    name: &str,
    of_word: impl Fn(&str) -> Option<T>,
    language: Language,
) -> Result<Option<T>, Problem> {
    match fields.text(name) {
        "" => Ok(None),
        word => of_word(word)
            .map(Some)
            .ok_or_else(|| form_unread(name, language)),
    }
}

/// More of each side effect of the newest answer.
pub async fn own_effects(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, None, &headers, &uri);
    let rules = Arc::clone(&application.in_force().follow_up);
    let known = follow_up::of(&application, own.patient).await?.state;
    let Some(report) = known
        .reports
        .last()
        .filter(|one| !one.said.effects.is_empty())
    else {
        return Ok(Redirect::to("/my/follow-up/thanks").into_response());
    };
    let page = OwnEffects {
        frame: asked.own_frame(&own),
        signs: &rules.signs,
        report,
    };
    Ok(html(page.html()).into_response())
}

/// Takes more of them.
pub async fn own_describe(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    fields: Fields,
) -> Result<Response, Refused> {
    check_own(&own, fields.text("csrf"))?;
    let id = command_id(&fields, own.language)?;
    let report: Uuid = fields
        .text("report")
        .parse()
        .map_err(|_| Problem::new("report", "Reload the page."))?;
    let mut details = Vec::new();
    for effect in fields.all("effect") {
        let name = |what: &str| format!("{what}-{effect}");
        let detail = Detail {
            severity: chosen(&fields, &name("severity"), Severity::of_word, own.language)?,
            began: chosen(&fields, &name("began"), Began::of_word, own.language)?,
            lasted: chosen(&fields, &name("lasted"), Lasted::of_word, own.language)?,
            helped: fields.text(&name("helped")).to_owned(),
        };
        if detail != Detail::default() {
            details.push((effect.to_owned(), detail));
        }
    }
    let wanted = own_change(
        &own,
        id,
        "say more of side effects",
        format!("{:?}", fields.0),
    );
    change(&application, wanted, |state: &FollowUp, _now| {
        let mut events = Vec::new();
        for (effect, detail) in &details {
            events.extend(state.describe(report, effect, detail.clone())?);
        }
        Ok::<_, clinical::course::follow_up::Refusal>(events)
    })
    .await?;
    let to = match outcomes::open(&application, own.patient).await? {
        Some(_) => "/my/scales",
        None => "/my/follow-up/thanks",
    };
    Ok(Redirect::to(to).into_response())
}

/// What to do now.
pub async fn own_now(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, None, &headers, &uri);
    let rules = Arc::clone(&application.in_force().follow_up);
    let known = follow_up::of(&application, own.patient).await?.state;
    // What to do is of the most pressing one, and of several the newest that nobody has read: whoever
    // asks twice sees the worst. Whether it is read is said of all of them. Hazard: H62
    let open = known.open_flags();
    let worst = open
        .iter()
        .max_by_key(|flag| (flag.urgency, flag.is_escalating()));
    let Some(flag) = worst.copied() else {
        return Ok(Redirect::to("/my/follow-up/thanks").into_response());
    };
    let unread = open.iter().copied().filter(|one| one.is_escalating());
    let unread = unread.collect();
    let more = known
        .reports
        .iter()
        .any(|one| one.said.report == flag.report && !one.said.effects.is_empty());
    let page = OwnNow {
        watch: follow_up::watch(&application, asked.now())?,
        frame: asked.own_frame(&own),
        signs: &rules.signs,
        flag,
        unread,
        more,
        scales: outcomes::open(&application, own.patient).await?.is_some(),
    };
    Ok(html(page.html()).into_response())
}

/// It is saved.
pub async fn own_thanks(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, None, &headers, &uri);
    let known = follow_up::of(&application, own.patient).await?.state;
    let page = OwnThanks {
        watch: follow_up::watch(&application, asked.now())?,
        saved_at: known.reports.last().map(|report| report.at),
        scales: outcomes::open(&application, own.patient).await?.is_some(),
        flagged: !known.open_flags().is_empty(),
        frame: asked.own_frame(&own),
    };
    Ok(html(page.html()).into_response())
}

/// Everybody: warning signs first, then who is silent, then who answered.
pub async fn list(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let rules = Arc::clone(&application.in_force().follow_up);
    let lines = named(&application).await?;
    let scales = application.scales();
    let scale = scales.named(RELAPSE_SCALE);
    let mut risen = Vec::new();
    let mut limits = Vec::new();
    for one in &lines {
        let known = outcomes::of(&application, one.patient).await?.state;
        if let Some(rise) = scale.and_then(|scale| known.rise(scale)) {
            risen.push(RisenLine {
                patient: one.patient,
                name: one.name.clone(),
                rise,
            });
        }
        for watched in WATCHED.iter().filter_map(|id| scales.named(id)) {
            limits.extend(
                known
                    .over_limit(watched, one.sex, asked.now())
                    .map(|over| LimitLine {
                        patient: one.patient,
                        name: one.name.clone(),
                        scale: watched,
                        over,
                    }),
            );
        }
    }
    let clinic = application.clinic();
    let page = FollowUpList {
        around: asked.around(Here::FollowUp, false),
        lines: &lines,
        risen: &risen,
        limits: &limits,
        scale,
        signs: &rules.signs,
        duty: &clinic.duty,
        watch: follow_up::watch(&application, asked.now())?,
        may_act: ROOM.include(viewer.role),
    };
    Ok(html(page.html()).into_response())
}

async fn named(application: &Application) -> Result<Vec<ListLine>, Fault> {
    let mut lines = Vec::new();
    for (patient, line) in follow_up::everybody(application).await? {
        let person = patients::read(application, patient).await?;
        let sex = person.as_ref().map_or(Sex::Unknown, Patient::sex);
        let name = person.and_then(|person| person.banner_name());
        lines.push(ListLine {
            patient,
            sex,
            name: name.unwrap_or_else(|| "not registered".to_owned()),
            line,
        });
    }
    Ok(lines)
}

/// What is due over months and years, for everybody.
pub async fn surveillance(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let rules = Arc::clone(&application.in_force().surveillance);
    let lines = named(&application).await?;
    let page = SurveillanceList {
        around: asked.around(Here::FollowUp, false),
        lines: &lines,
        rules: &rules,
    };
    Ok(html(page.html()).into_response())
}

/// One person's.
pub async fn person(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(patient): Path<PatientId>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let shown = shown(&application, &viewer, patient, (&headers, &uri), None).await?;
    read_by(&application, &viewer, patient, "open the follow-up").await?;
    Ok(shown)
}

async fn shown(
    application: &Application,
    viewer: &Viewer,
    patient: PatientId,
    (headers, uri): (&HeaderMap, &Uri),
    refused: Option<String>,
) -> Result<Response, Refused> {
    let asked = Asked::new(application, Some(viewer), headers, uri);
    let person = patients::read(application, patient)
        .await?
        .ok_or(Refused::NotFound)?;
    let in_force = application.in_force();
    let rules = Arc::clone(&in_force.follow_up);
    let known = follow_up::of(application, patient).await?.state;
    let around = asked.around(Here::Patients, false);
    let page = FollowUpPerson {
        strip: super::pages::identity_strip::IdentityStrip::of(&person, around.now, around.zone),
        around,
        patient,
        state: &known,
        signs: &rules.signs,
        surveillance: &in_force.surveillance,
        may_act: ROOM.include(viewer.role),
        refused,
    };
    Ok(html(page.html()).into_response())
}

/// Somebody takes a warning sign in hand, says what was done, or says what came of a call.
pub async fn act(
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
    match acted(&application, &viewer, patient, &fields).await {
        Ok(()) => Ok(Redirect::to(&format!("/patients/{patient}/follow-up")).into_response()),
        Err(refused @ (Refused::Ruled(_) | Refused::Problem(_))) => {
            let says = Some(refused.says());
            let page = shown(&application, &viewer, patient, (&headers, &uri), says).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other),
    }
}

async fn acted(
    application: &Application,
    viewer: &Viewer,
    patient: PatientId,
    fields: &Fields,
) -> Result<(), Refused> {
    let command_id = command_id(fields, Language::English)?;
    let flag = || {
        fields
            .text("flag")
            .parse::<Uuid>()
            .map_err(|_| Problem::new("flag", "Not saved: reload the page."))
    };
    let words = fields.text("words").to_owned();
    let rules = Arc::clone(&application.in_force().follow_up);
    let wanted = |action, wanted: String| Change {
        command_id,
        actor: viewer.actor(),
        at: None,
        id: patient.0,
        patient: Some(patient),
        session: None,
        action,
        wanted,
    };
    match fields.text("what") {
        "acknowledge" => {
            follow_up::acknowledge(application, patient, flag()?, command_id, viewer.actor())
                .await?;
        }
        "settle" => {
            let flag = flag()?;
            let order = wanted(
                "say what was done about a warning sign",
                format!("{flag} {words}"),
            );
            change(application, order, |state: &FollowUp, _now| {
                state.settle(flag, &words, viewer.role, &rules.signs)
            })
            .await?;
        }
        "called" => {
            let reached = match fields.text("reached") {
                "yes" => true,
                "no" => false,
                _ => {
                    let says = "Not saved: choose whether you reached them.";
                    return Err(Problem::new("reached", says).into());
                }
            };
            let order = wanted("say what came of a call", format!("{reached} {words}"));
            change(application, order, |state: &FollowUp, _now| {
                state.called(reached, &words)
            })
            .await?;
        }
        "screen" => {
            let screen = Screen::of_word(fields.text("screen"))
                .ok_or_else(|| Problem::new("screen", "Not saved: choose what was done."))?;
            let found = Found::of_word(fields.text("found"))
                .ok_or_else(|| Problem::new("found", "Not saved: choose what came of it."))?;
            let order = wanted(
                "chart a screen for harm",
                format!("{screen:?} {found:?} {words}"),
            );
            change(application, order, |state: &FollowUp, _now| {
                state.screened(screen, found, &words, viewer.role)
            })
            .await?;
        }
        _ => return Err(Problem::new("what", "Not saved: reload the page.").into()),
    }
    Ok(())
}
