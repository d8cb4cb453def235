//! Letters from outside: asked for, taken in, reviewed, and read again.

use super::form::{Fields, Problem};
use super::guard::check_csrf;
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::clearances::{ClearancesPage, NotDone};
use super::pages::clock_face::today;
use super::people::read_by;
use super::respond::Refused;
use super::typesetting;
use crate::application::Application;
use crate::fault::Fault;
use crate::identity::Viewer;
use crate::journey::{self, Change};
use crate::patients;
use anyhow::Context as _;
use axum::Extension;
use axum::extract::{Multipart, Path, State};
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use clinical::course::clearance::{
    Clearances, Command, Context, LARGEST_PAPER, NotAPaper, Paper, Recipient, Times, Way, decide,
};
use clinical::course::screening::Acceptance;
use clinical::course::screening::person::{Product, Route};
use clinical::patient::CivilDate;
use clinical::record::{Actor, ClearanceId, CommandId, PatientId};
use report::letter::{LetterInput, clearance_letter};
use std::sync::Arc;
use store::Document;
use units::Moment;
use uuid::Uuid;

/// The clinic's times for letters, as the rules in force say.
pub(super) fn times(application: &Application) -> Result<Times, Fault> {
    Times::of(&application.screening())
        .ok_or_else(|| Fault(anyhow::anyhow!("the policy of letters is not in force")))
}

/// Which day it is at the clinic.
pub(super) fn day(application: &Application, now: Moment) -> Result<CivilDate, Fault> {
    today(now, &application.zone)
        .ok_or_else(|| Fault(anyhow::anyhow!("the clock is outside the calendar")))
}

/// Who asks for the page, and for which.
pub(super) struct Sheet<'a> {
    pub(super) application: &'a Application,
    pub(super) viewer: &'a Viewer,
    pub(super) patient: PatientId,
    pub(super) headers: &'a HeaderMap,
    pub(super) uri: &'a Uri,
}

impl Sheet<'_> {
    async fn answer(&self, not_done: Option<NotDone<'_>>) -> Result<Response, Refused> {
        let application = self.application;
        let asked = Asked::new(application, Some(self.viewer), self.headers, self.uri);
        let patient = patients::read(application, self.patient)
            .await?
            .ok_or(Refused::NotFound)?;
        let file = journey::read::<Clearances>(application, self.patient.0).await?;
        let acceptance = journey::read::<Acceptance>(application, self.patient.0).await?;
        let page = ClearancesPage {
            around: asked.around(Here::Patients, false),
            patient: &patient,
            file: &file.state,
            screening: acceptance.state.latest.as_ref(),
            today: day(application, asked.now())?,
            times: times(application)?,
            mail_is_set_up: application.configuration.mail.is_some(),
            not_done,
        };
        Ok(html(page.html()).into_response())
    }

    /// The page once more, with why something was not done and what had been typed.
    ///
    /// A machine's failure, and what this person may not do, are told by pages of their own.
    pub(super) async fn not_done(
        &self,
        refused: Refused,
        about: Option<ClearanceId>,
        fields: &Fields,
    ) -> Result<Response, Refused> {
        match refused {
            Refused::Ruled(_) | Refused::Problem(_) => {
                let told = NotDone {
                    says: &refused.says(),
                    about,
                    fields: &fields.0,
                };
                let page = self.answer(Some(told)).await?;
                Ok((refused.status(), page).into_response())
            }
            Refused::Refusal(_) | Refused::Fault(_) | Refused::NotFound | Refused::Forbidden(_) => {
                Err(refused)
            }
        }
    }
}

/// Every letter of one person.
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
    read_by(&application, &viewer, patient, "read letters").await?;
    Ok(page)
}

/// What is done with a letter by a form without a file.
pub async fn act(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(patient): Path<PatientId>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let about = fields.text("clearance").parse().ok();
    let done = match command(&fields) {
        Ok((command_id, command)) => {
            execute(&application, viewer.actor(), patient, command_id, command).await
        }
        Err(problem) => Err(problem.into()),
    };
    match done {
        Ok(()) => Ok(back(patient)),
        Err(refused) => {
            let sheet = Sheet {
                application: &application,
                viewer: &viewer,
                patient,
                headers: &headers,
                uri: &uri,
            };
            sheet.not_done(refused, about, &fields).await
        }
    }
}

pub(super) fn back(patient: PatientId) -> Response {
    Redirect::to(&format!("/patients/{patient}/clearances")).into_response()
}

/// Executes a command to a person's letters; after `Ok` it is durable.
pub async fn execute(
    application: &Application,
    actor: Actor,
    patient: PatientId,
    command_id: CommandId,
    command: Command,
) -> Result<(), Refused> {
    patients::read(application, patient)
        .await?
        .ok_or(Refused::NotFound)?;
    let rules = application.screening();
    let times = times(application)?;
    let zone = application.zone.clone();
    let change = Change {
        command_id,
        actor: actor.clone(),
        at: None,
        id: patient.0,
        patient: Some(patient),
        session: None,
        action: "letter from outside",
        wanted: wanted(&command),
    };
    journey::change::<Clearances, Refused>(application, change, |file, now| {
        let today = today(now, &zone)
            .ok_or_else(|| Fault(anyhow::anyhow!("the clock is outside the calendar")))?;
        let context = Context {
            today,
            now,
            actor: &actor,
            rules: &rules,
            times,
        };
        Ok(decide(file, command.clone(), &context)?)
    })
    .await?;
    Ok(())
}

/// What is wanted, in words that are the same when the same form is sent again: which try hands an
/// e-mail over is no other wish.
fn wanted(command: &Command) -> String {
    let mut command = command.clone();
    if let Command::SendByMail { attempt, .. } = &mut command {
        *attempt = Uuid::nil();
    }
    format!("{command:?}")
}

pub(super) fn command_id(fields: &Fields) -> Result<CommandId, Problem> {
    fields
        .text("command_id")
        .parse()
        .map_err(|_| Problem::new("command_id", "Not saved: reload the page and try again."))
}

/// A date of a form; empty is none.
fn date(fields: &Fields, name: &str) -> Result<Option<CivilDate>, Problem> {
    fields
        .optional(name)
        .map(|text| {
            text.parse().map_err(|_| {
                Problem::new(
                    name,
                    format!("“{text}” is not a date of the calendar. Write it like 2026-03-02."),
                )
            })
        })
        .transpose()
}

fn required_date(fields: &Fields, name: &str) -> Result<CivilDate, Problem> {
    date(fields, name)?.ok_or_else(|| Problem::new(name, "Enter the date."))
}

/// What a form without a file wants.
fn command(fields: &Fields) -> Result<(CommandId, Command), Problem> {
    let command_id = command_id(fields)?;
    let clearance = || {
        fields
            .text("clearance")
            .parse::<ClearanceId>()
            .map_err(|_| Problem::new("clearance", "Which letter was not named. Reload the page."))
    };
    let text = |name: &str| fields.text(name).to_owned();
    let not_known =
        |name: &'static str| Problem::new(name, "Choose one of the list. Reload the page.");
    let command = match fields.text("act") {
        "request" => Command::RequestClearance {
            // The command id is fresh for every form, and so is the request.
            clearance: ClearanceId(command_id.0),
            about: fields.all("about").map(str::to_owned).collect(),
            from: text("from"),
            recipient: Recipient {
                name: text("recipient"),
                email: email(fields)?,
            },
            product: Product::of_word(fields.text("product"))
                .ok_or_else(|| not_known("product"))?,
            route: Route::of_word(fields.text("route")).ok_or_else(|| not_known("route"))?,
            question: text("question"),
            brought: !fields.text("brought").is_empty(),
        },
        "sent" => Command::NoteSent {
            clearance: clearance()?,
            way: Way::of_word(fields.text("way")).ok_or_else(|| not_known("way"))?,
            on: required_date(fields, "on")?,
            note: text("note"),
        },
        "date" => Command::DateClearance {
            clearance: clearance()?,
            dated: required_date(fields, "dated")?,
            reason: text("reason"),
        },
        "accept" => Command::AcceptClearance {
            clearance: clearance()?,
            statement: text("statement"),
        },
        "reject" => Command::RejectClearance {
            clearance: clearance()?,
            reason: text("reason"),
        },
        "withdraw" => Command::WithdrawClearance {
            clearance: clearance()?,
            reason: text("reason"),
        },
        other => {
            let says = format!("“{other}” is not an act known here.");
            return Err(Problem::new("act", says));
        }
    };
    Ok((command_id, command))
}

/// The recipient's address, if one was typed.
fn email(fields: &Fields) -> Result<Option<String>, Problem> {
    let Some(text) = fields.optional("email") else {
        return Ok(None);
    };
    if Recipient::is_address(&text) {
        return Ok(Some(text));
    }
    Err(Problem::new(
        "email",
        format!("“{text}” is not an e-mail address. Write it like name@practice.org"),
    ))
}

/// A form with a file in it, read to its end.
struct Uploaded {
    fields: Fields,
    file: Option<(String, Vec<u8>)>,
    too_large: bool,
}

/// Reads the form part by part; a file that grows too large is read on and not kept, so that the
/// fields after it are not lost.
async fn uploaded(mut form: Multipart) -> Result<Uploaded, Problem> {
    let unreadable = |_| {
        Problem::new(
            "",
            "The form did not arrive whole. Nothing was kept. Choose the file again.",
        )
    };
    let mut read = Uploaded {
        fields: Fields::default(),
        file: None,
        too_large: false,
    };
    while let Some(mut part) = form.next_field().await.map_err(unreadable)? {
        let name = part.name().unwrap_or_default().to_owned();
        if name != "file" {
            let text = part.text().await.map_err(unreadable)?;
            read.fields.0.push((name, text));
            continue;
        }
        let called = part.file_name().unwrap_or_default().to_owned();
        let mut bytes = Vec::new();
        while let Some(chunk) = part.chunk().await.map_err(unreadable)? {
            if bytes.len() + chunk.len() > LARGEST_PAPER {
                read.too_large = true;
                bytes.clear();
            } else if !read.too_large {
                bytes.extend_from_slice(&chunk);
            }
        }
        if !called.is_empty() || !bytes.is_empty() {
            read.file = Some((called, bytes));
        }
    }
    Ok(read)
}

/// Takes in a letter that came: a file, or its words.
pub async fn take_in(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path((patient, clearance)): Path<(PatientId, ClearanceId)>,
    headers: HeaderMap,
    uri: Uri,
    form: Multipart,
) -> Result<Response, Refused> {
    let uploaded = uploaded(form).await?;
    check_csrf(&viewer, uploaded.fields.text("csrf"))?;
    match keep(&application, &viewer, patient, clearance, &uploaded).await {
        Ok(()) => Ok(back(patient)),
        Err(refused) => {
            let sheet = Sheet {
                application: &application,
                viewer: &viewer,
                patient,
                headers: &headers,
                uri: &uri,
            };
            sheet
                .not_done(refused, Some(clearance), &uploaded.fields)
                .await
        }
    }
}

async fn keep(
    application: &Application,
    viewer: &Viewer,
    patient: PatientId,
    clearance: ClearanceId,
    uploaded: &Uploaded,
) -> Result<(), Refused> {
    let fields = &uploaded.fields;
    let command_id = command_id(fields)?;
    let dated = date(fields, "dated")?;
    let not_a_paper = |why: NotAPaper| Problem::new("file", why.to_string());
    let (paper, document) = match (&uploaded.file, fields.optional("words")) {
        _ if uploaded.too_large => return Err(not_a_paper(NotAPaper::TooLarge).into()),
        (Some((name, bytes)), _) => {
            let paper = Paper::file(name, bytes).map_err(not_a_paper)?;
            let media_type = match &paper {
                Paper::File { media, .. } => media.media_type(),
                Paper::Typed { .. } => "text/plain",
            };
            (paper, Some(Document::new(media_type, bytes.clone())))
        }
        (None, Some(words)) => (Paper::Typed { words }, None),
        (None, None) => {
            let says = "Choose the file of the letter, or type off what it says.";
            return Err(Problem::new("file", says).into());
        }
    };
    if let Some(document) = document {
        // The bytes are durable before the event that names their digest.
        application
            .store
            .put_document(application.tenant, document)
            .await
            .context("keeping a letter")
            .map_err(Fault)?;
    }
    let command = Command::ReceiveClearance {
        clearance,
        paper,
        dated,
        signed_by: fields.text("signed_by").to_owned(),
    };
    execute(application, viewer.actor(), patient, command_id, command).await
}

/// A paper that came, to be kept or opened elsewhere: never shown inside a page of ours.
pub async fn paper(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path((patient, clearance, number)): Path<(PatientId, ClearanceId, usize)>,
) -> Result<Response, Refused> {
    let file = journey::read::<Clearances>(&application, patient.0).await?;
    let paper = file
        .state
        .request(clearance)
        .and_then(|request| request.papers.get(number))
        .ok_or(Refused::NotFound)?;
    let Paper::File { digest, media, .. } = &paper.paper else {
        return Err(Refused::NotFound);
    };
    let mut key = [0; 32];
    hex::decode_to_slice(digest, &mut key)
        .context("reading a digest")
        .map_err(Fault)?;
    let document = application
        .store
        .document(application.tenant, &key)
        .await
        .context("reading a letter")
        .map_err(Fault)?
        .ok_or_else(|| Fault(anyhow::anyhow!("a letter's bytes are missing")))?;
    read_by(&application, &viewer, patient, "open a letter").await?;
    // Its own name is somebody else's words: it never stands in a header.
    let name = format!(
        "attachment; filename=\"letter-{clearance}-{}.{}\"",
        number + 1,
        media.extension()
    );
    let name = HeaderValue::from_str(&name)
        .context("naming a letter")
        .map_err(Fault)?;
    Ok((
        [
            (
                header::CONTENT_TYPE,
                HeaderValue::from_static(media.media_type()),
            ),
            (header::CONTENT_DISPOSITION, name),
            (
                header::CONTENT_SECURITY_POLICY,
                HeaderValue::from_static("sandbox; default-src 'none'"),
            ),
            (
                header::X_CONTENT_TYPE_OPTIONS,
                HeaderValue::from_static("nosniff"),
            ),
        ],
        document.bytes,
    )
        .into_response())
}

/// The letter that asks, set as PDF in the name of the clinic.
pub(super) async fn set_letter(
    application: &Application,
    clinic: &str,
    patient: PatientId,
    clearance: ClearanceId,
) -> Result<Vec<u8>, Refused> {
    let known = patients::read(application, patient)
        .await?
        .ok_or(Refused::NotFound)?;
    let who = known.registration.as_ref().ok_or(Refused::NotFound)?;
    let file = journey::read::<Clearances>(application, patient.0).await?;
    let request = file.state.request(clearance).ok_or(Refused::NotFound)?;
    let input = LetterInput::from_request(
        request,
        who,
        clinic,
        times(application)?.holds_days,
        &application.zone,
    );
    Ok(typesetting::set(move || clearance_letter(&input)).await?)
}

/// The letter that asks, as PDF.
pub async fn letter(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path((patient, clearance)): Path<(PatientId, ClearanceId)>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let clinic = asked.around(Here::Patients, false).clinic;
    let bytes = set_letter(&application, clinic, patient, clearance).await?;
    read_by(&application, &viewer, patient, "make a letter").await?;
    let name = HeaderValue::from_str(&format!("inline; filename=\"request-{clearance}.pdf\""))
        .context("naming a letter")
        .map_err(Fault)?;
    Ok((
        [
            (
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/pdf"),
            ),
            (header::CONTENT_DISPOSITION, name),
        ],
        bytes,
    )
        .into_response())
}
