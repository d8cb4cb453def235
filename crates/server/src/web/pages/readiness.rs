//! "Ready tomorrow?": everyone of a day with go, wait or stop, and why.

use super::around::Around;
use super::clock_face::ClockFace;
use crate::readiness::Ready;
use crate::web::access::RECEPTION;
use askama::Template;
use clinical::course::preparation::{About, Check, Fixer, Readiness, Standing};
use clinical::record::Role;
use store::CourseRow;

/// The list of a day.
#[derive(Template)]
#[template(path = "readiness.html")]
pub struct ReadinessPage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Which day, in words.
    pub date: String,
    /// The same as it stands in addresses.
    pub day: String,
    /// The day before and the day after, as they stand in addresses.
    pub beside: [String; 2],
    /// Everyone.
    pub visits: &'a [Ready],
    /// Messages that did not arrive, with the name of the person.
    pub failures: &'a [(CourseRow, String)],
    /// The role of the reader: the front desk reads no one's health.
    pub role: Role,
    /// What was just done.
    pub done: bool,
}

/// One visit of the list.
pub struct Line {
    time: String,
    name: String,
    word: &'static str,
    says: String,
    open: Vec<Reason>,
    id: String,
    check_in: bool,
    /// Where the way home is arranged, for whoever arranges it.
    may_arrange: bool,
    /// Who takes them home, and what they answered; empty while it is open.
    way_home: String,
}

/// One reason.
pub struct Reason {
    name: &'static str,
    says: String,
    remedy: String,
    who: &'static str,
}

impl ReadinessPage<'_> {
    fn clock(&self) -> ClockFace<'_> {
        ClockFace {
            zone: self.around.zone,
            now: self.around.now,
        }
    }

    fn lines(&self) -> Vec<Line> {
        let clock = self.clock();
        self.visits
            .iter()
            .map(|ready| Line {
                time: clock.time(ready.starts),
                name: ready
                    .person
                    .as_ref()
                    .and_then(clinical::patient::Patient::banner_name)
                    .unwrap_or_else(|| "Not registered".to_owned()),
                word: ready.answer.word(),
                says: match ready.answer {
                    Readiness::Go => "Go".to_owned(),
                    Readiness::Wait(until) => format!("Wait until {}", clock.when(until)),
                    Readiness::Stop => "Stop".to_owned(),
                },
                open: ready
                    .checks
                    .iter()
                    .filter(|check| check.standing != Standing::Met)
                    .map(|check| self.reason(check))
                    .collect(),
                id: ready.visit.to_string(),
                check_in: self.role != Role::FrontDesk,
                may_arrange: RECEPTION.include(self.role),
                way_home: ready
                    .checks
                    .iter()
                    .find(|check| check.about == About::WayHome && check.standing == Standing::Met)
                    .map_or_else(String::new, |check| check.says.clone()),
            })
            .collect()
    }

    /// `1 stop, 2 wait, 3 go`; nothing when nobody comes.
    fn count(&self) -> String {
        let of = |word: &str| {
            let same = |ready: &&Ready| ready.answer.word() == word;
            self.visits.iter().filter(same).count()
        };
        if self.visits.is_empty() {
            return String::new();
        }
        format!("{} stop, {} wait, {} go", of("stop"), of("wait"), of("go"))
    }

    /// What the front desk may not read is said to be there, and who knows it. `Hazard: H45`.
    fn reason(&self, check: &Check) -> Reason {
        let clock = self.clock();
        let kept = self.role == Role::FrontDesk
            && matches!(check.fixer, Fixer::Nurse | Fixer::Prescriber)
            && !matches!(
                check.about,
                About::Booking | About::Consent | About::Order | About::Weight
            );
        if kept {
            return Reason {
                name: "Clinical",
                says: "Something is open that a nurse or prescriber can read here.".to_owned(),
                remedy: String::new(),
                who: check.fixer.says(),
            };
        }
        let until = match check.standing {
            Standing::Wait(until) => format!(" Met at {}.", clock.when(until)),
            Standing::NotKnown => " Not known blocks.".to_owned(),
            Standing::Met | Standing::Stop => String::new(),
        };
        Reason {
            name: check.about.says(),
            says: format!("{}{until}", check.says),
            remedy: check.remedy.clone(),
            who: check.fixer.says(),
        }
    }

    /// Name, when, why, and where to put right how they are reached; empty where nobody is known.
    fn failed(&self) -> Vec<(String, String, String, String)> {
        let clock = self.clock();
        self.failures
            .iter()
            .map(|(row, name)| {
                let summary: serde_json::Value =
                    serde_json::from_str(&row.summary).unwrap_or_default();
                let why = summary["trouble"].as_str().unwrap_or("not known why");
                let when = row.due.map_or_else(String::new, |due| clock.when(due));
                let to = row
                    .patient
                    .map_or_else(String::new, |id| format!("/patients/{id}/details"));
                (name.clone(), when, why.to_owned(), to)
            })
            .collect()
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

/// A day on which nobody comes.
pub fn sample() -> ReadinessPage<'static> {
    ReadinessPage {
        around: super::around::sample::around("/ready"),
        date: "20 Nov 2026".to_owned(),
        day: "2026-11-20".to_owned(),
        beside: ["2026-11-19".to_owned(), "2026-11-21".to_owned()],
        visits: &[],
        failures: &[],
        role: Role::Nurse,
        done: false,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_day_on_which_nobody_comes_says_so() {
        assert!(super::sample().html().contains("Nobody comes on this day."));
    }
}
