//! Another order for a visit in which nothing was given yet.

use super::booking::beyond;
use super::drafting::{Draft, WeightAsked, Wish, alongside, draft, typed_weight};
use super::form::{Fields, Problem};
use super::guard::check_csrf;
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::order_change::OrderChange;
use super::respond::Refused;
use super::room::{check_identity, of_whom, opened};
use crate::application::Application;
use crate::command::{Order as SessionOrder, execute};
use crate::grounds;
use crate::identity::Viewer;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use clinical::course::screening::person::{Product, Route};
use clinical::course::session::{Alongside, Command, Order, Session, Way};
use clinical::patient::Patient;
use clinical::policy::Given;
use clinical::record::{CommandId, EventId, SessionId};
use serde::Deserialize;
use std::sync::Arc;
use units::{Decimal, Milligrams, MilligramsPerMillilitre, Millilitres, MillilitresPerHour};

/// The page.
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    Query(told): Query<Told>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let whose = opened(&application, &viewer, id).await?;
    shown(&application, &asked, &whose, &told.way, None)
}

/// What the page is told by its address.
#[derive(Default, Deserialize)]
pub struct Told {
    /// Another way of giving: `racemic-ketamine/intramuscular`.
    #[serde(default)]
    way: String,
}

/// The way that a form or an address names; otherwise that of the order that stands.
fn way(text: &str, session: &Session) -> (Product, Route) {
    text.split_once('/')
        .and_then(|(product, route)| Some((Product::of_word(product)?, Route::of_word(route)?)))
        .unwrap_or_else(|| (session.product(), session.route()))
}

/// The page, with why something was not done and what had been typed.
fn shown(
    application: &Application,
    asked: &Asked<'_>,
    (session, patient): &(Arc<Session>, Patient),
    way_asked: &str,
    not_done: Option<(&Refused, &Fields)>,
) -> Result<Response, Refused> {
    let says = not_done.map(|(refused, _)| refused.says());
    let rules = application.rules_of(session)?;
    let page = OrderChange {
        way: way(way_asked, session),
        rules: &rules,
        around: asked.around(Here::Session, false),
        session,
        patient,
        typed: not_done.map(|(_, fields)| fields.0.as_slice()),
        refused: says.as_deref(),
    };
    let status = not_done.map_or(axum::http::StatusCode::OK, |(refused, _)| refused.status());
    Ok((status, html(page.html())).into_response())
}

/// Saves the changed order.
pub async fn change(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let (refused, fields) = match changed(&application, &viewer, id, &fields).await {
        Ok(Done::Saved) => return Ok(Redirect::to(&format!("/sessions/{id}")).into_response()),
        Ok(Done::WorkedOut { dose, says }) => {
            let mut fields = fields;
            fields.0.retain(|(name, _)| name != "seen");
            fields.0.push(("seen".to_owned(), dose));
            (Problem::new("per_weight", says).into(), fields)
        }
        Err(refused @ (Refused::Refusal(_) | Refused::Problem(_))) => (refused, fields),
        Err(refused) => return Err(refused),
    };
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let way = fields.text("way").to_owned();
    let whose = of_whom(&application, id).await?;
    shown(
        &application,
        &asked,
        &whose,
        &way,
        Some((&refused, &fields)),
    )
}

/// What became of a form.
enum Done {
    Saved,
    /// By weight: what it comes to was not seen yet.
    WorkedOut {
        dose: String,
        says: String,
    },
}

async fn changed(
    application: &Application,
    viewer: &Viewer,
    id: SessionId,
    fields: &Fields,
) -> Result<Done, Refused> {
    check_identity(application, id, fields).await?;
    let reload = "This form is not whole. Reload the page.";
    let command_id: CommandId = fields
        .text("command_id")
        .parse()
        .map_err(|_| Problem::new("command_id", reload))?;
    let instead_of: EventId = fields
        .text("instead_of")
        .parse()
        .map_err(|_| Problem::new("instead_of", reload))?;
    let Draft { order, lines } = order(application, viewer, id, fields).await?;
    let dose = order.dose.value().to_string();
    // What is signed for is a dose that was read, and none that was worked out behind the page.
    // Hazard: H26
    if fields.optional("per_weight").is_some() && fields.text("seen") != dose {
        let lines: Vec<String> = lines
            .iter()
            .map(|line| format!("{}: {} = {}", line.what, line.formula, line.result))
            .collect();
        let says = format!(
            "Not saved yet. {}. Read it, then save it.",
            lines.join("; ")
        );
        return Ok(Done::WorkedOut { dose, says });
    }
    let order = SessionOrder {
        command_id,
        session: id,
        actor: viewer.actor(),
        command: Command::ChangeOrder {
            order,
            instead_of,
            because: fields.text("because").to_owned(),
        },
        at: None,
    };
    execute(application, order).await?;
    Ok(Done::Saved)
}

/// The order as the form says it, by whichever way, and how it was worked out.
async fn order(
    application: &Application,
    viewer: &Viewer,
    id: SessionId,
    fields: &Fields,
) -> Result<Draft, Refused> {
    let (session, patient) = of_whom(application, id).await?;
    let person = session.patient.ok_or(Refused::NotFound)?;
    let (product, route) = way(fields.text("way"), &session);
    let starts = session.planned_for.unwrap_or(application.clock.now());
    let earlier = grounds::earlier(application, person, id).await?;
    let grounds = grounds::of(
        application,
        (person, &patient),
        &earlier,
        (product, route),
        starts,
    )
    .await?;
    let rules = application.rules_of(&session)?;
    match rules.protocol(product, route) {
        Some((_, Given::Doses | Given::Devices)) => {
            let wish = Wish {
                fields,
                rules: &rules,
                product,
                route,
                weight: WeightAsked::Dosing,
                grounds: &grounds,
                viewer,
            };
            Ok(draft(&wish)?)
        }
        // A bag is taken as it is typed.
        Some((_, Given::Infusion)) | None => Ok(Draft {
            order: Order {
                alongside: alongside(fields)?,
                grounds: Some(grounds),
                ..ordered(fields, viewer)?
            },
            lines: Vec::new(),
        }),
    }
}

/// Reads the order of a bag as it was typed. A rate is taken as it stands; where minutes are given instead,
/// it is the whole volume over these minutes.
fn ordered(fields: &Fields, viewer: &Viewer) -> Result<Order, Problem> {
    let needed = |field: &str, what: &str| Problem::new(field, format!("Enter {what}."));
    let (dosing_weight, kind) = typed_weight(fields)?;
    let volume = fields
        .quantity("volume", Millilitres::new)?
        .ok_or_else(|| needed("volume", "the final volume in mL"))?;
    let rate = match (
        fields.quantity("rate", MillilitresPerHour::new)?,
        fields.number("minutes")?,
    ) {
        (Some(rate), None) => rate,
        (None, Some(minutes)) => over(volume, minutes)?,
        (Some(_), Some(_)) => {
            return Err(Problem::new("rate", "Enter a rate or minutes, not both."));
        }
        (None, None) => return Err(needed("rate", "a rate in mL/h, or minutes")),
    };
    Ok(Order {
        drug: fields
            .optional("drug")
            .ok_or_else(|| needed("drug", "the drug"))?,
        dose: fields
            .quantity("dose", Milligrams::new)?
            .ok_or_else(|| needed("dose", "the dose in mg"))?,
        concentration: fields
            .quantity("concentration", MilligramsPerMillilitre::new)?
            .ok_or_else(|| needed("concentration", "the concentration in mg/mL"))?,
        volume,
        rate,
        dosing_weight,
        weight_kind: Some(kind),
        prescriber: viewer.name.clone(),
        beyond: beyond(fields, viewer),
        reckoned: None,
        way: Way::default(),
        alongside: Alongside::default(),
        grounds: None,
    })
}

/// The rate that gives a volume in these minutes. Source: clinical reference 3.7.
fn over(volume: Millilitres, minutes: Decimal) -> Result<MillilitresPerHour, Problem> {
    let by_hour = (volume.value() * Decimal::from(60)).checked_div(minutes);
    by_hour
        .map(|rate| rate.round_dp(2))
        .and_then(|rate| MillilitresPerHour::new(rate).ok())
        .ok_or_else(|| Problem::new("minutes", "These minutes give no rate that a pump can run."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifty_millilitres_in_forty_minutes_are_75_an_hour() {
        // Source: clinical reference 3.7, first worked example.
        let volume = Millilitres::new(Decimal::from(50)).unwrap();
        let rate = over(volume, Decimal::from(40)).unwrap();
        assert_eq!(rate, MillilitresPerHour::new(Decimal::from(75)).unwrap());
        assert!(over(volume, Decimal::ZERO).is_err());
    }
}
