//! The gates of a session, asked through `decide`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::session_visit::*;
use clinical::course::session::decide::start_verdict;
use clinical::course::session::*;
use clinical::policy::{Outcome, Rules};
use clinical::record::{Actor, Role};
use units::{Moment, Span};

/// Everything for a start, except what the closure makes of it.
fn prepared_with(
    fasting: FastingAnswers,
    identified: bool,
    values: Option<VitalSigns>,
    way: Option<Monitoring>,
    monitor: MonitorEvidence,
) -> Visit {
    let mut visit = Visit::new();
    visit.does(plan(order(), 0), minute(-60));
    let escort = None;
    visit.does(Command::CheckIn { fasting, escort }, START);
    if identified {
        visit.does(identify(), START);
    }
    if let Some(values) = values {
        visit.does(chart(values), START);
    }
    if let Some(way) = way {
        visit.does(time_out(way), START);
    }
    visit.monitor = monitor;
    visit
}

fn open_requirements(refusal: &Refusal) -> Vec<String> {
    let open = refusal.verdict().unwrap().open();
    open.iter().map(|f| f.requirement.clone()).collect()
}

fn fasting_with(change: impl Fn(&mut FastingAnswers)) -> FastingAnswers {
    let mut answers = fasted();
    change(&mut answers);
    answers
}

fn values_with(change: impl Fn(&mut VitalSigns)) -> VitalSigns {
    let mut values = vital_signs(120, 70);
    change(&mut values);
    values
}

#[test]
fn each_open_requirement_alone_blocks_the_start() {
    // Hazard: H24, H25, H04
    use MonitorEvidence::*;
    let (by_monitor, fine) = (Some(Monitoring::Monitor), Some(vital_signs(120, 70)));
    let answers = |change: fn(&mut FastingAnswers)| {
        prepared_with(fasting_with(change), true, fine.clone(), by_monitor, Live)
    };
    let values = |change: fn(&mut VitalSigns)| {
        prepared_with(fasted(), true, Some(values_with(change)), by_monitor, Live)
    };
    let monitor = |way, evidence| prepared_with(fasted(), true, fine.clone(), Some(way), evidence);
    let papers = |change: fn(&mut Papers)| {
        let mut visit = prepared_with(fasted(), true, fine.clone(), by_monitor, Live);
        change(&mut visit.papers);
        visit
    };
    let rows: Vec<(Visit, &[&str])> = vec![
        (
            papers(|p| p.acceptance = Paper::not_known()),
            &["acceptance-holds"],
        ),
        (
            papers(|p| p.consent = Paper::not_known()),
            &["consent-in-force"],
        ),
        (
            answers(|a| a.clear_liquid = Answer::NotAsked),
            &["fasting-clear-liquids"],
        ),
        (
            answers(|a| a.clear_liquid = Answer::NotSure),
            &["fasting-clear-liquids"],
        ),
        (
            answers(|a| a.clear_liquid = Answer::Is(minute(-119))),
            &["fasting-clear-liquids"],
        ),
        (
            answers(|a| a.clear_liquid = Answer::Is(minute(1))),
            &["fasting-clear-liquids"],
        ),
        (
            answers(|a| a.light_meal = Answer::NotAsked),
            &["fasting-light-meal"],
        ),
        (
            answers(|a| a.light_meal = Answer::NotSure),
            &["fasting-light-meal"],
        ),
        (
            answers(|a| a.light_meal = Answer::Is(minute(-359))),
            &["fasting-light-meal"],
        ),
        (
            answers(|a| a.heavy_meal = Answer::NotAsked),
            &["fasting-heavy-meal"],
        ),
        (
            answers(|a| a.heavy_meal = Answer::NotSure),
            &["fasting-heavy-meal"],
        ),
        (
            answers(|a| a.heavy_meal = Answer::Is(minute(-479))),
            &["fasting-heavy-meal"],
        ),
        (
            prepared_with(fasted(), false, fine.clone(), by_monitor, Live),
            &["identity-confirmed"],
        ),
        (
            prepared_with(fasted(), true, fine.clone(), None, Live),
            &["time-out-complete"],
        ),
        (
            values(|v| v.oxygen_saturation = None),
            &["baseline-saturation"],
        ),
        (
            values(|v| {
                v.oxygen_saturation = Some(units::OxygenSaturation::new(94.into()).unwrap())
            }),
            &["baseline-saturation"],
        ),
        (
            values(|v| v.heart_rate = None),
            &["baseline-heart-rate-slow", "baseline-heart-rate-fast"],
        ),
        (
            values(|v| v.heart_rate = Some(units::BeatsPerMinute::new(49.into()).unwrap())),
            &["baseline-heart-rate-slow"],
        ),
        (
            values(|v| v.heart_rate = Some(units::BeatsPerMinute::new(121.into()).unwrap())),
            &["baseline-heart-rate-fast"],
        ),
        (
            prepared_with(fasted(), true, Some(vital_signs(141, 70)), by_monitor, Live),
            &["pre-dose-soft-systolic"],
        ),
        (
            prepared_with(fasted(), true, Some(vital_signs(120, 91)), by_monitor, Live),
            &["pre-dose-soft-diastolic"],
        ),
        (
            prepared_with(fasted(), true, Some(vital_signs(89, 60)), by_monitor, Live),
            &["pre-dose-low-systolic"],
        ),
        (
            prepared_with(fasted(), true, Some(vital_signs(120, 49)), by_monitor, Live),
            &["pre-dose-low-diastolic"],
        ),
        (
            monitor(Monitoring::Monitor, NotAssociated),
            &["monitor-real"],
        ),
        (monitor(Monitoring::Monitor, NoSignal), &["monitor-real"]),
        (monitor(Monitoring::Monitor, DemoMode), &["monitor-real"]),
        (
            monitor(Monitoring::Monitor, IdentityConflict),
            &["monitor-real"],
        ),
        (monitor(Monitoring::ByHand, DemoMode), &["monitor-real"]),
        (
            monitor(Monitoring::ByHand, IdentityConflict),
            &["monitor-real"],
        ),
    ];
    for (mut visit, expected) in rows {
        let before = visit.session.clone();
        let refusal = visit.tries(start(), START).unwrap_err();
        assert!(
            matches!(refusal, Refusal::GateClosed { .. }),
            "{expected:?}"
        );
        assert_eq!(open_requirements(&refusal), expected);
        assert_eq!(visit.session, before, "a refusal changes nothing");
    }
    for evidence in [NotAssociated, NoSignal, Live] {
        let mut visit = monitor(Monitoring::ByHand, evidence);
        assert!(visit.tries(start(), START).is_ok());
    }
}

#[test]
fn a_missing_blood_pressure_leaves_every_pressure_unknown() {
    // Hazard: H24
    let mut visit = Visit::checked_in(order(), 0);
    visit.does(identify(), START);
    visit.does(time_out(Monitoring::Monitor), START);
    let refusal = visit.tries(start(), START).unwrap_err();
    let open = refusal.verdict().unwrap().open();
    assert!(
        open.iter()
            .all(|finding| finding.outcome == Outcome::Unknown)
    );
    // 8 limits of pressure, 2 of heart rate, saturation, and the age of the baseline.
    assert_eq!(open.len(), 12);
}

#[test]
fn fasting_exactly_at_its_limits_passes() {
    let exactly = FastingAnswers {
        clear_liquid: Answer::Is(minute(-120)),
        light_meal: Answer::Is(minute(-360)),
        heavy_meal: Answer::Is(minute(-480)),
    };
    let values = Some(vital_signs(120, 70));
    let mut visit = prepared_with(
        exactly,
        true,
        values,
        Some(Monitoring::Monitor),
        MonitorEvidence::Live,
    );
    visit.does(start(), START);
}

#[test]
fn a_baseline_of_fifteen_minutes_passes_and_an_older_one_does_not() {
    // Hazard: H24
    let late = minute(15) + Span::from_microseconds(1);
    let refusal = Visit::ready().tries(start(), late).unwrap_err();
    assert_eq!(open_requirements(&refusal), ["baseline-recent"]);
    assert!(Visit::ready().tries(start(), minute(15)).is_ok());
}

fn start_at_pressure(
    systolic: u32,
    diastolic: u32,
    actor: &Actor,
    command: Command,
) -> Result<Vec<SessionEvent>, Refusal> {
    let values = Some(vital_signs(systolic, diastolic));
    let mut visit = prepared_with(
        fasted(),
        true,
        values,
        Some(Monitoring::Monitor),
        MonitorEvidence::Live,
    );
    visit.by(actor, command, START, START)
}

#[test]
fn a_closed_gate_is_passed_only_by_those_whom_the_rule_names_and_with_a_reason() {
    // Hazard: H24
    let reason = Some("rested twice, known white-coat rise");
    for role in Role::ALL {
        let actor = person("Åsa Berg", role);
        let may = matches!(role, Role::Prescriber | Role::MedicalDirector);
        let answer = start_at_pressure(150, 70, &actor, start_with(reason, None));
        match answer {
            Ok(events) => {
                assert!(may, "{role:?}");
                let [
                    SessionEvent::DosingStarted {
                        verdict,
                        overridden,
                        ..
                    },
                ] = &events[..]
                else {
                    panic!("{events:?}")
                };
                assert_eq!(verdict.open()[0].requirement, "pre-dose-soft-systolic");
                let overridden = overridden.as_ref().unwrap();
                assert_eq!(
                    (overridden.role, Some(overridden.reason.as_str())),
                    (role, reason)
                );
            }
            Err(refusal) => {
                assert!(!may, "{role:?}");
                assert!(matches!(refusal, Refusal::MayNotOverride { .. }));
            }
        }
    }
    for blank in [None, Some(""), Some("  ")] {
        let refusal =
            start_at_pressure(150, 70, &prescriber(), start_with(blank, None)).unwrap_err();
        assert!(matches!(refusal, Refusal::GateClosed { .. }));
    }
}

#[test]
fn a_hard_pressure_needs_a_second_clinician_who_is_someone_else() {
    // Hazard: H24
    for (systolic, diastolic) in [(160, 70), (179, 109), (120, 100)] {
        for second in [
            None,
            Some(" "),
            Some("Åsa Berg"),
            Some("åsa  BERG "),
            Some("ÅSA BERG"),
        ] {
            let command = start_with(Some("urgent"), second);
            let refusal =
                start_at_pressure(systolic, diastolic, &prescriber(), command).unwrap_err();
            assert!(
                matches!(refusal, Refusal::SecondClinicianNeeded { .. }),
                "{second:?}"
            );
        }
        let command = start_with(Some("urgent"), Some("Nora Lind"));
        assert!(start_at_pressure(systolic, diastolic, &prescriber(), command).is_ok());
    }
}

#[test]
fn an_emergency_pressure_is_passed_by_nobody() {
    // Hazard: H24
    for (systolic, diastolic) in [(180, 70), (120, 110)] {
        for role in Role::ALL {
            let command = start_with(Some("urgent"), Some("Nora Lind"));
            let refusal =
                start_at_pressure(systolic, diastolic, &person("Åsa Berg", role), command)
                    .unwrap_err();
            assert!(matches!(refusal, Refusal::MayNotOverride { .. }));
        }
    }
}

#[test]
fn nobody_passes_over_a_missing_acceptance_or_consent_whatever_the_reason() {
    // Hazard: H25
    for (requirement, which) in [("acceptance-holds", 0), ("consent-in-force", 1)] {
        let mut visit = Visit::ready();
        let missing = Paper {
            outcome: Outcome::Unmet,
            says: "The person took it back.".to_owned(),
        };
        if which == 0 {
            visit.papers.acceptance = missing;
        } else {
            visit.papers.consent = missing;
        }
        for actor in [
            nurse(),
            prescriber(),
            person("Dr Okonkwo", Role::MedicalDirector),
        ] {
            let refusal = visit
                .by(
                    &actor,
                    start_with(Some("it is late"), Some("Jo Tan")),
                    START,
                    START,
                )
                .unwrap_err();
            assert!(
                matches!(refusal, Refusal::MayNotOverride { .. }),
                "{requirement}"
            );
            let verdict = refusal.verdict().unwrap();
            let finding = verdict
                .open()
                .into_iter()
                .find(|f| f.requirement == requirement);
            assert_eq!(finding.unwrap().found, "The person took it back.");
        }
    }
}

#[test]
fn a_command_from_a_stale_page_is_refused_in_the_words_that_the_page_would_show_now() {
    // Hazard: H25
    let mut visit = Visit::ready();
    let (actor, rules) = (nurse(), Rules::shipped().unwrap());
    visit.monitor = MonitorEvidence::NoSignal;
    let context = Context {
        now: minute(1),
        at: minute(1),
        actor: &actor,
        monitor: MonitorEvidence::NoSignal,
        papers: &Papers::in_force("seen"),
        rules: &rules,
    };
    let shown = start_verdict(&visit.session, &context);
    let refusal = visit.tries(start(), minute(1)).unwrap_err();
    assert_eq!(refusal, Refusal::GateClosed { verdict: shown });
}

#[test]
fn the_verdict_that_allowed_the_start_is_kept_in_its_event() {
    let events = Visit::ready().tries(start(), START).unwrap();
    let [
        SessionEvent::DosingStarted {
            verdict,
            overridden: None,
            ..
        },
    ] = &events[..]
    else {
        panic!("{events:?}")
    };
    assert!(verdict.is_open());
    // The agreement has 2 requirements, the time-out 7, the room 8, the signal 1, fasting 3, the
    // pre-dose blood pressure 8.
    assert_eq!(verdict.findings.len(), 29);
}

#[test]
fn a_gate_without_rules_stays_closed_to_everybody() {
    // Hazard: H25
    for actor in [nurse(), prescriber()] {
        let mut visit = Visit::ready();
        visit.rules = Rules::new(Vec::new());
        let refusal = visit
            .by(&actor, start_with(Some("no rules"), None), START, START)
            .unwrap_err();
        assert!(matches!(refusal, Refusal::GateClosed { .. }));
    }
}

#[test]
fn a_faster_rate_needs_vital_signs_of_the_last_five_minutes_and_a_slower_one_does_not() {
    let late = minute(5) + Span::from_microseconds(1);
    assert!(Visit::running().tries(change_rate("76"), minute(5)).is_ok());
    let refusal = Visit::running().tries(change_rate("76"), late).unwrap_err();
    assert_eq!(
        open_requirements(&refusal),
        ["vital-signs-before-raising-the-rate"]
    );
    assert!(Visit::running().tries(change_rate("74"), late).is_ok());
    assert_eq!(
        Visit::running().tries(change_rate("0"), late),
        Err(Refusal::PauseInstead)
    );
}

/// Somebody with a pressure of 139/89 before, whose infusion ended at minute 40; looked at, scored
/// and measured twice, the second time at `measured`.
fn observed(alert: u8, distressed: u8, pressure: (u32, u32), measured: Moment) -> Visit {
    let mut visit = Visit::ready();
    visit.does(chart(vital_signs(139, 89)), START);
    visit.does(start(), START);
    let facts = [
        sedation(alert),
        distress(distressed),
        chart(vital_signs(pressure.0, pressure.1)),
    ];
    let both = [measured - Span::from_minutes(15), measured];
    let chart_facts = |visit: &mut Visit, before_the_end: bool| {
        for at in both {
            if (at < minute(40)) == before_the_end {
                for fact in facts.clone() {
                    visit.does(fact, at);
                }
                if !before_the_end {
                    visit.does(check(back()), at);
                }
            }
        }
    };
    chart_facts(&mut visit, true);
    visit.does(stop(), minute(40));
    visit.does(Command::BeginObservation, minute(41));
    chart_facts(&mut visit, false);
    visit
}

#[test]
fn each_row_of_the_discharge_gate_alone_keeps_the_person() {
    // Hazard: H39
    let fine = || observed(5, 1, (159, 99), minute(95));
    assert!(
        fine().tries(discharge("Sister, 555"), minute(100)).is_ok(),
        "exactly at the limits"
    );
    let rows = [
        (fine(), "Sister", minute(99), "stay-long-enough"),
        (fine(), "  ", minute(100), "escort-present"),
        (
            observed(5, 2, (159, 99), minute(95)),
            "Sister",
            minute(100),
            "calm",
        ),
        (
            observed(5, 1, (160, 99), minute(95)),
            "Sister",
            minute(100),
            "pressure-settled-systolic",
        ),
        (
            observed(5, 1, (159, 100), minute(95)),
            "Sister",
            minute(100),
            "pressure-settled-diastolic",
        ),
    ];
    for (mut visit, escort, at, expected) in rows {
        let refusal = visit.tries(discharge(escort), at).unwrap_err();
        assert_eq!(open_requirements(&refusal), [expected]);
        let command = discharge_with(escort, Some("hotel ward next door"));
        assert!(visit.by(&prescriber(), command, at, at).is_ok());
    }
    // Nobody passes over someone who is not awake.
    let mut visit = observed(4, 1, (159, 99), minute(95));
    let refusal = visit.tries(discharge("Sister"), minute(100)).unwrap_err();
    assert_eq!(open_requirements(&refusal), ["awake", "awake-twice"]);
    let command = discharge_with("Sister", Some("hotel ward next door"));
    let overridden = visit.by(&prescriber(), command, minute(100), minute(100));
    assert!(overridden.is_err());
}

#[test]
fn what_was_charted_before_the_drug_says_nothing_about_leaving() {
    // Hazard: H39
    let mut visit = Visit::ready();
    visit.does(sedation(5), START);
    visit.does(distress(0), START);
    visit.does(start(), minute(1));
    visit.does(stop(), minute(40));
    visit.does(Command::BeginObservation, minute(41));
    let refusal = visit.tries(discharge("Sister"), minute(100)).unwrap_err();
    let verdict = refusal.verdict().unwrap();
    // The time, the escort, what is said when leaving, and that no antidote was given are known.
    let known = [
        "stay-long-enough",
        "escort-present",
        "reversal-long-ago",
        "instructions-given",
    ];
    for finding in &verdict.findings {
        let expected = if known.contains(&finding.requirement.as_str()) {
            Outcome::Met
        } else {
            Outcome::Unknown
        };
        assert_eq!(finding.outcome, expected, "{}", finding.requirement);
    }
    // The composite gate of reference 5.3: 25 rows for an infusion.
    assert_eq!(verdict.findings.len(), 25);
}

#[test]
fn a_score_from_during_the_infusion_says_nothing_about_leaving() {
    // Hazard: H39
    let mut visit = observed(5, 0, (120, 70), minute(39));
    for at in [minute(85), minute(100)] {
        visit.does(chart(vital_signs(120, 70)), at);
        visit.does(check(back()), at);
    }
    let refusal = visit.tries(discharge("Sister"), minute(100));
    assert_eq!(
        open_requirements(&refusal.unwrap_err()),
        ["awake", "awake-now", "calm", "awake-twice"]
    );
}

#[test]
fn nobody_leaves_on_readings_of_an_hour_ago() {
    // Hazard: H39. Witness: clinical reference 4.2, readings every 15 to 30 min until leaving.
    let mut visit = observed(5, 0, (120, 70), minute(69));
    let refusal = visit.tries(discharge("Sister"), minute(100)).unwrap_err();
    assert_eq!(
        open_requirements(&refusal),
        [
            "awake-now",
            "pressure-measured-now",
            "recovery-checked-now",
            "pressure-back-systolic",
            "pressure-back-diastolic",
            "saturation-back",
        ]
    );
    let command = discharge_with("Sister", Some("everything was fine an hour ago"));
    let overridden = visit.by(&prescriber(), command, minute(100), minute(100));
    assert!(overridden.is_err(), "the score is passed over by nobody");
    visit.does(sedation(5), minute(100));
    visit.does(chart(vital_signs(120, 70)), minute(100));
    visit.does(check(back()), minute(100));
    visit.does(discharge("Sister"), minute(100));
}
