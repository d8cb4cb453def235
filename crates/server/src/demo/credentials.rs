//! `demo-credentials.json`: everything that an outside tool needs to be pointed at the demo.

use crate::fault::Fault;
use crate::serve::Running;
use anyhow::Context;
use serde::{Deserialize, Serialize};
use std::path::Path;
use units::Span;

/// The file's name.
pub const FILE: &str = "demo-credentials.json";

/// What the file says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Credentials {
    /// Where pages are served.
    pub base_url: String,
    /// Where monitors connect.
    pub mllp: Mllp,
    /// One account for every role.
    pub users: Vec<User>,
    /// One program.
    pub fhir_client: FhirClient,
    /// Every room with its monitor and its session.
    pub rooms: Vec<Room>,
    /// Connects one device as the patient's signal in the last room, while this demo runs.
    #[serde(default)]
    pub signal: String,
}

/// Where monitors connect.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Mllp {
    /// The host.
    pub host: String,
    /// The port.
    pub port: u16,
}

/// An account.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct User {
    /// What it may do.
    pub role: String,
    /// The name to sign in with.
    pub username: String,
    /// The password.
    pub password: String,
}

/// A program.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FhirClient {
    /// Its id.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// Where it gets a token.
    pub token_url: String,
    /// Where it asks.
    pub fhir_base: String,
}

/// A room.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Room {
    /// Its name.
    pub room: String,
    /// The key on the wire of the monitor that stands there.
    pub device_id: String,
    /// The session in it.
    pub session_id: String,
}

impl Credentials {
    /// What a folder's file says, if there is one.
    pub fn read(folder: &Path) -> Option<Self> {
        let text = std::fs::read(folder.join(FILE)).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// The same accounts at the addresses that are served now.
    pub fn at(mut self, running: &Running) -> Self {
        let base = &running.application.base_url;
        self.base_url.clone_from(base);
        self.mllp = Mllp {
            host: running.mllp.ip().to_string(),
            port: running.mllp.port(),
        };
        self.fhir_client.token_url = format!("{base}/oauth/token");
        self.fhir_client.fhir_base = format!("{base}/fhir");
        self.signal = self.signal_address(running).unwrap_or_default();
        self
    }

    /// A code that lasts as long as a demo is looked at.
    fn signal_address(&self, running: &Running) -> Option<String> {
        let session = self.rooms.last()?.session_id.parse().ok()?;
        let application = &running.application;
        let (now, nurse) = (application.clock.now(), super::drugs::nurse());
        let code = application
            .signals
            .show_code_for(session, nurse, now, Span::from_hours(12));
        Some(format!("{}/signal?code={code}", application.base_url))
    }

    /// Writes the file whole: a reader never sees half of it.
    pub fn write(&self, folder: &Path) -> Result<(), Fault> {
        let text = serde_json::to_vec_pretty(self).context("writing the credentials")?;
        let beside = folder.join(format!("{FILE}.new"));
        std::fs::write(&beside, text).context("writing the credentials")?;
        std::fs::rename(&beside, folder.join(FILE)).context("writing the credentials")?;
        Ok(())
    }

    /// What is printed for the person who started the demo.
    pub fn says(&self) -> String {
        let mut text = format!(
            "\nEvenkeel demo clinic: invented people, simulated monitors.\n\n  \
             Open   {}\n  Monitors speak HL7 to {}:{}\n\n  Sign in as one of:\n",
            self.base_url, self.mllp.host, self.mllp.port
        );
        for user in &self.users {
            text.push_str(&format!(
                "    {:<18} {:<18} {}\n",
                user.role, user.username, user.password
            ));
        }
        if !self.signal.is_empty() {
            text.push_str(&format!(
                "\n  The patient's signal for room 4, on a phone or in another browser:\n    {}\n",
                self.signal
            ));
        }
        text.push_str(
            "\n  Start as the nurse: the board shows where somebody is needed.\n  \
             Within two minutes something goes wrong in room 2.\n  Ctrl-C ends the demo; \
             starting it again carries on where it was.\n",
        );
        text
    }
}
