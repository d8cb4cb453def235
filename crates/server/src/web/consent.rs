//! A patient's own consents: read, asked about, signed, confirmed on the day, and taken back.

use super::form::{Fields, Problem};
use super::guard::check_own;
use super::page::{Asked, html};
use super::pages::consent_own::{
    ConsentCopy, ConsentText, OwnConsents, OwnLine, Paper, Signed, Signer, ToSign,
};
use super::pages::my_frame::Frame;
use super::preparing::{command_id, form_unread};
use super::respond::Refused;
use super::sheets::Sheets;
use crate::application::Application;
use crate::consent::{self, Person, Wanted};
use crate::fault::Fault;
use crate::identity::Own;
use crate::patients;
use crate::preparation::PREPARATION;
use crate::web::pages::clock_face::today;
use anyhow::Context as _;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use clinical::course::consent::text::Kind;
use clinical::course::consent::{
    Command, Consent, ConsentEvent, Consents, InForce, Interpreting, Reason, Shown, Wish,
};
use clinical::course::screening::person::Product;
use clinical::leaflet::Language;
use clinical::record::{PatientId, SessionId};
use serde::Deserialize;
use std::sync::Arc;
use units::Moment;

/// What consent knows of the patient who asks.
struct Known {
    consents: Consents,
    person: Person,
}

impl Known {
    async fn of(application: &Application, patient: PatientId, at: Moment) -> Result<Self, Fault> {
        let known = patients::read(application, patient).await?;
        Ok(Self {
            person: Person::of(application, known.as_ref(), at)?,
            consents: consent::read(application, patient).await?,
        })
    }
}

/// The lines of a patient's list, one for each medicine that they are to be treated with.
pub(super) async fn lines(
    application: &Application,
    patient: PatientId,
    at: Moment,
) -> Result<Vec<OwnLine>, Fault> {
    let known = Known::of(application, patient, at).await?;
    let mut lines = Vec::new();
    for product in consent::relevant(application, patient).await? {
        let visit = visit_today(application, patient, product, at).await?;
        let found =
            known
                .person
                .standing(application, &known.consents, product, visit.is_some())?;
        let consent = known.consents.of(product);
        let asked_today = visit.is_some()
            && matches!(&found.in_force, InForce::Unmet(reasons) if reasons.iter().all(|reason| {
                matches!(reason, Reason::NotReconfirmed | Reason::NotSureToday | Reason::NotToday)
            }));
        lines.push(OwnLine {
            product,
            to_sign: ToSign::of(&found.in_force, known.person.minor),
            in_force: found.in_force,
            signed: consent.is_some_and(|known| !papers_of(known).is_empty()),
            withdrawn: consent.is_none_or(|known| known.withdrawn),
            asked_today,
        });
    }
    Ok(lines)
}

/// The visit of a person's for a medicine that begins on the day of a moment.
async fn visit_today(
    application: &Application,
    patient: PatientId,
    product: Product,
    at: Moment,
) -> Result<Option<SessionId>, Fault> {
    let rows = application
        .store
        .course_rows_of(application.tenant, patient)
        .await
        .context("reading a person's visits")?;
    let day = today(at, &application.zone);
    Ok(rows
        .iter()
        .filter(|row| row.part == PREPARATION && row.state != "withdrawn")
        .filter(|row| consent::product_of(row) == Some(product))
        .find(|row| {
            row.due
                .is_some_and(|due| today(due, &application.zone) == day)
        })
        .map(|row| SessionId(row.id)))
}

/// What is to be signed, and what was.
pub async fn list(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, None, &headers, &uri);
    let page = OwnConsents {
        frame: asked.own_frame(&own),
        lines: lines(&application, own.patient, asked.now()).await?,
    };
    Ok(html(page.html()).into_response())
}

/// Which of the two texts a minor reads: their own, or the one that a guardian signs.
#[derive(Deserialize)]
pub struct Which {
    #[serde(default)]
    text: String,
}

/// Who asks for a text, and for which.
struct Sheet<'a> {
    application: &'a Application,
    own: &'a Own,
    product: Product,
    headers: &'a HeaderMap,
    uri: &'a Uri,
}

impl Sheet<'_> {
    async fn answer(
        &self,
        full: bool,
        problem: Option<&str>,
        typed: &str,
    ) -> Result<Response, Refused> {
        let (application, own) = (self.application, self.own);
        let asked = Asked::new(application, None, self.headers, self.uri);
        let known = Known::of(application, own.patient, asked.now()).await?;
        let found = known
            .person
            .standing(application, &known.consents, self.product, false)?;
        let of_kind = |kind| {
            let text = consent::text(application, self.product, kind, own.language)?;
            Some((kind, text))
        };
        // Where minors are never treated, there is nothing else to read than what adults read.
        let assent = (known.person.minor == Some(true) && !full).then(|| of_kind(Kind::Assent));
        let (kind, text) = assent
            .flatten()
            .or_else(|| of_kind(Kind::Consent))
            .ok_or(Refused::NotFound)?;
        let questions = known.consents.questions.iter();
        let page = ConsentText {
            frame: asked.own_frame(own),
            product: self.product,
            text: &text.filled,
            shown: &text.shown,
            kind,
            to_sign: self.to_sign(&known, &found.in_force),
            questions: questions
                .filter(|question| question.product == self.product)
                .collect(),
            today: known.person.today,
            problem,
            typed,
        };
        Ok(html(page.html()).into_response())
    }

    /// What is missing, and in the last days of a signature the same once more.
    fn to_sign(&self, known: &Known, in_force: &InForce) -> ToSign {
        let renewal = i32::from(self.application.in_force().consent.renewal_days);
        match in_force {
            InForce::Met(until)
                if known.person.minor == Some(false)
                    && until.days_since(known.person.today) <= renewal =>
            {
                ToSign::Consent
            }
            InForce::Met(_) | InForce::Unmet(_) | InForce::Unknown => {
                ToSign::of(in_force, known.person.minor)
            }
        }
    }
}

/// The text of a medicine.
pub async fn text(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    Path(word): Path<String>,
    Query(which): Query<Which>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let sheet = Sheet {
        application: &application,
        own: &own,
        product: Product::of_word(&word).ok_or(Refused::NotFound)?,
        headers: &headers,
        uri: &uri,
    };
    sheet.answer(which.text == "full", None, "").await
}

/// Signs, asks, confirms or takes back.
pub async fn act(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    Path(word): Path<String>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_own(&own, fields.text("csrf"))?;
    let product = Product::of_word(&word).ok_or(Refused::NotFound)?;
    let command_id = command_id(&fields, own.language)?;
    let now = application.clock.now();
    let visit = visit_today(&application, own.patient, product, now).await?;
    let (command, to) = command(product, visit, &fields, own.language)?;
    let wanted = Wanted {
        command_id,
        actor: own.actor(),
        is_the_patient: true,
        patient: own.patient,
        product,
        command,
        language: own.language,
    };
    let sheet = Sheet {
        application: &application,
        own: &own,
        product,
        headers: &headers,
        uri: &uri,
    };
    let shown_again = matches!(fields.text("act"), "sign" | "assent" | "ask");
    match consent::act(&application, wanted).await {
        Ok(_) => Ok(Redirect::to(&to).into_response()),
        Err(refused @ Refused::Ruled(_)) if shown_again => {
            let (says, name) = (refused.says(), fields.text("typed_name"));
            let page = sheet.answer(false, Some(&says), name).await?;
            Ok((refused.status(), page).into_response())
        }
        Err(refused) => Err(refused),
    }
}

/// What a form wants, and where it leads.
fn command(
    product: Product,
    visit: Option<SessionId>,
    fields: &Fields,
    language: Language,
) -> Result<(Command, String), Problem> {
    let text = |name: &str| fields.text(name).to_owned();
    let ticked = |name: &str| !fields.text(name).is_empty();
    let word = product.word();
    Ok(match fields.text("act") {
        "sign" => (
            Command::SignConsent {
                product,
                text: text("text"),
                typed_name: text("typed_name"),
                could_ask: ticked("could_ask"),
                agrees: ticked("agrees"),
            },
            format!("/my/consent/{word}/copy"),
        ),
        "assent" => (
            Command::GiveAssent {
                product,
                text: text("text"),
                typed_name: text("typed_name"),
                agrees: ticked("agrees"),
            },
            format!("/my/consent/{word}/copy"),
        ),
        "ask" => (
            Command::AskQuestion {
                product,
                about: text("about"),
                words: text("words"),
            },
            format!("/my/consent/{word}#questions"),
        ),
        "today" => (
            Command::Reconfirm {
                product,
                visit,
                wish: Wish::of_word(fields.text("wish"))
                    .ok_or_else(|| form_unread("wish", language))?,
            },
            "/my/consent".to_owned(),
        ),
        "withdraw" => (
            Command::Withdraw {
                product,
                words: text("words"),
            },
            "/my/consent".to_owned(),
        ),
        other => {
            let says = format!("“{other}” is not an act known here.");
            return Err(Problem::new("act", says));
        }
    })
}

/// The texts that stand signed: each with whether it is the one for minors.
pub(crate) fn papers_of(consent: &Consent) -> Vec<(&Shown, bool)> {
    let full = [&consent.patient, &consent.guardian];
    full.into_iter()
        .flatten()
        .map(|known| (&known.shown, false))
        .chain(consent.assent.iter().map(|known| (&known.shown, true)))
        .collect()
}

/// Who signed a text of a medicine, newest signature of each: names and times as recorded.
pub(crate) fn signatures(consents: &Consents, product: Product, text: &str) -> Vec<Signed> {
    let mut signed: Vec<Signed> = Vec::new();
    let mut put = |name: &str, role, at| {
        signed.retain(|known| known.role != role);
        signed.push(Signed {
            name: name.to_owned(),
            role,
            at: Some(at),
        });
    };
    for happened in &consents.history {
        match &happened.event {
            ConsentEvent::ConsentSigned {
                product: of,
                shown,
                typed_name,
                ..
            } if *of == product && shown.text == text => {
                put(typed_name, Signer::Patient, happened.at);
            }
            ConsentEvent::GuardianSigned {
                product: of,
                shown,
                typed_name,
                ..
            } if *of == product && shown.text == text => {
                put(typed_name, Signer::Guardian, happened.at);
            }
            ConsentEvent::AssentGiven {
                product: of,
                shown,
                typed_name,
                ..
            } if *of == product && shown.text == text => {
                put(typed_name, Signer::Minor, happened.at);
            }
            ConsentEvent::ClinicianSigned {
                product: of,
                text: under,
                explained,
            } if *of == product && under == text => {
                put(&explained.signed_as, Signer::Clinician, happened.at);
                if let Interpreting::By { name, .. } = &explained.interpreting {
                    put(name, Signer::Interpreter, happened.at);
                }
            }
            ConsentEvent::ConsentSigned { .. }
            | ConsentEvent::QuestionAsked { .. }
            | ConsentEvent::QuestionAnswered { .. }
            | ConsentEvent::ClinicianSigned { .. }
            | ConsentEvent::GuardianSigned { .. }
            | ConsentEvent::AssentGiven { .. }
            | ConsentEvent::CopyGiven { .. }
            | ConsentEvent::ConsentReconfirmed { .. }
            | ConsentEvent::ConsentWithdrawn { .. } => {}
        }
    }
    signed
}

/// A copy of what was signed: the exact text as kept.
pub async fn copy(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    Path(word): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let product = Product::of_word(&word).ok_or(Refused::NotFound)?;
    let asked = Asked::new(&application, None, &headers, &uri);
    let page = ConsentCopy {
        frame: asked.own_frame(&own),
        product,
        papers: papers_signed(&application, own.patient, product).await?,
    };
    Ok(html(page.html()).into_response())
}

/// The same as PDF, for the person.
pub async fn copy_pdf(
    State(application): State<Arc<Application>>,
    Extension(own): Extension<Own>,
    Path(word): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, None, &headers, &uri);
    let frame = asked.own_frame(&own);
    set_copy(&application, frame, own.patient, &word).await
}

/// The copy of what a person signed, as PDF, in their language or the one of the frame.
pub(super) async fn set_copy(
    application: &Application,
    frame: Frame<'_>,
    patient: PatientId,
    word: &str,
) -> Result<Response, Refused> {
    let product = Product::of_word(word).ok_or(Refused::NotFound)?;
    let papers = papers_signed(application, patient, product).await?;
    let known = patients::read(application, patient).await?;
    let who = known
        .and_then(|known| known.registration)
        .ok_or(Refused::NotFound)?;
    let page = ConsentCopy {
        frame,
        product,
        papers,
    };
    let sheets = Sheets {
        language: frame.language,
        title: page.title(),
        who: &who,
        blocks: page.blocks(),
        by_hand: Vec::new(),
        made: page.made(),
        name: "consent",
    };
    sheets.set(application, frame.around).await
}

/// What was signed for a medicine, each text exactly as it is kept; not found where nothing was.
async fn papers_signed(
    application: &Application,
    patient: PatientId,
    product: Product,
) -> Result<Vec<Paper>, Refused> {
    let consents = consent::read(application, patient).await?;
    let consent = consents.of(product).ok_or(Refused::NotFound)?;
    let mut papers = Vec::new();
    for (shown, _) in papers_of(consent) {
        let text = consent::kept_text(application, &shown.text)
            .await?
            .ok_or_else(|| Fault(anyhow::anyhow!("a text that was signed is not kept")))?;
        papers.push(Paper {
            text,
            shown: shown.clone(),
            signed: signatures(&consents, product, &shown.text),
        });
    }
    if papers.is_empty() {
        return Err(Refused::NotFound);
    }
    Ok(papers)
}
