//! Rules are data with a source, and each has its table of cases beside it.

use toml::{Table, Value};

use super::Finding;
use crate::tree::Tree;

/// Comparisons against a limit: the rows around the limit are what goes wrong.
const AGAINST_A_LIMIT: [&str; 6] = [
    "at_least",
    "at_most",
    "above",
    "below",
    "elapsed_at_least",
    "elapsed_at_most",
];
const ROWS_AROUND_A_LIMIT: [&str; 4] = ["unknown", "just below", "exactly", "just above"];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut ways = Vec::new();
    for (path, text) in tree.texts().filter(|(path, _)| path.ends_with(".toml")) {
        let table: Table = match text.parse() {
            Ok(table) => table,
            Err(error) => {
                findings.push(Finding::of(
                    path,
                    format!("is not TOML: {}", error.message()),
                ));
                continue;
            }
        };
        let is_cases = path.ends_with(".cases.toml");
        let is_protocol = path.starts_with("protocols/") && !is_cases;
        if is_protocol {
            check_ways(path, &table, &mut ways, &mut findings);
        }
        if is_protocol || path.starts_with("policies/") && !is_cases {
            check_policy(tree, path, &table, &mut findings);
        }
    }
    findings
}

// A protocol says what it gives, by which routes and how; two for one way would both be asked.
fn check_ways(
    path: &str,
    protocol: &Table,
    known: &mut Vec<(String, String)>,
    findings: &mut Vec<Finding>,
) {
    let ways = protocol.get("ways").and_then(Value::as_table);
    let words = |key: &str| -> Vec<String> {
        ways.and_then(|ways| ways.get(key)?.as_array())
            .into_iter()
            .flatten()
            .filter_map(|word| Some(word.as_str()?.to_owned()))
            .collect()
    };
    let (products, routes) = (words("products"), words("routes"));
    let giving = ways.map_or("", |ways| word(ways, "giving"));
    if products.is_empty() || routes.is_empty() || giving.is_empty() {
        let says = "says no `products`, `routes` or `giving` under `[ways]`";
        findings.push(Finding::of(path, says));
    }
    for product in products {
        for route in &routes {
            let way = (product.clone(), route.clone());
            if known.contains(&way) {
                let says = format!("is a second protocol for {product}, {route}");
                findings.push(Finding::of(path, says));
            }
            known.push(way);
        }
    }
}

fn check_policy(tree: &Tree, path: &str, policy: &Table, findings: &mut Vec<Finding>) {
    if policy
        .get("source")
        .and_then(Value::as_str)
        .is_none_or(|source| source.trim().is_empty())
    {
        findings.push(Finding::of(path, "says no `source`"));
    }
    check_sources(path, policy, findings);
    let cases_path = path.replace(".toml", ".cases.toml");
    let Some(cases) = tree
        .text(&cases_path)
        .and_then(|text| text.parse::<Table>().ok())
    else {
        findings.push(Finding::of(path, format!("has no {cases_path}")));
        return;
    };
    let cases = tables(&cases, "case");
    for requirement in tables(policy, "requirement") {
        let id = word(requirement, "id");
        let rows = rows_of(&cases, "requirement", id);
        check_rows(&cases_path, id, &rows, rows_needed(requirement), findings);
        if rows.len() < 2 {
            findings.push(Finding::of(
                &cases_path,
                format!("{id} needs a case that is met too"),
            ));
        }
    }
    // Limits of advisories come in tiers of one condition, which share the row of nothing at all.
    let rules = tables(policy, "rule");
    for rule in &rules {
        let condition = word(rule, "condition");
        let rows = rows_of(&cases, "condition", condition);
        // Below a limit of nothing there is nothing.
        let of_nothing = ["at_most", "below"]
            .iter()
            .any(|key| word(rule, key) == "0");
        let needed: Vec<&str> = ROWS_AROUND_A_LIMIT
            .into_iter()
            .filter(|row| !(of_nothing && *row == "just below"))
            .collect();
        check_rows(&cases_path, condition, &rows, &needed, findings);
        let tiers = rules
            .iter()
            .filter(|other| word(other, "condition") == condition)
            .count();
        let exact = rows.iter().filter(|row| **row == "exactly").count();
        if exact < tiers {
            let says = format!("{condition} has {tiers} limits and {exact} rows \"exactly\"");
            findings.push(Finding::of(&cases_path, says));
        }
    }
    findings.dedup();
}

fn rows_of<'a>(cases: &[&'a Table], key: &str, id: &str) -> Vec<&'a str> {
    cases
        .iter()
        .filter(|case| word(case, key) == id)
        .map(|case| word(case, "row"))
        .collect()
}

fn check_rows(path: &str, id: &str, rows: &[&str], needed: &[&str], findings: &mut Vec<Finding>) {
    for row in needed.iter().filter(|row| !rows.contains(row)) {
        findings.push(Finding::of(path, format!("{id} has no row \"{row}\"")));
    }
}

// Every number that a clinic may adopt says where it comes from, or that it is ours.
fn check_sources(path: &str, policy: &Table, findings: &mut Vec<Finding>) {
    let parameters = policy.get("parameter").and_then(Value::as_table);
    let parameters = parameters
        .into_iter()
        .flatten()
        .filter_map(|(name, parameter)| Some((name.as_str(), parameter.as_table()?)));
    let rules = tables(policy, "rule")
        .into_iter()
        .map(|rule| (word(rule, "condition"), rule));
    for (name, table) in parameters.chain(rules) {
        if word(table, "source").is_empty() {
            findings.push(Finding::of(path, format!("{name} says no `source`")));
        }
    }
}

fn rows_needed(requirement: &Table) -> &'static [&'static str] {
    let comparisons = requirement.get("must_be").and_then(Value::as_table);
    let against_a_limit =
        comparisons.is_some_and(|table| AGAINST_A_LIMIT.iter().any(|key| table.contains_key(*key)));
    if against_a_limit {
        &ROWS_AROUND_A_LIMIT
    } else {
        &["unknown"]
    }
}

fn tables<'a>(table: &'a Table, key: &str) -> Vec<&'a Table> {
    table
        .get(key)
        .and_then(Value::as_array)
        .map(|values| values.iter().filter_map(Value::as_table).collect())
        .unwrap_or_default()
}

fn word<'a>(table: &'a Table, key: &str) -> &'a str {
    table.get(key).and_then(Value::as_str).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = "source = \"a guideline, table 2\"\n[[requirement]]\nid = \"weight\"\n\
                          must_be = { at_most = \"limit\" }\n";

    fn cases(rows: &[&str]) -> String {
        rows.iter()
            .map(|row| format!("[[case]]\nrequirement = \"weight\"\nrow = \"{row}\"\n"))
            .collect()
    }

    #[test]
    fn a_protocol_says_its_ways_and_no_other_has_them() {
        let ways = "id = \"p\"\nsource = \"s\"\n[ways]\nproducts = [\"a\"]\nroutes = [\"b\"]\n";
        let whole = format!("{ways}giving = \"doses\"\n");
        let of = |first: &str, second: &str| {
            check(&Tree::of(&[
                ("protocols/one.toml", first),
                ("protocols/one.cases.toml", ""),
                ("protocols/two.toml", second),
                ("protocols/two.cases.toml", ""),
            ]))
        };
        assert_eq!(of(&whole, "source = \"s\"").len(), 1);
        assert_eq!(of(ways, &whole).len(), 2, "no giving, and a second one");
    }

    #[test]
    fn a_policy_with_all_four_rows_is_fine() {
        let cases = cases(&ROWS_AROUND_A_LIMIT);
        let tree = Tree::of(&[
            ("policies/w.toml", POLICY),
            ("policies/w.cases.toml", &cases),
        ]);
        assert_eq!(check(&tree), []);
    }

    #[test]
    fn a_missing_row_is_found() {
        let cases = cases(&["unknown", "just below", "just above"]);
        let tree = Tree::of(&[
            ("policies/w.toml", POLICY),
            ("policies/w.cases.toml", &cases),
        ]);
        assert_eq!(
            check(&tree),
            [Finding::of(
                "policies/w.cases.toml",
                "weight has no row \"exactly\""
            )]
        );
    }

    #[test]
    fn a_policy_without_cases_is_found() {
        assert_eq!(check(&Tree::of(&[("policies/w.toml", POLICY)])).len(), 1);
    }

    #[test]
    fn a_policy_without_a_source_is_found() {
        let tree = Tree::of(&[
            ("policies/w.toml", "id = \"w\""),
            ("policies/w.cases.toml", ""),
        ]);
        assert_eq!(
            check(&tree),
            [Finding::of("policies/w.toml", "says no `source`")]
        );
    }

    #[test]
    fn a_parameter_or_a_rule_without_a_source_is_found() {
        for table in ["[parameter.solids]", "[[rule]]\ncondition = \"weight\""] {
            let policy = format!("source = \"s\"\n{table}\n");
            let cases = cases(&ROWS_AROUND_A_LIMIT).replace("requirement", "condition");
            let tree = Tree::of(&[
                ("policies/w.toml", &policy),
                ("policies/w.cases.toml", &cases),
            ]);
            assert_eq!(check(&tree).len(), 1, "{table}");
        }
    }

    #[test]
    fn a_tier_of_an_advisory_without_its_exact_row_is_found() {
        let rule = "[[rule]]\ncondition = \"weight\"\nsource = \"s\"\n";
        let policy = format!("source = \"s\"\n{rule}{rule}");
        let cases = cases(&ROWS_AROUND_A_LIMIT).replace("requirement", "condition");
        let tree = Tree::of(&[
            ("policies/w.toml", &policy),
            ("policies/w.cases.toml", &cases),
        ]);
        assert_eq!(check(&tree).len(), 1);
    }

    #[test]
    fn a_data_file_that_cannot_be_read_is_found() {
        assert_eq!(
            check(&Tree::of(&[("codes/vital-signs.toml", "= broken")])).len(),
            1
        );
    }
}
