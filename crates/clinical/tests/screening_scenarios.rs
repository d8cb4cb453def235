//! The people of `scenarios/screening/`, and the boundaries of clinical reference 13.
//!
//! Source of every expected answer: the table of scenarios there, reasoned by hand; none is copied
//! from what the program gave.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use clinical::course::screening::case::{Case, Problem, read};
use clinical::course::screening::{
    Cleared, Decision, Level, OwnValues, Question, Screening, ScreeningRules,
};
use clinical::policy::Outcome;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/screening")
}

fn text(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).expect(name)
}

fn case(text: &str) -> Case {
    read(text).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn screened(text: &str) -> Screening {
    let case = case(text);
    case.screen(&ScreeningRules::adopted(&case.own).expect("rules"))
}

/// A file's text with one thing changed; fails when there is nothing to change.
fn changed(name: &str, from: &str, into: &str) -> String {
    let text = text(name);
    assert!(text.contains(from), "{name} has no {from:?}");
    text.replacen(from, into, 1)
}

fn blocking(screening: &Screening) -> Vec<&str> {
    screening
        .blocking()
        .map(|found| found.rule.requirement.as_str())
        .collect()
}

/// Requirements that are open without blocking.
fn noted(screening: &Screening) -> Vec<&str> {
    screening
        .open
        .iter()
        .filter(|found| !found.level.blocks())
        .map(|found| found.rule.requirement.as_str())
        .collect()
}

fn problems(text: &str) -> Vec<Problem> {
    read(text).expect_err("problems")
}

#[test]
fn every_file_of_the_folder_is_told_here() {
    let told = [
        "1-ana.toml",
        "2-cal.toml",
        "2-cal-esketamine.toml",
        "3-eva.toml",
        "4-gus.toml",
        "5-ida.toml",
        "5-ida-programme.toml",
        "clearance-expired.toml",
        "day-alcohol.toml",
        "hypertension-cleared.toml",
        "odd-units.toml",
        "unknown-pregnancy.toml",
    ];
    for entry in std::fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(told.contains(&name.as_str()), "{name}");
    }
}

#[test]
fn scenario_1_ana_is_eligible_with_nothing_to_note() {
    let ana = screened(&text("1-ana.toml"));
    assert_eq!(blocking(&ana), Vec::<&str>::new());
    assert_eq!(noted(&ana), Vec::<&str>::new());
    assert_eq!(ana.decision, Decision::Eligible);
    assert_eq!(ana.level, Level::Clear);
}

#[test]
fn scenario_2_cal_is_excluded_by_x06_with_either_product() {
    // Hazard: H24
    let racemic = screened(&text("2-cal.toml"));
    assert_eq!(racemic.level, Level::Exclude);
    assert_eq!(blocking(&racemic), ["X06"]);
    let nasal = screened(&text("2-cal-esketamine.toml"));
    assert_eq!(nasal.level, Level::Exclude);
    assert_eq!(blocking(&nasal), ["X06-esketamine"]);
    let found = nasal.of("X06-esketamine").unwrap();
    assert_eq!(found.rule.code, "X06");
    assert!(found.rule.says.contains("benefit outweighs"));
}

#[test]
fn scenario_3_eva_is_eligible_with_a_first_dose_of_28_mg_or_56_where_the_clinic_says_so() {
    let eva = screened(&text("3-eva.toml"));
    assert_eq!(eva.decision, Decision::Eligible);
    assert_eq!(noted(&eva), ["age-elderly"]);
    assert!(eva.adds()[0].contains("28\u{a0}mg"), "{:?}", eva.adds());
    let us = changed(
        "3-eva.toml",
        "[visit]",
        "[adopted.eligibility]\nelderly_first_dose = { mg = 56 }\n\n[visit]",
    );
    let eva = screened(&us);
    assert_eq!(eva.level, Level::Caution);
    assert!(eva.adds()[0].contains("56\u{a0}mg"), "{:?}", eva.adds());
}

#[test]
fn scenario_4_gus_is_not_excluded_and_nobody_tells_him_to_stop() {
    let gus = screened(&text("4-gus.toml"));
    assert_eq!(gus.decision, Decision::Eligible);
    // 6 mg of lorazepam count as about 60 mg of diazepam, above 8; the morphine-equivalent of
    // tramadol is not said, and stays unknown.
    assert_eq!(
        noted(&gus),
        ["I01", "I01-efficacy", "I03", "I03-carbon-dioxide"]
    );
    let efficacy = gus.of("I01-efficacy").unwrap();
    assert_eq!(efficacy.found, "60\u{a0}mg/day");
    assert_eq!(
        gus.of("I03-carbon-dioxide").unwrap().outcome,
        Outcome::Unknown
    );
    assert!(gus.adds().contains(&"Continuous oxygen saturation."));
    for found in &gus.open {
        assert!(!found.rule.remedy.to_lowercase().contains("stop taking"));
    }
}

#[test]
fn scenario_5_ida_is_excluded_by_age_and_needs_clearance_in_a_programme() {
    // Hazard: H24
    let off = screened(&text("5-ida.toml"));
    assert_eq!(off.level, Level::Exclude);
    assert_eq!(blocking(&off), ["age-minimum"]);

    let on = screened(&text("5-ida-programme.toml"));
    assert_eq!(on.level, Level::Clearance);
    assert_eq!(blocking(&on), ["adolescent-clearance"]);
    let found = on.of("adolescent-clearance").unwrap();
    assert_eq!(found.rule.cleared_by, ["child and adolescent psychiatry"]);
    assert!(on.adds()[0].contains("40\u{a0}mg"), "{:?}", on.adds());

    let without_assent = changed(
        "5-ida-programme.toml",
        "    \"agreement.patient-assents\",\n",
        "",
    );
    let without = screened(&without_assent);
    assert!(blocking(&without).contains(&"adolescent-assent"));

    let nasal = changed("5-ida-programme.toml", "racemic-ketamine", "esketamine")
        .replace("\"intravenous\"", "\"intranasal\"");
    let nasal = screened(&nasal);
    assert_eq!(nasal.level, Level::Exclude);
    assert!(blocking(&nasal).contains(&"age-esketamine"));
}

#[test]
fn someone_who_turns_18_on_the_day_of_the_visit_is_18() {
    let born = |date: &str| screened(&changed("5-ida.toml", "2010-06-30", date));
    // The visit is on 24 November 2026.
    assert_eq!(
        born("2008-11-24").of("age-minimum").unwrap().outcome,
        Outcome::Met
    );
    assert_eq!(
        born("2008-11-25").of("age-minimum").unwrap().outcome,
        Outcome::Unmet
    );
}

#[test]
fn an_unknown_pregnancy_answer_in_someone_who_could_be_pregnant_is_incomplete() {
    // Hazard: H24
    let screening = screened(&text("unknown-pregnancy.toml"));
    assert_eq!(screening.decision, Decision::Blocked);
    assert_eq!(screening.level, Level::Incomplete);
    assert_eq!(blocking(&screening), ["X09", "test-pregnancy"]);
    assert_eq!(screening.of("X09").unwrap().level, Level::Incomplete);
    assert_eq!(screening.of("X09").unwrap().evidence[0].answer, "not asked");
}

#[test]
fn an_alcohol_score_of_3_is_positive_in_a_woman_and_not_in_a_man() {
    let scored = |sex: &str| {
        let text = changed("1-ana.toml", "audit-c = 1", "audit-c = 3")
            .replace("sex = \"female\"", &format!("sex = \"{sex}\""));
        let screening = screened(&text);
        blocking(&screening)
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(scored("female"), ["C12-alcohol-women"]);
    assert_eq!(scored("male"), Vec::<String>::new());
    // Where the sex is not known, the lower limit counts as well.
    assert_eq!(scored("unknown"), ["C12-alcohol-women"]);
}

#[test]
fn before_the_drug_140_over_90_passes_and_one_more_on_either_side_holds() {
    let blocking_at = |high: u32, low: u32| {
        let text = changed(
            "day-alcohol.toml",
            "systolic = 118, diastolic = 74, heart_rate",
            &format!("systolic = {high}, diastolic = {low}, heart_rate"),
        )
        .replace("2026-11-23T11:01:00-05:00", "2026-11-23T11:00:00-05:00");
        let screening = screened(&text);
        blocking(&screening)
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(blocking_at(140, 90), Vec::<String>::new());
    assert_eq!(blocking_at(141, 89), ["pre-dose-soft-systolic"]);
    assert_eq!(blocking_at(139, 91), ["pre-dose-soft-diastolic"]);
}

#[test]
fn alcohol_holds_the_day_until_24_hours_have_passed_to_the_minute() {
    let early = screened(&text("day-alcohol.toml"));
    assert_eq!(early.level, Level::HoldToday);
    assert_eq!(blocking(&early), ["I04"]);
    // Last drink at 11:01 on the 23rd: met at 11:01 on the 24th, a minute after the visit begins.
    assert_eq!(
        early.of("I04").unwrap().met_at.unwrap().to_string(),
        "2026-11-24T16:01:00.000000Z"
    );
    let exactly = changed(
        "day-alcohol.toml",
        "2026-11-23T11:01:00-05:00",
        "2026-11-23T11:00:00-05:00",
    );
    assert_eq!(screened(&exactly).decision, Decision::Eligible);
}

#[test]
fn hours_are_counted_in_absolute_time_over_a_clock_change() {
    // On 1 November 2026 the clocks of New York go back at 2:00: from 11:00 on 31 October
    // (offset -4) to 11:00 on 1 November (offset -5) 25 hours pass.
    let text = text("day-alcohol.toml")
        .replace("2026-11-24", "2026-11-01")
        .replace("2026-11-23T11:01:00-05:00", "2026-10-31T11:30:00-04:00");
    // 24 h 30 min have passed although the clock shows 23 h 30 min.
    let screening = screened(&text);
    assert_eq!(screening.of("I04").unwrap().outcome, Outcome::Met);
}

#[test]
fn a_letter_about_one_condition_of_a_short_name_does_not_lift_the_others() {
    // Hazard: H24. Clinical reference 1.4, C02: coronary disease and valve disease are told apart
    // there; a cardiologist who wrote about the one has not written about the other.
    let with = |about: &str| {
        let both =
            "yes = [\n    \"condition.stable-coronary-disease\",\n    \"condition.valve-disease\",";
        text("hypertension-cleared.toml")
            .replace("    \"condition.stable-coronary-disease\",\n", "")
            .replace("    \"condition.valve-disease\",\n", "")
            .replacen("yes = [", both, 1)
            .replace("about = \"C01\"", &format!("about = \"{about}\""))
            .replace("from = \"primary care\"", "from = \"cardiology\"")
    };
    let screening = screened(&with("C02"));
    assert_eq!(screening.of("C02").unwrap().level, Level::Caution);
    assert_eq!(screening.of("C02-valve").unwrap().level, Level::Clearance);
    let screening = screened(&with("C02-valve"));
    assert_eq!(screening.of("C02").unwrap().level, Level::Clearance);
    assert_eq!(screening.of("C02-valve").unwrap().level, Level::Caution);
}

#[test]
fn a_clearance_lifts_its_rule_until_it_expires_and_the_condition_stays_visible() {
    let held = screened(&text("hypertension-cleared.toml"));
    assert_eq!(held.decision, Decision::Eligible);
    let found = held.of("C01").unwrap();
    assert_eq!(found.level, Level::Caution);
    assert!(matches!(&found.cleared, Cleared::Holds { from, .. } if from == "primary care"));

    let expired = screened(&text("clearance-expired.toml"));
    assert_eq!(blocking(&expired), ["C01"]);
    assert!(matches!(
        &expired.of("C01").unwrap().cleared,
        Cleared::Expired { held_until, .. } if held_until.to_string() == "2026-11-23"
    ));
    // 90 days before 24 November is 26 August: exactly 90 days still hold.
    let exactly = changed("clearance-expired.toml", "2026-08-25\"\n", "2026-08-26\"\n");
    assert_eq!(screened(&exactly).decision, Decision::Eligible);
}

#[test]
fn a_clearance_that_no_prescriber_accepted_or_that_is_another_ones_lifts_nothing() {
    // Hazard: H24
    let accepted = "accepted = { by = \"prescriber\", name = \"Dr Ines Falk\", at = \"2026-10-06T08:00:00-05:00\" }\n";
    let unsigned = screened(&changed("hypertension-cleared.toml", accepted, ""));
    assert_eq!(blocking(&unsigned), ["C01"]);
    assert!(matches!(
        unsigned.of("C01").unwrap().cleared,
        Cleared::NotAccepted { .. }
    ));
    let from_another = screened(&changed(
        "hypertension-cleared.toml",
        "from = \"primary care\"",
        "from = \"ophthalmology\"",
    ));
    assert_eq!(blocking(&from_another), ["C01"]);
    let by_a_nurse = changed(
        "hypertension-cleared.toml",
        "accepted = { by = \"prescriber\"",
        "accepted = { by = \"nurse\"",
    );
    assert!(problems(&by_a_nurse)[0].says.contains("only a prescriber"));
}

#[test]
fn one_high_pressure_asks_for_a_second_visit_and_two_decide() {
    let with = |readings: &str| {
        screened(&changed(
            "1-ana.toml",
            "[{ systolic = 118, diastolic = 74, on = \"2026-11-20\" }]",
            readings,
        ))
    };
    let once = with("[{ systolic = 182, diastolic = 90, on = \"2026-11-20\" }]");
    assert_eq!(once.of("X11-systolic").unwrap().outcome, Outcome::Unknown);
    assert_eq!(once.level, Level::Incomplete);
    let twice = |first: u32, second: u32| {
        with(&format!(
            "[{{ systolic = {first}, diastolic = 90, on = \"2026-11-02\" }}, {{ systolic = {second}, diastolic = 90, on = \"2026-11-20\" }}]"
        ))
    };
    assert_eq!(blocking(&twice(180, 180)), ["X11-systolic", "C01-systolic"]);
    assert_eq!(blocking(&twice(180, 179)), ["C01-systolic"]);
    assert_eq!(blocking(&twice(160, 160)), ["C01-systolic"]);
    assert_eq!(blocking(&twice(160, 159)), Vec::<&str>::new());
}

#[test]
fn a_trial_of_which_something_is_unknown_leaves_the_number_open_while_it_matters() {
    let unknown = "{ drug = \"bupropion\", weeks_at_adequate_dose = 8, taken_as_prescribed = true, in_this_episode = true, outcome = \"below-25-percent\" }";
    // Two certain failures are enough, whatever the third was.
    let third = screened(&changed("1-ana.toml", unknown, "{ drug = \"bupropion\" }"));
    assert_eq!(third.decision, Decision::Eligible);
    // The Veterans Affairs threshold of 4 cannot be told from three certain and one unknown.
    let four = text("1-ana.toml")
        .replacen(
            "[visit]",
            "[adopted.eligibility]\nfailed_trials = { count = 4 }\n\n[visit]",
            1,
        )
        .replacen(unknown, &format!("{unknown}, {{ drug = \"lithium\" }}"), 1);
    let found = screened(&four);
    assert_eq!(
        found.of("indication-failed-trials").unwrap().outcome,
        Outcome::Unknown
    );
    // Five weeks are too short by the default of six.
    let short =
        text("1-ana.toml").replace("weeks_at_adequate_dose = 8", "weeks_at_adequate_dose = 5");
    let found = screened(&short);
    assert_eq!(
        found.of("indication-failed-trials").unwrap().outcome,
        Outcome::Unmet
    );
}

#[test]
fn a_medicine_in_free_text_waits_for_a_clinician() {
    // Hazard: H24
    let with = |medicine: &str| {
        screened(&changed(
            "1-ana.toml",
            "medicines = []",
            &format!("medicines = [{medicine}]"),
        ))
    };
    let free = with("{ words = \"the small yellow ones\" }");
    assert_eq!(blocking(&free), ["medicines-recognised"]);
    assert_eq!(free.level, Level::Incomplete);
    // A code of another drug than the words say is no match, and both count.
    let mixed = with("{ words = \"lorazepam\", codes = [\"28439\"] }");
    assert_eq!(blocking(&mixed), ["medicines-recognised"]);
    assert!(noted(&mixed).contains(&"I01") && noted(&mixed).contains(&"I09"));
    let reviewed = with(
        "{ words = \"the small yellow ones\", review = { classes = [\"theophylline\"], by = \"prescriber\", name = \"Dr Ines Falk\", at = \"2026-11-20T09:50:00-05:00\" } }",
    );
    assert_eq!(blocking(&reviewed), ["X21", "I08"]);
    let stopped = with("{ words = \"theophylline\", stopped = true }");
    assert_eq!(stopped.decision, Decision::Eligible);
}

#[test]
fn a_side_effect_is_not_an_allergy_and_an_unjudged_one_is_not_a_no() {
    let with = |entry: &str| {
        let screening = screened(&changed(
            "1-ana.toml",
            "allergies = []",
            &format!("allergies = [{entry}]"),
        ));
        screening.of("X04").unwrap().level
    };
    let ketamine = |reaction: &str| {
        with(&format!(
            "{{ substance = \"ketamine\", of_the_product = true, reaction = \"{reaction}\" }}"
        ))
    };
    assert_eq!(ketamine("allergy"), Level::Exclude);
    assert_eq!(ketamine("side-effect"), Level::Clear);
    assert_eq!(ketamine("unknown"), Level::Incomplete);
    assert_eq!(
        with("{ substance = \"penicillin\", of_the_product = false, reaction = \"allergy\" }"),
        Level::Clear
    );
    assert_eq!(
        with("{ substance = \"an injection\", reaction = \"allergy\" }"),
        Level::Incomplete
    );
}

#[test]
fn every_finding_names_its_evidence_rule_version_source_and_remedy() {
    let cal = screened(&text("2-cal.toml"));
    let found = cal.of("X06").unwrap();
    let evidence = &found.evidence[0];
    assert_eq!(evidence.question, "condition.schizophrenia-spectrum");
    assert_eq!(evidence.answer, "yes");
    let by = evidence.by.as_ref().unwrap();
    assert_eq!(by.name, "Cal Reyes");
    assert_eq!(by.at.to_string(), "2026-11-20T14:10:00.000000Z");
    assert_eq!(
        (found.rule.policy.as_str(), found.rule.version),
        ("eligibility", 1)
    );
    assert!(found.rule.source.contains("ACEP 2011"));
    assert!(found.rule.may_be_overridden_by.is_empty());
    assert_eq!(cal.medicine_list, 1);
}

#[test]
fn an_answer_is_stored_and_read_back_whole() {
    for name in ["1-ana.toml", "2-cal.toml", "clearance-expired.toml"] {
        let screening = screened(&text(name));
        let json = serde_json::to_string(&screening).unwrap();
        assert_eq!(serde_json::from_str::<Screening>(&json).unwrap(), screening);
    }
}

#[test]
fn the_same_case_gives_the_same_bytes() {
    let once = serde_json::to_string(&screened(&text("4-gus.toml"))).unwrap();
    let again = serde_json::to_string(&screened(&text("4-gus.toml"))).unwrap();
    assert_eq!(once, again);
}

#[test]
fn numbers_in_other_units_and_impossible_dates_are_asked_about_and_never_guessed() {
    // Hazard: H06
    let found = problems(&text("odd-units.toml"));
    let says = |words: &str| {
        assert!(
            found.iter().any(|problem| problem.says.contains(words)),
            "{words}: {found:#?}"
        );
    };
    // 5.6 feet are 170.7 cm; 16 kPa are 120 mmHg; 0.44 s are 440 ms.
    says("As feet it would be 170.7 cm");
    says("From kilopascals it would be 120 mmHg");
    says("from seconds it would be 440");
    says("2026-11-21, which has not come yet");
    says("“2026-02-30” is not a date of the calendar");
    for problem in &found {
        assert!(problem.line > 1, "{problem:?}");
    }
}

#[test]
fn a_weight_that_fits_in_pounds_is_asked_about_until_someone_confirms() {
    // Hazard: H18
    // 137 lb are 62.1 kg. At 160 cm, 137 kg would be a body-mass index of 53.5.
    let pounds = changed("1-ana.toml", "kilograms = 62", "kilograms = 137");
    let found = problems(&pounds);
    assert_eq!(found.len(), 1);
    assert!(found[0].says.contains("62.1 kg"), "{found:?}");
    let line = pounds
        .lines()
        .position(|line| line.contains("kilograms = 137"))
        .unwrap();
    assert_eq!(found[0].line, line + 1);
    let confirmed = pounds.replace("kilograms = 137", "kilograms = 137, confirmed = true");
    assert_eq!(blocking(&screened(&confirmed)), ["C18", "C18-heavy"]);
    let said_pounds = changed("1-ana.toml", "kilograms = 62", "pounds = 137");
    assert!(problems(&said_pounds)[0].says.contains("62.1 kg"));
}

#[test]
fn slips_of_the_file_are_said_with_their_line() {
    for (from, into, words) in [
        ("birth_date", "birthdate", "“birthdate” is not understood"),
        ("sex = \"female\"", "sex = \"f\"", "none of: female, male"),
        (
            "\"condition.delirium\"",
            "\"condition.delirum\"",
            "no question",
        ),
        ("stop-bang = 1", "stop-bang = 9", "from 0 to 8"),
        ("kilograms = 62", "kilograms = \"62,5\"", "decimal point"),
        (
            "T09:00:00-05:00\"\nproduct",
            "T09:00:00\"\nproduct",
            "offset",
        ),
        ("1992-03-02", "1892-03-02", "120 years"),
        ("1992-03-02", "1993-02-29", "not a date of the calendar"),
        ("\"intravenous\"", "\"rectal\"", "none of: intravenous"),
        ("racemic-ketamine", "esketamine", "is not given intravenous"),
        (
            "systolic = 118, diastolic = 74",
            "systolic = 74, diastolic = 118",
            "exchanged",
        ),
        ("title =", "title", "not TOML"),
        (
            "    \"condition.delirium\",",
            "    \"condition.delirium\",\n    \"condition.delirium\",",
            "answered before",
        ),
    ] {
        let found = problems(&changed("1-ana.toml", from, into));
        assert!(
            found.iter().any(|problem| problem.says.contains(words)),
            "{words}: {found:#?}"
        );
    }
}

#[test]
fn an_empty_statement_leaves_every_question_unanswered_and_blocks() {
    // Hazard: H24
    let nothing = "title = \"Nothing known\"\ngate = \"accept-for-treatment\"\nscreened_at = \"2026-11-20T10:00:00Z\"\nsaid = []\n[visit]\nat = \"2026-11-24T09:00:00Z\"\nproduct = \"racemic-ketamine\"\nroute = \"intravenous\"\nphase = \"series\"\n";
    let case = case(nothing);
    let screening = case.screen(&ScreeningRules::adopted(&OwnValues::new()).unwrap());
    assert_eq!(screening.level, Level::Incomplete);
    assert_eq!(case.person.unanswered().count(), Question::ALL.len());
    // What asks about the person is unknown; only what the plan itself tells is known.
    for found in &screening.open {
        assert_eq!(
            found.outcome,
            Outcome::Unknown,
            "{}",
            found.rule.requirement
        );
    }
}
