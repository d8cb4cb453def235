//! The models that come with this crate.

use super::{Model, UnreadableModel};

/// A model's file that ships, and its figures to be validated by.
#[derive(Debug, Clone, Copy)]
pub struct Shipped {
    /// The model's file.
    pub text: &'static str,
    /// Published figures beside which ours are put.
    pub cases: &'static str,
}

macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        [$(Shipped {
            text: include_str!(concat!("../../../../models/", $name, ".toml")),
            cases: include_str!(concat!("../../../../models/", $name, ".cases.toml")),
        }),+]
    };
}

/// In the order in which they are offered.
pub const SHIPPED: [Shipped; 14] = files![
    "kamp-2020",
    "domino",
    "clements-1981",
    "hijazi-2003",
    "simons-2022",
    "otto-2021",
    "perez-ruixo-2021",
    "herd-2007",
    "venous-composite",
    "racemic-intramuscular",
    "racemic-subcutaneous",
    "racemic-nasal",
    "racemic-oral",
    "racemic-sublingual",
];

/// Every model that ships, read. Refuses what a file of ours would be refused for.
pub fn shipped() -> Result<Vec<Model>, UnreadableModel> {
    SHIPPED.iter().map(|file| Model::read(file.text)).collect()
}
