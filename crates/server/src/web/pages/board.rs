//! The clinic board: where is everyone, and who needs me. Sorted by need, not by time.

use super::around::Around;
use super::clock_face::{since_start, today};
use super::tile::{TileView, bars};
use crate::live::{Feed, Tiles};
use askama::Template;
use clinical::advisory::Priority;
use clinical::course::session::{Due, Session, Stage};
use clinical::patient::Patient;
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
    /// The next set of vital signs.
    pub due: Option<Due>,
}

/// The clinic board.
pub struct Board<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Every room, in the order of the clinic.
    pub rooms: Vec<BoardRoom<'a>>,
    /// True where the clinic uses notices on live numerics.
    pub advisories_on: bool,
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
    NoSignal,
    Unseen(Priority),
}

#[derive(Template)]
#[template(path = "board.html")]
struct Page<'a> {
    around: Around<'a>,
    rows: String,
}

#[derive(Template)]
#[template(path = "board_rows.html")]
struct Rows<'a> {
    rows: Vec<Row<'a>>,
    in_session: usize,
    needing: usize,
    advisories_on: bool,
}

/// The part of the board that is refreshed live: `event: board` carries it as `html`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BoardFragment {
    /// The rows.
    pub html: String,
    /// The gravest unseen priority on the board, for the optional sound.
    pub loudest: Option<Priority>,
}

struct Row<'a> {
    room: String,
    priority: &'static str,
    bars: &'static str,
    need_class: &'static str,
    notice: String,
    person: Option<Person>,
    stage: &'static str,
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
    link: String,
}

impl Board<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let rows = self.rows_html();
        super::written(&Page {
            around: self.around,
            rows,
        })
    }

    /// The rows alone, for the live refresh.
    pub fn fragment(&self) -> BoardFragment {
        BoardFragment {
            html: self.rows_html(),
            loudest: self.rooms.iter().filter_map(loudest).max(),
        }
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
            .map(|(need, room)| row(need, room, self.around))
            .collect();
        super::written(&Rows {
            rows,
            in_session,
            needing,
            advisories_on: self.advisories_on,
        })
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

/// The gravest notice that nobody has seen is about the signal, not about the person.
fn technical(session: &Session) -> bool {
    session
        .open_advisories()
        .into_iter()
        .find(|advisory| advisory.acknowledged.is_none())
        .is_some_and(|advisory| advisory.notice.technical)
}

fn need(room: &BoardRoom<'_>, around: Around<'_>) -> Need {
    let Some(visit) = &room.visit else {
        return Need::Free;
    };
    let stage = visit.session.stage;
    if let Some(priority) = loudest(room) {
        return Need::Unseen(priority);
    }
    let silent =
        visit.live.feed == Feed::Silent || visit.live.simulated || visit.live.conflict.is_some();
    if silent && stage.is_present() {
        return Need::NoSignal;
    }
    if visit.due.is_some_and(|due| due.is_overdue(around.now)) {
        return Need::Overdue;
    }
    if let Some(open) = visit.session.open_advisories().first() {
        return Need::Seen(open.notice.priority);
    }
    if visit.due.is_some_and(|due| due.at <= around.now) {
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

fn row<'a>(need: Need, room: &'a BoardRoom<'_>, around: Around<'_>) -> Row<'a> {
    let clock = around.clock();
    let Some(visit) = &room.visit else {
        return Row {
            room: room.room.to_owned(),
            priority: "",
            bars: "",
            need_class: "is-free",
            notice: String::new(),
            person: None,
            stage: "free",
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
        Need::Unseen(priority) if technical(session) => {
            (priority.word(), bars(priority), "is-technical")
        }
        Need::Unseen(priority) => (priority.word(), bars(priority), class_of(priority)),
        Need::Seen(priority) => (priority.word(), bars(priority), "is-seen"),
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
        notice: session
            .open_advisories()
            .first()
            .map(|one| one.notice.says.clone())
            .unwrap_or_default(),
        person: Some(Person {
            name: visit
                .patient
                .banner_name()
                .unwrap_or_else(|| "Name not recorded".to_owned()),
            age: age.map_or_else(
                || "age not known".to_owned(),
                |years| format!("{years}\u{a0}y"),
            ),
            link: format!("/sessions/{}", session.id),
        }),
        stage: session.stage.says(),
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

fn next_says(visit: &BoardVisit<'_>, around: Around<'_>) -> (String, bool) {
    let clock = around.clock();
    match (visit.due, visit.session.stage) {
        (Some(due), _) if due.is_overdue(around.now) => (
            format!("vital signs overdue since {}", clock.time(due.at)),
            true,
        ),
        (Some(due), _) if due.at <= around.now => ("vital signs now".to_owned(), true),
        (Some(due), _) => (format!("vital signs {}", clock.time(due.at)), false),
        (None, Stage::Planned) => ("check-in".to_owned(), false),
        (None, Stage::Preparation) => ("time-out".to_owned(), false),
        (None, Stage::Stopped) => ("observation".to_owned(), false),
        (None, Stage::Observation) => ("discharge".to_owned(), false),
        (None, Stage::Discharged | Stage::Cancelled) => ("signature".to_owned(), false),
        (None, Stage::NotPlanned | Stage::Infusion | Stage::Paused | Stage::Signed) => {
            ("nothing".to_owned(), false)
        }
    }
}

const fn class_of(priority: Priority) -> &'static str {
    match priority {
        Priority::High => "is-high",
        Priority::Medium => "is-medium",
        Priority::Low => "is-low",
    }
}
