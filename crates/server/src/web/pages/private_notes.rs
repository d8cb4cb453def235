//! A therapist's private notes.

use super::around::Around;
use crate::private_notes::Standing;
use askama::Template;

/// One note that is open.
pub struct NoteLine {
    /// When it was kept.
    pub at: String,
    /// Whose session it is about; may be empty.
    pub about: String,
    /// The session.
    pub session: Option<String>,
    /// The words.
    pub text: String,
}

/// The page.
#[derive(Template)]
#[template(path = "private_notes.html")]
pub struct PrivateNotesPage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Closed or open.
    pub standing: &'a Standing,
    /// The next note can be sealed.
    pub writable: bool,
    /// The notes that are open, newest first.
    pub lines: Vec<NoteLine>,
    /// The session that a new note is about; may be empty.
    pub about: String,
    /// Whose it is, while the notes are open.
    pub about_says: String,
    /// Why the last act was not done.
    pub refused: Option<String>,
    /// What was typed into a form that was not saved.
    pub typed: String,
}

impl PrivateNotesPage<'_> {
    const fn is_open(&self) -> bool {
        matches!(self.standing, Standing::Open { .. })
    }

    const fn is_first(&self) -> bool {
        matches!(self.standing, Standing::Closed { first: true })
    }

    const fn sealed(&self) -> usize {
        match self.standing {
            Standing::Open { sealed, .. } => *sealed,
            Standing::Closed { .. } => 0,
        }
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

pub mod sample {
    //! Tomás's notes, open and closed.

    use super::{NoteLine, PrivateNotesPage};
    use crate::private_notes::Standing;
    use crate::web::pages::around;

    /// The page with one note.
    pub fn page(standing: &Standing) -> PrivateNotesPage<'_> {
        PrivateNotesPage {
            around: around::sample::around("/private-notes"),
            standing,
            writable: true,
            lines: vec![NoteLine {
                at: "20 Nov 2025, 13:40".to_owned(),
                about: "Ana Moreno".to_owned(),
                session: Some("/sessions/1".to_owned()),
                text: "Came back to the lake twice.".to_owned(),
            }],
            about: String::new(),
            about_says: String::new(),
            refused: None,
            typed: String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closed_notes_show_a_password_and_no_word() {
        let closed = Standing::Closed { first: false };
        let html = sample::page(&closed).html();
        assert!(html.contains("type=\"password\""));
        assert!(!html.contains("lake") && !html.contains("Moreno"));
    }
}
