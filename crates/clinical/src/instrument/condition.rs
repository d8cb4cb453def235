//! What must hold of the answers so far; unknown where an answer is missing.

use super::Points;
use serde::{Deserialize, Serialize};

/// Whether something holds. Unknown is an answer of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holds {
    /// Whatever the missing answers turn out to be.
    Yes,
    /// Whatever the missing answers turn out to be.
    No,
    /// It depends on an answer that is missing.
    Unknown,
}

impl Holds {
    /// A question with two answers.
    pub const fn of(known: bool) -> Self {
        if known { Self::Yes } else { Self::No }
    }

    /// Both hold.
    pub const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, Self::Yes) => Self::Yes,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
        }
    }

    /// At least one holds.
    pub const fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::No, Self::No) => Self::No,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
        }
    }
}

/// What a condition looks at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// An item, by its id.
    Item(String),
    /// A score, by its id.
    Score(String),
}

/// How it is compared. A closed handful.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// The chosen option is one of these.
    OneOf(Vec<String>),
    /// The chosen option is none of these.
    NoneOf(Vec<String>),
    /// The points are this many or more.
    AtLeast(Points),
    /// The points are more than this.
    Above(Points),
    /// The points are this many or fewer.
    AtMost(Points),
    /// The points are fewer than this.
    Below(Points),
}

/// One comparison: in a file, `{ item = "9", at_least = 2 }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Condition {
    /// What it looks at.
    pub subject: Subject,
    /// The comparison.
    pub test: Test,
}

/// Holds when every condition of one of its rows holds: in a file, a list of lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct When(pub Vec<Vec<Condition>>);

impl When {
    /// Every condition, with the row and the place in it.
    pub fn conditions(&self) -> impl Iterator<Item = (usize, usize, &Condition)> {
        self.0.iter().enumerate().flat_map(|(row, conditions)| {
            let place = move |(place, condition)| (row, place, condition);
            conditions.iter().enumerate().map(place)
        })
    }

    /// One of the rows holds as a whole.
    pub fn holds(&self, ask: impl Fn(&Condition) -> Holds) -> Holds {
        self.0.iter().fold(Holds::No, |any, row| {
            any.or(row
                .iter()
                .fold(Holds::Yes, |all, condition| all.and(ask(condition))))
        })
    }
}

impl Test {
    /// Compares points that lie somewhere between two ends, both included.
    pub fn of_points(&self, lowest: Points, highest: Points) -> Holds {
        let between = |surely: bool, possibly: bool| match (surely, possibly) {
            (true, _) => Holds::Yes,
            (false, true) => Holds::Unknown,
            (false, false) => Holds::No,
        };
        match self {
            Self::AtLeast(limit) => between(lowest >= *limit, highest >= *limit),
            Self::Above(limit) => between(lowest > *limit, highest > *limit),
            Self::AtMost(limit) => between(highest <= *limit, lowest <= *limit),
            Self::Below(limit) => between(highest < *limit, lowest < *limit),
            // Refused when the file is read: a number is never an option.
            Self::OneOf(_) | Self::NoneOf(_) => Holds::Unknown,
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    item: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    score: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    one_of: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    none_of: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at_least: Option<Points>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    above: Option<Points>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at_most: Option<Points>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    below: Option<Points>,
}

impl TryFrom<Written> for Condition {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        let subject = match (written.item, written.score) {
            (Some(item), None) => Subject::Item(item),
            (None, Some(score)) => Subject::Score(score),
            (None, None) | (Some(_), Some(_)) => {
                return Err("a condition looks at one item or at one score");
            }
        };
        let tests = [
            written.one_of.map(Test::OneOf),
            written.none_of.map(Test::NoneOf),
            written.at_least.map(Test::AtLeast),
            written.above.map(Test::Above),
            written.at_most.map(Test::AtMost),
            written.below.map(Test::Below),
        ];
        let mut tests = tests.into_iter().flatten();
        match (tests.next(), tests.next()) {
            (Some(test), None) => Ok(Self { subject, test }),
            _ => Err(
                "a condition has exactly one of one_of, none_of, at_least, above, at_most, below",
            ),
        }
    }
}

impl From<Condition> for Written {
    fn from(condition: Condition) -> Self {
        let mut written = Self {
            item: None,
            score: None,
            one_of: None,
            none_of: None,
            at_least: None,
            above: None,
            at_most: None,
            below: None,
        };
        match condition.subject {
            Subject::Item(item) => written.item = Some(item),
            Subject::Score(score) => written.score = Some(score),
        }
        match condition.test {
            Test::OneOf(options) => written.one_of = Some(options),
            Test::NoneOf(options) => written.none_of = Some(options),
            Test::AtLeast(limit) => written.at_least = Some(limit),
            Test::Above(limit) => written.above = Some(limit),
            Test::AtMost(limit) => written.at_most = Some(limit),
            Test::Below(limit) => written.below = Some(limit),
        }
        written
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_stays_unknown_unless_the_other_side_settles_it() {
        use Holds::{No, Unknown, Yes};
        assert_eq!(Unknown.and(No), No);
        assert_eq!(Unknown.and(Yes), Unknown);
        assert_eq!(Unknown.or(Yes), Yes);
        assert_eq!(Unknown.or(No), Unknown);
    }

    #[test]
    fn a_number_somewhere_between_is_compared_with_both_ends() {
        let points = |number| Points::whole(number).unwrap();
        let test = Test::AtLeast(points(10));
        assert_eq!(test.of_points(points(10), points(12)), Holds::Yes);
        assert_eq!(test.of_points(points(9), points(10)), Holds::Unknown);
        assert_eq!(test.of_points(points(0), points(9)), Holds::No);
        let test = Test::Below(points(10));
        assert_eq!(test.of_points(points(0), points(9)), Holds::Yes);
        assert_eq!(test.of_points(points(9), points(10)), Holds::Unknown);
        assert_eq!(test.of_points(points(10), points(12)), Holds::No);
    }

    #[test]
    fn a_condition_with_two_comparisons_or_none_is_refused() {
        for text in [
            "item = \"1\"",
            "at_least = 1",
            "item = \"1\"\nscore = \"total\"\nat_least = 1",
            "item = \"1\"\nat_least = 1\nbelow = 3",
        ] {
            assert!(toml::from_str::<Condition>(text).is_err(), "{text}");
        }
    }
}
