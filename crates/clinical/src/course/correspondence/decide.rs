//! What may be written of a person's correspondence, and why not.

use super::event::CorrespondenceEvent;
use super::state::{Agreement, Correspondence};
use super::vocabulary::{Letter, Telling, Topic, Way};
use crate::patient::CivilDate;
use uuid::Uuid;

/// How long a recipient's name may be, in characters.
pub const LONGEST_NAME: usize = 200;

/// How long an address may be, in characters.
pub const LONGEST_ADDRESS: usize = 500;

/// How long what an author adds may be, in characters.
pub const LONGEST_WORDS: usize = 6_000;

/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Nobody is named.
    NoName,
    /// More characters than this.
    TooLong(usize),
    /// Nothing is named that may be told.
    NothingToTell,
    /// Its last day is over already.
    OverAlready,
    /// There is no such agreement.
    NoAgreement,
    /// The person took it back.
    TakenBack,
    /// Its last day is over.
    Over,
    /// The letter tells of something that the person did not agree to.
    NotAgreed(Topic),
    /// It begins after it ends.
    Backwards,
    /// Its last day has not come yet.
    DayToCome,
    /// It says nothing.
    Empty,
    /// There is no such letter.
    NoLetter,
}

impl Refusal {
    /// In one plain sentence.
    pub fn says(self) -> String {
        match self {
            Self::NoName => "Not saved: name whoever is told, and their practice.".to_owned(),
            Self::TooLong(most) => format!("Not saved: this is longer than {most} characters. Shorten it."),
            Self::NothingToTell => {
                "Not saved: choose at least one thing that the person agreed to have told.".to_owned()
            }
            Self::OverAlready => "Not saved: the last day is in the past.".to_owned(),
            Self::NoAgreement => "Nothing was written: there is no such agreement. Reload the page.".to_owned(),
            Self::TakenBack => {
                "Nothing was written: the person has taken this agreement back. Nothing may be told to them any more.".to_owned()
            }
            Self::Over => {
                "Nothing was written: this agreement is over. Ask the person whether it holds on, and write it down anew.".to_owned()
            }
            Self::NotAgreed(topic) => format!(
                "Not signed: the person did not agree that {} told.",
                match topic {
                    Topic::Sessions => "sessions and doses are",
                    Topic::Scales => "scales are",
                    Topic::Effects => "unwanted effects are",
                    Topic::Next => "what is planned next is",
                }
            ),
            Self::Backwards => "Not signed: the letter begins after it ends.".to_owned(),
            Self::DayToCome => "Not signed: the last day of the letter has not come yet.".to_owned(),
            Self::Empty => "Not signed: the letter says nothing. Write something, or choose other days.".to_owned(),
            Self::NoLetter => "Nothing was written: there is no such letter. Reload the page.".to_owned(),
        }
    }
}

fn fits(text: &str, most: usize) -> Result<(), Refusal> {
    if text.chars().count() > most {
        return Err(Refusal::TooLong(most));
    }
    Ok(())
}

impl Correspondence {
    /// The person agrees that somebody is told. Refuses a nameless recipient, nothing to tell, and a
    /// last day that is over.
    pub fn agree(
        &self,
        agreement: Uuid,
        mut telling: Telling,
        today: CivilDate,
    ) -> Result<Vec<CorrespondenceEvent>, Refusal> {
        let to = &mut telling.to;
        to.name = to.name.trim().to_owned();
        to.address = to.address.trim().to_owned();
        if to.name.is_empty() {
            return Err(Refusal::NoName);
        }
        fits(&to.name, LONGEST_NAME)?;
        fits(&to.address, LONGEST_ADDRESS)?;
        if telling.topics.is_empty() {
            return Err(Refusal::NothingToTell);
        }
        if telling.until.is_some_and(|until| until < today) {
            return Err(Refusal::OverAlready);
        }
        Ok(vec![CorrespondenceEvent::TellingAgreed {
            agreement,
            telling,
        }])
    }

    /// The person takes it back; nothing where they have done so already.
    pub fn take_back(
        &self,
        agreement: Uuid,
        reason: &str,
    ) -> Result<Vec<CorrespondenceEvent>, Refusal> {
        let known = self.agreement(agreement).ok_or(Refusal::NoAgreement)?;
        fits(reason, LONGEST_WORDS)?;
        if known.taken_back.is_some() {
            return Ok(Vec::new());
        }
        Ok(vec![CorrespondenceEvent::TellingTakenBack {
            agreement,
            reason: reason.trim().to_owned(),
        }])
    }

    /// The agreement, if it holds on that day.
    pub fn standing(&self, agreement: Uuid, today: CivilDate) -> Result<&Agreement, Refusal> {
        let known = self.agreement(agreement).ok_or(Refusal::NoAgreement)?;
        if known.taken_back.is_some() {
            return Err(Refusal::TakenBack);
        }
        if !known.stands(today) {
            return Err(Refusal::Over);
        }
        Ok(known)
    }

    /// Somebody signs a letter. Refuses what rests on no standing agreement, and what the person did
    /// not agree to have told.
    // Hazard: H74
    pub fn sign(
        &self,
        letter: Uuid,
        agreement: Uuid,
        mut contents: Letter,
        today: CivilDate,
    ) -> Result<Vec<CorrespondenceEvent>, Refusal> {
        let known = self.standing(agreement, today)?;
        let topics = &known.telling.topics;
        let mut told = contents.sections.iter().map(|section| section.topic);
        if let Some(topic) = told.find(|topic| !topics.contains(topic)) {
            return Err(Refusal::NotAgreed(topic));
        }
        if contents.from > contents.until {
            return Err(Refusal::Backwards);
        }
        if contents.until > today {
            return Err(Refusal::DayToCome);
        }
        contents.words = contents.words.trim().to_owned();
        fits(&contents.words, LONGEST_WORDS)?;
        if contents.sections.is_empty() && contents.words.is_empty() {
            return Err(Refusal::Empty);
        }
        Ok(vec![CorrespondenceEvent::LetterSigned {
            letter,
            agreement,
            contents: Box::new(contents),
        }])
    }

    /// A letter leaves. Refused where the agreement does not stand any more: it stays in the house.
    // Hazard: H74
    pub fn leave(
        &self,
        letter: Uuid,
        way: Way,
        note: &str,
        today: CivilDate,
    ) -> Result<Vec<CorrespondenceEvent>, Refusal> {
        let known = self.letter(letter).ok_or(Refusal::NoLetter)?;
        self.standing(known.agreement, today)?;
        fits(note, LONGEST_NAME)?;
        Ok(vec![CorrespondenceEvent::LetterLeft {
            letter,
            way,
            note: note.trim().to_owned(),
        }])
    }
}
