//! What was found, what was missed, what was said for nothing, and how late.

use super::Story;
use clinical::advisory::{Beyond, Change, Condition, Engine, Limits, Priority, Rule, Tier};
use clinical::vital_signs::{Judge, Judgement, Signal};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use units::{Decimal, Moment, Span};

/// A true event lasts this much longer than its persistence, and is found until as much after it.
/// Source: device reference §14, T = delay setting + 5 s.
const MARGIN: Span = Span::from_seconds(5);
/// Where a limit has no persistence, the value is looked at this long before an advisory.
const BEFORE: Span = Span::from_seconds(10);

/// What came of one condition, or of all of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Score {
    /// True events.
    pub events: u32,
    /// Those that were found in time.
    pub found: u32,
    /// Found of true events; none where nothing happened.
    pub sensitivity: Option<f64>,
    /// The upper end of the 95 % bound of what is missed, where nothing was: 3 of n.
    pub missed_at_most: Option<f64>,
    /// Advisories that no true value stands behind.
    pub false_advisories: u32,
    /// The same for each hour that was watched.
    pub false_per_hour: f64,
    /// Seconds from the end of the persistence to the advisory: the median.
    pub added_delay_median: Option<f64>,
    /// The same at the 99th of 100.
    pub added_delay_p99: Option<f64>,
    /// The same at most.
    pub added_delay_longest: Option<f64>,
}

/// What came of all stories.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Evaluation {
    /// How many sessions.
    pub sessions: u32,
    /// How many hours of them.
    pub hours: f64,
    /// Advisories of low priority for each hour.
    pub low_per_hour: f64,
    /// Of medium priority.
    pub medium_per_hour: f64,
    /// Of high priority.
    pub high_per_hour: f64,
    /// Of medium and high priority in an hour: 95 of 100 sessions have no more.
    pub audible_per_hour_p95: f64,
    /// By condition.
    pub conditions: BTreeMap<String, Score>,
    /// Everything together.
    pub all: Score,
    /// What was missed, for a person to look at: the first hundred.
    pub missed: Vec<String>,
}

/// Lets the engine watch every story, and compares.
pub fn evaluate(stories: impl IntoIterator<Item = Story>, limits: &Arc<Limits>) -> Evaluation {
    let mut sum = Sum::default();
    for story in stories {
        sum.add(&story, limits);
    }
    sum.finish()
}

/// A true event.
struct True {
    condition: Condition,
    tier: Option<Tier>,
    onset: Moment,
    /// When it has lasted long enough to be said.
    ripe: Moment,
}

/// An advisory that was raised, or rose.
struct Said {
    condition: Condition,
    tier: Option<Tier>,
    priority: Priority,
    at: Moment,
    until: Option<Moment>,
}

#[derive(Default)]
struct Tally {
    events: u32,
    found: u32,
    false_advisories: u32,
    delays: Vec<f64>,
}

#[derive(Default)]
struct Sum {
    sessions: u32,
    seconds: f64,
    tallies: BTreeMap<Condition, Tally>,
    by_priority: BTreeMap<Priority, u32>,
    audible: Vec<f64>,
    missed: Vec<String>,
}

impl Sum {
    fn add(&mut self, story: &Story, limits: &Arc<Limits>) {
        let (Some(first), Some(last)) = (story.messages.first(), story.messages.last()) else {
            return;
        };
        let seconds = in_seconds(last.at - first.at);
        let said = watch(story, limits);
        let happened = happened(story, limits);
        self.sessions += 1;
        self.seconds += seconds;
        let mut audible = 0;
        for one in &said {
            *self.by_priority.entry(one.priority).or_default() += 1;
            audible += u32::from(one.priority >= Priority::Medium);
            let tally = self.tallies.entry(one.condition).or_default();
            tally.false_advisories += u32::from(!stands_behind(story, limits, one));
        }
        self.audible
            .push(f64::from(audible) * 3_600.0 / seconds.max(1.0));
        for event in &happened {
            let tally = self.tallies.entry(event.condition).or_default();
            tally.events += 1;
            let until = event.ripe + MARGIN;
            let found = said.iter().find(|one| {
                one.condition == event.condition
                    && one.tier >= event.tier
                    && one.at <= until
                    && one.until.is_none_or(|ended| ended >= event.onset)
            });
            match found {
                Some(one) => {
                    tally.found += 1;
                    // What was said already, of an event before, has no delay.
                    if one.at >= event.onset {
                        tally.delays.push(in_seconds(one.at - event.ripe).max(0.0));
                    }
                }
                None if self.missed.len() < 100 => self.missed.push(format!(
                    "{}: {} {} from {}",
                    story.name,
                    event.condition.word(),
                    event.tier.map_or("", Tier::word),
                    event.onset.timestamp()
                )),
                None => {}
            }
        }
    }

    fn finish(mut self) -> Evaluation {
        let hours = self.seconds / 3_600.0;
        let per_hour = |count: u32| f64::from(count) / hours.max(f64::MIN_POSITIVE);
        let of = |priority| per_hour(self.by_priority.get(&priority).copied().unwrap_or(0));
        let mut all = Tally::default();
        for tally in self.tallies.values() {
            all.events += tally.events;
            all.found += tally.found;
            all.false_advisories += tally.false_advisories;
            all.delays.extend(&tally.delays);
        }
        self.audible.sort_by(f64::total_cmp);
        Evaluation {
            sessions: self.sessions,
            hours,
            low_per_hour: of(Priority::Low),
            medium_per_hour: of(Priority::Medium),
            high_per_hour: of(Priority::High),
            audible_per_hour_p95: at_share(&self.audible, 0.95).unwrap_or(0.0),
            all: score(all, hours),
            conditions: self
                .tallies
                .into_iter()
                .map(|(condition, tally)| (condition.word().to_owned(), score(tally, hours)))
                .collect(),
            missed: self.missed,
        }
    }
}

fn score(mut tally: Tally, hours: f64) -> Score {
    tally.delays.sort_by(f64::total_cmp);
    let events = f64::from(tally.events);
    Score {
        events: tally.events,
        found: tally.found,
        sensitivity: (tally.events > 0).then(|| f64::from(tally.found) / events),
        missed_at_most: (tally.events > 0 && tally.found == tally.events).then(|| 3.0 / events),
        false_advisories: tally.false_advisories,
        false_per_hour: f64::from(tally.false_advisories) / hours.max(f64::MIN_POSITIVE),
        added_delay_median: at_share(&tally.delays, 0.5),
        added_delay_p99: at_share(&tally.delays, 0.99),
        added_delay_longest: tally.delays.last().copied(),
    }
}

/// The smallest value that this share of them does not pass.
fn at_share(sorted: &[f64], share: f64) -> Option<f64> {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss
    )]
    let index = ((sorted.len() as f64 * share).ceil() as usize).max(1) - 1;
    sorted.get(index).copied()
}

/// The engine over one story, as the live side feeds it: message by message, second by second.
fn watch(story: &Story, limits: &Arc<Limits>) -> Vec<Said> {
    let mut said: Vec<Said> = Vec::new();
    let Some(first) = story.messages.first().map(|message| message.at) else {
        return said;
    };
    let Some(mut engine) = Engine::when_switched_on(true, Arc::clone(limits), first) else {
        return said;
    };
    let mut judge = Judge::new();
    if let Some((systolic, diastolic)) = story.baseline {
        engine.set_baseline(Some(systolic), Some(diastolic));
    }
    take(&mut said, engine.expect_feed(Some(story.period), first));
    let mut now = first;
    for message in &story.messages {
        // The seconds in which nothing came.
        while now + Span::from_seconds(1) <= message.at {
            now = now + Span::from_seconds(1);
            let dosing = story
                .dosing
                .is_some_and(|(from, until)| now >= from && now < until);
            take(&mut said, engine.set_dosing(dosing, now));
            take(&mut said, engine.tick(now));
        }
        let judged = judge.judge(message.numerics.clone());
        for numeric in judged.into_iter().filter_map(Judgement::measurement) {
            take(&mut said, engine.observe(&numeric));
        }
    }
    said
}

fn take(said: &mut Vec<Said>, changes: Vec<Change>) {
    for change in changes {
        let advisory = change.advisory();
        // Repetitions are asked of people; nobody is in these stories to answer.
        if Condition::OVERDUE.contains(&advisory.condition) {
            continue;
        }
        let condition = advisory.condition;
        let close = |said: &mut Vec<Said>, at| {
            let open = said.iter_mut().rev();
            let mut open = open.filter(|one| one.condition == condition && one.until.is_none());
            if let Some(open) = open.next() {
                open.until = Some(at);
            }
        };
        match &change {
            Change::Raised { advisory } | Change::Escalated { advisory } => {
                close(said, advisory.at);
                said.push(Said {
                    condition,
                    tier: advisory.tier,
                    priority: advisory.priority,
                    at: advisory.at,
                    until: None,
                });
            }
            // It was said when it was graver: nothing new is said.
            Change::Eased { .. } => {}
            Change::Ended { at, .. } => close(said, *at),
        }
    }
}

/// The signal of which the truth is kept, for a condition that limits judge.
fn signal(condition: Condition) -> Option<Signal> {
    match condition {
        Condition::OxygenSaturationLow => Some(Signal::OxygenSaturation),
        Condition::HeartRateHigh | Condition::HeartRateLow => Some(Signal::HeartRate),
        Condition::RespiratoryRateLow | Condition::RespiratoryRateHigh => {
            Some(Signal::RespiratoryRate)
        }
        Condition::SystolicHigh | Condition::SystolicLow | Condition::SystolicRise => {
            Some(Signal::CuffSystolic)
        }
        Condition::DiastolicHigh | Condition::DiastolicRise => Some(Signal::CuffDiastolic),
        Condition::EndTidalCarbonDioxideHigh => Some(Signal::EndTidalCarbonDioxide),
        Condition::NoBreath => Some(Signal::RespiratoryRateFromCarbonDioxide),
        Condition::SaturationSignalLost
        | Condition::FeedStale
        | Condition::ReadingOverdue
        | Condition::ResponsivenessOverdue
        | Condition::DistressOverdue => None,
    }
}

/// The true values of a condition; a rise is counted from the baseline.
fn truth(story: &Story, condition: Condition) -> Vec<(Moment, Decimal)> {
    let from = match (condition, story.baseline) {
        (Condition::SystolicRise, Some((systolic, _))) => systolic,
        (Condition::DiastolicRise, Some((_, diastolic))) => diastolic,
        (Condition::SystolicRise | Condition::DiastolicRise, None) => return Vec::new(),
        _ => Decimal::ZERO,
    };
    signal(condition)
        .and_then(|signal| story.truth.get(&signal))
        .map(|values| {
            values
                .iter()
                .map(|(at, value)| (*at, *value - from))
                .collect()
        })
        .unwrap_or_default()
}

/// Every event that lasted long enough to be said: a run of true values beyond a limit, and what
/// somebody has labelled.
fn happened(story: &Story, limits: &Limits) -> Vec<True> {
    let mut happened = Vec::new();
    for rule in &limits.rules {
        let values = truth(story, rule.condition);
        let mut onset = None;
        for (index, (at, value)) in values.iter().enumerate() {
            if !beyond(rule.beyond, *value) {
                onset = None;
                continue;
            }
            let since = *onset.get_or_insert(*at);
            let long_enough = *at - since >= needed(rule);
            let was = index
                .checked_sub(1)
                .and_then(|before| values.get(before))
                .is_some_and(|(before, _)| *before >= since && *before - since >= needed(rule));
            // Each run once, at the moment at which it has lasted long enough.
            if long_enough && !was {
                happened.push(True {
                    condition: rule.condition,
                    tier: Some(rule.tier),
                    onset: since,
                    ripe: since + rule.persists,
                });
            }
        }
    }
    for label in &story.labels {
        let persists = match label.condition {
            Condition::FeedStale => limits.stale_after_at_least,
            Condition::SaturationSignalLost => limits.saturation_lost_after,
            _ => Span::ZERO,
        };
        if label.until - label.onset >= persists + MARGIN {
            happened.push(True {
                condition: label.condition,
                tier: None,
                onset: label.onset,
                ripe: label.onset + persists,
            });
        }
    }
    happened
}

/// One deliberate reading needs no persistence; what is continuous must outlast its own.
fn needed(rule: &Rule) -> Span {
    if rule.persists == Span::ZERO {
        Span::ZERO
    } else {
        rule.persists + MARGIN
    }
}

fn beyond_is(beyond: Beyond) -> (Decimal, bool, bool) {
    match beyond {
        Beyond::Below(limit) => (limit, true, false),
        Beyond::AtMost(limit) => (limit, true, true),
        Beyond::Above(limit) => (limit, false, false),
        Beyond::AtLeast(limit) => (limit, false, true),
    }
}

/// Written anew here, so that a slip in the engine's own comparison is seen.
fn beyond(limit: Beyond, value: Decimal) -> bool {
    let (limit, below, or_equal) = beyond_is(limit);
    (value == limit && or_equal) || (value < limit && below) || (value > limit && !below)
}

/// True where the true value was beyond the limit for at least half of the persistence before.
fn stands_behind(story: &Story, limits: &Limits, said: &Said) -> bool {
    let Some(rule) = limits
        .of(said.condition)
        .find(|rule| Some(rule.tier) == said.tier)
    else {
        return story.labels.iter().any(|label| {
            label.condition == said.condition
                && said.at >= label.onset
                && said.at <= label.until + MARGIN
        });
    };
    let from = if rule.persists == Span::ZERO {
        said.at - BEFORE
    } else {
        said.at - rule.persists
    };
    let window: Vec<bool> = truth(story, said.condition)
        .into_iter()
        .filter(|(at, _)| *at >= from && *at <= said.at)
        .map(|(_, value)| beyond(rule.beyond, value))
        .collect();
    let passed = window.iter().filter(|passed| **passed).count();
    passed > 0 && passed * 2 >= window.len()
}

#[allow(clippy::cast_precision_loss)]
fn in_seconds(span: Span) -> f64 {
    span.microseconds() as f64 / 1_000_000.0
}

#[cfg(test)]
mod tests;
