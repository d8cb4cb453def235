//! What the demo writes for outside tools: `demo-credentials.json`.

use serde::Deserialize;
use std::io;
use std::path::Path;

/// The file.
#[derive(Clone, Debug, Deserialize)]
pub struct Credentials {
    /// One account for each role.
    pub users: Vec<User>,
    /// One program.
    pub fhir_client: FhirClient,
    /// Rooms with their monitors and sessions.
    pub rooms: Vec<Room>,
}

/// An account.
#[derive(Clone, Debug, Deserialize)]
pub struct User {
    /// The role's word.
    pub role: String,
    /// The name to sign in with.
    pub username: String,
    /// Its password.
    pub password: String,
}

/// A program.
#[derive(Clone, Debug, Deserialize)]
pub struct FhirClient {
    /// Its name.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
}

/// A room.
#[derive(Clone, Debug, Deserialize)]
pub struct Room {
    /// Its name.
    pub room: String,
    /// The monitor's key on the wire.
    pub device_id: Option<String>,
    /// The session in it.
    pub session_id: Option<String>,
}

impl Credentials {
    /// Reads the file in a data folder.
    pub fn read(folder: &Path) -> io::Result<Self> {
        let text = std::fs::read_to_string(folder.join("demo-credentials.json"))?;
        serde_json::from_str(&text).map_err(io::Error::other)
    }

    /// The account of a role.
    pub fn user(&self, role: &str) -> io::Result<&User> {
        let found = self.users.iter().find(|user| user.role == role);
        found.ok_or_else(|| io::Error::other(format!("no account for the role {role}")))
    }
}
