//! What was tapped on an emergency card, as a command of the core.

use super::acts::{Act, past_time, read_word, taken_at};
use super::form::{Fields, Problem};
use clinical::clinic::Clinic;
use clinical::course::session::{
    AdverseEvent, Because, Command, OpenedCard, SedationScore, Session, SessionEvent,
};
use clinical::emergency::Cards;
use clinical::record::CommandId;
use jiff::tz::TimeZone;
use units::Moment;

/// What a card's acts are read with.
pub struct Kept<'a> {
    /// The cards.
    pub cards: &'a Cards,
    /// Who approved what.
    pub clinic: &'a Clinic,
    /// The session, with the cards that were opened in it.
    pub session: &'a Session,
}

/// Reads an act on a card from its form; `None` when the form is about something else.
///
/// Gives a problem that names the field, for anything not fully understood.
pub fn read(
    fields: &Fields,
    kept: &Kept<'_>,
    zone: &TimeZone,
    now: Moment,
) -> Result<Option<Act>, Problem> {
    let command = match fields.text("act") {
        "open-card" => Command::OpenCard {
            card: card(fields, kept)?,
            because: because(fields)?,
        },
        "card-step" => Command::DoCardStep {
            opening: opening(fields, kept)?,
            step: fields.text("step").to_owned(),
            answer: read_word("answer", fields.text("answer"))?,
            note: step_note(fields),
        },
        "card-medicine" => Command::GiveCardMedicine {
            opening: opening(fields, kept)?,
            step: fields.optional("step"),
            medicine: needed(fields, "medicine", "Write which medicine was given.")?,
            dose: needed(fields, "dose", "Write how much was given, with its unit.")?,
            route: fields.text("route").to_owned(),
            again: !fields.text("again").is_empty(),
        },
        "card-close" => Command::CloseCard {
            opening: opening(fields, kept)?,
            outcome: read_word("outcome", fields.text("outcome"))?,
            note: fields.text("note").to_owned(),
        },
        "adverse-event" => Command::RecordAdverseEvent {
            opening: opening(fields, kept)?,
            report: report(fields, zone, now)?,
        },
        _other => return Ok(None),
    };
    let at = taken_at(fields, zone, now)?;
    Ok(Some(Act { command, at }))
}

fn card(fields: &Fields, kept: &Kept<'_>) -> Result<OpenedCard, Problem> {
    let card = kept.cards.card(fields.text("card"));
    let card = card.ok_or_else(|| Problem::new("card", "There is no such emergency card."))?;
    Ok(OpenedCard::of(card, kept.clinic))
}

fn because(fields: &Fields) -> Result<Because, Problem> {
    let unread =
        |field: &str| Problem::new(field, "The reason could not be read. Reload the page.");
    if let Some(number) = fields.optional("advisory") {
        let advisory = number.parse().map_err(|_| unread("advisory"))?;
        return Ok(Because::Advisory { advisory });
    }
    let Some(points) = fields.optional("sedation") else {
        return Ok(Because::Hand);
    };
    let points: u8 = points.parse().map_err(|_| unread("sedation"))?;
    let score = SedationScore::try_from(points).map_err(|_| unread("sedation"))?;
    Ok(Because::Sedation { score })
}

/// Which opening: by its number, or by the act that opened it, which is all that a tablet without
/// contact knows of it. Two tablets that were both alone never tick each other's cards.
// Hazard: H56
fn opening(fields: &Fields, kept: &Kept<'_>) -> Result<u32, Problem> {
    if let Some(opened_by) = fields.optional("opened_by") {
        let says = "The card was not opened on the server. Open it again, and tick there.";
        let missing = || Problem::new("opened_by", says);
        let opened_by: CommandId = opened_by.parse().map_err(|_| missing())?;
        let of = |entry: &clinical::course::session::state::Entry| match &entry.event {
            SessionEvent::CardOpened { opening, .. } if entry.command_id == opened_by => {
                Some(*opening)
            }
            _other => None,
        };
        return kept.session.entries.iter().find_map(of).ok_or_else(missing);
    }

    let opening = fields.text("opening").parse();
    opening.map_err(|_| Problem::new("opening", "The card was not named. Reload the page."))
}

fn needed(fields: &Fields, name: &str, says: &str) -> Result<String, Problem> {
    fields
        .optional(name)
        .ok_or_else(|| Problem::new(name, says))
}

/// The questions that were answered with yes, and what was written besides.
fn step_note(fields: &Fields) -> String {
    let said = fields.all("yes").chain([fields.text("note")]);
    let said: Vec<&str> = said.filter(|text| !text.is_empty()).collect();
    said.join("; ")
}

fn report(fields: &Fields, zone: &TimeZone, now: Moment) -> Result<AdverseEvent, Problem> {
    let serious = match fields.text("serious") {
        "no" => Vec::new(),
        "yes" => fields
            .all("criterion")
            .map(|word| read_word("criterion", word))
            .collect::<Result<Vec<_>, _>>()?,
        _ => return Err(Problem::new("serious", "Say whether it was serious.")),
    };
    if fields.text("serious") == "yes" && serious.is_empty() {
        return Err(Problem::new("criterion", "Tick why it is serious."));
    }
    if fields.text("serious") == "no" && fields.all("criterion").next().is_some() {
        let says = "A reason why it is serious is ticked; say that it was serious, or untick it.";
        return Err(Problem::new("serious", says));
    }
    Ok(AdverseEvent {
        description: needed(fields, "description", "Write what happened.")?,
        began_at: past_time("began", fields.text("began"), zone, now)?
            .ok_or_else(|| Problem::new("began", "Write when it began."))?,
        ended_at: past_time("ended", fields.text("ended"), zone, now)?,
        severity: read_word("severity", fields.text("severity"))?,
        serious: serious.into_iter().collect(),
        relatedness: read_word("relatedness", fields.text("relatedness"))?,
        outcome: read_word("outcome", fields.text("outcome"))?,
        statement: needed(fields, "statement", "Write what your signature says.")?,
    })
}
