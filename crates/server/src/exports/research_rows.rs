//! The rows of one person, in the words of the tables.

use super::one_person::{WholePerson, first_drug_of};
use super::words;
use crate::book::date_of;
use crate::fault::Fault;
use clinical::course::follow_up::Signs;
use clinical::course::outcomes::{
    Course, First, Missing, Now, Reading, Relapse, Score, Sheet, answers_of_history, of_history,
};
use clinical::course::reporting::{Account, accounts};
use clinical::course::session::{Entry, Session, SessionEvent, VitalSigns};
use clinical::instrument::{Answer, Answers, Instrument, Library, Response};
use clinical::patient::CivilDate;
use clinical::vital_signs::Source;
use exchange::export::{Cell, TableWriter, Unwritable};
use jiff::tz::TimeZone;
use rust_decimal::{Decimal, RoundingStrategy};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::BufWriter;
use units::Moment;

/// A table that is written to the disk.
pub(super) type ToDisk = TableWriter<BufWriter<File>>;

/// The tables that are written as people are read. People and adverse events come last: what may be
/// told of one depends on all.
pub(super) struct Tables {
    pub sessions: ToDisk,
    pub vital_signs: ToDisk,
    pub ratings: ToDisk,
    pub answers: ToDisk,
    pub scores: ToDisk,
    pub side_effects: ToDisk,
    pub outcomes: ToDisk,
}

/// Why the rows of a person could not be written.
#[derive(Debug, thiserror::Error)]
pub(super) enum RowFault {
    #[error(transparent)]
    Unwritable(#[from] Unwritable),
    #[error("{0:#}")]
    Fault(anyhow::Error),
}

impl From<Fault> for RowFault {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault.0)
    }
}

/// An adverse event, before it is known what of it may be told.
pub(super) struct AdverseRow {
    pub person: String,
    pub event: i64,
    pub session: i64,
    pub on: i32,
    pub day: Option<i64>,
    pub entered: &'static str,
    pub severity: &'static str,
    pub criteria: Vec<&'static str>,
    pub expected: &'static str,
    pub related: &'static str,
    pub outcome: &'static str,
}

/// What the last tables need of a person.
#[derive(Default)]
pub(super) struct OfPerson {
    /// The first day of anything of theirs, as it was.
    pub first_day: Option<CivilDate>,
    /// The day of the first drug, moved.
    pub first_drug_on: Option<i32>,
    /// Visits at which a drug was given.
    pub with_drug: i64,
    pub adverse: Vec<AdverseRow>,
    /// Answers that no scale's file knows: left out.
    pub unknown_answers: u64,
    /// Side effects that no list knows: left out.
    pub unknown_effects: u64,
}

/// Who, and how their days are told.
pub(super) struct Telling<'a> {
    pub person: &'a str,
    pub weeks_back: u32,
    pub zone: &'a TimeZone,
    pub library: &'a Library,
    pub signs: &'a Signs,
    /// The day of the first drug, as it was.
    pub first_drug: Option<CivilDate>,
}

/// Days since 1970-01-01 of a day.
fn epoch_days(day: CivilDate) -> Option<i32> {
    CivilDate::new(1970, 1, 1)
        .ok()
        .map(|epoch| day.days_since(epoch))
}

impl Telling<'_> {
    /// A day, moved.
    // Hazard: H71
    pub(super) fn moved(&self, day: CivilDate) -> Option<i32> {
        let back = i32::try_from(self.weeks_back * 7).ok()?;
        Some(epoch_days(day)? - back)
    }

    fn on(&self, of: &mut OfPerson, at: Moment) -> Result<(Cell<'static>, Cell<'static>), Fault> {
        let day = date_of(self.zone, at)?;
        of.first_day = Some(of.first_day.map_or(day, |first| first.min(day)));
        let since = self
            .first_drug
            .map(|first| i64::from(day.days_since(first)));
        let moved = self.moved(day).map_or(Cell::Empty, Cell::Day);
        Ok((moved, Cell::maybe_whole(since)))
    }

    fn who(&self) -> Cell<'_> {
        Cell::text(self.person)
    }
}

/// Two places, half away from nought.
fn two_places(number: Decimal) -> Decimal {
    number.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

/// Writes everything of a person but what the last tables need, which is given back.
pub(super) fn write(
    tables: &mut Tables,
    telling: &Telling<'_>,
    whole: &WholePerson,
) -> Result<OfPerson, RowFault> {
    let mut of = OfPerson {
        first_drug_on: telling.first_drug.and_then(|day| telling.moved(day)),
        ..OfPerson::default()
    };
    let mut adverse: Vec<(i64, Account)> = Vec::new();
    for (number, (session, reporting)) in (1_i64..).zip(&whole.sessions) {
        of.with_drug += i64::from(first_drug_of(session).is_some());
        write_session(tables, telling, &mut of, number, session)?;
        let standing = accounts(session, reporting)
            .into_iter()
            .filter(|account| account.struck.is_none());
        adverse.extend(standing.map(|account| (number, account)));
    }
    for (event, (session, account)) in (1_i64..).zip(&adverse) {
        let (on, day) = telling.on(&mut of, account.noted.began_at)?;
        let (Cell::Day(on), day) = (on, day) else {
            continue;
        };
        let noted = &account.noted;
        of.adverse.push(AdverseRow {
            person: telling.person.to_owned(),
            event,
            session: *session,
            on,
            day: match day {
                Cell::Whole(day) => Some(day),
                _no_drug => None,
            },
            entered: words::entered(&account.origin),
            severity: words::severity(noted.severity),
            criteria: noted
                .serious
                .iter()
                .map(|one| words::criterion(*one))
                .collect(),
            expected: words::expected(noted.expected),
            related: words::related(noted.relatedness),
            outcome: words::became(noted.outcome),
        });
    }
    write_scales(tables, telling, &mut of, whole)?;
    write_effects(tables, telling, &mut of, whole)?;
    Ok(of)
}

fn write_session(
    tables: &mut Tables,
    telling: &Telling<'_>,
    of: &mut OfPerson,
    number: i64,
    session: &Session,
) -> Result<(), RowFault> {
    let first = first_drug_of(session);
    let (Some(order), Some(stage), Some(at)) = (
        session.order.as_ref(),
        words::stage(session.stage),
        first.or(session.planned_for),
    ) else {
        return Ok(());
    };
    let (on, day) = telling.on(of, at)?;
    let ended = session.drug_ended_at().filter(|_| first.is_some());
    let given = first
        .zip(ended.or(session.recorded_at))
        .and_then(|(_, until)| session.given(until))
        .map(|amount| two_places(amount.value()));
    let why = session.drug_ended().map(|(_, stop)| words::stop(stop));
    let mut left: Option<Moment> = None;
    for entry in &session.entries {
        if let Some(SessionEvent::PatientDischarged { .. }) = entry.standing().as_deref() {
            left = Some(entry.occurred_at);
        }
    }
    let per_kilogram = |amount: Decimal| two_places(amount / order.dosing_weight.value());
    let minutes = |from: Option<Moment>, until: Option<Moment>| {
        from.zip(until)
            .map(|(from, until)| (until - from).minutes())
            .filter(|minutes| *minutes >= 0)
    };
    tables.sessions.push(&[
        ("person", telling.who()),
        ("session", Cell::Whole(number)),
        ("on", on),
        ("day", day),
        ("product", Cell::text(session.product().word())),
        ("route", Cell::text(session.route().word())),
        ("stage", Cell::text(stage)),
        ("planned_mg", Cell::Decimal(two_places(order.dose.value()))),
        (
            "planned_mg_per_kg",
            Cell::Decimal(per_kilogram(order.dose.value())),
        ),
        ("given_mg", Cell::maybe_decimal(given)),
        (
            "given_mg_per_kg",
            Cell::maybe_decimal(given.map(per_kilogram)),
        ),
        ("minutes", Cell::maybe_whole(minutes(first, ended))),
        ("ended", Cell::maybe_text(why.filter(|_| ended.is_some()))),
        (
            "minutes_to_leaving",
            Cell::maybe_whole(minutes(ended, left)),
        ),
    ])?;
    write_room(tables, telling, number, session, first)
}

/// What was charted in the room, in order of time.
fn write_room(
    tables: &mut Tables,
    telling: &Telling<'_>,
    number: i64,
    session: &Session,
    first: Option<Moment>,
) -> Result<(), RowFault> {
    let mut entries: Vec<&Entry> = session.entries.iter().collect();
    entries.sort_by_key(|entry| (entry.occurred_at, entry.version));
    for entry in entries {
        let Some(event) = entry.standing() else {
            continue;
        };
        let seconds = first.map(|first| {
            (entry.occurred_at - first)
                .microseconds()
                .div_euclid(1_000_000)
        });
        let rated = match &*event {
            SessionEvent::VitalSignsCharted { values, source, .. } => {
                write_vital_signs(
                    &mut tables.vital_signs,
                    telling,
                    (number, seconds),
                    values,
                    source,
                )?;
                continue;
            }
            SessionEvent::SedationScored { score } => ("sedation", score.points()),
            SessionEvent::DistressScored { score } => ("distress", score.points()),
            SessionEvent::ExperienceRated { side, rating, .. } => (side.word(), rating.points()),
            _told_elsewhere_or_not_at_all => continue,
        };
        tables.ratings.push(&[
            ("person", telling.who()),
            ("session", Cell::Whole(number)),
            ("seconds", Cell::maybe_whole(seconds)),
            ("what", Cell::text(rated.0)),
            ("points", Cell::Whole(i64::from(rated.1))),
        ])?;
    }
    Ok(())
}

fn write_vital_signs(
    table: &mut ToDisk,
    telling: &Telling<'_>,
    (number, seconds): (i64, Option<i64>),
    values: &VitalSigns,
    source: &Source,
) -> Result<(), RowFault> {
    let by = match source {
        Source::Hand => "hand",
        Source::Device { .. } => "device",
    };
    let number_of = |value: Option<Decimal>| Cell::maybe_decimal(value.map(two_places));
    table.push(&[
        ("person", telling.who()),
        ("session", Cell::Whole(number)),
        ("seconds", Cell::maybe_whole(seconds)),
        ("by", Cell::text(by)),
        (
            "systolic",
            number_of(values.systolic.map(|one| one.value())),
        ),
        (
            "diastolic",
            number_of(values.diastolic.map(|one| one.value())),
        ),
        (
            "mean_pressure",
            number_of(values.mean.map(|one| one.value())),
        ),
        (
            "heart_rate",
            number_of(values.heart_rate.map(|one| one.value())),
        ),
        (
            "respiratory_rate",
            number_of(values.respiratory_rate.map(|one| one.value())),
        ),
        (
            "oxygen_saturation",
            number_of(values.oxygen_saturation.map(|one| one.value())),
        ),
        (
            "end_tidal_carbon_dioxide",
            number_of(values.end_tidal_carbon_dioxide.map(|one| one.value())),
        ),
        (
            "temperature",
            number_of(values.temperature.map(|one| one.value())),
        ),
    ])?;
    Ok(())
}

/// A scale at one time, wherever its answers come from.
struct Filled<'a> {
    instrument: &'a Instrument,
    version: u32,
    occasion: &'static str,
    reading: Reading,
    answers: Answers,
}

fn filled<'a>(
    library: &'a Library,
    whole: &WholePerson,
    first_drug: Option<Moment>,
) -> Vec<Filled<'a>> {
    let mut all: Vec<Filled<'a>> = Vec::new();
    for sheet in whole.outcomes.iter().flat_map(|one| one.sheets.values()) {
        all.extend(of_sheet(library, sheet));
    }
    for intake in &whole.intakes {
        for instrument in library.instruments() {
            let of = (intake, instrument, first_drug);
            let reading = of_history(of.0, of.1, of.2);
            let answers = answers_of_history(of.0, of.1, of.2);
            let Some((reading, (answers, _))) = reading.zip(answers) else {
                continue;
            };
            all.push(Filled {
                instrument,
                version: instrument.version,
                occasion: "history",
                reading,
                answers,
            });
        }
    }
    all.sort_by(|one, other| {
        let key = |filled: &Filled<'_>| (filled.reading.at, filled.reading.source);
        key(one)
            .cmp(&key(other))
            .then_with(|| one.instrument.id.cmp(&other.instrument.id))
    });
    all
}

fn of_sheet<'a>(library: &'a Library, sheet: &Sheet) -> Option<Filled<'a>> {
    let instrument = library.named(&sheet.scale)?;
    Some(Filled {
        instrument,
        version: sheet.version,
        occasion: if sheet.contact.is_some() {
            "contact"
        } else {
            "staff"
        },
        reading: sheet.reading(instrument)?,
        answers: sheet.answers.clone(),
    })
}

fn write_scales(
    tables: &mut Tables,
    telling: &Telling<'_>,
    of: &mut OfPerson,
    whole: &WholePerson,
) -> Result<(), RowFault> {
    let all = filled(telling.library, whole, whole.first_drug());
    for (sheet, filled) in (1_i64..).zip(&all) {
        let (on, day) = telling.on(of, filled.reading.at)?;
        let (came_to, points) = match &filled.reading.score {
            Score::Complete {
                points,
                estimated: false,
            } => ("complete", Some(points.number())),
            Score::Complete {
                points,
                estimated: true,
            } => ("estimated", Some(points.number())),
            Score::Answered => ("answered", None),
            Score::Incomplete { .. } => ("incomplete", None),
            Score::Declined => ("declined", None),
        };
        tables.scores.push(&[
            ("person", telling.who()),
            ("sheet", Cell::Whole(sheet)),
            ("on", on.clone()),
            ("day", day.clone()),
            ("occasion", Cell::text(filled.occasion)),
            ("scale", Cell::text(filled.instrument.id.as_str())),
            ("version", Cell::Whole(i64::from(filled.version))),
            ("came_to", Cell::text(came_to)),
            ("points", Cell::maybe_decimal(points)),
        ])?;
        let mut known = 0;
        for item in &filled.instrument.items {
            let Some(answer) = filled.answers.to(&item.id) else {
                continue;
            };
            let Some((word, points)) = told(filled.instrument, &item.response, answer) else {
                continue;
            };
            known += 1;
            tables.answers.push(&[
                ("person", telling.who()),
                ("sheet", Cell::Whole(sheet)),
                ("on", on.clone()),
                ("day", day.clone()),
                ("scale", Cell::text(filled.instrument.id.as_str())),
                ("version", Cell::Whole(i64::from(filled.version))),
                ("item", Cell::text(item.id.as_str())),
                ("answer", Cell::text(word)),
                ("points", Cell::maybe_decimal(points)),
            ])?;
        }
        of.unknown_answers += filled.answers.iter().count().saturating_sub(known) as u64;
    }
    write_outcomes(tables, telling, &all, whole.first_drug())
}

/// An answer as the scale's file knows it: an option by its name, and what it counts. None for what the
/// file does not know, which stays in the house.
// Hazard: H71
fn told<'a>(
    instrument: &Instrument,
    response: &Response,
    answer: &'a Answer,
) -> Option<(&'a str, Option<Decimal>)> {
    match (answer, response) {
        (Answer::NotSure, _) => Some(("not-sure", None)),
        (Answer::Declined, _) => Some(("declined", None)),
        (Answer::Number(points), _) => Some(("number", Some(points.number()))),
        (Answer::Chosen(id), Response::Options(set)) => instrument
            .choices(set)
            .iter()
            .find(|choice| choice.id == *id)
            .map(|choice| (id.as_str(), choice.points.map(|points| points.number()))),
        (Answer::Chosen(_), Response::Whole(_) | Response::Measured { .. }) => None,
    }
}

fn write_outcomes(
    tables: &mut Tables,
    telling: &Telling<'_>,
    all: &[Filled<'_>],
    first_drug: Option<Moment>,
) -> Result<(), RowFault> {
    for instrument in telling.library.instruments() {
        let readings: Vec<Reading> = all
            .iter()
            .filter(|filled| filled.instrument.id == instrument.id)
            .map(|filled| filled.reading.clone())
            .collect();
        if readings.is_empty() {
            continue;
        }
        let course = Course::of(instrument, &readings, first_drug);
        let moved = |at: Moment| -> Result<Cell<'static>, Fault> {
            let day = date_of(telling.zone, at)?;
            Ok(telling.moved(day).map_or(Cell::Empty, Cell::Day))
        };
        let mut push = |definition: &str, found, because, first, at_baseline: Option<bool>| {
            tables.outcomes.push(&[
                ("person", telling.who()),
                ("scale", Cell::text(instrument.id.as_str())),
                ("version", Cell::Whole(i64::from(instrument.version))),
                ("definition", Cell::text(definition.to_owned())),
                ("found", Cell::text(found)),
                ("not_known_because", Cell::maybe_text(because)),
                ("first_met_on", first),
                (
                    "met_at_baseline",
                    at_baseline.map_or(Cell::Empty, Cell::Flag),
                ),
            ])
        };
        for finding in course.findings() {
            let (found, because) = match finding.now {
                Now::Known(true) => ("met", None),
                Now::Known(false) => ("not-met", None),
                Now::Unknown(missing) => ("not-known", Some(why(missing))),
            };
            let first = match finding.first {
                First::At { at, .. } => moved(at)?,
                First::NotYet | First::Unknown(_) => Cell::Empty,
            };
            push(
                &finding.id,
                found,
                because,
                first,
                Some(finding.at_baseline),
            )?;
        }
        let (found, because, first) = match course.relapse() {
            Relapse::NotDefined => continue,
            Relapse::NoRemission => ("not-known", Some("no-remission"), Cell::Empty),
            Relapse::OneScore { .. } => ("not-known", Some("one-score"), Cell::Empty),
            Relapse::NoneSince { .. } => ("not-met", None, Cell::Empty),
            Relapse::Relapsed { confirmed, .. } => ("met", None, moved(confirmed)?),
        };
        push("relapse", found, because, first, None)?;
    }
    Ok(())
}

const fn why(missing: Missing) -> &'static str {
    match missing {
        Missing::NoSession => "no-session",
        Missing::NoBaseline => "no-baseline",
        Missing::NoScoreSince => "no-score-since",
        Missing::BaselineOfZero => "baseline-of-zero",
    }
}

fn write_effects(
    tables: &mut Tables,
    telling: &Telling<'_>,
    of: &mut OfPerson,
    whole: &WholePerson,
) -> Result<(), RowFault> {
    let mut reports: Vec<_> = whole
        .follow_ups
        .iter()
        .flat_map(|one| &one.reports)
        .collect();
    reports.sort_by_key(|report| (report.at, report.said.report));
    for (number, report) in (1_i64..).zip(reports) {
        // A form that named one twice names it once.
        let effects: BTreeSet<&String> = report.said.effects.iter().collect();
        for effect in effects {
            // Hazard: H71
            if telling.signs.effect(effect).is_none() {
                of.unknown_effects += 1;
                continue;
            }
            let (on, day) = telling.on(of, report.at)?;
            let detail = report.details.get(effect);
            let severity = detail
                .and_then(|detail| detail.severity)
                .map(|one| one.word());
            let began = detail.and_then(|detail| detail.began).map(|one| one.word());
            let lasted = detail
                .and_then(|detail| detail.lasted)
                .map(|one| one.word());
            tables.side_effects.push(&[
                ("person", telling.who()),
                ("report", Cell::Whole(number)),
                ("on", on),
                ("day", day),
                ("effect", Cell::text(effect.as_str())),
                ("severity", Cell::maybe_text(severity)),
                ("began", Cell::maybe_text(began)),
                ("lasted", Cell::maybe_text(lasted)),
            ])?;
        }
    }
    Ok(())
}
