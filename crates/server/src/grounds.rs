//! What is known of a person when an order is made for them: what protocols ask besides the dose.

use crate::application::Application;
use crate::fault::Fault;
use crate::{book, standing};
use anyhow::Context as _;
use clinical::course::screening::person::{Answer, Product, Route};
use clinical::course::session::{Grounds, LastDose, Session, Stage};
use clinical::patient::Patient;
use clinical::record::{PatientId, SessionId};
use std::sync::Arc;
use units::{Moment, Span};

/// How many earlier sessions are looked at, at the most.
const LOOKED_AT: usize = 200;

/// The days of a week, for the ceilings of a protocol. Source: clinical reference 3.5.
const WEEK: Span = Span::from_hours(7 * 24);

/// Every session of a person in which something was given, but this one, the newest first.
pub async fn earlier(
    application: &Application,
    patient: PatientId,
    but: SessionId,
) -> Result<Vec<Arc<Session>>, Fault> {
    let rows = application
        .store
        .sessions_of(application.tenant, patient, LOOKED_AT)
        .await
        .context("listing a person's sessions")?;
    let mut sessions = Vec::new();
    for row in rows {
        if row.session == but || row.stage == Stage::Cancelled.says() {
            continue;
        }
        let session = application.sessions.session(row.session).await?;
        sessions.extend(session.filter(|known| begun(known).is_some()));
    }
    Ok(sessions)
}

/// When the first drug of a session was given; none before.
fn begun(session: &Session) -> Option<Moment> {
    session.infusion()?.started_at()
}

/// The grounds for an order of this product by this route, for a visit that begins then.
pub async fn of(
    application: &Application,
    (id, patient): (PatientId, &Patient),
    earlier: &[Arc<Session>],
    (product, route): (Product, Route),
    starts: Moment,
) -> Result<Grounds, Fault> {
    let told = standing::told(application, id).await?;
    let liver = told.and_then(|told| match told.person.liver {
        Answer::Said(class, _) => Some(class),
        _not_known => None,
    });
    let day = book::date_of(&application.zone, starts)?;
    let of_product = || earlier.iter().filter(|one| one.product() == product);
    let week = earlier
        .iter()
        .filter_map(|one| begun(one))
        .filter(|at| *at > starts - WEEK && *at <= starts)
        .count();
    let last = of_product()
        .filter(|one| one.route() == route)
        .filter_map(|one| {
            let order = one.order.as_ref()?;
            Some(LastDose {
                at: begun(one)?,
                dose: order.dose,
                dosing_weight: order.dosing_weight,
            })
        })
        .max_by_key(|last| last.at);
    Ok(Grounds {
        age: patient.age(day),
        earlier: u32::try_from(of_product().count()).unwrap_or(u32::MAX),
        // This visit is one of them.
        in_seven_days: u32::try_from(week).unwrap_or(u32::MAX).saturating_add(1),
        last,
        liver,
    })
}
