//! Every case beside every policy of screening, and every rule of the clinical reference.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::case_table::Cases;
use clinical::course::screening::medicine::MedicineList;
use clinical::course::screening::{OwnValues, SCREENING, ScreeningRules};
use clinical::policy::{Comparison, Gate, Outcome, Policy, Quantity, Severity, Unit};
use std::collections::{BTreeMap, BTreeSet};
use units::Decimal;

#[test]
fn every_case_beside_a_policy_of_screening_holds() {
    // Hazard: H24
    let count = crate::case_table::hold(&SCREENING);
    assert!(count > 450, "only {count} cases were read");
}

#[test]
fn every_rule_of_screening_has_its_rows_unknown_below_exactly_and_above() {
    for built_in in SCREENING {
        let policy = Policy::read(built_in.text).expect(built_in.file);
        let cases: Cases = toml::from_str(built_in.cases).expect(built_in.file);
        for requirement in &policy.requirements {
            let of_it = || {
                cases
                    .case
                    .iter()
                    .filter(|case| case.requirement == requirement.id)
            };
            let rows: Vec<&str> = of_it().map(|case| case.row.as_str()).collect();
            let needed: &[&str] = match requirement.must_be {
                Comparison::Answered(_) => &["unknown", "answered"],
                Comparison::InForce(_) => &["unknown", "met", "unmet"],
                Comparison::OneOf(_) | Comparison::NoneOf(_) => {
                    // Words have no "just below": one that passes and one that does not.
                    for outcome in [Outcome::Met, Outcome::Unmet] {
                        assert!(
                            of_it().any(|case| case.expect == outcome),
                            "{}: {} has no row that is {outcome:?}",
                            built_in.file,
                            requirement.id
                        );
                    }
                    &["unknown"]
                }
                Comparison::AtLeast(_)
                | Comparison::AtMost(_)
                | Comparison::Below(_)
                | Comparison::ElapsedAtLeast(_)
                | Comparison::ElapsedAtMost(_) => {
                    &["unknown", "just below", "exactly", "just above"]
                }
            };
            for row in needed {
                assert!(
                    rows.contains(row),
                    "{}: {} has no row {row:?}",
                    built_in.file,
                    requirement.id
                );
            }
            assert_eq!(
                requirement.when_none.is_some(),
                rows.contains(&"there is none"),
                "{}: {}",
                built_in.file,
                requirement.id
            );
        }
    }
}

/// The tables of the clinical reference, 1.3, 1.4 and 1.6, copied by hand: the name, the default
/// weight of the row, and "racemic" or "esketamine" where the row is about one product only.
const REFERENCE: [(&str, Severity, &str); 67] = [
    ("X01", Severity::Exclude, ""),
    ("X02", Severity::Exclude, ""),
    ("X03", Severity::Exclude, ""),
    ("X04", Severity::Exclude, ""),
    ("X05", Severity::Exclude, "racemic"),
    ("X06", Severity::Exclude, ""),
    ("X07", Severity::Exclude, ""),
    ("X08", Severity::Exclude, ""),
    ("X09", Severity::Exclude, ""),
    ("X10", Severity::Exclude, ""),
    ("X11", Severity::Exclude, ""),
    ("X12", Severity::Exclude, ""),
    ("X13", Severity::Exclude, ""),
    ("X14", Severity::Exclude, ""),
    ("X15", Severity::Exclude, ""),
    ("X16", Severity::Exclude, ""),
    ("X17", Severity::HoldToday, ""),
    ("X18", Severity::Exclude, ""),
    ("X19", Severity::Exclude, ""),
    ("X20", Severity::Exclude, ""),
    ("X21", Severity::Exclude, "racemic"),
    ("X22", Severity::Exclude, ""),
    ("X23", Severity::Exclude, "esketamine"),
    ("X24", Severity::Exclude, "esketamine"),
    ("C01", Severity::Clearance, ""),
    ("C02", Severity::Clearance, ""),
    ("C03", Severity::Clearance, ""),
    ("C04", Severity::Clearance, ""),
    ("C05", Severity::Clearance, ""),
    ("C06", Severity::Clearance, ""),
    ("C07", Severity::Clearance, ""),
    ("C08", Severity::Clearance, ""),
    ("C09", Severity::Clearance, ""),
    ("C10", Severity::Clearance, ""),
    ("C11", Severity::Clearance, ""),
    ("C12", Severity::Clearance, ""),
    ("C13", Severity::Clearance, ""),
    ("C14", Severity::Clearance, ""),
    ("C15", Severity::Clearance, ""),
    ("C16", Severity::Clearance, ""),
    ("C17", Severity::Clearance, ""),
    ("C18", Severity::Clearance, ""),
    ("C19", Severity::Clearance, ""),
    ("C20", Severity::Clearance, ""),
    ("I01", Severity::Caution, ""),
    ("I02", Severity::Caution, ""),
    ("I03", Severity::Caution, ""),
    ("I04", Severity::HoldToday, ""),
    ("I05", Severity::Caution, ""),
    ("I06", Severity::Clearance, ""),
    ("I07", Severity::Caution, ""),
    ("I08", Severity::Exclude, ""),
    ("I09", Severity::Info, ""),
    ("I10", Severity::Caution, ""),
    ("I11", Severity::Caution, ""),
    ("I12", Severity::Info, ""),
    ("I13", Severity::Info, ""),
    ("I14", Severity::Info, ""),
    ("I15", Severity::Info, ""),
    ("I16", Severity::Info, ""),
    ("I17", Severity::Info, ""),
    ("I18", Severity::Caution, ""),
    ("I19", Severity::HoldToday, ""),
    // The fasting modifier itself is a note; its risks and symptoms are rules of their own.
    ("I20", Severity::Info, ""),
    ("I21", Severity::Caution, ""),
    ("I22", Severity::Caution, ""),
    ("I23", Severity::Caution, ""),
];

#[test]
fn every_numbered_rule_of_the_reference_is_there_with_its_weight_and_its_product() {
    let rules = ScreeningRules::shipped().expect("shipped");
    for (code, severity, product) in REFERENCE {
        let (_, first) = rules
            .requirements()
            .find(|(_, requirement)| requirement.code == code)
            .unwrap_or_else(|| panic!("{code} is missing"));
        assert_eq!(first.severity, severity, "{code}");
        for (_, requirement) in rules
            .requirements()
            .filter(|(_, requirement)| requirement.code == code)
        {
            match product {
                "racemic" => assert_eq!(requirement.products, ["racemic-ketamine"], "{code}"),
                "esketamine" => assert_eq!(requirement.products, ["esketamine"], "{code}"),
                _ => {}
            }
        }
    }
    let known: BTreeSet<&str> = REFERENCE.iter().map(|(code, _, _)| *code).collect();
    for rule in rules.rules() {
        assert!(
            rule.code.is_empty() || known.contains(rule.code.as_str()),
            "{} is in no table of the reference",
            rule.code
        );
    }
}

/// The rows of the table of tests, clinical reference 1.7, copied by hand.
const TESTS: [(&str, &str); 10] = [
    ("vitals, height, weight", "weight-recent"),
    ("pregnancy test", "test-pregnancy"),
    ("ECG", "test-ecg-age"),
    ("LFT", "test-liver"),
    ("creatinine/eGFR", "test-kidney"),
    ("urinalysis", "test-urine"),
    ("urine drug screen", "test-urine-drug-screen"),
    ("TSH", "test-thyroid"),
    ("STOP-Bang", "test-sleep-apnoea"),
    ("PDMP check", "test-prescription-monitoring"),
];

#[test]
fn every_test_of_the_reference_has_a_rule() {
    let rules = ScreeningRules::shipped().expect("shipped");
    for (row, requirement) in TESTS {
        assert!(
            rules.rules().any(|rule| rule.requirement == requirement),
            "{row}"
        );
    }
}

/// Permitted ranges that the clinical reference prints (1.1, 1.2, 1.3, 1.5, 1.6, 15), copied by
/// hand: policy, parameter, lowest, default, highest.
const RANGES: [(&str, &str, i64, i64, i64); 10] = [
    ("eligibility", "failed_trials", 1, 2, 6),
    ("eligibility", "adequate_trial_weeks", 4, 6, 8),
    ("eligibility", "uncontrolled_systolic", 140, 180, 180),
    ("eligibility", "uncontrolled_diastolic", 90, 110, 110),
    ("eligibility", "poorly_controlled_systolic", 140, 160, 180),
    ("eligibility", "poorly_controlled_diastolic", 90, 100, 110),
    ("eligibility", "elderly_first_dose", 28, 28, 56),
    ("interactions", "alcohol_hours", 24, 24, 72),
    ("interactions", "cannabis_hours", 24, 48, 72),
    ("tests", "pregnancy_test_days", 1, 7, 30),
];

#[test]
fn permitted_ranges_are_those_of_the_reference() {
    let rules = ScreeningRules::shipped().expect("shipped");
    for (policy, parameter, lowest, default, highest) in RANGES {
        let adopted = rules
            .policies()
            .iter()
            .find(|known| known.id() == policy)
            .expect(policy);
        let known = adopted.policy().parameters.get(parameter).expect(parameter);
        assert_eq!(known.may_be.at_least.value, lowest.into(), "{parameter}");
        assert_eq!(known.value.value, default.into(), "{parameter}");
        assert_eq!(known.may_be.at_most.value, highest.into(), "{parameter}");
    }
}

#[test]
fn an_exclusion_has_no_override_and_no_clearance() {
    // Hazard: H24 — clinical reference 0: only a change of the rules alters an exclusion.
    let rules = ScreeningRules::shipped().expect("shipped");
    for rule in rules.rules() {
        if rule.severity == Severity::Exclude {
            assert!(rule.may_be_overridden_by.is_empty(), "{}", rule.requirement);
            assert!(rule.cleared_by.is_empty(), "{}", rule.requirement);
        }
    }
}

#[test]
fn every_rule_says_its_source_and_what_would_change_the_answer() {
    let rules = ScreeningRules::shipped().expect("shipped");
    for rule in rules.rules() {
        assert!(!rule.source.is_empty(), "{}", rule.requirement);
        assert!(!rule.remedy.is_empty(), "{}", rule.requirement);
        for sentence in [&rule.says, &rule.remedy].into_iter().chain(&rule.adds) {
            assert!(!sentence.contains('{'), "{}: {sentence}", rule.requirement);
        }
    }
}

#[test]
fn no_remedy_about_a_medicine_tells_anyone_to_stop_it() {
    // Clinical reference 1.6: never prompt an abrupt stop; 2.3: never on the software's authority.
    let rules = ScreeningRules::shipped().expect("shipped");
    for (_, requirement) in rules.requirements() {
        let about_a_medicine = requirement.fact.starts_with("medicine");
        let remedy = requirement.remedy.to_lowercase();
        for order in [
            "stop taking",
            "stop the",
            "discontinue",
            "do not take",
            "hold the",
        ] {
            assert!(
                !(about_a_medicine && remedy.contains(order)),
                "{}: {}",
                requirement.id,
                requirement.remedy
            );
        }
    }
}

#[test]
fn a_rule_that_names_an_unknown_fact_product_or_route_is_refused() {
    let policy = |changed: &str, into: &str| {
        let text = SCREENING[0].text.replacen(changed, into, 1);
        assert_ne!(text, SCREENING[0].text);
        let texts: Vec<&str> = [text.as_str()]
            .into_iter()
            .chain(SCREENING[1..].iter().map(|built_in| built_in.text))
            .collect();
        ScreeningRules::read(&texts, &OwnValues::new(), MedicineList::shipped().unwrap())
            .expect_err("refused")
            .to_string()
    };
    let fact = policy(
        "condition.arteriovenous-malformation",
        "condition.left-handed",
    );
    assert!(fact.contains("condition.left-handed"), "{fact}");
    let product = policy("products = [\"esketamine\"]", "products = [\"arketamine\"]");
    assert!(product.contains("arketamine"), "{product}");
    let twice = policy("id = \"X02\"", "id = \"X01\"");
    assert!(twice.contains("twice"), "{twice}");
}

#[test]
fn a_set_of_rules_without_one_of_the_policies_screens_nobody() {
    // Hazard: H24
    for missing in SCREENING {
        let texts: Vec<&str> = SCREENING
            .iter()
            .filter(|built_in| built_in.file != missing.file)
            .map(|built_in| built_in.text)
            .collect();
        let refused =
            ScreeningRules::read(&texts, &OwnValues::new(), MedicineList::shipped().unwrap());
        assert!(refused.is_err(), "{}", missing.file);
    }
}

#[test]
fn a_session_policy_cannot_say_for_whom_it_holds_because_no_one_would_read_it() {
    let text = SCREENING[0].text.replacen(
        "gate = \"accept-for-treatment\"\nproducts",
        "gate = \"discharge\"\nproducts",
        1,
    );
    assert_ne!(text, SCREENING[0].text);
    let refused = Policy::read(&text).expect_err("refused").to_string();
    assert!(refused.contains("only the gates of screening"), "{refused}");
}

#[test]
fn a_clinic_may_set_a_value_inside_the_range_and_none_outside() {
    let own = |years: i64| {
        OwnValues::from([(
            "eligibility".to_owned(),
            BTreeMap::from([(
                "minimum_age".to_owned(),
                Quantity {
                    value: Decimal::from(years),
                    unit: Unit::Years,
                },
            )]),
        )])
    };
    assert!(ScreeningRules::adopted(&own(18)).is_ok());
    assert!(ScreeningRules::adopted(&own(21)).is_ok());
    assert!(ScreeningRules::adopted(&own(17)).is_err());
    assert!(ScreeningRules::adopted(&own(22)).is_err());
    let unknown = OwnValues::from([("no-such".to_owned(), BTreeMap::new())]);
    assert!(ScreeningRules::adopted(&unknown).is_err());
}

#[test]
fn the_rules_ask_at_acceptance_and_on_the_day() {
    let rules = ScreeningRules::shipped().expect("shipped");
    let gates: BTreeSet<Gate> = rules
        .requirements()
        .map(|(_, requirement)| requirement.gate)
        .collect();
    // The pressures before the drug stand in the session's own policy, asked on the day too.
    assert_eq!(
        gates,
        BTreeSet::from([
            Gate::AcceptForTreatment,
            Gate::DayOfSession,
            Gate::StartInfusion
        ])
    );
}

/// Codes of ingredients that the clinical reference, 11.2, marks as seen in a release.
const VERIFIED_CODES: [(&str, &str); 25] = [
    ("diazepam", "3322"),
    ("lorazepam", "6470"),
    ("alprazolam", "596"),
    ("clonazepam", "2598"),
    ("lamotrigine", "28439"),
    ("naltrexone", "7243"),
    ("naloxone", "7242"),
    ("buprenorphine", "1819"),
    ("tranylcypromine", "10734"),
    ("phenelzine", "8123"),
    ("levothyroxine", "10582"),
    ("methylphenidate", "6901"),
    ("amphetamine", "725"),
    ("dextroamphetamine", "3288"),
    ("modafinil", "30125"),
    ("armodafinil", "641465"),
    ("clonidine", "2599"),
    ("labetalol", "6185"),
    ("epinephrine", "3992"),
    ("droperidol", "3648"),
    ("clarithromycin", "21212"),
    ("ritonavir", "85762"),
    ("rifampin", "9384"),
    ("carbamazepine", "2002"),
    ("semaglutide", "1991302"),
];

#[test]
fn a_code_is_marked_verified_only_where_the_reference_has_seen_it() {
    // Hazard: H07
    let list = MedicineList::shipped().expect("shipped");
    for (name, code) in VERIFIED_CODES {
        let known = list
            .ingredients()
            .iter()
            .find(|known| known.name == name)
            .expect(name);
        assert_eq!(known.code.as_deref(), Some(code), "{name}");
        assert!(known.verified, "{name}");
    }
    for known in list.ingredients().iter().filter(|known| known.verified) {
        assert!(
            VERIFIED_CODES.iter().any(|(name, _)| *name == known.name),
            "{}",
            known.name
        );
    }
}
