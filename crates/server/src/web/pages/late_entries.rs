//! Entries that were recorded offline, or on paper.

use super::around::Around;
use super::clock_face::ClockFace;
use super::entry_line::{LaterLine, MonitorNames, actor_says, words};
use super::identity_strip::IdentityStrip;
use super::recovery_look::{self, Answers};
use askama::Template;
use clinical::course::session::{Entry, HowLater, SessionEvent, Site, Stop, SupportKind};

/// A session with such entries.
pub struct LateSession {
    /// Its identity.
    pub session: String,
    /// Whose.
    pub name: String,
    /// The room.
    pub room: String,
    /// How many entries were recorded later.
    pub late: u64,
    /// How many of them wait.
    pub waiting: u64,
    /// When the first of those that wait reached the server.
    pub since: Option<String>,
}

/// Every session with such entries.
#[derive(Template)]
#[template(path = "late_list.html")]
pub struct LateList<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// The sessions.
    pub lines: Vec<LateSession>,
}

/// One such entry.
pub struct LateLine {
    /// Its identity.
    pub id: String,
    /// When it happened, as its author says.
    pub at: String,
    /// When it reached the server.
    pub recorded: String,
    /// When it was entered, by the tablet's own clock.
    pub tablet: Option<String>,
    /// What kind of entry.
    pub kind: String,
    /// What it says.
    pub says: String,
    /// Who charted it.
    pub by: String,
    /// It is held beside the record.
    pub held: bool,
    /// It stood on paper.
    pub paper: bool,
    /// What is said of it.
    pub later: LaterLine,
}

impl LateLine {
    /// Of an entry; none that was charted with contact.
    pub fn of(entry: &Entry, clock: &ClockFace<'_>) -> Option<Self> {
        let later = entry.later.as_ref()?;
        let (held, event) = match &entry.event {
            SessionEvent::ActHeld { act, .. } => (true, act.as_ref()),
            event => (false, event),
        };
        let (kind, _, says) = words(event, clock);
        Some(Self {
            id: entry.event_id.to_string(),
            at: clock.when(entry.occurred_at),
            recorded: clock.when(entry.recorded_at),
            tablet: later.tablet_at.map(|at| {
                format!(
                    "tablet {}, whose clock said {}",
                    later.tablet.get(..8).unwrap_or(&later.tablet),
                    clock.time_with_seconds(at)
                )
            }),
            kind: kind.to_owned(),
            says,
            by: actor_says(&entry.actor, &MonitorNames::new()),
            held,
            paper: later.how == HowLater::FromPaper,
            later: LaterLine::of(entry, clock)?,
        })
    }
}

/// One session's.
#[derive(Template)]
#[template(path = "late_page.html")]
pub struct LatePage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Who this is.
    pub strip: IdentityStrip,
    /// The session.
    pub session: String,
    /// The person.
    pub patient: String,
    /// The entries, in the order in which they reached the server.
    pub lines: Vec<LateLine>,
    /// False for those who only read.
    pub may_act: bool,
    /// Why the last decision was not saved.
    pub refused: Option<String>,
}

/// Entering a printed session pack.
#[derive(Template)]
#[template(path = "from_paper.html")]
pub struct FromPaper<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Who this is.
    pub strip: IdentityStrip,
    /// The session.
    pub session: String,
    /// The person.
    pub patient: String,
    /// The day of the visit, as a form's date.
    pub day: String,
    /// The drug is given by a pump, and not dose by dose.
    pub by_pump: bool,
    /// What was entered from paper so far, the newest first.
    pub lines: Vec<LateLine>,
    /// Why the last entry was not saved.
    pub refused: Option<String>,
    /// The last entry was saved.
    pub saved: bool,
}

impl LateList<'_> {
    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

impl LatePage<'_> {
    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }

    fn waiting(&self) -> usize {
        self.lines.iter().filter(|line| line.later.waits).count()
    }
}

impl FromPaper<'_> {
    fn orientations(&self) -> Answers {
        recovery_look::orientations()
    }

    fn recovery_questions(&self) -> [(&'static str, &'static str, Answers); 10] {
        recovery_look::questions()
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }

    fn supports(&self) -> Vec<(String, &'static str)> {
        SupportKind::OFFERED
            .into_iter()
            .map(|kind| (super::session_room::word_of(&kind), kind.says()))
            .collect()
    }

    fn sites(&self) -> Vec<(String, &'static str)> {
        Site::ALL
            .into_iter()
            .map(|site| (super::session_room::word_of(&site), site.says()))
            .collect()
    }

    fn stops(&self) -> Vec<(String, &'static str)> {
        [
            Stop::Completed,
            Stop::Safety,
            Stop::PersonAsked,
            Stop::Other,
        ]
        .into_iter()
        .map(|why| (super::session_room::word_of(&why), why.says()))
        .collect()
    }
}

/// Two sessions, one of which waits.
pub fn sample() -> LateList<'static> {
    let line = |name: &str, waiting| LateSession {
        session: "00000000-0000-0000-0000-000000005e55".to_owned(),
        name: name.to_owned(),
        room: "3".to_owned(),
        late: 4,
        waiting,
        since: (waiting > 0).then(|| "12:58".to_owned()),
    };
    LateList {
        around: super::around::sample::around("/late-entries"),
        lines: vec![line("MORENO, Ana", 2), line("SATO, Ken", 0)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_says_how_much_and_since_when() {
        let html = sample().html();
        assert!(html.contains("2 wait since 12:58"), "{html}");
        assert!(html.contains("looked at"));
    }
}
