//! By which way the drug of a session is given, and what an order says besides the drug.

use super::vocabulary::Line;
use crate::course::screening::person::{ChildPugh, Product, Route};
use serde::{Deserialize, Serialize};
use units::{Kilograms, Milligrams, Moment};

/// What is given, and how.
///
/// Orders that were made before there was another way read as an infusion of racemic ketamine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    /// The product.
    pub product: Product,
    /// The route.
    pub route: Route,
    /// All along, or dose by dose.
    pub giving: Giving,
}

/// All along, or dose by dose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "as", rename_all = "kebab-case")]
pub enum Giving {
    /// By a pump.
    Infusion,
    /// So many doses of this much each.
    Doses {
        /// How many.
        number: u8,
        /// How much each.
        each: Milligrams,
    },
    /// So many nasal devices of this much each.
    Devices {
        /// How many.
        number: u8,
        /// How much each holds.
        each: Milligrams,
    },
}

impl Default for Way {
    fn default() -> Self {
        Self {
            product: Product::Racemic,
            route: Route::Intravenous,
            giving: Giving::Infusion,
        }
    }
}

impl Way {
    /// True for the way that orders had before there was another.
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// True where the same drug goes the same way.
    pub fn is_like(&self, other: &Self) -> bool {
        self.product == other.product && self.route == other.route
    }

    /// True where a pump runs.
    pub const fn is_infusion(&self) -> bool {
        matches!(self.giving, Giving::Infusion)
    }

    /// How many doses or devices, of how much; none where a pump runs.
    pub const fn doses(&self) -> Option<(u8, Milligrams)> {
        match self.giving {
            Giving::Infusion => None,
            Giving::Doses { number, each } | Giving::Devices { number, each } => {
                Some((number, each))
            }
        }
    }

    /// What one of them is called: `injection`, `spray`, `device`.
    pub const fn one(&self) -> &'static str {
        match (self.giving, self.route) {
            (Giving::Infusion, _) => "infusion",
            (Giving::Devices { .. }, _) => "device",
            (Giving::Doses { .. }, Route::Intravenous) => "bolus",
            (Giving::Doses { .. }, Route::Intramuscular | Route::Subcutaneous) => "injection",
            (Giving::Doses { .. }, Route::Intranasal) => "spray",
            (Giving::Doses { .. }, Route::Oral | Route::Sublingual) => "dose",
        }
    }

    /// How much of what is given dose by dose: `3 devices of 28 mg into the nose`; none where a pump
    /// runs.
    pub fn doses_say(&self) -> Option<String> {
        let (number, each) = self.doses()?;
        let one = self.one();
        let route = self.route.says();
        Some(if number == 1 {
            format!("1 {one} of {each} {route}")
        } else {
            format!("{number} {one}s of {each} {route}")
        })
    }

    /// In words: `racemic ketamine into a muscle`.
    pub fn says(&self) -> String {
        format!("{} {}", self.product.says(), self.route.says())
    }
}

impl Line {
    /// The line of the time-out as it is read aloud in a session of this way.
    pub const fn said(self, way: &Way) -> &'static str {
        match (self, way.giving) {
            (Self::OrderMatchesPump, Giving::Doses { .. }) => {
                "Drug, strength and dose on label and syringe equal the order."
            }
            (Self::OrderMatchesPump, Giving::Devices { .. }) => {
                "Drug and number of devices equal the order; each is in date and unopened."
            }
            (_, Giving::Infusion | Giving::Doses { .. } | Giving::Devices { .. }) => self.says(),
        }
    }
}

/// What an order says besides the drug.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alongside {
    /// Other medicines: against sickness, for pressure.
    #[serde(default)]
    pub medicines: Vec<SupportingMedicine>,
    /// What to do if.
    #[serde(default)]
    pub what_if: Vec<WhatIf>,
}

impl Alongside {
    /// True where nothing is said.
    pub fn is_empty(&self) -> bool {
        self.medicines.is_empty() && self.what_if.is_empty()
    }
}

/// A medicine that is ordered besides the drug, as the prescriber writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupportingMedicine {
    /// Its name.
    pub name: String,
    /// The dose with its unit.
    pub dose: String,
    /// The route.
    pub route: String,
    /// When: `before the first dose`, `if sick`.
    pub when: String,
}

impl SupportingMedicine {
    /// In one line.
    pub fn says(&self) -> String {
        let parts = [&self.name, &self.dose, &self.route, &self.when];
        let said: Vec<&str> = parts
            .into_iter()
            .map(|part| part.trim())
            .filter(|part| !part.is_empty())
            .collect();
        said.join(", ")
    }
}

/// What to do if something happens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhatIf {
    /// If.
    pub happens: String,
    /// Then.
    pub then: String,
}

impl WhatIf {
    /// In one line.
    pub fn says(&self) -> String {
        format!("{}: {}", self.happens, self.then)
    }
}

/// What was known of the person when the order was judged: what its rules ask besides the dose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grounds {
    /// Completed years on the day of the visit; none where the birth date is not known.
    #[serde(default)]
    pub age: Option<u16>,
    /// How many sessions with this product there were before.
    pub earlier: u32,
    /// How many sessions fall into the seven days that end with this visit, itself among them.
    pub in_seven_days: u32,
    /// The last session with this product by this route.
    #[serde(default)]
    pub last: Option<LastDose>,
    /// How much the liver is impaired; none where nobody has said.
    #[serde(default)]
    pub liver: Option<ChildPugh>,
}

/// The last dose of the same kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastDose {
    /// When it began.
    pub at: Moment,
    /// How much was ordered.
    pub dose: Milligrams,
    /// For which weight.
    pub dosing_weight: Kilograms,
}
