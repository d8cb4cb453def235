//! The shape of an instrument, once it has been read and found whole.

use super::{Points, When, Wording};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A questionnaire or scale.
///
/// Built by [`super::Library`] only: every item, option and score that is named exists, and every
/// score's range is the one that its items can reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Instrument {
    /// Its name, in small letters, digits and hyphens.
    pub id: String,
    /// Counts up with every change of meaning; stored with each result.
    pub version: u32,
    /// As clinicians call it.
    pub title: String,
    /// What it measures, in words.
    pub measures: String,
    /// Who answers.
    pub answered_by: Respondent,
    /// Which stretch of time the questions are about.
    pub recall: Recall,
    /// When it is given by default; a clinic's schedule decides.
    pub timing: Vec<Occasion>,
    /// Which end of the principal score is the worse.
    pub worse: Direction,
    /// Where the scoring comes from.
    pub source: String,
    /// What whoever uses it should know.
    pub notes: Vec<String>,
    /// Whose it is, and what may ship.
    pub licence: Licence,
    /// Sets of answers to choose from, by name.
    pub options: BTreeMap<String, Vec<Choice>>,
    /// What is asked, in order.
    pub items: Vec<Item>,
    /// The score that stands for the whole; none where adding up would mislead.
    pub principal: Option<String>,
    /// Every score, each after those it is made of.
    pub scores: Vec<Score>,
    /// From the gravest to the least grave; the first that holds is the one.
    pub bands: Vec<Band>,
    /// Published limits that are not bands.
    pub cuts: Vec<Cut>,
    /// Answers that need a person.
    pub flags: Vec<Flag>,
    /// What a change between two occasions means.
    pub changes: Vec<ChangeRule>,
    /// The words, by language; empty where the licence keeps them out.
    pub wording: BTreeMap<String, Wording>,
}

/// Who answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Respondent {
    /// The person under treatment.
    Patient,
    /// A clinician who asks and rates.
    Clinician,
}

/// The stretch of time that the questions are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recall {
    /// This moment.
    Now,
    /// The session that has just been.
    ThisSession,
    /// Three days.
    #[serde(rename = "past-3-days")]
    Past3Days,
    /// A week.
    PastWeek,
    /// Two weeks.
    #[serde(rename = "past-2-weeks")]
    Past2Weeks,
    /// A month.
    PastMonth,
    /// Three months.
    #[serde(rename = "past-3-months")]
    Past3Months,
    /// A year.
    PastYear,
    /// The questions differ in it.
    ByItem,
    /// The source does not say.
    NotStated,
}

/// When an instrument is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Occasion {
    /// Before the course is accepted.
    Screening,
    /// Before the first dose.
    Baseline,
    /// Once only.
    Once,
    /// At every visit.
    EveryVisit,
    /// On the morning of each session.
    SessionMorning,
    /// While the drug acts.
    InSession,
    /// When the session ends.
    EndOfSession,
    /// A day after.
    #[serde(rename = "day-1")]
    Day1,
    /// A week after.
    #[serde(rename = "day-7")]
    Day7,
    /// When the first series ends.
    EndOfInduction,
    /// Each week.
    Weekly,
    /// Each month.
    Monthly,
    /// Each three months.
    Quarterly,
    /// Each six months.
    SixMonthly,
}

/// Which end of the principal score is the worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// More points are worse.
    Higher,
    /// Fewer points are worse.
    Lower,
    /// Neither end is better.
    Neither,
}

/// What may ship. Scoring rules are numbers and may; the wording is what is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LicenceVerdict {
    /// Wording and scoring ship.
    Ship,
    /// Free on terms that this program's licence cannot pass on: the wording is the clinic's to add.
    ShipNonCommercial,
    /// Item numbers and scoring only: a licensed clinic adds its own text.
    Skeleton,
}

/// Whose an instrument is, and on what terms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Licence {
    /// What may ship.
    pub verdict: LicenceVerdict,
    /// Who owns the wording.
    pub holder: String,
    /// On what terms, in a sentence.
    pub terms: String,
    /// Where that is said.
    pub source: String,
    /// The clinic's own licence or letter; lets wording stand where the verdict does not.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub permission: String,
    /// True where the terms could not be read by us.
    #[serde(default)]
    pub unverified: bool,
}

/// One answer to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Its name, which is stored.
    pub id: String,
    /// What it counts; none where nothing is counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<Points>,
}

/// Both ends of what a number may be, themselves permitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PointRange {
    /// The lower end.
    pub from: Points,
    /// The upper end.
    pub to: Points,
}

/// How an item is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Response {
    /// One option of a set, by the set's name.
    Options(String),
    /// A whole number.
    Whole(PointRange),
    /// A measured number, in the unit that is named (UCUM).
    Measured {
        /// Both ends.
        range: PointRange,
        /// The unit.
        unit: String,
    },
}

/// Where an item's answer comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GivenBy {
    /// It is asked.
    #[default]
    Question,
    /// It is taken from the person's record.
    Record,
}

/// One thing that is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Item {
    /// Its name: the printed number where the form has one.
    pub id: String,
    /// What it is about, in our own words, for staff; empty where the number must do.
    pub about: String,
    /// How it is answered.
    pub response: Response,
    /// Where the answer comes from.
    pub given_by: GivenBy,
    /// True where the result is whole without it.
    pub optional: bool,
    /// Asked only when this holds or is unknown.
    pub ask_if: Option<When>,
    /// What it counts when it is not asked.
    pub when_not_asked: Option<Points>,
}

/// How a score is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Added up.
    Sum,
    /// Their mean.
    Mean,
    /// The highest of them.
    Max,
    /// The points of the first row that holds.
    Lookup,
}

/// How a missing answer counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhenMissing {
    /// There is no score.
    Refuse,
    /// As the mean of the others, rounded down, while enough are answered.
    Prorate {
        /// How many must be.
        answered_at_least: u16,
    },
    /// As this many points. The result lists it as missing all the same.
    CountAs(Points),
}

/// One row of a lookup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LookupRow {
    /// What it gives.
    pub points: Points,
    /// When; the last row has no condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<When>,
}

/// A number made of answers or of other scores.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Score {
    /// Its name.
    pub id: String,
    /// In words.
    pub title: String,
    /// How it is made.
    pub by: Method,
    /// Of which items and scores.
    pub of: Vec<String>,
    /// Those that count from the other end.
    pub reversed: Vec<String>,
    /// Those that count more or less than once.
    pub weights: BTreeMap<String, Points>,
    /// What the result is multiplied by.
    pub times: Option<Points>,
    /// The rows of a lookup.
    pub lookup: Vec<LookupRow>,
    /// How a missing answer counts.
    pub when_missing: WhenMissing,
    /// The lowest and the highest it can be.
    pub range: PointRange,
    /// Where it comes from, if not from the instrument's own source.
    pub source: String,
    /// True where the source could not be read by us; shown beside the number.
    pub unverified: bool,
}

/// One band of severity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Band {
    /// Its name.
    pub id: String,
    /// As it is shown.
    pub title: String,
    /// When it holds; the last band has no condition.
    pub when: Option<When>,
    /// Where it comes from, if not from the instrument's own source.
    pub source: String,
    /// True where the source could not be read by us.
    pub unverified: bool,
}

/// A published limit that is not a band.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cut {
    /// Its name.
    pub id: String,
    /// What passing it means.
    pub says: String,
    /// When it is passed.
    pub when: When,
    /// Where it comes from, if not from the instrument's own source.
    #[serde(default)]
    pub source: String,
    /// True where the source could not be read by us, or sources disagree.
    #[serde(default)]
    pub unverified: bool,
}

/// How soon someone must look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Urgency {
    /// Before the day ends.
    SameDay,
    /// Within the hour, and before the person leaves.
    SameHour,
}

/// An answer that needs a person today, whatever the rest says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flag {
    /// Its name.
    pub id: String,
    /// How soon.
    pub urgency: Urgency,
    /// What was answered.
    pub says: String,
    /// What to do.
    pub action: String,
    /// When it is raised.
    pub when: When,
    /// Where it comes from.
    pub source: String,
    /// True where the source could not be read by us, or the limit is our own proposal.
    #[serde(default)]
    pub unverified: bool,
}

/// How two occasions are compared. A closed handful; *improved* follows [`Direction`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeTest {
    /// Better by this part of the first, in percent, or more.
    ImprovedPercentAtLeast(Points),
    /// Better by less than this part of the first, in percent.
    ImprovedPercentBelow(Points),
    /// Better by this many points or more.
    ImprovedAtLeast(Points),
    /// Worse by this many points or more.
    WorsenedAtLeast(Points),
    /// Now this many points or fewer.
    NowAtMost(Points),
    /// Now fewer points than this.
    NowBelow(Points),
    /// Now this many points or more.
    NowAtLeast(Points),
    /// The first was this many points or more.
    BeforeAtLeast(Points),
}

/// What a change means when all of its tests hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeRule {
    /// Its name, such as `response`.
    pub id: String,
    /// In words.
    pub says: String,
    /// The score that is compared; the principal one when empty.
    #[serde(default)]
    pub of: String,
    /// All of these.
    pub when: Vec<ChangeTest>,
    /// Where it comes from.
    pub source: String,
    /// True where the source could not be read by us, or sources disagree.
    #[serde(default)]
    pub unverified: bool,
}

impl Instrument {
    /// An item by its id.
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id)
    }

    /// A score by its id.
    pub fn score(&self, id: &str) -> Option<&Score> {
        self.scores.iter().find(|score| score.id == id)
    }

    /// The options of a set; none where there is no such set.
    pub fn choices(&self, set: &str) -> &[Choice] {
        self.options.get(set).map_or(&[], Vec::as_slice)
    }

    /// The score that a change is measured by.
    pub fn compared_by<'a>(&'a self, rule: &'a ChangeRule) -> Option<&'a str> {
        if rule.of.is_empty() {
            self.principal.as_deref()
        } else {
            Some(&rule.of)
        }
    }
}
