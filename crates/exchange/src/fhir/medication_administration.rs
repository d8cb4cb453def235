//! The infusion, and each bolus, as a MedicationAdministration.
//!
//! An infusion is one administration from the first drug to the end, whatever its rates and
//! pauses. Its dose is said when it has ended: the milligrams that the pump gave, without the
//! boluses, which are administrations of their own, so that a sum over both counts nothing twice.

use super::datatypes::{Annotation, CodeableConcept, Instant, Meta, Period, Quantity, Reference};
use super::observation::{name_of, sentence};
use super::resource::{Resource, ResourceKind, Stamp, bytes, tokens};
use clinical::course::screening::person::Route;
use clinical::course::session::experience::medicine_says;
use clinical::course::session::{
    Entry, Infusion, LateOutcome, Order, Portion, Session, SessionEvent, Stop,
};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;
use units::{Milligrams, MillilitresPerHour, Moment};

const STATUS_SYSTEM: &str = "http://terminology.hl7.org/CodeSystem/medication-admin-status";
/// The dose is rounded half-up to a microgram: finer than any pump.
const DOSE_DECIMALS: u32 = 3;
/// The words for each route. Source: clinical reference §11.3 and §11.4.
const ROUTES: &str = include_str!("../../../../codes/routes.toml");

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
    #[serde(skip_serializing_if = "Option::is_none")]
    route: Option<CodeableConcept>,
    #[serde(skip_serializing_if = "Option::is_none")]
    site: Option<CodeableConcept>,
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
            // A held act that a person lets count changes the course of the pump.
            | SessionEvent::LateEntryReviewed { .. }
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
    // Dose by dose there is no infusion: each dose is an administration of its own.
    if !order.way.is_infusion() {
        return None;
    }
    let infusion = session.infusion()?;
    let started = session
        .entries
        .iter()
        .find(|entry| matches!(entry.counted(), SessionEvent::DosingStarted { .. }))?;
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
            SessionEvent::EntryCorrected { entry: about, .. }
            | SessionEvent::LateEntryReviewed {
                entry: about,
                outcome: LateOutcome::Counts,
                ..
            } => session.entries.iter().any(|known| {
                known.event_id == *about && correction_touches_infusion(known.counted())
            }),
            event => touches_infusion(event),
        })
        .map(|entry| Stamp {
            version: entry.version,
            updated: entry.recorded_at,
        })
}

fn course_of(session: &Session) -> Course {
    let mut course = Course::Running;
    // An act that reached the record late stands at its own time. Hazard: H23
    for entry in session.in_time() {
        match entry.counted() {
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
        route: Some(route(order.way.route)),
        site: None,
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

/// The words of a route.
fn route(route: Route) -> CodeableConcept {
    #[derive(Deserialize)]
    struct File {
        route: Vec<Line>,
    }
    #[derive(Deserialize)]
    struct Line {
        word: String,
        text: String,
    }
    static LINES: LazyLock<Vec<Line>> = LazyLock::new(|| {
        toml::from_str::<File>(ROUTES).map_or_else(|_| Vec::new(), |file| file.route)
    });
    let line = LINES.iter().find(|line| line.word == route.word());
    CodeableConcept::text(line.map_or(route.word(), |line| &line.text))
}

/// One amount given at once, as one version of its entry says it.
struct Amount<'a> {
    milligrams: Milligrams,
    /// Where no pump runs: which dose, and how it went in.
    dose: Option<(u8, &'a Portion)>,
}

fn amount(event: &SessionEvent) -> Option<Amount<'_>> {
    match event {
        SessionEvent::BolusGiven { amount } => Some(Amount {
            milligrams: *amount,
            dose: None,
        }),
        SessionEvent::DoseGiven {
            number,
            amount,
            portion,
            ..
        } => Some(Amount {
            milligrams: *amount,
            dose: Some((*number, portion)),
        }),
        _other => None,
    }
}

/// What was given at once. How much of a device that failed went in is not known: it has no dose.
fn dosage(amount: &Amount<'_>, order: &Order) -> Dosage {
    let milligrams_given = amount.milligrams;
    let (text, site, known) = match amount.dose {
        None => (
            format!("{} bolus of {milligrams_given}", order.drug),
            None,
            true,
        ),
        Some((number, portion)) => (
            format!(
                "{} {} {number}: {milligrams_given}, {}",
                order.drug,
                portion.kind().to_lowercase(),
                portion.says()
            ),
            match portion {
                Portion::Injection { site } => Some(site.says()),
                Portion::Spray { nostril } => Some(nostril.says()),
                Portion::Swallowed | Portion::UnderTongue | Portion::Device { .. } => None,
            },
            !portion.is_uncertain(),
        ),
    };
    Dosage {
        text,
        route: Some(route(order.way.route)),
        site: site.map(CodeableConcept::text),
        dose: known.then(|| milligrams(milligrams_given)),
        rate_quantity: None,
    }
}

/// One bolus, or one dose or device.
pub(super) fn bolus(session: &Session, entry: &Entry) -> Option<Resource> {
    let charted = amount(entry.counted())?;
    let patient = session.patient?;
    let order = session.order.as_ref()?;
    let standing = entry.standing();
    let standing = standing.as_deref().and_then(amount);
    // Hazard: H42 — a struck bolus is withdrawn and still says what was charted.
    let status = if standing.is_some() {
        "completed"
    } else {
        "entered-in-error"
    };
    let shown = standing.as_ref().unwrap_or(&charted);
    let stamp = entry_stamp(session, entry);
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
                        "Corrected: {} First charted: {}",
                        sentence(&corrected.reason),
                        charted.milligrams
                    ),
                })
                .collect(),
            dosage: dosage(shown, order),
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

/// When an entry was charted, came to count, or was corrected last.
fn entry_stamp(session: &Session, entry: &Entry) -> Stamp {
    entry.corrections.last().map_or_else(
        || Stamp::first(session, entry),
        |last| Stamp::corrected(session, last),
    )
}

/// A medicine beside the ordered drug, in the words in which it was charted: nothing is coded or
/// computed from them.
pub(super) fn supporting(session: &Session, entry: &Entry) -> Option<Resource> {
    let SessionEvent::MedicineGiven {
        medicine,
        dose,
        route,
        because,
        ..
    } = entry.counted()
    else {
        return None;
    };
    let patient = session.patient?;
    // Hazard: H42
    let status = if entry.standing().is_some() {
        "completed"
    } else {
        "entered-in-error"
    };
    let stamp = entry_stamp(session, entry);
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
            medication_codeable_concept: CodeableConcept::text(medicine),
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
                    text: format!("Struck: {}", sentence(&corrected.reason)),
                })
                .collect(),
            dosage: Dosage {
                text: medicine_says(medicine, dose, route, because),
                route: words(route).into_iter().next(),
                site: None,
                dose: None,
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
