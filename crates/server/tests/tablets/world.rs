//! The simulated world: one thread, one clock, a queue of what is to happen, chance from a seed.

use super::judge::{Tapped, Told, judge, words};
use super::tablet::{AGAIN_AFTER, Kept, PATIENCE, Tablet, UnderWay};
use clinical::course::session::{
    Command, FastingAnswers, Identifier, Line, MonitorEvidence, Monitoring, Order as DrugOrder,
    Papers, Session,
};
use clinical::record::{Actor, CommandId, PatientId, Role, SessionId, StaffId};
use jiff::tz::TimeZone;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use server::application::Application;
use server::clock::{Clock, Hand};
use server::command::{Circumstances, Late, Order, Saved, execute, execute_afterwards, execute_in};
use server::configuration::Configuration;
use server::web::form::Fields;
use server::web::respond::Refused;
use server::web::{acts, late_acts};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::runtime::Runtime;
use units::{
    Decimal, Kilograms, Milligrams, MilligramsPerMillilitre, Millilitres, MillilitresPerHour,
    Moment, Span,
};
use uuid::Uuid;

/// 1 January 2027, 08:00 UTC.
const BEGINS: Moment = Moment::from_microseconds(1_798_790_400_000_000);
/// Events before the tablets begin: planned, checked in, identified, pressure, time-out.
pub const SET_UP: u64 = 5;
/// After everything is healed all must be there within this. Source: safety reference 14.6.
const CONVERGES: Span = Span::from_seconds(60);

/// What one seed gave.
pub struct Outcome {
    pub entries: u64,
    pub held: u64,
    pub waited: u64,
    pub faults: Vec<String>,
    pub story: String,
}

/// A server and its clock, for many seeds one after the other.
pub struct World {
    application: Arc<Application>,
    hand: Hand,
    runtime: Runtime,
}

/// What is to happen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Happens {
    Tap { tablet: usize },
    Arrives { tablet: usize, attempt: u64 },
    Answered { tablet: usize, attempt: u64 },
    GivesUp { tablet: usize, attempt: u64 },
    Pass { tablet: usize },
    Cut { tablet: usize, mend_at: Moment },
    Mend { tablet: usize },
    ClockJumps { tablet: usize, by: Span },
    Reloads { tablet: usize },
    SignInEnds { tablet: usize },
    SignsIn { tablet: usize },
    ServerRestarts,
}

/// A request that left a tablet.
#[derive(Clone)]
struct Request {
    session: SessionId,
    id: CommandId,
    staff: StaffId,
    fields: Vec<(String, String)>,
    /// Whether the sign-in held when it left: the cookie goes with it.
    signed_in: bool,
    answer: Option<Result<Saved, Refusal>>,
}

#[derive(Clone, Debug)]
enum Refusal {
    SignedOut,
    TookTooLong,
    Refused(String),
}

struct Run<'a> {
    world: &'a World,
    chance: StdRng,
    now: Moment,
    queue: BinaryHeap<Reverse<(Moment, u64, Happens)>>,
    number: u64,
    tablets: Vec<Tablet>,
    sessions: Vec<SessionId>,
    requests: BTreeMap<u64, Request>,
    tapped: BTreeMap<CommandId, Tapped>,
    /// When no more is tapped and everything works again.
    heals: Moment,
    story: String,
}

fn person(number: usize) -> Actor {
    Actor::Person {
        id: StaffId(Uuid::from_u128(0x57aff + number as u128)),
        name: format!("Nurse {number}"),
        role: Role::Nurse,
    }
}

impl World {
    /// A clinic in memory; the clock begins later for later seeds, so that no two are alike.
    pub fn open(seed: u64) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let (clock, hand) = Clock::starting_at(BEGINS + Span::from_hours((seed % 24) as i64));
        let mut configuration = Configuration::new("memory:".to_owned(), here, here);
        configuration.clock = clock;
        let application = runtime.block_on(Application::open(configuration)).unwrap();
        Self {
            application,
            hand,
            runtime,
        }
    }

    /// Plays one seed and judges it.
    pub fn run(&self, seed: u64) -> Outcome {
        let mut chance = StdRng::seed_from_u64(seed);
        let now = self.application.clock.now() + Span::from_minutes(1);
        self.hand.advance_to(now);
        let sessions: Vec<SessionId> = (0..chance.random_range(1..=2_u64))
            .map(|number| SessionId(Uuid::from_u128(u128::from(seed) << 8 | u128::from(number))))
            .collect();
        for session in &sessions {
            self.set_up(*session, now);
        }
        let tablets = (0..chance.random_range(1..=3_usize))
            .map(|number| {
                // Up to ten minutes wrong from the beginning; tablets are.
                let wrong = Span::from_seconds(chance.random_range(-600..=600));
                Tablet::new(
                    number,
                    StaffId(Uuid::from_u128(0x57aff + number as u128)),
                    wrong,
                )
            })
            .collect();
        let mut run = Run {
            world: self,
            chance,
            now,
            queue: BinaryHeap::new(),
            number: 0,
            tablets,
            sessions,
            requests: BTreeMap::new(),
            tapped: BTreeMap::new(),
            heals: now,
            story: String::new(),
        };
        run.plan();
        run.play();
        let records: Vec<Session> = run
            .sessions
            .iter()
            .map(|id| (*self.cell_state(*id)).clone())
            .collect();
        let left: usize = run.tablets.iter().map(|tablet| tablet.outbox.len()).sum();
        let charted = |count: &dyn Fn(&clinical::course::session::Entry) -> bool| {
            let entries = records.iter().flat_map(|record| &record.entries);
            entries
                .filter(|entry| words(&entry.event).is_some() && count(entry))
                .count() as u64
        };
        Outcome {
            entries: charted(&|entry| run.tapped.contains_key(&entry.command_id)),
            held: charted(&|entry| {
                matches!(
                    entry.event,
                    clinical::course::session::SessionEvent::ActHeld { .. }
                )
            }),
            waited: charted(&|entry| entry.later.is_some()),
            faults: judge(&records, &run.tapped, left),
            story: run.story,
        }
    }

    fn cell_state(&self, id: SessionId) -> Arc<Session> {
        // As a server that has just started reads it: from the log.
        let cell = self
            .runtime
            .block_on(self.application.sessions.cell(id))
            .unwrap();
        self.runtime
            .block_on(self.application.refold(id, &cell))
            .unwrap();
        cell.state()
    }

    fn set_up(&self, session: SessionId, now: Moment) {
        let decimal = |text: &str| text.parse::<Decimal>().unwrap();
        let order = DrugOrder {
            drug: "ketamine".to_owned(),
            dose: Milligrams::new(decimal("35")).unwrap(),
            concentration: MilligramsPerMillilitre::new(decimal("0.7")).unwrap(),
            volume: Millilitres::new(decimal("50")).unwrap(),
            rate: MillilitresPerHour::new(decimal("75")).unwrap(),
            dosing_weight: Kilograms::new(decimal("70")).unwrap(),
            weight_kind: None,
            prescriber: "Åsa Berg".to_owned(),
            beyond: None,
            reckoned: None,
            way: clinical::course::session::Way::default(),
            grounds: Some(clinical::course::session::Grounds {
                age: Some(41),
                earlier: 0,
                in_seven_days: 1,
                last: None,
                liver: None,
            }),
            alongside: clinical::course::session::Alongside::default(),
        };
        let commands = [
            Command::PlanSession {
                patient: PatientId(session.0),
                room: "1".to_owned(),
                planned_for: now,
                earlier_sessions: 0,
                order,
                rules: Vec::new(),
            },
            Command::CheckIn {
                fasting: FastingAnswers::default(),
                escort: None,
            },
            Command::ConfirmIdentity {
                identifiers: vec![Identifier::FullName, Identifier::BirthDate],
            },
            Command::WriteNote {
                text: "set up".to_owned(),
            },
            Command::CompleteTimeOut {
                lines: Line::ALL.to_vec(),
                monitoring: Monitoring::ByHand,
            },
        ];
        for command in commands {
            let order = Order {
                command_id: CommandId(Uuid::new_v5(&session.0, command.says().as_bytes())),
                session,
                actor: person(0),
                command,
                at: None,
            };
            let given = Circumstances {
                now,
                monitor: MonitorEvidence::Live,
                papers: Papers::in_force("seen"),
            };
            self.runtime
                .block_on(execute_in(&self.application, order, Some(given)))
                .unwrap();
        }
    }
}

impl Run<'_> {
    fn span(&mut self, from: Span, to: Span) -> Span {
        Span::from_microseconds(
            self.chance
                .random_range(from.microseconds()..=to.microseconds()),
        )
    }

    fn later(&mut self, at: Moment, happens: Happens) {
        self.number += 1;
        self.queue.push(Reverse((at, self.number, happens)));
    }

    /// What goes wrong in this seed, and when people tap.
    fn plan(&mut self) {
        // A partition of a second to three days, each length as likely as the next.
        let longest = [1, 10, 60, 600, 3_600, 14_400, 28_800, 259_200];
        let longest = longest[self.chance.random_range(0..longest.len())];
        let whole = Span::from_seconds(longest) + Span::from_minutes(3);
        let begin = self.now;
        self.heals = begin + whole + Span::from_minutes(1);
        for tablet in 0..self.tablets.len() {
            self.tablets[tablet].heard(begin, begin);
            for _ in 0..self.chance.random_range(2..=8) {
                let at = begin + self.span(Span::ZERO, whole);
                self.later(at, Happens::Tap { tablet });
            }
            for _ in 0..self.chance.random_range(0..=2) {
                let at = begin + self.span(Span::ZERO, Span::from_minutes(2));
                let mend_at = at + Span::from_seconds(self.chance.random_range(1..=longest));
                self.later(at, Happens::Cut { tablet, mend_at });
            }
            if self.chance.random_bool(0.3) {
                let at = begin + self.span(Span::ZERO, whole);
                let seconds = [1, 300, 1_440, 3_600, 86_400, 31_536_000];
                let by = seconds[self.chance.random_range(0..seconds.len())];
                let by = Span::from_seconds(if self.chance.random_bool(0.5) {
                    by
                } else {
                    -by
                });
                self.later(at, Happens::ClockJumps { tablet, by });
            }
            if self.chance.random_bool(0.4) {
                let at = begin + self.span(Span::ZERO, whole);
                self.later(at, Happens::Reloads { tablet });
            }
            if self.chance.random_bool(0.2) {
                let at = begin + self.span(Span::ZERO, whole);
                self.later(at, Happens::SignInEnds { tablet });
            }
        }
        for _ in 0..self.chance.random_range(0..=2) {
            let at = begin + self.span(Span::ZERO, whole);
            self.later(at, Happens::ServerRestarts);
        }
        // In the end the network is there, and whoever's sign-in ended signs in again.
        for tablet in 0..self.tablets.len() {
            self.later(self.heals, Happens::Mend { tablet });
            self.later(self.heals, Happens::SignsIn { tablet });
        }
    }

    fn play(&mut self) {
        let until = self.heals + CONVERGES;
        while let Some(Reverse((at, _, happens))) = self.queue.pop() {
            if at > until {
                return;
            }
            self.now = at.max(self.now);
            self.world.hand.advance_to(self.now);
            self.happen(happens);
        }
    }

    fn tell(&mut self, what: &str) {
        writeln!(self.story, "{} {what}", self.now).unwrap();
    }

    fn happen(&mut self, happens: Happens) {
        match happens {
            Happens::Tap { tablet } => self.tap(tablet),
            Happens::Arrives { tablet, attempt } => self.arrives(tablet, attempt),
            Happens::Answered { tablet, attempt } => self.answered(tablet, attempt),
            Happens::GivesUp { tablet, attempt } => {
                let waits = self.tablets[tablet].under_way.as_ref();
                if waits.is_some_and(|waits| waits.attempt == attempt) {
                    self.tablets[tablet].under_way = None;
                    self.tell(&format!("tablet {tablet} gives up waiting"));
                    self.plan_pass(tablet);
                }
            }
            Happens::Pass { tablet } => {
                self.tablets[tablet].pass_planned = false;
                self.pass(tablet);
            }
            Happens::Cut { tablet, mend_at } => {
                if mend_at < self.heals {
                    self.later(mend_at, Happens::Mend { tablet });
                }
                self.tablets[tablet].cut = true;
                self.tell(&format!("tablet {tablet} is cut off"));
            }
            Happens::Mend { tablet } => {
                self.tablets[tablet].cut = false;
                self.tell(&format!("tablet {tablet} has contact"));
                self.plan_pass(tablet);
            }
            Happens::ClockJumps { tablet, by } => {
                self.tablets[tablet].wrong_by = self.tablets[tablet].wrong_by + by;
                self.tell(&format!("tablet {tablet}'s clock jumps by {by}"));
            }
            Happens::Reloads { tablet } => {
                self.tell(&format!("tablet {tablet} restarts"));
                self.tablets[tablet].restart();
                self.plan_pass(tablet);
            }
            Happens::SignInEnds { tablet } => {
                self.tell(&format!("tablet {tablet}'s sign-in ends"));
                self.tablets[tablet].signed_in = false;
            }
            Happens::SignsIn { tablet } => {
                self.tablets[tablet].signed_in = true;
                self.plan_pass(tablet);
            }
            Happens::ServerRestarts => {
                self.tell("the server restarts");
                // What was under way to it is gone; what it knows it reads from the log.
                for request in self.requests.values_mut() {
                    request.answer.get_or_insert(Err(Refusal::TookTooLong));
                }
                self.requests.clear();
                for session in self.sessions.clone() {
                    self.world.cell_state(session);
                }
            }
        }
    }

    fn plan_pass(&mut self, tablet: usize) {
        if !self.tablets[tablet].pass_planned {
            self.tablets[tablet].pass_planned = true;
            self.later(self.now + AGAIN_AFTER, Happens::Pass { tablet });
        }
    }

    /// Somebody taps: it is in the store first; it goes out at once if nothing waits before it.
    fn tap(&mut self, tablet: usize) {
        let session = self.sessions[self.chance.random_range(0..self.sessions.len())];
        let id = CommandId(Uuid::from_u128(self.chance.random()));
        let (fields, what) = self.act(id);
        let own = &self.tablets[tablet];
        let whole = |at: Moment| Moment::from_microseconds(at.milliseconds() * 1_000);
        let happened_at = whole(own.server_now(self.now));
        let kept = Kept {
            id,
            session,
            fields,
            happened_at,
            tablet_at: whole(own.wall(self.now)),
        };
        let before = own.outbox.iter().any(|other| other.session == session);
        let free = own.under_way.is_none();
        self.tapped.insert(
            id,
            Tapped {
                tablet,
                session,
                truly: self.now,
                reckoned: happened_at,
                what: what.clone(),
                told: Told::OnTheTablet,
            },
        );
        self.tell(&format!("tablet {tablet} taps {what}, as {happened_at}"));
        self.tablets[tablet].outbox.push(kept.clone());
        if before || !free {
            self.plan_pass(tablet);
        } else {
            let mut fields = kept.fields.clone();
            fields.push((
                "tapped_at".to_owned(),
                happened_at.milliseconds().to_string(),
            ));
            self.send(tablet, &kept, fields, true);
        }
    }

    fn act(&mut self, id: CommandId) -> (Vec<(String, String)>, String) {
        let number =
            |chance: &mut StdRng, from: u32, to: u32| chance.random_range(from..=to).to_string();
        let chance = &mut self.chance;
        let (act, more, what): (&str, Vec<(&str, String)>, String) =
            match chance.random_range(0..11) {
                0..=1 => {
                    let text = id.0.to_string();
                    ("note", vec![("text", text.clone())], format!("note {text}"))
                }
                2..=3 => {
                    let systolic = number(chance, 100, 180);
                    let what = format!("pressure {systolic}");
                    let fields = vec![("systolic", systolic), ("diastolic", "70".to_owned())];
                    ("vital-signs", fields, what)
                }
                4 => {
                    let score = number(chance, 0, 5);
                    (
                        "sedation",
                        vec![("score", score.clone())],
                        format!("sedation {score}"),
                    )
                }
                5 => {
                    let amount = number(chance, 1, 3);
                    let again = vec![("amount", amount.clone()), ("again", "yes".to_owned())];
                    ("bolus", again, format!("bolus {amount}"))
                }
                6 => {
                    let rate = number(chance, 40, 70);
                    ("rate", vec![("rate", rate.clone())], format!("rate {rate}"))
                }
                7 => ("start", Vec::new(), "start".to_owned()),
                8 => ("pause", Vec::new(), "pause".to_owned()),
                9 => ("resume", Vec::new(), "resume".to_owned()),
                _ => {
                    let why = vec![("why", "completed".to_owned())];
                    ("stop", why, "stop".to_owned())
                }
            };
        let mut fields = vec![("act".to_owned(), act.to_owned())];
        fields.extend(
            more.into_iter()
                .map(|(name, value)| (name.to_owned(), value)),
        );
        (fields, what)
    }

    /// One request on its way: in one copy or several, each late by its own time, or none.
    fn send(&mut self, tablet: usize, kept: &Kept, fields: Vec<(String, String)>, at_once: bool) {
        self.number += 1;
        let attempt = self.number;
        self.tablets[tablet].under_way = Some(UnderWay {
            attempt,
            id: kept.id,
            at_once,
        });
        self.requests.insert(
            attempt,
            Request {
                session: kept.session,
                id: kept.id,
                staff: self.tablets[tablet].staff,
                fields,
                signed_in: self.tablets[tablet].signed_in,
                answer: None,
            },
        );
        self.later(self.now + PATIENCE, Happens::GivesUp { tablet, attempt });
        if self.tablets[tablet].cut && self.chance.random_bool(0.9) {
            return;
        }
        for _ in 0..[1, 1, 1, 2, 3][self.chance.random_range(0..5)] {
            // A network that is healed is slow and doubles what it carries, but keeps nothing back:
            // how soon all is there is asked of the tablets then, not of the network.
            let trouble = if self.now >= self.heals { 4 } else { 0 };
            let late = match self.chance.random_range(trouble..20) {
                // Held up somewhere for minutes.
                0 => self.span(Span::from_seconds(9), Span::from_minutes(10)),
                1..=3 => self.span(Span::from_seconds(1), Span::from_seconds(9)),
                _ => self.span(Span::from_milliseconds(5), Span::from_milliseconds(400)),
            };
            self.later(self.now + late, Happens::Arrives { tablet, attempt });
        }
    }

    /// A copy of a request reaches the server; the answer goes back unless the network loses it.
    fn arrives(&mut self, tablet: usize, attempt: u64) {
        let Some(request) = self.requests.get(&attempt).cloned() else {
            return;
        };
        let answer = self.carry_out(&request);
        let says = match &answer {
            Ok(saved) => format!("saved as version {}", saved.version),
            Err(refusal) => format!("{refusal:?}"),
        };
        self.tell(&format!("tablet {tablet}'s {} arrives: {says}", request.id));
        if let Some(request) = self.requests.get_mut(&attempt) {
            request.answer = Some(answer);
        }
        let lost = match self.tablets[tablet].cut {
            true => 0.9,
            false if self.now >= self.heals => 0.0,
            false => 0.1,
        };
        if !self.chance.random_bool(lost) {
            let late = self.span(Span::from_milliseconds(5), Span::from_milliseconds(300));
            self.later(self.now + late, Happens::Answered { tablet, attempt });
        }
    }

    /// The server's side of a form: who, what, when, then the command layer.
    fn carry_out(&self, request: &Request) -> Result<Saved, Refusal> {
        if !request.signed_in {
            return Err(Refusal::SignedOut);
        }
        let fields = Fields(request.fields.clone());
        let (application, zone) = (&self.world.application, &TimeZone::UTC);
        let late = match late_acts::read(&fields, zone, self.now) {
            Ok(late) => late,
            Err(problem) if problem.field == late_acts::TOOK_TOO_LONG => {
                return Err(Refusal::TookTooLong);
            }
            Err(problem) => return Err(Refusal::Refused(problem.says)),
        };
        let tapped = late.as_ref().map_or(self.now, |late| late.at);
        let act =
            acts::read(&fields, zone, tapped).map_err(|problem| Refusal::Refused(problem.says))?;
        let order = |at| Order {
            command_id: request.id,
            session: request.session,
            actor: Actor::Person {
                id: request.staff,
                name: "Nurse".to_owned(),
                role: Role::Nurse,
            },
            command: act.command.clone(),
            at,
        };
        let done = match late {
            None => {
                let order = order(act.at);
                self.world.runtime.block_on(execute(application, order))
            }
            Some(late_acts::LateAct { at, late }) => {
                let order = order(Some(act.at.unwrap_or(at)));
                let late: Late = late;
                let work = execute_afterwards(application, order, late);
                self.world.runtime.block_on(work)
            }
        };
        done.map_err(|refused: Refused| Refusal::Refused(refused.says()))
    }

    fn answered(&mut self, tablet: usize, attempt: u64) {
        let waits = self.tablets[tablet].under_way.clone();
        let Some(waits) = waits.filter(|waits| waits.attempt == attempt) else {
            return;
        };
        let Some(answer) = self
            .requests
            .get(&attempt)
            .and_then(|request| request.answer.clone())
        else {
            return;
        };
        self.tablets[tablet].under_way = None;
        let now = self.now;
        match answer {
            Ok(_) => self.leaves(tablet, waits.id, Told::Saved),
            Err(Refusal::Refused(_)) if waits.at_once => {
                self.leaves(tablet, waits.id, Told::Refused);
            }
            Err(Refusal::Refused(why)) => {
                // Nothing that these tablets tap is refused for what it says.
                self.tell(&format!("NOT TAKEN: {why}"));
            }
            Err(Refusal::TookTooLong) => {}
            // Locked until its author signs in again.
            Err(Refusal::SignedOut) => return,
        }
        self.tablets[tablet].heard(now, now);
        self.pass(tablet);
    }

    fn leaves(&mut self, tablet: usize, id: CommandId, told: Told) {
        self.tablets[tablet].outbox.retain(|kept| kept.id != id);
        if let Some(act) = self.tapped.get_mut(&id) {
            act.told = told;
        }
        self.tell(&format!("tablet {tablet} is told {told:?} of {id}"));
    }

    /// The oldest that waits goes out again, with its marks; the others wait behind it.
    fn pass(&mut self, tablet: usize) {
        let own = &self.tablets[tablet];
        if own.under_way.is_some() || !own.signed_in {
            return;
        }
        let Some(kept) = own.outbox.first().cloned() else {
            return;
        };
        let wall = own.wall(self.now).milliseconds();
        let mut fields = kept.fields.clone();
        for (name, value) in [
            ("recorded", "offline".to_owned()),
            ("tablet", Uuid::from_u128(own.number as u128).to_string()),
            ("staff", own.staff.to_string()),
            ("happened_at", kept.happened_at.milliseconds().to_string()),
            ("tablet_at", kept.tablet_at.milliseconds().to_string()),
            ("tablet_now", wall.to_string()),
        ] {
            fields.push((name.to_owned(), value));
        }
        self.send(tablet, &kept, fields, false);
    }
}
