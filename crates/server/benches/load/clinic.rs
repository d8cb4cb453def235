//! A clinic to be measured: its folder, its people, its server.

use crate::stranger::credentials::Credentials;
use crate::stranger::http::{Connection, get, post};
use crate::stranger::process::{Ports, Server};
use crate::stranger::room::sign_in;
use crate::{program, target};
use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A start may take this long, seeding included.
const PATIENCE: Duration = Duration::from_secs(3_600);

/// A clinic that exists; no server runs.
pub struct Clinic {
    /// Its folder.
    pub folder: PathBuf,
    /// Who may sign in.
    pub credentials: Credentials,
}

impl Clinic {
    /// A demo clinic without simulated monitors and with this many sessions of the past. It is
    /// made once and kept; one without a past is made anew each time.
    pub fn with_past(sessions: u32) -> Result<Self> {
        let folder = target().join("bench-data").join(format!("past-{sessions}"));
        if sessions == 0 && folder.exists() {
            std::fs::remove_dir_all(&folder).context("removing the last clinic")?;
        }
        std::fs::create_dir_all(&folder).context("making the clinic's folder")?;
        if Credentials::read(&folder).is_err() {
            println!("making a clinic with {sessions} past sessions …");
            let began = Instant::now();
            make(&folder, sessions)?;
            println!("  made in {:.0} s", began.elapsed().as_secs_f64());
        }
        let credentials = Credentials::read(&folder)?;
        Ok(Self {
            folder,
            credentials,
        })
    }

    /// A demo clinic without simulated monitors in a folder of this name, made once and kept.
    pub fn kept(name: &str) -> Result<Self> {
        let folder = target().join("bench-data").join(name);
        std::fs::create_dir_all(&folder).context("making the clinic's folder")?;
        if Credentials::read(&folder).is_err() {
            make(&folder, 0)?;
        }
        let credentials = Credentials::read(&folder)?;
        Ok(Self {
            folder,
            credentials,
        })
    }

    /// The database file.
    pub fn database(&self) -> PathBuf {
        self.folder.join("evenkeel.db")
    }

    /// Starts the server and waits until it is ready; says how long that took.
    pub fn serve(&self) -> Result<(Running<'_>, Duration)> {
        let ports = Ports::free()?;
        let arguments = [
            "serve",
            "--connections",
            "2000",
            "--connections-per-address",
            "2000",
        ]
        .map(str::to_owned)
        .into_iter()
        .chain(["--data-dir".to_owned(), self.folder.display().to_string()])
        .collect::<Vec<_>>();
        let log = self.folder.join("server.log");
        let mut server = Server::start(&program(), &arguments, ports, &log)?;
        let took = server.wait_until_ready(PATIENCE)?;
        Ok((
            Running {
                clinic: self,
                ports,
                server,
            },
            took,
        ))
    }
}

fn make(folder: &Path, sessions: u32) -> Result<()> {
    let ports = Ports::free()?;
    let arguments = [
        "demo",
        "--no-simulation",
        "--past-sessions",
        &sessions.to_string(),
        "--data-dir",
        &folder.display().to_string(),
    ]
    .map(str::to_owned);
    let mut server = Server::start(&program(), &arguments, ports, &folder.join("server.log"))?;
    server.wait_until_ready(PATIENCE)?;
    while Credentials::read(folder).is_err() {
        std::thread::sleep(Duration::from_millis(50));
        server.complain_if_ended()?;
    }
    server.kill()?;
    Ok(())
}

/// A clinic whose server runs.
pub struct Running<'a> {
    /// The clinic.
    pub clinic: &'a Clinic,
    /// Where it listens.
    pub ports: Ports,
    /// The process; killed at the end.
    pub server: Server,
}

impl Running<'_> {
    /// A connection for pages.
    pub fn connect(&self) -> Result<Connection> {
        Ok(Connection::open(self.ports.http)?)
    }

    /// A cookie of somebody with this role.
    pub fn cookie(&self, role: &str) -> Result<String> {
        Ok(sign_in(
            &mut self.connect()?,
            self.clinic.credentials.user(role)?,
        )?)
    }

    /// A program's token, as it stands after `Bearer`.
    pub fn token(&self) -> Result<String> {
        let client = &self.clinic.credentials.fhir_client;
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_id", client.client_id.as_str()),
            ("client_secret", client.client_secret.as_str()),
        ];
        let answer = self.connect()?.send(&post("/oauth/token", &[], &fields))?;
        let says: Value = serde_json::from_slice(&answer.body)?;
        let token = says["access_token"].as_str();
        Ok(token
            .with_context(|| format!("no token: {}", answer.text()))?
            .to_owned())
    }

    /// A page as somebody sees it, uncompressed.
    pub fn page(&self, cookie: &str, path: &str) -> Result<String> {
        let headers = [("cookie", cookie), ("accept", "text/html")];
        let answer = self.connect()?.send(&get(path, &headers))?;
        ensure!(answer.status == 200, "{path}: {}", answer.status);
        Ok(answer.text())
    }
}

/// What stands between two marks, each time, in order, without repetition.
pub fn between(page: &str, before: &str, after: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for part in page.split(before).skip(1) {
        if let Some((text, _)) = part.split_once(after)
            && !found.iter().any(|known| known == text)
        {
            found.push(text.to_owned());
        }
    }
    found
}
