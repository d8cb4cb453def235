//! Accounts, sign-ins and tokens. Not events: they say who may ask, not what happened.

use clinical::record::{PatientId, Role, StaffId};
use units::Moment;

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Which.
    pub staff: StaffId,
    /// The name to sign in with.
    pub username: String,
    /// The name to show.
    pub display_name: String,
    /// What they may do.
    pub role: Role,
    /// The argon2id hash of the password, as a PHC string.
    pub password_hash: String,
    /// The person's own record, for a patient's account.
    pub patient: Option<PatientId>,
    /// May not sign in any more.
    pub disabled: bool,
}

/// A sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginSession {
    /// The digest of the cookie's secret.
    pub digest: [u8; 32],
    /// Whose.
    pub staff: StaffId,
    /// Since when.
    pub created_at: Moment,
    /// The last request.
    pub last_seen_at: Moment,
    /// Until when at the latest.
    pub expires_at: Moment,
}

/// Wrong passwords for one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Throttle {
    /// How many in a row.
    pub failures: u32,
    /// Until when it waits.
    pub locked_until: Option<Moment>,
}

/// A program that may ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiClient {
    /// Its id.
    pub client_id: String,
    /// Whose actions they are.
    pub staff: StaffId,
    /// Its name.
    pub name: String,
    /// The digest of its secret of 256 random bits.
    pub secret_digest: [u8; 32],
    /// What it may ask for, separated by spaces.
    pub scopes: String,
}

/// A token that a program holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    /// The digest of the token.
    pub digest: [u8; 32],
    /// Whose.
    pub client_id: String,
    /// What it may ask for.
    pub scopes: String,
    /// Until when.
    pub expires_at: Moment,
}

/// A link that lets one person in, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatientLink {
    /// The digest of the link's secret.
    pub digest: [u8; 32],
    /// Whom it lets in.
    pub patient: PatientId,
    /// The page that it leads to, as a path of this server.
    pub leads_to: String,
    /// Since when.
    pub created_at: Moment,
    /// Until when.
    pub expires_at: Moment,
    /// When it was used; a used one lets nobody in.
    pub used_at: Option<Moment>,
}

/// A patient's own sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatientLogin {
    /// The digest of the cookie's secret.
    pub digest: [u8; 32],
    /// Whose.
    pub patient: PatientId,
    /// How they came in, in the server's word.
    pub way: String,
    /// The tag of the language they read in.
    pub language: String,
    /// Since when.
    pub created_at: Moment,
    /// The last request.
    pub last_seen_at: Moment,
    /// Until when at the latest.
    pub expires_at: Moment,
}
