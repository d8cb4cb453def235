//! Everything under lock together: the cases of the nightly match, the inventory, the papers that
//! an authority asks for, and the inspector's packet.

use super::access::READ_DRUG_BOOK;
use super::drugs::{Stretch, command_id, days, noted, witness};
use super::form::{Fields, Problem};
use super::guard::{check_csrf, check_password};
use super::page::{Asked, html};
use super::pages::around::Here;
use super::pages::drug_safe::{
    CasePage, CasesPage, InventoryPage, LossPage, LossParts, PaperPage, SafePage,
};
use super::respond::Refused;
use crate::application::Application;
use crate::book::date_of;
use crate::fault::Fault;
use crate::identity::Viewer;
use crate::{ledger, safe};
use anyhow::Context as _;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use clinical::ledger::Register;
use clinical::ledger::loss::Deadlines;
use clinical::ledger::safe::{Case, Hour, InventoryKind, Registrant, Wanted};
use clinical::record::{ContainerId, EventId, PatientId, SessionId};
use report::packet::{PacketInput, PacketParts, inspectors_packet};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The words that are signed with an inventory.
pub const INVENTORY_STATEMENT: &str =
    "I have counted everything under lock today; this list is complete and correct.";

/// The names of those whom cases are about, for whoever may read them.
async fn names(
    application: &Application,
    viewer: &Viewer,
    cases: &[Case],
) -> Result<BTreeMap<PatientId, String>, Fault> {
    if !READ_DRUG_BOOK.include(viewer.role) {
        return Ok(BTreeMap::new());
    }
    let people: Vec<PatientId> = cases.iter().map(|case| case.patient).collect();
    ledger::names_of(application, people).await
}

/// Every case there ever was.
pub async fn cases(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let cases = safe::cases(&application, false).await?;
    let page = CasesPage {
        around: asked.around(Here::Drugs, false),
        matched: safe::row(&application).await?.matched,
        names: names(&application, &viewer, &cases).await?,
        cases,
        may_match: ledger::may_explain(viewer.role),
    };
    Ok(html(page.html()))
}

/// Matches the last days now.
pub async fn match_now(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    fields: Fields,
) -> Result<Redirect, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    safe::match_now(&application, command_id(&fields)?).await?;
    Ok(Redirect::to("/drugs/cases"))
}

/// One case.
pub async fn case(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let entry = store::AuditEntry {
        at: asked.now(),
        actor: viewer.actor(),
        action: "open a case of the ledger".to_owned(),
        patient: Some(case_of(&application, id).await?.patient),
        session: Some(id),
        detail: String::new(),
    };
    application
        .store
        .add_audit(application.tenant, entry)
        .await
        .context("noting a view")
        .map_err(Fault)?;
    case_page(&application, &viewer, &asked, id, None).await
}

async fn case_of(application: &Application, id: SessionId) -> Result<Case, Refused> {
    let cases = safe::cases(application, false).await?;
    let known = cases.into_iter().find(|case| case.session == id);
    known.ok_or(Refused::NotFound)
}

async fn case_page(
    application: &Application,
    viewer: &Viewer,
    asked: &Asked<'_>,
    id: SessionId,
    not_done: Option<(&Refused, &Fields)>,
) -> Result<Response, Refused> {
    let case = case_of(application, id).await?;
    let on = date_of(&application.zone, case.discovered_at)?;
    let says = not_done.map(|(refused, _)| refused.says());
    let one = std::slice::from_ref(&case);
    let page = CasePage {
        around: asked.around(Here::Drugs, false),
        name: names(application, viewer, one).await?.remove(&case.patient),
        deadlines: case.deadlines(on, &application.in_force().ledger),
        case: &case,
        may_explain: ledger::may_explain(viewer.role),
        refused: says.as_deref(),
        typed: not_done.map(|(_, fields)| fields),
    };
    let status = not_done.map_or(StatusCode::OK, |(refused, _)| refused.status());
    Ok((status, html(page.html())).into_response())
}

/// Explains a case, calls it a loss, or notes that it was told or filed.
pub async fn act_on_case(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<SessionId>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    match acted_on_case(&application, &viewer, id, &fields).await {
        Ok(()) => Ok(Redirect::to(&format!("/drugs/cases/{id}")).into_response()),
        Err(refused @ (Refused::Ruled(_) | Refused::Problem(_))) => {
            let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
            case_page(&application, &viewer, &asked, id, Some((&refused, &fields))).await
        }
        Err(other) => Err(other),
    }
}

async fn acted_on_case(
    application: &Application,
    viewer: &Viewer,
    case: SessionId,
    fields: &Fields,
) -> Result<(), Refused> {
    let words = |name: &str| fields.text(name).to_owned();
    let wanted = match fields.text("act") {
        "explain" => Wanted::Explain {
            case,
            explanation: words("explanation"),
        },
        "lost" => Wanted::CallLost {
            case,
            note: words("note"),
        },
        "told" => Wanted::NoteTold {
            case,
            to: words("to"),
        },
        "filed" => Wanted::NoteFiled {
            case,
            reference: words("reference"),
        },
        _other => return Err(Problem::new("act", "Reload the page and try again.").into()),
    };
    safe::act(application, command_id(fields)?, viewer.actor(), wanted).await?;
    Ok(())
}

/// Who the registrant is, the inventories, and the form to take one.
pub async fn inventory(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    safe_page(&application, &viewer, &asked, None).await
}

async fn safe_page(
    application: &Application,
    viewer: &Viewer,
    asked: &Asked<'_>,
    not_done: Option<(&Refused, &Fields)>,
) -> Result<Response, Refused> {
    let says = not_done.map(|(refused, _)| refused.says());
    let row = safe::row(application).await?;
    let page = SafePage {
        around: asked.around(Here::Drugs, false),
        due: safe::inventory_due(&row, application.in_force().ledger.inventory_days),
        row,
        inventories: safe::inventories(application).await?,
        statement: INVENTORY_STATEMENT,
        may_take: ledger::may_explain(viewer.role),
        refused: says.as_deref(),
        typed: not_done.map(|(_, fields)| fields),
    };
    let status = not_done.map_or(StatusCode::OK, |(refused, _)| refused.status());
    Ok((status, html(page.html())).into_response())
}

/// Takes an inventory, or says who the registrant is.
pub async fn act_on_safe(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    headers: HeaderMap,
    uri: Uri,
    fields: Fields,
) -> Result<Response, Refused> {
    check_csrf(&viewer, fields.text("csrf"))?;
    match acted_on_safe(&application, &viewer, &fields).await {
        Ok(()) => Ok(Redirect::to("/drugs/inventory").into_response()),
        Err(refused @ (Refused::Ruled(_) | Refused::Problem(_))) => {
            let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
            safe_page(&application, &viewer, &asked, Some((&refused, &fields))).await
        }
        Err(other) => Err(other),
    }
}

async fn acted_on_safe(
    application: &Application,
    viewer: &Viewer,
    fields: &Fields,
) -> Result<(), Refused> {
    let words = |name: &str| fields.text(name).to_owned();
    let wanted = match fields.text("act") {
        "registrant" => Wanted::NameRegistrant(Registrant {
            name: words("name"),
            address: words("address"),
            registration: words("registration"),
        }),
        "inventory" => {
            let kind = InventoryKind::ALL
                .into_iter()
                .find(|known| known.word() == fields.text("kind"))
                .ok_or_else(|| Problem::new("kind", "Choose why it is taken."))?;
            let hour = Hour::ALL
                .into_iter()
                .find(|known| known.word() == fields.text("hour"))
                .ok_or_else(|| Problem::new("hour", "Choose at which end of the day."))?;
            check_password(application, viewer, fields).await?;
            Wanted::TakeInventory {
                kind,
                hour,
                statement: INVENTORY_STATEMENT.to_owned(),
                witness: witness(application, fields).await?,
            }
        }
        _other => return Err(Problem::new("act", "Reload the page and try again.").into()),
    };
    safe::act(application, command_id(fields)?, viewer.actor(), wanted).await?;
    Ok(())
}

/// One inventory, to be printed.
pub async fn taken(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<EventId>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let all = safe::inventories(&application).await?;
    let taken = all.iter().find(|taken| taken.event == id);
    let page = InventoryPage {
        around: asked.around(Here::Drugs, false),
        taken: taken.ok_or(Refused::NotFound)?,
    };
    Ok(html(page.html()))
}

/// The paper that goes with what leaves for another registrant.
pub async fn paper(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<ContainerId>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let past = ledger::past(&application).await?;
    let this = past.iter().find(|one| one.id == id.0);
    let departed = this.and_then(|one| one.row.departed.clone());
    let departed = departed.ok_or(Refused::NotFound)?;
    let same = |known: &ledger::DepartedRow| {
        (&known.document, &known.registration) == (&departed.document, &departed.registration)
    };
    let page = PaperPage {
        around: asked.around(Here::Drugs, false),
        registrant: safe::row(&application).await?.registrant,
        containers: past
            .iter()
            .filter(|one| one.row.departed.as_ref().is_some_and(same))
            .collect(),
        departed: &departed,
    };
    Ok(html(page.html()))
}

/// What the form about a loss of one container asks, as far as the ledger knows it.
pub async fn loss(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Path(id): Path<ContainerId>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Html<String>, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let container = ledger::container(&application, id).await?.state;
    let label = container.label().ok_or(Refused::NotFound)?;
    let lost = container.losses.last().ok_or(Refused::NotFound)?;
    let on = date_of(&application.zone, lost.discovered_at)?;
    let mark = container
        .received
        .as_ref()
        .map(|received| received.mark.clone());
    let page = LossPage {
        around: asked.around(Here::Drugs, false),
        registrant: safe::row(&application).await?.registrant,
        parts: LossParts {
            back: format!("/drugs/{id}"),
            what: format!(
                "{} {}, {} of {}, container {}, lot {}",
                label.drug.says(),
                label.strength,
                label.form.says(),
                label.fill,
                mark.unwrap_or_default(),
                label.lot
            ),
            code: label.code.clone(),
            missing: lost.missing,
            discovered_at: lost.discovered_at,
            note: lost.note.clone(),
            by: lost.by.clone(),
            told: lost.told.clone(),
            filed: lost.filed.clone(),
        },
        deadlines: Deadlines::of(on, application.in_force().ledger.form_days),
    };
    Ok(html(page.html()))
}

/// The inspector's packet of a stretch of days, as PDF.
pub async fn packet(
    State(application): State<Arc<Application>>,
    Extension(viewer): Extension<Viewer>,
    Query(stretch): Query<Stretch>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refused> {
    let asked = Asked::new(&application, Some(&viewer), &headers, &uri);
    let days = days(&application, &stretch)?;
    noted(&application, &viewer, &days).await?;
    let register: Register = ledger::register(&application, days.begins, days.ends).await?;
    let within = |at: units::Moment| at >= days.begins && at < days.ends;
    let mut cases = safe::cases(&application, false).await?;
    cases.retain(|case| within(case.discovered_at));
    let of_lines = register.lines.iter().filter_map(|line| line.patient);
    let of_cases = cases.iter().map(|case| case.patient);
    let names = ledger::names_of(&application, of_lines.chain(of_cases)).await?;
    // Those of these days, and the last one before them.
    let all = safe::inventories(&application).await?;
    let before = all.iter().rposition(|taken| taken.at < days.begins);
    let inventories: Vec<_> = all
        .into_iter()
        .skip(before.unwrap_or(0))
        .filter(|taken| taken.at < days.ends)
        .collect();
    let row = safe::row(&application).await?;
    let input = PacketInput::of(&PacketParts {
        clinic: asked.around(Here::Drugs, false).clinic,
        registrant: row.registrant.as_ref(),
        from: days.from,
        until: days.until,
        made_at: asked.now(),
        made_by: &viewer.name,
        register: &register,
        names: &names,
        inventories: &inventories,
        cases: &cases,
        matched: row.matched.as_ref(),
        zone: &application.zone,
    });
    let bytes = tokio::task::spawn_blocking(move || inspectors_packet(&input))
        .await
        .map_err(Fault::from)?
        .context("setting the packet")
        .map_err(Fault)?;
    let name = format!(
        "inline; filename=\"controlled-drugs-{}-{}.pdf\"",
        days.from, days.until
    );
    let disposition = HeaderValue::from_str(&name)
        .context("naming the packet")
        .map_err(Fault)?;
    let kind = HeaderValue::from_static("application/pdf");
    Ok((
        [
            (header::CONTENT_TYPE, kind),
            (header::CONTENT_DISPOSITION, disposition),
        ],
        bytes,
    )
        .into_response())
}
