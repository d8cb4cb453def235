//! Everything under lock together on the server: the inventory, the nightly match, and its cases.

use crate::application::Application;
use crate::book;
use crate::fault::Fault;
use crate::journey::{self, Change, Saved};
use crate::ledger::{self, Shown};
use crate::projection::{DRUG_CASE, DRUG_INVENTORY, SAFE};
use crate::web::respond::Refused;
use anyhow::Context as _;
use clinical::ledger::safe::{
    Case, Context, Inventory, LastMatch, Refusal, Registrant, Safe, Stocked, Wanted, decide,
};
use clinical::patient::CivilDate;
use clinical::record::{Actor, CommandId, SessionId};
use serde::{Deserialize, Serialize};
use store::DateBound;
use units::Span;
use uuid::Uuid;

/// A night's match looks back over so many days: what was still under way, and what was entered
/// late, is matched again.
const DAYS_BACK: i32 = 35;

/// From this hour of the clinic's night on, the day before is matched.
const NIGHT_HOUR: Span = Span::from_hours(3);

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::Ruled(refusal.says())
    }
}

/// What lists show of everything under lock.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SafeRow {
    /// Who the registrant is.
    pub registrant: Option<Registrant>,
    /// The day of the last inventory.
    pub inventory_on: Option<CivilDate>,
    /// What the last match has found.
    pub matched: Option<LastMatch>,
}

impl SafeRow {
    /// What of it lists show.
    pub fn of(safe: &Safe) -> Self {
        Self {
            registrant: safe.registrant.clone(),
            inventory_on: safe.inventory.as_ref().map(|taken| taken.on),
            matched: safe.matched,
        }
    }
}

/// Who the registrant is, and when was counted and matched last.
pub async fn row(application: &Application) -> Result<SafeRow, Fault> {
    let mut rows: Vec<Shown<SafeRow>> =
        ledger::rows(application, SAFE, None, DateBound::default()).await?;
    Ok(rows.pop().map(|one| one.row).unwrap_or_default())
}

/// Cases, oldest first: the open ones, or all.
pub async fn cases(application: &Application, open: bool) -> Result<Vec<Case>, Fault> {
    let state = open.then_some("open");
    let rows: Vec<Shown<Case>> =
        ledger::rows(application, DRUG_CASE, state, DateBound::default()).await?;
    Ok(rows.into_iter().map(|one| one.row).collect())
}

/// Inventories, oldest first.
pub async fn inventories(application: &Application) -> Result<Vec<Inventory>, Fault> {
    let rows: Vec<Shown<Inventory>> =
        ledger::rows(application, DRUG_INVENTORY, None, DateBound::default()).await?;
    Ok(rows.into_iter().map(|one| one.row).collect())
}

/// Does something with everything under lock: after `Ok` it is durable.
pub async fn act(
    application: &Application,
    command_id: CommandId,
    actor: Actor,
    wanted: Wanted,
) -> Result<Saved, Refused> {
    let rules = std::sync::Arc::clone(&application.in_force().ledger);
    let today = book::date_of(&application.zone, application.clock.now())?;
    let stock = match &wanted {
        Wanted::TakeInventory { .. } => stocked(application, today).await?,
        Wanted::NameRegistrant(_)
        | Wanted::Match { .. }
        | Wanted::Explain { .. }
        | Wanted::CallLost { .. }
        | Wanted::NoteTold { .. }
        | Wanted::NoteFiled { .. } => Vec::new(),
    };
    let change = Change {
        command_id,
        actor: actor.clone(),
        at: None,
        id: application.tenant.0,
        patient: None,
        session: case_of(&wanted),
        action: "act on all controlled drugs",
        wanted: format!("{wanted:?}"),
    };
    journey::change::<Safe, Refusal>(application, change, |safe, _now| {
        let context = Context {
            today,
            actor: &actor,
            rules: &rules,
            stock: &stock,
        };
        decide(safe, wanted.clone(), &context)
    })
    .await
}

const fn case_of(wanted: &Wanted) -> Option<SessionId> {
    match wanted {
        Wanted::Explain { case, .. }
        | Wanted::CallLost { case, .. }
        | Wanted::NoteTold { case, .. }
        | Wanted::NoteFiled { case, .. } => Some(*case),
        Wanted::NameRegistrant(_) | Wanted::TakeInventory { .. } | Wanted::Match { .. } => None,
    }
}

/// Everything in stock, as an inventory takes it.
async fn stocked(application: &Application, today: CivilDate) -> Result<Vec<Stocked>, Fault> {
    let stock = ledger::stock(application).await?;
    let all = stock.into_iter().map(|one| {
        let row = one.row;
        let counted_on = row
            .counted_at
            .map(|at| book::date_of(&application.zone, at))
            .transpose()?;
        Ok(Stocked {
            drug: row.drug,
            form: row.form,
            strength: row.strength,
            fill: row.fill,
            remaining: row.remaining,
            opened: row.opened_at.is_some(),
            apart: row.apart.is_some() || row.expires < today,
            counted_on,
            differs: row.difference_since.is_some(),
            in_syringes: row.in_syringes,
        })
    });
    all.collect()
}

/// Matches the days up to today with the records, once in a night: of several servers one does.
///
/// Says whether it did.
pub async fn match_if_due(application: &Application) -> Result<bool, Fault> {
    let now = application.clock.now();
    let night = book::date_of(&application.zone, now - NIGHT_HOUR)?;
    let last = row(application).await?.matched;
    let done = match last {
        Some(last) => book::date_of(&application.zone, last.at - NIGHT_HOUR)? >= night,
        // Who keeps no ledger has nothing to match.
        None => {
            let (here, past) = (ledger::stock(application), ledger::past(application));
            here.await?.is_empty() && past.await?.is_empty()
        }
    };
    if done {
        return Ok(false);
    }
    let name = format!("nightly match {night}");
    let command_id = CommandId(Uuid::new_v5(&application.tenant.0, name.as_bytes()));
    match_now(application, command_id).await?;
    Ok(true)
}

/// Matches the last days with the records.
pub async fn match_now(application: &Application, command_id: CommandId) -> Result<(), Fault> {
    let now = application.clock.now();
    let today = book::date_of(&application.zone, now)?;
    let from = book::begin_of(&application.zone, today.plus_days(-DAYS_BACK))
        .context("a day without a beginning")?;
    let wanted = Wanted::Match {
        told: ledger::told(application, from, now).await?,
        from,
        until: now,
    };
    let night = Actor::System {
        part: "match of the ledger".to_owned(),
    };
    match act(application, command_id, night, wanted).await {
        Ok(_) => Ok(()),
        Err(Refused::Fault(fault)) => Err(fault),
        // Another server was faster, with what it read a moment before.
        Err(Refused::Problem(_)) => Ok(()),
        Err(other) => Err(Fault(anyhow::anyhow!("{}", other.says()))),
    }
}

/// By when the next inventory is due; none while none was taken: it is due now.
pub fn inventory_due(row: &SafeRow, days: i32) -> Option<CivilDate> {
    row.inventory_on.map(|on| on.plus_days(days))
}
