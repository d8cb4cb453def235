//! Integration for the patient, on their phone: questions by the time since the session, their
//! journal, homework, and who reads what they told.

use super::clock_face::ClockFace;
use super::my_frame::Frame;
use askama::Template;
use clinical::course::integration::{Answer, Homework, Integration, Prompt};
use clinical::leaflet::Language;
use units::Moment;
use uuid::Uuid;

/// An item of their journal.
pub struct JournalItem {
    /// Its name.
    pub id: Uuid,
    /// When it was kept.
    pub at: Moment,
    /// The question that it answers.
    pub prompt: Option<String>,
    /// Its words.
    pub words: String,
    /// It is shared.
    pub shared: bool,
}

/// The page.
#[derive(Template)]
#[template(path = "integration_own.html")]
pub struct OwnIntegration<'a> {
    /// What stands around the page.
    pub frame: Frame<'a>,
    /// What stands in their records.
    pub known: &'a Integration,
    /// The questions of now; empty before a session has ended.
    pub prompts: Vec<&'a Prompt>,
    /// Their journal, newest first.
    pub journal: Vec<JournalItem>,
    /// A session has ended: something can be written.
    pub open: bool,
    /// Why the last form was not saved, and of which question; with what was typed.
    pub not_saved: Option<(String, String, String)>,
    /// It is saved.
    pub saved: bool,
}

/// Homework on the page.
pub struct HomeworkShown {
    id: Uuid,
    words: String,
    answers: Vec<(&'static str, &'static str, bool)>,
}

/// What they told, and who reads it.
pub struct AccountShown {
    note: Uuid,
    at: String,
    with: String,
    words: String,
    private: bool,
}

impl OwnIntegration<'_> {
    const fn says(&self, en: &'static str, es: &'static str) -> &'static str {
        match self.frame.language {
            Language::English => en,
            Language::Spanish => es,
        }
    }

    fn day(&self, at: Moment) -> String {
        let clock: ClockFace<'_> = self.frame.around.clock();
        match self.frame.language {
            Language::English => clock.full(at),
            Language::Spanish => clock.in_numbers(at),
        }
    }

    fn kept(&self, item: &JournalItem) -> String {
        self.day(item.at)
    }

    fn asks(&self, prompt: &Prompt) -> String {
        prompt.says(self.frame.language).to_owned()
    }

    /// Why the form of this question was not saved.
    fn problem(&self, prompt: &str) -> Option<&str> {
        self.not_saved
            .as_ref()
            .filter(|(of, ..)| of == prompt)
            .map(|(_, says, _)| says.as_str())
    }

    fn typed(&self, prompt: &str) -> &str {
        self.not_saved
            .as_ref()
            .filter(|(of, ..)| of == prompt)
            .map_or("", |(.., typed)| typed.as_str())
    }

    fn homework(&self) -> Vec<HomeworkShown> {
        self.known
            .homework
            .iter()
            .rev()
            .map(|set| self.set(set))
            .collect()
    }

    fn set(&self, set: &Homework) -> HomeworkShown {
        let answers = Answer::ALL.iter().map(|answer| {
            let says = match answer {
                Answer::Done => self.says("Done", "Hecho"),
                Answer::NotYet => self.says("Not yet", "Todavía no"),
                Answer::DidNotFit => self.says("It did not fit", "No me sirvió"),
            };
            (answer.word(), says, set.answer() == Some(*answer))
        });
        HomeworkShown {
            id: set.homework,
            words: set.words.clone(),
            answers: answers.collect(),
        }
    }

    fn accounts(&self) -> Vec<AccountShown> {
        self.known
            .notes
            .iter()
            .rev()
            .filter(|one| one.signed.is_some() && !one.note.account.is_empty())
            .map(|one| AccountShown {
                note: one.id,
                at: self.day(one.note.held_at),
                with: one.author.name().to_owned(),
                words: one.note.account.clone(),
                private: one.is_private(),
            })
            .collect()
    }

    /// The next day that is agreed.
    fn next(&self) -> Option<String> {
        let now = self.frame.around.now;
        self.known
            .bookings
            .iter()
            .filter(|one| one.cancelled.is_none() && one.at > now)
            .map(|one| one.at)
            .min()
            .map(|at| self.day(at))
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

pub mod sample {
    //! Homework with an answer, a shared entry, and one that was refused.

    use super::{JournalItem, OwnIntegration};
    use crate::web::pages::my_frame;
    use clinical::course::integration::{
        Answer, ContactKind, Homework, Integration, Mode, Note, Prompts, Written,
    };
    use clinical::leaflet::Language;
    use clinical::record::{Actor, Role, StaffId};
    use units::Span;
    use uuid::Uuid;

    /// What stands in the record.
    pub fn known() -> Integration {
        let at = my_frame::sample::frame("/my/integration", Language::English)
            .around
            .now;
        let mut note = Note::new(ContactKind::First, at, Mode::InPerson);
        note.account = "The room was lighter.".to_owned();
        note.account_private = true;
        let id = Uuid::from_u128(3);
        Integration {
            notes: vec![Written {
                id,
                note,
                author: Actor::Person {
                    id: StaffId(Uuid::from_u128(7)),
                    name: "Theo Nakamura".to_owned(),
                    role: Role::Therapist,
                },
                at,
                signed: Some(at),
                amendments: Vec::new(),
                marked: None,
            }],
            homework: vec![Homework {
                homework: Uuid::from_u128(4),
                note: id,
                words: "Walk to the harbour".to_owned(),
                at,
                answers: vec![(at, Answer::NotYet)],
            }],
            ..Integration::default()
        }
    }

    /// The page three days after a session.
    pub fn page<'a>(
        language: Language,
        known: &'a Integration,
        prompts: &'a Prompts,
    ) -> OwnIntegration<'a> {
        let frame = my_frame::sample::frame("/my/integration", language);
        OwnIntegration {
            journal: vec![JournalItem {
                id: Uuid::from_u128(5),
                at: frame.around.now,
                prompt: None,
                words: "It was quiet.".to_owned(),
                shared: true,
            }],
            frame,
            known,
            prompts: prompts.at(Span::from_hours(72)).collect(),
            open: true,
            not_saved: Some((
                "body".to_owned(),
                "Too long.".to_owned(),
                "What I typed".to_owned(),
            )),
            saved: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::sample;
    use clinical::course::integration::Prompts;
    use clinical::leaflet::Language;

    #[test]
    fn every_answer_is_a_button_the_last_one_is_marked_and_what_was_typed_is_kept() {
        let (known, prompts) = (sample::known(), Prompts::shipped().unwrap());
        for language in Language::ALL {
            let html = sample::page(language, &known, &prompts).html();
            assert_eq!(html.matches("aria-pressed=\"true\"").count(), 1);
            assert_eq!(html.matches("name=\"answer\"").count(), 3);
            assert!(html.contains("What I typed") && html.contains("Too long."));
        }
    }

    #[test]
    fn each_language_says_who_reads_what_and_that_nobody_reads_it_at_once() {
        let (known, prompts) = (sample::known(), Prompts::shipped().unwrap());
        let english = sample::page(Language::English, &known, &prompts).html();
        assert!(english.contains("Only you and the one who wrote it read this."));
        assert!(english.contains("nobody reads this at once"));
        assert!(english.contains("You share this with the people who treat you."));
        let spanish = sample::page(Language::Spanish, &known, &prompts).html();
        assert!(spanish.contains("Solo usted y quien lo anotó lo leen."));
        assert!(spanish.contains("nadie lo lee enseguida"));
        assert!(spanish.contains("¿Quién le apoya?"));
    }
}
