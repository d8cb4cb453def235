//! At the door: what the person said, confirmed; who they are; the first pressure.

use super::around::Around;
use super::clock_face::ClockFace;
use super::preparation::ride_says;
use crate::consent::ConsentStanding;
use crate::readiness::Ready;
use crate::web::form::Fields;
use crate::web::visits::line;
use askama::Template;
use clinical::course::consent::{InForce, Reason};
use clinical::course::preparation::{MedicineDecision, Readiness, Ride, Said, Standing};
use clinical::course::session::{Answer, Stage};
use clinical::leaflet::Language;
use clinical::record::Role;
use units::{Moment, Span};

/// The page.
#[derive(Template)]
#[template(path = "check_in.html")]
pub struct CheckInPage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// The visit.
    pub ready: &'a Ready,
    /// Whether consent is in force for this dose.
    pub consent: Option<&'a ConsentStanding>,
    /// The reader's role.
    pub role: Role,
    /// What a prescriber may decide of the medicines that the history tells of, one a line.
    pub proposed: String,
    /// What is asked back of a form, and what was typed in it.
    pub asked_back: Option<(&'a str, &'a Fields)>,
    /// How long a high pressure rests before it is measured again.
    pub rest: Option<Span>,
    /// The pressures from which a second measurement is asked for: systolic, diastolic.
    pub soft: Option<(units::Decimal, units::Decimal)>,
}

/// A yes-or-no question at the door.
pub struct DoorQuestion {
    name: &'static str,
    asks: &'static str,
    said: &'static str,
}

/// A question of time at the door.
pub struct DoorTime {
    name: &'static str,
    asks: &'static str,
    /// `not-asked`, `not-sure`, `none` or `at`.
    word: &'static str,
    yesterday: bool,
    time: String,
}

impl CheckInPage<'_> {
    fn clock(&self) -> ClockFace<'_> {
        ClockFace {
            zone: self.around.zone,
            now: self.around.now,
        }
    }

    fn name(&self) -> String {
        let person = self.ready.person.as_ref();
        person
            .and_then(clinical::patient::Patient::banner_name)
            .unwrap_or_else(|| "Not registered".to_owned())
    }

    fn who(&self) -> String {
        let registered = self
            .ready
            .person
            .as_ref()
            .and_then(|p| p.registration.as_ref());
        registered.map_or_else(String::new, |who| {
            format!(
                "born {} · No. {}",
                super::clock_face::civil_date(who.birth_date),
                who.record_number
            )
        })
    }

    /// The question of the day is all that consent waits for, or it was answered.
    fn asks_today(&self) -> bool {
        self.consent.is_some_and(|found| match &found.in_force {
            InForce::Met(_) => true,
            InForce::Unmet(reasons) => reasons.iter().all(|reason| {
                matches!(
                    reason,
                    Reason::NotReconfirmed | Reason::NotSureToday | Reason::NotToday
                )
            }),
            InForce::Unknown => false,
        })
    }

    fn starts(&self) -> String {
        self.clock().when(self.ready.starts)
    }

    fn answer(&self) -> String {
        match self.ready.answer {
            Readiness::Go => "Go".to_owned(),
            Readiness::Wait(until) => format!("Wait until {}", self.clock().when(until)),
            Readiness::Stop => "Stop".to_owned(),
        }
    }

    fn word(&self) -> &'static str {
        self.ready.answer.word()
    }

    fn open(&self) -> Vec<(&'static str, String, String)> {
        self.ready
            .checks
            .iter()
            .filter(|check| check.standing != Standing::Met)
            .map(|check| {
                let until = match check.standing {
                    Standing::Wait(until) => format!(" Met at {}.", self.clock().when(until)),
                    Standing::NotKnown | Standing::Stop | Standing::Met => String::new(),
                };
                (
                    check.about.says(),
                    format!("{}{until}", check.says),
                    format!("{} ({})", check.remedy, check.fixer.says()),
                )
            })
            .collect()
    }

    fn is_planned(&self) -> bool {
        self.ready
            .session
            .as_ref()
            .is_some_and(|session| session.stage == Stage::Planned)
    }

    fn is_here(&self) -> bool {
        self.ready
            .session
            .as_ref()
            .is_some_and(|session| session.stage == Stage::Preparation)
    }

    /// What was typed into a field, where the form is asked back.
    fn typed(&self, name: &str) -> Option<&str> {
        self.asked_back.map(|(_, fields)| fields.text(name))
    }

    fn measured(&self, name: &str) -> &str {
        self.typed(name).unwrap_or_default()
    }

    fn identified(&self, word: &str) -> bool {
        self.asked_back
            .is_some_and(|(_, fields)| fields.all("identifier").any(|one| one == word))
    }

    fn says_back(&self) -> &str {
        self.asked_back.map_or("", |(says, _)| says)
    }

    fn may_settle(&self) -> bool {
        matches!(self.role, Role::Prescriber | Role::MedicalDirector)
            && self.ready.preparation.checked_in.is_none()
    }

    fn times(&self) -> Vec<DoorTime> {
        let answers = &self.ready.preparation.answers;
        let fasting = &answers.fasting;
        [
            (
                "heavy_meal",
                "Meat, fried or fatty food",
                fasting.heavy_meal,
            ),
            ("light_meal", "Other food, milk", fasting.light_meal),
            ("clear_liquid", "Clear drink", fasting.clear_liquid),
            ("alcohol", "Alcohol", answers.alcohol),
            ("cannabis", "Cannabis", answers.cannabis),
        ]
        .into_iter()
        .map(|(name, asks, answer)| self.time(name, asks, answer))
        .collect()
    }

    fn time(&self, name: &'static str, asks: &'static str, answer: Answer<Moment>) -> DoorTime {
        let clock = self.clock();
        let (word, at) = match answer {
            Answer::NotAsked => ("not-asked", None),
            Answer::NotSure => ("not-sure", None),
            Answer::NoneSuch => ("none", None),
            Answer::Is(at) => ("at", Some(at)),
        };
        let day = |moment| clock.date(moment);
        // What was longer ago than yesterday is asked about anew: the form has today and yesterday.
        if let Some(typed) = self.typed(name) {
            return DoorTime {
                name,
                asks,
                word: ["at", "none", "not-sure"]
                    .into_iter()
                    .find(|word| *word == typed)
                    .unwrap_or("not-asked"),
                yesterday: self.measured(&format!("{name}_day")) == "yesterday",
                time: self.measured(&format!("{name}_time")).to_owned(),
            };
        }
        let yesterday = at.is_some_and(|at| day(at) == day(self.around.now - Span::from_hours(24)));
        let today = at.is_some_and(|at| day(at) == day(self.around.now));
        let word = if at.is_some() && !today && !yesterday {
            "none"
        } else {
            word
        };
        DoorTime {
            name,
            asks,
            word,
            yesterday,
            time: at.map_or_else(String::new, |at| clock.time(at)),
        }
    }

    fn questions(&self) -> Vec<DoorQuestion> {
        let answers = &self.ready.preparation.answers;
        [
            ("other_drugs", "Other drugs, 7 days", answers.other_drugs),
            (
                "illness",
                "Ill: fever, cough, blocked nose",
                answers.illness,
            ),
            ("admission", "New diagnosis, hospital", answers.admission),
            ("pregnancy", "Pregnancy possible", answers.pregnancy),
            ("urinary", "Trouble passing water", answers.urinary),
            (
                "breathing_device",
                "Breathing device brought",
                answers.breathing_device,
            ),
            (
                "thoughts_of_death",
                "Thoughts of not living",
                answers.thoughts_of_death,
            ),
        ]
        .into_iter()
        .map(|(name, asks, said): (_, _, Said)| DoorQuestion {
            name,
            asks,
            said: self
                .typed(name)
                .and_then(Said::of_word)
                .map_or(said.word(), Said::word),
        })
        .collect()
    }

    fn escort(&self) -> [&str; 4] {
        if self.asked_back.is_some() {
            return ["name", "phone", "relationship", "ride"].map(|field| self.measured(field));
        }
        match &self.ready.preparation.answers.escort {
            Answer::Is(escort) => [
                &escort.name,
                &escort.phone,
                &escort.relationship,
                escort.ride.word(),
            ],
            Answer::NotAsked | Answer::NotSure | Answer::NoneSuch => [""; 4],
        }
    }

    fn is_ride(&self, word: &str) -> bool {
        self.escort()[3] == word
    }

    fn rides(&self) -> Vec<(&'static str, &'static str)> {
        Ride::ALL
            .into_iter()
            .map(|ride| (ride.word(), ride_says(ride, Language::English)))
            .collect()
    }

    fn phone(&self) -> &str {
        if let Some(typed) = self.typed("phone_after") {
            return typed;
        }
        let phone = self.ready.preparation.answers.phone.as_deref();
        phone.unwrap_or_default()
    }

    fn medicines(&self) -> String {
        let list = self.ready.preparation.medicines.as_ref();
        list.map_or_else(
            || self.proposed.clone(),
            |list| {
                list.iter()
                    .map(|medicine| line(&medicine.name, medicine.decision))
                    .collect::<Vec<_>>()
                    .join("\n")
            },
        )
    }

    /// Each medicine with its decision, and what the person said of it.
    fn decided(&self) -> Vec<(usize, &str, String, &'static str)> {
        let preparation = &self.ready.preparation;
        preparation
            .decided()
            .enumerate()
            .map(|(place, medicine)| {
                let decision = match medicine.decision {
                    MedicineDecision::HoldFor { hours } => format!("left out for {hours} hours"),
                    MedicineDecision::Take | MedicineDecision::Ask => "taken as usual".to_owned(),
                };
                let said = self
                    .typed(&format!("taken_{place}"))
                    .and_then(Said::of_word)
                    .unwrap_or_else(|| preparation.answers.taken(&medicine.name))
                    .word();
                (place, medicine.name.as_str(), decision, said)
            })
            .collect()
    }

    fn settled(&self) -> bool {
        self.ready.preparation.medicines.is_some()
    }

    /// When a high pressure is to be measured again. Source: clinical reference 1.5.
    fn again(&self) -> Option<String> {
        let session = self.ready.session.as_ref()?;
        let (at, values) = session.latest_blood_pressure()?;
        let (soft_systolic, soft_diastolic) = self.soft?;
        let high = values
            .systolic
            .is_some_and(|found| found.value() > soft_systolic)
            || values
                .diastolic
                .is_some_and(|found| found.value() > soft_diastolic);
        let again = at + self.rest?;
        high.then(|| {
            format!(
                "The pressure is high. Let the person rest, and measure again at {}. If it is still high, the prescriber decides.",
                self.clock().time(again)
            )
        })
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

pub mod sample {
    //! Somebody at the door, who drank something and had something to eat in the morning.

    use super::super::around::sample::NOW;
    use super::super::session_room::sample::{SESSION, folded, prepared};
    use super::CheckInPage;
    use crate::consent::ConsentStanding;
    use crate::readiness::Ready;
    use clinical::course::consent::{InForce, Reason};
    use clinical::course::preparation::{
        About, Answers, Check, Escort, Fixer, Preparation, Readiness, Ride, Standing,
    };
    use clinical::course::session::{Answer, FastingAnswers};
    use clinical::record::{PatientId, Role};
    use std::sync::Arc;
    use units::{Implausible, Span};
    use uuid::Uuid;

    /// A visit with an order, before anybody checked the person in.
    ///
    /// Refuses nothing in practice: the numbers are plausible.
    pub fn ready() -> Result<Ready, Implausible> {
        let planned = prepared()?.into_iter().take(1).collect();
        let until = NOW + Span::from_minutes(28);
        Ok(Ready {
            visit: SESSION,
            patient: PatientId(Uuid::from_u128(118)),
            person: None,
            starts: NOW - Span::from_minutes(45),
            session: Some(Arc::new(folded(planned))),
            preparation: Preparation {
                answers: Answers {
                    fasting: FastingAnswers {
                        clear_liquid: Answer::Is(NOW - Span::from_hours(4)),
                        light_meal: Answer::Is(NOW - Span::from_minutes(332)),
                        heavy_meal: Answer::NoneSuch,
                    },
                    escort: Answer::Is(Escort {
                        name: "Luis Moreno".to_owned(),
                        phone: "555 0142".to_owned(),
                        relationship: "brother".to_owned(),
                        ride: Ride::CompanionDrives,
                    }),
                    ..Answers::default()
                },
                ..Preparation::default()
            },
            checks: vec![Check {
                about: About::FoodAndDrink,
                standing: Standing::Wait(until),
                says: "6 hours since the light meal have not passed.".to_owned(),
                remedy: "Wait.".to_owned(),
                fixer: Fixer::Nurse,
            }],
            answer: Readiness::Wait(until),
        })
    }

    /// A consent that waits for the question of the day only.
    pub fn consent() -> ConsentStanding {
        ConsentStanding {
            in_force: InForce::Unmet(vec![Reason::NotReconfirmed]),
            says: "Nobody has asked today whether they still want it.".to_owned(),
            remedy: "Ask, and write down the answer.",
        }
    }

    /// The page.
    pub fn page<'a>(ready: &'a Ready, consent: &'a ConsentStanding) -> CheckInPage<'a> {
        CheckInPage {
            around: super::super::around::sample::around("/visits/sample/check-in"),
            ready,
            consent: Some(consent),
            role: Role::Nurse,
            proposed: String::new(),
            asked_back: None,
            rest: None,
            soft: None,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_check_in_offers_what_was_said_at_home_and_says_until_when_to_wait() {
        let (ready, consent) = (sample::ready().unwrap(), sample::consent());
        let html = sample::page(&ready, &consent).html();
        assert!(html.contains("says the full name"));
        assert!(html.contains("value=\"none\" selected"));
        assert!(html.contains("value=\"Luis Moreno\""));
        assert!(html.contains("6 hours since the light meal have not passed. Met at"));
        assert!(html.contains("Do you still want this today?"));
    }

    #[test]
    fn a_question_that_nobody_asked_has_no_answer_chosen() {
        let (ready, consent) = (sample::ready().unwrap(), sample::consent());
        let html = sample::page(&ready, &consent).html();
        assert!(html.contains("name=\"pregnancy\" value=\"no\""));
        assert!(!html.contains("type=\"radio\" name=\"pregnancy\" value=\"no\" checked"));
    }

    #[test]
    fn without_an_order_nobody_can_be_checked_in() {
        let consent = sample::consent();
        let ready = Ready {
            session: None,
            ..sample::ready().unwrap()
        };
        let html = sample::page(&ready, &consent).html();
        assert!(html.contains("Nobody can be checked in: no order is written for this visit"));
        assert!(!html.contains("/check-in\" class=\"sheet form\""));
    }
}
