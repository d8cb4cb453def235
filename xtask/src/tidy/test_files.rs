//! A test file that nothing compiles tests nothing.

use toml::{Table, Value};

use super::Finding;
use crate::tree::Tree;

/// Every file of a crate that names its test programs itself is such a program or a module of one.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (manifest, text) in tree.texts() {
        let Some(folder) = manifest.strip_suffix("/Cargo.toml") else {
            continue;
        };
        // What is not TOML is found among the manifests.
        let Ok(table) = text.parse::<Table>() else {
            continue;
        };
        let names_them = table
            .get("package")
            .and_then(|package| package.get("autotests"))
            .and_then(Value::as_bool)
            == Some(false);
        if names_them {
            check_crate(tree, folder, &programs(&table), &mut findings);
        }
    }
    findings
}

fn programs(manifest: &Table) -> Vec<&str> {
    manifest
        .get("test")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|program| program.get("name")?.as_str())
        .collect()
}

fn check_crate(tree: &Tree, folder: &str, programs: &[&str], findings: &mut Vec<Finding>) {
    let tests = format!("{folder}/tests/");
    let modules: Vec<&str> = programs
        .iter()
        .filter_map(|program| tree.text(&format!("{tests}{program}.rs")))
        .flat_map(str::lines)
        .filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';'))
        .collect();
    for path in tree.paths() {
        let name = path
            .strip_prefix(&tests)
            .and_then(|rest| rest.strip_suffix(".rs"));
        if let Some(name) = name
            && !name.contains('/')
            && !programs.contains(&name)
            && !modules.contains(&name)
        {
            findings.push(Finding::of(
                path,
                "is no module of a test program, so none of its tests runs",
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "[package]\nautotests = false\n[[test]]\nname = \"whole\"\n\
                            [[test]]\nname = \"crash\"\n";

    fn found(manifest: &str, whole: &str) -> Vec<String> {
        let tree = Tree::of(&[
            ("crates/a/Cargo.toml", manifest),
            ("crates/a/tests/whole.rs", whole),
            ("crates/a/tests/crash.rs", "mod stranger;\n"),
            ("crates/a/tests/door.rs", ""),
            ("crates/a/tests/stranger/mod.rs", ""),
        ]);
        check(&tree)
            .into_iter()
            .map(|finding| finding.path)
            .collect()
    }

    #[test]
    fn a_test_file_that_is_no_module_is_found() {
        assert_eq!(
            found(MANIFEST, "mod stranger;\n"),
            ["crates/a/tests/door.rs"]
        );
        assert_eq!(
            found(MANIFEST, "// mod door;\n"),
            ["crates/a/tests/door.rs"]
        );
    }

    #[test]
    fn modules_programs_and_crates_that_name_none_are_fine() {
        assert!(found(MANIFEST, "mod door;\nmod stranger;\n").is_empty());
        assert!(found("[package]\n", "").is_empty());
    }
}
