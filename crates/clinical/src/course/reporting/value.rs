//! Values of a form, and what a person said of a field.

use super::source::Kind;
use crate::patient::CivilDate;
use serde::{Deserialize, Serialize};
use units::{Milligrams, MillimetresOfMercury, Moment};

/// The value of a field. Unknown is none of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", content = "value", rename_all = "kebab-case")]
pub enum Value {
    /// Words.
    Text(String),
    /// A date.
    Date(CivilDate),
    /// Yes or no.
    YesNo(bool),
    /// One word of a closed list.
    Word(String),
    /// Whole minutes.
    Minutes(i64),
    /// Milligrams.
    Amount(Milligrams),
    /// A pressure by cuff.
    Pressure {
        /// The upper one.
        systolic: MillimetresOfMercury,
        /// The lower one.
        diastolic: MillimetresOfMercury,
    },
    /// A date with a time.
    Moment(Moment),
}

impl Value {
    /// Of what kind it is.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Text(_) => Kind::Text,
            Self::Date(_) => Kind::Date,
            Self::YesNo(_) => Kind::YesNo,
            Self::Word(_) => Kind::Word,
            Self::Minutes(_) => Kind::Minutes,
            Self::Amount(_) => Kind::Amount,
            Self::Pressure { .. } => Kind::Pressure,
            Self::Moment(_) => Kind::Moment,
        }
    }

    /// In words; `when` writes a time, `day` a date.
    pub fn says(
        &self,
        when: impl Fn(Moment) -> String,
        day: impl Fn(CivilDate) -> String,
    ) -> String {
        match self {
            Self::Text(words) | Self::Word(words) => words.clone(),
            Self::Date(date) => day(*date),
            Self::YesNo(true) => "yes".to_owned(),
            Self::YesNo(false) => "no".to_owned(),
            Self::Minutes(minutes) => format!("{minutes}\u{a0}min"),
            Self::Amount(amount) => amount.to_string(),
            Self::Pressure {
                systolic,
                diastolic,
            } => format!(
                "{}/{}\u{a0}mmHg",
                systolic.value().normalize(),
                diastolic.value().normalize()
            ),
            Self::Moment(moment) => when(*moment),
        }
    }
}

/// What a person said of a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "said", rename_all = "kebab-case")]
pub enum Said {
    /// The value.
    Value {
        /// Which.
        value: Value,
    },
    /// It cannot be obtained, and why.
    Justified {
        /// In words.
        because: String,
    },
    /// What was said before does not hold: the record answers again.
    TakenBack,
}

/// What somebody said of a field, who and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaidOf {
    /// What.
    pub said: Said,
    /// Who.
    pub by: String,
    /// When.
    pub at: Moment,
}
