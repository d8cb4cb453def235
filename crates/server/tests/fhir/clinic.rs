//! A clinic in New York at night, so that its days are not those of universal time, and a program
//! that asks about it.

use crate::house::{House, json};
use crate::stranger::http::{Answer, Connection, encoded, get, post};
use clinical::course::session::{Command, Stop, VitalSigns};
use clinical::record::{DeviceId, PatientId, SessionId, StaffId};
use clinical::vital_signs::Source;
use fhirkit::r4;
use serde_json::Value;
use server::clock::{Clock, Hand};
use server::identity::digest;
use std::cell::RefCell;
use store::ApiClient;
use units::{BeatsPerMinute, Decimal, MillimetresOfMercury, Moment, OxygenSaturation, Span};
use uuid::Uuid;

/// Half past eleven at night on 3 November 2026 in New York, which is on standard time.
pub const BEGAN: &str = "2026-11-04T04:30:00Z";
pub const SECRET: &str = "a secret of the program";
pub const LOINC: &str = "http://loinc.org";
pub const MONITOR: &str = "0200E5FFFEAB0001";

/// The clinic, with one infusion of an hour that began at [`BEGAN`], and a person who waits.
pub struct Clinic {
    pub house: House,
    pub hand: Hand,
    pub rosa: PatientId,
    pub session: SessionId,
    pub other: PatientId,
    pub other_session: SessionId,
    pub monitor: DeviceId,
    token: RefCell<String>,
    connection: RefCell<Connection>,
}

impl Clinic {
    pub fn open() -> Self {
        Self::open_on(None)
    }

    /// The same on another store than a fresh SQLite file.
    pub fn open_on(store: Option<String>) -> Self {
        let (clock, hand) = Clock::starting_at(moment(BEGAN));
        let house = House::empty(|configuration| {
            configuration.clock = clock;
            if let Some(store) = store {
                configuration.store = store;
            }
            configuration.zone = jiff::tz::TimeZone::get("America/New_York").unwrap();
        });
        let application = house.application();
        for (id, scopes) in [
            ("reader", "system/*.rs"),
            ("devices", "system/Device.rs"),
            ("one-by-one", "system/Patient.r system/Observation.s"),
        ] {
            let client = ApiClient {
                client_id: id.to_owned(),
                staff: StaffId(Uuid::from_u128(0xc11e)),
                name: id.to_owned(),
                secret_digest: digest(SECRET),
                scopes: scopes.to_owned(),
            };
            house
                .wait_for(application.store.put_client(application.tenant, client))
                .unwrap();
        }
        let monitor = house.device(MONITOR, "Monitor room 1", "generic-pcd01");
        let (rosa, session) = house.ready_session("0042-118", "1");
        let (other, other_session) = house.ready_session("0042-119", "2");
        let start = Command::StartInfusion {
            override_reason: None,
            second_clinician: None,
        };
        house.tell(session, moment(BEGAN), start).unwrap();
        let connection = RefCell::new(Connection::open(house.http()).unwrap());
        let clinic = Self {
            house,
            hand,
            rosa,
            session,
            other,
            other_session,
            monitor,
            token: RefCell::default(),
            connection,
        };
        clinic.renew();
        clinic
    }

    /// Asks for a new token, as a program does when its hour is over.
    pub fn renew(&self) {
        *self.token.borrow_mut() = self.token_of("reader", &[]).unwrap();
    }

    /// A program's token.
    pub fn token_of(&self, id: &str, more: &[(&str, &str)]) -> Option<String> {
        let answer = self.ask_for_token(id, SECRET, more);
        let body = json(&answer);
        Some(body["access_token"].as_str()?.to_owned())
    }

    pub fn ask_for_token(&self, id: &str, secret: &str, more: &[(&str, &str)]) -> Answer {
        let mut fields = vec![
            ("grant_type", "client_credentials"),
            ("client_id", id),
            ("client_secret", secret),
        ];
        fields.extend_from_slice(more);
        self.send(&post("/oauth/token", &[], &fields))
    }

    pub fn send(&self, request: &[u8]) -> Answer {
        self.connection.borrow_mut().send(request).unwrap()
    }

    /// Asks with the program's token and further headers.
    pub fn ask(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let bearer = format!("Bearer {}", self.token.borrow());
        let mut all = vec![("authorization", bearer.as_str())];
        all.extend_from_slice(headers);
        self.send(&get(path, &all))
    }

    /// The same as a form.
    pub fn ask_by_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let bearer = format!("Bearer {}", self.token.borrow());
        self.send(&post(path, &[("authorization", &bearer)], fields))
    }

    /// A resource that is there.
    pub fn read(&self, path: &str) -> Value {
        let answer = self.ask(path, &[]);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        witnessed(&answer)
    }

    /// The ids that a search finds, in its order; every page is read.
    pub fn ids(&self, search: &str) -> Vec<String> {
        let mut path = format!("/fhir/{search}");
        let mut ids = Vec::new();
        loop {
            let page = self.read(&path);
            assert_eq!(page["type"], "searchset", "{search}");
            ids.extend(entries(&page).iter().map(id_of));
            match link(&page, "next") {
                Some(next) => path = next,
                None => return ids,
            }
        }
    }

    pub fn count(&self, search: &str) -> usize {
        self.ids(search).len()
    }

    /// Refused, with this status and an outcome that says why.
    pub fn refused(&self, path: &str, status: u16) -> Value {
        let answer = self.ask(path, &[]);
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        outcome(&answer)
    }

    /// Vital signs, charted so many minutes after the beginning.
    pub fn chart(&self, session: SessionId, minute: i64, source: Source, numbers: [i64; 4]) {
        let at = moment(BEGAN) + Span::from_minutes(minute);
        let command = Command::ChartVitalSigns {
            values: values(numbers),
            source,
            timing: None,
        };
        self.tell(session, at, command);
    }

    /// A command at a moment to which the clock is moved.
    pub fn tell(&self, session: SessionId, at: Moment, command: Command) {
        self.hand.advance_to(at);
        self.house.tell(session, at, command).unwrap();
    }

    /// Ends the infusion an hour after its beginning: half past midnight of the next day.
    pub fn end(&self) {
        let at = moment(BEGAN) + Span::from_minutes(60);
        let stop = Command::StopInfusion {
            why: Stop::Completed,
            note: String::new(),
        };
        self.tell(self.session, at, stop);
        self.renew();
    }
}

pub fn by_monitor() -> Source {
    Source::Device {
        device: MONITOR.to_owned(),
    }
}

/// Systolic, diastolic, heart rate, saturation.
pub fn values([systolic, diastolic, heart_rate, saturation]: [i64; 4]) -> VitalSigns {
    let pressure = |value| MillimetresOfMercury::new(Decimal::from(value)).ok();
    VitalSigns {
        systolic: pressure(systolic),
        diastolic: pressure(diastolic),
        heart_rate: BeatsPerMinute::new(Decimal::from(heart_rate)).ok(),
        oxygen_saturation: OxygenSaturation::new(Decimal::from(saturation)).ok(),
        ..VitalSigns::default()
    }
}

pub fn moment(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

/// What an answer says, after another library has read it and found nothing to say against it.
pub fn witnessed(answer: &Answer) -> Value {
    assert_eq!(
        answer.header("content-type"),
        Some("application/fhir+json"),
        "{}",
        answer.text()
    );
    let text = answer.text();
    let (resource, issues) = fhirkit::from_json::<r4::Resource>(&text).unwrap();
    assert!(issues.is_empty(), "{issues:?}\n{text}");
    let again: Value = serde_json::from_str(&fhirkit::to_json(&resource.unwrap())).unwrap();
    let said = json(answer);
    assert_eq!(again, said);
    said
}

/// An OperationOutcome with at least one error.
pub fn outcome(answer: &Answer) -> Value {
    let said = witnessed(answer);
    assert_eq!(said["resourceType"], "OperationOutcome", "{said}");
    assert_eq!(said["issue"][0]["severity"], "error", "{said}");
    said
}

/// The resources that fit.
pub fn entries(bundle: &Value) -> Vec<Value> {
    let all = bundle["entry"].as_array().cloned().unwrap_or_default();
    all.into_iter()
        .filter(|entry| entry["search"]["mode"] == "match")
        .map(|entry| {
            let of = &entry["resource"];
            let kind = of["resourceType"].as_str().unwrap();
            let full = entry["fullUrl"].as_str().unwrap();
            let tail = format!("/fhir/{kind}/{}", of["id"].as_str().unwrap());
            assert!(
                full.starts_with("http://") && full.ends_with(&tail),
                "{full}"
            );
            of.clone()
        })
        .collect()
}

pub fn id_of(resource: &Value) -> String {
    resource["id"].as_str().unwrap().to_owned()
}

/// The path and query of a link.
pub fn link(bundle: &Value, relation: &str) -> Option<String> {
    let links = bundle["link"].as_array().unwrap();
    let found = links.iter().find(|link| link["relation"] == relation)?;
    let url = found["url"].as_str().unwrap();
    let at = url.find("/fhir/").unwrap();
    Some(url[at..].to_owned())
}

/// `name=value`, encoded.
pub fn pair(name: &str, value: &str) -> String {
    format!("{name}={}", encoded(value))
}
