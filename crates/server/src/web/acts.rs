//! What was tapped in the session room, as a command of the core.

use super::experience_acts;
use super::form::{Fields, Problem};
use clinical::course::session::{
    Answer, Command, Correction, DistressScore, FastingAnswers, Identifier, Line, Monitoring,
    Nostril, Orientation, Portion, RecoveryCheck, SedationScore, Site, Stop, VitalSigns,
};
use clinical::record::EventId;
use clinical::vital_signs::{Source, VitalSign};
use jiff::tz::TimeZone;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use units::{
    BeatsPerMinute, BreathsPerMinute, DegreesCelsius, Milligrams, MillilitresPerHour,
    MillimetresOfMercury, Moment, OxygenSaturation, PartialPressure,
};

/// A command, and when its author says that it happened; `None` is now.
pub struct Act {
    /// What is wanted.
    pub command: Command,
    /// When it happened.
    pub at: Option<Moment>,
}

/// Reads an act from its form.
///
/// Gives a problem that names the field, for anything not fully understood.
pub fn read(fields: &Fields, zone: &TimeZone, now: Moment) -> Result<Act, Problem> {
    let at = taken_at(fields, zone, now)?;
    let text = |name: &str| fields.text(name).to_owned();
    let command = match fields.text("act") {
        "check-in" => Command::CheckIn {
            fasting: fasting(fields, zone, now)?,
            escort: fields.optional("escort"),
        },
        "fasting" => Command::AnswerFasting {
            fasting: fasting(fields, zone, now)?,
        },
        "identity" => Command::ConfirmIdentity {
            identifiers: words::<Identifier>(fields, "identifier")?,
        },
        "vital-signs" => Command::ChartVitalSigns {
            values: vital_signs(fields)?,
            source: Source::Hand,
            timing: None,
        },
        "sedation" => Command::ScoreSedation {
            score: sedation(fields)?,
        },
        "distress" => Command::ScoreDistress {
            score: distress(fields)?,
        },
        "recovery" => Command::CheckRecovery {
            check: recovery(fields)?,
        },
        "time-out" => Command::CompleteTimeOut {
            lines: words::<Line>(fields, "line")?,
            monitoring: word::<Monitoring>(fields, "monitoring")?,
        },
        "start" => Command::StartInfusion {
            override_reason: fields.optional("override_reason"),
            second_clinician: fields.optional("second_clinician"),
        },
        "rate" => Command::ChangeRate {
            rate: required(fields, "rate", MillilitresPerHour::new)?,
            reason: text("reason"),
            override_reason: fields.optional("override_reason"),
        },
        "bolus" => Command::GiveBolus {
            amount: required(fields, "amount", Milligrams::new)?,
            again: !fields.text("again").is_empty(),
        },
        "pause" => Command::PauseInfusion {
            reason: text("reason"),
        },
        "resume" => Command::ResumeInfusion,
        "stop" => Command::StopInfusion {
            why: word::<Stop>(fields, "why")?,
            note: text("note"),
        },
        "dose" => Command::GiveDose {
            amount: required(fields, "amount", Milligrams::new)?,
            portion: portion(fields)?,
            override_reason: fields.optional("override_reason"),
            second_clinician: fields.optional("second_clinician"),
        },
        "end-dosing" => Command::EndDosing {
            why: word::<Stop>(fields, "why")?,
            note: text("note"),
        },
        "note" => Command::WriteNote { text: text("text") },
        "acknowledge" => Command::AcknowledgeAdvisories {
            advisories: advisories(fields)?,
        },
        "resolve" => Command::ResolveAdvisories {
            advisories: advisories(fields)?,
            how: text("how"),
        },
        "correct" => Command::CorrectEntry {
            entry: text("entry")
                .parse::<EventId>()
                .map_err(|_| Problem::new("entry", "The entry to correct was not named."))?,
            correction: correction(fields)?,
            reason: text("reason"),
        },
        "artefact" => artefact(fields)?,
        "observation" => Command::BeginObservation,
        "discharge" => Command::Discharge {
            escort: text("escort"),
            instructions_given: !fields.text("instructions").is_empty(),
            stable: !fields.text("stable").is_empty(),
            override_reason: fields.optional("override_reason"),
        },
        "cancel" => Command::CancelSession {
            reason: text("reason"),
        },
        "sign" => Command::Sign {
            statement: text("statement"),
        },
        other => {
            return Err(Problem::new(
                "act",
                format!("“{other}” is not an act known here."),
            ));
        }
    };
    Ok(Act { command, at })
}

/// A word of one of the core's closed lists.
fn word<T: DeserializeOwned>(fields: &Fields, name: &str) -> Result<T, Problem> {
    read_word(name, fields.text(name))
}

fn words<T: DeserializeOwned>(fields: &Fields, name: &str) -> Result<Vec<T>, Problem> {
    fields.all(name).map(|text| read_word(name, text)).collect()
}

pub(super) fn read_word<T: DeserializeOwned>(name: &str, text: &str) -> Result<T, Problem> {
    serde_json::from_value(serde_json::Value::String(text.to_owned()))
        .map_err(|_| Problem::new(name, "Choose one of the answers."))
}

fn required<Q>(
    fields: &Fields,
    name: &str,
    new: impl Fn(units::Decimal) -> Result<Q, units::Implausible>,
) -> Result<Q, Problem> {
    fields
        .quantity(name, new)?
        .ok_or_else(|| Problem::new(name, "Enter a number."))
}

fn score(fields: &Fields) -> Result<u8, Problem> {
    fields
        .text("score")
        .parse()
        .map_err(|_| Problem::new("score", "Choose a score."))
}

fn sedation(fields: &Fields) -> Result<SedationScore, Problem> {
    SedationScore::try_from(score(fields)?)
        .map_err(|error| Problem::new("score", format!("{error}; choose 0 to 5.")))
}

fn distress(fields: &Fields) -> Result<DistressScore, Problem> {
    DistressScore::try_from(score(fields)?)
        .map_err(|error| Problem::new("score", format!("{error}; choose 0 to 10.")))
}

/// One look at somebody after the drug. Nothing of it is taken for granted: what is not chosen is
/// asked for.
fn recovery(fields: &Fields) -> Result<RecoveryCheck, Problem> {
    let dissociation = fields.text("dissociation").parse::<u8>().ok();
    Ok(RecoveryCheck {
        activity: word(fields, "activity")?,
        breathing: word(fields, "breathing")?,
        consciousness: word(fields, "consciousness")?,
        oxygen: word(fields, "oxygen")?,
        oriented_to: words::<Orientation>(fields, "oriented")?
            .into_iter()
            .collect(),
        walk: word(fields, "walk")?,
        nausea: word(fields, "nausea")?,
        pain: word(fields, "pain")?,
        bleeding: word(fields, "bleeding")?,
        dissociation: dissociation
            .and_then(|points| points.try_into().ok())
            .ok_or_else(|| Problem::new("dissociation", "Choose 0 to 10."))?,
        mind: word(fields, "mind")?,
        cannula: word(fields, "cannula")?,
        drank: !fields.text("drank").is_empty(),
        passed_urine: !fields.text("passed_urine").is_empty(),
    })
}

/// One notice, or all those that the page showed as one.
fn advisories(fields: &Fields) -> Result<BTreeSet<u32>, Problem> {
    let unnamed = || Problem::new("advisory", "The notice was not named.");
    let named: BTreeSet<u32> = fields
        .all("advisory")
        .map(|number| number.parse().map_err(|_| unnamed()))
        .collect::<Result<_, _>>()?;
    if named.is_empty() {
        return Err(unnamed());
    }
    Ok(named)
}

fn vital_signs(fields: &Fields) -> Result<VitalSigns, Problem> {
    Ok(VitalSigns {
        systolic: fields.quantity("systolic", MillimetresOfMercury::new)?,
        diastolic: fields.quantity("diastolic", MillimetresOfMercury::new)?,
        mean: None,
        heart_rate: fields.quantity("heart_rate", BeatsPerMinute::new)?,
        heart_rate_from: None,
        respiratory_rate: fields.quantity("respiratory_rate", BreathsPerMinute::new)?,
        respiratory_rate_from: None,
        oxygen_saturation: fields.quantity("oxygen_saturation", OxygenSaturation::new)?,
        end_tidal_carbon_dioxide: fields
            .quantity("end_tidal_carbon_dioxide", PartialPressure::new)?,
        temperature: fields.quantity("temperature", DegreesCelsius::new)?,
    })
}

/// How a dose went in: the form of the room says which kind it asks about.
fn portion(fields: &Fields) -> Result<Portion, Problem> {
    Ok(match fields.text("portion") {
        "injection" => Portion::Injection {
            site: read_word::<Site>("site", fields.text("site"))?,
        },
        "spray" => Portion::Spray {
            nostril: read_word::<Nostril>("nostril", fields.text("nostril"))?,
        },
        "swallowed" => Portion::Swallowed,
        "under-tongue" => Portion::UnderTongue,
        "device" => Portion::Device { fault: None },
        "device-failed" => Portion::Device {
            fault: Some(
                fields
                    .optional("fault")
                    .ok_or_else(|| Problem::new("fault", "Write what happened to the device."))?,
            ),
        },
        _ => return Err(Problem::new("portion", "Choose how it went in.")),
    })
}

fn correction(fields: &Fields) -> Result<Correction, Problem> {
    Ok(match fields.text("to") {
        "struck" => Correction::Struck,
        "vital-signs" => Correction::VitalSigns {
            values: vital_signs(fields)?,
        },
        "sedation" => Correction::Sedation {
            score: sedation(fields)?,
        },
        "distress" => Correction::Distress {
            score: distress(fields)?,
        },
        "rating" => Correction::Rating {
            rating: experience_acts::rating(fields)?,
        },
        "text" => Correction::Text {
            text: fields.text("text").to_owned(),
        },
        "rate" => Correction::Rate {
            rate: required(fields, "rate", MillilitresPerHour::new)?,
        },
        "bolus" => Correction::Bolus {
            amount: required(fields, "amount", Milligrams::new)?,
        },
        "dose" => Correction::Dose {
            amount: required(fields, "amount", Milligrams::new)?,
            portion: portion(fields)?,
        },
        _ => return Err(Problem::new("to", "Choose what should stand instead.")),
    })
}

/// A value of an entry that did not measure the person, and why.
fn artefact(fields: &Fields) -> Result<Command, Problem> {
    let unnamed = || Problem::new("reading", "Choose the value that is an artefact.");
    let (entry, sign) = fields.text("reading").split_once(' ').ok_or_else(unnamed)?;
    let why = match fields.text("cause") {
        "movement" => "movement",
        "sensor" => "probe or cuff out of place",
        "weak-signal" => "weak signal",
        "other" => "something else",
        _ => return Err(Problem::new("cause", "Choose why it is an artefact.")),
    };
    Ok(Command::CorrectEntry {
        entry: entry.parse().map_err(|_| unnamed())?,
        correction: Correction::Artefact {
            signs: [VitalSign::from_word(sign).ok_or_else(unnamed)?].into(),
        },
        reason: format!("artefact: {why}"),
    })
}

fn fasting(fields: &Fields, zone: &TimeZone, now: Moment) -> Result<FastingAnswers, Problem> {
    let answer = |name: &str| -> Result<Answer<Moment>, Problem> {
        Ok(match fields.text(name) {
            "" | "not-asked" => Answer::NotAsked,
            "not-sure" => Answer::NotSure,
            "none" => Answer::NoneSuch,
            "at" => {
                let field = format!("{name}_time");
                let days = match fields.text(&format!("{name}_day")) {
                    "yesterday" => 1,
                    "" | "today" => 0,
                    _ => return Err(Problem::new(&field, "Choose today or yesterday.")),
                };
                Answer::Is(clock_time(&field, fields.text(&field), zone, now, days)?)
            }
            _ => return Err(Problem::new(name, "Choose one of the answers.")),
        })
    };
    Ok(FastingAnswers {
        clear_liquid: answer("clear_liquid")?,
        light_meal: answer("light_meal")?,
        heavy_meal: answer("heavy_meal")?,
    })
}

/// The time of an entry, if it was not now.
pub(super) fn taken_at(
    fields: &Fields,
    zone: &TimeZone,
    now: Moment,
) -> Result<Option<Moment>, Problem> {
    past_time("taken", fields.text("taken"), zone, now)
}

/// A time of day that has been, if there is any.
///
/// One that has not come yet today is read as yesterday's only within the first hours after
/// midnight; otherwise it is asked about.
pub(super) fn past_time(
    field: &str,
    text: &str,
    zone: &TimeZone,
    now: Moment,
) -> Result<Option<Moment>, Problem> {
    if text.is_empty() {
        return Ok(None);
    }
    let today = clock_time(field, text, zone, now, 0)?;
    if today <= now + units::Span::from_minutes(1) {
        return Ok(Some(today.min(now)));
    }
    let yesterday = clock_time(field, text, zone, now, 1)?;
    if now - yesterday <= units::Span::from_hours(6) {
        return Ok(Some(yesterday));
    }
    Err(Problem::new(
        field,
        format!("{text} has not come yet today. Check the time."),
    ))
}

fn clock_time(
    field: &str,
    text: &str,
    zone: &TimeZone,
    now: Moment,
    days_ago: i64,
) -> Result<Moment, Problem> {
    let wrong = || Problem::new(field, "Write the time like 07:40.");
    let (hour, minute) = text.split_once(':').ok_or_else(wrong)?;
    if !(1..=2).contains(&hour.len()) || minute.len() != 2 {
        return Err(wrong());
    }
    let hour: i8 = hour.parse().map_err(|_| wrong())?;
    let minute: i8 = minute.parse().map_err(|_| wrong())?;
    let time = jiff::civil::Time::new(hour, minute, 0, 0).map_err(|_| wrong())?;
    let day = now.timestamp().to_zoned(zone.clone()).date();
    let day = day
        .checked_sub(jiff::Span::new().days(days_ago))
        .map_err(|_| wrong())?;
    let zoned = day
        .to_datetime(time)
        .to_zoned(zone.clone())
        .map_err(|_| wrong())?;
    Ok(Moment::from_microseconds(
        zoned.timestamp().as_microsecond(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields(
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        )
    }

    fn now() -> Moment {
        Moment::parse("2026-11-23T13:12:00Z").unwrap()
    }

    #[test]
    fn not_sure_stays_not_sure() {
        let act = read(
            &fields(&[
                ("act", "check-in"),
                ("clear_liquid", "not-sure"),
                ("light_meal", "none"),
            ]),
            &TimeZone::UTC,
            now(),
        )
        .ok()
        .unwrap();
        let Command::CheckIn { fasting, escort } = act.command else {
            panic!("a check-in")
        };
        assert_eq!(fasting.clear_liquid, Answer::NotSure);
        assert_eq!(fasting.light_meal, Answer::NoneSuch);
        assert_eq!(fasting.heavy_meal, Answer::NotAsked);
        assert_eq!(escort, None);
    }

    #[test]
    fn a_time_of_day_is_read_in_the_clinics_zone() {
        let zone = TimeZone::get("America/New_York").unwrap();
        let act = read(
            &fields(&[
                ("act", "fasting"),
                ("light_meal", "at"),
                ("light_meal_time", "20:30"),
                ("light_meal_day", "yesterday"),
            ]),
            &zone,
            now(),
        )
        .ok()
        .unwrap();
        let Command::AnswerFasting { fasting } = act.command else {
            panic!("fasting")
        };
        assert_eq!(
            fasting.light_meal,
            Answer::Is(Moment::parse("2026-11-22T20:30:00-05:00").unwrap())
        );
    }

    #[test]
    fn a_time_that_has_not_come_is_asked_about() {
        let act = read(
            &fields(&[("act", "note"), ("text", "x"), ("taken", "15:00")]),
            &TimeZone::UTC,
            now(),
        );
        assert_eq!(act.err().unwrap().field, "taken");
    }

    #[test]
    fn an_implausible_value_names_its_field() {
        let act = read(
            &fields(&[
                ("act", "vital-signs"),
                ("systolic", "1280"),
                ("diastolic", "80"),
            ]),
            &TimeZone::UTC,
            now(),
        );
        assert_eq!(act.err().unwrap().field, "systolic");
    }

    #[test]
    fn an_unknown_act_is_a_problem_and_not_a_guess() {
        assert!(read(&fields(&[("act", "give-more")]), &TimeZone::UTC, now()).is_err());
    }
}
