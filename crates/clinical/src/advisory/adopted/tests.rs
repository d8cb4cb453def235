use super::*;
use rust_decimal::Decimal;

fn percent(value: i64) -> Quantity {
    Quantity {
        value: Decimal::from(value),
        unit: Unit::Percent,
    }
}

fn act(rules: &LimitRules) -> Decimal {
    let limits = rules.limits();
    let mut act = limits
        .rules
        .iter()
        .filter(|rule| rule.name() == "oxygen-saturation-low.act");
    act.next().unwrap().beyond.limit()
}

#[test]
fn every_limit_is_a_value_of_the_policy_and_those_without_a_range_are_fixed() {
    // Hazard: H27
    let rules = LimitRules::shipped().unwrap();
    let parameters = &rules.policy().policy().parameters;
    assert_eq!(rules.policy().id(), POLICY);
    assert_eq!(parameters.len(), rules.limits().rules.len());
    for rule in &rules.limits().rules {
        let parameter = &parameters[&rule.name()];
        assert_eq!(
            parameter.is_fixed(),
            rule.may_be.is_none(),
            "{}",
            rule.name()
        );
        assert!(parameter.permits(parameter.value), "{}", rule.name());
    }
}

#[test]
fn the_red_limit_of_oxygen_saturation_may_be_88_to_92() {
    // Hazard: H27 – the range: clinical reference §4.3.
    let rules = LimitRules::shipped().unwrap();
    let with = |value| rules.with([("oxygen-saturation-low.act".to_owned(), value)].into());
    assert!(with(percent(87)).is_err());
    assert_eq!(act(&with(percent(88)).unwrap()), Decimal::from(88));
    assert_eq!(act(&with(percent(92)).unwrap()), Decimal::from(92));
    assert!(with(percent(93)).is_err());
    // Another unit is another thing.
    let pressure = Quantity {
        unit: Unit::MillimetresOfMercury,
        ..percent(90)
    };
    assert!(with(pressure).is_err());
}

#[test]
fn a_fixed_limit_stays_and_a_limit_that_is_not_there_is_refused() {
    // Hazard: H27
    let rules = LimitRules::shipped().unwrap();
    for (name, value) in [
        ("oxygen-saturation-low.urgent", 84),
        ("oxygen-saturation-low.urgent", 86),
        ("oxygen-saturation-low", 90),
        ("", 90),
    ] {
        assert!(
            rules
                .with([(name.to_owned(), percent(value))].into())
                .is_err()
        );
    }
}

#[test]
fn every_pair_of_permitted_ends_keeps_the_graver_limit_behind_the_lesser() {
    // Hazard: H27
    let rules = LimitRules::shipped().unwrap();
    let parameters = &rules.policy().policy().parameters;
    let open: Vec<_> = parameters
        .iter()
        .filter(|(_, parameter)| !parameter.is_fixed())
        .collect();
    let ends = |parameter: &Parameter| [parameter.may_be.at_least, parameter.may_be.at_most];
    for (first, of_first) in &open {
        for (second, of_second) in open.iter().filter(|(second, _)| second > first) {
            for one in ends(of_first) {
                for other in ends(of_second) {
                    let own = [((*first).clone(), one), ((*second).clone(), other)];
                    assert!(
                        rules.with(own.into()).is_ok(),
                        "{first} {one}, {second} {other}"
                    );
                }
            }
        }
    }
}
