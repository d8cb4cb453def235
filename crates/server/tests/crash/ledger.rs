//! What was sent and what was acknowledged, in files outside the server.
//!
//! One line for each thing that happened, tabs between: state, kind, id, owner, SHA-256 of the
//! content. A line that says "acknowledged" is on the disk (`fsync`) before the next message goes
//! out, so that the ledger never says less than the server had promised.

use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A monitor's message; the owner is the device's key, the id its MSH-10.
    Frame,
    /// A cuff cycle inside a message; the id is when it was measured, in milliseconds since 1970.
    Cuff,
    /// A note; the owner is the session, the id the command id.
    Note,
    /// Vital signs by hand; the owner is the session, the id the command id.
    VitalSigns,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Frame, Self::Cuff, Self::Note, Self::VitalSigns];

    const fn word(self) -> &'static str {
        match self {
            Self::Frame => "frame",
            Self::Cuff => "cuff",
            Self::Note => "note",
            Self::VitalSigns => "vital-signs",
        }
    }
}

/// What the server said to it, as far as we heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing: it may be stored or not.
    Unanswered,
    /// It is durable.
    Acknowledged,
    /// It was refused: it must not be stored.
    Refused,
}

impl State {
    const fn word(self) -> &'static str {
        match self {
            Self::Unanswered => "sent",
            Self::Acknowledged => "acknowledged",
            Self::Refused => "refused",
        }
    }
}

/// One writer's file.
pub struct Ledger(File);

impl Ledger {
    /// Begins or goes on with the file of this name in the folder.
    pub fn open(folder: &Path, name: &str) -> Self {
        let path = folder.join(format!("{name}.ledger"));
        Self(
            File::options()
                .create(true)
                .append(true)
                .open(path)
                .unwrap(),
        )
    }

    /// Writes that something is about to be sent.
    pub fn sent(&mut self, kind: Kind, id: &str, owner: &str, content: &str) {
        self.write(State::Unanswered, kind, id, owner, content);
    }

    /// Writes what the server said, and waits for the disk.
    pub fn answered(&mut self, state: State, kind: Kind, id: &str, owner: &str, content: &str) {
        self.write(state, kind, id, owner, content);
        self.0.sync_data().unwrap();
    }

    fn write(&mut self, state: State, kind: Kind, id: &str, owner: &str, content: &str) {
        let hash = fingerprint(content.as_bytes());
        let line = format!("{}\t{}\t{id}\t{owner}\t{hash}\n", state.word(), kind.word());
        self.0.write_all(line.as_bytes()).unwrap();
    }
}

/// SHA-256 in hexadecimal.
pub fn fingerprint(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// One thing that was sent.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Which device or session.
    pub owner: String,
    /// SHA-256 of the content.
    pub hash: String,
    /// What the server said.
    pub state: State,
}

/// Everything that was sent, by kind and id.
#[derive(Default)]
pub struct Book(HashMap<Kind, HashMap<String, Entry>>);

impl Book {
    /// Reads every ledger file of the folder.
    pub fn read(folder: &Path) -> Self {
        let mut book = Self::default();
        let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.retain(|path| path.extension().is_some_and(|name| name == "ledger"));
        for file in files {
            for line in std::fs::read_to_string(file).unwrap().lines() {
                book.take(line);
            }
        }
        book
    }

    fn take(&mut self, line: &str) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [state, kind, id, owner, hash] = fields[..] else {
            panic!("a ledger line: {line}")
        };
        let kind = Kind::ALL
            .into_iter()
            .find(|known| known.word() == kind)
            .unwrap();
        let state = [State::Unanswered, State::Acknowledged, State::Refused]
            .into_iter()
            .find(|known| known.word() == state)
            .unwrap();
        let entries = self.0.entry(kind).or_default();
        let entry = Entry {
            owner: owner.to_owned(),
            hash: hash.to_owned(),
            state,
        };
        match entries.get_mut(id) {
            None => {
                entries.insert(id.to_owned(), entry);
            }
            Some(known) => {
                assert_eq!(
                    (&known.owner, &known.hash),
                    (&entry.owner, &entry.hash),
                    "{line}"
                );
                // Once acknowledged stays acknowledged, however often it is asked again.
                if known.state != State::Acknowledged {
                    known.state = state;
                }
            }
        }
    }

    /// All entries of a kind.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = (&String, &Entry)> {
        self.0.get(&kind).into_iter().flatten()
    }

    /// One entry.
    pub fn get(&self, kind: Kind, id: &str) -> Option<&Entry> {
        self.0.get(&kind)?.get(id)
    }

    /// How many were acknowledged.
    pub fn acknowledged(&self, kind: Kind) -> usize {
        self.of(kind)
            .filter(|(_, entry)| entry.state == State::Acknowledged)
            .count()
    }
}
