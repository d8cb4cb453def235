//! Finds `Hazard: Hnn` in code, data and tests, and the item that each is about.

use toml::{Table, Value};

use crate::tree::{Tree, is_test_file};

/// One hazard named at one item.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Clone)]
pub struct Tag {
    pub hazard: String,
    pub is_test: bool,
    pub path: String,
    /// The function, type, requirement or test it stands above; empty for a whole file.
    pub item: String,
}

const ENDINGS: [&str; 9] = [
    ".rs", ".ts", ".toml", ".html", ".css", ".sql", ".js", ".mjs", ".svg",
];

/// Every tag of the tree, in order, each once.
pub fn read(tree: &Tree) -> Vec<Tag> {
    let mut tags = Vec::new();
    for (path, text) in tree.texts() {
        if path.starts_with("docs/") || path.starts_with("xtask/") {
            continue;
        }
        if ENDINGS.iter().any(|ending| path.ends_with(ending)) {
            in_comments(path, text, &mut tags);
        }
        let is_rules = path.starts_with("policies/") || path.starts_with("protocols/");
        if is_rules && !path.ends_with(".cases.toml") {
            in_policy(tree, path, text, &mut tags);
        }
    }
    tags.sort();
    tags.dedup();
    tags
}

fn in_comments(path: &str, text: &str, tags: &mut Vec<Tag>) {
    let lines: Vec<&str> = text.lines().collect();
    let tests_begin = lines
        .iter()
        .enumerate()
        .position(|(index, line)| {
            line.trim() == "#[cfg(test)]"
                && lines
                    .get(index + 1)
                    .is_some_and(|next| next.trim_start().starts_with("mod "))
        })
        .unwrap_or(lines.len());
    for (index, line) in lines.iter().enumerate() {
        for hazard in named_in(line) {
            let item = item_at(path, &lines, index);
            let is_test = is_test_file(path)
                || index > tests_begin
                || is_followed_by_test_attribute(&lines, index);
            tags.push(Tag {
                hazard,
                is_test,
                path: path.to_owned(),
                item,
            });
        }
    }
}

/// The ids after `Hazard:` in a comment, as in `// Hazard: H05, H06`.
fn named_in(line: &str) -> Vec<String> {
    let Some((before, after)) = line.split_once("Hazard:") else {
        return Vec::new();
    };
    let in_comment = ["//", "#", "/*", "*", "<!--", "{#", "--"]
        .iter()
        .any(|mark| before.contains(mark));
    if !in_comment {
        return Vec::new();
    }
    let mut ids = Vec::new();
    for word in after.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')) {
        let digits = word.strip_prefix("H-").or_else(|| word.strip_prefix('H'));
        match digits.and_then(|digits| digits.parse::<u32>().ok()) {
            Some(number) => ids.push(format!("H{number:02}")),
            None if word.is_empty() || word == "and" => {}
            // The first other word ends the list.
            None => break,
        }
    }
    ids
}

fn is_comment_or_attribute(line: &str) -> bool {
    let line = line.trim_start();
    let marks = ["//", "#[", "#!", "/*", "*", "<!--", "{#", "--", "# ", ")]"];
    line.is_empty() || marks.iter().any(|mark| line.starts_with(mark))
}

fn is_followed_by_test_attribute(lines: &[&str], at: usize) -> bool {
    let below = lines[at + 1..]
        .iter()
        .take_while(|line| is_comment_or_attribute(line));
    let above = lines[..at]
        .iter()
        .rev()
        .take_while(|line| is_comment_or_attribute(line));
    below.chain(above).any(|line| {
        let line = line.trim();
        line.starts_with("#[test]") || line.starts_with("#[tokio::test")
    })
}

// The item below the tag, or else the function around it.
fn item_at(path: &str, lines: &[&str], at: usize) -> String {
    if path.ends_with(".html") || path.ends_with(".css") {
        return String::new();
    }
    let below = lines[at + 1..]
        .iter()
        .find(|line| !is_comment_or_attribute(line));
    // A tag at the end of a line of code is about that line.
    let own = lines[at].split("//").next().unwrap_or("");
    let first = if own.trim().is_empty() || path.ends_with(".toml") {
        below.copied()
    } else {
        Some(own)
    };
    if let Some(name) = first.and_then(declared) {
        return name;
    }
    if path.ends_with(".toml") {
        return lines[at..]
            .iter()
            .take(8)
            .find_map(|line| toml_id(line))
            .unwrap_or_default();
    }
    lines[..at]
        .iter()
        .rev()
        .find_map(|line| declared(line))
        .unwrap_or_default()
}

/// The name that a line declares in Rust or TypeScript, or the title of a test.
fn declared(line: &str) -> Option<String> {
    let line = line.trim_start();
    for call in ["test(", "test.describe(", "describe(", "it("] {
        if let Some(rest) = line.strip_prefix(call) {
            let quote = rest.chars().next().filter(|c| "\"'`".contains(*c))?;
            return rest[1..].split(quote).next().map(str::to_owned);
        }
    }
    let mut words = line.split_whitespace().skip_while(|word| {
        let qualifier = word.split('(').next().unwrap_or(word);
        matches!(
            qualifier,
            "pub" | "async" | "unsafe" | "export" | "default" | "crate)" | "super)"
        )
    });
    let kind = words.next()?;
    let kinds = [
        "fn",
        "const",
        "static",
        "struct",
        "enum",
        "trait",
        "type",
        "impl",
        "mod",
        "function",
        "class",
        "interface",
        "let",
    ];
    if !kinds.contains(&kind) || kind == "let" {
        return None;
    }
    let name = words.find(|word| !word.starts_with('<') && *word != "fn")?;
    let end = name
        .find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(name.len());
    let name = &name[..end];
    (!name.is_empty() && name != "_").then(|| name.to_owned())
}

fn toml_id(line: &str) -> Option<String> {
    let (key, value) = line.split_once('=')?;
    ["id", "requirement", "condition"]
        .contains(&key.trim())
        .then(|| value.trim().trim_matches('"').to_owned())
}

// A requirement says its hazard as data, and its table of cases is its proof.
fn in_policy(tree: &Tree, path: &str, text: &str, tags: &mut Vec<Tag>) {
    let Ok(policy) = text.parse::<Table>() else {
        return;
    };
    let cases = path.replace(".toml", ".cases.toml");
    for item in ["requirement", "advisory", "schedule", "limit"] {
        let entries = policy.get(item).and_then(Value::as_array);
        for entry in entries.into_iter().flatten().filter_map(Value::as_table) {
            let id = entry.get("id").and_then(Value::as_str).unwrap_or_default();
            for hazard in hazards_of(entry) {
                let control = Tag {
                    hazard,
                    is_test: false,
                    path: path.to_owned(),
                    item: id.to_owned(),
                };
                if tree
                    .text(&cases)
                    .is_some_and(|text| text.contains(&format!("\"{id}\"")))
                {
                    tags.push(Tag {
                        is_test: true,
                        path: cases.clone(),
                        ..control.clone()
                    });
                }
                tags.push(control);
            }
        }
    }
}

fn hazards_of(entry: &Table) -> Vec<String> {
    match entry.get("hazard") {
        Some(Value::String(id)) => vec![id.clone()],
        Some(Value::Array(ids)) => ids
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        Some(_) | None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags_of(path: &str, text: &str) -> Vec<(String, bool, String)> {
        read(&Tree::of(&[(path, text)]))
            .into_iter()
            .map(|tag| (tag.hazard, tag.is_test, tag.item))
            .collect()
    }

    fn tag(hazard: &str, is_test: bool, item: &str) -> (String, bool, String) {
        (hazard.to_owned(), is_test, item.to_owned())
    }

    #[test]
    fn a_tag_above_a_function_is_a_control() {
        let text = "/// What.\n// Hazard: H05, H-006\n#[must_use]\npub(crate) fn plausible() {}";
        assert_eq!(
            tags_of("crates/units/src/a.rs", text),
            [
                tag("H05", false, "plausible"),
                tag("H06", false, "plausible")
            ]
        );
    }

    #[test]
    fn a_tag_inside_a_function_is_about_that_function() {
        let text =
            "impl A {\n    fn decide() {\n        // Hazard: H24\n        refuse();\n    }\n}";
        assert_eq!(
            tags_of("crates/clinical/src/a.rs", text),
            [tag("H24", false, "decide")]
        );
    }

    #[test]
    fn a_tag_in_a_test_module_or_above_a_test_is_a_test() {
        let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n    #[test]\n    // Hazard: H08\n    fn one_reading() {}\n}";
        assert_eq!(
            tags_of("crates/clinical/src/a.rs", text),
            [tag("H08", true, "one_reading")]
        );
        let text = "// Hazard: H08\n#[tokio::test]\nasync fn one_reading() {}";
        assert_eq!(
            tags_of("crates/store/src/suite.rs", text),
            [tag("H08", true, "one_reading")]
        );
    }

    #[test]
    fn a_browser_test_gives_its_title() {
        let text = "// Hazard: H03\ntest(\"a silent feed says so\", async () => {});";
        assert_eq!(
            tags_of("browser/e2e/a.ts", text),
            [tag("H03", true, "a silent feed says so")]
        );
    }

    #[test]
    fn a_requirement_is_a_control_and_its_cases_are_its_test() {
        let tags = read(&Tree::of(&[
            (
                "policies/f.toml",
                "[[requirement]]\nid = \"solids\"\nhazard = \"H24\"\n",
            ),
            (
                "policies/f.cases.toml",
                "[[case]]\nrequirement = \"solids\"\n",
            ),
        ]));
        assert_eq!(
            tags.iter().map(|tag| tag.is_test).collect::<Vec<_>>(),
            [false, true]
        );
    }

    #[test]
    fn words_outside_a_comment_are_no_tag() {
        assert_eq!(
            tags_of("crates/units/src/a.rs", "let s = \"Hazard: H05\";"),
            []
        );
    }
}
