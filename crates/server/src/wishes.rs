//! A person's wishes, and what of them a session asks for.

use crate::application::Application;
use crate::fault::Fault;
use crate::journey::{self, Change, Kept, appended, read};
use crate::web::respond::Refused;
use clinical::course::session::{Command, Session};
use clinical::course::wishes::{Refusal, Wish, Wishes};
use clinical::record::{Actor, CommandId, PatientId};
use store::{Append, ProjectionWrite};
use units::Moment;

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::Ruled(refusal.says().to_owned())
    }
}

impl journey::Listed for Wishes {
    /// No list shows wishes.
    fn rows(&self, _header: &clinical::record::Header) -> Vec<ProjectionWrite> {
        Vec::new()
    }
}

/// What somebody wishes.
pub async fn of(application: &Application, patient: PatientId) -> Result<Kept<Wishes>, Fault> {
    read::<Wishes>(application, patient.0).await
}

/// What is written beside a session's act: what is said about touch in a room holds everywhere
/// from then on, and is in both records or in neither.
pub async fn beside(
    application: &Application,
    session: &Session,
    command: &Command,
    (command_id, actor): (CommandId, &Actor),
    (now, at): (Moment, Moment),
) -> Result<Option<(Append, Vec<ProjectionWrite>)>, Refused> {
    let (Command::SayTouch { touch }, Some(patient)) = (command, session.patient) else {
        return Ok(None);
    };
    let kept = of(application, patient).await?;
    let events = kept
        .state
        .say(Wish::Touch { touch: *touch }, Some(session.id))?;
    let change = Change {
        command_id,
        actor: actor.clone(),
        at: Some(at),
        id: patient.0,
        patient: Some(patient),
        session: Some(session.id),
        action: "chart what is agreed about touch",
        wanted: String::new(),
    };
    Ok(Some(appended(
        application,
        &change,
        patient.0,
        &kept,
        events,
        now,
        at,
    )))
}
