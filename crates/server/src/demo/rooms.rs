//! The demo's rooms made ready: their emergency equipment was looked at this morning.

use super::admission;
use super::drugs::nurse;
use crate::application::Application;
use crate::book;
use crate::fault::Fault;
use crate::journey::{Change, change};
use clinical::clinic::{Clinic, LookRefused, Looked, look};
use clinical::record::CommandId;
use uuid::Uuid;

/// For so many days everything in the demo's kits is in date.
const IN_DATE: i32 = 120;

/// Somebody looks at the equipment of every room.
pub async fn tell(application: &Application) -> Result<(), Fault> {
    let list = application.equipment();
    let today = book::date_of(&application.zone, application.clock.now())?;
    for room in &application.clinic().rooms {
        let looked = Looked {
            room: room.name.clone(),
            version: list.version,
            there: list.items.iter().map(|item| item.id.clone()).collect(),
            good_until: Some(today.plus_days(IN_DATE)),
            note: String::new(),
        };
        let order = Change {
            command_id: CommandId(Uuid::now_v7()),
            actor: nurse(),
            at: None,
            id: application.tenant.0,
            patient: None,
            session: None,
            action: "look at emergency equipment",
            wanted: format!("{looked:?}"),
        };
        change(application, order, |clinic: &Clinic, now| {
            let event = look(clinic, list, looked.clone(), &nurse(), now)?;
            Ok::<_, LookRefused>(vec![event])
        })
        .await
        .map_err(admission::told)?;
    }
    application.read_clinic().await
}
