//! People on their way to treatment in the demo clinic: one at every stage, in both languages.

use super::{admission, story};
use crate::application::Application;
use crate::book::{self, LocalTime, Wish};
use crate::escort;
use crate::fault::Fault;
use crate::journey::{self, Change};
use crate::patients::{self, By, Entry};
use crate::preparation;
use crate::web::clearance;
use anyhow::{Context as _, anyhow};
use clinical::clinic::{Clinic, ClinicEvent, ClockTime, Hours, Weekday};
use clinical::course::booking::{Command, Place, Times, Visit};
use clinical::course::clearance::{Command as Letter, Paper, Recipient, Way};
use clinical::course::escort::{Comes, Way as AskedBy};
use clinical::course::preparation::{
    Escort, Given, Medicine, MedicineDecision, Preparation, Ride, Said, Taken,
};
use clinical::course::screening::Question;
use clinical::course::screening::person::{Answer as Told, Product, Route};
use clinical::course::session::{Alongside, Answer, Command as Session, Order as DrugOrder};
use clinical::leaflet::Language;
use clinical::patient::{CivilDate, Companion, Contacts, Sex};
use clinical::record::{Actor, ClearanceId, CommandId, PatientId, Role, SessionId, StaffId};
use simulator::clinic::{Cast, CastMember};
use units::{
    Decimal, Kilograms, Milligrams, MilligramsPerMillilitre, Millilitres, MillilitresPerHour,
};
use units::{Moment, Span};
use uuid::Uuid;

/// How long a course takes that the letter's end falls into.
const TWICE_A_WEEK: [i64; 4] = [1, 4, 8, 11];

/// A letter of this age ends within that course. Source: policy `clearance`, 90 days.
const LETTER_AGE_DAYS: i64 = 85;

/// What everybody here takes.
const SERTRALINE: &str = "Sertraline";

/// So long before a visit a late breakfast is eaten: within the hours that the rules want without
/// food (policy `fasting`: six), and past at every hour at which the demo is opened.
const BREAKFAST: Span = Span::from_minutes(4 * 60 + 30);

/// How far a person has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Registered; nothing was asked.
    New,
    /// In the middle of the history.
    Asking,
    /// Handed in; a clinician has not read it.
    HandedIn,
    /// High blood pressure; the letter that lifts it was asked for two weeks ago.
    WaitsForLetter,
    /// Accepted; has not signed.
    ToSign,
    /// Accepted with a letter that ends in the middle of the course.
    LetterEnds,
    /// Tomorrow; nobody takes them home.
    NobodyToGoWith,
    /// Soon; had a late breakfast.
    AteLate,
    /// Soon; everything is in order.
    AllInOrder,
    /// Accepted at the least age of the rules.
    Youngest,
}

struct Guest {
    given: &'static str,
    family: &'static str,
    born: &'static str,
    sex: Sex,
    language: Language,
    stage: Stage,
}

const fn guest(
    given: &'static str,
    family: &'static str,
    born: &'static str,
    sex: Sex,
    language: Language,
    stage: Stage,
) -> Guest {
    Guest {
        given,
        family,
        born,
        sex,
        language,
        stage,
    }
}

/// Everybody, in the order in which they came. An empty birth date is nineteen years ago.
const GUESTS: [Guest; 11] = {
    use Language::{English, Spanish};
    use Sex::{Female, Male};
    [
        guest(
            "Lucía",
            "Herrera",
            "1988-05-14",
            Female,
            Spanish,
            Stage::New,
        ),
        guest("Ned", "Osei", "1975-11-02", Male, English, Stage::Asking),
        guest(
            "Rocío",
            "Ibarra",
            "1969-02-27",
            Female,
            Spanish,
            Stage::Asking,
        ),
        guest(
            "Daniel",
            "Weiss",
            "1990-08-09",
            Male,
            English,
            Stage::HandedIn,
        ),
        guest(
            "Carmen",
            "Ruiz",
            "1962-12-01",
            Female,
            Spanish,
            Stage::WaitsForLetter,
        ),
        guest(
            "Elena",
            "Soto",
            "1984-03-30",
            Female,
            Spanish,
            Stage::ToSign,
        ),
        guest(
            "Grace",
            "Lim",
            "1971-07-18",
            Female,
            English,
            Stage::LetterEnds,
        ),
        guest(
            "Hugo",
            "Vidal",
            "1993-01-22",
            Male,
            Spanish,
            Stage::NobodyToGoWith,
        ),
        guest(
            "Iris",
            "Young",
            "1979-09-05",
            Female,
            English,
            Stage::AteLate,
        ),
        guest(
            "Farid",
            "Nasser",
            "1981-06-11",
            Male,
            English,
            Stage::AllInOrder,
        ),
        guest("Sofía", "Navarro", "", Female, Spanish, Stage::Youngest),
    ]
};

/// Opens the book and lets everybody come as far as they came.
pub async fn tell(application: &Application, cast: &Cast) -> Result<(), Fault> {
    open_the_book(application).await?;
    for person in &cast.people {
        admit(application, person).await?;
    }
    for (guest, number) in GUESTS.iter().zip(0_u8..) {
        let place = Place {
            room: format!("{}", 1 + (number / 2) % 4),
            chair: number % 2 + 1,
        };
        let patient = register(application, guest).await?;
        let one = Coming {
            application,
            guest,
            patient,
            place,
        };
        one.comes().await?;
    }
    // What the server would do in its first minute is done: the record then stays as it is left.
    preparation::follow_the_book(application).await
}

/// Whoever is in a room today has told their history, was accepted, and has agreed, today too.
async fn admit(application: &Application, person: &CastMember) -> Result<(), Fault> {
    let patient = story::patient_of(person);
    let name = format!("{} {}", person.given, person.family);
    let can_become_pregnant = person.sex != simulator::clinic::Sex::Male;
    admission::admit(application, patient, &name, can_become_pregnant).await
}

/// Hours, chairs and staff. The demo is open at every hour at which somebody may look at it.
async fn open_the_book(application: &Application) -> Result<(), Fault> {
    let by = "Dr Maria Okonkwo".to_owned();
    let now = application.clock.now();
    let hours = ClockTime::new(0, 0)
        .zip(ClockTime::new(24, 0))
        .and_then(|(from, until)| Hours::new(from, until))
        .ok_or_else(|| anyhow!("the demo's hours"))?;
    let mut events: Vec<ClinicEvent> = application
        .clinic()
        .rooms
        .iter()
        .map(|room| ClinicEvent::ChairsCounted {
            room: room.name.clone(),
            chairs: 2,
            by: by.clone(),
            at: now,
        })
        .collect();
    for weekday in Weekday::ALL {
        events.push(ClinicEvent::OpeningHoursSet {
            weekday,
            hours: vec![hours],
            by: by.clone(),
            at: now,
        });
        events.push(ClinicEvent::StaffOnDutySet {
            weekday,
            staff: 6,
            by: by.clone(),
            at: now,
        });
    }
    let change = Change {
        command_id: CommandId(Uuid::now_v7()),
        actor: director(),
        at: None,
        id: application.tenant.0,
        patient: None,
        session: None,
        action: "set the clinic's chairs, hours or staff",
        wanted: "the demo's hours".to_owned(),
    };
    journey::change::<Clinic, crate::web::respond::Refused>(application, change, |_, _| {
        Ok(events.clone())
    })
    .await
    .map_err(admission::told)?;
    application.read_clinic().await
}

fn director() -> Actor {
    Actor::Person {
        id: StaffId(Uuid::new_v5(&Uuid::NAMESPACE_OID, b"staff maria")),
        name: "Dr Maria Okonkwo".to_owned(),
        role: Role::MedicalDirector,
    }
}

fn desk() -> Actor {
    Actor::Person {
        id: StaffId(Uuid::new_v5(&Uuid::NAMESPACE_OID, b"staff frank")),
        name: "Frank Adeyemi".to_owned(),
        role: Role::FrontDesk,
    }
}

async fn register(application: &Application, guest: &Guest) -> Result<PatientId, Fault> {
    let birth_date = if guest.born.is_empty() {
        let today = book::date_of(&application.zone, application.clock.now())?;
        // The second of January is a day of every year, and past on every day but one.
        CivilDate::new(today.year() - 19, 1, 2).context("a birth date")?
    } else {
        guest.born.parse().context("a birth date")?
    };
    let companion = Companion {
        name: "Sam Rivera".to_owned(),
        phone: "01 555 0142".to_owned(),
        relationship: String::new(),
    };
    let entry = Entry {
        record_number: None,
        family_name: guest.family.to_owned(),
        given_name: guest.given.to_owned(),
        birth_date,
        sex: guest.sex,
        contacts: Contacts {
            emergency_contact: Some(companion),
            ..Contacts::unknown(guest.language)
        },
    };
    let by = By {
        command_id: CommandId(Uuid::now_v7()),
        actor: desk(),
        name: "Frank Adeyemi".to_owned(),
    };
    patients::register_new(application, by, entry, Vec::new())
        .await
        .map_err(admission::told)
}

/// One person on their way.
struct Coming<'a> {
    application: &'a Application,
    guest: &'a Guest,
    patient: PatientId,
    place: Place,
}

impl Coming<'_> {
    async fn comes(&self) -> Result<(), Fault> {
        let days = |count: i64| Span::from_hours(24 * count);
        match self.guest.stage {
            Stage::New => Ok(()),
            Stage::Asking => {
                let person = self.tells()?;
                admission::tell_some(self.application, self.patient, &self.name(), &person, 17)
                    .await
            }
            Stage::HandedIn => self.hands_in().await,
            Stage::WaitsForLetter => {
                self.hands_in().await?;
                self.asks_for_a_letter(days(14)).await.map(drop)
            }
            Stage::ToSign | Stage::Youngest => {
                self.hands_in().await?;
                self.is_accepted().await?;
                self.books(&[self.at(7, 10)?, self.at(10, 10)?])
                    .await
                    .map(drop)
            }
            Stage::LetterEnds => {
                self.hands_in().await?;
                self.brings_a_letter().await?;
                self.is_accepted().await?;
                self.agrees().await?;
                let visits = TWICE_A_WEEK
                    .into_iter()
                    .map(|day| self.at(day, 13))
                    .collect::<Result<Vec<_>, _>>()?;
                self.books(&visits).await.map(drop)
            }
            Stage::NobodyToGoWith => self.comes_on(&[self.at(1, 9)?, self.at(4, 9)?]).await,
            Stage::AteLate | Stage::AllInOrder => self.comes_on(&[self.soon()?]).await,
        }
    }

    fn name(&self) -> String {
        format!("{} {}", self.guest.given, self.guest.family)
    }

    /// What they tell: an ordinary history, with what their stage adds.
    fn tells(&self) -> Result<clinical::course::screening::Person, Fault> {
        let mut person = admission::ordinary(self.application)?;
        if self.guest.sex == Sex::Male {
            admission::cannot_become_pregnant(&mut person);
        }
        let high_pressure = matches!(self.guest.stage, Stage::WaitsForLetter | Stage::LetterEnds);
        if high_pressure
            && let Some(Told::Said(answer, _)) = person.questions.get_mut(&Question::Hypertension)
        {
            *answer = true;
        }
        Ok(person)
    }

    async fn hands_in(&self) -> Result<(), Fault> {
        let person = self.tells()?;
        admission::tell_history(self.application, self.patient, &self.name(), &person).await
    }

    async fn is_accepted(&self) -> Result<(), Fault> {
        admission::accept(
            self.application,
            self.patient,
            Product::Racemic,
            Route::Intravenous,
        )
        .await
    }

    async fn agrees(&self) -> Result<(), Fault> {
        admission::agree(
            self.application,
            self.patient,
            &self.name(),
            self.guest.language,
            Product::Racemic,
        )
        .await
    }

    /// A letter about high blood pressure is asked for, so long ago.
    async fn asks_for_a_letter(&self, ago: Span) -> Result<ClearanceId, Fault> {
        let now = self.application.clock.now();
        let id = ClearanceId(Uuid::now_v7());
        self.letter(Letter::RequestClearance {
            clearance: id,
            about: vec!["C01".to_owned()],
            from: "primary care".to_owned(),
            recipient: Recipient {
                name: "Dr Lena Ott".to_owned(),
                email: None,
            },
            product: Product::Racemic,
            route: Route::Intravenous,
            question: String::new(),
            brought: false,
        })
        .await?;
        self.letter(Letter::NoteSent {
            clearance: id,
            way: Way::Fax,
            on: book::date_of(&self.application.zone, now - ago)?,
            note: String::new(),
        })
        .await?;
        Ok(id)
    }

    async fn brings_a_letter(&self) -> Result<(), Fault> {
        let now = self.application.clock.now();
        let id = self.asks_for_a_letter(Span::ZERO).await?;
        let written = now - Span::from_hours(24 * LETTER_AGE_DAYS);
        self.letter(Letter::ReceiveClearance {
            clearance: id,
            paper: Paper::Typed {
                words: "Blood pressure is well controlled. No objection.".to_owned(),
            },
            dated: Some(book::date_of(&self.application.zone, written)?),
            signed_by: "Dr Lena Ott".to_owned(),
        })
        .await?;
        self.letter(Letter::AcceptClearance {
            clearance: id,
            statement: "I have read this letter.".to_owned(),
        })
        .await
    }

    async fn letter(&self, command: Letter) -> Result<(), Fault> {
        let id = CommandId(Uuid::now_v7());
        clearance::execute(
            self.application,
            admission::prescriber(),
            self.patient,
            id,
            command,
        )
        .await
        .map_err(admission::told)
    }

    /// A moment some days from now, at an hour of the clinic's clock.
    fn at(&self, days: i64, hour: u16) -> Result<Moment, Fault> {
        let zone = &self.application.zone;
        let now = self.application.clock.now();
        let date = book::date_of(zone, now + Span::from_hours(24 * days))?;
        let time = ClockTime::new(hour, 0).ok_or_else(|| anyhow!("an hour of the clock"))?;
        match book::local_time(zone, date, time) {
            LocalTime::Once(moment) | LocalTime::Twice(moment, _) => Ok(moment),
            LocalTime::Never => Ok(now + Span::from_hours(24 * days)),
        }
    }

    /// In an hour and a half, on a quarter of an hour. The book is kept by the day: a visit that
    /// would go on past midnight begins with the next day.
    fn soon(&self) -> Result<Moment, Fault> {
        let quarter = Span::from_minutes(15);
        let at = (self.application.clock.now() + Span::from_minutes(105)).start_of(quarter);
        let times = self.times()?;
        let ends = at + times.treatment + times.recovery;
        let midnight = preparation::day_of(self.application, ends)?;
        Ok(at.max(midnight))
    }

    fn times(&self) -> Result<Times, Fault> {
        let rules = std::sync::Arc::clone(&self.application.in_force().booking);
        let times = rules.times(Product::Racemic, Route::Intravenous);
        Ok(times.ok_or_else(|| anyhow!("how long a visit takes"))?)
    }

    async fn books(&self, starts: &[Moment]) -> Result<Vec<SessionId>, Fault> {
        let times = self.times()?;
        let visits: Vec<Visit> = starts
            .iter()
            .map(|starts| Visit {
                visit: SessionId(Uuid::now_v7()),
                patient: self.patient,
                place: self.place.clone(),
                product: Product::Racemic,
                route: Route::Intravenous,
                starts: *starts,
                treatment: times.treatment,
                recovery: times.recovery,
            })
            .collect();
        let ids = visits.iter().map(|visit| visit.visit).collect();
        let wish = Wish {
            command_id: CommandId(Uuid::now_v7()),
            actor: desk(),
            patient: self.patient,
            command: Command::BookVisits {
                visits,
                despite_warnings: true,
            },
        };
        book::act(self.application, wish)
            .await
            .map_err(admission::told)?;
        Ok(ids)
    }

    /// Everything before a visit: accepted, agreed, booked, ordered, and the questions answered.
    async fn comes_on(&self, starts: &[Moment]) -> Result<(), Fault> {
        self.hands_in().await?;
        self.is_accepted().await?;
        self.agrees().await?;
        let visits = self.books(starts).await?;
        let next = *visits.first().ok_or_else(|| anyhow!("a visit"))?;
        let first = *starts
            .first()
            .ok_or_else(|| anyhow!("when a visit begins"))?;
        self.is_ordered(next, first).await?;
        preparation::follow_the_book(self.application).await?;
        self.settle_medicines(next).await?;
        for given in self.answers(first) {
            self.answer(next, given).await?;
        }
        if matches!(self.guest.stage, Stage::AteLate | Stage::AllInOrder) {
            self.has_taken_medicines(next, first).await?;
            self.asks_who_takes_them_home(next).await?;
        }
        Ok(())
    }

    /// Whoever takes them home is asked by a link; of the one for whom everything is in order they
    /// have said yes. No message leaves a demo.
    async fn asks_who_takes_them_home(&self, visit: SessionId) -> Result<(), Fault> {
        let wish = escort::Wish {
            command_id: CommandId(Uuid::now_v7()),
            actor: admission::patient(self.patient, &self.name()),
            escort: sam(),
            way: AskedBy::Shown,
            language: self.guest.language,
            agreed: true,
        };
        escort::ask(self.application, visit, wish)
            .await
            .map_err(admission::told)?;
        if self.guest.stage != Stage::AllInOrder {
            return Ok(());
        }
        let asks = escort::of(self.application, visit).await?.state;
        let known = escort::visit(self.application, visit).await?;
        let (Some(known), Some(ask)) = (known, asks.current()) else {
            return Err(Fault(anyhow!("nobody was asked who takes them home")));
        };
        let comes = Comes::Yes {
            ride: Ride::CompanionDrives,
        };
        let command = CommandId(Uuid::now_v7());
        let answered = escort::by_escort(
            self.application,
            (&known, ask),
            command,
            "yes".to_owned(),
            |asks, now| asks.answer(ask.id, comes, true, known.starts, now),
        );
        answered.await.map_err(admission::told)?;
        Ok(())
    }

    /// On the day of the visit they say that they took what they were to take; the evening before
    /// they are not asked yet.
    async fn has_taken_medicines(&self, visit: SessionId, starts: Moment) -> Result<(), Fault> {
        let day = preparation::day_of(self.application, starts)?;
        if self.application.clock.now() < day {
            return Ok(());
        }
        let actor = admission::patient(self.patient, &self.name());
        let taken = Taken {
            name: SERTRALINE.to_owned(),
            taken: Said::Yes,
        };
        self.prepares(
            visit,
            actor,
            "answer a question before a visit",
            |preparation, now| preparation.answer_medicine(taken.clone(), day, now),
        )
        .await
    }

    /// 62 kg at 0.5 mg/kg in 50 mL over 40 minutes. Source: clinical reference 13, scenario 1.
    async fn is_ordered(&self, visit: SessionId, starts: Moment) -> Result<(), Fault> {
        let order = DrugOrder {
            drug: "ketamine".to_owned(),
            dose: Milligrams::new(Decimal::from(31))?,
            concentration: MilligramsPerMillilitre::new(Decimal::new(62, 2))?,
            volume: Millilitres::new(Decimal::from(50))?,
            rate: MillilitresPerHour::new(Decimal::from(75))?,
            dosing_weight: Kilograms::new(Decimal::from(62))?,
            weight_kind: None,
            prescriber: "Dr Petra Ivanova".to_owned(),
            beyond: None,
            reckoned: None,
            way: clinical::course::session::Way::default(),
            alongside: Alongside::default(),
            grounds: Some(clinical::course::session::Grounds {
                age: Some(41),
                earlier: 0,
                in_seven_days: 1,
                last: None,
                liver: None,
            }),
        };
        let planned = crate::command::Order {
            command_id: CommandId(Uuid::now_v7()),
            session: visit,
            actor: admission::prescriber(),
            command: Session::PlanSession {
                patient: self.patient,
                room: self.place.name_in(&self.application.clinic().rooms),
                planned_for: starts,
                earlier_sessions: 0,
                order,
                rules: self.application.rules().in_force(),
            },
            at: None,
        };
        crate::command::execute(self.application, planned)
            .await
            .map_err(admission::told)?;
        Ok(())
    }

    async fn settle_medicines(&self, visit: SessionId) -> Result<(), Fault> {
        let medicines = vec![Medicine {
            name: SERTRALINE.to_owned(),
            decision: MedicineDecision::Take,
            words: String::new(),
        }];
        let actor = admission::prescriber();
        self.prepares(
            visit,
            actor.clone(),
            "settle the medicines",
            |preparation, _| preparation.settle(medicines.clone(), &actor),
        )
        .await
    }

    async fn answer(&self, visit: SessionId, given: Given) -> Result<(), Fault> {
        let actor = admission::patient(self.patient, &self.name());
        self.prepares(
            visit,
            actor,
            "answer a question before a visit",
            |preparation, now| preparation.answer(given.clone(), now),
        )
        .await
    }

    async fn prepares(
        &self,
        visit: SessionId,
        actor: Actor,
        action: &str,
        decide: impl Fn(
            &Preparation,
            Moment,
        ) -> Result<
            Vec<clinical::course::preparation::PreparationEvent>,
            clinical::course::preparation::Refusal,
        > + Send
        + Sync,
    ) -> Result<(), Fault> {
        let change = Change {
            command_id: CommandId(Uuid::now_v7()),
            actor,
            at: None,
            id: visit.0,
            patient: Some(self.patient),
            session: Some(visit),
            action,
            wanted: action.to_owned(),
        };
        journey::change(self.application, change, decide)
            .await
            .map_err(admission::told)?;
        Ok(())
    }

    /// What they say before the visit.
    fn answers(&self, starts: Moment) -> Vec<Given> {
        let ago = |hours: i64| Answer::Is(self.application.clock.now() - Span::from_hours(hours));
        let escort = match self.guest.stage {
            Stage::NobodyToGoWith => Answer::NoneSuch,
            _with_somebody => Answer::Is(sam()),
        };
        let breakfast = match self.guest.stage {
            Stage::AteLate => Answer::Is(starts - BREAKFAST),
            _long_ago => ago(11),
        };
        vec![
            Given::HeavyMeal { last: ago(15) },
            Given::LightMeal { last: breakfast },
            Given::ClearLiquid { last: ago(3) },
            Given::Alcohol {
                last: Answer::NoneSuch,
            },
            Given::Cannabis {
                last: Answer::NoneSuch,
            },
            Given::OtherDrugs { said: Said::No },
            Given::Escort { escort },
            Given::Illness { said: Said::No },
            Given::Admission { said: Said::No },
            Given::Pregnancy { said: Said::No },
            Given::ThoughtsOfDeath { said: Said::No },
            Given::Urinary { said: Said::No },
            Given::BreathingDevice { said: Said::No },
            Given::Phone {
                number: "01 555 0142".to_owned(),
            },
        ]
    }
}

/// Who takes everybody home who has somebody.
fn sam() -> Escort {
    Escort {
        name: "Sam Rivera".to_owned(),
        phone: "01 555 0142".to_owned(),
        relationship: String::new(),
        ride: Ride::CompanionDrives,
    }
}
