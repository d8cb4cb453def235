//! The emergency cards that ship, against clinical reference 4.6, typed here by hand.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use clinical::advisory::Condition;
use clinical::course::session::SedationScore;
use clinical::emergency::{Card, CardFile, Cards, Part, SHIPPED, StepKind};
use std::collections::BTreeSet;

fn cards() -> Cards {
    Cards::shipped().unwrap()
}

fn card(letter: &str) -> Card {
    let cards = cards();
    cards
        .all()
        .iter()
        .find(|card| card.letter == letter)
        .unwrap_or_else(|| panic!("card {letter}"))
        .clone()
}

/// The medicines of clinical reference 4.6: card, name, dose, route, repeat, most, only when.
const MEDICINES: [[&str; 7]; 30] = [
    ["H", "Clonidine", "0.1 mg", "oral", "", "", ""],
    [
        "H",
        "Labetalol",
        "10–20 mg",
        "IV over 2 min",
        "repeat at 10 min",
        "",
        "avoid: asthma, heart rate < 60",
    ],
    ["H", "Hydralazine", "10 mg", "IV", "", "", ""],
    ["H", "Hydralazine", "25 mg", "oral", "", "", ""],
    [
        "H",
        "Metoprolol",
        "50 mg",
        "oral",
        "",
        "",
        "only if also tachycardic",
    ],
    ["L", "Fluid bolus", "250–500 mL", "", "", "", ""],
    [
        "L",
        "Ephedrine",
        "5–10 mg",
        "IV",
        "",
        "",
        "only by a trained prescriber",
    ],
    ["O", "Oxygen", "2–4 L/min", "nasal", "", "", ""],
    ["O", "Oxygen", "10–15 L/min", "non-rebreather", "", "", ""],
    [
        "O",
        "Naloxone",
        "0.04–0.4 mg",
        "IV",
        "repeat",
        "",
        "only if an opioid is on board",
    ],
    [
        "O",
        "Flumazenil",
        "0.2 mg",
        "IV",
        "",
        "",
        "only with specialist advice: seizure risk",
    ],
    ["Y", "Oxygen", "100 %", "CPAP or gentle bag", "", "", ""],
    ["Y", "Propofol", "0.5 mg/kg", "", "", "", "specialist drug"],
    [
        "Y",
        "Suxamethonium",
        "1.5 mg/kg",
        "",
        "",
        "",
        "specialist drug",
    ],
    ["Y", "Rocuronium", "1 mg/kg", "", "", "", "specialist drug"],
    [
        "T",
        "Metoprolol",
        "50 mg",
        "oral",
        "",
        "",
        "per clinic order",
    ],
    ["B", "Oxygen", "", "", "", "", ""],
    [
        "B",
        "Atropine",
        "1 mg",
        "IV",
        "every 3–5 min",
        "to 3 mg",
        "",
    ],
    [
        "P",
        "Midazolam",
        "0.03 mg/kg",
        "IV",
        "",
        "",
        "severe or unsafe; in 1–2 mg steps",
    ],
    [
        "P",
        "Lorazepam",
        "1 mg",
        "oral/IV",
        "",
        "",
        "severe or unsafe",
    ],
    [
        "N",
        "Ondansetron",
        "4 mg",
        "IV",
        "",
        "max 8 mg/dose",
        "QT check",
    ],
    [
        "N",
        "Ondansetron",
        "4–8 mg",
        "ODT",
        "",
        "max 8 mg/dose",
        "QT check",
    ],
    ["S", "Oxygen", "", "", "", "", ""],
    [
        "A",
        "Adrenaline 1 mg/mL",
        "0.01 mg/kg",
        "IM mid-outer thigh",
        "repeat every 5–15 min",
        "max 0.5 mg adult (0.3 mg child)",
        "",
    ],
    ["A", "Oxygen", "", "", "", "", ""],
    ["A", "Fluids", "", "", "", "", ""],
    ["Z", "Oxygen", "", "", "", "", ""],
    ["Z", "Midazolam", "10 mg", "IM", "", "", "if > 40 kg"],
    [
        "Z",
        "Lorazepam",
        "0.1 mg/kg",
        "IV",
        "may repeat once",
        "max 4 mg",
        "",
    ],
    [
        "C",
        "Aspirin",
        "162–325 mg",
        "chewed",
        "",
        "",
        "if cardiac and no bleeding/stroke sign",
    ],
];

/// What clinical reference 4.6 marks \[GK\] or \[D\]: card and step.
const UNVERIFIED: [(&str, &[&str]); 10] = [
    (
        "H",
        &[
            "clonidine",
            "labetalol",
            "hydralazine-iv",
            "hydralazine-oral",
            "metoprolol",
            "no-nifedipine",
        ],
    ),
    ("L", &["fluid", "ephedrine"]),
    ("O", &["naloxone", "flumazenil"]),
    ("B", &["atropine"]),
    ("P", &["midazolam", "lorazepam"]),
    ("N", &["ondansetron-iv", "ondansetron-odt"]),
    ("A", &["observe"]),
    (
        "E",
        &[
            "stop",
            "aspirate",
            "remove",
            "elevate",
            "compress",
            "measure",
            "restart",
            "milligrams",
            "check-again",
        ],
    ),
    ("C", &["aspirin"]),
    (
        "K",
        &[
            "clamp",
            "disconnect",
            "estimate",
            "replace",
            "report",
            "esketamine",
        ],
    ),
];

#[test]
fn every_card_of_the_reference_is_there() {
    // Hazard: H56
    let letters: Vec<String> = cards().all().iter().map(|one| one.letter.clone()).collect();
    assert_eq!(
        letters,
        [
            "H", "L", "O", "Y", "T", "B", "P", "N", "S", "A", "E", "Z", "C", "U", "K"
        ]
    );
}

#[test]
fn every_file_in_the_folder_is_shipped() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../cards");
    let there: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| format!("cards/{}", entry.unwrap().file_name().to_string_lossy()))
        .collect();
    let shipped: BTreeSet<String> = SHIPPED.iter().map(|(file, _)| (*file).to_owned()).collect();
    assert_eq!(there, shipped);
}

#[test]
fn every_card_begins_and_ends_as_all_do() {
    // Hazard: H56
    for card in cards().all() {
        let says: Vec<&str> = card.steps.iter().map(|step| step.id.as_str()).collect();
        assert_eq!(
            says.get(..card.shared_first).unwrap(),
            [
                "start-call-for-help",
                "start-stop-or-pause",
                "start-airway-breathing-circulation",
                "start-note-the-time",
                "start-record-on-card"
            ],
            "{}",
            card.id
        );
        assert_eq!(
            says.get(says.len() - card.shared_last..).unwrap(),
            [
                "end-tell-prescriber",
                "end-document",
                "end-adverse-event",
                "end-seriousness",
                "end-no-further-dose"
            ],
            "{}",
            card.id
        );
        assert!(card.steps.len() > card.shared_first + card.shared_last);
    }
}

#[test]
fn every_medicine_is_named_as_the_reference_names_it() {
    // Hazard: H56
    let named: Vec<[String; 7]> = cards()
        .all()
        .iter()
        .flat_map(|card| {
            card.steps.iter().filter_map(|step| {
                let medicine = step.medicine.clone()?;
                Some([
                    card.letter.clone(),
                    medicine.name,
                    medicine.dose.unwrap_or_default(),
                    medicine.route.unwrap_or_default(),
                    medicine.repeat.unwrap_or_default(),
                    medicine.most.unwrap_or_default(),
                    medicine.only.unwrap_or_default(),
                ])
            })
        })
        .collect();
    let witnessed: Vec<[String; 7]> = MEDICINES.iter().map(|row| row.map(str::to_owned)).collect();
    assert_eq!(named, witnessed);
}

#[test]
fn a_range_or_a_dose_for_each_kilogram_is_never_offered_as_what_was_given() {
    // Hazard: H56
    for (letter, step, offered) in [
        ("H", "clonidine", Some("0.1 mg")),
        ("H", "labetalol", None),
        ("A", "adrenaline", None),
        ("P", "midazolam", None),
        ("B", "atropine", Some("1 mg")),
        ("B", "oxygen", None),
        ("Z", "midazolam", Some("10 mg")),
    ] {
        let card = card(letter);
        let medicine = card.step(step).and_then(|step| step.medicine.clone());
        assert_eq!(medicine.unwrap().one_amount(), offered, "{letter} {step}");
    }
}

#[test]
fn every_step_has_a_source_and_what_the_reference_could_not_check_says_so() {
    // Hazard: H56
    for card in cards().all() {
        let marked: Vec<&str> = card
            .steps
            .iter()
            .filter(|step| step.unverified)
            .map(|step| step.id.as_str())
            .collect();
        let witnessed = UNVERIFIED
            .iter()
            .find(|(letter, _)| *letter == card.letter)
            .map_or(&[][..], |(_, steps)| *steps);
        assert_eq!(marked, witnessed, "{}", card.id);
        for step in &card.steps {
            assert!(
                step.source.starts_with("clinical reference "),
                "{}",
                step.id
            );
        }
    }
}

#[test]
fn a_step_says_its_time_as_the_reference_does() {
    for (letter, step, says) in [
        ("H", "repeat-by-hand", "within 5\u{a0}min"),
        ("O", "observe-after-reversal", "at least 2\u{a0}h"),
        ("P", "psychosis", "after 2\u{a0}h"),
        ("S", "watch", "every 2–3\u{a0}min"),
        ("A", "observe", "at least 4–6\u{a0}h"),
        ("E", "check-again", "after 24\u{a0}h"),
        ("Z", "midazolam", "after 5\u{a0}min"),
        ("Z", "lorazepam", "after 5\u{a0}min"),
    ] {
        let card = card(letter);
        let time = card.step(step).and_then(|step| step.time).unwrap();
        assert_eq!(time.to_string(), says, "{letter} {step}");
    }
}

#[test]
fn any_symptom_beside_a_high_pressure_means_emergency_services() {
    // Hazard: H56
    let card = card("H");
    let asks = card.step("ask-symptoms").unwrap();
    assert_eq!(asks.kind, StepKind::Ask);
    assert_eq!(
        asks.questions,
        [
            "Chest pain",
            "Breathlessness",
            "Severe headache",
            "Change of vision",
            "Weakness, or trouble speaking",
            "Seizure",
            "Confusion"
        ]
    );
    let means = asks.any_yes.clone().unwrap();
    assert!(means.contains("emergency services") && means.contains("12-lead ECG"));
}

#[test]
fn each_condition_of_a_persons_offers_one_card_and_a_lost_signal_offers_none() {
    // Clinical reference 4.3, column "auto-prompt".
    for (condition, letter) in [
        (Condition::SystolicHigh, "H"),
        (Condition::DiastolicHigh, "H"),
        (Condition::SystolicRise, "H"),
        (Condition::DiastolicRise, "H"),
        (Condition::SystolicLow, "L"),
        (Condition::HeartRateHigh, "T"),
        (Condition::HeartRateLow, "B"),
        (Condition::OxygenSaturationLow, "O"),
        (Condition::RespiratoryRateLow, "O"),
        (Condition::RespiratoryRateHigh, "O"),
        (Condition::NoBreath, "O"),
        (Condition::EndTidalCarbonDioxideHigh, "O"),
    ] {
        let cards = cards();
        let offered = cards.for_condition(condition).unwrap();
        assert_eq!(offered.letter, letter, "{condition:?}");
        let how_many = cards.all().iter().filter(|card| card.is_for(condition));
        assert_eq!(how_many.count(), 1);
    }
    for condition in Condition::ALL.into_iter().filter(|one| one.is_technical()) {
        assert!(cards().for_condition(condition).is_none(), "{condition:?}");
    }
}

#[test]
fn over_sedation_is_offered_at_three_and_below_and_not_at_four() {
    // Clinical reference 4.3: MOAA/S of 4 is expected.
    for (points, offered) in [
        (5, false),
        (4, false),
        (3, true),
        (2, true),
        (1, true),
        (0, true),
    ] {
        let score = SedationScore::try_from(points).unwrap();
        let letter = cards().for_sedation(score).map(|card| card.letter.clone());
        assert_eq!(letter, offered.then(|| "S".to_owned()), "{points}");
    }
}

#[test]
fn a_changed_word_in_a_shared_part_changes_what_was_signed() {
    // Hazard: H56
    let changed: Vec<(&str, String)> = SHIPPED
        .iter()
        .map(|(file, text)| (*file, text.replace("Call for help.", "Call for more help.")))
        .collect();
    let borrowed: Vec<(&str, &str)> = changed
        .iter()
        .map(|(file, text)| (*file, text.as_str()))
        .collect();
    let other = Cards::read(&borrowed).unwrap();
    for card in cards().all() {
        assert_ne!(other.card(&card.id).unwrap().digest, card.digest);
    }
}

#[test]
fn a_file_that_is_not_whole_is_refused_with_its_reason() {
    let whole = "id = \"x\"\nletter = \"X\"\npart = \"card\"\nversion = 1\ntitle = \"t\"\n\
                 when = \"w\"\nsource = \"s\"\n[[step]]\nid = \"a\"\nkind = \"do\"\nsays = \"b\"\n\
                 source = \"c\"\n";
    assert_eq!(CardFile::read("x", whole).unwrap().part, Part::Card);
    for (from, to, why) in [
        ("source = \"c\"", "source = \"\"", "has no source"),
        ("kind = \"do\"", "kind = \"ask\"", "questions"),
        ("kind = \"do\"", "kind = \"medicine\"", "medicine belongs"),
        ("kind = \"do\"", "kind = \"give\"", "unknown variant"),
        ("letter = \"X\"\n", "", "has a letter"),
        ("title = \"t\"", "title = \"t\"\nmore = 1", "unknown field"),
    ] {
        let refused = CardFile::read("x", &whole.replace(from, to)).unwrap_err();
        assert!(refused.reason.contains(why), "{}", refused.reason);
    }
}
