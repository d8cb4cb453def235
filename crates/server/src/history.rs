//! A person's history: read for a page, and written by whoever says something.

use crate::application::Application;
use crate::fault::Fault;
use crate::journey::{self, Change, Kept, Saved};
use crate::patients;
use crate::web::pages::clock_face::today;
use crate::web::respond::Refused;
use anyhow::Context as _;
use clinical::course::intake::{Command, Context, Intake, Questionnaire, Through, decide};
use clinical::course::screening::person::{Source, Witness};
use clinical::leaflet::Language;
use clinical::patient::{Patient, Sex};
use clinical::record::{Actor, CommandId, PatientId, Role};
use std::sync::{Arc, OnceLock};

/// The pages that a patient is asked.
pub fn questionnaire() -> Result<Arc<Questionnaire>, Fault> {
    static SHIPPED: OnceLock<Arc<Questionnaire>> = OnceLock::new();
    if let Some(known) = SHIPPED.get() {
        return Ok(Arc::clone(known));
    }
    let read = Questionnaire::shipped().context("reading the pages of the history")?;
    Ok(Arc::clone(SHIPPED.get_or_init(|| Arc::new(read))))
}

/// The history of a person, as it stands.
pub async fn read(application: &Application, id: PatientId) -> Result<Kept<Intake>, Fault> {
    journey::read::<Intake>(application, id.0).await
}

/// The sex that decides what is asked; unknown takes nothing away.
pub fn sex_of(patient: &Patient) -> Sex {
    patient
        .registration
        .as_ref()
        .map_or(Sex::Unknown, |known| known.sex)
}

/// Who says something: their name, in which capacity, and how it comes in.
#[derive(Clone, Debug)]
pub struct Speaker {
    /// As the record names them.
    pub actor: Actor,
    /// How it comes in.
    pub through: Through,
    /// In which language they are told why something is not saved.
    pub language: Language,
}

impl Speaker {
    fn source_and_name(&self) -> (Source, String) {
        match &self.actor {
            Actor::Person { role, name, .. } => match role {
                Role::Patient => (Source::Patient, name.clone()),
                Role::FrontDesk
                | Role::Nurse
                | Role::Prescriber
                | Role::Therapist
                | Role::MedicalDirector
                | Role::Owner
                | Role::Auditor
                | Role::IntegrationClient => (Source::Staff(*role), name.clone()),
            },
            Actor::Device { name } => (Source::Device, name.clone()),
            Actor::System { part } => (Source::Document, part.clone()),
        }
    }
}

/// Writes what came of some commands: all of them, or nothing.
///
/// After `Ok` it is durable. `commands` gives what is wanted of the history as it stands then, so
/// that a list which somebody else has added to meanwhile loses nothing.
pub async fn change(
    application: &Application,
    command_id: CommandId,
    speaker: &Speaker,
    id: PatientId,
    wanted: String,
    commands: impl Fn(&Intake) -> Vec<Command> + Send + Sync,
) -> Result<Saved, Refused> {
    let patient = patients::read(application, id)
        .await?
        .ok_or(Refused::NotFound)?;
    let questionnaire = questionnaire()?;
    let (source, name) = speaker.source_and_name();
    let zone = application.zone.clone();
    let change = Change {
        command_id,
        actor: speaker.actor.clone(),
        at: None,
        id: id.0,
        patient: Some(id),
        session: None,
        action: "history",
        wanted,
    };
    journey::change::<Intake, Refused>(application, change, |intake, now| {
        let today = today(now, &zone)
            .ok_or_else(|| Fault(anyhow::anyhow!("the clock is outside the calendar")))?;
        let context = Context {
            witness: Witness {
                source,
                name: name.clone(),
                at: now,
            },
            through: speaker.through,
            today,
            sex: sex_of(&patient),
            contacts_known: patient.contacts.is_some(),
            questionnaire: &questionnaire,
            library: application.scales(),
        };
        let mut events = Vec::new();
        for command in commands(intake) {
            let decided = decide(intake, command, &context)
                .map_err(|refusal| Refused::Ruled(refusal.says(speaker.language)))?;
            events.extend(decided);
        }
        Ok(events)
    })
    .await
}
