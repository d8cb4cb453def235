//! By when somebody must have been told of an adverse event, as data. Where our reference has no
//! number, there is no clock, and the page says so.

use super::account::Account;
use crate::patient::CivilDate;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

const SHIPPED: &str = include_str!("../../../../../forms/adverse-events.toml");

/// For which adverse events a clock runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// Those that are not in the product's list, or above grade 2.
    Unexpected,
    /// Serious ones.
    Serious,
    /// Serious ones of a session of which the programme is owed a form.
    SeriousInProgramme,
}

/// The day from which a clock is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CountedFrom {
    /// The day on which the event was entered.
    Noted,
    /// The day of the visit.
    Visit,
}

/// What ends a clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndsWith {
    /// A clinician has looked at it.
    Review,
    /// The programme's form was sent.
    Form,
    /// Somebody writes that they were told.
    Told,
}

/// One clock.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// Its name.
    pub id: String,
    /// In words.
    pub says: String,
    /// For which events it runs.
    pub when: When,
    /// Within how many calendar days; none: our reference has no number.
    #[serde(default)]
    pub within_days: Option<i32>,
    /// From which day it is counted.
    pub counted_from: CountedFrom,
    /// What ends it.
    pub ends_with: EndsWith,
    /// Where it comes from.
    pub source: String,
    /// No source that we could read says it.
    #[serde(default)]
    pub unverified: bool,
}

/// Every clock.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clocks {
    /// Its name.
    pub id: String,
    /// Its version.
    pub version: u32,
    /// Where it comes from.
    pub source: String,
    /// In the order in which they are shown.
    #[serde(rename = "clock")]
    pub all: Vec<Clock>,
}

/// A file of clocks that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("forms/adverse-events.toml: {0}")]
pub struct UnreadableClocks(String);

/// How a clock stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockStanding {
    /// It was done, on this day.
    Done(CivilDate),
    /// It runs until the end of this day.
    Runs {
        /// The last day in time.
        until: CivilDate,
        /// Days until then; negative: so many days ago.
        left: i32,
    },
    /// Nobody has done it, and our reference has no number.
    NoClock,
}

/// A clock of one adverse event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Running<'a> {
    /// Which.
    pub clock: &'a Clock,
    /// How it stands.
    pub standing: ClockStanding,
}

/// What is known of an adverse event besides what happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The day of the visit, where the programme is owed a form.
    pub programme_visit: Option<CivilDate>,
    /// The day on which the event was entered.
    pub noted_on: CivilDate,
    /// Today.
    pub today: CivilDate,
    /// When a clinician looked at it first.
    pub reviewed_on: Option<CivilDate>,
    /// When the form that has it was sent.
    pub form_sent_on: Option<CivilDate>,
    /// Who was told, by the name of the clock, and when.
    pub told_on: BTreeMap<String, CivilDate>,
}

impl Clocks {
    /// What ships.
    pub fn shipped() -> Result<Self, UnreadableClocks> {
        Self::read(SHIPPED)
    }

    /// Reads clocks. Refuses two of one name, and a number of days that is negative.
    pub fn read(text: &str) -> Result<Self, UnreadableClocks> {
        let clocks: Self =
            toml::from_str(text).map_err(|error| UnreadableClocks(error.to_string()))?;
        let names: BTreeSet<&str> = clocks.all.iter().map(|one| one.id.as_str()).collect();
        if names.len() != clocks.all.len() {
            return Err(UnreadableClocks("a clock has a name of its own".to_owned()));
        }
        if clocks
            .all
            .iter()
            .any(|one| one.within_days.is_some_and(|days| days < 0))
        {
            return Err(UnreadableClocks("days are not negative".to_owned()));
        }
        Ok(clocks)
    }

    /// A clock that is ended by telling somebody.
    pub fn telling(&self, id: &str) -> Option<&Clock> {
        self.all
            .iter()
            .find(|one| one.id == id && one.ends_with == EndsWith::Told)
    }

    /// The clocks of one adverse event. A struck one has none.
    // Hazard: H67
    pub fn running(&self, account: &Account, known: &Known) -> Vec<Running<'_>> {
        if account.struck.is_some() {
            return Vec::new();
        }
        let runs = |clock: &&Clock| match clock.when {
            When::Unexpected => account.is_unexpected(),
            When::Serious => account.is_serious(),
            When::SeriousInProgramme => account.is_serious() && known.programme_visit.is_some(),
        };
        self.all
            .iter()
            .filter(runs)
            .map(|clock| Running {
                clock,
                standing: clock.standing(known),
            })
            .collect()
    }
}

impl Clock {
    fn standing(&self, known: &Known) -> ClockStanding {
        let done = match self.ends_with {
            EndsWith::Review => known.reviewed_on,
            EndsWith::Form => known.form_sent_on,
            EndsWith::Told => known.told_on.get(&self.id).copied(),
        };
        if let Some(on) = done {
            return ClockStanding::Done(on);
        }
        let from = match self.counted_from {
            CountedFrom::Noted => Some(known.noted_on),
            CountedFrom::Visit => known.programme_visit,
        };
        match (self.within_days, from) {
            (Some(days), Some(from)) => {
                let until = from.plus_days(days);
                ClockStanding::Runs {
                    until,
                    left: until.days_since(known.today),
                }
            }
            (None, _) | (_, None) => ClockStanding::NoClock,
        }
    }
}
