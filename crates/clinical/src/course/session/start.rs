//! What is said in the room before the first drug: what was asked today, who is there, and that
//! the sound was heard.

use super::state::Session;
use super::vocabulary::Paper;
use crate::policy::{Outcome, Rules};
use crate::record::Role;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use units::Moment;

/// One line of what is asked at the door. Source: clinical reference 2.2, in our words; fasting,
/// identity, consent and escort are asked on their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DayLine {
    /// Alcohol, cannabis, other drugs.
    NothingTaken,
    /// Each medicine's decision, by a prescriber.
    MedicinesDecided,
    /// Medicines.
    MedicinesAsAgreed,
    /// Diagnoses, admissions.
    NothingNew,
    /// Fever, cough, a blocked nose.
    WellToday,
    /// Pregnancy.
    NotPregnant,
    /// Passing water.
    PassingWater,
    /// Thoughts of suicide.
    Safe,
}

impl DayLine {
    /// Every line that must be clear.
    pub const ALL: [Self; 8] = [
        Self::NothingTaken,
        Self::MedicinesDecided,
        Self::MedicinesAsAgreed,
        Self::NothingNew,
        Self::WellToday,
        Self::NotPregnant,
        Self::PassingWater,
        Self::Safe,
    ];

    /// The line as it is asked.
    pub const fn says(self) -> &'static str {
        match self {
            Self::NothingTaken => "No alcohol, cannabis or other drugs within the clinic's hours.",
            Self::MedicinesDecided => {
                "A prescriber has said for each medicine: take it, leave it out, or there is none."
            }
            Self::MedicinesAsAgreed => "Today's medicines were taken or left as agreed.",
            Self::NothingNew => "No new diagnosis, admission or medicine since the last visit.",
            Self::WellToday => "No fever, cough or blocked nose today.",
            Self::NotPregnant => "A pregnancy is not possible, or today's test is negative.",
            Self::PassingWater => {
                "No pain, urgency or blood when passing water since the last visit."
            }
            Self::Safe => "Asked about thoughts of suicide today: none that need somebody first.",
        }
    }
}

/// Somebody in the room or in the house.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Present {
    /// By name.
    pub name: String,
    /// In which role.
    pub role: Role,
}

/// What was said in the room before the first drug.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "check", rename_all = "kebab-case")]
pub enum StartCheck {
    /// Asked at the door, and every line clear.
    DayAsked {
        /// The lines.
        lines: Vec<DayLine>,
    },
    /// Who is there.
    StaffPresent {
        /// In the room, from now until told otherwise.
        in_room: Vec<Present>,
        /// In the house, and to be had at once.
        in_house: Vec<Present>,
    },
    /// Who takes the person home.
    EscortNamed {
        /// Name and telephone number.
        escort: String,
    },
    /// The device that the nurse carries sounded, and the nurse heard it.
    SoundHeard {},
}

impl StartCheck {
    /// Kind of entry and its words, for every reader.
    pub fn says(&self) -> (&'static str, String) {
        match self {
            Self::DayAsked { lines } => (
                "Asked today",
                lines
                    .iter()
                    .map(|line| line.says())
                    .collect::<Vec<_>>()
                    .join(" "),
            ),
            Self::StaffPresent { in_room, in_house } => (
                "Staff present",
                format!(
                    "in the room: {} · in the house: {}",
                    names(in_room),
                    names(in_house)
                ),
            ),
            Self::EscortNamed { escort } => ("Escort", format!("taken home by {escort}")),
            Self::SoundHeard {} => (
                "Sound heard",
                "the device that is carried sounded, and was heard".to_owned(),
            ),
        }
    }
}

fn names(all: &[Present]) -> String {
    if all.is_empty() {
        return "nobody".to_owned();
    }
    let names: Vec<&str> = all.iter().map(|one| one.name.as_str()).collect();
    names.join(", ")
}

/// What was said, as the session's events have made it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checks {
    /// The lines that were asked at the door, and clear, and when. Which lines there are has grown:
    /// what an earlier record did not ask is not taken for asked.
    pub day_asked: Option<(Vec<DayLine>, Moment)>,
    /// Who is there, in the room and in the house.
    pub staff: Option<(Vec<Present>, Vec<Present>)>,
    /// The sound was heard.
    pub sound_heard: Option<Moment>,
}

impl Checks {
    /// Before anything was said.
    pub const fn new() -> Self {
        Self {
            day_asked: None,
            staff: None,
            sound_heard: None,
        }
    }

    /// After one more. Never fails.
    pub fn apply(&mut self, check: &StartCheck, at: Moment) {
        match check {
            StartCheck::DayAsked { lines } => self.day_asked = Some((lines.clone(), at)),
            StartCheck::StaffPresent { in_room, in_house } => {
                self.staff = Some((in_room.clone(), in_house.clone()));
            }
            // Kept with the session, where the check-in has it too.
            StartCheck::EscortNamed { .. } => {}
            StartCheck::SoundHeard {} => self.sound_heard = Some(at),
        }
    }
}

/// The policy that asks for what stands here.
pub const POLICY: &str = "room-ready";

/// True for those who may watch somebody under the drug. A therapist supports, and gives no drug.
/// Source: clinical reference 10.3.
const fn watches(role: Role) -> bool {
    match role {
        Role::Nurse | Role::Prescriber | Role::MedicalDirector => true,
        Role::FrontDesk
        | Role::Therapist
        | Role::Owner
        | Role::Auditor
        | Role::Patient
        | Role::IntegrationClient => false,
    }
}

const fn prescribes(role: Role) -> bool {
    matches!(role, Role::Prescriber | Role::MedicalDirector)
}

/// Whether enough of those who watch are in the room.
// Hazard: H25
pub fn staff_in_room(session: &Session, rules: &Rules) -> Paper {
    let least = rules.value(POLICY, "in_room").map(|known| known.value);
    let (Some(least), Some((in_room, _))) = (least, &session.checks.staff) else {
        return Paper::not_known();
    };
    let watching = in_room.iter().filter(|one| watches(one.role)).count();
    Paper {
        outcome: if Decimal::from(watching) >= least {
            Outcome::Met
        } else {
            Outcome::Unmet
        },
        says: names(in_room),
    }
}

/// Whether somebody who prescribes is in the house.
// Hazard: H25
pub fn prescriber_in_house(session: &Session) -> Paper {
    let Some((in_room, in_house)) = &session.checks.staff else {
        return Paper::not_known();
    };
    let found = in_room
        .iter()
        .chain(in_house)
        .find(|one| prescribes(one.role));
    found.map_or_else(
        || Paper {
            outcome: Outcome::Unmet,
            says: "nobody who prescribes is named".to_owned(),
        },
        |one| Paper {
            outcome: Outcome::Met,
            says: one.name.clone(),
        },
    )
}

/// Whether the sound of the device that is carried was heard.
// Hazard: H13
pub fn sound(session: &Session) -> Paper {
    match session.checks.sound_heard {
        Some(_) => Paper {
            outcome: Outcome::Met,
            says: "heard".to_owned(),
        },
        None => Paper::not_known(),
    }
}

/// Whether somebody is named who takes the person home.
// Hazard: H39
pub fn escort(named: Option<&str>) -> Paper {
    match named.map(str::trim).filter(|name| !name.is_empty()) {
        Some(name) => Paper {
            outcome: Outcome::Met,
            says: name.to_owned(),
        },
        None => Paper::not_known(),
    }
}

/// Who comes when those in the room do not: the first in the house.
pub fn second_person(session: &Session) -> Option<String> {
    let (_, in_house) = session.checks.staff.as_ref()?;
    in_house.first().map(|one| one.name.clone())
}
