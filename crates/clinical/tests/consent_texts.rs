//! The texts that people consent to: every element, the clinic's own numbers, short words.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::float_arithmetic,
    clippy::cast_precision_loss
)]

mod reading_age;

use clinical::course::consent::ConsentRules;
use clinical::course::consent::text::{Element, Filled, Filling, Kind, Text};
use clinical::course::preparation::PreparationRules;
use clinical::course::screening::person::Product;
use clinical::leaflet::Language;
use clinical::policy::{Quantity, Unit};
use std::collections::BTreeSet;

const CONSENT: &str = include_str!("../../../consents/consent.toml");

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
    let all = Text::shipped().unwrap();
    all.into_iter()
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
    for text in Text::shipped().unwrap() {
        for place in text.places() {
            let (policy, parameter) = place.split_once('.').unwrap();
            assert!(in_force(policy, parameter).is_some(), "{place}");
        }
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
    let texts = Text::shipped().unwrap();
    let digests: BTreeSet<String> = texts
        .iter()
        .flat_map(|text| Language::ALL.map(|language| filled(text, language).digest))
        .collect();
    assert_eq!(texts.len(), 4);
    assert_eq!(digests.len(), 8);
    assert!(digests.iter().all(|digest| digest.len() == 64));
}

#[test]
fn a_child_of_eleven_can_read_every_text() {
    for text in Text::shipped().unwrap() {
        for language in Language::ALL {
            let filled = filled(&text, language);
            let mut texts = vec![filled.title.as_str()];
            for section in &filled.sections {
                texts.push(&section.heading);
                texts.extend(section.paragraphs.iter().map(String::as_str));
            }
            let name = format!("{:?} {} {}", text.kind, text.product.word(), language.tag());
            reading_age::check(&name, language, &texts);
        }
    }
}
