//! Whether a consent is in force. Expected values: clinical.md §10.2 (signatures, version, expiry
//! 12 months) and §1.1 (a minor needs guardian consent and assent).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where its own rows are wrong"
)]

use clinical::course::consent::{
    Asked, CONSENT, ConsentEvent as E, ConsentRules, Consents, Explained, InForce, Interpreting,
    Meeting, Reason, Shown, Wish,
};
use clinical::course::screening::person::Product;
use clinical::leaflet::Language;
use clinical::patient::CivilDate;

const PRODUCT: Product = Product::Racemic;

fn day(year: i16, month: u8, day: u8) -> CivilDate {
    CivilDate::new(year, month, day).unwrap()
}

fn shown(text: &str) -> Shown {
    Shown {
        text: text.to_owned(),
        version: 1,
        language: Language::English,
    }
}

fn signed() -> E {
    E::ConsentSigned {
        product: PRODUCT,
        shown: shown("aa"),
        on: day(2024, 2, 29),
        typed_name: "Ana Moreno".to_owned(),
        holds_months: 12,
    }
}

fn clinician(text: &str) -> E {
    E::ClinicianSigned {
        product: PRODUCT,
        text: text.to_owned(),
        explained: Explained {
            way: Meeting::InPerson,
            interpreting: Interpreting::NotNeeded,
            signed_as: "Ines Falk".to_owned(),
        },
    }
}

fn withdrawn() -> E {
    E::ConsentWithdrawn {
        product: PRODUCT,
        words: String::new(),
    }
}

fn said(on: CivilDate, wish: Wish) -> E {
    E::ConsentReconfirmed {
        product: PRODUCT,
        visit: None,
        on,
        wish,
    }
}

fn ask(
    events: &[E],
    today: CivilDate,
    adopted: &str,
    minor: Option<bool>,
    at_dose: bool,
) -> InForce {
    let mut consents = Consents::default();
    for event in events {
        consents.absorb(event);
    }
    consents.in_force(&Asked {
        product: PRODUCT,
        today,
        adopted: &[adopted.to_owned()],
        adopted_for_minors: &["minors".to_owned()],
        holds_months: 12,
        minor,
        minors_treated: true,
        at_dose,
    })
}

fn unmet(reason: Reason) -> InForce {
    InForce::Unmet(vec![reason])
}

#[test]
fn a_consent_holds_for_exactly_twelve_months_and_not_a_day_longer() {
    let events = [signed(), clinician("aa")];
    let until = day(2025, 2, 28);
    for today in [day(2024, 2, 29), day(2025, 2, 27), until] {
        assert_eq!(
            ask(&events, today, "aa", Some(false), false),
            InForce::Met(until)
        );
    }
    let after = day(2025, 3, 1);
    assert_eq!(
        ask(&events, after, "aa", Some(false), false),
        unmet(Reason::Expired)
    );
}

#[test]
fn an_old_text_and_a_missing_or_other_clinicians_signature_are_named() {
    let today = day(2024, 3, 1);
    assert_eq!(
        ask(&[], today, "aa", Some(false), false),
        unmet(Reason::NotSigned)
    );
    let events = [signed(), clinician("aa")];
    assert_eq!(
        ask(&events, today, "bb", Some(false), false),
        unmet(Reason::OtherText)
    );
    for events in [vec![signed()], vec![signed(), clinician("bb")]] {
        let found = ask(&events, today, "aa", Some(false), false);
        assert_eq!(found, unmet(Reason::ClinicianMissing));
    }
}

#[test]
fn what_was_taken_back_is_in_force_only_after_both_have_signed_again() {
    let today = day(2024, 3, 1);
    let mut events = vec![signed(), clinician("aa"), withdrawn(), clinician("aa")];
    let found = ask(&events, today, "aa", Some(false), false);
    assert_eq!(found, unmet(Reason::Withdrawn));
    events.push(signed());
    let found = ask(&events, today, "aa", Some(false), false);
    assert_eq!(found, unmet(Reason::ClinicianMissing));
    events.push(clinician("aa"));
    let found = ask(&events, today, "aa", Some(false), false);
    assert_eq!(found, InForce::Met(day(2025, 2, 28)));
}

#[test]
fn a_minor_needs_a_guardian_and_their_own_assent_and_an_unknown_age_is_unknown() {
    let today = day(2024, 3, 1);
    let mut events = vec![signed(), clinician("aa")];
    assert_eq!(ask(&events, today, "aa", None, false), InForce::Unknown);
    let both = InForce::Unmet(vec![Reason::GuardianMissing, Reason::AssentMissing]);
    assert_eq!(ask(&events, today, "aa", Some(true), false), both);
    let guardian = E::GuardianSigned {
        product: PRODUCT,
        shown: shown("aa"),
        on: day(2024, 2, 29),
        typed_name: "Rosa Moreno".to_owned(),
        relationship: "mother".to_owned(),
        holds_months: 12,
    };
    let assent = |text: &str| E::AssentGiven {
        product: PRODUCT,
        shown: shown(text),
        on: today,
        typed_name: "Ana Moreno".to_owned(),
    };
    events.extend([guardian.clone(), clinician("aa")]);
    let found = ask(&events, today, "aa", Some(true), false);
    assert_eq!(found, unmet(Reason::AssentMissing));
    events.push(assent("an older text for minors"));
    let found = ask(&events, today, "aa", Some(true), false);
    assert_eq!(found, unmet(Reason::OtherText));
    events.push(assent("minors"));
    let found = ask(&events, today, "aa", Some(true), false);
    assert_eq!(found, InForce::Met(day(2025, 2, 28)));
    // Taken back, a guardian's new signature alone brings nothing back.
    events.extend([withdrawn(), guardian, clinician("aa")]);
    let found = ask(&events, today, "aa", Some(true), false);
    assert_eq!(found, unmet(Reason::AssentMissing));
}

#[test]
fn who_has_come_of_age_signs_for_themselves() {
    let events = [
        E::GuardianSigned {
            product: PRODUCT,
            shown: shown("aa"),
            on: day(2024, 2, 29),
            typed_name: "Rosa Moreno".to_owned(),
            relationship: "mother".to_owned(),
            holds_months: 12,
        },
        clinician("aa"),
    ];
    let found = ask(&events, day(2024, 3, 1), "aa", Some(false), false);
    assert_eq!(found, unmet(Reason::NotSigned));
}

// Hazard: H25
#[test]
fn a_clinic_that_does_not_treat_minors_treats_none_whoever_signed() {
    let consents = Consents::default();
    let found = consents.in_force(&Asked {
        product: PRODUCT,
        today: day(2024, 3, 1),
        adopted: &[],
        adopted_for_minors: &[],
        holds_months: 12,
        minor: Some(true),
        minors_treated: false,
        at_dose: false,
    });
    let InForce::Unmet(reasons) = found else {
        panic!("{found:?}");
    };
    assert_eq!(reasons[0], Reason::MinorsNotTreated);
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    case: Vec<Row>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    row: String,
    signed: Option<toml::value::Datetime>,
    on: toml::value::Datetime,
    expect: String,
}

#[test]
fn every_case_beside_the_policy_of_consent_holds() {
    let cases: Cases = toml::from_str(CONSENT.cases).unwrap();
    let rules = ConsentRules::shipped().unwrap();
    let holds_months = rules.holds_months;
    assert!(cases.case.len() > 6);
    for row in &cases.case {
        let mut consents = Consents::default();
        if let Some(on) = &row.signed {
            consents.absorb(&E::ConsentSigned {
                product: PRODUCT,
                shown: shown("aa"),
                on: on.to_string().parse().unwrap(),
                typed_name: "Ana Moreno".to_owned(),
                holds_months,
            });
            consents.absorb(&clinician("aa"));
        }
        let on: CivilDate = row.on.to_string().parse().unwrap();
        let found = consents.in_force(&Asked {
            product: PRODUCT,
            today: on,
            adopted: &["aa".to_owned()],
            adopted_for_minors: &[],
            holds_months,
            minor: Some(false),
            minors_treated: false,
            at_dose: false,
        });
        let word = match found {
            InForce::Met(until) if until.days_since(on) <= i32::from(rules.renewal_days) => {
                "to renew"
            }
            InForce::Met(_) => "holds",
            InForce::Unmet(reasons) if reasons == [Reason::Expired] => "expired",
            InForce::Unmet(reasons) if reasons == [Reason::NotSigned] => "not signed",
            other => panic!("{}: {other:?}", row.row),
        };
        assert_eq!(word, row.expect, "{}", row.row);
    }
}

// Hazard: H25
#[test]
fn at_a_dose_only_a_yes_of_the_same_day_will_do() {
    let today = day(2024, 3, 1);
    let rows = [
        (day(2024, 2, 29), Wish::Yes, unmet(Reason::NotReconfirmed)),
        (today, Wish::Yes, InForce::Met(day(2025, 2, 28))),
        (today, Wish::NotSure, unmet(Reason::NotSureToday)),
        (today, Wish::No, unmet(Reason::NotToday)),
    ];
    for (on, wish, expected) in rows {
        let events = [signed(), clinician("aa"), said(on, wish)];
        let found = ask(&events, today, "aa", Some(false), true);
        assert_eq!(found, expected, "{on:?} {wish:?}");
    }
}
