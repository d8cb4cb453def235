//! The texts that people consent to: every element, the clinic's own numbers, short words.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::float_arithmetic,
    clippy::cast_precision_loss
)]

use clinical::course::consent::ConsentRules;
use clinical::course::consent::text::{Element, Filled, Filling, Kind, Text};
use clinical::course::consent::texts::{Origin, Texts};
use clinical::course::preparation::PreparationRules;
use clinical::course::screening::person::Product;
use clinical::leaflet::Language;
use clinical::policy::{Quantity, Unit};
use std::collections::BTreeSet;

const CONSENT: &str = include_str!("../../../consents/consent.toml");
const ASSENT: &str = include_str!("../../../consents/assent.toml");

fn shipped() -> Vec<Text> {
    let texts = Texts::shipped().unwrap();
    texts.all().map(|(_, text)| text.clone()).collect()
}

fn in_force(policy: &str, parameter: &str) -> Option<Quantity> {
    let preparation = PreparationRules::shipped().unwrap();
    let consent = ConsentRules::shipped().unwrap();
    preparation
        .policies()
        .into_iter()
        .chain([consent.policy()])
        .find(|known| known.id() == policy)?
        .value(parameter)
}

fn filled(text: &Text, language: Language) -> Filled {
    text.filled(language, &Filling { value: &in_force })
}

fn text_for(product: Product, kind: Kind) -> Text {
    shipped()
        .into_iter()
        .find(|text| text.product == product && text.kind == kind)
        .unwrap()
}

/// The file without every section about an element.
fn without(element: Element) -> String {
    let head = format!("element = \"{element}\"");
    let mut parts = CONSENT.split("[[section]]");
    let mut out = parts.next().unwrap().to_owned();
    for part in parts.filter(|part| !part.contains(&head)) {
        out.push_str("[[section]]");
        out.push_str(part);
    }
    out
}

/// Witness: the list of clinical reference 10.2, in the order in which it stands there.
const ELEMENTS: [&str; 29] = [
    "diagnosis",
    "off-label",
    "how-it-works",
    "alternatives",
    "benefits",
    "common-effects",
    "dissociation",
    "blood-pressure",
    "breathing",
    "bladder",
    "liver",
    "cognition",
    "dependence",
    "pregnancy",
    "interactions",
    "driving",
    "escort",
    "monitoring",
    "presence",
    "emergency",
    "privacy",
    "data-sharing",
    "right-to-stop",
    "costs",
    "questions",
    "signatures",
    "copy",
    "version",
    "expiry",
];

#[test]
fn a_consent_that_leaves_out_any_element_is_refused_and_the_element_is_named() {
    // Hazard: H25
    assert_eq!(Element::ALL.map(Element::word), ELEMENTS);
    assert!(Text::read("consent.toml", CONSENT).is_ok());
    for element in Element::ALL {
        let refused = Text::read("consent.toml", &without(element)).unwrap_err();
        let named = format!("nothing about {element} for");
        assert!(refused.to_string().contains(&named), "{refused}");
    }
}

#[test]
fn an_element_of_one_medicine_alone_does_not_stand_for_the_other() {
    let only = r#"only_for = ["racemic-ketamine"]"#;
    let of_one = CONSENT.replacen(
        "element = \"liver\"",
        &format!("element = \"liver\"\n{only}"),
        1,
    );
    let refused = Text::read("consent.toml", &of_one).unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("nothing about liver for esketamine")
    );
}

#[test]
fn a_language_without_words_is_refused() {
    let spanish = CONSENT
        .lines()
        .find(|line| line.starts_with("es = { heading"));
    let refused = Text::read("consent.toml", &CONSENT.replacen(spanish.unwrap(), "", 1));
    assert!(
        refused
            .unwrap_err()
            .to_string()
            .starts_with("consent.toml: ")
    );
    let empty = r#"es = { heading = "", paragraphs = ["x"] }"#;
    assert!(Text::read("c.toml", &CONSENT.replacen(spanish.unwrap(), empty, 1)).is_err());
    let odd = CONSENT.replacen("{preparation.no_driving}", "{hours}", 1);
    let refused = Text::read("c.toml", &odd).unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("{hours} names no policy and parameter")
    );
}

#[test]
fn every_place_is_a_parameter_in_force_and_no_hole_is_shown() {
    // Hazard: H47
    for text in shipped() {
        for place in text.places() {
            let (policy, parameter) = place.split_once('.').unwrap();
            assert!(in_force(policy, parameter).is_some(), "{place}");
        }
        assert_eq!(text.problems(&Filling { value: &in_force }), []);
        for language in Language::ALL {
            let plain = filled(&text, language).plain;
            assert!(!plain.contains(['{', '}']), "{plain}");
        }
    }
}

#[test]
fn the_clinics_own_numbers_stand_in_the_text_and_a_change_of_them_is_another_text() {
    // Source: clinical reference 2.5, 24 hours; 10.2, 12 months.
    let text = text_for(Product::Racemic, Kind::Consent);
    let english = filled(&text, Language::English);
    assert!(english.plain.contains("use machines for 24\u{a0}hours"));
    assert!(english.plain.contains("holds for 12\u{a0}months"));
    let spanish = filled(&text, Language::Spanish);
    assert!(spanish.plain.contains("vale por 12\u{a0}meses"));
    let shorter = |policy: &str, parameter: &str| {
        if parameter == "holds" {
            return Some(Quantity {
                value: 6.into(),
                unit: Unit::Months,
            });
        }
        in_force(policy, parameter)
    };
    let changed = text.filled(Language::English, &Filling { value: &shorter });
    assert!(changed.plain.contains("holds for 6\u{a0}months"));
    assert_ne!(changed.digest, english.digest);
    assert_eq!(filled(&text, Language::English).digest, english.digest);
}

#[test]
fn every_medicine_kind_and_language_has_a_text_of_its_own() {
    let texts = shipped();
    let digests: BTreeSet<String> = texts
        .iter()
        .flat_map(|text| Language::ALL.map(|language| filled(text, language).digest))
        .collect();
    assert_eq!(texts.len(), 3);
    assert_eq!(digests.len(), 6);
    assert!(digests.iter().all(|digest| digest.len() == 64));
}

#[test]
fn a_child_of_eleven_can_read_every_text() {
    for text in shipped() {
        for language in Language::ALL {
            let filled = filled(&text, language);
            let mut texts = vec![filled.title.as_str()];
            for section in &filled.sections {
                texts.push(&section.heading);
                texts.extend(section.paragraphs.iter().map(String::as_str));
            }
            let name = format!("{:?} {} {}", text.kind, text.product.word(), language.tag());
            crate::reading_age::check(&name, language, &texts);
        }
    }
}

fn misnamed(from: &str, to: &str) -> Vec<String> {
    let written = CONSENT.replace(from, to);
    let texts = Text::read("our-consent.toml", &written).unwrap();
    texts
        .iter()
        .flat_map(|text| text.problems(&Filling { value: &in_force }))
        .map(|problem| problem.to_string())
        .collect()
}

#[test]
fn a_misspelt_policy_parameter_or_switch_is_told_with_file_section_and_place() {
    // Hazard: H47
    for (from, to, section, says) in [
        (
            "{preparation.no_driving}",
            "{preparation.no_drivng}",
            "driving",
            "{preparation.no_drivng} is no value of the clinic's rules",
        ),
        (
            "{consent.holds}",
            "{consents.holds}",
            "expiry",
            "{consents.holds} is no value of the clinic's rules",
        ),
        (
            "preparation.escort_required",
            "preparation.escort",
            "escort",
            "preparation.escort is no switch of the clinic's rules",
        ),
        // A number of hours is not on or off.
        (
            "preparation.escort_required",
            "preparation.no_driving",
            "escort",
            "preparation.no_driving is no switch of the clinic's rules",
        ),
    ] {
        // Once for each of the two medicines, and not once more for each language.
        let told = format!("our-consent.toml, section {section}: {says}.");
        assert_eq!(misnamed(from, to), [told.clone(), told]);
    }
}

#[test]
fn everything_that_is_wrong_with_a_file_is_told_at_once() {
    let wrong = without(Element::Liver).replace("{consent.holds}", "{hours}");
    let refused = Text::read("c.toml", &wrong).unwrap_err().to_string();
    let lines: Vec<&str> = refused.lines().collect();
    assert_eq!(
        lines,
        [
            "c.toml: nothing about liver for racemic-ketamine.",
            "c.toml, section expiry: {hours} names no policy and parameter.",
            "c.toml: nothing about liver for esketamine.",
        ]
    );
    let refused = Text::read("c.toml", "version = 1\nkinds = 2\n").unwrap_err();
    assert!(
        refused
            .to_string()
            .starts_with("c.toml: line 2, unknown field `kinds`")
    );
}

#[test]
fn a_text_that_a_child_of_eleven_cannot_read_is_refused() {
    let hard = "Administration necessitates comprehensive multidisciplinary cardiovascular \
                surveillance, notwithstanding contraindications. ";
    let easy = "It changes how some cells in the brain talk to each other.";
    let refused = Text::read("c.toml", &CONSENT.replace(easy, &hard.repeat(20))).unwrap_err();
    let says = refused.to_string();
    assert!(
        says.contains("too hard to read in English, grade "),
        "{says}"
    );
    assert!(!says.contains("Español"), "{says}");
}

#[test]
fn a_section_is_shown_as_the_clinics_switch_stands_and_something_is_said_either_way() {
    let text = text_for(Product::Racemic, Kind::Consent);
    let escort = |switch: Option<u32>| {
        let value = |policy: &str, parameter: &str| match (policy, parameter) {
            ("preparation", "escort_required") => switch.map(|switch| Quantity {
                value: switch.into(),
                unit: Unit::Switch,
            }),
            _other => in_force(policy, parameter),
        };
        text.filled(Language::English, &Filling { value: &value })
            .plain
    };
    let (named, alone) = (
        "a grown-up whom you name to us",
        "We do not ask that a grown-up",
    );
    assert!(escort(Some(1)).contains(named) && !escort(Some(1)).contains(alone));
    assert!(escort(Some(0)).contains(alone) && !escort(Some(0)).contains(named));
    // What is not known hides nothing.
    assert!(escort(None).contains(named) && escort(None).contains(alone));
    let one_way = CONSENT.replacen("only_when_off = ", "only_when_on = ", 1);
    let refused = Text::read("c.toml", &one_way).unwrap_err().to_string();
    assert!(
        refused.contains("section escort: for racemic-ketamine nothing is said while"),
        "{refused}"
    );
}

#[test]
fn nobody_under_age_is_asked_to_agree_to_esketamine() {
    // Source: clinical reference 1.1, esketamine is for adults.
    let texts = Texts::shipped().unwrap();
    assert!(texts.find(Product::Esketamine, Kind::Assent).is_none());
    assert!(texts.find(Product::Racemic, Kind::Assent).is_some());
    let words = "\n[product.esketamine]\nen = \"esketamine\"\nes = \"esketamina\"\n\n[[section]]";
    let written = ASSENT
        .replacen("[\"racemic-ketamine\"]", "[\"esketamine\"]", 1)
        .replacen("\n[[section]]", words, 1);
    let refused = Text::read("c.toml", &written).unwrap_err().to_string();
    assert!(
        refused.contains("minors are never given esketamine"),
        "{refused}"
    );
}

#[test]
fn the_clinics_own_text_stands_in_the_place_of_the_shipped_one_and_no_other() {
    let own = CONSENT
        .replacen(
            "products = [\"racemic-ketamine\", \"esketamine\"]",
            "products = [\"esketamine\"]",
            1,
        )
        .replacen("version = 1", "version = 7", 1);
    let texts = Texts::shipped().unwrap();
    let texts = texts.with_own(&[("ours.toml", &own)]).unwrap();
    let all: Vec<(Origin, Product, Kind, u32)> = texts
        .all()
        .map(|(origin, text)| (origin, text.product, text.kind, text.version))
        .collect();
    assert_eq!(
        all,
        [
            (Origin::Shipped, Product::Racemic, Kind::Consent, 1),
            (Origin::Shipped, Product::Racemic, Kind::Assent, 1),
            (Origin::Clinic, Product::Esketamine, Kind::Consent, 7),
        ]
    );
    let twice = Texts::shipped().unwrap();
    let refused = twice.with_own(&[("a.toml", &own), ("b.toml", &own)]);
    assert_eq!(
        refused.unwrap_err().to_string(),
        "b.toml: a.toml has a consent for esketamine already."
    );
}
