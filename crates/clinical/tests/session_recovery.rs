//! Coming back after the drug: the two scores, and the rows of leaving that rest on a look.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::session_visit::*;
use clinical::course::screening::person::{ChildPugh, Product, Route};
use clinical::course::session::recovery::{
    Compared, Readings, RecoveryScore, modified_aldrete, modified_padss,
};
use clinical::course::session::*;
use clinical::policy::Outcome;
use units::{
    Kilograms, Milligrams, MilligramsPerMillilitre, Millilitres, MillilitresPerHour, Moment, Span,
};

/// So many devices of 28 mg in 0.2 mL. Source: clinical reference 3.1.
fn devices(number: u8) -> Order {
    let all = |each: &str| decimal(each) * decimal(&number.to_string());
    Order {
        drug: "esketamine".to_owned(),
        dose: Milligrams::new(all("28")).unwrap(),
        concentration: MilligramsPerMillilitre::new(decimal("140")).unwrap(),
        volume: Millilitres::new(all("0.2")).unwrap(),
        rate: MillilitresPerHour::ZERO,
        way: Way {
            product: Product::Esketamine,
            route: Route::Intranasal,
            giving: Giving::Devices {
                number,
                each: milligrams("28"),
            },
        },
        grounds: Some(Grounds {
            age: Some(39),
            earlier: 3,
            in_seven_days: 1,
            last: Some(LastDose {
                at: minute(-6_000),
                dose: milligrams("56"),
                dosing_weight: Kilograms::new(decimal("72")).unwrap(),
            }),
            liver: Some(ChildPugh::NoDisease),
        }),
        ..order()
    }
}

fn device() -> Command {
    Command::GiveDose {
        amount: milligrams("28"),
        portion: Portion::Device { fault: None },
        override_reason: None,
        second_clinician: None,
    }
}

fn end_dosing() -> Command {
    Command::EndDosing {
        why: Stop::Completed,
        note: String::new(),
    }
}

/// Readings as they were before, but for the pressures.
fn readings(systolic: &str, diastolic: &str) -> Readings {
    let beside = |now: &str| {
        Some(Compared {
            before: decimal("100"),
            now: decimal(now),
        })
    };
    Readings {
        systolic: beside(systolic),
        diastolic: beside(diastolic),
        heart_rate: beside("100"),
        oxygen_saturation: beside("100"),
        oxygen_saturation_now: Some(decimal("98")),
    }
}

fn points(score: &RecoveryScore, domain: &str) -> Option<u8> {
    let found = score.domains.iter().find(|one| one.says == domain);
    found.expect(domain).points
}

#[test]
fn circulation_is_two_to_twenty_percent_one_below_fifty_and_zero_from_there() {
    // Witness: clinical reference 5.1 and 13: +20 % is 2, +20.1 % is 1, +50 % is 0; below counts as
    // above, and the arm that is further off counts.
    for (systolic, diastolic, expected) in [
        ("100", "100", 2),
        ("120", "100", 2),
        ("120.1", "100", 1),
        ("149.9", "100", 1),
        ("150", "100", 0),
        ("80", "100", 2),
        ("79.9", "100", 1),
        ("50", "100", 0),
        ("100", "120.1", 1),
        ("100", "50", 0),
    ] {
        let score = modified_aldrete(&back(), &readings(systolic, diastolic));
        let found = points(&score, "circulation");
        assert_eq!(found, Some(expected), "{systolic}/{diastolic}");
        assert_eq!(score.total(), Some(8 + expected), "{systolic}/{diastolic}");
    }
}

#[test]
fn vital_signs_for_going_home_are_two_to_twenty_percent_and_one_to_forty() {
    // Witness: clinical reference 5.2: within 20 %, 20 to 40 %, more than 40 %.
    for (systolic, expected) in [
        ("120", 2),
        ("120.1", 1),
        ("140", 1),
        ("140.1", 0),
        ("60", 1),
    ] {
        let score = modified_padss(&back(), &readings(systolic, "100"));
        assert_eq!(points(&score, "vital signs"), Some(expected), "{systolic}");
    }
    let mut fast = readings("100", "100");
    fast.heart_rate = Some(Compared {
        before: decimal("70"),
        now: decimal("99"),
    });
    let score = modified_padss(&back(), &fast);
    assert_eq!(points(&score, "vital signs"), Some(0), "41 % faster");
}

#[test]
fn saturation_makes_its_points_by_percent_and_by_what_is_breathed() {
    // Witness: clinical reference 5.1: above 92 on air, above 90 with oxygen, less.
    for (percent, oxygen, expected) in [
        ("93", Oxygen::RoomAir, 2),
        ("92", Oxygen::RoomAir, 1),
        ("93", Oxygen::Given, 1),
        ("91", Oxygen::Given, 1),
        ("90", Oxygen::Given, 0),
        ("90", Oxygen::RoomAir, 0),
    ] {
        let seen = RecoveryCheck { oxygen, ..back() };
        let beside = Readings {
            oxygen_saturation_now: Some(decimal(percent)),
            ..readings("100", "100")
        };
        let score = modified_aldrete(&seen, &beside);
        assert_eq!(
            points(&score, "saturation"),
            Some(expected),
            "{percent} {oxygen:?}"
        );
    }
}

#[test]
fn each_side_makes_two_one_or_no_points_as_on_paper() {
    // Witness: the tables of clinical reference 5.1 and 5.2.
    let beside = readings("100", "100");
    let aldrete = |seen: RecoveryCheck| modified_aldrete(&seen, &beside).total().unwrap();
    let padss = |seen: RecoveryCheck| modified_padss(&seen, &beside).total().unwrap();
    for (lost, activity) in (0..).zip(Activity::ALL) {
        let seen = RecoveryCheck {
            activity: *activity,
            ..back()
        };
        assert_eq!((aldrete(seen.clone()), padss(seen)), (10 - lost, 10));
    }
    for (lost, breathing) in (0..).zip(Breathing::ALL) {
        let seen = RecoveryCheck {
            breathing: *breathing,
            ..back()
        };
        assert_eq!((aldrete(seen.clone()), padss(seen)), (10 - lost, 10));
    }
    for (lost, consciousness) in (0..).zip(Consciousness::ALL) {
        let seen = RecoveryCheck {
            consciousness: *consciousness,
            ..back()
        };
        assert_eq!((aldrete(seen.clone()), padss(seen)), (10 - lost, 10));
    }
    for (lost, walk) in (0..).zip(Walk::ALL) {
        let seen = RecoveryCheck {
            walk: *walk,
            ..back()
        };
        assert_eq!((aldrete(seen.clone()), padss(seen)), (10, 10 - lost));
    }
    for (lost, degree) in (0..).zip(Degree::ALL) {
        for seen in [
            RecoveryCheck {
                nausea: *degree,
                ..back()
            },
            RecoveryCheck {
                pain: *degree,
                ..back()
            },
            RecoveryCheck {
                bleeding: *degree,
                ..back()
            },
        ] {
            assert_eq!((aldrete(seen.clone()), padss(seen)), (10, 10 - lost));
        }
    }
}

#[test]
fn what_is_not_known_makes_no_points_and_no_sum() {
    // Hazard: H24
    let unknown = Readings::default();
    let (aldrete, padss) = (
        modified_aldrete(&back(), &unknown),
        modified_padss(&back(), &unknown),
    );
    assert_eq!((aldrete.total(), padss.total()), (None, None));
    assert_eq!(
        aldrete.says(),
        "not known (circulation not known, saturation not known)"
    );
    let mut no_rate = readings("100", "100");
    no_rate.heart_rate = None;
    assert_eq!(modified_padss(&back(), &no_rate).total(), None);
    let mut nothing_before = readings("100", "100");
    nothing_before.systolic = Some(Compared {
        before: decimal("0"),
        now: decimal("100"),
    });
    assert_eq!(modified_aldrete(&back(), &nothing_before).total(), None);
}

/// An infusion that ended at minute 40, with somebody who is watched since.
fn watched() -> Visit {
    let mut visit = Visit::running();
    visit.does(stop(), minute(40));
    visit.does(Command::BeginObservation, minute(41));
    visit
}

fn open(visit: &mut Visit, command: Command, at: Moment) -> Vec<String> {
    let refusal = visit.tries(command, at).unwrap_err();
    let verdict = refusal.verdict().unwrap();
    verdict
        .open()
        .iter()
        .map(|finding| finding.requirement.clone())
        .collect()
}

#[test]
fn each_side_of_the_check_alone_keeps_the_person() {
    // Hazard: H39. Witness: clinical reference 5.3, rows 3 to 8.
    let person = [Orientation::Person, Orientation::Time].into();
    let rows = [
        (
            "oriented",
            RecoveryCheck {
                oriented_to: person,
                ..back()
            },
        ),
        (
            "here-again",
            RecoveryCheck {
                dissociation: 2.try_into().unwrap(),
                ..back()
            },
        ),
        (
            "clear-mind",
            RecoveryCheck {
                mind: Mind::Something,
                ..back()
            },
        ),
        (
            "walks",
            RecoveryCheck {
                walk: Walk::WithHelp,
                ..back()
            },
        ),
        (
            "room-air",
            RecoveryCheck {
                oxygen: Oxygen::Given,
                ..back()
            },
        ),
        (
            "cannula-out",
            RecoveryCheck {
                cannula: Cannula::In,
                ..back()
            },
        ),
    ];
    for (expected, seen) in rows {
        let mut visit = watched();
        visit.comes_back(minute(95));
        visit.does(check(seen), minute(98));
        assert_eq!(
            open(&mut visit, discharge("Sister"), minute(100)),
            [expected]
        );
        let forced = discharge_with("Sister", Some("seen by me"));
        let passed = visit.by(&prescriber(), forced, minute(100), minute(100));
        assert!(passed.is_ok(), "{expected}");
    }
    let mut visit = watched();
    visit.comes_back(minute(95));
    let severe = RecoveryCheck {
        nausea: Degree::Severe,
        ..back()
    };
    visit.does(check(severe), minute(98));
    assert_eq!(
        open(&mut visit, discharge("Sister"), minute(100)),
        ["padss", "ready-twice", "nausea-controlled"]
    );
}

#[test]
fn both_scores_hold_over_two_checks_a_quarter_of_an_hour_apart() {
    // Hazard: H39. Witness: clinical reference 5.2: two checks at least 15 min apart.
    let mut visit = watched();
    visit.comes_back(minute(95));
    let early = minute(80) + Span::from_seconds(1);
    let mut short = watched();
    for at in [early, minute(95)] {
        for fact in [
            sedation(5),
            distress(0),
            chart(vital_signs(120, 70)),
            check(back()),
        ] {
            short.does(fact, at);
        }
    }
    assert_eq!(
        open(&mut short, discharge("Sister"), minute(100)),
        ["awake-twice", "ready-twice"],
        "a second less"
    );
    // A bad look between the two starts the time anew.
    let mut relapsed = visit.clone();
    let dizzy = RecoveryCheck {
        walk: Walk::Not,
        ..back()
    };
    relapsed.does(check(dizzy), minute(90));
    assert_eq!(
        open(&mut relapsed, discharge("Sister"), minute(100)),
        ["ready-twice"]
    );
    // One full score is not enough, and a lower one between the two is too much.
    let mut sleepy = visit.clone();
    sleepy.does(sedation(4), minute(90));
    assert_eq!(
        open(&mut sleepy, discharge("Sister"), minute(100)),
        ["awake-twice"]
    );
    visit.does(discharge("Sister"), minute(100));
}

#[test]
fn a_pressure_that_was_put_right_puts_the_score_right() {
    // Hazard: H39
    let mut visit = watched();
    visit.comes_back(minute(95));
    visit.does(chart(vital_signs(190, 70)), minute(98));
    let wrong = visit.session.entries.last().unwrap().event_id;
    visit.does(check(back()), minute(98));
    let latest = |visit: &Visit| {
        visit
            .session
            .recoveries(Span::from_minutes(30))
            .pop()
            .unwrap()
    };
    assert_eq!(latest(&visit).aldrete.total(), Some(8), "58 % above");
    let right = Correction::VitalSigns {
        values: vital_signs(119, 70),
    };
    visit.does(correct(wrong, right), minute(99));
    assert_eq!(latest(&visit).aldrete.total(), Some(10));
    visit.does(discharge("Sister"), minute(100));
}

#[test]
fn a_check_without_vital_signs_beside_it_makes_no_score() {
    // Hazard: H24, H39
    let mut visit = watched();
    visit.comes_back(minute(60));
    // The pressure is of half an hour and a second ago.
    visit.does(check(back()), minute(90) + Span::from_seconds(1));
    let checks = visit.session.recoveries(Span::from_minutes(30));
    assert_eq!(checks.len(), 3);
    assert_eq!(checks[1].padss.total(), Some(10));
    assert_eq!(checks[2].padss.total(), None);
}

#[test]
fn an_antidote_keeps_the_person_for_two_hours() {
    // Hazard: H39. Witness: clinical reference 5.3: at least 2 h since the last reversal dose.
    let mut visit = watched();
    let antidote = Command::GiveMedicine {
        medicine: "Flumazenil".to_owned(),
        dose: "0.2 mg".to_owned(),
        route: "IV".to_owned(),
        because: "too sleepy".to_owned(),
        note: None,
        again: false,
    };
    visit.does(antidote, minute(45));
    visit.comes_back(minute(150));
    let late = minute(165) - Span::from_seconds(1);
    assert_eq!(
        open(&mut visit, discharge("Sister"), late),
        ["reversal-long-ago"]
    );
    visit.does(discharge("Sister"), minute(165));
}

#[test]
fn what_is_said_when_leaving_is_asked() {
    // Hazard: H39. Witness: clinical reference 5.3, rows 9 and 10; 10 asks of esketamine alone.
    let unsaid = Command::Discharge {
        escort: "Sister".to_owned(),
        instructions_given: false,
        stable: false,
        override_reason: None,
    };
    let mut visit = watched();
    visit.comes_back(minute(95));
    assert_eq!(
        open(&mut visit, unsaid.clone(), minute(100)),
        ["instructions-given"]
    );
    let mut sprayed = Visit::ready_with(devices(2), 3);
    for at in [0, 5] {
        sprayed.does(device(), minute(at));
    }
    sprayed.does(end_dosing(), minute(6));
    sprayed.comes_back(minute(125));
    assert_eq!(
        open(&mut sprayed, unsaid, minute(125)),
        ["instructions-given", "stable"]
    );
    sprayed.does(discharge("Sister"), minute(125));
}

#[test]
fn nothing_is_checked_before_the_drug_has_ended() {
    for mut visit in [Visit::ready(), Visit::running()] {
        assert!(matches!(
            visit.tries(check(back()), minute(1)),
            Err(Refusal::NotNow { .. })
        ));
    }
}

#[test]
fn the_person_of_the_reference_leaves_when_the_reference_says() {
    // Witness: clinical reference 13, row 6: esketamine 84 mg, devices at 0, 5 and 10; at 118 min
    // not (time, escort), at 131 with an escort and a second check 15 min later.
    // Hazard: H39
    let mut visit = Visit::ready_with(devices(3), 3);
    for at in [0, 5, 10] {
        visit.does(device(), minute(at));
    }
    visit.does(end_dosing(), minute(12));
    let facts = [
        sedation(5),
        distress(0),
        chart(vital_signs(128, 78)),
        check(back()),
    ];
    for fact in facts.clone() {
        visit.does(fact, minute(118));
    }
    let kept = open(&mut visit, discharge(""), minute(118));
    assert!(
        kept.contains(&"dosing-esketamine-stay".to_owned()),
        "{kept:?}"
    );
    assert!(kept.contains(&"escort-present".to_owned()), "{kept:?}");
    assert_eq!(
        open(&mut visit, discharge(""), minute(131)),
        ["escort-present", "awake-twice", "ready-twice"]
    );
    for fact in facts {
        visit.does(fact, minute(133));
    }
    let left = visit.tries(discharge("His brother"), minute(133)).unwrap();
    let [
        SessionEvent::PatientDischarged {
            verdict,
            overridden: None,
            ..
        },
    ] = &left[..]
    else {
        panic!("{left:?}")
    };
    assert!(
        verdict
            .findings
            .iter()
            .all(|finding| finding.outcome == Outcome::Met)
    );
}

#[test]
fn who_was_asked_in_the_check_is_not_asked_again() {
    // Dissociation is asked on a schedule; the look asks it too.
    let mut visit = watched();
    visit.does(check(back()), minute(60));
    let asked = visit.session.ratings();
    let (at, side, rating) = asked.last().copied().unwrap();
    assert_eq!(
        (at, side, rating.points()),
        (minute(60), Side::Dissociation, 0)
    );
}

#[test]
fn a_pressure_that_is_a_little_above_the_limit_is_not_rounded_down_to_it() {
    // Hazard: H39. Witness: 100 to 120.03 is 20.03 %, which is more than 20 %.
    let mut visit = Visit::ready();
    visit.does(chart(vital_signs(100, 70)), START);
    visit.does(start(), START);
    visit.does(stop(), minute(40));
    visit.does(Command::BeginObservation, minute(41));
    visit.comes_back(minute(95));
    let above = VitalSigns {
        systolic: Some(units::MillimetresOfMercury::new(decimal("120.03")).unwrap()),
        ..vital_signs(120, 70)
    };
    visit.does(chart(above), minute(98));
    assert_eq!(
        open(&mut visit, discharge("Sister"), minute(100)),
        ["pressure-back-systolic"]
    );
}
