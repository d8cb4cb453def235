//! Signing in and out, with slowing down after wrong passwords.

use super::{Secret, digest, verify_password};
use crate::application::Application;
use crate::fault::Fault;
use anyhow::Context;
use axum::http::{HeaderMap, header};
use clinical::record::{Actor, PatientId, Role, StaffId};
use store::{Account, LoginSession};
use units::Span;

/// A sign-in ends after this much time without a request. Source: safety reference 9.3, default.
const IDLE: Span = Span::from_minutes(60);
/// A sign-in ends after this much time whatever happens: one long shift.
const LONGEST: Span = Span::from_hours(12);
/// This many wrong passwords in a row are only slow; then the name waits.
const FREE_TRIES: u32 = 5;
/// The longest that a name waits after wrong passwords.
const LONGEST_WAIT: Span = Span::from_minutes(15);
/// How often the time of the last request is written.
const SEEN_EVERY: Span = Span::from_minutes(1);

/// Who is asking.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// The account.
    pub id: StaffId,
    /// Their name.
    pub name: String,
    /// Their role.
    pub role: Role,
    /// The person's own record, for a patient's account.
    pub patient: Option<PatientId>,
    /// The token that every form of this sign-in carries.
    pub csrf: String,
    /// The digest of the cookie's secret.
    pub login: [u8; 32],
}

impl Viewer {
    /// As the record names them.
    pub fn actor(&self) -> Actor {
        Actor::Person {
            id: self.id,
            name: self.name.clone(),
            role: self.role,
        }
    }
}

/// What became of trying to sign in.
pub enum SignIn {
    /// The cookie's secret, and the role of whoever signed in.
    Welcome(Secret, Role),
    /// Name or password is wrong; which one is not said.
    Wrong,
    /// Too many wrong ones; this long from now.
    Wait(Span),
}

/// What became of a name and a password.
pub enum Proof {
    /// They belong together.
    Right(Box<Account>),
    /// They do not, or nobody has that name.
    Wrong,
    /// Too many wrong ones; this long from now.
    Wait(Span),
}

impl SignIn {
    /// Tries a name and a password.
    pub async fn attempt(
        application: &Application,
        username: &str,
        password: String,
    ) -> Result<Self, Fault> {
        let account = match prove(application, username, password).await? {
            Proof::Right(account) => account,
            Proof::Wrong => return Ok(Self::Wrong),
            Proof::Wait(wait) => return Ok(Self::Wait(wait)),
        };
        let now = application.clock.now();
        let secret = Secret::new();
        let login = LoginSession {
            digest: secret.digest(),
            staff: account.staff,
            created_at: now,
            last_seen_at: now,
            expires_at: now + LONGEST,
        };
        application
            .store
            .add_login(application.tenant, login)
            .await
            .context("writing the sign-in")?;
        if let Some(patient) = account.patient {
            super::own::came_in(application, patient, super::Way::Account).await?;
        }
        Ok(Self::Welcome(secret, account.role))
    }
}

/// Asks a person who is signed in for their password once more, before a signature that binds
/// the clinic. Wrong ones count as at signing in.
pub async fn prove_again(
    application: &Application,
    viewer: &Viewer,
    password: String,
) -> Result<Proof, Fault> {
    let account = application
        .store
        .account(application.tenant, viewer.id)
        .await
        .context("reading the account")?;
    match account {
        Some(account) => prove(application, &account.username, password).await,
        None => Ok(Proof::Wrong),
    }
}

/// Asks somebody beside whoever is signed in for name and password: a witness. Wrong ones count as
/// at signing in; nobody is signed in by it.
pub async fn prove(
    application: &Application,
    username: &str,
    password: String,
) -> Result<Proof, Fault> {
    let (store, tenant) = (&application.store, application.tenant);
    let now = application.clock.now();
    let key = format!("name:{}", username.to_lowercase());
    let throttle = store
        .throttle(tenant, &key)
        .await
        .context("reading the throttle")?;
    if let Some(until) = throttle.as_ref().and_then(|known| known.locked_until)
        && until > now
    {
        return Ok(Proof::Wait(until - now));
    }
    let account = store
        .account_by_username(tenant, username)
        .await
        .context("reading the account")?
        .filter(|account| !account.disabled);
    let hash = account
        .as_ref()
        .map(|account| account.password_hash.clone());
    if !verify_password(password, hash).await? {
        let failures = throttle.map_or(0, |known| known.failures) + 1;
        let locked_until = wait_after(failures, FREE_TRIES).map(|wait| now + wait);
        store
            .set_throttle(tenant, &key, failures, locked_until)
            .await
            .context("writing the throttle")?;
        return Ok(Proof::Wrong);
    }
    let Some(account) = account else {
        return Ok(Proof::Wrong);
    };
    store
        .clear_throttle(tenant, &key)
        .await
        .context("clearing the throttle")?;
    Ok(Proof::Right(Box::new(account)))
}

/// After the free tries the wait doubles from 2 s, up to a quarter of an hour.
pub fn wait_after(failures: u32, free: u32) -> Option<Span> {
    let over = failures.checked_sub(free)?;
    let seconds = 2_i64.checked_shl(over.min(20)).unwrap_or(i64::MAX);
    Some(Span::from_seconds(seconds.min(LONGEST_WAIT.seconds())))
}

/// Who is asking, from the cookie; nobody when there is none or it has ended.
pub async fn viewer_of(
    application: &Application,
    headers: &HeaderMap,
) -> Result<Option<Viewer>, Fault> {
    let Some(secret) = cookie(headers, application.cookie_name()) else {
        return Ok(None);
    };
    let login = digest(&secret);
    let now = application.clock.now();
    let (store, tenant) = (&application.store, application.tenant);
    let Some((session, account)) = store
        .login(tenant, &login)
        .await
        .context("reading the sign-in")?
    else {
        return Ok(None);
    };
    if now >= session.expires_at || now - session.last_seen_at > IDLE || account.disabled {
        return Ok(None);
    }
    if now - session.last_seen_at > SEEN_EVERY {
        store
            .touch_login(tenant, &login, now)
            .await
            .context("writing the sign-in")?;
    }
    Ok(Some(Viewer {
        id: account.staff,
        name: account.display_name,
        role: account.role,
        patient: account.patient,
        csrf: hex::encode(digest(&format!("form {secret}"))),
        login,
    }))
}

/// True while the sign-in behind a view that is open still holds: not signed out, not past its
/// longest time, its account not disabled and still of a role that may.
///
/// That nobody has sent a request for a while does not end a view: in an active session the
/// live values stay on the screen. Nor does an open view count as a request. Source: safety
/// reference 9.3.
// Hazard: H45
pub async fn still_holds(
    application: &Application,
    viewer: &Viewer,
    may: impl FnOnce(Role) -> bool,
) -> Result<bool, Fault> {
    let known = application
        .store
        .login(application.tenant, &viewer.login)
        .await
        .context("reading the sign-in of an open view")?;
    let now = application.clock.now();
    Ok(known.is_some_and(|(session, account)| {
        now < session.expires_at && !account.disabled && may(account.role)
    }))
}

/// A cookie's value.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_wrong_passwords_are_free_and_then_the_wait_doubles_up_to_a_quarter_of_an_hour() {
        assert_eq!(wait_after(4, FREE_TRIES), None);
        assert_eq!(wait_after(5, FREE_TRIES), Some(Span::from_seconds(2)));
        assert_eq!(wait_after(6, FREE_TRIES), Some(Span::from_seconds(4)));
        assert_eq!(wait_after(60, FREE_TRIES), Some(Span::from_minutes(15)));
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, "theme=dim; evenkeel=abc".parse().unwrap());
        assert_eq!(cookie(&headers, "evenkeel").as_deref(), Some("abc"));
        assert_eq!(cookie(&headers, "even"), None);
    }
}
