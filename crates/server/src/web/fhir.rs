//! FHIR R4 for programs: tokens, metadata, read and search.

use crate::application::Application;
use crate::fault::Fault;
use crate::identity::{Secret, digest};
use crate::projection::token_text;
use anyhow::Context;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use exchange::fhir::search::{Cursor, Filter, Handling, Search, SortBy, Times, Total, parse};
use exchange::fhir::{
    Issue, IssueType, Links, MEDIA_TYPE, ResourceKind, Software, bundle, capability_statement,
    operation_outcome,
};
use serde_json::json;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use store::{ApiToken, DateBound, ResourceSearch, SortOrder, TokenClause};
use subtle::ConstantTimeEq;
use units::{Moment, Span};

use super::form::Fields;

/// A token lives this long. Source: SMART backend services (at most five minutes recommended for
/// sensitive data; one hour is common), project default.
const TOKEN_LIVES: Span = Span::from_minutes(60);

/// Tokens that were looked up stay in memory this long: a token that is taken back works no
/// longer than that.
const TOKEN_REMEMBERED: Span = Span::from_seconds(30);

/// How many tokens are remembered at the most.
const TOKENS_REMEMBERED: usize = 1_024;

/// What is kept in memory for programs: answers that never change, and tokens seen a moment ago.
#[derive(Default)]
pub struct Programs {
    metadata: OnceLock<Vec<u8>>,
    tokens: Mutex<HashMap<[u8; 32], Remembered>>,
}

/// A token that was looked up, and until when that counts.
#[derive(Clone)]
struct Remembered {
    token: ApiToken,
    until: Moment,
}

impl Programs {
    fn recall(&self, digest: &[u8; 32], now: Moment) -> Option<ApiToken> {
        let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens
            .get(digest)
            .filter(|known| known.until > now)
            .map(|known| known.token.clone())
    }

    fn remember(&self, token: ApiToken, now: Moment) {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        if tokens.len() >= TOKENS_REMEMBERED {
            tokens.clear();
        }
        tokens.insert(
            token.digest,
            Remembered {
                token,
                until: now + TOKEN_REMEMBERED,
            },
        );
    }
}

/// Gives a program its token: the OAuth 2 client-credentials grant.
pub async fn token(
    State(application): State<Arc<Application>>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Fault> {
    if fields.text("grant_type") != "client_credentials" {
        return Ok(oauth_error(
            StatusCode::BAD_REQUEST,
            "unsupported_grant_type",
        ));
    }
    let Some((client_id, secret)) = credentials(&headers, &fields) else {
        return Ok(oauth_error(StatusCode::UNAUTHORIZED, "invalid_client"));
    };
    let client = application
        .store
        .client(application.tenant, &client_id)
        .await
        .context("reading a program")?;
    let Some(client) =
        client.filter(|known| bool::from(known.secret_digest.ct_eq(&digest(&secret))))
    else {
        return Ok(oauth_error(StatusCode::UNAUTHORIZED, "invalid_client"));
    };
    let asked = fields.text("scope");
    let scopes: Vec<&str> = if asked.is_empty() {
        client.scopes.split(' ').collect()
    } else {
        let may: Vec<&str> = client.scopes.split(' ').collect();
        asked
            .split(' ')
            .filter(|scope| may.contains(scope))
            .collect()
    };
    if scopes.is_empty() {
        return Ok(oauth_error(StatusCode::BAD_REQUEST, "invalid_scope"));
    }
    let token = Secret::new();
    let now = application.clock.now();
    let kept = ApiToken {
        digest: token.digest(),
        client_id: client.client_id,
        scopes: scopes.join(" "),
        expires_at: now + TOKEN_LIVES,
    };
    application
        .store
        .add_token(application.tenant, kept)
        .await
        .context("keeping a token")?;
    let body = json!({
        "access_token": token.reveal(),
        "token_type": "Bearer",
        "expires_in": TOKEN_LIVES.seconds(),
        "scope": scopes.join(" "),
    });
    Ok(([(header::CACHE_CONTROL, "no-store")], axum::Json(body)).into_response())
}

fn oauth_error(status: StatusCode, error: &str) -> Response {
    let mut response = (status, axum::Json(json!({ "error": error }))).into_response();
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static("Basic realm=\"oauth\""),
        );
    }
    response
}

/// From HTTP Basic, or from the form.
fn credentials(headers: &HeaderMap, fields: &Fields) -> Option<(String, String)> {
    let basic = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"))
        .and_then(|(_, encoded)| {
            base64::engine::general_purpose::STANDARD
                .decode(encoded.trim())
                .ok()
        })
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .and_then(|text| {
            text.split_once(':')
                .map(|(id, secret)| (id.to_owned(), secret.to_owned()))
        });
    basic.or_else(|| {
        Some((
            fields.optional("client_id")?,
            fields.optional("client_secret")?,
        ))
    })
}

/// What can be asked; made once.
pub async fn metadata(State(application): State<Arc<Application>>) -> Response {
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

/// One resource.
pub async fn read(
    State(application): State<Arc<Application>>,
    Path((kind, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let Some(known) = ResourceKind::from_name(&kind) else {
        return Ok(unknown_kind(&kind));
    };
    if let Some(refused) = refuse(&application, &headers, known).await? {
        return Ok(refused);
    }
    let found = application
        .store
        .resource(application.tenant, known.name(), &id)
        .await
        .context("reading a resource")?;
    let Some(resource) = found else {
        return Ok(outcome(
            StatusCode::NOT_FOUND,
            IssueType::NotFound,
            &format!("There is no {kind} with the id {id}."),
        ));
    };
    let tag = format!("W/\"{}\"", resource.version);
    let modified = resource
        .updated
        .timestamp()
        .strftime("%a, %d %b %Y %H:%M:%S GMT")
        .to_string();
    Ok((
        [
            (header::CONTENT_TYPE, MEDIA_TYPE.to_owned()),
            (header::ETAG, tag),
            (header::LAST_MODIFIED, modified),
        ],
        resource.json,
    )
        .into_response())
}

fn unknown_kind(kind: &str) -> Response {
    outcome(
        StatusCode::NOT_FOUND,
        IssueType::NotSupported,
        &format!("Resources of the type {kind} are not served here; see /fhir/metadata."),
    )
}

/// Resources that fit a search.
pub async fn search(
    State(application): State<Arc<Application>>,
    Path(kind): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    let Some(known) = ResourceKind::from_name(&kind) else {
        return Ok(unknown_kind(&kind));
    };
    if let Some(refused) = refuse(&application, &headers, known).await? {
        return Ok(refused);
    }
    let handling = Handling::of_prefer(
        headers
            .get("prefer")
            .and_then(|prefer| prefer.to_str().ok()),
    );
    let search = match parse(
        known,
        query.as_deref().unwrap_or_default(),
        handling,
        &application.zone,
    ) {
        Ok(search) => search,
        Err(issues) => return Ok(fhir(StatusCode::BAD_REQUEST, operation_outcome(&issues))),
    };
    let asked = match asked_of_store(&search) {
        Ok(asked) => asked,
        Err(says) => {
            return Ok(outcome(
                StatusCode::BAD_REQUEST,
                IssueType::NotSupported,
                says,
            ));
        }
    };
    let page = match asked {
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
    let base = format!("{}/fhir", application.base_url);
    let this = format!("{base}/{}?{}", known.name(), search.self_query());
    let next = page.next.as_ref().map(|(at, id)| {
        let place = Cursor {
            at: Some(*at),
            id: id.clone(),
        };
        format!("{base}/{}?{}", known.name(), search.next_query(&place))
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
        next: next.as_deref(),
    };
    Ok(fhir(
        StatusCode::OK,
        bundle(&base, &links, page.total, entries, note.as_deref()),
    ))
}

/// The search in the words of the store; `None` for one that finds nothing whatever is stored.
///
/// Refuses what no index serves: several persons or visits at once, and `ne` on a date.
fn asked_of_store(search: &Search) -> Result<Option<ResourceSearch>, &'static str> {
    let by_update = search.sort.by == SortBy::Updated;
    if by_update && !matches!(search.kind, ResourceKind::Patient | ResourceKind::Device) {
        return Err("Sorting by _lastUpdated is not served for this type; sort by date.");
    }
    let one = "Several values for one reference are not served; ask for one at a time.";
    let patient = match search.patients.as_deref() {
        None => None,
        Some([]) => return Ok(None),
        Some([only]) => Some(*only),
        Some(_) => return Err(one),
    };
    let session = match search.sessions.as_deref() {
        None => None,
        Some([]) => return Ok(None),
        Some([only]) => Some(*only),
        Some(_) => return Err(one),
    };
    let ids = match search.ids.as_deref() {
        None => Vec::new(),
        Some([]) => return Ok(None),
        Some(ids) => ids.to_vec(),
    };
    // The first list of tokens is led by an index; codes before other tokens, as they tell more.
    let texts = |filter: &Filter| -> Vec<String> {
        let text = |value: &String| token_text(filter.parameter, value);
        filter.any_of.iter().map(text).collect()
    };
    let mut lists = search
        .codes
        .iter()
        .cloned()
        .chain(search.tokens.iter().map(texts));
    let first = lists.next().unwrap_or_default();
    let mut also: Vec<TokenClause> = lists.map(TokenClause::AnyOf).collect();
    for filter in &search.texts {
        also.push(TokenClause::BeginsWith(texts(filter)));
    }
    if !search.birth_date.is_open() {
        also.push(born(&search.birth_date)?);
    }
    Ok(Some(ResourceSearch {
        kind: search.kind.name().to_owned(),
        ids,
        patient,
        session,
        codes: first,
        also,
        date: bound(&search.effective)?,
        updated: bound(&search.updated)?,
        order: if search.sort.descending {
            SortOrder::NewestFirst
        } else {
            SortOrder::OldestFirst
        },
        count: if search.count_only {
            0
        } else {
            search.count as usize
        },
        after: search.after.as_ref().map(|after| {
            (
                after.at.unwrap_or(Moment::from_microseconds(0)),
                after.id.clone(),
            )
        }),
        total: search.count_only || search.total == Total::Accurate,
    }))
}

fn bound(times: &Times) -> Result<DateBound, &'static str> {
    if !times.not_within.is_empty() {
        return Err("The prefix ne is not served; ask for the times before and after.");
    }
    let (from, until) = times.instant();
    Ok(DateBound { from, until })
}

/// A birth date is a token of its own, whose text sorts as its date does.
fn born(times: &Times) -> Result<TokenClause, &'static str> {
    let DateBound { from, until } = bound(times)?;
    let day = |moment: Option<Moment>, otherwise: &str| {
        moment.map_or_else(
            || token_text("birthdate", otherwise),
            |moment| {
                let day = moment.timestamp().to_zoned(jiff::tz::TimeZone::UTC).date();
                token_text("birthdate", &day.to_string())
            },
        )
    };
    Ok(TokenClause::Between(
        day(from, "0000"),
        day(until, "9999-99-99"),
    ))
}

/// Refuses a request without a token that is good for this kind of resource.
async fn refuse(
    application: &Application,
    headers: &HeaderMap,
    kind: ResourceKind,
) -> Result<Option<Response>, Fault> {
    let Some(secret) = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
    else {
        return Ok(Some(unauthorized(
            "Send an access token: Authorization: Bearer …",
        )));
    };
    let now = application.clock.now();
    let Some(token) = known_token(application, &digest(secret), now).await? else {
        return Ok(Some(unauthorized("This access token is not known here.")));
    };
    if token.expires_at <= now {
        return Ok(Some(unauthorized(
            "This access token has expired; ask for a new one.",
        )));
    }
    let may = token.scopes.split(' ').any(|scope| permits(scope, kind));
    Ok((!may).then(|| {
        outcome(
            StatusCode::FORBIDDEN,
            IssueType::Forbidden,
            "The scopes of this access token do not include this resource type.",
        )
    }))
}

/// SMART scopes, both versions: `system/*.rs`, `system/Observation.read` …
fn permits(scope: &str, kind: ResourceKind) -> bool {
    let Some((which, how)) = scope
        .strip_prefix("system/")
        .and_then(|rest| rest.split_once('.'))
    else {
        return false;
    };
    (which == "*" || which == kind.name())
        && (matches!(how, "read" | "*") || (how.contains('r') && how.contains('s')))
}

fn unauthorized(says: &str) -> Response {
    let mut response = outcome(StatusCode::UNAUTHORIZED, IssueType::Login, says);
    response
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    response
}

async fn known_token(
    application: &Application,
    digest: &[u8; 32],
    now: Moment,
) -> Result<Option<ApiToken>, Fault> {
    if let Some(token) = application.programs.recall(digest, now) {
        return Ok(Some(token));
    }
    let found = application
        .store
        .token(application.tenant, digest)
        .await
        .context("reading a token")?;
    if let Some(token) = &found {
        application.programs.remember(token.clone(), now);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_permits_only_what_it_names() {
        assert!(permits("system/*.rs", ResourceKind::Observation));
        assert!(permits(
            "system/Observation.read",
            ResourceKind::Observation
        ));
        assert!(!permits("system/Patient.read", ResourceKind::Observation));
        assert!(!permits(
            "system/Observation.write",
            ResourceKind::Observation
        ));
        assert!(!permits("patient/*.rs", ResourceKind::Observation));
    }
}
