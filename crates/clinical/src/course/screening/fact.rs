//! The facts that a policy of screening may name, and how each is read from a person.
//!
//! The list is closed: a policy that names anything else is not read. Every way that cannot tell
//! ends in [`Fact::Unknown`], which blocks.

use super::medicine::{ClassIndex, Classes, Ingredient, Medicine, MedicineList, Use};
use super::person::{
    Answer, Examination, LastEvent, LastUse, Person, Pressure, Reaction, Scale, Scored, Substance,
    Test, TestValue, Trial, TrialOutcome, Visit, Witness,
};
use super::question::Question;
use super::verdict::Evidence;
use crate::patient::{Sex, age_in_years};
use crate::policy::{AdoptedPolicy, Fact};
use rust_decimal::Decimal;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A fact that a rule may ask about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum FactName {
    Question(Question),
    Age,
    Sex,
    Height,
    Weight,
    WeightDaysAgo,
    BodyMassIndex,
    PressureSystolic,
    PressureDiastolic,
    Today(VitalToday),
    Indication,
    FailedTrials,
    Medicine(ClassIndex),
    MedicineToday(ClassIndex),
    MedicineLast(ClassIndex),
    MedicinesRecognised,
    DiazepamEquivalent,
    MorphineEquivalent,
    ProductAllergy,
    LastUse(Substance),
    UsesSubstance(Substance),
    AcuteEventDaysAgo,
    AcuteEventEver,
    Liver,
    TestDone(Test),
    TestDaysAgo(Test),
    TestValue(Test),
    Scale(Scale),
    SuicideRisk,
    Phase,
    /// A switch of the policy itself.
    Setting(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum VitalToday {
    Systolic,
    Diastolic,
    HeartRate,
    RespiratoryRate,
    OxygenSaturation,
    Temperature,
}

impl FactName {
    /// The fact of this name, if there is one.
    pub(super) fn of_name(name: &str, list: &MedicineList) -> Option<Self> {
        if let Some(question) = Question::of_name(name) {
            return Some(Self::Question(question));
        }
        let fixed = match name {
            "person.age" => Self::Age,
            "person.sex" => Self::Sex,
            "person.height" => Self::Height,
            "person.weight" => Self::Weight,
            "person.weight.days-ago" => Self::WeightDaysAgo,
            "person.body-mass-index" => Self::BodyMassIndex,
            "blood-pressure.systolic" => Self::PressureSystolic,
            "blood-pressure.diastolic" => Self::PressureDiastolic,
            "baseline.systolic" => Self::Today(VitalToday::Systolic),
            "baseline.diastolic" => Self::Today(VitalToday::Diastolic),
            "baseline.heart_rate" => Self::Today(VitalToday::HeartRate),
            "baseline.respiratory_rate" => Self::Today(VitalToday::RespiratoryRate),
            "baseline.oxygen_saturation" => Self::Today(VitalToday::OxygenSaturation),
            "baseline.temperature" => Self::Today(VitalToday::Temperature),
            "indication" => Self::Indication,
            "failed-trials" => Self::FailedTrials,
            "medicines.recognised" => Self::MedicinesRecognised,
            "medicines.diazepam-equivalent" => Self::DiazepamEquivalent,
            "medicines.morphine-equivalent" => Self::MorphineEquivalent,
            "allergy.of-the-product" => Self::ProductAllergy,
            "acute-event.days-ago" => Self::AcuteEventDaysAgo,
            "acute-event.ever" => Self::AcuteEventEver,
            "liver.child-pugh" => Self::Liver,
            "suicide-risk" => Self::SuicideRisk,
            "visit.phase" => Self::Phase,
            _ => return Self::of_family(name, list),
        };
        Some(fixed)
    }

    fn of_family(name: &str, list: &MedicineList) -> Option<Self> {
        let (family, member) = name.split_once('.')?;
        match family {
            "medicine" => list.class(member).map(Self::Medicine),
            "medicine-today" => list.class(member).map(Self::MedicineToday),
            "medicine-last" => list.class(member).map(Self::MedicineLast),
            "last-use" => Substance::of_word(member).map(Self::LastUse),
            "uses" => Substance::of_word(member).map(Self::UsesSubstance),
            "scale" => Scale::of_word(member).map(Self::Scale),
            "setting" => Some(Self::Setting(member.to_owned())),
            "test" => {
                let (test, part) = member.split_once('.')?;
                let test = Test::of_word(test)?;
                match part {
                    "done" => Some(Self::TestDone(test)),
                    "days-ago" => Some(Self::TestDaysAgo(test)),
                    "value" => Some(Self::TestValue(test)),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

/// A fact with what it stands on.
pub(super) struct Given {
    pub(super) fact: Fact,
    /// True when the fact may show that a rule is met, and not that it is unmet: one high blood
    /// pressure asks for a second visit.
    pub(super) provisional: bool,
    pub(super) evidence: Vec<Evidence>,
}

impl Given {
    fn new(fact: Fact, evidence: Evidence) -> Self {
        Self {
            fact,
            provisional: false,
            evidence: vec![evidence],
        }
    }
}

/// A person with their medicines matched against one list, ready to be asked.
pub(super) struct Reader<'a> {
    person: &'a Person,
    visit: &'a Visit,
    list: &'a MedicineList,
    matched: Vec<(&'a Medicine, Classes, bool)>,
    taken: Classes,
}

impl<'a> Reader<'a> {
    pub(super) fn new(person: &'a Person, visit: &'a Visit, list: &'a MedicineList) -> Self {
        let mut taken = Classes::default();
        let matched: Vec<_> = person
            .medicines
            .said()
            .into_iter()
            .flatten()
            .filter(|medicine| medicine.status == Use::Current)
            .map(|medicine| {
                let recognised = list.recognise(medicine);
                taken = taken.and(recognised.classes);
                (medicine, recognised.classes, recognised.whole)
            })
            .collect();
        Self {
            person,
            visit,
            list,
            matched,
            taken,
        }
    }

    /// Reads a fact. `policy` is the one that asks, for facts that depend on its values.
    pub(super) fn read(&self, name: &FactName, policy: &AdoptedPolicy) -> Given {
        let person = self.person;
        match name {
            FactName::Question(question) => yes_or_no(*question, person.question(*question)),
            FactName::Age => self.age(),
            FactName::Sex => self.sex(),
            FactName::Height => plain("height", &person.height, |height| {
                (Fact::Number(height.value()), height.to_string())
            }),
            FactName::Weight => plain("weight", &person.weight, |weighing| {
                (
                    Fact::Number(weighing.kilograms.value()),
                    format!("{} on {}", weighing.kilograms, weighing.on),
                )
            }),
            FactName::WeightDaysAgo => plain("weight", &person.weight, |weighing| {
                (
                    days(self.visit.on.days_since(weighing.on)),
                    format!("{} on {}", weighing.kilograms, weighing.on),
                )
            }),
            FactName::BodyMassIndex => self.body_mass_index(),
            FactName::PressureSystolic => self.pressure(|one| one.systolic.value()),
            FactName::PressureDiastolic => self.pressure(|one| one.diastolic.value()),
            FactName::Today(vital) => self.vital_today(*vital),
            FactName::Indication => plain("indication", &person.indication, |indication| {
                (word(indication.word()), indication.word().to_owned())
            }),
            FactName::FailedTrials => self.failed_trials(policy),
            FactName::Medicine(class) => self.medicine(*class),
            FactName::MedicineToday(class) => self.medicine_today(*class),
            FactName::MedicineLast(class) => self.medicine_last(*class),
            FactName::MedicinesRecognised => self.medicines_recognised(),
            FactName::DiazepamEquivalent => self.daily_sum("benzodiazepine", |one, ingredient| {
                Some(one.milligrams_per_day? * ingredient?.diazepam_equivalent?)
            }),
            FactName::MorphineEquivalent => {
                self.daily_sum("opioid", |one, _| one.morphine_equivalent)
            }
            FactName::ProductAllergy => self.product_allergy(),
            FactName::LastUse(substance) => self.substance(*substance, |last| match last {
                LastUse::Never => Fact::NoneSuch,
                LastUse::At(moment) => Fact::At(*moment),
            }),
            FactName::UsesSubstance(substance) => self.substance(*substance, |last| match last {
                LastUse::Never => word("no"),
                LastUse::At(_) => word("yes"),
            }),
            FactName::AcuteEventDaysAgo => self.acute_event(|last| match last {
                LastEvent::Never => Fact::NoneSuch,
                LastEvent::On(date) => days(self.visit.on.days_since(*date)),
            }),
            FactName::AcuteEventEver => self.acute_event(|last| match last {
                LastEvent::Never => word("no"),
                LastEvent::On(_) => word("yes"),
            }),
            FactName::Liver => plain("liver", &person.liver, |class| {
                (word(class.word()), class.word().to_owned())
            }),
            FactName::TestDone(test) => self.test(*test, |on, _| {
                if self.visit.on.days_since(on) < 0 {
                    Fact::Unknown
                } else {
                    Fact::Answered
                }
            }),
            FactName::TestDaysAgo(test) => {
                self.test(*test, |on, _| days(self.visit.on.days_since(on)))
            }
            FactName::TestValue(test) => self.test(*test, |_, value| match value {
                None => Fact::Unknown,
                Some(TestValue::Number(number)) => Fact::Number(number),
                Some(TestValue::Positive) => word("positive"),
                Some(TestValue::Negative) => word("negative"),
                Some(TestValue::NoValue) => Fact::Answered,
            }),
            FactName::Scale(scale) => self.scale(*scale),
            FactName::SuicideRisk => plain("suicide-risk", &person.suicide_risk, |risk| {
                (word(risk.word()), risk.word().to_owned())
            }),
            FactName::Phase => Given::new(
                word(self.visit.phase.word()),
                evidence("visit.phase", self.visit.phase.word().to_owned(), None),
            ),
            FactName::Setting(parameter) => setting(policy, parameter),
        }
    }

    fn age(&self) -> Given {
        plain("birth-date", &self.person.birth_date, |birth| {
            let age = age_in_years(*birth, self.visit.on);
            (
                age.map_or(Fact::Unknown, |years| Fact::Number(years.into())),
                format!("born {birth}; the visit is on {}", self.visit.on),
            )
        })
    }

    fn sex(&self) -> Given {
        plain("sex", &self.person.sex, |sex| match sex {
            Sex::Female => (word("female"), "female".to_owned()),
            Sex::Male => (word("male"), "male".to_owned()),
            // Both limits are asked: only a known sex takes one away.
            Sex::Other => (word("other"), "other".to_owned()),
            Sex::Unknown => (Fact::Unknown, "not known".to_owned()),
        })
    }

    /// Weight by height squared, to one decimal.
    fn body_mass_index(&self) -> Given {
        let index = match (self.person.weight.said(), self.person.height.said()) {
            (Some(weighing), Some(height)) => {
                body_mass_index(weighing.kilograms.value(), height.value())
            }
            (Some(_) | None, _) => None,
        };
        let weight = answered("weight", &self.person.weight, |one| {
            one.kilograms.to_string()
        });
        let height = answered("height", &self.person.height, ToString::to_string);
        Given {
            fact: index.map_or(Fact::Unknown, Fact::Number),
            provisional: false,
            evidence: vec![weight, height],
        }
    }

    /// The average over visits; of one visit alone only as far as it shows no rise.
    fn pressure(&self, part: impl Fn(&Pressure) -> Decimal) -> Given {
        let Some(pressures) = self.person.pressures.said() else {
            return Given::new(
                Fact::Unknown,
                answered("blood-pressures", &self.person.pressures, |_| String::new()),
            );
        };
        let days: BTreeSet<_> = pressures.iter().map(|one| one.on).collect();
        // Every visit weighs the same, however often somebody measured in it.
        let visits: Vec<Decimal> = days
            .iter()
            .filter_map(|day| average(pressures.iter().filter(|one| one.on == *day).map(&part)))
            .collect();
        let fact = average(visits.into_iter()).map_or(Fact::Unknown, |value| {
            Fact::Number(value.round_dp(1).normalize())
        });
        let says = pressures
            .iter()
            .map(|one| {
                format!(
                    "{}/{} on {}",
                    one.systolic.value(),
                    one.diastolic.value(),
                    one.on
                )
            })
            .collect::<Vec<_>>()
            .join(", ");
        Given {
            fact,
            provisional: days.len() < 2,
            evidence: vec![answered("blood-pressures", &self.person.pressures, |_| {
                says.clone()
            })],
        }
    }

    fn vital_today(&self, vital: VitalToday) -> Given {
        let (name, value) = match (vital, self.person.today.said()) {
            (VitalToday::Systolic, today) => (
                "today's systolic pressure",
                today.and_then(|all| all.systolic.map(|one| (one.value(), one.to_string()))),
            ),
            (VitalToday::Diastolic, today) => (
                "today's diastolic pressure",
                today.and_then(|all| all.diastolic.map(|one| (one.value(), one.to_string()))),
            ),
            (VitalToday::HeartRate, today) => (
                "today's heart rate",
                today.and_then(|all| all.heart_rate.map(|one| (one.value(), one.to_string()))),
            ),
            (VitalToday::RespiratoryRate, today) => (
                "today's respiratory rate",
                today.and_then(|all| {
                    all.respiratory_rate
                        .map(|one| (one.value(), one.to_string()))
                }),
            ),
            (VitalToday::OxygenSaturation, today) => (
                "today's oxygen saturation",
                today.and_then(|all| {
                    all.oxygen_saturation
                        .map(|one| (one.value(), one.to_string()))
                }),
            ),
            (VitalToday::Temperature, today) => (
                "today's temperature",
                today.and_then(|all| all.temperature.map(|one| (one.value(), one.to_string()))),
            ),
        };
        let by = self.person.today.witness().cloned();
        match value {
            Some((value, shown)) => Given::new(Fact::Number(value), evidence(name, shown, by)),
            None => Given::new(Fact::Unknown, evidence(name, "not known".to_owned(), by)),
        }
    }

    /// Adequate trials of the present episode that failed.
    ///
    /// Adequate: the policy's weeks at or above the usual dose, taken as prescribed. Failed: less
    /// than half the symptoms gone. A trial of which something is unknown counts for nothing, and
    /// leaves the number unknown as long as it could still decide.
    /// Source: clinical reference 1.2.
    fn failed_trials(&self, policy: &AdoptedPolicy) -> Given {
        let Some(trials) = self.person.trials.said() else {
            return Given::new(
                Fact::Unknown,
                answered("trials", &self.person.trials, |_| String::new()),
            );
        };
        let weeks = policy
            .value("adequate_trial_weeks")
            .map(|limit| limit.value);
        let needed = policy.value("failed_trials").map(|limit| limit.value);
        let judged: Vec<Option<bool>> = trials.iter().map(|one| failed(one, weeks)).collect();
        let certain = judged.iter().filter(|one| **one == Some(true)).count();
        let possible = judged.iter().filter(|one| one.is_none()).count();
        let certain = Decimal::from(certain);
        let enough_for_certain = needed.is_some_and(|needed| certain >= needed);
        let fact = if possible == 0 || enough_for_certain {
            Fact::Number(certain)
        } else {
            Fact::Unknown
        };
        let says = trials
            .iter()
            .zip(&judged)
            .map(|(one, judged)| {
                let counts = match judged {
                    Some(true) => "counts",
                    Some(false) => "does not count",
                    None => "not known enough of it",
                };
                format!("{}: {counts}", one.drug)
            })
            .collect::<Vec<_>>()
            .join("; ");
        Given::new(
            fact,
            answered("trials", &self.person.trials, |_| says.clone()),
        )
    }

    fn medicine(&self, class: ClassIndex) -> Given {
        let Some(_) = self.person.medicines.said() else {
            return self.medicines_unknown();
        };
        let fact = if self.taken.has(class) {
            word("taken")
        } else {
            word("not-taken")
        };
        Given::new(fact, self.medicines_named(|classes| classes.has(class)))
    }

    fn medicine_today(&self, class: ClassIndex) -> Given {
        let Some(_) = self.person.medicines.said() else {
            return self.medicines_unknown();
        };
        let of_class = || {
            self.matched
                .iter()
                .filter(move |(_, classes, _)| classes.has(class))
        };
        let today = of_class().any(|(one, _, _)| match one.last_taken {
            // A moment within the day before the visit counts as today: the calendar of the
            // person's house is not asked.
            Some(LastUse::At(at)) => self.visit.at - at < units::Span::from_hours(24),
            Some(LastUse::Never) | None => false,
        });
        let all_known = of_class().all(|(one, _, _)| one.last_taken.is_some());
        let fact = match (today, all_known) {
            (true, _) => word("taken"),
            (false, true) => word("not-taken"),
            (false, false) => Fact::Unknown,
        };
        Given::new(fact, self.medicines_named(|classes| classes.has(class)))
    }

    fn medicine_last(&self, class: ClassIndex) -> Given {
        let Some(_) = self.person.medicines.said() else {
            return self.medicines_unknown();
        };
        let mut newest = Fact::NoneSuch;
        for (one, _, _) in self
            .matched
            .iter()
            .filter(|(_, classes, _)| classes.has(class))
        {
            newest = match (one.last_taken, newest) {
                (None, _) | (_, Fact::Unknown) => Fact::Unknown,
                (Some(LastUse::Never), other) => other,
                (Some(LastUse::At(at)), Fact::At(known)) => Fact::At(known.max(at)),
                (Some(LastUse::At(at)), _) => Fact::At(at),
            };
        }
        Given::new(newest, self.medicines_named(|classes| classes.has(class)))
    }

    fn medicines_recognised(&self) -> Given {
        let Some(_) = self.person.medicines.said() else {
            return self.medicines_unknown();
        };
        let waiting: Vec<&str> = self
            .matched
            .iter()
            .filter(|(_, _, whole)| !whole)
            .map(|(one, _, _)| one.words.as_str())
            .collect();
        let by = self.person.medicines.witness().cloned();
        if waiting.is_empty() {
            return Given::new(
                Fact::Answered,
                evidence("medicines", "all recognised".to_owned(), by),
            );
        }
        let says = format!("waits for review: {}", waiting.join(", "));
        Given::new(Fact::Unknown, evidence("medicines", says, by))
    }

    /// The sum of something over every medicine of a class; unknown when one lacks it.
    fn daily_sum(
        &self,
        class: &str,
        of: impl Fn(&Medicine, Option<&Ingredient>) -> Option<Decimal>,
    ) -> Given {
        let Some(class) = self.list.class(class) else {
            return self.medicines_unknown();
        };
        if self.person.medicines.said().is_none() {
            return self.medicines_unknown();
        }
        let sum: Option<Decimal> = self
            .matched
            .iter()
            .filter(|(_, classes, _)| classes.has(class))
            .map(|(one, _, _)| {
                let ingredients = self.list.found_in(one);
                match ingredients.as_slice() {
                    [only] => of(one, Some(only)),
                    // Of a combination nobody knows what each part weighs.
                    _ => of(one, None),
                }
            })
            .sum();
        Given::new(
            sum.map_or(Fact::Unknown, Fact::Number),
            self.medicines_named(|classes| classes.has(class)),
        )
    }

    fn medicines_unknown(&self) -> Given {
        Given::new(
            Fact::Unknown,
            answered("medicines", &self.person.medicines, |_| String::new()),
        )
    }

    fn medicines_named(&self, wanted: impl Fn(&Classes) -> bool) -> Evidence {
        let names: Vec<&str> = self
            .matched
            .iter()
            .filter(|(_, classes, _)| wanted(classes))
            .map(|(one, _, _)| one.words.as_str())
            .collect();
        let says = if names.is_empty() {
            "none of the kind".to_owned()
        } else {
            names.join(", ")
        };
        evidence("medicines", says, self.person.medicines.witness().cloned())
    }

    /// An allergy to ketamine, esketamine or what they come in. A side effect is not an allergy.
    fn product_allergy(&self) -> Given {
        plain("allergies", &self.person.intolerances, |all| {
            let mut worst = word("no");
            for one in all {
                let is = match (one.is_of_the_product, one.reaction) {
                    (Some(false), _) | (_, Reaction::SideEffect) => continue,
                    (Some(true), Reaction::Allergy) => true,
                    (Some(true), Reaction::Unknown)
                    | (None, Reaction::Allergy | Reaction::Unknown) => false,
                };
                if is {
                    worst = word("yes");
                    break;
                }
                worst = Fact::Unknown;
            }
            let says = if all.is_empty() {
                "none known".to_owned()
            } else {
                let names: Vec<&str> = all.iter().map(|one| one.substance.as_str()).collect();
                names.join(", ")
            };
            (worst, says)
        })
    }

    fn substance(&self, substance: Substance, fact: impl Fn(&LastUse) -> Fact) -> Given {
        let answer = self.person.substances.get(&substance);
        plain(
            &format!("last-use.{}", substance.word()),
            answer.unwrap_or(&Answer::NotAsked),
            |last| {
                let says = match last {
                    LastUse::Never => "never".to_owned(),
                    LastUse::At(moment) => format!("last at {moment}"),
                };
                (fact(last), says)
            },
        )
    }

    fn acute_event(&self, fact: impl Fn(&LastEvent) -> Fact) -> Given {
        plain("acute-event", &self.person.acute_event, |last| {
            let says = match last {
                LastEvent::Never => "never".to_owned(),
                LastEvent::On(date) => format!("on {date}"),
            };
            (fact(last), says)
        })
    }

    fn test(
        &self,
        test: Test,
        fact: impl Fn(crate::patient::CivilDate, Option<TestValue>) -> Fact,
    ) -> Given {
        let answer = self.person.tests.get(&test);
        // A test and a condition may have the same word: the liver has both.
        plain(
            &format!("test.{}", test.word()),
            answer.unwrap_or(&Answer::NotAsked),
            |done| match done {
                Examination::NotDone => (Fact::NoneSuch, "not done".to_owned()),
                Examination::Done { on, value } => {
                    let says = match value {
                        None => "no result yet".to_owned(),
                        Some(TestValue::Number(number)) => number.to_string(),
                        Some(TestValue::Positive) => "positive".to_owned(),
                        Some(TestValue::Negative) => "negative".to_owned(),
                        Some(TestValue::NoValue) => "done".to_owned(),
                    };
                    (fact(*on, *value), format!("{says} on {on}"))
                }
            },
        )
    }

    fn scale(&self, scale: Scale) -> Given {
        let answer = self.person.scales.get(&scale);
        plain(
            &format!("scale.{}", scale.word()),
            answer.unwrap_or(&Answer::NotAsked),
            |scored| match scored {
                Scored::NotDone => (Fact::NoneSuch, "not done".to_owned()),
                Scored::Points(points) => (
                    Fact::Number(Decimal::from(*points)),
                    format!("{points} points"),
                ),
            },
        )
    }
}

/// Weight by height squared, to one decimal, from kilograms and centimetres.
pub(super) fn body_mass_index(kilograms: Decimal, centimetres: Decimal) -> Option<Decimal> {
    let metres = centimetres / Decimal::from(100);
    kilograms
        .checked_div(metres * metres)
        .map(|index| index.round_dp(1).normalize())
}

/// True when a trial was adequate and failed; `None` when that cannot be told.
fn failed(trial: &Trial, adequate_weeks: Option<Decimal>) -> Option<bool> {
    let long_enough = match (trial.weeks_at_adequate_dose, adequate_weeks) {
        (Some(weeks), Some(limit)) => Some(Decimal::from(weeks) >= limit),
        (_, None) | (None, _) => None,
    };
    let without_relief = trial.outcome.map(|outcome| match outcome {
        TrialOutcome::Below25Percent
        | TrialOutcome::From25To49Percent
        | TrialOutcome::StoppedForSideEffects => true,
        TrialOutcome::AtLeast50Percent => false,
    });
    let parts = [
        long_enough,
        trial.taken_as_prescribed,
        trial.in_this_episode,
        without_relief,
    ];
    if parts.contains(&Some(false)) {
        return Some(false);
    }
    parts.iter().all(Option::is_some).then_some(true)
}

fn average(values: impl Iterator<Item = Decimal>) -> Option<Decimal> {
    let (sum, count) = values.fold((Decimal::ZERO, 0u32), |(sum, count), value| {
        (sum + value, count + 1)
    });
    sum.checked_div(Decimal::from(count))
}

/// Whole days ago; a day that has not come yet is a contradiction, not a small number.
fn days(since: i32) -> Fact {
    if since < 0 {
        Fact::Unknown
    } else {
        Fact::Number(since.into())
    }
}

fn word(text: &str) -> Fact {
    Fact::Word(text.to_owned())
}

fn evidence(question: &str, answer: String, by: Option<Arc<Witness>>) -> Evidence {
    Evidence {
        question: question.to_owned(),
        answer,
        by,
    }
}

/// The words of an answer, whether or not there is one.
fn answered<T>(question: &str, answer: &Answer<T>, says: impl Fn(&T) -> String) -> Evidence {
    let words = match answer {
        Answer::NotAsked => "not asked".to_owned(),
        Answer::NotSure(_) => "not sure".to_owned(),
        Answer::Said(value, _) => says(value),
    };
    evidence(question, words, answer.witness().cloned())
}

/// A fact that stands on one answer.
fn plain<T>(question: &str, answer: &Answer<T>, read: impl Fn(&T) -> (Fact, String)) -> Given {
    match answer {
        Answer::NotAsked | Answer::NotSure(_) => {
            Given::new(Fact::Unknown, answered(question, answer, |_| String::new()))
        }
        Answer::Said(value, by) => {
            let (fact, says) = read(value);
            Given::new(fact, evidence(question, says, Some(Arc::clone(by))))
        }
    }
}

fn yes_or_no(question: Question, answer: &Answer<bool>) -> Given {
    plain(question.name(), answer, |yes| {
        let says = if *yes { "yes" } else { "no" };
        (word(says), says.to_owned())
    })
}

fn setting(policy: &AdoptedPolicy, parameter: &str) -> Given {
    match policy.value(parameter) {
        Some(value) => {
            let says = value.to_string();
            Given::new(
                Fact::Word(says.clone()),
                evidence("the clinic's setting", says, None),
            )
        }
        None => Given::new(
            Fact::Unknown,
            evidence("the clinic's setting", "not set".to_owned(), None),
        ),
    }
}
