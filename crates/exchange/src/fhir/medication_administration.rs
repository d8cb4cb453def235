//! The infusion, and each bolus, as a MedicationAdministration.
//!
//! An infusion is one administration from the first drug to the end, whatever its rates and
//! pauses. Its dose is said when it has ended: the milligrams that the pump gave, without the
//! boluses, which are administrations of their own, so that a sum over both counts nothing twice.

use super::datatypes::{Annotation, CodeableConcept, Instant, Meta, Period, Quantity, Reference};
use super::observation::{name_of, sentence};
use super::resource::{Resource, ResourceKind, Stamp, bytes, tokens};
use clinical::course::session::{Entry, Infusion, Order, Session, SessionEvent, Stop};
use rust_decimal::Decimal;
use serde::Serialize;
use units::{Milligrams, MillilitresPerHour, Moment};

const STATUS_SYSTEM: &str = "http://terminology.hl7.org/CodeSystem/medication-admin-status";
/// The dose is rounded half-up to a microgram: finer than any pump.
const DOSE_DECIMALS: u32 = 3;
/// In words: the SNOMED CT code for the route is inferred and its use needs a licence.
/// Source: clinical reference §11.3 and §11.4.
const ROUTE: &str = "Intravenous";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AdministrationResource {
    resource_type: &'static str,
    id: String,
    meta: Meta,
    status: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    status_reason: Vec<CodeableConcept>,
    medication_codeable_concept: CodeableConcept,
    subject: Reference,
    context: Reference,
    #[serde(skip_serializing_if = "Option::is_none")]
    effective_date_time: Option<Instant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    effective_period: Option<Period>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    performer: Vec<Performer>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    note: Vec<Annotation>,
    dosage: Dosage,
}

#[derive(Serialize)]
struct Performer {
    actor: Reference,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Dosage {
    text: String,
    route: CodeableConcept,
    #[serde(skip_serializing_if = "Option::is_none")]
    dose: Option<Quantity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_quantity: Option<Quantity>,
}

/// True for events that change what the infusion's resource says; corrections of those, and of
/// boluses, whose share of a bag that ran empty is the infusion's loss, change it too.
pub(super) const fn touches_infusion(event: &SessionEvent) -> bool {
    matches!(
        event,
        SessionEvent::DosingStarted { .. }
            | SessionEvent::InfusionRateChanged { .. }
            | SessionEvent::InfusionPaused { .. }
            | SessionEvent::InfusionResumed {}
            | SessionEvent::InfusionStopped { .. }
    )
}

/// True when correcting this event changes the infusion's resource.
pub(super) const fn correction_touches_infusion(event: &SessionEvent) -> bool {
    touches_infusion(event) || matches!(event, SessionEvent::BolusGiven { .. })
}

/// How the infusion stands, by the last of its acts.
enum Course {
    Running,
    Paused(String),
    Ended { at: Moment, why: Stop, note: String },
}

/// The session's infusion; none before the first drug.
pub(super) fn infusion(session: &Session) -> Option<Resource> {
    let patient = session.patient?;
    let order = session.order.as_ref()?;
    let infusion = session.infusion()?;
    let started = session
        .entries
        .iter()
        .find(|entry| matches!(entry.event, SessionEvent::DosingStarted { .. }))?;
    let stamp = infusion_stamp(session)?;
    let course = course_of(session);
    let (status, status_reason, end) = match &course {
        Course::Running => ("in-progress", Vec::new(), None),
        Course::Paused(reason) => ("on-hold", words(reason), None),
        Course::Ended { at, why, note } => {
            let status = match why {
                Stop::Completed => "completed",
                Stop::Safety | Stop::PersonAsked | Stop::Other => "stopped",
            };
            let mut reasons = words(why.says());
            reasons.extend(words(note));
            (status, reasons, Some(*at))
        }
    };
    let start = infusion.started_at().unwrap_or(started.occurred_at);
    let id = started.event_id.to_string();
    Some(Resource {
        kind: ResourceKind::MedicationAdministration,
        json: bytes(&AdministrationResource {
            resource_type: ResourceKind::MedicationAdministration.name(),
            id: id.clone(),
            meta: stamp.meta(None),
            status,
            status_reason,
            medication_codeable_concept: CodeableConcept::text(&order.drug),
            subject: Reference::to(ResourceKind::Patient, patient),
            context: Reference::to(ResourceKind::Encounter, session.id),
            effective_date_time: None,
            effective_period: Some(Period {
                start: Instant(start),
                end: end.map(Instant),
            }),
            performer: performers(started),
            note: Vec::new(),
            dosage: infusion_dosage(&infusion, order, end),
        }),
        id,
        patient: Some(patient),
        session: Some(session.id),
        codes: Vec::new(),
        tokens: tokens("status", STATUS_SYSTEM, status).to_vec(),
        effective: Some(start),
        effective_until: end,
        updated: stamp.updated,
        version: stamp.version,
    })
}

fn infusion_stamp(session: &Session) -> Option<Stamp> {
    session
        .entries
        .iter()
        .rev()
        .find(|entry| match &entry.event {
            SessionEvent::EntryCorrected { entry: wrong, .. } => session
                .entries
                .iter()
                .any(|known| known.event_id == *wrong && correction_touches_infusion(&known.event)),
            event => touches_infusion(event),
        })
        .map(|entry| Stamp {
            version: entry.version,
            updated: entry.recorded_at,
        })
}

fn course_of(session: &Session) -> Course {
    let mut course = Course::Running;
    for entry in &session.entries {
        match &entry.event {
            SessionEvent::InfusionPaused { reason } => course = Course::Paused(reason.clone()),
            SessionEvent::InfusionResumed {} => course = Course::Running,
            SessionEvent::InfusionStopped { why, note } => {
                course = Course::Ended {
                    at: entry.occurred_at,
                    why: *why,
                    note: note.clone(),
                };
            }
            _other => {}
        }
    }
    course
}

fn words(text: &str) -> Vec<CodeableConcept> {
    Some(text.trim())
        .filter(|text| !text.is_empty())
        .map(CodeableConcept::text)
        .into_iter()
        .collect()
}

fn performers(entry: &Entry) -> Vec<Performer> {
    name_of(&entry.actor)
        .map(|name| Performer {
            actor: Reference::named(&name),
        })
        .into_iter()
        .collect()
}

/// One rate while it runs or where it never changed; the whole course in words; the dose when it
/// has ended.
fn infusion_dosage(infusion: &Infusion, order: &Order, end: Option<Moment>) -> Dosage {
    let stretches = infusion.stretches();
    let mut text = format!("{} {}", order.drug, order.concentration);
    for stretch in stretches {
        text.push_str(&format!(
            "; from {} at {}",
            Instant(stretch.from),
            stretch.rate
        ));
    }
    let dose = end.map(|end| pumped(infusion, end));
    let rate = if end.is_some() {
        let mut rates = stretches
            .iter()
            .map(|stretch| stretch.rate)
            .filter(|rate| !rate.value().is_zero());
        rates
            .next()
            .filter(|first| rates.all(|rate| rate == *first))
    } else {
        stretches.last().map(|stretch| stretch.rate)
    };
    Dosage {
        text,
        route: CodeableConcept::text(ROUTE),
        dose: dose.map(milligrams),
        rate_quantity: rate.map(|rate| {
            Quantity::new(
                rate.value(),
                MillilitresPerHour::UNIT,
                MillilitresPerHour::UCUM,
            )
        }),
    }
}

/// What the pump gave: everything delivered, less the boluses.
fn pumped(infusion: &Infusion, end: Moment) -> Milligrams {
    let boluses: Decimal = infusion
        .boluses()
        .iter()
        .filter(|(at, _)| *at <= end)
        .map(|(_, amount)| amount.value())
        .sum();
    let pumped = infusion.delivered(end).amount.value() - boluses;
    Milligrams::new(pumped)
        .unwrap_or(Milligrams::ZERO)
        .rounded(DOSE_DECIMALS)
}

fn milligrams(amount: Milligrams) -> Quantity {
    Quantity::new(amount.value(), Milligrams::UNIT, Milligrams::UCUM)
}

/// One bolus.
pub(super) fn bolus(session: &Session, entry: &Entry) -> Option<Resource> {
    let SessionEvent::BolusGiven { amount: charted } = &entry.event else {
        return None;
    };
    let patient = session.patient?;
    let order = session.order.as_ref()?;
    let standing = match entry.standing() {
        Some(SessionEvent::BolusGiven { amount }) => Some(amount),
        Some(_) | None => None,
    };
    // Hazard: H42 — a struck bolus is withdrawn and still says what was charted.
    let status = if standing.is_some() {
        "completed"
    } else {
        "entered-in-error"
    };
    let amount = standing.unwrap_or(*charted);
    let stamp = entry.corrections.last().map_or(
        Stamp {
            version: entry.version,
            updated: entry.recorded_at,
        },
        |last| Stamp {
            version: session
                .entries
                .iter()
                .find(|known| known.event_id == last.by_entry)
                .map_or(session.version, |known| known.version),
            updated: last.at,
        },
    );
    let id = entry.event_id.to_string();
    let at = entry.occurred_at;
    Some(Resource {
        kind: ResourceKind::MedicationAdministration,
        json: bytes(&AdministrationResource {
            resource_type: ResourceKind::MedicationAdministration.name(),
            id: id.clone(),
            meta: stamp.meta(None),
            status,
            status_reason: Vec::new(),
            medication_codeable_concept: CodeableConcept::text(&order.drug),
            subject: Reference::to(ResourceKind::Patient, patient),
            context: Reference::to(ResourceKind::Encounter, session.id),
            effective_date_time: Some(Instant(at)),
            effective_period: None,
            performer: performers(entry),
            note: entry
                .corrections
                .iter()
                .map(|corrected| Annotation {
                    author_string: name_of(&corrected.actor),
                    time: Instant(corrected.at),
                    text: format!(
                        "Corrected: {} First charted: {charted}",
                        sentence(&corrected.reason)
                    ),
                })
                .collect(),
            dosage: Dosage {
                text: format!("{} bolus of {amount}", order.drug),
                route: CodeableConcept::text(ROUTE),
                dose: Some(milligrams(amount)),
                rate_quantity: None,
            },
        }),
        id,
        patient: Some(patient),
        session: Some(session.id),
        codes: Vec::new(),
        tokens: tokens("status", STATUS_SYSTEM, status).to_vec(),
        effective: Some(at),
        effective_until: Some(at),
        updated: stamp.updated,
        version: stamp.version,
    })
}
