//! What may be ordered by vein: a reason, a second clinician, or never.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::session_visit::*;
use clinical::course::session::*;
use clinical::record::Role;

/// Changes the order of somebody of 70 kg to this dose in 100 mL over so many minutes.
fn orders(dose: &str, minutes: &str, beyond: Option<(&str, Option<&str>)>) -> Result<(), Refusal> {
    let mut visit = Visit::checked_in(order(), 1);
    let concentration = (decimal(dose) / decimal("100")).to_string();
    let at = (decimal("6000") / decimal(minutes)).round_dp(2).to_string();
    let wanted = Command::ChangeOrder {
        order: Order {
            beyond: beyond.map(|(reason, second)| Override {
                reason: reason.to_owned(),
                role: Role::Prescriber,
                second_clinician: second.map(str::to_owned),
            }),
            ..prepared(dose, &concentration, "100", &at, "70")
        },
        instead_of: visit.session.ordered().unwrap().0.event_id,
        because: "decided anew".to_owned(),
    };
    visit.by(&prescriber(), wanted, minute(1), minute(1))?;
    let kept = visit.session.order.unwrap().beyond;
    assert_eq!(kept.is_some(), beyond.is_some());
    Ok(())
}

fn unmet(refusal: &Refusal) -> Vec<String> {
    let verdict = match refusal {
        Refusal::GateClosed { verdict }
        | Refusal::MayNotOverride { verdict }
        | Refusal::SecondClinicianNeeded { verdict } => verdict,
        other => panic!("{other:?}"),
    };
    let open = verdict.open();
    open.iter()
        .map(|finding| finding.requirement.clone())
        .collect()
}

const WHY: Option<(&str, Option<&str>)> = Some(("less was not felt, twice", None));
const BOTH: Option<(&str, Option<&str>)> = Some(("less was not felt, twice", Some("Dr Ivo Lange")));

#[test]
fn what_is_usual_needs_nothing_and_exactly_the_limit_is_usual() {
    // Witness: clinical reference 3.3: soft above 0.75 mg/kg, above 80 mg, below 40 min.
    assert_eq!(orders("35", "40", None), Ok(()));
    assert_eq!(orders("52.5", "40", None), Ok(()));
    assert_eq!(orders("7", "100", None), Ok(()));
}

#[test]
fn beyond_the_first_limit_a_reason_is_needed_and_kept() {
    // Hazard: H20
    for (dose, minutes, says) in [
        ("54", "60", "dose-per-weight-usual"),
        ("35", "39", "duration-usual"),
        ("6", "40", "dose-per-weight-published"),
    ] {
        let refusal = orders(dose, minutes, None).unwrap_err();
        assert_eq!(unmet(&refusal), [says]);
        let no_words = Some(("  ", None));
        assert!(matches!(
            orders(dose, minutes, no_words),
            Err(Refusal::GateClosed { .. })
        ));
        assert_eq!(orders(dose, minutes, WHY), Ok(()));
    }
}

#[test]
fn beyond_the_second_limit_a_second_clinician_is_needed() {
    // Hazard: H20
    // Witness: clinical reference 3.3: hard above 1.0 mg/kg, above 120 mg, below 30 min.
    for (dose, minutes, says) in [
        ("71", "60", "dose-per-weight-with-a-second"),
        ("121", "60", "dose-with-a-second"),
        ("35", "29", "duration-with-a-second"),
    ] {
        let refusal = orders(dose, minutes, WHY).unwrap_err();
        assert!(matches!(refusal, Refusal::SecondClinicianNeeded { .. }));
        assert!(unmet(&refusal).contains(&says.to_owned()), "{refusal:?}");
        // The prescriber is not the second clinician of their own order.
        let alone = Some(("less was not felt", Some("Åsa  berg")));
        assert!(orders(dose, minutes, alone).is_err());
        assert_eq!(orders(dose, minutes, BOTH), Ok(()));
    }
}

#[test]
fn a_slip_of_the_decimal_point_is_stopped_whoever_agrees() {
    // Hazard: H20
    // Witness: clinical reference 3.3: absolute 2.0 mg/kg.
    assert_eq!(orders("140", "60", BOTH), Ok(()));
    for tenfold in ["143", "350", "525"] {
        let refusal = orders(tenfold, "60", BOTH).unwrap_err();
        assert!(matches!(refusal, Refusal::MayNotOverride { .. }));
        let unmet = unmet(&refusal);
        assert!(unmet.contains(&"dose-per-weight-never".to_owned()));
    }
}
