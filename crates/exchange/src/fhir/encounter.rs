//! A session as an Encounter.

use super::datatypes::{CodeableConcept, Coding, Instant, Meta, Period, Reference};
use super::resource::{Resource, ResourceKind, Stamp, bytes, tokens};
use super::terminology::{ENCOUNTER_CLASS, ENCOUNTER_SYSTEM};
use clinical::course::session::{Session, SessionEvent, Stage};
use serde::Serialize;
use units::Moment;

const PROFILE: &str = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-encounter";
const STATUS_SYSTEM: &str = "http://hl7.org/fhir/encounter-status";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EncounterResource {
    resource_type: &'static str,
    id: String,
    meta: Meta,
    status: &'static str,
    class: Coding,
    #[serde(rename = "type")]
    kind: Vec<CodeableConcept>,
    subject: Reference,
    #[serde(skip_serializing_if = "Option::is_none")]
    period: Option<Period>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    location: Vec<Location>,
}

#[derive(Serialize)]
struct Location {
    location: Reference,
}

/// True for events that change what the Encounter says.
pub(super) const fn touches(event: &SessionEvent) -> bool {
    match event {
        SessionEvent::SessionPlanned { .. }
        | SessionEvent::SessionMoved { .. }
        | SessionEvent::PatientCheckedIn { .. }
        | SessionEvent::DosingStarted { .. }
        | SessionEvent::LateEntryReviewed { .. }
        | SessionEvent::PatientDischarged { .. }
        | SessionEvent::SessionCancelled { .. } => true,
        SessionEvent::OrderChanged { .. }
        | SessionEvent::FastingAnswered { .. }
        | SessionEvent::IdentityConfirmed { .. }
        | SessionEvent::VitalSignsCharted { .. }
        | SessionEvent::SedationScored { .. }
        | SessionEvent::DistressScored { .. }
        | SessionEvent::RecoveryChecked { .. }
        | SessionEvent::TimeOutCompleted { .. }
        | SessionEvent::StartChecked { .. }
        | SessionEvent::SignalNoted { .. }
        | SessionEvent::InfusionRateChanged { .. }
        | SessionEvent::BolusGiven { .. }
        | SessionEvent::InfusionPaused { .. }
        | SessionEvent::InfusionResumed {}
        | SessionEvent::InfusionStopped { .. }
        | SessionEvent::DoseGiven { .. }
        | SessionEvent::DosingEnded { .. }
        | SessionEvent::NoteWritten { .. }
        | SessionEvent::SupportGiven { .. }
        | SessionEvent::SupportEffectSeen { .. }
        | SessionEvent::MomentMarked { .. }
        | SessionEvent::ExperienceRated { .. }
        | SessionEvent::TouchSaid { .. }
        | SessionEvent::MedicineGiven { .. }
        | SessionEvent::RoomTaken { .. }
        | SessionEvent::AdvisoryRaised { .. }
        | SessionEvent::AdvisoryAcknowledged { .. }
        | SessionEvent::AdvisoryEscalated { .. }
        | SessionEvent::AdvisoryResolved { .. }
        | SessionEvent::CardOpened { .. }
        | SessionEvent::CardStepDone { .. }
        | SessionEvent::CardMedicineGiven { .. }
        | SessionEvent::CardClosed { .. }
        | SessionEvent::AdverseEventRecorded { .. }
        | SessionEvent::EntryCorrected { .. }
        | SessionEvent::RecordedLater { .. }
        | SessionEvent::ActHeld { .. }
        | SessionEvent::ObservationBegun {}
        | SessionEvent::SessionSigned { .. } => false,
    }
}

/// The session as FHIR; none before it is planned.
pub(super) fn encounter(session: &Session) -> Option<Resource> {
    let patient = session.patient?;
    let status = status_of(session)?;
    let last = session
        .entries
        .iter()
        .rev()
        .find(|entry| touches(&entry.event))?;
    let stamp = Stamp {
        version: last.version,
        updated: last.recorded_at,
    };
    let (start, end) = period_of(session);
    let id = session.id.to_string();
    let mut found_by = tokens("status", STATUS_SYSTEM, status).to_vec();
    found_by.extend(tokens("class", ENCOUNTER_CLASS, "AMB"));
    Some(Resource {
        kind: ResourceKind::Encounter,
        json: bytes(&EncounterResource {
            resource_type: ResourceKind::Encounter.name(),
            id: id.clone(),
            meta: stamp.meta(Some(PROFILE)),
            status,
            class: Coding::new(ENCOUNTER_CLASS, "AMB", "ambulatory"),
            kind: vec![CodeableConcept::coded(
                vec![Coding::new(
                    ENCOUNTER_SYSTEM,
                    "supervised-infusion",
                    "Supervised infusion",
                )],
                "Supervised infusion",
            )],
            subject: Reference::to(ResourceKind::Patient, patient),
            period: start.map(|start| Period {
                start: Instant(start),
                end: end.map(Instant),
            }),
            location: Some(session.room.as_str())
                .filter(|room| !room.is_empty())
                .map(|room| Location {
                    location: Reference::named(room),
                })
                .into_iter()
                .collect(),
        }),
        id,
        patient: Some(patient),
        session: Some(session.id),
        codes: Vec::new(),
        tokens: found_by,
        effective: start,
        effective_until: end,
        updated: stamp.updated,
        version: stamp.version,
    })
}

/// A record that was signed after a cancellation is still a cancelled visit.
fn status_of(session: &Session) -> Option<&'static str> {
    match session.stage {
        Stage::NotPlanned => None,
        Stage::Planned => Some("planned"),
        Stage::Preparation => Some("arrived"),
        Stage::Infusion | Stage::Paused | Stage::Stopped | Stage::Observation => {
            Some("in-progress")
        }
        Stage::Discharged => Some("finished"),
        Stage::Cancelled => Some("cancelled"),
        Stage::Signed if cancelled_at(session).is_some() => Some("cancelled"),
        Stage::Signed => Some("finished"),
    }
}

fn cancelled_at(session: &Session) -> Option<Moment> {
    session.entries.iter().find_map(|entry| {
        matches!(entry.event, SessionEvent::SessionCancelled { .. }).then_some(entry.occurred_at)
    })
}

/// While planned: from the planned time, as R4 has no other place for it. From arrival to leaving
/// otherwise. A visit that was cancelled before arrival took no time and has no period.
fn period_of(session: &Session) -> (Option<Moment>, Option<Moment>) {
    if session.stage == Stage::Planned {
        return (session.planned_for, None);
    }
    let start = session.checked_in_at();
    let left = session.entries.iter().find_map(|entry| {
        matches!(entry.event, SessionEvent::PatientDischarged { .. }).then_some(entry.occurred_at)
    });
    let end = start.and(left.or_else(|| cancelled_at(session)));
    (start, end)
}
