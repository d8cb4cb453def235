//! The table of `SAFETY.md`, between two marks, and what is missing from it.

use std::fmt::Write as _;

use anyhow::{Result, bail};

use super::hazards::Hazard;
use super::tags::Tag;

const BEGINS: &str = "<!-- written by `cargo xtask matrix`: begin -->";
const ENDS: &str = "<!-- written by `cargo xtask matrix`: end -->";

/// One section a hazard, in the order of their ids.
pub fn table(hazards: &[Hazard], tags: &[Tag]) -> String {
    let mut text = String::new();
    for hazard in hazards {
        let _ = write!(
            text,
            "### {} · {}\n\n{} Severity {}; risk before controls: {}.\n\n",
            hazard.id, hazard.title, hazard.situation, hazard.severity, hazard.initial
        );
        for control in &hazard.controls {
            let _ = writeln!(text, "- {control}");
        }
        let _ = write!(
            text,
            "\nRemains: {}\n\n| Controlled in | Proved by |\n| --- | --- |\n",
            hazard.residual
        );
        let _ = write!(
            text,
            "| {} | {} |\n\n",
            cell(of(tags, &hazard.id, false)),
            cell(of(tags, &hazard.id, true))
        );
    }
    text
}

fn of<'a>(tags: &'a [Tag], hazard: &'a str, is_test: bool) -> impl Iterator<Item = &'a Tag> {
    tags.iter()
        .filter(move |tag| tag.hazard == hazard && tag.is_test == is_test)
}

// One line a file, its items after it.
fn cell<'a>(tags: impl Iterator<Item = &'a Tag>) -> String {
    let mut lines: Vec<(&str, Vec<&str>)> = Vec::new();
    for tag in tags {
        match lines.last_mut() {
            Some((path, items)) if *path == tag.path => items.push(&tag.item),
            Some(_) | None => lines.push((&tag.path, vec![&tag.item])),
        }
    }
    let written: Vec<String> = lines
        .iter()
        .map(|(path, items)| {
            let items: Vec<String> = items
                .iter()
                .filter(|item| !item.is_empty())
                .map(|item| item.replace('_', " ").replace('|', "/"))
                .collect();
            if items.is_empty() {
                format!("`{path}`")
            } else {
                format!("`{path}`: {}", items.join("; "))
            }
        })
        .collect();
    if written.is_empty() {
        "**none**".to_owned()
    } else {
        written.join("<br>")
    }
}

/// Puts the table between the marks.
pub fn with_table(page: &str, table: &str) -> Result<String> {
    let (Some(begins), Some(ends)) = (page.find(BEGINS), page.find(ENDS)) else {
        bail!("the page lacks the marks {BEGINS} and {ENDS}");
    };
    if ends < begins {
        bail!("the marks of the page are the wrong way round");
    }
    Ok(format!(
        "{}{BEGINS}\n\n{table}{}",
        &page[..begins],
        &page[ends..]
    ))
}

/// Hazards without a control or a test, and tags that name no hazard we have a file for.
pub fn gaps(hazards: &[Hazard], tags: &[Tag]) -> Vec<String> {
    let mut gaps = Vec::new();
    for hazard in hazards {
        if of(tags, &hazard.id, false).next().is_none() {
            gaps.push(format!("{} ({}) has no control", hazard.id, hazard.title));
        }
        if of(tags, &hazard.id, true).next().is_none() {
            gaps.push(format!("{} ({}) has no test", hazard.id, hazard.title));
        }
    }
    for tag in tags {
        if !hazards.iter().any(|hazard| hazard.id == tag.hazard) {
            gaps.push(format!(
                "{}: {} names {}, which has no file",
                tag.path, tag.item, tag.hazard
            ));
        }
    }
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hazard(id: &str) -> Hazard {
        Hazard {
            id: id.to_owned(),
            title: "Old cuff reading".to_owned(),
            severity: "S4".to_owned(),
            initial: "high".to_owned(),
            situation: "Looks new.".to_owned(),
            controls: vec!["Counted once.".to_owned()],
            residual: "none known".to_owned(),
        }
    }

    fn tag(hazard: &str, is_test: bool) -> Tag {
        Tag {
            hazard: hazard.to_owned(),
            is_test,
            path: "crates/clinical/src/a.rs".to_owned(),
            item: "one_reading".to_owned(),
        }
    }

    #[test]
    fn a_hazard_without_a_control_or_a_test_is_a_gap() {
        assert_eq!(gaps(&[hazard("H08")], &[]).len(), 2);
        assert_eq!(gaps(&[hazard("H08")], &[tag("H08", false)]).len(), 1);
        assert!(gaps(&[hazard("H08")], &[tag("H08", false), tag("H08", true)]).is_empty());
    }

    #[test]
    fn a_tag_for_a_hazard_without_a_file_is_a_gap() {
        assert_eq!(gaps(&[], &[tag("H08", false)]).len(), 1);
    }

    #[test]
    fn what_stands_outside_the_marks_is_kept() -> Result<()> {
        let page = format!("before\n{BEGINS}\nold\n{ENDS}\nafter\n");
        let fresh = with_table(&page, &table(&[hazard("H08")], &[tag("H08", true)]))?;
        assert!(fresh.starts_with("before\n") && fresh.ends_with("\nafter\n"));
        assert!(!fresh.contains("old\n") && fresh.contains("one reading"));
        assert_eq!(
            with_table(&fresh, &table(&[hazard("H08")], &[tag("H08", true)]))?,
            fresh
        );
        Ok(())
    }

    #[test]
    fn a_page_without_marks_is_refused() {
        assert!(with_table("nothing", "").is_err());
    }
}
