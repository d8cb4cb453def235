//! The texts that people consent to: data in two languages, filled with the clinic's own numbers.

use crate::course::screening::person::Product;
use crate::leaflet::{Language, fill_places, places_of};
use crate::policy::Quantity;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt;

/// The texts that ship: the file and what stands in it.
const SHIPPED: [(&str, &str); 2] = [
    (
        "consents/consent.toml",
        include_str!("../../../../../consents/consent.toml"),
    ),
    (
        "consents/assent.toml",
        include_str!("../../../../../consents/assent.toml"),
    ),
];

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
    const OF_ASSENT: [Self; 6] = [
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

/// A text for one medicine, as it is written, with places for the clinic's own numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// For which medicine.
    pub product: Product,
    /// What it is for.
    pub kind: Kind,
    /// Raised with every change of meaning. It stands in the text.
    pub version: u32,
    /// Where the elements and the wording come from.
    pub source: String,
    title: InLanguages<String>,
    medicine: InLanguages<String>,
    sections: Vec<Written>,
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
struct InLanguages<T> {
    en: T,
    es: T,
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
struct Words {
    heading: String,
    paragraphs: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Written {
    element: Element,
    words: InLanguages<Words>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    kind: Kind,
    products: Vec<Product>,
    source: String,
    title: InLanguages<String>,
    product: BTreeMap<String, InLanguages<String>>,
    section: Vec<SectionOfFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SectionOfFile {
    element: Element,
    #[serde(default)]
    only_for: Vec<Product>,
    source: String,
    en: Words,
    es: Words,
}

/// A file of texts that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {reason}")]
pub struct UnreadableText {
    /// The file.
    pub file: String,
    /// Why not.
    pub reason: String,
}

impl Text {
    /// The texts that ship, one for each medicine and kind.
    pub fn shipped() -> Result<Vec<Self>, UnreadableText> {
        let mut all = Vec::new();
        for (file, text) in SHIPPED {
            all.extend(Self::read(file, text)?);
        }
        Ok(all)
    }

    /// Reads a file: one text for each medicine that it names.
    ///
    /// Refuses a file in which, for one of them, an element is missing or without words or source
    /// in a language, and a place that names neither a parameter, the medicine nor the version.
    // Hazard: H25
    pub fn read(file: &str, text: &str) -> Result<Vec<Self>, UnreadableText> {
        let unreadable = |reason: String| UnreadableText {
            file: file.to_owned(),
            reason,
        };
        let read: File = toml::from_str(text).map_err(|error| unreadable(error.to_string()))?;
        read.products
            .iter()
            .map(|product| read.text_for(*product).map_err(unreadable))
            .collect()
    }

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

    /// Every `policy.parameter` that the text asks for, in every language, with repetitions.
    pub fn places(&self) -> Vec<&str> {
        self.texts()
            .flat_map(|text| places_of(text))
            .filter(|place| !matches!(*place, "product" | "version"))
            .collect()
    }

    /// Title, headings and paragraphs, in every language.
    fn texts(&self) -> impl Iterator<Item = &String> {
        self.sections
            .iter()
            .flat_map(|written| [&written.words.en, &written.words.es])
            .flat_map(|words| words.paragraphs.iter().chain([&words.heading]))
            .chain([&self.title.en, &self.title.es])
    }
}

impl File {
    fn text_for(&self, product: Product) -> Result<Text, String> {
        let medicine = self
            .product
            .get(product.word())
            .ok_or_else(|| format!("no words for {}", product.word()))?;
        let sections: Vec<Written> = self
            .section
            .iter()
            .filter(|section| section.only_for.is_empty() || section.only_for.contains(&product))
            .map(SectionOfFile::written)
            .collect::<Result<_, _>>()?;
        let needed: &[Element] = match self.kind {
            Kind::Consent => &Element::ALL,
            Kind::Assent => &Element::OF_ASSENT,
        };
        let missing = needed
            .iter()
            .find(|element| sections.iter().all(|known| known.element != **element));
        if let Some(missing) = missing {
            return Err(format!("nothing about {missing} for {}", product.word()));
        }
        let text = Text {
            product,
            kind: self.kind,
            version: self.version,
            source: self.source.clone(),
            title: self.title.clone(),
            medicine: medicine.clone(),
            sections,
        };
        // A brace that is not closed would reach whoever signs as it stands.
        let braces = |text: &String, brace: char| text.matches(brace).count();
        if let Some(text) = text
            .texts()
            .find(|text| braces(text, '{') != braces(text, '}'))
        {
            return Err(format!("a place is not closed: {text}"));
        }
        let odd = text.places().into_iter().find(|place| !place.contains('.'));
        if let Some(place) = odd {
            return Err(format!("{{{place}}} names no policy and parameter"));
        }
        Ok(text)
    }
}

impl SectionOfFile {
    fn written(&self) -> Result<Written, String> {
        let empty = |words: &Words| {
            words.heading.trim().is_empty()
                || words.paragraphs.is_empty()
                || words.paragraphs.iter().any(|text| text.trim().is_empty())
        };
        if self.source.trim().is_empty() || empty(&self.en) || empty(&self.es) {
            return Err(format!("{} lacks words or a source", self.element));
        }
        Ok(Written {
            element: self.element,
            words: InLanguages {
                en: self.en.clone(),
                es: self.es.clone(),
            },
        })
    }
}
