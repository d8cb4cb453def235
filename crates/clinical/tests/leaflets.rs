//! What patients read: the clinic's own numbers, the same in every language, in short words.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::float_arithmetic,
    clippy::cast_precision_loss
)]

use clinical::course::booking::BookingRules;
use clinical::course::preparation::PreparationRules;
use clinical::course::screening::ScreeningRules;
use clinical::leaflet::{Language, Leaflet, shipped};
use clinical::policy::{Quantity, Rules, Unit};
use std::collections::BTreeSet;

fn in_force(policy: &str, parameter: &str) -> Option<Quantity> {
    let rules = Rules::shipped().unwrap();
    let screening = ScreeningRules::shipped().unwrap();
    let preparation = PreparationRules::shipped().unwrap();
    let booking = BookingRules::shipped().unwrap();
    rules
        .policies()
        .iter()
        .chain(screening.policies())
        .chain(preparation.policies())
        .chain([booking.policy()])
        .find(|known| known.id() == policy)?
        .value(parameter)
}

fn texts(leaflet: &Leaflet) -> Vec<&str> {
    let mut texts = vec![leaflet.title.as_str(), leaflet.summary.as_str()];
    for section in &leaflet.sections {
        texts.push(&section.heading);
        texts.extend(section.paragraphs.iter().map(String::as_str));
        texts.extend(section.points.iter().map(String::as_str));
    }
    texts
}

fn leaflet(id: &str, language: Language) -> Leaflet {
    let found = shipped()
        .unwrap()
        .into_iter()
        .find(|one| one.id == id && one.language == language);
    found.unwrap()
}

#[test]
fn every_leaflet_says_the_same_things_in_every_language() {
    // Hazard: H47
    let all = shipped().unwrap();
    let ids: BTreeSet<&str> = all.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(all.len(), ids.len() * Language::ALL.len());
    for id in ids {
        let shape = |language| {
            let one = leaflet(id, language);
            let sections: Vec<_> = one
                .sections
                .iter()
                .map(|section| {
                    let switch = section.only_when_on.clone();
                    (section.paragraphs.len(), section.points.len(), switch)
                })
                .collect();
            let places: Vec<String> = one.places().into_iter().map(str::to_owned).collect();
            (one.version, one.sources.len(), sections, places)
        };
        assert_eq!(shape(Language::English), shape(Language::Spanish), "{id}");
    }
}

#[test]
fn every_place_is_a_parameter_of_a_policy_in_force() {
    for one in shipped().unwrap() {
        for place in one.places() {
            let (policy, parameter) = place.split_once('.').unwrap();
            assert!(in_force(policy, parameter).is_some(), "{}: {place}", one.id);
        }
    }
}

#[test]
fn no_age_and_no_fasting_hour_is_fixed_in_the_text() {
    for one in shipped().unwrap() {
        for text in texts(&one) {
            let words: Vec<&str> = text.split_whitespace().collect();
            for pair in words.windows(2) {
                let number = pair[0].trim_matches(|c: char| !c.is_ascii_digit());
                let unit = pair[1].trim_matches(|c: char| !c.is_alphabetic());
                let is_rule = ["hour", "hours", "years", "hora", "horas", "años"].contains(&unit);
                // The day without alcohol and papers afterwards is not a parameter; source: §2.3.
                if is_rule && number.parse::<u32>().is_ok() {
                    assert_eq!(number, "24", "{}: {text}", one.id);
                }
            }
        }
    }
}

#[test]
fn the_clinics_own_numbers_stand_in_the_text_and_change_with_its_rules() {
    // Hazard: H47
    // Source: reference §2.1, default rule set; §1.1.
    let written = |language, value: &dyn Fn(&str, &str) -> Option<Quantity>| {
        texts(&leaflet("questions", language).filled(value)).join("\n")
    };
    let english = written(Language::English, &in_force);
    for says in [
        "18\u{a0}years or older",
        "8\u{a0}hours",
        "6\u{a0}hours",
        "2\u{a0}hours",
    ] {
        assert!(english.contains(says), "{says}");
    }
    let spanish = written(Language::Spanish, &in_force);
    assert!(spanish.contains("18\u{a0}años o más"));
    let stricter = |policy: &str, parameter: &str| match parameter {
        "minimum_age" => Some(Quantity {
            value: 21.into(),
            unit: Unit::Years,
        }),
        _ => in_force(policy, parameter),
    };
    assert!(written(Language::English, &stricter).contains("21\u{a0}years or older"));
    // A clinic without a rule gets no number of ours.
    let nothing = written(Language::English, &|_, _| None);
    assert!(nothing.contains("(ask the clinic) or older"));
    assert!(!nothing.contains('{'));
}

#[test]
fn young_people_are_spoken_of_only_where_the_clinic_has_a_programme_for_them() {
    let programme = |on: i64| {
        move |policy: &str, parameter: &str| match parameter {
            "adolescent_programme" => Some(Quantity {
                value: on.into(),
                unit: Unit::Switch,
            }),
            _ => in_force(policy, parameter),
        }
    };
    let says =
        |on| texts(&leaflet("questions", Language::English).filled(programme(on))).join("\n");
    assert!(!says(0).contains("teenager"));
    assert!(says(1).contains("May a teenager come?"));
    assert!(says(1).contains("from 13\u{a0}years"));
}

#[test]
fn a_file_that_is_not_understood_is_refused() {
    let good = "id = \"a\"\nlanguage = \"en\"\nversion = 1\ntitle = \"A\"\nsummary = \"B\"\n\
        [[section]]\nheading = \"C\"\nparagraphs = [\"{fasting.light_meal}\"]\n[[source]]\nsays = \"D\"\n";
    assert!(Leaflet::read("a.toml", good).is_ok());
    for (was, is) in [
        ("{fasting.light_meal}", "{six hours}"),
        ("\"en\"", "\"tlh\""),
        ("heading", "title"),
        ("[[source]]\nsays = \"D\"\n", ""),
    ] {
        let refused = Leaflet::read("a.toml", &good.replace(was, is)).unwrap_err();
        assert!(refused.to_string().starts_with("a.toml: "));
    }
}

#[test]
fn a_child_of_eleven_can_read_every_leaflet() {
    for one in shipped().unwrap() {
        let one = one.filled(in_force);
        crate::reading_age::check(&one.id, one.language, &texts(&one));
    }
}
