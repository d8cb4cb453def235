//! What a patient is asked, in which order and words. The pages are data: `intake/history.toml`.

use super::item::Item;
use super::state::Intake;
use crate::course::screening::Question;
use crate::course::screening::person::Substance;
use crate::instrument::{Library, next_question};
use crate::leaflet::Language;
use crate::patient::Sex;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The pages that ship.
const SHIPPED: &str = include_str!("../../../../../intake/history.toml");

/// A part of the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Section {
    /// How the person is reached.
    Contacts,
    /// Height and weight.
    Body,
    /// Conditions.
    Conditions,
    /// Operations and anaesthesia.
    Operations,
    /// Medicines.
    Medicines,
    /// Allergies.
    Allergies,
    /// Alcohol and drugs.
    Substances,
    /// Pregnancy and breast-feeding.
    Pregnancy,
    /// Earlier antidepressants.
    Trials,
    /// Questionnaires.
    Scales,
}

/// What a page asks.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Asks {
    /// How the person is reached.
    Contacts,
    /// Height and weight.
    Body,
    /// Yes, no or not sure, of each.
    Questions(Vec<Question>),
    /// The last heart attack or stroke.
    AcuteEvent,
    /// Earlier operations, in words.
    Operations,
    /// Medicines, one at a time.
    Medicines,
    /// Allergies, one at a time.
    Allergies,
    /// When something was taken last.
    LastUse(Substance),
    /// Earlier antidepressants, one at a time.
    Trials,
    /// A questionnaire, one item on a page.
    Instrument(String),
}

/// A page's words in one language.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageWords {
    /// The question.
    pub title: String,
    /// Why it is asked.
    pub why: String,
    /// The words of each condition, by its name.
    #[serde(default)]
    pub item: BTreeMap<String, String>,
}

/// One page.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// Its name, which stands in its address.
    pub id: String,
    /// The part that it belongs to.
    pub section: Section,
    /// What it asks.
    pub asks: Asks,
    /// True for what is not asked of a person known to be male.
    #[serde(default)]
    pub not_of_men: bool,
    /// In English.
    pub en: PageWords,
    /// In Spanish.
    pub es: PageWords,
}

impl Page {
    /// Its words in a language.
    pub const fn words(&self, language: Language) -> &PageWords {
        match language {
            Language::English => &self.en,
            Language::Spanish => &self.es,
        }
    }

    /// Only a sex that is known to be male takes a page away.
    // Hazard: H24
    pub fn is_put_to(&self, sex: Sex) -> bool {
        !(self.not_of_men && sex == Sex::Male)
    }

    /// The items that it asks; a questionnaire's are asked one by one.
    pub fn items(&self) -> Vec<Item> {
        match &self.asks {
            Asks::Contacts | Asks::Instrument(_) => Vec::new(),
            Asks::Body => vec![Item::Height, Item::Weight],
            Asks::Questions(list) => list.iter().copied().map(Item::Question).collect(),
            Asks::AcuteEvent => vec![Item::AcuteEvent],
            Asks::Operations => vec![Item::Operations],
            Asks::Medicines => vec![Item::Medicines],
            Asks::Allergies => vec![Item::Intolerances],
            Asks::LastUse(substance) => vec![Item::LastUse(*substance)],
            Asks::Trials => vec![Item::Trials],
        }
    }

    /// True when nothing on the page is without an answer.
    pub fn is_answered(&self, intake: &Intake, contacts_known: bool, library: &Library) -> bool {
        match &self.asks {
            Asks::Contacts => contacts_known,
            Asks::Instrument(id) => library
                .named(id)
                .is_none_or(|instrument| next_question(instrument, &intake.answers(id)).is_none()),
            Asks::Body
            | Asks::Questions(_)
            | Asks::AcuteEvent
            | Asks::Operations
            | Asks::Medicines
            | Asks::Allergies
            | Asks::LastUse(_)
            | Asks::Trials => self
                .items()
                .iter()
                .all(|item| intake.said(item).is_some_and(|said| !said.is_unfinished())),
        }
    }
}

/// Every page, in the order of asking.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Questionnaire {
    /// Counts up with every change of meaning.
    pub version: u32,
    /// Where the questions come from.
    pub source: String,
    page: Vec<Page>,
}

/// Pages that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the pages of the history: {0}")]
pub struct UnreadablePages(pub String);

impl Questionnaire {
    /// The pages that ship.
    pub fn shipped() -> Result<Self, UnreadablePages> {
        Self::read(SHIPPED)
    }

    /// Reads pages: each name once, each condition with words in both languages.
    pub fn read(text: &str) -> Result<Self, UnreadablePages> {
        let read: Self =
            toml::from_str(text).map_err(|error| UnreadablePages(error.to_string()))?;
        for (place, page) in read.page.iter().enumerate() {
            if read.page[..place].iter().any(|known| known.id == page.id) {
                return Err(UnreadablePages(format!("{} stands there twice", page.id)));
            }
            if let Asks::Questions(list) = &page.asks {
                for language in Language::ALL {
                    let words = &page.words(language).item;
                    let missing = list.iter().find(|one| !words.contains_key(one.name()));
                    if let Some(missing) = missing {
                        let tag = language.tag();
                        return Err(UnreadablePages(format!("no words for {missing} in {tag}")));
                    }
                }
            }
        }
        Ok(read)
    }

    /// Every page.
    pub fn pages(&self) -> &[Page] {
        &self.page
    }

    /// A page by its name.
    pub fn page(&self, id: &str) -> Option<&Page> {
        self.page.iter().find(|page| page.id == id)
    }

    /// False when the only page that asks an item is not put to a person of this sex.
    pub fn asks_of(&self, item: &Item, sex: Sex) -> bool {
        self.page_of(item).is_none_or(|page| page.is_put_to(sex))
    }

    /// The page that asks an item.
    pub fn page_of(&self, item: &Item) -> Option<&Page> {
        self.page.iter().find(|page| match (&page.asks, item) {
            (Asks::Instrument(id), Item::OfScale { instrument, .. }) => id == instrument,
            _ => page.items().contains(item),
        })
    }
}

/// The pages that one person is asked, and which of them have their answers.
#[derive(Clone, Debug)]
pub struct Steps<'a>(Vec<(&'a Page, bool)>);

impl<'a> Steps<'a> {
    /// The pages of a person. Only a sex that is known to be male takes a page away.
    // Hazard: H24
    pub fn of(
        questionnaire: &'a Questionnaire,
        intake: &Intake,
        sex: Sex,
        contacts_known: bool,
        library: &Library,
    ) -> Self {
        let asked = questionnaire
            .pages()
            .iter()
            .filter(|page| page.is_put_to(sex));
        let steps = asked.map(|page| (page, page.is_answered(intake, contacts_known, library)));
        Self(steps.collect())
    }

    /// Every page, and whether it has its answers.
    pub fn all(&self) -> &[(&'a Page, bool)] {
        &self.0
    }

    /// How many pages have no answer yet.
    pub fn open(&self) -> usize {
        self.0.iter().filter(|(_, answered)| !answered).count()
    }

    /// The first page without an answer after a page, else the first one at all.
    pub fn next_after(&self, id: &str) -> Option<&'a Page> {
        let place = self.0.iter().position(|(page, _)| page.id == id);
        let open = |steps: &[(&'a Page, bool)]| {
            steps
                .iter()
                .find(|(_, answered)| !answered)
                .map(|(page, _)| *page)
        };
        place
            .and_then(|place| open(&self.0[place..]))
            .or_else(|| open(&self.0))
    }
}
