//! `evenkeel instrument`: questionnaires and scales, without a server.

use clinical::instrument::{
    Answer, Answers, Assessment, ChangeFinding, Instrument, Library, LicenceVerdict, Points,
    Respondent, Response, ScoreValue, ScoringResult, assess, change,
};
use exchange::instrument_codes::{InstrumentCodes, codes_of};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The exit code of an input that was not understood.
const UNREADABLE: u8 = 2;

#[derive(clap::Args)]
pub(super) struct InstrumentOptions {
    #[command(subcommand)]
    ask: Ask,
    /// A folder with the clinic's own instruments and words, as docs/adding-an-instrument.md says.
    #[arg(long, global = true)]
    instruments: Option<PathBuf>,
}

#[derive(clap::Subcommand)]
enum Ask {
    /// Every instrument, with its licence and languages.
    List,
    /// One instrument, whole, with its codes.
    Show {
        /// Its id, such as phq-9.
        name: String,
    },
    /// What answers come to; beside it the change, if the file gives an earlier score.
    Score {
        /// Its id, such as phq-9.
        name: String,
        /// The answers, as docs/adding-an-instrument.md describes them.
        answers: PathBuf,
    },
}

/// Prints what was asked as JSON; 0, or 2 for an input that was not understood.
pub(super) fn instrument(options: &InstrumentOptions) -> ExitCode {
    match answer(options) {
        Ok((json, understood)) => {
            // Whoever reads only the beginning of a long list closes the pipe, and may.
            writeln!(std::io::stdout(), "{json}").ok();
            if understood {
                ExitCode::SUCCESS
            } else {
                ExitCode::from(UNREADABLE)
            }
        }
        Err(line) => {
            eprintln!("{line}");
            ExitCode::from(UNREADABLE)
        }
    }
}

/// The JSON, and whether everything in the input was understood.
fn answer(options: &InstrumentOptions) -> Result<(String, bool), String> {
    let library = library(options.instruments.as_deref())?;
    match &options.ask {
        Ask::List => {
            let lines: Vec<Line> = library.instruments().map(Line::of).collect();
            Ok((json(&lines)?, true))
        }
        Ask::Show { name } => {
            let instrument = named(&library, name)?;
            let shown = Shown {
                instrument,
                codes: codes_of(name),
            };
            Ok((json(&shown)?, true))
        }
        Ask::Score { name, answers } => {
            let instrument = named(&library, name)?;
            let file = answers.display();
            let text = text_of(answers)?;
            let (answers, before) = read(instrument, &text).map_err(|says| match says {
                (0, says) => format!("{file}: {says}"),
                (line, says) => format!("{file}:{line}: {says}"),
            })?;
            let result = Scoring::of(instrument, &answers, &before);
            let understood = result.assessment.problems.is_empty();
            Ok((json(&result)?, understood))
        }
    }
}

#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    version: u32,
    title: &'a str,
    measures: &'a str,
    answered_by: Respondent,
    items: usize,
    licence: LicenceVerdict,
    holder: &'a str,
    /// Languages in which it can be asked; none for a skeleton without a clinic's own words.
    languages: Vec<&'a str>,
}

impl<'a> Line<'a> {
    fn of(instrument: &'a Instrument) -> Self {
        Self {
            id: &instrument.id,
            version: instrument.version,
            title: &instrument.title,
            measures: &instrument.measures,
            answered_by: instrument.answered_by,
            items: instrument.items.len(),
            licence: instrument.licence.verdict,
            holder: &instrument.licence.holder,
            languages: instrument.wording.keys().map(String::as_str).collect(),
        }
    }
}

#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    instrument: &'a Instrument,
    codes: Option<&'a InstrumentCodes>,
}

#[derive(Serialize)]
struct Scoring {
    #[serde(flatten)]
    assessment: Assessment,
    /// What could not be understood, in sentences.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problem_sentences: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changes: Vec<ChangeFinding>,
}

impl Scoring {
    fn of(instrument: &Instrument, answers: &Answers, before: &BTreeMap<String, Points>) -> Self {
        let assessment = assess(instrument, answers);
        let now: Vec<&ScoreValue> = match &assessment.outcome {
            ScoringResult::Scored(scored) => scored.total.iter().chain(&scored.subscales).collect(),
            ScoringResult::Incomplete(incomplete) => incomplete.known.iter().collect(),
        };
        let changes = now
            .iter()
            .filter_map(|value| Some((value, before.get(&value.id)?)))
            .flat_map(|(value, before)| change(instrument, &value.id, *before, value.points))
            .collect();
        let problem_sentences = assessment.problems.iter().map(ToString::to_string);
        Self {
            problem_sentences: problem_sentences.collect(),
            changes,
            assessment,
        }
    }
}

/// An answers file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswersFile {
    answers: BTreeMap<String, toml::Spanned<toml::Value>>,
    /// Scores of an earlier occasion, to compare with.
    #[serde(default)]
    before: BTreeMap<String, Points>,
}

/// The line (0 where there is none) and the sentence of what was not understood.
type Unread = (usize, String);

fn read(
    instrument: &Instrument,
    text: &str,
) -> Result<(Answers, BTreeMap<String, Points>), Unread> {
    let line = |at: usize| {
        text.as_bytes()
            .iter()
            .take(at)
            .filter(|b| **b == b'\n')
            .count()
            + 1
    };
    let file: AnswersFile = toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| line(span.start));
        (at, error.message().trim().to_owned())
    })?;
    let mut answers = Answers::new();
    for (item, value) in &file.answers {
        let given = given(instrument, item, value.get_ref())
            .map_err(|says| (line(value.span().start), says))?;
        answers = answers.with(item, given);
    }
    let score = |id: &&String| instrument.score(id).is_none();
    if let Some(unknown) = file.before.keys().find(score) {
        return Err((0, format!("{} has no score {unknown:?}.", instrument.id)));
    }
    Ok((answers, file.before))
}

fn given(instrument: &Instrument, item: &str, value: &toml::Value) -> Result<Answer, String> {
    let is_number = instrument
        .item(item)
        .is_some_and(|item| match item.response {
            Response::Whole(_) | Response::Measured { .. } => true,
            Response::Options(_) => false,
        });
    match value {
        toml::Value::String(text) => Ok(match text.as_str() {
            "not-sure" => Answer::NotSure,
            "declined" => Answer::Declined,
            text => text
                .parse()
                .ok()
                .and_then(Points::new)
                .filter(|_| is_number)
                .map_or_else(|| Answer::Chosen(text.to_owned()), Answer::Number),
        }),
        toml::Value::Integer(number) => Points::new((*number).into())
            .map(Answer::Number)
            .ok_or_else(|| format!("Item {item}: {number} is on no scale.")),
        toml::Value::Float(_)
        | toml::Value::Boolean(_)
        | toml::Value::Datetime(_)
        | toml::Value::Array(_)
        | toml::Value::Table(_) => Err(format!(
            "Item {item}: an answer is an option's name, a whole number, or a decimal in quotes."
        )),
    }
}

fn named<'a>(library: &'a Library, name: &str) -> Result<&'a Instrument, String> {
    library.named(name).ok_or_else(|| {
        format!("There is no instrument {name}. `evenkeel instrument list` names them.")
    })
}

/// The shipped instruments, and those of a folder.
fn library(folder: Option<&Path>) -> Result<Library, String> {
    let mut library = Library::shipped().map_err(|error| error.to_string())?;
    let Some(folder) = folder else {
        return Ok(library);
    };
    let mut files = Vec::new();
    for path in instrument_files(folder)? {
        files.push((path.display().to_string(), text_of(&path)?));
    }
    let files = files
        .iter()
        .map(|(file, text)| (file.as_str(), text.as_str()));
    library.add(files).map_err(|error| error.to_string())?;
    Ok(library)
}

/// The files of a folder, without the cases beside them, in the order of their names.
fn instrument_files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let unreadable = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        if name.is_some_and(|name| name.ends_with(".toml") && !name.ends_with(".cases.toml")) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn text_of(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn json(value: &impl Serialize) -> Result<String, String> {
    serde_json::to_string_pretty(value)
        .map_err(|error| format!("The answer could not be written: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phq_9() -> Instrument {
        Library::shipped().unwrap().named("phq-9").unwrap().clone()
    }

    #[test]
    fn an_answers_file_gives_options_points_and_not_sure() {
        let text =
            "[answers]\n1 = \"several-days\"\n2 = 3\n9 = \"not-sure\"\n[before]\ntotal = 20\n";
        let (answers, before) = read(&phq_9(), text).unwrap();
        assert_eq!(
            answers.to("1"),
            Some(&Answer::Chosen("several-days".to_owned()))
        );
        assert_eq!(
            answers.to("2"),
            Points::whole(3).map(Answer::Number).as_ref()
        );
        assert_eq!(answers.to("9"), Some(&Answer::NotSure));
        assert_eq!(before["total"], Points::whole(20).unwrap());
    }

    #[test]
    fn what_is_no_answer_is_refused_with_its_line() {
        for (text, line) in [
            ("[answers]\n1 = 2\n2 = true\n", 3),
            ("[answers]\n1 = 1.5\n", 2),
            ("[answers]\n1 = \n", 2),
            ("answers = 3\n", 1),
            ("[answers]\n[after]\n", 2),
        ] {
            let (at, says) = read(&phq_9(), text).unwrap_err();
            assert_eq!(at, line, "{text}: {says}");
        }
    }

    #[test]
    fn an_earlier_score_that_the_instrument_does_not_have_is_refused() {
        assert!(read(&phq_9(), "[answers]\n[before]\nmood = 3\n").is_err());
    }

    #[test]
    fn the_result_says_the_change_and_the_problems() {
        let text = "[answers]\n1 = 4\n[before]\ntotal = 20\n";
        let (answers, before) = read(&phq_9(), text).unwrap();
        let result = Scoring::of(&phq_9(), &answers, &before);
        assert_eq!(result.problem_sentences.len(), 1);
        // Nothing is compared while there is no score.
        assert_eq!(result.changes, []);
        let all: String = (1..=9).map(|item| format!("{item} = 1\n")).collect();
        let text = format!("[answers]\n{all}[before]\ntotal = 20\n");
        let (answers, before) = read(&phq_9(), &text).unwrap();
        let result = Scoring::of(&phq_9(), &answers, &before);
        assert!(result.changes.iter().any(|change| change.id == "response"));
    }
}
