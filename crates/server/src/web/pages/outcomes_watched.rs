//! What watches for harm on a person's page of outcomes: the bladder questions and AUDIT-C, each
//! time in words, and never a number that the scale does not have.

use super::clock_face::ClockFace;
use super::my_history::scale_item;
use super::outcomes::{contact_says, score_says, standing_says};
use crate::outcomes::Told;
use clinical::course::outcomes::{
    AskedStanding, OverLimit, Reading, Score, Sheet, Source, WATCHED,
};
use clinical::instrument::{Answer, Answers, GivenBy, Instrument, Item, Library, Points, Response};
use clinical::leaflet::Language;
use units::Moment;
use uuid::Uuid;

/// One of these scales at one time.
pub struct WatchedRow {
    pub(super) at: Moment,
    pub(super) day: String,
    pub(super) occasion: String,
    pub(super) title: String,
    pub(super) says: String,
    pub(super) soft: String,
    pub(super) is_missing: bool,
    pub(super) struck: bool,
    pub(super) strike: Option<Uuid>,
}

/// A scale at its limit or above, of which nobody has said what was done, in words.
pub fn limit_says(over: &OverLimit, instrument: &Instrument, clock: &ClockFace<'_>) -> String {
    let points = over
        .points
        .map_or_else(String::new, |points| format!(" {points}"));
    let title = &instrument.title;
    let (day, says) = (clock.date(over.at), &over.says);
    let why = match (over.is_certain, over.by_sex) {
        (true, _) => "at its limit or above",
        (false, true) => {
            "whether that is at its limit is not known, because the record says neither female nor male"
        }
        (false, false) => "whether it is at its limit or above is not known, answers are missing",
    };
    format!("{title}{points} on {day}: {why}. {says}")
}

/// Everything of these scales, in order of time.
pub(super) fn rows(
    told: &Told,
    library: &Library,
    clock: &ClockFace<'_>,
    now: Moment,
) -> Vec<WatchedRow> {
    let mut rows: Vec<WatchedRow> = Vec::new();
    for instrument in WATCHED.iter().filter_map(|id| library.named(id)) {
        let of = Of {
            told,
            instrument,
            clock,
            now,
        };
        let history = told
            .history
            .iter()
            .filter(|(scale, _)| *scale == instrument.id)
            .map(|(_, reading)| of.history(reading));
        rows.extend(history);
        let sheets = told.sheets.of_scale(&instrument.id);
        rows.extend(sheets.into_iter().map(|sheet| of.sheet(sheet)));
        rows.extend(of.unanswered());
    }
    rows.sort_by_key(|row| row.at);
    rows
}

struct Of<'a> {
    told: &'a Told,
    instrument: &'a Instrument,
    clock: &'a ClockFace<'a>,
    now: Moment,
}

impl Of<'_> {
    fn row(&self, at: Moment, occasion: String, says: String) -> WatchedRow {
        WatchedRow {
            at,
            day: self.clock.date(at),
            occasion,
            title: self.instrument.title.clone(),
            says,
            soft: String::new(),
            is_missing: false,
            struck: false,
            strike: None,
        }
    }

    fn history(&self, reading: &Reading) -> WatchedRow {
        let before = "before treatment, in the history".to_owned();
        let is_missing = matches!(reading.score, Score::Incomplete { .. } | Score::Declined);
        WatchedRow {
            is_missing,
            ..self.row(reading.at, before, self.missing(reading))
        }
    }

    fn sheet(&self, sheet: &Sheet) -> WatchedRow {
        let asked = self.told.asked.iter();
        let mut asked = asked.filter(|one| one.sheet() == sheet.sheet);
        let occasion = asked.next().map_or_else(
            || match sheet.contact {
                Some(_) => "after a session".to_owned(),
                None => format!("entered by {}", sheet.by.name()),
            },
            contact_says,
        );
        if let Some(struck) = &sheet.struck {
            return WatchedRow {
                struck: true,
                soft: format!("struck out by {}: {}", struck.by.name(), struck.reason),
                ..self.row(
                    sheet.at,
                    occasion,
                    answers_say(self.instrument, &sheet.answers),
                )
            };
        }
        let Some(reading) = sheet.reading(self.instrument) else {
            return self.row(sheet.at, occasion, "not known".to_owned());
        };
        let (says, is_missing) = match &reading.score {
            Score::Complete { .. } => (self.points(&reading), false),
            Score::Answered => ("answered".to_owned(), false),
            Score::Incomplete { .. } | Score::Declined => (self.missing(&reading), true),
        };
        let mut soft: Vec<String> = Vec::new();
        if self.instrument.principal.is_none() {
            soft.push(answers_say(self.instrument, &sheet.answers));
        }
        soft.extend(self.limit(sheet, &reading));
        if !reading.undecided.is_empty() {
            soft.push(format!(
                "no answer to {}: whether somebody must look at it is not known",
                reading.undecided.join(", ")
            ));
        }
        soft.retain(|one| !one.is_empty());
        let is_own = matches!(reading.source, Source::Sheet(_)) && sheet.contact.is_some();
        WatchedRow {
            soft: soft.join(" · "),
            is_missing,
            strike: (!is_own).then_some(sheet.sheet),
            ..self.row(reading.at, occasion, says)
        }
    }

    /// Why there is nothing to say; of a scale that is never added up it is not a score that is missing.
    fn missing(&self, reading: &Reading) -> String {
        match (&reading.score, &self.instrument.principal) {
            (Score::Incomplete { missing }, None) => match missing.len() {
                1 => "not whole: 1 answer missing".to_owned(),
                count => format!("not whole: {count} answers missing"),
            },
            _another => score_says(reading),
        }
    }

    fn points(&self, reading: &Reading) -> String {
        crate::outcomes::score_says(self.instrument, reading).unwrap_or_else(|| score_says(reading))
    }

    /// At the limit or above, below it, or not to be told; nothing of a scale without one, or of a sheet
    /// that is not whole and could still become either.
    fn limit(&self, sheet: &Sheet, reading: &Reading) -> Option<String> {
        if self.instrument.cuts.is_empty() {
            return None;
        }
        let over = sheet.over_limit(self.instrument, self.told.sex, self.now);
        let talked = self.told.sheets.talked.get(&sheet.sheet);
        let said = match over {
            Some(over) if over.is_certain => "at its limit or above",
            Some(over) if over.by_sex => {
                "whether that is at its limit is not known: sex is not recorded as female or male"
            }
            Some(_) => "whether it is at its limit or above is not known",
            None if reading.points().is_some() => "below its limit",
            None => return None,
        };
        Some(talked.map_or_else(
            || said.to_owned(),
            |talked| {
                format!(
                    "{said}; {}, {}: {}",
                    self.clock.when(talked.at),
                    talked.by.name(),
                    talked.done
                )
            },
        ))
    }

    /// What was asked and has not one answer.
    fn unanswered(&self) -> Vec<WatchedRow> {
        let all = self.told.asked.iter();
        all.filter(|one| one.scale == self.instrument.id && one.due <= self.now)
            .filter(|one| match one.standing {
                AskedStanding::Silent
                | AskedStanding::Overtaken
                | AskedStanding::Open { answered: 0, .. } => true,
                AskedStanding::Open { .. }
                | AskedStanding::Coming
                | AskedStanding::Scored(_)
                | AskedStanding::Answered(_)
                | AskedStanding::Incomplete(_)
                | AskedStanding::Declined => false,
            })
            .map(|one| WatchedRow {
                is_missing: true,
                ..self.row(one.due, contact_says(one), standing_says(one, self.clock))
            })
            .collect()
    }
}

/// What was said beside "on no day", question by question.
fn answers_say(instrument: &Instrument, answers: &Answers) -> String {
    let items = instrument.items.iter();
    let mut answered = 0;
    let said: Vec<String> = items
        .filter(|item| item.given_by == GivenBy::Question)
        .filter_map(|item| {
            let (points, says) = chosen(instrument, item, answers.to(&item.id)?)?;
            answered += 1;
            (points != Points::ZERO).then(|| format!("{}: {}", item.id, says.to_lowercase()))
        })
        .collect();
    match (said.is_empty(), answered) {
        (true, 0) => String::new(),
        (true, _) => "nothing on any day, of what was answered".to_owned(),
        (false, _) => said.join("; "),
    }
}

/// The points of an answer and its words in English.
fn chosen(instrument: &Instrument, item: &Item, answer: &Answer) -> Option<(Points, String)> {
    let Response::Options(set) = &item.response else {
        return None;
    };
    let choices = instrument.choices(set);
    let choice = match answer {
        Answer::Chosen(id) => choices.iter().find(|choice| choice.id == *id)?,
        Answer::Number(points) => choices.iter().find(|one| one.points == Some(*points))?,
        Answer::NotSure | Answer::Declined => return None,
    };
    let words = scale_item(instrument, &item.id, Language::English)?;
    let says = words.choices.into_iter().find(|(id, _)| *id == choice.id)?;
    Some((choice.points?, says.1))
}
