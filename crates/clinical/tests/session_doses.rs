//! Given dose by dose: devices with their spacing, injections, what an order may be, and leaving.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::session_visit::*;
use clinical::course::prediction::{Basis, Doubt};
use clinical::course::screening::person::{ChildPugh, Product, Route};
use clinical::course::session::*;
use clinical::policy::Outcome;
use clinical::record::Role;
use units::{Kilograms, MilligramsPerMillilitre, Millilitres, MillilitresPerHour};

/// Somebody who was given the spray before, two devices the last time.
fn grounds() -> Grounds {
    Grounds {
        age: Some(41),
        earlier: 3,
        in_seven_days: 1,
        last: Some(LastDose {
            at: minute(-6_000),
            dose: milligrams("56"),
            dosing_weight: Kilograms::new(decimal("72")).unwrap(),
        }),
        liver: Some(ChildPugh::NoDisease),
    }
}

fn by_dose(way: Way, drug: &str, dose: &str, strength: &str, volume: &str) -> Order {
    Order {
        drug: drug.to_owned(),
        dose: milligrams(dose),
        concentration: MilligramsPerMillilitre::new(decimal(strength)).unwrap(),
        volume: Millilitres::new(decimal(volume)).unwrap(),
        rate: MillilitresPerHour::ZERO,
        way,
        grounds: Some(grounds()),
        ..order()
    }
}

/// Devices of 28 mg in 0.2 mL. Source: clinical reference 3.1.
fn devices(number: u8) -> Order {
    let way = Way {
        product: Product::Esketamine,
        route: Route::Intranasal,
        giving: Giving::Devices {
            number,
            each: milligrams("28"),
        },
    };
    let dose = (28 * i64::from(number)).to_string();
    let volume = (decimal("0.2") * decimal(&number.to_string())).to_string();
    by_dose(way, "esketamine", &dose, "140", &volume)
}

/// 80 kg × 0.7 mg/kg = 56 mg, 0.56 mL of 100 mg/mL. Source: clinical reference 3.7.
fn injection() -> Order {
    let way = Way {
        product: Product::Racemic,
        route: Route::Intramuscular,
        giving: Giving::Doses {
            number: 1,
            each: milligrams("56"),
        },
    };
    Order {
        dosing_weight: Kilograms::new(decimal("80")).unwrap(),
        grounds: Some(Grounds {
            last: None,
            ..grounds()
        }),
        ..by_dose(way, "ketamine", "56", "100", "0.56")
    }
}

fn give(amount: &str, portion: Portion) -> Command {
    Command::GiveDose {
        amount: milligrams(amount),
        portion,
        override_reason: None,
        second_clinician: None,
    }
}

fn device() -> Command {
    give("28", Portion::Device { fault: None })
}

fn end(why: Stop) -> Command {
    Command::EndDosing {
        why,
        note: String::new(),
    }
}

fn into(site: Site) -> Portion {
    Portion::Injection { site }
}

fn planned(order: Order) -> Result<Vec<SessionEvent>, Refusal> {
    Visit::new().tries(plan(order, 3), minute(-60))
}

/// The requirements that an order does not meet, by name.
fn unmet(order: Order) -> Vec<String> {
    match planned(order) {
        Ok(_) => Vec::new(),
        Err(refusal) => refusal
            .verdict()
            .unwrap()
            .open()
            .iter()
            .map(|finding| finding.requirement.clone())
            .collect(),
    }
}

#[test]
fn an_old_order_reads_as_an_infusion_of_racemic_ketamine() {
    let mut json = serde_json::to_value(order()).unwrap();
    assert!(json.get("way").is_none(), "what is usual is not written");
    json.as_object_mut().unwrap().remove("reckoned");
    let read: Order = serde_json::from_value(json).unwrap();
    assert_eq!(read.way.product, Product::Racemic);
    assert_eq!(read.way.route, Route::Intravenous);
    assert!(read.way.is_infusion());
}

#[test]
fn three_devices_five_minutes_apart_are_84_milligrams() {
    // Witness: clinical reference 3.2: 28 mg a device, 5 min between devices.
    let mut visit = Visit::ready_with(devices(3), 3);
    visit.does(device(), minute(0));
    assert_eq!(visit.session.stage, Stage::Infusion);
    assert_eq!(visit.session.stage_says(), "dosing");
    visit.does(device(), minute(5));
    visit.does(device(), minute(10));
    let given: Vec<u8> = visit.session.doses().iter().map(|one| one.number).collect();
    assert_eq!(given, [1, 2, 3]);
    let infusion = visit.session.infusion().unwrap();
    assert_eq!(infusion.delivered(minute(4)).amount, milligrams("28"));
    assert_eq!(infusion.delivered(minute(10)).amount, milligrams("84"));
    assert_eq!(
        visit.tries(device(), minute(15)),
        Err(Refusal::EveryDoseGiven { number: 3 })
    );
}

#[test]
fn a_device_that_failed_is_said_at_a_hand_over() {
    let mut visit = Visit::ready_with(devices(2), 3);
    visit.does(device(), minute(0));
    let fault = Some("no second spray".to_owned());
    visit.does(give("28", Portion::Device { fault }), minute(5));
    let open = handover::open_matters(&visit.session, &visit.rules, None, minute(7));
    let says = "at most 56\u{a0}mg given, 1 device failed: how much went in is not known";
    assert!(open.iter().any(|line| line.ends_with(says)), "{open:?}");
}

#[test]
fn after_a_device_that_failed_nothing_is_known_and_nothing_is_predicted_further() {
    // Hazard: H69
    let mut visit = Visit::ready_with(devices(2), 3);
    visit.does(device(), minute(0));
    let before = Basis::of(&visit.session, None, None).unwrap();
    assert_eq!(before.known_until(), None);
    let fault = Some("no second spray".to_owned());
    visit.does(give("28", Portion::Device { fault }), minute(5));
    let basis = Basis::of(&visit.session, None, None).unwrap();
    assert_eq!(basis.known_until(), Some(minute(5)));
    assert_eq!(basis.doubts, [Doubt::DeviceFailed { at: minute(5) }]);
}

#[test]
fn a_device_too_early_is_refused_with_the_time_and_nobody_passes_over_it() {
    // Hazard: H21
    // Witness: clinical reference 3.2: device 2 at least 5 min after device 1.
    let mut visit = Visit::ready_with(devices(2), 3);
    visit.does(device(), minute(0));
    let refusal = visit.tries(device(), second(299)).unwrap_err();
    let finding = refusal.verdict().unwrap().open()[0].clone();
    assert_eq!(finding.requirement, "dosing-esketamine-spacing");
    assert_eq!(finding.met_at, Some(minute(5)));
    let forced = Command::GiveDose {
        amount: milligrams("28"),
        portion: Portion::Device { fault: None },
        override_reason: Some("in a hurry".to_owned()),
        second_clinician: Some("Tom Reed".to_owned()),
    };
    for actor in [
        prescriber(),
        person("Dr Petra Ivanova", Role::MedicalDirector),
    ] {
        let answer = visit.by(&actor, forced.clone(), second(299), second(299));
        assert!(matches!(answer, Err(Refusal::MayNotOverride { .. })));
    }
    visit.does(device(), minute(5));
}

#[test]
fn the_first_device_passes_the_gate_of_the_start() {
    // Hazard: H24
    let mut visit = Visit::checked_in(devices(2), 3);
    let refusal = visit.tries(device(), minute(1)).unwrap_err();
    let open: Vec<String> = refusal
        .verdict()
        .unwrap()
        .open()
        .iter()
        .map(|finding| finding.requirement.clone())
        .collect();
    for asked in [
        "identity-confirmed",
        "time-out-complete",
        "pre-dose-soft-systolic",
    ] {
        assert!(open.iter().any(|one| one == asked), "{asked} in {open:?}");
    }
}

#[test]
fn a_high_pressure_stops_the_first_device() {
    // Hazard: H24
    // Witness: clinical reference 3.2 and the label: above 140/90 is weighed; 141 is above.
    let mut visit = Visit::ready_with(devices(2), 3);
    visit.does(chart(vital_signs(141, 80)), minute(1));
    let refusal = visit.tries(device(), minute(2)).unwrap_err();
    let open = refusal.verdict().unwrap().open();
    assert_eq!(open[0].requirement, "pre-dose-soft-systolic");
}

#[test]
fn fasting_is_asked_by_the_rules_of_the_product() {
    // Witness: clinical reference 2.1: 2 h without food before the spray, 6 h before an injection.
    let ate = FastingAnswers {
        light_meal: Answer::Is(minute(-180)),
        ..fasted()
    };
    for (order, opens) in [(devices(2), true), (injection(), false)] {
        let mut visit = Visit::ready_with(order.clone(), 3);
        visit.does(Command::AnswerFasting { fasting: ate }, minute(0));
        let first = match order.way.giving {
            Giving::Devices { .. } => device(),
            Giving::Doses { .. } | Giving::Infusion => give("56", into(Site::LeftDeltoid)),
        };
        assert_eq!(visit.tries(first, minute(0)).is_ok(), opens);
    }
}

#[test]
fn leaving_is_counted_from_the_last_device_and_nobody_shortens_it() {
    // Hazard: H39
    // Witness: clinical reference 3.2: at least 120 min after the last device, so 130 min after the
    // first of three.
    let mut visit = Visit::ready_with(devices(3), 3);
    for at in [0, 5, 10] {
        visit.does(device(), minute(at));
    }
    visit.does(end(Stop::Completed), minute(12));
    assert_eq!(visit.session.stage, Stage::Observation);
    assert_eq!(visit.session.observed_from(), Some(minute(10)));
    visit.comes_back(minute(120));
    let forced = discharge_with("Sister", Some("wants to go"));
    let answer = visit.by(&prescriber(), forced, minute(129), minute(129));
    let Err(Refusal::MayNotOverride { verdict }) = answer else {
        panic!("{answer:?}")
    };
    let open = verdict.open();
    assert_eq!(open.len(), 1, "{open:?}");
    assert_eq!(open[0].requirement, "dosing-esketamine-stay");
    assert_eq!(open[0].met_at, Some(minute(130)));
    visit.does(discharge("Sister"), minute(130));
}

#[test]
fn an_infusion_keeps_its_own_hour() {
    // Witness: clinical reference 4.2: 60 min after the end of an infusion.
    let mut visit = Visit::running();
    visit.does(stop(), minute(40));
    visit.does(Command::BeginObservation, minute(40));
    visit.comes_back(minute(70));
    let refusal = visit.tries(discharge("Sister"), minute(99)).unwrap_err();
    let verdict = refusal.verdict().unwrap();
    assert_eq!(verdict.open().len(), 1);
    assert_eq!(verdict.open()[0].requirement, "stay-long-enough");
    let asked = |id: &str| verdict.findings.iter().any(|one| one.requirement == id);
    assert!(!asked("dosing-esketamine-stay") && !asked("dosing-intramuscular-stay"));
}

#[test]
fn an_injection_is_one_act_with_its_site_and_leaving_takes_ninety_minutes() {
    // Witness: clinical reference 3.7 (56 mg in 0.56 mL) and 4.2 (90 min).
    let mut visit = Visit::ready_with(injection(), 3);
    visit.does(give("56", into(Site::RightDeltoid)), minute(2));
    let dose = visit.session.doses()[0].clone();
    assert_eq!((dose.number, dose.at), (1, minute(2)));
    assert_eq!(dose.portion.says(), "right deltoid");
    visit.does(end(Stop::Completed), minute(3));
    visit.comes_back(minute(75));
    let refusal = visit.tries(discharge("Sister"), minute(91)).unwrap_err();
    let open = refusal.verdict().unwrap().open();
    assert_eq!(open[0].met_at, Some(minute(92)));
    visit.does(discharge("Sister"), minute(92));
}

#[test]
fn what_goes_in_fits_the_order() {
    // Hazard: H20
    let mut visit = Visit::ready_with(injection(), 3);
    let each = milligrams("56");
    let answers = [
        (
            give("560", into(Site::LeftThigh)),
            Refusal::MoreThanOrdered { each },
        ),
        (give("0", into(Site::LeftThigh)), Refusal::NothingGiven),
    ];
    for (command, refusal) in answers {
        assert_eq!(visit.tries(command, minute(1)), Err(refusal));
    }
    for portion in [
        Portion::Swallowed,
        Portion::UnderTongue,
        Portion::Device { fault: None },
        Portion::Spray {
            nostril: Nostril::Left,
        },
    ] {
        let answer = visit.tries(give("56", portion), minute(1));
        assert!(matches!(answer, Err(Refusal::OtherPortion { .. })));
    }
    let mut spray = Visit::ready_with(devices(1), 3);
    let half = give("14", Portion::Device { fault: None });
    let each = milligrams("28");
    assert_eq!(
        spray.tries(half, minute(1)),
        Err(Refusal::WholeDevice { each })
    );
}

#[test]
fn what_belongs_to_a_pump_is_refused_where_there_is_none_and_the_other_way_round() {
    // Hazard: H25
    let mut visit = Visit::ready_with(devices(2), 3);
    let answer = visit.tries(start(), minute(1));
    assert!(matches!(answer, Err(Refusal::OtherWay { .. })));
    visit.does(device(), minute(1));
    for command in [change_rate("50"), bolus("5"), pause(), stop()] {
        let answer = visit.tries(command, minute(2));
        assert!(matches!(answer, Err(Refusal::OtherWay { .. })));
    }
    let mut infused = Visit::ready();
    let answer = infused.tries(device(), minute(1));
    assert!(matches!(answer, Err(Refusal::OtherWay { .. })));
}

#[test]
fn dosing_that_ends_early_says_why() {
    let mut visit = Visit::ready_with(devices(3), 3);
    visit.does(device(), minute(0));
    let answer = visit.tries(end(Stop::Completed), minute(6));
    assert_eq!(answer, Err(Refusal::DosesLeft { left: 2 }));
    visit.does(end(Stop::PersonAsked), minute(6));
    assert_eq!(visit.session.stage, Stage::Observation);
    assert_eq!(visit.session.observed_from(), Some(minute(0)));
}

#[test]
fn after_a_device_that_failed_the_next_one_needs_the_prescriber() {
    // Hazard: H21
    // Witness: clinical reference 4.6, card K: treat the dose as unknown, no further device without
    // the prescriber.
    let mut visit = Visit::ready_with(devices(2), 3);
    let failed = Portion::Device {
        fault: Some("the second spray did not come".to_owned()),
    };
    visit.does(give("28", failed), minute(0));
    assert!(visit.session.delivery_is_uncertain());
    assert_eq!(
        visit.session.given(minute(5)),
        None,
        "not known, and not 28 mg"
    );
    let refusal = visit.tries(device(), minute(6)).unwrap_err();
    assert_eq!(
        refusal.verdict().unwrap().open()[0].requirement,
        "dosing-esketamine-fault"
    );
    let with_reason = Command::GiveDose {
        amount: milligrams("28"),
        portion: Portion::Device { fault: None },
        override_reason: Some("half of the first was seen to go in".to_owned()),
        second_clinician: None,
    };
    let events = visit
        .by(&prescriber(), with_reason, minute(6), minute(6))
        .unwrap();
    let SessionEvent::DoseGiven { overridden, .. } = &events[0] else {
        panic!("a dose")
    };
    assert!(overridden.is_some());
}

#[test]
fn a_struck_device_was_not_given_and_the_next_keeps_away_from_those_that_were() {
    // Hazard: H23
    let mut visit = Visit::ready_with(devices(2), 3);
    visit.does(device(), minute(0));
    visit.does(device(), minute(5));
    let second_device = visit.session.doses()[1].entry;
    visit.does(correct(second_device, Correction::Struck), minute(6));
    assert_eq!(visit.session.last_dose_at(), Some(minute(0)));
    assert_eq!(visit.session.doses_left(), Some(1));
    let infusion = visit.session.infusion().unwrap();
    assert_eq!(infusion.delivered(minute(7)).amount, milligrams("28"));
    assert_eq!(visit.session.given(minute(7)), Some(milligrams("28")));
    assert!(!visit.session.gave_nothing());
    visit.does(device(), minute(7));
    assert_eq!(visit.session.last_dose_at(), Some(minute(7)));
}

#[test]
fn a_visit_whose_only_dose_was_charted_by_mistake_can_end() {
    // Hazard: H39. From the end of dosing, 120 min: clinical reference 3.2.
    let mut visit = Visit::ready_with(devices(2), 3);
    visit.does(device(), minute(0));
    let mistaken = visit.session.doses()[0].entry;
    visit.does(correct(mistaken, Correction::Struck), minute(1));
    assert!(!visit.session.gave_nothing(), "giving has not ended");
    visit.does(end(Stop::PersonAsked), minute(2));
    assert!(visit.session.gave_nothing());
    assert_eq!(visit.session.ended_early(), Some(Stop::PersonAsked));
    assert_eq!(visit.session.observed_from(), Some(minute(2)));
    visit.comes_back(minute(120));
    let refusal = visit.tries(discharge("Sister"), minute(121)).unwrap_err();
    let open = refusal.verdict().unwrap().open();
    assert_eq!(open[0].met_at, Some(minute(122)));
    visit.does(discharge("Sister"), minute(122));
}

#[test]
fn more_than_ordered_that_went_in_is_charted_afterwards_and_counts_whole() {
    // Hazard: H20
    let mut visit = Visit::ready_with(injection(), 3);
    let answer = visit.tries(give("80", into(Site::LeftDeltoid)), minute(0));
    assert!(matches!(answer, Err(Refusal::MoreThanOrdered { .. })));
    let actor = nurse();
    let context = Context {
        now: minute(30),
        at: minute(0),
        actor: &actor,
        monitor: visit.monitor.clone(),
        papers: &visit.papers,
        rules: &visit.rules,
    };
    let kept = Afterwards {
        how: HowLater::FromPaper,
        tablet: "tablet-a".to_owned(),
        tablet_at: None,
        doubt: None,
    };
    let dose = give("80", into(Site::LeftDeltoid));
    let events = decide_afterwards(&visit.session, dose, &context, kept).unwrap();
    let went_in = events.iter().find_map(|event| match event {
        SessionEvent::DoseGiven { amount, .. } => Some(*amount),
        _other => None,
    });
    assert_eq!(went_in, Some(milligrams("80")));
    let against = events.iter().find_map(|event| match event {
        SessionEvent::RecordedLater { against, .. } => against.clone(),
        _other => None,
    });
    assert!(
        against.is_some_and(|says| says.contains("56")),
        "{events:?}"
    );
}

#[test]
fn a_dose_is_corrected_to_what_went_in() {
    let mut visit = Visit::ready_with(injection(), 3);
    visit.does(give("56", into(Site::LeftDeltoid)), minute(0));
    let entry = visit.session.doses()[0].entry;
    let right = |amount: &str| Correction::Dose {
        amount: milligrams(amount),
        portion: into(Site::RightGluteal),
    };
    let answer = visit.tries(correct(entry, right("560")), minute(1));
    assert!(matches!(answer, Err(Refusal::MoreThanOrdered { .. })));
    visit.does(correct(entry, right("50")), minute(1));
    let dose = visit.session.doses()[0].clone();
    assert_eq!(dose.amount, milligrams("50"));
    assert_eq!(dose.portion.says(), "right gluteal");
}

#[test]
fn an_order_by_dose_adds_up_or_is_refused() {
    // Hazard: H19, H20
    assert!(planned(devices(3)).is_ok());
    assert!(planned(injection()).is_ok());
    let tenfold = Order {
        volume: Millilitres::new(decimal("5.6")).unwrap(),
        ..injection()
    };
    let doses = Order {
        dose: milligrams("112"),
        ..devices(3)
    };
    let pumped = Order {
        rate: rate("75"),
        ..injection()
    };
    let mut elsewhere = devices(2);
    elsewhere.way.route = Route::Oral;
    for order in [tenfold, doses, pumped, elsewhere] {
        let answer = planned(order);
        assert!(matches!(answer, Err(Refusal::OrderDoesNotAddUp { .. })));
    }
}

#[test]
fn an_injection_of_ten_times_the_dose_is_ordered_by_nobody() {
    // Hazard: H20
    // 80 kg × 7 mg/kg = 560 mg, 5.6 mL of 100 mg/mL; never above 2 mg/kg (clinical reference 3.3).
    let mut tenfold = injection();
    tenfold.dose = milligrams("560");
    tenfold.volume = Millilitres::new(decimal("5.6")).unwrap();
    tenfold.way.giving = Giving::Doses {
        number: 1,
        each: milligrams("560"),
    };
    tenfold.beyond = Some(Override {
        reason: "meant so".to_owned(),
        role: Role::Prescriber,
        second_clinician: Some("Tom Reed".to_owned()),
    });
    let mut visit = Visit::new();
    let answer = visit.by(&prescriber(), plan(tenfold, 3), minute(-60), minute(-60));
    assert!(matches!(answer, Err(Refusal::MayNotOverride { .. })));
}

#[test]
fn esketamine_orders_keep_to_the_label() {
    // Hazard: H20
    // Witness: clinical reference 3.2: never above 84 mg; 56 mg on day 1; 28 mg from 65 years on;
    // steps of 28 mg; twice a week; not with a severely impaired liver.
    assert!(unmet(devices(4)).contains(&"dosing-esketamine-devices".to_owned()));
    let with = |number: u8, change: &dyn Fn(&mut Grounds)| {
        let mut order = devices(number);
        change(order.grounds.as_mut().unwrap());
        unmet(order)
    };
    let first = |grounds: &mut Grounds| {
        grounds.earlier = 0;
        grounds.last = None;
    };
    assert_eq!(with(2, &first), Vec::<String>::new());
    assert_eq!(with(3, &first), ["dosing-esketamine-first"]);
    let older = |grounds: &mut Grounds| {
        first(grounds);
        grounds.age = Some(65);
    };
    assert_eq!(with(1, &older), Vec::<String>::new());
    assert_eq!(with(2, &older), ["dosing-esketamine-first-older"]);
    let once_more = |grounds: &mut Grounds| grounds.age = Some(65);
    assert_eq!(with(2, &once_more), Vec::<String>::new());
    let from_one = |grounds: &mut Grounds| {
        grounds.last.as_mut().unwrap().dose = milligrams("28");
    };
    assert_eq!(with(3, &from_one), ["dosing-esketamine-step"]);
    let third = |grounds: &mut Grounds| grounds.in_seven_days = 3;
    assert_eq!(with(2, &third), ["dosing-esketamine-in-seven-days"]);
    let severe = |grounds: &mut Grounds| grounds.liver = Some(ChildPugh::C);
    assert_eq!(with(2, &severe), ["dosing-esketamine-liver"]);
    let unasked = |grounds: &mut Grounds| grounds.liver = None;
    assert_eq!(with(2, &unasked), ["dosing-esketamine-liver"]);
}

#[test]
fn an_age_that_is_not_known_is_taken_for_the_one_that_needs_less() {
    // Hazard: H24
    let mut order = devices(2);
    let grounds = order.grounds.as_mut().unwrap();
    (grounds.earlier, grounds.last, grounds.age) = (0, None, None);
    assert_eq!(unmet(order), ["dosing-esketamine-first-older"]);
}

#[test]
fn an_order_that_nobody_looked_at_is_not_given_by_dose() {
    // Hazard: H24
    let order = Order {
        grounds: None,
        ..injection()
    };
    let refusal = planned(order).unwrap_err();
    let verdict = refusal.verdict().unwrap();
    let week = "dosing-intramuscular-in-seven-days";
    let finding = verdict.findings.iter().find(|one| one.requirement == week);
    assert_eq!(finding.unwrap().outcome, Outcome::Unknown);
}

#[test]
fn a_session_without_the_protocol_of_a_way_is_not_changed_to_it() {
    // Hazard: H27
    let mut visit = Visit::checked_in(order(), 1);
    visit.rules = visit.rules.of_way(Product::Racemic, Route::Intravenous);
    let change = Command::ChangeOrder {
        order: injection(),
        instead_of: visit.session.ordered().unwrap().0.event_id,
        because: "no vein found".to_owned(),
    };
    let answer = visit.by(&prescriber(), change.clone(), minute(1), minute(1));
    assert!(matches!(answer, Err(Refusal::GateClosed { .. })));
    visit.rules = clinical::policy::Rules::shipped().unwrap();
    visit
        .by(&prescriber(), change, minute(1), minute(1))
        .unwrap();
    assert_eq!(visit.session.route(), Route::Intramuscular);
}

#[test]
fn nothing_is_dropped_from_an_order_by_dose_when_it_is_written_and_read() {
    let order = Order {
        alongside: Alongside {
            medicines: vec![SupportingMedicine {
                name: "ondansetron".to_owned(),
                dose: "4 mg".to_owned(),
                route: "by mouth".to_owned(),
                when: "30 min before".to_owned(),
            }],
            what_if: vec![WhatIf {
                happens: "sick".to_owned(),
                then: "sit up, basin".to_owned(),
            }],
        },
        ..devices(3)
    };
    let text = serde_json::to_string(&order).unwrap();
    assert_eq!(serde_json::from_str::<Order>(&text).unwrap(), order);
}
