//! `evenkeel consent` and the clinic's own files as a shell sees them: what is in force, byte for
//! byte as it is signed, and one sentence for each thing that is wrong.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use sha2::{Digest, Sha256};
use std::path::Path;
use std::process::{Command, Output};

const SHIPPED: &str = include_str!("../../../consents/consent.toml");

fn evenkeel(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evenkeel"));
    command.args(arguments);
    command.arg("--data-dir").arg(folder.join("data"));
    command.output().unwrap()
}

/// The same with the clinic's own folder, which holds this one file.
fn with_own(folder: &Path, text: &str, arguments: &[&str]) -> Output {
    let own = folder.join("ours");
    std::fs::create_dir_all(&own).unwrap();
    std::fs::write(own.join("spray.toml"), text).unwrap();
    let consents = own.display().to_string();
    let mut all = arguments.to_vec();
    all.extend_from_slice(&["--consents", &consents]);
    evenkeel(folder, &all)
}

/// The shipped consent, of the clinic's own making and for the spray alone.
fn spray() -> String {
    SHIPPED
        .replacen(
            "products = [\"racemic-ketamine\", \"esketamine\"]",
            "products = [\"esketamine\"]",
            1,
        )
        .replacen("version = 1", "version = 4", 1)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The lines of the list, by their columns.
fn rows(output: &Output) -> Vec<Vec<String>> {
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let columns = |line: &str| line.split('\t').map(str::to_owned).collect();
    text(&output.stdout).lines().map(columns).collect()
}

#[test]
fn the_list_names_every_text_in_force_and_show_prints_what_its_digest_is_of() {
    let folder = tempfile::tempdir().unwrap();
    let listed = rows(&evenkeel(folder.path(), &["consent", "list"]));
    let first: Vec<&[String]> = listed.iter().map(|row| &row[..4]).collect();
    assert_eq!(
        first,
        [
            ["racemic-ketamine", "consent", "en", "1"],
            ["racemic-ketamine", "consent", "es", "1"],
            ["racemic-ketamine", "assent", "en", "1"],
            ["racemic-ketamine", "assent", "es", "1"],
            ["esketamine", "consent", "en", "1"],
            ["esketamine", "consent", "es", "1"],
        ]
    );
    for row in &listed {
        let says = if row[2] == "en" { "grade " } else { "ease " };
        assert!(row[5].starts_with(says), "{row:?}");
        assert_eq!(row[6], "shipped");
        let arguments = ["consent", "show", &row[0], &row[2], "--kind", &row[1]];
        let shown = evenkeel(folder.path(), &arguments);
        assert_eq!(shown.status.code(), Some(0), "{shown:?}");
        assert_eq!(hex::encode(Sha256::digest(&shown.stdout)), row[4]);
        assert!(text(&shown.stderr).contains(&row[4]));
    }
    // Source: clinical reference 2.5, 24 hours; the place is filled.
    let english = evenkeel(folder.path(), &["consent", "show", "esketamine", "en"]);
    assert!(text(&english.stdout).contains("24\u{a0}hours"));
    for arguments in [
        ["consent", "show", "esketamin", "en"],
        ["consent", "show", "esketamine", "de"],
    ] {
        let unknown = evenkeel(folder.path(), &arguments);
        assert_eq!(unknown.status.code(), Some(2), "{unknown:?}");
        assert!(unknown.stdout.is_empty());
        assert!(text(&unknown.stderr).contains("There is no consent for"));
    }
    // Nobody under age is asked to agree to it.
    let arguments = ["consent", "show", "esketamine", "en", "--kind", "assent"];
    assert_eq!(evenkeel(folder.path(), &arguments).status.code(), Some(2));
}

#[test]
fn the_clinics_own_text_is_listed_as_the_clinics_and_the_others_stay() {
    let folder = tempfile::tempdir().unwrap();
    let listed = rows(&with_own(folder.path(), &spray(), &["consent", "list"]));
    let origins: Vec<(&str, &str, &str)> = listed
        .iter()
        .map(|row| (row[0].as_str(), row[3].as_str(), row[6].as_str()))
        .collect();
    let shipped = ("racemic-ketamine", "1", "shipped");
    let own = ("esketamine", "4", "clinic");
    assert_eq!(origins, [shipped, shipped, shipped, shipped, own, own]);
    assert!(listed[5][7].ends_with("spray.toml"));
}

#[test]
fn a_file_with_problems_starts_no_server_and_each_problem_is_one_sentence() {
    // Hazard: H25
    let folder = tempfile::tempdir().unwrap();
    let serve = ["serve", "--port", "0", "--mllp-port", "0"];
    let liver = spray().replace("element = \"liver\"", "element = \"bladder\"");
    let misspelt = spray().replace("{preparation.no_driving}", "{preparation.no_drivng}");
    for (wrong, says) in [
        (liver, "spray.toml: nothing about liver for esketamine."),
        (
            misspelt,
            "spray.toml, section driving: {preparation.no_drivng} is no value of the clinic's \
             rules.",
        ),
        ("products = 1".to_owned(), "spray.toml: line 1, "),
    ] {
        let refused = with_own(folder.path(), &wrong, &serve);
        assert_eq!(refused.status.code(), Some(1), "{refused:?}");
        let told = text(&refused.stderr);
        assert!(told.contains("nothing was started"), "{told}");
        assert_eq!(told.matches(says).count(), 1, "{told}");
        let listed = with_own(folder.path(), &wrong, &["consent", "list"]);
        assert_eq!(listed.status.code(), Some(2), "{listed:?}");
        assert!(listed.stdout.is_empty());
        assert!(text(&listed.stderr).contains(says));
    }
    // A folder without a text, or none at all, is not silently the shipped texts.
    let empty = folder.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    for (path, says) in [
        (empty, "holds no text of consent"),
        (folder.path().join("nowhere"), "nowhere: "),
    ] {
        let path = path.display().to_string();
        let mut arguments = serve.to_vec();
        arguments.extend_from_slice(&["--consents", &path]);
        let refused = evenkeel(folder.path(), &arguments);
        assert_eq!(refused.status.code(), Some(1), "{refused:?}");
        assert!(text(&refused.stderr).contains(says), "{refused:?}");
    }
}
