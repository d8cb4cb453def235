//! Emergency cards: what to do when something goes wrong, as data in `cards/`.
//!
//! A card is read, ticked and closed by people; nothing in it happens by itself, and nothing
//! computes a dose. The medicines are those that are commonly named, for the clinic's medical
//! director to approve. Source: clinical reference 4.6.

mod definition;

pub use definition::{
    Card, CardFile, Medicine, OpenedBy, Part, Step, StepKind, TimeKind, TimeLimit, UnreadableCard,
};

use crate::advisory::Condition;
use crate::course::session::SedationScore;

macro_rules! shipped {
    ($name:literal) => {
        (
            concat!("cards/", $name, ".toml"),
            include_str!(concat!("../../../../cards/", $name, ".toml")),
        )
    };
}

/// The files that ship: the name and the text, in the order in which they are listed.
pub const SHIPPED: [(&str, &str); 17] = [
    shipped!("all-start"),
    shipped!("all-end"),
    shipped!("hypertension"),
    shipped!("hypotension"),
    shipped!("low-oxygen"),
    shipped!("laryngospasm"),
    shipped!("tachycardia"),
    shipped!("bradycardia"),
    shipped!("panic"),
    shipped!("nausea"),
    shipped!("over-sedation"),
    shipped!("anaphylaxis"),
    shipped!("extravasation"),
    shipped!("seizure"),
    shipped!("collapse"),
    shipped!("suicidal-crisis"),
    shipped!("device-fault"),
];

/// The cards, in the order in which they are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cards(Vec<Card>);

impl Cards {
    /// The cards that ship.
    pub fn shipped() -> Result<Self, UnreadableCard> {
        Self::read(&SHIPPED)
    }

    /// Reads files, each a name and a text. Refuses what [`CardFile::read`] refuses, a set without
    /// the two shared parts or with several, and two cards of one name or letter.
    pub fn read(files: &[(&str, &str)]) -> Result<Self, UnreadableCard> {
        let unreadable = |reason: &str| UnreadableCard {
            file: "cards".to_owned(),
            reason: reason.to_owned(),
        };
        let (mut start, mut end, mut own) = (None, None, Vec::new());
        for (file, text) in files {
            let read = CardFile::read(file, text)?;
            let twice = match read.part {
                Part::Start => start.replace((read, *text)).is_some(),
                Part::End => end.replace((read, *text)).is_some(),
                Part::Card => {
                    own.push((read, *text));
                    false
                }
            };
            if twice {
                return Err(unreadable("a shared part is there twice"));
            }
        }
        let start =
            start.ok_or_else(|| unreadable("the steps that all cards start with are missing"))?;
        let end = end.ok_or_else(|| unreadable("the steps that all cards end with are missing"))?;
        let cards = own
            .into_iter()
            .map(|one| Card::between(&start, one, &end))
            .collect::<Result<Vec<_>, _>>()?;
        for (index, card) in cards.iter().enumerate() {
            let mut before = cards.iter().take(index);
            if before.any(|other| other.id == card.id || other.letter == card.letter) {
                return Err(unreadable("two cards have the same name or letter"));
            }
        }
        Ok(Self(cards))
    }

    /// Every card.
    pub fn all(&self) -> &[Card] {
        &self.0
    }

    /// One card.
    pub fn card(&self, id: &str) -> Option<&Card> {
        self.0.iter().find(|card| card.id == id)
    }

    /// The card that an advisory offers.
    pub fn for_condition(&self, condition: Condition) -> Option<&Card> {
        self.0.iter().find(|card| card.is_for(condition))
    }

    /// The card that a responsiveness score offers.
    pub fn for_sedation(&self, score: SedationScore) -> Option<&Card> {
        self.0.iter().find(|card| card.is_for_sedation(score))
    }
}
