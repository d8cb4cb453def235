//! One clinic under test: its folder or database, its server, its people.

use crate::stranger::credentials::Credentials;
use crate::stranger::http::Connection;
use crate::stranger::process::{Ports, Server};
use crate::stranger::room::{Form, sign_in};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// A start may take this long; it is far more than it does take, for a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The store under test.
#[derive(Clone, Debug)]
pub enum Engine {
    /// A file in the clinic's folder.
    Sqlite,
    /// A database of its own at this address.
    Postgres(String),
}

/// Calls with the address of an empty PostgreSQL database.
pub fn with_postgres(call: impl FnOnce(String)) {
    call(store::throwaway::database().unwrap());
}

/// The clinic.
pub struct Clinic {
    /// The store under test.
    pub engine: Engine,
    /// Where it listens, the same after each restart.
    pub ports: Ports,
    /// A nurse's cookie: a sign-in outlives the server.
    pub cookie: String,
    /// Rooms where notes and vital signs may be charted.
    pub rooms: Vec<Room>,
    folder: tempfile::TempDir,
}

/// A room whose session accepts entries.
#[derive(Clone, Debug)]
pub struct Room {
    /// The monitor's key on the wire.
    pub device: String,
    /// What its forms send back.
    pub form: Form,
}

impl Clinic {
    /// Opens the demo clinic without simulated monitors, and leaves it running.
    pub fn open(engine: Engine, seed: u64) -> (Self, Server) {
        let folder = tempfile::tempdir().unwrap();
        let ports = Ports::free().unwrap();
        let mut arguments: Vec<String> = ["demo", "--no-simulation", "--data-dir"]
            .map(str::to_owned)
            .to_vec();
        arguments.push(folder.path().display().to_string());
        arguments.extend(["--seed".to_owned(), seed.to_string()]);
        if let Engine::Postgres(address) = &engine {
            arguments.extend(["--store".to_owned(), address.clone()]);
        }
        let log = folder.path().join("server.log");
        let mut server = Server::start(program(), &arguments, ports, &log).unwrap();
        server.wait_until_ready(PATIENCE).unwrap();
        let credentials = wait_for_credentials(folder.path());
        let mut connection = Connection::open(ports.http).unwrap();
        let cookie = sign_in(&mut connection, credentials.user("nurse").unwrap()).unwrap();
        let rooms = credentials
            .rooms
            .iter()
            .filter_map(|room| {
                let session = room.session_id.as_deref()?;
                let form = Form::of(&mut connection, &cookie, session).unwrap();
                let room = Room {
                    device: room.device_id.clone()?,
                    form,
                };
                accepts_entries(&mut connection, &cookie, &room).then_some(room)
            })
            .collect::<Vec<_>>();
        assert!(
            rooms.len() >= 2,
            "{} rooms of the demo accept entries",
            rooms.len()
        );
        (
            Self {
                engine,
                ports,
                cookie,
                rooms,
                folder,
            },
            server,
        )
    }

    /// Starts the server again on the same data; it is not ready yet.
    pub fn start_again(&self) -> Server {
        let mut arguments = vec!["serve".to_owned()];
        arguments.extend(self.store());
        Server::start(program(), &arguments, self.ports, &self.path("server.log")).unwrap()
    }

    /// The same, until it is ready; says how long that took.
    pub fn start_and_wait(&self) -> (Server, Duration) {
        let mut server = self.start_again();
        let took = server.wait_until_ready(PATIENCE).unwrap();
        (server, took)
    }

    /// Runs a command of the program on the data; gives what it printed, and whether it succeeded.
    pub fn command(&self, name: &str) -> (String, bool) {
        let output = Command::new(program())
            .arg(name)
            .args(self.store())
            .env("RUST_LOG", "warn")
            .output()
            .unwrap();
        let mut says = String::from_utf8_lossy(&output.stdout).into_owned();
        says.push_str(&String::from_utf8_lossy(&output.stderr));
        (says, output.status.success())
    }

    fn store(&self) -> Vec<String> {
        let address = match &self.engine {
            Engine::Sqlite => format!("sqlite:{}", self.database().display()),
            Engine::Postgres(address) => address.clone(),
        };
        vec!["--store".to_owned(), address]
    }

    /// The database file.
    pub fn database(&self) -> PathBuf {
        self.path("evenkeel.db")
    }

    /// Where the ledgers are.
    pub fn ledgers(&self) -> PathBuf {
        let folder = self.path("ledgers");
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_evenkeel"))
}

/// The demo answers before its story has been told; this file comes last.
fn wait_for_credentials(folder: &Path) -> Credentials {
    let began = Instant::now();
    loop {
        match Credentials::read(folder) {
            Ok(credentials) => return credentials,
            Err(error) => {
                assert!(began.elapsed() < PATIENCE, "demo-credentials.json: {error}");
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    }
}

/// A session that has ended accepts notes, perhaps, but no vital signs.
fn accepts_entries(connection: &mut Connection, cookie: &str, room: &Room) -> bool {
    let fields = [("act", "vital-signs"), ("heart_rate", "70")];
    let id = Uuid::new_v4().to_string();
    room.form
        .act(connection, cookie, &id, &fields)
        .unwrap()
        .status
        == 200
}
