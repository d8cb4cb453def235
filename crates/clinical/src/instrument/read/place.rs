//! A place in the tree of a file, and the line on which it stands.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

#[derive(Clone, Debug)]
enum Step {
    Key(String),
    Index(usize),
}

/// The way from the top of a file to one value.
#[derive(Clone, Debug)]
pub struct Place(Vec<Step>);

impl Place {
    /// The file as a whole.
    pub fn file() -> Self {
        Self(Vec::new())
    }

    /// Further, by a key.
    pub fn key(&self, key: &str) -> Self {
        self.then(Step::Key(key.to_owned()))
    }

    /// Further, by a place in a list.
    pub fn index(&self, index: usize) -> Self {
        self.then(Step::Index(index))
    }

    fn then(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }

    /// The line, from 1; of the nearest place above where this one is not written, and 0 for the
    /// file as a whole.
    pub fn line_in(&self, text: &str) -> usize {
        let Ok(root) = DeTable::parse(text) else {
            return 0;
        };
        let mut line = 0;
        let mut here: Option<&Spanned<DeValue<'_>>> = None;
        for step in &self.0 {
            let next = match (step, here.map(Spanned::get_ref)) {
                (Step::Key(key), None) => root.get_ref().get(key.as_str()),
                (Step::Key(key), Some(DeValue::Table(table))) => table.get(key.as_str()),
                (Step::Index(index), Some(DeValue::Array(values))) => values.get(*index),
                (Step::Key(_) | Step::Index(_), _) => None,
            };
            let Some(value) = next else { break };
            line = line_at(text, value.span().start);
            here = Some(value);
        }
        line
    }
}

/// The line of a byte, from 1.
pub fn line_at(text: &str, byte: usize) -> usize {
    let before = text.as_bytes().iter().take(byte);
    before.filter(|byte| **byte == b'\n').count() + 1
}
