//! Predictions of concentrations, put into words, tables and pictures. The arithmetic is the crate
//! `pharmacokinetics`; each answer carries what is needed to work it out again.

pub(crate) mod svg;

use pharmacokinetics::model::{Kind, Model};
use pharmacokinetics::validation::Compared;
use pharmacokinetics::{
    Band, BandOf, Curve, Engine, Exposure, Person, Plan, Population, Prediction, Refusal, Settings,
};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// What every picture and file of ours says.
pub(crate) const NOT_MEASURED: &str = "predicted, not measured";

/// A question.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub person: Person,
    pub plan: Plan,
    pub settings: Settings,
    pub population: Option<Population>,
}

/// Its answer: one part for each scenario, or one.
#[derive(Debug)]
pub(crate) struct Answer<'m> {
    pub model: &'m Model,
    pub asked: Asked,
    pub parts: Vec<Part>,
}

/// One scenario, or the model itself.
#[derive(Debug)]
pub(crate) struct Part {
    pub scenario: Option<String>,
    pub minutes: Vec<f64>,
    pub given_milligrams: Vec<f64>,
    pub typical: Vec<Curve>,
    pub bands: Vec<Band>,
    pub exposure: Vec<Exposure>,
    pub beyond: Vec<String>,
    pub engine: Engine,
}

impl<'m> Answer<'m> {
    /// Works it out, a population on every processor. Refuses what the model refuses.
    pub fn to(model: &'m Model, asked: &Asked) -> Result<Self, Refusal> {
        let scenarios: Vec<Option<String>> = match &asked.settings.scenario {
            Some(scenario) => vec![Some(scenario.clone())],
            None if model.scenarios.is_empty() => vec![None],
            None => {
                let ids = model.scenarios.iter().map(|scenario| scenario.id.clone());
                ids.map(Some).collect()
            }
        };
        let mut parts = Vec::new();
        for scenario in scenarios {
            let settings = Settings {
                scenario: scenario.clone(),
                ..asked.settings.clone()
            };
            let prediction = Prediction::new(model, &asked.person, &asked.plan, &settings)?;
            parts.push(Part {
                scenario,
                minutes: prediction
                    .times()
                    .iter()
                    .map(|time| time.minutes())
                    .collect(),
                given_milligrams: prediction.given_so_far(),
                typical: prediction.typical(),
                bands: bands(&prediction, asked.population)?,
                exposure: prediction.exposure(),
                beyond: prediction.beyond().to_vec(),
                engine: prediction.engine(),
            });
        }
        Ok(Self {
            model,
            asked: asked.clone(),
            parts,
        })
    }

    /// One row for each time and analyte, in ng/mL; percentiles are empty without a population.
    pub fn csv(&self) -> Result<String, String> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let columns = [
            "time_min", "analyte", "site", "typical", "p05", "p25", "p50", "p75", "p95",
        ];
        let unwritable = |error: csv::Error| format!("The table could not be written: {error}");
        writer.write_record(columns).map_err(unwritable)?;
        for part in &self.parts {
            for (k, minutes) in part.minutes.iter().enumerate() {
                for (number, curve) in part.typical.iter().enumerate() {
                    let site = match &part.scenario {
                        Some(scenario) => format!("{} ({scenario})", curve.site),
                        None => curve.site.to_string(),
                    };
                    let mut row = vec![
                        trimmed(*minutes),
                        curve.analyte.clone(),
                        site,
                        digits(curve.nanograms_per_millilitre[k]),
                    ];
                    match part.bands.get(number) {
                        Some(band) => row.extend(band.percentiles[k].map(digits)),
                        None => row.extend(std::iter::repeat_n(String::new(), 5)),
                    }
                    writer.write_record(row).map_err(unwritable)?;
                }
            }
        }
        let bytes = writer.into_inner().map_err(|error| error.to_string())?;
        String::from_utf8(bytes).map_err(|error| error.to_string())
    }

    /// Everything, with what is needed to work it out again.
    pub fn json(&self) -> Value {
        let asked = &self.asked;
        json!({
            "says": NOT_MEASURED,
            "model": model_json(self.model),
            "inputs": {
                "weight_kg": asked.person.weight.kilograms(),
                "age_years": asked.person.age.map(|age| age.years()),
                "doses": asked.plan.doses.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "until_min": asked.plan.until.minutes(),
                "every_min": asked.plan.every.minutes(),
                "set": asked.settings.set,
                "effect_site_per_min": asked.settings.effect_site.map(|rate| rate.per_minute()),
            },
            "population": asked.population.map(|population| json!({
                "people": population.people,
                "seed": population.seed,
                "band": match population.band {
                    BandOf::People => "between people",
                    BandOf::Readings => "with residual error",
                },
            })),
            "parts": self.parts.iter().map(Part::json).collect::<Vec<_>>(),
        })
    }
}

impl Part {
    fn json(&self) -> Value {
        let curves = self.typical.iter().zip(&self.exposure).enumerate();
        json!({
            "scenario": self.scenario,
            "solver": match self.engine {
                Engine::Modal => "modal",
                Engine::MatrixExponential => "matrix-exponential",
                Engine::Adaptive => "adaptive",
                Engine::Fitting => "fitting",
            },
            "beyond_what_was_studied": self.beyond,
            "time_min": self.minutes,
            "given_mg": self.given_milligrams,
            "curves": curves.map(|(k, (curve, exposure))| json!({
                "analyte": curve.analyte,
                "site": curve.site,
                "unit": "ng/mL",
                "typical": curve.nanograms_per_millilitre,
                "percentiles": self.bands.get(k).map(|band| json!({
                    "p05_p25_p50_p75_p95": band.percentiles,
                    "sampling_error": band.sampling_error,
                })),
                "peak_ng_ml": exposure.peak_ng_ml,
                "peak_at_min": exposure.peak_at.minutes(),
                "area_ng_h_ml": exposure.area_ng_h_ml,
            })).collect::<Vec<_>>(),
        })
    }
}

fn bands(
    prediction: &Prediction<'_>,
    population: Option<Population>,
) -> Result<Vec<Band>, Refusal> {
    let Some(population) = population else {
        return Ok(Vec::new());
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut crowd = prediction.population(population)?;
    std::thread::scope(|scope| {
        for part in crowd.parts(threads) {
            scope.spawn(|| part.draw());
        }
    });
    Ok(crowd.bands())
}

/// Minutes without an end of zeros.
fn trimmed(minutes: f64) -> String {
    let text = format!("{minutes:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Six figures: enough to work on with, and no more than a band can carry.
fn digits(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let before = value.abs().log10().floor();
    let decimals = (5.0 - before).clamp(0.0, 12.0);
    format!("{value:.*}", decimals as usize)
}

/// Models as a table, or one with all that is known of it.
pub(crate) fn models_table(models: &[Model], whole: bool) -> String {
    let mut text = String::new();
    for model in models {
        let routes = model.routes().collect::<Vec<_>>().join(", ");
        let observed = model
            .observed()
            .map(|(analyte, site)| format!("{analyte} ({site})"));
        let observed = observed.collect::<Vec<_>>().join(", ");
        let spread = match (&model.spread_is, model.has_spread()) {
            (Some(whose), true) => whose.as_str(),
            (None, true) => "as published",
            (_, false) => "none: no percentiles",
        };
        let kind = match model.kind {
            Kind::Model => "model",
            Kind::Scenario => "scenario",
        };
        let people = model
            .population
            .people
            .map_or_else(String::new, |n| format!("{n}; "));
        // A table that cannot be written to memory is no table.
        let _ = writeln!(
            text,
            "{} (version {}, {kind})\n  {}\n  by: {routes}\n  shows: {observed}\n  people: {people}{}\n  spread: {spread}",
            model.id, model.version, model.says, model.population.who,
        );
        for defect in &model.defects {
            let _ = writeln!(text, "  defect: {defect}");
        }
        for unknown in &model.unknown {
            let _ = writeln!(text, "  unknown: {}. {}", unknown.what, unknown.why);
        }
        if whole {
            for parameter in &model.parameters {
                let value = parameter
                    .value
                    .map_or_else(|| "unknown".to_owned(), |v| v.to_string());
                let _ = writeln!(
                    text,
                    "  {} = {value} {} [{}]",
                    parameter.name,
                    unit(parameter.unit),
                    parameter.source.as_deref().unwrap_or("no source"),
                );
            }
            for scenario in &model.scenarios {
                let _ = writeln!(text, "  scenario {}: {}", scenario.id, scenario.says);
            }
            for source in &model.sources {
                let _ = writeln!(text, "  [{}] {}", source.id, source.cites);
            }
        }
        text.push('\n');
    }
    text
}

fn unit(unit: pharmacokinetics::model::Unit) -> String {
    let text = serde_json::to_value(unit).unwrap_or_default();
    text.as_str().unwrap_or_default().to_owned()
}

pub(crate) fn models_json(models: &[Model]) -> Value {
    models.iter().map(model_json).collect()
}

fn model_json(model: &Model) -> Value {
    let parameters = model.parameters.iter().map(|parameter| {
        json!({
            "name": parameter.name,
            "value": parameter.value,
            "unit": parameter.unit,
            "source": parameter.source,
            "read": parameter.read,
        })
    });
    let observed = model.observed();
    json!({
        "id": model.id,
        "version": model.version,
        "name": model.name,
        "drug": model.drug,
        "enantiomer": model.enantiomer,
        "kind": model.kind,
        "says": model.says,
        "people": model.population,
        "validity": model.validity,
        "routes": model.routes().collect::<Vec<_>>(),
        "observed": observed.map(|(analyte, site)| json!({"analyte": analyte, "site": site})).collect::<Vec<_>>(),
        "spread": model.has_spread(),
        "spread_is": model.spread_is,
        "defects": model.defects,
        "unknown": model.unknown,
        "sources": model.sources,
        "parameters": parameters.collect::<Vec<_>>(),
    })
}

/// Every published figure beside ours.
pub(crate) fn validation_table(compared: &[Compared], as_json: bool) -> String {
    if as_json {
        let rows: Vec<Value> = compared
            .iter()
            .map(|row| {
                json!({
                    "model": row.model, "says": row.says, "unit": row.unit,
                    "published": row.published, "ours": row.ours, "ratio": row.ratio(),
                    "held_to": [row.ratio_from, row.ratio_to], "holds": row.holds(),
                    "source": row.source, "note": row.note,
                })
            })
            .collect();
        return serde_json::to_string_pretty(&rows).unwrap_or_default() + "\n";
    }
    let mut text = format!(
        "{:<22} {:<48} {:>9} {:>9} {:>6}  {:<11} {}\n",
        "model", "figure", "published", "ours", "ratio", "held to", "source"
    );
    for row in compared {
        let held = format!("{}-{}", row.ratio_from, row.ratio_to);
        let not = if row.holds() { "" } else { " NOT MET" };
        let note = row
            .note
            .as_ref()
            .map_or_else(String::new, |note| format!(" ({note})"));
        let _ = writeln!(
            text,
            "{:<22} {:<48} {:>9.1} {:>9.1} {:>6.3}  {held:<11} {}{note}{not}",
            row.model,
            row.says,
            row.published,
            row.ours,
            row.ratio(),
            row.source
        );
    }
    text
}
