//! A consent that is taken back while somebody is being treated: their room and the board are told
//! at once, and the record keeps it. Nothing is stopped by that; a clinician decides.

use crate::application::Application;
use crate::command::{Order, execute};
use crate::fault::Fault;
use crate::jobs::open_sessions;
use crate::web::respond::Refused;
use crate::{consent, preparation};
use clinical::course::consent::{ConsentEvent, Consents};
use clinical::course::screening::person::Product;
use clinical::course::session::{AdvisoryNotice, Command, Refusal, Session, Stage};
use clinical::record::{Actor, CommandId};
use units::Moment;
use uuid::Uuid;

/// Tells every room in which somebody is about to be given, or is given, a medicine that they took
/// their consent to back from. Each withdrawal is told once, however often this is asked.
// Hazard: H25
pub async fn tell_rooms(application: &Application) -> Result<(), Fault> {
    for id in open_sessions(application).await? {
        let Some(session) = application.sessions.session(id).await? else {
            continue;
        };
        let (true, Some(patient)) = (is_or_will_be_given(session.stage), session.patient) else {
            continue;
        };
        let consents = consent::read(application, patient).await?;
        let planned = preparation::of(application, id).await?.state.planned;
        // What was planned straight into a room is what the room gives.
        let product = planned.map_or(Product::Racemic, |planned| planned.product);
        if let Some(at) = taken_back(&consents, product) {
            tell(application, &session, at).await?;
        }
    }
    Ok(())
}

/// Whether the medicine is, or may soon be, running into somebody.
const fn is_or_will_be_given(stage: Stage) -> bool {
    match stage {
        Stage::Preparation | Stage::Infusion | Stage::Paused => true,
        Stage::NotPlanned
        | Stage::Planned
        | Stage::Stopped
        | Stage::Observation
        | Stage::Discharged
        | Stage::Cancelled
        | Stage::Signed => false,
    }
}

/// When the consent to a medicine was taken back, while it stays so.
fn taken_back(consents: &Consents, product: Product) -> Option<Moment> {
    consents.of(product).filter(|consent| consent.withdrawn)?;
    let back = consents.history.iter().rev().find(|happened| {
        matches!(&happened.event, ConsentEvent::ConsentWithdrawn { product: of, .. } if *of == product)
    });
    back.map(|happened| happened.at)
}

async fn tell(application: &Application, session: &Session, at: Moment) -> Result<(), Fault> {
    let what = format!("consent taken back at {}", at.microseconds());
    let order = Order {
        command_id: CommandId(Uuid::new_v5(&session.id.0, what.as_bytes())),
        session: session.id,
        actor: Actor::System {
            part: "consent".to_owned(),
        },
        command: Command::RaiseAdvisory {
            notice: AdvisoryNotice::consent_withdrawn(at),
        },
        at: None,
    };
    match execute(application, order).await {
        Ok(_) => Ok(()),
        Err(Refused::Fault(fault)) => Err(fault),
        // It stands there already, or the session has just ended.
        Err(Refused::Refusal(refusal))
            if matches!(*refusal, Refusal::AlreadyRaised | Refusal::NotNow { .. }) =>
        {
            Ok(())
        }
        Err(other) => Err(Fault(anyhow::anyhow!("{}", other.says()))),
    }
}
