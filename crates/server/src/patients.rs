//! People: registering them, and reading what is known of them.

use crate::application::Application;
use crate::expected::ExpectedPatient;
use crate::fault::Fault;
use crate::projection;
use anyhow::Context;
use clinical::course::session::Session;
use clinical::patient::{Patient, PatientEvent};
use clinical::record::{Actor, CommandId, EventId, PatientId, Recorded, StreamId};
use store::{Append, Decision, Outcome};
use units::Moment;

/// A person as their events have made them; none when there is no event.
pub async fn read(application: &Application, id: PatientId) -> Result<Option<Patient>, Fault> {
    let envelopes = application
        .store
        .stream(application.tenant, StreamId::patient(id), 0)
        .await
        .context("reading a patient's events")?;
    let mut patient = Patient::default();
    for envelope in &envelopes {
        patient.apply(&PatientEvent::read(envelope)?);
    }
    Ok(patient.registration.is_some().then_some(patient))
}

/// Puts a new person's first events into the record. A repetition of the command id does nothing.
pub async fn register(
    application: &Application,
    command_id: CommandId,
    actor: Actor,
    id: PatientId,
    events: Vec<PatientEvent>,
    event_ids: impl Fn(usize) -> EventId,
    at: Moment,
) -> Result<(), Fault> {
    let mut patient = Patient::default();
    let mut projections = Vec::new();
    for (index, event) in events.iter().enumerate() {
        patient.apply(event);
        let version = index as u64 + 1;
        projections.extend(projection::after_patient_event(&patient, version, at));
    }
    let decision = Decision {
        tenant: application.tenant,
        command_id,
        actor,
        recorded_at: at,
        appends: vec![Append {
            stream: StreamId::patient(id),
            expected_version: 0,
            events: events
                .iter()
                .enumerate()
                .map(|(index, event)| event.to_new_event(event_ids(index), at))
                .collect(),
        }],
        projections,
        audit: Vec::new(),
        answer: b"{}".to_vec(),
    };
    match application
        .store
        .commit(decision)
        .await
        .context("registering a person")?
    {
        Outcome::Committed(_) | Outcome::Duplicate(_) => Ok(()),
        Outcome::Conflict { .. } => {
            Err(Fault(anyhow::anyhow!("this person is registered already")))
        }
    }
}

/// Lets the session's monitor be compared with its person from now on.
pub async fn expect(application: &Application, session: &Session) -> Result<(), Fault> {
    let Some(patient) = session.patient else {
        return Ok(());
    };
    let Some(known) = read(application, patient).await? else {
        return Ok(());
    };
    let Some(registration) = known.registration else {
        return Ok(());
    };
    let room = session.room.clone();
    application.expected.put(
        session.id,
        ExpectedPatient {
            record_number: registration.record_number,
            family_name: registration.family_name,
            given_name: registration.given_name,
            birth_date: registration.birth_date,
            rooms: vec![room.clone(), format!("CHAIR{room}"), format!("R{room}")],
        },
    );
    Ok(())
}
