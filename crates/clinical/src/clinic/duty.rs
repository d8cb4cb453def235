//! Who is told when a warning sign comes in, and at which hours somebody watches.

use super::hours::{ClockTime, Hours, Weekday};
use crate::patient::CivilDate;
use crate::record::StaffId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Somebody on duty, with the two ways by which they are told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutyPerson {
    /// Their account.
    pub staff: StaffId,
    /// Their name.
    pub name: String,
    /// Where e-mail reaches them at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The number of their mobile telephone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mobile: Option<String>,
}

/// The duty of following up: in whose order people are told, and when somebody watches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duty {
    /// The first one is told first.
    pub people: Vec<DutyPerson>,
    /// When somebody watches, by the clinic's clock; a day that is missing has no hours.
    pub hours: BTreeMap<Weekday, Vec<Hours>>,
}

impl Duty {
    /// Who is told in a round, from 0: one more person in each, until it is everybody. Whoever cannot
    /// be reached takes nobody's place.
    // Hazard: H62
    pub fn in_round(
        &self,
        round: u32,
        reached: impl Fn(&DutyPerson) -> bool,
    ) -> impl Iterator<Item = &DutyPerson> {
        let count = usize::try_from(round).map_or(usize::MAX, |round| round.saturating_add(1));
        self.people
            .iter()
            .filter(move |person| reached(person))
            .take(count)
    }

    /// Somebody has promised to watch then.
    pub fn is_watched(&self, date: CivilDate, time: ClockTime) -> bool {
        self.hours_of(date)
            .iter()
            .any(|hours| hours.from() <= time && time < hours.until())
    }

    /// The hours of a date.
    pub fn hours_of(&self, date: CivilDate) -> &[Hours] {
        self.hours
            .get(&Weekday::of(date))
            .map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn whoever_cannot_be_reached_takes_nobodys_place_in_a_round() {
        // Hazard: H62
        let person = |number: u128, email: Option<&str>| DutyPerson {
            staff: StaffId(Uuid::from_u128(number)),
            name: number.to_string(),
            email: email.map(str::to_owned),
            mobile: None,
        };
        let duty = Duty {
            people: vec![
                person(1, None),
                person(2, Some("second@clinic.example")),
                person(3, Some("third@clinic.example")),
            ],
            hours: BTreeMap::new(),
        };
        let told = |round| -> Vec<&str> {
            let reached = duty.in_round(round, |person| person.email.is_some());
            reached.map(|person| person.name.as_str()).collect()
        };
        assert_eq!(told(0), ["2"]);
        assert_eq!(told(1), ["2", "3"]);
        assert_eq!(told(9), ["2", "3"]);
    }
}
