//! The texts of a clinic: those that ship, and its own in place of some of them.

use super::text::{Filling, Kind, Text};
use super::text_file::{TextProblem, UnreadableTexts};
use crate::course::screening::person::Product;
use std::fmt;

/// The texts that ship: the file and what stands in it.
const SHIPPED: [(&str, &str); 2] = [
    (
        "consents/consent.toml",
        include_str!("../../../../../consents/consent.toml"),
    ),
    (
        "consents/assent.toml",
        include_str!("../../../../../consents/assent.toml"),
    ),
];

/// Who wrote a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It ships.
    Shipped,
    /// It stands in the clinic's own folder.
    Clinic,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shipped => "shipped",
            Self::Clinic => "clinic",
        })
    }
}

/// The texts of a clinic, one at the most for each medicine and kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Texts(Vec<(Origin, Text)>);

impl Texts {
    /// The texts that ship.
    pub fn shipped() -> Result<Self, UnreadableTexts> {
        let texts = read_all(&SHIPPED)?;
        Ok(Self(with_origin(Origin::Shipped, texts)).in_order())
    }

    /// The same, with the clinic's own files: each of their texts stands in the place of the
    /// shipped one for the same medicine and kind, in every language, so that no two languages say
    /// different things.
    ///
    /// Refuses, with everything that is wrong, files that cannot be read, and two texts of the
    /// clinic for the same.
    // Hazard: H25
    pub fn with_own(self, files: &[(&str, &str)]) -> Result<Self, UnreadableTexts> {
        let own = read_all(files)?;
        let mut problems = Vec::new();
        for (index, text) in own.iter().enumerate() {
            let before = own.iter().take(index);
            let mut same =
                before.filter(|other| (other.product, other.kind) == (text.product, text.kind));
            if let Some(other) = same.next() {
                let says = format!(
                    "{} has a {} for {} already",
                    other.file,
                    text.kind.word(),
                    text.product.word()
                );
                problems.push(text.problem("", says));
            }
        }
        if !problems.is_empty() {
            return Err(UnreadableTexts(problems));
        }
        let mut all = self.0;
        all.retain(|(_, shipped)| {
            own.iter()
                .all(|text| (text.product, text.kind) != (shipped.product, shipped.kind))
        });
        all.extend(with_origin(Origin::Clinic, own));
        Ok(Self(all).in_order())
    }

    /// By medicine, what adults read first.
    fn in_order(mut self) -> Self {
        self.0.sort_by_key(|(_, text)| (text.product, text.kind));
        self
    }

    /// The text of a kind for a medicine; none where there is nothing to agree to.
    pub fn find(&self, product: Product, kind: Kind) -> Option<&Text> {
        self.all()
            .map(|(_, text)| text)
            .find(|text| text.product == product && text.kind == kind)
    }

    /// Every text, and who wrote it.
    pub fn all(&self) -> impl Iterator<Item = (Origin, &Text)> {
        self.0.iter().map(|(origin, text)| (*origin, text))
    }

    /// Every place of every text that rules fill with nothing.
    pub fn problems(&self, filling: &Filling<'_>) -> Vec<TextProblem> {
        let mut problems = Vec::new();
        for problem in self.all().flat_map(|(_, text)| text.problems(filling)) {
            // A section for two medicines has the same place in the texts of both.
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
        problems
    }
}

fn with_origin(origin: Origin, texts: Vec<Text>) -> Vec<(Origin, Text)> {
    texts.into_iter().map(|text| (origin, text)).collect()
}

/// Every text of some files, or everything that is wrong with them.
fn read_all(files: &[(&str, &str)]) -> Result<Vec<Text>, UnreadableTexts> {
    let (mut texts, mut problems) = (Vec::new(), Vec::new());
    for (file, text) in files {
        match Text::read(file, text) {
            Ok(read) => texts.extend(read),
            Err(UnreadableTexts(found)) => problems.extend(found),
        }
    }
    if problems.is_empty() {
        Ok(texts)
    } else {
        Err(UnreadableTexts(problems))
    }
}
