//! A drill: a notice that is practised. It is the clinic's, never a session's, so that nothing of it
//! can reach a record of treatment; it ends by itself.

use super::{Clinic, ClinicEvent};
use crate::advisory::{Condition, Priority};
use crate::record::{Actor, Role};
use units::{Moment, Span};

/// The longest drill. A project default: long enough to walk through the house, short enough that
/// a forgotten one does no harm.
pub const LONGEST: Span = Span::from_minutes(10);

/// What can be practised: conditions that a notice can be about, with the priority it would have.
/// Source: the highest tier of each in policy `advisory-limits`.
pub const PRACTISED: [(Condition, Priority); 6] = [
    (Condition::OxygenSaturationLow, Priority::High),
    (Condition::NoBreath, Priority::High),
    (Condition::SystolicHigh, Priority::High),
    (Condition::HeartRateLow, Priority::High),
    (Condition::FeedStale, Priority::Medium),
    (Condition::ReadingOverdue, Priority::Medium),
];

/// A drill, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drill {
    /// Counts up in the clinic.
    pub number: u32,
    /// The room, by name.
    pub room: String,
    /// What is practised.
    pub condition: Condition,
    /// Its priority.
    pub priority: Priority,
    /// Who began it.
    pub by: String,
    /// When.
    pub at: Moment,
    /// When it ends by itself.
    pub ends_at: Moment,
    /// Who came first, and when.
    pub answered: Option<(String, Moment)>,
    /// How it ended before its time, and when.
    pub ended: Option<(String, Moment)>,
}

impl Drill {
    /// True while it is practised. It needs nobody to end it.
    // Hazard: H57
    pub fn is_running(&self, now: Moment) -> bool {
        self.ended.is_none() && now >= self.at && now < self.ends_at
    }
}

/// Why a drill was not begun, answered or ended. A closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DrillRefused {
    /// The role does not act in rooms.
    #[error("Not begun: drills are for those who act in rooms.")]
    NotOfTheRoom,
    /// There is no such room.
    #[error("Not begun: choose one of the clinic's rooms.")]
    NoSuchRoom,
    /// Somebody is in the room.
    #[error("Not begun: somebody is in this room. Practise in an empty one.")]
    RoomInUse,
    /// It cannot be practised.
    #[error("Not begun: choose what is practised.")]
    NotPractised,
    /// It would last no time, or too long.
    #[error("Not begun: a drill lasts from 1 to 10 minutes.")]
    Length,
    /// One is running.
    #[error("Not begun: a drill is running already. End it first.")]
    OneIsRunning,
    /// Something real waits for somebody.
    #[error("Not begun: a notice on the board waits for somebody. That one is real.")]
    SomethingReal,
    /// It does not run.
    #[error("This drill has ended already.")]
    NotRunning,
    /// Somebody was first.
    #[error("Somebody has answered this drill already.")]
    Answered,
}

/// What someone wants to practise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begin {
    /// The room, by name.
    pub room: String,
    /// What is practised.
    pub condition: Condition,
    /// For how long.
    pub length: Span,
}

/// What the rooms look like while a drill is begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct House {
    /// Rooms in which somebody is.
    pub in_use: Vec<String>,
    /// A real notice of medium or high priority is not acknowledged.
    pub something_real: bool,
}

/// Decides the beginning of a drill.
///
/// Pure: the same clinic, house, wish and moment give the same event. Refuses with the reason.
// Hazard: H57
pub fn begin(
    clinic: &Clinic,
    house: &House,
    wanted: &Begin,
    actor: &Actor,
    at: Moment,
) -> Result<ClinicEvent, DrillRefused> {
    let by = person(actor)?;
    if !clinic.rooms.iter().any(|room| room.name == wanted.room) {
        return Err(DrillRefused::NoSuchRoom);
    }
    if house.in_use.contains(&wanted.room) {
        return Err(DrillRefused::RoomInUse);
    }
    let Some((_, priority)) = PRACTISED
        .into_iter()
        .find(|(condition, _)| *condition == wanted.condition)
    else {
        return Err(DrillRefused::NotPractised);
    };
    if wanted.length < Span::from_minutes(1) || wanted.length > LONGEST {
        return Err(DrillRefused::Length);
    }
    if clinic.drill(at).is_some() {
        return Err(DrillRefused::OneIsRunning);
    }
    if house.something_real {
        return Err(DrillRefused::SomethingReal);
    }
    Ok(ClinicEvent::DrillBegun {
        drill: clinic.drills.last().map_or(1, |last| last.number + 1),
        room: wanted.room.clone(),
        condition: wanted.condition,
        priority,
        by,
        at,
        ends_at: at + wanted.length,
    })
}

/// Decides that somebody came. Refuses when it does not run, and when somebody was first.
pub fn answer(
    clinic: &Clinic,
    drill: u32,
    actor: &Actor,
    at: Moment,
) -> Result<ClinicEvent, DrillRefused> {
    let by = person(actor)?;
    let running = clinic
        .drill(at)
        .filter(|running| running.number == drill)
        .ok_or(DrillRefused::NotRunning)?;
    if running.answered.is_some() {
        return Err(DrillRefused::Answered);
    }
    Ok(ClinicEvent::DrillAnswered { drill, by, at })
}

/// Decides that it ends before its time: by a person, or because something real came up.
pub fn end(
    clinic: &Clinic,
    drill: u32,
    actor: &Actor,
    at: Moment,
) -> Result<ClinicEvent, DrillRefused> {
    let how = match actor {
        Actor::Person { name, .. } => {
            person(actor)?;
            format!("ended by {name}")
        }
        Actor::System { .. } => "ended, because a real notice came up".to_owned(),
        Actor::Device { .. } => return Err(DrillRefused::NotOfTheRoom),
    };
    clinic
        .drill(at)
        .filter(|running| running.number == drill)
        .ok_or(DrillRefused::NotRunning)?;
    Ok(ClinicEvent::DrillEnded { drill, how, at })
}

/// The name of somebody who acts in rooms.
fn person(actor: &Actor) -> Result<String, DrillRefused> {
    match actor {
        Actor::Person {
            name,
            role: Role::Nurse | Role::Prescriber | Role::Therapist | Role::MedicalDirector,
            ..
        } => Ok(name.clone()),
        Actor::Person { .. } | Actor::Device { .. } | Actor::System { .. } => {
            Err(DrillRefused::NotOfTheRoom)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::StaffId;
    use uuid::Uuid;

    const AT: Moment = Moment::from_microseconds(1_790_000_000_000_000);

    fn who(role: Role) -> Actor {
        Actor::Person {
            id: StaffId(Uuid::from_u128(1)),
            name: "Nora Lind".into(),
            role,
        }
    }

    fn clinic() -> Clinic {
        Clinic::fold([&ClinicEvent::RoomOpened {
            name: "Room 1".into(),
            position: 1,
        }])
    }

    fn empty() -> House {
        House {
            in_use: Vec::new(),
            something_real: false,
        }
    }

    fn wish() -> Begin {
        Begin {
            room: "Room 1".into(),
            condition: Condition::OxygenSaturationLow,
            length: Span::from_minutes(5),
        }
    }

    fn running() -> Clinic {
        let mut clinic = clinic();
        let event = begin(&clinic, &empty(), &wish(), &who(Role::Nurse), AT).unwrap();
        clinic.apply(&event);
        clinic
    }

    #[test]
    fn a_drill_ends_by_itself() {
        // Hazard: H57
        let clinic = running();
        let end = AT + Span::from_minutes(5);
        assert!(clinic.drill(end - Span::from_microseconds(1)).is_some());
        assert!(clinic.drill(end).is_none());
    }

    #[test]
    fn nobody_practises_where_somebody_is_or_while_something_real_waits() {
        // Hazard: H57
        let refused = |house: &House, wanted: &Begin, role| {
            begin(&clinic(), house, wanted, &who(role), AT).unwrap_err()
        };
        let in_use = House {
            in_use: vec!["Room 1".into()],
            ..empty()
        };
        assert_eq!(
            refused(&in_use, &wish(), Role::Nurse),
            DrillRefused::RoomInUse
        );
        let real = House {
            something_real: true,
            ..empty()
        };
        assert_eq!(
            refused(&real, &wish(), Role::Nurse),
            DrillRefused::SomethingReal
        );
        let elsewhere = Begin {
            room: "Room 9".into(),
            ..wish()
        };
        assert_eq!(
            refused(&empty(), &elsewhere, Role::Nurse),
            DrillRefused::NoSuchRoom
        );
        assert_eq!(
            refused(&empty(), &wish(), Role::FrontDesk),
            DrillRefused::NotOfTheRoom
        );
    }

    #[test]
    fn a_drill_lasts_from_one_minute_to_ten() {
        for (seconds, may) in [(59, false), (60, true), (600, true), (601, false)] {
            let wanted = Begin {
                length: Span::from_seconds(seconds),
                ..wish()
            };
            let begun = begin(&clinic(), &empty(), &wanted, &who(Role::Nurse), AT);
            assert_eq!(begun.is_ok(), may, "{seconds} s");
        }
    }

    #[test]
    fn the_first_who_comes_is_kept_and_something_real_ends_it() {
        // Hazard: H57
        let mut clinic = running();
        let nurse = who(Role::Nurse);
        let later = AT + Span::from_seconds(40);
        clinic.apply(&answer(&clinic, 1, &nurse, later).unwrap());
        assert_eq!(
            answer(&clinic, 1, &nurse, later),
            Err(DrillRefused::Answered)
        );
        let engine = Actor::System {
            part: "clinic rules".into(),
        };
        clinic.apply(&end(&clinic, 1, &engine, later).unwrap());
        assert!(clinic.drill(later).is_none());
        assert_eq!(clinic.drills[0].answered, Some(("Nora Lind".into(), later)));
        assert_eq!(
            end(&clinic, 1, &nurse, later),
            Err(DrillRefused::NotRunning)
        );
    }
}
