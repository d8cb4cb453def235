//! The clinic itself: its rooms, the rules it has adopted, and whether it uses advisories.

mod adoption;

use crate::record::{Folded, Header, Recorded, StreamKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use units::Moment;

pub use adoption::{Adopt, AdoptionRefused, adopt, own_values, written_values};

/// What became true about the clinic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event")]
pub enum ClinicEvent {
    /// A room is in use from now on; a room opened again takes its new place on the board.
    RoomOpened {
        /// Its name; unique among open rooms.
        name: String,
        /// Its place on the board, from 1.
        position: u32,
    },
    /// A room is no longer in use.
    RoomClosed {
        /// Its name.
        name: String,
    },
    /// The clinic adopted a policy with some values of its own.
    PolicyAdopted {
        /// The policy's name.
        policy: String,
        /// The version of the policy's file.
        version: u32,
        /// The clinic's own values by parameter, each with its unit, as [`written_values`] writes
        /// them; what is not named stays as shipped.
        values: BTreeMap<String, String>,
        /// Who signed.
        signed_by: String,
        /// The words that were signed.
        #[serde(default)]
        statement: String,
        /// When.
        at: Moment,
    },
    /// The clinic took, or gave back, responsibility for advisories on live numerics.
    AdvisoriesSwitched {
        /// True: in use.
        on: bool,
        /// Who signed.
        signed_by: String,
        /// When.
        at: Moment,
    },
}

/// One room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// Its name.
    pub name: String,
    /// Its place on the board.
    pub position: u32,
}

/// A policy as the clinic has adopted it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adoption {
    /// The policy's name.
    pub policy: String,
    /// The version of the policy's file.
    pub version: u32,
    /// The clinic's own values.
    pub values: BTreeMap<String, String>,
    /// Who signed.
    pub signed_by: String,
    /// The words that were signed.
    pub statement: String,
    /// When.
    pub at: Moment,
}

/// The clinic, folded from its stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clinic {
    /// Open rooms, in the order of the board.
    pub rooms: Vec<Room>,
    /// The newest adoption of each policy.
    pub adopted: BTreeMap<String, Adoption>,
    /// Every adoption, in the order in which they were signed.
    pub adoptions: Vec<Adoption>,
    advisories: bool,
}

impl Recorded for ClinicEvent {
    const SCHEMA_VERSION: u16 = 1;
    fn name(&self) -> &'static str {
        match self {
            Self::RoomOpened { .. } => "RoomOpened",
            Self::RoomClosed { .. } => "RoomClosed",
            Self::PolicyAdopted { .. } => "PolicyAdopted",
            Self::AdvisoriesSwitched { .. } => "AdvisoriesSwitched",
        }
    }
}

impl Folded for Clinic {
    type Event = ClinicEvent;
    const KIND: StreamKind = StreamKind::Clinic;
    fn take(&mut self, _header: &Header, event: &ClinicEvent) {
        self.apply(event);
    }
}

impl Clinic {
    /// Folds a stream from its beginning.
    pub fn fold<'a>(events: impl IntoIterator<Item = &'a ClinicEvent>) -> Self {
        let mut clinic = Self::default();
        events.into_iter().for_each(|event| clinic.apply(event));
        clinic
    }

    /// Takes in one event; never fails.
    pub fn apply(&mut self, event: &ClinicEvent) {
        match event {
            ClinicEvent::RoomOpened { name, position } => {
                self.rooms.retain(|room| room.name != *name);
                self.rooms.push(Room {
                    name: name.clone(),
                    position: *position,
                });
                self.rooms
                    .sort_by(|a, b| (a.position, &a.name).cmp(&(b.position, &b.name)));
            }
            ClinicEvent::RoomClosed { name } => self.rooms.retain(|room| room.name != *name),
            ClinicEvent::PolicyAdopted {
                policy,
                version,
                values,
                signed_by,
                statement,
                at,
            } => {
                let adoption = Adoption {
                    policy: policy.clone(),
                    version: *version,
                    values: values.clone(),
                    signed_by: signed_by.clone(),
                    statement: statement.clone(),
                    at: *at,
                };
                self.adoptions.push(adoption.clone());
                self.adopted.insert(policy.clone(), adoption);
            }
            ClinicEvent::AdvisoriesSwitched {
                on,
                signed_by: _,
                at: _,
            } => self.advisories = *on,
        }
    }

    /// True when the clinic has taken responsibility for advisories; off until it has.
    ///
    /// Source: device reference §13.6: off by default, enabled only by a site that takes
    /// responsibility.
    pub fn advisories_on(&self) -> bool {
        self.advisories
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advisories_are_off_until_somebody_signs_for_them() {
        let at = Moment::from_microseconds(0);
        let mut clinic = Clinic::default();
        assert!(!clinic.advisories_on());
        let signed_by = "Dr Lee".to_owned();
        clinic.apply(&ClinicEvent::AdvisoriesSwitched {
            on: true,
            signed_by: signed_by.clone(),
            at,
        });
        assert!(clinic.advisories_on());
        clinic.apply(&ClinicEvent::AdvisoriesSwitched {
            on: false,
            signed_by,
            at,
        });
        assert!(!clinic.advisories_on());
    }

    #[test]
    fn rooms_stand_in_the_order_of_the_board_and_a_closed_one_is_gone() {
        let open = |name: &str, position| ClinicEvent::RoomOpened {
            name: name.into(),
            position,
        };
        let events = [
            open("2", 2),
            open("1", 1),
            open("3", 3),
            ClinicEvent::RoomClosed { name: "2".into() },
            open("1", 9),
        ];
        let clinic = Clinic::fold(&events);
        let names: Vec<&str> = clinic.rooms.iter().map(|room| room.name.as_str()).collect();
        assert_eq!(names, ["3", "1"]);
    }

    #[test]
    fn every_event_is_read_back_as_it_was_written() {
        let at = Moment::from_microseconds(7);
        let events = [
            ClinicEvent::RoomOpened {
                name: "1".into(),
                position: 1,
            },
            ClinicEvent::RoomClosed { name: "1".into() },
            ClinicEvent::PolicyAdopted {
                policy: "fasting".into(),
                version: 3,
                values: BTreeMap::from([("solids".into(), r#"{"hours":"8"}"#.into())]),
                signed_by: "Dr Lee".into(),
                statement: "I adopt these values for this clinic.".into(),
                at,
            },
            ClinicEvent::AdvisoriesSwitched {
                on: true,
                signed_by: "Dr Lee".into(),
                at,
            },
        ];
        for event in events {
            let body = serde_json::to_vec(&event).unwrap();
            assert_eq!(ClinicEvent::read_body(1, event.name(), 1, &body), Ok(event));
        }
    }
}
