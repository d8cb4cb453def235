//! What is arranged before somebody leaves, put together from the parts of the record that know it.

use crate::application::Application;
use crate::fault::Fault;
use crate::web::pages::clock_face::ClockFace;
use crate::web::pages::session_room::Arranged;
use crate::{book, escort, integration, messages};
use clinical::course::escort::Standing;
use clinical::course::session::Session;
use clinical::patient::{Channel, Contacts};
use units::Moment;

/// Each thing that is arranged for whoever is about to leave this session.
// Hazard: H39
pub async fn arranged(
    application: &Application,
    session: &Session,
    now: Moment,
) -> Result<Vec<Arranged>, Fault> {
    let Some(patient) = session.patient else {
        return Ok(Vec::new());
    };
    let clock = ClockFace {
        zone: &application.zone,
        now,
    };
    let at = |moment: Moment| format!("{}, {}", clock.weekday(moment), clock.time(moment));
    let visit = book::next_visit(application, patient, now).await?;
    let talk = integration::next_talk(application, patient, now).await?;
    let contacts = messages::contacts(application, patient).await?;
    let asks = escort::of(application, session.id).await?.state;
    let known = escort::visit(application, session.id).await?;
    let starts = known.map_or(now, |visit| visit.starts);
    let (home, is_so) = match (asks.standing(starts), asks.current()) {
        (Standing::NotAsked, _) | (_, None) => ("Nobody was asked by a link.".to_owned(), false),
        (Standing::Waiting, Some(ask)) => (
            format!(
                "{} was asked by a link, and has not answered.",
                ask.escort.name
            ),
            false,
        ),
        (Standing::ForAnotherTime { .. }, Some(ask)) => (
            format!("{} said yes for another time.", ask.escort.name),
            false,
        ),
        (Standing::CannotCome { .. }, Some(ask)) => (
            format!("{} said that they cannot come.", ask.escort.name),
            false,
        ),
        (Standing::Comes { .. }, Some(ask)) => {
            let read = match ask.read_at {
                Some(moment) => format!("and opened the instructions, {}", at(moment)),
                None => "and has not opened the instructions".to_owned(),
            };
            (
                format!("{} said yes by their link, {read}.", ask.escort.name),
                true,
            )
        }
    };
    Ok(vec![
        Arranged {
            about: "Way home",
            says: home,
            is_so,
            at: format!("/visits/{}/escort", session.id),
            way: "Way home",
        },
        Arranged {
            about: "Next visit",
            says: visit.map_or_else(|| "No visit is booked.".to_owned(), at),
            is_so: visit.is_some(),
            at: format!("/patients/{patient}/course"),
            way: "Visits",
        },
        Arranged {
            about: "Talk about the session",
            says: talk.map_or_else(|| "None is booked.".to_owned(), at),
            is_so: talk.is_some(),
            at: format!("/patients/{patient}/integration"),
            way: "Integration",
        },
        Arranged {
            about: "Asked how they are",
            says: reached(contacts.as_ref()).unwrap_or_else(|| {
                "No message reaches them: call them, or write down how they are reached.".to_owned()
            }),
            is_so: reached(contacts.as_ref()).is_some(),
            at: format!("/patients/{patient}/details"),
            way: "How they are reached",
        },
    ])
}

/// By which way the contacts after a session reach somebody first; nothing where none does.
fn reached(contacts: Option<&Contacts>) -> Option<String> {
    let contacts = contacts?;
    contacts.channels.iter().find_map(|channel| match channel {
        Channel::TextMessage => {
            let number = contacts.mobile.as_ref()?;
            Some(format!(
                "This evening and after, by text message to {number}."
            ))
        }
        Channel::Email => {
            let address = contacts.email.as_ref()?;
            Some(format!("This evening and after, by e-mail to {address}."))
        }
    })
}
