//! The texts that people consent to: data in two languages, filled with the clinic's own numbers.

use super::text_file::TextProblem;
use crate::course::screening::person::Product;
use crate::leaflet::{Language, fill_places, places_of};
use crate::policy::{Quantity, Unit};
use crate::reading_age::ReadingAge;
use rust_decimal::Decimal;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::fmt;

/// What a text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The patient, or their guardian, consents.
    Consent,
    /// A minor agrees, beside their guardian.
    Assent,
}

/// What a consent has to speak of. Source: clinical reference 10.2, every element of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Element {
    /// For which illness.
    Diagnosis,
    /// Whether it is approved for that.
    OffLabel,
    /// How it works, which is uncertain.
    HowItWorks,
    /// What else there is: no treatment, ECT, TMS, the other product, psychotherapy.
    Alternatives,
    /// What it may do, with numbers, and relapse.
    Benefits,
    /// Common effects.
    CommonEffects,
    /// Dissociation.
    Dissociation,
    /// Blood pressure.
    BloodPressure,
    /// Breathing and sedation.
    Breathing,
    /// The bladder.
    Bladder,
    /// The liver.
    Liver,
    /// Memory and thinking.
    Cognition,
    /// Dependence and misuse.
    Dependence,
    /// Pregnancy and breast-feeding.
    Pregnancy,
    /// Other medicines, alcohol and drugs.
    Interactions,
    /// Driving.
    Driving,
    /// Who takes the person home.
    Escort,
    /// How the person is watched.
    Monitoring,
    /// Who is present, and touch.
    Presence,
    /// What is done in an emergency.
    Emergency,
    /// Recording and privacy.
    Privacy,
    /// To whom data go.
    DataSharing,
    /// The right to stop.
    RightToStop,
    /// What it costs.
    Costs,
    /// Questions.
    Questions,
    /// Who signs.
    Signatures,
    /// That a copy is given.
    Copy,
    /// Which version it is.
    Version,
    /// How long it holds.
    Expiry,
}

impl Kind {
    /// Its name in files and on the command line: `assent`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::Assent => "assent",
        }
    }

    /// The kind of a name in files.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Consent, Self::Assent]
            .into_iter()
            .find(|known| known.word() == word)
    }
}

impl Element {
    /// Every one, in the order of the list.
    pub const ALL: [Self; 29] = [
        Self::Diagnosis,
        Self::OffLabel,
        Self::HowItWorks,
        Self::Alternatives,
        Self::Benefits,
        Self::CommonEffects,
        Self::Dissociation,
        Self::BloodPressure,
        Self::Breathing,
        Self::Bladder,
        Self::Liver,
        Self::Cognition,
        Self::Dependence,
        Self::Pregnancy,
        Self::Interactions,
        Self::Driving,
        Self::Escort,
        Self::Monitoring,
        Self::Presence,
        Self::Emergency,
        Self::Privacy,
        Self::DataSharing,
        Self::RightToStop,
        Self::Costs,
        Self::Questions,
        Self::Signatures,
        Self::Copy,
        Self::Version,
        Self::Expiry,
    ];

    /// What a young person is told at the least. Source: clinical reference 10.2; a project
    /// default, because the reference does not list the elements of an assent.
    pub(super) const OF_ASSENT: [Self; 6] = [
        Self::Diagnosis,
        Self::Alternatives,
        Self::Dissociation,
        Self::Monitoring,
        Self::RightToStop,
        Self::Questions,
    ];

    /// Its name in files and addresses: `off-label`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Diagnosis => "diagnosis",
            Self::OffLabel => "off-label",
            Self::HowItWorks => "how-it-works",
            Self::Alternatives => "alternatives",
            Self::Benefits => "benefits",
            Self::CommonEffects => "common-effects",
            Self::Dissociation => "dissociation",
            Self::BloodPressure => "blood-pressure",
            Self::Breathing => "breathing",
            Self::Bladder => "bladder",
            Self::Liver => "liver",
            Self::Cognition => "cognition",
            Self::Dependence => "dependence",
            Self::Pregnancy => "pregnancy",
            Self::Interactions => "interactions",
            Self::Driving => "driving",
            Self::Escort => "escort",
            Self::Monitoring => "monitoring",
            Self::Presence => "presence",
            Self::Emergency => "emergency",
            Self::Privacy => "privacy",
            Self::DataSharing => "data-sharing",
            Self::RightToStop => "right-to-stop",
            Self::Costs => "costs",
            Self::Questions => "questions",
            Self::Signatures => "signatures",
            Self::Copy => "copy",
            Self::Version => "version",
            Self::Expiry => "expiry",
        }
    }
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What stands in the place of a number while the ease of a text is measured.
const HOURS: Quantity = Quantity {
    value: Decimal::TEN,
    unit: Unit::Hours,
};

/// A text for one medicine, as it is written, with places for the clinic's own numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The file that it stands in.
    pub file: String,
    /// For which medicine.
    pub product: Product,
    /// What it is for.
    pub kind: Kind,
    /// Raised with every change of meaning. It stands in the text.
    pub version: u32,
    /// Where the elements and the wording come from.
    pub source: String,
    pub(super) title: InLanguages<String>,
    pub(super) medicine: InLanguages<String>,
    pub(super) sections: Vec<Written>,
}

/// The clinic's own numbers.
pub struct Filling<'a> {
    /// A parameter of a policy, as it is in force.
    pub value: &'a dyn Fn(&str, &str) -> Option<Quantity>,
}

/// A text as a person reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    /// The title.
    pub title: String,
    /// Its parts, in order.
    pub sections: Vec<Section>,
    /// The whole as one plain text: this is what is kept.
    pub plain: String,
    /// SHA-256 of `plain`, in hexadecimal: this is what is signed.
    pub digest: String,
}

/// A part of a text under its heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// What it speaks of.
    pub element: Element,
    /// The heading.
    pub heading: String,
    /// The paragraphs.
    pub paragraphs: Vec<String>,
}

/// The same in every language. A text that lacks one cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InLanguages<T> {
    pub(super) en: T,
    pub(super) es: T,
}

impl<T> InLanguages<T> {
    const fn of(&self, language: Language) -> &T {
        match language {
            Language::English => &self.en,
            Language::Spanish => &self.es,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub(super) heading: String,
    pub(super) paragraphs: Vec<String>,
}

/// A section as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) element: Element,
    /// Shown while a switch of the clinic's rules stands so; `None`: always.
    pub(super) only_when: Option<OnlyWhen>,
    pub(super) words: InLanguages<Words>,
}

/// A switch of the clinic's rules, and how it must stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OnlyWhen {
    /// `policy.parameter`.
    pub(super) switch: String,
    pub(super) on: bool,
}

impl Text {
    /// The text in a language, with the clinic's numbers in their places. Where no rule in force
    /// gives one, it says to ask the clinic.
    pub fn filled(&self, language: Language, filling: &Filling<'_>) -> Filled {
        let fill = |text: &String| {
            let text = text
                .replace("{product}", self.medicine.of(language))
                .replace("{version}", &self.version.to_string());
            fill_places(&text, language, |place| {
                let (policy, parameter) = place.split_once('.')?;
                (filling.value)(policy, parameter)
            })
        };
        let title = fill(self.title.of(language));
        let sections: Vec<Section> = self
            .sections
            .iter()
            .filter(|written| written.is_shown(filling))
            .map(|written| {
                let words = written.words.of(language);
                Section {
                    element: written.element,
                    heading: fill(&words.heading),
                    paragraphs: words.paragraphs.iter().map(fill).collect(),
                }
            })
            .collect();
        let mut plain = format!("{title}\n");
        for section in &sections {
            plain.push_str(&format!("\n{}\n", section.heading));
            for paragraph in &section.paragraphs {
                plain.push_str(&format!("{paragraph}\n"));
            }
        }
        let digest = Sha256::digest(plain.as_bytes())
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Filled {
            title,
            sections,
            plain,
            digest,
        }
    }

    /// Every place that the rules fill with nothing: each would be a hole in what is signed.
    // Hazard: H47
    pub fn problems(&self, filling: &Filling<'_>) -> Vec<TextProblem> {
        let value = |place: &str| {
            let (policy, parameter) = place.split_once('.')?;
            (filling.value)(policy, parameter)
        };
        let mut problems = Vec::new();
        let mut tell = |section: &str, says: String| {
            let problem = self.problem(section, says);
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        };
        for (section, place) in self.named_places() {
            if value(place).is_none() {
                tell(
                    section,
                    format!("{{{place}}} is no value of the clinic's rules"),
                );
            }
        }
        for written in &self.sections {
            let Some(OnlyWhen { switch, .. }) = &written.only_when else {
                continue;
            };
            if value(switch).is_none_or(|known| known.unit != Unit::Switch) {
                let says = format!("{switch} is no switch of the clinic's rules");
                tell(written.element.word(), says);
            }
        }
        problems
    }

    /// Something about a section of this text; about the whole of it where the section is empty.
    pub(super) fn problem(&self, section: &str, says: String) -> TextProblem {
        TextProblem {
            file: self.file.clone(),
            section: section.to_owned(),
            says,
        }
    }

    /// Every `policy.parameter` that the text asks for, in every language, with repetitions.
    pub fn places(&self) -> Vec<&str> {
        self.named_places().map(|(_, place)| place).collect()
    }

    /// The same, each with the name of its section.
    pub(super) fn named_places(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.texts()
            .flat_map(|(section, text)| places_of(text).map(move |place| (section, place)))
            .filter(|(_, place)| !matches!(*place, "product" | "version"))
    }

    /// How hard it is to read, with every section that it has.
    pub fn reading_age(&self, language: Language) -> Option<ReadingAge> {
        let texts: Vec<String> = self
            .texts_in(language)
            .map(|(_, text)| {
                let text = text.replace("{product}", self.medicine.of(language));
                // A number is read as a number, whichever it is.
                fill_places(&text, language, |_| Some(HOURS))
            })
            .collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        ReadingAge::of(language, &texts)
    }

    /// Title, headings and paragraphs, in every language, each with the name of its section.
    pub(super) fn texts(&self) -> impl Iterator<Item = (&'static str, &String)> {
        Language::ALL
            .into_iter()
            .flat_map(|language| self.texts_in(language))
    }

    fn texts_in(&self, language: Language) -> impl Iterator<Item = (&'static str, &String)> {
        let of_sections = self.sections.iter().flat_map(move |written| {
            let words = written.words.of(language);
            [&words.heading]
                .into_iter()
                .chain(&words.paragraphs)
                .map(|text| (written.element.word(), text))
        });
        [("title", self.title.of(language))]
            .into_iter()
            .chain(of_sections)
    }
}

impl Written {
    /// Whether it is shown by the rules in force. A switch that is not known hides nothing.
    fn is_shown(&self, filling: &Filling<'_>) -> bool {
        let Some(OnlyWhen { switch, on }) = &self.only_when else {
            return true;
        };
        let switch = switch
            .split_once('.')
            .and_then(|(policy, parameter)| (filling.value)(policy, parameter));
        switch.is_none_or(|known| known.value.is_zero() != *on)
    }
}
