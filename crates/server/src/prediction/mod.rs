//! Predictions of sessions that are shown to staff: worked out from what the record says went in,
//! kept while nothing changes, and written into the record before anybody sees them.
//!
//! Nothing here is read by a rule. What the arithmetic says is in the crate `pharmacokinetics`.

mod again;
mod drawing;
mod printed;
mod said;

pub use again::{Again, NotAgain, drawn_again};
pub use drawing::{AFTER, Course, Drawn, Level, Line, draw};
pub use printed::on_paper;
pub use said::{LIMITS, Said, Under, drawn_says, planned_says, title, two};

use crate::application::Application;
use crate::fault::Fault;
use crate::journey::{self, Change, change_several};
use crate::{book, web::respond::Refused};
use clinical::course::prediction::{
    BandsOf, Basis, Changed, Choice, Earlier, LeftOut, ModelNamed, NotPredicted, Place,
    PredictionEvent, PredictionRules, Predictions, Shown,
};
use clinical::course::session::{Order, Session};
use clinical::patient::Patient;
use clinical::record::{Actor, CommandId, Header, PatientId, SessionId};
use pharmacokinetics::model::{Model, SHIPPED, UnreadableModel};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::ProjectionWrite;
use units::{Kilograms, Moment};
use uuid::Uuid;

/// The same people on every screen: a band that flickers with the seed says nothing.
const SEED: u32 = 20;

/// So many sessions' curves are kept in memory; beyond it they are worked out again.
const KEPT: usize = 256;

/// For so long a room waits for a prediction; after it, it goes without.
const PATIENCE: Duration = Duration::from_secs(2);

/// So many earlier sessions stand beside a planned dose.
const BESIDE: usize = 3;

impl journey::Listed for Predictions {
    /// No list shows predictions.
    fn rows(&self, _header: &Header) -> Vec<ProjectionWrite> {
        Vec::new()
    }
}

/// A model with its file.
#[derive(Debug)]
pub struct KeptModel {
    /// Its name in the record.
    pub named: ModelNamed,
    /// Its file.
    pub text: String,
    /// What was read from it.
    pub model: Model,
}

impl KeptModel {
    /// Reads a model's file. Refuses what the crate refuses.
    pub fn read(text: &str) -> Result<Self, UnreadableModel> {
        let model = Model::read(text)?;
        Ok(Self {
            named: ModelNamed {
                id: model.id.clone(),
                version: model.version,
                digest: hex::encode(Sha256::digest(text.as_bytes())),
            },
            text: text.to_owned(),
            model,
        })
    }
}

/// A prediction that is in the record and may be shown.
#[derive(Debug)]
pub struct Ready {
    /// What it was drawn from.
    pub shown: Shown,
    /// The numbers.
    pub drawn: Drawn,
}

/// What a page has to show.
#[derive(Clone, Debug)]
pub enum Prediction {
    /// A curve.
    Ready(Arc<Ready>, Basis),
    /// None, and why, in one sentence.
    None(String),
}

type Held = Arc<tokio::sync::Mutex<Option<Arc<Ready>>>>;

/// The models, and what was drawn last of each session on each page.
#[derive(Debug)]
pub struct Drawings {
    models: Vec<KeptModel>,
    places: Mutex<HashMap<(SessionId, Place), Held>>,
}

impl Drawings {
    /// With the models that ship. Refuses what a file of ours would be refused for.
    pub fn shipped() -> Result<Self, UnreadableModel> {
        let models = SHIPPED.iter().map(|file| KeptModel::read(file.text));
        Ok(Self {
            models: models.collect::<Result<_, _>>()?,
            places: Mutex::default(),
        })
    }

    /// A model by its short name.
    pub fn model(&self, id: &str) -> Option<&KeptModel> {
        self.models.iter().find(|kept| kept.model.id == id)
    }

    fn named(&self, named: &ModelNamed) -> Option<&KeptModel> {
        self.models.iter().find(|kept| kept.named == *named)
    }

    fn held(&self, of: (SessionId, Place)) -> Held {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if places.len() >= KEPT && !places.contains_key(&of) {
            places.clear();
        }
        Arc::clone(places.entry(of).or_default())
    }
}

/// What the room of a session shows; none where the clinic shows no predictions, and before the
/// first drug.
///
/// After `Ok` with a curve it is durable in the record. One that cannot be recorded is not shown.
// Hazard: H69
pub async fn of_session(
    application: &Arc<Application>,
    session: &Session,
    patient: &Patient,
) -> Result<Option<Prediction>, Fault> {
    let in_force = application.in_force();
    let rules = &in_force.prediction;
    if !rules.in_room() {
        return Ok(None);
    }
    let basis = match basis(application, session, patient)? {
        Ok(basis) => basis,
        Err(NotPredicted::NothingGiven) => return Ok(None),
        Err(why) => return Ok(Some(Prediction::None(why.says().to_owned()))),
    };
    let none = |says: String| Ok(Some(Prediction::None(says)));
    let Some(shown) = shown(application, rules, &basis) else {
        return none(format!(
            "Nothing is predicted: no model is chosen for {} {}.",
            basis.product.says(),
            basis.route.says()
        ));
    };
    let of = Whose {
        session: session.id,
        patient: session.patient,
        version: session.version,
        place: Place::Room,
    };
    Ok(Some(in_time(application, of, shown, basis).await))
}

/// What the page of supposed changes shows; none where the clinic shows no predictions in the room,
/// and where no pump gives or is paused.
///
/// After `Ok` with a curve it is durable in the record. One that cannot be recorded is not shown.
// Hazard: H69
pub async fn of_changes(
    application: &Arc<Application>,
    session: &Session,
    patient: &Patient,
) -> Result<Option<Prediction>, Fault> {
    let in_force = application.in_force();
    let rules = &in_force.prediction;
    if !rules.in_room() {
        return Ok(None);
    }
    let Some(changed) = Changed::now(session, application.clock.now()) else {
        return Ok(None);
    };
    let none = |says: String| Ok(Some(Prediction::None(says)));
    let basis = match basis(application, session, patient)? {
        Ok(basis) => basis,
        Err(why) => return none(why.says().to_owned()),
    };
    // What is in nobody knows, so that no sum can start from it.
    if let Some(doubt) = basis.doubts.first() {
        return none(format!("Nothing is worked out: {}.", doubt.says()));
    }
    let Some(shown) = shown(application, rules, &basis) else {
        return none(
            "Nothing is worked out: no model is chosen for this way of giving.".to_owned(),
        );
    };
    let shown = Shown {
        changed: Some(changed),
        ..shown
    };
    let of = Whose {
        session: session.id,
        patient: session.patient,
        version: session.version,
        place: Place::Supposed,
    };
    Ok(Some(in_time(application, of, shown, basis).await))
}

/// Works it out beside the page, which waits for nothing that it does not need: what comes too late
/// for this page is there for the next one.
async fn in_time(
    application: &Arc<Application>,
    of: Whose,
    shown: Shown,
    basis: Basis,
) -> Prediction {
    let working = Arc::clone(application);
    let work = tokio::spawn(async move { ready(&working, of, shown).await });
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(Ok(Ok(ready))) => Prediction::Ready(ready, basis),
        Ok(Ok(Err(says))) => Prediction::None(says),
        Ok(Err(_stopped)) => {
            Prediction::None("The prediction is not shown: it could not be worked out.".to_owned())
        }
        Err(_late) => {
            Prediction::None("The prediction is not shown: it was not ready in time.".to_owned())
        }
    }
}

/// The curve of a session, from memory or worked out and recorded; or why there is none.
async fn ready(
    application: &Arc<Application>,
    of: Whose,
    shown: Shown,
) -> Result<Arc<Ready>, String> {
    let held = application.predictions.held((of.session, of.place));
    let mut held = held.lock().await;
    if let Some(ready) = held.as_ref().filter(|ready| ready.shown == shown) {
        return Ok(Arc::clone(ready));
    }
    let drawn = worked_out(application, &shown).await?;
    recorded(application, of, &shown, &drawn).await?;
    let ready = Arc::new(Ready { shown, drawn });
    *held = Some(Arc::clone(&ready));
    Ok(ready)
}

/// The numbers, or why there are none: a page never fails for want of them.
async fn worked_out(application: &Arc<Application>, shown: &Shown) -> Result<Drawn, String> {
    match drawn(application, shown).await {
        Ok(Ok(drawn)) => Ok(drawn),
        Ok(Err(says)) => Err(format!("Nothing is predicted: {says}")),
        Err(fault) => {
            Refused::Fault(fault).log();
            Err("The prediction is not shown: it could not be worked out.".to_owned())
        }
    }
}

/// Writes down what is about to be shown; what could not be written is not shown.
async fn recorded(
    application: &Application,
    of: Whose,
    shown: &Shown,
    drawn: &Drawn,
) -> Result<(), String> {
    let rules = application.in_force();
    let written = record(application, of, shown, drawn, &rules.prediction).await;
    written.map_err(|refused| {
        refused.log();
        "The prediction is not shown: it could not be recorded.".to_owned()
    })
}

/// When a session began: the first drug, or for when it is planned.
fn began(session: &Session) -> Option<Moment> {
    let infusion = session.infusion();
    infusion
        .and_then(|infusion| infusion.started_at())
        .or(session.planned_for)
}

/// What the record of a session and its person says went in.
pub fn basis(
    application: &Application,
    session: &Session,
    patient: &Patient,
) -> Result<Result<Basis, NotPredicted>, Fault> {
    let began = began(session);
    // A later weighing was nobody's weight on that day.
    let measured = began.and_then(|began| patient.body_weight_at(began));
    let age = match began {
        // A day that no calendar has gives no age, and a page does not fail for it.
        Some(began) => book::date_of(&application.zone, began)
            .ok()
            .and_then(|day| patient.age(day)),
        None => None,
    };
    let measured = measured.map(|weight| weight.kilograms);
    Ok(Basis::of(session, measured, age))
}

/// The newest weight as measured.
fn measured(patient: &Patient) -> Option<Kilograms> {
    patient.body_weight().map(|weight| weight.kilograms)
}

/// What would be drawn from this; none where no model is chosen for the way.
fn shown(application: &Application, rules: &PredictionRules, basis: &Basis) -> Option<Shown> {
    let choice: &Choice = rules
        .choice()
        .of(basis.product, basis.route, basis.giving)?;
    let named = |id: &str| {
        let kept = application.predictions.model(id)?;
        Some(kept.named.clone())
    };
    Some(Shown {
        model: named(&choice.model)?,
        beside: choice.beside.as_deref().and_then(named),
        route: choice.route.clone(),
        weight: basis.weight,
        age: basis.age,
        from: basis.from,
        gone: basis.gone.clone(),
        ordered: basis.ordered.clone(),
        known_until: basis.known_until(),
        earlier: Vec::new(),
        left_out: Vec::new(),
        changed: None,
        bands: BandsOf::EightyAndNinetyFive,
        minutes: rules.minutes(),
        people: rules.people(),
        seed: SEED,
    })
}

/// Works it out beside the threads that answer requests.
async fn drawn(
    application: &Arc<Application>,
    shown: &Shown,
) -> Result<Result<Drawn, String>, Fault> {
    let (application, shown) = (Arc::clone(application), shown.clone());
    tokio::task::spawn_blocking(move || {
        draw(&shown, |named| {
            application.predictions.named(named).map(|kept| &kept.model)
        })
    })
    .await
    .map_err(|error| Fault(anyhow::anyhow!("working out a prediction: {error}")))
}

/// Whose prediction, on which page, and from which version of the session; 0 where there is none
/// yet.
#[derive(Clone, Copy)]
struct Whose {
    session: SessionId,
    patient: Option<PatientId>,
    version: u64,
    place: Place,
}

/// What the page of an order shows of a planned dose, beside what the last sessions came to; none
/// where the clinic does not show it.
///
/// After `Ok` with a curve it is durable in the record. One that cannot be recorded is not shown.
// Hazard: H69
pub async fn of_order(
    application: &Arc<Application>,
    (visit, of, patient): (SessionId, PatientId, &Patient),
    (order, starts): (&Order, Moment),
    earlier: &[Arc<Session>],
) -> Result<Option<Prediction>, Fault> {
    let in_force = application.in_force();
    let rules = &in_force.prediction;
    if !rules.with_order() {
        return Ok(None);
    }
    let none = |says: String| Ok(Some(Prediction::None(says)));
    let basis = match Basis::planned(order, starts, measured(patient)) {
        Ok(basis) => basis,
        Err(why) => return none(why.says().to_owned()),
    };
    let beside = beside(application, order, patient, earlier)?;
    let Some(shown) = shown(application, rules, &basis) else {
        return none(format!(
            "Nothing is predicted: no model is chosen for {}.",
            order.way.says()
        ));
    };
    let shown = Shown {
        earlier: beside.0,
        left_out: beside.1,
        ..shown
    };
    // Whatever is typed there is nobody's order yet, and is never kept as one.
    let whose = Whose {
        session: visit,
        patient: Some(of),
        version: 0,
        place: Place::Draft,
    };
    Ok(Some(in_time(application, whose, shown, basis).await))
}

/// The last sessions of the same kind in which something was given, and those of them that cannot be
/// compared with.
fn beside(
    application: &Application,
    order: &Order,
    patient: &Patient,
    earlier: &[Arc<Session>],
) -> Result<(Vec<Earlier>, Vec<LeftOut>), Fault> {
    let (mut last, mut left_out) = (Vec::new(), Vec::new());
    for session in earlier.iter().filter(|one| one.way().is_like(&order.way)) {
        if last.len() + left_out.len() == BESIDE {
            break;
        }
        let began = began(session);
        let mut leaves_out = |because: &str| {
            left_out.extend(began.map(|from| LeftOut {
                session: session.id,
                from,
                because: because.to_owned(),
            }));
        };
        match basis(application, session, patient)? {
            Err(NotPredicted::NothingGiven) => {}
            Err(NotPredicted::WeightUnknown) => {
                leaves_out("what the person weighed then is not known");
            }
            Err(NotPredicted::StartUnconfirmed) => {
                leaves_out("its start waits for somebody to look at it");
            }
            // What is in doubt is not compared with.
            Ok(before) => match before.doubts.first() {
                Some(doubt) => leaves_out(doubt.says()),
                None => last.push(Earlier {
                    session: session.id,
                    from: before.from,
                    weight: before.weight,
                    age: before.age,
                    gone: before.gone,
                }),
            },
        }
    }
    Ok((last, left_out))
}

/// Writes down what is about to be shown, once for each change of what it was drawn from, with the
/// models' files that the record does not have yet.
async fn record(
    application: &Application,
    of: Whose,
    shown: &Shown,
    drawn: &Drawn,
    rules: &PredictionRules,
) -> Result<(), Refused> {
    let known = journey::read::<Predictions>(application, of.session.0).await?;
    // After a restart, memory is empty and the record is not.
    if known.state.stands(of.place, shown) {
        return Ok(());
    }
    let event = PredictionEvent::PredictionShown {
        shown: shown.clone(),
        session_version: of.version,
        rules: rules.policy().version(),
        release: env!("CARGO_PKG_VERSION").to_owned(),
        drawn: drawn.digest(),
        figures: Some(drawn.figures()),
        place: Some(of.place),
    };
    let files: Vec<(ModelNamed, String)> = [Some(&shown.model), shown.beside.as_ref()]
        .into_iter()
        .flatten()
        .filter_map(|named| {
            let kept = application.predictions.named(named)?;
            Some((kept.named.clone(), kept.text.clone()))
        })
        .collect();
    let change = Change {
        command_id: CommandId(Uuid::now_v7()),
        actor: Actor::System {
            part: "prediction".to_owned(),
        },
        at: None,
        id: of.session.0,
        patient: of.patient,
        session: Some(of.session),
        action: "show a prediction",
        wanted: String::new(),
    };
    let ids = [of.session.0, application.tenant.0];
    change_several::<Predictions, Refused>(application, change, &ids, |kept, _now| {
        let of_session = if kept[0].state.stands(of.place, shown) {
            Vec::new()
        } else {
            vec![event.clone()]
        };
        let missing = files
            .iter()
            .filter(|(named, _)| !kept[1].state.models.contains_key(named));
        let of_clinic = missing.map(|(named, text)| PredictionEvent::ModelKept {
            model: named.clone(),
            text: text.clone(),
        });
        Ok(vec![of_session, of_clinic.collect()])
    })
    .await?;
    Ok(())
}
