use super::*;
use crate::policy::{Policy, Unit};
use crate::record::StaffId;
use rust_decimal::Decimal;
use std::sync::Arc;
use uuid::Uuid;

/// Source: the clinical reference, 1.1: 18 by default, clinics up to 21.
const AGES: &str = r#"
id = "ages"
version = 4
title = "Ages"
applies_to = "screenings-made-after-adoption"
source = "clinical reference 1.1"

[parameter.minimum_age]
says = "minimum age"
value = { years = 18 }
may_be = { at_least = { years = 18 }, at_most = { years = 21 } }
source = "labels 18, clinics to 21"
"#;

const AT: Moment = Moment::from_microseconds(7);

fn policy() -> AdoptedPolicy {
    AdoptedPolicy::adopt(Arc::new(Policy::read(AGES).unwrap()), BTreeMap::new()).unwrap()
}

fn who(role: Role) -> Actor {
    Actor::Person {
        id: StaffId(Uuid::from_u128(1)),
        name: "Dr Maria Okonkwo".into(),
        role,
    }
}

fn years(years: i64) -> BTreeMap<String, Quantity> {
    quantity(years, Unit::Years)
}

fn quantity(value: i64, unit: Unit) -> BTreeMap<String, Quantity> {
    let value = Decimal::from(value);
    BTreeMap::from([("minimum_age".to_owned(), Quantity { value, unit })])
}

fn wish(values: BTreeMap<String, Quantity>) -> Adopt {
    Adopt {
        version: 4,
        before: BTreeMap::new(),
        values,
        signed_as: "Dr Maria Okonkwo".into(),
        statement: "I adopt these values for this clinic.".into(),
    }
}

fn adopted(wanted: Adopt) -> Result<ClinicEvent, AdoptionRefused> {
    adopt(
        &Clinic::default(),
        &policy(),
        wanted,
        &who(Role::MedicalDirector),
        AT,
    )
}

#[test]
fn a_value_is_adopted_at_the_ends_of_its_range_and_refused_just_outside() {
    // Hazard: H27
    for age in [18, 19, 21] {
        assert!(adopted(wish(years(age))).is_ok(), "{age}");
    }
    for age in [17, 22] {
        let refused = adopted(wish(years(age))).unwrap_err().to_string();
        assert!(
            refused.contains("18\u{a0}years to 21\u{a0}years"),
            "{refused}"
        );
        assert!(refused.contains("labels 18, clinics to 21"), "{refused}");
    }
}

#[test]
fn a_value_in_another_unit_is_refused() {
    // Hazard: H06
    let refused = adopted(wish(quantity(20, Unit::Days)));
    assert!(matches!(refused, Err(AdoptionRefused::NotPermitted { .. })));
}

#[test]
fn half_a_year_of_age_is_refused() {
    let half = Quantity {
        value: Decimal::new(195, 1),
        unit: Unit::Years,
    };
    let values = BTreeMap::from([("minimum_age".to_owned(), half)]);
    let refused = adopted(wish(values));
    assert!(matches!(refused, Err(AdoptionRefused::NotPermitted { .. })));
}

#[test]
fn only_the_medical_director_adopts() {
    for role in Role::ALL {
        let answer = adopt(
            &Clinic::default(),
            &policy(),
            wish(years(21)),
            &who(role),
            AT,
        );
        assert_eq!(answer.is_ok(), role == Role::MedicalDirector, "{role:?}");
    }
}

#[test]
fn what_was_adopted_is_read_back_with_its_unit() {
    let mut clinic = Clinic::default();
    clinic.apply(&adopted(wish(years(21))).unwrap());
    let adoption = &clinic.adopted["ages"];
    assert_eq!(adoption.values["minimum_age"], r#"{"years":"21"}"#);
    assert_eq!(own_values(adoption), Ok(years(21)));
}

#[test]
fn an_adopted_number_without_its_unit_is_not_read() {
    // Hazard: H06
    let mut clinic = Clinic::default();
    clinic.apply(&ClinicEvent::PolicyAdopted {
        policy: "ages".into(),
        version: 4,
        values: BTreeMap::from([("minimum_age".into(), "21".into())]),
        signed_by: "Dr Maria Okonkwo".into(),
        statement: String::new(),
        at: AT,
    });
    assert!(own_values(&clinic.adopted["ages"]).is_err());
}

#[test]
fn a_page_that_has_grown_old_adopts_nothing() {
    // Hazard: H26
    let stale = Adopt {
        before: years(20),
        ..wish(years(21))
    };
    assert_eq!(adopted(stale), Err(AdoptionRefused::ChangedMeanwhile));
    let older = Adopt {
        version: 3,
        ..wish(years(21))
    };
    assert_eq!(adopted(older), Err(AdoptionRefused::ChangedMeanwhile));
}

#[test]
fn an_adoption_needs_the_signers_own_name_and_a_statement() {
    let another = Adopt {
        signed_as: "Dr Petra Ivanova".into(),
        ..wish(years(21))
    };
    assert_eq!(adopted(another), Err(AdoptionRefused::NameDiffers));
    let silent = Adopt {
        statement: "  ".into(),
        ..wish(years(21))
    };
    assert_eq!(adopted(silent), Err(AdoptionRefused::StatementMissing));
}

#[test]
fn shipped_values_may_be_signed_once_and_are_then_nothing_new() {
    let mut clinic = Clinic::default();
    let director = who(Role::MedicalDirector);
    let event = adopt(&clinic, &policy(), wish(years(18)), &director, AT).unwrap();
    clinic.apply(&event);
    assert_eq!(clinic.adopted["ages"].values, BTreeMap::new());
    let again = adopt(&clinic, &policy(), wish(years(18)), &director, AT);
    assert_eq!(again, Err(AdoptionRefused::NothingChanged));
}
