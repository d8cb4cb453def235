//! The form of one contact of integration: what is asked most stands first, the rest is folded.

use super::around::Around;
use super::identity_strip::IdentityStrip;
use askama::Template;
use clinical::course::follow_up::Thoughts;
use clinical::course::integration::{
    Consented, ContactKind, Disclosed, IntegrationRules, Mode, Note, ReportCheck,
};
use clinical::record::PatientId;
use uuid::Uuid;

/// So many actions can be written at once.
pub const ACTIONS: usize = 3;

/// The form.
#[derive(Template)]
#[template(path = "integration_write.html")]
pub struct WriteNote<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Who.
    pub strip: IdentityStrip,
    /// Whose.
    pub patient: PatientId,
    /// The note's name.
    pub note: Uuid,
    /// What it says so far.
    pub written: Note,
    /// About which session, in words.
    pub about: String,
    /// The themes, and how long the check before leaving takes.
    pub rules: &'a IntegrationRules,
    /// Why the last form was not saved, or not signed.
    pub refused: Option<String>,
}

/// A choice: its word, what it says, whether it is chosen.
pub type Choice = (String, String, bool);

/// An action of the form.
pub struct ActionRow {
    place: usize,
    words: String,
    by: String,
}

impl WriteNote<'_> {
    fn session(&self) -> String {
        self.written
            .session
            .map_or_else(String::new, |session| session.to_string())
    }

    /// How long it takes, where that is said.
    fn takes(&self) -> Option<String> {
        (self.written.kind == ContactKind::Check)
            .then(|| format!("{} minutes, before they leave", self.rules.check.minutes()))
    }

    fn held_at(&self) -> String {
        self.around.clock().date_time_local(self.written.held_at)
    }

    fn modes(&self) -> Vec<Choice> {
        Mode::ALL
            .iter()
            .map(|one| {
                let chosen = *one == self.written.mode;
                (one.word().to_owned(), one.says().to_owned(), chosen)
            })
            .collect()
    }

    fn themes(&self) -> Vec<Choice> {
        self.rules
            .prompts
            .themes
            .iter()
            .map(|theme| {
                let chosen = self.written.themes.contains(&theme.id);
                (theme.id.clone(), theme.says.clone(), chosen)
            })
            .collect()
    }

    fn risks(&self) -> Vec<Choice> {
        risks(self.written.risk)
    }

    fn traumas(&self) -> Vec<Choice> {
        Disclosed::ALL
            .iter()
            .map(|one| {
                let chosen = self.written.trauma == Some(*one);
                (one.word().to_owned(), one.says().to_owned(), chosen)
            })
            .collect()
    }

    fn checks(&self) -> Vec<Choice> {
        ReportCheck::ALL
            .iter()
            .map(|one| {
                let chosen = self.written.report_check == Some(*one);
                (one.word().to_owned(), one.says().to_owned(), chosen)
            })
            .collect()
    }

    fn consents(&self) -> Vec<Choice> {
        Consented::ALL
            .iter()
            .map(|one| {
                let chosen = self.written.consented == Some(*one);
                (one.word().to_owned(), one.says().to_owned(), chosen)
            })
            .collect()
    }

    fn actions(&self) -> Vec<ActionRow> {
        let rows = self.written.actions.len().max(ACTIONS);
        (0..rows)
            .map(|place| {
                let known = self.written.actions.get(place);
                ActionRow {
                    place: place + 1,
                    words: known.map_or_else(String::new, |action| action.words.clone()),
                    by: known
                        .and_then(|action| action.by)
                        .map_or_else(String::new, |by| by.to_string()),
                }
            })
            .collect()
    }

    fn homework(&self) -> String {
        self.written.homework.join("\n")
    }

    /// What is folded is open where something stands in it.
    fn has_more(&self) -> bool {
        let note = &self.written;
        let texts = [
            &note.also,
            &note.emotions,
            &note.insights,
            &note.challenging,
            &note.next,
        ];
        texts.iter().any(|text| !text.is_empty())
            || !note.actions.is_empty()
            || note.consented.is_some()
            || note.trauma.is_some()
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

/// An answer to the risk screen, in words for staff.
pub(super) const fn risk_says(risk: Thoughts) -> &'static str {
    match risk {
        Thoughts::None => "No",
        Thoughts::Thoughts => "Yes, thoughts",
        Thoughts::Plan => "Yes, with a plan or the wish to act",
        Thoughts::Talk => "They would rather talk with a clinician",
    }
}

/// The answers to the risk screen.
pub(super) fn risks(risk: Option<Thoughts>) -> Vec<Choice> {
    Thoughts::ALL
        .iter()
        .map(|one| {
            let says = risk_says(*one).to_owned();
            (one.word().to_owned(), says, risk == Some(*one))
        })
        .collect()
}
