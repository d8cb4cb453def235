//! What was predicted, on the printed record of a session.

use super::again::{NotAgain, drawn_again};
use super::said::{lane, printed_says};
use crate::application::Application;
use crate::fault::Fault;
use crate::journey;
use crate::web::pages::clock_face::ClockFace;
use anyhow::Context as _;
use clinical::course::prediction::{Place, Predictions};
use clinical::course::session::Session;
use jiff::tz::TimeZone;
use report::document::DocumentInput;
use std::sync::Arc;

/// With what was last shown of predictions in the room, drawn from what was recorded then and from
/// nothing else; as it is where nothing was shown.
// Hazard: H69
pub async fn on_paper(
    application: &Application,
    session: &Arc<Session>,
    input: DocumentInput,
) -> Result<DocumentInput, Fault> {
    let of_session = journey::read::<Predictions>(application, session.id.0).await?;
    if of_session.state.at(Place::Room, None).is_none() {
        return Ok(input);
    }
    let of_clinic = journey::read::<Predictions>(application, application.tenant.0).await?;
    let (session, zone) = (Arc::clone(session), application.zone.clone());
    tokio::task::spawn_blocking(move || {
        printed(
            &session,
            &zone,
            (&of_session.state, &of_clinic.state),
            input,
        )
    })
    .await
    .context("drawing a prediction again")
    .map_err(Fault::from)
}

fn printed(
    session: &Session,
    zone: &TimeZone,
    (of_session, of_clinic): (&Predictions, &Predictions),
    input: DocumentInput,
) -> DocumentInput {
    const NOT_AGAIN: &str =
        "A predicted concentration was shown in the session room. It is not printed:";
    match drawn_again(of_session, of_clinic, Place::Room, None) {
        Ok(again) if again.is_the_same() => {
            let clock = ClockFace {
                zone,
                now: again.was.at,
            };
            let shown = &again.was.shown;
            let since = format!("{}, {}", clock.date(again.was.at), clock.time(again.was.at));
            let says = printed_says(shown, &again.drawn, &since);
            input.with_predicted(session, zone, lane(shown, &again.drawn), says)
        }
        Ok(_other_numbers) => input.without_predicted(format!(
            "{NOT_AGAIN} this release works out other numbers from what was recorded than those that were shown."
        )),
        Err(NotAgain::NotDrawn(why)) => {
            input.without_predicted(format!("{NOT_AGAIN} {why}"))
        }
        Err(NotAgain::NothingShown) => input,
    }
}
