//! A signature under words: who, when, what it means, and exactly which words, beside which chart.

use crate::record::{Actor, Role, SessionId, StaffId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use units::Moment;

/// The chart as the author had it before them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chart {
    /// How many entries the session had.
    pub version: u64,
    /// The digest of the last of them in the log, which binds all before it.
    pub leaf: String,
}

/// A signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// The account.
    pub by: StaffId,
    /// The name as it stood then.
    pub name: String,
    /// In which role.
    pub role: Role,
    /// When.
    pub at: Moment,
    /// What it means, as it was shown.
    pub means: String,
    /// The digest of all of this with the words.
    pub digest: String,
}

/// What a signature is made under.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    /// Which session.
    pub session: SessionId,
    /// The chart beside it.
    pub chart: &'a Chart,
    /// The words.
    pub text: &'a str,
}

impl Signature {
    /// Signs; `None` where it is not a person who acts.
    pub fn new(actor: &Actor, at: Moment, means: &str, under: Signed<'_>) -> Option<Self> {
        let Actor::Person { id, name, role } = actor else {
            return None;
        };
        let mut signature = Self {
            by: *id,
            name: name.clone(),
            role: *role,
            at,
            means: means.to_owned(),
            digest: String::new(),
        };
        signature.digest = signature.digest_of(under);
        Some(signature)
    }

    /// True when these are the words, and this the name, the time, the meaning and the chart, that
    /// were signed.
    // Hazard: H70
    pub fn holds(&self, under: Signed<'_>) -> bool {
        self.digest == self.digest_of(under)
    }

    /// SHA-256 over each part with its length before it, so that no part can lend another a
    /// character.
    fn digest_of(&self, under: Signed<'_>) -> String {
        let mut hash = Sha256::new();
        for part in [
            "evenkeel session note 1",
            &under.session.to_string(),
            &self.by.to_string(),
            &self.name,
            self.role.word(),
            &self.at.microseconds().to_string(),
            &self.means,
            &under.chart.version.to_string(),
            &under.chart.leaf,
            under.text,
        ] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        hex::encode(hash.finalize())
    }
}
