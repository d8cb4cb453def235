//! What is known of a person, by whom and since when: the closed vocabulary of screening.

use super::medicine::Medicine;
use super::question::Question;
use crate::patient::{CivilDate, Sex};
use crate::record::Role;
use crate::words::words;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::sync::Arc;
use units::{
    BeatsPerMinute, BreathsPerMinute, Centimetres, DegreesCelsius, Kilograms, MillimetresOfMercury,
    Moment, OxygenSaturation,
};

words! {
    /// What is to be given.
    Product {
        /// Ketamine, both mirror images.
        Racemic = "racemic-ketamine",
        /// Esketamine as a nasal spray.
        Esketamine = "esketamine",
    }
}

words! {
    /// The way into the body.
    Route {
        /// Into a vein.
        Intravenous = "intravenous",
        /// Into a muscle.
        Intramuscular = "intramuscular",
        /// Under the skin.
        Subcutaneous = "subcutaneous",
        /// Into the nose.
        Intranasal = "intranasal",
        /// Swallowed.
        Oral = "oral",
        /// Under the tongue.
        Sublingual = "sublingual",
    }
}

impl Product {
    /// In words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Racemic => "racemic ketamine",
            Self::Esketamine => "esketamine",
        }
    }

    /// True when this product is given by this route. Esketamine is the nasal spray only.
    pub const fn is_given_by(self, route: Route) -> bool {
        match self {
            Self::Racemic => true,
            Self::Esketamine => matches!(route, Route::Intranasal),
        }
    }
}

impl Route {
    /// In words: `into a vein`.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Intravenous => "into a vein",
            Self::Intramuscular => "into a muscle",
            Self::Subcutaneous => "under the skin",
            Self::Intranasal => "into the nose",
            Self::Oral => "by mouth",
            Self::Sublingual => "under the tongue",
        }
    }
}

words! {
    /// What the visit belongs to.
    Phase {
        /// One visit, nothing planned after it.
        Single = "single",
        /// A series that is planned.
        Series = "series",
        /// Visits that keep what a series has reached.
        Maintenance = "maintenance",
    }
}

impl Phase {
    /// In words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Single => "one visit",
            Self::Series => "a series",
            Self::Maintenance => "maintenance after a series",
        }
    }
}

words! {
    /// What the treatment is for. Source: clinical reference 1.2.
    Indication {
        /// Depression that earlier antidepressants did not relieve.
        TreatmentResistantDepression = "treatment-resistant-depression",
        /// Major depression with acute suicidal ideation or behaviour.
        DepressionWithAcuteSuicidality = "depression-with-acute-suicidality",
        /// Suicidal ideation without such a depression.
        SuicidalIdeation = "suicidal-ideation",
        /// Bipolar depression.
        BipolarDepression = "bipolar-depression",
        /// Post-traumatic stress disorder.
        PostTraumaticStress = "post-traumatic-stress",
        /// Obsessive-compulsive disorder.
        ObsessiveCompulsive = "obsessive-compulsive",
        /// An anxiety disorder.
        Anxiety = "anxiety",
        /// Complex regional pain syndrome.
        ComplexRegionalPain = "complex-regional-pain",
        /// Pain after an injury of the spinal cord.
        SpinalCordInjuryPain = "spinal-cord-injury-pain",
        /// Another pain, for which the evidence is weak or none.
        OtherPain = "other-pain",
    }
}

words! {
    /// How much the liver is impaired, by the classes of Child and Pugh.
    ChildPugh {
        /// No liver disease.
        NoDisease = "none",
        /// Mild.
        A = "a",
        /// Moderate.
        B = "b",
        /// Severe.
        C = "c",
    }
}

words! {
    /// What somebody took, asked without judgement.
    Substance {
        /// Alcohol.
        Alcohol = "alcohol",
        /// Cannabis.
        Cannabis = "cannabis",
        /// Cocaine, methamphetamine or another illicit drug.
        Illicit = "illicit",
    }
}

words! {
    /// A test that may have been done. Source: clinical reference 1.7.
    Test {
        /// A pregnancy test: positive or negative.
        Pregnancy = "pregnancy",
        /// A twelve-lead electrocardiogram: the corrected QT interval in milliseconds.
        Electrocardiogram = "electrocardiogram",
        /// An ultrasound of the heart.
        Echocardiogram = "echocardiogram",
        /// Liver tests: the higher of the two transaminases, as multiples of its upper limit.
        Liver = "liver",
        /// Creatinine, given as the estimated filtration in mL/min/1.73 m².
        Kidney = "kidney",
        /// A urinalysis.
        Urinalysis = "urinalysis",
        /// A urine drug screen: positive or negative.
        UrineDrugScreen = "urine-drug-screen",
        /// The thyroid-stimulating hormone.
        Thyroid = "thyroid",
        /// A look into the state's prescription monitoring programme.
        PrescriptionMonitoring = "prescription-monitoring",
    }
}

words! {
    /// A scale whose result a rule uses.
    Scale {
        /// The highest of the four psychosis items, on anchors from 0 to 6.
        HighestPsychosisItem = "highest-psychosis-item",
        /// STOP-Bang, 0 to 8.
        SleepApnoea = "stop-bang",
        /// AUDIT-C, 0 to 12.
        Alcohol = "audit-c",
        /// DAST-10, 0 to 10.
        Drugs = "dast-10",
        /// The interstitial cystitis symptom index, 0 to 20.
        UrinarySymptoms = "icsi",
    }
}

impl Scale {
    /// The highest score that exists. Source: clinical reference 8.1; for the psychosis items 14.
    pub const fn highest(self) -> u8 {
        match self {
            Self::HighestPsychosisItem => 6,
            Self::SleepApnoea => 8,
            Self::Alcohol => 12,
            Self::Drugs => 10,
            Self::UrinarySymptoms => 20,
        }
    }
}

words! {
    /// The triage of the suicide-severity screener: an order, never a sum.
    SuicideRisk {
        /// None.
        NoRisk = "none",
        /// Low.
        Low = "low",
        /// Moderate.
        Moderate = "moderate",
        /// High.
        High = "high",
    }
}

/// Where a statement comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The person themselves.
    Patient,
    /// A parent or guardian.
    Guardian,
    /// The escort, a relative or a friend.
    Companion,
    /// Someone of the clinic's staff.
    Staff(Role),
    /// A laboratory.
    Laboratory,
    /// A document from elsewhere.
    Document,
    /// A measuring device.
    Device,
}

/// Who said something, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Witness {
    /// In which capacity.
    pub source: Source,
    /// By name.
    pub name: String,
    /// When.
    pub at: Moment,
}

/// An answer: never a bare value, and "unknown" never looks like "no".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Answer<T> {
    /// Nobody has asked, or nobody has answered.
    #[default]
    NotAsked,
    /// Asked, and the person was not sure.
    NotSure(Arc<Witness>),
    /// Answered.
    Said(T, Arc<Witness>),
}

impl<T> Answer<T> {
    /// What was said, if something was.
    pub const fn said(&self) -> Option<&T> {
        match self {
            Self::Said(value, _) => Some(value),
            Self::NotAsked | Self::NotSure(_) => None,
        }
    }

    /// Who was asked, if anybody was.
    pub const fn witness(&self) -> Option<&Arc<Witness>> {
        match self {
            Self::Said(_, witness) | Self::NotSure(witness) => Some(witness),
            Self::NotAsked => None,
        }
    }
}

/// A body weight and the day on which it was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weighing {
    /// The weight.
    pub kilograms: Kilograms,
    /// The day.
    pub on: CivilDate,
}

/// A resting blood pressure of one visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pressure {
    /// Systolic.
    pub systolic: MillimetresOfMercury,
    /// Diastolic.
    pub diastolic: MillimetresOfMercury,
    /// The day.
    pub on: CivilDate,
}

/// The vital signs of the day, before the drug.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VitalsToday {
    /// Systolic pressure, the latest at rest.
    pub systolic: Option<MillimetresOfMercury>,
    /// Diastolic pressure, the latest at rest.
    pub diastolic: Option<MillimetresOfMercury>,
    /// Heart rate.
    pub heart_rate: Option<BeatsPerMinute>,
    /// Respiratory rate.
    pub respiratory_rate: Option<BreathsPerMinute>,
    /// Oxygen saturation on air.
    pub oxygen_saturation: Option<OxygenSaturation>,
    /// Temperature.
    pub temperature: Option<DegreesCelsius>,
}

/// When something was taken last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LastUse {
    /// Never, or not for as long as the person remembers.
    Never,
    /// At this moment.
    At(Moment),
}

/// The last acute coronary syndrome, infarction, stroke or transient ischaemic attack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LastEvent {
    /// Never.
    Never,
    /// On this day.
    On(CivilDate),
}

/// How an antidepressant trial ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrialOutcome {
    /// Less than 25 % improvement.
    Below25Percent,
    /// 25 to 49 % improvement.
    From25To49Percent,
    /// At least 50 % improvement.
    AtLeast50Percent,
    /// Stopped for side effects.
    StoppedForSideEffects,
}

/// One earlier antidepressant. Every part may be unknown by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// Which drug.
    pub drug: String,
    /// Weeks at or above the usual minimum effective dose.
    pub weeks_at_adequate_dose: Option<u16>,
    /// Taken as prescribed.
    pub taken_as_prescribed: Option<bool>,
    /// In the present episode.
    pub in_this_episode: Option<bool>,
    /// How it ended.
    pub outcome: Option<TrialOutcome>,
}

/// What a reaction to a substance was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reaction {
    /// An allergy.
    Allergy,
    /// A side effect.
    SideEffect,
    /// Nobody can tell.
    Unknown,
}

/// A substance that was not tolerated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intolerance {
    /// The substance, in the words of the person.
    pub substance: String,
    /// True when it is ketamine, esketamine or what they are dissolved in; `None` when nobody has
    /// judged it yet.
    pub is_of_the_product: Option<bool>,
    /// What it was.
    pub reaction: Reaction,
}

/// A result of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TestValue {
    /// A number in the unit of the test.
    Number(Decimal),
    /// Positive.
    Positive,
    /// Negative.
    Negative,
    /// Done, and there is no single value to keep.
    NoValue,
}

/// A test, done or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Examination {
    /// Somebody says that it was not done.
    NotDone,
    /// Done.
    Done {
        /// On which day.
        on: CivilDate,
        /// With which result; `None` when it is not known yet.
        value: Option<TestValue>,
    },
}

/// A scale, scored or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scored {
    /// Somebody says that it was not done.
    NotDone,
    /// Done, with this score.
    Points(u8),
}

/// A clearance from outside, as the clinic holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clearance {
    /// The requirement, or the rule's short name in the reference.
    pub about: String,
    /// Whose it is, in the words of the rule.
    pub from: String,
    /// The date on the document.
    pub dated: CivilDate,
    /// The prescriber who accepted it; `None` until someone did.
    pub accepted: Option<Arc<Witness>>,
}

/// Everything known of a person that a rule may ask about. What is absent is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// Questions with two answers.
    pub questions: BTreeMap<Question, Answer<bool>>,
    /// Date of birth.
    pub birth_date: Answer<CivilDate>,
    /// Sex, for the limits that differ by it.
    pub sex: Answer<Sex>,
    /// Body height.
    pub height: Answer<Centimetres>,
    /// The newest body weight.
    pub weight: Answer<Weighing>,
    /// Resting pressures of earlier visits; one list, one answer.
    pub pressures: Answer<Vec<Pressure>>,
    /// Vital signs of the day.
    pub today: Answer<VitalsToday>,
    /// What the treatment is for.
    pub indication: Answer<Indication>,
    /// Earlier antidepressants; one list, one answer.
    pub trials: Answer<Vec<Trial>>,
    /// Medicines; one list, one answer.
    pub medicines: Answer<Vec<Medicine>>,
    /// Allergies and intolerances; one list, one answer.
    pub intolerances: Answer<Vec<Intolerance>>,
    /// When something was taken last.
    pub substances: BTreeMap<Substance, Answer<LastUse>>,
    /// The last acute event of heart or brain.
    pub acute_event: Answer<LastEvent>,
    /// Impairment of the liver.
    pub liver: Answer<ChildPugh>,
    /// Tests.
    pub tests: BTreeMap<Test, Answer<Examination>>,
    /// Scales.
    pub scales: BTreeMap<Scale, Answer<Scored>>,
    /// The triage of the suicide-severity screener.
    pub suicide_risk: Answer<SuicideRisk>,
    /// Clearances from outside.
    pub clearances: Vec<Clearance>,
}

impl Person {
    /// The answer to a question; absent is not asked.
    pub fn question(&self, question: Question) -> &Answer<bool> {
        self.questions.get(&question).unwrap_or(&Answer::NotAsked)
    }
}

/// What is planned, as far as a rule may ask about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// When it is to begin.
    pub at: Moment,
    /// Which day that is in the clinic's time zone: ages are counted to this day.
    pub on: CivilDate,
    /// What is to be given.
    pub product: Product,
    /// How.
    pub route: Route,
    /// What the visit belongs to.
    pub phase: Phase,
}

/// Writes a witness that several answers share as the witness itself.
pub(super) mod shared_witness {
    use super::{Arc, Deserialize, Deserializer, Serialize, Serializer, Witness};

    pub(in super::super) fn serialize<S: Serializer>(
        witness: &Option<Arc<Witness>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        witness.as_deref().serialize(serializer)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Arc<Witness>>, D::Error> {
        Option::<Witness>::deserialize(deserializer).map(|witness| witness.map(Arc::new))
    }
}

/// Writes a shared value as the value itself.
pub(super) mod shared {
    use super::{Arc, Deserialize, Deserializer, Serialize, Serializer};

    pub(in super::super) fn serialize<T: Serialize, S: Serializer>(
        shared: &Arc<T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        T::serialize(shared, serializer)
    }

    pub(in super::super) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Arc<T>, D::Error> {
        T::deserialize(deserializer).map(Arc::new)
    }
}
