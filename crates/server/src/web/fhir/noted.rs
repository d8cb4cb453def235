//! Which program has read of whom, noted before it is answered.

use crate::application::Application;
use crate::fault::Fault;
use anyhow::Context;
use clinical::record::{Actor, PatientId, Role, StaffId};
use exchange::fhir::ResourceKind;
use serde::Deserialize;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};
use store::{AuditEntry, Resource};
use units::{Moment, Span};
use uuid::Uuid;

/// What is noted: the action, and behind it which kind of resource.
pub(crate) const READ_BY_PROGRAM: &str = "read by a program";

/// A program that reads the same kind of the same person again within this time is noted once: one
/// that asks every second would bury who else has read.
const AGAIN_AFTER: Span = Span::from_hours(1);

/// How many such notes are remembered; beyond that everything is noted anew.
const REMEMBERED: usize = 100_000;

/// What was noted a moment ago: program, kind, person.
#[derive(Default)]
pub struct Noted(Mutex<HashMap<(String, ResourceKind, PatientId), Moment>>);

impl Noted {
    /// Those of whom it was not noted lately.
    fn still_to_note(
        &self,
        program: &str,
        kind: ResourceKind,
        people: BTreeSet<PatientId>,
        now: Moment,
    ) -> Vec<PatientId> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let lately = |person: &PatientId| {
            known
                .get(&(program.to_owned(), kind, *person))
                .is_some_and(|at| now - *at < AGAIN_AFTER)
        };
        people.into_iter().filter(|one| !lately(one)).collect()
    }

    fn remember(&self, program: &str, kind: ResourceKind, people: &[PatientId], now: Moment) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() + people.len() > REMEMBERED {
            known.clear();
        }
        for person in people {
            known.insert((program.to_owned(), kind, *person), now);
        }
    }
}

/// Of whom a resource is, as it says itself.
#[derive(Deserialize)]
struct About<'a> {
    #[serde(borrow)]
    subject: Option<Subject<'a>>,
    #[serde(borrow)]
    patient: Option<Subject<'a>>,
}

#[derive(Deserialize)]
struct Subject<'a> {
    #[serde(borrow)]
    reference: Option<std::borrow::Cow<'a, str>>,
}

/// The person that a resource is about; none of a device that serves nobody.
fn about(kind: ResourceKind, resource: &Resource) -> Option<PatientId> {
    let id = |text: &str| text.parse().ok().map(PatientId);
    if kind == ResourceKind::Patient {
        return id(&resource.id);
    }
    let about: About<'_> = serde_json::from_slice(&resource.json).ok()?;
    let reference = about.subject.or(about.patient)?.reference?;
    id(reference.strip_prefix("Patient/")?)
}

/// Notes that a program gets these resources to read.
// Hazard: H45, H72
pub(super) async fn read(
    application: &Application,
    program: &str,
    kind: ResourceKind,
    resources: &[Resource],
) -> Result<(), Fault> {
    let now = application.clock.now();
    let people = resources
        .iter()
        .filter_map(|one| about(kind, one))
        .collect();
    let noted = &application.programs.noted;
    let people = noted.still_to_note(program, kind, people, now);
    if people.is_empty() {
        return Ok(());
    }
    let entry = |patient: &PatientId| AuditEntry {
        at: now,
        actor: Actor::Person {
            id: StaffId(Uuid::new_v5(&Uuid::NAMESPACE_OID, program.as_bytes())),
            name: program.to_owned(),
            role: Role::IntegrationClient,
        },
        action: READ_BY_PROGRAM.to_owned(),
        patient: Some(*patient),
        session: None,
        detail: kind.name().to_owned(),
    };
    let entries = people.iter().map(entry).collect();
    application
        .store
        .add_audits(application.tenant, entries)
        .await
        .context("noting what a program reads")?;
    noted.remember(program, kind, &people, now);
    Ok(())
}
