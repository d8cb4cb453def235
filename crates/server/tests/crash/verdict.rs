//! Compares the ledger with what is stored.

use crate::ledger::{Book, Entry, Kind, State, fingerprint};
use crate::load::canonical;
use crate::stored::{Event, Stored};
use serde_json::Value;
use std::collections::HashMap;

/// What does not agree; nothing is the only good answer.
#[derive(Debug, Default)]
pub struct Findings {
    /// Acknowledged and not stored.
    pub missing: Vec<String>,
    /// Stored more than once, or with more than one effect.
    pub duplicated: Vec<String>,
    /// Stored with another content than was sent.
    pub altered: Vec<String>,
    /// Stored and never sent, or stored although refused.
    pub ghost: Vec<String>,
}

impl Findings {
    /// True when everything agrees.
    pub fn are_none(&self) -> bool {
        self.missing.is_empty()
            && self.duplicated.is_empty()
            && self.altered.is_empty()
            && self.ghost.is_empty()
    }

    /// As counts.
    pub fn says(&self) -> String {
        format!(
            "missing {}, duplicated {}, altered {}, ghost {}",
            self.missing.len(),
            self.duplicated.len(),
            self.altered.len(),
            self.ghost.len()
        )
    }
}

/// Compares; events up to `baseline` were there before the load began.
pub fn compare(book: &Book, stored: &Stored, baseline: i64) -> Findings {
    let mut findings = Findings::default();
    frames(book, stored, &mut findings);
    entries(book, stored, baseline, &mut findings);
    cuffs(book, stored, &mut findings);
    findings
}

/// What was found under one id: how often, and as what.
type Found = HashMap<String, Vec<Effect>>;

struct Effect {
    kind: Kind,
    owner: String,
    hash: String,
}

fn frames(book: &Book, stored: &Stored, findings: &mut Findings) {
    let mut found = Found::new();
    for frame in &stored.frames {
        let text = String::from_utf8_lossy(frame);
        let control_id = text.split('|').nth(9).unwrap_or_default().to_owned();
        let owner = text
            .split('|')
            .nth(2)
            .and_then(|sender| sender.split('^').nth(1));
        let owner = owner.unwrap_or_default().to_owned();
        let effect = Effect {
            kind: Kind::Frame,
            owner,
            hash: fingerprint(frame),
        };
        found.entry(control_id).or_default().push(effect);
    }
    judge(book, &[Kind::Frame], &found, findings);
}

/// Entries by hand: each event that a person caused since the load began.
fn entries(book: &Book, stored: &Stored, baseline: i64, findings: &mut Findings) {
    let mut found = Found::new();
    for event in stored
        .events
        .iter()
        .filter(|event| event.position > baseline)
    {
        let header = event.header();
        if header["actor"]["by"] != "person" {
            continue;
        }
        let id = header["command_id"].as_str().unwrap_or_default().to_owned();
        found.entry(id).or_default().push(effect_of(event));
    }
    judge(book, &[Kind::Note, Kind::VitalSigns], &found, findings);
}

fn effect_of(event: &Event) -> Effect {
    let body = event.body();
    let owner = event.stream.clone();
    let kind = body["event"].as_str().unwrap_or_default();
    assert_eq!(
        event.stream_kind, "session",
        "a person charted {kind} elsewhere"
    );
    let (kind, content) = match kind {
        "NoteWritten" => (
            Kind::Note,
            body["text"].as_str().unwrap_or_default().to_owned(),
        ),
        "VitalSignsCharted" => (Kind::VitalSigns, values(&body["values"])),
        other => (Kind::Note, format!("an event that nobody wanted: {other}")),
    };
    Effect {
        kind,
        owner,
        hash: fingerprint(content.as_bytes()),
    }
}

fn values(values: &Value) -> String {
    let plain = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    let read: Vec<(String, String)> = values
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.clone(), plain(value)))
        .collect();
    canonical(
        read.iter()
            .map(|(name, value)| (name.as_str(), value.as_str())),
    )
}

/// Cuff cycles: charted once for each cycle that was acknowledged, however often it was read.
fn cuffs(book: &Book, stored: &Stored, findings: &mut Findings) {
    let mut found = Found::new();
    for event in &stored.events {
        let (header, body) = (event.header(), event.body());
        let by_device = header["actor"]["by"] == "device" && body["event"] == "VitalSignsCharted";
        let (true, Some(systolic)) = (by_device, body["values"]["systolic"].as_str()) else {
            continue;
        };
        let diastolic = body["values"]["diastolic"].as_str().unwrap_or_default();
        let owner = header["actor"]["name"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let at: jiff::Timestamp = body["timing"]["device"].as_str().unwrap().parse().unwrap();
        let id = format!("{owner}#{}", at.as_millisecond());
        let hash = fingerprint(format!("{systolic}/{diastolic}").as_bytes());
        found.entry(id).or_default().push(Effect {
            kind: Kind::Cuff,
            owner,
            hash,
        });
    }
    judge(book, &[Kind::Cuff], &found, findings);
}

fn judge(book: &Book, kinds: &[Kind], found: &Found, findings: &mut Findings) {
    for (id, effects) in found {
        let sent = kinds
            .iter()
            .find_map(|kind| Some((*kind, book.get(*kind, id)?)));
        let Some((kind, sent)) = sent else {
            findings
                .ghost
                .push(format!("{kinds:?} {id} was never sent"));
            continue;
        };
        if sent.state == State::Refused {
            findings.ghost.push(format!("{kind:?} {id} was refused"));
        }
        if effects.len() > 1 {
            findings
                .duplicated
                .push(format!("{kind:?} {id} is there {} times", effects.len()));
        }
        for effect in effects {
            if (effect.kind, &effect.owner, &effect.hash) != (kind, &sent.owner, &sent.hash) {
                findings.altered.push(format!("{kind:?} {id}"));
            }
        }
    }
    for kind in kinds {
        let acknowledged = |entry: &Entry| entry.state == State::Acknowledged;
        for (id, _) in book.of(*kind).filter(|(_, entry)| acknowledged(entry)) {
            if !found.contains_key(id) {
                findings.missing.push(format!("{kind:?} {id}"));
            }
        }
    }
}
