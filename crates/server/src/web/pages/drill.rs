//! Practising a notice: the drill that runs, the form that begins one, and what came of each.

use super::around::Around;
use askama::Template;
use clinical::clinic::Clinic;
use clinical::clinic::drill::{Drill, PRACTISED};

/// The page, as it is given.
pub struct DrillPage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// The clinic.
    pub clinic: &'a Clinic,
    /// Rooms in which somebody is.
    pub in_use: &'a [String],
}

/// So many of the newest drills are listed.
const LISTED: usize = 20;

#[derive(Template)]
#[template(path = "drill.html")]
struct Page<'a> {
    around: Around<'a>,
    rooms: Vec<&'a str>,
    practised: Vec<(&'static str, &'static str, &'static str)>,
    past: Vec<Line>,
}

struct Line {
    at: String,
    room: String,
    says: &'static str,
    by: String,
    came: String,
    ended: String,
}

impl DrillPage<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let rooms = self.clinic.rooms.iter().map(|room| room.name.as_str());
        super::written(&Page {
            around: self.around,
            rooms: rooms
                .filter(|room| self.in_use.iter().all(|used| used != room))
                .collect(),
            practised: PRACTISED
                .into_iter()
                .map(|(condition, priority)| (condition.word(), condition.says(), priority.word()))
                .collect(),
            past: self
                .clinic
                .drills
                .iter()
                .rev()
                .take(LISTED)
                .map(|drill| self.line(drill))
                .collect(),
        })
    }

    fn line(&self, drill: &Drill) -> Line {
        let clock = self.around.clock();
        let came = match &drill.answered {
            Some((by, at)) => format!("{by} after {}\u{a0}s", (*at - drill.at).seconds()),
            None if drill.is_running(self.around.now) => "nobody yet".to_owned(),
            None => "NOBODY CAME".to_owned(),
        };
        let ended = match &drill.ended {
            Some((how, at)) => format!("{how}, {}", clock.time(*at)),
            None if drill.is_running(self.around.now) => "runs".to_owned(),
            None => format!("by itself, {}", clock.time(drill.ends_at)),
        };
        Line {
            at: clock.when(drill.at),
            room: drill.room.clone(),
            says: drill.condition.says(),
            by: drill.by.clone(),
            came,
            ended,
        }
    }
}
