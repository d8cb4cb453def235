//! Monitors that send and nurses that chart, until the server is gone.

use crate::clinic::{Clinic, Room};
use crate::ledger::{Kind, Ledger, State};
use crate::stranger::http::Connection;
use crate::stranger::mllp::{Line, Numbers, message, now};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::Value;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use uuid::Uuid;

/// One monitor: what it sends next goes on where it left off, through every restart.
pub struct Monitor {
    key: String,
    /// Its session charts cuff cycles.
    charts: bool,
    number: u64,
    ledger: Ledger,
    chance: StdRng,
    last_cuff: i64,
}

impl Monitor {
    /// One for each room, and one that nobody has registered.
    pub fn all(clinic: &Clinic, seed: u64) -> Vec<Self> {
        let known = clinic.rooms.iter().map(|room| (room.device.clone(), true));
        let stranger = ("0A1B2C3D4E5F6071".to_owned(), false);
        known
            .chain([stranger])
            .zip(1..)
            .map(|((key, charts), number)| Self {
                ledger: Ledger::open(&clinic.ledgers(), &format!("monitor-{number}")),
                key,
                charts,
                number: 0,
                chance: StdRng::seed_from_u64(seed ^ number),
                last_cuff: 0,
            })
            .collect()
    }

    /// Sends until the connection is lost; counts what was answered.
    pub fn send(&mut self, clinic: &Clinic, answers: &AtomicU64) {
        let Ok(mut line) = Line::open(clinic.ports.mllp) else {
            return;
        };
        loop {
            self.number += 1;
            let id = format!("{}-{}", self.key, self.number);
            let at = now();
            let cuff = (self.charts && at - self.last_cuff > 400).then_some(at);
            let systolic = self.chance.random_range(105..140);
            let numbers = Numbers {
                heart_rate: self.chance.random_range(68..74),
                saturation: 97,
                respiratory_rate: 14,
                cuff: cuff.map(|at| (systolic, 75, at)),
                twelve: false,
                temperature_tenths: 367,
            };
            let text = message(&self.key, &id, at, &numbers);
            let pressure = format!("{systolic}/75");
            let cycle = cuff.map(|at| format!("{}#{at}", self.key));
            self.ledger.sent(Kind::Frame, &id, &self.key, &text);
            if let Some(cycle) = &cycle {
                self.ledger.sent(Kind::Cuff, cycle, &self.key, &pressure);
                self.last_cuff = at;
            }
            let Ok((code, answered)) = line.send(&text) else {
                return;
            };
            answers.fetch_add(1, Ordering::Relaxed);
            assert_eq!(answered, id, "an acknowledgement for another message");
            if !matches!(code.as_str(), "AA" | "CA") {
                // Not stored, it says; the monitor would send it again, with this id.
                println!("  {id}: {code}");
                self.ledger
                    .answered(State::Refused, Kind::Frame, &id, &self.key, &text);
                continue;
            }
            self.ledger
                .answered(State::Acknowledged, Kind::Frame, &id, &self.key, &text);
            if let Some(cycle) = &cycle {
                self.ledger
                    .answered(State::Acknowledged, Kind::Cuff, cycle, &self.key, &pressure);
            }
            std::thread::sleep(Duration::from_millis(self.chance.random_range(0..15)));
        }
    }
}

/// One nurse: what was not answered is sent again with the same command id.
pub struct Nurse {
    ledger: Ledger,
    chance: StdRng,
    pending: Option<Entry>,
}

/// An entry in the chart.
struct Entry {
    id: String,
    room: Room,
    kind: Kind,
    fields: Vec<(&'static str, String)>,
    content: String,
}

impl Nurse {
    /// Several at several desks, signed in as one.
    pub fn all(clinic: &Clinic, seed: u64) -> Vec<Self> {
        (1..=2)
            .map(|number| Self {
                ledger: Ledger::open(&clinic.ledgers(), &format!("nurse-{number}")),
                chance: StdRng::seed_from_u64(seed ^ (number << 32)),
                pending: None,
            })
            .collect()
    }

    /// Charts until the connection is lost; counts what was answered.
    pub fn chart(&mut self, clinic: &Clinic, answers: &AtomicU64) {
        let Ok(mut connection) = Connection::open(clinic.ports.http) else {
            return;
        };
        loop {
            let entry = match self.pending.take() {
                Some(entry) => entry,
                None => self.new_entry(&clinic.rooms),
            };
            let answer = entry.send(&mut connection, clinic);
            let owner = &entry.room.form.session;
            let said = |state, ledger: &mut Ledger| {
                ledger.answered(state, entry.kind, &entry.id, owner, &entry.content);
            };
            match answer {
                Ok(Answer::Saved(version)) => {
                    answers.fetch_add(1, Ordering::Relaxed);
                    said(State::Acknowledged, &mut self.ledger);
                    // Now and then the answer is lost on its way, as far as the desk knows.
                    if self.chance.random_ratio(1, 8) {
                        match entry.send(&mut connection, clinic) {
                            Ok(again) => assert_eq!(
                                again,
                                Answer::Saved(version),
                                "the same command id got another answer"
                            ),
                            Err(_) => return,
                        }
                    }
                }
                Ok(Answer::Refused(why)) => {
                    println!("  {} refused: {why}", entry.id);
                    said(State::Refused, &mut self.ledger);
                }
                // It may be saved or not: only the same id, sent again, tells.
                Ok(Answer::Fault(_)) | Err(_) => {
                    self.pending = Some(entry);
                    if answer.is_err() {
                        return;
                    }
                }
            }
            std::thread::sleep(Duration::from_millis(self.chance.random_range(0..20)));
        }
    }

    /// Sends what is still unanswered, at the end.
    pub fn finish(&mut self, clinic: &Clinic) {
        let Some(entry) = self.pending.take() else {
            return;
        };
        let mut connection = Connection::open(clinic.ports.http).unwrap();
        let answer = entry.send(&mut connection, clinic).unwrap();
        assert!(
            matches!(answer, Answer::Saved(_)),
            "{}: {answer:?}",
            entry.id
        );
        let owner = &entry.room.form.session;
        self.ledger.answered(
            State::Acknowledged,
            entry.kind,
            &entry.id,
            owner,
            &entry.content,
        );
    }

    fn new_entry(&mut self, rooms: &[Room]) -> Entry {
        let room = rooms[self.chance.random_range(0..rooms.len())].clone();
        let mut bytes = [0; 16];
        self.chance.fill(&mut bytes);
        let id = uuid::Builder::from_random_bytes(bytes).into_uuid();
        let (kind, fields, content) = if self.chance.random_bool(0.5) {
            let text = note(&mut self.chance, id);
            (
                Kind::Note,
                vec![("act", "note".to_owned()), ("text", text.clone())],
                text,
            )
        } else {
            let systolic = self.chance.random_range(100..150_u32);
            let values = [
                ("systolic", systolic.to_string()),
                (
                    "diastolic",
                    self.chance.random_range(60..90_u32).to_string(),
                ),
                (
                    "heart_rate",
                    self.chance.random_range(55..110_u32).to_string(),
                ),
                (
                    "oxygen_saturation",
                    self.chance.random_range(93..100_u32).to_string(),
                ),
            ];
            let content = canonical(values.iter().map(|(name, value)| (*name, value.as_str())));
            let mut fields = vec![("act", "vital-signs".to_owned())];
            fields.extend(values);
            (Kind::VitalSigns, fields, content)
        };
        let entry = Entry {
            id: id.to_string(),
            room,
            kind,
            fields,
            content,
        };
        self.ledger
            .sent(kind, &entry.id, &entry.room.form.session, &entry.content);
        entry
    }
}

/// A set of vital signs as one line, names in order.
pub fn canonical<'a>(values: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut values: Vec<String> = values
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    values.sort();
    values.join(" ")
}

/// Words that are easily damaged on their way: quotes, an ampersand, letters beyond ASCII.
fn note(chance: &mut StdRng, id: Uuid) -> String {
    let said = [
        "calm",
        "“floating”",
        "naïve & curious",
        "50 % of <it>",
        "疼痛 0/10",
        "a+b=c;d",
    ];
    format!(
        "{} {} {id}",
        said[chance.random_range(0..said.len())],
        chance.random::<u64>()
    )
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Answer {
    Saved(u64),
    Refused(String),
    Fault(String),
}

impl Entry {
    fn send(&self, connection: &mut Connection, clinic: &Clinic) -> std::io::Result<Answer> {
        let fields: Vec<(&str, &str)> = self
            .fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let answer = self
            .room
            .form
            .act(connection, &clinic.cookie, &self.id, &fields)?;
        let says: Value = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
        Ok(match answer.status {
            200 => {
                assert_eq!(says["saved"], Value::Bool(true), "{}", answer.text());
                Answer::Saved(says["version"].as_u64().unwrap())
            }
            500.. => Answer::Fault(answer.text()),
            status => Answer::Refused(format!("{status} {}", answer.text())),
        })
    }
}
