//! The session's page as a browser without scripts sees it: its forms and its tiles.

use clinical::course::session::{Answer, Command, Correction, Portion, RecoveryCheck, VitalSigns};
use jiff::tz::TimeZone;
use serde::Serialize;
use units::Moment;

/// The hidden fields of the form of an act: what a browser sends back without being asked.
pub fn form(page: &str, act: &str) -> Option<Vec<(String, String)>> {
    let mark = format!("name=\"act\" value=\"{act}\"");
    let form = page
        .split("<form")
        .skip(1)
        .filter_map(|rest| rest.split_once("</form>"))
        .map(|(form, _)| form)
        .find(|form| form.contains(&mark))?;
    let hidden = form
        .split('<')
        .filter(|tag| tag.starts_with("input") && tag.contains("type=\"hidden\""))
        .filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value")?)));
    Some(hidden.collect())
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(rest.split_once('"')?.0.to_owned())
}

/// A tile's number, state and words.
pub struct Shown {
    pub state: String,
    pub text: String,
    pub says: String,
}

/// A sign's tile.
pub fn tile(page: &str, sign: &str) -> Option<Shown> {
    let (_, rest) = page.split_once(&format!("data-sign=\"{sign}\""))?;
    let (item, _) = rest.split_once("</li>")?;
    Some(Shown {
        state: attribute(item, "data-state")?,
        text: inside(item, "class=\"tile-text\"")?,
        says: inside(item, "class=\"tile-says\"")?,
    })
}

/// What stands in the element with this mark in its tag.
pub fn inside(page: &str, mark: &str) -> Option<String> {
    let (_, rest) = page.split_once(mark)?;
    let (_, rest) = rest.split_once('>')?;
    Some(rest.split_once('<')?.0.to_owned())
}

fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value).unwrap() {
        serde_json::Value::String(word) => word,
        other => panic!("{other} is no word"),
    }
}

/// The act's name, and what a person types and picks in its form.
pub fn filled_in(
    command: &Command,
    zone: &TimeZone,
    now: Moment,
) -> (&'static str, Vec<(String, String)>) {
    let mut fields: Vec<(&str, String)> = Vec::new();
    let act = match command {
        Command::CheckIn { fasting, escort } => {
            for (name, answer) in [
                ("clear_liquid", &fasting.clear_liquid),
                ("light_meal", &fasting.light_meal),
                ("heavy_meal", &fasting.heavy_meal),
            ] {
                fields.extend(picked(name, answer, zone, now));
            }
            fields.extend(escort.clone().map(|escort| ("escort", escort)));
            "check-in"
        }
        Command::ConfirmIdentity { identifiers } => {
            fields.extend(identifiers.iter().map(|one| ("identifier", word(one))));
            "identity"
        }
        Command::ChartVitalSigns { values, .. } => {
            fields.extend(typed(values));
            "vital-signs"
        }
        Command::ScoreSedation { score } => {
            fields.push(("score", score.points().to_string()));
            "sedation"
        }
        Command::ScoreDistress { score } => {
            fields.push(("score", score.points().to_string()));
            "distress"
        }
        Command::CompleteTimeOut { lines, monitoring } => {
            fields.extend(lines.iter().map(|line| ("line", word(line))));
            fields.push(("monitoring", word(monitoring)));
            "time-out"
        }
        Command::StartInfusion { .. } => "start",
        Command::ChangeRate { rate, reason, .. } => {
            fields.push(("rate", rate.value().to_string()));
            fields.push(("reason", reason.clone()));
            "rate"
        }
        Command::GiveBolus { amount, .. } => {
            fields.push(("amount", amount.value().to_string()));
            "bolus"
        }
        Command::PauseInfusion { reason } => {
            fields.push(("reason", reason.clone()));
            "pause"
        }
        Command::ResumeInfusion => "resume",
        Command::StopInfusion { why, note } => {
            fields.push(("why", word(why)));
            fields.push(("note", note.clone()));
            "stop"
        }
        Command::GiveDose {
            amount, portion, ..
        } => {
            fields.push(("amount", amount.value().to_string()));
            fields.extend(went_in(portion));
            "dose"
        }
        Command::EndDosing { why, note } => {
            fields.push(("why", word(why)));
            fields.push(("note", note.clone()));
            "end-dosing"
        }
        Command::WriteNote { text } => {
            fields.push(("text", text.clone()));
            "note"
        }
        Command::GiveSupport { kind, note, .. } => {
            fields.push(("kind", word(kind)));
            fields.push(("note", note.clone()));
            "support"
        }
        Command::AcknowledgeAdvisories { .. } => "acknowledge",
        Command::CorrectEntry {
            correction, reason, ..
        } => {
            fields.push(("reason", reason.clone()));
            match correction {
                Correction::Struck => fields.push(("to", "struck".to_owned())),
                Correction::VitalSigns { values } => {
                    fields.push(("to", "vital-signs".to_owned()));
                    fields.extend(typed(values));
                }
                Correction::Dose { amount, portion } => {
                    fields.push(("to", "dose".to_owned()));
                    fields.push(("amount", amount.value().to_string()));
                    fields.extend(went_in(portion));
                }
                other => panic!("no story corrects to {other:?} yet"),
            }
            "correct"
        }
        Command::BeginObservation => "observation",
        Command::CheckRecovery { check } => {
            fields.extend(seen(check));
            "recovery"
        }
        Command::Discharge {
            escort,
            instructions_given,
            stable,
            override_reason,
        } => {
            fields.extend(override_reason.clone().map(|why| ("override_reason", why)));
            fields.push(("escort", escort.clone()));
            let ticked = [("instructions", *instructions_given), ("stable", *stable)];
            fields.extend(
                ticked
                    .into_iter()
                    .filter(|(_, said)| *said)
                    .map(|(name, _)| (name, "yes".to_owned())),
            );
            "discharge"
        }
        Command::Sign { statement } => {
            fields.push(("statement", statement.clone()));
            "sign"
        }
        other => panic!("no page has a form to {}", other.says()),
    };
    let fields = fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    (act, fields)
}

/// What is picked of how far somebody has come back.
fn seen(check: &RecoveryCheck) -> Vec<(&'static str, String)> {
    let oriented = check.oriented_to.iter().map(|one| ("oriented", word(one)));
    let besides = [("drank", check.drank), ("passed_urine", check.passed_urine)];
    let picked = [
        ("activity", word(&check.activity)),
        ("breathing", word(&check.breathing)),
        ("consciousness", word(&check.consciousness)),
        ("oxygen", word(&check.oxygen)),
        ("walk", word(&check.walk)),
        ("nausea", word(&check.nausea)),
        ("pain", word(&check.pain)),
        ("bleeding", word(&check.bleeding)),
        ("dissociation", check.dissociation.points().to_string()),
        ("mind", word(&check.mind)),
        ("cannula", word(&check.cannula)),
    ];
    picked
        .into_iter()
        .chain(oriented)
        .chain(
            besides
                .into_iter()
                .filter(|(_, said)| *said)
                .map(|(name, _)| (name, "yes".to_owned())),
        )
        .collect()
}

/// What is picked of how a dose went in; where the form asks about one kind only, it says which.
fn went_in(portion: &Portion) -> Vec<(&'static str, String)> {
    match portion {
        Portion::Injection { site } => vec![("site", word(site))],
        Portion::Spray { nostril } => vec![("nostril", word(nostril))],
        Portion::Swallowed | Portion::UnderTongue => Vec::new(),
        Portion::Device { fault: None } => vec![("portion", "device".to_owned())],
        Portion::Device { fault: Some(fault) } => vec![
            ("portion", "device-failed".to_owned()),
            ("fault", fault.clone()),
        ],
    }
}

fn picked(
    name: &'static str,
    answer: &Answer<Moment>,
    zone: &TimeZone,
    now: Moment,
) -> Vec<(&'static str, String)> {
    let (time, day) = match name {
        "clear_liquid" => ("clear_liquid_time", "clear_liquid_day"),
        "light_meal" => ("light_meal_time", "light_meal_day"),
        _ => ("heavy_meal_time", "heavy_meal_day"),
    };
    match answer {
        Answer::NotAsked => vec![(name, "not-asked".to_owned())],
        Answer::NotSure => vec![(name, "not-sure".to_owned())],
        Answer::NoneSuch => vec![(name, "none".to_owned())],
        Answer::Is(at) => {
            let at = at.timestamp().to_zoned(zone.clone());
            let today = now.timestamp().to_zoned(zone.clone()).date() == at.date();
            let which = if today { "today" } else { "yesterday" };
            vec![
                (name, "at".to_owned()),
                (time, at.strftime("%H:%M").to_string()),
                (day, which.to_owned()),
            ]
        }
    }
}

fn typed(values: &VitalSigns) -> Vec<(&'static str, String)> {
    [
        ("systolic", values.systolic.map(|one| one.value())),
        ("diastolic", values.diastolic.map(|one| one.value())),
        ("heart_rate", values.heart_rate.map(|one| one.value())),
        (
            "respiratory_rate",
            values.respiratory_rate.map(|one| one.value()),
        ),
        (
            "oxygen_saturation",
            values.oxygen_saturation.map(|one| one.value()),
        ),
        (
            "end_tidal_carbon_dioxide",
            values.end_tidal_carbon_dioxide.map(|one| one.value()),
        ),
        ("temperature", values.temperature.map(|one| one.value())),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?.to_string())))
    .collect()
}
