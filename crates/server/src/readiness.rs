//! "Ready tomorrow?": one function says go, wait or stop for a visit, with every reason.
//!
//! It asks every part of the way to treatment. A part that cannot answer is "not known", which
//! blocks: it is never taken for "go".

use crate::application::Application;
use crate::fault::Fault;
use crate::{book, consent as consents, escort, preparation, standing};
use clinical::course::consent::InForce;
use clinical::course::escort::heard;
use clinical::course::preparation::{
    About, Check, Fixer, Preparation, Readiness, Standing, checks, readiness,
};
use clinical::course::screening::person::{Answer, Phase, Source, Weighing};
use clinical::course::session::{Session, Stage};
use clinical::patient::{CivilDate, Patient};
use clinical::policy::{Outcome, Unit};
use clinical::record::{PatientId, SessionId};
use std::sync::Arc;
use units::Moment;

/// A visit with its answer.
#[derive(Clone, Debug)]
pub struct Ready {
    /// Which.
    pub visit: SessionId,
    /// Who.
    pub patient: PatientId,
    /// The person as registered.
    pub person: Option<Patient>,
    /// When it begins.
    pub starts: Moment,
    /// The session, where an order was written.
    pub session: Option<Arc<Session>>,
    /// The preparation.
    pub preparation: Preparation,
    /// Every check.
    pub checks: Vec<Check>,
    /// What follows from them.
    pub answer: Readiness,
}

/// The answer for one visit; none where nobody prepares for it.
pub async fn of(application: &Application, visit: SessionId) -> Result<Option<Ready>, Fault> {
    let now = application.clock.now();
    let preparation = preparation::of(application, visit).await?.state;
    let Some(planned) = preparation.planned else {
        return Ok(None);
    };
    let session = application.sessions.session(visit).await?;
    let known = standing::known(application, planned.patient).await?;
    let rules = application.in_force();
    let of_session = match &session {
        Some(session) => application.rules_of(session)?,
        None => Arc::clone(&rules.session),
    };
    let mut all = vec![
        acceptance(application, &preparation).await?,
        consent(application, &preparation, session.as_deref()).await?,
        booking(application, visit, session.as_deref()).await?,
        order(session.as_deref()),
        weight(
            known.as_ref().map(|known| &known.person.weight),
            rules.preparation.value("weight_age"),
            book::date_of(&application.zone, now)?,
        ),
    ];
    let day = preparation::day_of(application, planned.starts)?;
    let asks = escort::of(application, visit).await?.state;
    let named = preparation.answers.escort.as_known();
    all.extend(
        checks(&preparation, &rules.preparation, &of_session, day, now)
            .into_iter()
            .map(|check| heard(check, named, &asks, planned.starts)),
    );
    let answer = readiness(&all);
    Ok(Some(Ready {
        visit,
        patient: planned.patient,
        person: known.map(|known| known.patient),
        starts: planned.starts,
        session,
        preparation,
        checks: all,
        answer,
    }))
}

/// Every visit that begins between two moments, in order of time.
pub async fn between(
    application: &Application,
    from: Moment,
    until: Moment,
) -> Result<Vec<Ready>, Fault> {
    let mut all = Vec::new();
    for row in preparation::between(application, from, until).await? {
        if row.state == "withdrawn" {
            continue;
        }
        if let Some(ready) = of(application, SessionId(row.id)).await? {
            all.push(ready);
        }
    }
    Ok(all)
}

/// A prescriber's acceptance, with every letter from outside that it rests on.
async fn acceptance(application: &Application, preparation: &Preparation) -> Result<Check, Fault> {
    let about = About::Acceptance;
    let Some(planned) = preparation.planned else {
        return Ok(not_known(about, "There is no visit."));
    };
    let visit = standing::visit(
        application,
        planned.starts,
        planned.product,
        planned.route,
        Phase::Series,
    )?;
    let Some(found) = standing::standing(application, planned.patient, &visit).await? else {
        return Ok(not_known(about, "The person is not registered."));
    };
    Ok(match found.outcome {
        Outcome::Met => Check::met(about, found.says),
        Outcome::Unmet => Check::open(
            about,
            Standing::Stop,
            found.says,
            &found.remedy,
            Fixer::Prescriber,
        ),
        Outcome::Unknown => Check::open(
            about,
            Standing::NotKnown,
            found.says,
            &found.remedy,
            Fixer::Prescriber,
        ),
    })
}

/// The consent on the day of the visit. That it is confirmed at every dose is asked at the door, so
/// it is asked for here only once the person is there.
async fn consent(
    application: &Application,
    preparation: &Preparation,
    session: Option<&Session>,
) -> Result<Check, Fault> {
    let about = About::Consent;
    let Some(planned) = preparation.planned else {
        return Ok(not_known(about, "There is no visit."));
    };
    let arrived = session.is_some_and(|session| session.stage.is_present());
    let found = consents::standing(
        application,
        planned.patient,
        planned.product,
        planned.starts,
        arrived,
    )
    .await?;
    let open = |standing| {
        Check::open(
            about,
            standing,
            &found.says,
            found.remedy,
            Fixer::Prescriber,
        )
    };
    Ok(match found.in_force {
        InForce::Met(_) => Check::met(about, found.says),
        InForce::Unmet(_) => open(Standing::Stop),
        InForce::Unknown => open(Standing::NotKnown),
    })
}

async fn booking(
    application: &Application,
    visit: SessionId,
    session: Option<&Session>,
) -> Result<Check, Fault> {
    let about = About::Booking;
    Ok(match book::visit(application, visit).await? {
        Some(booked) if booked.holds_the_chair() => {
            Check::met(about, format!("Booked: {}.", booked.visit.place))
        }
        Some(booked) => Check::open(
            about,
            Standing::Stop,
            format!("The booking is {}.", booked.state),
            "Book a new visit.",
            Fixer::FrontDesk,
        ),
        // Planned straight into a room, without the book.
        None if session.is_some() => Check::met(about, "Planned in the session room."),
        None => not_known(about, "The visit is not in the book."),
    })
}

fn order(session: Option<&Session>) -> Check {
    let about = About::Order;
    let open = |says: &str, standing| {
        Check::open(
            about,
            standing,
            says,
            "A prescriber writes the order.",
            Fixer::Prescriber,
        )
    };
    match session {
        None => open("No order is written yet.", Standing::Stop),
        Some(session) => match session.stage {
            Stage::Cancelled => open("The session was cancelled.", Standing::Stop),
            Stage::NotPlanned => open("No order is written yet.", Standing::Stop),
            Stage::Planned
            | Stage::Preparation
            | Stage::Infusion
            | Stage::Paused
            | Stage::Stopped
            | Stage::Observation
            | Stage::Discharged
            | Stage::Signed => Check::met(about, "The order is written."),
        },
    }
}

/// Only a weight that somebody at a clinic has read from the scales counts for a dose.
/// Source: policy `preparation`, parameter `weight_age`.
fn weight(
    known: Option<&Answer<Weighing>>,
    holds: Option<clinical::policy::Quantity>,
    today: CivilDate,
) -> Check {
    let about = About::Weight;
    let remedy = "Weigh the person at the door.";
    let days = holds
        .filter(|holds| holds.unit == Unit::Days)
        .and_then(|holds| i32::try_from(holds.value).ok());
    let open = |standing, says: String| Check::open(about, standing, says, remedy, Fixer::Nurse);
    match (known, days) {
        (Some(Answer::Said(weighing, by)), Some(days)) => match by.source {
            Source::Staff(_) | Source::Device if today.days_since(weighing.on) <= days => {
                Check::met(about, format!("{}.", weighing.kilograms))
            }
            Source::Staff(_) | Source::Device => open(
                Standing::Stop,
                format!("The weight is older than {days} days."),
            ),
            Source::Patient
            | Source::Guardian
            | Source::Companion
            | Source::Laboratory
            | Source::Document => open(
                Standing::Stop,
                format!(
                    "{}, as they say; nobody has weighed them.",
                    weighing.kilograms
                ),
            ),
        },
        (Some(Answer::NotAsked | Answer::NotSure(_)) | None, _) | (_, None) => {
            open(Standing::NotKnown, "No weight is recorded.".to_owned())
        }
    }
}

fn not_known(about: About, says: &str) -> Check {
    Check::open(
        about,
        Standing::NotKnown,
        says,
        "Ask a prescriber.",
        Fixer::Prescriber,
    )
}
