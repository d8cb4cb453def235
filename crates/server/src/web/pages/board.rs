//! The clinic board: where is everyone, and who needs me. Sorted by need, not by time.

use super::around::Around;
use super::clock_face::{since_start, today};
use super::tile::{TileView, bars};
use crate::live::{Feed, Tiles};
use askama::Template;
use clinical::advisory::Priority;
use clinical::course::session::state::Advisory;
use clinical::course::session::{Due, Session, Stage};
use clinical::patient::Patient;
use clinical::record::Actor;
use serde::Serialize;

/// A room and who is in it.
pub struct BoardRoom<'a> {
    /// The room's name.
    pub room: &'a str,
    /// Who is in it, or is expected; `None`: free.
    pub visit: Option<BoardVisit<'a>>,
}

/// A visit as the board knows it.
pub struct BoardVisit<'a> {
    /// The session.
    pub session: &'a Session,
    /// The person.
    pub patient: &'a Patient,
    /// What the bedside shows now.
    pub live: &'a Tiles,
    /// What is due next of each kind, the soonest first.
    pub due: &'a [Due],
}

/// The clinic board.
pub struct Board<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Every room, in the order of the clinic.
    pub rooms: Vec<BoardRoom<'a>>,
    /// True where the clinic uses notices on live numerics.
    pub advisories_on: bool,
    /// For whom it is.
    pub shown: Shown,
    /// What the link to the safety programme says; not refreshed live.
    pub programme: String,
}

/// For whom a board is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Staff at their own screen.
    Staff,
    /// Whoever passes the display on the wall, with names or without.
    Wall {
        /// The clinic wants names there.
        names: bool,
    },
}

impl Shown {
    // Hazard: H01
    const fn names(self) -> bool {
        match self {
            Self::Staff => true,
            Self::Wall { names } => names,
        }
    }
}

/// The signs that the board has room for.
const ON_BOARD: [&str; 4] = [
    "systolic",
    "heart-rate",
    "oxygen-saturation",
    "respiratory-rate",
];

/// How urgently a row needs somebody, gravest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Need {
    Nobody,
    Free,
    Someone,
    Dosing,
    Due,
    Seen(Priority),
    Overdue,
    Drill,
    NoSignal,
    Unseen(Priority),
    /// Nobody has acknowledged it in time: somebody else is to go.
    Escalated(Priority),
}

#[derive(Template)]
#[template(path = "board.html")]
struct Page<'a> {
    around: Around<'a>,
    rows: String,
    wall: bool,
    programme: &'a str,
}

#[derive(Template)]
#[template(path = "board_rows.html")]
struct Rows<'a> {
    rows: Vec<Row<'a>>,
    in_session: usize,
    needing: usize,
    advisories_on: bool,
}

/// The part of the board that is refreshed live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoardFragment {
    /// The rows.
    pub html: String,
    /// What nobody has acknowledged, for the sound, the gravest first.
    pub calls: Vec<Call>,
}

/// What a board has to learn to stand as it is now: `event: board`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BoardChange {
    /// All of it, where lines came or went.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// Otherwise the lines that differ, each by its number.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<(usize, String)>,
    /// What nobody has acknowledged, where that differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calls: Option<Vec<Call>>,
}

impl BoardFragment {
    /// What has changed since another state; `None` where nothing has. Forty rooms whose numbers
    /// move every second are then a kilobyte, not thirty.
    pub fn since(&self, before: Option<&Self>) -> Option<BoardChange> {
        let calls = before.is_none_or(|before| before.calls != self.calls);
        let mut change = BoardChange {
            html: None,
            lines: Vec::new(),
            calls: calls.then(|| self.calls.clone()),
        };
        let known = before.map(|before| before.html.split('\n'));
        match known {
            Some(known) if known.clone().count() == self.html.split('\n').count() => {
                change.lines = known
                    .zip(self.html.split('\n'))
                    .enumerate()
                    .filter(|(_, (was, is))| was != is)
                    .map(|(number, (_, is))| (number, is.to_owned()))
                    .collect();
            }
            Some(_) | None => change.html = Some(self.html.clone()),
        }
        (change.html.is_some() || !change.lines.is_empty() || calls).then_some(change)
    }
}

/// What a board with its sound armed says aloud: the room and the notice, never a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Call {
    /// Session and notice: what was heard once is not new.
    pub id: String,
    /// Its priority.
    pub priority: Priority,
    /// A second person is to go.
    pub escalated: bool,
    /// The words.
    pub says: String,
}

struct Row<'a> {
    room: String,
    priority: &'static str,
    bars: &'static str,
    need_class: &'static str,
    notice: String,
    escalated: Option<String>,
    person: Option<Person>,
    /// Somebody is there, and is not named.
    nameless: bool,
    stage: &'static str,
    /// Who has the room, where somebody said so.
    held: Option<String>,
    since: String,
    vital_signs: Vec<TileView<'a>>,
    no_signal: Option<String>,
    next: String,
    next_now: bool,
    simulated: bool,
}

struct Person {
    name: String,
    age: String,
    /// Into the room; a display on the wall leads nowhere.
    link: Option<String>,
}

impl Board<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let rows = self.rows_html();
        super::written(&Page {
            around: self.around,
            rows,
            wall: self.shown != Shown::Staff,
            programme: &self.programme,
        })
    }

    /// The rows alone, for the live refresh.
    pub fn fragment(&self) -> BoardFragment {
        BoardFragment {
            html: self.rows_html(),
            calls: self.calls(),
        }
    }

    /// What nobody has acknowledged, the gravest first.
    fn calls(&self) -> Vec<Call> {
        let mut calls: Vec<Call> = self
            .rooms
            .iter()
            .filter_map(|room| Some((room.room, room.visit.as_ref()?.session)))
            .flat_map(|(room, session)| {
                unseen(session).map(move |advisory| {
                    let notice = &advisory.notice;
                    let escalated = advisory.escalated.is_some();
                    let second = if escalated {
                        "Second person needed. "
                    } else {
                        ""
                    };
                    Call {
                        id: format!("{}.{}", session.id, advisory.number),
                        priority: notice.priority,
                        escalated,
                        says: format!(
                            "{second}{}, {} priority. {}.",
                            room_says(room),
                            notice.priority.word(),
                            notice.says
                        ),
                    }
                })
            })
            .collect();
        // Hazard: H57 — it is said to be a drill before anything else is said.
        let drill = self.around.drill.filter(|drill| drill.answered.is_none());
        calls.extend(drill.map(|drill| Call {
            id: format!("drill.{}", drill.number),
            priority: drill.priority,
            escalated: false,
            says: format!(
                "Drill, drill. {}: {}. This is a drill.",
                room_says(&drill.room),
                drill.condition.says()
            ),
        }));
        calls.sort_by_key(|call| std::cmp::Reverse((call.escalated, call.priority)));
        calls
    }

    fn rows_html(&self) -> String {
        let mut rooms: Vec<_> = self
            .rooms
            .iter()
            .map(|room| (need(room, self.around), room))
            .collect();
        // A stable sort: rooms of equal need keep the clinic's own order.
        rooms.sort_by_key(|(need, _)| std::cmp::Reverse(*need));
        let in_session = self
            .rooms
            .iter()
            .filter(|room| {
                room.visit
                    .as_ref()
                    .is_some_and(|visit| visit.session.stage.is_present())
            })
            .count();
        let needing = rooms.iter().filter(|(need, _)| *need >= Need::Due).count();
        let rows = rooms
            .into_iter()
            .map(|(need, room)| row(need, room, self.around, self.shown))
            .collect();
        super::written(&Rows {
            rows,
            in_session,
            needing,
            advisories_on: self.advisories_on,
        })
    }
}

/// A room as it is said aloud.
fn room_says(room: &str) -> String {
    if room.to_lowercase().starts_with("room") {
        room.to_owned()
    } else {
        format!("Room {room}")
    }
}

fn loudest(room: &BoardRoom<'_>) -> Option<Priority> {
    let visit = room.visit.as_ref()?;
    visit
        .session
        .open_advisories()
        .into_iter()
        .filter(|advisory| advisory.acknowledged.is_none())
        .map(|advisory| advisory.notice.priority)
        .max()
}

/// A second person is to go, and nobody has acknowledged yet.
fn is_escalated(session: &Session) -> bool {
    unseen(session).any(|advisory| advisory.escalated.is_some())
}

/// What stands and nobody has acknowledged.
fn unseen(session: &Session) -> impl Iterator<Item = &Advisory> {
    session
        .open_advisories()
        .into_iter()
        .filter(|advisory| advisory.acknowledged.is_none())
}

/// The gravest notice that nobody has seen is about the signal, not about the person.
fn technical(session: &Session) -> bool {
    session
        .open_advisories()
        .into_iter()
        .find(|advisory| advisory.acknowledged.is_none())
        .is_some_and(|advisory| advisory.notice.technical)
}

/// A drill runs in this room, in which nobody is.
fn practised(room: &BoardRoom<'_>, around: Around<'_>) -> bool {
    let present = room
        .visit
        .as_ref()
        .is_some_and(|visit| visit.session.stage.is_present());
    !present && around.drill.is_some_and(|drill| drill.room == room.room)
}

fn need(room: &BoardRoom<'_>, around: Around<'_>) -> Need {
    if practised(room, around) {
        return Need::Drill;
    }
    let Some(visit) = &room.visit else {
        return Need::Free;
    };
    let stage = visit.session.stage;
    if let Some(priority) = loudest(room) {
        return if is_escalated(visit.session) {
            Need::Escalated(priority)
        } else {
            Need::Unseen(priority)
        };
    }
    let silent =
        visit.live.feed == Feed::Silent || visit.live.simulated || visit.live.conflict.is_some();
    if silent && stage.is_present() {
        return Need::NoSignal;
    }
    if visit.due.iter().any(|due| due.is_overdue(around.now)) {
        return Need::Overdue;
    }
    if let Some(open) = visit.session.open_advisories().first() {
        return Need::Seen(open.notice.priority);
    }
    if visit.due.iter().any(|due| due.is_due(around.now)) {
        return Need::Due;
    }
    match stage {
        Stage::Infusion | Stage::Paused => Need::Dosing,
        Stage::Preparation | Stage::Stopped | Stage::Observation => Need::Someone,
        Stage::NotPlanned
        | Stage::Planned
        | Stage::Discharged
        | Stage::Cancelled
        | Stage::Signed => Need::Nobody,
    }
}

/// What is practised in a room, in words; empty where nothing is.
fn practised_says(room: &BoardRoom<'_>, around: Around<'_>) -> String {
    around
        .drill
        .filter(|_| practised(room, around))
        .map_or_else(String::new, |drill| {
            format!("DRILL, practice only: {}", drill.condition.says())
        })
}

fn row<'a>(need: Need, room: &'a BoardRoom<'_>, around: Around<'_>, shown: Shown) -> Row<'a> {
    let clock = around.clock();
    let Some(visit) = &room.visit else {
        return Row {
            room: room.room.to_owned(),
            priority: if need == Need::Drill { "DRILL" } else { "" },
            bars: "",
            need_class: if need == Need::Drill {
                "is-drill"
            } else {
                "is-free"
            },
            notice: practised_says(room, around),
            escalated: None,
            person: None,
            nameless: false,
            stage: "free",
            held: None,
            since: "–".to_owned(),
            vital_signs: Vec::new(),
            no_signal: None,
            next: "nobody planned".to_owned(),
            next_now: false,
            simulated: false,
        };
    };
    let session = visit.session;
    let (priority, bars, need_class) = match need {
        // A lost signal has its own pattern: it must look neither like a value nor like calm.
        Need::Unseen(priority) | Need::Escalated(priority) if technical(session) => {
            (priority.word(), bars(priority), "is-technical")
        }
        Need::Unseen(priority) | Need::Escalated(priority) => {
            (priority.word(), bars(priority), class_of(priority))
        }
        Need::Seen(priority) => (priority.word(), bars(priority), "is-seen"),
        Need::Drill => ("DRILL", "", "is-drill"),
        Need::NoSignal => ("", "", "is-technical"),
        Need::Overdue | Need::Due => ("", "", "is-due"),
        Need::Nobody | Need::Free | Need::Someone | Need::Dosing => ("", "", ""),
    };
    let since = match session
        .infusion()
        .and_then(|infusion| infusion.started_at())
    {
        Some(started) if session.stage.is_dosing() => {
            let text = since_start(around.now - started);
            // Seconds would make the board restless; the room shows them.
            text.rsplit_once(':')
                .map_or(text.clone(), |(minutes, _)| format!("{minutes} min"))
        }
        Some(_) | None => match (session.stage, session.stage_since, session.planned_for) {
            (Stage::Planned, _, Some(planned)) => format!("planned {}", clock.when(planned)),
            (_, Some(since), _) => format!("{}", around.now - since),
            (_, None, _) => "not known".to_owned(),
        },
    };
    let no_signal = match (&visit.live.conflict, visit.live.feed) {
        (Some(_), _) => Some("monitor names another person".to_owned()),
        (None, Feed::Silent) => Some("no signal".to_owned()),
        (None, Feed::None) => Some("no monitor".to_owned()),
        (None, Feed::ByHand) => Some("by hand".to_owned()),
        (None, Feed::Live) => None,
    };
    let (next, next_now) = next_says(visit, around);
    let age = today(around.now, around.zone).and_then(|today| visit.patient.age(today));
    Row {
        room: room.room.to_owned(),
        priority,
        bars,
        need_class,
        notice: session.open_advisories().first().map_or_else(
            || practised_says(room, around),
            |one| one.notice.says.clone(),
        ),
        escalated: unseen(session)
            .filter(|advisory| advisory.escalated.is_some())
            .map(|advisory| clock.time(advisory.raised_at))
            .min(),
        person: Some(Person {
            name: visit
                .patient
                .banner_name()
                .unwrap_or_else(|| "Name not recorded".to_owned()),
            age: age.map_or_else(
                || "age not known".to_owned(),
                |years| format!("{years}\u{a0}y"),
            ),
            link: (shown == Shown::Staff).then(|| format!("/sessions/{}", session.id)),
        })
        .filter(|_| shown.names()),
        nameless: !shown.names(),
        stage: session.stage_says(),
        held: session
            .has_room()
            .filter(|_| session.stage.is_present())
            .and_then(|(actor, _)| match actor {
                Actor::Person { name, .. } => Some(format!("{name} has the room")),
                Actor::Device { .. } | Actor::System { .. } => None,
            }),
        since,
        vital_signs: visit
            .live
            .tiles
            .iter()
            .filter(|tile| ON_BOARD.contains(&tile.sign) && tile.state != "never")
            .map(TileView)
            .collect(),
        no_signal: no_signal.filter(|_| session.stage.is_present()),
        next,
        next_now,
        simulated: visit.live.simulated,
    }
}

/// The next checks in words, those of the same moment together; true when one is due.
fn next_says(visit: &BoardVisit<'_>, around: Around<'_>) -> (String, bool) {
    let clock = around.clock();
    if !visit.due.is_empty() {
        let mut groups: Vec<(String, Vec<String>)> = Vec::new();
        for due in visit.due {
            let when = if due.is_overdue(around.now) {
                format!("overdue since {}", clock.time(due.at))
            } else if due.is_due(around.now) {
                "now".to_owned()
            } else {
                clock.time(due.at)
            };
            let name = due.check.says().to_lowercase();
            match groups.iter_mut().find(|(known, _)| *known == when) {
                Some((_, names)) => names.push(name),
                None => groups.push((when, vec![name])),
            }
        }
        let says: Vec<String> = groups
            .into_iter()
            .map(|(when, names)| format!("{} {when}", names.join(", ")))
            .collect();
        let now = visit.due.iter().any(|due| due.is_due(around.now));
        return (says.join(" · "), now);
    }
    let says = match visit.session.stage {
        Stage::Planned => "check-in",
        Stage::Preparation => "time-out",
        Stage::Stopped => "observation",
        Stage::Observation => "discharge",
        Stage::Discharged | Stage::Cancelled => "signature",
        Stage::NotPlanned | Stage::Infusion | Stage::Paused | Stage::Signed => "nothing",
    };
    (says.to_owned(), false)
}

const fn class_of(priority: Priority) -> &'static str {
    match priority {
        Priority::High => "is-high",
        Priority::Medium => "is-medium",
        Priority::Low => "is-low",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fragment(html: &str) -> BoardFragment {
        BoardFragment {
            html: html.to_owned(),
            calls: Vec::new(),
        }
    }

    #[test]
    fn a_board_that_takes_in_every_change_stands_as_it_is() {
        let states = ["a\n1\nb", "a\n2\nb", "a\n2\nb", "a\n2\nb\nc", "x\n3\nb\nc"];
        let (mut lines, mut sent): (Vec<String>, _) = (Vec::new(), None::<BoardFragment>);
        for state in states {
            let now = fragment(state);
            if let Some(change) = now.since(sent.as_ref()) {
                if let Some(html) = change.html {
                    lines = html.split('\n').map(str::to_owned).collect();
                }
                for (number, text) in change.lines {
                    lines[number] = text;
                }
            }
            sent = Some(now);
            assert_eq!(lines.join("\n"), state);
        }
        assert_eq!(fragment("a").since(Some(&fragment("a"))), None);
    }
}
