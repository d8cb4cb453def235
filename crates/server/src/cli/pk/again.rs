//! `evenkeel pk again`: what stood on a page, drawn once more from nothing but the record.

use super::{Not, REFUSED};
use crate::application::SINGLE_CLINIC;
use crate::cli::StoreOptions;
use crate::journey::folded;
use crate::prediction::{Drawn, KeptModel, draw};
use clinical::course::prediction::{ModelNamed, Predictions, WasShown};
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
}

/// Prints the numbers as JSON. 0; 2 for an input that was not understood; 3 where nothing was
/// shown, or where the numbers are not those that were shown.
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
    let shown = of_session.at(at).ok_or_else(|| {
        Not::Answered("Nothing was shown of this session at that moment.".to_owned())
    })?;
    let models = of_clinic
        .models
        .values()
        .map(|text| KeptModel::read(text))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| words(&error))?;
    let named = |named: &ModelNamed| {
        let kept = models.iter().find(|kept| kept.named == *named);
        kept.map(|kept| &kept.model)
    };
    let drawn = draw(&shown.shown, named).map_err(Not::Answered)?;
    let is_same = drawn.digest() == shown.drawn;
    let text = serde_json::to_string_pretty(&answer(shown, &drawn, is_same));
    let code = if is_same {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(REFUSED)
    };
    Ok((text.map_err(|error| words(&error))? + "\n", code))
}

fn answer(shown: &WasShown, drawn: &Drawn, is_same: bool) -> Value {
    json!({
        "says": crate::pk::NOT_MEASURED,
        "shown_from": shown.at.timestamp().to_string(),
        "from_session_version": shown.session_version,
        "drawn_by_release": shown.release,
        "the_same_numbers": is_same,
        "digest": drawn.digest(),
        "made_from": shown.shown,
        "unit": "ng/mL",
        "percentiles_5_25_50_75_95": drawn.band,
        "lines": drawn.lines.iter().map(|line| json!({
            "scenario": line.scenario.as_ref().map(|(id, _)| id),
            "values": line.values,
        })).collect::<Vec<_>>(),
        "beside": drawn.beside.as_ref().map(|(of, values)| json!({
            "model": of.name,
            "values": values,
        })),
        "by_the_order": drawn.ordered,
        "earlier_sessions": drawn.earlier.iter().map(|line| &line.values).collect::<Vec<_>>(),
    })
}
