//! Who opened the records of the people in the rooms on the days before: so that the list of who
//! has read has something to show, with a name that its person may ask about.

use super::admission::prescriber;
use super::story::staff;
use crate::application::Application;
use crate::fault::Fault;
use anyhow::Context as _;
use clinical::record::{Actor, PatientId, Role, StaffId};
use store::AuditEntry;
use units::{Moment, Span};
use uuid::Uuid;

/// How many of a person's sessions are looked at.
const SESSIONS: usize = 3;

/// Notes what was opened.
pub(super) async fn tell(application: &Application, people: &[PatientId]) -> Result<(), Fault> {
    let now = application.clock.now();
    let mut entries = Vec::new();
    for person in people {
        entries.extend(of_one(application, *person, now).await?);
    }
    entries.sort_by_key(|entry: &AuditEntry| entry.at);
    application
        .store
        .add_audits(application.tenant, entries)
        .await
        .context("noting who opened what in the demo")?;
    Ok(())
}

async fn of_one(
    application: &Application,
    patient: PatientId,
    now: Moment,
) -> Result<Vec<AuditEntry>, Fault> {
    let entry = |at: Moment, actor: Actor, action: &str| AuditEntry {
        at,
        actor,
        action: action.to_owned(),
        patient: Some(patient),
        session: None,
        detail: String::new(),
    };
    let program = Actor::Person {
        id: StaffId(Uuid::new_v5(&Uuid::NAMESPACE_OID, b"demo-fhir-client")),
        name: "demo-fhir-client".to_owned(),
        role: Role::IntegrationClient,
    };
    let two_days = now - Span::from_hours(50);
    let mut entries = vec![
        entry(two_days, prescriber(), "open a history"),
        entry(
            two_days + Span::from_minutes(6),
            prescriber(),
            "open a review",
        ),
        AuditEntry {
            detail: "Patient".to_owned(),
            ..entry(
                now - Span::from_hours(26),
                program,
                crate::web::fhir::READ_BY_PROGRAM,
            )
        },
        entry(now - Span::from_hours(25), staff(), "open wishes"),
    ];
    let sessions = application
        .store
        .sessions_of(application.tenant, patient, SESSIONS)
        .await
        .context("reading a person's sessions")?;
    for row in sessions {
        let known = application.sessions.session(row.session).await?;
        let Some(ended) = known.and_then(|known| known.drug_ended_at()) else {
            continue;
        };
        let opened = ended + Span::from_minutes(20);
        if opened < now {
            entries.push(AuditEntry {
                session: Some(row.session),
                ..entry(opened, staff(), "open a session")
            });
        }
    }
    Ok(entries)
}
