//! A warning sign is in somebody's hand or still being told, never neither: over random stories in
//! which the server dies in the midst of what it does, the ways to write fail in every manner, the
//! list of duty changes and time passes.
//!
//! What is expected comes from a model of some lines that knows the policy's minutes as literals
//! (policy follow-up: 5, 10 and 60) and the rule of who is told (one more person in each round);
//! it asks nothing of the product. What reached whom is read at the other end of the sockets.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::house::{House, nurse};
use crate::post::moods::{Mood, Way};
use crate::stranger::http::{Answer, Connection, get, post as sent};
use clinical::clinic::{Clinic, ClinicEvent, ClockTime, Duty, DutyPerson, Hours, Weekday};
use clinical::course::follow_up::{FlagStanding, FollowUp};
use clinical::course::message::Outgoing;
use clinical::leaflet::Language;
use clinical::patient::{Channel, Contacts, Patient, PatientEvent};
use clinical::record::{CommandId, PatientId, StaffId};
use proptest::prelude::*;
use server::clock::{Clock, Hand};
use server::configuration::Configuration;
use server::follow_up::{acknowledge, keep, of};
use server::journey::{Change, change, read};
use server::messages::{Due, MESSAGE, MailServer, NewMessage, TextMessageService, queue, send_due};
use server::web::respond::Refused;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::CourseSearch;
use units::{Moment, Span};
use uuid::Uuid;

/// 20 November 2026, 09:00 UTC.
const BEGAN: Moment = Moment::from_microseconds(1_795_165_200_000_000);

/// Signs that a nurse may settle, and after how many minutes more people are told. Witness: policy
/// follow-up and clinical reference 7.4, by hand.
const SIGNS: [(&str, i64); 4] = [
    ("seizure", 5),
    ("breathless", 5),
    ("fall", 10),
    ("drove", 60),
];

/// How many people tell of warning signs.
const PEOPLE: usize = 2;

/// Who can be on duty: their number, whether they read e-mail, whether they have a mobile.
const STAFF: [(u128, bool, bool); 4] = [
    (1, true, true),
    (2, false, true),
    (3, false, false),
    (4, true, false),
];

/// What happens.
#[derive(Clone, Debug)]
enum Step {
    /// Somebody tells of a sign.
    Tells { who: usize, sign: usize },
    /// Time passes.
    Waits { minutes: i64 },
    /// A way to write is in another mood.
    Feels { mail: bool, mood: Mood },
    /// The outbox is looked through.
    Sends,
    /// Others are on duty, in this order.
    Duty { rotated: usize, count: usize },
    /// The server dies while it tells people, some time after the last thing it did.
    DiesTelling { minutes: i64, after: u64 },
    /// It dies while it sends.
    DiesSending { after: u64 },
    /// It dies while somebody takes a sign in hand; nobody asks again.
    DiesTakingInHand { which: usize, after: u64 },
    /// It is down for a while.
    Down { minutes: i64 },
    /// Somebody has a sign in hand.
    TakesInHand { which: usize },
    /// What was in hand is dealt with.
    Settles { which: usize },
    /// Somebody who told looks at their page.
    Looks { who: usize },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let mood = prop::sample::select(vec![
        Mood::Up,
        Mood::Up,
        Mood::Down,
        Mood::Hangs,
        Mood::Busy,
        Mood::Refuses,
        Mood::TakesAndDies,
    ]);
    let step = prop_oneof![
        4 => (0..PEOPLE, 0..SIGNS.len()).prop_map(|(who, sign)| Step::Tells { who, sign }),
        5 => (1..70_i64).prop_map(|minutes| Step::Waits { minutes }),
        2 => (any::<bool>(), mood).prop_map(|(mail, mood)| Step::Feels { mail, mood }),
        5 => Just(Step::Sends),
        1 => (0..4_usize, 0..5_usize).prop_map(|(rotated, count)| Step::Duty { rotated, count }),
        3 => (0..12_i64, 0..40_000_u64)
            .prop_map(|(minutes, after)| Step::DiesTelling { minutes, after }),
        2 => (0..40_000_u64).prop_map(|after| Step::DiesSending { after }),
        2 => (0..8_usize, 0..30_000_u64)
            .prop_map(|(which, after)| Step::DiesTakingInHand { which, after }),
        1 => (1..300_i64).prop_map(|minutes| Step::Down { minutes }),
        2 => (0..8_usize).prop_map(|which| Step::TakesInHand { which }),
        1 => (0..8_usize).prop_map(|which| Step::Settles { which }),
        3 => (0..PEOPLE).prop_map(|who| Step::Looks { who }),
    ];
    prop::collection::vec(step, 25)
}

/// What the model knows of a sign.
#[derive(Clone, Debug)]
struct Sign {
    flag: Uuid,
    who: usize,
    every: Span,
    rounds: u32,
    next: Moment,
    told_at: Instant,
    /// Since when somebody has it in hand.
    in_hand: Option<Instant>,
    settled: bool,
}

/// A clinic, its two ways to write, and what must be so.
struct World {
    house: House,
    clock: Clock,
    hand: Hand,
    texts: Way,
    mail: Way,
    people: Vec<PatientId>,
    duty: Vec<(u128, bool, bool)>,
    signs: Vec<Sign>,
    /// How many calls to whom by which way about whom there must be.
    calls: BTreeMap<Call, usize>,
}

impl World {
    fn new() -> Self {
        let (clock, hand) = Clock::starting_at(BEGAN);
        let (texts, mail) = (Way::texts(), Way::mail());
        let house = House::staffed(|configuration| {
            configuration.clock = clock.clone();
            configuration.zone = jiff::tz::TimeZone::UTC;
            set_up(configuration, &texts, &mail);
        });
        let people = (0..PEOPLE)
            .map(|number| house.register(&format!("0042-{number}"), BEGAN))
            .collect();
        let mut world = Self {
            house,
            clock,
            hand,
            texts,
            mail,
            people,
            duty: Vec::new(),
            signs: Vec::new(),
            calls: BTreeMap::new(),
        };
        world.on_duty(0, 4);
        world
    }

    fn now(&self) -> Moment {
        self.clock.now()
    }

    fn start_again(&mut self) {
        let (clock, texts, mail) = (self.clock.clone(), &self.texts, &self.mail);
        self.house.start_again_as(|configuration| {
            configuration.clock = clock;
            set_up(configuration, texts, mail);
        });
    }

    /// Begins something, dies, and is started again. What was answered just before may not have
    /// been written down.
    fn dies_during(&mut self, work: impl Future<Output = ()> + Send + 'static, after: u64) {
        self.house.dies_during(work, Duration::from_micros(after));
        // What was on the wire arrives.
        std::thread::sleep(Duration::from_millis(20));
        for way in [&self.texts, &self.mail] {
            way.nobody_heard(Duration::from_secs(3));
        }
        self.start_again();
    }

    fn on_duty(&mut self, rotated: usize, count: usize) {
        let mut people = STAFF;
        people.rotate_left(rotated);
        self.duty = people[..count].to_vec();
        let hours = Hours::new(
            ClockTime::new(8, 0).unwrap(),
            ClockTime::new(18, 0).unwrap(),
        );
        let person = |(number, email, mobile): &(u128, bool, bool)| DutyPerson {
            staff: StaffId(Uuid::from_u128(*number)),
            name: format!("Dana Reyes {number}"),
            email: email.then(|| address(*number)),
            mobile: mobile.then(|| telephone(*number)),
        };
        let event = ClinicEvent::DutySet {
            duty: Duty {
                people: self.duty.iter().map(person).collect(),
                hours: Weekday::ALL
                    .iter()
                    .map(|day| (*day, vec![hours.unwrap()]))
                    .collect(),
            },
            by: "Dr Lee".to_owned(),
            at: self.now(),
        };
        let application = self.house.application();
        let wanted = Change {
            command_id: CommandId(Uuid::now_v7()),
            actor: nurse(),
            at: None,
            id: application.tenant.0,
            patient: None,
            session: None,
            action: "set who is on duty",
            wanted: String::new(),
        };
        let done = change(application, wanted, |_: &Clinic, _| {
            Ok::<_, Refused>(vec![event.clone()])
        });
        self.house.wait_for(done).unwrap();
        self.house.wait_for(application.read_clinic()).unwrap();
    }

    fn is_reached_by_text(&self, who: usize) {
        let patient = self.people[who];
        let event = PatientEvent::ContactsRecorded {
            contacts: Contacts {
                mobile: Some("+57 300 1234567".to_owned()),
                channels: vec![Channel::TextMessage],
                ..Contacts::unknown(Language::English)
            },
            at: self.now(),
            by: "Frank Adeyemi".to_owned(),
        };
        let wanted = Change {
            command_id: CommandId(Uuid::now_v7()),
            actor: nurse(),
            at: None,
            id: patient.0,
            patient: Some(patient),
            session: None,
            action: "record contacts",
            wanted: String::new(),
        };
        let done = change(self.house.application(), wanted, |_: &Patient, _| {
            Ok::<_, Refused>(vec![event.clone()])
        });
        self.house.wait_for(done).unwrap();
    }

    fn page(&self, path: &str, cookie: &str) -> Answer {
        let mut connection = Connection::open(self.house.http()).unwrap();
        let headers = [("cookie", cookie), ("accept", "text/html")];
        connection.send(&get(path, &headers)).unwrap()
    }

    fn tells(&mut self, who: usize, sign: usize) {
        let (name, every) = SIGNS[sign];
        let told_at = Instant::now();
        let cookie = self
            .house
            .through_the_door(self.people[who], "/my/follow-up");
        let (_, secret) = cookie.split_once('=').unwrap();
        let csrf = hex::encode(server::identity::digest(&format!("form {secret}")));
        let id = Uuid::now_v7().to_string();
        let fields = [
            ("csrf", csrf.as_str()),
            ("command_id", id.as_str()),
            ("sign", name),
        ];
        let mut connection = Connection::open(self.house.http()).unwrap();
        let answer = connection
            .send(&sent("/my/follow-up", &[("cookie", &cookie)], &fields))
            .unwrap();
        assert_eq!(
            answer.header("location"),
            Some("/my/follow-up/now"),
            "{}",
            answer.text()
        );
        let known: BTreeSet<Uuid> = self.signs.iter().map(|sign| sign.flag).collect();
        let flags = self.state(who).flags;
        let new: Vec<Uuid> = flags
            .iter()
            .map(|flag| flag.flag)
            .filter(|flag| !known.contains(flag))
            .collect();
        assert_eq!(new.len(), 1, "one report, one flag");
        self.signs.push(Sign {
            flag: new[0],
            who,
            every: Span::from_minutes(every),
            rounds: 0,
            next: self.now(),
            told_at,
            in_hand: None,
            settled: false,
        });
    }

    fn state(&self, who: usize) -> FollowUp {
        let kept = of(self.house.application(), self.people[who]);
        self.house.wait_for(kept).unwrap().state
    }

    /// One of the signs of which this is so.
    fn some(&self, which: usize, is: impl Fn(&Sign) -> bool) -> Option<usize> {
        let fit: Vec<usize> = (0..self.signs.len())
            .filter(|number| is(&self.signs[*number]))
            .collect();
        (!fit.is_empty()).then(|| fit[which % fit.len()])
    }

    fn by_the_nurse(&self, number: usize, what: &str) {
        let patient = self.people[self.signs[number].who].to_string();
        let flag = self.signs[number].flag.to_string();
        let id = Uuid::now_v7().to_string();
        // Whoever signed in before the last hours is signed out.
        let mut nurse = self.house.person("nurse");
        let answer = nurse.send(
            &format!("/patients/{patient}/follow-up"),
            &[
                ("command_id", id.as_str()),
                ("patient", patient.as_str()),
                ("flag", flag.as_str()),
                ("what", what),
                ("words", "spoke with them"),
            ],
        );
        assert_eq!(answer.status, 303, "{}", answer.text());
    }

    /// Sends what is due; does not wait for whoever does not answer.
    fn sends(&self) {
        let hangs = [&self.texts, &self.mail]
            .iter()
            .any(|way| way.is() == Mood::Hangs);
        let patience = Duration::from_millis(if hangs { 150 } else { 5_000 });
        let application = Arc::clone(self.house.application());
        let ended = self
            .house
            .wait_for(async move { tokio::time::timeout(patience, send_due(&application)).await });
        match ended {
            Ok(sent) => drop(sent.unwrap()),
            Err(_) => {
                for way in [&self.texts, &self.mail] {
                    way.nobody_heard(Duration::from_secs(3));
                }
            }
        }
    }

    fn does(&mut self, step: &Step) {
        match *step {
            Step::Tells { who, sign } => self.tells(who, sign),
            Step::Waits { minutes } => self.hand.advance(Span::from_minutes(minutes)),
            Step::Feels { mail: true, mood } => self.mail.becomes(mood),
            Step::Feels { mail: false, mood } => self.texts.becomes(mood),
            Step::Sends => self.sends(),
            Step::Duty { rotated, count } => self.on_duty(rotated, count),
            Step::DiesTelling { minutes, after } => {
                self.hand.advance(Span::from_minutes(minutes));
                let application = Arc::clone(self.house.application());
                let work = async move { drop(keep(&application).await) };
                self.dies_during(work, after);
            }
            Step::DiesSending { after } => {
                let application = Arc::clone(self.house.application());
                let work = async move { drop(send_due(&application).await) };
                self.dies_during(work, after);
            }
            Step::DiesTakingInHand { which, after } => {
                if let Some(number) = self.some(which, |sign| sign.in_hand.is_none()) {
                    self.dies_taking_in_hand(number, after);
                }
            }
            Step::Down { minutes } => {
                self.house.dies();
                for way in [&self.texts, &self.mail] {
                    way.nobody_heard(Duration::from_secs(3));
                }
                self.hand.advance(Span::from_minutes(minutes));
                self.start_again();
            }
            Step::TakesInHand { which } => {
                if let Some(number) = self.some(which, |sign| sign.in_hand.is_none()) {
                    self.by_the_nurse(number, "acknowledge");
                    self.signs[number].in_hand = Some(Instant::now());
                }
            }
            Step::Settles { which } => {
                let is = |sign: &Sign| sign.in_hand.is_some() && !sign.settled;
                if let Some(number) = self.some(which, is) {
                    self.by_the_nurse(number, "settle");
                    self.signs[number].settled = true;
                }
            }
            Step::Looks { who } => self.looks(who),
        }
    }

    fn dies_taking_in_hand(&mut self, number: usize, after: u64) {
        let sign = self.signs[number].clone();
        let application = Arc::clone(self.house.application());
        let patient = self.people[sign.who];
        let id = CommandId(Uuid::now_v7());
        self.dies_during(
            async move {
                drop(acknowledge(&application, patient, sign.flag, id, nurse()).await);
            },
            after,
        );
        // It is written down or it is not: both are true stories.
        let state = self.state(sign.who);
        let known = state.flag(sign.flag).expect("no sign is lost");
        if !known.is_escalating() {
            self.signs[number].in_hand = Some(Instant::now());
        }
    }

    /// Whoever told of it reads whether anybody has, truthfully.
    fn looks(&self, who: usize) {
        let open: Vec<&Sign> = self
            .signs
            .iter()
            .filter(|sign| sign.who == who && !sign.settled)
            .collect();
        if open.is_empty() {
            return;
        }
        let cookie = self
            .house
            .through_the_door(self.people[who], "/my/follow-up/now");
        let page = self.page("/my/follow-up/now", &cookie).text();
        let unread = open.iter().any(|sign| sign.in_hand.is_none());
        let reached = self.duty.iter().any(|(_, email, mobile)| *email || *mobile);
        let hour = (self.now() - BEGAN).seconds() / 3_600 + 9;
        let expected = match (unread, reached, (8..18).contains(&(hour % 24))) {
            (false, _, _) => "has it in hand",
            (true, false, _) => "the clinic cannot be told at once from here",
            (true, true, true) => "Nobody has read it yet",
            (true, true, false) => "nobody at the clinic watches at this hour",
        };
        assert!(page.contains(expected), "{expected}: {open:#?} {page}");
        assert!(!unread || !page.contains("has it in hand"), "{page}");
    }

    /// What the model says of telling everybody who is due.
    fn reckon(&mut self) {
        let now = self.now();
        for sign in &mut self.signs {
            if sign.in_hand.is_some() || sign.next > now {
                continue;
            }
            sign.rounds += 1;
            sign.next = now + sign.every;
            let reached = self
                .duty
                .iter()
                .filter(|(_, email, mobile)| *email || *mobile);
            for (number, email, mobile) in reached.take(sign.rounds as usize) {
                for (by_mail, has) in [(true, *email), (false, *mobile)] {
                    let call = Call {
                        staff: *number,
                        by_mail,
                        who: sign.who,
                    };
                    if has {
                        *self.calls.entry(call).or_default() += 1;
                    }
                }
            }
        }
    }

    /// Everything that must be so after a step and one look.
    fn holds(&mut self) {
        self.house.wait_for(keep(self.house.application())).unwrap();
        self.reckon();
        let now = self.now();
        for who in 0..PEOPLE {
            let state = self.state(who);
            let known: Vec<&Sign> = self.signs.iter().filter(|sign| sign.who == who).collect();
            assert_eq!(state.flags.len(), known.len(), "none is lost, none is new");
            for sign in known {
                let flag = state.flag(sign.flag).expect("no sign is lost");
                let rounds = flag.told.len();
                match (&flag.standing, sign.in_hand.is_some(), sign.settled) {
                    (FlagStanding::Escalating { call_at, .. }, false, _) => {
                        assert!(*call_at > now && *call_at <= now + sign.every, "{sign:?}");
                        assert_eq!(*call_at, sign.next, "{sign:?}");
                    }
                    (FlagStanding::Acknowledged { .. }, true, false)
                    | (FlagStanding::Settled { .. }, true, true) => {}
                    other => panic!("{other:?} {sign:?}"),
                }
                assert_eq!(rounds, sign.rounds as usize, "{sign:?}");
            }
        }
        self.calls_hold();
    }

    /// Nobody is called twice about the same round by the same way, nobody is left out, what was
    /// taken is not handed over again, and nobody is called about what is in hand.
    fn calls_hold(&self) {
        let about = self.queued();
        let mut calls: BTreeMap<Call, usize> = BTreeMap::new();
        for call in about.values() {
            *calls.entry(*call).or_default() += 1;
        }
        assert_eq!(calls, self.calls, "one call for each person, way and round");
        for (way, by_mail) in [(&self.texts, false), (&self.mail, true)] {
            let mut taken = BTreeSet::new();
            for handed in way.handed() {
                let call = about[&handed.id];
                assert_eq!((call.by_mail, &handed.to), (by_mail, &call.to()));
                assert!(!taken.contains(&handed.id), "{call:?} was taken before");
                if handed.confirmed {
                    taken.insert(handed.id);
                }
                assert!(self.was_wanted(call.who, handed.at), "{call:?} was in hand");
            }
        }
    }

    /// Every call to somebody on duty that was ever put into the outbox.
    fn queued(&self) -> BTreeMap<Uuid, Call> {
        let application = self.house.application();
        let search = CourseSearch {
            part: MESSAGE.to_owned(),
            count: 5_000,
            ..CourseSearch::default()
        };
        let rows = application.store.course_rows(application.tenant, &search);
        let rows = self.house.wait_for(rows).unwrap();
        let mut queued = BTreeMap::new();
        for row in rows {
            let kept = self.house.wait_for(read::<Outgoing>(application, row.id));
            let message = kept.unwrap().state.message.unwrap();
            let who = self.people.iter().position(|one| *one == message.patient);
            let call = Call {
                staff: message.staff.unwrap().0.as_u128(),
                by_mail: message.channel == Channel::Email,
                who: who.unwrap(),
            };
            queued.insert(row.id, call);
        }
        queued
    }

    /// At this time a sign of this person was in nobody's hand, or only just was.
    fn was_wanted(&self, who: usize, at: Instant) -> bool {
        self.signs
            .iter()
            .filter(|sign| sign.who == who && sign.told_at <= at)
            .any(|sign| {
                sign.in_hand
                    .is_none_or(|in_hand| at < in_hand + Duration::from_millis(250))
            })
    }

    /// With every way up again, the next round reaches everybody in it.
    fn reaches_everybody_at_last(&mut self) {
        self.texts.becomes(Mood::Up);
        self.mail.becomes(Mood::Up);
        self.on_duty(0, 4);
        self.hand.advance(Span::from_minutes(60));
        let since = Instant::now();
        self.holds();
        for _ in 0..4 {
            self.sends();
        }
        self.holds();
        let about = self.queued();
        let ways = [(&self.texts, false), (&self.mail, true)];
        for sign in self.signs.iter().filter(|sign| sign.in_hand.is_none()) {
            let reached = STAFF.iter().filter(|(_, email, mobile)| *email || *mobile);
            for (staff, email, mobile) in reached.take(sign.rounds as usize) {
                for (way, by_mail) in ways {
                    let came = way.handed().iter().any(|one| {
                        let call = Call {
                            staff: *staff,
                            by_mail,
                            who: sign.who,
                        };
                        one.confirmed && one.at > since && about[&one.id] == call
                    });
                    let has = if by_mail { *email } else { *mobile };
                    assert_eq!(came, has, "{staff} {by_mail} {sign:?}");
                }
            }
        }
    }
}

/// A call to one of those on duty by one way, about one who told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Call {
    staff: u128,
    by_mail: bool,
    who: usize,
}

impl Call {
    fn to(self) -> String {
        if self.by_mail {
            address(self.staff)
        } else {
            telephone(self.staff)
        }
    }
}

fn address(number: u128) -> String {
    format!("duty-{number}@clinic.example")
}

fn telephone(number: u128) -> String {
    format!("+57 300 000000{number}")
}

fn set_up(configuration: &mut Configuration, texts: &Way, mail: &Way) {
    let url = format!("http://{}/", texts.address);
    let service = TextMessageService::new(url, "a-long-secret".to_owned());
    configuration.text_messages = Some(service.unwrap());
    let url = format!("smtp://{}", mail.address);
    let server = MailServer::new(&url, "The clinic <post@clinic.example>");
    configuration.mail = Some(server.unwrap());
}

#[test]
fn a_call_that_waits_when_the_server_dies_with_the_sign_just_in_hand_is_not_made() {
    // Hazard: H62
    let mut world = World::new();
    world.texts.becomes(Mood::Busy);
    world.mail.becomes(Mood::Busy);
    world.tells(0, 0);
    world.holds();
    world.sends();
    let before = world.texts.handed().len();
    assert!(before > 0);
    // Written down that somebody has it in hand, and nothing after that.
    let (patient, flag) = (world.people[0], world.signs[0].flag);
    let wanted = Change {
        command_id: CommandId(Uuid::now_v7()),
        actor: nurse(),
        at: None,
        id: patient.0,
        patient: Some(patient),
        session: None,
        action: "take a warning sign in hand",
        wanted: flag.to_string(),
    };
    let application = world.house.application();
    let done = change(application, wanted, |state: &FollowUp, _| {
        state.acknowledge(flag).map_err(Refused::from)
    });
    world.house.wait_for(done).unwrap();
    world.house.dies();
    world.start_again();
    world.texts.becomes(Mood::Up);
    world.mail.becomes(Mood::Up);
    world.hand.advance(Span::from_minutes(2));
    world.sends();
    assert_eq!(world.texts.handed().len(), before);
    assert!(world.mail.handed().iter().all(|one| !one.confirmed));
}

#[test]
fn messages_to_patients_that_hang_hold_up_no_call_to_somebody_on_duty() {
    // Hazard: H62
    let mut world = World::new();
    world.texts.becomes(Mood::Hangs);
    world.is_reached_by_text(1);
    for number in 0..30 {
        let queued = queue(
            world.house.application(),
            NewMessage {
                id: Uuid::from_u128(number),
                actor: nurse(),
                patient: world.people[1],
                session: None,
                kind: "reminder",
                language: Language::English,
                subject: "Tomorrow".to_owned(),
                text: "Something to read.".to_owned(),
                leads_to: None,
                due: Due::Now,
            },
        );
        world.house.wait_for(queued).unwrap();
    }
    world.hand.advance(Span::from_minutes(1));
    world.tells(0, 0);
    world
        .house
        .wait_for(keep(world.house.application()))
        .unwrap();
    let application = Arc::clone(world.house.application());
    let sending =
        async move { tokio::time::timeout(Duration::from_secs(3), send_due(&application)).await };
    drop(world.house.wait_for(sending));
    let called: Vec<String> = world.mail.handed().into_iter().map(|one| one.to).collect();
    assert_eq!(called, [address(1)], "by the way that works");
    let waits = world.texts.handed();
    assert!(
        waits.iter().any(|one| one.to == telephone(1)),
        "and by the other"
    );
    world.texts.becomes(Mood::Up);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 8,
        max_shrink_iters: 30,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]
    #[test]
    // Hazard: H62
    fn a_warning_sign_is_in_hand_or_still_told_under_random_crashes_and_failing_providers(
        steps in steps()
    ) {
        let mut world = World::new();
        world.tells(0, 0);
        world.holds();
        for step in &steps {
            world.does(step);
            world.holds();
        }
        world.reaches_everybody_at_last();
    }
}
