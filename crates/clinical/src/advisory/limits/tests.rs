use super::*;

fn adopt(name: &str, value: &str) -> Result<Limits, NotPermitted> {
    let values = BTreeMap::from([(name.to_owned(), value.to_owned())]);
    Limits::shipped().unwrap().adopt(&values)
}

#[test]
fn the_shipped_limits_are_whole_and_each_names_its_source() {
    let limits = Limits::shipped().unwrap();
    assert_eq!(limits.id, "advisory-limits");
    assert!(limits.rules.iter().all(|rule| !rule.source.is_empty()));
}

#[test]
fn every_condition_about_a_value_has_a_limit() {
    let limits = Limits::shipped().unwrap();
    for condition in Condition::ALL {
        assert_eq!(
            limits.of(condition).next().is_none(),
            condition.is_technical(),
            "{condition:?}"
        );
    }
}

#[test]
fn a_clinic_may_move_a_limit_to_either_end_of_its_range_and_no_further() {
    // clinical.md §4.3: SpO2 red < 90 % (88–92).
    for permitted in ["88", "92"] {
        let limits = adopt("oxygen-saturation-low.act", permitted).unwrap();
        let rule = limits
            .of(Condition::OxygenSaturationLow)
            .find(|rule| rule.tier == Tier::Act);
        assert_eq!(
            rule.unwrap().beyond,
            Beyond::Below(permitted.parse().unwrap())
        );
    }
    for refused in ["87.9", "92.1", "ninety", ""] {
        assert!(
            adopt("oxygen-saturation-low.act", refused).is_err(),
            "{refused}"
        );
    }
}

#[test]
fn a_fixed_limit_and_an_unknown_name_are_refused() {
    assert!(adopt("oxygen-saturation-low.urgent", "80").is_err());
    assert!(adopt("oxygen-saturation.act", "90").is_err());
}

#[test]
fn a_graver_limit_that_would_be_reached_first_is_refused() {
    let text = SHIPPED
        .replacen("below = \"94\"", "below = \"89\"", 1)
        .replacen(
            "may_be = { at_least = \"92\", at_most = \"95\" }",
            "may_be = { at_least = \"80\", at_most = \"95\" }",
            1,
        );
    assert!(Limits::read(&text).is_err());
}

#[test]
fn a_limit_outside_its_own_range_makes_the_file_unreadable() {
    let text = SHIPPED.replacen("below = \"94\"", "below = \"96\"", 1);
    assert!(Limits::read(&text).is_err());
}
