//! Whether a consent is in force. Expected values: clinical.md §10.2 (signatures, version, expiry
//! 12 months) and §1.1 (a minor needs guardian consent and assent).

#![allow(
    clippy::unwrap_used,
    reason = "a test stops where its own rows are wrong"
)]

use clinical::course::consent::{Asked, ConsentEvent as E, Consents, InForce, Reason, Shown, Wish};
use clinical::course::screening::person::Product;
use clinical::leaflet::Language;
use clinical::patient::CivilDate;

const PRODUCT: Product = Product::Racemic;

fn day(year: i16, month: u8, day: u8) -> CivilDate {
    CivilDate::new(year, month, day).unwrap()
}

fn signed() -> E {
    E::ConsentSigned {
        product: PRODUCT,
        shown: Shown {
            text: "aa".to_owned(),
            version: 1,
            language: Language::English,
        },
        on: day(2024, 2, 29),
        typed_name: "Ana Moreno".to_owned(),
    }
}

fn clinician(text: &str) -> E {
    E::ClinicianSigned {
        product: PRODUCT,
        text: text.to_owned(),
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
        holds_months: 12,
        minor,
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
    events.push(E::GuardianSigned {
        product: PRODUCT,
        text: "aa".to_owned(),
        typed_name: "Rosa Moreno".to_owned(),
    });
    let found = ask(&events, today, "aa", Some(true), false);
    assert_eq!(found, unmet(Reason::AssentMissing));
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
