//! What a clinic keeps under lock.

use serde::{Deserialize, Serialize};
use std::fmt;
use units::{Decimal, Micrograms, Microlitres, Millilitres};

/// The products that ship.
const SHIPPED: &str = include_str!("../../../../codes/drug-products.toml");

/// A controlled drug.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Drug {
    /// Racemic ketamine.
    Ketamine,
    /// Esketamine.
    Esketamine,
}

impl Drug {
    /// Its name.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Ketamine => "ketamine",
            Self::Esketamine => "esketamine",
        }
    }
}

/// What a drug comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// A glass vial.
    Vial,
    /// A nasal spray device.
    NasalDevice,
}

impl Form {
    /// Its name.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Vial => "vial",
            Self::NasalDevice => "nasal device",
        }
    }
}

/// Whole milligrams of base in a millilitre: as many micrograms in a microlitre.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Strength(u16);

impl Strength {
    /// So many milligrams in a millilitre.
    pub const fn new(milligrams_per_millilitre: u16) -> Self {
        Self(milligrams_per_millilitre)
    }

    /// Milligrams in a millilitre.
    pub const fn milligrams_per_millilitre(self) -> u16 {
        self.0
    }

    /// What this volume holds.
    pub fn holds(self, volume: Microlitres) -> Micrograms {
        Micrograms::new(volume.count().saturating_mul(u64::from(self.0)))
    }

    /// True for a strength that is written otherwise elsewhere.
    pub fn is(self, milligrams_per_millilitre: Decimal) -> bool {
        Decimal::from(self.0) == milligrams_per_millilitre
    }
}

impl fmt::Display for Strength {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\u{a0}mg/mL", self.0)
    }
}

/// One product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Its name in forms.
    pub id: String,
    /// The drug.
    pub drug: Drug,
    /// What it comes in.
    pub form: Form,
    /// How strong, as base.
    pub strength: Strength,
    /// What the label says it holds.
    pub fill: Microlitres,
}

impl Product {
    /// All that it holds by its label.
    pub fn holds(&self) -> Micrograms {
        self.strength.holds(self.fill)
    }
}

impl fmt::Display for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {}, {} of {} ({})",
            self.drug.says(),
            self.strength,
            self.form.says(),
            self.fill,
            self.holds()
        )
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    product: Vec<Line>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    id: String,
    drug: Drug,
    container: Form,
    strength: u16,
    fill_ml: Millilitres,
    #[expect(
        dead_code,
        reason = "for whoever reads the file; nothing is converted by it"
    )]
    salt_mg_per_ml: String,
}

/// A list of products that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the list of controlled drugs: {0}")]
pub struct UnreadableProducts(String);

/// Every product that a clinic may receive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Products(Vec<Product>);

impl Products {
    /// Those that ship.
    pub fn shipped() -> Result<Self, UnreadableProducts> {
        Self::read(SHIPPED)
    }

    /// Those of a text. Refuses what is not understood, and a name that stands there twice.
    pub fn read(text: &str) -> Result<Self, UnreadableProducts> {
        let file: File =
            toml::from_str(text).map_err(|error| UnreadableProducts(error.to_string()))?;
        let mut products: Vec<Product> = Vec::new();
        for line in file.product {
            if products.iter().any(|known| known.id == line.id) {
                return Err(UnreadableProducts(format!(
                    "{} stands there twice",
                    line.id
                )));
            }
            products.push(Product {
                fill: Microlitres::try_from(line.fill_ml)
                    .map_err(|error| UnreadableProducts(error.to_string()))?,
                strength: Strength::new(line.strength),
                id: line.id,
                drug: line.drug,
                form: line.container,
            });
        }
        Ok(Self(products))
    }

    /// All, in the order of the list.
    pub fn all(&self) -> &[Product] {
        &self.0
    }

    /// One by its name.
    pub fn named(&self, id: &str) -> Option<&Product> {
        self.0.iter().find(|known| known.id == id)
    }
}
