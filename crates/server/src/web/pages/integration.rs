//! One person's integration, for staff: what is owed, what was written, what was taken home to do.

use super::around::Around;
use super::clock_face::{ClockFace, civil_date};
use super::identity_strip::IdentityStrip;
use super::integration_write::risk_says;
use crate::integration::Whole;
use askama::Template;
use clinical::course::integration::{
    AmendmentKind, ContactKind, Mode, Owed, Planned, Prompts, Standing, Written,
};
use clinical::record::{Actor, PatientId, SessionId};
use uuid::Uuid;

/// One person's.
#[derive(Template)]
#[template(path = "integration.html")]
pub struct PersonIntegration<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Who.
    pub strip: IdentityStrip,
    /// Whose.
    pub patient: PatientId,
    /// Everything about it.
    pub whole: &'a Whole,
    /// The themes in words.
    pub prompts: &'a Prompts,
    /// Who reads: what a person keeps to themselves and the author is shown to the author alone.
    pub reader: Actor,
    /// The reader reads words; without it the plan alone.
    pub may_read: bool,
    /// The reader writes.
    pub may_write: bool,
    /// Why the last form was not saved.
    pub refused: Option<String>,
}

/// A row of the plan.
pub struct PlanRow {
    key: String,
    kind: &'static str,
    word: &'static str,
    session: String,
    about: String,
    window: String,
    stands: String,
    soft: String,
    is_late: bool,
    booking: Option<Uuid>,
    open: bool,
}

/// A day that was agreed besides the plan.
pub struct OtherDay {
    booking: Uuid,
    says: String,
    about: String,
}

/// A note as it is read.
pub struct NoteShown {
    id: Uuid,
    heading: String,
    about: String,
    by: String,
    signed: bool,
    own: bool,
    lines: Vec<(&'static str, String)>,
    homework: Vec<String>,
    amendments: Vec<AmendmentShown>,
}

/// What was written to it since.
pub struct AmendmentShown {
    kind: &'static str,
    words: String,
    from: String,
}

/// Which session, by its number and day.
pub fn about(whole: &Whole, session: Option<SessionId>, clock: &ClockFace<'_>) -> String {
    let place = session.and_then(|id| whole.given.iter().position(|one| one.session == id));
    match (
        place.and_then(|place| Some((place, whole.given.get(place)?))),
        session,
    ) {
        (Some((place, given)), _) => {
            format!("session {} of {}", place + 1, clock.date(given.ended))
        }
        (None, Some(_)) => "a session".to_owned(),
        (None, None) => "before the first session".to_owned(),
    }
}

fn window_says(owed: &Owed, clock: &ClockFace<'_>) -> String {
    match (owed.kind, owed.closes) {
        (ContactKind::Check, Some(left)) => {
            format!("{} to {}", clock.full(owed.opens), clock.time(left))
        }
        (_, Some(closes)) => format!("{} to {}", clock.full(owed.opens), clock.full(closes)),
        (_, None) => format!("from {} until they leave", clock.full(owed.opens)),
    }
}

fn stands_says(one: &Planned, clock: &ClockFace<'_>) -> (String, String) {
    match &one.standing {
        Standing::Held { at, signed, .. } => {
            let late = one.owed.closes.is_some_and(|closes| *at > closes);
            let mut soft = Vec::new();
            if late {
                soft.push("after its window");
            }
            if !signed {
                soft.push("the note is not signed");
            }
            (format!("✓ held {}", clock.when(*at)), soft.join(" · "))
        }
        Standing::Missed { reason, by, at } => (
            "not held".to_owned(),
            format!("{reason} ({by}, {})", clock.when(*at)),
        ),
        Standing::Booked { at, .. } => {
            let late = one.owed.closes.is_some_and(|closes| *at > closes);
            let soft = if late { "after its window" } else { "" };
            (format!("agreed: {}", clock.full(*at)), soft.to_owned())
        }
        Standing::Ahead => ("○ to come".to_owned(), String::new()),
        Standing::Due if one.owed.kind == ContactKind::Check => {
            ("due before they leave".to_owned(), String::new())
        }
        Standing::Due if clock.now > one.owed.aim => (
            "due".to_owned(),
            format!("it should have been by {}", clock.full(one.owed.aim)),
        ),
        Standing::Due => (
            format!("due by {}", clock.full(one.owed.aim)),
            String::new(),
        ),
        Standing::Late if one.owed.kind == ContactKind::Check => {
            ("nobody wrote it down".to_owned(), String::new())
        }
        Standing::Late => ("late".to_owned(), String::new()),
    }
}

/// Nothing is to be done about it any more.
const fn is_past(one: &Planned) -> bool {
    match one.standing {
        Standing::Held { .. } | Standing::Missed { .. } => true,
        Standing::Late => matches!(one.owed.kind, ContactKind::Check),
        Standing::Booked { .. } | Standing::Ahead | Standing::Due => false,
    }
}

/// How it was held, as a choice of a form.
pub(super) fn modes() -> Vec<(&'static str, &'static str)> {
    Mode::ALL
        .iter()
        .map(|one| (one.word(), one.says()))
        .collect()
}

impl PersonIntegration<'_> {
    /// What somebody has something to do about, and what comes.
    fn open_rows(&self) -> Vec<PlanRow> {
        self.rows(|one| !is_past(one))
    }

    /// What was held or is not held any more, and checks that nobody wrote down; newest first.
    fn past_rows(&self) -> Vec<PlanRow> {
        let mut rows = self.rows(is_past);
        rows.reverse();
        rows
    }

    fn rows(&self, wanted: impl Fn(&Planned) -> bool) -> Vec<PlanRow> {
        let clock = self.around.clock();
        self.whole
            .plan
            .iter()
            .filter(|one| wanted(one))
            .map(|one| {
                let (stands, soft) = stands_says(one, &clock);
                let session = one
                    .owed
                    .session
                    .map_or_else(String::new, |session| session.to_string());
                PlanRow {
                    key: format!("{}-{session}", one.owed.kind.word()),
                    kind: one.owed.kind.says(),
                    word: one.owed.kind.word(),
                    about: about(self.whole, one.owed.session, &clock),
                    session,
                    window: window_says(&one.owed, &clock),
                    stands,
                    soft,
                    is_late: one.standing == Standing::Late && one.owed.kind != ContactKind::Check,
                    booking: match one.standing {
                        Standing::Booked { booking, .. } => Some(booking),
                        Standing::Held { .. }
                        | Standing::Missed { .. }
                        | Standing::Ahead
                        | Standing::Due
                        | Standing::Late => None,
                    },
                    open: !matches!(
                        one.standing,
                        Standing::Held { .. } | Standing::Missed { .. }
                    ),
                }
            })
            .collect()
    }

    /// Days that were agreed for contacts that no row of the plan asks for, and have not come.
    fn other_days(&self) -> Vec<OtherDay> {
        let clock = self.around.clock();
        let planned = |booking: Uuid| {
            self.whole.plan.iter().any(|one| match one.standing {
                Standing::Booked { booking: known, .. } => known == booking,
                Standing::Held { .. }
                | Standing::Missed { .. }
                | Standing::Ahead
                | Standing::Due
                | Standing::Late => false,
            })
        };
        let mut days: Vec<_> = self
            .whole
            .known
            .bookings
            .iter()
            .filter(|one| one.cancelled.is_none() && one.at > clock.now && !planned(one.booking))
            .collect();
        days.sort_by_key(|one| one.at);
        days.into_iter()
            .map(|one| OtherDay {
                booking: one.booking,
                says: format!(
                    "{}, {}, {}",
                    one.kind.says(),
                    clock.full(one.at),
                    one.mode.says()
                ),
                about: about(self.whole, one.session, &clock),
            })
            .collect()
    }

    fn notes(&self) -> Vec<NoteShown> {
        let mut notes: Vec<&Written> = self.whole.known.notes.iter().collect();
        notes.sort_by_key(|one| std::cmp::Reverse(one.note.held_at));
        notes.into_iter().map(|one| self.note(one)).collect()
    }

    fn note(&self, one: &Written) -> NoteShown {
        let clock = self.around.clock();
        let own = match (&one.author, &self.reader) {
            (Actor::Person { id, .. }, Actor::Person { id: reader, .. }) => id == reader,
            (Actor::Person { .. } | Actor::Device { .. } | Actor::System { .. }, _) => false,
        };
        // Somebody else's draft is not said yet.
        let reads = self.may_read && (one.signed.is_some() || own);
        let signed = match one.signed {
            Some(at) => format!(
                "{}, signed {}",
                one.author.name().to_owned(),
                clock.when(at)
            ),
            None => format!("{}, a draft", one.author.name().to_owned()),
        };
        NoteShown {
            id: one.id,
            heading: format!(
                "{}, {}, {}",
                one.note.kind.says(),
                clock.full(one.note.held_at),
                one.note.mode.says()
            ),
            about: about(self.whole, one.note.session, &clock),
            by: signed,
            signed: one.signed.is_some(),
            own,
            lines: if reads { self.lines(one) } else { Vec::new() },
            homework: if reads {
                self.homework(one)
            } else {
                Vec::new()
            },
            amendments: if reads {
                one.amendments
                    .iter()
                    .map(|amended| AmendmentShown {
                        kind: amended.kind.says(),
                        words: one.amendment_for(amended, &self.reader).map_or_else(
                            || {
                                "They keep their account between them and the author, and this was written to it.".to_owned()
                            },
                            str::to_owned,
                        ),
                        from: match amended.kind {
                            AmendmentKind::Addendum => {
                                format!("{}, {}", amended.by.name().to_owned(), clock.when(amended.at))
                            }
                            // Why may tell of a private account as much as the words do.
                            AmendmentKind::Correction
                                if one.amendment_for(amended, &self.reader).is_none() =>
                            {
                                format!("{}, {}", amended.by.name().to_owned(), clock.when(amended.at))
                            }
                            AmendmentKind::Correction => format!(
                                "{}, {}: {}",
                                amended.by.name().to_owned(),
                                clock.when(amended.at),
                                amended.reason
                            ),
                        },
                    })
                    .collect()
            } else {
                Vec::new()
            },
        }
    }

    /// What was taken home, with what the person said of it.
    fn homework(&self, one: &Written) -> Vec<String> {
        let clock = self.around.clock();
        if one.signed.is_none() {
            return one.note.homework.clone();
        }
        self.whole
            .known
            .homework
            .iter()
            .filter(|set| set.note == one.id)
            .map(|set| match set.answers.last() {
                None => format!("{}: no answer yet", set.words),
                Some((at, answer)) => {
                    format!("{}: {}, {}", set.words, answer.says(), clock.when(*at))
                }
            })
            .collect()
    }

    fn lines(&self, one: &Written) -> Vec<(&'static str, String)> {
        let note = &one.note;
        let mut lines = Vec::new();
        let mut put = |says: &'static str, text: &str| {
            if !text.is_empty() {
                lines.push((says, text.to_owned()));
            }
        };
        put("Also there", &note.also);
        put("The group", &note.together);
        match one.account_for(&self.reader) {
            Some(account) if one.is_private() && !account.is_empty() => {
                put("In their words", account);
                put("", "They keep this between them and you.");
            }
            Some(account) => put("In their words", account),
            None => put(
                "In their words",
                "They keep their account between them and the author.",
            ),
        }
        let themes: Vec<&str> = note
            .themes
            .iter()
            .map(|id| {
                self.prompts
                    .theme(id)
                    .map_or(id.as_str(), |theme| theme.says.as_str())
            })
            .collect();
        put("Themes", &themes.join(", "));
        put("Emotions", &note.emotions);
        put("Insights", &note.insights);
        let actions: Vec<String> = note
            .actions
            .iter()
            .map(|action| match action.by {
                Some(by) => format!("{}, by {}", action.words, civil_date(by)),
                None => action.words.clone(),
            })
            .collect();
        put("Means to do", &actions.join("; "));
        put("Challenging", &note.challenging);
        let trauma = note.trauma.map_or("not asked", |trauma| trauma.says());
        let check = note
            .report_check
            .map_or_else(String::new, |check| format!("; {}", check.says()));
        put("Trauma disclosed", &format!("{trauma}{check}"));
        let risk = note.risk.map_or("not asked", risk_says);
        put("Thoughts of ending their life", risk);
        put("Grounding taught", &note.grounding);
        put("Next", &note.next);
        if let Some(consented) = note.consented {
            put("Quotes and programs", consented.says());
        }
        lines
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}
