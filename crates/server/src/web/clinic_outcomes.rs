//! The outcomes of everybody.

use super::access::ROOM;
use super::form::Problem;
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::clinic_outcomes::{AskedFor, DRAWN, Everybody, LISTED};
use super::respond::Refused;
use crate::application::Application;
use crate::book::begin_of;
use crate::clinic_outcomes::{Counted, Which};
use crate::fault::Fault;
use crate::identity::Viewer;
use anyhow::Context as _;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Html;
use clinical::course::screening::person::Product;
use clinical::patient::CivilDate;
use clinical::record::PatientId;
use serde::Deserialize;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use units::Moment;

/// What the address may ask for.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Told {
    #[serde(default)]
    product: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    share: String,
    #[serde(default)]
    after: String,
}

/// The page.
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Query(told): Query<Told>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let which = which(&application, &told)?;
    let asked_for = AskedFor {
        product: told.product,
        from: told.from,
        to: told.to,
        outside: !told.share.is_empty(),
        after: told.after.parse().unwrap_or(0),
    };
    let drawn = if asked_for.outside { 0 } else { DRAWN };
    let counted = application
        .outcomes
        .count(&application, which, (asked_for.after, drawn))
        .await?;
    let named = ROOM.include(viewer.role) && !asked_for.outside;
    let names = if named {
        names(&application, &counted).await?
    } else {
        HashMap::new()
    };
    let rules = Arc::clone(&application.in_force().outcomes);
    let page = Everybody {
        around: asked.around(Here::Outcomes, false),
        counted: &counted,
        library: application.scales(),
        rules: &rules,
        asked: &asked_for,
        names: &names,
        named,
    };
    Ok(html(page.html()))
}

fn which(application: &Application, told: &Told) -> Result<Which, Problem> {
    let day = |text: &str, field: &str, plus: i32| -> Result<Option<Moment>, Problem> {
        if text.is_empty() {
            return Ok(None);
        }
        let says = "This is no day. Choose one from the calendar, or leave it empty.";
        let read: Result<CivilDate, _> = text.parse();
        read.ok()
            .and_then(|day| begin_of(&application.zone, day.plus_days(plus)))
            .map(Some)
            .ok_or_else(|| Problem::new(field, says))
    };
    let product = match told.product.as_str() {
        "" => None,
        word => Some(
            Product::of_word(word)
                .ok_or_else(|| Problem::new("product", "There is no such product."))?,
        ),
    };
    Ok(Which {
        product,
        from: day(&told.from, "from", 0)?,
        // The last day is counted whole.
        until: day(&told.to, "to", 1)?,
    })
}

/// The names of whoever is listed or drawn.
async fn names(
    application: &Application,
    counted: &Counted,
) -> Result<HashMap<PatientId, String>, Fault> {
    let mut wanted: BTreeSet<PatientId> =
        counted.people.iter().map(|(patient, _)| *patient).collect();
    // Two scales of one person stand in one line.
    let listed = counted.tally.missing.iter().map(|whose| whose.patient);
    wanted.extend(listed.take(2 * LISTED));
    let mut names = HashMap::new();
    for patient in wanted {
        let row = application
            .store
            .patient(application.tenant, patient)
            .await
            .context("reading a name")?;
        if let Some(row) = row {
            names.insert(
                patient,
                format!("{}, {}", row.family_name.to_uppercase(), row.given_name),
            );
        }
    }
    Ok(names)
}
