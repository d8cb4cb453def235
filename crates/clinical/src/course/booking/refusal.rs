//! Why the book refuses, in words that the front desk can read.

use super::course::Warning;
use super::vocabulary::{Place, Stretch};
use crate::patient::CivilDate;
use serde::{Deserialize, Serialize};
use units::Moment;

/// Why a command was not done. A closed list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "refusal", rename_all = "kebab-case")]
pub enum Refusal {
    /// No visit was named.
    NoVisits,
    /// The visits are not all of one person, or one stands there twice.
    NotOneCourse,
    /// The moment has passed.
    InThePast {
        /// When it should have begun.
        starts: Moment,
    },
    /// No room has this chair.
    NoSuchPlace {
        /// Where.
        place: Place,
    },
    /// A visit of no length, or of more than a day.
    NoSuchLength,
    /// The day was not looked at: it lies outside what was asked for.
    AnotherDay {
        /// The moment.
        starts: Moment,
    },
    /// Nobody has said when the clinic is open on that day.
    HoursNotSet {
        /// The day.
        date: CivilDate,
    },
    /// The clinic is closed all day.
    Closed {
        /// The day.
        date: CivilDate,
    },
    /// The visit would not lie inside the clinic's hours.
    OutsideHours {
        /// When the person would be there.
        presence: Stretch,
        /// When the clinic is open.
        open: Vec<Stretch>,
    },
    /// Nobody has said how many are on duty on that day.
    StaffNotSet {
        /// The day.
        date: CivilDate,
    },
    /// Somebody else has the chair.
    ChairTaken {
        /// Which.
        place: Place,
        /// From when until when, with the cleaning after it.
        taken: Stretch,
    },
    /// The chair is kept for someone who was asked.
    ChairKept {
        /// Which.
        place: Place,
        /// Until when they may answer.
        answer_by: Moment,
    },
    /// More people would be there than those on duty may look after.
    TooFewStaff {
        /// From when.
        from: Moment,
        /// How many would be there.
        people: u32,
        /// How many may be.
        most: u32,
    },
    /// The person has a visit on that day already.
    SamePerson {
        /// When that one begins.
        starts: Moment,
    },
    /// More visits in seven days than the rules allow.
    TooManyInSevenDays {
        /// The first that is too many.
        starts: Moment,
        /// How many may be.
        most: u32,
    },
    /// Something should be known first; to be said again with that in mind.
    Warned {
        /// What.
        warnings: Vec<Warning>,
    },
    /// There is no such visit on these days, or it is not booked any more.
    NoSuchVisit,
    /// It stands there already.
    NothingChanges,
    /// A visit that has not begun is neither over nor missed.
    NotYet {
        /// When it begins.
        starts: Moment,
    },
    /// The reason is missing.
    WordsMissing,
    /// Nobody waits under this entry any more.
    NotWaiting,
    /// The time they gave holds no visit.
    TooShort,
    /// They could not be there then.
    CouldNotCome,
    /// There is no open offer; it was answered, or its time is over.
    NoOpenOffer,
}

impl Refusal {
    /// What stood in the way and what to do, in one plain sentence.
    ///
    /// `day` writes a moment as the clinic's day and time, `time` as its time alone.
    pub fn says(&self, day: impl Fn(Moment) -> String, time: impl Fn(Moment) -> String) -> String {
        match self {
            Self::NoVisits => "Not booked: choose at least one visit.".to_owned(),
            Self::NotOneCourse => {
                "Not booked: these visits do not belong to one person, or one is named twice. \
                 Propose the course again."
                    .to_owned()
            }
            Self::InThePast { starts } => format!(
                "Not done: {} has passed. Choose a later time.",
                day(*starts)
            ),
            Self::NoSuchPlace { place } => {
                format!("Not done: there is no {place} here. Choose another chair.")
            }
            Self::NoSuchLength => {
                "Not done: a visit takes at least a minute and at most a day.".to_owned()
            }
            Self::AnotherDay { starts } => format!(
                "Not done: {} lies on a day that was not looked at. Load the page again.",
                day(*starts)
            ),
            Self::HoursNotSet { date } => format!(
                "Not done: nobody has set opening hours for {date}. The medical director or \
                 the owner sets them under Clinic."
            ),
            Self::Closed { date } => format!("Not done: the clinic is closed on {date}."),
            Self::OutsideHours { presence, open } => {
                let open: Vec<String> = open
                    .iter()
                    .map(|open| format!("{} to {}", time(open.from), time(open.until)))
                    .collect();
                format!(
                    "Not done: the visit would last from {} until {}, and the clinic is open \
                     from {}.",
                    day(presence.from),
                    time(presence.until),
                    open.join(" and ")
                )
            }
            Self::StaffNotSet { date } => format!(
                "Not done: nobody has said how many are on duty on {date}. The medical director \
                 or the owner sets it under Clinic."
            ),
            Self::ChairTaken { place, taken } => format!(
                "Not done: {place} is taken from {} until {}, cleaning included. Choose another \
                 chair or time.",
                day(taken.from),
                time(taken.until)
            ),
            Self::ChairKept { place, answer_by } => format!(
                "Not done: {place} is kept until {} for someone on the waiting list.",
                time(*answer_by)
            ),
            Self::TooFewStaff { from, people, most } => format!(
                "Not done: from {} on there would be {people} people, and those on duty may look \
                 after {most}. Choose another time.",
                day(*from)
            ),
            Self::SamePerson { starts } => format!(
                "Not done: this person has a visit on that day already, at {}.",
                time(*starts)
            ),
            Self::TooManyInSevenDays { starts, most } => format!(
                "Not done: with the visit on {} there would be more than {most} in seven days.",
                day(*starts)
            ),
            Self::Warned { warnings } => {
                let said: Vec<String> = warnings.iter().map(|one| one.says(&day)).collect();
                format!(
                    "Not done yet: {} Say that it shall be so, or choose other times.",
                    said.join(" ")
                )
            }
            Self::NoSuchVisit => {
                "Not done: this visit is not booked here any more. Look at the day again."
                    .to_owned()
            }
            Self::NothingChanges => "Nothing to do: it stands there already.".to_owned(),
            Self::NotYet { starts } => {
                format!("Not done: the visit begins on {}.", day(*starts))
            }
            Self::WordsMissing => "Not done: write the reason.".to_owned(),
            Self::NotWaiting => "Not done: they do not wait any more.".to_owned(),
            Self::TooShort => {
                "Not saved: between these times no visit has room. Give more time.".to_owned()
            }
            Self::CouldNotCome => {
                "Not offered: they said that they could not be there then.".to_owned()
            }
            Self::NoOpenOffer => {
                "Not done: the offer was answered already, or its time is over.".to_owned()
            }
        }
    }
}
