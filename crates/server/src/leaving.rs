//! What is arranged before somebody leaves, put together from the parts of the record that know it.

use crate::application::Application;
use crate::fault::Fault;
use crate::web::pages::clock_face::ClockFace;
use crate::web::pages::escort::{escort_says, instructions_say, weekday_and_time};
use crate::web::pages::session_room::Arranged;
use crate::{book, escort, integration, messages};
use clinical::course::escort::Standing;
use clinical::course::session::Session;
use clinical::patient::Channel;
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
    let at = |moment: Moment| weekday_and_time(&clock, moment);
    let visit = book::next_visit(application, patient, now).await?;
    let talk = integration::next_talk(application, patient, now).await?;
    let contacts = messages::contacts(application, patient).await?;
    let asks = escort::of(application, session.id).await?.state;
    let known = escort::visit(application, session.id).await?;
    let starts = known.map_or(now, |visit| visit.starts);
    let standing = asks.standing(starts);
    let mut home = vec![escort_says(&asks, standing, &clock)];
    home.extend(instructions_say(&asks, &clock));
    let reached = contacts.and_then(|contacts| messages::first_way(application, &contacts));
    Ok(vec![
        Arranged {
            about: "Way home",
            says: home.join(" "),
            is_so: matches!(standing, Standing::Comes { .. }),
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
            is_so: reached.is_some(),
            says: reached.map_or_else(
                || {
                    "No message reaches them: call them, or write down how they are reached."
                        .to_owned()
                },
                |(channel, to)| match channel {
                    Channel::TextMessage => format!("By text message to {to}."),
                    Channel::Email => format!("By e-mail to {to}."),
                },
            ),
            at: format!("/patients/{patient}/details"),
            way: "How they are reached",
        },
    ])
}
