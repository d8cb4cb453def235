//! For whom a rule is asked at all: product, route, age, medicines, and the clinic's own settings.
//!
//! Source of every expected answer: clinical reference 1.1 to 1.7 and 2.4, as each test says.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use clinical::course::screening::case::read;
use clinical::course::screening::{Level, Screening, ScreeningRules};
use clinical::policy::Outcome;
use std::path::Path;

fn text(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/screening");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

fn screened(text: &str) -> Screening {
    let case = read(text).unwrap_or_else(|problems| panic!("{problems:#?}"));
    case.screen(&ScreeningRules::adopted(&case.own).expect("rules"))
}

/// Ana with some texts exchanged; fails when there is nothing to exchange.
fn ana(changes: &[(&str, &str)]) -> Screening {
    changed("1-ana.toml", changes)
}

/// The same on the day of the visit, after a day without alcohol.
fn today(changes: &[(&str, &str)]) -> Screening {
    let mut all = vec![("2026-11-23T11:01:00-05:00", "2026-11-20T11:01:00-05:00")];
    all.extend_from_slice(changes);
    changed("day-alcohol.toml", &all)
}

fn changed(name: &str, changes: &[(&str, &str)]) -> Screening {
    let text = changes.iter().fold(text(name), |text, (from, into)| {
        assert!(text.contains(from), "{from:?}");
        text.replacen(from, into, 1)
    });
    screened(&text)
}

fn level(screening: &Screening, requirement: &str) -> Option<Level> {
    screening.of(requirement).map(|found| found.level)
}

#[test]
fn rules_about_one_product_are_not_asked_about_the_other() {
    let racemic = screened(&text("1-ana.toml"));
    for requirement in ["X23", "X23-enrolment", "X24", "age-esketamine"] {
        assert_eq!(level(&racemic, requirement), None, "{requirement}");
    }
    let nasal = screened(&text("3-eva.toml"));
    for requirement in ["X05", "X21", "age-minimum", "indication-off-label"] {
        assert_eq!(level(&nasal, requirement), None, "{requirement}");
    }
    // Theophylline: X21 is about racemic ketamine, I08 about every product.
    assert!(level(&nasal, "I08").is_some());
}

#[test]
fn esketamine_stops_without_a_certified_site_enrolment_prescriber_or_monitoring() {
    // Clinical reference 1.3, X23 and X24: a hard regulatory stop.
    for (answer, requirement) in [
        ("\"site.certified-setting\", ", "X23"),
        ("\"site.patient-enrolled\", ", "X23-enrolment"),
        ("\"site.prescriber-on-site\", ", "X24"),
        (", \"site.monitoring-ready\"", "X24-monitoring"),
    ] {
        let unanswered = changed("3-eva.toml", &[(answer, "")]);
        assert_eq!(level(&unanswered, requirement), Some(Level::Incomplete));
        let name = answer.trim_matches([' ', ',']).to_owned();
        let denied = changed(
            "3-eva.toml",
            &[
                (answer, ""),
                ("indication =", &format!("no = [{name}]\nindication =")),
            ],
        );
        assert_eq!(level(&denied, requirement), Some(Level::Exclude));
    }
}

#[test]
fn an_inhibitor_is_a_caution_by_mouth_and_a_note_by_vein() {
    // Clinical reference 1.6, I11.
    let takes = (
        "medicines = []",
        "medicines = [{ words = \"clarithromycin\", codes = [\"21212\"] }]",
    );
    for (route, requirement, expected) in [
        ("\"oral\"", "I11", Level::Caution),
        ("\"sublingual\"", "I11", Level::Caution),
        ("\"intravenous\"", "I11-other-routes", Level::Info),
        ("\"intramuscular\"", "I11-other-routes", Level::Info),
    ] {
        let screening = ana(&[takes, ("\"intravenous\"", route)]);
        assert_eq!(level(&screening, requirement), Some(expected), "{route}");
    }
}

#[test]
fn an_electrocardiogram_is_asked_from_50_on_and_is_good_for_90_days() {
    // Clinical reference 1.7: age 50 and more; 1.4, C02: an ECG of at most 90 days.
    let born = |date: &str| ana(&[("1992-03-02", date)]);
    assert_eq!(level(&born("1976-11-25"), "test-ecg-age"), None);
    assert_eq!(
        level(&born("1976-11-24"), "test-ecg-age"),
        Some(Level::HoldToday)
    );
    let with = |on: &str| {
        ana(&[
            ("1992-03-02", "1970-01-01"),
            (
                "electrocardiogram = \"not-done\"",
                &format!("electrocardiogram = {{ on = \"{on}\", value = 430 }}"),
            ),
        ])
    };
    assert_eq!(
        level(&with("2026-08-26"), "test-ecg-age"),
        Some(Level::Clear)
    );
    assert_eq!(
        level(&with("2026-08-25"), "test-ecg-age"),
        Some(Level::HoldToday)
    );
}

#[test]
fn a_pregnancy_test_is_asked_from_12_to_55() {
    // Clinical reference 1.7.
    let not_done = (
        "pregnancy = { on = \"2026-11-20\", value = \"negative\" }",
        "pregnancy = \"not-done\"",
    );
    let born = |date: &str| level(&ana(&[("1992-03-02", date), not_done]), "test-pregnancy");
    assert_eq!(born("2014-11-25"), None);
    assert_eq!(born("2014-11-24"), Some(Level::HoldToday));
    assert_eq!(born("1970-11-25"), Some(Level::HoldToday));
    assert_eq!(born("1970-11-24"), None);
    // A test of 7 days ago is good, one of 8 is not.
    let tested = |on: &str| {
        let entry = format!("pregnancy = {{ on = \"{on}\", value = \"negative\" }}");
        level(
            &ana(&[(
                "pregnancy = { on = \"2026-11-20\", value = \"negative\" }",
                &entry,
            )]),
            "test-pregnancy",
        )
    };
    assert_eq!(tested("2026-11-17"), Some(Level::Clear));
    assert_eq!(tested("2026-11-16"), Some(Level::HoldToday));
}

#[test]
fn a_positive_pregnancy_test_excludes_whatever_was_said() {
    // Hazard: H24
    let screening = ana(&[("value = \"negative\"", "value = \"positive\"")]);
    assert_eq!(level(&screening, "X09"), Some(Level::Clear));
    assert_eq!(level(&screening, "X09-test"), Some(Level::Exclude));
    assert_eq!(screening.level, Level::Exclude);
}

#[test]
fn the_qt_limit_is_that_of_the_sex_and_both_where_it_is_not_known() {
    // Clinical reference 1.4, C03: above 470 ms in men, above 480 ms in women, stop above 500 ms.
    let with = |sex: &str, qt: u32| {
        ana(&[
            ("sex = \"female\"", &format!("sex = \"{sex}\"")),
            (
                "electrocardiogram = \"not-done\"",
                &format!("electrocardiogram = {{ on = \"2026-11-20\", value = {qt} }}"),
            ),
        ])
        .level
    };
    assert_eq!(with("male", 470), Level::Clear);
    assert_eq!(with("male", 471), Level::Clearance);
    assert_eq!(with("female", 480), Level::Clear);
    assert_eq!(with("female", 481), Level::Clearance);
    assert_eq!(with("other", 471), Level::Clearance);
    assert_eq!(with("unknown", 471), Level::Incomplete);
    assert_eq!(with("female", 501), Level::Exclude);
}

#[test]
fn a_stimulant_of_today_holds_the_visit_only_with_a_raised_pressure() {
    // Clinical reference 1.6, I05: held if taken today and above 140/90.
    let takes = |at: &str, systolic: u32| {
        let medicine =
            format!("medicines = [{{ words = \"methylphenidate\", last_taken = {at} }}]");
        today(&[
            ("medicines = []", &medicine),
            (
                "systolic = 118, diastolic = 74, heart",
                &format!("systolic = {systolic}, diastolic = 74, heart"),
            ),
        ])
    };
    let this_morning = "\"2026-11-24T07:00:00-05:00\"";
    let last_week = "\"2026-11-17T07:00:00-05:00\"";
    assert_eq!(
        level(&takes(this_morning, 140), "I05-systolic"),
        Some(Level::Clear)
    );
    assert_eq!(
        level(&takes(this_morning, 141), "I05-systolic"),
        Some(Level::HoldToday)
    );
    assert_eq!(level(&takes(last_week, 141), "I05-systolic"), None);
    // When it was taken is not known: the rule stays asked.
    let unknown = today(&[
        (
            "medicines = []",
            "medicines = [{ words = \"methylphenidate\" }]",
        ),
        (
            "systolic = 118, diastolic = 74, heart",
            "systolic = 141, diastolic = 74, heart",
        ),
    ]);
    assert_eq!(level(&unknown, "I05-systolic"), Some(Level::Incomplete));
}

#[test]
fn a_glp_1_agonist_is_a_note_a_risk_a_caution_and_symptoms_of_today_a_hold() {
    // Clinical reference 2.4.
    let takes = (
        "medicines = []",
        "medicines = [{ words = \"semaglutide\", codes = [\"1991302\"] }]",
    );
    let answered = |risk: &str, symptoms: &str| {
        let answers = format!(
            "{risk} = [\"condition.slow-stomach-risk\"]\n{symptoms} = [\"today.stomach-symptoms\"]"
        );
        let block = format!(
            "[[said]]\nby = \"nurse\"\nname = \"Bea Ortiz\"\nat = \"2026-11-24T10:20:00-05:00\"\n{answers}\n\n[[said]]"
        );
        today(&[
            takes,
            ("    \"today.stomach-symptoms\",\n", ""),
            ("[[said]]", &block),
        ])
    };
    let risk = answered("yes", "no");
    assert_eq!(level(&risk, "I20"), Some(Level::Info));
    assert_eq!(level(&risk, "I20-risk"), Some(Level::Caution));
    assert!(risk.adds().iter().any(|line| line.contains("24 h")));
    let symptoms = answered("no", "yes");
    assert_eq!(level(&symptoms, "I20-symptoms"), Some(Level::HoldToday));
    let without = today(&[]);
    assert_eq!(level(&without, "I20-risk"), None);
}

#[test]
fn morphine_equivalents_from_50_ask_for_carbon_dioxide_too() {
    // Clinical reference 1.6, I03.
    let with = |equivalent: &str| {
        let medicine = format!(
            "medicines = [{{ words = \"morphine\", morphine_equivalent = \"{equivalent}\" }}]"
        );
        level(&ana(&[("medicines = []", &medicine)]), "I03-carbon-dioxide")
    };
    assert_eq!(with("49.9"), Some(Level::Clear));
    assert_eq!(with("50"), Some(Level::Caution));
}

#[test]
fn a_clinic_switches_on_what_the_sources_disagree_about() {
    // Clinical reference 15: seizure disorder, breast-feeding, ECG for everyone.
    let adopted = |line: &str| format!("[adopted.{line}\n\n[visit]");
    let no_to_yes = |condition: &'static str| {
        (
            format!("    \"condition.{condition}\",\n"),
            format!("yes = [\n    \"condition.{condition}\",\n"),
        )
    };
    for (condition, switch, clearance, exclusion) in [
        (
            "seizure-disorder",
            "seizure_disorder_excludes",
            "C09",
            "C09-excludes",
        ),
        (
            "breast-feeding",
            "breast_feeding_excludes",
            "C13",
            "C13-excludes",
        ),
    ] {
        let (said_no, mut said_yes) = no_to_yes(condition);
        said_yes = said_yes.trim_start_matches("yes = [\n").to_owned();
        let changes = [
            (said_no.as_str(), ""),
            ("yes = [\n", &format!("yes = [\n{said_yes}")),
        ];
        let off = ana(&changes);
        assert_eq!(level(&off, clearance), Some(Level::Clearance));
        assert_eq!(level(&off, exclusion), None);
        let on = adopted(&format!("eligibility]\n{switch} = {{ switch = 1 }}"));
        let on = ana(&[changes[0], changes[1], ("[visit]", &on)]);
        assert_eq!(level(&on, exclusion), Some(Level::Exclude));
    }
    let everyone = adopted("tests]\necg_for_everyone = { switch = 1 }");
    let everyone = ana(&[("[visit]", &everyone)]);
    assert_eq!(
        level(&everyone, "test-ecg-everyone"),
        Some(Level::HoldToday)
    );
}

#[test]
fn esketamine_asks_for_an_antidepressant_only_where_the_jurisdiction_does() {
    // Clinical reference 1.2: required by the European label, not by the one of the US.
    let us = changed("3-eva.toml", &[]);
    assert_eq!(level(&us, "indication-antidepressant"), None);
    let eu = (
        "[visit]",
        "[adopted.eligibility]\nantidepressant_required = { switch = 1 }\n\n[visit]",
    );
    let without = changed("3-eva.toml", &[eu]);
    assert_eq!(
        level(&without, "indication-antidepressant"),
        Some(Level::Clearance)
    );
    let with = changed(
        "3-eva.toml",
        &[
            eu,
            ("medicines = []", "medicines = [{ words = \"sertraline\" }]"),
        ],
    );
    assert_eq!(
        level(&with, "indication-antidepressant"),
        Some(Level::Clear)
    );
}

#[test]
fn a_recent_event_of_heart_or_brain_excludes_and_an_old_one_asks_cardiology() {
    // Clinical reference 1.3, X12: six months, here 184 days; 1.4, C02: beyond that window.
    let on = |date: &str| {
        ana(&[(
            "acute_event = \"never\"",
            &format!("acute_event = \"{date}\""),
        )])
    };
    // 184 days before 24 November 2026 is 24 May 2026.
    let recent = on("2026-05-25");
    assert_eq!(level(&recent, "X12"), Some(Level::Exclude));
    let old = on("2026-05-24");
    assert_eq!(level(&old, "X12"), Some(Level::Clear));
    assert_eq!(level(&old, "C02-event"), Some(Level::Clearance));
    assert_eq!(old.of("C02-event").unwrap().rule.cleared_by, ["cardiology"]);
}

#[test]
fn high_suicide_risk_holds_for_the_prescriber_and_is_no_exclusion() {
    // Clinical reference 8.3.
    let high = ana(&[("suicide_risk = \"low\"", "suicide_risk = \"high\"")]);
    assert_eq!(high.level, Level::HoldToday);
    let found = high.of("suicide-risk").unwrap();
    assert_eq!(found.outcome, Outcome::Unmet);
    assert!(found.may_be_passed());
}
