//! `evenkeel rescreen` as a shell sees it: exit codes, one line for each person affected, and
//! nothing saved.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::house::{House, nurse};
use clinical::course::screening::case::read;
use clinical::course::screening::{Acceptance, ScreeningEvent, ScreeningRules, screen};
use clinical::patient::{PatientEvent, Sex};
use clinical::record::{CommandId, EventId, PatientId};
use server::journey::{self, Change};
use server::standing;
use server::web::respond::Refused;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use uuid::Uuid;

/// Registered, and asked about by the shipped rules for the visit of 24 November 2026.
fn asked(house: &House, number: &str, family_name: &str, born: &str) {
    let application = house.application();
    let patient = PatientId(Uuid::now_v7());
    let registered = PatientEvent::PatientRegistered {
        patient,
        record_number: number.to_owned(),
        family_name: family_name.to_owned(),
        given_name: "Ana".to_owned(),
        birth_date: born.parse().unwrap(),
        sex: Sex::Female,
    };
    let now = application.clock.now();
    let done = house.wait_for(server::patients::register(
        application,
        CommandId(Uuid::now_v7()),
        nurse(),
        patient,
        vec![registered],
        |_| EventId(Uuid::now_v7()),
        now,
    ));
    done.unwrap();
    let rules = ScreeningRules::shipped().unwrap();
    let planned = read(include_str!("../../../scenarios/screening/1-ana.toml"))
        .unwrap()
        .screen(&rules);
    let known = house.wait_for(standing::known(application, patient));
    let person = known.unwrap().unwrap().person;
    let screening = Box::new(screen(&person, &planned.visit, planned.gate, &rules, now));
    let change = Change {
        command_id: CommandId(Uuid::now_v7()),
        actor: nurse(),
        at: None,
        id: patient.0,
        patient: Some(patient),
        session: None,
        action: "ask the rules",
        wanted: String::new(),
    };
    let saved = journey::change(application, change, |_: &Acceptance, _| {
        let screening = screening.clone();
        Ok::<_, Refused>(vec![ScreeningEvent::ScreeningMade { screening }])
    });
    house.wait_for(saved).unwrap();
}

/// A folder with the shipped policies of screening.
fn policies() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    for name in [
        "eligibility",
        "eligibility-on-the-day",
        "interactions",
        "tests",
    ] {
        let file = format!("{name}.toml");
        std::fs::copy(shipped.join(&file), folder.path().join(&file)).unwrap();
    }
    folder
}

/// The shipped minimum age of 18 years, written otherwise.
fn with_minimum_age(folder: &Path, years: u8) -> PathBuf {
    let file = folder.join("eligibility.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let (before, parameter) = text.split_once("[parameter.minimum_age]").unwrap();
    let shipped = "value = { years = 18 }";
    assert!(parameter.contains(shipped));
    let parameter = parameter.replacen(shipped, &format!("value = {{ years = {years} }}"), 1);
    let changed = format!("{before}[parameter.minimum_age]{parameter}");
    std::fs::write(&file, changed).unwrap();
    folder.to_owned()
}

fn rescreen(store: &str, policy: Option<&Path>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evenkeel"));
    command.args(["rescreen", "--store", store]);
    if let Some(folder) = policy {
        command.arg("--policy").arg(folder);
    }
    command.output().unwrap()
}

fn lines(output: &Output) -> Vec<String> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn nobody_affected_is_0_somebody_is_3_what_is_not_understood_is_2_and_nothing_is_saved() {
    // Hazard: H27
    let mut store = String::new();
    let mut house = House::staffed(|configuration| store.clone_from(&configuration.store));
    asked(&house, "0042-001", "Novak", "2007-03-02");
    asked(&house, "0042-002", "Moreno", "1992-03-02");
    house.stop();
    let path = store.strip_prefix("sqlite:").unwrap();
    let events = || {
        let opened = rusqlite::Connection::open(path).unwrap();
        let count = "SELECT count(*) FROM event";
        opened.query_row(count, [], |row| row.get::<_, i64>(0))
    };
    let before = events().unwrap();

    // The rules in force against the answers of the record: both were given by these rules.
    let same = rescreen(&store, None);
    assert_eq!(same.status.code(), Some(0), "{same:?}");
    assert!(same.stdout.is_empty());
    let says = String::from_utf8(same.stderr).unwrap();
    assert!(says.contains("2 people were asked about"), "{says}");
    let folder = policies();
    let shipped = rescreen(&store, Some(folder.path()));
    assert_eq!(shipped.status.code(), Some(0), "{shipped:?}");

    // Who was born on 2 March 2007 is 19 on the day of the visit.
    let raised = rescreen(&store, Some(&with_minimum_age(folder.path(), 21)));
    assert_eq!(raised.status.code(), Some(3), "{raised:?}");
    let listed = lines(&raised);
    assert_eq!(listed.len(), 1, "{listed:?}");
    assert!(
        listed[0].starts_with("0042-001\tNOVAK, Ana\t"),
        "{listed:?}"
    );

    // 22 years are outside of the range that the policy permits.
    let folder = policies();
    let unusable = rescreen(&store, Some(&with_minimum_age(folder.path(), 22)));
    assert_eq!(unusable.status.code(), Some(2), "{unusable:?}");
    assert!(unusable.stdout.is_empty());
    let says = String::from_utf8(unusable.stderr).unwrap();
    assert!(
        says.contains("eligibility.toml") && says.contains("minimum_age"),
        "{says}"
    );
    assert_eq!(events().unwrap(), before);
}
