//! The emergency equipment of a room: what must be there, and that somebody looked.

use super::{Clinic, ClinicEvent};
use crate::course::session::Paper;
use crate::patient::CivilDate;
use crate::policy::Outcome;
use crate::record::{Actor, Role};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use units::{Moment, Span};

/// The list that ships. Source: clinical reference 4.6.
const SHIPPED: &str = include_str!("../../../../equipment/emergency.toml");

/// One thing that is looked for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Its name.
    pub id: String,
    /// In words.
    pub says: String,
    /// Without it nobody is started in the room.
    pub must: bool,
    /// It has a last day.
    #[serde(default)]
    pub expires: bool,
}

/// What is looked for in a room.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EquipmentList {
    /// Its name.
    pub id: String,
    /// Its version.
    pub version: u32,
    /// Its title.
    pub title: String,
    /// Where it comes from.
    pub source: String,
    /// The source could not be read by us.
    #[serde(default)]
    pub unverified: bool,
    /// In the order in which it is looked for.
    #[serde(rename = "item")]
    pub items: Vec<Item>,
}

/// A list that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("equipment/emergency.toml: {0}")]
pub struct UnreadableList(String);

impl EquipmentList {
    /// The list that ships.
    pub fn shipped() -> Result<Self, UnreadableList> {
        Self::read(SHIPPED)
    }

    /// Reads a list. Refuses one that is empty, or names a thing twice.
    pub fn read(text: &str) -> Result<Self, UnreadableList> {
        let list: Self = toml::from_str(text).map_err(|error| UnreadableList(error.to_string()))?;
        let names: BTreeSet<&str> = list.items.iter().map(|item| item.id.as_str()).collect();
        if names.is_empty() || names.len() != list.items.len() {
            return Err(UnreadableList("a list names things, each once".to_owned()));
        }
        Ok(list)
    }
}

/// A look at a room's equipment, as the clinic's events have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EquipmentLook {
    /// The room, by name.
    pub room: String,
    /// The version of the list.
    pub version: u32,
    /// What was not there, or not working, by name.
    pub missing: Vec<String>,
    /// The first day on which something has expired, less one: the last day of all.
    pub good_until: CivilDate,
    /// In words; may be empty.
    #[serde(default)]
    pub note: String,
    /// Who looked.
    pub by: String,
    /// When.
    pub at: Moment,
}

/// What somebody found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looked {
    /// The room, by name.
    pub room: String,
    /// The version of the list that they had before them.
    pub version: u32,
    /// What was there and working, by name.
    pub there: BTreeSet<String>,
    /// The first last day of all that expires.
    pub good_until: Option<CivilDate>,
    /// In words; may be empty.
    pub note: String,
}

/// Why a look was not written down. A closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LookRefused {
    /// Whoever looks knows what to do with it.
    #[error("Not saved: a nurse or a prescriber looks at the equipment.")]
    NotClinical,
    /// No such room.
    #[error("Not saved: this room is not in use.")]
    NoSuchRoom,
    /// The page was of another list.
    #[error("Not saved: the list has changed since this page was open. Read it again.")]
    ChangedMeanwhile,
    /// When something expires is not known.
    #[error("Not saved: write the first last day that stands on anything in the kit.")]
    LastDayMissing,
}

/// Decides a look.
///
/// Pure. What is not named as there is missing: a line that nobody ticked was not seen.
// Hazard: H56
pub fn look(
    clinic: &Clinic,
    list: &EquipmentList,
    looked: Looked,
    actor: &Actor,
    at: Moment,
) -> Result<ClinicEvent, LookRefused> {
    let name = match actor {
        Actor::Person {
            name,
            role: Role::Nurse | Role::Prescriber | Role::MedicalDirector,
            ..
        } => name,
        Actor::Person { .. } | Actor::Device { .. } | Actor::System { .. } => {
            return Err(LookRefused::NotClinical);
        }
    };
    if !clinic.rooms.iter().any(|room| room.name == looked.room) {
        return Err(LookRefused::NoSuchRoom);
    }
    if looked.version != list.version {
        return Err(LookRefused::ChangedMeanwhile);
    }
    let missing = list
        .items
        .iter()
        .filter(|item| !looked.there.contains(&item.id))
        .map(|item| item.id.clone())
        .collect();
    Ok(ClinicEvent::EquipmentLookedAt {
        look: EquipmentLook {
            room: looked.room,
            version: looked.version,
            missing,
            good_until: looked.good_until.ok_or(LookRefused::LastDayMissing)?,
            note: looked.note.trim().to_owned(),
            by: name.clone(),
            at,
        },
    })
}

/// How a room's equipment stands for a start.
///
/// `holds` is for how long a look counts; none: no rule says so, and nobody can tell.
// Hazard: H56
pub fn equipment_paper(
    list: &EquipmentList,
    look: Option<&EquipmentLook>,
    holds: Option<Span>,
    now: Moment,
    today: CivilDate,
) -> Paper {
    let (Some(look), Some(holds)) = (look, holds) else {
        return Paper::not_known();
    };
    let missing: Vec<&str> = list
        .items
        .iter()
        .filter(|item| item.must && look.missing.contains(&item.id))
        .map(|item| item.says.as_str())
        .collect();
    let unmet = |says: String| Paper {
        outcome: Outcome::Unmet,
        says,
    };
    if look.version != list.version {
        return unmet("looked at by another list".to_owned());
    }
    if now - look.at > holds {
        return unmet(format!("looked at more than {holds} ago, by {}", look.by));
    }
    if today > look.good_until {
        return unmet(format!(
            "something has expired, last day {}",
            look.good_until
        ));
    }
    if !missing.is_empty() {
        return unmet(format!("missing: {}", missing.join("; ")));
    }
    Paper {
        outcome: Outcome::Met,
        says: format!("looked at by {}", look.by),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::StaffId;
    use uuid::Uuid;

    fn nurse() -> Actor {
        Actor::Person {
            id: StaffId(Uuid::from_u128(1)),
            name: "Nora Quist".into(),
            role: Role::Nurse,
        }
    }

    fn clinic() -> Clinic {
        Clinic::fold(&[ClinicEvent::RoomOpened {
            name: "4".into(),
            position: 4,
        }])
    }

    fn date(text: &str) -> CivilDate {
        text.parse().unwrap()
    }

    const AT: Moment = Moment::from_microseconds(0);

    fn looked(without: &[&str]) -> Result<EquipmentLook, LookRefused> {
        let list = EquipmentList::shipped().unwrap();
        let there = list.items.iter().map(|item| item.id.clone());
        let event = look(
            &clinic(),
            &list,
            Looked {
                room: "4".into(),
                version: list.version,
                there: there.filter(|id| !without.contains(&id.as_str())).collect(),
                good_until: Some(date("2026-12-31")),
                note: String::new(),
            },
            &nurse(),
            AT,
        )?;
        let ClinicEvent::EquipmentLookedAt { look } = event else {
            panic!("a look")
        };
        Ok(look)
    }

    fn stands(look: Option<&EquipmentLook>, hours: i64, today: &str) -> Outcome {
        let list = EquipmentList::shipped().unwrap();
        let holds = Some(Span::from_hours(24));
        let now = AT + Span::from_hours(hours);
        equipment_paper(&list, look, holds, now, date(today)).outcome
    }

    #[test]
    fn a_room_that_nobody_looked_at_is_not_known_to_be_equipped() {
        // Hazard: H56
        assert_eq!(stands(None, 0, "2026-11-29"), Outcome::Unknown);
    }

    #[test]
    fn a_look_holds_for_its_hours_and_to_the_last_day_and_no_longer() {
        // Hazard: H56. Source: policy `room-ready`, equipment_age: 24 h.
        let look = looked(&[]).unwrap();
        assert_eq!(stands(Some(&look), 24, "2026-11-30"), Outcome::Met);
        assert_eq!(stands(Some(&look), 25, "2026-11-30"), Outcome::Unmet);
        assert_eq!(stands(Some(&look), 1, "2026-12-31"), Outcome::Met);
        assert_eq!(stands(Some(&look), 1, "2027-01-01"), Outcome::Unmet);
    }

    #[test]
    fn suction_that_is_missing_closes_the_start_and_aspirin_that_is_missing_does_not() {
        // Hazard: H56
        let without = looked(&["suction"]).unwrap();
        assert_eq!(stands(Some(&without), 1, "2026-11-29"), Outcome::Unmet);
        let without = looked(&["aspirin"]).unwrap();
        assert_eq!(without.missing, ["aspirin"]);
        assert_eq!(stands(Some(&without), 1, "2026-11-29"), Outcome::Met);
    }
}
