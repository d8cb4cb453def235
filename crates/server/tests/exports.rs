//! Taking the record out of the house: what a research export tells and what it does not, and whether
//! the whole record can be read and proved without this program.
//!
//! Witness: six invented people whose numbers are worked out by hand in the comments.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::house::{House, nurse};
use clinical::course::session::{Command, Correction, SessionEvent};
use clinical::instrument::{Answer as Said, Answers, Points};
use clinical::patient::{Channel, Contacts, MergeCommand, PatientEvent, Sex};
use clinical::record::{Actor, CommandId, EventId, PatientId, Role, SessionId, StaffId};
use server::clock::{Clock, Hand};
use server::exports::{Asked, Progress, Refused, everything, research};
use server::outcomes::{By, Entry, enter, strike};
use server::patients;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use units::{Moment, Span};
use uuid::Uuid;

/// 20 November 2026, 09:00 UTC: a Friday.
const BEGAN: Moment = Moment::from_microseconds(1_795_165_200_000_000);

/// Stands in everything that somebody can type.
const TYPED: &str = "Zyxwvut";

struct Clinic {
    house: House,
    hand: Hand,
    people: Vec<PatientId>,
    sessions: Vec<SessionId>,
}

const fn days(days: i64) -> Span {
    Span::from_hours(24 * days)
}

fn by(patient: PatientId) -> By {
    By {
        command_id: CommandId(Uuid::now_v7()),
        actor: nurse(),
        patient,
    }
}

impl Clinic {
    /// So many women of 47 years with a visit each, a PHQ-9 of 20 points the day before it, and one
    /// of 9 points ten days after it.
    fn of(number: usize) -> Self {
        let (clock, hand) = Clock::starting_at(BEGAN);
        let house = House::staffed(|configuration| configuration.clock = clock);
        let mut clinic = Self {
            house,
            hand,
            people: Vec::new(),
            sessions: Vec::new(),
        };
        for place in 1..=number {
            let (patient, session) = clinic
                .house
                .ready_session(&format!("{TYPED}-{place}"), &place.to_string());
            clinic.phq9(patient, 20, BEGAN - days(1));
            clinic.house.runs_and_goes_home(&clinic.hand, session);
            let now = clinic.house.application().clock.now();
            let note = Command::WriteNote {
                text: format!("{TYPED} wept."),
            };
            clinic.house.tell(session, now, note).unwrap();
            clinic.people.push(patient);
            clinic.sessions.push(session);
        }
        clinic.hand.advance(days(20));
        for patient in clinic.people.clone() {
            clinic.phq9(patient, 9, BEGAN + days(10));
        }
        clinic
    }

    fn phq9(&self, patient: PatientId, total: i32, filled: Moment) -> Uuid {
        let by = by(patient);
        let sheet = Uuid::new_v5(&by.command_id.0, b"sheet");
        let entry = Entry {
            scale: "phq-9".to_owned(),
            answers: Answers::new(),
            total: Points::whole(total),
            filled: Some(filled),
        };
        let done = enter(self.house.application(), by, entry);
        self.house.wait_for(done).unwrap();
        sheet
    }

    fn register(&self, born: &str, sex: Sex) -> PatientId {
        let patient = PatientId(Uuid::now_v7());
        let now = self.house.application().clock.now();
        let contacts = Contacts {
            email: Some(format!("{TYPED}@example.org")),
            mobile: Some("+49 170 9871234".to_owned()),
            channels: vec![Channel::Email],
            ..Contacts::unknown(clinical::leaflet::Language::English)
        };
        let events = vec![
            PatientEvent::PatientRegistered {
                patient,
                record_number: format!("{TYPED}-{patient}"),
                family_name: TYPED.to_owned(),
                given_name: TYPED.to_owned(),
                birth_date: born.parse().unwrap(),
                sex,
            },
            PatientEvent::ContactsRecorded {
                contacts,
                at: now,
                by: TYPED.to_owned(),
            },
        ];
        let done = self.house.wait_for(patients::register(
            self.house.application(),
            CommandId(Uuid::now_v7()),
            nurse(),
            patient,
            events,
            |_| EventId(Uuid::now_v7()),
            now,
        ));
        done.unwrap();
        patient
    }

    fn export(&self, folder: &Path, seed: u64) -> Result<server::exports::Wrote, Refused> {
        let asked = Asked {
            seed,
            from: None,
            to: None,
        };
        let progress = Progress::default();
        let application = self.house.application();
        self.house
            .wait_for(research(application, asked, folder, &progress))
    }

    /// The tables of an export with this seed, by name.
    fn tables(&self, seed: u64) -> BTreeMap<String, Vec<Row>> {
        let folder = tempfile::tempdir().unwrap();
        let into = folder.path().join("out");
        self.export(&into, seed).unwrap();
        files(&into)
            .into_iter()
            .filter_map(|(name, bytes)| {
                let table = name.strip_suffix(".csv")?.to_owned();
                Some((table, rows(&bytes)))
            })
            .collect()
    }
}

type Row = BTreeMap<String, String>;

fn rows(csv: &[u8]) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(csv);
    let rows: Result<Vec<Row>, csv::Error> = reader.deserialize().collect();
    rows.unwrap()
}

fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            found.insert(name, fs::read(&path).unwrap());
        }
    }
    found
}

fn column(rows: &[Row], name: &str) -> Vec<String> {
    rows.iter().map(|row| row[name].clone()).collect()
}

#[test]
fn a_research_export_tells_what_happened_and_nothing_by_which_somebody_is_named() {
    // Hazard: H71
    let clinic = Clinic::of(5);
    let man = clinic.register("1951-02-03", Sex::Male);
    clinic.phq9(man, 12, BEGAN + days(2));
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join("out");
    let wrote = clinic.export(&into, 7).unwrap();
    let files = files(&into);
    assert_eq!(wrote.manifest.people, 6);
    // Nine tables twice, two dictionaries and the manifest.
    assert_eq!(files.len(), 21);
    let mut unspeakable: Vec<String> = [
        TYPED,
        "Quill",
        "QUILL",
        "Rosa",
        "1979-08-21",
        "1951-02-03",
        "wept",
        "Sam Lee",
        "Ivanova",
        "Petra",
        "9871234",
        "2026-11-20",
        "2026-11-19",
    ]
    .map(str::to_owned)
    .into();
    unspeakable.extend(clinic.people.iter().map(ToString::to_string));
    unspeakable.extend(clinic.sessions.iter().map(ToString::to_string));
    for (name, bytes) in &files {
        let text = String::from_utf8_lossy(bytes).to_lowercase();
        for word in &unspeakable {
            assert!(!text.contains(&word.to_lowercase()), "{word} is in {name}");
        }
    }
    // What the manifest says of each file is so.
    for line in &wrote.manifest.files {
        let bytes = &files[&line.name];
        assert_eq!(line.sha256, hex::encode(Sha256::digest(bytes)));
        assert_eq!(line.bytes, bytes.len() as u64);
    }
    let sessions = rows(&files["sessions.csv"]);
    assert_eq!(sessions.len(), 5);
    for session in &sessions {
        // 36 mg for 72 kg was ordered; half an hour at 60 mL/h of 0.6 mg/mL went in.
        let told = [
            "planned_mg",
            "planned_mg_per_kg",
            "given_mg",
            "given_mg_per_kg",
            "minutes",
            "ended",
        ]
        .map(|name| session[name].as_str());
        assert_eq!(
            told,
            ["36.00", "0.50", "18.00", "0.25", "30", "person-asked"]
        );
        assert_eq!(
            (
                session["day"].as_str(),
                session["minutes_to_leaving"].as_str()
            ),
            ("0", "61")
        );
    }
    let scores = rows(&files["scores.csv"]);
    assert_eq!(scores.len(), 11);
    // Before: 5 minutes before the start; after: 46 and 61 minutes after the end.
    let first: Vec<Row> = rows(&files["vital_signs.csv"])
        .into_iter()
        .filter(|row| row["person"] == sessions[0]["person"])
        .collect();
    assert_eq!(column(&first, "seconds"), ["-300", "4560", "5460"]);
    assert_eq!(column(&first, "systolic")[0], "122.00");
    let outcomes = rows(&files["outcomes.csv"]);
    // 9 of 20 is 55 % less: a response, and no remission (below 5).
    let of_first: BTreeMap<String, String> = outcomes
        .iter()
        .filter(|row| row["person"] == sessions[0]["person"])
        .map(|row| (row["definition"].clone(), row["found"].clone()))
        .collect();
    assert_eq!(of_first["response"], "met");
    assert_eq!(of_first["remission"], "not-met");
    assert_eq!(of_first["relapse"], "not-known");
}

#[test]
fn a_person_has_one_number_everywhere_and_what_lies_between_days_stays_exact() {
    // Hazard: H71
    let clinic = Clinic::of(5);
    let tables = clinic.tables(7);
    let people: BTreeSet<String> = column(&tables["people"], "person").into_iter().collect();
    assert_eq!(people.len(), 5);
    let mut weeks = BTreeSet::new();
    for (table, rows) in &tables {
        let theirs: BTreeSet<String> = column(rows, "person").into_iter().collect();
        assert!(theirs.is_subset(&people), "{table}");
    }
    let day = |text: &String| text.parse::<clinical::patient::CivilDate>().unwrap();
    let began = "2026-11-20".parse().unwrap();
    for person in &people {
        let theirs: Vec<Row> = tables["scores"]
            .iter()
            .filter(|row| row["person"] == *person)
            .cloned()
            .collect();
        assert_eq!(column(&theirs, "day"), ["-1", "10"]);
        let on: Vec<_> = column(&theirs, "on").iter().map(day).collect();
        assert_eq!(on[1].days_since(on[0]), 11);
        let session = tables["sessions"]
            .iter()
            .find(|row| row["person"] == *person)
            .unwrap();
        let session = day(&session["on"]);
        assert_eq!(session.days_since(on[0]), 1);
        // Back by whole weeks: a Friday stays one.
        let back = -session.days_since(began);
        assert!(back >= 7 && back % 7 == 0 && back <= 52 * 7, "{back}");
        weeks.insert(back);
    }
    assert!(weeks.len() > 1, "everybody is moved alike");
    // Another seed gives other numbers and other weeks; the same one the same bytes.
    let other = clinic.tables(8);
    let others: BTreeSet<String> = column(&other["people"], "person").into_iter().collect();
    assert!(others.is_disjoint(&people));
    assert_ne!(
        column(&other["sessions"], "on"),
        column(&tables["sessions"], "on")
    );
    let folder = tempfile::tempdir().unwrap();
    let twice = ["one", "two"].map(|name| {
        let into = folder.path().join(name);
        clinic.export(&into, 7).unwrap();
        files(&into)
    });
    assert_eq!(twice[0], twice[1]);
}

#[test]
fn one_man_among_five_women_is_not_to_be_known_and_of_four_people_nothing_is_told() {
    // Hazard: H71
    let clinic = Clinic::of(5);
    let told = |tables: &BTreeMap<String, Vec<Row>>| {
        let mut told: Vec<(String, String)> = tables["people"]
            .iter()
            .map(|row| (row["sex"].clone(), row["age_band"].clone()))
            .collect();
        told.sort();
        told.dedup();
        told
    };
    let pair = |sex: &str, band: &str| (sex.to_owned(), band.to_owned());
    // Born on 21 August 1979, they were 47 on 19 November 2026.
    assert_eq!(told(&clinic.tables(7)), [pair("female", "45-49")]);
    let man = clinic.register("1951-02-03", Sex::Male);
    // Nothing is told of him yet.
    assert_eq!(clinic.tables(7)["people"].len(), 5);
    clinic.phq9(man, 12, BEGAN + days(2));
    let with_him = clinic.tables(7);
    assert_eq!(with_him["people"].len(), 6);
    assert_eq!(told(&with_him), [pair("withheld", "withheld")]);

    let few = Clinic::of(4);
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join("out");
    assert!(matches!(few.export(&into, 7), Err(Refused::TooFew(_))));
    // Nothing is left behind, half done or whole.
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn what_was_struck_is_not_told_and_an_answer_is_told_as_the_scales_file_knows_it() {
    // Hazard: H71
    let clinic = Clinic::of(5);
    let (patient, session) = (clinic.people[0], clinic.sessions[0]);
    let wrong = clinic.phq9(patient, 27, BEGAN + days(12));
    let application = clinic.house.application();
    let struck = strike(application, by(patient), wrong, "another person’s");
    clinic.house.wait_for(struck).unwrap();
    let entries = clinic.house.session(session).entries.clone();
    let distress = entries
        .iter()
        .find(|entry| matches!(entry.event, SessionEvent::DistressScored { .. }))
        .unwrap();
    let now = application.clock.now();
    let correct = Command::CorrectEntry {
        entry: distress.event_id,
        correction: Correction::Struck,
        reason: "typed twice".to_owned(),
    };
    clinic.house.tell(session, now, correct).unwrap();
    // One answer of seven: it is told by its name and its points, and comes to no score.
    let entry = Entry {
        scale: "gad-7".to_owned(),
        answers: Answers::new().with("1", Said::Chosen("several-days".to_owned())),
        total: None,
        filled: Some(BEGAN + days(11)),
    };
    let entered = enter(application, by(patient), entry);
    clinic.house.wait_for(entered).unwrap();
    let tables = clinic.tables(7);
    assert!(!column(&tables["scores"], "points").contains(&"27.000000".to_owned()));
    let distress = |rows: &[Row]| rows.iter().filter(|row| row["what"] == "distress").count();
    // Two looks of five people, less the struck one.
    assert_eq!(distress(&tables["ratings"]), 9);
    let answers = &tables["answers"];
    assert_eq!(answers.len(), 1);
    let told = ["scale", "item", "answer", "points", "day"].map(|name| answers[0][name].as_str());
    assert_eq!(told, ["gad-7", "1", "several-days", "1.000000", "11"]);
}

#[test]
fn two_records_that_were_merged_are_one_person() {
    // Hazard: H71
    let clinic = Clinic::of(6);
    let (from, into) = (clinic.people[0], clinic.people[1]);
    let before = clinic.tables(7);
    assert_eq!(before["people"].len(), 6);
    let by = |name: &str, id: u128| patients::By {
        command_id: CommandId(Uuid::now_v7()),
        actor: Actor::Person {
            id: StaffId(Uuid::from_u128(id)),
            name: name.to_owned(),
            role: Role::MedicalDirector,
        },
        name: name.to_owned(),
    };
    let application = clinic.house.application();
    let propose = MergeCommand::Propose {
        reason: "the same birth date".to_owned(),
    };
    for (by, command) in [
        (by("Ada", 1), propose),
        (by("Bo", 2), MergeCommand::Confirm),
    ] {
        let merged = patients::merge(application, by, from, into, command);
        clinic.house.wait_for(merged).unwrap();
    }
    let tables = clinic.tables(7);
    assert_eq!(tables["people"].len(), 5);
    let two: Vec<&Row> = tables["people"]
        .iter()
        .filter(|row| row["sessions"] == "2")
        .collect();
    assert_eq!(two.len(), 1);
    let theirs = column(
        &tables["sessions"]
            .iter()
            .filter(|row| row["person"] == two[0]["person"])
            .cloned()
            .collect::<Vec<Row>>(),
        "session",
    );
    assert_eq!(theirs, ["1", "2"]);
    assert_eq!(tables["sessions"].len(), 6);
}

#[test]
fn a_short_stretch_of_time_would_tell_when_somebody_was_treated_and_is_refused() {
    // Hazard: H71
    let clinic = Clinic::of(5);
    let folder = tempfile::tempdir().unwrap();
    let application = clinic.house.application();
    let export = |from: &str, to: &str| {
        let asked = Asked {
            seed: 7,
            from: Some(from.parse().unwrap()),
            to: Some(to.parse().unwrap()),
        };
        let into = folder.path().join(format!("{from}-{to}"));
        let progress = Progress::default();
        clinic
            .house
            .wait_for(research(application, asked, &into, &progress))
    };
    // 181 and 182 days.
    assert!(matches!(
        export("2026-06-03", "2026-11-30"),
        Err(Refused::TooShort(182))
    ));
    assert_eq!(
        export("2026-06-02", "2026-11-30").unwrap().manifest.people,
        5
    );
    // Today is 10 December: a far end makes a stretch no longer.
    assert!(matches!(
        export("2026-11-01", "2028-11-30"),
        Err(Refused::TooShort(182))
    ));
    // The first drug was on 20 November.
    let none = export("2026-01-01", "2026-11-19");
    assert!(matches!(none, Err(Refused::TooFew(_))));
}

#[test]
fn the_whole_record_can_be_read_line_by_line_and_proved_without_this_program() {
    // Hazard: H71
    let clinic = Clinic::of(2);
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join("out");
    let application = clinic.house.application();
    let progress = Progress::default();
    let wrote = clinic
        .house
        .wait_for(everything(application, &into, &progress))
        .unwrap();
    let head = clinic
        .house
        .wait_for(application.store.head(application.tenant))
        .unwrap();
    let lines = fs::read_to_string(into.join("events.ndjson")).unwrap();
    let mut previous = [0_u8; 32];
    let mut seals: Vec<[u8; 32]> = Vec::new();
    for (place, line) in (1_u64..).zip(lines.lines()) {
        let event: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(event["position"], place);
        let text = |name: &str| event[name].as_str().unwrap();
        let header: serde_json::Value = serde_json::from_str(text("header")).unwrap();
        assert_eq!(header["previous"], hex::encode(previous));
        let mut seal = Sha256::new();
        seal.update([0]);
        seal.update(Sha256::digest(text("header")));
        seal.update(Sha256::digest(text("body")));
        previous = seal.finalize().into();
        assert_eq!(text("seal"), hex::encode(previous));
        let _: serde_json::Value = serde_json::from_str(text("body")).unwrap();
        seals.push(previous);
    }
    assert_eq!(seals.len() as u64, head.size);
    assert_eq!(previous, head.last_leaf);
    assert_eq!(root(&seals), head.root);
    assert_eq!(
        (wrote.events, wrote.root),
        (head.size, hex::encode(head.root))
    );
    // Names are in it, and it says so.
    assert!(lines.contains(TYPED));
    let readme = fs::read_to_string(into.join("README.md")).unwrap();
    assert!(readme.contains("PEOPLE STAND IN IT BY NAME"));
    let patients = fs::read_to_string(into.join("fhir/Patient.ndjson")).unwrap();
    assert_eq!(patients.lines().count(), 2);
    // Every file is what the manifest says.
    let manifest = fs::read(into.join("manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    for line in manifest["files"].as_array().unwrap() {
        let bytes = fs::read(into.join(line["name"].as_str().unwrap())).unwrap();
        assert_eq!(line["sha256"], hex::encode(Sha256::digest(&bytes)));
    }
    // A folder with something in it is left alone.
    let again = clinic
        .house
        .wait_for(everything(application, &into, &progress));
    assert!(matches!(again, Err(Refused::NotEmpty(_))));
}

/// RFC 6962, section 2.1, written for this test.
fn root(seals: &[[u8; 32]]) -> [u8; 32] {
    match seals {
        [] => Sha256::digest([]).into(),
        [one] => *one,
        _many => {
            let half = seals.len().next_power_of_two() / 2;
            let (left, right) = seals.split_at(half);
            let mut node = Sha256::new();
            node.update([1]);
            node.update(root(left));
            node.update(root(right));
            node.finalize().into()
        }
    }
}

#[test]
fn on_the_page_an_export_is_made_beside_all_else_and_the_whole_record_is_the_owners_alone() {
    // Hazard: H71
    let clinic = Clinic::of(5);
    let mut director = clinic.house.person("medical-director");
    let page = director.page("/exports").text();
    assert!(page.contains("Make the research export"));
    assert!(!page.contains("Export everything"));
    let wrong = director.send(
        "/exports/research",
        &[("seed", "seven"), ("from", ""), ("to", "")],
    );
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("Enter a whole number"));
    let fields = [("seed", "7"), ("from", ""), ("to", "")];
    assert_eq!(director.send("/exports/research", &fields).status, 303);
    let done = |house: &House| {
        let newest = house.application().exports.newest();
        newest.is_some_and(|job| !job.is_running())
    };
    assert!(
        clinic
            .house
            .becomes(std::time::Duration::from_secs(30), done)
    );
    let page = director.page("/exports").text();
    assert!(
        page.contains("<strong class=\"numbers\">5</strong> people"),
        "{page}"
    );
    let job = clinic.house.application().exports.newest().unwrap().id;
    let file = director.page(&format!("/exports/{job}/file"));
    assert_eq!(file.status, 200);
    assert_eq!(file.header("content-type"), Some("application/x-tar"));

    let mut owner = clinic.house.person("owner");
    let unsaid = owner.send("/exports/everything", &[("reason", " ")]);
    assert_eq!(unsaid.status, 422);
    let fields = [("reason", "We move to another program.")];
    assert_eq!(owner.send("/exports/everything", &fields).status, 303);
    assert!(
        clinic
            .house
            .becomes(std::time::Duration::from_secs(30), done)
    );
    let page = owner.page("/exports").text();
    assert!(page.contains("PEOPLE STAND IN IT BY NAME."));
    let job = clinic.house.application().exports.newest().unwrap().id;
    assert_eq!(owner.page(&format!("/exports/{job}/file")).status, 200);
    // The director may make one, and neither sees nor fetches this one.
    assert_eq!(director.page(&format!("/exports/{job}/file")).status, 404);
    assert!(!director.page("/exports").text().contains("Save the file"));
    let application = clinic.house.application();
    let log = clinic
        .house
        .wait_for(application.store.audit(application.tenant, None, 500))
        .unwrap();
    let noted = |action: &str, detail: &str| {
        log.iter()
            .filter(|row| row.entry.action == action && row.entry.detail == detail)
            .count()
    };
    assert_eq!(noted("make a research export", "everybody"), 1);
    assert_eq!(noted("fetch a research export", ""), 1);
    assert_eq!(
        noted(
            "export the whole record, by name",
            "We move to another program."
        ),
        1
    );
    assert_eq!(noted("fetch the whole record, by name", ""), 1);
    server::exports::forget_old(application).unwrap();
}
