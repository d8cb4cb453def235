//! From answers to scores, band and flags; and what is missing.
//!
//! Every score is known between two ends: the lowest and the highest that it can still become. A
//! condition is then met, unmet, or unknown until more is answered, so that a flag is raised as
//! soon as nothing that is missing could take it away.

use super::answers::{Answer, Answers, Problem, Understood, understand};
use super::condition::{Condition, Holds, Subject, Test, When};
use super::definition::{
    Band, Instrument, Item, Method, PointRange, Response, Score, Urgency, WhenMissing,
};
use super::points::Points;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What came of the answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    /// The instrument's id.
    pub instrument: String,
    /// Its version.
    pub version: u32,
    /// The result.
    pub outcome: ScoringResult,
    /// What could not be understood; such an answer counts as missing.
    pub problems: Vec<Problem>,
}

/// A result, or what it still needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum ScoringResult {
    /// Whole by the instrument's own rules.
    Scored(Scored),
    /// Not whole. What needs a person today stands here all the same.
    Incomplete(Incomplete),
}

/// A result that is whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scored {
    /// The principal score; none for an instrument that is never added up.
    pub total: Option<ScoreValue>,
    /// The other scores.
    pub subscales: Vec<ScoreValue>,
    /// The band; none for an instrument without bands.
    pub band: Option<BandReached>,
    /// The published limits, each with whether it is passed.
    pub cuts: Vec<CutFinding>,
    /// What needs a person today.
    pub flags: Vec<RaisedFlag>,
    /// What may need a person today, and cannot be told until it is asked.
    pub undecided: Vec<UndecidedFlag>,
    /// Items without an answer that the scoring rule let pass.
    pub missing: Vec<String>,
}

/// A result that is not whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incomplete {
    /// Items that were asked and have no answer.
    pub missing: Vec<String>,
    /// Scores that are known already.
    pub known: Vec<ScoreValue>,
    /// The least grave band that it can still become, unless that is the least grave of all.
    pub at_least: Option<BandReached>,
    /// What needs a person today, whatever the missing answers are.
    pub flags: Vec<RaisedFlag>,
    /// What may need a person today, and cannot be told until it is asked.
    pub undecided: Vec<UndecidedFlag>,
}

/// One score's number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScoreValue {
    /// The score's id.
    pub id: String,
    /// In words.
    pub title: String,
    /// The number.
    pub points: Points,
    /// What it can be.
    pub range: PointRange,
    /// True when a rule for missing answers made up for some.
    pub estimated: bool,
    /// The items without an answer that it made up for.
    pub missing: Vec<String>,
}

/// A band.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BandReached {
    /// Its id.
    pub id: String,
    /// As it is shown.
    pub title: String,
}

/// Whether a published limit is passed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CutFinding {
    /// The cut's id.
    pub id: String,
    /// What passing it means.
    pub says: String,
    /// Whether it is.
    pub passed: Holds,
}

/// An answer that needs a person today.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RaisedFlag {
    /// The flag's id.
    pub id: String,
    /// How soon.
    pub urgency: Urgency,
    /// What was answered.
    pub says: String,
    /// What to do.
    pub action: String,
}

/// A flag that cannot be decided yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndecidedFlag {
    /// The flag's id.
    pub id: String,
    /// How soon, if it were raised.
    pub urgency: Urgency,
    /// The items to ask.
    pub ask: Vec<String>,
}

/// Scores what has been answered so far. Never fails, whatever the answers are.
pub fn assess(instrument: &Instrument, answers: &Answers) -> Assessment {
    let (sheet, problems) = Sheet::read(instrument, answers);
    Assessment {
        instrument: instrument.id.clone(),
        version: instrument.version,
        outcome: sheet.outcome(),
        problems,
    }
}

/// The published limits, each with whether it is passed by what has been answered so far: yes as soon
/// as nothing that is missing could take it away, and unknown while something could.
pub fn limits(instrument: &Instrument, answers: &Answers) -> Vec<CutFinding> {
    let (sheet, _) = Sheet::read(instrument, answers);
    sheet.cuts()
}

/// Between which ends a score lies, and the number itself when it is known.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub lowest: Points,
    pub highest: Points,
    value: Option<Points>,
    missing: Vec<String>,
}

impl Known {
    fn exactly(points: Points) -> Self {
        Self {
            lowest: points,
            highest: points,
            value: Some(points),
            missing: Vec::new(),
        }
    }

    fn ends(&self) -> (Points, Points) {
        self.value
            .map_or((self.lowest, self.highest), |value| (value, value))
    }
}

enum State {
    Answered(Understood),
    NotAsked,
    Missing,
}

/// The answers laid beside the instrument.
struct Sheet<'a> {
    instrument: &'a Instrument,
    states: BTreeMap<&'a str, State>,
    scores: BTreeMap<&'a str, Known>,
}

/// Whether an item is asked, after these answers.
pub(super) fn premise(instrument: &Instrument, answers: &Answers, item: &Item) -> Holds {
    let (sheet, _) = Sheet::read(instrument, answers);
    sheet.asks(item)
}

/// The lowest and the highest that a score can be; used when an instrument is read.
pub(super) fn reachable(instrument: &Instrument) -> BTreeMap<&str, (Points, Points)> {
    let (sheet, _) = Sheet::read(instrument, &Answers::new());
    let ends = sheet
        .scores
        .iter()
        .map(|(id, known)| (*id, (known.lowest, known.highest)));
    ends.collect()
}

impl<'a> Sheet<'a> {
    fn read(instrument: &'a Instrument, answers: &Answers) -> (Self, Vec<Problem>) {
        let mut problems: Vec<Problem> = answers
            .iter()
            .filter(|(item, _)| instrument.item(item).is_none())
            .map(|(item, _)| Problem::NoSuchItem {
                item: item.to_owned(),
            })
            .collect();
        let mut sheet = Self {
            instrument,
            states: BTreeMap::new(),
            scores: BTreeMap::new(),
        };
        // A premise looks at earlier items only, and a score at earlier scores only.
        for item in &instrument.items {
            let state = sheet.state(item, answers.to(&item.id), &mut problems);
            sheet.states.insert(&item.id, state);
        }
        for score in &instrument.scores {
            if let Some(known) = sheet.compute(score) {
                sheet.scores.insert(&score.id, known);
            }
        }
        (sheet, problems)
    }

    fn state(&self, item: &Item, answer: Option<&Answer>, problems: &mut Vec<Problem>) -> State {
        let asked = self.asks(item);
        let understood = answer.and_then(|answer| {
            understand(self.instrument, item, answer).unwrap_or_else(|problem| {
                problems.push(problem);
                None
            })
        });
        match (understood, asked) {
            (Some(understood), Holds::No) => {
                // An answer that contradicts an earlier one may be the one that matters.
                problems.push(Problem::AnsweredThoughNotAsked {
                    item: item.id.clone(),
                });
                State::Answered(understood)
            }
            (Some(understood), Holds::Yes | Holds::Unknown) => State::Answered(understood),
            (None, Holds::No) => State::NotAsked,
            (None, Holds::Yes | Holds::Unknown) => State::Missing,
        }
    }

    fn asks(&self, item: &Item) -> Holds {
        item.ask_if
            .as_ref()
            .map_or(Holds::Yes, |when| self.holds(when))
    }

    fn holds(&self, when: &When) -> Holds {
        when.holds(|condition| self.ask(condition))
    }

    fn ask(&self, condition: &Condition) -> Holds {
        match &condition.subject {
            Subject::Score(score) => self.scores.get(score.as_str()).map_or(Holds::Unknown, |s| {
                let (lowest, highest) = s.ends();
                condition.test.of_points(lowest, highest)
            }),
            Subject::Item(item) => self.ask_item(item, &condition.test),
        }
    }

    fn ask_item(&self, id: &str, test: &Test) -> Holds {
        let options = match test {
            Test::OneOf(options) => Some((options, true)),
            Test::NoneOf(options) => Some((options, false)),
            Test::AtLeast(_) | Test::Above(_) | Test::AtMost(_) | Test::Below(_) => None,
        };
        let Some((options, wanted)) = options else {
            return match self.item_points(id) {
                Some(known) => test.of_points(known.lowest, known.highest),
                // Not asked and counting nothing: no number to pass a limit.
                None => Holds::No,
            };
        };
        match self.states.get(id) {
            Some(State::Answered(understood)) => {
                let chosen = understood.option.as_ref();
                Holds::of(chosen.is_some_and(|chosen| options.contains(chosen)) == wanted)
            }
            Some(State::NotAsked) => Holds::of(!wanted),
            Some(State::Missing) | None => Holds::Unknown,
        }
    }

    /// What an item counts, or between which ends; `None` when it was not asked and counts nothing.
    fn item_points(&self, id: &str) -> Option<Known> {
        let item = self.instrument.item(id)?;
        match self.states.get(id) {
            Some(State::Answered(understood)) => understood.points.map(Known::exactly),
            Some(State::NotAsked) => item.when_not_asked.map(Known::exactly),
            Some(State::Missing) | None => {
                let range = point_range(self.instrument, item)?;
                Some(Known {
                    lowest: range.from,
                    highest: range.to,
                    value: None,
                    missing: vec![item.id.clone()],
                })
            }
        }
    }

    /// A score; `None` where its numbers leave what a scale can have, which reading refuses.
    fn compute(&self, score: &Score) -> Option<Known> {
        let known = match score.by {
            Method::Lookup => self.look_up(score)?,
            Method::Sum | Method::Mean | Method::Max => self.combine(score)?,
        };
        let times = score.times.map_or(Decimal::ONE, Points::number);
        let scaled =
            |points: Points, strategy| rounded(points.number().checked_mul(times)?, 6, strategy);
        Some(Known {
            lowest: scaled(known.lowest, RoundingStrategy::ToNegativeInfinity)?,
            highest: scaled(known.highest, RoundingStrategy::ToPositiveInfinity)?,
            value: match known.value {
                // Two decimal places, never rounded up: 9.99 is not yet 10 (clinical reference §8.2).
                Some(value) => Some(rounded(
                    value.number().checked_mul(times)?,
                    2,
                    RoundingStrategy::ToNegativeInfinity,
                )?),
                None => None,
            },
            missing: known.missing,
        })
    }

    fn look_up(&self, score: &Score) -> Option<Known> {
        let mut possible = Vec::new();
        for row in &score.lookup {
            match row.when.as_ref().map_or(Holds::Yes, |w| self.holds(w)) {
                Holds::No => {}
                Holds::Unknown => possible.push(row.points),
                Holds::Yes => {
                    possible.push(row.points);
                    break;
                }
            }
        }
        let lowest = possible.iter().min().copied()?;
        let highest = possible.iter().max().copied()?;
        // Rows that give the same points leave nothing open.
        let value = (lowest == highest).then_some(lowest);
        let all_rows = When(
            score
                .lookup
                .iter()
                .filter_map(|row| row.when.as_ref())
                .flat_map(|when| when.0.clone())
                .collect(),
        );
        let mut missing = self.missing_of(&all_rows);
        if value.is_some() {
            // An estimate stays one when it is looked up.
            missing.retain(|item| self.is_made_up_for(item));
        }
        Some(Known {
            lowest,
            highest,
            value,
            missing,
        })
    }

    fn is_made_up_for(&self, item: &String) -> bool {
        let mut scores = self.scores.values();
        scores.any(|known| known.value.is_some() && known.missing.contains(item))
    }

    fn combine(&self, score: &Score) -> Option<Known> {
        let parts = score
            .of
            .iter()
            .map(|id| self.part(score, id))
            .collect::<Option<Vec<Part>>>()?;
        let missing: Vec<String> = parts.iter().flat_map(|part| part.missing.clone()).collect();
        let answered = parts.iter().filter(|part| part.value.is_some()).count();
        let value = if answered == parts.len() {
            let all = parts.iter().filter_map(|part| part.weighed(part.value));
            total(score.by, all, &parts)
        } else {
            match score.when_missing {
                WhenMissing::Refuse => None,
                WhenMissing::CountAs(points) => {
                    let all = parts
                        .iter()
                        .filter_map(|part| part.weighed(part.value.or(Some(points.number()))));
                    total(score.by, all, &parts)
                }
                WhenMissing::Prorate { answered_at_least } => {
                    let enough = answered > 0 && answered >= usize::from(answered_at_least);
                    enough.then(|| prorated(score.by, &parts)).flatten()
                }
            }
        };
        let lowest = total(
            score.by,
            parts.iter().filter_map(|p| p.weighed(Some(p.lowest))),
            &parts,
        )?;
        let highest = total(
            score.by,
            parts.iter().filter_map(|p| p.weighed(Some(p.highest))),
            &parts,
        )?;
        Some(Known {
            lowest: rounded(lowest, 6, RoundingStrategy::ToNegativeInfinity)?,
            highest: rounded(highest, 6, RoundingStrategy::ToPositiveInfinity)?,
            value: match value {
                Some(value) => Some(rounded(value, 6, RoundingStrategy::ToNegativeInfinity)?),
                None => None,
            },
            missing,
        })
    }

    /// One thing that a score is made of, turned round and with its weight.
    fn part(&self, score: &Score, id: &str) -> Option<Part> {
        let (known, range) = match self.instrument.item(id) {
            Some(item) => (self.item_points(id)?, point_range(self.instrument, item)?),
            None => {
                let part = self.scores.get(id)?;
                (part.clone(), self.instrument.score(id)?.range)
            }
        };
        let turned = |points: Points| {
            if score.reversed.iter().any(|reversed| reversed == id) {
                range.from.number() + range.to.number() - points.number()
            } else {
                points.number()
            }
        };
        let (one, other) = (turned(known.lowest), turned(known.highest));
        Some(Part {
            lowest: one.min(other),
            highest: one.max(other),
            value: known.value.map(turned),
            weight: score.weights.get(id).map_or(Decimal::ONE, |w| w.number()),
            missing: known.missing,
        })
    }

    fn outcome(&self) -> ScoringResult {
        let missing: Vec<String> = self
            .instrument
            .items
            .iter()
            .filter(|item| !item.optional)
            .filter(|item| matches!(self.states.get(item.id.as_str()), Some(State::Missing)))
            .map(|item| item.id.clone())
            .collect();
        let values: Vec<ScoreValue> = self
            .instrument
            .scores
            .iter()
            .filter_map(|score| self.value(score))
            .collect();
        let every_score = values.len() == self.instrument.scores.len();
        let (band, certain) = self.band();
        // What no score made up for is still to be asked.
        let made_up_for = |item: &String| values.iter().any(|value| value.missing.contains(item));
        if every_score && certain && missing.iter().all(made_up_for) {
            let principal = self.instrument.principal.as_deref();
            let (total, subscales) = values
                .into_iter()
                .partition::<Vec<_>, _>(|value| Some(value.id.as_str()) == principal);
            return ScoringResult::Scored(Scored {
                total: total.into_iter().next(),
                subscales,
                band: band.map(reached),
                cuts: self.cuts(),
                flags: self.flags(),
                undecided: self.undecided(),
                missing,
            });
        }
        let least_grave = self.instrument.bands.last().map(|band| &band.id);
        ScoringResult::Incomplete(Incomplete {
            missing,
            known: values,
            at_least: band
                .filter(|band| Some(&band.id) != least_grave)
                .map(reached),
            flags: self.flags(),
            undecided: self.undecided(),
        })
    }

    fn value(&self, score: &Score) -> Option<ScoreValue> {
        let known = self.scores.get(score.id.as_str())?;
        Some(ScoreValue {
            id: score.id.clone(),
            title: score.title.clone(),
            points: known.value?,
            range: score.range,
            estimated: !known.missing.is_empty(),
            missing: known.missing.clone(),
        })
    }

    /// The first band that surely holds, and whether no graver one might.
    fn band(&self) -> (Option<&'a Band>, bool) {
        let mut certain = true;
        for band in &self.instrument.bands {
            match band.when.as_ref().map_or(Holds::Yes, |w| self.holds(w)) {
                Holds::Yes => return (Some(band), certain),
                Holds::Unknown => certain = false,
                Holds::No => {}
            }
        }
        (None, certain)
    }

    fn cuts(&self) -> Vec<CutFinding> {
        let finding = |cut: &super::definition::Cut| CutFinding {
            id: cut.id.clone(),
            says: cut.says.clone(),
            passed: self.holds(&cut.when),
        };
        self.instrument.cuts.iter().map(finding).collect()
    }

    // Hazard: H40
    // Raised from the answers that are there: what is missing elsewhere never delays it.
    fn flags(&self) -> Vec<RaisedFlag> {
        let raised = |flag: &&super::definition::Flag| self.holds(&flag.when) == Holds::Yes;
        let flags = self.instrument.flags.iter().filter(raised);
        flags
            .map(|flag| RaisedFlag {
                id: flag.id.clone(),
                urgency: flag.urgency,
                says: flag.says.clone(),
                action: flag.action.clone(),
            })
            .collect()
    }

    // Hazard: H40
    // An answer that was never given is not "no".
    fn undecided(&self) -> Vec<UndecidedFlag> {
        let unknown = |flag: &&super::definition::Flag| self.holds(&flag.when) == Holds::Unknown;
        let flags = self.instrument.flags.iter().filter(unknown);
        flags
            .map(|flag| UndecidedFlag {
                id: flag.id.clone(),
                urgency: flag.urgency,
                ask: self.missing_of(&flag.when),
            })
            .collect()
    }

    /// The items without an answer that a condition looks at, each once, in order.
    fn missing_of(&self, when: &When) -> Vec<String> {
        let mut items: Vec<String> = when
            .conditions()
            .flat_map(|(_, _, condition)| match &condition.subject {
                Subject::Item(item) => match self.states.get(item.as_str()) {
                    Some(State::Missing) => vec![item.clone()],
                    Some(State::Answered(_) | State::NotAsked) | None => Vec::new(),
                },
                Subject::Score(score) => self
                    .scores
                    .get(score.as_str())
                    .map_or_else(Vec::new, |known| known.missing.clone()),
            })
            .collect();
        let mut seen = std::collections::BTreeSet::new();
        items.retain(|item| seen.insert(item.clone()));
        items
    }
}

/// One thing that a score is made of.
struct Part {
    lowest: Decimal,
    highest: Decimal,
    value: Option<Decimal>,
    weight: Decimal,
    missing: Vec<String>,
}

impl Part {
    fn weighed(&self, points: Option<Decimal>) -> Option<Decimal> {
        points?.checked_mul(self.weight)
    }
}

fn reached(band: &Band) -> BandReached {
    BandReached {
        id: band.id.clone(),
        title: band.title.clone(),
    }
}

/// What an item's points can be; `None` for one that counts nothing.
pub(super) fn point_range(instrument: &Instrument, item: &Item) -> Option<PointRange> {
    match &item.response {
        Response::Whole(range) | Response::Measured { range, .. } => Some(*range),
        Response::Options(set) => {
            let points = || {
                let choices = instrument.choices(set).iter();
                choices.map(|choice| choice.points)
            };
            // An option that counts nothing takes the whole set out of any score.
            if points().any(|points| points.is_none()) {
                return None;
            }
            Some(PointRange {
                from: points().flatten().min()?,
                to: points().flatten().max()?,
            })
        }
    }
}

fn total(
    by: Method,
    mut weighed: impl Iterator<Item = Decimal>,
    parts: &[Part],
) -> Option<Decimal> {
    match by {
        Method::Max => weighed.max(),
        Method::Sum => weighed.try_fold(Decimal::ZERO, Decimal::checked_add),
        Method::Mean => weighed
            .try_fold(Decimal::ZERO, Decimal::checked_add)?
            .checked_div(parts.iter().map(|part| part.weight).sum()),
        // Has rows instead of parts.
        Method::Lookup => None,
    }
}

/// The mean of what is answered, standing in for what is not.
fn prorated(by: Method, parts: &[Part]) -> Option<Decimal> {
    let answered = || parts.iter().filter(|part| part.value.is_some());
    let sum = answered()
        .filter_map(|part| part.weighed(part.value))
        .try_fold(Decimal::ZERO, Decimal::checked_add)?;
    let weight: Decimal = answered().map(|part| part.weight).sum();
    match by {
        Method::Mean => sum.checked_div(weight),
        Method::Sum => {
            let whole: Decimal = parts.iter().map(|part| part.weight).sum();
            sum.checked_mul(whole)?.checked_div(weight)
        }
        // Refused when the file is read: a highest cannot be guessed from the others.
        Method::Max | Method::Lookup => None,
    }
}

fn rounded(number: Decimal, places: u32, strategy: RoundingStrategy) -> Option<Points> {
    Points::new(number.round_dp_with_strategy(places, strategy))
}
