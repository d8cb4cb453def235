//! `cargo xtask matrix`: which line of code answers which hazard, and which test proves it.
//!
//! A hazard is a file in `docs/hazards/`; a control or a test names it in a comment,
//! `Hazard: Hnn`, directly above the item it is about. The table in `SAFETY.md` is written from
//! both and never by hand.

mod hazards;
mod page;
mod tags;

use anyhow::{Context, Result, bail};

use crate::cargo::root;
use crate::tree::Tree;

const PAGE: &str = "SAFETY.md";

/// Writes the table, or with `check` only compares it.
pub fn run(check: bool) -> Result<()> {
    let tree = Tree::read()?;
    let hazards = hazards::read(&tree)?;
    let tags = tags::read(&tree);
    let now = tree
        .text(PAGE)
        .with_context(|| format!("{PAGE} is missing"))?;
    let fresh = page::with_table(now, &page::table(&hazards, &tags))?;

    let gaps = page::gaps(&hazards, &tags);
    for gap in &gaps {
        println!("  {gap}");
    }
    let tests = tags.iter().filter(|tag| tag.is_test).count();
    println!(
        "{} hazards, {} controls, {tests} tests",
        hazards.len(),
        tags.len() - tests
    );

    if check {
        if !gaps.is_empty() {
            bail!("{} gaps between hazards, controls and tests", gaps.len());
        }
        if fresh != now {
            bail!("{PAGE} is out of date: run `cargo xtask matrix`");
        }
    } else if fresh != now {
        std::fs::write(root().join(PAGE), fresh).with_context(|| format!("writing {PAGE}"))?;
        println!("{PAGE} is written");
    }
    Ok(())
}
