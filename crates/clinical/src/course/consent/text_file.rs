//! The files of consent texts: what may stand in one, and everything that is wrong with it.

use super::text::{Element, InLanguages, Kind, OnlyWhen, Text, Words, Written};
use crate::course::screening::person::Product;
use crate::leaflet::Language;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;

/// Something in a file of texts that is not right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextProblem {
    /// The file.
    pub file: String,
    /// The section, by the name of its element; empty where it is the whole file.
    pub section: String,
    /// What is wrong, without a full stop.
    pub says: String,
}

impl fmt::Display for TextProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            section,
            says,
        } = self;
        if section.is_empty() {
            write!(f, "{file}: {says}.")
        } else {
            write!(f, "{file}, section {section}: {says}.")
        }
    }
}

/// Files of texts that cannot be used: one sentence for each thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct UnreadableTexts(pub Vec<TextProblem>);

impl fmt::Display for UnreadableTexts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
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
    only_when_on: Option<String>,
    only_when_off: Option<String>,
    source: String,
    en: Words,
    es: Words,
}

impl Text {
    /// Reads a file: one text for each medicine that it names.
    ///
    /// Refuses, with everything that is wrong: for one of the medicines, an element that is missing
    /// or without words or source in a language, whichever way the clinic's switches stand; a place
    /// that names neither a parameter, the medicine nor the version; words that a child of eleven
    /// cannot read; an assent to a medicine that minors never are given.
    // Hazard: H25
    pub fn read(file: &str, text: &str) -> Result<Vec<Self>, UnreadableTexts> {
        let read: File = toml::from_str(text).map_err(|error| {
            let line = error.span().and_then(|span| text.get(..span.start));
            let line = line.map_or(1, |before| before.matches('\n').count() + 1);
            let message: Vec<&str> = error.message().lines().map(str::trim).collect();
            UnreadableTexts(vec![TextProblem {
                file: file.to_owned(),
                section: String::new(),
                says: format!("line {line}, {}", message.join(" ")),
            }])
        })?;
        let mut problems = Vec::new();
        let mut tell = |section: &str, says: String| {
            let problem = TextProblem {
                file: file.to_owned(),
                section: section.to_owned(),
                says,
            };
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        };
        if read.products.is_empty() {
            tell("", "it names no medicine".to_owned());
        }
        let mut texts = Vec::new();
        for product in &read.products {
            texts.extend(read.text_for(file, *product, &mut tell));
        }
        if problems.is_empty() {
            Ok(texts)
        } else {
            Err(UnreadableTexts(problems))
        }
    }
}

impl File {
    /// The text for a medicine; tells what is wrong with it.
    fn text_for(
        &self,
        file: &str,
        product: Product,
        tell: &mut impl FnMut(&str, String),
    ) -> Option<Text> {
        let name = product.word();
        if self.kind == Kind::Assent && !is_given_to_minors(product) {
            tell(
                "",
                format!("minors are never given {name}, so they cannot agree to it"),
            );
            return None;
        }
        let Some(medicine) = self.product.get(name) else {
            tell("", format!("no words for {name}"));
            return None;
        };
        let mut sections = Vec::new();
        for section in &self.section {
            if section.only_for.is_empty() || section.only_for.contains(&product) {
                sections.extend(section.written(tell));
            }
        }
        let needed: &[Element] = match self.kind {
            Kind::Consent => &Element::ALL,
            Kind::Assent => &Element::OF_ASSENT,
        };
        for element in needed {
            if sections.iter().all(|known| known.element != *element) {
                tell("", format!("nothing about {element} for {name}"));
            } else if let Some(switch) = gap(*element, &sections) {
                let says = format!("for {name} nothing is said while {switch} stands otherwise");
                tell(element.word(), says);
            }
        }
        let text = Text {
            file: file.to_owned(),
            product,
            kind: self.kind,
            version: self.version,
            source: self.source.clone(),
            title: self.title.clone(),
            medicine: medicine.clone(),
            sections,
        };
        let braces = |text: &str, brace: char| text.matches(brace).count();
        for (section, words) in text.texts() {
            // A brace that is not closed would reach whoever signs as it stands.
            if braces(words, '{') != braces(words, '}') {
                tell(section, format!("a place is not closed: {words}"));
            }
        }
        for (section, place) in text.named_places() {
            if !place.contains('.') {
                tell(
                    section,
                    format!("{{{place}}} names no policy and parameter"),
                );
            }
        }
        for language in Language::ALL {
            let age = text.reading_age(language);
            if let Some(age) = age.filter(|age| !age.suits_eleven()) {
                let says = format!(
                    "the text for {name} is too hard to read in {}, {age}; it must not be beyond \
                     grade 6 in English or below ease 65 in Spanish",
                    language.says()
                );
                tell("", says);
            }
        }
        Some(text)
    }
}

/// Whether any rule lets minors be treated with a medicine. Source: clinical.md §1.1, esketamine is
/// for adults.
pub const fn is_given_to_minors(product: Product) -> bool {
    match product {
        Product::Racemic => true,
        Product::Esketamine => false,
    }
}

/// A switch that, standing otherwise, leaves nothing about an element; none where something is
/// said always.
fn gap(element: Element, sections: &[Written]) -> Option<&str> {
    let about = || sections.iter().filter(|known| known.element == element);
    if about().any(|written| written.only_when.is_none()) {
        return None;
    }
    let conditions: Vec<&OnlyWhen> = about()
        .filter_map(|written| written.only_when.as_ref())
        .collect();
    let both_ways = conditions.iter().any(|one| {
        conditions
            .iter()
            .any(|other| other.switch == one.switch && other.on != one.on)
    });
    if both_ways {
        None
    } else {
        conditions.first().map(|one| one.switch.as_str())
    }
}

impl SectionOfFile {
    fn written(&self, tell: &mut impl FnMut(&str, String)) -> Option<Written> {
        let section = self.element.word();
        let empty = |words: &Words| {
            words.heading.trim().is_empty()
                || words.paragraphs.is_empty()
                || words.paragraphs.iter().any(|text| text.trim().is_empty())
        };
        if self.source.trim().is_empty() || empty(&self.en) || empty(&self.es) {
            tell(section, "it lacks words or a source".to_owned());
        }
        let only_when = |switch: &String, on| OnlyWhen {
            switch: switch.clone(),
            on,
        };
        let only_when = match (&self.only_when_on, &self.only_when_off) {
            (None, None) => None,
            (Some(switch), None) => Some(only_when(switch, true)),
            (None, Some(switch)) => Some(only_when(switch, false)),
            (Some(_), Some(_)) => {
                let says = "only_when_on and only_when_off cannot both be said of one section";
                tell(section, says.to_owned());
                None
            }
        };
        Some(Written {
            element: self.element,
            only_when,
            words: InLanguages {
                en: self.en.clone(),
                es: self.es.clone(),
            },
        })
    }
}
