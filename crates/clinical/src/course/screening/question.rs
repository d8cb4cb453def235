//! The questions with the answers yes, no and "not sure": a closed list.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// Declares the list once: the variant, its name in policies and cases, and what "yes" means.
macro_rules! questions {
    ($($variant:ident = $name:literal, $says:literal;)+) => {
        /// A question that has two answers, and "not sure".
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Question {
            $(#[doc = $says] $variant,)+
        }

        impl Question {
            /// Every question.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Its name in policies and cases.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// What "yes" means, in words.
            pub const fn says(self) -> &'static str {
                match self { $(Self::$variant => $says,)+ }
            }
        }
    };
}

questions! {
    AneurysmalVascularDisease = "condition.aneurysmal-vascular-disease", "An aneurysm of the aorta, in the head or of another artery, now or ever, repaired or not.";
    ArteriovenousMalformation = "condition.arteriovenous-malformation", "An arteriovenous malformation.";
    IntracerebralHaemorrhage = "condition.intracerebral-haemorrhage", "A bleed into the brain, ever.";
    PressureRiseHazard = "condition.pressure-rise-hazard", "A condition in which a marked rise of blood pressure would be a serious hazard, as a clinician judges.";
    SchizophreniaSpectrum = "condition.schizophrenia-spectrum", "Schizophrenia, schizoaffective or delusional disorder, even if controlled.";
    CurrentPsychoticSymptoms = "condition.current-psychotic-symptoms", "Psychotic symptoms now, those of a psychotic depression included.";
    CurrentMania = "condition.current-mania", "Mania, hypomania or a mixed state now.";
    Pregnant = "condition.pregnant", "Pregnant, as the person says.";
    CouldBePregnant = "condition.could-be-pregnant", "Able to be pregnant.";
    BreastFeeding = "condition.breast-feeding", "Breast-feeding.";
    UnstableAngina = "condition.unstable-angina", "Unstable angina.";
    DecompensatedHeartFailure = "condition.decompensated-heart-failure", "Heart failure that is not compensated.";
    UncontrolledArrhythmia = "condition.uncontrolled-arrhythmia", "An arrhythmia that is not controlled, such as atrial fibrillation with an uncontrolled rate.";
    HighGradeAtrioventricularBlock = "condition.high-grade-atrioventricular-block", "High-grade atrioventricular block.";
    RaisedIntracranialPressure = "condition.raised-intracranial-pressure", "Raised pressure inside the skull.";
    CentralNervousSystemMass = "condition.central-nervous-system-mass", "A mass in the brain or spinal cord.";
    ObstructiveHydrocephalus = "condition.obstructive-hydrocephalus", "Obstructive hydrocephalus.";
    AcuteGlobeInjury = "condition.acute-globe-injury", "A fresh injury of the eyeball.";
    UncontrolledGlaucoma = "condition.uncontrolled-glaucoma", "Glaucoma that is not controlled.";
    ActiveHallucinogenUseDisorder = "condition.active-hallucinogen-use-disorder", "A present use disorder of ketamine, phencyclidine or another hallucinogen.";
    KetamineCystitis = "condition.ketamine-cystitis", "A ketamine-type cystitis that is active.";
    UnexplainedHaematuria = "condition.unexplained-haematuria-with-urinary-symptoms", "Blood in the urine without an explanation, with urinary symptoms.";
    Delirium = "condition.delirium", "Delirium.";
    DementiaWithoutCapacity = "condition.dementia-without-capacity", "Dementia with loss of capacity.";
    UnableToConsent = "condition.unable-to-consent", "Unable to give informed consent, with no lawful surrogate.";
    AcutePorphyria = "condition.acute-porphyria", "Acute porphyria.";
    Hypertension = "condition.hypertension", "High blood pressure, diagnosed, controlled or not.";
    StableCoronaryDisease = "condition.stable-coronary-disease", "Coronary disease that is stable.";
    CompensatedHeartFailure = "condition.compensated-heart-failure", "Heart failure that is compensated.";
    ValveDisease = "condition.valve-disease", "Disease of a heart valve.";
    ControlledArrhythmia = "condition.controlled-arrhythmia", "Atrial fibrillation that is controlled, or another arrhythmia.";
    ChronicObstructivePulmonaryDisease = "condition.chronic-obstructive-pulmonary-disease", "Chronic obstructive pulmonary disease.";
    HomeOxygen = "condition.home-oxygen", "Oxygen at home.";
    PoorlyControlledAsthma = "condition.poorly-controlled-asthma", "Asthma that is poorly controlled.";
    ActiveRespiratoryInfection = "condition.active-respiratory-infection", "An infection of the airways or lungs now.";
    SleepApnoea = "condition.sleep-apnoea", "Obstructive sleep apnoea, moderate, severe or untreated.";
    UntreatedHyperthyroidism = "condition.untreated-hyperthyroidism", "An overactive thyroid that is not treated.";
    NewThyroidReplacement = "condition.new-thyroid-replacement", "Thyroid replacement that was newly started.";
    ThyroidHistory = "condition.thyroid-history", "A disease of the thyroid, now or in the past.";
    ControlledGlaucoma = "condition.controlled-glaucoma", "Glaucoma that is controlled.";
    SeizureDisorder = "condition.seizure-disorder", "A seizure disorder.";
    BipolarDisorder = "condition.bipolar-disorder", "Bipolar disorder, type I or II.";
    HistoryOfPsychosis = "condition.history-of-psychosis", "A psychosis in the past, for instance from a substance.";
    RelativeWithPsychosis = "condition.relative-with-psychosis", "A parent, brother, sister or child with a primary psychosis.";
    SubstanceUseDisorder = "condition.substance-use-disorder", "A substance use disorder, now or in remission.";
    HypertensiveEncephalopathy = "condition.hypertensive-encephalopathy", "A hypertensive encephalopathy in the past.";
    MildNeurocognitiveDisorder = "condition.mild-neurocognitive-disorder", "A mild neurocognitive disorder.";
    SymptomaticBrainInjury = "condition.symptomatic-brain-injury", "Symptoms after an injury of the brain.";
    SeverePersonalityDisorder = "condition.severe-personality-disorder", "A severe personality disorder that limits cooperation.";
    LowerUrinaryTractSymptoms = "condition.lower-urinary-tract-symptoms", "Urinary urgency, frequency, pain or waking at night to pass urine.";
    RecurrentUrinaryInfection = "condition.recurrent-urinary-infection", "Urinary infections that come back.";
    InterstitialCystitis = "condition.interstitial-cystitis", "Interstitial cystitis.";
    AnaesthesiaComplications = "condition.anaesthesia-complications", "A complication of an earlier anaesthesia.";
    DifficultAirway = "condition.difficult-airway", "An airway that was difficult, or is expected to be.";
    SlowStomachRisk = "condition.slow-stomach-risk", "With such a medicine: the dose is being raised or is high, it is given weekly, or there are symptoms of the stomach or gastroparesis.";
    GuardianConsents = "agreement.guardian-consents", "The guardian has consented.";
    PatientAssents = "agreement.patient-assents", "The young person has assented.";
    OffLabelExplained = "agreement.off-label-explained", "The person knows that the use is off-label and has consented to it.";
    SettingCertified = "site.certified-setting", "The site is certified for esketamine under the safety programme.";
    PatientEnrolled = "site.patient-enrolled", "The patient is enrolled in the safety programme, or is an inpatient, who need not be.";
    PrescriberOnSite = "site.prescriber-on-site", "A prescriber is on site while the drug is given and watched.";
    MonitoringReady = "site.monitoring-ready", "A pulse oximeter and a clinician to watch are there.";
    IntoxicatedToday = "today.intoxicated", "Under the influence of alcohol or a drug today.";
    ImpairedByCannabisToday = "today.impaired-by-cannabis", "Impaired by cannabis today.";
    StomachSymptomsToday = "today.stomach-symptoms", "Nausea, vomiting, bloating or abdominal pain today.";
    GlucoseCheckedToday = "today.glucose-checked", "The glucose was checked before the visit, today.";
}

impl Question {
    /// The question of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|question| question.name() == name)
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Question {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Question {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::of_name(&name)
            .ok_or_else(|| serde::de::Error::custom(format!("{name:?} is no question")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_question_has_a_name_of_its_own_by_which_it_is_found() {
        let names: BTreeSet<_> = Question::ALL.iter().map(|known| known.name()).collect();
        assert_eq!(names.len(), Question::ALL.len());
        for question in Question::ALL {
            assert_eq!(Question::of_name(question.name()), Some(*question));
        }
    }
}
