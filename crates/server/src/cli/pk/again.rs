//! `evenkeel pk again`: what stood on a page, drawn once more from nothing but the record.

use super::{Not, REFUSED};
use crate::application::SINGLE_CLINIC;
use crate::cli::StoreOptions;
use crate::journey::folded;
use crate::prediction::{AFTER, Again, NotAgain, drawn_again};
use clinical::course::prediction::{Place, Predictions};
use clinical::record::{SessionId, StreamId, StreamKind};
use serde_json::{Value, json};
use std::process::ExitCode;
use units::Moment;
use uuid::Uuid;

#[derive(clap::Args)]
pub(in crate::cli) struct AgainOptions {
    #[command(flatten)]
    store: StoreOptions,
    /// The session, by its identity in the address of its page.
    #[arg(long)]
    session: String,
    /// What stood there at this moment, such as 2026-11-30T13:12:00Z; the newest without.
    #[arg(long)]
    at: Option<String>,
    /// On which page: in the room, beside the draft of an order, or of supposed changes.
    #[arg(long, value_enum, default_value_t)]
    page: PageAsked,
}

/// A page, as it is asked for.
#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
enum PageAsked {
    #[default]
    Room,
    Draft,
    Supposed,
}

/// Prints the numbers as JSON. 0; 2 for an input that was not understood; 3 where nothing was
/// shown, or where the curves or the printed figures are not those that were shown.
pub(super) async fn again(options: &AgainOptions) -> Result<(String, ExitCode), Not> {
    let words = |error: &dyn std::fmt::Display| Not::Understood(error.to_string());
    let session: SessionId = options
        .session
        .parse()
        .map_err(|_| Not::Understood(format!("“{}” is no session.", options.session)))?;
    let at = options.at.as_deref().map(Moment::parse).transpose();
    let at = at.map_err(|error| words(&error))?;
    let address = options.store.address().map_err(|error| words(&error))?;
    let store = store::open(&address).await.map_err(|error| words(&error))?;
    let read = async |id: Uuid| -> Result<Predictions, Not> {
        let stream = StreamId::of(StreamKind::Prediction, id);
        let envelopes = store.stream(SINGLE_CLINIC, stream, 0).await;
        let envelopes = envelopes.map_err(|error| words(&error))?;
        let kept = folded::<Predictions>(&envelopes);
        kept.map(|kept| kept.state)
            .map_err(|fault| Not::Understood(format!("{:#}", fault.0)))
    };
    let of_session = read(session.0).await?;
    let of_clinic = read(SINGLE_CLINIC.0).await?;
    let place = match options.page {
        PageAsked::Room => Place::Room,
        PageAsked::Draft => Place::Draft,
        PageAsked::Supposed => Place::Supposed,
    };
    let again = drawn_again(&of_session, &of_clinic, place, at).map_err(|why| {
        Not::Answered(match why {
            NotAgain::NothingShown => {
                "Nothing was shown of this session on that page at that moment.".to_owned()
            }
            NotAgain::NotDrawn(says) => says,
        })
    })?;
    let text = serde_json::to_string_pretty(&answer(&again));
    let code = if again.is_the_same() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(REFUSED)
    };
    Ok((text.map_err(|error| words(&error))? + "\n", code))
}

fn answer(again: &Again<'_>) -> Value {
    const PER_MILLE_IN_PERCENT: f64 = 10.0;
    let (was, drawn) = (again.was, &again.drawn);
    json!({
        "says": crate::pk::NOT_MEASURED,
        "page": was.place,
        "shown_from": was.at.timestamp().to_string(),
        "from_session_version": was.session_version,
        "drawn_by_release": was.release,
        "the_same_numbers": again.same_curves,
        "the_same_figures": again.same_figures,
        "digest": drawn.digest(),
        "digest_of_figures": drawn.figures(),
        "made_from": was.shown,
        "unit": "ng/mL",
        "percentiles": drawn.bands.per_mille().map(|part| f64::from(part) / PER_MILLE_IN_PERCENT),
        "people_at_each_percentile": drawn.band,
        "figures": drawn.summary.as_ref().map(|summary| json!({
            "peak": summary.peak_ng_ml,
            "peak_at_min": summary.peak_at_min,
            "half_at_min": summary.half_at_min,
            "halved_of_100": summary.halved_of_100,
            "area_ng_h_ml": summary.area_ng_h_ml,
        })),
        "lines": drawn.lines.iter().map(line).collect::<Vec<_>>(),
        "beside": drawn.beside.as_ref().map(|(of, values)| json!({
            "model": of.name,
            "values": values,
        })),
        "by_the_order": drawn.ordered,
        "earlier_sessions": drawn.earlier.iter().map(|earlier| match earlier {
            Ok(earlier) => line(earlier),
            Err(says) => json!({ "not_drawn": says }),
        }).collect::<Vec<_>>(),
        "after_a_change": drawn.changed.iter().map(|course| json!({
            "act": course.act,
            "rate_ml_per_hour": course.rate.value().to_string(),
            "levels": AFTER.iter().zip(&course.levels).map(|(minutes, level)| json!({
                "minutes": minutes,
                "typical": level.typical,
                "people_at_each_percentile": level.people,
            })).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
    })
}

fn line(line: &crate::prediction::Line) -> Value {
    json!({
        "scenario": line.scenario.as_ref().map(|(id, _)| id),
        "values": line.values,
        "peak": line.exposure.peak_ng_ml,
        "peak_at_min": line.exposure.peak_at.minutes(),
        "area_ng_h_ml": line.exposure.area_ng_h_ml,
    })
}
