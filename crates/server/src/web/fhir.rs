//! FHIR R4 for programs: metadata, read and search. Whatever is refused is an OperationOutcome.

mod asked;
mod noted;
mod program;

pub(crate) use noted::READ_BY_PROGRAM;
pub use program::{Programs, is_scope, token};

use crate::application::Application;
use crate::fault::Fault;
use anyhow::Context;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use exchange::fhir::search::{Cursor, Handling, LONGEST_QUERY, format_of, parse, speaks};
use exchange::fhir::{
    Issue, IssueType, Links, MEDIA_TYPE, ResourceKind, Software, bundle, capability_statement,
    operation_outcome,
};
use program::{Act, Asking, asking};
use serde_json::json;
use std::sync::Arc;

/// What can be asked; made once.
pub async fn metadata(
    State(application): State<Arc<Application>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    if let Some(refused) = other_format(&headers, query.as_deref().unwrap_or_default()) {
        return refused;
    }
    let bytes = application.programs.metadata.get_or_init(|| {
        capability_statement(
            &format!("{}/fhir", application.base_url),
            &format!("{}/oauth/token", application.base_url),
            Software {
                version: env!("CARGO_PKG_VERSION"),
                at: application.clock.now(),
            },
        )
    });
    fhir(StatusCode::OK, bytes.clone())
}

/// Where tokens are given, as SMART programs look for it.
pub async fn smart_configuration(State(application): State<Arc<Application>>) -> Response {
    axum::Json(json!({
        "token_endpoint": format!("{}/oauth/token", application.base_url),
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "scopes_supported": ["system/*.rs", "system/*.read"],
        "capabilities": ["client-confidential-symmetric"],
    }))
    .into_response()
}

fn fhir(status: StatusCode, bytes: Vec<u8>) -> Response {
    (status, [(header::CONTENT_TYPE, MEDIA_TYPE)], bytes).into_response()
}

fn outcome(status: StatusCode, kind: IssueType, says: &str) -> Response {
    fhir(status, operation_outcome(&[Issue::error(kind, says)]))
}

/// Refuses a request for another format than JSON; `_format` is stronger than `Accept`.
/// Source: FHIR R4, http, 3.1.0.1.11.
fn other_format(headers: &HeaderMap, query: &str) -> Option<Response> {
    let speaks = match format_of(query) {
        Some(asked) => speaks(&asked),
        None => accepts(headers),
    };
    (!speaks).then(|| {
        outcome(
            StatusCode::NOT_ACCEPTABLE,
            IssueType::NotSupported,
            "Only FHIR 4.0.1 in JSON is spoken here: application/fhir+json.",
        )
    })
}

/// Whether the `Accept` headers leave room for what we write; none leave room for everything.
fn accepts(headers: &HeaderMap) -> bool {
    let mut any = false;
    let mut wanted = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|range| !range.is_empty())
        .inspect(|_| any = true);
    let fits = wanted.any(|range| {
        let kind = range.split(';').next().unwrap_or_default().trim();
        let refused = range.split(';').skip(1).any(|part| {
            let part: String = part.split_whitespace().collect();
            matches!(part.as_str(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000")
        });
        !refused && (matches!(kind, "*/*" | "application/*") || speaks(range))
    });
    fits || !any
}

/// One resource.
pub async fn read(
    State(application): State<Arc<Application>>,
    Path((kind, id)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let Some(known) = ResourceKind::from_name(&kind) else {
        return Ok(unknown_kind(&kind));
    };
    let program = match asking(&application, &headers, known, Act::Read).await? {
        Asking::Program(id) => id,
        Asking::Refused(response) => return Ok(*response),
    };
    if let Some(refused) = other_format(&headers, query.as_deref().unwrap_or_default()) {
        return Ok(refused);
    }
    let found = if is_id(&id) {
        application
            .store
            .resource(application.tenant, known.name(), &id)
            .await
            .context("reading a resource")?
    } else {
        None
    };
    let Some(resource) = found else {
        return Ok(outcome(
            StatusCode::NOT_FOUND,
            IssueType::NotFound,
            &format!("There is no {kind} with the id {id}."),
        ));
    };
    noted::read(
        application.as_ref(),
        &program,
        known,
        std::slice::from_ref(&resource),
    )
    .await?;
    let tag = format!("W/\"{}\"", resource.version);
    let modified = resource
        .updated
        .timestamp()
        .strftime("%a, %d %b %Y %H:%M:%S GMT")
        .to_string();
    let known_version = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|tags| tags.to_str().ok())
        .is_some_and(|tags| {
            tags.split(',')
                .any(|one| matches!(one.trim(), "*") || one.trim() == tag)
        });
    let about = [(header::ETAG, tag), (header::LAST_MODIFIED, modified)];
    if known_version {
        return Ok((StatusCode::NOT_MODIFIED, about).into_response());
    }
    Ok((about, fhir(StatusCode::OK, resource.json)).into_response())
}

/// What FHIR calls an id; nothing else is looked for.
fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
}

fn unknown_kind(kind: &str) -> Response {
    outcome(
        StatusCode::NOT_FOUND,
        IssueType::NotSupported,
        &format!("Resources of the type {kind} are not served here; see /fhir/metadata."),
    )
}

/// Resources that fit a search, asked in the address.
pub async fn search(
    State(application): State<Arc<Application>>,
    Path(kind): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    found(
        &application,
        &kind,
        query.as_deref().unwrap_or_default(),
        &headers,
    )
    .await
}

/// The same, asked in a form, as programs do whose questions should not stand in logs; what stands
/// in the address is asked too. Source: FHIR R4, http, 3.1.0.9.
pub async fn search_by_form(
    State(application): State<Arc<Application>>,
    Path(kind): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    form: Result<Bytes, BytesRejection>,
) -> Result<Response, Fault> {
    let is_form = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .and_then(|kind| kind.split(';').next())
        .is_some_and(|kind| {
            kind.trim()
                .eq_ignore_ascii_case("application/x-www-form-urlencoded")
        });
    let Ok(form) = form else {
        return Ok(too_long());
    };
    if !is_form && !form.is_empty() {
        return Ok(outcome(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            IssueType::Invalid,
            "A search is sent as application/x-www-form-urlencoded.",
        ));
    }
    let Ok(form) = std::str::from_utf8(&form) else {
        return Ok(outcome(
            StatusCode::BAD_REQUEST,
            IssueType::Invalid,
            "The form is not percent-encoded UTF-8.",
        ));
    };
    let both = [query.as_deref().unwrap_or_default(), form];
    let asked: Vec<&str> = both.into_iter().filter(|part| !part.is_empty()).collect();
    found(&application, &kind, &asked.join("&"), &headers).await
}

fn too_long() -> Response {
    outcome(
        StatusCode::PAYLOAD_TOO_LARGE,
        IssueType::TooLong,
        &format!("A search is at most {LONGEST_QUERY} bytes long."),
    )
}

async fn found(
    application: &Application,
    kind: &str,
    query: &str,
    headers: &HeaderMap,
) -> Result<Response, Fault> {
    let Some(known) = ResourceKind::from_name(kind) else {
        return Ok(unknown_kind(kind));
    };
    let program = match asking(application, headers, known, Act::Search).await? {
        Asking::Program(id) => id,
        Asking::Refused(response) => return Ok(*response),
    };
    if let Some(refused) = other_format(headers, query) {
        return Ok(refused);
    }
    let handling = Handling::of_prefer(
        headers
            .get("prefer")
            .and_then(|prefer| prefer.to_str().ok()),
    );
    let search = match parse(known, query, handling, &application.zone) {
        Ok(search) => search,
        Err(issues) => return Ok(fhir(StatusCode::BAD_REQUEST, operation_outcome(&issues))),
    };
    let page = match asked::of_store(&search) {
        Some(asked) => application
            .store
            .search(application.tenant, &asked)
            .await
            .context("searching")?,
        // A list that is empty by itself finds nothing.
        None => store::ResourcePage {
            total: Some(0),
            ..store::ResourcePage::default()
        },
    };
    if !search.count_only {
        noted::read(application, &program, known, &page.resources).await?;
    }
    let base = format!("{}/fhir", application.base_url);
    let address = |query: String| match query.as_str() {
        "" => format!("{base}/{}", known.name()),
        asked => format!("{base}/{}?{asked}", known.name()),
    };
    let this = address(search.self_query());
    let next = page.next.as_ref().map(|(at, id)| {
        let place = Cursor {
            at: (*at != asked::NO_MOMENT).then_some(*at),
            id: id.clone(),
        };
        address(search.next_query(&place))
    });
    let ignored: Vec<Issue> = search
        .ignored
        .iter()
        .map(|name| {
            let says = format!("The parameter {name} is not known here and was left out.");
            Issue::warning(IssueType::NotSupported, says)
        })
        .collect();
    let note = (!ignored.is_empty()).then(|| operation_outcome(&ignored));
    let entries = page
        .resources
        .iter()
        .filter(|_| !search.count_only)
        .map(|resource| (known.name(), resource.id.as_str(), resource.json.as_slice()));
    let links = Links {
        this: &this,
        next: next.as_deref().filter(|_| !search.count_only),
    };
    Ok(fhir(
        StatusCode::OK,
        bundle(&base, &links, page.total, entries, note.as_deref()),
    ))
}

/// Gives what another part of the server refused under `/fhir` (no such route or method, a body
/// that is too large, a fault) the shape that programs read.
pub async fn told_as_outcome(request: Request, next: Next) -> Response {
    let for_programs = request.uri().path().starts_with("/fhir/");
    let response = next.run(request).await;
    let status = response.status();
    let is_fhir = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind == MEDIA_TYPE);
    if !for_programs || is_fhir || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let (kind, says) = match status {
        StatusCode::NOT_FOUND => (
            IssueType::NotFound,
            "There is nothing at this address; see /fhir/metadata.",
        ),
        StatusCode::METHOD_NOT_ALLOWED => (
            IssueType::NotSupported,
            "Resources are read and searched here, and not changed; see /fhir/metadata.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE | StatusCode::URI_TOO_LONG => {
            (IssueType::TooLong, "This request is too long.")
        }
        StatusCode::FORBIDDEN => (IssueType::Forbidden, "This request is not allowed."),
        _ if status.is_client_error() => {
            (IssueType::Invalid, "This request could not be understood.")
        }
        _ => (
            IssueType::Exception,
            "The server could not answer. Try again in a moment.",
        ),
    };
    let (mut parts, _) = response.into_parts();
    for name in [
        header::CONTENT_LENGTH,
        header::CONTENT_ENCODING,
        header::TRANSFER_ENCODING,
    ] {
        parts.headers.remove(name);
    }
    parts
        .headers
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    let bytes = operation_outcome(&[Issue::error(kind, says)]);
    Response::from_parts(parts, bytes.into())
}
