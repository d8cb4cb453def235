//! The outcomes of everybody over 100,000 sessions: the page as a browser asks for it.
//!
//! `BENCH_OUTCOME_SESSIONS` (100000) sessions of a tenth as many people are made once, each with a
//! history, contacts, scales and some adverse events; they are kept in `target/bench-data`.

use crate::clinic::{Clinic, Running};
use crate::figures::{Figures, Goal, milliseconds};
use crate::rescreen::patient;
use crate::stranger::http::get;
use crate::target;
use anyhow::{Context as _, Result, ensure};
use clinical::course::follow_up::{
    ContactKind, Ended, FollowUp, FollowUpEvent, FollowUpRules, plan,
};
use clinical::course::intake::{Intake, IntakeEvent, Item, Said, Through};
use clinical::course::outcomes::{Outcomes, OutcomesEvent};
use clinical::course::screening::person::{Product, Source, Witness};
use clinical::course::session::{
    AdverseEvent, AdverseOutcome, Alongside, Because, CardOutcome, OpenedCard, Order, Relatedness,
    Session, SessionEvent, Severity, Stop, Way,
};
use clinical::instrument::Answer;
use clinical::patient::{Patient, PatientEvent, Sex};
use clinical::policy::{Gate, Verdict};
use clinical::record::{
    Actor, CommandId, EventId, Folded as _, Header, PatientId, Recorded, Role, SessionId, StaffId,
    StreamId,
};
use server::application::Application;
use server::configuration::Configuration;
use server::journey::Listed;
use server::projection::{KnownDevices, after_session_event, newest_only};
use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};
use store::{Append, Decision, ProjectionWrite};
use units::{
    Decimal, Kilograms, Milligrams, MilligramsPerMillilitre, Millilitres, MillilitresPerHour,
    Moment, Span,
};
use uuid::Uuid;

/// How many sessions one person has.
const EACH: u32 = 10;

/// How many people go into one write.
const TOGETHER: u32 = 10;

/// How often the page is asked for.
const TIMES: usize = 60;

/// How long a page may take, in milliseconds. Source: the project's promise.
const PROMISE: f64 = 100.0;

/// For how many sessions it is promised.
const PROMISED: u32 = 100_000;

/// Makes the sessions where they are missing, and asks for the page.
pub fn measure(figures: &mut Figures, sessions: u32) -> Result<()> {
    let clinic = Clinic::kept(&format!("outcomes-{sessions}"))?;
    let whole = clinic.folder.join("whole");
    if !whole.exists() {
        let runtime = tokio::runtime::Runtime::new().context("starting a runtime")?;
        let began = Instant::now();
        runtime.block_on(fill(&clinic, sessions))?;
        std::fs::write(&whole, "").context("marking the sessions as whole")?;
        let took = began.elapsed().as_secs_f64();
        figures.add("making the sessions", took, "s", Goal::Told);
    }
    let (running, _) = clinic.serve()?;
    let cookie = running.cookie("prescriber")?;
    let first = ask(&running, &cookie, "/outcomes", 1)?;
    let name = format!("outcomes of {sessions} sessions, first look after a start");
    figures.add(&name, milliseconds(first[0]), "ms", Goal::Told);
    let page = running.page(&cookie, "/outcomes")?;
    // Those of the demo are there besides.
    let counted = format!(">{},", sessions / 1_000);
    ensure!(page.contains(&counted), "the page counts other sessions");
    let goal = if sessions == PROMISED {
        Goal::AtMost(PROMISE)
    } else {
        Goal::Told
    };
    for (what, path) in [
        ("everybody", "/outcomes"),
        ("one year", "/outcomes?from=2026-01-01&to=2026-12-31"),
        ("to hand out", "/outcomes?share=1"),
    ] {
        let mut taken = ask(&running, &cookie, path, TIMES)?;
        let name = format!("outcomes of {sessions} sessions: {what}");
        figures.add_times(&name, &mut taken, goal);
    }
    Ok(())
}

fn ask(running: &Running<'_>, cookie: &str, path: &str, times: usize) -> Result<Vec<Duration>> {
    let mut connection = running.connect()?;
    let headers = [("cookie", cookie), ("accept", "text/html")];
    let mut taken = Vec::with_capacity(times);
    for _ in 0..times {
        let request = get(path, &headers);
        let began = Instant::now();
        let answer = connection.send(&request)?;
        taken.push(began.elapsed());
        ensure!(answer.status == 200, "{path}: {}", answer.status);
    }
    Ok(taken)
}

async fn fill(clinic: &Clinic, sessions: u32) -> Result<()> {
    println!("making {sessions} sessions in {} …", target().display());
    let nowhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let store = format!("sqlite:{}", clinic.database().display());
    let application = Application::open(Configuration::new(store, nowhere, nowhere))
        .await
        .map_err(|fault| fault.0)?;
    let rules = FollowUpRules::shipped()?;
    let now = application.clock.now();
    let people = sessions / EACH;
    for first in (0..people).step_by(TOGETHER as usize) {
        let mut appends = Vec::new();
        let mut rows = Vec::new();
        for number in first..(first + TOGETHER).min(people) {
            let whose = Whose {
                number,
                patient: patient(number),
                now,
            };
            whose.tell(&application, &rules, &mut appends, &mut rows)?;
        }
        let decision = Decision {
            tenant: application.tenant,
            command_id: CommandId(Uuid::now_v7()),
            actor: nurse(),
            recorded_at: now,
            appends,
            projections: rows,
            audit: Vec::new(),
            answer: Vec::new(),
        };
        application
            .store
            .commit(decision)
            .await
            .context("writing people")?;
    }
    Ok(())
}

fn nurse() -> Actor {
    Actor::Person {
        id: StaffId(Uuid::nil()),
        name: "Nora Lindqvist".to_owned(),
        role: Role::Prescriber,
    }
}

/// What happened, and when.
type Story<T> = Vec<(Moment, T)>;

/// One of the people.
struct Whose {
    number: u32,
    patient: PatientId,
    now: Moment,
}

impl Whose {
    /// A number that looks like chance, and is the same each time.
    fn chance(&self, of: u32, below: u32) -> u32 {
        let name = format!("{} {of}", self.number);
        let digest = Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes());
        let bytes = digest.as_bytes();
        u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) % below
    }

    fn began(&self, session: u32) -> Moment {
        // Three years of people, a session every four days.
        let days = 40 + i64::from(self.number % 1_095) - i64::from(session) * 4;
        self.now - Span::from_hours(24 * days)
    }

    fn tell(
        &self,
        application: &Application,
        rules: &FollowUpRules,
        appends: &mut Vec<Append>,
        rows: &mut Vec<ProjectionWrite>,
    ) -> Result<()> {
        let registered = PatientEvent::PatientRegistered {
            patient: self.patient,
            record_number: format!("B{:07}", self.number),
            family_name: format!("Number {}", self.number),
            given_name: "Ana".to_owned(),
            birth_date: "1980-03-12".parse()?,
            sex: Sex::Unknown,
        };
        let before = self.began(0) - Span::from_hours(48);
        self.append::<Patient>(vec![(before, registered)], appends, rows);
        self.append::<Intake>(self.history(before), appends, rows);
        let (events, asked) = self.contacts(rules);
        self.append::<FollowUp>(events, appends, rows);
        self.append::<Outcomes>(self.answers(&asked), appends, rows);
        for session in 0..EACH {
            self.session(application, session, appends, rows)?;
        }
        Ok(())
    }

    /// Nine of ten told how they were before.
    fn history(&self, at: Moment) -> Story<IntakeEvent> {
        if self.number.is_multiple_of(10) {
            return Vec::new();
        }
        let items = [("phq-9", 9), ("gad-7", 7)];
        items
            .into_iter()
            .flat_map(|(scale, count)| (1..=count).map(move |item| (scale, item)))
            .map(|(scale, item)| {
                let event = IntakeEvent::AnswerGiven {
                    item: Item::OfScale {
                        instrument: scale.to_owned(),
                        item: item.to_string(),
                    },
                    answer: Box::new(Said::OfScale(chosen(2 + self.chance(item, 2)))),
                    witness: Witness {
                        source: Source::Patient,
                        name: "Ana".to_owned(),
                        at,
                    },
                    through: Through::OwnDevice,
                };
                (at, event)
            })
            .collect()
    }

    /// Contacts of all sessions; those whose time has come were made.
    fn contacts(&self, rules: &FollowUpRules) -> (Story<FollowUpEvent>, Story<Uuid>) {
        let mut events = Vec::new();
        let mut asked = Vec::new();
        let mut after = FollowUp::default();
        for session in 0..EACH {
            let at = self.began(session) + Span::from_minutes(40);
            let ended = Ended {
                session: self.session_id(session),
                product: Product::Racemic,
                number: session + 1,
                at,
            };
            let planned = plan(&ended, rules, |moment| moment);
            for event in after.plan(&ended, planned.clone()) {
                after.take(&self.header::<FollowUp>(&event, 0, at), &event);
                events.push((at, event));
            }
            let kept = planned.iter().filter(|contact| match contact.kind {
                ContactKind::Week => session + 1 == EACH,
                ContactKind::Month | ContactKind::Quarter(_) => true,
                ContactKind::Evening | ContactKind::NextDay | ContactKind::ThreeDays => false,
            });
            asked.extend(
                kept.filter(|contact| contact.due < self.now)
                    .map(|contact| (contact.due, contact.id)),
            );
        }
        for (due, contact) in &asked {
            let event = FollowUpEvent::ContactMade {
                contact: *contact,
                reminder: 0,
                again_at: None,
                silent_at: *due + Span::from_hours(36),
                watched: Vec::new(),
            };
            events.push((*due, event));
        }
        (events, asked)
    }

    /// Three of five contacts are answered.
    fn answers(&self, asked: &[(Moment, Uuid)]) -> Story<OutcomesEvent> {
        let mut events = Vec::new();
        for (place, (due, contact)) in (100..).zip(asked) {
            if self.chance(place, 5) > 2 {
                continue;
            }
            for (scale, count) in [("phq-9", 9), ("gad-7", 7)] {
                for item in 1..=count {
                    let event = OutcomesEvent::ScaleAnswered {
                        sheet: Uuid::new_v5(contact, format!("scale {scale}").as_bytes()),
                        scale: scale.to_owned(),
                        version: 1,
                        contact: *contact,
                        item: item.to_string(),
                        answer: chosen(self.chance(place * 20 + item, 3)),
                    };
                    events.push((*due + Span::from_hours(5), event));
                }
            }
        }
        events
    }

    fn session_id(&self, session: u32) -> SessionId {
        SessionId(Uuid::new_v5(
            &self.patient.0,
            format!("session {session}").as_bytes(),
        ))
    }

    fn session(
        &self,
        application: &Application,
        number: u32,
        appends: &mut Vec<Append>,
        rows: &mut Vec<ProjectionWrite>,
    ) -> Result<()> {
        let id = self.session_id(number);
        let start = self.began(number);
        let after = |minutes: i64| start + Span::from_minutes(minutes);
        let verdict = |gate| Verdict {
            gate,
            at: start,
            findings: Vec::new(),
        };
        let stay = i64::from(self.chance(1_000 + number, 90)) + 60;
        let mut events = vec![
            (
                after(-60),
                SessionEvent::SessionPlanned {
                    patient: self.patient,
                    room: "1".to_owned(),
                    planned_for: start,
                    earlier_sessions: number,
                    order: order()?,
                    rules: Vec::new(),
                },
            ),
            (
                start,
                SessionEvent::DosingStarted {
                    rate: MillilitresPerHour::new(Decimal::from(75))?,
                    verdict: verdict(Gate::StartInfusion),
                    overridden: None,
                },
            ),
        ];
        if self.chance(2_000 + number, 30) == 0 {
            events.extend(trouble(application, after(20))?);
        }
        events.push((
            after(40),
            SessionEvent::InfusionStopped {
                why: Stop::Completed,
                note: String::new(),
            },
        ));
        events.push((after(41), SessionEvent::ObservationBegun {}));
        events.push((
            after(40 + stay),
            SessionEvent::PatientDischarged {
                escort: "friend".to_owned(),
                verdict: verdict(Gate::Discharge),
                overridden: None,
            },
        ));
        let mut session = Session::new(id);
        let mut written = Vec::new();
        for (at, event) in events {
            let event_id = EventId(Uuid::now_v7());
            written.push(event.to_new_event(event_id, at));
            let header = Header {
                stream: StreamId::session(id),
                event_id,
                ..self.header_of(&event, session.version + 1, at)
            };
            session.apply(&header, event);
        }
        rows.extend(newest_only(after_session_event(
            &session,
            &KnownDevices::default(),
        )));
        appends.push(Append {
            stream: StreamId::session(id),
            expected_version: 0,
            events: written,
        });
        Ok(())
    }

    fn header_of<E: Recorded>(&self, event: &E, version: u64, at: Moment) -> Header {
        Header {
            tenant: server::application::SINGLE_CLINIC,
            position: 0,
            stream: StreamId::patient(self.patient),
            stream_version: version,
            event_id: EventId(Uuid::nil()),
            kind: event.name().to_owned(),
            schema_version: E::SCHEMA_VERSION,
            actor: nurse(),
            command_id: CommandId(Uuid::nil()),
            occurred_at: at,
            recorded_at: self.now,
            previous: [0; 32],
        }
    }

    fn header<A: Listed>(&self, event: &A::Event, version: u64, at: Moment) -> Header {
        Header {
            stream: StreamId::of(A::KIND, self.patient.0),
            ..self.header_of(event, version, at)
        }
    }

    /// A stream with its events, and the rows as they stand after the last.
    fn append<A: Listed>(
        &self,
        events: Story<A::Event>,
        appends: &mut Vec<Append>,
        rows: &mut Vec<ProjectionWrite>,
    ) {
        let mut state = A::default();
        let mut written = Vec::new();
        let mut last = None;
        for (at, event) in events {
            let header = self.header::<A>(&event, written.len() as u64 + 1, at);
            written.push(event.to_new_event(EventId(Uuid::now_v7()), at));
            state.take(&header, &event);
            last = Some(header);
        }
        if let Some(header) = last {
            rows.extend(newest_only(state.rows(&header)));
            appends.push(Append {
                stream: header.stream,
                expected_version: 0,
                events: written,
            });
        }
    }
}

fn chosen(points: u32) -> Answer {
    let word = match points {
        0 => "not-at-all",
        1 => "several-days",
        2 => "more-than-half",
        _more => "nearly-every-day",
    };
    Answer::Chosen(word.to_owned())
}

fn order() -> Result<Order> {
    Ok(Order {
        drug: "ketamine".to_owned(),
        dose: Milligrams::new(Decimal::from(35))?,
        concentration: MilligramsPerMillilitre::new(Decimal::new(7, 1))?,
        volume: Millilitres::new(Decimal::from(50))?,
        rate: MillilitresPerHour::new(Decimal::from(75))?,
        dosing_weight: Kilograms::new(Decimal::from(70))?,
        weight_kind: None,
        prescriber: "Dr Petra Ivanova".to_owned(),
        beyond: None,
        reckoned: None,
        way: Way::default(),
        alongside: Alongside::default(),
        grounds: None,
    })
}

fn trouble(application: &Application, at: Moment) -> Result<[(Moment, SessionEvent); 3]> {
    let cards = application.cards().all();
    let card = cards.iter().find(|card| card.id == "nausea");
    let card = card.context("there is no card of nausea")?;
    Ok([
        (
            at,
            SessionEvent::CardOpened {
                opening: 1,
                card: OpenedCard::of(card, &application.clinic()),
                because: Because::Hand,
            },
        ),
        (
            at,
            SessionEvent::CardClosed {
                opening: 1,
                outcome: CardOutcome::Settled,
                note: String::new(),
            },
        ),
        (
            at,
            SessionEvent::AdverseEventRecorded {
                opening: 1,
                report: AdverseEvent {
                    description: "Nausea.".to_owned(),
                    began_at: at,
                    ended_at: Some(at),
                    severity: Severity::Moderate,
                    serious: BTreeSet::new(),
                    relatedness: Relatedness::Probable,
                    outcome: AdverseOutcome::Recovered,
                    statement: "Complete and correct.".to_owned(),
                },
            },
        ),
    ])
}
