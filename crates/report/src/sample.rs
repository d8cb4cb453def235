//! The story of `scenarios/one-infusion`, told as events, with what that one lacks: minute medians
//! with a missing minute, an advisory, notes, and entries that were struck.

use clinical::course::session::{Session, SessionEvent};
use clinical::patient::{Patient, PatientEvent};
use clinical::record::{Header, SessionId};
use serde_json::{Value, json};
use units::{Moment, Span};

/// The clinic's zone on that day: five hours behind universal time.
pub(crate) fn zone() -> jiff::tz::TimeZone {
    jiff::tz::TimeZone::get("America/New_York").unwrap()
}

/// `10:04:40` on the clinic's clock on 3 November 2026.
pub(crate) fn at(clock: &str) -> Moment {
    Moment::parse(&format!("2026-11-03T{clock}-05:00")).unwrap()
}

pub(crate) const LEAF: [u8; 32] = [0xab; 32];

/// A session that is told event by event.
pub(crate) struct Story {
    pub session: Session,
    recorded_at: Option<Moment>,
}

pub(crate) fn nurse() -> Value {
    json!({"by": "person", "id": "0190a000-0000-7000-8000-0000000000d1",
           "name": "Nora Quist", "role": "nurse"})
}

pub(crate) fn prescriber() -> Value {
    json!({"by": "person", "id": "0190a000-0000-7000-8000-0000000000d2",
           "name": "Dr Petra Ivanova", "role": "prescriber"})
}

pub(crate) fn monitor() -> Value {
    json!({"by": "device", "name": "Monitor 2"})
}

impl Story {
    pub(crate) fn planned() -> Self {
        let id: SessionId = "0190a000-0000-7000-8000-00000000000b".parse().unwrap();
        let mut story = Self {
            session: Session::new(id),
            recorded_at: None,
        };
        story.tell(
            "09:20:00",
            prescriber(),
            json!({"event": "SessionPlanned",
                "patient": "0190a000-0000-7000-8000-00000000000a",
                "room": "2", "planned_for": "2026-11-03T10:00:00-05:00", "earlier_sessions": 1,
                "order": {"drug": "ketamine", "dose": "36", "concentration": "0.6",
                    "volume": "60", "rate": "60", "dosing_weight": "72",
                    "prescriber": "Dr Petra Ivanova"},
                "rules": []}),
        );
        story
    }

    /// Tells one event; gives its identity.
    pub(crate) fn tell(&mut self, clock: &str, by: Value, event: Value) -> String {
        self.tell_at(at(clock), by, event)
    }

    pub(crate) fn tell_at(&mut self, at: Moment, by: Value, event: Value) -> String {
        let version = self.session.version + 1;
        let event_id = format!("0190a000-0000-7000-9000-{version:012x}");
        // An event told late is recorded when it is told.
        let recorded = self.recorded_at.map_or(at, |before| before.max(at));
        self.recorded_at = Some(recorded);
        let event: SessionEvent = serde_json::from_value(event).unwrap();
        let header: Header = serde_json::from_value(json!({
            "tenant": "0190a000-0000-7000-8000-000000000001",
            "position": version,
            "stream": {"kind": "session", "id": self.session.id},
            "stream_version": version,
            "event_id": event_id,
            "kind": "Told", "schema_version": 1,
            "actor": by,
            "command_id": event_id,
            "occurred_at": at, "recorded_at": recorded,
            "previous": "00".repeat(32),
        }))
        .unwrap();
        self.session.apply(&header, event);
        event_id
    }

    pub(crate) fn by_hand(&mut self, clock: &str, values: Value) -> String {
        self.tell(
            clock,
            nurse(),
            json!({"event": "VitalSignsCharted", "values": values, "source": {"source": "hand"}}),
        )
    }

    pub(crate) fn by_device(&mut self, at: Moment, values: Value) -> String {
        self.tell_at(
            at,
            monitor(),
            json!({"event": "VitalSignsCharted", "values": values,
                "source": {"source": "device", "device": "Monitor 2"}}),
        )
    }

    pub(crate) fn correct(&mut self, clock: &str, entry: &str, to: Value, reason: &str) -> String {
        self.tell(
            clock,
            nurse(),
            json!({"event": "EntryCorrected", "entry": entry, "correction": to, "reason": reason}),
        )
    }
}

/// A gate's answer with one rule.
pub(crate) fn verdict(gate: &str, outcome: &str) -> Value {
    json!({"gate": gate, "at": "2026-11-03T10:00:00-05:00", "findings": [{
        "requirement": "fasting-heavy", "policy": "fasting", "version": 1, "outcome": outcome,
        "severity": "hold-today", "says": "At least 8 hours since a heavy meal.",
        "needed": "8 h", "found": "15 h", "met_at": null, "remedy": "Wait.",
        "may_be_overridden_by": ["prescriber"], "second_clinician": false, "source": "clinic"}]})
}

/// The whole visit up to the signature, or not signed.
pub(crate) fn visit(signed: bool) -> Session {
    let mut story = Story::planned();
    story.tell(
        "09:40:00",
        nurse(),
        json!({"event": "PatientCheckedIn", "escort": "Sam Lee", "fasting": {
            "clear_liquid": {"is": "2026-11-03T07:00:00-05:00"},
            "light_meal": "none-such",
            "heavy_meal": {"is": "2026-11-02T19:00:00-05:00"}}}),
    );
    story.tell(
        "09:42:00",
        nurse(),
        json!({"event": "IdentityConfirmed", "identifiers": ["full-name", "birth-date"]}),
    );
    story.by_device(
        at("09:49:30"),
        json!({"systolic": "124", "diastolic": "78", "mean": "93", "heart_rate": "72",
            "respiratory_rate": "14", "oxygen_saturation": "98", "temperature": "36.6"}),
    );
    story.tell(
        "09:55:00",
        nurse(),
        json!({"event": "TimeOutCompleted", "monitoring": "monitor",
            "lines": ["right-person", "order-matches-pump", "allergies-read-aloud"]}),
    );
    story.tell(
        "10:00:00",
        nurse(),
        json!({"event": "DosingStarted", "rate": "60", "verdict": verdict("start-infusion", "unmet"),
            "overridden": {"reason": "Ate at seven, discussed", "role": "prescriber",
                "second_clinician": "Dr Ulla Berg"}}),
    );
    medians(&mut story);
    story.by_device(
        at("10:04:40"),
        json!({"systolic": "138", "diastolic": "84", "mean": "102", "heart_rate": "80",
            "respiratory_rate": "15", "oxygen_saturation": "97"}),
    );
    story.tell(
        "10:06:00",
        nurse(),
        json!({"event": "SedationScored", "score": 4}),
    );
    let slip = story.by_hand("10:12:00", json!({"systolic": "183", "diastolic": "84"}));
    story.correct(
        "10:13:00",
        &slip,
        json!({"to": "vital-signs", "values": {"systolic": "138", "diastolic": "84"}}),
        "Digits transposed",
    );
    story.tell(
        "10:14:00",
        json!({"by": "system", "part": "advisories"}),
        json!({"event": "AdvisoryRaised", "advisory": 1, "notice": {
            "condition": "systolic-high", "says": "Systolic at or above 160 mmHg",
            "priority": "medium", "technical": false, "measured": "183 mmHg",
            "limit": "160 mmHg", "since": "2026-11-03T10:12:00-05:00"}}),
    );
    story.tell(
        "10:15:00",
        nurse(),
        json!({"event": "AdvisoryAcknowledged", "advisory": 1}),
    );
    story.tell(
        "10:19:00",
        nurse(),
        json!({"event": "AdvisoryResolved", "advisory": 1, "how": "repeat reading 138/84"}),
    );
    story.tell(
        "10:17:00",
        nurse(),
        json!({"event": "NoteWritten", "text": "Music changed; asked for water & <quiet>"}),
    );
    story.tell(
        "10:20:00",
        nurse(),
        json!({"event": "InfusionPaused", "reason": "Nausea"}),
    );
    story.tell("10:25:00", nurse(), json!({"event": "InfusionResumed"}));
    story.tell(
        "10:25:00",
        nurse(),
        json!({"event": "InfusionRateChanged", "rate": "45", "reason": "Nausea"}),
    );
    story.tell(
        "10:30:00",
        prescriber(),
        json!({"event": "BolusGiven", "amount": "3"}),
    );
    story.tell(
        "10:31:00",
        nurse(),
        json!({"event": "SupportGiven", "kind": "reassurance", "note": ""}),
    );
    let felt = story.tell(
        "10:31:30",
        nurse(),
        json!({"event": "DistressScored", "score": 8}),
    );
    story.correct(
        "10:32:30",
        &felt,
        json!({"to": "distress", "score": 3}),
        "Wrong button",
    );
    let elsewhere = story.by_hand("10:38:00", json!({"heart_rate": "151"}));
    story.correct(
        "10:38:30",
        &elsewhere,
        json!({"to": "struck"}),
        "Read in another room",
    );
    story.by_hand(
        "10:40:00",
        json!({"systolic": "131", "diastolic": "80", "heart_rate": "77",
            "respiratory_rate": "13", "oxygen_saturation": "96"}),
    );
    story.tell(
        "10:45:00",
        nurse(),
        json!({"event": "InfusionStopped", "why": "person-asked", "note": ""}),
    );
    story.tell("10:46:00", nurse(), json!({"event": "ObservationBegun"}));
    story.by_device(
        at("11:44:30"),
        json!({"systolic": "122", "diastolic": "76", "mean": "91", "heart_rate": "70",
            "respiratory_rate": "14", "oxygen_saturation": "98", "temperature": "36.6"}),
    );
    story.tell(
        "11:45:20",
        nurse(),
        json!({"event": "SedationScored", "score": 5}),
    );
    story.tell(
        "11:45:30",
        nurse(),
        json!({"event": "DistressScored", "score": 1}),
    );
    story.tell(
        "11:45:40",
        nurse(),
        json!({"event": "RecoveryChecked", "check": {
            "activity": "four-limbs", "breathing": "deep", "consciousness": "awake",
            "oxygen": "room-air", "oriented_to": ["person", "place", "time"], "walk": "steady",
            "nausea": "moderate", "pain": "minimal", "bleeding": "minimal", "dissociation": 1,
            "mind": "clear", "cannula": "out", "drank": true, "passed_urine": false}}),
    );
    story.tell(
        "11:46:00",
        nurse(),
        json!({"event": "PatientDischarged", "escort": "Sam Lee",
            "verdict": verdict("discharge", "met")}),
    );
    if signed {
        story.tell(
            "11:50:00",
            prescriber(),
            json!({"event": "SessionSigned",
                "statement": "I have read this record and it is right."}),
        );
    }
    story.session
}

/// One median each minute from 10:01 to 10:20, without 10:08 and 10:09.
fn medians(story: &mut Story) {
    for minute in (1..=20).filter(|minute| !matches!(minute, 8 | 9)) {
        story.by_device(
            at("10:00:00") + Span::from_minutes(minute),
            json!({"heart_rate": (70 + minute % 7).to_string(),
                "respiratory_rate": (12 + minute % 4).to_string(),
                "oxygen_saturation": (95 + minute % 4).to_string()}),
        );
    }
}

/// Who is treated.
pub(crate) fn person() -> Patient {
    let events: Vec<PatientEvent> = [
        json!({"event": "PatientRegistered", "patient": "0190a000-0000-7000-8000-00000000000a",
            "record_number": "0042-118", "family_name": "Moreno", "given_name": "Ana",
            "birth_date": "1984-03-02", "sex": "female"}),
        json!({"event": "AllergiesRecorded", "at": "2026-11-03T09:30:00-05:00", "by": "Nora Quist",
            "allergies": {"known": "list",
                "list": [{"substance": "penicillin", "reaction": "rash"}]}}),
        json!({"event": "BodyWeightMeasured", "kilograms": "72",
            "at": "2026-11-03T09:31:00-05:00", "by": "Nora Quist"}),
    ]
    .into_iter()
    .map(|event| serde_json::from_value(event).unwrap())
    .collect();
    Patient::fold(&events)
}
