//! The units of parameters, and what each becomes inside: litres, minutes, shares of one.

use crate::quantity::BodyWeight;
use serde::{Deserialize, Serialize};

/// A unit of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
pub enum Unit {
    /// Litres.
    #[serde(rename = "L")]
    Litres,
    /// Litres for each kilogram of body weight.
    #[serde(rename = "L/kg")]
    LitresPerKilogram,
    /// Litres in an hour.
    #[serde(rename = "L/h")]
    LitresPerHour,
    /// Litres in a minute.
    #[serde(rename = "L/min")]
    LitresPerMinute,
    /// Millilitres in a minute for each kilogram of body weight.
    #[serde(rename = "mL/min/kg")]
    MillilitresPerMinutePerKilogram,
    /// A rate constant.
    #[serde(rename = "1/min")]
    PerMinute,
    /// A rate constant.
    #[serde(rename = "1/h")]
    PerHour,
    /// A time.
    #[serde(rename = "min")]
    Minutes,
    /// A time.
    #[serde(rename = "h")]
    Hours,
    /// A part of one, or a factor.
    #[serde(rename = "share")]
    Share,
    /// A concentration.
    #[serde(rename = "ng/mL")]
    NanogramsPerMillilitre,
}

/// What a number of a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dimension {
    Volume,
    Flow,
    Rate,
    Time,
    Share,
    Concentration,
}

impl Unit {
    pub(crate) const fn dimension(self) -> Dimension {
        match self {
            Self::Litres | Self::LitresPerKilogram => Dimension::Volume,
            Self::LitresPerHour | Self::LitresPerMinute | Self::MillilitresPerMinutePerKilogram => {
                Dimension::Flow
            }
            Self::PerMinute | Self::PerHour => Dimension::Rate,
            Self::Minutes | Self::Hours => Dimension::Time,
            Self::Share => Dimension::Share,
            Self::NanogramsPerMillilitre => Dimension::Concentration,
        }
    }

    /// Whether amounts are divided by what has this unit: volumes, and the concentration at which
    /// half is inhibited. Neither can be nothing.
    pub(crate) const fn is_divided_by(self) -> bool {
        matches!(
            self.dimension(),
            Dimension::Volume | Dimension::Concentration
        )
    }

    /// One of this unit for a person of this weight: in L, L/min, /min, min, shares, ng/mL.
    pub(crate) fn inside(self, weight: BodyWeight) -> f64 {
        const MINUTES_IN_AN_HOUR: f64 = 60.0;
        const LITRES_IN_A_MILLILITRE: f64 = 0.001;
        match self {
            Self::Litres
            | Self::LitresPerMinute
            | Self::PerMinute
            | Self::Minutes
            | Self::Share
            | Self::NanogramsPerMillilitre => 1.0,
            Self::LitresPerKilogram => weight.kilograms(),
            Self::LitresPerHour | Self::PerHour => 1.0 / MINUTES_IN_AN_HOUR,
            Self::MillilitresPerMinutePerKilogram => LITRES_IN_A_MILLILITRE * weight.kilograms(),
            Self::Hours => MINUTES_IN_AN_HOUR,
        }
    }
}
