//! A questionnaire or scale says whose it is, and has its table of cases beside it.

use toml::{Table, Value};

use super::Finding;
use crate::tree::Tree;

/// What every licence says.
const LICENCE: [&str; 4] = ["verdict", "holder", "terms", "source"];
/// How the name of at least one row begins.
const ROWS: [&str; 3] = ["minimum", "maximum", "missing"];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts() {
        let is_instrument = path.starts_with("instruments/")
            && path.ends_with(".toml")
            && !path.ends_with(".cases.toml");
        // What is not TOML is found among the data files.
        if let Ok(instrument) = text.parse::<Table>()
            && is_instrument
        {
            check_licence(path, &instrument, &mut findings);
            check_cases(tree, path, &mut findings);
        }
    }
    findings
}

fn check_licence(path: &str, instrument: &Table, findings: &mut Vec<Finding>) {
    let licence = instrument.get("licence").and_then(Value::as_table);
    for key in LICENCE {
        let said = licence
            .and_then(|licence| licence.get(key))
            .and_then(Value::as_str)
            .is_some_and(|words| !words.trim().is_empty());
        if !said {
            findings.push(Finding::of(path, format!("its licence says no `{key}`")));
        }
    }
}

fn check_cases(tree: &Tree, path: &str, findings: &mut Vec<Finding>) {
    let cases_path = path.replace(".toml", ".cases.toml");
    let Some(cases) = tree
        .text(&cases_path)
        .and_then(|text| text.parse::<Table>().ok())
    else {
        findings.push(Finding::of(path, format!("has no {cases_path}")));
        return;
    };
    let witness = cases.get("witness").and_then(Value::as_str);
    if witness.is_none_or(|witness| witness.trim().is_empty()) {
        findings.push(Finding::of(&cases_path, "names no `witness`"));
    }
    let rows: Vec<&str> = cases
        .get("case")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|case| case.get("row")?.as_str())
        .collect();
    for begins in ROWS {
        if !rows.iter().any(|row| row.starts_with(begins)) {
            findings.push(Finding::of(
                &cases_path,
                format!("has no row that begins with \"{begins}\""),
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LICENSED: &str = "[licence]\nverdict = \"ship\"\nholder = \"us\"\nterms = \"free\"\n\
                            source = \"a letter\"\n";
    const CASES: &str = "witness = \"a paper\"\n[[case]]\nrow = \"minimum\"\n[[case]]\n\
                         row = \"maximum\"\n[[case]]\nrow = \"missing one answer\"\n";

    fn found(instrument: &str, cases: &str) -> usize {
        check(&Tree::of(&[
            ("instruments/mood.toml", instrument),
            ("instruments/mood.cases.toml", cases),
        ]))
        .len()
    }

    #[test]
    fn an_instrument_with_licence_and_cases_is_fine() {
        assert_eq!(found(LICENSED, CASES), 0);
    }

    #[test]
    fn an_instrument_without_a_licence_is_found() {
        assert_eq!(found("id = \"mood\"", CASES), LICENCE.len());
        assert_eq!(found(&LICENSED.replace("\"us\"", "\" \""), CASES), 1);
    }

    #[test]
    fn an_instrument_without_cases_is_found() {
        let tree = Tree::of(&[("instruments/mood.toml", LICENSED)]);
        assert_eq!(check(&tree).len(), 1);
    }

    #[test]
    fn a_missing_row_or_witness_is_found() {
        assert_eq!(found(LICENSED, &CASES.replace("minimum", "small")), 1);
        assert_eq!(found(LICENSED, &CASES.replace("witness", "by")), 1);
    }
}
