//! A small clinic in the middle of its day, from a seed: who is there, where, and how far.
//!
//! Plain data. The server turns it into commands; nothing here writes a record. All people, numbers
//! and devices are invented.

use crate::chance::Chance;
use crate::monitor::Maker;
use crate::run::MonitorOptions;
use crate::trouble::{Trouble, TroubleKind};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};
use units::Span;

/// What is known about a person's allergies: three different things, never blank.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Allergies {
    /// Nobody has asked.
    NoneRecorded,
    /// Asked, and there are none.
    NoneKnown,
    /// Asked, and these.
    Known(Vec<String>),
}

/// Administrative sex, as the record of a person knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
    /// Other.
    Other,
}

/// How far a person is when the demo opens. Lengths of time are counted back from that moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "stage")]
pub enum Stage {
    /// Expected later in the day.
    Expected {
        /// In how long.
        in_time: Span,
    },
    /// Checked in and waiting until the time since solid food suffices.
    WaitingForFasting {
        /// How long ago checked in.
        checked_in: Span,
        /// How long ago the last solid food was.
        last_solid_food: Span,
        /// How long ago the last clear fluid was.
        last_clear_fluid: Span,
    },
    /// The infusion is running.
    Infusion {
        /// How long ago it was started.
        started: Span,
    },
    /// The infusion is over, the person recovers.
    Recovery {
        /// How long ago it was started.
        started: Span,
        /// How long ago it ended.
        ended: Span,
    },
    /// Gone home; the session waits for its signature.
    Discharged {
        /// How long ago the infusion was started.
        started: Span,
        /// How long ago it ended.
        ended: Span,
        /// How long ago the person left.
        discharged: Span,
    },
    /// Not here today.
    NotToday,
}

/// A person of the clinic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CastMember {
    /// The clinic's number, as `0042-118`.
    pub number: String,
    /// Family name.
    pub family: String,
    /// Given name.
    pub given: String,
    /// Birth date, `YYYY-MM-DD`.
    pub birth_date: String,
    /// Administrative sex.
    pub sex: Sex,
    /// Body weight in kilograms.
    pub body_weight: Decimal,
    /// How many days ago the weight was taken.
    pub weighed_days_ago: u16,
    /// What is known about allergies.
    pub allergies: Allergies,
    /// Which session of the course today's is, or the next one.
    pub session_number: u8,
    /// Dose ordered for today in milligrams: 0.5 mg/kg, rounded to whole milligrams.
    pub ordered_milligrams: Decimal,
    /// How long the infusion takes.
    pub infusion_length: Span,
    /// How far today.
    pub stage: Stage,
    /// Room, `"1"` to `"4"`, when the person is in one.
    pub room: Option<String>,
    /// Seed of the simulated body.
    pub seed: u64,
}

/// A room with its monitor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CastRoom {
    /// Name, `"1"` to `"4"`.
    pub name: String,
    /// The monitor that stands there.
    pub monitor: CastMonitor,
}

/// A monitor of the clinic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CastMonitor {
    /// Whose habits it has.
    pub maker: Maker,
    /// EUI-64, 16 hexadecimal digits.
    pub device_key: String,
    /// What it sends in PV1-3.
    pub bed: String,
    /// Number of the person whose name was typed into it, when one was.
    pub patient_number: Option<String>,
    /// Time between two cuff cycles.
    pub cuff_every: Span,
    /// What goes wrong, counted from the opening of the demo.
    pub troubles: Vec<Trouble>,
    /// Seed of the monitor, and of a body when nobody of the cast is connected.
    pub seed: u64,
}

/// The whole clinic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cast {
    /// Name of the clinic.
    pub clinic: String,
    /// The four rooms.
    pub rooms: Vec<CastRoom>,
    /// A monitor that belongs to no room yet: its data must go to the "unassigned" page.
    pub spare_monitor: CastMonitor,
    /// The people.
    pub people: Vec<CastMember>,
}

impl Cast {
    /// The clinic for this seed.
    ///
    /// Names, rooms and stages are always the same, so that screenshots and guides agree; the seed
    /// decides over bodies and device keys.
    pub fn from_seed(seed: u64) -> Self {
        let mut chance = Chance::from_seed(seed ^ 0x636c_696e_6963_0000);
        let rooms = [
            (
                Maker::PhilipsLike,
                "KETA^1^CHAIR1",
                Some("0042-131"),
                Span::from_minutes(5),
            ),
            // Short cycles, so that its trouble shows within two minutes.
            (
                Maker::MindrayLike,
                "KETA^2^CHAIR2",
                Some("0042-118"),
                Span::from_minutes(1),
            ),
            (
                Maker::GeLike,
                "KETA^3^CHAIR3",
                Some("0042-094"),
                Span::from_minutes(5),
            ),
            // Nobody is typed into the cheap one.
            (Maker::LowCost, "", None, Span::from_minutes(5)),
        ];
        let rooms = (1..)
            .zip(rooms)
            .map(|(number, (maker, bed, patient, cuff_every))| CastRoom {
                name: format!("{number}"),
                monitor: CastMonitor {
                    maker,
                    device_key: device_key(&mut chance),
                    bed: bed.to_owned(),
                    patient_number: patient.map(str::to_owned),
                    cuff_every,
                    troubles: script(number),
                    seed: chance.bits() >> 12,
                },
            })
            .collect();
        let spare_monitor = CastMonitor {
            maker: Maker::GenericPcd01,
            device_key: device_key(&mut chance),
            bed: "KETA^STORE^TROLLEY".to_owned(),
            patient_number: None,
            cuff_every: Span::from_minutes(5),
            troubles: Vec::new(),
            seed: chance.bits() >> 12,
        };
        Self {
            clinic: "Evenkeel Demonstration Clinic".to_owned(),
            rooms,
            spare_monitor,
            people: people(&mut chance),
        }
    }

    /// The person with this number.
    pub fn person(&self, number: &str) -> Option<&CastMember> {
        self.people.iter().find(|person| person.number == number)
    }

    /// What starts the monitor of a room, towards `HOST:PORT`, its clock set to this zone.
    ///
    /// The person's drug until now is already in the body, and the rest of a running infusion
    /// follows the order; a feed that tells the dose from the record takes the place of the latter.
    pub fn monitor_options(&self, room: &CastRoom, to: &str, zone: &str) -> MonitorOptions {
        let monitor = &room.monitor;
        let mut options = monitor.options(to, zone);
        if let Some(person) = monitor
            .patient_number
            .as_deref()
            .and_then(|n| self.person(n))
        {
            options.patient_id = Some(person.number.clone());
            options.patient_family.clone_from(&person.family);
            options.patient_given.clone_from(&person.given);
        }
        if let Some(person) = self.person_in(&room.name) {
            options.seed = person.seed;
            options.body_weight = person.body_weight.to_f64();
            let whole = |span: Span| u32::try_from(span.minutes()).unwrap_or(0);
            match &person.stage {
                Stage::Infusion { started } => {
                    let length = person.infusion_length;
                    let part = Decimal::from((*started).min(length).microseconds())
                        / Decimal::from(length.microseconds());
                    let given = person.ordered_milligrams * part;
                    options.given_milligrams = Some(given);
                    options.given_over_minutes = whole(*started);
                    options.dose_milligrams = Some(person.ordered_milligrams - given);
                    options.over_minutes = whole(length).saturating_sub(whole(*started));
                }
                Stage::Recovery { started, ended } | Stage::Discharged { started, ended, .. } => {
                    options.given_milligrams = Some(person.ordered_milligrams);
                    options.given_over_minutes = whole(*started).saturating_sub(whole(*ended));
                    options.given_ended_minutes = whole(*ended);
                }
                Stage::Expected { .. } | Stage::WaitingForFasting { .. } | Stage::NotToday => {}
            }
        }
        options
    }

    /// The person in this room.
    pub fn person_in(&self, room: &str) -> Option<&CastMember> {
        self.people
            .iter()
            .find(|person| person.room.as_deref() == Some(room))
    }
}

impl CastMonitor {
    /// What starts this monitor with nobody of the cast connected to it.
    pub fn options(&self, to: &str, zone: &str) -> MonitorOptions {
        let mut options = MonitorOptions::new(to, self.maker, self.seed);
        options.device_key = Some(self.device_key.clone());
        options.bed.clone_from(&self.bed);
        options.cuff_every = self.cuff_every;
        options.troubles.clone_from(&self.troubles);
        zone.clone_into(&mut options.zone);
        options
    }
}

/// An invented EUI-64: the second bit of the first byte says "made up locally".
fn device_key(chance: &mut Chance) -> String {
    format!("0200E5FFFE{:06X}", chance.below(1 << 24))
}

fn script(room: u8) -> Vec<Trouble> {
    let trouble = |kind, starts, lasts| Trouble {
        kind,
        starts: Span::from_seconds(starts),
        lasts: Span::from_seconds(lasts),
    };
    match room {
        // Goes wrong within two minutes of opening, and stays so until someone has seen it.
        2 => vec![trouble(TroubleKind::PressureTooHigh, 15, 900)],
        // The probe slips off a finger in recovery, and the gateway loses its network later.
        3 => vec![
            trouble(TroubleKind::CableOff, 180, 60),
            trouble(TroubleKind::GatewayOutage, 600, 90),
        ],
        // Left in demo mode by the last lesson: a session must refuse to start on it.
        4 => vec![trouble(TroubleKind::DemoModeLeftOn, 0, 300)],
        _ => Vec::new(),
    }
}

fn people(chance: &mut Chance) -> Vec<CastMember> {
    let minutes = Span::from_minutes;
    let mut person = |number: &str,
                      (family, given): (&str, &str),
                      birth_date: &str,
                      sex,
                      kilograms: i64,
                      weighed_days_ago,
                      allergies,
                      session_number,
                      stage,
                      room: Option<&str>| {
        let ordered = Decimal::new(5, 1) * Decimal::from(kilograms);
        CastMember {
            number: number.to_owned(),
            family: family.to_owned(),
            given: given.to_owned(),
            birth_date: birth_date.to_owned(),
            sex,
            body_weight: Decimal::from(kilograms),
            weighed_days_ago,
            allergies,
            session_number,
            ordered_milligrams: ordered
                .round_dp_with_strategy(0, rust_decimal::RoundingStrategy::MidpointAwayFromZero),
            infusion_length: minutes(40),
            stage,
            room: room.map(str::to_owned),
            seed: chance.bits() >> 12,
        }
    };
    vec![
        person(
            "0042-118",
            ("MORENO", "Ana"),
            "1985-03-14",
            Sex::Female,
            72,
            0,
            Allergies::NoneRecorded,
            3,
            Stage::Infusion {
                started: minutes(22),
            },
            Some("2"),
        ),
        person(
            "0042-131",
            ("OKAFOR", "Ben"),
            "1991-06-02",
            Sex::Male,
            84,
            0,
            Allergies::Known(vec!["penicillin".to_owned()]),
            1,
            Stage::Infusion {
                started: minutes(8),
            },
            Some("1"),
        ),
        person(
            "0042-094",
            ("LIND", "Eva"),
            "1974-01-27",
            Sex::Female,
            66,
            0,
            Allergies::NoneKnown,
            6,
            Stage::Recovery {
                started: minutes(90),
                ended: minutes(50),
            },
            Some("3"),
        ),
        person(
            "0042-207",
            ("SATO", "Ken"),
            "1996-05-09",
            Sex::Male,
            81,
            12,
            Allergies::NoneRecorded,
            4,
            Stage::WaitingForFasting {
                checked_in: minutes(15),
                last_solid_food: minutes(5 * 60 + 32),
                last_clear_fluid: minutes(3 * 60),
            },
            Some("4"),
        ),
        person(
            "0042-176",
            ("HAUGEN", "Marit"),
            "1968-11-30",
            Sex::Female,
            61,
            0,
            Allergies::Known(vec!["latex".to_owned(), "ondansetron".to_owned()]),
            2,
            Stage::Discharged {
                started: minutes(205),
                ended: minutes(165),
                discharged: minutes(85),
            },
            None,
        ),
        person(
            "0042-212",
            ("BIANCHI", "Luca"),
            "1979-08-21",
            Sex::Male,
            93,
            3,
            Allergies::NoneKnown,
            1,
            Stage::Expected {
                in_time: minutes(70),
            },
            None,
        ),
        person(
            "0042-063",
            ("ADEYEMI", "Tola"),
            "1999-12-05",
            Sex::Other,
            58,
            21,
            Allergies::NoneKnown,
            8,
            Stage::NotToday,
            None,
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitor::Monitor;
    use crate::trouble::Troubles;
    use units::{Milligrams, Moment};

    #[test]
    fn every_room_has_someone_at_another_stage_and_a_monitor_of_another_maker() {
        let cast = Cast::from_seed(7);
        assert_eq!(cast.rooms.len(), 4);
        assert!((6..=8).contains(&cast.people.len()));
        let makers = cast.rooms.iter().map(|room| room.monitor.maker);
        let makers = makers.collect::<std::collections::BTreeSet<_>>();
        assert_eq!(makers.len(), 4);
        for room in &cast.rooms {
            assert!(cast.person_in(&room.name).is_some(), "room {}", room.name);
        }
    }

    #[test]
    fn the_name_typed_into_a_monitor_is_that_of_the_person_in_its_room() {
        let cast = Cast::from_seed(7);
        for room in &cast.rooms {
            if let Some(number) = &room.monitor.patient_number {
                assert_eq!(&cast.person_in(&room.name).unwrap().number, number);
            }
        }
    }

    #[test]
    fn what_was_given_and_what_is_to_come_make_up_the_order() {
        let cast = Cast::from_seed(7);
        for room in &cast.rooms {
            let options = cast.monitor_options(room, "127.0.0.1:2575", "UTC");
            let person = cast.person_in(&room.name).unwrap();
            let given = options.given_milligrams.unwrap_or_default();
            let to_come = options.dose_milligrams.unwrap_or_default();
            match person.stage {
                Stage::Infusion { started } => {
                    assert_eq!(given + to_come, person.ordered_milligrams);
                    assert_eq!(i64::from(options.given_over_minutes), started.minutes());
                    assert_eq!(options.given_over_minutes + options.over_minutes, 40);
                }
                Stage::Recovery { .. } => {
                    assert_eq!((given, to_come), (person.ordered_milligrams, Decimal::ZERO));
                    assert_eq!(
                        (options.given_over_minutes, options.given_ended_minutes),
                        (40, 50)
                    );
                }
                Stage::WaitingForFasting { .. } => assert_eq!(given + to_come, Decimal::ZERO),
                Stage::Expected { .. } | Stage::Discharged { .. } | Stage::NotToday => {
                    panic!("nobody like this is in a room")
                }
            }
        }
    }

    // Witness: clinical reference §4.3, red from 180 mmHg; issue 2: within two minutes of opening.
    #[test]
    fn the_infusion_that_goes_wrong_shows_it_on_the_cuff_within_two_minutes() {
        for seed in 0..50 {
            let cast = Cast::from_seed(seed);
            let room = cast.rooms.iter().find(|room| room.name == "2").unwrap();
            let options = cast.monitor_options(room, "127.0.0.1:2575", "UTC");
            let mut patient = options.person();
            let settings = options.checked().unwrap();
            let mut monitor = Monitor::new(options.maker, settings, options.seed);
            let mut highest = 0;
            for second in 0..=120 {
                let elapsed = Span::from_seconds(second);
                let troubles = Troubles::at(&options.troubles, elapsed);
                patient.disturb(troubles.disturbance);
                let signs = patient.advance(Span::from_seconds(1), Milligrams::ZERO);
                monitor.message(Moment::from_microseconds(0) + elapsed, &signs, &troubles);
                highest = monitor
                    .cuff_reading()
                    .map_or(0, |cuff| highest.max(cuff.systolic));
            }
            assert!(highest >= 180, "seed {seed}: {highest} mmHg");
        }
    }

    // Nobody in the other rooms starts the demo with an advisory of pressure that no script asks for.
    #[test]
    fn the_others_open_the_day_below_the_red_limit() {
        for seed in 0..50 {
            let cast = Cast::from_seed(seed);
            for room in cast.rooms.iter().filter(|room| room.name != "2") {
                let options = cast.monitor_options(room, "127.0.0.1:2575", "UTC");
                let signs = options.person().signs();
                assert!(
                    signs.systolic < 175,
                    "seed {seed}, room {}: {signs:?}",
                    room.name
                );
                assert!(signs.oxygen_saturation >= 94 && signs.responsiveness >= 4);
            }
        }
    }

    #[test]
    fn the_order_is_half_a_milligram_for_each_kilogram() {
        let cast = Cast::from_seed(7);
        // Witness: MORENO, 72 kg: 36 mg, as in the style guide's example of the arithmetic.
        assert_eq!(
            cast.person("0042-118").unwrap().ordered_milligrams,
            Decimal::from(36)
        );
    }

    #[test]
    fn the_same_seed_is_the_same_clinic_and_another_seed_has_other_devices() {
        let (one, same, other) = (Cast::from_seed(7), Cast::from_seed(7), Cast::from_seed(8));
        assert_eq!(one, same);
        assert_ne!(
            one.rooms[0].monitor.device_key,
            other.rooms[0].monitor.device_key
        );
    }

    #[test]
    fn every_device_key_is_an_eui_64_of_its_own() {
        let cast = Cast::from_seed(7);
        let monitors = cast
            .rooms
            .iter()
            .map(|room| &room.monitor)
            .chain([&cast.spare_monitor]);
        let keys = monitors.map(|monitor| monitor.device_key.clone());
        let keys = keys.collect::<std::collections::BTreeSet<_>>();
        assert_eq!(keys.len(), 5);
        assert!(
            keys.iter()
                .all(|key| key.len() == 16 && u64::from_str_radix(key, 16).is_ok())
        );
    }
}
