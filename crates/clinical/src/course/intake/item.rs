//! What an answer is about: a closed list, each with one name in records, addresses and forms.

use crate::course::screening::Question;
use crate::course::screening::person::{Scale, Substance, Test};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// What an answer is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Item {
    /// A question with two answers.
    Question(Question),
    /// Body height.
    Height,
    /// Body weight.
    Weight,
    /// Resting pressures of earlier visits.
    Pressures,
    /// The vital signs of the day.
    Today,
    /// What the treatment is for.
    Indication,
    /// Earlier antidepressants.
    Trials,
    /// Medicines.
    Medicines,
    /// Allergies and intolerances.
    Intolerances,
    /// When something was taken last.
    LastUse(Substance),
    /// The last acute event of heart or brain.
    AcuteEvent,
    /// Impairment of the liver.
    Liver,
    /// A test.
    Test(Test),
    /// A scale that staff have scored.
    Scale(Scale),
    /// The triage of the suicide-severity screener.
    SuicideRisk,
    /// Earlier operations, in words. No rule reads them; the reviewer does.
    Operations,
    /// One item of a questionnaire.
    OfScale {
        /// The instrument.
        instrument: String,
        /// Its item.
        item: String,
    },
}

impl Item {
    /// Its name.
    pub fn name(&self) -> String {
        match self {
            Self::Question(question) => question.name().to_owned(),
            Self::Height => "height".to_owned(),
            Self::Weight => "weight".to_owned(),
            Self::Pressures => "blood-pressures".to_owned(),
            Self::Today => "today".to_owned(),
            Self::Indication => "indication".to_owned(),
            Self::Trials => "trials".to_owned(),
            Self::Medicines => "medicines".to_owned(),
            Self::Intolerances => "allergies".to_owned(),
            Self::LastUse(substance) => format!("last-use.{}", substance.word()),
            Self::AcuteEvent => "acute-event".to_owned(),
            Self::Liver => "liver".to_owned(),
            Self::Test(test) => format!("test.{}", test.word()),
            Self::Scale(scale) => format!("scale.{}", scale.word()),
            Self::SuicideRisk => "suicide-risk".to_owned(),
            Self::Operations => "operations".to_owned(),
            Self::OfScale { instrument, item } => format!("of-scale.{instrument}.{item}"),
        }
    }

    /// The item of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        if let Some(question) = Question::of_name(name) {
            return Some(Self::Question(question));
        }
        Some(match name {
            "height" => Self::Height,
            "weight" => Self::Weight,
            "blood-pressures" => Self::Pressures,
            "today" => Self::Today,
            "indication" => Self::Indication,
            "trials" => Self::Trials,
            "medicines" => Self::Medicines,
            "allergies" => Self::Intolerances,
            "acute-event" => Self::AcuteEvent,
            "liver" => Self::Liver,
            "suicide-risk" => Self::SuicideRisk,
            "operations" => Self::Operations,
            other => return Self::of_family(other),
        })
    }

    fn of_family(name: &str) -> Option<Self> {
        let (family, member) = name.split_once('.')?;
        match family {
            "last-use" => Substance::of_word(member).map(Self::LastUse),
            "test" => Test::of_word(member).map(Self::Test),
            "scale" => Scale::of_word(member).map(Self::Scale),
            "of-scale" => {
                let (instrument, item) = member.split_once('.')?;
                Some(Self::OfScale {
                    instrument: instrument.to_owned(),
                    item: item.to_owned(),
                })
            }
            _ => None,
        }
    }

    /// Every item but those of questionnaires.
    pub fn all() -> Vec<Self> {
        let mut all: Vec<Self> = Question::ALL.iter().copied().map(Self::Question).collect();
        all.extend([
            Self::Height,
            Self::Weight,
            Self::Pressures,
            Self::Today,
            Self::Indication,
            Self::Trials,
            Self::Medicines,
            Self::Intolerances,
            Self::AcuteEvent,
            Self::Liver,
            Self::SuicideRisk,
            Self::Operations,
        ]);
        all.extend(Substance::ALL.iter().copied().map(Self::LastUse));
        all.extend(Test::ALL.iter().copied().map(Self::Test));
        all.extend(Scale::ALL.iter().copied().map(Self::Scale));
        all
    }

    /// True for what only staff say: it needs a clinician's judgement, an examination, or is an
    /// agreement or a fact of the site. Source: clinical reference 1.3 to 1.7, project default.
    pub const fn is_for_staff_only(&self) -> bool {
        match self {
            Self::Question(question) => is_for_staff_only(*question),
            Self::Pressures
            | Self::Today
            | Self::Indication
            | Self::Liver
            | Self::Test(_)
            | Self::Scale(_)
            | Self::SuicideRisk => true,
            Self::Height
            | Self::Weight
            | Self::Trials
            | Self::Medicines
            | Self::Intolerances
            | Self::LastUse(_)
            | Self::AcuteEvent
            | Self::Operations
            | Self::OfScale { .. } => false,
        }
    }
}

const fn is_for_staff_only(question: Question) -> bool {
    match question {
        // What a clinician judges, or sees and the person cannot.
        Question::PressureRiseHazard
        | Question::CurrentPsychoticSymptoms
        | Question::CurrentMania
        | Question::ActiveHallucinogenUseDisorder
        | Question::Delirium
        | Question::DementiaWithoutCapacity
        | Question::UnableToConsent
        | Question::SeverePersonalityDisorder
        | Question::SlowStomachRisk
        // Agreements and the site.
        | Question::GuardianConsents
        | Question::PatientAssents
        | Question::OffLabelExplained
        | Question::SettingCertified
        | Question::PatientEnrolled
        | Question::PrescriberOnSite
        | Question::MonitoringReady
        // Asked on the day.
        | Question::IntoxicatedToday
        | Question::ImpairedByCannabisToday
        | Question::StomachSymptomsToday
        | Question::GlucoseCheckedToday => true,
        Question::AneurysmalVascularDisease
        | Question::ArteriovenousMalformation
        | Question::IntracerebralHaemorrhage
        | Question::SchizophreniaSpectrum
        | Question::Pregnant
        | Question::CouldBePregnant
        | Question::BreastFeeding
        | Question::UnstableAngina
        | Question::DecompensatedHeartFailure
        | Question::UncontrolledArrhythmia
        | Question::HighGradeAtrioventricularBlock
        | Question::RaisedIntracranialPressure
        | Question::CentralNervousSystemMass
        | Question::ObstructiveHydrocephalus
        | Question::AcuteGlobeInjury
        | Question::UncontrolledGlaucoma
        | Question::KetamineCystitis
        | Question::UnexplainedHaematuria
        | Question::AcutePorphyria
        | Question::Hypertension
        | Question::StableCoronaryDisease
        | Question::CompensatedHeartFailure
        | Question::ValveDisease
        | Question::ControlledArrhythmia
        | Question::ChronicObstructivePulmonaryDisease
        | Question::HomeOxygen
        | Question::PoorlyControlledAsthma
        | Question::ActiveRespiratoryInfection
        | Question::SleepApnoea
        | Question::UntreatedHyperthyroidism
        | Question::NewThyroidReplacement
        | Question::ThyroidHistory
        | Question::ControlledGlaucoma
        | Question::SeizureDisorder
        | Question::BipolarDisorder
        | Question::HistoryOfPsychosis
        | Question::RelativeWithPsychosis
        | Question::SubstanceUseDisorder
        | Question::HypertensiveEncephalopathy
        | Question::MildNeurocognitiveDisorder
        | Question::SymptomaticBrainInjury
        | Question::LowerUrinaryTractSymptoms
        | Question::RecurrentUrinaryInfection
        | Question::InterstitialCystitis
        | Question::AnaesthesiaComplications
        | Question::DifficultAirway => false,
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

impl Serialize for Item {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::of_name(&name).ok_or_else(|| serde::de::Error::custom(format!("{name:?} is no item")))
    }
}
