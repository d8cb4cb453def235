//! What is known of a person for screening, put together from every stream that holds a part of
//! it; and whether a prescriber's acceptance holds for a visit.

use crate::application::Application;
use crate::fault::Fault;
use crate::journey::{self, Kept};
use crate::web::pages::clock_face::today;
use crate::{book, consent, follow_up, patients, preparation, projection, room_ready};
use anyhow::Context as _;
use clinical::course::clearance::Clearances;
use clinical::course::consent::InForce;
use clinical::course::intake::{Intake, with_history};
use clinical::course::screening::person::{
    Answer, Intolerance, Phase, Product, Reaction, Route, Source, Weighing, Witness,
};
use clinical::course::screening::{Acceptance, Person, Standing, Visit};
use clinical::course::session::{Paper, Papers, Session};
use clinical::patient::{Allergies, Allergy, Patient, PatientEvent};
use clinical::policy::Outcome;
use clinical::record::{Actor, Envelope, Folded as _, PatientId, Recorded as _, Role, StreamId};
use std::sync::Arc;
use units::Moment;

/// Everything that screening and its reader need of one person.
pub struct Known {
    /// Who they are, with what they have told.
    pub patient: Patient,
    /// What they have told, and what staff have added.
    pub history: Kept<Intake>,
    /// What is known of them, as screening asks it.
    pub person: Person,
    /// Their letters.
    pub letters: Kept<Clearances>,
    /// Whether they are accepted.
    pub acceptance: Kept<Acceptance>,
}

/// Reads what is known of a person; none when nobody of this id is registered.
///
/// What nobody has said is unknown. What two have said is taken from the history rather than from
/// the registration, which is older.
pub async fn known(application: &Application, id: PatientId) -> Result<Option<Known>, Fault> {
    let Some(told) = told(application, id).await? else {
        return Ok(None);
    };
    let acceptance = journey::read::<Acceptance>(application, id.0).await?;
    let Told {
        patient,
        history,
        person,
        letters,
    } = told;
    Ok(Some(Known {
        patient,
        history,
        person,
        letters,
        acceptance,
    }))
}

/// What is known of one person for screening, without what a prescriber decided.
pub struct Told {
    /// Who they are, with what they have told.
    pub patient: Patient,
    /// What they have told, and what staff have added.
    pub history: Kept<Intake>,
    /// What is known of them, as screening asks it.
    pub person: Person,
    /// Their letters.
    pub letters: Kept<Clearances>,
}

/// The same as [`known`], without their acceptance, from every event there is of them.
pub async fn told(application: &Application, id: PatientId) -> Result<Option<Told>, Fault> {
    let nothing_kept = vec![Kept::default()];
    let mut told = told_after(application, &[id], nothing_kept).await?;
    Ok(told.pop().flatten())
}

/// The same of several people, in their order, from what was kept of their histories and the events
/// since: for asking everybody. What one person's gate asks is read from every event, by [`told`].
pub async fn told_by_each(
    application: &Application,
    ids: &[PatientId],
) -> Result<Vec<Option<Told>>, Fault> {
    let kept = projection::kept_histories(application, ids).await?;
    told_after(application, ids, kept).await
}

async fn told_after(
    application: &Application,
    ids: &[PatientId],
    kept: Vec<Kept<Intake>>,
) -> Result<Vec<Option<Told>>, Fault> {
    let streams: Vec<(StreamId, u64)> = ids
        .iter()
        .zip(&kept)
        .flat_map(|(id, kept)| {
            [
                (StreamId::patient(*id), 0),
                (StreamId::of(Clearances::KIND, id.0), 0),
                (StreamId::of(Intake::KIND, id.0), kept.version),
            ]
        })
        .collect();
    application
        .store
        .streams(application.tenant, &streams)
        .await
        .context("reading what is told of people")?
        .chunks(3)
        .zip(kept)
        .map(|(of_one, kept)| match of_one {
            [registration, letters, since] => {
                let history = journey::folded_on(kept, since)?;
                put_together(application, registration, letters, history)
            }
            _ => Err(Fault(anyhow::anyhow!("a stream was not read"))),
        })
        .collect()
}

fn put_together(
    application: &Application,
    registration: &[Envelope],
    letters: &[Envelope],
    history: Kept<Intake>,
) -> Result<Option<Told>, Fault> {
    let Some((patient, registered)) = registered(registration)? else {
        return Ok(None);
    };
    let letters = journey::folded::<Clearances>(letters)?;
    let mut person = history.state.person(application.scales());
    from_registration(&mut person, &patient, &registered, application);
    person.clearances = letters.state.for_screening();
    let begins = |day| book::begin_of(&application.zone, day);
    let patient = with_history(patient, &history.state, begins);
    Ok(Some(Told {
        patient,
        history,
        person,
        letters,
    }))
}

/// Whether a prescriber's acceptance holds for a visit, asked now; none when nobody of this id is
/// registered.
///
/// For the gate that guards the start, and for lists of days ahead: an expired letter, a changed
/// minimum age or a new answer stands against the visit although nobody has asked since.
pub async fn standing(
    application: &Application,
    id: PatientId,
    visit: &Visit,
) -> Result<Option<Standing>, Fault> {
    let Some(known) = known(application, id).await? else {
        return Ok(None);
    };
    let found = clinical::course::screening::standing(
        &known.acceptance.state,
        &known.person,
        visit,
        &application.screening(),
        application.clock.now(),
    );
    if found.outcome != Outcome::Met {
        return Ok(Some(found));
    }
    // What came up after a session stands against it too, whichever record of the person it was told
    // in: that of the visit, one merged into it, or the one it was merged into. Hazard: H62, H02
    let records = patients::records_of(application, id).await?;
    let (_, _, records) = records.unwrap_or_else(|| (known.patient.clone(), id, vec![id]));
    let after = follow_up::of_records(application, &records).await?;
    let signs = &application.in_force().follow_up.signs;
    let held = after.iter().find_map(|after| after.holds(signs));
    Ok(Some(match held {
        None => found,
        Some(says) => Standing {
            outcome: Outcome::Unmet,
            says,
            remedy: "A prescriber decides on the person’s page Follow-up.".to_owned(),
            requirement: None,
            ..found
        },
    }))
}

/// A visit as screening asks about it; its day is the clinic's.
pub fn visit(
    application: &Application,
    at: Moment,
    product: Product,
    route: Route,
    phase: Phase,
) -> Result<Visit, Fault> {
    let on = today(at, &application.zone)
        .ok_or_else(|| Fault(anyhow::anyhow!("the visit is outside the calendar")))?;
    Ok(Visit {
        at,
        on,
        product,
        route,
        phase,
    })
}

/// What the start of a session rests on, as it stands at a moment.
///
/// Asked is for what the session's order gives, whatever was booked.
pub async fn papers(
    application: &Application,
    session: &Session,
    now: Moment,
) -> Result<Papers, Fault> {
    let Some(patient) = session.patient else {
        return Ok(Papers::not_known());
    };
    let (product, route) = (session.product(), session.route());
    let prepared = preparation::of(application, session.id).await?.state;
    let visit = visit(application, now, product, route, Phase::Series)?;
    let acceptance = match standing(application, patient, &visit).await? {
        Some(found) => Paper {
            outcome: found.outcome,
            says: found.says,
        },
        None => Paper::not_known(),
    };
    let consent = consent::standing(application, patient, product, now, true).await?;
    Ok(Papers {
        acceptance,
        consent: Paper {
            outcome: match consent.in_force {
                InForce::Met(_) => Outcome::Met,
                InForce::Unmet(_) => Outcome::Unmet,
                InForce::Unknown => Outcome::Unknown,
            },
            says: consent.says,
        },
        room: room_ready::papers(application, session, &prepared, now).await?,
        open_syringes: None,
        touch: None,
    })
}

/// The person as registered, and who registered them.
fn registered(envelopes: &[Envelope]) -> Result<Option<(Patient, Arc<Witness>)>, Fault> {
    let mut patient = Patient::default();
    let mut by = None;
    for envelope in envelopes {
        let event = PatientEvent::read(envelope)?;
        patient.take(&envelope.header, &event);
        if matches!(event, PatientEvent::PatientRegistered { .. }) {
            let header = &envelope.header;
            by = Some(Arc::new(witness(&header.actor, header.recorded_at)));
        }
    }
    Ok(by.map(|by| (patient, by)))
}

fn witness(actor: &Actor, at: Moment) -> Witness {
    let (source, name) = match actor {
        Actor::Person { role, name, .. } => match role {
            Role::Patient => (Source::Patient, name),
            Role::FrontDesk
            | Role::Nurse
            | Role::Prescriber
            | Role::Therapist
            | Role::MedicalDirector
            | Role::Owner
            | Role::Auditor
            | Role::IntegrationClient => (Source::Staff(*role), name),
        },
        Actor::Device { name } => (Source::Device, name),
        Actor::System { part } => (Source::Document, part),
    };
    Witness {
        source,
        name: name.clone(),
        at,
    }
}

/// Puts what the registration, the weighings and the asked allergies say where nothing else does.
fn from_registration(
    person: &mut Person,
    patient: &Patient,
    registered: &Arc<Witness>,
    application: &Application,
) {
    if let Some(registration) = &patient.registration {
        if matches!(person.birth_date, Answer::NotAsked) {
            person.birth_date = Answer::Said(registration.birth_date, Arc::clone(registered));
        }
        if matches!(person.sex, Answer::NotAsked) {
            person.sex = Answer::Said(registration.sex, Arc::clone(registered));
        }
    }
    let noted = |name: &str, at: Moment| {
        Arc::new(Witness {
            source: Source::Staff(Role::Nurse),
            name: name.to_owned(),
            at,
        })
    };
    let by_themselves = matches!(
        &person.weight,
        Answer::Said(_, by)
            if matches!(by.source, Source::Patient | Source::Guardian | Source::Companion)
    );
    if let Some(weight) = patient.body_weight()
        && let Some(on) = today(weight.at, &application.zone)
        // The clinic's scales count before what somebody says they weigh; of two weighings the newer.
        && (by_themselves || person.weight.said().is_none_or(|known| known.on < on))
    {
        let weighing = Weighing {
            kilograms: weight.kilograms,
            on,
        };
        person.weight = Answer::Said(weighing, noted(&weight.by, weight.at));
    }
    if let Some(at) = patient.allergies_at {
        let by = noted("the patient's record", at);
        let noted = |list: &[Allergy]| -> Vec<Intolerance> {
            let all = list.iter().map(|allergy| Intolerance {
                substance: allergy.substance.clone(),
                is_of_the_product: None,
                reaction: Reaction::Allergy,
            });
            all.collect()
        };
        match (&mut person.intolerances, &patient.allergies) {
            (_, Allergies::NotAsked) => {}
            // What the record names counts beside what the person tells: "none" takes nothing away.
            (Answer::Said(told, _), Allergies::List(list)) => {
                let more = noted(list).into_iter().filter(|one| {
                    let known = |told: &Intolerance| {
                        told.substance.to_lowercase() == one.substance.to_lowercase()
                    };
                    !told.iter().any(known)
                });
                let more: Vec<_> = more.collect();
                told.extend(more);
            }
            (Answer::Said(..), Allergies::NotSure | Allergies::NoneKnown) => {}
            (answer @ (Answer::NotAsked | Answer::NotSure(_)), Allergies::List(list)) => {
                *answer = Answer::Said(noted(list), by);
            }
            (answer @ Answer::NotAsked, Allergies::NotSure) => *answer = Answer::NotSure(by),
            (answer @ Answer::NotAsked, Allergies::NoneKnown) => {
                *answer = Answer::Said(Vec::new(), by);
            }
            (Answer::NotSure(_), Allergies::NotSure | Allergies::NoneKnown) => {}
        }
    }
}
