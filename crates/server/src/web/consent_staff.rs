//! A person's consents seen by staff: questions answered, signatures, copies, withdrawal, and the
//! question at the door.

use super::consent::{papers_of, set_copy};
use super::form::{Fields, Problem};
use super::guard::{check_csrf, check_password};
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::consent_staff::{ConsentPaper, ConsentStaff, StaffLine, history, strip};
use super::people::read_by;
use super::preparing::command_id;
use super::respond::Refused;
use crate::application::Application;
use crate::consent::{self, Person, Wanted};
use crate::fault::Fault;
use crate::identity::Viewer;
use crate::{messages, patients, preparation};
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use clinical::course::consent::text::Kind;
use clinical::course::consent::{
    Command, ConsentEvent, Consents, CopyWay, InForce, Interpreting, Meeting, Reason, Wish,
};
use clinical::course::screening::person::Product;
use clinical::leaflet::Language;
use clinical::record::{PatientId, Role, SessionId};
use std::sync::Arc;

/// Who asks for the page, and for which.
struct Sheet<'a> {
    application: &'a Application,
    viewer: &'a Viewer,
    patient: PatientId,
    headers: &'a HeaderMap,
    uri: &'a Uri,
}

impl Sheet<'_> {
    async fn answer(&self, not_done: Option<&str>) -> Result<Response, Refused> {
        let application = self.application;
        let asked = Asked::new(application, Some(self.viewer), self.headers, self.uri);
        let patient = patients::read(application, self.patient)
            .await?
            .ok_or(Refused::NotFound)?;
        let consents = consent::read(application, self.patient).await?;
        let person = Person::of(application, Some(&patient), asked.now())?;
        let mut lines = Vec::new();
        for product in consent::relevant(application, self.patient).await? {
            lines.push(line(application, &consents, person, product)?);
        }
        let around = asked.around(Here::Patients, false);
        let role = self.viewer.role;
        let page = ConsentStaff {
            around,
            strip: strip(&patient, &around),
            here: format!("/patients/{}/consent", self.patient),
            history: history(&consents, &around),
            lines,
            not_done,
            may_act: super::access::ROOM.include(role),
            may_sign: super::access::ORDER.include(role),
        };
        Ok(html(page.html()).into_response())
    }
}

fn line<'a>(
    application: &Application,
    consents: &'a Consents,
    person: Person,
    product: Product,
) -> Result<StaffLine<'a>, Fault> {
    let found = person.standing(application, consents, product, false)?;
    let consent = consents.of(product);
    let minor = person.minor == Some(true);
    let reasons: &[Reason] = match &found.in_force {
        InForce::Unmet(reasons) => reasons,
        InForce::Met(_) | InForce::Unknown => &[],
    };
    let only = |reason: &Reason| {
        matches!(
            reason,
            Reason::ClinicianMissing | Reason::NotSureToday | Reason::NotToday
        )
    };
    let texts = Language::ALL.into_iter().filter_map(|language| {
        consent::text(application, product, Kind::Consent, language).map(|text| text.shown)
    });
    Ok(StaffLine {
        product,
        signature: consent.and_then(|known| known.signature(minor)),
        texts: texts.collect(),
        questions: consents
            .questions
            .iter()
            .filter(|question| question.product == product)
            .collect(),
        may_countersign: reasons.contains(&Reason::ClinicianMissing) && reasons.iter().all(only),
        wants_guardian: minor
            && !reasons.contains(&Reason::MinorsNotTreated)
            && reasons.iter().any(|reason| {
                matches!(
                    reason,
                    Reason::GuardianMissing
                        | Reason::OtherText
                        | Reason::Expired
                        | Reason::Withdrawn
                )
            }),
        copied: consent.is_some_and(|known| known.copy),
        may_withdraw: consent.is_some_and(|known| !known.withdrawn && !papers_of(known).is_empty()),
        in_force: found.in_force,
        says: found.says,
        remedy: found.remedy,
    })
}

/// The copy of what a person signed, to hand out, as PDF in their language.
pub async fn copy_pdf(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path((patient, word)): Path<(PatientId, String)>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, None, &headers, &uri);
    let language = messages::contacts(&application, patient)
        .await?
        .map_or(Language::English, |contacts| contacts.language);
    let frame = asked.door_frame(language);
    let answer = set_copy(&application, frame, patient, &word).await?;
    read_by(&application, &viewer, patient, "print what was signed").await?;
    Ok(answer)
}

/// A person's consents.
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
    read_by(&application, &viewer, patient, "read consents").await?;
    Ok(page)
}

/// Answers, signs, notes.
pub async fn act(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(patient): Path<PatientId>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    match execute(&application, &viewer, patient, &fields).await {
        Ok(()) => Ok(Redirect::to(&format!("/patients/{patient}/consent")).into_response()),
        Err(refused @ (Refused::Ruled(_) | Refused::Problem(_))) => {
            let sheet = Sheet {
                application: &application,
                viewer: &viewer,
                patient,
                headers: &headers,
                uri: &uri,
            };
            let page = sheet.answer(Some(&refused.says())).await?;
            Ok((refused.status(), page).into_response())
        }
        Err(other) => Err(other),
    }
}

async fn execute(
    application: &Application,
    viewer: &Viewer,
    patient: PatientId,
    fields: &Fields,
) -> Result<(), Refused> {
    let command_id = command_id(fields, Language::English)?;
    let product = Product::of_word(fields.text("product")).ok_or_else(unread)?;
    let command = command(product, fields)?;
    if matches!(command, Command::SignAsClinician { .. }) {
        check_password(application, viewer, fields).await?;
    }
    let wanted = Wanted {
        command_id,
        actor: viewer.actor(),
        is_the_patient: is_the_patient(viewer, patient),
        patient,
        product,
        command,
        language: Language::English,
    };
    consent::act(application, wanted).await?;
    Ok(())
}

/// True when this account is the patient's own, or leads to their record.
fn is_the_patient(viewer: &Viewer, patient: PatientId) -> bool {
    viewer.role == Role::Patient || viewer.patient == Some(patient)
}

fn unread() -> Problem {
    Problem::new(
        "",
        "Not saved: the form could not be read. Reload the page.",
    )
}

/// What a form wants.
fn command(product: Product, fields: &Fields) -> Result<Command, Problem> {
    let text = |name: &str| fields.text(name).to_owned();
    Ok(match fields.text("act") {
        "answer" => Command::AnswerQuestion {
            question: fields.text("question").parse().map_err(|_| unread())?,
            words: text("words"),
        },
        "clinician" => Command::SignAsClinician {
            product,
            text: text("text"),
            way: Meeting::of_word(fields.text("way")),
            interpreting: match fields.text("interpreting") {
                "not-needed" => Some(Interpreting::NotNeeded),
                "by" => Some(Interpreting::By {
                    name: text("interpreter"),
                    attests: text("attests"),
                }),
                _not_said => None,
            },
            signed_as: text("signed_as"),
        },
        "guardian" => Command::SignAsGuardian {
            product,
            text: text("text"),
            typed_name: text("typed_name"),
            relationship: text("relationship"),
        },
        "copy" => Command::NoteCopy {
            product,
            way: CopyWay::of_word(fields.text("way")).ok_or_else(unread)?,
        },
        "withdraw" => Command::Withdraw {
            product,
            words: text("words"),
        },
        other => {
            let says = format!("“{other}” is not an act known here.");
            return Err(Problem::new("act", says));
        }
    })
}

/// A text that this person signed, or one of today.
pub async fn text(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path((id, digest)): Path<(PatientId, String)>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let patient = patients::read(&application, id)
        .await?
        .ok_or(Refused::NotFound)?;
    let around = asked.around(Here::Patients, false);
    let (text, language, adopted) = found(&application, id, &digest)
        .await?
        .ok_or(Refused::NotFound)?;
    let page = ConsentPaper {
        around,
        strip: strip(&patient, &around),
        back: format!("/patients/{id}/consent"),
        text,
        language: language.tag(),
        digest: &digest,
        adopted,
    };
    read_by(&application, &viewer, id, "read a text of consent").await?;
    Ok(html(page.html()).into_response())
}

/// The text of a digest with its language, and whether it is one of today: only what is adopted,
/// or what this person signed.
async fn found(
    application: &Application,
    patient: PatientId,
    digest: &str,
) -> Result<Option<(String, Language, bool)>, Fault> {
    for product in Product::ALL.iter().copied() {
        for kind in [Kind::Consent, Kind::Assent] {
            for language in Language::ALL {
                let text = consent::text(application, product, kind, language);
                if let Some(text) = text.filter(|text| text.shown.text == digest) {
                    return Ok(Some((text.filled.plain, language, true)));
                }
            }
        }
    }
    let consents = consent::read(application, patient).await?;
    let signed = consents
        .history
        .iter()
        .find_map(|happened| match &happened.event {
            ConsentEvent::ConsentSigned { shown, .. }
            | ConsentEvent::GuardianSigned { shown, .. }
            | ConsentEvent::AssentGiven { shown, .. } => {
                (shown.text == digest).then_some(shown.language)
            }
            ConsentEvent::QuestionAsked { .. }
            | ConsentEvent::QuestionAnswered { .. }
            | ConsentEvent::ClinicianSigned { .. }
            | ConsentEvent::CopyGiven { .. }
            | ConsentEvent::ConsentReconfirmed { .. }
            | ConsentEvent::ConsentWithdrawn { .. } => None,
        });
    let Some(language) = signed else {
        return Ok(None);
    };
    let kept = consent::kept_text(application, digest).await?;
    Ok(kept.map(|text| (text, language, false)))
}

/// Notes at the door whether the patient still wants this today.
// Hazard: H25
pub async fn at_the_door(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(visit): Path<SessionId>,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let kept = preparation::of(&application, visit).await?;
    let planned = kept.state.planned.ok_or(Refused::NotFound)?;
    let wish = Wish::of_word(fields.text("wish"))
        .ok_or_else(|| Problem::new("wish", "Choose one of the three answers."))?;
    let wanted = Wanted {
        command_id: command_id(&fields, Language::English)?,
        actor: viewer.actor(),
        is_the_patient: is_the_patient(&viewer, planned.patient),
        patient: planned.patient,
        product: planned.product,
        command: Command::Reconfirm {
            product: planned.product,
            visit: Some(visit),
            wish,
        },
        language: Language::English,
    };
    consent::act(&application, wanted).await?;
    Ok(Redirect::to(&format!("/visits/{visit}/check-in")).into_response())
}
