//! The patient's signal on the server: how a device is let in, and that it is heard.
//!
//! Which device may signal stands in the session's record, as a digest; nothing else opens it, and
//! it opens nothing else. Codes and the times of signs of life are in memory alone: after a restart
//! a code is shown anew, and a device that is there is heard again within seconds.

use crate::application::Application;
use crate::command::{Order, derived_command_id, execute};
use crate::fault::Fault;
use crate::identity::{cookie, digest};
use crate::web::respond::Refused;
use axum::http::HeaderMap;
use clinical::course::session::signal::{Times, due_louder};
use clinical::course::session::{Command, Refusal, Session, SignalAct};
use clinical::record::{Actor, SessionId};
use rand::Rng;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use units::{Moment, Span};

/// A code lets one device in within this time. Source: the project's choice.
pub const CODE_LASTS: Span = Span::from_minutes(5);

/// After so many wrong codes every code that stands is taken back. Source: the project's choice: a
/// code has a million values, and ten tries against a few codes find one in some 20,000 attempts.
const TRIES: u32 = 10;

/// The name of the device's cookie.
pub const COOKIE: &str = "evenkeel-signal";

/// A code on a staff member's screen.
#[derive(Clone)]
struct Code {
    digits: String,
    session: SessionId,
    shown_by: Actor,
    until: Moment,
}

#[derive(Default)]
struct Kept {
    codes: Vec<Code>,
    wrong: u32,
    heard: HashMap<SessionId, Moment>,
    /// Since when a sign of life is waited for, where none has come.
    waited: HashMap<SessionId, Moment>,
}

/// Codes that stand, and when each session's device was last heard.
#[derive(Default)]
pub struct Signals(Mutex<Kept>);

impl Signals {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new code for this session; one that was shown for it before ends.
    pub fn show_code(&self, session: SessionId, shown_by: Actor, now: Moment) -> String {
        self.show_code_for(session, shown_by, now, CODE_LASTS)
    }

    /// The same for longer: how the demo prints one.
    pub fn show_code_for(
        &self,
        session: SessionId,
        shown_by: Actor,
        now: Moment,
        lasts: Span,
    ) -> String {
        let mut kept = self.kept();
        kept.codes
            .retain(|code| code.session != session && now < code.until);
        if kept.codes.is_empty() {
            kept.wrong = 0;
        }
        let digits = loop {
            let digits = format!("{:06}", rand::rng().random_range(0..1_000_000));
            if kept.codes.iter().all(|code| code.digits != digits) {
                break digits;
            }
        };
        kept.codes.push(Code {
            digits: digits.clone(),
            session,
            shown_by,
            until: now + lasts,
        });
        digits
    }

    /// Uses a code up: the session, and who showed it. None for a wrong or old one.
    // Hazard: H60
    pub fn use_code(&self, typed: &str, now: Moment) -> Option<(SessionId, Actor)> {
        let mut kept = self.kept();
        let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
        let found = kept
            .codes
            .iter()
            .position(|code| code.digits == digits && now < code.until);
        match found {
            Some(index) => {
                let code = kept.codes.swap_remove(index);
                Some((code.session, code.shown_by))
            }
            None => {
                kept.wrong += 1;
                if kept.wrong >= TRIES {
                    kept.codes.clear();
                }
                None
            }
        }
    }

    /// When the session's device was last heard since the server started.
    pub fn heard(&self, session: SessionId) -> Option<Moment> {
        self.kept().heard.get(&session).copied()
    }

    /// The device gave a sign of life.
    pub fn hear(&self, session: SessionId, now: Moment) {
        self.kept().heard.insert(session, now);
    }

    /// Since when nothing was heard; of a device that was not heard yet, since it is waited for.
    /// Waiting is no sign of life, and is kept apart from those.
    fn silent_since(&self, session: SessionId, now: Moment) -> Moment {
        let mut kept = self.kept();
        match kept.heard.get(&session) {
            Some(heard) => *heard,
            None => *kept.waited.entry(session).or_insert(now),
        }
    }

    fn forget(&self, session: SessionId) {
        let mut kept = self.kept();
        kept.heard.remove(&session);
        kept.waited.remove(&session);
    }
}

/// A device that is let in.
pub struct Device {
    /// The session that it serves, and no other.
    pub session: Arc<Session>,
    /// The digest of its secret, in hex.
    pub digest: String,
    /// The token that its forms carry.
    pub csrf: String,
}

/// What the cookie holds: the session and the device's secret.
pub fn cookie_value(session: SessionId, secret: &str) -> String {
    format!("{session}.{secret}")
}

/// The digest of a device's secret as the record has it.
pub fn device_digest(secret: &str) -> String {
    hex::encode(digest(&format!("signal {secret}")))
}

/// Which session's signal asks; none where the device was never let in, another has taken its
/// place, or the person has left.
// Hazard: H02
pub async fn device_of(
    application: &Application,
    headers: &HeaderMap,
) -> Result<Option<Device>, Fault> {
    let Some(value) = cookie(headers, COOKIE) else {
        return Ok(None);
    };
    let Some((session, secret)) = value.split_once('.') else {
        return Ok(None);
    };
    let Ok(id) = session.parse::<SessionId>() else {
        return Ok(None);
    };
    let Some(session) = application.sessions.session(id).await? else {
        return Ok(None);
    };
    let known = device_digest(secret);
    if !session.stage.is_present() || !session.signal.is(&known) {
        return Ok(None);
    }
    Ok(Some(Device {
        session,
        digest: known,
        csrf: hex::encode(digest(&format!("form {secret}"))),
    }))
}

/// Looks at one session's signal: a device that is not heard is told, one that is heard again too,
/// and a signal that nobody answered is said louder.
// Hazard: H60
pub async fn keep(application: &Application, session: &Session, now: Moment) -> Result<(), Fault> {
    let signals = &application.signals;
    let device = session.signal.device.as_ref();
    let Some((_, connected)) = device.filter(|_| session.stage.is_present()) else {
        signals.forget(session.id);
        return Ok(());
    };
    // A session that was planned under rules without a signal has the times of today.
    let rules = application.rules_of(session)?;
    let Some(times) = Times::of(&rules).or_else(|| Times::of(&application.rules())) else {
        return Ok(());
    };
    let heard = signals.heard(session.id);
    let silent_since = signals.silent_since(session.id, now);
    let silent = now - silent_since > times.lost_after;
    match (silent, heard, &session.signal.lost) {
        (true, _, None) => {
            // Told apart by the silence: after two restarts the last sign in the record is the same.
            let what = format!("signal lost {}", silent_since.microseconds());
            // A time at which nobody heard it does not go into the record.
            let last_heard = heard.or(session.signal.last_sign).unwrap_or(*connected);
            say(
                application,
                session,
                &what,
                SignalAct::LoseContact { last_heard },
            )
            .await?;
        }
        (false, Some(_), Some((since, number))) => {
            let what = format!("signal back {} {number}", since.microseconds());
            say(application, session, &what, SignalAct::RegainContact).await?;
        }
        // Not heard yet after a restart: that it is lost stays said until it is heard.
        (false, None, Some(_)) | (true, _, Some(_)) | (false, _, None) => {}
    }
    for (number, step) in due_louder(session, &times, now) {
        let what = format!("signal {number} not answered {step:?}");
        say(
            application,
            session,
            &what,
            SignalAct::AskLouder { number, step },
        )
        .await?;
    }
    Ok(())
}

async fn say(
    application: &Application,
    session: &Session,
    what: &str,
    act: SignalAct,
) -> Result<(), Fault> {
    let order = Order {
        command_id: derived_command_id(session.id, what),
        session: session.id,
        actor: Actor::System {
            part: "signal".to_owned(),
        },
        command: Command::UseSignal { act },
        at: None,
    };
    match execute(application, order).await {
        Ok(_) => Ok(()),
        Err(Refused::Fault(fault)) => Err(fault),
        // Somebody was faster, or the session has just ended.
        Err(Refused::Refusal(refusal))
            if matches!(
                *refusal,
                Refusal::AlreadyRaised | Refusal::NoSuchAdvisory | Refusal::NotNow { .. }
            ) =>
        {
            Ok(())
        }
        Err(other) => Err(Fault(anyhow::anyhow!("{}", other.says()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const NOW: Moment = Moment::from_microseconds(0);

    fn actor() -> Actor {
        Actor::System {
            part: "test".into(),
        }
    }

    fn session(number: u128) -> SessionId {
        SessionId(Uuid::from_u128(number))
    }

    #[test]
    fn a_code_lets_one_device_into_its_own_session_once() {
        // Hazard: H02
        let signals = Signals::default();
        let one = signals.show_code(session(1), actor(), NOW);
        let two = signals.show_code(session(2), actor(), NOW);
        assert_eq!(signals.use_code(&two, NOW).unwrap().0, session(2));
        assert!(signals.use_code(&two, NOW).is_none());
        assert_eq!(signals.use_code(&one, NOW).unwrap().0, session(1));
    }

    #[test]
    fn a_device_that_is_only_waited_for_is_not_heard() {
        // Hazard: H60
        let signals = Signals::default();
        let later = NOW + Span::from_seconds(11);
        assert_eq!(signals.silent_since(session(1), NOW), NOW);
        assert_eq!(signals.silent_since(session(1), later), NOW);
        assert_eq!(signals.heard(session(1)), None);
        signals.hear(session(1), later);
        assert_eq!(signals.silent_since(session(1), later), later);
        assert_eq!(signals.heard(session(1)), Some(later));
    }

    #[test]
    fn a_code_ends_after_five_minutes_and_after_ten_wrong_tries() {
        let signals = Signals::default();
        let code = signals.show_code(session(1), actor(), NOW);
        assert!(signals.use_code(&code, NOW + CODE_LASTS).is_none());
        let code = signals.show_code(session(1), actor(), NOW);
        for _ in 0..TRIES {
            assert!(signals.use_code("no digits", NOW).is_none());
        }
        assert!(signals.use_code(&code, NOW).is_none());
    }
}
