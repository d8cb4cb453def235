//! Decisions about the patient's signal.

use super::super::event::SessionEvent;
use super::super::refusal::Refusal;
use super::super::signal::{SignalAct, SignalEvent, Step, Times, due_louder, noted};
use super::super::state::Session;
use super::super::vocabulary::AdvisoryNotice;
use super::{Context, words};
use crate::policy::Rules;
use crate::record::Actor;

/// Decides what somebody, or the device, wants of the signal.
pub(super) fn act(
    session: &Session,
    act: SignalAct,
    context: &Context<'_>,
) -> Result<Vec<SessionEvent>, Refusal> {
    let signal = &session.signal;
    match act {
        SignalAct::Pair { device } => {
            by_person(context)?;
            let mut events = vec![noted(SignalEvent::Paired { device })];
            events.extend(resolved(session, "another device is the signal now"));
            Ok(events)
        }
        SignalAct::Give { device, meaning } => {
            // Hazard: H02 — a device that serves another session, or none, says nothing here.
            if !signal.is(&device) {
                return Err(Refusal::NotTheSignal);
            }
            // One press is the test. Whatever comes after it is a call, seen or not.
            let test = signal.test_arrived().is_none()
                && signal.test_asked.is_some_and(|asked| {
                    times(context).is_some_and(|times| context.at - asked <= times.test_lasts)
                });
            let notice = AdvisoryNotice::signal(meaning, context.at).filter(|_| !test);
            let advisory = notice.as_ref().map(|_| next(session));
            let mut events = vec![noted(SignalEvent::Given {
                number: number(session),
                meaning,
                test,
                advisory,
            })];
            if let (Some(advisory), Some(notice)) = (advisory, notice) {
                events.push(SessionEvent::AdvisoryRaised { advisory, notice });
            }
            Ok(events)
        }
        SignalAct::AskForTest => {
            by_person(context)?;
            if signal.device.is_none() {
                return Err(Refusal::NoSignalConnected);
            }
            Ok(vec![noted(SignalEvent::TestAsked {})])
        }
        SignalAct::SeeTest { number } => {
            by_person(context)?;
            match signal.test_arrived() {
                Some(arrived) if arrived.number == number => {
                    Ok(vec![noted(SignalEvent::TestSeen { number })])
                }
                Some(_) | None => Err(Refusal::NoTestArrived),
            }
        }
        SignalAct::AskLouder { number, step } => louder(session, number, step, context),
        SignalAct::LoseContact { last_heard } => {
            by_itself(context)?;
            if signal.device.is_none() || signal.lost.is_some() {
                return Err(Refusal::AlreadyRaised);
            }
            let advisory = next(session);
            Ok(vec![
                noted(SignalEvent::ContactLost {
                    last_heard,
                    advisory,
                }),
                SessionEvent::AdvisoryRaised {
                    advisory,
                    notice: AdvisoryNotice::signal_lost(last_heard),
                },
            ])
        }
        SignalAct::RegainContact => {
            by_itself(context)?;
            if signal.lost.is_none() {
                return Err(Refusal::NoSuchAdvisory);
            }
            let mut events = vec![noted(SignalEvent::ContactBack {})];
            events.extend(resolved(session, "the signal is heard again"));
            Ok(events)
        }
        SignalAct::End { why } => {
            by_person(context)?;
            if signal.device.is_none() {
                return Err(Refusal::NoSignalConnected);
            }
            let mut events = vec![noted(SignalEvent::Ended { why: words(why)? })];
            events.extend(resolved(session, "the session goes on without the signal"));
            Ok(events)
        }
    }
}

fn louder(
    session: &Session,
    number: u32,
    step: Step,
    context: &Context<'_>,
) -> Result<Vec<SessionEvent>, Refusal> {
    by_itself(context)?;
    let times = times(context).ok_or(Refusal::NoSuchAdvisory)?;
    let given = session.signal.given.iter().find(|one| one.number == number);
    let (Some(given), true) = (
        given,
        due_louder(session, &times, context.now).contains(&(number, step)),
    ) else {
        return Err(Refusal::AlreadyRaised);
    };
    let advisory = next(session);
    let second = super::super::start::second_person(session)
        .unwrap_or_else(|| "nobody is named for this session; call whoever is in the house".into());
    Ok(vec![
        noted(SignalEvent::NotAnswered {
            number,
            step,
            advisory,
        }),
        SessionEvent::AdvisoryRaised {
            advisory,
            notice: AdvisoryNotice::signal_not_answered(given.meaning, step, &second, given.at),
        },
    ])
}

/// The times of the session's own rules. A session that was planned before there were any has
/// those that ship: whoever calls from it is not left without an answer.
fn times(context: &Context<'_>) -> Option<Times> {
    Times::of(context.rules).or_else(|| Times::of(&Rules::shipped().ok()?))
}

/// The notice of the lost contact, ended.
fn resolved(session: &Session, how: &str) -> Option<SessionEvent> {
    let (_, advisory) = session.signal.lost?;
    let open = session.advisories.get(&advisory)?.resolved.is_none();
    open.then(|| SessionEvent::AdvisoryResolved {
        advisory,
        how: how.to_owned(),
    })
}

fn next(session: &Session) -> u32 {
    session
        .advisories
        .keys()
        .next_back()
        .map_or(1, |last| last + 1)
}

fn number(session: &Session) -> u32 {
    session
        .signal
        .given
        .last()
        .map_or(1, |last| last.number + 1)
}

const fn by_person(context: &Context<'_>) -> Result<(), Refusal> {
    match context.actor {
        Actor::Person { .. } => Ok(()),
        Actor::Device { .. } | Actor::System { .. } => Err(Refusal::OnlyAPerson),
    }
}

const fn by_itself(context: &Context<'_>) -> Result<(), Refusal> {
    match context.actor {
        Actor::System { .. } => Ok(()),
        Actor::Person { .. } | Actor::Device { .. } => Err(Refusal::NotForPeople),
    }
}
