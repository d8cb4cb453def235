//! What clinicians wrote about a session of the days before: the nurse's note, signed, with an
//! addendum, and the therapist's draft.

use super::admission;
use crate::application::Application;
use crate::fault::Fault;
use crate::notes::{self, Act, begins_with, written_out};
use anyhow::Context as _;
use clinical::course::note::Focus;
use clinical::record::{Actor, CommandId, SessionId, StaffId};
use uuid::Uuid;

/// Tells it of one session.
pub async fn tell(application: &Application, session: SessionId) -> Result<(), Fault> {
    let session = application
        .sessions
        .session(session)
        .await?
        .context("a session of the past")?;
    let (nurse, nurse_id) = account(application, "nora").await?;
    let (therapist, _) = account(application, "theo").await?;
    let composed = begins_with(application, &session, Focus::Whole)?;
    let note = format!(
        "{}\n\nCalm throughout, talked of the sea. Wanted the blanket, no touch.",
        written_out(&composed)
    );
    let written = [
        (nurse.clone(), Act::Sign, note.as_str()),
        (
            nurse.clone(),
            Act::Add {
                to: nurse_id,
                strikes: false,
            },
            "Her sister called in the evening: slept well, no nausea.",
        ),
        (
            therapist,
            Act::Draft,
            "First time she could stay with the memory. To ask about at the next visit: the letter.",
        ),
    ];
    for (by, act, text) in written {
        let command_id = CommandId(Uuid::now_v7());
        notes::act(
            application,
            by,
            &session,
            (command_id, act),
            (text, session.version),
        )
        .await
        .map_err(admission::told)?;
    }
    Ok(())
}

/// Somebody of the demo's clinic.
async fn account(application: &Application, username: &str) -> Result<(Actor, StaffId), Fault> {
    let account = application
        .store
        .account_by_username(application.tenant, username)
        .await
        .context("reading an account")?
        .context("an account of the demo")?;
    let actor = Actor::Person {
        id: account.staff,
        name: account.display_name,
        role: account.role,
    };
    Ok((actor, account.staff))
}
