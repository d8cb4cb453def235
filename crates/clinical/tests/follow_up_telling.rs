//! A warning sign is in somebody's hand or still being told, never neither: random histories of the
//! decisions alone, with the list of duty, the messages that carry it and what becomes of them.
//!
//! Expected is what a model of some lines says: the minutes of the policy (5, 10 and 60) are literals
//! here, who has what in hand is kept beside. A crash is a story that ends between two events and
//! goes on with what was written down, read from its stored text.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use clinical::clinic::{Duty, DutyPerson};
use clinical::course::follow_up::{
    FlagStanding, FollowUp, FollowUpEvent, FollowUpRules, NewReport, Step, Told,
};
use clinical::course::message::{Message, MessageEvent, Outgoing, Standing, Tried};
use clinical::leaflet::Language;
use clinical::patient::Channel;
use clinical::record::{
    Actor, CommandId, EventId, Folded, Header, PatientId, Recorded, Role, StaffId, StreamId,
    StreamKind, TenantId,
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use units::{Moment, Span};
use uuid::Uuid;

/// 20 November 2026, 09:00 UTC.
const BEGAN: Moment = Moment::from_microseconds(1_795_165_200_000_000);

/// Signs, and after how many minutes more people are told. Witness: policy follow-up and clinical
/// reference 7.4, by hand.
const SIGNS: [(&str, i64); 6] = [
    ("seizure", 5),
    ("chest-pain", 5),
    ("fall", 10),
    ("drove", 60),
    ("mania", 60),
    ("pregnant", 60),
];

/// Read once.
static RULES: LazyLock<FollowUpRules> = LazyLock::new(|| FollowUpRules::shipped().unwrap());

/// What happens.
#[derive(Clone, Debug)]
enum Act {
    Tells(usize),
    Waits(i64),
    /// The server looks, and lives for so many more events.
    Looks(usize),
    /// The outbox is looked through: what becomes of each try.
    Sends(Vec<Outcome>),
    /// This many of the people are on duty, turned by so many.
    Duty(usize, usize),
    /// Somebody has a sign in hand; the server lives to take back what waits, or does not.
    TakesInHand(usize, bool),
    Settles(usize),
    /// Everything in memory is gone.
    Crashes,
}

#[derive(Clone, Copy, Debug)]
enum Outcome {
    Taken,
    NotNow,
    Never,
    /// It was handed over, and nobody wrote down what came of it.
    NotWritten,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let outcome = prop::sample::select(vec![
        Outcome::Taken,
        Outcome::NotNow,
        Outcome::Never,
        Outcome::NotWritten,
    ]);
    let act = prop_oneof![
        3 => (0..SIGNS.len()).prop_map(Act::Tells),
        4 => (0..90_i64).prop_map(Act::Waits),
        4 => (0..9_usize).prop_map(Act::Looks),
        4 => Just(Act::Looks(usize::MAX)),
        4 => prop::collection::vec(outcome, 1..6).prop_map(Act::Sends),
        1 => (0..5_usize, 0..4_usize).prop_map(|(count, turned)| Act::Duty(count, turned)),
        1 => (0..8_usize, any::<bool>()).prop_map(|(which, lives)| Act::TakesInHand(which, lives)),
        1 => (0..8_usize).prop_map(Act::Settles),
        1 => Just(Act::Crashes),
    ];
    prop::collection::vec(act, 1..80)
}

/// What the model knows of a sign.
struct Sign {
    flag: Uuid,
    every: Span,
    in_hand: bool,
    settled: bool,
    /// When it was told of, or people were told of it last.
    last: Moment,
}

/// One person's record, the outbox, and a clock.
struct World {
    rules: FollowUpRules,
    now: Moment,
    count: u64,
    state: FollowUp,
    written: Vec<(Header, String)>,
    outbox: BTreeMap<(Uuid, u32, Uuid, bool), Outgoing>,
    duty: Duty,
    signs: Vec<Sign>,
}

fn person(number: u128) -> DutyPerson {
    DutyPerson {
        staff: StaffId(Uuid::from_u128(number)),
        name: format!("Dana Reyes {number}"),
        // The third can be reached by nothing.
        email: [1, 4]
            .contains(&number)
            .then(|| "duty@clinic.example".to_owned()),
        mobile: [1, 2]
            .contains(&number)
            .then(|| "+57 300 0000001".to_owned()),
    }
}

fn is_reached(person: &DutyPerson) -> bool {
    person.email.is_some() || person.mobile.is_some()
}

impl World {
    fn new() -> Self {
        Self {
            rules: RULES.clone(),
            now: BEGAN,
            count: 0,
            state: FollowUp::default(),
            written: Vec::new(),
            outbox: BTreeMap::new(),
            duty: Duty {
                people: (1..5).map(person).collect(),
                hours: BTreeMap::new(),
            },
            signs: Vec::new(),
        }
    }

    fn header(&mut self, kind: StreamKind, name: &str) -> Header {
        self.count += 1;
        Header {
            tenant: TenantId(Uuid::nil()),
            position: self.count,
            stream: StreamId::of(kind, Uuid::nil()),
            stream_version: self.count,
            event_id: EventId(Uuid::from_u128(u128::from(self.count))),
            kind: name.to_owned(),
            schema_version: 1,
            actor: Actor::Person {
                id: StaffId(Uuid::from_u128(7)),
                name: "Dana Reyes".to_owned(),
                role: Role::Nurse,
            },
            command_id: CommandId(Uuid::nil()),
            occurred_at: self.now,
            recorded_at: self.now,
            previous: [0; 32],
        }
    }

    fn take(&mut self, events: Vec<FollowUpEvent>) {
        for event in events {
            let header = self.header(StreamKind::FollowUp, event.name());
            self.state.take(&header, &event);
            let text = serde_json::to_string(&event).unwrap();
            self.written.push((header, text));
        }
    }

    fn take_message(&mut self, key: (Uuid, u32, Uuid, bool), events: Vec<MessageEvent>) {
        for event in events {
            let header = self.header(StreamKind::Message, event.name());
            self.outbox.entry(key).or_default().take(&header, &event);
        }
    }

    fn tells(&mut self, sign: usize) {
        let report = Uuid::from_u128(u128::from(self.count) + 1_000);
        let (name, minutes) = SIGNS[sign];
        let said = NewReport {
            report,
            mood: None,
            thoughts: None,
            effects: Vec::new(),
            signs: vec![name.to_owned()],
            words: String::new(),
        };
        let events = self.state.report(said, &self.rules).unwrap();
        self.take(events);
        self.signs.push(Sign {
            flag: self.state.flags.last().unwrap().flag,
            every: Span::from_minutes(minutes),
            in_hand: false,
            settled: false,
            last: self.now,
        });
    }

    /// What a server does with what is due; after so many events it is no longer there.
    fn looks(&mut self, mut lives: usize) {
        for step in self.state.steps(self.now) {
            let Step::Tell { flag, round } = step else {
                continue;
            };
            let mut told = Vec::new();
            let people: Vec<DutyPerson> = self.duty.in_round(round, is_reached).cloned().collect();
            for person in people {
                for (by_mail, way) in [(true, &person.email), (false, &person.mobile)] {
                    if way.is_none() {
                        continue;
                    }
                    if lives == 0 {
                        return;
                    }
                    lives -= 1;
                    let key = (flag, round, person.staff.0, by_mail);
                    let message = self.call(by_mail, person.staff);
                    let events = self.outbox.entry(key).or_default().queue(message);
                    self.take_message(key, events);
                }
                told.push(Told {
                    staff: person.staff,
                    name: person.name.clone(),
                    ways: 1,
                });
            }
            if lives == 0 {
                return;
            }
            lives -= 1;
            let events = self.state.told(flag, round, told, &self.rules, self.now);
            if !events.is_empty() {
                self.take(events);
                self.sign(flag).last = self.now;
            }
        }
    }

    fn sign(&mut self, flag: Uuid) -> &mut Sign {
        self.signs.iter_mut().find(|one| one.flag == flag).unwrap()
    }

    fn call(&self, by_mail: bool, staff: StaffId) -> Message {
        Message {
            patient: PatientId(Uuid::nil()),
            staff: Some(staff),
            escort: None,
            session: None,
            kind: "duty".to_owned(),
            channel: if by_mail {
                Channel::Email
            } else {
                Channel::TextMessage
            },
            language: Language::English,
            subject: "Somebody needs an answer now".to_owned(),
            text: "Sign in.".to_owned(),
            leads_to: None,
            due: self.now,
        }
    }

    fn sends(&mut self, outcomes: &[Outcome]) {
        let keys: Vec<_> = self.outbox.keys().copied().collect();
        for (number, key) in keys.into_iter().enumerate() {
            let attempt = Uuid::from_u128(u128::from(self.count) + 1);
            let claimed = self.outbox[&key].claim(attempt, self.now);
            if claimed.is_empty() {
                continue;
            }
            self.take_message(key, claimed);
            let why = "so".to_owned();
            let tried = match outcomes[number % outcomes.len()] {
                Outcome::Taken => Tried::Taken { receipt: why },
                Outcome::NotNow => Tried::NotNow { why },
                Outcome::Never => Tried::Never { why },
                Outcome::NotWritten => continue,
            };
            let events = self.outbox[&key].tried(tried, &[], self.now);
            self.take_message(key, events);
        }
    }

    fn takes_in_hand(&mut self, which: usize, lives: bool) {
        let waiting = |sign: &&mut Sign| !sign.in_hand;
        let count = self.signs.iter().filter(|sign| !sign.in_hand).count();
        let Some(chosen) = which.checked_rem(count) else {
            return;
        };
        let sign = self.signs.iter_mut().filter(waiting).nth(chosen).unwrap();
        sign.in_hand = true;
        let flag = sign.flag;
        let events = self.state.acknowledge(flag).unwrap();
        self.take(events);
        // A second word is refused, and changes nothing.
        assert!(self.state.acknowledge(flag).is_err());
        let keys: Vec<_> = self.outbox.keys().copied().collect();
        for key in keys.into_iter().filter(|key| lives && key.0 == flag) {
            let events = self.outbox[&key].withdraw("somebody has it in hand");
            self.take_message(key, events);
        }
    }

    fn settles(&mut self, which: usize) {
        // Without somebody's hand nothing is dealt with, whoever says so.
        let signs = &self.rules.signs;
        for sign in self.signs.iter().filter(|sign| !sign.in_hand) {
            let done = self
                .state
                .settle(sign.flag, "spoke with her", Role::Prescriber, signs);
            assert!(done.is_err());
        }
        let open = |sign: &Sign| sign.in_hand && !sign.settled;
        let count = self.signs.iter().filter(|sign| open(sign)).count();
        let Some(chosen) = which.checked_rem(count) else {
            return;
        };
        let sign = self.signs.iter_mut().filter(|sign| open(sign)).nth(chosen);
        let sign = sign.unwrap();
        sign.settled = true;
        let events = self.state.settle(
            sign.flag,
            "spoke with her",
            Role::Prescriber,
            &self.rules.signs,
        );
        self.take(events.unwrap());
    }

    /// Everything is read again from what was written down.
    fn crashes(&mut self) {
        let mut again = FollowUp::default();
        for (header, text) in &self.written {
            again.take(header, &serde_json::from_str(text).unwrap());
        }
        assert_eq!(again, self.state);
        self.state = again;
    }

    fn does(&mut self, act: &Act) {
        match act {
            Act::Tells(sign) => self.tells(*sign),
            Act::Waits(minutes) => self.now = self.now + Span::from_minutes(*minutes),
            Act::Looks(lives) => self.looks(*lives),
            Act::Sends(outcomes) => self.sends(outcomes),
            Act::Duty(count, turned) => {
                let mut people: Vec<DutyPerson> = (1..5).map(person).collect();
                people.rotate_left(*turned);
                people.truncate(*count);
                self.duty.people = people;
            }
            Act::TakesInHand(which, lives) => self.takes_in_hand(*which, *lives),
            Act::Settles(which) => self.settles(*which),
            Act::Crashes => self.crashes(),
        }
    }

    /// What must be so after every act.
    fn holds(&self) {
        assert_eq!(self.state.flags.len(), self.signs.len());
        for sign in &self.signs {
            let flag = self.state.flag(sign.flag).expect("no sign is lost");
            match (&flag.standing, sign.in_hand, sign.settled) {
                (FlagStanding::Escalating { round, call_at }, false, false) => {
                    self.is_told_next(sign, *round, *call_at);
                }
                (FlagStanding::Acknowledged { .. }, true, false)
                | (FlagStanding::Settled { .. }, true, true) => {
                    assert!(
                        self.tells_at(Moment::from_microseconds(i64::MAX), sign.flag)
                            .is_none()
                    );
                }
                (standing, in_hand, settled) => panic!("{standing:?} {in_hand} {settled}"),
            }
            self.every_round_left(sign.flag);
        }
    }

    /// The round in which people are told of it at a moment.
    fn tells_at(&self, at: Moment, sign: Uuid) -> Option<u32> {
        self.state
            .steps(at)
            .into_iter()
            .find_map(|step| match step {
                Step::Tell { flag, round } if flag == sign => Some(round),
                Step::Tell { .. } | Step::Make { .. } => None,
            })
    }

    /// There is a moment, no further from the last telling than the policy says, at which people
    /// are told, and somebody is among them whenever anybody on duty can be reached.
    fn is_told_next(&self, sign: &Sign, round: u32, call_at: Moment) {
        assert!(call_at <= sign.last + sign.every);
        assert_eq!(self.tells_at(call_at, sign.flag), Some(round));
        assert!(self.state.next_at().is_some_and(|next| next <= call_at));
        let before = self.tells_at(call_at - Span::from_microseconds(1), sign.flag);
        assert_eq!(before, None, "not earlier either");
        let reached = self
            .duty
            .people
            .iter()
            .filter(|one| is_reached(one))
            .count();
        let told = self.duty.in_round(round, is_reached).count();
        assert_eq!(told, reached.min(round as usize + 1));
    }

    /// Of every round that is written down each call was queued, once for each person and way; what
    /// is withdrawn was said anew or is in hand.
    fn every_round_left(&self, flag: Uuid) {
        let known = self.state.flag(flag).unwrap();
        for (round, (_, told)) in known.told.iter().enumerate() {
            let people: BTreeSet<StaffId> = told.iter().map(|one| one.staff).collect();
            assert_eq!(people.len(), told.len(), "each once");
            for staff in people {
                let round = u32::try_from(round).unwrap();
                let calls = [true, false].map(|by_mail| (flag, round, staff.0, by_mail));
                let calls: Vec<&Outgoing> = calls
                    .iter()
                    .filter_map(|key| self.outbox.get(key))
                    .collect();
                assert!(!calls.is_empty(), "told, and nothing left for them");
                for call in calls {
                    assert_ne!(call.standing, Standing::None);
                    assert!(call.standing != Standing::Withdrawn || !known.is_escalating());
                }
            }
        }
    }
}

proptest! {
    #[test]
    // Hazard: H62
    fn a_sign_is_in_hand_or_told_within_its_minutes_whatever_crashes_fails_or_changes(
        acts in acts()
    ) {
        let mut world = World::new();
        for act in &acts {
            world.does(act);
            world.holds();
        }
        // Whoever is still there tells everybody in the end.
        for _ in 0..4 {
            world.now = world.now + Span::from_minutes(60);
            world.looks(usize::MAX);
            world.holds();
        }
        for flag in world.state.flags.iter().filter(|flag| flag.is_escalating()) {
            let (_, last) = flag.told.last().unwrap();
            let reached = world.duty.people.iter().filter(|one| is_reached(one));
            prop_assert_eq!(last.len(), reached.count());
        }
    }
}
