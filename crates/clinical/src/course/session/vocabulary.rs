//! The things that session events speak of.

use super::doses::Portion;
use super::experience::Rating;
use super::way::{Alongside, Grounds, Way};
use crate::course::wishes::Touch;
use crate::dosing::WeightKind;
use crate::policy::Outcome;
use crate::record::Role;
use crate::vital_signs::{Signal, VitalSign};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use units::{
    BeatsPerMinute, BreathsPerMinute, DegreesCelsius, Kilograms, Milligrams,
    MilligramsPerMillilitre, Millilitres, MillilitresPerHour, MillimetresOfMercury, Moment,
    OxygenSaturation, PartialPressure,
};

/// An answer that may be missing: unknown is a value of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "kebab-case")]
pub enum Answer<T> {
    /// Nobody has asked.
    #[default]
    NotAsked,
    /// Asked; the person is not sure.
    NotSure,
    /// Asked; there is nothing of the kind.
    NoneSuch,
    /// Asked and answered.
    Is(T),
}

impl<T> Answer<T> {
    /// What was answered, where something was.
    pub const fn as_known(&self) -> Option<&T> {
        match self {
            Self::Is(known) => Some(known),
            Self::NotAsked | Self::NotSure | Self::NoneSuch => None,
        }
    }
}

/// When the person last ate and drank, by the classes of the fasting policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct FastingAnswers {
    /// Water, pulp-free juice, tea or coffee without milk.
    pub clear_liquid: Answer<Moment>,
    /// A light meal, milk or formula.
    pub light_meal: Answer<Moment>,
    /// Fried or fatty food, or meat.
    pub heavy_meal: Answer<Moment>,
}

/// Something that tells who a person is. Two different ones are needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Identifier {
    /// Full name, said by the person.
    FullName,
    /// Date of birth, said by the person.
    BirthDate,
    /// Number of the clinic's record, read from a card or wristband.
    RecordNumber,
    /// Photo compared with the face.
    Photo,
    /// Address, said by the person.
    Address,
}

/// One line of the time-out, read aloud before the first drug.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Line {
    /// The right person in the right chair.
    RightPerson,
    /// Drug, concentration, dose and rate read from pump and label, and equal to the order.
    OrderMatchesPump,
    /// Allergies read aloud.
    AllergiesReadAloud,
    /// Consent in force.
    ConsentInForce,
    /// Airway equipment, oxygen and suction at hand and working.
    RescueEquipmentReady,
    /// The bedside monitor's own alarms are on and heard.
    MonitorAlarmsOn,
    /// Someone will take the person home.
    EscortArranged,
}

impl Line {
    /// Every line that must be confirmed.
    pub const ALL: [Self; 7] = [
        Self::RightPerson,
        Self::OrderMatchesPump,
        Self::AllergiesReadAloud,
        Self::ConsentInForce,
        Self::RescueEquipmentReady,
        Self::MonitorAlarmsOn,
        Self::EscortArranged,
    ];

    /// The line as it is read aloud.
    pub const fn says(self) -> &'static str {
        match self {
            Self::RightPerson => "The right person is in the right chair.",
            Self::OrderMatchesPump => {
                "Drug, concentration, dose and rate on label and pump equal the order."
            }
            Self::AllergiesReadAloud => "Allergies were read aloud.",
            Self::ConsentInForce => "Consent is in force.",
            Self::RescueEquipmentReady => "Airway equipment, oxygen and suction are ready.",
            Self::MonitorAlarmsOn => "The bedside monitor's own alarms are on and can be heard.",
            Self::EscortArranged => "Someone will take the person home.",
        }
    }
}

/// How vital signs will reach this session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Monitoring {
    /// From the bedside monitor associated with this session.
    Monitor,
    /// Read and entered by hand; said so deliberately.
    ByHand,
}

/// How something stands that the start rests on and that another part of the record decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// In force, not in force, or nobody can tell.
    pub outcome: Outcome,
    /// In one sentence.
    pub says: String,
}

impl Paper {
    /// Nobody has said how it stands, which closes the gate.
    pub fn not_known() -> Self {
        Self {
            outcome: Outcome::Unknown,
            says: "not known".to_owned(),
        }
    }
}

/// What a session rests on outside itself: what must be in force when the first drug is given, a
/// prescriber's acceptance and the person's consent; and what must be accounted for at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Papers {
    /// The acceptance, with every letter that it rests on.
    pub acceptance: Paper,
    /// The consent, and that it was confirmed today.
    pub consent: Paper,
    /// What the room must have ready.
    pub room: RoomPapers,
    /// How many syringes were drawn for the session and are not accounted for; none where nobody
    /// has looked.
    pub open_syringes: Option<u32>,
    /// What was agreed about touch at the moment of the act; none where nobody has said, or nobody
    /// has looked.
    pub touch: Option<Touch>,
}

/// What must be ready around the person when the first drug is given. Each is put together from
/// the parts of the record that know it; what no part knows is unknown, and closes the gate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomPapers {
    /// Prepared for today.
    pub readiness: Paper,
    /// Who takes the person home.
    pub escort: Paper,
    /// Drawn from a container of the ledger for this session.
    pub drug_issued: Paper,
    /// Checked by a second person.
    pub drug_checked: Paper,
    /// The room's emergency equipment.
    pub equipment: Paper,
    /// Who watches in the room.
    pub staff: Paper,
    /// Who prescribes, in the house.
    pub prescriber: Paper,
    /// The sound of the carried device.
    pub sound: Paper,
    /// The patient's signal.
    pub signal: Paper,
    /// Enrolled in the safety programme, where the product has one.
    pub enrolment: Paper,
}

impl RoomPapers {
    /// All of them standing alike.
    pub fn all(paper: &Paper) -> Self {
        Self {
            readiness: paper.clone(),
            escort: paper.clone(),
            drug_issued: paper.clone(),
            drug_checked: paper.clone(),
            equipment: paper.clone(),
            staff: paper.clone(),
            prescriber: paper.clone(),
            sound: paper.clone(),
            signal: paper.clone(),
            enrolment: paper.clone(),
        }
    }
}

impl Papers {
    /// Both in force, as whoever tells an invented session says.
    pub fn in_force(says: &str) -> Self {
        let paper = Paper {
            outcome: Outcome::Met,
            says: says.to_owned(),
        };
        Self {
            acceptance: paper.clone(),
            room: RoomPapers::all(&paper),
            consent: paper,
            open_syringes: Some(0),
            touch: None,
        }
    }

    /// Nobody has looked: for every command but the start and the signature, which do not ask.
    pub fn not_known() -> Self {
        Self {
            acceptance: Paper::not_known(),
            consent: Paper::not_known(),
            room: RoomPapers::all(&Paper::not_known()),
            open_syringes: None,
            touch: None,
        }
    }
}

/// What the server sees of the room's monitor at the moment of a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MonitorEvidence {
    /// No device is associated with this session.
    NotAssociated,
    /// Readings arrive.
    Live,
    /// A device is associated; nothing valid arrives.
    NoSignal,
    /// The device says that it is in demo or test mode.
    DemoMode,
    /// What the device says about the patient disagrees with this session.
    IdentityConflict,
}

impl MonitorEvidence {
    /// The word that policies compare.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::NotAssociated => "not-associated",
            Self::Live => "live",
            Self::NoSignal => "no-signal",
            Self::DemoMode => "demo-mode",
            Self::IdentityConflict => "identity-conflict",
        }
    }
}

/// What the prescriber ordered for this visit, and how it was prepared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// The drug, in words: "ketamine".
    pub drug: String,
    /// The ordered dose.
    pub dose: Milligrams,
    /// Strength of the prepared solution.
    pub concentration: MilligramsPerMillilitre,
    /// Final volume, drug included.
    pub volume: Millilitres,
    /// The rate to begin with.
    pub rate: MillilitresPerHour,
    /// The weight that the dose was reckoned with.
    pub dosing_weight: Kilograms,
    /// Which of the person's weights that is; none where nobody has said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_kind: Option<WeightKind>,
    /// Who ordered it.
    pub prescriber: String,
    /// Why it goes beyond a limit of the clinic, and who agreed; none where it goes beyond none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beyond: Option<Override>,
    /// How it is made ready, as it was worked out; none where somebody typed the bag as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reckoned: Option<Reckoned>,
    /// What is given, and how. Where nothing is pumped, the rate is 0, and concentration and volume
    /// are those of what is drawn or sprayed in all.
    #[serde(default, skip_serializing_if = "Way::is_usual")]
    pub way: Way,
    /// Other medicines, and what to do if.
    #[serde(default, skip_serializing_if = "Alongside::is_empty")]
    pub alongside: Alongside,
    /// What was known of the person when it was judged; none where nobody looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grounds: Option<Grounds>,
}

impl Order {
    /// Which of the person's weights the dose was reckoned with; none where nobody has said it.
    pub fn reckoned_with(&self) -> Option<WeightKind> {
        // Orders of earlier releases say it with how they are made ready, and not otherwise.
        self.weight_kind
            .or_else(|| Some(self.reckoned.as_ref()?.weight))
    }

    /// How it is made ready, in words; none where somebody typed the bag as it is.
    // Hazard: H19
    pub fn made_ready(&self) -> Option<String> {
        let made = self.reckoned.as_ref()?;
        if self.way.is_infusion() {
            return Some(format!(
                "draw {} from the vial of {}, add {} of diluent",
                made.drawn, made.vial, made.diluent
            ));
        }
        Some(match self.way.doses() {
            Some((number, _)) if number > 1 => {
                let each = made.drawn.value() / rust_decimal::Decimal::from(number);
                format!(
                    "draw {} from the vial of {}, undiluted: {}\u{a0}mL each time",
                    made.drawn,
                    made.vial,
                    each.round_dp(3).normalize()
                )
            }
            Some(_) | None => {
                format!(
                    "draw {} from the vial of {}, undiluted",
                    made.drawn, made.vial
                )
            }
        })
    }

    /// The order in one line: what, how much, how, for whom, by whom.
    pub fn says(&self) -> String {
        let how = self.way.doses_say().unwrap_or_else(|| {
            format!(
                "{} in {}, at {}",
                self.concentration, self.volume, self.rate
            )
        });
        format!(
            "{} {}, {how}, for {}, by {}",
            self.drug, self.dose, self.dosing_weight, self.prescriber
        )
    }

    /// Why it goes beyond a limit, and who agreed, in words; none where it goes beyond none.
    pub fn beyond_says(&self) -> Option<String> {
        let beyond = self.beyond.as_ref()?;
        Some(match &beyond.second_clinician {
            Some(second) => format!("beyond a limit: {}; agreed by {second}", beyond.reason),
            None => format!("beyond a limit: {}", beyond.reason),
        })
    }
}

/// How an ordered dose is made ready.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reckoned {
    /// Which of the person's weights the dose was reckoned with.
    pub weight: WeightKind,
    /// The strength of the vial.
    pub vial: MilligramsPerMillilitre,
    /// What is drawn from it.
    pub drawn: Millilitres,
    /// What is added.
    pub diluent: Millilitres,
}

/// A set of vital signs taken together. At least one is present.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct VitalSigns {
    /// Systolic pressure by cuff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub systolic: Option<MillimetresOfMercury>,
    /// Diastolic pressure by cuff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diastolic: Option<MillimetresOfMercury>,
    /// Mean pressure by cuff, as the monitor gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean: Option<MillimetresOfMercury>,
    /// Heart rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heart_rate: Option<BeatsPerMinute>,
    /// Which sensor gave the heart rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heart_rate_from: Option<Signal>,
    /// Respiratory rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub respiratory_rate: Option<BreathsPerMinute>,
    /// Which sensor gave the respiratory rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub respiratory_rate_from: Option<Signal>,
    /// Oxygen saturation by pulse oximetry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oxygen_saturation: Option<OxygenSaturation>,
    /// End-tidal carbon dioxide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_tidal_carbon_dioxide: Option<PartialPressure>,
    /// Body temperature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<DegreesCelsius>,
}

/// A set of vital signs that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImpossibleVitalSigns {
    /// Nothing was measured.
    Empty,
    /// One pressure without the other.
    HalfAPressure,
    /// Diastolic not below systolic.
    DiastolicNotBelowSystolic,
}

impl VitalSigns {
    /// The signs of which there is a value.
    pub fn signs(&self) -> BTreeSet<VitalSign> {
        [
            (VitalSign::Systolic, self.systolic.is_some()),
            (VitalSign::Diastolic, self.diastolic.is_some()),
            (VitalSign::MeanPressure, self.mean.is_some()),
            (VitalSign::HeartRate, self.heart_rate.is_some()),
            (
                VitalSign::OxygenSaturation,
                self.oxygen_saturation.is_some(),
            ),
            (VitalSign::RespiratoryRate, self.respiratory_rate.is_some()),
            (
                VitalSign::EndTidalCarbonDioxide,
                self.end_tidal_carbon_dioxide.is_some(),
            ),
            (VitalSign::Temperature, self.temperature.is_some()),
        ]
        .into_iter()
        .filter_map(|(sign, present)| present.then_some(sign))
        .collect()
    }

    /// The same without these signs; none when nothing is left. A pressure goes as a whole: one
    /// cuff cycle gave all of it.
    pub fn without(&self, signs: &BTreeSet<VitalSign>) -> Option<Self> {
        let mut left = self.clone();
        for sign in signs {
            match sign {
                VitalSign::Systolic | VitalSign::Diastolic | VitalSign::MeanPressure => {
                    left.systolic = None;
                    left.diastolic = None;
                    left.mean = None;
                }
                VitalSign::HeartRate => {
                    left.heart_rate = None;
                    left.heart_rate_from = None;
                }
                VitalSign::OxygenSaturation => left.oxygen_saturation = None,
                VitalSign::RespiratoryRate => {
                    left.respiratory_rate = None;
                    left.respiratory_rate_from = None;
                }
                VitalSign::EndTidalCarbonDioxide => left.end_tidal_carbon_dioxide = None,
                VitalSign::Temperature => left.temperature = None,
            }
        }
        (!left.signs().is_empty()).then_some(left)
    }

    /// Refuses an empty set, half a blood pressure, and a diastolic not below its systolic.
    pub fn check(&self) -> Result<(), ImpossibleVitalSigns> {
        let empty = self.systolic.is_none()
            && self.diastolic.is_none()
            && self.heart_rate.is_none()
            && self.respiratory_rate.is_none()
            && self.oxygen_saturation.is_none()
            && self.end_tidal_carbon_dioxide.is_none()
            && self.temperature.is_none();
        if empty {
            return Err(ImpossibleVitalSigns::Empty);
        }
        match (self.systolic, self.diastolic) {
            (None, None) => Ok(()),
            (Some(systolic), Some(diastolic)) if diastolic < systolic => Ok(()),
            (Some(_), Some(_)) => Err(ImpossibleVitalSigns::DiastolicNotBelowSystolic),
            (Some(_), None) | (None, Some(_)) => Err(ImpossibleVitalSigns::HalfAPressure),
        }
    }
}

/// The three times of a device's reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceTiming {
    /// By the device's own clock.
    pub device: Moment,
    /// When the frame reached us.
    pub received: Moment,
    /// The device's time, corrected by its estimated offset: where the chart puts it.
    pub corrected: Moment,
}

/// Responsiveness: the Modified Observer's Assessment of Alertness/Sedation, 0 to 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct SedationScore(u8);

/// Distress as the person or the observer rates it, 0 (none) to 10.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct DistressScore(u8);

/// A number that is not on the scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not on the scale")]
pub struct NotAScore(pub u8);

impl SedationScore {
    /// The score; 5 is awake, 0 is no answer to pain.
    pub const fn points(self) -> u8 {
        self.0
    }

    /// The anchor in our own words. Source: clinical reference 4.4.
    pub const fn says(self) -> &'static str {
        match self.0 {
            5 => "answers readily to name",
            4 => "slow answer to name",
            3 => "answers only to loud or repeated name",
            2 => "answers only after gentle shaking",
            1 => "answers only to a painful squeeze",
            _ => "no answer even to a painful squeeze",
        }
    }
}

impl DistressScore {
    /// The score.
    pub const fn points(self) -> u8 {
        self.0
    }
}

impl TryFrom<u8> for SedationScore {
    type Error = NotAScore;
    fn try_from(points: u8) -> Result<Self, NotAScore> {
        if points <= 5 {
            Ok(Self(points))
        } else {
            Err(NotAScore(points))
        }
    }
}

impl From<SedationScore> for u8 {
    fn from(score: SedationScore) -> Self {
        score.0
    }
}

impl TryFrom<u8> for DistressScore {
    type Error = NotAScore;
    fn try_from(points: u8) -> Result<Self, NotAScore> {
        if points <= 10 {
            Ok(Self(points))
        } else {
            Err(NotAScore(points))
        }
    }
}

impl From<DistressScore> for u8 {
    fn from(score: DistressScore) -> Self {
        score.0
    }
}

/// Support given to the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SupportKind {
    /// Sat with the person, spoke calmly.
    Reassurance,
    /// Led back to breath, body or room.
    Grounding,
    /// Held a hand or shoulder, as agreed before.
    AgreedTouch,
    /// Changed or stopped the music.
    Music,
    /// Light, blanket, eyeshades, position.
    Comfort,
    /// Something else, in words.
    Other,
    /// Was there, without words.
    Presence,
    /// A calm voice.
    Voice,
    /// Held a hand, as agreed.
    Hand,
    /// Laid a hand on the shoulder, as agreed.
    Shoulder,
    /// Changed the lights.
    Lights,
    /// The mask over the eyes, on or off.
    Mask,
    /// Helped into another position.
    Position,
    /// Breathed together.
    Breathing,
    /// Paused the drug to let it settle; the pump's own entry says when.
    Pause,
}

impl SupportKind {
    /// What is offered, in the order of the buttons. Source: clinical reference 4.7.
    ///
    /// Reassurance, agreed touch and comfort stand in older records.
    pub const OFFERED: [Self; 12] = [
        Self::Presence,
        Self::Voice,
        Self::Hand,
        Self::Shoulder,
        Self::Breathing,
        Self::Grounding,
        Self::Music,
        Self::Lights,
        Self::Mask,
        Self::Position,
        Self::Pause,
        Self::Other,
    ];

    /// In words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Reassurance => "reassurance",
            Self::Grounding => "grounding",
            Self::AgreedTouch => "agreed touch",
            Self::Music => "music",
            Self::Comfort => "comfort",
            Self::Other => "other",
            Self::Presence => "presence",
            Self::Voice => "voice",
            Self::Hand => "hand held",
            Self::Shoulder => "hand on the shoulder",
            Self::Lights => "lights",
            Self::Mask => "mask",
            Self::Position => "position",
            Self::Breathing => "breathing",
            Self::Pause => "pause",
        }
    }
}

/// Why the infusion ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stop {
    /// The ordered dose was given.
    Completed,
    /// Ended early for the person's safety.
    Safety,
    /// Ended early because the person asked.
    PersonAsked,
    /// Ended early for another reason, in words.
    Other,
}

impl Stop {
    /// In words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Completed => "ordered dose given",
            Self::Safety => "ended early for safety",
            Self::PersonAsked => "ended early, the person asked",
            Self::Other => "ended early",
        }
    }
}

/// A clinic limit that was passed, a signal that was lost, or a consent that was taken back. Not an
/// alarm of the monitor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdvisoryNotice {
    /// The condition's word, one of the advisory engine's or [`AdvisoryNotice::CONSENT_WITHDRAWN`].
    pub condition: String,
    /// In words.
    pub says: String,
    /// Its priority.
    pub priority: crate::advisory::Priority,
    /// True for a lost signal or an overdue reading; false for a value of the person's.
    pub technical: bool,
    /// The value that passed the limit, with its unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<String>,
    /// The limit that was passed, with its unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    /// When the condition began.
    pub since: Moment,
}

impl AdvisoryNotice {
    /// The word of a consent that was taken back. No limit raises it, and none ends it.
    pub const CONSENT_WITHDRAWN: &str = "consent-withdrawn";

    /// The patient took the consent back while they are treated.
    // Hazard: H25
    pub fn consent_withdrawn(since: Moment) -> Self {
        Self {
            condition: Self::CONSENT_WITHDRAWN.to_owned(),
            says: "The patient took the consent back. Nothing stops by itself: ask the patient, \
                   and decide now whether to stop."
                .to_owned(),
            priority: crate::advisory::Priority::High,
            technical: false,
            measured: None,
            limit: None,
            since,
        }
    }
}

/// What a correcting entry puts in place of a wrong one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "to", rename_all = "kebab-case")]
pub enum Correction {
    /// The entry should not stand at all.
    Struck,
    /// The values of these signs did not measure the person. They stay, struck, and are left out.
    Artefact {
        /// Which. One part of a pressure stands for the whole pressure.
        signs: BTreeSet<VitalSign>,
    },
    /// The right vital signs.
    VitalSigns {
        /// The values as they should have been charted.
        values: VitalSigns,
    },
    /// The right responsiveness score.
    Sedation {
        /// The score.
        score: SedationScore,
    },
    /// The right distress score.
    Distress {
        /// The score.
        score: DistressScore,
    },
    /// The right rating of the experience.
    Rating {
        /// 0 to 10.
        rating: Rating,
    },
    /// The right words.
    Text {
        /// The words.
        text: String,
    },
    /// The right rate.
    Rate {
        /// The rate that the pump really ran at.
        rate: MillilitresPerHour,
    },
    /// The right bolus.
    Bolus {
        /// The amount really given.
        amount: Milligrams,
    },
    /// The right dose.
    Dose {
        /// The amount really given.
        amount: Milligrams,
        /// How it really went in.
        portion: Portion,
    },
}

/// A prescriber's decision to pass a gate that the rules had closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// Why, in words.
    pub reason: String,
    /// The role that overrode.
    pub role: Role,
    /// The second clinician, where the rule asks for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second_clinician: Option<String>,
}
