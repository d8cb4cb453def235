//! What a change between two occasions means.

use super::condition::Holds;
use super::definition::{ChangeTest, Direction, Instrument};
use super::points::Points;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Whether one published definition of change is met. Shown with its name: the choice of the
/// definition changes the reported success (clinical reference §8.5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeFinding {
    /// The definition's id, such as `response`.
    pub id: String,
    /// In words.
    pub says: String,
    /// The score that was compared.
    pub of: String,
    /// Whether it is met; unknown where a percentage has nothing to stand on.
    pub met: Holds,
    /// Where it comes from.
    pub source: String,
    /// True where the source could not be read by us, or sources disagree.
    pub unverified: bool,
}

/// Compares one score on two occasions by every definition of the instrument about that score.
///
/// Takes the points as they were, whole or estimated; whether an estimate may be compared is the
/// reader's to decide, who sees that it is one.
pub fn change(
    instrument: &Instrument,
    score: &str,
    before: Points,
    now: Points,
) -> Vec<ChangeFinding> {
    change_since(instrument, score, Some(before), now)
}

/// The same where the first occasion may have no score: a definition that looks at it is then
/// unknown, and never unmet.
pub fn change_since(
    instrument: &Instrument,
    score: &str,
    before: Option<Points>,
    now: Points,
) -> Vec<ChangeFinding> {
    instrument
        .changes
        .iter()
        .filter(|rule| instrument.compared_by(rule) == Some(score))
        .map(|rule| ChangeFinding {
            id: rule.id.clone(),
            says: rule.says.clone(),
            of: score.to_owned(),
            met: rule.when.iter().fold(Holds::Yes, |all, test| {
                all.and(holds(*test, instrument.worse, before, now))
            }),
            source: rule.source.clone(),
            unverified: rule.unverified,
        })
        .collect()
}

fn holds(test: ChangeTest, worse: Direction, before: Option<Points>, now: Points) -> Holds {
    match test {
        ChangeTest::NowAtMost(points) => return Holds::of(now <= points),
        ChangeTest::NowBelow(points) => return Holds::of(now < points),
        ChangeTest::NowAtLeast(points) => return Holds::of(now >= points),
        ChangeTest::ImprovedPercentAtLeast(_)
        | ChangeTest::ImprovedPercentBelow(_)
        | ChangeTest::ImprovedAtLeast(_)
        | ChangeTest::WorsenedAtLeast(_)
        | ChangeTest::BeforeAtLeast(_) => {}
    }
    before.map_or(Holds::Unknown, |before| compared(test, worse, before, now))
}

fn compared(test: ChangeTest, worse: Direction, before: Points, now: Points) -> Holds {
    let risen = now.number() - before.number();
    let improved = match worse {
        Direction::Higher => -risen,
        Direction::Lower => risen,
        // Refused when the file is read, for the tests that need a direction.
        Direction::Neither => Decimal::ZERO,
    };
    // In hundredths of the first, so that nothing is divided and nothing is rounded.
    let hundredfold = improved * Decimal::ONE_HUNDRED;
    let percent_at_least = |percent: Points| {
        if before.number() > Decimal::ZERO {
            Holds::of(hundredfold >= percent.number() * before.number())
        } else {
            Holds::Unknown
        }
    };
    match test {
        ChangeTest::ImprovedPercentAtLeast(percent) => percent_at_least(percent),
        ChangeTest::ImprovedPercentBelow(percent) => match percent_at_least(percent) {
            Holds::Yes => Holds::No,
            Holds::No => Holds::Yes,
            Holds::Unknown => Holds::Unknown,
        },
        ChangeTest::ImprovedAtLeast(points) => Holds::of(improved >= points.number()),
        ChangeTest::WorsenedAtLeast(points) => Holds::of(-improved >= points.number()),
        ChangeTest::NowAtMost(points) => Holds::of(now <= points),
        ChangeTest::NowBelow(points) => Holds::of(now < points),
        ChangeTest::NowAtLeast(points) => Holds::of(now >= points),
        ChangeTest::BeforeAtLeast(points) => Holds::of(before >= points),
    }
}
