//! What an Observation is about: its codes, its category and its profile.

use super::super::datatypes::{CodeableConcept, Coding};
use super::super::terminology::{
    DISTRESS_CODE, EXPERIENCE_CODE, OBSERVATION_SYSTEM, PAIN_LOINC, SEDATION_CODE,
};
use crate::codes::{LOINC_SYSTEM, Loinc, vital_sign};
use clinical::course::session::Side;
use clinical::vital_signs::Signal;

/// What one Observation is about; also the order in which an entry's Observations are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    BloodPressure,
    HeartRate,
    RespiratoryRate,
    OxygenSaturation,
    EndTidalCarbonDioxide,
    Temperature,
    Sedation,
    Distress,
    /// A side of the experience.
    Felt(Side),
}

impl Sign {
    /// Every sign, in the order of an entry's Observations.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        Self::CHARTED
            .into_iter()
            .chain(Side::ALL.into_iter().map(Self::Felt))
    }

    const CHARTED: [Self; 8] = [
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
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::BloodPressure => "blood-pressure",
            Self::HeartRate => "heart-rate",
            Self::RespiratoryRate => "respiratory-rate",
            Self::OxygenSaturation => "oxygen-saturation",
            Self::EndTidalCarbonDioxide => "end-tidal-co2",
            Self::Temperature => "temperature",
            Self::Sedation => "sedation",
            Self::Distress => "distress",
            Self::Felt(side) => side.word(),
        }
    }

    /// The US Core profile that it keeps, where there is one.
    pub(super) const fn profile(self) -> Option<&'static str> {
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
            Self::EndTidalCarbonDioxide | Self::Sedation | Self::Distress | Self::Felt(_) => None,
        }
    }

    pub(super) const fn category(self) -> (&'static str, &'static str) {
        match self {
            Self::BloodPressure
            | Self::HeartRate
            | Self::RespiratoryRate
            | Self::OxygenSaturation
            | Self::EndTidalCarbonDioxide
            | Self::Temperature => ("vital-signs", "Vital Signs"),
            Self::Sedation => ("exam", "Exam"),
            Self::Distress | Self::Felt(_) => ("survey", "Survey"),
        }
    }

    pub(super) fn code(self) -> CodeableConcept {
        let own = |code: &str, text: &str| {
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
            // Source: clinical reference §11.1, verified; no other side has a verified code.
            Self::Felt(Side::Pain) => CodeableConcept::coded(
                vec![Coding::new(
                    LOINC_SYSTEM,
                    PAIN_LOINC,
                    "Pain severity - 0-10 verbal numeric rating",
                )],
                "Pain, 0 (none) to 10",
            ),
            Self::Felt(side) => {
                let text = format!("{}, 0 (not at all) to 10", side.says());
                let code = format!("{EXPERIENCE_CODE}-{}-0-10", side.word());
                own(&code, &text)
            }
        }
    }
}

fn coding(loinc: &Loinc) -> Coding {
    Coding::new(LOINC_SYSTEM, &loinc.code, &loinc.display)
}

/// The required code of a signal; further codes of the table are not all confirmed.
pub(super) fn first(signal: Signal, text: &str) -> CodeableConcept {
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
