//! A story as its folder tells it. The fields are explained in `scenarios/README.md`.

use clinical::course::session::VitalSigns;
use clinical::patient::{CivilDate, Sex};
use clinical::record::{PatientId, SessionId};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};
use units::Moment;

#[derive(Deserialize)]
pub struct Story {
    pub zone: String,
    pub advisories: bool,
    pub patient: Person,
    pub device: Monitor,
    pub session: Identified,
    pub step: Vec<Step>,
}

#[derive(Deserialize)]
pub struct Person {
    pub id: PatientId,
    pub record_number: String,
    pub family_name: String,
    pub given_name: String,
    pub birth_date: CivilDate,
    pub sex: Sex,
}

#[derive(Deserialize)]
pub struct Monitor {
    pub wire_key: String,
    pub name: String,
    pub profile: String,
    pub associated_at: Moment,
    #[serde(default)]
    pub released_at: Option<Moment>,
}

#[derive(Deserialize)]
pub struct Identified {
    pub id: SessionId,
}

#[derive(Deserialize)]
pub struct Step {
    pub at: Moment,
    #[serde(default)]
    pub by: Option<String>,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub corrects: Option<String>,
    #[serde(default)]
    pub command: Option<toml::Table>,
    #[serde(default)]
    pub frame: Option<String>,
    #[serde(default)]
    pub again: Option<Again>,
    #[serde(default)]
    pub expect: Expected,
}

/// The frame is said again and again, with its times moved on.
#[derive(Deserialize)]
pub struct Again {
    pub every_seconds: i64,
    pub until: Moment,
}

#[derive(Deserialize, Default)]
pub struct Expected {
    #[serde(default)]
    pub events: Vec<String>,
    #[serde(default)]
    pub holds: Vec<Map<String, Value>>,
    #[serde(default)]
    pub refused: Option<String>,
    #[serde(default)]
    pub unmet: Vec<String>,
    #[serde(default)]
    pub acknowledged: Option<String>,
    #[serde(default)]
    pub charted: Option<Charted>,
    #[serde(default)]
    pub notices: Vec<Notice>,
    #[serde(default)]
    pub feed: Option<String>,
    #[serde(default)]
    pub feed_says: Option<String>,
    #[serde(default)]
    pub delivered: Option<Map<String, Value>>,
    #[serde(default)]
    pub tiles: Vec<Map<String, Value>>,
}

#[derive(Deserialize)]
pub struct Charted {
    pub at: Moment,
    pub values: VitalSigns,
}

/// What the clinic's rules do by themselves: raise a notice, tell a second person, or end one.
#[derive(Deserialize)]
pub struct Notice {
    pub at: Moment,
    #[serde(flatten)]
    pub holds: Map<String, Value>,
}

impl Notice {
    /// The name of its event.
    pub fn event(&self) -> &'static str {
        if self.holds.contains_key("resolved") {
            "AdvisoryResolved"
        } else if self.holds.contains_key("escalated") {
            "AdvisoryEscalated"
        } else {
            "AdvisoryRaised"
        }
    }
}

#[derive(Deserialize)]
pub struct Searches {
    pub search: Vec<Asked>,
}

#[derive(Deserialize)]
pub struct Asked {
    pub kind: String,
    pub query: String,
    pub count: usize,
    #[serde(default)]
    pub fragments: Vec<Fragment>,
}

#[derive(Deserialize)]
pub struct Fragment {
    pub at: String,
    #[serde(default)]
    pub is: Option<String>,
    #[serde(default)]
    pub number: Option<String>,
}

#[derive(Deserialize)]
pub struct Printed {
    pub has: Vec<String>,
    #[serde(default)]
    pub has_not: Vec<String>,
}

/// A story's folder.
pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../scenarios")
        .join(name)
}

/// One of its files.
pub fn read<T: DeserializeOwned>(path: &Path) -> T {
    let text = std::fs::read_to_string(path).unwrap();
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A frame's bytes at a moment: `{now}` in it is that moment, as the monitor writes it.
pub fn frame(name: &str, frame: &str, zone: &jiff::tz::TimeZone, at: Moment) -> Vec<u8> {
    let path = folder(name).join(format!("frames/{frame}.hl7"));
    let text = std::fs::read_to_string(&path).unwrap();
    let now = at.timestamp().to_zoned(zone.clone());
    let now = now.strftime("%Y%m%d%H%M%S.000%z").to_string();
    text.replace("{now}", &now).into_bytes()
}
