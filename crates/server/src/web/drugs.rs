//! Controlled drugs outside a room: what is in stock, taking in, one container, counting blind, and
//! the book.

use super::access::{COUNT_DRUGS, HANDLE_DRUGS, READ_DRUG_BOOK};
use super::drug_acts::acted;
use super::form::{Fields, Problem};
use super::guard::check_csrf;
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::clock_face::today;
use super::pages::drugs::{Book, ContainerPage, CountPage, ReceivePage, StockPage};
use super::respond::Refused;
use crate::application::Application;
use crate::book::{begin_of, date_of};
use crate::fault::Fault;
use crate::identity::{Proof, Viewer, prove};
use crate::ledger::{self, Wish};
use crate::safe;
use anyhow::{Context as _, anyhow};
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use clinical::ledger::{Command, Found, Label, Method, Product, Products, Witness};
use clinical::patient::CivilDate;
use clinical::record::{CommandId, ContainerId, SessionId};
use exchange::gs1;
use rust_decimal::Decimal;
use serde::Deserialize;
use std::sync::Arc;
use units::{Microlitres, Millilitres, Moment};
use uuid::Uuid;

/// The most that is taken in with one form: a carton.
const MOST_AT_ONCE: u32 = 100;

/// Everything that is in stock, and what waits for somebody.
pub async fn stock(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let page = StockPage {
        around: asked.around(Here::Drugs, false),
        today: date_of(&application.zone, asked.now())?,
        stock: ledger::stock(&application).await?,
        syringes: ledger::open_syringes(&application).await?,
        cases: safe::cases(&application, true).await?,
        safe: safe::row(&application).await?,
        rules: &application.in_force().ledger,
        may_handle: HANDLE_DRUGS.include(viewer.role),
        may_count: COUNT_DRUGS.include(viewer.role),
        may_read_book: READ_DRUG_BOOK.include(viewer.role),
    };
    Ok(html(page.html()))
}

/// Sets apart every container of a lot that is in the clinic, all or none: a recall.
pub async fn recall(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    let lot = fields.text("lot");
    if lot.is_empty() {
        return Err(Problem::new("lot", "Not saved: write which lot is recalled.").into());
    }
    let stock = ledger::stock(&application).await?;
    let commands: Vec<(ContainerId, Command)> = stock
        .into_iter()
        .filter(|one| one.row.lot.eq_ignore_ascii_case(lot))
        .filter(|one| one.row.apart.is_none() && !one.row.gone)
        .map(|one| {
            let reason = fields.text("reason").to_owned();
            (ContainerId(one.id), Command::SetApart { reason })
        })
        .collect();
    if commands.is_empty() {
        let says = format!("Not saved: nothing of lot “{lot}” is in the clinic and in use.");
        return Err(Refused::Ruled(says));
    }
    let wish = wish(&viewer, command_id(&fields)?);
    ledger::act_together(&application, wish, commands).await?;
    Ok(Redirect::to("/drugs").into_response())
}

/// The form to take in what was delivered.
pub async fn receiving(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    receive_page(&application, &asked, None)
}

/// A page on which a code may be read by the tablet's camera; no other page may use it.
pub(super) fn with_camera(mut response: Response) -> Response {
    let may = "camera=(self), microphone=(), geolocation=()";
    let headers = response.headers_mut();
    headers.insert("permissions-policy", HeaderValue::from_static(may));
    response
}

pub(super) fn products() -> Result<Products, Fault> {
    let products = Products::shipped().context("reading the list of controlled drugs")?;
    Ok(products)
}

fn receive_page(
    application: &Application,
    asked: &Asked<'_>,
    not_done: Option<(&Refused, &Fields)>,
) -> Result<Response, Refused> {
    let says = not_done.map(|(refused, _)| refused.says());
    let page = ReceivePage {
        around: asked.around(Here::Drugs, false),
        products: &products()?,
        today: date_of(&application.zone, asked.now())?,
        refused: says.as_deref(),
        typed: not_done.map(|(_, fields)| fields),
    };
    let status = not_done.map_or(StatusCode::OK, |(refused, _)| refused.status());
    Ok(with_camera((status, html(page.html())).into_response()))
}

/// Takes in what was delivered.
pub async fn receive(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    match received(&application, &viewer, &fields).await {
        Ok(()) => Ok(Redirect::to("/drugs").into_response()),
        Err(refused @ (Refused::Ruled(_) | Refused::Problem(_))) => {
            let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
            receive_page(&application, &asked, Some((&refused, &fields)))
        }
        Err(other) => Err(other),
    }
}

async fn received(
    application: &Application,
    viewer: &Viewer,
    fields: &Fields,
) -> Result<(), Refused> {
    let command_id = command_id(fields)?;
    let products = products()?;
    let product = products
        .named(fields.text("product"))
        .ok_or_else(|| Problem::new("product", "Choose what was delivered."))?;
    let scanned = gs1::read(fields.text("scan"))
        .map_err(|error| Problem::new("scan", format!("Not saved: {error}.")))?;
    let count: u32 = fields
        .text("count")
        .parse()
        .ok()
        .filter(|count| (1..=MOST_AT_ONCE).contains(count))
        .ok_or_else(|| {
            let says = format!("Write how many there are, from 1 to {MOST_AT_ONCE}.");
            Problem::new("count", says)
        })?;
    if scanned.serial.is_some() && count > 1 {
        let says = "Not saved: the code has a serial number, which belongs to one container. Take them in one by one, or leave the code out.";
        return Err(Problem::new("count", says).into());
    }
    let expires = both("expires", typed_day(fields, "expires")?, scanned.expires)?
        .ok_or_else(|| Problem::new("expires", "Write its last day."))?;
    let lot = both("lot", fields.optional("lot"), scanned.lot.clone())?
        .ok_or_else(|| Problem::new("lot", "Write the lot that stands on it."))?;
    if let Some(code) = &scanned.trade_item {
        known_otherwise(application, code, product).await?;
    }
    let received_on = typed_day(fields, "received_on")?
        .ok_or_else(|| Problem::new("received_on", "Write on which day it came."))?;
    let label = Label {
        drug: product.drug,
        form: product.form,
        strength: product.strength,
        fill: product.fill,
        code: scanned.trade_item.clone().unwrap_or_default(),
        lot,
        expires,
        serial: scanned.serial.clone().unwrap_or_default(),
    };
    let commands = (0..count)
        .map(|number| {
            // The same when the form is sent twice.
            let id = ContainerId(Uuid::new_v5(&command_id.0, &number.to_be_bytes()));
            let command = Command::Receive {
                label: label.clone(),
                mark: ledger::mark(id, product.drug),
                supplier: fields.text("supplier").to_owned(),
                invoice: fields.text("invoice").to_owned(),
                received_on,
                place: fields.text("place").to_owned(),
            };
            (id, command)
        })
        .collect();
    let wish = wish(viewer, command_id);
    ledger::act_together(application, wish, commands).await?;
    Ok(())
}

/// A code belongs to one product: one that was taken in as another before is asked about.
// Hazard: H19
async fn known_otherwise(
    application: &Application,
    code: &str,
    product: &Product,
) -> Result<(), Refused> {
    let stock = ledger::stock(application).await?;
    let other = stock.iter().find(|one| {
        one.row.code == code
            && (one.row.drug, one.row.strength, one.row.fill)
                != (product.drug, product.strength, product.fill)
    });
    let Some(other) = other else {
        return Ok(());
    };
    let says = format!(
        "Not saved: {} with this code was taken in as {} {}. Look at the package, and choose what stands on it.",
        other.row.mark,
        other.row.drug.says(),
        other.row.strength
    );
    Err(Problem::new("product", says).into())
}

/// What was typed and what was scanned; a problem where they differ. `Hazard: H20`.
fn both<T: PartialEq>(
    field: &str,
    typed: Option<T>,
    scanned: Option<T>,
) -> Result<Option<T>, Problem> {
    match (typed, scanned) {
        (Some(typed), Some(scanned)) if typed != scanned => Err(Problem::new(
            field,
            "Not saved: what was typed is not what stands in the scanned code. Look at the package.",
        )),
        (typed, scanned) => Ok(scanned.or(typed)),
    }
}

pub(super) fn typed_day(fields: &Fields, name: &str) -> Result<Option<CivilDate>, Problem> {
    let Some(text) = fields.optional(name) else {
        return Ok(None);
    };
    let day = text.parse();
    day.map(Some)
        .map_err(|_| Problem::new(name, format!("“{text}” is no day of the calendar.")))
}

pub(super) fn command_id(fields: &Fields) -> Result<CommandId, Problem> {
    let id = fields.text("command_id").parse();
    id.map_err(|_| Problem::new("command_id", "This form is not whole. Reload the page."))
}

pub(super) fn wish(viewer: &Viewer, command_id: CommandId) -> Wish {
    Wish {
        command_id,
        actor: viewer.actor(),
        session: None,
        at: None,
    }
}

/// The second person, by their own name and password.
// Hazard: H37
pub(super) async fn witness(
    application: &Application,
    fields: &Fields,
) -> Result<Witness, Refused> {
    let name = fields.text("witness");
    if name.is_empty() {
        let says = "Not saved: a second person looks on and signs in here beside you.";
        return Err(Problem::new("witness", says).into());
    }
    // The password is taken as typed: a space at its end may belong to it.
    let password = fields.0.iter().find(|(name, _)| name == "witness_password");
    let password = password.map(|(_, value)| value.clone()).unwrap_or_default();
    match prove(application, name, password).await? {
        Proof::Right(account) => Ok(Witness {
            id: account.staff,
            name: account.display_name,
            role: account.role,
        }),
        Proof::Wrong => {
            let says =
                "Not saved: the witness’s name and password do not belong together. Try again.";
            Err(Problem::new("witness_password", says).into())
        }
        Proof::Wait(wait) => {
            let says =
                format!("Not saved: too many wrong passwords of the witness. Try again in {wait}.");
            Err(Problem::new("witness_password", says).into())
        }
    }
}

pub(super) fn method(fields: &Fields) -> Result<Method, Problem> {
    let word = fields.text("method");
    let method = Method::ALL.into_iter().find(|known| known.word() == word);
    method.ok_or_else(|| Problem::new("method", "Choose how it was wasted."))
}

/// A volume of a form.
pub(super) fn volume(fields: &Fields, name: &str) -> Result<Microlitres, Problem> {
    let typed = fields
        .quantity(name, Millilitres::new)?
        .ok_or_else(|| Problem::new(name, "Write how many millilitres."))?;
    Microlitres::try_from(typed).map_err(|error| Problem::new(name, format!("{error}.")))
}

/// One container, with everything that came of it.
pub async fn one(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<ContainerId>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    container_page(&application, &viewer, &asked, id, None).await
}

async fn container_page(
    application: &Application,
    viewer: &Viewer,
    asked: &Asked<'_>,
    id: ContainerId,
    not_done: Option<(&Refused, &Fields)>,
) -> Result<Response, Refused> {
    let container = ledger::container(application, id).await?.state;
    if container.received.is_none() {
        return Err(Refused::NotFound);
    }
    let says = not_done.map(|(refused, _)| refused.says());
    let page = ContainerPage {
        around: asked.around(Here::Drugs, false),
        id,
        container: &container,
        lines: ledger::lines_of(application, id).await?,
        rules: &application.in_force().ledger,
        zone: &application.zone,
        may_handle: HANDLE_DRUGS.include(viewer.role),
        may_explain: ledger::may_explain(viewer.role),
        refused: says.as_deref(),
        typed: not_done.map(|(_, fields)| fields),
    };
    let status = not_done.map_or(StatusCode::OK, |(refused, _)| refused.status());
    Ok((status, html(page.html())).into_response())
}

/// Does something with one container.
pub async fn act(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<ContainerId>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    match acted(&application, &viewer, id, &fields).await {
        Ok(()) => Ok(Redirect::to(&format!("/drugs/{id}")).into_response()),
        Err(refused @ (Refused::Ruled(_) | Refused::Problem(_))) => {
            let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
            container_page(&application, &viewer, &asked, id, Some((&refused, &fields))).await
        }
        Err(other) => Err(other),
    }
}

/// The form of a blind count.
pub async fn counting(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    count_page(&application, &asked, None).await
}

async fn count_page(
    application: &Application,
    asked: &Asked<'_>,
    not_done: Option<(&Refused, &Fields)>,
) -> Result<Response, Refused> {
    let says = not_done.map(|(refused, _)| refused.says());
    let page = CountPage {
        around: asked.around(Here::Drugs, false),
        stock: ledger::stock(application).await?,
        refused: says.as_deref(),
        typed: not_done.map(|(_, fields)| fields),
    };
    let status = not_done.map_or(StatusCode::OK, |(refused, _)| refused.status());
    Ok((status, html(page.html())).into_response())
}

/// Saves a blind count: of every container that was counted, all or nothing.
pub async fn count(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    match counted(&application, &viewer, &fields).await {
        Ok(()) => Ok(Redirect::to("/drugs").into_response()),
        Err(refused @ (Refused::Ruled(_) | Refused::Problem(_))) => {
            let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
            count_page(&application, &asked, Some((&refused, &fields))).await
        }
        Err(other) => Err(other),
    }
}

async fn counted(
    application: &Application,
    viewer: &Viewer,
    fields: &Fields,
) -> Result<(), Refused> {
    let command_id = command_id(fields)?;
    let mut commands = Vec::new();
    for (name, value) in &fields.0 {
        let found = match (name.split_once('-'), value.trim()) {
            (Some(("state", id)), "sealed") => (id, Found::Sealed),
            (Some(("state", id)), "nothing") => {
                if fields.optional(&format!("volume-{id}")).is_some() {
                    let says = "Not saved: one container has a volume and is “not here” too. Clear one of them.";
                    return Err(Problem::new(name, says).into());
                }
                (id, Found::Nothing)
            }
            (Some(("volume", id)), text) if !text.is_empty() => {
                let volume = volume(fields, name)?;
                (id, Found::Opened { volume })
            }
            _another => continue,
        };
        let (id, found) = found;
        let id: ContainerId = id
            .parse()
            .map_err(|_| Problem::new(name, "This form is not whole. Reload the page."))?;
        commands.push((id, Command::Count { found }));
    }
    if commands.is_empty() {
        return Err(Problem::new("", "Not saved: nothing was counted.").into());
    }
    let wish = wish(viewer, command_id);
    ledger::act_together(application, wish, commands).await?;
    Ok(())
}

/// For which stretch of time the book is asked.
#[derive(Deserialize)]
pub struct Stretch {
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
}

/// A stretch of days, both counted.
pub(super) struct Days {
    pub from: CivilDate,
    pub until: CivilDate,
    pub begins: Moment,
    pub ends: Moment,
}

/// The days that were asked for; without any, the thirty up to today.
pub(super) fn days(application: &Application, stretch: &Stretch) -> Result<Days, Refused> {
    let now = application.clock.now();
    let today = today(now, &application.zone)
        .ok_or_else(|| Fault(anyhow!("a day outside the calendar")))?;
    let read = |name: &str, text: &str, otherwise: CivilDate| match text.trim() {
        "" => Ok(otherwise),
        text => text
            .parse()
            .map_err(|_| Problem::new(name, format!("“{text}” is no day of the calendar."))),
    };
    let until = read("until", &stretch.until, today)?;
    let from = read("from", &stretch.from, until.plus_days(-30))?;
    if from > until {
        return Err(Problem::new("from", "The first day is after the last.").into());
    }
    let begin = |day: CivilDate| {
        let begin = begin_of(&application.zone, day);
        begin.ok_or_else(|| Fault(anyhow!("a day without a beginning")))
    };
    Ok(Days {
        from,
        until,
        begins: begin(from)?,
        ends: begin(until.plus_days(1))?,
    })
}

/// People stand in the book by name: who read it is noted.
// Hazard: H45
pub(super) async fn noted(
    application: &Application,
    viewer: &Viewer,
    days: &Days,
) -> Result<(), Fault> {
    let entry = store::AuditEntry {
        at: application.clock.now(),
        actor: viewer.actor(),
        action: "read the book of controlled drugs".to_owned(),
        patient: None,
        session: None,
        detail: format!("{} to {}", days.from, days.until),
    };
    let added = application.store.add_audit(application.tenant, entry).await;
    Ok(added.context("noting a view")?)
}

/// The book of a stretch of days, and whether it agrees with the records.
pub async fn book(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Query(stretch): Query<Stretch>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let days = days(&application, &stretch)?;
    noted(&application, &viewer, &days).await?;
    let register = ledger::register(&application, days.begins, days.ends).await?;
    let told = ledger::told(&application, days.begins, days.ends).await?;
    let names = ledger::names(&application, &register, &told).await?;
    let page = Book {
        around: asked.around(Here::Drugs, false),
        from: days.from,
        until: days.until,
        register: &register,
        told: &told,
        rules: &application.in_force().ledger,
        names: &names,
    };
    Ok(html(page.html()))
}

/// The same as a table for other programs.
pub async fn book_csv(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Query(stretch): Query<Stretch>,
) -> Result<Response, Refused> {
    let days = days(&application, &stretch)?;
    noted(&application, &viewer, &days).await?;
    let register = ledger::register(&application, days.begins, days.ends).await?;
    let names = ledger::names(&application, &register, &[]).await?;
    let text = ledger::as_table(&register, &names)
        .context("writing the book")
        .map_err(Fault)?;
    let name = format!(
        "attachment; filename=\"controlled-drugs-{}-{}.csv\"",
        days.from, days.until
    );
    let disposition = HeaderValue::from_str(&name)
        .context("naming the book")
        .map_err(Fault)?;
    Ok((
        [
            (
                header::CONTENT_TYPE,
                HeaderValue::from_static("text/csv; charset=utf-8"),
            ),
            (header::CONTENT_DISPOSITION, disposition),
        ],
        text,
    )
        .into_response())
}

/// Where a session's drug is handled.
pub(super) fn of_session(id: SessionId) -> String {
    format!("/sessions/{id}/drug")
}

/// An amount of a form, in milligrams.
pub(super) fn milligrams(fields: &Fields, name: &str) -> Result<units::Micrograms, Problem> {
    let typed: Decimal = fields.required_number(name)?;
    ledger::micrograms(typed)
        .ok_or_else(|| Problem::new(name, format!("{typed} mg cannot be counted.")))
}
