//! Sessions in memory: each folded once, then kept up to date by the commands that change it.

use crate::fault::Fault;
use anyhow::Context;
use clinical::course::session::{Refusal, Session, SessionEvent};
use clinical::record::{CommandId, Envelope, Recorded, SessionId, StreamId, TenantId};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use store::Store;
use tokio::sync::watch;

/// Sessions that are closed stay in memory up to this number, for the charts that are read most.
const CLOSED_KEPT: usize = 256;

/// How many refusals of a session are remembered: more than are under way at any moment.
const REFUSALS_KEPT: usize = 32;

/// One session: its state as last committed, and a gate that lets one command in at a time.
pub struct SessionCell {
    state: RwLock<Arc<Session>>,
    /// Held from the reading of the state to the end of the commit, so that two clinicians never
    /// decide on the same state (hazard H26).
    pub commands: tokio::sync::Mutex<()>,
    changed: watch::Sender<u64>,
    refused: Mutex<VecDeque<(CommandId, Refusal)>>,
}

impl SessionCell {
    /// Remembers that a person was told no, so that a copy of the same request which comes later
    /// does not do what its author believes not done. Hazard: H21
    pub fn remember_refusal(&self, id: CommandId, refusal: &Refusal) {
        let mut known = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() == REFUSALS_KEPT {
            known.pop_front();
        }
        known.push_back((id, refusal.clone()));
    }

    /// What a person was told of this command, if it was refused.
    pub fn refusal(&self, id: CommandId) -> Option<Refusal> {
        let known = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        let told = known.iter().find(|(refused, _)| *refused == id);
        told.map(|(_, refusal)| refusal.clone())
    }

    /// The state as last committed.
    pub fn state(&self) -> Arc<Session> {
        Arc::clone(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Tells each new version.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Takes in what has just been committed.
    pub fn replace(&self, session: Session) {
        let version = session.version;
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(session);
        self.changed.send_replace(version);
    }
}

/// Every session that somebody has asked for.
pub struct Sessions {
    store: Arc<dyn Store>,
    tenant: TenantId,
    cells: Mutex<HashMap<SessionId, Arc<SessionCell>>>,
}

impl Sessions {
    /// None yet.
    pub fn new(store: Arc<dyn Store>, tenant: TenantId) -> Self {
        Self {
            store,
            tenant,
            cells: Mutex::default(),
        }
    }

    /// The session's cell, folded from the log at first need. A session without events is
    /// `Stage::NotPlanned`.
    pub async fn cell(&self, id: SessionId) -> Result<Arc<SessionCell>, Fault> {
        if let Some(cell) = self.held(id) {
            return Ok(cell);
        }
        let envelopes = self
            .store
            .stream(self.tenant, StreamId::session(id), 0)
            .await
            .context("reading a session's events")?;
        let session = fold(id, &envelopes)?;
        let (changed, _) = watch::channel(session.version);
        let cell = Arc::new(SessionCell {
            state: RwLock::new(Arc::new(session)),
            commands: tokio::sync::Mutex::new(()),
            changed,
            refused: Mutex::default(),
        });
        let mut cells = self.cells.lock().unwrap_or_else(PoisonError::into_inner);
        if cells.len() > CLOSED_KEPT {
            cells.retain(|_, cell| Arc::strong_count(cell) > 1 || cell.state().stage.is_present());
        }
        // Another request may have folded the same session meanwhile: the first one stays.
        Ok(Arc::clone(cells.entry(id).or_insert(cell)))
    }

    /// The session as last committed; none if it has no event.
    pub async fn session(&self, id: SessionId) -> Result<Option<Arc<Session>>, Fault> {
        let session = self.cell(id).await?.state();
        Ok((session.version > 0).then_some(session))
    }

    /// The cell of a session that somebody has asked for before.
    pub fn held(&self, id: SessionId) -> Option<Arc<SessionCell>> {
        self.cells
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&id)
            .map(Arc::clone)
    }
}

/// A session from its envelopes; checks again what was checked before they were appended.
// Hazard: H28
pub fn fold(id: SessionId, envelopes: &[Envelope]) -> Result<Session, Fault> {
    let mut session = Session::new(id);
    for envelope in envelopes {
        let event = SessionEvent::read(envelope).context("reading a session event")?;
        let header = &envelope.header;
        if header.stream_version != session.version + 1 {
            return Err(Fault(anyhow::anyhow!(
                "session {id}: event {} follows {}",
                header.stream_version,
                session.version
            )));
        }
        session.apply(header, event);
    }
    Ok(session)
}
