//! The ledger of controlled drugs on the server: what is in stock, what waits for somebody, what a
//! session's order and record say, and the writing of every act.

use crate::application::Application;
use crate::book;
use crate::fault::Fault;
use crate::journey::{self, Change, Kept, Saved};
use crate::projection::{CONTAINER, DRUG_LINE, SYRINGE};
use crate::web::respond::Refused;
use anyhow::Context as _;
use clinical::course::screening::person::Product;
use clinical::course::session::{Session, Stage};
use clinical::ledger::{
    Balance, Command, Container, ContainerEvent, Context, Drug, Entry, Form, Purpose, Received,
    Refusal, Register, Stands, Strength, Syringe, Told, Visit, decide,
};
use clinical::patient::CivilDate;
use clinical::record::{
    Actor, CommandId, ContainerId, Folded as _, PatientId, Recorded as _, Role, SessionId,
    StreamId, SyringeId,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::{CourseRow, CourseSearch, DateBound};
use units::{Decimal, Micrograms, Microlitres, Moment};
use uuid::Uuid;

/// How many rows are read at once.
const PAGE: usize = 1_000;

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::Ruled(refusal.says())
    }
}

/// A container as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerRow {
    /// The clinic's own mark on it.
    pub mark: String,
    /// The drug.
    pub drug: Drug,
    /// What it comes in.
    pub form: Form,
    /// How strong.
    pub strength: Strength,
    /// The lot.
    pub lot: String,
    /// Its last day.
    pub expires: CivilDate,
    /// The number of the trade item that was read off it; empty where none was.
    pub code: String,
    /// Its own number; empty where it has none.
    pub serial: String,
    /// What it holds by its label.
    pub fill: Microlitres,
    /// What the ledger has in it.
    pub remaining: Microlitres,
    /// What is in syringes and not accounted for.
    pub in_syringes: Micrograms,
    /// Where it is.
    pub place: String,
    /// When it was opened.
    pub opened_at: Option<Moment>,
    /// Why it is set apart.
    pub apart: Option<String>,
    /// It left the clinic.
    pub gone: bool,
    /// For which session it was handed out of the safe, until it is put back.
    #[serde(default)]
    pub issued: Option<SessionId>,
    /// What for, to whom, and with which paper it left for another registrant.
    #[serde(default)]
    pub departed: Option<DepartedRow>,
    /// Since when a count waits to be explained.
    pub difference_since: Option<Moment>,
    /// When a loss was discovered that waits to be told or for its form.
    pub loss_since: Option<Moment>,
    /// When it was counted last.
    pub counted_at: Option<Moment>,
}

/// How a container left for another registrant, as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepartedRow {
    /// What for.
    pub purpose: Purpose,
    /// To whom.
    pub to: String,
    /// Their registration.
    pub registration: String,
    /// The paper that went with it.
    pub document: String,
    /// When.
    pub at: Moment,
    /// By whom.
    pub by: String,
    /// How much was in it.
    pub volume: Microlitres,
}

impl ContainerRow {
    /// The row of a container that was received.
    pub fn of(container: &Container, received: &Received) -> Self {
        let label = &received.label;
        Self {
            mark: received.mark.clone(),
            drug: label.drug,
            form: label.form,
            strength: label.strength,
            lot: label.lot.clone(),
            expires: label.expires,
            code: label.code.clone(),
            serial: label.serial.clone(),
            fill: label.fill,
            remaining: container.remaining,
            in_syringes: container.account().in_syringes,
            place: container.place.clone(),
            opened_at: container.opened_at,
            apart: match &container.stands {
                Stands::SetApart(reason) => Some(reason.clone()),
                Stands::Nowhere | Stands::Here | Stands::Sent | Stands::Broken | Stands::Struck => {
                    None
                }
            },
            gone: matches!(
                container.stands,
                Stands::Sent | Stands::Broken | Stands::Struck
            ),
            issued: container.issued.as_ref().map(|issued| issued.session),
            departed: container.departed.as_ref().map(|known| DepartedRow {
                purpose: known.purpose,
                to: known.to.clone(),
                registration: known.registration.clone(),
                document: known.document.clone(),
                at: known.at,
                by: known.by.clone(),
                volume: known.volume,
            }),
            difference_since: container.difference.as_ref().map(|known| known.since),
            loss_since: container.open_loss().map(|loss| loss.discovered_at),
            counted_at: container.counted_at,
        }
    }

    /// The word of its state: what is here, and what has nothing in it or has left.
    pub fn state(&self) -> &'static str {
        let waits = self.difference_since.is_some() || self.loss_since.is_some();
        let empty = self.remaining.is_zero() && self.in_syringes.is_zero();
        if !waits && (self.gone || empty) {
            "past"
        } else {
            "here"
        }
    }

    /// What is in it by the ledger.
    pub fn holds(&self) -> Micrograms {
        self.strength.holds(self.remaining)
    }
}

/// What was drawn into a syringe, as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyringeRow {
    /// From which container.
    pub container: ContainerId,
    /// The clinic's own mark on that.
    pub mark: String,
    /// The drug.
    pub drug: Drug,
    /// How strong.
    pub strength: Strength,
    /// For which session.
    pub session: SessionId,
    /// How much was drawn.
    pub volume: Microlitres,
    /// As amount.
    pub drawn: Micrograms,
    /// By whom.
    pub drawn_by: String,
    /// Why more was drawn than ordered, or than the label says; else empty.
    #[serde(default)]
    pub reason: String,
    /// An entry about it was wrong and was set right.
    #[serde(default)]
    pub corrected: bool,
    /// Who checked it, without seeing the first entry.
    pub checked_by: Option<String>,
    /// How much the patient got; none while nobody has said.
    pub given: Option<Micrograms>,
    /// How much was wasted, and before whom.
    pub wasted: Option<(Micrograms, String)>,
    /// What is not accounted for.
    pub left: Micrograms,
}

impl SyringeRow {
    /// The row of a syringe.
    pub fn of(container: ContainerId, received: &Received, syringe: &Syringe) -> Self {
        Self {
            container,
            mark: received.mark.clone(),
            drug: received.label.drug,
            strength: received.label.strength,
            session: syringe.session,
            volume: syringe.volume,
            drawn: syringe.drawn,
            drawn_by: syringe.drawn_by.clone(),
            reason: syringe.reason.clone(),
            corrected: syringe.corrected,
            checked_by: syringe.checked.as_ref().map(|checker| checker.name.clone()),
            given: syringe.given,
            wasted: syringe
                .wasted
                .as_ref()
                .map(|(amount, _, witness)| (*amount, witness.name.clone())),
            left: syringe.left(),
        }
    }
}

/// A row with its identity, read.
#[derive(Clone, Debug)]
pub struct Shown<T> {
    /// Its identity.
    pub id: Uuid,
    /// Whose it is.
    pub patient: Option<PatientId>,
    /// When it is due, or came about.
    pub at: Option<Moment>,
    /// In the part's own word, how it stands.
    pub state: String,
    /// What it says.
    pub row: T,
}

fn shown<T: for<'a> Deserialize<'a>>(row: CourseRow) -> Result<Shown<T>, Fault> {
    Ok(Shown {
        id: row.id,
        patient: row.patient,
        at: row.due,
        state: row.state,
        row: serde_json::from_str(&row.summary).context("reading a row of the ledger")?,
    })
}

pub(crate) async fn rows<T: for<'a> Deserialize<'a>>(
    application: &Application,
    part: &str,
    state: Option<&str>,
    due: DateBound,
) -> Result<Vec<Shown<T>>, Fault> {
    let mut search = CourseSearch {
        part: part.to_owned(),
        state: state.map(str::to_owned),
        due,
        after: None,
        count: PAGE,
    };
    let mut all = Vec::new();
    loop {
        let page = application
            .store
            .course_rows(application.tenant, &search)
            .await
            .context("reading the ledger")?;
        let whole = page.len() < PAGE;
        search.after = page.last().map(|row| (row.due, row.id));
        for row in page {
            all.push(shown(row)?);
        }
        if whole {
            return Ok(all);
        }
    }
}

/// Every container that is in the clinic, or waits for somebody; those that expire first, first.
pub async fn stock(application: &Application) -> Result<Vec<Shown<ContainerRow>>, Fault> {
    rows(application, CONTAINER, Some("here"), DateBound::default()).await
}

/// Every container that left, or has nothing in it.
pub async fn past(application: &Application) -> Result<Vec<Shown<ContainerRow>>, Fault> {
    rows(application, CONTAINER, Some("past"), DateBound::default()).await
}

/// Every syringe that nobody has accounted for, oldest first.
pub async fn open_syringes(application: &Application) -> Result<Vec<Shown<SyringeRow>>, Fault> {
    rows(application, SYRINGE, Some("open"), DateBound::default()).await
}

/// What was drawn for a session, in order of time.
pub async fn syringes_of(
    application: &Application,
    session: &Session,
) -> Result<Vec<Shown<SyringeRow>>, Fault> {
    let Some(patient) = session.patient else {
        return Ok(Vec::new());
    };
    let rows = application
        .store
        .course_rows_of(application.tenant, patient)
        .await
        .context("reading what was drawn for a session")?;
    let mut all = Vec::new();
    for row in rows.into_iter().filter(|row| row.part == SYRINGE) {
        let row: Shown<SyringeRow> = shown(row)?;
        if row.row.session == session.id {
            all.push(row);
        }
    }
    Ok(all)
}

/// How many syringes of a session nobody has accounted for.
pub async fn open_of(application: &Application, session: &Session) -> Result<u32, Fault> {
    let all = syringes_of(application, session).await?;
    let open = all.iter().filter(|one| one.state == "open").count();
    Ok(u32::try_from(open).unwrap_or(u32::MAX))
}

/// The book for a stretch of time.
pub async fn register(
    application: &Application,
    from: Moment,
    until: Moment,
) -> Result<Register, Fault> {
    let due = DateBound {
        from: None,
        until: Some(until),
    };
    let lines: Vec<Shown<Entry>> = rows(application, DRUG_LINE, None, due).await?;
    let lines = lines.into_iter().map(|line| line.row);
    Ok(Register::of(lines, from, until))
}

/// A container with its version.
pub async fn container(
    application: &Application,
    id: ContainerId,
) -> Result<Kept<Container>, Fault> {
    journey::read::<Container>(application, id.0).await
}

/// What a session's record says was given, in whole micrograms; none while it is not over.
pub fn delivered(session: &Session) -> Option<Micrograms> {
    let infusion = session.infusion()?;
    let end = infusion.stopped_at()?;
    let amount = infusion.delivered(end).amount.rounded(3);
    Micrograms::try_from(amount).ok()
}

/// What a session's order asks for, and what was drawn for it before.
pub async fn visit(application: &Application, session: &Session) -> Result<Option<Visit>, Fault> {
    let (Some(patient), Some(order)) = (session.patient, &session.order) else {
        return Ok(None);
    };
    let drawn = syringes_of(application, session).await?;
    let ordered = Micrograms::try_from(order.dose.rounded(3)).context("an ordered dose")?;
    Ok(Some(Visit {
        session: session.id,
        patient,
        may_be_drawn_for: match session.stage {
            Stage::Preparation
            | Stage::Infusion
            | Stage::Paused
            | Stage::Stopped
            | Stage::Observation
            // What was drawn and not entered is entered late, until the record is signed.
            | Stage::Discharged => true,
            Stage::NotPlanned
            | Stage::Planned
            | Stage::Cancelled
            | Stage::Signed => false,
        },
        drug: match session.product() {
            Product::Racemic => Drug::Ketamine,
            Product::Esketamine => Drug::Esketamine,
        },
        ordered,
        strength: order.reckoned.as_ref().map(|known| known.vial.value()),
        drawn: drawn.iter().map(|one| one.row.drawn).sum(),
    }))
}

/// Somebody's wish, on its way in.
pub struct Wish {
    /// Made by the form before it was sent.
    pub command_id: CommandId,
    /// Who.
    pub actor: Actor,
    /// The session for which something is drawn.
    pub session: Option<Arc<Session>>,
    /// When it happened; `None` is now.
    pub at: Option<Moment>,
}

/// Does something with one container: after `Ok` it is durable.
pub async fn act(
    application: &Application,
    wish: Wish,
    id: ContainerId,
    command: Command,
) -> Result<Saved, Refused> {
    let several = vec![(id, command)];
    act_together(application, wish, several).await
}

/// Does something with each of several containers, all or nothing.
pub async fn act_together(
    application: &Application,
    wish: Wish,
    commands: Vec<(ContainerId, Command)>,
) -> Result<Saved, Refused> {
    let rules = Arc::clone(&application.in_force().ledger);
    let visit = match &wish.session {
        Some(session) => visit(application, session).await?,
        None => None,
    };
    let today = book::date_of(&application.zone, application.clock.now())?;
    let ids: Vec<Uuid> = commands.iter().map(|(id, _)| id.0).collect();
    let Some(first) = ids.first() else {
        return Err(Refused::Ruled(
            "Not saved: no container was named.".to_owned(),
        ));
    };
    let change = Change {
        command_id: wish.command_id,
        actor: wish.actor.clone(),
        at: wish.at,
        id: *first,
        patient: visit.as_ref().map(|visit| visit.patient),
        session: visit.as_ref().map(|visit| visit.session),
        action: "act on a controlled drug",
        wanted: format!("{commands:?}"),
    };
    journey::change_several::<Container, Refusal>(application, change, &ids, |kept, now| {
        let context = Context {
            today,
            now,
            actor: &wish.actor,
            rules: &rules,
            visit: visit.as_ref(),
        };
        commands
            .iter()
            .zip(kept)
            .map(|((_, command), kept)| decide(&kept.state, command.clone(), &context))
            .collect()
    })
    .await
}

/// What order, record and ledger say of every session that was planned in a stretch of time.
pub async fn told(
    application: &Application,
    from: Moment,
    until: Moment,
) -> Result<Vec<Told>, Fault> {
    let (store, tenant) = (&application.store, application.tenant);
    let mut ids: Vec<SessionId> = Vec::new();
    let mut after = None;
    loop {
        let page = store
            .closed_sessions(tenant, after, PAGE)
            .await
            .context("listing sessions")?;
        let whole = page.len() < PAGE;
        let past = page.last().is_some_and(|row| row.planned_for < from);
        after = page.last().map(|row| (row.planned_for, row.session));
        let in_time = page
            .iter()
            .filter(|row| row.planned_for >= from && row.planned_for < until);
        ids.extend(in_time.map(|row| row.session));
        if whole || past {
            break;
        }
    }
    let open = store
        .open_sessions(tenant)
        .await
        .context("listing sessions under way")?;
    let in_time = open
        .iter()
        .filter(|row| row.planned_for >= from && row.planned_for < until);
    ids.extend(in_time.map(|row| row.session));
    let mut found = Vec::new();
    for id in ids {
        let Some(session) = application.sessions.session(id).await? else {
            continue;
        };
        let Some(patient) = session.patient else {
            continue;
        };
        let syringes = syringes_of(application, &session).await?;
        let by_record = delivered(&session);
        if by_record.is_none() && syringes.is_empty() {
            continue;
        }
        let order = session.order.as_ref();
        found.push(Told {
            ordered: order
                .map(|order| Micrograms::try_from(order.dose.rounded(3)))
                .transpose()
                .context("an ordered dose")?,
            drawn: syringes.iter().map(|one| one.row.drawn).sum(),
            reason_given: syringes.iter().any(|one| !one.row.reason.is_empty()),
            under_way: !matches!(
                session.stage,
                Stage::Discharged | Stage::Cancelled | Stage::Signed
            ),
            session: id,
            patient,
            planned_for: session.planned_for,
            room: session.room.clone(),
            by_record,
            by_ledger: syringes
                .iter()
                .map(|one| one.row.given.unwrap_or_default())
                .sum(),
            open: syringes
                .iter()
                .filter(|one| one.state == "open")
                .map(|one| one.row.left)
                .sum(),
        });
    }
    Ok(found)
}

/// A new container's mark: five letters and digits that nobody takes for others.
pub fn mark(id: ContainerId, drug: Drug) -> String {
    const LETTERS: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";
    let letter = match drug {
        Drug::Ketamine => 'K',
        Drug::Esketamine => 'E',
    };
    // The last bytes of an identity are chance, in every version that is made here.
    let chance = id.0.as_bytes().iter().skip(11);
    let letters = chance.map(|byte| {
        let place = usize::from(*byte) % LETTERS.len();
        char::from(LETTERS.get(place).copied().unwrap_or(b'2'))
    });
    format!("{letter}-{}", letters.collect::<String>())
}

/// An amount of a form, in milligrams, as whole micrograms.
pub fn micrograms(milligrams: Decimal) -> Option<Micrograms> {
    let large = units::Milligrams::new(milligrams).ok()?;
    Micrograms::try_from(large).ok()
}

/// Which syringe a form names.
pub fn syringe_id(text: &str) -> Option<SyringeId> {
    text.parse().ok()
}

/// Who explains a difference, and calls a loss a loss; the ledger itself decides.
pub const fn may_explain(role: Role) -> bool {
    matches!(role, Role::Prescriber | Role::MedicalDirector | Role::Owner)
}

/// The lines of one container, in order.
pub async fn lines_of(application: &Application, id: ContainerId) -> Result<Vec<Entry>, Fault> {
    let stream = StreamId::of(Container::KIND, id.0);
    let events = application
        .store
        .stream(application.tenant, stream, 0)
        .await
        .context("reading a container")?;
    let mut container = Container::default();
    let mut lines = Vec::new();
    for envelope in &events {
        container.take(&envelope.header, &ContainerEvent::read(envelope)?);
        lines.extend(container.newest.clone());
    }
    Ok(lines)
}

/// The names of everybody in the book and among the sessions that it is matched with.
pub async fn names(
    application: &Application,
    register: &Register,
    told: &[Told],
) -> Result<BTreeMap<PatientId, String>, Fault> {
    let of_lines = register.lines.iter().filter_map(|line| line.patient);
    let of_sessions = told.iter().map(|known| known.patient);
    names_of(application, of_lines.chain(of_sessions)).await
}

/// Name and record number of each of these people.
pub async fn names_of(
    application: &Application,
    people: impl IntoIterator<Item = PatientId>,
) -> Result<BTreeMap<PatientId, String>, Fault> {
    let everybody: BTreeSet<PatientId> = people.into_iter().collect();
    let mut names = BTreeMap::new();
    for patient in everybody {
        let row = application
            .store
            .patient(application.tenant, patient)
            .await
            .context("reading a person's row")?;
        if let Some(row) = row {
            let name = format!(
                "{}, {} ({})",
                row.family_name.to_uppercase(),
                row.given_name,
                row.record_number
            );
            names.insert(patient, name);
        }
    }
    Ok(names)
}

/// The book as a table: each line, with the balance of its drug and strength after it: that before
/// it and what came and was corrected back, without what went. Below zero it has its sign.
pub fn as_table(
    register: &Register,
    names: &BTreeMap<PatientId, String>,
) -> anyhow::Result<Vec<u8>> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record([
        "time",
        "entry",
        "drug",
        "strength_mg_per_ml",
        "container",
        "lot",
        "amount_mg",
        "came_mg",
        "went_mg",
        "balance_mg",
        "left_in_container_mg",
        "patient",
        "session",
        "by",
        "witness",
        "words",
        // Last, so that whoever reads the table by its columns' places reads on.
        "corrected_back_mg",
    ])?;
    let mut balances: BTreeMap<(Drug, Strength), Balance> = register
        .balances
        .iter()
        .map(|(of, balance)| (*of, balance.at_beginning()))
        .collect();
    for line in &register.lines {
        let balance = balances.entry((line.drug, line.strength)).or_default();
        balance.after_line(line);
        let patient = line.patient.and_then(|patient| names.get(&patient));
        table.write_record([
            line.at.to_string(),
            line.kind.says().to_owned(),
            line.drug.says().to_owned(),
            line.strength.milligrams_per_millilitre().to_string(),
            cell(&line.mark),
            cell(&line.lot),
            line.amount.large().to_string(),
            line.came.large().to_string(),
            line.went.large().to_string(),
            balance.milligrams().to_string(),
            line.left.large().to_string(),
            patient.map(|name| cell(name)).unwrap_or_default(),
            line.session.map(|id| id.to_string()).unwrap_or_default(),
            cell(&line.by),
            cell(&line.witness),
            cell(&line.words),
            line.back().large().to_string(),
        ])?;
    }
    table.flush()?;
    table
        .into_inner()
        .map_err(|error| anyhow::anyhow!("{}", error.error()))
}

/// What a person wrote, so that no program of tables takes it for a formula.
fn cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clinical::ledger::Kind;
    use units::Span;

    const T0: Moment = Moment::from_microseconds(1_772_400_000_000_000);

    fn line(minute: i64, kind: Kind, came: u64, went: u64) -> Entry {
        Entry {
            at: T0 + Span::from_minutes(minute),
            kind,
            container: ContainerId(Uuid::nil()),
            mark: "K-1".to_owned(),
            drug: Drug::Ketamine,
            strength: Strength::new(50),
            lot: "LOT7".to_owned(),
            amount: Micrograms::new(came.max(went)),
            came: Micrograms::new(came),
            went: Micrograms::new(went),
            left: Micrograms::ZERO,
            given_more: Micrograms::ZERO,
            wasted_more: Micrograms::ZERO,
            given_back: Micrograms::ZERO,
            wasted_back: Micrograms::ZERO,
            came_back: Micrograms::ZERO,
            session: None,
            patient: None,
            syringe: None,
            by: "Nora Lindqvist".to_owned(),
            witness: String::new(),
            words: String::new(),
        }
    }

    /// The balance of each row of the table of these lines, and that of the book at their end.
    fn balances(lines: Vec<Entry>) -> (Vec<String>, Balance) {
        let book = Register::of(lines, T0, T0 + Span::from_hours(1));
        let table = as_table(&book, &BTreeMap::new()).unwrap();
        let mut table = csv::Reader::from_reader(table.as_slice());
        let mut names = table.headers().unwrap().iter();
        let place = names.position(|name| name == "balance_mg").unwrap();
        let rows = table.records().map(|row| row.unwrap()[place].to_owned());
        (
            rows.collect(),
            book.balances[&(Drug::Ketamine, Strength::new(50))],
        )
    }

    #[test]
    fn a_correction_is_in_the_balances_of_the_table_as_it_is_in_the_book() {
        // Hazard: H37
        // By hand: 20 mg given instead of 19.25 mg leave 15 mg to waste, not 15.75 mg.
        let corrected = Entry {
            given_more: Micrograms::new(750),
            wasted_back: Micrograms::new(750),
            ..line(3, Kind::Corrected, 0, 750)
        };
        let (rows, book) = balances(vec![
            line(0, Kind::Received, 500_000, 0),
            line(1, Kind::Given, 0, 19_250),
            line(2, Kind::Wasted, 0, 15_750),
            corrected,
        ]);
        assert_eq!(rows, ["500", "480.75", "465", "465"]);
        assert_eq!(book.milligrams(), Decimal::from(465));
        assert!(book.closes());
    }

    #[test]
    fn a_balance_below_zero_has_its_sign_and_the_book_does_not_close() {
        // Hazard: H37 — what was given stands before what it came from: a time is wrong.
        let given = || line(0, Kind::Given, 0, 20_000);
        let (rows, book) = balances(vec![given()]);
        assert_eq!(rows, ["-20"]);
        assert!(!book.closes());
        let (rows, book) = balances(vec![given(), line(1, Kind::Received, 500_000, 0)]);
        assert_eq!(rows, ["-20", "480"]);
        assert!(book.closes());
    }
}
