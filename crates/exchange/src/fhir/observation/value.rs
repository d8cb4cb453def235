//! One charted value, as the quantity or the parts of an Observation.

use super::super::datatypes::{CodeableConcept, Quantity};
use super::sign::{Sign, first};
use clinical::course::session::{SessionEvent, VitalSigns};
use clinical::vital_signs::Signal;
use rust_decimal::Decimal;
use serde::Serialize;
use units::{
    BeatsPerMinute, BreathsPerMinute, DegreesCelsius, MillimetresOfMercury, OxygenSaturation,
    PartialPressure,
};

/// One value as it was charted at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
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
    pub(super) fn of(event: &SessionEvent, sign: Sign) -> Option<Self> {
        match event {
            SessionEvent::VitalSignsCharted { values, .. } => Self::of_set(values, sign),
            SessionEvent::SedationScored { score } => {
                (sign == Sign::Sedation).then(|| Self::Score(score.points(), score.says()))
            }
            SessionEvent::DistressScored { score } => {
                (sign == Sign::Distress).then(|| Self::Score(score.points(), ""))
            }
            SessionEvent::ExperienceRated { side, rating, .. } => {
                (sign == Sign::Felt(*side)).then(|| Self::Score(rating.points(), ""))
            }
            SessionEvent::SessionPlanned { .. }
            | SessionEvent::SessionMoved { .. }
            | SessionEvent::OrderChanged { .. }
            | SessionEvent::PatientCheckedIn { .. }
            | SessionEvent::FastingAnswered { .. }
            | SessionEvent::IdentityConfirmed { .. }
            | SessionEvent::RecoveryChecked { .. }
            | SessionEvent::TimeOutCompleted { .. }
            | SessionEvent::StartChecked { .. }
            | SessionEvent::SignalNoted { .. }
            | SessionEvent::DosingStarted { .. }
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
            | SessionEvent::LateEntryReviewed { .. }
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
            Sign::Sedation | Sign::Distress | Sign::Felt(_) => None,
        }
    }

    pub(super) fn quantity(&self) -> Option<Quantity> {
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

    pub(super) fn components(&self) -> Vec<Component> {
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
    pub(super) const fn method(&self) -> Option<&'static str> {
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

    pub(super) const fn interpretation(&self) -> Option<&'static str> {
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
pub(super) struct Component {
    pub(super) code: CodeableConcept,
    pub(super) value_quantity: Quantity,
}
