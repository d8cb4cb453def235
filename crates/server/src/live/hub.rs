//! One channel for each session: viewers of one session never hear of another (hazard H01).

use super::Bedside;
use super::watchkeeper::Watchkeeper;
use clinical::advisory::{Change, Limits};
use clinical::course::session::{MonitorEvidence, Session};
use clinical::policy::Rules;
use clinical::record::SessionId;
use clinical::vital_signs::Numeric;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;
use units::Moment;

/// What has changed: a new frame counted, or the record grew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
// Hazard: H14
pub struct Tick {
    /// The newest frame that counted.
    pub frame: u64,
    /// The session's version.
    pub version: u64,
}

/// One session's live side.
pub struct Watched {
    bedside: Mutex<Bedside>,
    /// The clinic limits at work; the schedule alone while the clinic has them switched off.
    watchkeeper: Mutex<Watchkeeper>,
    tick: watch::Sender<Tick>,
}

impl Watched {
    /// The bedside, for a moment; never held across a wait.
    pub fn bedside(&self) -> MutexGuard<'_, Bedside> {
        self.bedside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the clinic limits judge what a frame brought.
    pub fn observe(&self, numerics: &[Numeric], now: Moment) -> Vec<Change> {
        self.keeper().observe(numerics, now)
    }

    /// Lets the clinic limits judge the session as it now is, and the passing of time.
    pub fn keep_watch(
        &self,
        limits: &Arc<Limits>,
        on: bool,
        session: &Session,
        rules: &Rules,
        now: Moment,
    ) -> Vec<Change> {
        let period = {
            let bedside = self.bedside();
            bedside.device.map(|_| bedside.period)
        };
        self.keeper()
            .keep_watch(limits, on, session, rules, period, now)
    }

    /// Keeps what the record could not be told of, until it can.
    pub fn owe(&self, changes: Vec<Change>) {
        self.keeper().owe(changes);
    }

    /// What is owed to the record; whoever takes it tells the record of it first.
    pub fn take_owed(&self) -> Vec<Change> {
        self.keeper().take_owed()
    }

    fn keeper(&self) -> MutexGuard<'_, Watchkeeper> {
        self.watchkeeper
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells each change; a viewer that was slow sees the newest.
    pub fn ticks(&self) -> watch::Receiver<Tick> {
        self.tick.subscribe()
    }

    /// A frame has been taken in.
    pub fn frame_observed(&self, frame: u64) {
        self.tick
            .send_modify(|tick| tick.frame = tick.frame.max(frame));
    }
}

/// All sessions' live sides.
#[derive(Default)]
pub struct Hub {
    watched: Mutex<HashMap<SessionId, Arc<Watched>>>,
    board: watch::Sender<u64>,
}

impl Hub {
    /// The session's live side.
    pub fn watch(&self, session: SessionId) -> Arc<Watched> {
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(watched.entry(session).or_insert_with(|| {
            Arc::new(Watched {
                bedside: Mutex::default(),
                watchkeeper: Mutex::default(),
                tick: watch::channel(Tick::default()).0,
            })
        }))
    }

    /// What the room's monitor shows, for the gates.
    pub fn monitor_evidence(&self, session: SessionId, now: Moment) -> MonitorEvidence {
        self.watch(session).bedside().evidence(now)
    }

    /// The record of a session grew.
    pub fn session_changed(&self, session: &Session) {
        let version = session.version;
        self.watch(session.id)
            .tick
            .send_modify(|tick| tick.version = tick.version.max(version));
        self.board.send_modify(|changes| *changes += 1);
    }

    /// Tells that something on the board may have changed.
    pub fn board_changes(&self) -> watch::Receiver<u64> {
        self.board.subscribe()
    }

    /// Something on the board changed that is not in a session's record.
    pub fn board_changed(&self) {
        self.board.send_modify(|changes| *changes += 1);
    }

    /// Lets go of a session that has ended and that nobody watches.
    pub fn forget(&self, session: SessionId) {
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        if watched
            .get(&session)
            .is_some_and(|known| known.tick.receiver_count() == 0)
        {
            watched.remove(&session);
        }
    }
}
