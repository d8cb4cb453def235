//! The order for a visit: worked out while it is typed, and saved as it was worked out.

use super::command_id;
use crate::application::Application;
use crate::book::{self, BookedVisit};
use crate::command::{self, Order as SessionOrder};
use crate::fault::Fault;
use crate::grounds;
use crate::identity::Viewer;
use crate::prediction;
use crate::web::drafting::{self, Draft, WeightAsked, Wish};
use crate::web::form::{Fields, Problem};
use crate::web::guard::check_csrf;
use crate::web::page::{Asked, html};
use crate::web::pages::around::Here;
use crate::web::pages::gate::GatePanel;
use crate::web::pages::ordering::{Before, OrderPage};
use crate::web::respond::Refused;
use crate::{patients, standing};
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use clinical::course::screening::person::{Answer, Product, Route};
use clinical::course::session::{
    Command as SessionCommand, Grounds, Order, Override, Session, order_verdict,
};
use clinical::dosing::{VIALS, Weights};
use clinical::patient::{Patient, Sex};
use clinical::policy::Rules;
use clinical::record::{PatientId, SessionId};
use std::sync::Arc;
use units::Centimetres;

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
    /// All sessions before, the newest first.
    sessions: Vec<Arc<Session>>,
    /// What protocols ask of the person.
    grounds: Grounds,
}

impl Known {
    async fn of(application: &Arc<Application>, id: SessionId) -> Result<Self, Refused> {
        let booked = book::visit(application, id)
            .await?
            .ok_or(Refused::NotFound)?;
        let of = booked.visit.patient;
        let patient = patients::read(application, of)
            .await?
            .ok_or(Refused::NotFound)?;
        let earlier = grounds::earlier(application, of, id).await?;
        let way = (booked.visit.product, booked.visit.route);
        let starts = booked.visit.starts;
        Ok(Self {
            grounds: grounds::of(application, (of, &patient), &earlier, way, starts).await?,
            weights: weights(application, of, &patient).await?,
            booked,
            patient,
            before: earlier
                .iter()
                .take(BESIDE)
                .filter_map(|session| Before::of(session))
                .collect(),
            sessions: earlier,
        })
    }

    fn way(&self) -> (Product, Route) {
        (self.booked.visit.product, self.booked.visit.route)
    }

    /// The last order of the same product by the same route.
    fn last(&self) -> Option<&Order> {
        let way = self.way();
        self.before
            .iter()
            .map(|before| &before.order)
            .find(|order| (order.way.product, order.way.route) == way)
    }

    /// What stands in the form before anybody typed: the last session again, or the beginning.
    fn proposed(&self, rules: &Rules) -> Fields {
        let (product, route) = self.way();
        let kind = self.weights.map_or("", |known| known.proposed().word());
        let mut fields = match (self.last(), rules.protocol(product, route)) {
            (Some(last), _) => drafting::repeated(last),
            (None, Some((protocol, given))) => drafting::first(protocol, given, &self.grounds),
            (None, None) => Vec::new(),
        };
        fields.push(("weight_kind".to_owned(), kind.to_owned()));
        Fields(fields)
    }

    fn draft(&self, rules: &Rules, fields: &Fields, viewer: &Viewer) -> Result<Draft, Problem> {
        let (product, route) = self.way();
        drafting::draft(&Wish {
            fields,
            rules,
            product,
            route,
            weight: self
                .weights
                .as_ref()
                .map_or(WeightAsked::Body, WeightAsked::OneOf),
            grounds: &self.grounds,
            viewer,
        })
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
        known.proposed(&application.rules())
    } else {
        Fields(typed)
    };
    shown(&application, &asked, &viewer, &known, &fields, None).await
}

async fn shown(
    application: &Arc<Application>,
    asked: &Asked<'_>,
    viewer: &Viewer,
    known: &Known,
    fields: &Fields,
    refused: Option<&Refused>,
) -> Result<Response, Refused> {
    let rules = application.rules();
    let (draft, problem) = match known.draft(&rules, fields, viewer) {
        Ok(draft) => (Some(draft), None),
        Err(problem) => (None, Some(problem)),
    };
    let around = asked.around(Here::Calendar, false);
    let panel = draft.as_ref().map(|draft| {
        let verdict = order_verdict(&draft.order, &rules, asked.now());
        GatePanel::of(&verdict, Some(viewer.role), &around.clock())
    });
    let visit = &known.booked.visit;
    let predicted = match &draft {
        Some(draft) => {
            let of = (visit.visit, visit.patient, &known.patient);
            let what = (&draft.order, visit.starts);
            prediction::of_order(application, of, what, &known.sessions).await?
        }
        None => None,
    };
    let says = refused.map(Refused::says);
    let status = refused.map_or(StatusCode::OK, Refused::status);
    let (product, route) = known.way();
    let page = OrderPage {
        around,
        visit,
        patient: &known.patient,
        weights: known.weights.as_ref(),
        before: &known.before,
        fields,
        protocol: rules.protocol(product, route),
        draft: draft.as_ref(),
        predicted: predicted.as_ref(),
        panel,
        // Whoever has just opened the page has not made a mistake yet.
        problem: problem.filter(|_| fields.text("asked") == "yes"),
        refused: says.as_deref(),
        vials: VIALS,
    };
    Ok((status, html(page.html())).into_response())
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
            .await
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
    let order = known.draft(&application.rules(), fields, viewer)?.order;
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
            earlier_sessions: u32::try_from(known.sessions.len()).unwrap_or(u32::MAX),
            order,
            rules: application.rules().in_force(),
        },
        at: None,
    };
    command::execute(application, order).await?;
    Ok(())
}
