//! `evenkeel pk`: what is in the blood, predicted by published models, without a server.

mod again;

use super::screen::UNREADABLE;
use crate::pk::{Answer, Asked, models_json, models_table, svg, validation_table};
use pharmacokinetics::model::{Model, SHIPPED};
use pharmacokinetics::quantity::{Age, BodyWeight, EffectSiteRate, Elapsed};
use pharmacokinetics::validation::{Compared, compare};
use pharmacokinetics::{BandOf, Engine, Person, Plan, Population, Settings, dose};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The exit code of a model that does not answer what was asked, or of figures that are not met.
const REFUSED: u8 = 3;

#[derive(clap::Subcommand)]
pub(super) enum PkOptions {
    /// Predict concentrations of one plan for one person: predicted, not measured.
    Simulate(Box<SimulateOptions>),
    /// List the models: whom each was made of, where blood was drawn, what is wrong with it.
    Models(ModelsOptions),
    /// Put every published figure beside ours, with the ratio.
    Validate(ValidateOptions),
    /// Draw what was shown of a session once more, from the record alone, and say whether it is the same.
    Again(again::AgainOptions),
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    Csv,
    Json,
    Svg,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Solver {
    Fitting,
    Modal,
    MatrixExponential,
    Adaptive,
}

/// Which model: one that ships, or a file.
#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct Which {
    /// A model that ships, as `evenkeel pk models` lists them.
    #[arg(long)]
    model: Option<String>,
    /// A model of your own, as docs/adding-a-model.md describes it.
    #[arg(long)]
    model_file: Option<PathBuf>,
}

#[derive(clap::Args)]
pub(super) struct SimulateOptions {
    #[command(flatten)]
    which: Which,
    /// Body weight in kilograms.
    #[arg(long)]
    weight: f64,
    /// Age in years; most models refuse without.
    #[arg(long)]
    age: Option<f64>,
    /// Such as "35 mg over 40 min", "0.5 mg/kg over 40 min", "10 mg im at 15 min", "56 mg nasal",
    /// "30 mg/h for 20 min at 5 min"; as often as something is given.
    #[arg(long = "dose", required = true)]
    doses: Vec<String>,
    /// Until when, such as 4h.
    #[arg(long, default_value = "4h")]
    until: String,
    /// How far apart the values are, such as 1min.
    #[arg(long, default_value = "1min")]
    every: String,
    /// How many people to simulate for the percentiles: 16 to 65536.
    #[arg(long)]
    population: Option<u32>,
    /// The same seed gives the same people.
    #[arg(long, default_value_t = 1)]
    seed: u32,
    /// A band of what a laboratory might report, in place of where people's true levels lie.
    #[arg(long)]
    readings: bool,
    /// Show an assumed effect site with this rate constant, per minute.
    #[arg(long)]
    ke0: Option<f64>,
    /// One scenario of a model that has scenarios; all of them without.
    #[arg(long)]
    scenario: Option<String>,
    /// A parameter's value in place of the file's, in its unit: NAME=VALUE.
    #[arg(long)]
    set: Vec<String>,
    /// A second shipped model, drawn faint beside the first (SVG).
    #[arg(long)]
    beside: Option<String>,
    /// Predict beyond what the model was studied for; the answer says what.
    #[arg(long)]
    beyond_what_was_studied: bool,
    /// Which solver.
    #[arg(long, value_enum, default_value_t = Solver::Fitting)]
    solver: Solver,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
}

#[derive(clap::Args)]
pub(super) struct ModelsOptions {
    /// One model, with each parameter and its source.
    id: Option<String>,
    /// Print JSON, with every parameter.
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
pub(super) struct ValidateOptions {
    /// One model that ships; all of them without.
    #[arg(long, conflicts_with = "model_file")]
    model: Option<String>,
    /// A model of your own.
    #[arg(long, requires = "cases")]
    model_file: Option<PathBuf>,
    /// Its cases.
    #[arg(long)]
    cases: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What is printed, or why nothing is.
enum Not {
    Understood(String),
    Answered(String),
}

impl From<String> for Not {
    fn from(says: String) -> Self {
        Self::Understood(says)
    }
}

/// Prints the answer. 0; 2 for an input that was not understood; 3 where the model does not answer
/// or a published figure is not met.
pub(super) async fn pk(options: &PkOptions) -> ExitCode {
    let answer = match options {
        PkOptions::Simulate(options) => simulate(options).map(|text| (text, ExitCode::SUCCESS)),
        PkOptions::Models(options) => models(options).map(|text| (text, ExitCode::SUCCESS)),
        PkOptions::Validate(options) => validate(options),
        PkOptions::Again(options) => again::again(options).await,
    };
    match answer {
        Ok((text, code)) => {
            // Whoever reads only the beginning of it still gets the exit code.
            write!(std::io::stdout(), "{text}").ok();
            code
        }
        Err(Not::Understood(says)) => {
            eprintln!("{says}");
            ExitCode::from(UNREADABLE)
        }
        Err(Not::Answered(says)) => {
            eprintln!("{says}");
            ExitCode::from(REFUSED)
        }
    }
}

fn simulate(options: &SimulateOptions) -> Result<String, Not> {
    let words = |error: &dyn std::fmt::Display| Not::Understood(error.to_string());
    let model = match (&options.which.model, &options.which.model_file) {
        (Some(id), _) => shipped_model(id)?,
        (None, Some(path)) => model_of(path)?,
        (None, None) => return Err(Not::Understood("Which model?".to_owned())),
    };
    let age = options.age.map(Age::from_years).transpose();
    let doses = options.doses.iter().map(|line| dose::parse(line));
    let effect_site = options.ke0.map(EffectSiteRate::from_per_minute).transpose();
    let asked = Asked {
        person: Person {
            weight: BodyWeight::from_kilograms(options.weight).map_err(|error| words(&error))?,
            age: age.map_err(|error| words(&error))?,
        },
        plan: Plan {
            doses: doses
                .collect::<Result<_, _>>()
                .map_err(|error| words(&error))?,
            until: time(&options.until)?,
            every: time(&options.every)?,
        },
        settings: Settings {
            effect_site: effect_site.map_err(|error| words(&error))?,
            set: options
                .set
                .iter()
                .map(|line| set(line))
                .collect::<Result<_, _>>()?,
            scenario: options.scenario.clone(),
            beyond_what_was_studied: options.beyond_what_was_studied,
            engine: match options.solver {
                Solver::Fitting => Engine::Fitting,
                Solver::Modal => Engine::Modal,
                Solver::MatrixExponential => Engine::MatrixExponential,
                Solver::Adaptive => Engine::Adaptive,
            },
        },
        population: options.population.map(|people| Population {
            people,
            seed: options.seed,
            band: if options.readings {
                BandOf::Readings
            } else {
                BandOf::People
            },
        }),
    };
    let refused = |refusal: pharmacokinetics::Refusal| Not::Answered(refusal.to_string());
    let answer = Answer::to(&model, &asked).map_err(refused)?;
    match options.format {
        Format::Csv => answer.csv().map_err(Not::Understood),
        Format::Json => serde_json::to_string_pretty(&answer.json())
            .map(|text| text + "\n")
            .map_err(|error| words(&error)),
        Format::Svg => {
            let second = options.beside.as_deref().map(shipped_model).transpose()?;
            let without_people = Asked {
                population: None,
                settings: Settings {
                    effect_site: None,
                    set: std::collections::BTreeMap::new(),
                    scenario: None,
                    ..asked.settings.clone()
                },
                ..asked.clone()
            };
            let second = second
                .as_ref()
                .map(|model| Answer::to(model, &without_people).map_err(refused))
                .transpose()?;
            Ok(svg::draw(&answer, second.as_ref()))
        }
    }
}

fn time(text: &str) -> Result<Elapsed, Not> {
    dose::parse_duration(text)
        .map_err(|says| Not::Understood(format!("“{text}” is not understood as a time: {says}")))
}

fn set(line: &str) -> Result<(String, f64), Not> {
    line.split_once('=')
        .and_then(|(name, value)| Some((name.trim().to_owned(), value.trim().parse().ok()?)))
        .ok_or_else(|| Not::Understood(format!("“{line}” is not understood as NAME=VALUE.")))
}

fn models(options: &ModelsOptions) -> Result<String, Not> {
    let mut models = shipped()?;
    if let Some(id) = &options.id {
        models.retain(|model| model.id == *id);
        if models.is_empty() {
            return Err(no_such_model(id));
        }
    }
    if options.json {
        return serde_json::to_string_pretty(&models_json(&models))
            .map(|text| text + "\n")
            .map_err(|error| Not::Understood(error.to_string()));
    }
    Ok(models_table(&models, options.id.is_some()))
}

fn validate(options: &ValidateOptions) -> Result<(String, ExitCode), Not> {
    let mut compared: Vec<Compared> = Vec::new();
    if let (Some(path), Some(cases)) = (&options.model_file, &options.cases) {
        compared.extend(compare(&model_of(path)?, &text_of(cases)?)?);
    } else {
        let mut known = false;
        for file in SHIPPED {
            let model = Model::read(file.text).map_err(|error| error.to_string())?;
            if options.model.as_ref().is_some_and(|id| *id != model.id) {
                continue;
            }
            known = true;
            compared.extend(compare(&model, file.cases)?);
        }
        if let (Some(id), false) = (&options.model, known) {
            return Err(no_such_model(id));
        }
    }
    let code = if compared.iter().all(Compared::holds) {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(REFUSED)
    };
    Ok((validation_table(&compared, options.json), code))
}

fn shipped() -> Result<Vec<Model>, Not> {
    pharmacokinetics::model::shipped().map_err(|error| Not::Understood(error.to_string()))
}

fn shipped_model(id: &str) -> Result<Model, Not> {
    let found = shipped()?.into_iter().find(|model| model.id == id);
    found.ok_or_else(|| no_such_model(id))
}

fn no_such_model(id: &str) -> Not {
    Not::Understood(format!(
        "There is no model “{id}”; `evenkeel pk models` lists them."
    ))
}

fn model_of(path: &Path) -> Result<Model, Not> {
    Model::read(&text_of(path)?)
        .map_err(|error| Not::Understood(format!("{}: {error}", path.display())))
}

fn text_of(path: &Path) -> Result<String, Not> {
    std::fs::read_to_string(path)
        .map_err(|error| Not::Understood(format!("{}: {error}", path.display())))
}
