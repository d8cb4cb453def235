//! What was tapped about the experience, support, touch, medicines beside the drug and the room,
//! as a command of the core.

use super::acts::{Act, read_word, taken_at};
use super::form::{Fields, Problem};
use clinical::course::session::{
    Command, Effect, Observed, Rating, Session, SessionEvent, Side, SupportDetail, SupportKind,
};
use clinical::course::wishes::Touch;
use clinical::phrase::{Recognised, Vocabulary, recognise};
use clinical::record::EventId;
use jiff::tz::TimeZone;
use units::Moment;

/// Reads such an act from its form; `None` when the form is about something else.
///
/// Gives a problem that names the field, for anything not fully understood.
pub fn read(
    fields: &Fields,
    session: &Session,
    zone: &TimeZone,
    now: Moment,
) -> Result<Option<Act>, Problem> {
    let note = || fields.text("note").to_owned();
    let command = match fields.text("act") {
        "moment" => Command::MarkMoment { note: note() },
        "experience" => {
            let (side, rating) = rated(fields)?;
            Command::RateExperience {
                side,
                rating,
                note: None,
            }
        }
        "support" => support(fields)?,
        "effect" => Command::SeeSupportEffect {
            support: entry(fields, "support")?,
            effect: read_word::<Effect>("effect", fields.text("effect"))?,
            note: note(),
        },
        "touch" => Command::SayTouch {
            touch: Touch::of_word(fields.text("touch"))
                .ok_or_else(|| Problem::new("touch", "Choose what is agreed about touch."))?,
        },
        "medicine" => Command::GiveMedicine {
            medicine: needed(fields, "medicine", "Write which medicine was given.")?,
            dose: needed(fields, "dose", "Write how much was given, with its unit.")?,
            route: fields.text("route").to_owned(),
            because: fields.text("because").to_owned(),
            note: None,
            again: !fields.text("again").is_empty(),
        },
        "take-room" => Command::TakeRoom,
        "phrase" => return confirmed(fields, session).map(Some),
        _other => return Ok(None),
    };
    let at = taken_at(fields, zone, now)?;
    Ok(Some(Act { command, at }))
}

fn needed(fields: &Fields, name: &str, says: &str) -> Result<String, Problem> {
    fields
        .optional(name)
        .ok_or_else(|| Problem::new(name, says))
}

fn entry(fields: &Fields, name: &str) -> Result<EventId, Problem> {
    fields
        .text(name)
        .parse()
        .map_err(|_| Problem::new(name, "The entry was not named. Reload the page."))
}

/// A rating from a number of its own.
pub(super) fn rating(fields: &Fields) -> Result<Rating, Problem> {
    number("score", fields.text("score"))
}

fn number(field: &str, text: &str) -> Result<Rating, Problem> {
    let wrong = || Problem::new(field, "Choose a number from 0 to 10.");
    let points: u8 = text.parse().map_err(|_| wrong())?;
    Rating::try_from(points).map_err(|_| wrong())
}

/// One button says both: `nausea:6`.
fn rated(fields: &Fields) -> Result<(Side, Rating), Problem> {
    let choose = || Problem::new("rated", "Choose a number from 0 to 10.");
    let (side, points) = fields.text("rated").split_once(':').ok_or_else(choose)?;
    let side = Side::ALL
        .into_iter()
        .find(|known| known.word() == side)
        .ok_or_else(choose)?;
    Ok((side, number("rated", points)?))
}

fn support(fields: &Fields) -> Result<Command, Problem> {
    let kinds = fields
        .all("kind")
        .filter(|word| !word.is_empty())
        .map(|word| read_word::<SupportKind>("kind", word))
        .collect::<Result<Vec<_>, _>>()?;
    // What was tapped stands first in the form; what was ticked besides follows it.
    let mut kinds = kinds.into_iter();
    let kind = kinds
        .next()
        .ok_or_else(|| Problem::new("kind", "Choose what was given."))?;
    let observed = fields
        .optional("observed")
        .map(|word| read_word::<Observed>("observed", &word))
        .transpose()?;
    Ok(Command::GiveSupport {
        kind,
        note: fields.text("note").to_owned(),
        detail: SupportDetail {
            also: kinds.collect(),
            observed,
            said: fields.text("said").to_owned(),
        },
    })
}

/// What was recognised in a note, confirmed: read once more from the note as it stands, so that
/// nothing is charted but its own words. It happened when the note says that it did.
fn confirmed(fields: &Fields, session: &Session) -> Result<Act, Problem> {
    let gone = || {
        Problem::new(
            "phrase",
            "Not saved: the note does not say that any more. Reload the page.",
        )
    };
    let note = entry(fields, "phrase")?;
    let known = session
        .entries
        .iter()
        .find(|known| known.event_id == note)
        .ok_or_else(gone)?;
    let standing = known.standing();
    let Some(SessionEvent::NoteWritten { text }) = standing.as_deref() else {
        return Err(gone());
    };
    let place: usize = fields.text("place").parse().map_err(|_| gone())?;
    let recognised = Vocabulary::shipped()
        .map(|vocabulary| recognise(text, vocabulary))
        .and_then(|found| found.into_iter().nth(place))
        .ok_or_else(gone)?;
    // The page showed these words; what it did not show is not confirmed.
    if says(&recognised) != fields.text("says") {
        return Err(gone());
    }
    let command = match recognised {
        Recognised::Medicine {
            medicine,
            dose,
            route,
            because,
        } => Command::GiveMedicine {
            medicine,
            dose,
            route,
            because,
            note: Some(note),
            again: !fields.text("again").is_empty(),
        },
        Recognised::Rated { side, rating } => Command::RateExperience {
            side,
            rating,
            note: Some(note),
        },
    };
    Ok(Act {
        command,
        at: Some(known.occurred_at),
    })
}

/// What was recognised, in words.
pub(super) fn says(recognised: &Recognised) -> String {
    match recognised {
        Recognised::Medicine {
            medicine,
            dose,
            route,
            because,
        } => clinical::course::session::experience::medicine_says(medicine, dose, route, because),
        Recognised::Rated { side, rating } => {
            format!("{} {} of 10", side.says(), rating.points())
        }
    }
}
