//! The person's clock times before a visit, and what the gate makes of what they say.
//!
//! Witness: clinical reference 2.1, in the table beside the policy.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use clinical::course::preparation::{
    About, Answers, Check, Escort, Fixer, Given, Medicine, MedicineDecision, PREPARATION, Planned,
    Preparation, PreparationEvent, PreparationRules, Readiness, Refusal, Ride, Said, Standing,
    StepKind, Taken, checks, readiness, timeline,
};
use clinical::course::screening::person::{Product, Route};
use clinical::course::session::{Answer, FastingAnswers};
use clinical::policy::Rules;
use clinical::record::{Actor, PatientId, Role, StaffId};
use serde::Deserialize;
use units::{Moment, Span};
use uuid::Uuid;

/// 20 November 2026, 13:00 UTC.
const STARTS: Moment = Moment::from_microseconds(1_795_179_600_000_000);

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    product: Product,
    route: Route,
    clear: i64,
    light: i64,
    heavy: i64,
}

fn minutes(minutes: i64) -> Span {
    Span::from_minutes(minutes)
}

fn planned(product: Product, route: Route) -> Preparation {
    Preparation {
        planned: Some(Planned {
            patient: PatientId(Uuid::from_u128(1)),
            product,
            route,
            starts: STARTS,
        }),
        ..Preparation::default()
    }
}

/// Everything answered so that nothing stands in the way of an infusion.
fn ready() -> Preparation {
    Preparation {
        medicines: Some(Vec::new()),
        answers: Answers {
            fasting: FastingAnswers {
                clear_liquid: Answer::Is(STARTS - minutes(120)),
                light_meal: Answer::Is(STARTS - minutes(360)),
                heavy_meal: Answer::Is(STARTS - minutes(480)),
            },
            alcohol: Answer::Is(STARTS - Span::from_hours(24)),
            cannabis: Answer::NoneSuch,
            other_drugs: Said::No,
            escort: Answer::Is(Escort {
                name: "Sam Lee".into(),
                phone: "01 234 568".into(),
                relationship: String::new(),
                ride: Ride::CompanionDrives,
            }),
            medicines: None,
            illness: Said::No,
            admission: Said::No,
            pregnancy: Said::No,
            thoughts_of_death: Said::No,
            urinary: Said::No,
            breathing_device: Said::No,
            phone: Some("01 234 567".into()),
        },
        ..planned(Product::Racemic, Route::Intravenous)
    }
}

fn asked(preparation: &Preparation, now: Moment) -> Vec<Check> {
    let rules = PreparationRules::shipped().unwrap();
    let day = STARTS - Span::from_hours(12);
    checks(preparation, &rules, &Rules::shipped().unwrap(), day, now)
}

fn answer(preparation: &Preparation) -> Readiness {
    readiness(&asked(preparation, STARTS - Span::from_hours(1)))
}

#[test]
fn every_case_beside_the_policies_of_fasting_for_other_ways_holds() {
    // Hazard: H24
    assert_eq!(crate::case_table::hold(&PREPARATION[1..]), 36);
}

#[test]
fn each_time_is_the_rules_hours_before_the_actual_start_and_never_more() {
    let rules = PreparationRules::shipped().unwrap();
    let cases: Cases = toml::from_str(PREPARATION[0].cases).unwrap();
    assert_eq!(cases.case.len(), 7);
    for case in cases.case {
        let steps = timeline(
            &planned(case.product, case.route),
            &rules,
            &Rules::shipped().unwrap(),
        );
        let at = |kind: &StepKind| steps.iter().find(|step| step.kind == *kind).unwrap().at;
        let words = format!("{:?} {:?}", case.product, case.route);
        for (kind, before) in [
            (StepKind::LastClearLiquid, case.clear),
            (StepKind::LastLightMeal, case.light),
            (StepKind::LastHeavyMeal, case.heavy),
        ] {
            assert_eq!(at(&kind), STARTS - minutes(before), "{words} {kind:?}");
        }
        assert_eq!(at(&StepKind::LastAlcohol), STARTS - Span::from_hours(24));
        assert_eq!(at(&StepKind::LastCannabis), STARTS - Span::from_hours(48));
        assert_eq!(at(&StepKind::NoDrivingUntil), STARTS + Span::from_hours(24));
    }
}

#[test]
fn a_medicine_is_held_only_where_a_prescriber_decided_it() {
    let rules = PreparationRules::shipped().unwrap();
    let session = Rules::shipped().unwrap();
    let held = |preparation: &Preparation| {
        let steps = timeline(preparation, &rules, &session).into_iter();
        steps
            .filter(|step| matches!(step.kind, StepKind::HoldMedicine(_)))
            .map(|step| step.at)
            .collect::<Vec<_>>()
    };
    assert!(held(&ready()).is_empty());
    let list = |decision| {
        Some(vec![Medicine {
            name: "zolpidem".into(),
            decision,
            words: String::new(),
        }])
    };
    let decided = Preparation {
        medicines: list(MedicineDecision::HoldFor { hours: 12 }),
        ..ready()
    };
    assert_eq!(held(&decided), [STARTS - Span::from_hours(12)]);
    let nurse = Actor::Person {
        id: StaffId(Uuid::from_u128(2)),
        name: "Nora".into(),
        role: Role::Nurse,
    };
    let refused = ready().settle(Vec::new(), &nurse);
    assert_eq!(refused, Err(Refusal::NotAPrescriber));
}

#[test]
fn with_everything_exactly_at_its_limit_it_is_go() {
    // Hazard: H24
    assert_eq!(answer(&ready()), Readiness::Go);
}

#[test]
fn no_checks_at_all_are_no_go() {
    assert_eq!(readiness(&[]), Readiness::Stop);
}

#[test]
fn a_late_breakfast_means_wait_until_six_hours_after_it() {
    // Hazard: H24. 07:40 and a start at 13:00: it can begin from 13:40.
    let mut late = ready();
    let breakfast = STARTS - minutes(320);
    late.answers.take(&Given::LightMeal {
        last: Answer::Is(breakfast),
    });
    assert_eq!(answer(&late), Readiness::Wait(STARTS + minutes(40)));
}

#[test]
fn one_minute_too_few_waits_and_not_sure_stops() {
    // Hazard: H24
    let mut drank = ready();
    drank.answers.take(&Given::ClearLiquid {
        last: Answer::Is(STARTS - minutes(119)),
    });
    assert_eq!(answer(&drank), Readiness::Wait(STARTS + minutes(1)));
    drank.answers.take(&Given::ClearLiquid {
        last: Answer::NotSure,
    });
    assert_eq!(answer(&drank), Readiness::Stop);
}

#[test]
fn nobody_to_take_them_home_stops_and_so_does_a_taxi_alone() {
    // Hazard: H39
    for escort in [
        Answer::NotAsked,
        Answer::NotSure,
        Answer::NoneSuch,
        Answer::Is(Escort {
            name: "Sam Lee".into(),
            phone: "01 234 568".into(),
            relationship: String::new(),
            ride: Ride::TaxiAlone,
        }),
        Answer::Is(Escort {
            name: "Sam Lee".into(),
            phone: " ".into(),
            relationship: String::new(),
            ride: Ride::CompanionDrives,
        }),
    ] {
        let mut alone = ready();
        alone.answers.take(&Given::Escort { escort });
        assert_eq!(answer(&alone), Readiness::Stop);
    }
}

#[test]
fn every_question_that_is_open_stops_and_thoughts_of_death_are_a_clinicians_today() {
    // Hazard: H40
    let mut said = ready();
    for (given, fixer) in [
        (
            Given::ThoughtsOfDeath { said: Said::Yes },
            Some(Fixer::Prescriber),
        ),
        (
            Given::ThoughtsOfDeath {
                said: Said::NotSure,
            },
            None,
        ),
    ] {
        said.answers.take(&given);
        let all = asked(&said, STARTS - Span::from_hours(1));
        let safety = all
            .iter()
            .find(|check| check.about == About::Safety)
            .unwrap();
        assert_ne!(safety.standing, Standing::Met);
        assert!(fixer.is_none_or(|fixer| safety.fixer == fixer));
        assert_eq!(readiness(&all), Readiness::Stop);
    }
    assert_eq!(
        answer(&planned(Product::Racemic, Route::Intravenous)),
        Readiness::Stop
    );
}

#[test]
fn an_answer_of_a_time_to_come_is_refused_and_one_after_check_in_too() {
    let now = STARTS - Span::from_hours(3);
    let tomorrow = Given::LightMeal {
        last: Answer::Is(now + minutes(2)),
    };
    assert_eq!(ready().answer(tomorrow, now), Err(Refusal::InTheFuture));
    let nobody = Given::Phone { number: "1".into() };
    let without = Preparation::default().answer(nobody, now);
    assert_eq!(without, Err(Refusal::NoVisit));
}

#[test]
fn a_visit_that_stays_where_it_is_changes_nothing() {
    let known = ready();
    let visit = known.planned.unwrap();
    assert!(known.follow(visit).is_empty());
    let moved = Planned {
        starts: STARTS + Span::from_hours(24),
        ..visit
    };
    assert_eq!(
        known.follow(moved),
        [PreparationEvent::VisitSet { planned: moved }]
    );
}

#[test]
fn each_class_of_medicines_has_the_usual_instruction_of_the_reference_in_both_languages() {
    let cases: toml::Table = toml::from_str(include_str!(
        "../../../policies/medicine-instructions.cases.toml"
    ))
    .unwrap();
    let rules = PreparationRules::shipped().unwrap();
    let cases = cases["case"].as_array().unwrap();
    assert_eq!(cases.len(), rules.instructions().len());
    for case in cases {
        let class = case["class"].as_str().unwrap();
        let known = rules.instructions().iter().find(|one| one.class == class);
        let known = known.unwrap_or_else(|| panic!("no instruction for {class}"));
        let usual = format!("{:?}", known.usual).to_lowercase();
        assert_eq!(usual, case["usual"].as_str().unwrap(), "{class}");
        assert!(!known.en.is_empty() && !known.es.is_empty(), "{class}");
    }
}

/// A person ready for a visit but for one medicine with this decision, and what was said of it.
fn with_medicine(decision: MedicineDecision, said: Option<Said>) -> Preparation {
    let mut preparation = Preparation {
        medicines: Some(vec![Medicine {
            name: "zolpidem".into(),
            decision,
            words: String::new(),
        }]),
        ..ready()
    };
    if let Some(taken) = said {
        preparation.answers.take(&Given::Medicine {
            taken: Taken {
                name: "zolpidem".into(),
                taken,
            },
        });
    }
    preparation
}

#[test]
fn a_medicine_that_was_not_taken_or_left_out_as_decided_is_never_go() {
    // Hazard: H24. Source: clinical reference 2.2, "each listed med: taken/skipped".
    let hold = MedicineDecision::HoldFor { hours: 12 };
    let take = MedicineDecision::Take;
    let on_the_day = STARTS - Span::from_hours(1);
    for (decision, said, standing) in [
        (hold, Some(Said::No), Standing::Met),
        (hold, Some(Said::Yes), Standing::Stop),
        (hold, Some(Said::NotSure), Standing::NotKnown),
        (hold, None, Standing::NotKnown),
        (take, Some(Said::Yes), Standing::Met),
        (take, Some(Said::No), Standing::Stop),
        (take, Some(Said::NotSure), Standing::NotKnown),
        (take, None, Standing::NotKnown),
        (MedicineDecision::Ask, None, Standing::Stop),
    ] {
        let all = asked(&with_medicine(decision, said), on_the_day);
        let check = all
            .iter()
            .find(|check| check.about == About::Medicines)
            .unwrap();
        assert_eq!(check.standing, standing, "{decision:?} {said:?}");
        let go = readiness(&all) == Readiness::Go;
        assert_eq!(go, standing == Standing::Met, "{decision:?} {said:?}");
    }
}

#[test]
fn what_differs_is_said_with_its_name_and_who_decides() {
    let hold = MedicineDecision::HoldFor { hours: 12 };
    let all = asked(
        &with_medicine(hold, Some(Said::Yes)),
        STARTS - Span::from_hours(1),
    );
    let check = all
        .iter()
        .find(|check| check.about == About::Medicines)
        .unwrap();
    assert_eq!(
        check.says,
        "Not as decided: zolpidem was to be left out for 12 hours and was taken."
    );
    assert_eq!(check.fixer, Fixer::Prescriber);
}

#[test]
fn before_the_day_of_the_visit_nobody_is_asked_and_an_answer_is_refused() {
    // The evening before says nothing about the night: a sleeping pill may still be taken.
    let hold = MedicineDecision::HoldFor { hours: 12 };
    let preparation = with_medicine(hold, None);
    let day = STARTS - Span::from_hours(12);
    let answer = |name: &str, at| {
        let taken = Taken {
            name: name.into(),
            taken: Said::No,
        };
        preparation.answer_medicine(taken, day, at)
    };
    let before = day - Span::from_microseconds(1);
    assert_eq!(answer("zolpidem", before), Err(Refusal::NotBeforeTheDay));
    assert!(answer("zolpidem", day).is_ok());
    assert_eq!(answer("sertraline", day), Err(Refusal::NoSuchMedicine));
    let all = asked(&preparation, before);
    let check = all
        .iter()
        .find(|check| check.about == About::Medicines)
        .unwrap();
    assert_eq!(check.standing, Standing::Met);
}

#[test]
fn an_answer_about_one_medicine_leaves_the_others_as_they_were_said() {
    let mut answers = Answers::default();
    for (name, taken) in [
        ("zolpidem", Said::Yes),
        ("sertraline", Said::Yes),
        ("zolpidem", Said::No),
    ] {
        let name = name.to_owned();
        answers.take(&Given::Medicine {
            taken: Taken { name, taken },
        });
    }
    assert_eq!(answers.taken("zolpidem"), Said::No);
    assert_eq!(answers.taken("sertraline"), Said::Yes);
    assert_eq!(answers.taken("lithium"), Said::NotAsked);
}
