//! What a form wants done with one container.

use super::drugs::{command_id, method, milligrams, typed_day, volume, wish, witness};
use super::form::{Fields, Problem};
use super::respond::Refused;
use crate::application::Application;
use crate::identity::Viewer;
use crate::ledger;
use clinical::ledger::{Command, Delivery, Purpose};
use clinical::record::ContainerId;

/// Does what a form of a container's page says.
pub(super) async fn acted(
    application: &Application,
    viewer: &Viewer,
    id: ContainerId,
    fields: &Fields,
) -> Result<(), Refused> {
    let words = |name: &str| fields.text(name).to_owned();
    let command = match fields.text("act") {
        "move" => Command::Move { to: words("to") },
        "return" => Command::Return { to: words("to") },
        "set-apart" => Command::SetApart {
            reason: words("reason"),
        },
        "take-back" => Command::TakeBack {
            reason: words("reason"),
        },
        "waste-rest" => Command::WasteRest {
            volume: volume(fields, "volume")?,
            method: method(fields)?,
            reason: words("reason"),
            witness: witness(application, fields).await?,
        },
        "break" => Command::Break {
            note: words("note"),
            witness: witness(application, fields).await?,
        },
        "send" => Command::Send {
            purpose: purpose(fields)?,
            to: words("to"),
            registration: words("registration"),
            document: words("document"),
        },
        "correct" => Command::CorrectDelivery {
            now: delivery(fields)?,
            reason: words("reason"),
        },
        "strike" => Command::Strike {
            reason: words("reason"),
            witness: witness(application, fields).await?,
        },
        "explain" => Command::Explain {
            explanation: words("explanation"),
        },
        "lost" => Command::CallLost {
            discovered_at: application.clock.now(),
            note: words("note"),
        },
        "told" => Command::NoteTold { to: words("to") },
        "filed" => Command::NoteFiled {
            reference: words("reference"),
        },
        _other => return Err(Problem::new("act", "Reload the page and try again.").into()),
    };
    let wish = wish(viewer, command_id(fields)?);
    ledger::act(application, wish, id, command).await?;
    Ok(())
}

fn purpose(fields: &Fields) -> Result<Purpose, Problem> {
    let word = fields.text("purpose");
    let known = Purpose::OFFERED
        .into_iter()
        .find(|known| known.word() == word);
    known.ok_or_else(|| Problem::new("purpose", "Choose what it leaves the clinic for."))
}

fn delivery(fields: &Fields) -> Result<Delivery, Problem> {
    let day = |name: &str, says: &str| {
        typed_day(fields, name)?.ok_or_else(|| Problem::new(name, says.to_owned()))
    };
    let words = |name: &str| fields.text(name).to_owned();
    Ok(Delivery {
        lot: words("lot"),
        expires: day("expires", "Write its last day.")?,
        code: words("code"),
        serial: words("serial"),
        supplier: words("supplier"),
        invoice: words("invoice"),
        received_on: day("received_on", "Write on which day it came.")?,
    })
}

/// How a form says that a syringe should stand.
pub(super) async fn correction(
    application: &Application,
    fields: &Fields,
    syringe: clinical::record::SyringeId,
) -> Result<Command, Refused> {
    Ok(Command::CorrectSyringe {
        syringe,
        volume: volume(fields, "volume")?,
        given: match fields.optional("given") {
            Some(_) => Some(milligrams(fields, "given")?),
            None => None,
        },
        reason: fields.text("reason").to_owned(),
        witness: witness(application, fields).await?,
    })
}
