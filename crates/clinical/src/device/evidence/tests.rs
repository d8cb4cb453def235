use super::*;

fn expected(rooms: &[String]) -> Expected<'_> {
    Expected {
        record_number: "0042-118",
        family_name: "Müller-O'Neil",
        given_name: "Ana José",
        birth_date: "1984-03-02".parse().unwrap(),
        rooms,
    }
}

fn rooms() -> Vec<String> {
    vec!["Room 2".into(), "Bed12".into()]
}

fn judged(wire: WireEvidence) -> Agreement {
    compare(&wire, &expected(&rooms()), &Placeholders::default())
}

fn named(family: &str, given: &str) -> WireEvidence {
    WireEvidence {
        family_name: Some(family.into()),
        given_name: Some(given.into()),
        ..WireEvidence::default()
    }
}

fn numbered(id: &str) -> WireEvidence {
    WireEvidence {
        patient_ids: vec![id.into()],
        ..WireEvidence::default()
    }
}

#[test]
fn a_monitor_that_says_nothing_neither_agrees_nor_disagrees() {
    assert_eq!(judged(WireEvidence::default()), Agreement::NoEvidence);
}

#[test]
fn a_placeholder_number_is_no_evidence() {
    for id in ["99999", "", "0", "000", "----"] {
        assert_eq!(judged(numbered(id)), Agreement::NoEvidence, "{id:?}");
    }
    let clinics_own = Placeholders::new(["DEMO-PT".to_owned()]);
    let rooms = rooms();
    let agreement = compare(&numbered("demo pt"), &expected(&rooms), &clinics_own);
    assert_eq!(agreement, Agreement::NoEvidence);
}

#[test]
fn the_same_number_agrees_however_it_is_punctuated() {
    assert_eq!(judged(numbered("0042118")), Agreement::Agrees);
}

#[test]
fn names_agree_across_case_accents_order_and_ways_of_typing() {
    let same = [
        ("MÜLLER-O'NEIL", "ANA JOSÉ"),
        ("mueller oneil", "ana"),
        ("Muller O’Neil", "Jose Ana"),
        ("Ana", "Muller"),
        ("Mu\u{308}ller", ""),
    ];
    for (family, given) in same {
        assert_eq!(
            judged(named(family, given)),
            Agreement::Agrees,
            "{family}, {given}"
        );
    }
}

#[test]
fn one_strong_sign_is_a_weak_conflict_and_two_are_a_strong_one() {
    // Hazard: H01
    let other_number = numbered("0042-119");
    assert!(matches!(
        judged(other_number.clone()),
        Agreement::WeakConflict { .. }
    ));
    let other_person = WireEvidence {
        patient_ids: other_number.patient_ids,
        ..named("Okafor", "Ben")
    };
    let reasons = vec![Reason::PatientIdentifier, Reason::Name];
    assert_eq!(judged(other_person), Agreement::StrongConflict { reasons });
}

#[test]
fn a_name_that_is_partly_the_same_and_another_bed_stay_weak_together() {
    let wire = WireEvidence {
        bed: vec!["Bed7".into()],
        ..named("Müller", "Bea")
    };
    let reasons = vec![Reason::NamePartly, Reason::Bed];
    assert_eq!(judged(wire), Agreement::WeakConflict { reasons });
}

#[test]
fn another_number_and_another_birth_date_are_a_strong_conflict() {
    // Hazard: H01
    let wire = WireEvidence {
        birth_date: Some("1984-02-03".parse().unwrap()),
        ..numbered("0042-119")
    };
    assert!(matches!(judged(wire), Agreement::StrongConflict { .. }));
}

#[test]
fn a_bed_agrees_when_any_of_its_parts_is_this_room() {
    let bed = |parts: &[&str]| WireEvidence {
        bed: parts.iter().map(|part| (*part).to_owned()).collect(),
        ..WireEvidence::default()
    };
    assert_eq!(judged(bed(&["ICU", "", "BED 12"])), Agreement::Agrees);
    assert_eq!(judged(bed(&["", "", ""])), Agreement::NoEvidence);
    let reasons = vec![Reason::Bed];
    assert_eq!(
        judged(bed(&["ICU", "79874"])),
        Agreement::WeakConflict { reasons }
    );
}

#[test]
fn no_reason_repeats_what_the_monitor_said_of_the_patient() {
    let all = [
        Reason::PatientIdentifier,
        Reason::BirthDate,
        Reason::Name,
        Reason::NamePartly,
        Reason::Bed,
    ];
    assert!(all.iter().all(|reason| reason.says().starts_with("the ")));
}
