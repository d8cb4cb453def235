//! Whom each open session's monitor should be talking about: what the wire is compared with.

use clinical::patient::CivilDate;
use clinical::record::SessionId;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// The person and the place of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedPatient {
    /// The clinic's number.
    pub record_number: String,
    /// Family name.
    pub family_name: String,
    /// Given name.
    pub given_name: String,
    /// Birth date.
    pub birth_date: CivilDate,
    /// The room, and every other name under which monitors know it.
    pub rooms: Vec<String>,
}

/// By session.
#[derive(Default)]
pub struct ExpectedPatients(RwLock<HashMap<SessionId, Arc<ExpectedPatient>>>);

impl ExpectedPatients {
    /// The session's person, if it is open.
    pub fn get(&self, session: SessionId) -> Option<Arc<ExpectedPatient>> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&session)
            .cloned()
    }

    /// From now on.
    pub fn put(&self, session: SessionId, expected: ExpectedPatient) {
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(session, Arc::new(expected));
    }

    /// The session has ended.
    pub fn remove(&self, session: SessionId) {
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&session);
    }
}
