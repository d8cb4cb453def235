//! What is held in memory: the rows, read once, and brought up to date from the log.
//!
//! Nothing is true here that does not stand in a row. The log's positions tell which rows have
//! changed, on every replica alike; what was read twice is the same. A server that has just started
//! reads all rows once.

use super::rows::{CONTACTS, HISTORY, RECORD, REPORTED, RecordLine, SCALES, SESSION, ScalesLine};
use crate::application::Application;
use crate::fault::Fault;
use anyhow::Context as _;
use clinical::course::outcomes::everybody::{
    EventFact, OnePerson, OutcomeRules, RecordFacts, SessionFact, SessionTally, Tally,
};
use clinical::course::screening::person::Product;
use clinical::instrument::Library;
use clinical::record::{PatientId, StreamKind};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::{CourseRow, CourseSearch, DateBound};
use units::Moment;
use uuid::Uuid;

/// How many rows or events are read at once.
const PAGE: usize = 2_000;

/// After so many events the rows are read anew: it is faster than following each.
const TOO_MANY: usize = 20_000;

/// How many visits ahead are looked at: more than a clinic books.
const VISITS: usize = 10_000;

/// Which people and sessions are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Which {
    /// Only this product: of people what they were given first, of sessions what was given.
    pub product: Option<Product>,
    /// Only from then on: people by their first session, sessions by their own beginning.
    pub from: Option<Moment>,
    /// Only before then.
    pub until: Option<Moment>,
}

impl Which {
    fn holds(&self, at: Moment, product: Product) -> bool {
        self.product.is_none_or(|wanted| wanted == product)
            && self.from.is_none_or(|from| at >= from)
            && self.until.is_none_or(|until| at < until)
    }
}

/// What was counted.
#[derive(Clone, Debug, Default)]
pub struct Counted {
    /// People and their scales.
    pub tally: Tally,
    /// Sessions.
    pub sessions: SessionTally,
    /// Some of the people who have a sheet of the first scale, those who began last first: who, and
    /// what there is of them.
    pub people: Vec<(PatientId, OnePerson)>,
    /// How many have one.
    pub with_sheet: usize,
}

#[derive(Default)]
struct Held {
    /// How far the log was followed; none before the rows were read.
    position: Option<u64>,
    sessions: HashMap<Uuid, (PatientId, SessionFact)>,
    sessions_of: HashMap<PatientId, BTreeSet<Uuid>>,
    /// Adverse events that staff entered, by the session.
    reported: HashMap<Uuid, Vec<EventFact>>,
    records: HashMap<PatientId, RecordFacts>,
    merged: HashMap<PatientId, PatientId>,
    people: HashMap<PatientId, OnePerson>,
    changed: BTreeSet<Uuid>,
}

/// The outcomes of everybody, as far as somebody has asked for them.
#[derive(Default)]
pub struct ClinicOutcomes(tokio::sync::Mutex<Held>);

impl ClinicOutcomes {
    /// Reads what has changed.
    pub async fn follow(&self, application: &Application) -> Result<(), Fault> {
        self.0.lock().await.follow(application).await
    }

    /// Counts; of people the first `shown` after the first `skipped` come along.
    pub async fn count(
        &self,
        application: &Application,
        which: Which,
        (skipped, shown): (usize, usize),
    ) -> Result<Counted, Fault> {
        let now = application.clock.now();
        let booked = booked(application, now).await?;
        let rules = std::sync::Arc::clone(&application.in_force().outcomes);
        let mut held = self.0.lock().await;
        held.follow(application).await?;
        Ok(held.count(
            which,
            &booked,
            (application.scales(), &rules),
            now,
            (skipped, shown),
        ))
    }
}

/// Records of which a visit stands ahead.
async fn booked(application: &Application, now: Moment) -> Result<BTreeSet<PatientId>, Fault> {
    let search = CourseSearch {
        part: "visit".to_owned(),
        state: Some("booked".to_owned()),
        due: DateBound {
            from: Some(now),
            until: None,
        },
        after: None,
        count: VISITS,
    };
    let rows = application
        .store
        .course_rows(application.tenant, &search)
        .await
        .context("reading the visits ahead")?;
    Ok(rows.into_iter().filter_map(|row| row.patient).collect())
}

/// The part whose row changes with an event of this kind.
const fn part_of(kind: StreamKind) -> Option<&'static str> {
    match kind {
        StreamKind::Session => Some(SESSION),
        StreamKind::Reporting => Some(REPORTED),
        StreamKind::FollowUp => Some(CONTACTS),
        StreamKind::Outcomes => Some(SCALES),
        StreamKind::Intake => Some(HISTORY),
        StreamKind::Patient => Some(RECORD),
        StreamKind::Calendar
        | StreamKind::Screening
        | StreamKind::Clearance
        | StreamKind::Consent
        | StreamKind::Message
        | StreamKind::Preparation
        | StreamKind::Container
        | StreamKind::Safe
        | StreamKind::Device
        | StreamKind::Clinic
        | StreamKind::RecordNumber
        | StreamKind::Wishes
        | StreamKind::Correspondence
        | StreamKind::Escort
        | StreamKind::Keepsakes
        | StreamKind::Notes
        | StreamKind::Prediction
        | StreamKind::Integration
        | StreamKind::PrivateNotes => None,
    }
}

impl Held {
    async fn follow(&mut self, application: &Application) -> Result<(), Fault> {
        let Some(mut position) = self.position else {
            return self.read_all(application).await;
        };
        let (store, tenant) = (&application.store, application.tenant);
        let mut touched: BTreeMap<&'static str, BTreeSet<Uuid>> = BTreeMap::new();
        let mut seen = 0;
        loop {
            let page = store
                .events(tenant, position, PAGE)
                .await
                .context("following the log")?;
            let Some(last) = page.last() else { break };
            position = last.header.position;
            seen += page.len();
            if seen > TOO_MANY {
                return self.read_all(application).await;
            }
            for envelope in &page {
                let stream = envelope.header.stream;
                if let Some(part) = part_of(stream.kind) {
                    touched.entry(part).or_default().insert(stream.id);
                }
            }
        }
        for (part, ids) in touched {
            let ids: Vec<Uuid> = ids.into_iter().collect();
            let rows = store
                .course_rows_named(tenant, part, &ids)
                .await
                .context("reading what has changed")?;
            for (id, row) in ids.into_iter().zip(rows) {
                self.take(part, id, row.as_ref())?;
            }
        }
        self.position = Some(position);
        self.settle(application.scales());
        Ok(())
    }

    async fn read_all(&mut self, application: &Application) -> Result<(), Fault> {
        let (store, tenant) = (&application.store, application.tenant);
        // Taken first: what changes while the rows are read is read once more.
        let position = *store.committed().borrow();
        let mut fresh = Self::default();
        for part in [RECORD, HISTORY, CONTACTS, SCALES, SESSION, REPORTED] {
            let mut after = Uuid::nil();
            loop {
                let rows = store
                    .course_rows_by_id(tenant, part, after, PAGE)
                    .await
                    .context("reading what is kept for outcomes")?;
                let Some(last) = rows.last() else { break };
                after = last.id;
                for row in &rows {
                    fresh.take(part, row.id, Some(row))?;
                }
            }
        }
        fresh.settle(application.scales());
        fresh.position = Some(position);
        *self = fresh;
        Ok(())
    }

    /// Takes a row as it stands now; none where there is none any more.
    fn take(&mut self, part: &str, id: Uuid, row: Option<&CourseRow>) -> Result<(), Fault> {
        let record = PatientId(id);
        if part == SESSION {
            return self.take_session(id, row);
        }
        if part == REPORTED {
            match read(row)? {
                Some(events) => self.reported.insert(id, events),
                None => self.reported.remove(&id),
            };
            return Ok(());
        }
        self.changed.insert(id);
        if part == RECORD {
            let line: RecordLine = read(row)?.unwrap_or_default();
            let before = match line.merged_into {
                Some(into) => self.merged.insert(record, into),
                None => self.merged.remove(&record),
            };
            self.changed.extend(before.map(|into| into.0));
            self.changed.extend(line.merged_into.map(|into| into.0));
            self.records.entry(record).or_default().no_messages = line.no_messages;
            return Ok(());
        }
        let facts = self.records.entry(record).or_default();
        match part {
            CONTACTS => facts.contacts = read(row)?.unwrap_or_default(),
            HISTORY => facts.history = read(row)?.unwrap_or_default(),
            _scales => {
                let line: ScalesLine = read(row)?.unwrap_or_default();
                facts.sheets = line.sheets;
                facts.ended = line.ended;
            }
        }
        Ok(())
    }

    fn take_session(&mut self, id: Uuid, row: Option<&CourseRow>) -> Result<(), Fault> {
        let fact: Option<SessionFact> = read(row)?;
        let whose = row.and_then(|row| row.patient);
        let before = match whose.zip(fact) {
            Some(known) => self.sessions.insert(id, known),
            None => self.sessions.remove(&id),
        };
        if let Some((patient, _)) = before {
            self.changed.insert(patient.0);
            if let Some(ids) = self.sessions_of.get_mut(&patient) {
                ids.remove(&id);
            }
        }
        if let Some((patient, _)) = self.sessions.get(&id) {
            self.changed.insert(patient.0);
            self.sessions_of.entry(*patient).or_default().insert(id);
        }
        Ok(())
    }

    /// Works out anew whoever has changed.
    fn settle(&mut self, library: &Library) {
        let mut parts: HashMap<PatientId, Vec<PatientId>> = HashMap::new();
        for (from, into) in &self.merged {
            parts.entry(*into).or_default().push(*from);
        }
        let nothing = RecordFacts::default();
        let heads: BTreeSet<Uuid> = std::mem::take(&mut self.changed)
            .into_iter()
            .flat_map(|id| {
                let into = self.merged.get(&PatientId(id)).map(|into| into.0);
                [Some(id), into].into_iter().flatten()
            })
            .collect();
        for head in heads.into_iter().map(PatientId) {
            let mut of = vec![head];
            // A fixed order: of two records with the same time the same one counts each time.
            let mut others = parts.get(&head).cloned().unwrap_or_default();
            others.sort_by_key(|other| other.0);
            of.extend(others);
            let sessions: Vec<(Moment, Product)> = of
                .iter()
                .filter_map(|record| self.sessions_of.get(record))
                .flatten()
                .filter_map(|id| self.sessions.get(id))
                .map(|(_, fact)| (fact.first_drug, fact.product))
                .collect();
            let records: Vec<&RecordFacts> = of
                .iter()
                .map(|record| self.records.get(record).unwrap_or(&nothing))
                .collect();
            let is_own = !self.merged.contains_key(&head);
            let person = is_own
                .then(|| OnePerson::of(&records, &sessions, library))
                .flatten();
            match person {
                Some(person) => self.people.insert(head, person),
                None => self.people.remove(&head),
            };
        }
    }

    /// A session with what staff entered of it afterwards.
    fn with_reported<'a>(&self, id: &Uuid, fact: &'a SessionFact) -> Cow<'a, SessionFact> {
        let Some(reported) = self.reported.get(id) else {
            return Cow::Borrowed(fact);
        };
        let mut all = fact.clone();
        all.events.extend(reported.iter().cloned());
        Cow::Owned(all)
    }

    fn count(
        &self,
        which: Which,
        booked: &BTreeSet<PatientId>,
        (library, rules): (&Library, &OutcomeRules),
        now: Moment,
        (skipped, shown): (usize, usize),
    ) -> Counted {
        let heads: BTreeSet<PatientId> = booked
            .iter()
            .map(|patient| *self.merged.get(patient).unwrap_or(patient))
            .collect();
        let mut people: Vec<(PatientId, &OnePerson)> = self
            .people
            .iter()
            .filter(|(_, person)| which.holds(person.first_drug, person.product))
            .map(|(patient, person)| (*patient, person))
            .collect();
        let sessions: Vec<Cow<'_, SessionFact>> = self
            .sessions
            .iter()
            .filter(|(_, (_, fact))| which.holds(fact.first_drug, fact.product))
            .map(|(id, (_, fact))| self.with_reported(id, fact))
            .collect();
        let tally = Tally::of(people.iter().copied(), &heads, library, rules, now);
        people.retain(|(_, person)| {
            let first = person.scales.first();
            first.is_some_and(|found| !found.course.is_empty())
        });
        people.sort_unstable_by_key(|(patient, person)| {
            (std::cmp::Reverse(person.first_drug), patient.0)
        });
        Counted {
            tally,
            sessions: SessionTally::of(sessions.iter().map(|fact| &**fact)),
            with_sheet: people.len(),
            people: people
                .into_iter()
                .skip(skipped)
                .take(shown)
                .map(|(patient, person)| (patient, person.clone()))
                .collect(),
        }
    }
}

fn read<T: serde::de::DeserializeOwned>(row: Option<&CourseRow>) -> Result<Option<T>, Fault> {
    row.map(|row| serde_json::from_str(&row.summary))
        .transpose()
        .context("reading a row that is kept for outcomes")
        .map_err(Fault)
}
