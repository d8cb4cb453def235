//! Warning signs against the reference, and that somebody is told until somebody acknowledges.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use clinical::course::follow_up::{
    Ended, FlagStanding, FollowUp, FollowUpEvent, FollowUpRules, Found, NewReport, Refusal, Screen,
    Signs, Step, Thoughts, Urgency, plan,
};
use clinical::course::screening::person::Product;
use clinical::leaflet::Language;
use clinical::record::{
    Actor, CommandId, EventId, Folded, Header, Recorded, Role, SessionId, StreamId, StreamKind,
    TenantId,
};
use proptest::prelude::*;
use serde::Deserialize;
use std::collections::BTreeSet;
use units::{Moment, Span};
use uuid::Uuid;

#[derive(Deserialize)]
struct FlagCases {
    case: Vec<FlagCase>,
}

#[derive(Deserialize)]
struct FlagCase {
    signs: Vec<String>,
    #[serde(default)]
    thoughts: Option<Thoughts>,
    urgency: String,
    #[serde(default)]
    holds: bool,
}

#[derive(Deserialize)]
struct EffectCases {
    case: Vec<EffectCase>,
}

#[derive(Deserialize)]
struct EffectCase {
    group: String,
    terms: Vec<String>,
}

#[test]
fn every_warning_sign_is_as_urgent_as_the_reference_says() {
    // Hazard: H62
    let signs = Signs::shipped().unwrap();
    let cases: FlagCases =
        toml::from_str(include_str!("../../../policies/red-flags.cases.toml")).unwrap();
    let mut tried = BTreeSet::new();
    for case in cases.case {
        let raised = signs.raised(&case.signs, case.thoughts);
        let urgency = raised.first().map_or("none", |sign| sign.urgency.word());
        assert_eq!(
            urgency, case.urgency,
            "{:?} {:?}",
            case.signs, case.thoughts
        );
        let holds = raised.iter().any(|sign| sign.hold);
        assert_eq!(holds, case.holds, "{:?} {:?}", case.signs, case.thoughts);
        tried.extend(raised.into_iter().map(|sign| sign.id.clone()));
    }
    for sign in &signs.signs {
        assert!(tried.contains(&sign.id), "{} has no case", sign.id);
        for language in Language::ALL {
            assert!(!sign.says(language).is_empty());
        }
    }
}

#[test]
fn every_group_of_side_effects_has_its_terms() {
    let signs = Signs::shipped().unwrap();
    let cases: EffectCases =
        toml::from_str(include_str!("../../../policies/side-effects.cases.toml")).unwrap();
    let mut count = 0;
    for case in cases.case {
        for term in case.terms {
            let effect = signs.effect(&term).unwrap_or_else(|| panic!("{term}"));
            assert_eq!(effect.group, case.group, "{term}");
            count += 1;
        }
    }
    assert_eq!(count, signs.effects.len());
}

fn nurse() -> Actor {
    Actor::Person {
        id: clinical::record::StaffId(Uuid::from_u128(7)),
        name: "Dana Reyes".to_owned(),
        role: clinical::record::Role::Nurse,
    }
}

/// One person's record and a clock.
struct World {
    rules: FollowUpRules,
    now: Moment,
    version: u64,
    state: FollowUp,
}

impl World {
    fn new() -> Self {
        Self {
            rules: FollowUpRules::shipped().unwrap(),
            now: Moment::from_microseconds(1_795_179_600_000_000),
            version: 0,
            state: FollowUp::default(),
        }
    }

    fn take(&mut self, events: Vec<FollowUpEvent>) {
        for event in events {
            self.version += 1;
            let header = Header {
                tenant: TenantId(Uuid::nil()),
                position: self.version,
                stream: StreamId::of(StreamKind::FollowUp, Uuid::nil()),
                stream_version: self.version,
                event_id: EventId(Uuid::from_u128(u128::from(self.version))),
                kind: event.name().to_owned(),
                schema_version: 1,
                actor: nurse(),
                command_id: CommandId(Uuid::nil()),
                occurred_at: self.now,
                recorded_at: self.now,
                previous: [0; 32],
            };
            self.state.take(&header, &event);
        }
    }

    fn settle(&self, flag: Uuid) -> Result<Vec<FollowUpEvent>, Refusal> {
        let signs = &self.rules.signs;
        self.state
            .settle(flag, "spoke with her", Role::Prescriber, signs)
    }

    fn report(&mut self, number: u128, sign: &str) {
        let said = NewReport {
            report: Uuid::from_u128(number),
            mood: None,
            thoughts: None,
            effects: Vec::new(),
            signs: vec![sign.to_owned()],
            words: String::new(),
        };
        let events = self.state.report(said, &self.rules).unwrap();
        self.take(events);
    }

    /// What the server does when it looks: everything that is due; `survives` says whether it
    /// lives long enough to write it down, and whoever was told does not matter.
    fn work(&mut self, survives: bool) -> usize {
        let steps = self.state.steps(self.now);
        if survives {
            for step in &steps {
                let events = match *step {
                    Step::Tell { flag, round } => {
                        self.state
                            .told(flag, round, Vec::new(), &self.rules, self.now)
                    }
                    Step::Make { contact, reminder } => {
                        self.state.made(contact, reminder, &self.rules, self.now)
                    }
                };
                self.take(events);
            }
        }
        steps.len()
    }
}

#[derive(Clone, Debug)]
enum Act {
    Report(u8),
    Wait(u16),
    Work { survives: bool },
    Acknowledge(u8),
    Settle(u8),
    Again(u8),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (0..8u8).prop_map(Act::Report),
        (0..200u16).prop_map(Act::Wait),
        any::<bool>().prop_map(|survives| Act::Work { survives }),
        Just(Act::Work { survives: true }),
        (0..8u8).prop_map(Act::Acknowledge),
        (0..8u8).prop_map(Act::Settle),
        (0..8u8).prop_map(Act::Again),
    ]
}

proptest! {
    #[test]
    // Hazard: H62
    fn a_flag_is_acknowledged_or_still_escalating_and_never_neither(
        acts in prop::collection::vec(act(), 1..60)
    ) {
        let mut world = World::new();
        let signs = ["seizure", "fall", "drove", "chest-pain", "mania", "pregnant", "jaundice", "collapse"];
        let mut reported = BTreeSet::new();
        let mut acknowledged = BTreeSet::new();
        for act in acts {
            match act {
                Act::Report(which) | Act::Again(which) => {
                    let sign = signs[usize::from(which)];
                    world.report(u128::from(which) + 1, sign);
                    reported.insert(which);
                }
                Act::Wait(minutes) => world.now = world.now + Span::from_minutes(i64::from(minutes)),
                Act::Work { survives } => { world.work(survives); }
                Act::Acknowledge(which) => {
                    let flag = Uuid::new_v5(&Uuid::from_u128(u128::from(which) + 1), b"flag");
                    if let Ok(events) = world.state.acknowledge(flag) {
                        world.take(events);
                        acknowledged.insert(which);
                    }
                }
                Act::Settle(which) => {
                    let flag = Uuid::new_v5(&Uuid::from_u128(u128::from(which) + 1), b"flag");
                    if let Ok(events) = world.settle(flag) {
                        world.take(events);
                    }
                }
            }
            // Every report has its flag, and each one that nobody acknowledged is due at a moment
            // that is never further away than its rule says.
            prop_assert_eq!(world.state.flags.len(), reported.len());
            for flag in &world.state.flags {
                let which = u8::try_from(flag.report.as_u128() - 1).unwrap();
                match &flag.standing {
                    FlagStanding::Escalating { call_at, .. } => {
                        prop_assert!(!acknowledged.contains(&which));
                        prop_assert!(*call_at <= world.now + world.rules.again_after(flag.urgency));
                        let told = world.state.steps(*call_at).iter().any(|step| {
                            matches!(step, Step::Tell { flag: due, .. } if *due == flag.flag)
                        });
                        prop_assert!(told);
                    }
                    FlagStanding::Acknowledged { .. } | FlagStanding::Settled { .. } => {
                        prop_assert!(acknowledged.contains(&which));
                    }
                }
            }
        }
    }

    #[test]
    fn a_contact_is_made_once_and_none_is_left_to_wait_for_ever(
        sessions in prop::collection::vec(20..400i64, 1..6),
        steps in prop::collection::vec((1..90i64, any::<bool>(), any::<bool>()), 1..80),
    ) {
        let mut world = World::new();
        let mut planned = BTreeSet::new();
        let mut sessions = sessions.into_iter().enumerate();
        let mut next = world.now;
        let mut made: Vec<(Uuid, u32)> = Vec::new();
        for (hours, survives, answers) in steps {
            world.now = world.now + Span::from_hours(hours);
            if next <= world.now && let Some((number, gap)) = sessions.next() {
                let ended = Ended {
                    session: SessionId(Uuid::from_u128(100 + number as u128)),
                    product: Product::Racemic,
                    number: u32::try_from(number).unwrap() + 1,
                    at: world.now,
                };
                let contacts = plan(&ended, &world.rules, |at| at);
                planned.extend(contacts.iter().map(|one| one.id));
                world.take(world.state.plan(&ended, contacts.clone()));
                // A second time is nothing.
                prop_assert!(world.state.plan(&ended, contacts).is_empty());
                next = world.now + Span::from_hours(gap);
            }
            for step in world.state.steps(world.now) {
                if let Step::Make { contact, reminder } = step && survives {
                    prop_assert!(!made.contains(&(contact, reminder)));
                    made.push((contact, reminder));
                }
            }
            world.work(survives);
            if survives {
                prop_assert!(world.state.steps(world.now).is_empty());
            }
            if answers && survives {
                world.report(u128::from(world.version) + 1_000, "drove");
                prop_assert_eq!(world.state.silent_at(), None);
            }
        }
        let known: BTreeSet<Uuid> = world.state.contacts.keys().copied().collect();
        prop_assert_eq!(known, planned);
    }
}

#[test]
fn an_emergency_is_told_again_after_five_minutes() {
    // Witness: policy follow-up, again_now, by hand.
    let mut world = World::new();
    world.report(1, "seizure");
    assert_eq!(world.state.flags[0].urgency, Urgency::Now);
    assert_eq!(world.work(true), 1);
    world.now = world.now + Span::from_minutes(4);
    assert_eq!(world.work(true), 0);
    world.now = world.now + Span::from_minutes(1);
    assert_eq!(world.work(true), 1);
}

#[test]
fn whoever_does_not_answer_is_to_be_called_after_36_hours_and_a_newer_question_does_not_begin_anew()
{
    let mut world = World::new();
    let ended = Ended {
        session: SessionId(Uuid::from_u128(1)),
        product: Product::Racemic,
        number: 1,
        at: world.now,
    };
    let began = world.now;
    world.take(
        world
            .state
            .plan(&ended, plan(&ended, &world.rules, |at| at)),
    );
    for hours in 1..=80 {
        world.now = began + Span::from_hours(hours);
        world.work(true);
    }
    // Made at 4 h; 36 h later.
    assert_eq!(world.state.silent_at(), Some(began + Span::from_hours(40)));
    world.take(world.state.called(true, "she is well").unwrap());
    assert_eq!(world.state.silent_at(), None);
}

#[test]
fn nothing_is_given_over_an_open_warning_sign_and_what_holds_treatment_is_a_prescribers() {
    // Hazard: H62. Witness: clinical reference 7.4: psychosis holds, a fall does not.
    for (sign, holds) in [("psychosis", true), ("fall", false)] {
        let mut world = World::new();
        let flag = |world: &World| world.state.flags[0].flag;
        let against = |world: &World| world.state.holds(&world.rules.signs);
        assert_eq!(against(&world), None);
        world.report(1, sign);
        assert!(against(&world).unwrap().contains("not dealt with"));
        world.take(world.state.acknowledge(flag(&world)).unwrap());
        assert!(against(&world).is_some(), "in hand is not dealt with");
        let signs = world.rules.signs.clone();
        let by_a_nurse = world
            .state
            .settle(flag(&world), "spoke with her", Role::Nurse, &signs);
        assert_eq!(by_a_nurse == Err(Refusal::ForPrescriber), holds, "{sign}");
        world.take(world.settle(flag(&world)).unwrap());
        assert_eq!(against(&world), None);
    }
}

#[test]
fn a_screen_that_holds_treatment_is_let_go_by_a_prescriber_alone() {
    // Hazard: H62. Witness: clinical reference 7.5: ALT above three times the limit holds.
    let mut world = World::new();
    let screened =
        |world: &World, found, role| world.state.screened(Screen::Liver, found, "ALT", role);
    world.take(screened(&world, Found::Hold, Role::Nurse).unwrap());
    let against = |world: &World| world.state.holds(&world.rules.signs);
    assert_eq!(against(&world).unwrap(), "Liver holds treatment: ALT");
    for found in [Found::Normal, Found::Watch] {
        assert_eq!(
            screened(&world, found, Role::Nurse),
            Err(Refusal::ForPrescriber)
        );
    }
    world.take(screened(&world, Found::Watch, Role::Prescriber).unwrap());
    assert_eq!(against(&world), None);
}
