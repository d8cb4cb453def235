//! Charted values as Observations: vital signs as US Core profiles, scores with our own codes.
//!
//! Status (`Hazard: H42`): what was charted is `final`; a value that a later entry put right is
//! `corrected`; one that was struck, or that the right entry no longer holds, is
//! `entered-in-error` and keeps what was charted. A value never changes under `final`.

mod history;
mod sign;
mod value;

use self::history::{History, history};
use self::sign::Sign;
use self::value::Component;
use super::datatypes::{Annotation, CodeableConcept, Coding, Instant, Meta, Quantity, Reference};
use super::resource::{Resource, ResourceKind, Token, bytes, code_tokens, tokens};
use super::session::SessionFacts;
use super::terminology::OBSERVATION_CATEGORY;
use clinical::course::session::{Entry, Session, SessionEvent};
use clinical::record::Actor;
use clinical::vital_signs::Source;
use serde::Serialize;
use units::Moment;

const STATUS_SYSTEM: &str = "http://hl7.org/fhir/observation-status";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ObservationResource {
    resource_type: &'static str,
    id: String,
    meta: Meta,
    status: &'static str,
    category: Vec<CodeableConcept>,
    code: CodeableConcept,
    subject: Reference,
    encounter: Reference,
    effective_date_time: Instant,
    issued: Instant,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    performer: Vec<Reference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value_quantity: Option<Quantity>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    interpretation: Vec<CodeableConcept>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    note: Vec<Annotation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    method: Option<CodeableConcept>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<Reference>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    component: Vec<Component>,
}

/// Every Observation that an entry ever gave, as it stands now.
pub(super) fn observations<'a>(
    session: &'a Session,
    entry: &'a Entry,
    facts: &'a SessionFacts<'_>,
) -> impl Iterator<Item = Resource> + 'a {
    Sign::all().filter_map(move |sign| observation(session, entry, sign, facts))
}

/// True for entries whose values are Observations.
pub(super) const fn is_charted_value(event: &SessionEvent) -> bool {
    matches!(
        event,
        SessionEvent::VitalSignsCharted { .. }
            | SessionEvent::SedationScored { .. }
            | SessionEvent::DistressScored { .. }
            | SessionEvent::ExperienceRated { .. }
    )
}

/// A reason as a sentence of its own.
pub(super) fn sentence(reason: &str) -> String {
    let reason = reason.trim();
    if reason.ends_with(['.', '!', '?']) {
        reason.to_owned()
    } else {
        format!("{reason}.")
    }
}

/// Who charted, as a name; a machine is no performer.
pub(super) fn name_of(actor: &Actor) -> Option<String> {
    match actor {
        Actor::Person { name, .. } => Some(name.clone()),
        Actor::Device { .. } | Actor::System { .. } => None,
    }
}

fn observation(
    session: &Session,
    entry: &Entry,
    sign: Sign,
    facts: &SessionFacts<'_>,
) -> Option<Resource> {
    let patient = session.patient?;
    let History {
        value,
        status,
        stamp,
        note,
    } = history(session, entry, sign)?;
    let code = sign.code();
    let components = value.components();
    let (category, category_display) = sign.category();
    let id = format!("{}-{}", entry.event_id, sign.word());
    let at: Moment = entry.occurred_at;
    let mut found_by = tokens("category", OBSERVATION_CATEGORY, category).to_vec();
    found_by.extend(tokens("status", STATUS_SYSTEM, status));
    for coding in components.iter().flat_map(|part| &part.code.coding) {
        found_by.extend(tokens("component-code", &coding.system, &coding.code));
    }
    let codes = code
        .coding
        .iter()
        .flat_map(|coding| code_tokens(&coding.system, &coding.code))
        .collect();
    let device = device_of(entry.counted(), facts);
    found_by.extend(device.iter().filter_map(|device| {
        Some(Token {
            parameter: "device",
            value: device.reference.clone()?,
        })
    }));
    Some(Resource {
        kind: ResourceKind::Observation,
        json: bytes(&ObservationResource {
            resource_type: ResourceKind::Observation.name(),
            id: id.clone(),
            meta: stamp.meta(sign.profile()),
            status,
            category: vec![CodeableConcept {
                coding: vec![Coding::new(
                    OBSERVATION_CATEGORY,
                    category,
                    category_display,
                )],
                text: None,
            }],
            code,
            subject: Reference::to(ResourceKind::Patient, patient),
            encounter: Reference::to(ResourceKind::Encounter, session.id),
            effective_date_time: Instant(at),
            issued: Instant(stamp.updated),
            performer: name_of(&entry.actor)
                .map(|name| Reference::named(&name))
                .into_iter()
                .collect(),
            value_quantity: value.quantity(),
            interpretation: value
                .interpretation()
                .map(CodeableConcept::text)
                .into_iter()
                .collect(),
            note,
            method: value.method().map(CodeableConcept::text),
            device,
            component: components,
        }),
        id,
        patient: Some(patient),
        session: Some(session.id),
        codes,
        tokens: found_by,
        effective: Some(at),
        effective_until: Some(at),
        updated: stamp.updated,
        version: stamp.version,
    })
}

fn device_of(event: &SessionEvent, facts: &SessionFacts<'_>) -> Option<Reference> {
    let SessionEvent::VitalSignsCharted {
        source: Source::Device { device },
        ..
    } = event
    else {
        return None;
    };
    // A key that no registered device has is still named: it is not lost and not guessed.
    Some(facts.devices.get(device).map_or_else(
        || Reference::named(device),
        |known| Reference::to(ResourceKind::Device, known.device).display(&known.name),
    ))
}
