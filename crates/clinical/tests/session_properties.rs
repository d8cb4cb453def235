//! What holds of every session, whatever is commanded, and of the rules that it keeps.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::session_visit::*;
use clinical::advisory::Priority;
use clinical::course::session::*;
use clinical::policy::{AdoptedPolicy, BUILT_IN, Policy, Quantity, Rules, Unit};
use clinical::record::{Actor, EventId, Recorded};
use clinical::vital_signs::VitalSign;
use proptest::prelude::*;
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::sync::Arc;
use units::Span;
use uuid::Uuid;

fn values() -> impl Strategy<Value = VitalSigns> {
    (10_u32..300, 10_u32..300, any::<bool>()).prop_map(|(systolic, diastolic, plausible)| {
        if plausible {
            vital_signs(90 + systolic % 60, 50 + diastolic % 30)
        } else {
            vital_signs(systolic, diastolic)
        }
    })
}

fn answer() -> impl Strategy<Value = Answer<units::Moment>> {
    prop_oneof![
        Just(Answer::NotAsked),
        Just(Answer::NotSure),
        Just(Answer::NoneSuch),
        (-900_i64..60).prop_map(|minutes| Answer::Is(minute(minutes))),
    ]
}

fn correction() -> impl Strategy<Value = Correction> {
    prop_oneof![
        Just(Correction::Struck),
        proptest::sample::subsequence(VitalSign::ALL.to_vec(), 0..=3).prop_map(|signs| {
            Correction::Artefact {
                signs: signs.into_iter().collect(),
            }
        }),
        values().prop_map(|values| Correction::VitalSigns { values }),
        (0_u8..=5).prop_map(|points| Correction::Sedation {
            score: points.try_into().unwrap()
        }),
        (0_u8..=10).prop_map(|points| Correction::Distress {
            score: points.try_into().unwrap()
        }),
        ".{0,4}".prop_map(|text| Correction::Text { text }),
        (0_u32..=1200).prop_map(|to| Correction::Rate {
            rate: rate(&to.to_string())
        }),
        (0_u32..=40).prop_map(|amount| Correction::Bolus {
            amount: milligrams(&amount.to_string())
        }),
    ]
}

fn reason() -> impl Strategy<Value = Option<String>> {
    prop_oneof![Just(None), Just(Some("urgent".to_owned()))]
}

fn command() -> impl Strategy<Value = Command> {
    let priority = prop_oneof![
        Just(Priority::Low),
        Just(Priority::Medium),
        Just(Priority::High)
    ];
    let preparation = prop_oneof![
        Just(plan(order(), 0)),
        Just(plan(prepared("35", "0.7", "10", "75", "70"), 0)),
        Just(check_in()),
        (answer(), answer(), answer()).prop_map(|(clear_liquid, light_meal, heavy_meal)| {
            Command::AnswerFasting {
                fasting: FastingAnswers {
                    clear_liquid,
                    light_meal,
                    heavy_meal,
                },
            }
        }),
        Just(Command::AnswerFasting { fasting: fasted() }),
        Just(identify()),
        Just(Command::ConfirmIdentity {
            identifiers: vec![Identifier::Photo, Identifier::Photo]
        }),
        Just(time_out(Monitoring::Monitor)),
        Just(time_out(Monitoring::ByHand)),
        Just(Command::CompleteTimeOut {
            lines: vec![Line::RightPerson],
            monitoring: Monitoring::ByHand
        }),
    ];
    let charted = prop_oneof![
        values().prop_map(chart),
        Just(chart(VitalSigns::default())),
        (0_u8..=5).prop_map(sedation),
        (0_u8..=10).prop_map(distress),
        ".{0,4}".prop_map(|text| note(&text)),
        Just(Command::GiveSupport {
            kind: SupportKind::Comfort,
            note: String::new(),
            detail: SupportDetail::default(),
        }),
        (priority, any::<bool>()).prop_map(|(priority, technical)| raise(priority, technical)),
        (0_u32..4).prop_map(|advisory| acknowledge(&[advisory])),
        (0_u32..4).prop_map(|advisory| Command::EscalateAdvisory { advisory }),
        (0_u32..4).prop_map(|advisory| Command::ResolveAdvisories {
            advisories: [advisory].into(),
            how: "ended".to_owned()
        }),
        (1_000_u128..1_050, correction())
            .prop_map(|(entry, correction)| correct(EventId(Uuid::from_u128(entry)), correction)),
    ];
    let dosing = prop_oneof![
        (reason(), reason()).prop_map(|(override_reason, second_clinician)| {
            Command::StartInfusion {
                override_reason,
                second_clinician,
            }
        }),
        (0_u32..=1200, reason()).prop_map(|(to, override_reason)| Command::ChangeRate {
            rate: rate(&to.to_string()),
            reason: String::new(),
            override_reason,
        }),
        (0_u32..=40, any::<bool>()).prop_map(|(amount, again)| Command::GiveBolus {
            amount: milligrams(&amount.to_string()),
            again,
        }),
        Just(pause()),
        Just(Command::ResumeInfusion),
    ];
    let ending = prop_oneof![
        4 => Just(stop()),
        4 => Just(Command::BeginObservation),
        4 => (reason()).prop_map(|reason| discharge_with("Sister", reason.as_deref())),
        1 => Just(cancel()),
        4 => Just(sign()),
    ];
    prop_oneof![3 => preparation, 4 => charted, 4 => dosing, 1 => ending]
}

#[derive(Clone, Debug)]
struct Step {
    command: Command,
    /// Since the step before.
    minutes: i64,
    /// How long after the event it is charted; negative is ahead of the clock.
    late: i64,
    by: u8,
    demo: bool,
}

fn step() -> impl Strategy<Value = Step> {
    (
        command(),
        0_i64..12,
        -1_i64..8,
        0_u8..3,
        prop::bool::weighted(0.1),
    )
        .prop_map(|(command, minutes, late, by, demo)| Step {
            command,
            minutes,
            late: (late - 4).max(-1),
            by,
            demo,
        })
}

fn actor(step: &Step) -> Actor {
    match (&step.command, step.by) {
        (Command::RaiseAdvisory { .. }, 1..) => engine(),
        (_, 0) => nurse(),
        _ => prescriber(),
    }
}

/// The stages that one event may lead to, written by hand.
const fn may_follow(from: Stage, to: Stage) -> bool {
    use Stage::*;
    matches!(
        (from, to),
        (NotPlanned, Planned)
            | (Planned, Preparation | Cancelled)
            | (Preparation, Infusion | Cancelled)
            | (Infusion, Paused | Stopped)
            | (Paused, Infusion | Stopped)
            | (Stopped, Observation)
            | (Observation, Discharged)
            | (Discharged | Cancelled, Signed)
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_sequence_of_commands_breaks_a_session(
        begun in 0_u8..3,
        steps in proptest::collection::vec(step(), 0..60),
        cut in any::<prop::sample::Index>(),
    ) {
        // Hazard: H25
        let mut visit = match begun {
            0 => Visit::new(),
            1 => Visit::ready(),
            _ => Visit::running(),
        };
        let mut now = 0;
        for step in steps {
            now += step.minutes;
            visit.monitor = if step.demo { MonitorEvidence::DemoMode } else { MonitorEvidence::Live };
            let before = visit.session.clone();
            let who = actor(&step);
            match visit.by(&who, step.command, minute(now - step.late), minute(now)) {
                Ok(events) => {
                    prop_assert_eq!(visit.session.version, before.version + events.len() as u64);
                    let (from, to) = (before.stage, visit.session.stage);
                    prop_assert!(from == to || may_follow(from, to), "{from:?} to {to:?}");
                }
                Err(refusal) => {
                    prop_assert_eq!(&visit.session, &before);
                    prop_assert!(!refusal.says().is_empty());
                }
            }
            prop_assert_eq!(visit.session.entries.len() as u64, visit.session.version);
            if let Some(infusion) = visit.session.infusion() {
                for at in [minute(now - 30), minute(now), minute(now + 600)] {
                    let given = infusion.delivered(at).amount.value();
                    prop_assert!(given >= Decimal::ZERO && given <= Decimal::from(35));
                    prop_assert_eq!(given + infusion.remaining(at).value(), Decimal::from(35));
                }
            }
            let _ = next_due(&visit.session, &visit.rules);
        }
        let mut whole = Session::new(visit.session.id);
        for (header, event) in &visit.events {
            let new = event.to_new_event(header.event_id, header.occurred_at);
            let read = SessionEvent::read_body(1, &new.kind, new.schema_version, &new.body).unwrap();
            prop_assert_eq!(&read, event);
            whole.apply(header, read);
        }
        prop_assert_eq!(&whole, &visit.session);
        let cut = cut.index(visit.events.len() + 1);
        let mut parts = Session::new(visit.session.id);
        for (header, event) in &visit.events[..cut] {
            parts.apply(header, event.clone());
        }
        let mut resumed = parts.clone();
        for (header, event) in &visit.events[cut..] {
            resumed.apply(header, event.clone());
        }
        prop_assert_eq!(&resumed, &visit.session);
    }
}

fn quantity(value: Decimal, unit: Unit) -> Quantity {
    Quantity { value, unit }
}

#[test]
fn rules_are_read_again_as_the_record_keeps_them() {
    let mut adopted = Vec::new();
    for built_in in BUILT_IN {
        let policy = Arc::new(Policy::read(built_in.text).unwrap());
        let values = policy
            .parameters
            .iter()
            .map(|(name, parameter)| (name.clone(), parameter.may_be.at_most))
            .collect();
        adopted.push(AdoptedPolicy::adopt(policy, values).unwrap());
    }
    let rules = Rules::new(adopted);
    let kept = serde_json::to_vec(&rules.in_force()).unwrap();
    let read: Vec<clinical::policy::RulesInForce> = serde_json::from_slice(&kept).unwrap();
    assert_eq!(Rules::recorded(&read), Ok(rules));
    let shipped = Rules::shipped().unwrap();
    assert_eq!(Rules::recorded(&shipped.in_force()), Ok(shipped));
}

#[test]
fn a_version_or_policy_or_value_that_is_not_known_here_is_refused() {
    let shipped = Rules::shipped().unwrap().in_force();
    let with = |change: fn(&mut clinical::policy::RulesInForce)| {
        let mut changed = shipped.clone();
        let fasting = changed.iter_mut().find(|r| r.policy == "fasting").unwrap();
        change(fasting);
        Rules::recorded(&changed)
    };
    assert!(with(|_| {}).is_ok());
    assert!(with(|rules| rules.version += 1).is_err());
    assert!(with(|rules| rules.version = 0).is_err());
    assert!(with(|rules| rules.policy = "feasting".to_owned()).is_err());
    // Permitted: 2 to 4 hours.
    let six = |rules: &mut clinical::policy::RulesInForce| {
        let value = quantity(Decimal::from(6), Unit::Hours);
        rules.values.insert("clear_liquids".to_owned(), value);
    };
    assert!(with(six).is_err());
    let minutes = |rules: &mut clinical::policy::RulesInForce| {
        let value = quantity(Decimal::from(3), Unit::Minutes);
        rules.values.insert("clear_liquids".to_owned(), value);
    };
    assert!(with(minutes).is_err());
}

#[test]
fn every_parameter_may_be_set_to_either_end_of_its_range_and_not_beyond() {
    for built_in in BUILT_IN {
        let policy = Arc::new(Policy::read(built_in.text).unwrap());
        for (name, parameter) in &policy.parameters {
            let (low, high) = (parameter.may_be.at_least, parameter.may_be.at_most);
            let adopt = |value: Decimal| {
                let value = quantity(value, low.unit);
                AdoptedPolicy::adopt(Arc::clone(&policy), BTreeMap::from([(name.clone(), value)]))
            };
            let step = Decimal::new(1, 3);
            for permitted in [low.value, high.value] {
                let adopted = adopt(permitted).unwrap();
                assert_eq!(adopted.value(name), Some(quantity(permitted, low.unit)));
            }
            assert!(adopt(low.value - step).is_err(), "{name} below");
            assert!(adopt(high.value + step).is_err(), "{name} above");
        }
        let unknown = BTreeMap::from([("no-such".to_owned(), quantity(Decimal::ONE, Unit::Hours))]);
        assert!(AdoptedPolicy::adopt(policy, unknown).is_err());
    }
    assert_eq!(
        quantity(Decimal::new(15, 1), Unit::Hours).span(),
        Some(Span::from_minutes(90))
    );
}
