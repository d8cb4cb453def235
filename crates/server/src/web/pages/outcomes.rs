//! One person's outcomes, for staff: the picture, the same numbers as a table, what each definition
//! has found, and what is missing.

use super::around::Around;
use super::clock_face::ClockFace;
use super::identity_strip::IdentityStrip;
use super::my_history::{ScaleQuestion, scale_item};
use super::outcomes_afterwards::{self, AfterwardsRow};
use super::outcomes_chart::{Chart, Given, Mark};
use super::outcomes_watched::{self, WatchedRow, limit_says};
use crate::outcomes::Told;
use askama::Template;
use clinical::course::follow_up::ContactKind;
use clinical::course::outcomes::{
    Asked, AskedStanding, BaselineScore, Course, EndReason, Ending, Finding, First, Missing, Now,
    RELAPSE_SAYS, RELAPSE_SCALE, RELAPSE_SOURCE, Reading, Relapse, Rise, SCALES, Score, Sheet,
    Source, WATCHED,
};
use clinical::course::session::Session;
use clinical::instrument::{GivenBy, Instrument, Item, Library, Points, Response};
use clinical::leaflet::Language;
use clinical::record::PatientId;
use units::{Decimal, Milligrams, Moment, Span};
use uuid::Uuid;

/// The scales that staff can enter, in the order of the form.
pub const ENTERED: [&str; 5] = ["madrs", "phq-9", "gad-7", "urinary-symptoms", "audit-c"];

/// One person's outcomes.
pub struct PersonOutcomes<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Who.
    pub strip: IdentityStrip,
    /// Whose.
    pub patient: PatientId,
    /// Everything about their scales.
    pub told: &'a Told,
    /// The scales that are known.
    pub library: &'a Library,
    /// Why the last form was not saved.
    pub refused: Option<String>,
}

#[derive(Template)]
#[template(path = "outcomes.html")]
struct Page<'a> {
    around: Around<'a>,
    strip: IdentityStrip,
    patient: PatientId,
    refused: Option<String>,
    rise: Option<(Uuid, String)>,
    limits: Vec<(Uuid, String)>,
    watched: Vec<WatchedRow>,
    afterwards: Vec<AfterwardsRow>,
    settled: Vec<String>,
    scales: Vec<Scale>,
    chart: String,
    titles: Vec<String>,
    rows: Vec<Row>,
    missing: Vec<String>,
    next: String,
    forms: Vec<Form>,
    now: String,
    endings: Vec<EndingShown>,
    has_ended: bool,
    end_reasons: Vec<(&'static str, &'static str)>,
    today: String,
}

/// A scale of this person with what it came to at each time, read once for the whole page.
struct Lane<'a> {
    instrument: &'a Instrument,
    readings: Vec<Reading>,
    course: Course<'a>,
}

/// What one scale comes to.
struct Scale {
    id: String,
    title: String,
    version: u32,
    glance: String,
    alert: Option<String>,
    findings: Vec<FindingShown>,
}

/// That treatment was said to have ended.
struct EndingShown {
    says: String,
    soft: String,
    /// It was not taken back.
    counts: bool,
}

struct FindingShown {
    name: String,
    says: String,
    now: String,
    is_met: bool,
    first: String,
    source: String,
    unverified: bool,
}

struct Row {
    at: Moment,
    day: String,
    what: String,
    cells: Vec<Cell>,
    /// A session, which has no scores.
    session: bool,
}

#[derive(Default)]
struct Cell {
    says: String,
    soft: String,
    is_missing: bool,
    struck: bool,
    strike: Option<Uuid>,
}

/// A score that has risen again, in words.
pub fn rise_says(rise: &Rise, instrument: &Instrument, clock: &ClockFace<'_>) -> String {
    format!(
        "{} {} on {}: {} above the lowest, {} on {}.",
        instrument.title,
        rise.points,
        clock.date(rise.at),
        rise.points.number() - rise.lowest.number(),
        rise.lowest,
        clock.date(rise.lowest_at)
    )
}

struct Form {
    scale: String,
    title: String,
    total: Option<(String, String)>,
    items: Vec<(String, String)>,
    /// Questions that are answered with their words.
    questions: Vec<ScaleQuestion>,
    asks: &'static str,
}

impl PersonOutcomes<'_> {
    /// The scales that this person has: those that are asked, and whatever was entered.
    fn lanes(&self) -> Vec<Lane<'_>> {
        let of_sheets = self.told.sheets.sheets.values();
        let mut ids: Vec<&str> = SCALES.to_vec();
        for sheet in of_sheets {
            // What watches for harm stands apart: it says nothing of whether treatment helps.
            if !WATCHED.contains(&sheet.scale.as_str()) && !ids.contains(&sheet.scale.as_str()) {
                ids.push(&sheet.scale);
            }
        }
        ids.into_iter()
            .filter_map(|id| self.library.named(id))
            .filter(|instrument| instrument.principal.is_some())
            .map(|instrument| {
                let readings = self.told.readings(instrument);
                Lane {
                    course: Course::of(instrument, &readings, self.told.first_drug()),
                    instrument,
                    readings,
                }
            })
            .collect()
    }

    /// A score that has risen again and that nobody has looked after.
    fn rise(&self, clock: &ClockFace<'_>) -> Option<(Uuid, String)> {
        let instrument = self.library.named(RELAPSE_SCALE)?;
        let rise = self.told.sheets.rise(instrument)?;
        Some((rise.sheet, rise_says(&rise, instrument, clock)))
    }

    /// Scales at their limit or above, of which nobody has said what was done.
    // Hazard: H65
    fn limits(&self, clock: &ClockFace<'_>) -> Vec<(Uuid, String)> {
        let known = WATCHED.iter().filter_map(|id| self.library.named(id));
        known
            .filter_map(|instrument| {
                let (sex, now) = (self.told.sex, self.around.now);
                let over = self.told.sheets.over_limit(instrument, sex, now)?;
                Some((over.sheet, limit_says(&over, instrument, clock)))
            })
            .collect()
    }

    /// That treatment has ended, with no session since.
    fn ended(&self) -> Option<&Ending> {
        self.told.sheets.ended_after(self.told.last_drug())
    }

    /// Every time that it was said to have ended, the newest first.
    fn endings(&self, clock: &ClockFace<'_>) -> Vec<EndingShown> {
        let last = self.told.last_drug();
        let all = self.told.sheets.endings.iter().rev();
        all.map(|ending| {
            let mut says = format!(
                "Ended {}: {}.",
                clock.date(ending.at),
                ending.because.says()
            );
            if !ending.note.is_empty() {
                says = format!("{says} {}", ending.note);
            }
            let since = last.filter(|last| *last > ending.at);
            let soft = match (&ending.taken_back, since) {
                (Some(back), _) => format!(
                    "{}; taken back by {}: {}",
                    ending.by.name().to_owned(),
                    back.by.name().to_owned(),
                    back.reason
                ),
                (None, Some(since)) => format!(
                    "{}; a session on {} came after it",
                    ending.by.name().to_owned(),
                    clock.date(since)
                ),
                (None, None) => ending.by.name().to_owned(),
            };
            EndingShown {
                says,
                soft,
                counts: ending.taken_back.is_none() && since.is_none(),
            }
        })
        .collect()
    }

    /// What was done about scores that had risen, the newest first.
    fn settled(&self, clock: &ClockFace<'_>) -> Vec<String> {
        let mut all: Vec<_> = self.told.sheets.settled.values().collect();
        all.sort_by_key(|one| std::cmp::Reverse(one.at));
        all.into_iter()
            .map(|one| {
                format!(
                    "{}, {}: {}",
                    clock.when(one.at),
                    one.by.name().to_owned(),
                    one.done
                )
            })
            .collect()
    }

    /// Scores, sessions and doses on one axis of time, as a picture.
    pub fn picture(&self) -> String {
        self.drawn(&self.lanes())
    }

    fn drawn(&self, lanes: &[Lane<'_>]) -> String {
        let clock = self.around.clock();
        let chart = Chart {
            lanes: lanes
                .iter()
                .map(|lane| (lane.instrument, self.marks(lane, &clock)))
                .collect(),
            sessions: self.given(&clock),
            clock,
        };
        chart.svg()
    }

    /// The page.
    pub fn html(&self) -> String {
        let clock = self.around.clock();
        let lanes = self.lanes();
        super::written(&Page {
            around: self.around,
            strip: self.strip.clone(),
            patient: self.patient,
            refused: self.refused.clone(),
            rise: self.rise(&clock),
            limits: self.limits(&clock),
            afterwards: outcomes_afterwards::rows(self.told, &clock),
            watched: outcomes_watched::rows(self.told, self.library, &clock, self.around.now),
            settled: self.settled(&clock),
            scales: lanes.iter().map(|lane| self.scale(lane)).collect(),
            chart: self.drawn(&lanes),
            titles: lanes
                .iter()
                .map(|lane| lane.instrument.title.clone())
                .collect(),
            rows: self.rows(&lanes),
            missing: self.missing(&lanes),
            next: self.next(),
            forms: self.forms(),
            endings: self.endings(&clock),
            has_ended: self.ended().is_some(),
            end_reasons: EndReason::ALL
                .iter()
                .map(|one| (one.word(), one.says()))
                .collect(),
            today: clock
                .date_time_local(self.around.now)
                .chars()
                .take_while(|letter| *letter != 'T')
                .collect(),
            now: self.around.clock().date_time_local(self.around.now),
        })
    }

    fn marks(&self, lane: &Lane<'_>, clock: &ClockFace<'_>) -> Vec<Mark> {
        let mut marks: Vec<(Moment, Mark)> = lane
            .readings
            .iter()
            .map(|reading| {
                let day = clock.date(reading.at);
                let mark = match &reading.score {
                    Score::Complete { points, estimated } => Mark::Score {
                        at: reading.at,
                        points: *points,
                        estimated: *estimated,
                        says: format!("{day}: {points}{}", estimate(*estimated)),
                    },
                    Score::Answered | Score::Incomplete { .. } | Score::Declined => Mark::Missing {
                        at: reading.at,
                        says: format!("{day}: {}", score_says(reading)),
                    },
                };
                (reading.at, mark)
            })
            .collect();
        for asked in &self.told.asked {
            let silent = matches!(
                asked.standing,
                AskedStanding::Silent | AskedStanding::Overtaken
            );
            if asked.scale == lane.instrument.id && silent && asked.due <= self.around.now {
                let says = format!("{}: {}", clock.date(asked.due), standing_says(asked, clock));
                let at = asked.due;
                marks.push((at, Mark::Missing { at, says }));
            }
        }
        marks.sort_by_key(|(at, _)| *at);
        marks.into_iter().map(|(_, mark)| mark).collect()
    }

    fn given(&self, clock: &ClockFace<'_>) -> Vec<Given> {
        self.told
            .sessions
            .iter()
            .zip(1..)
            .map(|((at, session), number): (_, u32)| {
                let amount = session.given(self.around.now);
                Given {
                    at: *at,
                    amount,
                    says: format!(
                        "Session {number}, {}: {}",
                        clock.date(*at),
                        amount_says(session, amount)
                    ),
                }
            })
            .collect()
    }

    fn scale(&self, lane: &Lane<'_>) -> Scale {
        let instrument = lane.instrument;
        let relapse = lane.course.relapse();
        let mut findings: Vec<FindingShown> = lane
            .course
            .findings()
            .iter()
            .map(|finding| self.finding(finding))
            .collect();
        findings.extend(self.relapse(relapse));
        Scale {
            id: instrument.id.clone(),
            title: instrument.title.clone(),
            version: instrument.version,
            glance: self.glance(lane),
            alert: self.alert(relapse),
            findings,
        }
    }

    /// The score before the first session and the newest one in one sentence.
    fn glance(&self, lane: &Lane<'_>) -> String {
        let clock = self.around.clock();
        let newest = lane.readings.iter().rev().find_map(|reading| {
            let points = reading.points()?;
            Some((reading, points))
        });
        let score = |reading: &Reading, points: Points| {
            let band = reading.band.as_deref().unwrap_or("no band");
            let is_estimated = matches!(
                reading.score,
                Score::Complete {
                    estimated: true,
                    ..
                }
            );
            format!(
                "{points}{}, {}, on {}",
                estimate(is_estimated),
                band.to_lowercase(),
                clock.date(reading.at)
            )
        };
        match (lane.course.baseline(), newest) {
            (_, None) => "No score yet.".to_owned(),
            (BaselineScore::NoSession, Some((reading, points))) => {
                format!("No session yet. Newest score {}.", score(reading, points))
            }
            (BaselineScore::Unknown, Some((reading, points))) => format!(
                "No score before the first session: how much has changed is not known. Newest score {}.",
                score(reading, points)
            ),
            (
                BaselineScore::Known {
                    at,
                    points,
                    estimated,
                },
                Some((reading, _)),
            ) if reading.at == at => {
                format!(
                    "Before the first session {points}{} on {}. No score since.",
                    estimate(estimated),
                    clock.date(at)
                )
            }
            (
                BaselineScore::Known {
                    at,
                    points: before,
                    estimated,
                },
                Some((reading, points)),
            ) => format!(
                "Before the first session {before}{} on {}. Newest score {}: {}.",
                estimate(estimated),
                clock.date(at),
                score(reading, points),
                change_says(before, points)
            ),
        }
    }

    fn finding(&self, finding: &Finding) -> FindingShown {
        let clock = self.around.clock();
        let first = match finding.first {
            First::NotYet => "by no score so far".to_owned(),
            First::At { at, points, after } => format!(
                "{}, at {points}, {} after the first session{}",
                clock.date(at),
                days_say(after),
                if finding.at_baseline {
                    "; the score before it met it already"
                } else {
                    ""
                }
            ),
            First::Unknown(why) => format!("not known: {}", missing_says(why)),
        };
        FindingShown {
            name: name_says(&finding.id),
            says: finding.says.clone(),
            now: match finding.now {
                Now::Known(true) => "yes".to_owned(),
                Now::Known(false) => "no".to_owned(),
                Now::Unknown(_) => "not known".to_owned(),
            },
            is_met: finding.now == Now::Known(true),
            first,
            source: finding.source.clone(),
            unverified: finding.unverified,
        }
    }

    fn relapse(&self, relapse: Relapse) -> Option<FindingShown> {
        let clock = self.around.clock();
        let (now, first) = match relapse {
            Relapse::NotDefined => return None,
            Relapse::NoRemission => ("no", "no remission to relapse from".to_owned()),
            Relapse::NoneSince { remission } => (
                "no",
                format!("none since the remission of {}", clock.date(remission)),
            ),
            Relapse::OneScore {
                at, confirmed_from, ..
            } => (
                "one score",
                format!(
                    "one score on {}; a second one from {} on would confirm it",
                    clock.date(at),
                    clock.date(confirmed_from)
                ),
            ),
            Relapse::Relapsed {
                began,
                confirmed,
                after,
                ..
            } => (
                "yes",
                format!(
                    "{} and {}, {} after the remission",
                    clock.date(began),
                    clock.date(confirmed),
                    days_say(after)
                ),
            ),
        };
        Some(FindingShown {
            name: "Relapse".to_owned(),
            says: RELAPSE_SAYS.to_owned(),
            now: now.to_owned(),
            is_met: now == "yes",
            first,
            source: RELAPSE_SOURCE.to_owned(),
            unverified: true,
        })
    }

    // Hazard: H65
    fn alert(&self, relapse: Relapse) -> Option<String> {
        let clock = self.around.clock();
        match relapse {
            Relapse::NotDefined | Relapse::NoRemission | Relapse::NoneSince { .. } => None,
            Relapse::OneScore { at, .. } => Some(format!(
                "After remission, 10 or more on {}: ask again, it may be a relapse.",
                clock.date(at)
            )),
            Relapse::Relapsed {
                began, confirmed, ..
            } => Some(format!(
                "Relapse after remission: 10 or more on {} and on {}.",
                clock.date(began),
                clock.date(confirmed)
            )),
        }
    }

    fn rows(&self, lanes: &[Lane<'_>]) -> Vec<Row> {
        let clock = self.around.clock();
        let mut rows: Vec<Row> = Vec::new();
        let row = |at: Moment, what: String| Row {
            at,
            day: clock.date(at),
            what,
            cells: lanes.iter().map(|_| Cell::default()).collect(),
            session: false,
        };
        for (column, lane) in lanes.iter().enumerate() {
            let instrument = lane.instrument;
            let baseline = lane.course.baseline().points();
            for reading in &lane.readings {
                let (what, strike) = self.occasion(reading);
                let same = rows
                    .iter_mut()
                    .find(|row| row.what == what && clock.date(row.at) == clock.date(reading.at));
                let cell = Cell {
                    strike,
                    ..cell(reading, baseline)
                };
                match same {
                    Some(row) => put(row, column, cell),
                    None => {
                        let mut new = row(reading.at, what);
                        put(&mut new, column, cell);
                        rows.push(new);
                    }
                }
            }
            for asked in &self.told.asked {
                if asked.scale != instrument.id || asked.due > self.around.now {
                    continue;
                }
                let says = match asked.standing {
                    AskedStanding::Silent | AskedStanding::Overtaken => {
                        standing_says(asked, &clock)
                    }
                    AskedStanding::Open { answered: 0, .. } => standing_says(asked, &clock),
                    AskedStanding::Open { .. }
                    | AskedStanding::Coming
                    | AskedStanding::Scored(_)
                    | AskedStanding::Answered(_)
                    | AskedStanding::Incomplete(_)
                    | AskedStanding::Declined => continue,
                };
                let what = contact_says(asked);
                let cell = Cell {
                    says,
                    is_missing: true,
                    ..Cell::default()
                };
                let same = rows
                    .iter_mut()
                    .find(|row| row.what == what && row.cells[column].says.is_empty());
                match same {
                    Some(row) => put(row, column, cell),
                    None => {
                        let mut new = row(asked.due, what);
                        put(&mut new, column, cell);
                        rows.push(new);
                    }
                }
            }
            for sheet in self.struck(instrument) {
                let mut new = row(
                    sheet.at,
                    format!("entered by {}", sheet.by.name().to_owned()),
                );
                let cell = Cell {
                    says: sheet
                        .total
                        .map_or_else(|| "single answers".to_owned(), |total| total.to_string()),
                    soft: sheet.struck.as_ref().map_or_else(String::new, |struck| {
                        format!(
                            "struck out by {}: {}",
                            struck.by.name().to_owned(),
                            struck.reason
                        )
                    }),
                    struck: true,
                    ..Cell::default()
                };
                put(&mut new, column, cell);
                rows.push(new);
            }
        }
        for ((at, session), number) in self.told.sessions.iter().zip(1_u32..) {
            let amount = session.given(self.around.now);
            let mut new = row(
                *at,
                format!("Session {number}: {}", amount_says(session, amount)),
            );
            new.session = true;
            rows.push(new);
        }
        rows.sort_by_key(|row| row.at);
        rows
    }

    fn struck(&self, instrument: &Instrument) -> Vec<&Sheet> {
        let mut all = self.told.sheets.of_scale(&instrument.id);
        all.retain(|sheet| sheet.struck.is_some());
        all
    }

    /// On which occasion a reading was given, and the sheet if staff may strike it.
    fn occasion(&self, reading: &Reading) -> (String, Option<Uuid>) {
        match reading.source {
            Source::History => ("before treatment, in the history".to_owned(), None),
            Source::Sheet(id) => {
                let asked = self.told.asked.iter().find(|one| one.sheet() == id);
                match (asked, self.told.sheets.sheets.get(&id)) {
                    (Some(asked), _) => (contact_says(asked), None),
                    (None, Some(sheet)) => (
                        format!("entered by {}", sheet.by.name().to_owned()),
                        Some(id),
                    ),
                    (None, None) => ("not known".to_owned(), None),
                }
            }
        }
    }

    fn missing(&self, lanes: &[Lane<'_>]) -> Vec<String> {
        let clock = self.around.clock();
        let mut missing = Vec::new();
        for lane in lanes {
            let instrument = lane.instrument;
            let title = &instrument.title;
            if lane.course.baseline() == BaselineScore::Unknown {
                missing.push(format!(
                    "{title}: no complete score before the first session. What is measured against it is not known."
                ));
            }
            for asked in &self.told.asked {
                let silent = match asked.standing {
                    AskedStanding::Silent
                    | AskedStanding::Overtaken
                    | AskedStanding::Incomplete(_)
                    | AskedStanding::Declined
                    | AskedStanding::Open { .. } => true,
                    AskedStanding::Coming
                    | AskedStanding::Scored(_)
                    | AskedStanding::Answered(_) => false,
                };
                if asked.scale == instrument.id && silent && asked.due <= self.around.now {
                    missing.push(format!(
                        "{title}, {}, {}: {}.",
                        contact_says(asked),
                        clock.date(asked.due),
                        standing_says(asked, &clock)
                    ));
                }
            }
            for reading in &lane.readings {
                if !reading.undecided.is_empty() && reading.score != Score::Declined {
                    missing.push(format!(
                        "{title}, {}: item {} has no answer; it asks about thoughts of suicide. Nobody knows the answer.",
                        clock.date(reading.at),
                        reading.undecided.join(", ")
                    ));
                }
            }
        }
        missing
    }

    fn next(&self) -> String {
        let clock = self.around.clock();
        let coming = self
            .told
            .asked
            .iter()
            .filter(|one| one.standing == AskedStanding::Coming)
            .map(|one| (one.due, contact_says(one)))
            .min();
        coming.map_or_else(
            || "No contact that asks scales is planned.".to_owned(),
            |(due, what)| format!("Asked next: {}, {what}.", clock.date(due)),
        )
    }

    fn forms(&self) -> Vec<Form> {
        ENTERED
            .iter()
            .filter_map(|id| self.library.named(id))
            .map(|instrument| {
                let is_rated = instrument.id == "madrs";
                let is_in_words = WATCHED.contains(&instrument.id.as_str());
                let range = instrument
                    .principal
                    .as_deref()
                    .and_then(|id| instrument.score(id))
                    .map(|score| (score.range.from.to_string(), score.range.to.to_string()));
                let items = instrument
                    .items
                    .iter()
                    .filter(|item| !item.optional && (!is_rated || item.id == "10"))
                    .filter(|_| !is_in_words)
                    .filter_map(|item| Some((item.id.clone(), most(instrument, item)?.to_string())))
                    .collect();
                let questions = instrument
                    .items
                    .iter()
                    .filter(|item| is_in_words && item.given_by == GivenBy::Question)
                    .filter_map(|item| scale_item(instrument, &item.id, Language::English))
                    .collect();
                Form {
                    questions,
                    scale: instrument.id.clone(),
                    title: instrument.title.clone(),
                    total: range.filter(|_| is_rated),
                    items,
                    asks: if is_rated {
                        "The total, and item 10 by itself: a total says nothing of suicidal thoughts."
                    } else if is_in_words {
                        "Each answer as it was given; leave out what was not answered."
                    } else {
                        "The points of each answer on the form; leave out what was not answered."
                    },
                }
            })
            .collect()
    }
}

/// The most points that an answer to a question counts, by the scale's file.
fn most(instrument: &Instrument, item: &Item) -> Option<Points> {
    match &item.response {
        Response::Options(set) => {
            let choices = instrument.choices(set).iter();
            choices.filter_map(|choice| choice.points).max()
        }
        Response::Whole(range) | Response::Measured { range, .. } => Some(range.to),
    }
}

fn put(row: &mut Row, column: usize, cell: Cell) {
    if let Some(place) = row.cells.get_mut(column) {
        *place = cell;
    }
}

fn cell(reading: &Reading, baseline: Option<Points>) -> Cell {
    match &reading.score {
        Score::Complete { points, estimated } => {
            let mut soft: Vec<String> = reading
                .band
                .iter()
                .map(|band| band.to_lowercase())
                .collect();
            if let Some(before) = baseline.filter(|before| before != points) {
                soft.push(change_says(before, *points));
            }
            if *estimated {
                soft.push("one answer missing, estimated".to_owned());
            }
            Cell {
                says: points.to_string(),
                soft: soft.join(" · "),
                ..Cell::default()
            }
        }
        Score::Answered | Score::Incomplete { .. } | Score::Declined => Cell {
            says: score_says(reading),
            is_missing: true,
            ..Cell::default()
        },
    }
}

const fn estimate(estimated: bool) -> &'static str {
    if estimated { " (estimated)" } else { "" }
}

pub(super) fn score_says(reading: &Reading) -> String {
    match &reading.score {
        Score::Complete { points, estimated } => format!("{points}{}", estimate(*estimated)),
        Score::Answered => "answered".to_owned(),
        Score::Incomplete { missing } => match missing.len() {
            1 => "no score: 1 answer missing".to_owned(),
            count => format!("no score: {count} answers missing"),
        },
        Score::Declined => "would rather not answer".to_owned(),
    }
}

pub(super) fn standing_says(asked: &Asked, clock: &ClockFace<'_>) -> String {
    match &asked.standing {
        AskedStanding::Coming => "comes".to_owned(),
        AskedStanding::Open { until, answered: 0 } => {
            format!("asked, waits until {}", clock.date(*until))
        }
        AskedStanding::Open { until, answered } => {
            format!(
                "begun, {answered} answers; waits until {}",
                clock.date(*until)
            )
        }
        AskedStanding::Scored(reading)
        | AskedStanding::Answered(reading)
        | AskedStanding::Incomplete(reading) => score_says(reading),
        AskedStanding::Declined => "would rather not answer".to_owned(),
        AskedStanding::Silent => "asked, no answer".to_owned(),
        AskedStanding::Overtaken => "no answer before a newer contact came".to_owned(),
    }
}

pub(super) fn contact_says(asked: &Asked) -> String {
    match asked.kind {
        ContactKind::Week if asked.ends_induction => "end of the first series".to_owned(),
        ContactKind::Week => "one week after a session".to_owned(),
        ContactKind::Month => "one month after the first series".to_owned(),
        ContactKind::Quarter(number) => format!("{} months after the first series", number * 3),
        ContactKind::Evening | ContactKind::NextDay | ContactKind::ThreeDays => asked.kind.says(),
    }
}

/// `17 points lower, 80.9 %`; the part is cut, never rounded up to a limit.
fn change_says(before: Points, now: Points) -> String {
    let lower = before.number() - now.number();
    if lower.is_zero() {
        return "the same".to_owned();
    }
    let word = if lower.is_sign_positive() {
        "lower"
    } else {
        "higher"
    };
    let points = lower.abs().normalize();
    if before.number().is_zero() {
        return format!("{points} {word}");
    }
    let percent = lower.abs() * Decimal::ONE_HUNDRED / before.number();
    let percent = percent.trunc_with_scale(1).normalize();
    format!("{points} {word}, {percent}\u{a0}%")
}

pub(super) fn days_say(span: Span) -> String {
    match span.minutes() / (24 * 60) {
        0 => "less than a day".to_owned(),
        1 => "1\u{a0}day".to_owned(),
        days => format!("{days}\u{a0}days"),
    }
}

/// `partial-response` is `Partial response`.
pub(super) fn name_says(id: &str) -> String {
    let words = id.replace('-', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

pub(super) const fn missing_says(why: Missing) -> &'static str {
    match why {
        Missing::NoSession => "no session yet",
        Missing::NoBaseline => "no score before the first session",
        Missing::NoScoreSince => "no score since the first session",
        Missing::BaselineOfZero => "the score before the first session is 0",
    }
}

pub(super) fn amount_says(session: &Session, amount: Option<Milligrams>) -> String {
    let drug = session
        .order
        .as_ref()
        .map_or("drug not recorded", |order| order.drug.as_str());
    amount.map_or_else(
        || format!("{drug}, amount not known"),
        |amount| format!("{} {drug}", amount.rounded(1)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::pages::{around, identity_strip, session_room};
    use clinical::course::outcomes::Outcomes;
    use clinical::instrument::Answers;
    use clinical::patient::Sex;
    use clinical::record::Actor;
    use std::sync::Arc;

    fn sheet(number: u128, at: Moment, total: i32) -> Sheet {
        Sheet {
            sheet: Uuid::from_u128(number),
            scale: "phq-9".to_owned(),
            version: 1,
            contact: None,
            answers: Answers::new(),
            total: Points::whole(total),
            declined: false,
            began: at,
            at,
            by: Actor::System {
                part: "sample".to_owned(),
            },
            struck: None,
        }
    }

    /// A page with these sheets, so many hours from the first drug, and their totals.
    fn page(totals: &[(i64, i32)]) -> String {
        let session = session_room::sample::running().unwrap();
        let began = session.first_drug_at().unwrap();
        let sheets = totals
            .iter()
            .zip(1..)
            .map(|((hours, total), number)| {
                let at = began + Span::from_hours(*hours);
                (Uuid::from_u128(number), sheet(number, at, *total))
            })
            .collect();
        let told = Told {
            sheets: Outcomes {
                sheets,
                ..Outcomes::default()
            },
            asked: Vec::new(),
            history: Vec::new(),
            sessions: vec![(began, Arc::new(session))],
            next_contact: None,
            sex: Sex::Unknown,
            afterwards: Vec::new(),
        };
        let library = Library::shipped().unwrap();
        let around = Around {
            now: began + Span::from_hours(24 * 60),
            ..around::sample::around("/patients/1/outcomes")
        };
        let person = identity_strip::sample::person(1, "Moreno", "Ana", None);
        PersonOutcomes {
            strip: IdentityStrip::of(&person, around.now, around.zone),
            around,
            patient: PatientId(Uuid::from_u128(1)),
            told: &told,
            library: &library,
            refused: None,
        }
        .html()
    }

    #[test]
    fn without_a_score_before_treatment_nothing_is_said_of_a_change() {
        // Hazard: H65
        let html = page(&[(168, 18)]);
        assert!(
            html.contains("No score before the first session: how much has changed is not known.")
        );
        assert!(html.contains("not known: no score before the first session"));
        for word in ["lower", "higher", "the same,"] {
            assert!(!html.contains(&format!(" {word}")), "{word}");
        }
    }

    #[test]
    fn a_part_is_cut_and_never_rounded_up_to_a_limit() {
        // 27 to 14 is 48.148 %; 20 to 10.02 is 49.9 %.
        let points = |text: &str| Points::new(text.parse().unwrap()).unwrap();
        let says = change_says(points("27"), points("14"));
        assert_eq!(says, "13 lower, 48.1\u{a0}%");
        let says = change_says(points("20"), points("10.02"));
        assert_eq!(says, "9.98 lower, 49.9\u{a0}%");
        assert_eq!(change_says(points("0"), points("3")), "3 higher");
    }

    #[test]
    fn every_number_of_the_picture_stands_in_the_table_too() {
        let html = page(&[(-24, 21), (168, 12), (336, 4)]);
        let (picture, table) = html.split_once("</svg>").unwrap();
        for total in ["21", "12", "4"] {
            assert!(picture.contains(&format!(">{total}</text>")), "{total}");
            assert!(table.contains(&format!("<strong class=\"numbers\">{total}</strong>")));
        }
    }
}
