//! What is stored, read from the database itself and taken apart by code of our own.

use crate::clinic::{Clinic, Engine};
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::io::Read;
use uuid::Uuid;

/// An event's row.
pub struct Event {
    pub position: i64,
    pub stream_kind: String,
    pub stream: String,
    pub stream_version: i64,
    header: Vec<u8>,
    body: Vec<u8>,
    leaf: Vec<u8>,
}

impl Event {
    /// The header's JSON.
    pub fn header(&self) -> Value {
        serde_json::from_slice(&self.header).unwrap()
    }

    /// The body's JSON.
    pub fn body(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// Everything stored that was promised.
pub struct Stored {
    /// Every event, by position.
    pub events: Vec<Event>,
    /// Every frame's bytes, in the order of arrival.
    pub frames: Vec<Vec<u8>>,
}

const EVENTS: &str = "SELECT position, stream_kind, stream_id, stream_version, header, body, leaf \
    FROM event ORDER BY position";
const FRAMES: &str = "SELECT length, bytes FROM frame ORDER BY id";

impl Stored {
    /// Reads the clinic's database; no server may be running.
    pub fn read(clinic: &Clinic) -> Self {
        match &clinic.engine {
            Engine::Sqlite => Self::of_sqlite(clinic),
            Engine::Postgres(address) => tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap()
                .block_on(Self::of_postgres(address)),
        }
    }

    fn of_sqlite(clinic: &Clinic) -> Self {
        // Not read-only for SQLite itself: what a killed server left in its write-ahead log is
        // taken in first, as any reader must.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
        let connection = Connection::open_with_flags(clinic.database(), flags).unwrap();
        connection.execute_batch("PRAGMA query_only = ON").unwrap();
        let whole: String = connection
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .unwrap();
        assert_eq!(whole, "ok", "SQLite's own check of its file");
        let events = connection
            .prepare(EVENTS)
            .unwrap()
            .query_map([], |row| {
                Ok(Event {
                    position: row.get(0)?,
                    stream_kind: row.get(1)?,
                    stream: Uuid::from_slice(&row.get::<_, Vec<u8>>(2)?)
                        .unwrap()
                        .to_string(),
                    stream_version: row.get(3)?,
                    header: row.get(4)?,
                    body: row.get(5)?,
                    leaf: row.get(6)?,
                })
            })
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let frames = connection
            .prepare(FRAMES)
            .unwrap()
            .query_map([], |row| {
                Ok(inflated(row.get(0)?, &row.get::<_, Vec<u8>>(1)?))
            })
            .unwrap()
            .map(Result::unwrap)
            .collect();
        Self { events, frames }
    }

    async fn of_postgres(address: &str) -> Self {
        let (client, connection) = tokio_postgres::connect(address, tokio_postgres::NoTls)
            .await
            .unwrap();
        tokio::spawn(connection);
        let events = client
            .query(EVENTS, &[])
            .await
            .unwrap()
            .iter()
            .map(|row| Event {
                position: row.get(0),
                stream_kind: row.get(1),
                stream: row.get::<_, Uuid>(2).to_string(),
                stream_version: row.get(3),
                header: row.get(4),
                body: row.get(5),
                leaf: row.get(6),
            })
            .collect();
        let frames = client
            .query(FRAMES, &[])
            .await
            .unwrap()
            .iter()
            .map(|row| inflated(row.get(0), row.get(1)))
            .collect();
        Self { events, frames }
    }

    /// What is wrong with the log as a chain: places, predecessors, leaves.
    ///
    /// Source: safety reference §10.2; a leaf is the SHA-256 of a zero byte, the header's hash and
    /// the body's hash.
    pub fn breaks(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut before = vec![0u8; 32];
        for (event, place) in self.events.iter().zip(1..) {
            let header = event.header();
            if event.position != place || header["position"] != place {
                found.push(format!("event {} stands at place {place}", event.position));
            }
            if header["previous"] != hex::encode(&before) {
                found.push(format!("event {place} does not follow the one before it"));
            }
            if header["stream_version"] != event.stream_version {
                found.push(format!("event {place} is filed under another version"));
            }
            let mut leaf = Sha256::new();
            leaf.update([0]);
            leaf.update(Sha256::digest(&event.header));
            leaf.update(Sha256::digest(&event.body));
            if leaf.finalize().as_slice() != event.leaf {
                found.push(format!("event {place} does not match its hash"));
            }
            before.clone_from(&event.leaf);
        }
        found
    }
}

fn inflated(length: i64, packed: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    flate2::read::DeflateDecoder::new(packed)
        .read_to_end(&mut bytes)
        .unwrap();
    assert_eq!(
        i64::try_from(bytes.len()).unwrap(),
        length,
        "a frame's length"
    );
    bytes
}
