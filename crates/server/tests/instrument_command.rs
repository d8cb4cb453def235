//! `evenkeel instrument`, as someone at a command line uses it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};

fn evenkeel(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .current_dir(folder)
        .arg("instrument")
        .args(arguments)
        .output()
        .unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn every_shipped_instrument_is_listed_with_its_licence() {
    let folder = tempfile::tempdir().unwrap();
    let output = evenkeel(folder.path(), &["list"]);
    assert_eq!(output.status.code(), Some(0));
    let list = json(&output);
    let phq = list.as_array().unwrap().iter().find(|i| i["id"] == "phq-9");
    assert_eq!(phq.unwrap()["licence"], "ship");
    assert_eq!(list.as_array().unwrap().len(), 29);
}

#[test]
fn an_instrument_is_shown_with_the_codes_that_others_know_it_by() {
    let folder = tempfile::tempdir().unwrap();
    let output = evenkeel(folder.path(), &["show", "phq-9"]);
    assert_eq!(output.status.code(), Some(0));
    // Witness: clinical reference §8.1.
    assert_eq!(json(&output)["codes"]["panel"], "44249-1");
    let unknown = evenkeel(folder.path(), &["show", "phq-99"]);
    assert_eq!(unknown.status.code(), Some(2));
}

#[test]
fn answers_are_scored_and_what_needs_a_person_today_is_said_though_most_is_missing() {
    // Hazard: H40
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.toml"), "[answers]\n9 = 3\n").unwrap();
    let output = evenkeel(folder.path(), &["score", "phq-9", "a.toml"]);
    assert_eq!(output.status.code(), Some(0));
    let outcome = &json(&output)["outcome"];
    assert_eq!(outcome["result"], "incomplete");
    assert_eq!(outcome["flags"][0]["urgency"], "same-hour");
}

#[test]
fn answers_that_were_not_understood_end_with_2() {
    let folder = tempfile::tempdir().unwrap();
    for (text, says) in [
        ("[answers]\n1 = 2.5\n", "a.toml:2: Item 1"),
        ("[answers\n", "a.toml:1: "),
    ] {
        std::fs::write(folder.path().join("a.toml"), text).unwrap();
        let output = evenkeel(folder.path(), &["score", "phq-9", "a.toml"]);
        assert_eq!(output.status.code(), Some(2));
        assert!(said(&output).contains(says), "{}", said(&output));
    }
    // An answer that does not exist: what is understood is still printed.
    std::fs::write(folder.path().join("a.toml"), "[answers]\n1 = 4\n9 = 3\n").unwrap();
    let output = evenkeel(folder.path(), &["score", "phq-9", "a.toml"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(json(&output)["outcome"]["flags"][0]["urgency"], "same-hour");
    assert_eq!(json(&output)["problems"][0]["item"], "1");
}

#[test]
fn a_clinics_own_folder_is_used_and_a_broken_file_in_it_is_named_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("own");
    std::fs::create_dir(&own).unwrap();
    let text = include_str!("../../../instruments/isi.toml").replacen("\"isi\"", "\"ours\"", 1);
    std::fs::write(own.join("ours.toml"), &text).unwrap();
    let output = evenkeel(folder.path(), &["show", "ours", "--instruments", "own"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));

    let broken = text.replacen("by = \"sum\"", "by = \"median\"", 1);
    std::fs::write(own.join("ours.toml"), &broken).unwrap();
    let line = broken
        .lines()
        .position(|line| line.starts_with("by = "))
        .unwrap()
        + 1;
    let output = evenkeel(folder.path(), &["list", "--instruments", "own"]);
    assert_eq!(output.status.code(), Some(2));
    let wanted = format!("ours.toml:{line}: Unknown variant `median`");
    assert!(said(&output).contains(&wanted), "{}", said(&output));

    let nowhere = evenkeel(folder.path(), &["list", "--instruments", "nowhere"]);
    assert_eq!(nowhere.status.code(), Some(2));
}
