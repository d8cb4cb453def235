//! The letter that asks, sent by e-mail: first written down, then handed to the mail server, then
//! what came of it.
//!
//! The letter tells of health, so that it leaves only when somebody says with whom the address was
//! checked. What stands outside of the letter says nothing of health and names no patient.

use super::clearance::{Sheet, back, command_id, day, execute, set_letter};
use super::form::Fields;
use super::guard::check_csrf;
use super::page::Asked;
use super::pages::around::Here;
use super::respond::Refused;
use crate::application::Application;
use crate::fault::Fault;
use crate::identity::Viewer;
use crate::journey::{self, Change};
use crate::messages::{self, Letter};
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use clinical::course::clearance::{Clearances, Command};
use clinical::course::message::Tried;
use clinical::record::{Actor, ClearanceId, CommandId, PatientId};
use std::sync::Arc;
use uuid::Uuid;

/// Sends the letter of a request to the address in the form.
pub async fn send(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path((patient, clearance)): Path<(PatientId, ClearanceId)>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let clinic = asked.around(Here::Patients, false).clinic;
    match sent(&application, &viewer, clinic, patient, clearance, &fields).await {
        Ok(()) => Ok(back(patient)),
        Err(refused) => {
            let sheet = Sheet {
                application: &application,
                viewer: &viewer,
                patient,
                headers: &headers,
                uri: &uri,
            };
            sheet.not_done(refused, Some(clearance), &fields).await
        }
    }
}

async fn sent(
    application: &Application,
    viewer: &Viewer,
    clinic: &str,
    patient: PatientId,
    clearance: ClearanceId,
    fields: &Fields,
) -> Result<(), Refused> {
    let mail = command_id(fields)?;
    // The letter is set before anything is written down: what cannot be set is not on its way.
    let letter = set_letter(application, clinic, patient, clearance).await?;
    let attempt = Uuid::now_v7();
    let to = fields.text("email").to_owned();
    let command = Command::SendByMail {
        clearance,
        mail,
        attempt,
        to: to.clone(),
        checked: fields.text("checked") == "yes",
        checked_with: fields.text("checked_with").to_owned(),
    };
    execute(application, viewer.actor(), patient, mail, command).await?;
    let file = journey::read::<Clearances>(application, patient.0).await?;
    let mine = file.state.request(clearance).is_some_and(|request| {
        let known = request.mails.iter().find(|known| known.id == mail);
        known.is_some_and(|known| known.attempt == attempt)
    });
    // The same form sent twice is one e-mail: whoever wrote it down first hands it over.
    if !mine {
        return Ok(());
    }
    let letter = Letter {
        id: mail.0,
        to: &to,
        // Hazard: H45
        subject: "A letter for your practice",
        text: words(clinic, &application.configuration.phone),
        name: "letter.pdf",
        bytes: letter,
    };
    let tried = messages::send_letter(application, letter).await;
    note(application, patient, clearance, mail, tried).await
}

/// What stands outside of the letter: nothing of health, and no patient.
fn words(clinic: &str, phone: &str) -> String {
    let call = match phone {
        "" => String::new(),
        phone => format!(" Our telephone number is {phone}."),
    };
    format!(
        "Please find a letter for your practice attached.\n\n\
         If it is not for you, please tell us, and delete it unread.{call}\n\n{clinic}\n"
    )
}

/// Writes down what came of an e-mail.
async fn note(
    application: &Application,
    patient: PatientId,
    clearance: ClearanceId,
    mail: CommandId,
    tried: Tried,
) -> Result<(), Refused> {
    let wanted = Change {
        command_id: CommandId(Uuid::new_v5(&mail.0, b"what came of it")),
        actor: Actor::System {
            part: "messages".to_owned(),
        },
        at: None,
        id: patient.0,
        patient: Some(patient),
        session: None,
        action: "what came of a letter by e-mail",
        wanted: String::new(),
    };
    journey::change(application, wanted, |file: &Clearances, now| {
        let on = day(application, now)?;
        Ok::<_, Fault>(
            file.request(clearance)
                .map(|request| request.mail_tried(mail, tried.clone(), on))
                .unwrap_or_default(),
        )
    })
    .await?;
    Ok(())
}
