//! What is committed must work anywhere: no folder of one machine, no registry's host.

use super::Finding;
use crate::tree::Tree;

/// Folders that belong to someone's machine, and the words in a host's name that give a private
/// registry away.
const FOLDERS: [&str; 4] = [
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("/ro", "ot/"),
    concat!("/wo", "rk/"),
];
const HOSTS: [&str; 4] = ["registry", "mirror", "artifactory", "nexus"];

/// Addresses that are names in a published standard.
const PUBLISHED: [&str; 1] = [concat!("fhir-regis", "try.smarthealthit.org")];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts() {
        // Cargo's lock file names the public index in every entry.
        if path.ends_with("Cargo.lock") {
            continue;
        }
        for (index, line) in text.lines().enumerate() {
            if let Some(folder) = FOLDERS.iter().find(|folder| names_folder(line, folder)) {
                findings.push(Finding::at(
                    path,
                    index + 1,
                    format!("names a machine's {folder}"),
                ));
            }
            if let Some(host) = hosts(line).find(|host| is_private(host)) {
                findings.push(Finding::at(
                    path,
                    index + 1,
                    format!("names the registry {host}"),
                ));
            }
        }
    }
    findings
}

// A folder of the same name inside the repository is ours.
fn names_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        line[..at]
            .chars()
            .next_back()
            .is_none_or(|before| !(before.is_ascii_alphanumeric() || "._-}*~".contains(before)))
    })
}

fn hosts(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices("://").map(|(at, _)| {
        let rest = &line[at + 3..];
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || ".-:".contains(c)));
        &rest[..end.unwrap_or(rest.len())]
    })
}

fn is_private(host: &str) -> bool {
    !PUBLISHED.contains(&host) && HOSTS.iter().any(|word| host.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machines_folder_is_found() {
        for folder in FOLDERS {
            let text = format!("path = \"{folder}someone\"");
            assert_eq!(check(&Tree::of(&[("a.toml", &text)])).len(), 1, "{folder}");
        }
    }

    #[test]
    fn a_registrys_host_is_found() {
        let text = concat!("\"resolved\": \"https://regis", "try.example.org/a.tgz\"");
        assert_eq!(
            check(&Tree::of(&[("browser/package-lock.json", text)])).len(),
            1
        );
    }

    #[test]
    fn our_own_folders_and_other_addresses_are_left_alone() {
        let tree = Tree::of(&[("a.md", "docs/work/x ~/home/ https://loinc.org/8867-4")]);
        assert_eq!(check(&tree), []);
    }
}
