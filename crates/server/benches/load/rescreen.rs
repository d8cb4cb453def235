//! Asking the rules of screening about everybody again, through the store as it really runs.
//!
//! `BENCH_PEOPLE` (100000) people are made once, each with a registration, a history in which
//! every question was answered, and an answer of screening; they are kept in `target/bench-data`.

use crate::figures::{Figures, Goal};
use crate::target;
use anyhow::{Context as _, Result};
use clinical::course::intake::{Intake, IntakeEvent, Item, Said, Through};
use clinical::course::screening::case::read;
use clinical::course::screening::person::{Source, Witness};
use clinical::course::screening::{
    Acceptance, OwnValues, Person, Screening, ScreeningEvent, ScreeningRules, screen,
};
use clinical::patient::{Patient, PatientEvent, Sex};
use clinical::policy::{Quantity, Unit};
use clinical::record::{
    Actor, CommandId, EventId, Header, PatientId, Recorded, Role, StaffId, StreamId,
};
use server::application::Application;
use server::configuration::Configuration;
use server::fault::Fault;
use server::journey::Listed;
use server::projection::newest_only;
use server::rescreen::{Before, Run, ask_everybody};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;
use store::{Append, Decision, ProjectionWrite};
use units::{Decimal, Moment};
use uuid::Uuid;

/// How many people go into one write.
const TOGETHER: u32 = 20;

/// The cores that a small clinic's machine has.
const CORES: usize = 2;

/// How long everybody may take. Source: the project's promise, on two cores.
const PROMISE: f64 = 30.0;

/// For how many people it is promised.
const PROMISED: u32 = 100_000;

/// Makes the people where they are missing, and asks whom a minimum age of 21 years affects.
pub fn measure(figures: &mut Figures, people: u32) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(CORES)
        .enable_all()
        .build()
        .context("starting a runtime")?;
    runtime.block_on(async {
        let folder = target().join("bench-data").join(format!("people-{people}"));
        std::fs::create_dir_all(&folder).context("making the folder of the people")?;
        let nowhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let store = format!("sqlite:{}", folder.join("evenkeel.db").display());
        let configuration = Configuration::new(store, nowhere, nowhere);
        let application = Application::open(configuration).await.map_err(told)?;
        let whole = folder.join("whole");
        if !whole.exists() {
            let began = Instant::now();
            tell(&application, people).await?;
            std::fs::write(&whole, "").context("marking the people as whole")?;
            let took = began.elapsed().as_secs_f64();
            figures.add("making the people", took, "s", Goal::Told);
        }
        let twenty_one = Quantity {
            value: Decimal::from(21),
            unit: Unit::Years,
        };
        let mut own = OwnValues::new();
        own.insert(
            "eligibility".to_owned(),
            [("minimum_age".to_owned(), twenty_one)].into(),
        );
        let after = Arc::new(ScreeningRules::adopted(&own)?);
        let goal = if people == PROMISED {
            Goal::AtMost(PROMISE)
        } else {
            Goal::Told
        };
        for (name, before) in [
            (
                "compared with the rules in force",
                Before::Rules(application.screening()),
            ),
            ("compared with the record", Before::Record),
        ] {
            let run = Arc::<Run>::default();
            let began = Instant::now();
            let found = ask_everybody(&application, before, Arc::clone(&after), &run)
                .await
                .map_err(told)?;
            let took = began.elapsed().as_secs_f64();
            anyhow::ensure!(found.asked == people as usize, "{} asked", found.asked);
            anyhow::ensure!(!found.affected.is_empty(), "nobody is affected");
            let name = format!("screening {people} people again, {name}");
            figures.add(&name, took, "s", goal);
        }
        Ok(())
    })
}

fn told(fault: Fault) -> anyhow::Error {
    fault.0
}

/// Makes the people in the store.
pub async fn tell(application: &Application, people: u32) -> Result<()> {
    let rules = ScreeningRules::shipped()?;
    let planned = read(include_str!("../../../../scenarios/screening/1-ana.toml"))
        .map_err(|problems| anyhow::anyhow!("{problems:?}"))?
        .screen(&rules);
    let now = application.clock.now();
    for first in (0..people).step_by(TOGETHER as usize) {
        let mut appends = Vec::new();
        let mut rows = Vec::new();
        for number in first..(first + TOGETHER).min(people) {
            let patient = patient(number);
            let registered = registration(number, patient)?;
            appends.push(append::<Patient>(patient, vec![registered], now, &mut rows).1);
            let answers = history(now);
            let (intake, told) = append::<Intake>(patient, answers, now, &mut rows);
            appends.push(told);
            let person = intake.person(application.scales());
            let screening = Box::new(answer(&person, &planned, &rules, now));
            let made = vec![ScreeningEvent::ScreeningMade { screening }];
            appends.push(append::<Acceptance>(patient, made, now, &mut rows).1);
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

/// The identity of one of the made people: of version 7, as registering gives it, one person a
/// minute, so that who came together lies together on disk.
pub fn patient(number: u32) -> PatientId {
    let chance = Uuid::new_v5(&Uuid::NAMESPACE_OID, &number.to_be_bytes());
    let mut bytes = [0; 10];
    for (to, from) in bytes.iter_mut().zip(chance.as_bytes()) {
        *to = *from;
    }
    let came = 1_700_000_000_000 + u64::from(number) * 60_000;
    PatientId(uuid::Builder::from_unix_timestamp_millis(came, &bytes).into_uuid())
}

fn nurse() -> Actor {
    Actor::Person {
        id: StaffId(Uuid::nil()),
        name: "Nora Lindqvist".to_owned(),
        role: Role::Nurse,
    }
}

/// One of a hundred is 19 years old on the day of the visit, everybody else is older than 21.
fn registration(number: u32, patient: PatientId) -> Result<PatientEvent> {
    let year = if number.is_multiple_of(100) {
        2007
    } else {
        1950 + number % 50
    };
    Ok(PatientEvent::PatientRegistered {
        patient,
        record_number: format!("{number:07}"),
        family_name: format!("Number {number}"),
        given_name: "Ana".to_owned(),
        birth_date: format!("{year}-03-1{}", number % 9).parse()?,
        sex: Sex::Unknown,
    })
}

/// Every question was answered with no.
fn history(now: Moment) -> Vec<IntakeEvent> {
    Item::all()
        .into_iter()
        .filter(|item| matches!(item, Item::Question(_)))
        .map(|item| IntakeEvent::AnswerGiven {
            item,
            answer: Box::new(Said::Yes(false)),
            witness: Witness {
                source: Source::Patient,
                name: "Ana Moreno".to_owned(),
                at: now,
            },
            through: Through::OwnDevice,
        })
        .collect()
}

fn answer(person: &Person, planned: &Screening, rules: &ScreeningRules, now: Moment) -> Screening {
    screen(person, &planned.visit, planned.gate, rules, now)
}

/// A new stream with its events and the rows that come of them; and what they fold to.
fn append<A: Listed>(
    patient: PatientId,
    events: Vec<A::Event>,
    now: Moment,
    rows: &mut Vec<ProjectionWrite>,
) -> (A, Append) {
    let stream = StreamId::of(A::KIND, patient.0);
    let mut state = A::default();
    let mut written = Vec::new();
    let mut all = Vec::new();
    for event in events {
        let event_id = EventId(Uuid::now_v7());
        let header = Header {
            tenant: server::application::SINGLE_CLINIC,
            position: 0,
            stream,
            stream_version: written.len() as u64 + 1,
            event_id,
            kind: event.name().to_owned(),
            schema_version: A::Event::SCHEMA_VERSION,
            actor: nurse(),
            command_id: CommandId(Uuid::nil()),
            occurred_at: now,
            recorded_at: now,
            previous: [0; 32],
        };
        written.push(event.to_new_event(event_id, now));
        state.take(&header, &event);
        all.extend(state.rows(&header));
    }
    rows.extend(newest_only(all));
    let append = Append {
        stream,
        expected_version: 0,
        events: written,
    };
    (state, append)
}
