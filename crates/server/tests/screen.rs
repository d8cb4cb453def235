//! `evenkeel screen` as a shell sees it: exit codes, JSON, and sentences with file and line.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn screen(arguments: &[&Path]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .arg("screen")
        .args(arguments)
        .output()
        .unwrap()
}

fn scenario(name: &str) -> PathBuf {
    root().join("scenarios/screening").join(name)
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn eligible_is_0_blocked_is_3_and_the_answer_is_json() {
    let eligible = screen(&[&scenario("1-ana.toml")]);
    assert_eq!(eligible.status.code(), Some(0));
    assert_eq!(json(&eligible)["decision"], "eligible");
    let blocked = screen(&[&scenario("2-cal.toml")]);
    assert_eq!(blocked.status.code(), Some(3));
    let answer = json(&blocked);
    assert_eq!(answer["level"], "exclude");
    assert_eq!(answer["open"][0]["rule"]["code"], "X06");
    assert_eq!(answer["open"][0]["evidence"][0]["by"]["name"], "Cal Reyes");
}

#[test]
fn what_is_not_understood_is_2_with_file_and_line_and_no_answer() {
    // Hazard: H06
    let odd = screen(&[&scenario("odd-units.toml")]);
    assert_eq!(odd.status.code(), Some(2));
    assert!(odd.stdout.is_empty());
    let says = String::from_utf8(odd.stderr).unwrap();
    let line = std::fs::read_to_string(scenario("odd-units.toml"))
        .unwrap()
        .lines()
        .position(|line| line.starts_with("height"))
        .unwrap()
        + 1;
    let expected = format!("odd-units.toml:{line}: is 5.6 cm the height?");
    assert!(says.contains(&expected), "{says}");
    let missing = screen(&[Path::new("no-such-case.toml")]);
    assert_eq!(missing.status.code(), Some(2));
}

#[test]
fn a_folder_of_policies_is_used_instead_of_the_shipped_ones() {
    let folder = tempfile::tempdir().unwrap();
    for name in [
        "eligibility",
        "eligibility-on-the-day",
        "interactions",
        "tests",
    ] {
        let file = format!("{name}.toml");
        std::fs::copy(
            root().join("policies").join(&file),
            folder.path().join(&file),
        )
        .unwrap();
    }
    let with_folder = |case: &str| screen(&[&scenario(case), Path::new("--policy"), folder.path()]);
    assert_eq!(with_folder("1-ana.toml").status.code(), Some(0));
    // Four failed trials, as the Veterans Affairs ask: Ana has three.
    let file = folder.path().join("eligibility.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let four = text.replacen("value = { count = 2 }", "value = { count = 4 }", 1);
    assert_ne!(text, four);
    std::fs::write(&file, &four).unwrap();
    let blocked = with_folder("1-ana.toml");
    assert_eq!(blocked.status.code(), Some(3));
    assert_eq!(
        json(&blocked)["open"][0]["rule"]["requirement"],
        "indication-failed-trials"
    );
    // A value outside its own permitted range is no policy.
    std::fs::write(
        &file,
        text.replacen("value = { count = 2 }", "value = { count = 9 }", 1),
    )
    .unwrap();
    let unusable = with_folder("1-ana.toml");
    assert_eq!(unusable.status.code(), Some(2));
    let says = String::from_utf8(unusable.stderr).unwrap();
    assert!(
        says.contains("eligibility.toml") && says.contains("failed_trials"),
        "{says}"
    );
}
