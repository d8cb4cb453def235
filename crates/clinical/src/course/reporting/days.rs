//! The days in which a form is sent: counted by the calendar of the clinic, from the day of the visit.

use super::definition::Form;
use crate::patient::CivilDate;

/// How many days are left. Days are those of the calendar, whatever hours they have: a clock that is
/// set back or forward neither gives nor takes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Countdown {
    /// There is time.
    Open {
        /// Days until the last one.
        left: i32,
    },
    /// The last days have come.
    Soon {
        /// Days until the last one; 0 on the last one itself.
        left: i32,
    },
    /// The last day is over.
    Late {
        /// Days since the last one.
        by: i32,
    },
}

impl Form {
    /// The last day on which the form is in time.
    // Hazard: H67
    pub fn last_day(&self, visit: CivilDate) -> CivilDate {
        visit.plus_days(self.due_in_days)
    }

    /// How the days stand.
    // Hazard: H67
    pub fn countdown(&self, visit: CivilDate, today: CivilDate) -> Countdown {
        let day = today.days_since(visit);
        let left = self.due_in_days - day;
        if left < 0 {
            Countdown::Late { by: -left }
        } else if day >= self.soon_from_day {
            Countdown::Soon { left }
        } else {
            Countdown::Open { left }
        }
    }
}

impl Countdown {
    /// In words: `2 days left`, `due today`, `1 day late`.
    pub fn says(self) -> String {
        let days = |count: i32| match count {
            1 => "1\u{a0}day".to_owned(),
            count => format!("{count}\u{a0}days"),
        };
        match self {
            Self::Open { left } => format!("{} left", days(left)),
            Self::Soon { left: 0 } => "due today".to_owned(),
            Self::Soon { left } => format!("soon due: {} left", days(left)),
            Self::Late { by } => format!("late by {}", days(by)),
        }
    }

    /// Its shape, for those who do not read the words first.
    pub const fn shape(self) -> &'static str {
        match self {
            Self::Open { .. } => "○",
            Self::Soon { .. } => "◐",
            Self::Late { .. } => "●",
        }
    }
}
