//! What patients read. The text is data; every age and hour in it is the clinic's adopted rule.
//!
//! `{policy.parameter}` in a text stands for that parameter as it is in force. A leaflet cannot
//! disagree with the gate that guards the start, because both ask the same rule.

use crate::policy::{Quantity, Unit};
use serde::{Deserialize, Serialize};

/// A language that leaflets are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Language {
    /// English.
    #[serde(rename = "en")]
    English,
    /// Spanish.
    #[serde(rename = "es")]
    Spanish,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::English, Self::Spanish];

    /// The language's tag, as in a page's `lang`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
        }
    }

    /// The language in its own words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Spanish => "Español",
        }
    }

    /// The language of a tag such as `es` or `es-MX`.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or_default().trim();
        Self::ALL
            .into_iter()
            .find(|known| primary.eq_ignore_ascii_case(known.tag()))
    }

    /// What stands where no rule in force gives the number: never a number of our own.
    const fn ask_us(self) -> &'static str {
        match self {
            Self::English => "(ask the clinic)",
            Self::Spanish => "(pregunte a la clínica)",
        }
    }

    /// A quantity in words that a patient reads.
    fn quantity(self, quantity: Quantity) -> String {
        let one = quantity.value == rust_decimal::Decimal::ONE;
        let unit = match (self, quantity.unit, one) {
            (Self::English, Unit::Hours, true) => "hour",
            (Self::English, Unit::Hours, false) => "hours",
            (Self::English, Unit::Minutes, true) => "minute",
            (Self::English, Unit::Minutes, false) => "minutes",
            (Self::English, Unit::Years, true) => "year",
            (Self::English, Unit::Years, false) => "years",
            (Self::English, Unit::Days, true) => "day",
            (Self::English, Unit::Days, false) => "days",
            (Self::English, Unit::Months, true) => "month",
            (Self::English, Unit::Months, false) => "months",
            (Self::Spanish, Unit::Hours, true) => "hora",
            (Self::Spanish, Unit::Hours, false) => "horas",
            (Self::Spanish, Unit::Minutes, true) => "minuto",
            (Self::Spanish, Unit::Minutes, false) => "minutos",
            (Self::Spanish, Unit::Years, true) => "año",
            (Self::Spanish, Unit::Years, false) => "años",
            (Self::Spanish, Unit::Days, true) => "día",
            (Self::Spanish, Unit::Days, false) => "días",
            (Self::Spanish, Unit::Months, true) => "mes",
            (Self::Spanish, Unit::Months, false) => "meses",
            (Self::English | Self::Spanish, _, _) => return quantity.to_string(),
        };
        format!("{}\u{a0}{unit}", quantity.value.normalize())
    }
}

// Hazard: H47
/// A leaflet as it is written, with places for the clinic's own numbers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leaflet {
    /// Its name, the same in every language.
    pub id: String,
    /// The language.
    pub language: Language,
    /// Raised with every change of the text.
    pub version: u32,
    /// The title.
    pub title: String,
    /// One sentence under the title.
    pub summary: String,
    /// The text.
    #[serde(rename = "section")]
    pub sections: Vec<Section>,
    /// Where the facts come from, at the foot.
    #[serde(rename = "source")]
    pub sources: Vec<Source>,
}

/// A part of a leaflet under its heading.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// The heading.
    pub heading: String,
    /// Paragraphs.
    #[serde(default)]
    pub paragraphs: Vec<String>,
    /// A list below them.
    #[serde(default)]
    pub points: Vec<String>,
    /// A switch of the clinic's rules, as `policy.parameter`: only while it is on is this shown.
    #[serde(default)]
    pub only_when_on: Option<String>,
}

/// A source.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// In words.
    pub says: String,
}

/// A leaflet file that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {reason}")]
pub struct UnreadableLeaflet {
    /// The file.
    pub file: String,
    /// Why not.
    pub reason: String,
}

macro_rules! shipped {
    ($name:literal) => {
        (
            concat!("leaflets/", $name, ".toml"),
            include_str!(concat!("../../../leaflets/", $name, ".toml")),
        )
    };
}

/// The leaflets that ship: the file and its text, in the order in which they are listed.
pub const SHIPPED: [(&str, &str); 12] = [
    shipped!("en/what-to-expect"),
    shipped!("en/how-it-may-help"),
    shipped!("en/going-home"),
    shipped!("en/taking-home"),
    shipped!("en/feelings-and-side-effects"),
    shipped!("en/questions"),
    shipped!("es/what-to-expect"),
    shipped!("es/how-it-may-help"),
    shipped!("es/going-home"),
    shipped!("es/taking-home"),
    shipped!("es/feelings-and-side-effects"),
    shipped!("es/questions"),
];

/// Reads every leaflet that ships.
pub fn shipped() -> Result<Vec<Leaflet>, UnreadableLeaflet> {
    SHIPPED
        .iter()
        .map(|(file, text)| Leaflet::read(file, text))
        .collect()
}

impl Leaflet {
    /// Reads a leaflet's file. Refuses an unknown field, a leaflet without text or source, and a
    /// place that names no `policy.parameter`.
    pub fn read(file: &str, text: &str) -> Result<Self, UnreadableLeaflet> {
        let unreadable = |reason: String| UnreadableLeaflet {
            file: file.to_owned(),
            reason,
        };
        let leaflet: Self = toml::from_str(text).map_err(|error| unreadable(error.to_string()))?;
        if leaflet.sections.is_empty() || leaflet.sources.is_empty() {
            return Err(unreadable("a leaflet has a text and a source".to_owned()));
        }
        for place in leaflet.places() {
            if place.split_once('.').is_none() {
                return Err(unreadable(format!(
                    "{{{place}}} names no policy and parameter"
                )));
            }
        }
        Ok(leaflet)
    }

    /// Every `policy.parameter` that the text asks for, in order, with repetitions.
    pub fn places(&self) -> Vec<&str> {
        let mut places = Vec::new();
        for section in &self.sections {
            places.extend(section.only_when_on.as_deref());
            for text in section.paragraphs.iter().chain(&section.points) {
                places.extend(places_of(text));
            }
        }
        places
    }

    /// The leaflet with the clinic's numbers in their places. `value` gives the parameter of a
    /// policy as it is in force; where it gives none, the leaflet says to ask the clinic.
    pub fn filled(&self, value: impl Fn(&str, &str) -> Option<Quantity>) -> Self {
        let named = |place: &str| {
            let (policy, parameter) = place.split_once('.')?;
            value(policy, parameter)
        };
        let is_on = |section: &Section| {
            section.only_when_on.as_deref().is_none_or(|switch| {
                named(switch).is_some_and(|quantity| !quantity.value.is_zero())
            })
        };
        let fill = |text: &String| fill_places(text, self.language, named);
        Self {
            sections: self
                .sections
                .iter()
                .filter(|section| is_on(section))
                .map(|section| Section {
                    heading: section.heading.clone(),
                    paragraphs: section.paragraphs.iter().map(fill).collect(),
                    points: section.points.iter().map(fill).collect(),
                    only_when_on: section.only_when_on.clone(),
                })
                .collect(),
            ..self.clone()
        }
    }
}

/// The places of a text, in order: what stands between braces.
pub(crate) fn places_of(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| {
        let (place, _) = rest.split_once('}')?;
        Some(place)
    })
}

/// A text with the clinic's numbers in its places, in words of a language. Where none is known, it
/// says to ask the clinic.
pub(crate) fn fill_places(
    text: &str,
    language: Language,
    named: impl Fn(&str) -> Option<Quantity>,
) -> String {
    let mut parts = text.split('{');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once('}') {
            Some((place, rest)) => {
                match named(place) {
                    Some(quantity) => out.push_str(&language.quantity(quantity)),
                    None => out.push_str(language.ask_us()),
                }
                out.push_str(rest);
            }
            None => {
                out.push('{');
                out.push_str(part);
            }
        }
    }
    out
}
