//! The demo clinic's safe: what was delivered three weeks ago, what was drawn for whoever is in a
//! room, and a vial that is set apart.

use super::admission;
use crate::application::Application;
use crate::book;
use crate::fault::Fault;
use crate::ledger::{self, Wish};
use crate::safe;
use anyhow::{Context as _, anyhow};
use clinical::course::session::{Giving, Session, Stage};
use clinical::ledger::safe::{Registrant, Wanted};
use clinical::ledger::{Command, Label, Method, Product, Products, Strength, Witness};
use clinical::record::{Actor, CommandId, ContainerId, Role, StaffId, SyringeId};
use std::sync::Arc;
use units::{Moment, Span};
use uuid::Uuid;

/// Which products were delivered: how many, of which lot, and for how many days from today they
/// are in date.
const DELIVERED: [(&str, u8, &str, i32); 5] = [
    ("ketamine-50", 8, "KT5071", 420),
    ("ketamine-50", 2, "KT4988", 21),
    ("ketamine-10", 6, "KT1022", 300),
    ("ketamine-100", 2, "KT9013", 510),
    ("esketamine-nasal-28", 6, "ES2804", 380),
];

/// At most so many rooms have a session that is over.
const ROOMS: usize = 4;

/// How long before an infusion its syringe was drawn up.
const BEFORE_START: Span = Span::from_minutes(6);

/// Takes in a delivery, and draws what was ordered for everybody whose infusion has begun.
pub async fn tell(application: &Application) -> Result<(), Fault> {
    let delivered = application.clock.now() - Span::from_hours(24 * 20);
    let products = Products::shipped().context("reading the list of controlled drugs")?;
    let mut vials = Vec::new();
    for (id, count, lot, days) in DELIVERED {
        let product = products
            .named(id)
            .ok_or_else(|| anyhow!("the demo's delivery"))?;
        let several = take_in(application, product, (count, lot, days), delivered).await?;
        vials.extend(several.into_iter().map(|vial| (id, lot, vial)));
    }
    let of = |wanted: &str| vials.iter().find(|(_, lot, _)| *lot == wanted);
    if let Some((.., recalled)) = of("KT1022") {
        let reason = "label damaged, to be sent back".to_owned();
        act(
            application,
            *recalled,
            Command::SetApart { reason },
            delivered,
            None,
        )
        .await?;
    }
    let (store, tenant) = (&application.store, application.tenant);
    let open = store.open_sessions(tenant).await;
    let closed = store.closed_sessions(tenant, None, ROOMS).await;
    let rooms = open
        .context("listing the demo's rooms")?
        .into_iter()
        .chain(closed.context("listing the demo's rooms")?);
    // One vial for each person, of the lot that is opened first.
    let mut of_lot = vials.iter().filter(|(_, lot, _)| *lot == "KT5071");
    for row in rooms {
        let Some(session) = application.sessions.session(row.session).await? else {
            continue;
        };
        // What was given in the weeks before came out of containers of its own.
        let ended = session.drug_ended_at();
        if ended.is_some_and(|ended| ended < application.clock.now() - Span::from_hours(24)) {
            continue;
        }
        if session.infusion().is_none() {
            if session.stage == Stage::Preparation {
                // Nothing but what is asked in the room stands between this person and the start.
                let (_, _, vial) = of_lot.next().ok_or_else(|| anyhow!("the demo's vial"))?;
                draw_and_check(application, *vial, &session).await?;
            }
            continue;
        }
        match session.way().giving {
            Giving::Infusion => {
                let (_, _, vial) = of_lot.next().ok_or_else(|| anyhow!("the demo's vial"))?;
                draw_for(application, *vial, &session).await?;
            }
            Giving::Doses { .. } => {
                let (_, _, vial) = of("KT9013").ok_or_else(|| anyhow!("the demo's vial"))?;
                draw_for(application, *vial, &session).await?;
            }
            Giving::Devices { .. } => {
                let devices = vials.iter().filter(|(_, lot, _)| *lot == "ES2804");
                for (dose, (_, _, device)) in session.doses().iter().zip(devices) {
                    open_device(application, *device, &session, dose.at).await?;
                }
            }
        }
    }
    let registrant = Wanted::NameRegistrant(Registrant {
        name: "Harbour Street Clinic".to_owned(),
        address: "1 Quay Street".to_owned(),
        registration: "HC0000000".to_owned(),
    });
    let command_id = CommandId(Uuid::now_v7());
    safe::act(application, command_id, admission::prescriber(), registrant)
        .await
        .map_err(admission::told)?;
    safe::match_if_due(application).await?;
    Ok(())
}

/// One vial for each person of the weeks before; what is not used of it is wasted in the end.
pub(super) async fn of_the_weeks_before(
    application: &Application,
    count: u8,
) -> Result<Vec<ContainerId>, Fault> {
    let delivered = application.clock.now() - Span::from_hours(24 * 20);
    let products = Products::shipped().context("reading the list of controlled drugs")?;
    let product = products
        .named("ketamine-50")
        .ok_or_else(|| anyhow!("the demo's delivery"))?;
    take_in(application, product, (count, "KT5060", 430), delivered).await
}

/// One device for each that was given in a session of the weeks before.
pub(super) async fn devices_of_the_weeks_before(
    application: &Application,
    session: &Arc<Session>,
) -> Result<(), Fault> {
    let delivered = application.clock.now() - Span::from_hours(24 * 20);
    let products = Products::shipped().context("reading the list of controlled drugs")?;
    let product = products
        .named("esketamine-nasal-28")
        .ok_or_else(|| anyhow!("the demo's delivery"))?;
    let doses = session.doses();
    let count = u8::try_from(doses.len()).unwrap_or(u8::MAX);
    let devices = take_in(application, product, (count, "ES2790", 300), delivered).await?;
    for (dose, device) in doses.iter().zip(devices) {
        open_device(application, device, session, dose.at).await?;
    }
    Ok(())
}

/// What is left in a vial is wasted before the prescriber.
pub(super) async fn waste_rest(
    application: &Application,
    vial: ContainerId,
    at: Moment,
) -> Result<(), Fault> {
    let left = ledger::container(application, vial).await?.state.remaining;
    let waste = Command::WasteRest {
        volume: left,
        method: Method::DisposalContainer,
        reason: "opened for one person, the series goes on with a new one".to_owned(),
        witness: prescriber(),
    };
    act(application, vial, waste, at, None).await
}

pub(super) fn nurse() -> Actor {
    Actor::Person {
        id: StaffId(Uuid::new_v5(&Uuid::NAMESPACE_OID, b"staff nora")),
        name: "Nora Lindqvist".to_owned(),
        role: Role::Nurse,
    }
}

async fn take_in(
    application: &Application,
    product: &Product,
    (count, lot, days): (u8, &str, i32),
    delivered: Moment,
) -> Result<Vec<ContainerId>, Fault> {
    let today = book::date_of(&application.zone, application.clock.now())?;
    let received_on = book::date_of(&application.zone, delivered)?;
    let commands: Vec<(ContainerId, Command)> = (0..count)
        .map(|_| {
            let id = ContainerId(Uuid::now_v7());
            let label = Label {
                drug: product.drug,
                form: product.form,
                strength: product.strength,
                fill: product.fill,
                code: String::new(),
                lot: lot.to_owned(),
                expires: today.plus_days(days),
                serial: String::new(),
            };
            let command = Command::Receive {
                label,
                mark: ledger::mark(id, product.drug),
                supplier: "Northbrook Medical Supply, 4 Quay Street".to_owned(),
                invoice: "NB-20417".to_owned(),
                received_on,
                place: "Safe 1".to_owned(),
            };
            (id, command)
        })
        .collect();
    let ids = commands.iter().map(|(id, _)| *id).collect();
    ledger::act_together(application, wish(Some(delivered), None), commands)
        .await
        .map_err(admission::told)?;
    Ok(ids)
}

fn wish(at: Option<Moment>, session: Option<&Arc<Session>>) -> Wish {
    Wish {
        command_id: CommandId(Uuid::now_v7()),
        actor: nurse(),
        session: session.map(Arc::clone),
        at,
    }
}

async fn act(
    application: &Application,
    container: ContainerId,
    command: Command,
    at: Moment,
    session: Option<&Arc<Session>>,
) -> Result<(), Fault> {
    ledger::act(application, wish(Some(at), session), container, command)
        .await
        .map_err(admission::told)?;
    Ok(())
}

/// The order from the vial, checked by a second person.
async fn draw_and_check(
    application: &Application,
    vial: ContainerId,
    session: &Arc<Session>,
) -> Result<(), Fault> {
    let now = application.clock.now();
    let Some(drawn) = draw(application, vial, session, now - BEFORE_START).await? else {
        return Ok(());
    };
    let check = Command::Check {
        syringe: drawn.syringe,
        volume: drawn.volume,
        strength: drawn.strength,
        checker: prescriber(),
    };
    act(application, vial, check, now, None).await
}

/// What was drawn.
struct Drawn {
    syringe: SyringeId,
    volume: units::Microlitres,
    strength: Strength,
}

/// The ordered dose, drawn from the vial; none where nothing is ordered.
async fn draw(
    application: &Application,
    vial: ContainerId,
    session: &Arc<Session>,
    at: Moment,
) -> Result<Option<Drawn>, Fault> {
    let Some(visit) = ledger::visit(application, session).await? else {
        return Ok(None);
    };
    let label = ledger::container(application, vial).await?.state;
    let Some(strength) = label.label().map(|label| label.strength) else {
        return Ok(None);
    };
    let of_a_millilitre = u64::from(strength.milligrams_per_millilitre());
    let volume = units::Microlitres::new(visit.ordered.count() / of_a_millilitre);
    let syringe = SyringeId(Uuid::now_v7());
    let draw = Command::Draw {
        syringe,
        volume,
        reason: String::new(),
    };
    act(application, vial, draw, at, Some(session)).await?;
    Ok(Some(Drawn {
        syringe,
        volume,
        strength,
    }))
}

fn prescriber() -> Witness {
    Witness {
        id: StaffId(Uuid::new_v5(&Uuid::NAMESPACE_OID, b"staff petra")),
        name: "Dr Petra Ivanova".to_owned(),
        role: Role::Prescriber,
    }
}

/// A device is opened and given whole.
async fn open_device(
    application: &Application,
    device: ContainerId,
    session: &Arc<Session>,
    at: Moment,
) -> Result<(), Fault> {
    let known = ledger::container(application, device).await?.state;
    let Some(label) = known.label() else {
        return Ok(());
    };
    let syringe = SyringeId(Uuid::now_v7());
    let draw = Command::Draw {
        syringe,
        volume: label.fill,
        reason: String::new(),
    };
    let amount = label.strength.holds(label.fill);
    act(application, device, draw, at, Some(session)).await?;
    let give = Command::Give { syringe, amount };
    act(application, device, give, at, None).await
}

/// The order from the vial; what an ended infusion left is wasted before the prescriber.
pub(super) async fn draw_for(
    application: &Application,
    vial: ContainerId,
    session: &Arc<Session>,
) -> Result<(), Fault> {
    let Some(started) = session
        .infusion()
        .and_then(|infusion| infusion.started_at())
    else {
        return Ok(());
    };
    let Some(Drawn {
        syringe,
        volume,
        strength,
    }) = draw(application, vial, session, started - BEFORE_START).await?
    else {
        return Ok(());
    };
    let ended = session
        .infusion()
        .and_then(|infusion| infusion.stopped_at());
    if let (Some(ended), Some(amount)) = (ended, ledger::delivered(session)) {
        let drawn = strength.holds(volume);
        let amount = amount.min(drawn);
        act(
            application,
            vial,
            Command::Give { syringe, amount },
            ended,
            None,
        )
        .await?;
        if let Some(left) = drawn.less(amount).filter(|left| !left.is_zero()) {
            let waste = Command::WasteSyringe {
                syringe,
                amount: left,
                method: Method::DisposalContainer,
                witness: prescriber(),
            };
            act(application, vial, waste, ended, None).await?;
        }
    }
    Ok(())
}
