//! Recordings that somebody has dropped into a folder: `NAME.csv`, and `NAME.labels.csv` beside it
//! where a person has said what happened. The format stands in `docs/evaluating-advisories.md`.

use super::{Label, Message, Story};
use clinical::advisory::Condition;
use clinical::vital_signs::{Numeric, Quality, Signal};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use units::{Decimal, Moment, Span};

/// A recording that could not be read, with its line.
#[derive(Debug, thiserror::Error)]
#[error("{file}:{line}: {says}")]
pub struct UnreadableRecording {
    file: String,
    line: usize,
    says: String,
}

/// Every recording of a folder, in the order of their names.
///
/// Refuses the first line that is not understood: a recording that is read in part would be
/// scored as if it were whole.
pub fn read_folder(folder: &Path) -> Result<Vec<Story>, UnreadableRecording> {
    let unreadable = |says: std::io::Error| UnreadableRecording {
        file: folder.display().to_string(),
        line: 0,
        says: says.to_string(),
    };
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .map_err(unreadable)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            let name = path.file_name().and_then(|name| name.to_str());
            name.is_some_and(|name| name.ends_with(".csv") && !name.ends_with(".labels.csv"))
        })
        .collect();
    files.sort();
    files.iter().map(|file| read(file)).collect()
}

fn read(file: &Path) -> Result<Story, UnreadableRecording> {
    let labels = file.with_extension("labels.csv");
    let text = text_of(file)?;
    let label_text = if labels.exists() {
        text_of(&labels)?
    } else {
        String::new()
    };
    recording(&file.display().to_string(), &text, &label_text)
}

fn text_of(file: &Path) -> Result<String, UnreadableRecording> {
    std::fs::read_to_string(file).map_err(|error| UnreadableRecording {
        file: file.display().to_string(),
        line: 0,
        says: error.to_string(),
    })
}

fn recording(name: &str, text: &str, labels: &str) -> Result<Story, UnreadableRecording> {
    let mut story = Story {
        name: name.to_owned(),
        period: Span::from_seconds(1),
        dosing: None,
        baseline: None,
        messages: Vec::new(),
        truth: BTreeMap::new(),
        labels: Vec::new(),
    };
    for (line, cells) in rows(text) {
        let wrong = |says: &str| UnreadableRecording {
            file: name.to_owned(),
            line,
            says: says.to_owned(),
        };
        let [seconds, signal, value, rest @ ..] = cells.as_slice() else {
            return Err(wrong(
                "a row is seconds,signal,value or seconds,signal,value,quality",
            ));
        };
        let at = moment(seconds).ok_or_else(|| wrong("the seconds are not a number"))?;
        let signal = signal_of(signal).ok_or_else(|| wrong("this signal is not known"))?;
        let value: Decimal = value
            .parse()
            .map_err(|_| wrong("the value is not a number"))?;
        let quality = match rest {
            [] | [""] | ["good"] => Quality::Good,
            ["questionable"] => Quality::Questionable,
            _ => return Err(wrong("the quality is good or questionable")),
        };
        if story.messages.last().is_some_and(|message| message.at > at) {
            return Err(wrong("rows are in the order of time"));
        }
        let numeric = Numeric {
            signal,
            value,
            quality,
            device_at: at,
            received_at: at,
            corrected_at: at,
            aperiodic: signal.is_aperiodic(),
        };
        // What its recorder doubts is no truth.
        if quality == Quality::Good {
            story.truth.entry(signal).or_default().push((at, value));
        }
        match story.messages.last_mut() {
            Some(message) if message.at == at => message.numerics.push(numeric),
            Some(_) | None => story.messages.push(Message {
                at,
                numerics: vec![numeric],
            }),
        }
    }
    for (line, cells) in rows(labels) {
        let wrong = |says: &str| UnreadableRecording {
            file: format!("{name}, labels"),
            line,
            says: says.to_owned(),
        };
        let [condition, onset, until] = cells.as_slice() else {
            return Err(wrong("a row is condition,onset,until"));
        };
        let onset = moment(onset).ok_or_else(|| wrong("the onset is not a number"))?;
        let until = moment(until).ok_or_else(|| wrong("the end is not a number"))?;
        if *condition == "dosing" {
            story.dosing = Some((onset, until));
            continue;
        }
        story.labels.push(Label {
            condition: Condition::from_word(condition)
                .ok_or_else(|| wrong("this condition is not known"))?,
            onset,
            until,
        });
    }
    Ok(story)
}

/// Rows with their line, without the heading, empty lines and lines that begin with #.
fn rows(text: &str) -> impl Iterator<Item = (usize, Vec<&str>)> {
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .map(|(line, text)| (line, text.split(',').map(str::trim).collect::<Vec<_>>()))
        .filter(|(_, cells)| !matches!(cells.first(), Some(&("seconds" | "condition"))))
}

fn moment(seconds: &str) -> Option<Moment> {
    let seconds: Decimal = seconds.parse().ok()?;
    let microseconds = (seconds * Decimal::from(1_000_000)).round();
    Some(Moment::from_microseconds(microseconds.try_into().ok()?))
}

fn signal_of(word: &str) -> Option<Signal> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_is_read_with_what_a_person_said_of_it() {
        let story = recording(
            "r",
            "seconds,signal,value,quality\n0,oxygen-saturation,97\n0,heart-rate,71\n\n# paused\n1.5,oxygen-saturation,88,questionable\n",
            "condition,onset,until\noxygen-saturation-low,1,30\ndosing,0,60\n",
        )
        .unwrap();
        assert_eq!(story.messages.len(), 2);
        assert_eq!(story.messages[0].numerics.len(), 2);
        assert_eq!(story.messages[1].numerics[0].quality, Quality::Questionable);
        assert_eq!(story.truth[&Signal::OxygenSaturation].len(), 1);
        assert_eq!(story.labels[0].condition, Condition::OxygenSaturationLow);
        assert!(story.dosing.is_some());
    }

    #[test]
    fn what_is_not_understood_is_refused_with_its_line() {
        for (text, line) in [
            ("0,oxygen-saturation\n", 1),
            ("0,oxygen-saturation,97\n1,spo2,97\n", 2),
            ("5,heart-rate,70\n4,heart-rate,70\n", 2),
            ("0,heart-rate,high\n", 1),
            ("0,heart-rate,70,doubtful\n", 1),
        ] {
            let refused = recording("r", text, "").unwrap_err();
            assert_eq!(refused.line, line, "{text}: {refused}");
        }
    }
}
