//! The clinic itself: its rooms and chairs, when it is open and how many are on duty, the rules it
//! has adopted, and whether it uses advisories.

mod adoption;
mod approval;
pub mod drill;
mod duty;
mod equipment;
mod hours;
mod setting;

use crate::advisory::{Condition, Priority};
use crate::emergency::Card;
use crate::patient::CivilDate;
use crate::record::{Folded, Header, Recorded, StreamKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use units::Moment;

pub use adoption::{Adopt, AdoptionRefused, adopt, own_values, written_values};
pub use approval::{ApprovalRefused, Approve, approve};
pub use drill::Drill;
pub use duty::{Duty, DutyPerson};
pub use equipment::{
    EquipmentList, EquipmentLook, Item, LookRefused, Looked, UnreadableList, equipment_paper, look,
};
pub use hours::{ClockTime, Hours, NotAClockTime, Weekday};
pub use setting::ProgrammeSetting;

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
    /// A room has this many chairs from now on.
    ChairsCounted {
        /// The room, by name.
        room: String,
        /// How many; a room has one until somebody counts.
        chairs: u8,
        /// Who says so.
        by: String,
        /// When.
        at: Moment,
    },
    /// When the clinic is open on a day of the week.
    OpeningHoursSet {
        /// The day.
        weekday: Weekday,
        /// Its hours, in order; none: closed.
        hours: Vec<Hours>,
        /// Who says so.
        by: String,
        /// When.
        at: Moment,
    },
    /// One date differs from its weekday: a holiday, or a day with other hours.
    DayExcepted {
        /// The date.
        date: CivilDate,
        /// Its hours; none: closed.
        hours: Vec<Hours>,
        /// Why, in words.
        reason: String,
        /// Who says so.
        by: String,
        /// When.
        at: Moment,
    },
    /// A date is like its weekday again.
    ExceptionLifted {
        /// The date.
        date: CivilDate,
        /// Who says so.
        by: String,
        /// When.
        at: Moment,
    },
    /// How many look after people on a day of the week.
    StaffOnDutySet {
        /// The day.
        weekday: Weekday,
        /// How many.
        staff: u8,
        /// Who says so.
        by: String,
        /// When.
        at: Moment,
    },
    /// How many look after people on one date, whatever its weekday says.
    StaffOnDateSet {
        /// The date.
        date: CivilDate,
        /// How many.
        staff: u8,
        /// Who says so.
        by: String,
        /// When.
        at: Moment,
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
    /// The medical director approved an emergency card as it was on the page.
    CardApproved {
        /// The card's name.
        card: String,
        /// The version of the card's file.
        version: u32,
        /// The SHA-256 of the files that the card was read from.
        digest: String,
        /// Who signed.
        signed_by: String,
        /// The words that were signed.
        statement: String,
        /// When.
        at: Moment,
    },
    /// Somebody practises a notice in an empty room.
    DrillBegun {
        /// Counts up in the clinic.
        drill: u32,
        /// The room, by name.
        room: String,
        /// What is practised.
        condition: Condition,
        /// Its priority.
        priority: Priority,
        /// Who began it.
        by: String,
        /// When.
        at: Moment,
        /// When it ends by itself.
        ends_at: Moment,
    },
    /// Somebody came to a drill.
    DrillAnswered {
        /// Which.
        drill: u32,
        /// Who.
        by: String,
        /// When.
        at: Moment,
    },
    /// A drill ended before its time.
    DrillEnded {
        /// Which.
        drill: u32,
        /// How.
        how: String,
        /// When.
        at: Moment,
    },
    /// Whether the display on the wall shows who is in which room.
    WallNamesSet {
        /// True: it shows names.
        shown: bool,
        /// Who says so.
        by: String,
        /// When.
        at: Moment,
    },
    /// Who is told of warning signs after a session, and when somebody watches.
    DutySet {
        /// The people and the hours.
        duty: Duty,
        /// Who says so.
        by: String,
        /// When.
        at: Moment,
    },
    /// Somebody looked at a room's emergency equipment.
    EquipmentLookedAt {
        /// What they found.
        look: EquipmentLook,
    },
    /// The clinic said how it names itself to the safety programme; the newest holds.
    ProgrammeSettingSet {
        /// How.
        setting: ProgrammeSetting,
        /// Who.
        by: String,
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
    /// How many chairs stand in it.
    pub chairs: u8,
}

/// A date that differs from its weekday.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExceptedDay {
    /// Its hours; none: closed.
    pub hours: Vec<Hours>,
    /// Why.
    pub reason: String,
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

/// An emergency card as the medical director has approved it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardApproval {
    /// The card's name.
    pub card: String,
    /// The version of the card's file.
    pub version: u32,
    /// The SHA-256 of the files that it was read from.
    pub digest: String,
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
    /// The hours of each day of the week; a day that is missing was never set.
    pub opening: BTreeMap<Weekday, Vec<Hours>>,
    /// Dates that differ from their weekday.
    pub excepted: BTreeMap<CivilDate, ExceptedDay>,
    /// How many look after people on each day of the week; a day that is missing was never set.
    pub staff: BTreeMap<Weekday, u8>,
    /// How many on one date.
    pub staff_on_dates: BTreeMap<CivilDate, u8>,
    /// Every approval of an emergency card, in the order in which they were signed.
    pub approvals: Vec<CardApproval>,
    /// Every drill, in the order in which they were begun.
    pub drills: Vec<Drill>,
    /// The display on the wall shows names; it does not until somebody says so.
    pub wall_names: bool,
    /// Who is told of warning signs; nobody until somebody says so.
    pub duty: Duty,
    /// The newest look at the equipment of each room.
    pub equipment: BTreeMap<String, EquipmentLook>,
    /// How it names itself to the safety programme; none until somebody says so.
    pub programme_setting: Option<ProgrammeSetting>,
    advisories: bool,
}

impl Recorded for ClinicEvent {
    const SCHEMA_VERSION: u16 = 1;
    fn name(&self) -> &'static str {
        match self {
            Self::RoomOpened { .. } => "RoomOpened",
            Self::RoomClosed { .. } => "RoomClosed",
            Self::ChairsCounted { .. } => "ChairsCounted",
            Self::OpeningHoursSet { .. } => "OpeningHoursSet",
            Self::DayExcepted { .. } => "DayExcepted",
            Self::ExceptionLifted { .. } => "ExceptionLifted",
            Self::StaffOnDutySet { .. } => "StaffOnDutySet",
            Self::StaffOnDateSet { .. } => "StaffOnDateSet",
            Self::PolicyAdopted { .. } => "PolicyAdopted",
            Self::CardApproved { .. } => "CardApproved",
            Self::DrillBegun { .. } => "DrillBegun",
            Self::DrillAnswered { .. } => "DrillAnswered",
            Self::DrillEnded { .. } => "DrillEnded",
            Self::WallNamesSet { .. } => "WallNamesSet",
            Self::DutySet { .. } => "DutySet",
            Self::EquipmentLookedAt { .. } => "EquipmentLookedAt",
            Self::ProgrammeSettingSet { .. } => "ProgrammeSettingSet",
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
    /// The room in which a place is: the place itself, or the room whose chair it names.
    pub fn room_of<'a>(&'a self, place: &'a str) -> &'a str {
        let holds = |name: &str| {
            place
                .strip_prefix(name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(", chair "))
        };
        self.rooms
            .iter()
            .find(|room| holds(&room.name))
            .map_or(place, |room| room.name.as_str())
    }

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
                let before = self.rooms.iter().find(|room| room.name == *name);
                let chairs = before.map_or(1, |room| room.chairs);
                self.rooms.retain(|room| room.name != *name);
                self.rooms.push(Room {
                    name: name.clone(),
                    position: *position,
                    chairs,
                });
                self.rooms
                    .sort_by(|a, b| (a.position, &a.name).cmp(&(b.position, &b.name)));
            }
            ClinicEvent::RoomClosed { name } => self.rooms.retain(|room| room.name != *name),
            ClinicEvent::ChairsCounted {
                room,
                chairs,
                by: _,
                at: _,
            } => {
                let known = self.rooms.iter_mut().find(|known| known.name == *room);
                if let Some(known) = known {
                    known.chairs = *chairs;
                }
            }
            ClinicEvent::OpeningHoursSet {
                weekday,
                hours,
                by: _,
                at: _,
            } => {
                self.opening.insert(*weekday, hours.clone());
            }
            ClinicEvent::DayExcepted {
                date,
                hours,
                reason,
                by: _,
                at: _,
            } => {
                let excepted = ExceptedDay {
                    hours: hours.clone(),
                    reason: reason.clone(),
                };
                self.excepted.insert(*date, excepted);
            }
            ClinicEvent::ExceptionLifted { date, by: _, at: _ } => {
                self.excepted.remove(date);
            }
            ClinicEvent::StaffOnDutySet {
                weekday,
                staff,
                by: _,
                at: _,
            } => {
                self.staff.insert(*weekday, *staff);
            }
            ClinicEvent::StaffOnDateSet {
                date,
                staff,
                by: _,
                at: _,
            } => {
                self.staff_on_dates.insert(*date, *staff);
            }
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
            ClinicEvent::CardApproved {
                card,
                version,
                digest,
                signed_by,
                statement,
                at,
            } => self.approvals.push(CardApproval {
                card: card.clone(),
                version: *version,
                digest: digest.clone(),
                signed_by: signed_by.clone(),
                statement: statement.clone(),
                at: *at,
            }),
            ClinicEvent::DrillBegun {
                drill,
                room,
                condition,
                priority,
                by,
                at,
                ends_at,
            } => self.drills.push(Drill {
                number: *drill,
                room: room.clone(),
                condition: *condition,
                priority: *priority,
                by: by.clone(),
                at: *at,
                ends_at: *ends_at,
                answered: None,
                ended: None,
            }),
            ClinicEvent::DrillAnswered { drill, by, at } => {
                if let Some(known) = self.drill_mut(*drill) {
                    known.answered = Some((by.clone(), *at));
                }
            }
            ClinicEvent::DrillEnded { drill, how, at } => {
                if let Some(known) = self.drill_mut(*drill) {
                    known.ended = Some((how.clone(), *at));
                }
            }
            ClinicEvent::WallNamesSet {
                shown,
                by: _,
                at: _,
            } => self.wall_names = *shown,
            ClinicEvent::DutySet { duty, by: _, at: _ } => self.duty = duty.clone(),
            ClinicEvent::EquipmentLookedAt { look } => {
                self.equipment.insert(look.room.clone(), look.clone());
            }
            ClinicEvent::ProgrammeSettingSet {
                setting,
                by: _,
                at: _,
            } => self.programme_setting = Some(setting.clone()),
            ClinicEvent::AdvisoriesSwitched {
                on,
                signed_by: _,
                at: _,
            } => self.advisories = *on,
        }
    }

    fn drill_mut(&mut self, number: u32) -> Option<&mut Drill> {
        self.drills.iter_mut().find(|drill| drill.number == number)
    }

    /// The drill that is practised at a moment.
    pub fn drill(&self, now: Moment) -> Option<&Drill> {
        self.drills.iter().rev().find(|drill| drill.is_running(now))
    }

    /// The newest approval of exactly this card, word for word; `None` where nobody approved it,
    /// or where a word has changed since.
    // Hazard: H56
    pub fn approval(&self, card: &Card) -> Option<&CardApproval> {
        self.approvals
            .iter()
            .rev()
            .find(|approval| approval.card == card.id && approval.digest == card.digest)
    }

    /// The hours of a date, in order; none inside: closed. `None` when nobody has set them, which
    /// is not the same as closed and not the same as open.
    pub fn hours_on(&self, date: CivilDate) -> Option<&[Hours]> {
        let excepted = self.excepted.get(&date).map(|day| day.hours.as_slice());
        excepted.or_else(|| self.opening.get(&Weekday::of(date)).map(Vec::as_slice))
    }

    /// How many look after people on a date; `None` when nobody has said.
    pub fn staff_on(&self, date: CivilDate) -> Option<u8> {
        let dated = self.staff_on_dates.get(&date);
        dated
            .or_else(|| self.staff.get(&Weekday::of(date)))
            .copied()
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

    fn hours(from: u16, until: u16) -> Hours {
        let time = |hour| ClockTime::new(hour, 0).unwrap();
        Hours::new(time(from), time(until)).unwrap()
    }

    #[test]
    fn a_day_that_nobody_set_is_neither_open_nor_closed() {
        let clinic = Clinic::default();
        let date = "2026-11-23".parse().unwrap();
        assert_eq!(clinic.hours_on(date), None);
        assert_eq!(clinic.staff_on(date), None);
    }

    #[test]
    fn a_holiday_goes_before_its_weekday_until_it_is_lifted() {
        let (by, at) = ("Dr Lee".to_owned(), Moment::from_microseconds(0));
        let monday: CivilDate = "2026-11-23".parse().unwrap();
        let mut clinic = Clinic::default();
        clinic.apply(&ClinicEvent::OpeningHoursSet {
            weekday: Weekday::Monday,
            hours: vec![hours(8, 18)],
            by: by.clone(),
            at,
        });
        clinic.apply(&ClinicEvent::DayExcepted {
            date: monday,
            hours: Vec::new(),
            reason: "holiday".into(),
            by: by.clone(),
            at,
        });
        assert_eq!(clinic.hours_on(monday), Some([].as_slice()));
        assert_eq!(
            clinic.hours_on(monday.plus_days(7)),
            Some([hours(8, 18)].as_slice())
        );
        clinic.apply(&ClinicEvent::ExceptionLifted {
            date: monday,
            by,
            at,
        });
        assert_eq!(clinic.hours_on(monday), Some([hours(8, 18)].as_slice()));
    }

    #[test]
    fn who_is_on_duty_on_a_date_goes_before_the_weekday() {
        let (by, at) = ("Dr Lee".to_owned(), Moment::from_microseconds(0));
        let monday: CivilDate = "2026-11-23".parse().unwrap();
        let clinic = Clinic::fold(&[
            ClinicEvent::StaffOnDutySet {
                weekday: Weekday::Monday,
                staff: 4,
                by: by.clone(),
                at,
            },
            ClinicEvent::StaffOnDateSet {
                date: monday,
                staff: 2,
                by,
                at,
            },
        ]);
        assert_eq!(clinic.staff_on(monday), Some(2));
        assert_eq!(clinic.staff_on(monday.plus_days(7)), Some(4));
        assert_eq!(clinic.staff_on(monday.plus_days(1)), None);
    }

    #[test]
    fn a_room_has_one_chair_until_somebody_counts_and_keeps_the_count_when_it_is_moved() {
        let (by, at) = ("Dr Lee".to_owned(), Moment::from_microseconds(0));
        let open = |position| ClinicEvent::RoomOpened {
            name: "1".into(),
            position,
        };
        let mut clinic = Clinic::fold(&[open(1)]);
        assert_eq!(clinic.rooms[0].chairs, 1);
        clinic.apply(&ClinicEvent::ChairsCounted {
            room: "1".into(),
            chairs: 5,
            by,
            at,
        });
        clinic.apply(&open(3));
        assert_eq!((clinic.rooms[0].chairs, clinic.rooms[0].position), (5, 3));
    }

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
            ClinicEvent::DayExcepted {
                date: "2026-12-24".parse().unwrap(),
                hours: vec![hours(8, 12)],
                reason: "short day".into(),
                by: "Dr Lee".into(),
                at,
            },
        ];
        for event in events {
            let body = serde_json::to_vec(&event).unwrap();
            assert_eq!(ClinicEvent::read_body(1, event.name(), 1, &body), Ok(event));
        }
    }

    #[test]
    fn a_chair_is_in_its_room_and_a_name_that_only_begins_alike_is_another_place() {
        let mut clinic = Clinic::default();
        for (name, position) in [("1", 1), ("12", 2)] {
            clinic.apply(&ClinicEvent::RoomOpened {
                name: name.to_owned(),
                position,
            });
        }
        assert_eq!(clinic.room_of("1, chair 2"), "1");
        assert_eq!(clinic.room_of("12"), "12");
        assert_eq!(clinic.room_of("12, chair 1"), "12");
        assert_eq!(clinic.room_of("not given yet"), "not given yet");
    }
}
