//! `evenkeel pk`, as someone at a command line uses it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::Value;
use std::process::{Command, Output};

fn pk(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .arg("pk")
        .args(arguments)
        .output()
        .unwrap()
}

fn simulate(rest: &[&str]) -> Output {
    let mut arguments = vec!["simulate", "--weight", "70", "--age", "40"];
    arguments.extend_from_slice(rest);
    pk(&arguments)
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn rows(output: &Output) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(output.stdout.as_slice());
    let columns = "time_min,analyte,site,typical,p05,p25,p50,p75,p95";
    assert_eq!(
        reader
            .headers()
            .unwrap()
            .iter()
            .collect::<Vec<_>>()
            .join(","),
        columns
    );
    let rows = reader
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect());
    rows.collect()
}

const KAMP: [&str; 4] = ["--model", "kamp-2020", "--dose", "35 mg over 40 min"];

#[test]
fn a_plan_becomes_a_table_in_nanograms_per_millilitre() {
    let output = simulate(&KAMP);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    let rows = rows(&output);
    assert_eq!(rows.len(), 241);
    // Another implementation: 253 at 40 min (models/kamp-2020.cases.toml).
    assert_eq!(rows[40][..3], ["40", "ketamine", "arterial"]);
    assert_eq!(rows[40][3].parse::<f64>().unwrap().round(), 253.0);
    assert_eq!(rows[40][4], "");
}

#[test]
fn a_population_adds_percentiles_and_the_same_seed_gives_the_same() {
    let with = |seed| {
        let mut arguments = KAMP.to_vec();
        arguments.extend(["--population", "256", "--seed", seed]);
        simulate(&arguments)
    };
    assert_eq!(with("7").stdout, with("7").stdout);
    assert_ne!(with("7").stdout, with("8").stdout);
    let row = &rows(&with("7"))[40];
    let values: Vec<f64> = row[4..]
        .iter()
        .map(|value| value.parse().unwrap())
        .collect();
    assert!(values.windows(2).all(|pair| pair[0] < pair[1]), "{row:?}");
}

#[test]
fn the_answer_as_json_carries_what_is_needed_to_draw_it_again() {
    let mut arguments = KAMP.to_vec();
    arguments.extend(["--population", "64", "--seed", "7", "--format", "json"]);
    let answer: Value = serde_json::from_slice(&simulate(&arguments).stdout).unwrap();
    assert_eq!(answer["says"], "predicted, not measured");
    assert_eq!(answer["model"]["id"], "kamp-2020");
    assert_eq!(answer["model"]["version"], 1);
    assert_eq!(
        answer["inputs"]["doses"][0],
        "35 mg intravenous over 40 min at 0 min"
    );
    assert_eq!(answer["population"]["seed"], 7);
    assert_eq!(answer["parts"][0]["given_mg"][20], 17.5);
}

#[test]
fn a_picture_says_that_it_was_not_measured() {
    let mut arguments = KAMP.to_vec();
    arguments.extend(["--beside", "venous-composite", "--format", "svg"]);
    let svg = String::from_utf8(simulate(&arguments).stdout).unwrap();
    assert!(svg.starts_with("<svg "));
    for words in [
        "predicted, not measured",
        "arterial",
        "Kamp 2020",
        "Venous composite",
    ] {
        assert!(svg.contains(words), "{words}");
    }
}

#[test]
fn scenarios_are_lines_and_never_percentiles() {
    let im = ["--model", "racemic-intramuscular", "--dose", "35 mg im"];
    let output = simulate(&im);
    let rows = rows(&output);
    assert!(rows.iter().any(|row| row[2] == "arterial (low)"));
    assert!(rows.iter().any(|row| row[2] == "arterial (high)"));
    let mut arguments = im.to_vec();
    arguments.extend(["--population", "64"]);
    let refused = simulate(&arguments);
    assert_eq!(refused.status.code(), Some(3));
    assert!(
        said(&refused).contains("no percentiles are drawn"),
        "{}",
        said(&refused)
    );
}

#[test]
fn what_nobody_has_read_is_named_and_not_made_up() {
    let refused = simulate(&["--model", "racemic-subcutaneous", "--dose", "35 mg sc"]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(
        said(&refused).contains("has no value for F"),
        "{}",
        said(&refused)
    );
}

#[test]
fn nothing_is_predicted_beyond_what_was_studied_unless_one_says_so() {
    let child = [
        "simulate",
        "--weight",
        "30",
        "--age",
        "9",
        "--model",
        "kamp-2020",
        "--dose",
        "5 mg iv",
    ];
    let refused = pk(&child);
    assert_eq!(refused.status.code(), Some(3));
    assert!(
        said(&refused).contains("this person is 9 years old"),
        "{}",
        said(&refused)
    );
    let mut arguments = child.to_vec();
    arguments.extend(["--beyond-what-was-studied", "--format", "json"]);
    let answer: Value = serde_json::from_slice(&pk(&arguments).stdout).unwrap();
    assert!(
        !answer["parts"][0]["beyond_what_was_studied"]
            .as_array()
            .unwrap()
            .is_empty()
    );
}

#[test]
fn what_is_not_understood_is_said_in_a_sentence() {
    for (dose, says) in [
        ("35", "the amount has no unit"),
        ("35 mg film", "has no route"),
        ("35 mg/h", "for how long"),
    ] {
        let output = simulate(&["--model", "kamp-2020", "--dose", dose]);
        assert_ne!(output.status.code(), Some(0));
        assert!(said(&output).contains(says), "{}", said(&output));
    }
}

#[test]
fn every_model_is_listed_and_every_published_figure_is_met() {
    let listed = pk(&["models", "--json"]);
    let models: Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!(models.as_array().unwrap().len(), 14);
    let table = String::from_utf8(pk(&["models", "perez-ruixo-2021"]).stdout).unwrap();
    assert!(table.contains("people: 820"), "{table}");
    let validated = pk(&["validate"]);
    assert_eq!(validated.status.code(), Some(0));
    let table = String::from_utf8(validated.stdout).unwrap();
    assert!(
        table.lines().count() > 50 && !table.contains("NOT MET"),
        "{table}"
    );
}
