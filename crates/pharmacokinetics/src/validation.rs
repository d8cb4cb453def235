//! Published figures beside ours. A model's cases stand beside its file.

use crate::dose;
use crate::model::Model;
use crate::prediction::{Person, Plan, Prediction, Refusal, Settings};
use crate::quantity::{Age, BodyWeight, Elapsed};
use serde::Deserialize;

/// The cases of one model, word for word.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// Whose figures they are.
    #[allow(dead_code)]
    witness: String,
    #[serde(default)]
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    says: String,
    doses: Vec<String>,
    weight_kg: f64,
    age_years: f64,
    #[serde(default)]
    scenario: Option<String>,
    /// Asked although the model was not studied there.
    #[serde(default)]
    beyond: bool,
    analyte: String,
    figure: Figure,
    at: Option<String>,
    until: String,
    published: f64,
    source: String,
    /// Ours lies from the first to the second time the published one.
    ratio: [f64; 2],
    /// Why it lies elsewhere than at one.
    note: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Figure {
    Peak,
    PeakTime,
    Area,
    At,
}

/// A published figure beside ours.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// The model's id.
    pub model: String,
    /// What was measured.
    pub says: String,
    /// In which unit both are.
    pub unit: &'static str,
    /// Theirs.
    pub published: f64,
    /// Where it stands.
    pub source: String,
    /// Ours.
    pub ours: f64,
    /// What the ratio of ours to theirs is held to.
    pub ratio_from: f64,
    /// What the ratio of ours to theirs is held to.
    pub ratio_to: f64,
    /// Why they differ, where they do.
    pub note: Option<String>,
}

impl Compared {
    /// Ours over theirs.
    pub fn ratio(&self) -> f64 {
        self.ours / self.published
    }

    /// Whether the ratio is where it is held to.
    pub fn holds(&self) -> bool {
        (self.ratio_from..=self.ratio_to).contains(&self.ratio())
    }
}

/// Works out every case of a model. Refuses, in words, cases that cannot be read or worked out.
pub fn compare(model: &Model, cases: &str) -> Result<Vec<Compared>, String> {
    let file: File =
        toml::from_str(cases).map_err(|error| format!("{}: {}", model.id, error.message()))?;
    file.case
        .iter()
        .map(|case| {
            compare_one(model, case).map_err(|says| format!("{}: {}: {says}", model.id, case.says))
        })
        .collect()
}

fn compare_one(model: &Model, case: &Case) -> Result<Compared, String> {
    const EVERY: u32 = 10;
    let words = |refusal: Refusal| refusal.to_string();
    let person = Person {
        weight: BodyWeight::from_kilograms(case.weight_kg).map_err(|error| error.to_string())?,
        age: Some(Age::from_years(case.age_years).map_err(|error| error.to_string())?),
    };
    let doses = case
        .doses
        .iter()
        .map(|line| dose::parse(line).map_err(|error| error.to_string()))
        .collect::<Result<_, _>>()?;
    let plan = Plan {
        doses,
        until: dose::parse_duration(&case.until)?,
        every: Elapsed::from_seconds(EVERY),
    };
    let settings = Settings {
        scenario: case.scenario.clone(),
        beyond_what_was_studied: case.beyond,
        ..Settings::default()
    };
    let prediction = Prediction::new(model, &person, &plan, &settings).map_err(words)?;
    let position = model
        .observed()
        .position(|(analyte, _)| analyte == case.analyte)
        .ok_or_else(|| format!("{} is not observed.", case.analyte))?;
    let exposure = &prediction.exposure()[position];
    let (ours, unit) = match case.figure {
        Figure::Peak => (exposure.peak_ng_ml, "ng/mL"),
        Figure::PeakTime => (exposure.peak_at.minutes(), "min"),
        Figure::Area => (exposure.area_ng_h_ml, "ng·h/mL"),
        Figure::At => {
            let at = dose::parse_duration(case.at.as_deref().unwrap_or_default())?;
            let times = prediction.times();
            let place = times
                .iter()
                .position(|time| *time == at)
                .ok_or("there is no value at that time.")?;
            let curve = &prediction.typical()[position];
            (curve.nanograms_per_millilitre[place], "ng/mL")
        }
    };
    Ok(Compared {
        model: model.id.clone(),
        says: case.says.clone(),
        unit,
        published: case.published,
        source: case.source.clone(),
        ours,
        ratio_from: case.ratio[0],
        ratio_to: case.ratio[1],
        note: case.note.clone(),
    })
}
