//! What patients read: the clinic's own numbers, the same in every language, in short words.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::float_arithmetic,
    clippy::cast_precision_loss
)]

use clinical::course::screening::ScreeningRules;
use clinical::leaflet::{Language, Leaflet, shipped};
use clinical::policy::{Quantity, Rules, Unit};
use std::collections::BTreeSet;

fn in_force(policy: &str, parameter: &str) -> Option<Quantity> {
    let screening = ScreeningRules::shipped().unwrap();
    Rules::shipped()
        .unwrap()
        .value(policy, parameter)
        .or_else(|| {
            screening
                .policies()
                .iter()
                .find(|known| known.id() == policy)?
                .value(parameter)
        })
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
                // The day without driving and alcohol is not a parameter; source: reference §2.5.
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

/// Words, sentences, syllables of the whole text.
fn counted(leaflet: &Leaflet, syllables: fn(&str) -> usize) -> (f64, f64, f64) {
    let (mut words, mut sentences, mut all) = (0, 0, 0);
    for text in texts(leaflet) {
        sentences += text
            .split(['.', '?', '!', ':'])
            .filter(|part| part.chars().any(char::is_alphabetic))
            .count();
        for word in text.split(|c: char| !c.is_alphabetic() && c != '\'') {
            if word.chars().any(char::is_alphabetic) {
                words += 1;
                all += syllables(&word.to_lowercase()).max(1);
            }
        }
    }
    (words as f64, sentences as f64, all as f64)
}

fn vowel_groups(word: &str, is_vowel: fn(char) -> bool) -> usize {
    let mut count = 0;
    let mut inside = false;
    for letter in word.chars() {
        let vowel = is_vowel(letter);
        count += usize::from(vowel && !inside);
        inside = vowel;
    }
    count
}

fn english_syllables(word: &str) -> usize {
    let groups = vowel_groups(word, |c| "aeiouy".contains(c));
    let silent = word.ends_with('e') && !word.ends_with("le")
        || word.ends_with("es")
        || word.ends_with("ed");
    groups - usize::from(silent && groups > 1)
}

fn spanish_syllables(word: &str) -> usize {
    // Two strong vowels side by side, or an accented weak one, are two syllables.
    let mut count = vowel_groups(word, |c| "aeiouáéíóúü".contains(c));
    let letters: Vec<char> = word.chars().collect();
    for pair in letters.windows(2) {
        let strong = |c: char| "aeoáéó".contains(c);
        let accented = |c: char| "íú".contains(c);
        let vowel = |c: char| strong(c) || accented(c) || "iuü".contains(c);
        let split = strong(pair[0]) && strong(pair[1])
            || vowel(pair[0]) && vowel(pair[1]) && (accented(pair[0]) || accented(pair[1]));
        count += usize::from(split);
    }
    count
}

#[test]
fn a_child_of_eleven_can_read_every_leaflet() {
    // English: Flesch–Kincaid grade (Kincaid and others 1975); grade 6 is about eleven years.
    // Spanish: Szigriszt-Pazos on the INFLESZ scale (Barrio-Cantalejo and others 2008); from 65 on
    // a text is "fairly easy", as in primary school.
    for one in shipped().unwrap() {
        let one = one.filled(in_force);
        match one.language {
            Language::English => {
                let (words, sentences, syllables) = counted(&one, english_syllables);
                let grade = 0.39 * words / sentences + 11.8 * syllables / words - 15.59;
                assert!(grade <= 6.0, "{}: grade {grade:.1}", one.id);
            }
            Language::Spanish => {
                let (words, sentences, syllables) = counted(&one, spanish_syllables);
                let ease = 206.835 - 62.3 * syllables / words - words / sentences;
                assert!(ease >= 65.0, "{}: ease {ease:.1}", one.id);
            }
        }
    }
}
