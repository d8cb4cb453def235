//! Whether a person is enrolled in the safety programme of esketamine.

use super::CivilDate;
use crate::course::session::Paper;
use crate::policy::Outcome;
use serde::{Deserialize, Serialize};
use units::Moment;

/// How it stands. Nobody having said so is not the same as not enrolled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Enrolment {
    /// Both have signed, and the programme has answered.
    Enrolled {
        /// From which day on.
        on: CivilDate,
    },
    /// Asked at the programme or known here: not enrolled, or not any more.
    NotEnrolled {
        /// Why, in words.
        because: String,
    },
    /// The programme does not enrol this person: an inpatient, or a clinic in another country.
    OutsideProgramme {
        /// Why, in words.
        because: String,
    },
}

/// What somebody said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrolmentSaid {
    /// What.
    pub enrolment: Enrolment,
    /// When it was said.
    pub at: Moment,
    /// Who said it.
    pub by: String,
}

impl EnrolmentSaid {
    /// Whether it stands for a first device on that day, for the gate that asks; `day` writes a date.
    ///
    /// Nobody having said anything is unknown, which closes the gate as not enrolled does.
    /// Source: clinical reference 6.1, enrolment of each outpatient before the first dose.
    // Hazard: H67
    pub fn paper(
        said: Option<&Self>,
        today: CivilDate,
        day: impl Fn(CivilDate) -> String,
    ) -> Paper {
        let Some(said) = said else {
            return Paper {
                outcome: Outcome::Unknown,
                says: "nobody has said whether this person is enrolled in the safety programme"
                    .to_owned(),
            };
        };
        let by = &said.by;
        let (outcome, says) = match &said.enrolment {
            Enrolment::Enrolled { on } if *on <= today => {
                (Outcome::Met, format!("enrolled on {}, says {by}", day(*on)))
            }
            Enrolment::Enrolled { on } => (
                Outcome::Unmet,
                format!("enrolled only from {} on, says {by}", day(*on)),
            ),
            Enrolment::NotEnrolled { because } => (
                Outcome::Unmet,
                format!("not enrolled, says {by}: {because}"),
            ),
            Enrolment::OutsideProgramme { because } => (
                Outcome::Met,
                format!("outside the safety programme, says {by}: {because}"),
            ),
        };
        Paper { outcome, says }
    }

    /// Of everything that was said, the newest last, what holds for a visit; `by_then` is whether a
    /// moment lies before the end of its day.
    ///
    /// What was said by then holds, and so does an enrolment that reaches back to it by its own date.
    /// Somebody who left the programme since was enrolled all the same. Where nobody had said
    /// anything by then, the first thing that was said holds.
    // Hazard: H67
    pub fn for_visit(
        all: &[Self],
        visit: CivilDate,
        by_then: impl Fn(Moment) -> bool,
    ) -> Option<&Self> {
        let reaches_back = |said: &Self| match &said.enrolment {
            Enrolment::Enrolled { on } => *on <= visit,
            Enrolment::NotEnrolled { .. } | Enrolment::OutsideProgramme { .. } => false,
        };
        all.iter()
            .rev()
            .find(|said| by_then(said.at) || reaches_back(said))
            .or_else(|| all.first())
    }

    /// In words: `enrolled on 3 Nov 2026`; `day` writes a date.
    pub fn says(&self, day: impl Fn(CivilDate) -> String) -> String {
        match &self.enrolment {
            Enrolment::Enrolled { on } => format!("enrolled on {}", day(*on)),
            Enrolment::NotEnrolled { because } => format!("not enrolled: {because}"),
            Enrolment::OutsideProgramme { because } => {
                format!("outside the safety programme: {because}")
            }
        }
    }
}
