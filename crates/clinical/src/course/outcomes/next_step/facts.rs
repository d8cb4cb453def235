//! What the record says to the question of what comes next: facts, each by itself.

use super::super::definitions::{
    BaselineScore, RELAPSE_APART, RELAPSE_AT_LEAST, RELAPSE_SAYS, Relapse,
};
use super::rules::NextStepRules;
use crate::course::booking::Series;
use crate::instrument::Points;
use crate::words::words;
use rust_decimal::Decimal;
use units::{Moment, Span};

words!(
    /// What a fact is about.
    About {
        /// How far a series has come.
        Series = "series" says "The series",
        /// What became of the score.
        Answer = "answer" says "The answer",
        /// Whether the answer has to be looked at now.
        Check = "check" says "A look at the answer",
        /// That it becomes worse.
        Worse = "worse" says "Getting worse",
        /// How far apart sessions lie.
        Spacing = "spacing" says "Time between sessions",
        /// The last seven days.
        InWeek = "in-week" says "The last seven days",
        /// The last year.
        InYear = "in-year" says "The last year",
        /// Sessions that ended before all was given.
        StoppedEarly = "stopped-early" says "Ended early",
        /// Warning signs and screens that hold treatment.
        Signs = "signs" says "What stands against giving anything",
        /// When a prescriber last wrote what comes next.
        Review = "review" says "The last word on it",
    }
);

/// How a fact stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stands {
    /// No rule speaks about it.
    Plain,
    /// A rule of the clinic speaks about it.
    Rule,
    /// It is not known.
    Unknown,
}

/// A fact of the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What it is about.
    pub about: About,
    /// How it stands.
    pub stands: Stands,
    /// In one sentence.
    pub says: String,
}

/// What the record knows of a person, for this question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known<'a> {
    /// Sessions in which a drug was given, in order of time: when the first of it went in, and whether
    /// it ended before all was given.
    pub sessions: &'a [(Moment, bool)],
    /// How the visits of a series follow each other, of what was given last; none where nothing was.
    pub series: Option<Series>,
    /// The title of the scale by which the answer is looked at.
    pub scale: &'a str,
    /// Its score before the first session.
    pub baseline: BaselineScore,
    /// Its newest complete score since.
    pub newest: Option<(Moment, Points)>,
    /// Whether there was a relapse by it.
    pub relapse: Relapse,
    /// A score that has risen, in words, which nobody has looked after.
    pub risen: Option<&'a str>,
    /// What stands against giving anything, in words.
    pub holds: Option<&'a str>,
    /// When a prescriber wrote last what comes next.
    pub decided: Option<Moment>,
    /// Now.
    pub now: Moment,
}

const WEEK: Span = Span::from_hours(24 * 7);
const YEAR: Span = Span::from_hours(24 * 365);

fn fact(about: About, stands: Stands, says: impl Into<String>) -> Fact {
    let says = says.into();
    Fact {
        about,
        stands,
        says,
    }
}

/// Every fact, in the order of [`About::ALL`]; several about one thing where several are to be said.
///
/// A series is the run of sessions since the last time without one that was longer than later sessions
/// may lie apart. Source: clinical reference 3.5, 7.5, 8.5.
// Hazard: H73
pub fn facts(known: &Known<'_>, rules: &NextStepRules) -> Vec<Fact> {
    let run = known
        .sessions
        .chunk_by(|before, after| after.0 - before.0 <= rules.most_gap)
        .last();
    let mut all = Vec::new();
    match run.and_then(|run| Some((run, run.last()?.0, known.series?))) {
        None if known.sessions.is_empty() => {
            all.push(fact(About::Series, Stands::Plain, "No session yet."));
        }
        None => all.push(fact(
            About::Series,
            Stands::Unknown,
            "Not known: the clinic’s rules name no series of what was given.",
        )),
        Some((run, last, of)) => {
            let given = u32::try_from(run.len()).unwrap_or(u32::MAX);
            all.push(series(of.visits, given));
            all.extend(answer(known, (given, of.visits), rules));
            all.extend(check(known, (given, of.visits), last, rules));
            all.extend(worse(known));
            all.extend(spacing(known, (run, of.visits), rules));
            all.push(in_week(known, of.in_seven_days));
            all.push(in_year(known, of.visits, rules));
            all.extend(stopped_early(known));
        }
    }
    all.push(match known.holds {
        Some(says) => fact(About::Signs, Stands::Rule, says),
        None => fact(
            About::Signs,
            Stands::Plain,
            "Nothing that is known stands against giving more.",
        ),
    });
    all.push(review(known, rules));
    all
}

fn series(visits: u32, given: u32) -> Fact {
    let says = match given.checked_sub(visits) {
        None if given == 1 => format!("1 of {visits} sessions is given."),
        None => format!("{given} of {visits} sessions are given."),
        Some(0) => format!("All {visits} sessions are given."),
        Some(1) => format!("The series of {visits} is over; 1 session since."),
        Some(later) => format!("The series of {visits} is over; {later} sessions since."),
    };
    fact(About::Series, Stands::Plain, says)
}

/// How far the score has fallen, in whole percent of the one before the first session; negative where
/// it rose.
fn fallen(before: Points, now: Points) -> Option<i64> {
    let part = (before.number() - now.number()).checked_div(before.number())?;
    let percent = (part * Decimal::ONE_HUNDRED).round_dp_with_strategy(
        0,
        // Never more than it was.
        rust_decimal::RoundingStrategy::ToNegativeInfinity,
    );
    i64::try_from(percent).ok()
}

fn answer(known: &Known<'_>, (given, visits): (u32, u32), rules: &NextStepRules) -> Vec<Fact> {
    let scale = known.scale;
    let unknown = |says: String| vec![fact(About::Answer, Stands::Unknown, says)];
    let (before, now) = match (known.baseline, known.newest) {
        (_, None) => {
            return unknown(format!(
                "Not known: no complete {scale} since the first session."
            ));
        }
        (BaselineScore::NoSession | BaselineScore::Unknown, Some((_, points))) => {
            return unknown(format!(
                "Not known: no {scale} before the first session. The newest is {points}."
            ));
        }
        (BaselineScore::Known { points, .. }, Some((_, now))) => (points, now),
    };
    let Some(percent) = fallen(before, now) else {
        return unknown(format!(
            "{scale} was 0 before the first session and is {now}: a part of nothing cannot be reckoned."
        ));
    };
    let change = match percent {
        0.. => format!("{percent}\u{a0}% lower"),
        _rose => format!("{}\u{a0}% higher", -percent),
    };
    let mut all = vec![fact(
        About::Answer,
        Stands::Plain,
        format!("{scale} {before} before the first session, {now} now: {change}."),
    )];
    if given >= visits && percent < i64::from(rules.least_improvement) {
        all.push(fact(
            About::Answer,
            Stands::Rule,
            format!(
                "Less than {}\u{a0}% lower after a whole series: a prescriber decides whether anything more is given.",
                rules.least_improvement
            ),
        ));
    }
    all
}

/// The answer is looked at after some sessions and at the end: by a score of after the last session.
fn check(
    known: &Known<'_>,
    (given, visits): (u32, u32),
    last: Moment,
    rules: &NextStepRules,
) -> Option<Fact> {
    let is_due = given == rules.check_after || given == visits;
    if !is_due {
        return None;
    }
    let scale = known.scale;
    Some(match known.newest {
        Some((at, _)) if at >= last => fact(
            About::Check,
            Stands::Plain,
            format!("Due after session {given}: there is a {scale} of after it."),
        ),
        Some(_) | None => fact(
            About::Check,
            Stands::Rule,
            format!("Due after session {given}, and there is no {scale} of after it yet."),
        ),
    })
}

fn worse(known: &Known<'_>) -> Vec<Fact> {
    let mut all = Vec::new();
    match known.relapse {
        Relapse::Relapsed { .. } => all.push(fact(
            About::Worse,
            Stands::Rule,
            format!("Relapse. {RELAPSE_SAYS}"),
        )),
        Relapse::OneScore { .. } => all.push(fact(
            About::Worse,
            Stands::Rule,
            format!(
                "One score of {RELAPSE_AT_LEAST} or more after remission; a second one at least {} days later would be a relapse.",
                days(RELAPSE_APART)
            ),
        )),
        Relapse::NotDefined | Relapse::NoRemission | Relapse::NoneSince { .. } => {}
    }
    all.extend(known.risen.map(|says| {
        let says = format!("Nobody has looked after it yet: {says}");
        fact(About::Worse, Stands::Rule, says)
    }));
    if all.is_empty() {
        all.push(match known.newest {
            Some(_) => fact(About::Worse, Stands::Plain, "Not by the scores there are."),
            None => fact(
                About::Worse,
                Stands::Unknown,
                "Not known: no score since the first session.",
            ),
        });
    }
    all
}

fn days(span: Span) -> i64 {
    span.minutes().div_euclid(24 * 60)
}

/// What the rules make of the next time between sessions, once a series is over: as long again, longer,
/// sooner. Within a series its own spacing is the booking's.
fn spacing(
    known: &Known<'_>,
    (run, visits): (&[(Moment, bool)], u32),
    rules: &NextStepRules,
) -> Vec<Fact> {
    let gaps: Vec<i64> = run
        .windows(2)
        .filter_map(|pair| match pair {
            [before, after] => Some(days(after.0 - before.0)),
            _other => None,
        })
        .collect();
    let mut all = Vec::new();
    let shown: Vec<String> = gaps
        .iter()
        .rev()
        .take(4)
        .rev()
        .map(i64::to_string)
        .collect();
    if !shown.is_empty() {
        all.push(fact(
            About::Spacing,
            Stands::Plain,
            format!("Days between the last sessions: {}.", shown.join(", ")),
        ));
    }
    let given = u32::try_from(run.len()).unwrap_or(u32::MAX);
    if given < visits {
        return all;
    }
    let (least, most) = (days(rules.least_gap), days(rules.most_gap));
    let since = run.last().map(|(at, _)| known.now - *at);
    if let Some(since) = since.filter(|since| *since > rules.most_gap) {
        let says = format!(
            "No session for {} days, more than {most}: the next one begins a series anew.",
            days(since)
        );
        all.push(fact(About::Spacing, Stands::Rule, says));
        return all;
    }
    let first = days(rules.first_gap);
    let usual = match gaps.last() {
        Some(gap) if given > visits => (*gap).clamp(least, most),
        Some(_) | None => first,
    };
    let longer = (usual + days(rules.longer_by)).min(most);
    all.push(fact(
        About::Spacing,
        Stands::Rule,
        format!(
            "By the rules: {usual} days next, {longer} where they stay well; never less than {least} or more than {most}."
        ),
    ));
    all
}

fn in_week(known: &Known<'_>, most: u32) -> Fact {
    let since = known.now - WEEK;
    let count = known.sessions.iter().filter(|(at, _)| *at > since).count();
    let full = u32::try_from(count).unwrap_or(u32::MAX) >= most;
    if full {
        let says = format!("{count} of {most} sessions that may lie in seven days: none more now.");
        return fact(About::InWeek, Stands::Rule, says);
    }
    let says = format!("{count} of {most} sessions that may lie in seven days.");
    fact(About::InWeek, Stands::Plain, says)
}

/// Sessions after a series, over a year.
fn in_year(known: &Known<'_>, visits: u32, rules: &NextStepRules) -> Fact {
    let since = known.now - YEAR;
    let visits = usize::try_from(visits).unwrap_or(usize::MAX);
    let count: usize = known
        .sessions
        .chunk_by(|before, after| after.0 - before.0 <= rules.most_gap)
        .flat_map(|run| run.get(visits..).unwrap_or_default())
        .filter(|(at, _)| *at > since)
        .count();
    let most = rules.in_a_year;
    if u32::try_from(count).unwrap_or(u32::MAX) > most {
        let says = format!("{count} sessions after a series in 365 days: more than {most}.");
        return fact(About::InYear, Stands::Rule, says);
    }
    let says = match count {
        1 => "1 session after a series in 365 days.".to_owned(),
        count => format!("{count} sessions after a series in 365 days."),
    };
    fact(About::InYear, Stands::Plain, says)
}

fn stopped_early(known: &Known<'_>) -> Option<Fact> {
    let count = known.sessions.iter().filter(|(_, early)| *early).count();
    let says = match count {
        0 => return None,
        1 => "1 session ended before all was given.".to_owned(),
        count => format!("{count} sessions ended before all was given."),
    };
    Some(fact(About::StoppedEarly, Stands::Plain, says))
}

fn review(known: &Known<'_>, rules: &NextStepRules) -> Fact {
    let every = days(rules.review_every);
    let began = known.sessions.first().map(|(at, _)| *at);
    match known.decided {
        Some(at) if known.now - at <= rules.review_every => fact(
            About::Review,
            Stands::Plain,
            format!("Written {} days ago.", days(known.now - at)),
        ),
        Some(at) => fact(
            About::Review,
            Stands::Rule,
            format!(
                "Written {} days ago: it is looked at anew every {every} days.",
                days(known.now - at)
            ),
        ),
        None if began.is_some_and(|began| known.now - began > rules.review_every) => fact(
            About::Review,
            Stands::Rule,
            format!("Nobody has written what comes next in more than {every} days of treatment."),
        ),
        None => fact(
            About::Review,
            Stands::Plain,
            "Nobody has written yet what comes next.",
        ),
    }
}
