//! The order for a visit: worked out while it is typed, and saved as it was worked out.

use super::command_id;
use crate::application::Application;
use crate::book::{self, BookedVisit};
use crate::command::{self, Order as SessionOrder};
use crate::fault::Fault;
use crate::identity::Viewer;
use crate::web::form::{Fields, Problem};
use crate::web::guard::check_csrf;
use crate::web::page::{Asked, html};
use crate::web::pages::around::Here;
use crate::web::pages::gate::GatePanel;
use crate::web::pages::ordering::{Before, OrderPage};
use crate::web::respond::Refused;
use crate::{patients, standing};
use anyhow::Context as _;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use clinical::course::screening::person::Answer;
use clinical::course::session::{
    Command as SessionCommand, Order, Override, Reckoned, Stage, order_verdict,
};
use clinical::dosing::{Amount, INTRAVENOUS, VIALS, Wanted, WeightKind, Weights, Worked, work_out};
use clinical::patient::{Patient, Sex};
use clinical::record::{PatientId, SessionId};
use std::sync::Arc;
use units::{
    Centimetres, Decimal, Kilograms, Milligrams, MilligramsPerKilogram, MilligramsPerMillilitre,
    Millilitres,
};

/// How many earlier sessions are counted at the most.
const COUNTED: usize = 500;

/// How many earlier sessions stand beside a new order.
const BESIDE: usize = 3;

/// What the page and the form both need to know.
struct Known {
    booked: BookedVisit,
    patient: Patient,
    /// None while nobody was weighed here or has told of a weight.
    weights: Option<Weights>,
    /// The newest first.
    before: Vec<Before>,
    /// How many sessions there were.
    earlier: usize,
}

impl Known {
    async fn of(application: &Application, id: SessionId) -> Result<Self, Refused> {
        let booked = book::visit(application, id)
            .await?
            .ok_or(Refused::NotFound)?;
        let of = booked.visit.patient;
        let patient = patients::read(application, of)
            .await?
            .ok_or(Refused::NotFound)?;
        let earlier: Vec<_> = application
            .store
            .sessions_of(application.tenant, of, COUNTED)
            .await
            .context("counting a person's sessions")
            .map_err(Fault)?
            .into_iter()
            .filter(|row| row.session != id && !row.open && row.stage != Stage::Cancelled.says())
            .collect();
        let mut before = Vec::new();
        for row in &earlier {
            if before.len() == BESIDE {
                break;
            }
            let session = application.sessions.session(row.session).await?;
            before.extend(session.as_deref().and_then(Before::of));
        }
        Ok(Self {
            weights: weights(application, of, &patient).await?,
            booked,
            patient,
            before,
            earlier: earlier.len(),
        })
    }

    /// What stands in the form before anybody typed: the last session again, or the beginning.
    fn proposed(&self, application: &Application) -> Fields {
        let rules = application.rules();
        let value = |name: &str| {
            rules
                .value(INTRAVENOUS, name)
                .map_or_else(String::new, |value| value.value.normalize().to_string())
        };
        let last = self.before.first().map(|before| &before.order);
        let [per_weight, minutes, volume, vial] = match last {
            Some(order) => [
                order
                    .dose
                    .value()
                    .checked_div(order.dosing_weight.value())
                    .map_or_else(String::new, |each| each.round_dp(2).normalize().to_string()),
                (order.volume.value() * Decimal::from(60))
                    .checked_div(order.rate.value())
                    .map_or_else(String::new, |minutes| {
                        minutes.round_dp(0).normalize().to_string()
                    }),
                order.volume.value().to_string(),
                order
                    .reckoned
                    .as_ref()
                    .map_or_else(String::new, |made| made.vial.value().to_string()),
            ],
            None => [
                value("start_dose"),
                value("start_minutes"),
                String::new(),
                String::new(),
            ],
        };
        let kind = self.weights.map_or("", |known| known.proposed().word());
        Fields(
            [
                ("per_weight", per_weight.as_str()),
                ("minutes", &minutes),
                ("volume", &volume),
                ("vial", &vial),
                ("weight_kind", kind),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        )
    }
}

/// The weights of a person: as last weighed by staff, otherwise as told; and the height as told.
async fn weights(
    application: &Application,
    id: PatientId,
    patient: &Patient,
) -> Result<Option<Weights>, Fault> {
    let told = standing::told(application, id).await?;
    let (height, told_weight) = told.map_or((None, None), |told| {
        let height: Option<Centimetres> = match told.person.height {
            Answer::Said(height, _) => Some(height),
            _ => None,
        };
        let weight = match told.person.weight {
            Answer::Said(weighing, _) => Some(weighing.kilograms),
            _ => None,
        };
        (height, weight)
    });
    let measured = patient.weights.last().map(|weighed| weighed.kilograms);
    let sex = patient
        .registration
        .as_ref()
        .map_or(Sex::Unknown, |known| known.sex);
    Ok(measured
        .or(told_weight)
        .map(|actual| Weights::of(actual, height, sex)))
}

/// The page: worked out as soon as everything is there.
pub async fn page(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    Query(typed): Query<Vec<(String, String)>>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let known = Known::of(&application, id).await?;
    let fields = if typed.is_empty() {
        known.proposed(&application)
    } else {
        Fields(typed)
    };
    shown(&application, &asked, &viewer, &known, &fields, None)
}

fn shown(
    application: &Application,
    asked: &Asked<'_>,
    viewer: &Viewer,
    known: &Known,
    fields: &Fields,
    refused: Option<&Refused>,
) -> Result<Response, Refused> {
    let drafted = wanted(fields, known.weights.as_ref()).and_then(worked);
    let (order, worked, problem) = match drafted {
        Ok((wanted, worked)) => {
            let order = order(&wanted, &worked, fields, known.weights.as_ref(), viewer);
            (Some(order), Some(worked), None)
        }
        Err(problem) => (None, None, Some(problem)),
    };
    let around = asked.around(Here::Calendar, false);
    let panel = order.as_ref().map(|order| {
        let verdict = order_verdict(order, &application.rules(), asked.now());
        GatePanel::of(&verdict, Some(viewer.role), &around.clock())
    });
    let says = refused.map(Refused::says);
    let status = refused.map_or(StatusCode::OK, Refused::status);
    let page = OrderPage {
        around,
        visit: &known.booked.visit,
        patient: &known.patient,
        weights: known.weights.as_ref(),
        before: &known.before,
        fields,
        worked: worked.as_ref(),
        order: order.as_ref(),
        panel,
        // Whoever has just opened the page has not made a mistake yet.
        problem: problem.filter(|_| fields.text("asked") == "yes"),
        refused: says.as_deref(),
        vials: VIALS,
    };
    Ok((status, html(page.html())).into_response())
}

/// What the form asks for.
fn wanted(fields: &Fields, weights: Option<&Weights>) -> Result<Wanted, Problem> {
    let needed = |field: &str, what: &str| Problem::new(field, format!("Enter {what}."));
    let amount = match (
        fields.quantity("per_weight", MilligramsPerKilogram::new)?,
        fields.quantity("dose", Milligrams::new)?,
    ) {
        (Some(each), None) => Amount::PerWeight(each),
        (None, Some(dose)) => Amount::Fixed(dose),
        (Some(_), Some(_)) => {
            let says = "Enter the dose by weight or in all, not both.";
            return Err(Problem::new("dose", says));
        }
        (None, None) => return Err(needed("per_weight", "the dose, by weight or in all")),
    };
    let weight = match weights {
        Some(known) => kind(fields)
            .and_then(|kind| known.get(kind))
            .ok_or_else(|| needed("weight_kind", "which weight the dose is reckoned with"))?,
        None => fields
            .quantity("weight", Kilograms::new)?
            .ok_or_else(|| needed("weight", "the body weight in kg"))?,
    };
    let vial = fields
        .quantity("vial", MilligramsPerMillilitre::new)?
        .filter(|vial| {
            VIALS
                .iter()
                .any(|known| Decimal::from(*known) == vial.value())
        })
        .ok_or_else(|| needed("vial", "the strength of the vial"))?;
    Ok(Wanted {
        amount,
        weight,
        minutes: fields
            .number("minutes")?
            .ok_or_else(|| needed("minutes", "over how many minutes"))?,
        volume: fields
            .quantity("volume", Millilitres::new)?
            .ok_or_else(|| needed("volume", "the final volume in mL"))?,
        vial,
    })
}

fn kind(fields: &Fields) -> Option<WeightKind> {
    WeightKind::of_word(fields.text("weight_kind"))
}

fn worked(wanted: Wanted) -> Result<(Wanted, Worked), Problem> {
    work_out(&wanted)
        .map(|worked| (wanted, worked))
        .map_err(|not_possible| Problem::new("volume", format!("Not possible: {not_possible}.")))
}

fn order(
    wanted: &Wanted,
    worked: &Worked,
    fields: &Fields,
    weights: Option<&Weights>,
    viewer: &Viewer,
) -> Order {
    Order {
        drug: "ketamine".to_owned(),
        dose: worked.dose,
        concentration: worked.concentration,
        volume: wanted.volume,
        rate: worked.rate,
        dosing_weight: wanted.weight,
        prescriber: viewer.name.clone(),
        beyond: beyond(fields, viewer),
        reckoned: Some(Reckoned {
            weight: weights
                .and_then(|_| kind(fields))
                .unwrap_or(WeightKind::Actual),
            vial: wanted.vial,
            drawn: worked.drawn,
            diluent: worked.diluent,
        }),
    }
}

/// Why an order goes beyond a limit, and who agrees, as a form says it.
pub(in crate::web) fn beyond(fields: &Fields, viewer: &Viewer) -> Option<Override> {
    fields.optional("beyond").map(|reason| Override {
        reason,
        role: viewer.role,
        second_clinician: fields.optional("second_clinician"),
    })
}

/// Saves the order: plans the session for the booked room and time.
pub async fn save(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let known = Known::of(&application, id).await?;
    match planned(&application, &viewer, id, &known, &fields).await {
        Ok(()) => Ok(Redirect::to(&format!("/visits/{id}")).into_response()),
        Err(refused @ (Refused::Refusal(_) | Refused::Problem(_) | Refused::Ruled(_))) => {
            let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
            shown(
                &application,
                &asked,
                &viewer,
                &known,
                &fields,
                Some(&refused),
            )
        }
        Err(refused) => Err(refused),
    }
}

/// The book is held meanwhile, so that the session is planned for where the visit stands.
async fn planned(
    application: &Application,
    viewer: &Viewer,
    id: SessionId,
    known: &Known,
    fields: &Fields,
) -> Result<(), Refused> {
    let command_id = command_id(fields)?;
    let (wanted, worked) = worked(wanted(fields, known.weights.as_ref())?)?;
    let order = order(&wanted, &worked, fields, known.weights.as_ref(), viewer);
    // What stood on the page is what is signed for: a weight that changed meanwhile changes it.
    // Hazard: H26
    if fields.text("seen") != order.dose.value().to_string() {
        let says = "Not saved: this was worked out anew. Read it, then save it.";
        return Err(Problem::new("seen", says).into());
    }
    let _gate = application.booking.lock().await;
    let booked = book::visit(application, id)
        .await?
        .ok_or(Refused::NotFound)?;
    if !booked.is_booked() {
        let says = "Not planned: this visit is not booked any more.";
        return Err(Refused::Ruled(says.to_owned()));
    }
    let order = SessionOrder {
        command_id,
        session: id,
        actor: viewer.actor(),
        command: SessionCommand::PlanSession {
            patient: booked.visit.patient,
            room: booked.visit.place.name_in(&application.clinic().rooms),
            planned_for: booked.visit.starts,
            earlier_sessions: u32::try_from(known.earlier).unwrap_or(u32::MAX),
            order,
            rules: application.rules().in_force(),
        },
        at: None,
    };
    command::execute(application, order).await?;
    Ok(())
}
