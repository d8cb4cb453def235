//! `evenkeel import` as a shell sees it: exit codes, what is told, and what stands in the record
//! afterwards. The export is the made-up one of `crates/exchange/tests/import/`.

use crate::house::{House, nurse};
use clinical::course::intake::Command::Say;
use clinical::course::intake::{Item, Said, Through};
use clinical::course::screening::person::Source;
use clinical::leaflet::Language;
use clinical::patient::{Allergies, Patient, PatientEvent, Sex};
use clinical::record::{CommandId, EventId, PatientId};
use serde_json::Value;
use server::history::Speaker;
use server::{history, outcomes, patients};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use units::Moment;
use uuid::Uuid;

/// A clinic whose server is stopped, its store, and the owner's password.
struct Stopped {
    house: House,
    store: String,
    password: String,
}

impl Stopped {
    fn with(fill: impl FnOnce(&House)) -> Self {
        let mut store = String::new();
        let mut house = House::staffed(|configuration| store.clone_from(&configuration.store));
        let users = &house.credentials.as_ref().unwrap().users;
        let owner = users.iter().find(|user| user.username == "owner").unwrap();
        let password = owner.password.clone();
        fill(&house);
        house.stop();
        Self {
            house,
            store,
            password,
        }
    }

    fn events(&self) -> i64 {
        let path = self.store.strip_prefix("sqlite:").unwrap();
        let opened = rusqlite::Connection::open(path).unwrap();
        let count = "SELECT count(*) FROM event";
        opened.query_row(count, [], |row| row.get(0)).unwrap()
    }

    fn run(&self, from: &Path, more: &[&str], typed: &str) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
            .args(["import", "--store", &self.store, "--from"])
            .arg(from)
            .args(more)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A run that asks for no password may have ended already.
        let _ = writeln!(child.stdin.take().unwrap(), "{typed}");
        child.wait_with_output().unwrap()
    }

    fn bring(&self, from: &Path) -> Value {
        let output = self.run(from, &["--by", "owner", "--format", "json"], &self.password);
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn verify(&self) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_evenkeel"));
        command.args(["verify", "--store", &self.store]);
        command.output().unwrap()
    }
}

fn export() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../exchange/tests/import/osmind-made-up")
}

fn numbers(value: &Value, names: [&str; 4]) -> [i64; 4] {
    names.map(|name| value[name].as_i64().unwrap())
}

/// People, allergies, medicines and totals: written now, and by an earlier run.
fn brought(told: &Value) -> [[i64; 2]; 4] {
    ["people", "allergies", "medicines", "scores"].map(|kind| {
        let count = &told["brought"][kind];
        [&count["new"], &count["before"]].map(|number| number.as_i64().unwrap())
    })
}

fn person(house: &House, number: &str) -> (PatientId, Patient) {
    let application = house.application();
    let id = house.wait_for(patients::numbered(application, number));
    let id = id.unwrap().unwrap();
    let read = house.wait_for(patients::read(application, id));
    (id, read.unwrap().unwrap())
}

fn register(house: &House, number: &str, family_name: &str, given_name: &str, born: &str) {
    let application = house.application();
    let patient = PatientId(Uuid::now_v7());
    let registered = PatientEvent::PatientRegistered {
        patient,
        record_number: number.to_owned(),
        family_name: family_name.to_owned(),
        given_name: given_name.to_owned(),
        birth_date: born.parse().unwrap(),
        sex: Sex::Unknown,
    };
    let now = application.clock.now();
    let done = house.wait_for(patients::register(
        application,
        CommandId(Uuid::now_v7()),
        nurse(),
        patient,
        vec![registered],
        |_| EventId(Uuid::now_v7()),
        now,
    ));
    done.unwrap();
}

#[test]
fn a_dry_run_tells_everything_and_writes_nothing() {
    let clinic = Stopped::with(|_| {});
    let before = clinic.events();
    let output = clinic.run(&export(), &["--dry-run"], "");
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let says = String::from_utf8(output.stdout).unwrap();
    for part in [
        "UNVERIFIED",
        "    48     11     31       6  all",
        "     5 people",
        "     2 medicines",
        "Patient Demographics.csv, line 4, column “Date of Birth”: “31/02/1980”.",
        "Nothing was written.",
    ] {
        assert!(says.contains(part), "{part}\n{says}");
    }
    let output = clinic.run(&export(), &["--dry-run", "--format", "json"], "");
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let rows = numbers(&told["rows"], ["read", "fit", "unfit", "ignored"]);
    assert_eq!(rows, [48, 11, 31, 6]);
    assert!(told["brought"].is_null());
    assert_eq!(clinic.events(), before);
}

#[test]
fn a_run_writes_what_fits_and_a_second_run_writes_nothing() {
    // Hazard: H02, H21, H24
    let mut clinic = Stopped::with(|_| {});
    let first = clinic.bring(&export());
    assert_eq!(brought(&first), [[5, 0], [2, 0], [2, 0], [2, 0]]);
    assert_eq!(first["brought"]["refused"], serde_json::json!([]));
    let after = clinic.events();
    let second = clinic.bring(&export());
    assert_eq!(brought(&second), [[0, 5], [0, 2], [0, 2], [0, 2]]);
    assert_eq!(clinic.events(), after);
    let verified = clinic.verify();
    assert_eq!(verified.status.code(), Some(0), "{verified:?}");

    clinic.house.start_again(server::clock::Clock::start());
    let house = &clinic.house;
    let (ana, known) = person(house, "7001");
    assert_eq!(known.banner_name().unwrap(), "EXAMPLE, Ana");
    let Allergies::List(allergies) = &known.allergies else {
        panic!("{:?}", known.allergies)
    };
    assert_eq!(allergies[0].substance, "Penicillin");
    let kept = house
        .wait_for(history::read(house.application(), ana))
        .unwrap();
    let medicines = kept.state.statement(&Item::Medicines).unwrap();
    // An unfinished list, from a document: it must be asked, and nobody here has said it.
    assert!(matches!(&medicines.said, Said::Medicines { list, whole: false } if list.len() == 1));
    assert_eq!(medicines.witness.source, Source::Document);
    assert_eq!(
        medicines.witness.name,
        "Export of Osmind, brought by Olaf Brandt"
    );
    let scales = house
        .wait_for(outcomes::of(house.application(), ana))
        .unwrap();
    let sheets: Vec<_> = scales.state.sheets.values().collect();
    assert_eq!(sheets.len(), 1);
    // 1 March 2026, 00:00 in the clinic's zone, as `date` says.
    let day = Moment::from_microseconds(1_772_323_200_000_000);
    assert_eq!((sheets[0].scale.as_str(), sheets[0].at), ("phq-9", day));
}

#[test]
fn whoever_is_in_the_record_is_not_made_twice() {
    // Hazard: H02
    let clinic = Stopped::with(|house| {
        // The same number and person; the same person under another number, with an accent; and a
        // number that is somebody else's here.
        register(house, "7001", "Example", "Ana", "1984-03-02");
        register(house, "0042", "Sámple", "Ben", "1979-11-30");
        register(house, "7004", "Else", "Somebody", "1950-01-01");
    });
    let told = clinic.bring(&export());
    // Eli and Kit are new; what is Ana's and Ben's stays with them in the export.
    assert_eq!(brought(&told), [[2, 0], [0, 0], [0, 0], [0, 0]]);
    let says: Vec<&str> = told["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|finding| finding["says"].as_str())
        .collect();
    for begin in [
        "This person is in the record already, as No. 7001",
        "This person may be No. 0042",
        "This record number is somebody else’s here",
    ] {
        let found = says.iter().filter(|says| says.starts_with(begin)).count();
        assert_eq!(found, 1, "{begin}");
    }
}

#[test]
fn what_a_run_that_broke_off_left_is_finished_by_the_next() {
    // Hazard: H21
    let clinic = Stopped::with(|_| {});
    // As after a crash: the people are there, and nothing that is theirs.
    let half = tempfile::tempdir().unwrap();
    let name = "Patient Demographics.csv";
    std::fs::copy(export().join(name), half.path().join(name)).unwrap();
    let first = clinic.bring(half.path());
    assert_eq!(brought(&first), [[5, 0], [0, 0], [0, 0], [0, 0]]);
    let second = clinic.bring(&export());
    assert_eq!(brought(&second), [[0, 5], [2, 0], [2, 0], [2, 0]]);
}

#[test]
fn what_somebody_has_said_here_meanwhile_is_not_replaced() {
    // Hazard: H24
    let mut clinic = Stopped::with(|_| {});
    let half = tempfile::tempdir().unwrap();
    let name = "Patient Demographics.csv";
    std::fs::copy(export().join(name), half.path().join(name)).unwrap();
    clinic.bring(half.path());
    clinic.house.start_again(server::clock::Clock::start());
    let (ana, _) = person(&clinic.house, "7001");
    let speaker = Speaker {
        actor: nurse(),
        through: Through::Staff,
        language: Language::English,
    };
    let said = history::change(
        clinic.house.application(),
        CommandId(Uuid::now_v7()),
        &speaker,
        ana,
        String::new(),
        |_| {
            let none = Said::Intolerances {
                list: Vec::new(),
                whole: true,
            };
            vec![Say {
                item: Item::Intolerances,
                answer: none,
            }]
        },
    );
    clinic.house.wait_for(said).unwrap();
    clinic.house.stop();

    let told = clinic.bring(&export());
    // Ben's alone; Ana's is told, with where it stands.
    assert_eq!(brought(&told), [[0, 5], [1, 0], [2, 0], [2, 0]]);
    let refused = told["brought"]["refused"].as_array().unwrap();
    assert_eq!(refused.len(), 1);
    let says = refused[0].as_str().unwrap();
    assert!(
        says.starts_with("Patient Allergies.csv, line 2: not brought"),
        "{says}"
    );
    clinic.house.start_again(server::clock::Clock::start());
    assert_eq!(
        person(&clinic.house, "7001").1.allergies,
        Allergies::NoneKnown
    );
}

#[test]
fn only_an_owner_with_their_password_writes() {
    // Hazard: H45
    let clinic = Stopped::with(|_| {});
    let before = clinic.events();
    for (username, password) in [
        ("owner", "not the password"),
        ("nurse", clinic.password.as_str()),
        ("nobody", clinic.password.as_str()),
    ] {
        let output = clinic.run(&export(), &["--by", username], password);
        assert_eq!(output.status.code(), Some(2), "{username}: {output:?}");
        assert!(output.stdout.is_empty());
    }
    // Without --by the command line itself is refused.
    let output = clinic.run(&export(), &[], "");
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(clinic.events(), before);
}

#[test]
fn a_mapping_of_the_clinics_own_is_read_from_its_file_and_defects_are_told() {
    let clinic = Stopped::with(|_| {});
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("own.toml");
    let shipped = exchange::import::Mapping::shipped_text("osmind").unwrap();
    let text = shipped.replace("[\"last name\",", "[\"surname\",");
    std::fs::write(&own, text).unwrap();
    let export = folder.path().join("export");
    std::fs::create_dir(&export).unwrap();
    let row = "Patient ID,First Name,Surname,DOB,MRN,Language\n1,Ana,Example,03/02/1984,9001,en\n";
    std::fs::write(export.join("demographics.csv"), row).unwrap();
    let own = own.to_str().unwrap();
    let output = clinic.run(&export, &["--dry-run", "--mapping", own], "");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let says = String::from_utf8(output.stdout).unwrap();
    assert!(says.contains("     1 people"), "{says}");

    std::fs::write(folder.path().join("own.toml"), "id = 1").unwrap();
    let output = clinic.run(&export, &["--dry-run", "--mapping", own], "");
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let output = clinic.run(&folder.path().join("none"), &["--dry-run"], "");
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}

#[test]
fn the_page_names_the_mappings_and_that_their_headings_are_assumed() {
    let house = House::staffed(|_| {});
    let page = house.person("owner").page("/imports").text();
    for part in [
        "osmind",
        "optimantra",
        "Unverified.",
        "--dry-run",
        "confirm each",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
}
