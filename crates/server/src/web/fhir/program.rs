//! Who a program is: its token, and what that is good for.

use super::{noted, outcome};
use crate::application::Application;
use crate::fault::Fault;
use crate::identity::{Secret, digest, wait_after};
use crate::web::form::Fields;
use crate::web::new_link::place_of;
use crate::web::respond::Refused;
use anyhow::Context;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use clinical::record::Actor;
use exchange::fhir::{IssueType, ResourceKind};
use serde_json::json;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use store::{ApiToken, AuditEntry};
use subtle::ConstantTimeEq;
use units::{Moment, Span};

/// A token lives this long. Source: SMART backend services (at most five minutes recommended for
/// sensitive data; one hour is common), project default.
const TOKEN_LIVES: Span = Span::from_minutes(60);

/// Tokens that were looked up stay in memory this long: a token that is taken back works no
/// longer than that.
const TOKEN_REMEMBERED: Span = Span::from_seconds(30);

/// How many tokens are remembered at the most.
const TOKENS_REMEMBERED: usize = 1_024;

/// This many wrong secrets of one program in a row are free; then the program waits.
const FREE_FOR_A_PROGRAM: u32 = 5;

/// The same for one place, whichever programs it names: several may stand behind one address.
const FREE_FROM_A_PLACE: u32 = 20;

/// So much of a program's name is written down when its secret was wrong: whoever asks may call
/// themselves anything.
const NAME_NOTED: usize = 64;

/// What is kept in memory for programs: answers that never change, and tokens seen a moment ago.
#[derive(Default)]
pub struct Programs {
    pub(super) metadata: OnceLock<Vec<u8>>,
    tokens: Mutex<HashMap<[u8; 32], Remembered>>,
    pub(super) noted: noted::Noted,
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
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    fields: Result<Fields, Refused>,
) -> Result<Response, Fault> {
    let Some(fields) = fields.ok().filter(is_whole) else {
        return Ok(oauth_error(StatusCode::BAD_REQUEST, "invalid_request"));
    };
    if fields.text("grant_type") != "client_credentials" {
        return Ok(oauth_error(
            StatusCode::BAD_REQUEST,
            "unsupported_grant_type",
        ));
    }
    let Some((client_id, secret)) = credentials(&headers, &fields) else {
        return Ok(oauth_error(StatusCode::UNAUTHORIZED, "invalid_client"));
    };
    // No id of ours holds a control character, and not every store can look for one.
    if client_id.chars().any(char::is_control) {
        return Ok(oauth_error(StatusCode::UNAUTHORIZED, "invalid_client"));
    }
    let asker = Asker {
        application: &application,
        place: place_of(peer.ip(), &headers),
        client_id: &client_id,
    };
    if let Some(wait) = asker.waits().await? {
        return Ok(wait_first(wait));
    }
    let client = application
        .store
        .client(application.tenant, &client_id)
        .await
        .context("reading a program")?;
    let Some(client) =
        client.filter(|known| bool::from(known.secret_digest.ct_eq(&digest(&secret))))
    else {
        asker.was_wrong().await?;
        return Ok(oauth_error(StatusCode::UNAUTHORIZED, "invalid_client"));
    };
    asker.was_right().await?;
    let asked = fields.text("scope");
    let may = client.scopes.split_whitespace();
    let scopes: Vec<&str> = if asked.is_empty() {
        may.collect()
    } else {
        asked
            .split_whitespace()
            .filter(|asked| may.clone().any(|held| covers(held, asked)))
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

/// Who asks for a token: the name that they give, known here or not, and where they are.
struct Asker<'a> {
    application: &'a Application,
    place: String,
    client_id: &'a str,
}

impl Asker<'_> {
    /// What is counted, and how much of it is free. The name is counted whether it is one of ours
    /// or not, so that waiting says nothing about which names there are.
    fn counts(&self) -> [(String, u32); 2] {
        let name = hex::encode(digest(self.client_id));
        [
            (format!("program {name}"), FREE_FOR_A_PROGRAM),
            (format!("programs from {}", self.place), FREE_FROM_A_PLACE),
        ]
    }

    /// How long they have to wait before a secret is looked at again, the right one too.
    // Hazard: H45
    async fn waits(&self) -> Result<Option<Span>, Fault> {
        let now = self.application.clock.now();
        let mut longest = None;
        for (key, _) in self.counts() {
            let known = self
                .application
                .store
                .throttle(self.application.tenant, &key)
                .await
                .context("reading the tries of a program")?;
            let until = known.and_then(|known| known.locked_until);
            let wait = until.filter(|until| *until > now).map(|until| until - now);
            longest = longest.max(wait);
        }
        Ok(longest)
    }

    /// Counts a wrong secret and notes it.
    async fn was_wrong(&self) -> Result<(), Fault> {
        let (store, tenant) = (&self.application.store, self.application.tenant);
        let now = self.application.clock.now();
        for (key, free) in self.counts() {
            let known = store
                .throttle(tenant, &key)
                .await
                .context("reading the tries of a program")?;
            let failures = known.map_or(0, |known| known.failures).saturating_add(1);
            let locked_until = wait_after(failures, free).map(|wait| now + wait);
            store
                .set_throttle(tenant, &key, failures, locked_until)
                .await
                .context("counting the tries of a program")?;
        }
        let name: String = self.client_id.chars().take(NAME_NOTED).collect();
        let entry = AuditEntry {
            at: now,
            actor: Actor::System {
                part: "tokens for programs".to_owned(),
            },
            action: "refuse a program: wrong secret".to_owned(),
            patient: None,
            session: None,
            detail: format!("“{name}” from {}", self.place),
        };
        store
            .add_audit(tenant, entry)
            .await
            .context("noting a wrong secret")?;
        Ok(())
    }

    /// Forgets the wrong ones.
    async fn was_right(&self) -> Result<(), Fault> {
        let (store, tenant) = (&self.application.store, self.application.tenant);
        for (key, _) in self.counts() {
            store
                .clear_throttle(tenant, &key)
                .await
                .context("forgetting the tries of a program")?;
        }
        Ok(())
    }
}

/// Too many wrong secrets: when to come again, in whole seconds. Source: RFC 6585, 4.
fn wait_first(wait: Span) -> Response {
    let mut response = oauth_error(StatusCode::TOO_MANY_REQUESTS, "temporarily_unavailable");
    let seconds = HeaderValue::from(wait.seconds().saturating_add(1));
    response.headers_mut().insert(header::RETRY_AFTER, seconds);
    response
}

/// Whether a request says what it must, and nothing twice. Source: RFC 6749, 3.2 and 5.2.
fn is_whole(fields: &Fields) -> bool {
    let once = |name: &str| fields.all(name).count() <= 1;
    !fields.text("grant_type").is_empty() && fields.0.iter().all(|(name, _)| once(name))
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

/// What a program does with a kind of resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Read,
    Search,
}

/// Who asks for a kind of resource: a program that may, or nobody that gets an answer.
pub(super) enum Asking {
    /// The id of a program that may.
    Program(String),
    /// What is answered instead.
    Refused(Box<Response>),
}

/// Refuses a request without a token that is good for this kind of resource.
pub(super) async fn asking(
    application: &Application,
    headers: &HeaderMap,
    kind: ResourceKind,
    act: Act,
) -> Result<Asking, Fault> {
    let refused = |response| Ok(Asking::Refused(Box::new(response)));
    let Some(secret) = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
    else {
        return refused(unauthorized(
            "Bearer",
            "Send an access token: Authorization: Bearer …",
        ));
    };
    let now = application.clock.now();
    let Some(token) = known_token(application, &digest(secret), now).await? else {
        return refused(unauthorized(
            INVALID,
            "This access token is not known here.",
        ));
    };
    if token.expires_at <= now {
        return refused(unauthorized(
            INVALID,
            "This access token has expired; ask for a new one.",
        ));
    }
    let may = token
        .scopes
        .split_whitespace()
        .any(|scope| permits(scope, kind, act));
    if may {
        return Ok(Asking::Program(token.client_id));
    }
    let mut response = outcome(
        StatusCode::FORBIDDEN,
        IssueType::Forbidden,
        "The scopes of this access token do not include this resource type.",
    );
    response.headers_mut().insert(
        header::WWW_AUTHENTICATE,
        HeaderValue::from_static("Bearer error=\"insufficient_scope\""),
    );
    refused(response)
}

/// The challenge for a token that is no longer, or never was, one of ours. Source: RFC 6750, 3.1.
const INVALID: &str = "Bearer error=\"invalid_token\"";

/// What one SMART scope allows, of either version: `system/*.rs`, `system/Observation.read` …
#[derive(Clone, Copy, Debug)]
struct Scope<'a> {
    /// The resource type, or `*`.
    which: &'a str,
    read: bool,
    search: bool,
    /// Creating, updating or deleting, which nothing here does.
    change: bool,
}

impl<'a> Scope<'a> {
    /// None for a scope that we cannot keep: another context, or a condition behind it.
    fn of(text: &'a str) -> Option<Self> {
        let (which, how) = text.strip_prefix("system/")?.split_once('.')?;
        let letters = match how {
            "read" => "rs",
            "write" => "cud",
            "*" => "cruds",
            letters => letters,
        };
        // Each letter once, in this order.
        let mut order = "cruds".chars();
        let known = !letters.is_empty() && letters.chars().all(|one| order.any(|at| at == one));
        known.then(|| Self {
            which,
            read: letters.contains('r'),
            search: letters.contains('s'),
            change: letters.contains(['c', 'u', 'd']),
        })
    }
}

/// Whether a text is a scope that a program can be given here: to read or search what is served.
pub fn is_scope(text: &str) -> bool {
    Scope::of(text).is_some_and(|scope| {
        (scope.which == "*" || ResourceKind::from_name(scope.which).is_some()) && !scope.change
    })
}

/// Whether a program that holds one scope may be given another.
fn covers(held: &str, asked: &str) -> bool {
    if held == asked {
        return true;
    }
    let (Some(held), Some(asked)) = (Scope::of(held), Scope::of(asked)) else {
        return false;
    };
    (held.which == "*" || held.which == asked.which)
        && (held.read || !asked.read)
        && (held.search || !asked.search)
        && (held.change || !asked.change)
}

fn permits(scope: &str, kind: ResourceKind, act: Act) -> bool {
    Scope::of(scope).is_some_and(|scope| {
        (scope.which == "*" || scope.which == kind.name())
            && match act {
                Act::Read => scope.read,
                Act::Search => scope.search,
            }
    })
}

fn unauthorized(challenge: &'static str, says: &str) -> Response {
    let mut response = outcome(StatusCode::UNAUTHORIZED, IssueType::Login, says);
    response.headers_mut().insert(
        header::WWW_AUTHENTICATE,
        HeaderValue::from_static(challenge),
    );
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
        // Hazard: H45
        let read = |scope| permits(scope, ResourceKind::Observation, Act::Read);
        let search = |scope| permits(scope, ResourceKind::Observation, Act::Search);
        assert!(read("system/*.rs") && search("system/*.rs"));
        assert!(read("system/*.cruds") && search("system/*.*"));
        assert!(read("system/Observation.read") && search("system/Observation.read"));
        assert!(read("system/Observation.r") && !search("system/Observation.r"));
        assert!(search("system/Observation.s") && !read("system/Observation.s"));
        for other in [
            "system/Patient.read",
            "system/Observation.write",
            "system/Observation.cud",
            "system/Observation.users",
            "system/Observation.sr",
            "system/Observation.",
            "system/Observation.rs?category=vital-signs",
            "patient/*.rs",
            "*",
            "",
        ] {
            assert!(!read(other) && !search(other), "{other}");
        }
    }

    #[test]
    fn a_program_is_given_no_more_than_it_holds() {
        // Hazard: H45
        for (held, asked, given) in [
            ("system/*.rs", "system/*.rs", true),
            ("system/*.rs", "system/*.read", true),
            ("system/*.rs", "system/Observation.rs", true),
            ("system/*.rs", "system/Observation.r", true),
            ("system/*.rs", "system/*.cruds", false),
            ("system/*.rs", "system/Observation.write", false),
            ("system/*.rs", "user/*.rs", false),
            ("system/Observation.rs", "system/*.rs", false),
            ("system/Observation.rs", "system/Patient.rs", false),
            ("system/Observation.r", "system/Observation.rs", false),
        ] {
            assert_eq!(covers(held, asked), given, "{held} {asked}");
        }
    }
}
