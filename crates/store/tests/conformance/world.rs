//! Stores of each engine, and decisions to give them.

use clinical::record::{
    Actor, CommandId, EventId, NewEvent, PatientId, SessionId, StreamId, TenantId,
};
use std::sync::Arc;
use store::{
    Append, AuditEntry, Decision, ProjectionWrite, Receipt, ResourceRow, SessionRow, Store,
};
use units::Moment;
use uuid::Uuid;

/// A store that lasts as long as this.
pub struct World {
    pub store: Arc<dyn Store>,
    _folder: Option<tempfile::TempDir>,
}

pub async fn memory() -> World {
    World {
        store: store::open("memory:").await.unwrap(),
        _folder: None,
    }
}

pub async fn sqlite() -> World {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let store = store::open(&format!("sqlite:{}", path.display()))
        .await
        .unwrap();
    World {
        store,
        _folder: Some(folder),
    }
}

pub async fn postgres() -> World {
    let address = match store::throwaway::database() {
        Ok(address) => address,
        Err(why) => panic!("{why}"),
    };
    World {
        store: store::open(&address).await.unwrap(),
        _folder: None,
    }
}

pub const TENANT: TenantId = TenantId(Uuid::from_u128(0x7e));
pub const OTHER_TENANT: TenantId = TenantId(Uuid::from_u128(0x7f));

/// So many seconds after an arbitrary moment.
pub fn at(seconds: i64) -> Moment {
    Moment::from_microseconds(1_790_000_000_000_000 + seconds * 1_000_000)
}

pub fn session(number: u128) -> SessionId {
    SessionId(Uuid::from_u128(0x5e55_0000 + number))
}

pub fn patient(number: u128) -> PatientId {
    PatientId(Uuid::from_u128(0xbea7_0000 + number))
}

pub fn command(number: u128) -> CommandId {
    CommandId(Uuid::from_u128(0xc0_0000 + number))
}

pub fn event(text: &str) -> NewEvent {
    NewEvent {
        event_id: EventId(Uuid::new_v4()),
        kind: "NoteWritten".to_owned(),
        schema_version: 1,
        occurred_at: at(0),
        body: format!("{{\"event\":\"NoteWritten\",\"text\":\"{text}\"}}").into_bytes(),
    }
}

/// A decision with so many events for one session, decided on a version.
pub fn decision(id: CommandId, session: SessionId, version: u64, events: usize) -> Decision {
    Decision {
        tenant: TENANT,
        command_id: id,
        actor: Actor::System {
            part: "test".to_owned(),
        },
        recorded_at: at(1),
        appends: vec![Append {
            stream: StreamId::session(session),
            expected_version: version,
            events: (0..events).map(|n| event(&format!("{id} {n}"))).collect(),
        }],
        projections: vec![ProjectionWrite::PutSession(session_row(session, version))],
        audit: vec![AuditEntry {
            at: at(1),
            actor: Actor::System {
                part: "test".to_owned(),
            },
            action: "wrote a note".to_owned(),
            patient: Some(patient(1)),
            session: Some(session),
            detail: id.to_string(),
        }],
        answer: format!("answer to {id}").into_bytes(),
    }
}

pub fn session_row(session: SessionId, version: u64) -> SessionRow {
    SessionRow {
        session,
        patient: patient(1),
        room: "Room 1".to_owned(),
        stage: "dosing".to_owned(),
        open: true,
        planned_for: at(0),
        version,
        summary: "{}".to_owned(),
    }
}

pub fn resource(id: &str, codes: &[&str], seconds: Option<i64>) -> ResourceRow {
    ResourceRow {
        kind: "Observation".to_owned(),
        id: id.to_owned(),
        patient: Some(patient(1)),
        session: Some(session(1)),
        codes: codes.iter().map(|code| (*code).to_owned()).collect(),
        effective: seconds.map(at),
        effective_until: seconds.map(at),
        updated: at(9),
        version: 1,
        json: format!("{{\"id\":\"{id}\"}}").into_bytes(),
    }
}

/// The receipt of a decision that must be committed.
pub async fn commit(store: &dyn Store, decision: Decision) -> Receipt {
    match store.commit(decision).await.unwrap() {
        store::Outcome::Committed(receipt) => receipt,
        other => panic!("not committed: {other:?}"),
    }
}
