//! What happened in the demo clinic before it opened: told as commands, each at its own time.

use super::by_dose;
use super::credentials::Room;
use super::experience;
use super::programme;
use crate::application::Application;
use crate::command::{Circumstances, Order, execute_in};
use crate::devices::{self, DeviceOrder};
use crate::fault::Fault;
use crate::patients;
use anyhow::Context;
use clinical::clinic::{ClinicEvent, written_values};
use clinical::course::session::{
    Alongside, Answer, Command, DistressScore, FastingAnswers, Grounds, Identifier, LastDose, Line,
    MonitorEvidence, Monitoring, Order as DrugOrder, Papers, Rating, Reckoned, SedationScore, Side,
    Stop, SupportDetail, SupportKind, VitalSigns, Way,
};
use clinical::device::{DeviceCommand, Method};
use clinical::dosing::WeightKind;
use clinical::leaflet::Language;
use clinical::patient::{Allergies, Allergy, Contacts, PatientEvent, Sex};
use clinical::policy::{Quantity, Unit};
use clinical::record::{
    Actor, CommandId, EventId, PatientId, Recorded, Role, SessionId, StaffId, StreamId,
};
use clinical::vital_signs::Source;
use simulator::clinic::{Cast, CastMember, CastRoom, Stage};
use simulator::{Signs, SimulatedPatient};
use store::{Append, Decision};
use units::{
    BeatsPerMinute, BreathsPerMinute, Decimal, DegreesCelsius, Kilograms, Milligrams,
    MilligramsPerMillilitre, Millilitres, MillilitresPerHour, MillimetresOfMercury, Moment,
    OxygenSaturation, Span,
};
use uuid::Uuid;

/// The prepared bag of every demo order. Source: clinical reference 3.7, first worked example.
const BAG: Decimal = Decimal::from_parts(50, 0, 0, false, 0);

/// Whose infusion was paused and went on more slowly: the picture of what is predicted shows both.
const PAUSED: &str = "0042-118";

/// Whose dose is larger than the last one: in a fourth session, looked at as often as in a first.
const RAISED: &str = "0042-207";

/// The strength of the vials of the demo, in mg/mL. Source: clinical reference 3.7.
const VIAL: Decimal = Decimal::from_parts(50, 0, 0, false, 0);

/// The names of demo records are the same in every demo; their identities hang on them.
const NAMES: Uuid = Uuid::from_u128(0x0e7e_2c3e_e100_4000_8000_0000_0000_00de);

/// One thing that was done, when, and in which session.
pub(super) struct Told {
    pub(super) at: Moment,
    pub(super) session: SessionId,
    pub(super) command: Command,
}

/// Tells the whole story, in order of time. Gives each room with its session and its person.
pub async fn tell(application: &Application, cast: &Cast) -> Result<Vec<(Room, PatientId)>, Fault> {
    let now = application.clock.now();
    open_clinic(application, cast, now - Span::from_hours(24 * 30)).await?;
    for person in &cast.people {
        register(application, person, now).await?;
    }
    by_dose::register_both(application, now).await?;
    programme::register_both(application, now).await?;
    let mut told: Vec<Told> = cast
        .people
        .iter()
        .map(|person| visit(application, person, now))
        .collect::<Result<Vec<_>, Fault>>()?
        .into_iter()
        .flatten()
        .collect();
    told.extend(by_dose::told(application, now)?);
    told.extend(programme::told(application, now)?);
    told.sort_by_key(|told| told.at);
    for one in told {
        carry_out(application, one).await?;
    }
    let mut rooms = Vec::new();
    for (index, room) in cast.rooms.iter().enumerate() {
        if let Some(known) = place(application, cast, room, now).await? {
            experience::tell(application, known.1, index).await?;
            rooms.push(known);
        }
    }
    let spare = &cast.spare_monitor;
    devices::register(
        application,
        staff(),
        &spare.device_key,
        "Spare monitor",
        spare.maker.word(),
    )
    .await
    .map_err(|refused| {
        Fault(anyhow::anyhow!(
            "registering the spare monitor: {refused:?}"
        ))
    })?;
    Ok(rooms)
}

pub(super) fn staff() -> Actor {
    Actor::Person {
        id: StaffId(named("staff nora")),
        name: "Nora Lindqvist".to_owned(),
        role: Role::Nurse,
    }
}

fn prescriber() -> Actor {
    Actor::Person {
        id: StaffId(named("staff petra")),
        name: "Dr Petra Ivanova".to_owned(),
        role: Role::Prescriber,
    }
}

pub(super) fn named(name: &str) -> Uuid {
    Uuid::new_v5(&NAMES, name.as_bytes())
}

/// The identity of a member of the cast, the same in every demo.
pub fn patient_of(person: &CastMember) -> PatientId {
    PatientId(named(&format!("patient {}", person.number)))
}

fn session_of(person: &CastMember) -> SessionId {
    SessionId(named(&format!("session {}", person.number)))
}

/// Rooms, and the clinic limits switched on.
async fn open_clinic(application: &Application, cast: &Cast, at: Moment) -> Result<(), Fault> {
    let rooms = cast
        .rooms
        .iter()
        .map(|room| room.name.as_str())
        .chain(by_dose::ROOMS)
        .zip(1..)
        .map(|(name, position)| ClinicEvent::RoomOpened {
            name: name.to_owned(),
            position,
        });
    let switched = ClinicEvent::AdvisoriesSwitched {
        on: true,
        signed_by: "Dr Maria Okonkwo".to_owned(),
        at,
    };
    // As shipped nothing is predicted on any page; this clinic has signed that it wants to see it.
    let on = Quantity {
        value: Decimal::ONE,
        unit: Unit::Switch,
    };
    let prediction = ClinicEvent::PolicyAdopted {
        policy: "prediction".to_owned(),
        version: application.in_force().prediction.policy().version(),
        values: written_values(
            &["in_room", "with_order"]
                .map(|name| (name.to_owned(), on))
                .into(),
        ),
        signed_by: "Dr Maria Okonkwo".to_owned(),
        statement: "We look at predicted concentrations, and decide nothing by them.".to_owned(),
        at,
    };
    let events: Vec<_> = rooms
        .chain([switched, prediction])
        .map(|event| event.to_new_event(EventId(Uuid::now_v7()), at))
        .collect();
    let decision = Decision {
        tenant: application.tenant,
        command_id: CommandId(named("open the clinic")),
        actor: Actor::System {
            part: "demo".to_owned(),
        },
        recorded_at: at,
        appends: vec![Append {
            stream: StreamId::clinic(application.tenant),
            expected_version: 0,
            events,
        }],
        projections: Vec::new(),
        audit: Vec::new(),
        answer: b"{}".to_vec(),
    };
    application
        .store
        .commit(decision)
        .await
        .context("opening the demo clinic")?;
    application.read_clinic().await
}

async fn register(
    application: &Application,
    person: &CastMember,
    now: Moment,
) -> Result<(), Fault> {
    let days = i64::from(person.weighed_days_ago);
    let at = now - Span::from_hours(24 * 20);
    let mut events = vec![PatientEvent::PatientRegistered {
        patient: patient_of(person),
        record_number: person.number.clone(),
        family_name: person.family.clone(),
        given_name: person.given.clone(),
        birth_date: person
            .birth_date
            .parse()
            .context("a birth date of the cast")?,
        sex: match person.sex {
            simulator::clinic::Sex::Female => Sex::Female,
            simulator::clinic::Sex::Male => Sex::Male,
            simulator::clinic::Sex::Other => Sex::Other,
        },
    }];
    let allergies = match &person.allergies {
        simulator::clinic::Allergies::NoneRecorded => None,
        simulator::clinic::Allergies::NoneKnown => Some(Allergies::NoneKnown),
        simulator::clinic::Allergies::Known(list) => Some(Allergies::List(
            list.iter()
                .map(|substance| Allergy {
                    substance: substance.clone(),
                    reaction: None,
                })
                .collect(),
        )),
    };
    if let Some(allergies) = allergies {
        let by = "Nora Lindqvist".to_owned();
        events.push(PatientEvent::AllergiesRecorded { allergies, at, by });
    }
    events.push(PatientEvent::ContactsRecorded {
        contacts: Contacts::unknown(Language::English),
        at,
        by: "Nora Lindqvist".to_owned(),
    });
    events.push(PatientEvent::BodyWeightMeasured {
        kilograms: Kilograms::new(person.body_weight).context("a weight of the cast")?,
        at: now - Span::from_hours(24 * days),
        by: "Nora Lindqvist".to_owned(),
    });
    patients::register(
        application,
        CommandId(named(&format!("register {}", person.number))),
        staff(),
        patient_of(person),
        events,
        |_| EventId(Uuid::now_v7()),
        at,
    )
    .await
}

/// What is known of the person's earlier sessions: the same dose a few days ago, but for one person,
/// whose dose is larger today.
fn grounds(person: &CastMember, now: Moment) -> Result<Grounds, Fault> {
    let earlier = u32::from(person.session_number.saturating_sub(1));
    let born: jiff::civil::Date = person
        .birth_date
        .parse()
        .context("a birth date of the cast")?;
    let today = now.timestamp().to_zoned(jiff::tz::TimeZone::UTC).date();
    let age = born
        .until((jiff::Unit::Year, today))
        .context("an age of the cast")?
        .get_years();
    let before = if person.number == RAISED {
        person.ordered_milligrams - Decimal::from(4)
    } else {
        person.ordered_milligrams
    };
    let last = LastDose {
        at: now - Span::from_hours(24 * 4),
        dose: Milligrams::new(before)?,
        dosing_weight: Kilograms::new(person.body_weight)?,
    };
    Ok(Grounds {
        age: u16::try_from(age).ok(),
        earlier,
        in_seven_days: if earlier == 0 { 1 } else { 2 },
        last: (earlier > 0).then_some(last),
        liver: None,
    })
}

/// The order: the bag holds the ordered dose, and runs over the person's length of infusion.
fn order(person: &CastMember, now: Moment) -> Result<DrugOrder, Fault> {
    let minutes = Decimal::from(person.infusion_length.minutes().max(1));
    let drawn = (person.ordered_milligrams / VIAL).round_dp(2);
    Ok(DrugOrder {
        drug: "ketamine".to_owned(),
        dose: Milligrams::new(person.ordered_milligrams)?,
        concentration: MilligramsPerMillilitre::new(person.ordered_milligrams / BAG)?,
        volume: Millilitres::new(BAG)?,
        rate: MillilitresPerHour::new(BAG * Decimal::from(60) / minutes)?,
        dosing_weight: Kilograms::new(person.body_weight)?,
        weight_kind: Some(WeightKind::Actual),
        prescriber: "Dr Petra Ivanova".to_owned(),
        beyond: None,
        reckoned: Some(Reckoned {
            weight: WeightKind::Actual,
            vial: MilligramsPerMillilitre::new(VIAL)?,
            drawn: Millilitres::new(drawn)?,
            diluent: Millilitres::new(BAG - drawn)?,
        }),
        way: Way::default(),
        alongside: Alongside::default(),
        grounds: Some(grounds(person, now)?),
    })
}

/// One person's visit until the demo opens.
fn visit(application: &Application, person: &CastMember, now: Moment) -> Result<Vec<Told>, Fault> {
    let mut story = Story {
        person,
        told: Vec::new(),
        session: session_of(person),
    };
    let minutes = Span::from_minutes;
    match &person.stage {
        Stage::NotToday => {}
        Stage::Expected { in_time } => {
            story.plan(application, now - minutes(90), now + *in_time)?
        }
        Stage::WaitingForFasting {
            checked_in,
            last_solid_food,
            last_clear_fluid,
        } => {
            let arrived = now - *checked_in;
            story.plan(application, arrived - minutes(60), now + minutes(30))?;
            story.check_in(
                arrived,
                FastingAnswers {
                    clear_liquid: Answer::Is(now - *last_clear_fluid),
                    light_meal: Answer::Is(now - *last_solid_food),
                    heavy_meal: Answer::NoneSuch,
                },
            );
            story.identify(arrived + minutes(2));
        }
        Stage::Infusion { started } => {
            story.begin(application, now - *started)?;
            story.chart_until(now - *started, None, now - Span::from_seconds(40))?;
        }
        Stage::Recovery { started, ended } => {
            story.begin(application, now - *started)?;
            story.chart_until(
                now - *started,
                Some(now - *ended),
                now - Span::from_seconds(40),
            )?;
            story.end(now - *ended);
        }
        Stage::Discharged {
            started,
            ended,
            discharged,
        } => {
            story.begin(application, now - *started)?;
            story.chart_until(
                now - *started,
                Some(now - *ended),
                now - *discharged - minutes(4),
            )?;
            story.end(now - *ended);
            story.leave(now - *discharged)?;
        }
    }
    Ok(story.told)
}

struct Story<'a> {
    person: &'a CastMember,
    told: Vec<Told>,
    session: SessionId,
}

impl Story<'_> {
    fn say(&mut self, at: Moment, command: Command) {
        self.told.push(Told {
            at,
            session: self.session,
            command,
        });
    }

    fn plan(
        &mut self,
        application: &Application,
        at: Moment,
        planned_for: Moment,
    ) -> Result<(), Fault> {
        let command = Command::PlanSession {
            patient: patient_of(self.person),
            room: self
                .person
                .room
                .clone()
                // The room that will be free first.
                .unwrap_or_else(|| "3".to_owned()),
            planned_for,
            earlier_sessions: u32::from(self.person.session_number.saturating_sub(1)),
            order: order(self.person, planned_for)?,
            rules: application.rules().in_force(),
        };
        self.say(at, command);
        Ok(())
    }

    fn check_in(&mut self, at: Moment, fasting: FastingAnswers) {
        let escort = Some("partner, by car".to_owned());
        self.say(at, Command::CheckIn { fasting, escort });
    }

    fn identify(&mut self, at: Moment) {
        let identifiers = vec![Identifier::FullName, Identifier::BirthDate];
        self.say(at, Command::ConfirmIdentity { identifiers });
    }

    /// From check-in to the first drug.
    fn begin(&mut self, application: &Application, start: Moment) -> Result<(), Fault> {
        let before = |minutes: i64| start - Span::from_minutes(minutes);
        self.plan(application, before(120), start)?;
        self.check_in(
            before(25),
            FastingAnswers {
                clear_liquid: Answer::Is(start - Span::from_hours(3)),
                light_meal: Answer::Is(start - Span::from_hours(11)),
                heavy_meal: Answer::NoneSuch,
            },
        );
        self.identify(before(22));
        let signs = self.body().advance(Span::from_seconds(1), Milligrams::ZERO);
        self.signs(before(6), &signs)?;
        self.say(
            before(5),
            Command::ScoreSedation {
                score: SedationScore::try_from(5)?,
            },
        );
        self.say(
            before(2),
            Command::CompleteTimeOut {
                lines: Line::ALL.to_vec(),
                monitoring: Monitoring::Monitor,
            },
        );
        self.say(
            start,
            Command::StartInfusion {
                override_reason: None,
                second_clinician: None,
            },
        );
        Ok(())
    }

    fn body(&self) -> SimulatedPatient {
        use rust_decimal::prelude::ToPrimitive;
        let weight = self.person.body_weight.to_f64().unwrap_or(70.0);
        SimulatedPatient::from_seed(self.person.seed).weighing(weight)
    }

    /// Vital signs every five minutes while drug is given, every fifteen after, with scores and
    /// a few words.
    fn chart_until(
        &mut self,
        start: Moment,
        ended: Option<Moment>,
        until: Moment,
    ) -> Result<(), Fault> {
        let mut body = self.body();
        let whole = Decimal::from(self.person.infusion_length.minutes().max(1));
        let each_minute = Milligrams::new(self.person.ordered_milligrams / whole)?;
        let minute = Span::from_minutes(1);
        let mut at = start;
        let mut count = 0_i64;
        while at + minute <= until {
            let paused = self.person.number == PAUSED && (9..13).contains(&count);
            let giving = ended.is_none_or(|ended| at < ended) && !paused;
            let signs = body.advance(
                minute,
                if giving {
                    each_minute
                } else {
                    Milligrams::ZERO
                },
            );
            at = at + minute;
            count += 1;
            let due = if giving { 5 } else { 15 };
            if count % due == 0 {
                self.signs(at - Span::from_seconds(20), &signs)?;
            }
            if count % 10 == 0 {
                let score = SedationScore::try_from(signs.responsiveness.min(5))?;
                self.say(at, Command::ScoreSedation { score });
            }
            if count % 20 == 0 {
                let score = DistressScore::try_from(signs.distress.min(10))?;
                self.say(at, Command::ScoreDistress { score });
            }
            match count {
                9 if self.person.number == PAUSED => self.say(
                    at,
                    Command::PauseInfusion {
                        reason: "asked for a break".to_owned(),
                    },
                ),
                13 if self.person.number == PAUSED => {
                    self.say(at, Command::ResumeInfusion);
                    let slower = self.person.infusion_length.minutes() + 10;
                    self.say(
                        at + Span::from_seconds(30),
                        Command::ChangeRate {
                            rate: MillilitresPerHour::new(
                                BAG * Decimal::from(60) / Decimal::from(slower),
                            )?,
                            reason: "slower, as she asked".to_owned(),
                            override_reason: None,
                        },
                    );
                }
                3 => self.say(
                    at,
                    Command::GiveSupport {
                        kind: SupportKind::Music,
                        note: "quieter, as agreed".to_owned(),
                        detail: SupportDetail::default(),
                    },
                ),
                4 => self.say(at, Command::TakeRoom),
                8 => self.feels(at, &[(Side::Dissociation, 3), (Side::Calm, 6)])?,
                12 => self.say(
                    at,
                    Command::MarkMoment {
                        note: String::new(),
                    },
                ),
                18 => self.feels(
                    at,
                    &[(Side::Dissociation, 7), (Side::Nausea, 4), (Side::Calm, 8)],
                )?,
                19 => self.say(
                    at,
                    Command::WriteNote {
                        text: "nausea, ondansetron 4 mg IV".to_owned(),
                    },
                ),
                16 => self.say(
                    at,
                    Command::WriteNote {
                        text: "Eyes closed, breathing calmly; asked for water.".to_owned(),
                    },
                ),
                _ => {}
            }
        }
        Ok(())
    }

    fn feels(&mut self, at: Moment, ratings: &[(Side, u8)]) -> Result<(), Fault> {
        for ((side, points), seconds) in ratings.iter().zip(0..) {
            let rating = Rating::try_from(*points)?;
            // One tap after the other: a command of the story is known by its kind and its time.
            self.say(
                at + Span::from_seconds(seconds),
                Command::RateExperience {
                    side: *side,
                    rating,
                    note: None,
                },
            );
        }
        Ok(())
    }

    fn signs(&mut self, at: Moment, signs: &Signs) -> Result<(), Fault> {
        let number = |value: u16| Decimal::from(value);
        let values = VitalSigns {
            systolic: Some(MillimetresOfMercury::new(number(signs.systolic))?),
            diastolic: Some(MillimetresOfMercury::new(number(signs.diastolic))?),
            heart_rate: Some(BeatsPerMinute::new(number(signs.heart_rate))?),
            respiratory_rate: Some(BreathsPerMinute::new(number(signs.respiratory_rate))?),
            oxygen_saturation: Some(OxygenSaturation::new(number(signs.oxygen_saturation))?),
            temperature: Some(DegreesCelsius::new(Decimal::new(
                i64::from(signs.temperature_tenths),
                1,
            ))?),
            ..VitalSigns::default()
        };
        self.say(
            at,
            Command::ChartVitalSigns {
                values,
                source: Source::Hand,
                timing: None,
            },
        );
        Ok(())
    }

    fn end(&mut self, ended: Moment) {
        let why = Stop::Completed;
        self.say(
            ended,
            Command::StopInfusion {
                why,
                note: String::new(),
            },
        );
        self.say(ended + Span::from_seconds(30), Command::BeginObservation);
    }

    fn leave(&mut self, at: Moment) -> Result<(), Fault> {
        for before in [at - Span::from_minutes(19), at - Span::from_minutes(3)] {
            let signs = self.body().advance(Span::from_seconds(1), Milligrams::ZERO);
            self.signs(before, &signs)?;
            self.say(
                before,
                Command::ScoreSedation {
                    score: SedationScore::try_from(5)?,
                },
            );
            self.say(
                before,
                Command::ScoreDistress {
                    score: DistressScore::try_from(0)?,
                },
            );
            self.say(before, super::past::recovered()?);
        }
        self.say(
            at,
            Command::Discharge {
                escort: "partner, by car".to_owned(),
                instructions_given: true,
                stable: true,
                override_reason: None,
            },
        );
        Ok(())
    }
}

/// Puts one command into the record at its own time.
async fn carry_out(application: &Application, told: Told) -> Result<(), Fault> {
    let actor = match told.command {
        Command::PlanSession { .. } | Command::StartInfusion { .. } => prescriber(),
        _ => staff(),
    };
    let what = format!("{} {}", told.command.says(), told.at.microseconds());
    let order = Order {
        command_id: crate::command::derived_command_id(told.session, &what),
        session: told.session,
        actor,
        command: told.command,
        at: Some(told.at),
    };
    let circumstances = Circumstances {
        papers: Papers::in_force("in force, as this invented session has it"),
        now: told.at,
        monitor: MonitorEvidence::Live,
    };
    execute_in(application, order, Some(circumstances))
        .await
        .map_err(|refused| {
            Fault(anyhow::anyhow!(
                "the demo's story: {what}: {}",
                refused.says()
            ))
        })?;
    Ok(())
}

/// Lets a room's monitor serve the person in it.
async fn place(
    application: &Application,
    cast: &Cast,
    room: &CastRoom,
    now: Moment,
) -> Result<Option<(Room, PatientId)>, Fault> {
    let monitor = &room.monitor;
    let name = format!("Monitor {}", room.name);
    let refused = |refused: devices::DeviceRefused| Fault(anyhow::anyhow!("{name}: {refused:?}"));
    let device = devices::register(
        application,
        staff(),
        &monitor.device_key,
        &name,
        monitor.maker.word(),
    )
    .await
    .map_err(refused)?;
    let Some(person) = cast.person_in(&room.name) else {
        return Ok(None);
    };
    let session = session_of(person);
    let order = DeviceOrder {
        command_id: CommandId(named(&format!("associate {}", room.name))),
        device,
        actor: staff(),
        command: DeviceCommand::AssociateDevice {
            room: room.name.clone(),
            session: Some(session),
            method: Method::Scan,
            take_over: false,
        },
        at: Some(now - Span::from_seconds(30)),
    };
    devices::execute(application, order)
        .await
        .map_err(refused)?;
    if let Some(known) = application.sessions.session(session).await? {
        patients::expect(application, &known).await?;
    }
    let known = Room {
        room: room.name.clone(),
        device_id: monitor.device_key.clone(),
        session_id: session.to_string(),
    };
    Ok(Some((known, patient_of(person))))
}
