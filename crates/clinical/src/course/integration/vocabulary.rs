//! The words of integration.

use crate::course::follow_up::Thoughts;
use crate::patient::CivilDate;
use crate::record::SessionId;
use crate::words::words;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use units::Moment;
use uuid::Uuid;

words!(
    /// Which contact of integration.
    ContactKind {
        /// Before the first session.
        Preparation = "preparation" says "Preparation visit",
        /// Minutes before somebody leaves.
        Check = "check" says "Check before leaving",
        /// The first after a series has begun.
        First = "first" says "First integration",
        /// In each later week of the series that has a session.
        Weekly = "weekly" says "Weekly integration",
        /// A month after the last session of a series.
        Review = "review" says "One month review",
        /// One that no schedule asks for.
        Other = "other" says "Another contact",
    }
);

words!(
    /// How it is held. Source: clinical reference 9.
    Mode {
        /// In one room.
        InPerson = "in-person" says "in person",
        /// By video.
        Video = "video" says "by video",
        /// By telephone.
        Phone = "phone" says "by telephone",
        /// With others.
        Group = "group" says "in a group",
    }
);

words!(
    /// Whether a trauma was disclosed.
    Disclosed {
        /// None.
        No = "no" says "no",
        /// One was.
        Yes = "yes" says "yes",
    }
);

words!(
    /// What the check of the duty to report came to. Which duty there is, the law of the place says.
    ReportCheck {
        /// Nothing has to be reported.
        NotNeeded = "not-needed" says "checked: nothing to report",
        /// It was reported.
        Reported = "reported" says "checked: reported",
        /// Somebody is asked whether it has to be.
        Asking = "asking" says "checked: asking whether to report",
    }
);

words!(
    /// Whether the person's words may be quoted, or given to a program that writes.
    Consented {
        /// They may not.
        No = "no" says "no",
        /// They may be quoted without a name.
        Quotes = "quotes" says "quoted without a name",
        /// They may be quoted, and given to a program.
        QuotesAndPrograms = "quotes-and-programs" says "quoted without a name, and given to a program",
    }
);

words!(
    /// How homework went, in the person's word.
    Answer {
        /// Done.
        Done = "done" says "done",
        /// Not yet.
        NotYet = "not-yet" says "not yet",
        /// It did not fit.
        DidNotFit = "did-not-fit" says "it did not fit",
    }
);

words!(
    /// What is written to a signed note.
    AmendmentKind {
        /// More.
        Addendum = "addendum" says "Addendum",
        /// What should stand instead, and why.
        Correction = "correction" says "Correction",
    }
);

/// Something that the person means to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// What: one thing, small enough to be seen done.
    pub words: String,
    /// By when; none where none was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<CivilDate>,
}

/// What is written about a contact. What is not said is not known.
///
/// Source: clinical reference 9, documentation fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Which contact.
    pub kind: ContactKind,
    /// About which session; none before the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionId>,
    /// When it was held.
    pub held_at: Moment,
    /// How.
    pub mode: Mode,
    /// Who else was there, by role; the author stands in the event.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub also: String,
    /// The group, where it was one; nobody else of it stands here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Uuid>,
    /// What the group did, in words that name nobody.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub together: String,
    /// The person's account, in their own words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub account: String,
    /// The person wants the account to stay between them and the author.
    #[serde(default)]
    pub account_private: bool,
    /// Themes, by name.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub themes: BTreeSet<String>,
    /// Emotions.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub emotions: String,
    /// Insights.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub insights: String,
    /// What the person means to do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<Action>,
    /// What was challenging, and how it was handled.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub challenging: String,
    /// Whether a trauma was disclosed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trauma: Option<Disclosed>,
    /// What the check of the duty to report came to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report_check: Option<ReportCheck>,
    /// The risk screen: what they say of thoughts of ending their life.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk: Option<Thoughts>,
    /// What was taught for coping and grounding.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub grounding: String,
    /// Homework, one a line of the form.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub homework: Vec<String>,
    /// The next contact, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub next: String,
    /// Consent to quotes and programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consented: Option<Consented>,
}

impl Note {
    /// An empty one.
    pub const fn new(kind: ContactKind, held_at: Moment, mode: Mode) -> Self {
        Self {
            kind,
            session: None,
            held_at,
            mode,
            also: String::new(),
            group: None,
            together: String::new(),
            account: String::new(),
            account_private: false,
            themes: BTreeSet::new(),
            emotions: String::new(),
            insights: String::new(),
            actions: Vec::new(),
            challenging: String::new(),
            trauma: None,
            report_check: None,
            risk: None,
            grounding: String::new(),
            homework: Vec::new(),
            next: String::new(),
            consented: None,
        }
    }

    /// Every text in it.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let own = [
            &self.also,
            &self.together,
            &self.account,
            &self.emotions,
            &self.insights,
            &self.challenging,
            &self.grounding,
            &self.next,
        ];
        let actions = self.actions.iter().map(|action| &action.words);
        own.into_iter()
            .chain(actions)
            .chain(&self.homework)
            .map(String::as_str)
    }
}
