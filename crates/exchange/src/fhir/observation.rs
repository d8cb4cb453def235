//! Charted values as Observations: vital signs as US Core profiles, scores with our own codes.
//!
//! Status (`Hazard: H42`): what was charted is `final`; a value that a later entry put right is
//! `corrected`; one that was struck, or that the right entry no longer holds, is
//! `entered-in-error` and keeps what was charted. A value never changes under `final`.

use super::datatypes::{Annotation, CodeableConcept, Coding, Instant, Meta, Quantity, Reference};
use super::resource::{Resource, ResourceKind, Stamp, Token, bytes, code_tokens, tokens};
use super::session::SessionFacts;
use super::terminology::{DISTRESS_CODE, OBSERVATION_CATEGORY, OBSERVATION_SYSTEM, SEDATION_CODE};
use crate::codes::{LOINC_SYSTEM, Loinc, vital_sign};
use clinical::course::session::{Correction, Entry, Session, SessionEvent, VitalSigns};
use clinical::record::Actor;
use clinical::vital_signs::{Signal, Source};
use rust_decimal::Decimal;
use serde::Serialize;
use units::{
    BeatsPerMinute, BreathsPerMinute, DegreesCelsius, MillimetresOfMercury, Moment,
    OxygenSaturation, PartialPressure,
};

const STATUS_SYSTEM: &str = "http://hl7.org/fhir/observation-status";

/// What one Observation is about; also the order in which an entry's Observations are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    BloodPressure,
    HeartRate,
    RespiratoryRate,
    OxygenSaturation,
    EndTidalCarbonDioxide,
    Temperature,
    Sedation,
    Distress,
}

impl Sign {
    const ALL: [Self; 8] = [
        Self::BloodPressure,
        Self::HeartRate,
        Self::RespiratoryRate,
        Self::OxygenSaturation,
        Self::EndTidalCarbonDioxide,
        Self::Temperature,
        Self::Sedation,
        Self::Distress,
    ];

    /// The word behind the event's id in the resource's id.
    const fn word(self) -> &'static str {
        match self {
            Self::BloodPressure => "blood-pressure",
            Self::HeartRate => "heart-rate",
            Self::RespiratoryRate => "respiratory-rate",
            Self::OxygenSaturation => "oxygen-saturation",
            Self::EndTidalCarbonDioxide => "end-tidal-co2",
            Self::Temperature => "temperature",
            Self::Sedation => "sedation",
            Self::Distress => "distress",
        }
    }

    /// The US Core profile that it keeps, where there is one.
    const fn profile(self) -> Option<&'static str> {
        match self {
            Self::BloodPressure => {
                Some("http://hl7.org/fhir/us/core/StructureDefinition/us-core-blood-pressure")
            }
            Self::HeartRate => {
                Some("http://hl7.org/fhir/us/core/StructureDefinition/us-core-heart-rate")
            }
            Self::RespiratoryRate => {
                Some("http://hl7.org/fhir/us/core/StructureDefinition/us-core-respiratory-rate")
            }
            Self::OxygenSaturation => {
                Some("http://hl7.org/fhir/us/core/StructureDefinition/us-core-pulse-oximetry")
            }
            Self::Temperature => {
                Some("http://hl7.org/fhir/us/core/StructureDefinition/us-core-body-temperature")
            }
            Self::EndTidalCarbonDioxide | Self::Sedation | Self::Distress => None,
        }
    }

    const fn category(self) -> (&'static str, &'static str) {
        match self {
            Self::BloodPressure
            | Self::HeartRate
            | Self::RespiratoryRate
            | Self::OxygenSaturation
            | Self::EndTidalCarbonDioxide
            | Self::Temperature => ("vital-signs", "Vital Signs"),
            Self::Sedation => ("exam", "Exam"),
            Self::Distress => ("survey", "Survey"),
        }
    }

    fn code(self) -> CodeableConcept {
        let own = |code, text| {
            CodeableConcept::coded(vec![Coding::new(OBSERVATION_SYSTEM, code, text)], text)
        };
        match self {
            Self::BloodPressure => CodeableConcept::coded(
                vital_sign(Signal::CuffSystolic)
                    .loinc_panel
                    .iter()
                    .map(coding)
                    .collect(),
                "Blood pressure",
            ),
            Self::HeartRate => first(Signal::HeartRate, "Heart rate"),
            Self::RespiratoryRate => first(Signal::RespiratoryRate, "Respiratory rate"),
            // Both codes, as the FHIR vital-signs profile asks. Source: device reference §5.1.
            Self::OxygenSaturation => CodeableConcept::coded(
                vital_sign(Signal::OxygenSaturation)
                    .loinc
                    .iter()
                    .map(coding)
                    .collect(),
                "Oxygen saturation by pulse oximetry",
            ),
            Self::EndTidalCarbonDioxide => {
                first(Signal::EndTidalCarbonDioxide, "End-tidal carbon dioxide")
            }
            Self::Temperature => first(Signal::Temperature, "Body temperature"),
            Self::Sedation => own(
                SEDATION_CODE,
                "Modified Observer's Assessment of Alertness/Sedation",
            ),
            Self::Distress => own(DISTRESS_CODE, "Distress, 0 (none) to 10"),
        }
    }
}

fn coding(loinc: &Loinc) -> Coding {
    Coding::new(LOINC_SYSTEM, &loinc.code, &loinc.display)
}

/// The required code of a signal; further codes of the table are not all confirmed.
fn first(signal: Signal, text: &str) -> CodeableConcept {
    CodeableConcept::coded(
        vital_sign(signal)
            .loinc
            .iter()
            .take(1)
            .map(coding)
            .collect(),
        text,
    )
}

/// One value as it was charted at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Pressure {
        systolic: MillimetresOfMercury,
        diastolic: MillimetresOfMercury,
        mean: Option<MillimetresOfMercury>,
    },
    HeartRate(BeatsPerMinute, Option<Signal>),
    RespiratoryRate(BreathsPerMinute, Option<Signal>),
    OxygenSaturation(OxygenSaturation),
    EndTidalCarbonDioxide(PartialPressure),
    Temperature(DegreesCelsius),
    Score(u8, &'static str),
}

impl Value {
    /// What one version of an entry says of one sign.
    fn of(event: &SessionEvent, sign: Sign) -> Option<Self> {
        match event {
            SessionEvent::VitalSignsCharted { values, .. } => Self::of_set(values, sign),
            SessionEvent::SedationScored { score } => {
                (sign == Sign::Sedation).then(|| Self::Score(score.points(), score.says()))
            }
            SessionEvent::DistressScored { score } => {
                (sign == Sign::Distress).then(|| Self::Score(score.points(), ""))
            }
            SessionEvent::SessionPlanned { .. }
            | SessionEvent::PatientCheckedIn { .. }
            | SessionEvent::FastingAnswered { .. }
            | SessionEvent::IdentityConfirmed { .. }
            | SessionEvent::TimeOutCompleted { .. }
            | SessionEvent::DosingStarted { .. }
            | SessionEvent::InfusionRateChanged { .. }
            | SessionEvent::BolusGiven { .. }
            | SessionEvent::InfusionPaused { .. }
            | SessionEvent::InfusionResumed {}
            | SessionEvent::InfusionStopped { .. }
            | SessionEvent::NoteWritten { .. }
            | SessionEvent::SupportGiven { .. }
            | SessionEvent::AdvisoryRaised { .. }
            | SessionEvent::AdvisoryAcknowledged { .. }
            | SessionEvent::AdvisoryResolved { .. }
            | SessionEvent::EntryCorrected { .. }
            | SessionEvent::ObservationBegun {}
            | SessionEvent::PatientDischarged { .. }
            | SessionEvent::SessionCancelled { .. }
            | SessionEvent::SessionSigned { .. } => None,
        }
    }

    fn of_set(values: &VitalSigns, sign: Sign) -> Option<Self> {
        match sign {
            Sign::BloodPressure => Some(Self::Pressure {
                systolic: values.systolic?,
                diastolic: values.diastolic?,
                mean: values.mean,
            }),
            Sign::HeartRate => Some(Self::HeartRate(values.heart_rate?, values.heart_rate_from)),
            Sign::RespiratoryRate => Some(Self::RespiratoryRate(
                values.respiratory_rate?,
                values.respiratory_rate_from,
            )),
            Sign::OxygenSaturation => values.oxygen_saturation.map(Self::OxygenSaturation),
            Sign::EndTidalCarbonDioxide => values
                .end_tidal_carbon_dioxide
                .map(Self::EndTidalCarbonDioxide),
            Sign::Temperature => values.temperature.map(Self::Temperature),
            Sign::Sedation | Sign::Distress => None,
        }
    }

    fn quantity(&self) -> Option<Quantity> {
        Some(match self {
            Self::Pressure { .. } => return None,
            Self::HeartRate(rate, _) => {
                Quantity::new(rate.value(), BeatsPerMinute::UNIT, BeatsPerMinute::UCUM)
            }
            Self::RespiratoryRate(rate, _) => {
                Quantity::new(rate.value(), BreathsPerMinute::UNIT, BreathsPerMinute::UCUM)
            }
            Self::OxygenSaturation(saturation) => Quantity::new(
                saturation.value(),
                OxygenSaturation::UNIT,
                OxygenSaturation::UCUM,
            ),
            Self::EndTidalCarbonDioxide(pressure) => Quantity::new(
                pressure.value(),
                PartialPressure::UNIT,
                PartialPressure::UCUM,
            ),
            Self::Temperature(temperature) => Quantity::new(
                temperature.value(),
                DegreesCelsius::UNIT,
                DegreesCelsius::UCUM,
            ),
            Self::Score(points, _) => Quantity::new(Decimal::from(*points), "score", "{score}"),
        })
    }

    fn components(&self) -> Vec<Component> {
        let Self::Pressure {
            systolic,
            diastolic,
            mean,
        } = self
        else {
            return Vec::new();
        };
        [
            (
                Signal::CuffSystolic,
                "Systolic blood pressure",
                Some(systolic),
            ),
            (
                Signal::CuffDiastolic,
                "Diastolic blood pressure",
                Some(diastolic),
            ),
            (Signal::CuffMean, "Mean blood pressure", mean.as_ref()),
        ]
        .into_iter()
        .filter_map(|(signal, text, value)| {
            Some(Component {
                code: first(signal, text),
                value_quantity: Quantity::new(
                    value?.value(),
                    MillimetresOfMercury::UNIT,
                    MillimetresOfMercury::UCUM,
                ),
            })
        })
        .collect()
    }

    /// Which sensor measured, in words: no code for it is verified.
    const fn method(&self) -> Option<&'static str> {
        match self {
            Self::HeartRate(_, from) | Self::RespiratoryRate(_, from) => match from {
                Some(signal) => sensor(*signal),
                None => None,
            },
            Self::Pressure { .. }
            | Self::OxygenSaturation(_)
            | Self::EndTidalCarbonDioxide(_)
            | Self::Temperature(_)
            | Self::Score(..) => None,
        }
    }

    const fn interpretation(&self) -> Option<&'static str> {
        match self {
            Self::Score(_, says) if !says.is_empty() => Some(says),
            Self::Score(..)
            | Self::Pressure { .. }
            | Self::HeartRate(..)
            | Self::RespiratoryRate(..)
            | Self::OxygenSaturation(_)
            | Self::EndTidalCarbonDioxide(_)
            | Self::Temperature(_) => None,
        }
    }
}

/// The value in words, for the note that says what a corrected entry said before.
impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Pressure {
                systolic,
                diastolic,
                mean,
            } => {
                write!(f, "{}/{}", systolic.value(), diastolic)?;
                mean.map_or(Ok(()), |mean| write!(f, ", mean {mean}"))
            }
            Self::HeartRate(rate, _) => rate.fmt(f),
            Self::RespiratoryRate(rate, _) => rate.fmt(f),
            Self::OxygenSaturation(saturation) => saturation.fmt(f),
            Self::EndTidalCarbonDioxide(pressure) => pressure.fmt(f),
            Self::Temperature(temperature) => temperature.fmt(f),
            Self::Score(points, _) => points.fmt(f),
        }
    }
}

const fn sensor(signal: Signal) -> Option<&'static str> {
    match signal {
        Signal::HeartRate => Some("electrocardiogram"),
        Signal::PulseFromOximeter => Some("pulse oximeter"),
        Signal::PulseFromCuff => Some("blood pressure cuff"),
        Signal::RespiratoryRateFromImpedance => Some("chest impedance"),
        Signal::RespiratoryRateFromCarbonDioxide => Some("exhaled carbon dioxide"),
        Signal::RespiratoryRateFromOximeter => Some("pulse oximeter waveform"),
        Signal::Pulse
        | Signal::RespiratoryRate
        | Signal::OxygenSaturation
        | Signal::CuffSystolic
        | Signal::CuffDiastolic
        | Signal::CuffMean
        | Signal::ArterialSystolic
        | Signal::ArterialDiastolic
        | Signal::ArterialMean
        | Signal::EndTidalCarbonDioxide
        | Signal::InspiredCarbonDioxide
        | Signal::Temperature
        | Signal::PerfusionIndex
        | Signal::BispectralIndex => None,
    }
}

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

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Component {
    code: CodeableConcept,
    value_quantity: Quantity,
}

/// Every Observation that an entry ever gave, as it stands now.
pub(super) fn observations<'a>(
    session: &'a Session,
    entry: &'a Entry,
    facts: &'a SessionFacts<'_>,
) -> impl Iterator<Item = Resource> + 'a {
    Sign::ALL
        .into_iter()
        .filter_map(move |sign| observation(session, entry, sign, facts))
}

/// True for entries whose values are Observations.
pub(super) const fn is_charted_value(event: &SessionEvent) -> bool {
    matches!(
        event,
        SessionEvent::VitalSignsCharted { .. }
            | SessionEvent::SedationScored { .. }
            | SessionEvent::DistressScored { .. }
    )
}

/// What became of one sign of one entry.
struct History {
    /// What stands, or stood last.
    value: Value,
    status: &'static str,
    stamp: Stamp,
    note: Vec<Annotation>,
}

fn history(session: &Session, entry: &Entry, sign: Sign) -> Option<History> {
    let mut stamp = Stamp {
        version: entry.version,
        updated: entry.recorded_at,
    };
    let mut standing = Value::of(&entry.event, sign);
    let mut shown = standing.clone();
    let mut note = Vec::new();
    for (index, corrected) in entry.corrections.iter().enumerate() {
        let right = match &corrected.correction {
            Correction::Struck => None,
            Correction::VitalSigns { .. }
            | Correction::Sedation { .. }
            | Correction::Distress { .. }
            | Correction::Text { .. }
            | Correction::Rate { .. }
            | Correction::Bolus { .. } => {
                standing_after(entry, index).and_then(|event| Value::of(&event, sign))
            }
        };
        if right == standing {
            continue;
        }
        // The correcting entry stands in the same session; its place is this resource's version.
        stamp = Stamp {
            version: session
                .entries
                .iter()
                .find(|known| known.event_id == corrected.by_entry)
                .map_or(session.version, |known| known.version),
            updated: corrected.at,
        };
        let before = standing
            .as_ref()
            .map_or("nothing".to_owned(), ToString::to_string);
        let verb = if right.is_some() {
            "Corrected"
        } else {
            "Struck"
        };
        note.push(Annotation {
            author_string: name_of(&corrected.actor),
            time: Instant(corrected.at),
            text: format!(
                "{verb}: {} Charted before: {before}",
                sentence(&corrected.reason)
            ),
        });
        shown = right.clone().or(shown);
        standing = right;
    }
    Some(History {
        value: shown?,
        status: match (&standing, note.is_empty()) {
            (None, _) => "entered-in-error",
            (Some(_), true) => "final",
            (Some(_), false) => "corrected",
        },
        stamp,
        note,
    })
}

/// The entry as its corrections up to and including this one left it.
fn standing_after(entry: &Entry, index: usize) -> Option<SessionEvent> {
    Entry {
        corrections: entry.corrections.iter().take(index + 1).cloned().collect(),
        ..entry.clone()
    }
    .standing()
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
    let device = device_of(&entry.event, facts);
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
