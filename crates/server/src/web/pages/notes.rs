//! The notes of one session: the author's own to write and sign, and everybody's that are signed.

use super::around::{Around, role_says};
use super::identity_strip::IdentityStrip;
use crate::notes::written_out;
use askama::Template;
use clinical::course::note::{Note, Notes, Paragraph, Signature};
use clinical::course::session::Session;
use clinical::record::StaffId;

/// The page.
#[derive(Template)]
#[template(path = "notes.html")]
pub struct NotesPage<'a> {
    /// What stands around it.
    pub around: Around<'a>,
    /// Whose session.
    pub strip: IdentityStrip,
    /// The chart.
    pub session: &'a Session,
    /// What is written.
    pub kept: &'a Notes,
    /// What a note begins with, from the chart as it stands.
    pub composed: &'a [Paragraph],
    /// Who looks.
    pub viewer: StaffId,
    /// They may write.
    pub may_write: bool,
    /// Why something was not done.
    pub refused: Option<String>,
    /// What they typed, and to whose note it was to be added; none for their own.
    pub typed: Option<(Option<StaffId>, String)>,
}

/// The lines of the chart that do not stand in a text as they are.
pub fn lines_missing_in(text: &str, composed: &[Paragraph]) -> Vec<Paragraph> {
    let known: std::collections::BTreeSet<&str> = text.lines().map(str::trim).collect();
    composed
        .iter()
        .filter_map(|paragraph| {
            let lines: Vec<String> = paragraph
                .lines
                .iter()
                .filter(|line| !line.lines().all(|part| known.contains(part.trim())))
                .cloned()
                .collect();
            (!lines.is_empty()).then_some(Paragraph {
                heading: paragraph.heading,
                lines,
            })
        })
        .collect()
}

/// A signature as it is shown.
struct Shown {
    says: String,
    means: String,
    digest: String,
    /// What was charted after it; empty where nothing was.
    after: String,
}

impl NotesPage<'_> {
    /// The viewer's own draft, or nothing yet; none once they have signed.
    fn writing(&self) -> Option<Option<&Note>> {
        if !self.may_write {
            return None;
        }
        match self.kept.of(self.viewer) {
            Some(note) if note.signed.is_some() => None,
            known => Some(known),
        }
    }

    /// What stands in the field: what was typed, what was kept, or what the chart says.
    fn text(&self) -> String {
        if let Some((None, typed)) = &self.typed {
            return typed.clone();
        }
        match self.kept.of(self.viewer) {
            Some(draft) => draft.text.clone(),
            None => written_out(self.composed),
        }
    }

    /// What was typed as an addition to this note and not kept.
    fn typed_to(&self, author: &StaffId) -> &str {
        match &self.typed {
            Some((Some(to), text)) if to == author => text,
            Some(_) | None => "",
        }
    }

    fn stands(&self, note: &Note) -> bool {
        note.holds(self.session.id)
    }

    fn is_own(&self, note: &Note) -> bool {
        note.author == self.viewer
    }

    fn kept_at(&self, note: &Note) -> String {
        self.around.clock().full(note.at)
    }

    fn missing(&self) -> Vec<Paragraph> {
        lines_missing_in(&self.text(), self.composed)
    }

    fn drafts_of_others(&self) -> Vec<String> {
        let clock = self.around.clock();
        self.kept
            .all
            .iter()
            .filter(|note| note.signed.is_none() && note.author != self.viewer)
            .map(|note| {
                format!(
                    "{} ({}) has a draft, kept {}.",
                    note.name,
                    role_says(note.role),
                    clock.full(note.at)
                )
            })
            .collect()
    }

    fn shown(&self, signature: &Signature, version: u64) -> Shown {
        let later = self.session.version.saturating_sub(version);
        Shown {
            says: format!(
                "{} ({}), {}",
                signature.name,
                role_says(signature.role),
                self.around.clock().full(signature.at)
            ),
            means: signature.means.clone(),
            digest: signature.digest.chars().take(16).collect(),
            after: match later {
                0 => String::new(),
                1 => "1 entry was charted after it.".to_owned(),
                more => format!("{more} entries were charted after it."),
            },
        }
    }

    fn has_left(&self) -> bool {
        use clinical::course::session::Stage;
        matches!(
            self.session.stage,
            Stage::Discharged | Stage::Cancelled | Stage::Signed
        )
    }

    fn patient(&self) -> String {
        self.session
            .patient
            .map(|patient| patient.to_string())
            .unwrap_or_default()
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

pub mod sample {
    //! A session that has ended, with one signed note and a draft of the viewer.

    use super::NotesPage;
    use crate::web::pages::around;
    use crate::web::pages::identity_strip::{IdentityStrip, sample::person};
    use clinical::course::note::{Chart, Note, Notes, Paragraph, Signature, Signed};
    use clinical::course::session::{Session, Stage};
    use clinical::record::{Actor, Role, SessionId, StaffId};
    use uuid::Uuid;

    /// The session.
    pub fn session() -> Session {
        let mut session = Session::new(SessionId(Uuid::from_u128(1)));
        session.stage = Stage::Discharged;
        session.version = 41;
        session
    }

    /// What is written of it.
    pub fn notes(session: &Session) -> Notes {
        let chart = Chart {
            version: 40,
            leaf: "00".repeat(32),
        };
        let actor = Actor::Person {
            id: StaffId(Uuid::from_u128(5)),
            name: "Nora Quist".to_owned(),
            role: Role::Nurse,
        };
        let text = "Calm throughout.\nLeft with her sister.".to_owned();
        let under = Signed {
            session: session.id,
            chart: &chart,
            text: &text,
        };
        let signed = Signature::new(&actor, around::sample::NOW, crate::notes::NOTE_MEANS, under);
        Notes {
            all: vec![Note {
                author: StaffId(Uuid::from_u128(5)),
                name: "Nora Quist".to_owned(),
                role: Role::Nurse,
                at: around::sample::NOW,
                signed: signed.map(|signature| (signature, chart.clone())),
                text,
                addenda: Vec::new(),
            }],
        }
    }

    /// The page as the prescriber has it.
    pub fn page<'a>(
        session: &'a Session,
        kept: &'a Notes,
        composed: &'a [Paragraph],
    ) -> NotesPage<'a> {
        let around = around::sample::around("/sessions/1/notes");
        NotesPage {
            strip: IdentityStrip::of(&person(1, "Moreno", "Ana", None), around.now, around.zone),
            around,
            session,
            kept,
            composed,
            viewer: StaffId(Uuid::from_u128(6)),
            may_write: true,
            refused: None,
            typed: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_chart_that_stands_in_the_text_is_not_offered_again() {
        let composed = [Paragraph {
            heading: "Given",
            lines: vec!["10:04 paused".to_owned(), "10:12 goes on".to_owned()],
        }];
        assert_eq!(
            lines_missing_in("Slept.\n 10:04 paused ", &composed),
            [Paragraph {
                heading: "Given",
                lines: vec!["10:12 goes on".to_owned()],
            }]
        );
        assert!(lines_missing_in(&written_out(&composed), &composed).is_empty());
    }

    // Hazard: H70
    #[test]
    fn words_that_are_not_those_that_were_signed_say_so() {
        let session = sample::session();
        let mut kept = sample::notes(&session);
        let says = "not those that were signed";
        assert!(!sample::page(&session, &kept, &[]).html().contains(says));
        kept.all[0].text.push_str(" Or not.");
        assert!(sample::page(&session, &kept, &[]).html().contains(says));
    }

    #[test]
    fn what_was_charted_after_a_signature_is_counted_beside_it() {
        let session = sample::session();
        let kept = sample::notes(&session);
        let html = sample::page(&session, &kept, &[]).html();
        assert!(html.contains("1 entry was charted after it."));
    }
}
