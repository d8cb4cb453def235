//! A link between two documents must lead somewhere.

use super::Finding;
use crate::tree::Tree;

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.texts().filter(|(path, _)| path.ends_with(".md")) {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (index, line) in text.lines().enumerate() {
            for target in targets(line) {
                let file = target.split('#').next().unwrap_or(target);
                let outside = file.contains(':') || file.is_empty();
                if !outside && !tree.has(&resolve(folder, file)) {
                    findings.push(Finding::at(
                        path,
                        index + 1,
                        format!("{file} does not exist"),
                    ));
                }
            }
        }
    }
    findings
}

/// What stands in the brackets of `[words](target)` and `![words](target)`.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices("](").filter_map(|(at, _)| {
        let rest = &line[at + 2..];
        Some(&rest[..rest.find(')')?])
    })
}

fn resolve(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_to_a_file_that_is_gone_is_found() {
        let tree = Tree::of(&[
            ("docs/a.md", "see [b](b.md) and [c](../c.md#part)"),
            ("c.md", ""),
        ]);
        assert_eq!(
            check(&tree),
            [Finding::at("docs/a.md", 1, "b.md does not exist")]
        );
    }

    #[test]
    fn addresses_and_headings_are_left_alone() {
        let tree = Tree::of(&[("a.md", "[x](https://example.org/y) [z](#heading)")]);
        assert_eq!(check(&tree), []);
    }
}
