//! Two people of the demo whose drug is not pumped: one between two devices of esketamine, one who
//! was given an injection and is watched until they may leave.

use super::admission;
use super::story::{Told, named, staff};
use crate::application::Application;
use crate::book;
use crate::fault::Fault;
use crate::patients;
use anyhow::Context as _;
use clinical::course::screening::person::{ChildPugh, Product, Route};
use clinical::course::session::{
    Alongside, Answer, Command, DistressScore, FastingAnswers, Giving, Grounds, Identifier,
    LastDose, Line, Monitoring, Order, Portion, Reckoned, SedationScore, Site, Stop,
    SupportingMedicine, VitalSigns, Way, WhatIf,
};
use clinical::dosing::WeightKind;
use clinical::leaflet::Language;
use clinical::patient::{Allergies, Contacts, Enrolment, PatientEvent, Sex};
use clinical::record::{CommandId, EventId, PatientId, SessionId};
use clinical::vital_signs::Source;
use units::{
    BeatsPerMinute, BreathsPerMinute, Decimal, Kilograms, Milligrams, MilligramsPerMillilitre,
    Millilitres, MillilitresPerHour, MillimetresOfMercury, Moment, OxygenSaturation, Span,
};
use uuid::Uuid;

/// The rooms that these two are in.
pub const ROOMS: [&str; 2] = ["5", "6"];

/// Somebody who is given their drug by dose.
pub(super) struct Guest {
    pub(super) number: &'static str,
    pub(super) family: &'static str,
    pub(super) given: &'static str,
    pub(super) birth_date: &'static str,
    pub(super) kilograms: i64,
    pub(super) room: &'static str,
}

const SPRAYED: Guest = Guest {
    number: "0042-225",
    family: "REYES",
    given: "Marta",
    birth_date: "1980-05-06",
    kilograms: 70,
    room: ROOMS[0],
};

const INJECTED: Guest = Guest {
    number: "0042-231",
    family: "SORENSEN",
    given: "Ida",
    birth_date: "1988-10-19",
    kilograms: 80,
    room: ROOMS[1],
};

impl Guest {
    pub(super) fn patient(&self) -> PatientId {
        PatientId(named(&format!("patient {}", self.number)))
    }

    pub(super) fn session(&self) -> SessionId {
        SessionId(named(&format!("session {}", self.number)))
    }
}

/// Both with their ways.
const GUESTS: [(&Guest, (Product, Route)); 2] = [
    (&SPRAYED, (Product::Esketamine, Route::Intranasal)),
    (&INJECTED, (Product::Racemic, Route::Intramuscular)),
];

/// Registers both.
pub(super) async fn register_both(application: &Application, now: Moment) -> Result<(), Fault> {
    for (guest, _) in GUESTS {
        register(application, guest, now).await?;
    }
    Ok(())
}

/// Has both accepted and agree.
pub(super) async fn admit_both(application: &Application) -> Result<(), Fault> {
    for (guest, way) in GUESTS {
        let name = format!("{} {}", guest.given, guest.family);
        admission::admit_for(application, guest.patient(), &name, true, way).await?;
    }
    Ok(())
}

/// What was done in their visits until now.
pub(super) fn told(application: &Application, now: Moment) -> Result<Vec<Told>, Fault> {
    let before = |minutes: i64| now - Span::from_minutes(minutes);
    let order = devices(3, before(7 * 24 * 60 - 60))?;
    let mut sprayed = Visit::ready(application, &SPRAYED, order, before(9))?;
    sprayed.give("28", Portion::Device { fault: None }, before(9))?;
    sprayed.signs(before(6), 132, 80)?;
    // The third one may be given from a minute and a half on.
    let second = now - Span::from_seconds(210);
    sprayed.give("28", Portion::Device { fault: None }, second)?;

    let mut injected = Visit::ready(application, &INJECTED, injection()?, before(72))?;
    let site = Site::LeftDeltoid;
    injected.give("56", Portion::Injection { site }, before(72))?;
    injected.say(
        before(71),
        Command::EndDosing {
            why: Stop::Completed,
            note: String::new(),
        },
    );
    for (ago, systolic, diastolic) in [(60, 138, 84), (45, 134, 82), (30, 128, 80), (12, 124, 78)] {
        injected.signs(before(ago), systolic, diastolic)?;
    }
    injected.awake(before(12))?;
    let score = DistressScore::try_from(1)?;
    injected.say(before(12), Command::ScoreDistress { score });
    Ok(sprayed.told.into_iter().chain(injected.told).collect())
}

pub(super) async fn register(
    application: &Application,
    guest: &Guest,
    now: Moment,
) -> Result<(), Fault> {
    let at = now - Span::from_hours(24 * 20);
    let by = || "Nora Lindqvist".to_owned();
    let enrolment = Enrolment::Enrolled {
        on: book::date_of(&application.zone, at)?,
    };
    let mut events = vec![
        PatientEvent::PatientRegistered {
            patient: guest.patient(),
            record_number: guest.number.to_owned(),
            family_name: guest.family.to_owned(),
            given_name: guest.given.to_owned(),
            birth_date: guest.birth_date.parse().context("a birth date")?,
            sex: Sex::Female,
        },
        PatientEvent::AllergiesRecorded {
            allergies: Allergies::NoneKnown,
            at,
            by: by(),
        },
        PatientEvent::ContactsRecorded {
            contacts: Contacts::unknown(Language::English),
            at,
            by: by(),
        },
        PatientEvent::BodyWeightMeasured {
            kilograms: Kilograms::new(guest.kilograms.into())?,
            at: now - Span::from_hours(3),
            by: by(),
        },
    ];
    if guest.number != INJECTED.number {
        let by = by();
        events.push(PatientEvent::EnrolmentSaid { enrolment, at, by });
    }
    patients::register(
        application,
        CommandId(named(&format!("register {}", guest.number))),
        staff(),
        guest.patient(),
        events,
        |_| EventId(Uuid::now_v7()),
        at,
    )
    .await
}

fn milligrams(value: i64) -> Result<Milligrams, Fault> {
    Ok(Milligrams::new(value.into())?)
}

fn alongside() -> Alongside {
    Alongside {
        medicines: vec![SupportingMedicine {
            name: "ondansetron".to_owned(),
            dose: "4 mg".to_owned(),
            route: "by mouth".to_owned(),
            when: "if sick".to_owned(),
        }],
        what_if: vec![WhatIf {
            happens: "systolic pressure is above 180".to_owned(),
            then: "call Dr Ivanova to the room".to_owned(),
        }],
    }
}

/// So many devices; last time it was one less.
pub(super) fn devices(number: u8, last: Moment) -> Result<Order, Fault> {
    let each = milligrams(28)?;
    let count = Decimal::from(number);
    let dosing_weight = Kilograms::new(SPRAYED.kilograms.into())?;
    Ok(Order {
        drug: "esketamine".to_owned(),
        dose: Milligrams::new(each.value() * count)?,
        concentration: MilligramsPerMillilitre::new(Decimal::from(140))?,
        volume: Millilitres::new(Decimal::new(2, 1) * count)?,
        rate: MillilitresPerHour::ZERO,
        dosing_weight,
        weight_kind: Some(WeightKind::Actual),
        prescriber: "Dr Petra Ivanova".to_owned(),
        beyond: None,
        reckoned: None,
        way: Way {
            product: Product::Esketamine,
            route: Route::Intranasal,
            giving: Giving::Devices { number, each },
        },
        alongside: alongside(),
        grounds: Some(Grounds {
            age: Some(46),
            earlier: 3,
            in_seven_days: 2,
            last: Some(LastDose {
                at: last,
                dose: milligrams(56)?,
                dosing_weight,
            }),
            liver: Some(ChildPugh::NoDisease),
        }),
    })
}

/// 80 kg × 0.7 mg/kg = 56 mg, 0.56 mL of 100 mg/mL. Source: clinical reference 3.7.
fn injection() -> Result<Order, Fault> {
    let volume = Millilitres::new(Decimal::new(56, 2))?;
    let vial = MilligramsPerMillilitre::new(Decimal::from(100))?;
    Ok(Order {
        drug: "ketamine".to_owned(),
        dose: milligrams(56)?,
        concentration: vial,
        volume,
        rate: MillilitresPerHour::ZERO,
        dosing_weight: Kilograms::new(INJECTED.kilograms.into())?,
        weight_kind: Some(WeightKind::Actual),
        prescriber: "Dr Petra Ivanova".to_owned(),
        beyond: None,
        reckoned: Some(Reckoned {
            weight: WeightKind::Actual,
            vial,
            drawn: volume,
            diluent: Millilitres::new(Decimal::ZERO)?,
        }),
        way: Way {
            product: Product::Racemic,
            route: Route::Intramuscular,
            giving: Giving::Doses {
                number: 1,
                each: milligrams(56)?,
            },
        },
        alongside: alongside(),
        grounds: Some(Grounds {
            age: Some(38),
            earlier: 1,
            in_seven_days: 1,
            last: None,
            liver: Some(ChildPugh::NoDisease),
        }),
    })
}

/// A visit as it is told.
pub(super) struct Visit {
    session: SessionId,
    pub(super) told: Vec<Told>,
}

impl Visit {
    /// From the plan to the time-out, for a first dose at this moment.
    pub(super) fn ready(
        application: &Application,
        guest: &Guest,
        order: Order,
        first: Moment,
    ) -> Result<Self, Fault> {
        let before = |minutes: i64| first - Span::from_minutes(minutes);
        let mut visit = Self {
            session: guest.session(),
            told: Vec::new(),
        };
        visit.say(
            before(120),
            Command::PlanSession {
                patient: guest.patient(),
                room: guest.room.to_owned(),
                planned_for: first,
                earlier_sessions: order.grounds.as_ref().map_or(0, |known| known.earlier),
                order,
                rules: application.rules().in_force(),
            },
        );
        visit.say(
            before(25),
            Command::CheckIn {
                fasting: FastingAnswers {
                    clear_liquid: Answer::Is(first - Span::from_hours(3)),
                    light_meal: Answer::Is(first - Span::from_hours(11)),
                    heavy_meal: Answer::NoneSuch,
                },
                escort: Some("sister, by car".to_owned()),
            },
        );
        visit.say(
            before(22),
            Command::ConfirmIdentity {
                identifiers: vec![Identifier::FullName, Identifier::BirthDate],
            },
        );
        visit.signs(before(6), 122, 76)?;
        visit.awake(before(5))?;
        visit.say(
            before(2),
            Command::CompleteTimeOut {
                lines: Line::ALL.to_vec(),
                monitoring: Monitoring::ByHand,
            },
        );
        Ok(visit)
    }

    pub(super) fn say(&mut self, at: Moment, command: Command) {
        self.told.push(Told {
            at,
            session: self.session,
            command,
        });
    }

    pub(super) fn give(&mut self, amount: &str, portion: Portion, at: Moment) -> Result<(), Fault> {
        let amount = Milligrams::new(amount.parse().context("an amount")?)?;
        self.say(
            at,
            Command::GiveDose {
                amount,
                portion,
                override_reason: None,
                second_clinician: None,
            },
        );
        Ok(())
    }

    pub(super) fn signs(&mut self, at: Moment, systolic: i64, diastolic: i64) -> Result<(), Fault> {
        let values = VitalSigns {
            systolic: Some(MillimetresOfMercury::new(systolic.into())?),
            diastolic: Some(MillimetresOfMercury::new(diastolic.into())?),
            heart_rate: Some(BeatsPerMinute::new(Decimal::from(76))?),
            respiratory_rate: Some(BreathsPerMinute::new(Decimal::from(14))?),
            oxygen_saturation: Some(OxygenSaturation::new(Decimal::from(98))?),
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

    pub(super) fn awake(&mut self, at: Moment) -> Result<(), Fault> {
        let score = SedationScore::try_from(5)?;
        self.say(at, Command::ScoreSedation { score });
        Ok(())
    }
}
