//! What the demo shows of charting without a network: in one room a tablet was cut off for a while;
//! a note of it stands in the record, and an end of the infusion that somebody else had charted
//! already is held for a person.

use super::credentials::Room;
use crate::application::Application;
use crate::command::{Late, Order, derived_command_id, execute_afterwards};
use crate::fault::Fault;
use clinical::course::session::{Afterwards, Command, HowLater, Stop};
use clinical::record::{Actor, Role, SessionId, StaffId};
use units::{Moment, Span};
use uuid::Uuid;

/// The room whose tablet was cut off.
const ROOM: &str = "3";

/// Puts what that tablet kept into the record.
pub async fn tell(application: &Application, rooms: &[Room]) -> Result<(), Fault> {
    let session = rooms
        .iter()
        .find(|room| room.room == ROOM)
        .and_then(|room| room.session_id.parse::<SessionId>().ok());
    let Some(id) = session else {
        return Ok(());
    };
    let Some(session) = application.sessions.session(id).await? else {
        return Ok(());
    };
    let Some(ended) = session
        .infusion()
        .and_then(|infusion| infusion.stopped_at())
    else {
        return Ok(());
    };
    let kept = [
        (
            ended - Span::from_minutes(6),
            Command::WriteNote {
                text: "The tablet had no connection for some minutes; music changed.".to_owned(),
            },
        ),
        (
            ended - Span::from_minutes(1),
            Command::StopInfusion {
                why: Stop::Completed,
                note: String::new(),
            },
        ),
    ];
    for (at, command) in kept {
        keep(application, id, at, command).await?;
    }
    Ok(())
}

async fn keep(
    application: &Application,
    session: SessionId,
    at: Moment,
    command: Command,
) -> Result<(), Fault> {
    let order = Order {
        command_id: derived_command_id(session, &format!("tablet {}", command.says())),
        session,
        actor: Actor::Person {
            id: StaffId(Uuid::new_v5(&session.0, b"the nurse with the other tablet")),
            name: "Teo Marsh".to_owned(),
            role: Role::Nurse,
        },
        command,
        at: Some(at),
    };
    let late = Late {
        typed: false,
        afterwards: Afterwards {
            how: HowLater::WithoutContact,
            tablet: "7c1e0b52-demo".to_owned(),
            tablet_at: Some(at + Span::from_seconds(40)),
            doubt: None,
        },
    };
    execute_afterwards(application, order, late)
        .await
        .map_err(|refused| Fault(anyhow::anyhow!("the demo's tablet: {}", refused.says())))?;
    Ok(())
}
