//! The patient's signal: a small device by the chair, one dark surface with three meanings.
//!
//! What the person signals is a fact of their session and of no other. Who has seen it is said by
//! the notice that it raises; what nobody has seen in time is said again, louder.

use crate::advisory::Priority;
use crate::record::Actor;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use units::{Moment, Span};

use super::event::SessionEvent;
use super::state::Session;
use super::vocabulary::{AdvisoryNotice, Paper};
use crate::policy::{Outcome, Rules};

/// The author of what comes from the device: nobody can tell whose hand was on it.
pub const AUTHOR: &str = "the patient's signal";

/// What a person says with the signal. A closed list of three, so that nothing must be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Meaning {
    /// All is well; nobody needs to come.
    AllIsWell,
    /// Come quietly; no hurry.
    ComeQuietly,
    /// Now.
    Now,
}

impl Meaning {
    /// All, from the calmest.
    pub const ALL: [Self; 3] = [Self::AllIsWell, Self::ComeQuietly, Self::Now];

    /// The word in forms and in the record.
    pub const fn word(self) -> &'static str {
        match self {
            Self::AllIsWell => "all-is-well",
            Self::ComeQuietly => "come-quietly",
            Self::Now => "now",
        }
    }

    /// The meaning of a word; none of another.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.word() == word)
    }

    /// In words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::AllIsWell => "all is well",
            Self::ComeQuietly => "come quietly",
            Self::Now => "now",
        }
    }

    /// How grave its notice is; none where nobody needs to come.
    pub const fn priority(self) -> Option<Priority> {
        match self {
            Self::AllIsWell => None,
            Self::ComeQuietly => Some(Priority::Medium),
            Self::Now => Some(Priority::High),
        }
    }
}

/// How far a signal that nobody answers has gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Everybody who reads the board is asked.
    Board,
    /// The second person of this session is named.
    SecondPerson,
}

/// What became true of a session's signal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "signal", rename_all = "kebab-case")]
pub enum SignalEvent {
    /// A device became this session's signal; one that was it before is it no longer.
    Paired {
        /// SHA-256 of the device's secret, in hex: who knows the record cannot signal.
        device: String,
    },
    /// The person signalled.
    Given {
        /// Counts up in the session.
        number: u32,
        /// What.
        meaning: Meaning,
        /// True while staff had asked for a test.
        test: bool,
        /// The notice that it raised, if any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        advisory: Option<u32>,
    },
    /// Staff asked the person to try it.
    TestAsked {},
    /// Staff saw the test arrive.
    TestSeen {
        /// The signal that they saw.
        number: u32,
    },
    /// Nobody has answered.
    NotAnswered {
        /// The signal.
        number: u32,
        /// Who is asked now.
        step: Step,
        /// The louder notice.
        advisory: u32,
    },
    /// The device was not heard for too long.
    ContactLost {
        /// When it was last heard; where the server has not heard it since it started, the last
        /// sign of it in the record, which is never later.
        last_heard: Moment,
        /// The notice that says so.
        advisory: u32,
    },
    /// It is heard again.
    ContactBack {},
    /// The session has no signal any more, by somebody's wish.
    Ended {
        /// Why, in words.
        why: String,
    },
}

/// What somebody, or the device, wants of a session's signal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "signal", rename_all = "kebab-case")]
pub enum SignalAct {
    /// Make a device this session's signal.
    Pair {
        /// SHA-256 of its secret, in hex.
        device: String,
    },
    /// Signal.
    Give {
        /// The device.
        device: String,
        /// What.
        meaning: Meaning,
    },
    /// Ask the person to try it.
    AskForTest,
    /// Say that the test was seen.
    SeeTest {
        /// Which signal was seen.
        number: u32,
    },
    /// Ask louder.
    AskLouder {
        /// The signal that nobody answered.
        number: u32,
        /// Whom.
        step: Step,
    },
    /// Say that the device is not heard.
    LoseContact {
        /// When it was last heard, or the last sign of it in the record.
        last_heard: Moment,
    },
    /// Say that it is heard again.
    RegainContact,
    /// Do without.
    End {
        /// Why.
        why: String,
    },
}

impl SignalEvent {
    /// Kind of entry and its words, for every reader.
    pub fn says(&self) -> (&'static str, String) {
        match self {
            Self::Paired { .. } => ("Signal connected", "a device by the chair".to_owned()),
            Self::Given {
                meaning,
                test: true,
                ..
            } => ("Signal tried", meaning.says().to_owned()),
            Self::Given { meaning, .. } => ("Patient's signal", meaning.says().to_owned()),
            Self::TestAsked {} => ("Signal", "the person was asked to try it".to_owned()),
            Self::TestSeen { .. } => (
                "Signal tested",
                "tried by the person, seen by staff".to_owned(),
            ),
            Self::NotAnswered { step, .. } => (
                "Signal not answered",
                match step {
                    Step::Board => "everybody at the board was asked".to_owned(),
                    Step::SecondPerson => "the second person was named".to_owned(),
                },
            ),
            Self::ContactLost { .. } => (
                "Signal lost",
                "the device by the chair is not heard".to_owned(),
            ),
            Self::ContactBack {} => ("Signal back", "the device is heard again".to_owned()),
            Self::Ended { why } => ("Signal ended", why.clone()),
        }
    }
}

/// A signal that was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Given {
    /// Its number.
    pub number: u32,
    /// What.
    pub meaning: Meaning,
    /// When.
    pub at: Moment,
    /// A test.
    pub test: bool,
    /// The notice that it raised.
    pub advisory: Option<u32>,
}

/// A session's signal as its events have made it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signal {
    /// The device, and since when.
    pub device: Option<(String, Moment)>,
    /// The last sign of the present device that stands in the record: that it was connected, that
    /// something was signalled, that it was heard again.
    pub last_sign: Option<Moment>,
    /// Everything that was signalled, oldest first.
    pub given: Vec<Given>,
    /// A test was asked for at this moment, and not seen yet.
    pub test_asked: Option<Moment>,
    /// The present device was tested at this moment.
    pub tested: Option<Moment>,
    /// Since when the device is not heard; the notice that says so.
    pub lost: Option<(Moment, u32)>,
    /// How far each unanswered signal has gone, and with which notice.
    pub louder: BTreeMap<(u32, Step), u32>,
}

impl Signal {
    /// Before any device.
    pub const fn new() -> Self {
        Self {
            device: None,
            last_sign: None,
            given: Vec::new(),
            test_asked: None,
            tested: None,
            lost: None,
            louder: BTreeMap::new(),
        }
    }

    /// After one more event. Never fails.
    pub fn apply(&mut self, happened: &SignalEvent, at: Moment) {
        match happened {
            SignalEvent::Paired { device } => {
                self.device = Some((device.clone(), at));
                self.last_sign = Some(at);
                // Another device was not tried, whatever the one before it did.
                self.test_asked = None;
                self.tested = None;
                self.lost = None;
            }
            SignalEvent::Given {
                number,
                meaning,
                test,
                advisory,
            } => {
                self.last_sign = Some(at);
                self.given.push(Given {
                    number: *number,
                    meaning: *meaning,
                    at,
                    test: *test,
                    advisory: *advisory,
                });
            }
            // Until the new test is seen, the one before it says nothing.
            SignalEvent::TestAsked {} => {
                self.test_asked = Some(at);
                self.tested = None;
            }
            SignalEvent::TestSeen { .. } => {
                self.test_asked = None;
                self.tested = Some(at);
            }
            SignalEvent::NotAnswered {
                number,
                step,
                advisory,
            } => {
                self.louder.insert((*number, *step), *advisory);
            }
            SignalEvent::ContactLost {
                last_heard,
                advisory,
            } => self.lost = Some((*last_heard, *advisory)),
            SignalEvent::ContactBack {} => {
                self.last_sign = Some(at);
                self.lost = None;
            }
            SignalEvent::Ended { .. } => {
                self.device = None;
                self.last_sign = None;
                self.test_asked = None;
                self.tested = None;
                self.lost = None;
            }
        }
    }

    /// True for the one device that may signal here.
    // Hazard: H02
    pub fn is(&self, device: &str) -> bool {
        self.device
            .as_ref()
            .is_some_and(|(known, _)| known == device)
    }

    /// The test that arrived and that nobody has confirmed to have seen.
    pub fn test_arrived(&self) -> Option<Given> {
        let asked = self.test_asked?;
        let mut given = self.given.iter().rev();
        given.find(|one| one.test && one.at >= asked).copied()
    }

    /// The last signal that was no test.
    pub fn last(&self) -> Option<Given> {
        self.given.iter().rev().find(|one| !one.test).copied()
    }
}

/// The times of the policy `patient-signal`, as a session keeps them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// The device is lost when it was not heard for so long.
    pub lost_after: Span,
    /// So long after it was asked for, a signal counts as the test.
    pub test_lasts: Span,
    /// A signal "now" asks the board after so long without an answer.
    pub now_to_board: Span,
    /// A signal "come quietly" asks the board after so long.
    pub quiet_to_board: Span,
    /// After so long again, the second person is named.
    pub to_second_person: Span,
}

impl Times {
    /// The policy's name.
    pub const POLICY: &str = "patient-signal";

    /// As these rules have them; none where they do not know the policy.
    pub fn of(rules: &Rules) -> Option<Self> {
        let time = |name| rules.value(Self::POLICY, name)?.span();
        Some(Self {
            lost_after: time("lost_after")?,
            test_lasts: time("test_lasts")?,
            now_to_board: time("now_to_board")?,
            quiet_to_board: time("quiet_to_board")?,
            to_second_person: time("to_second_person")?,
        })
    }
}

/// What is due because nobody answered: the signal and whom to ask.
pub fn due_louder(session: &Session, times: &Times, now: Moment) -> Vec<(u32, Step)> {
    let mut due = Vec::new();
    for given in session.signal.given.iter().filter(|one| !one.test) {
        let (Some(advisory), Some(first)) = (
            given.advisory,
            match given.meaning {
                Meaning::AllIsWell => None,
                Meaning::ComeQuietly => Some(times.quiet_to_board),
                Meaning::Now => Some(times.now_to_board),
            },
        ) else {
            continue;
        };
        if is_answered(session, advisory) {
            continue;
        }
        let steps = [
            (Step::Board, first),
            (Step::SecondPerson, first + times.to_second_person),
        ];
        for (step, after) in steps {
            let known = session.signal.louder.get(&(given.number, step));
            if known.is_some_and(|louder| is_answered(session, *louder)) {
                break;
            }
            if known.is_none() && now - given.at >= after {
                due.push((given.number, step));
            }
        }
    }
    due
}

fn is_answered(session: &Session, advisory: u32) -> bool {
    session
        .advisories
        .get(&advisory)
        .is_some_and(|known| known.acknowledged.is_some() || known.resolved.is_some())
}

/// Who has answered a signal, and when: its own notice, or the louder one.
pub fn answered(session: &Session, given: &Given) -> Option<(Actor, Moment)> {
    let louder = session
        .signal
        .louder
        .iter()
        .filter(|((number, _), _)| *number == given.number)
        .map(|(_, advisory)| *advisory);
    given
        .advisory
        .into_iter()
        .chain(louder)
        .filter_map(|number| session.advisories.get(&number)?.acknowledged.clone())
        .min_by_key(|(_, at)| *at)
}

impl AdvisoryNotice {
    /// The word of a person who asks for somebody to come without hurry.
    pub const SIGNAL_QUIET: &str = "patient-signal-quiet";
    /// The word of a person who asks for somebody now.
    pub const SIGNAL_NOW: &str = "patient-signal-now";
    /// The word of a signal that nobody has answered.
    pub const SIGNAL_NOT_ANSWERED: &str = "patient-signal-not-answered";
    /// The word of a signal that is not heard.
    pub const SIGNAL_LOST: &str = "patient-signal-lost";

    /// True for what the person's signal raised.
    pub fn is_of_the_signal(&self) -> bool {
        [
            Self::SIGNAL_QUIET,
            Self::SIGNAL_NOW,
            Self::SIGNAL_NOT_ANSWERED,
            Self::SIGNAL_LOST,
        ]
        .contains(&self.condition.as_str())
    }

    fn of_the_signal(condition: &str, says: String, priority: Priority, since: Moment) -> Self {
        Self {
            condition: condition.to_owned(),
            says,
            priority,
            technical: false,
            measured: None,
            limit: None,
            since,
        }
    }

    /// What a signal raises; nothing where all is well.
    pub fn signal(meaning: Meaning, since: Moment) -> Option<Self> {
        let (condition, says) = match meaning {
            Meaning::AllIsWell => return None,
            Meaning::ComeQuietly => (
                Self::SIGNAL_QUIET,
                "The patient asks you to come, quietly.".to_owned(),
            ),
            Meaning::Now => (Self::SIGNAL_NOW, "The patient asks for you NOW.".to_owned()),
        };
        Some(Self::of_the_signal(
            condition,
            says,
            meaning.priority()?,
            since,
        ))
    }

    /// What is said when nobody has answered.
    pub fn signal_not_answered(meaning: Meaning, step: Step, second: &str, since: Moment) -> Self {
        let says = match step {
            Step::Board => format!(
                "Nobody has answered the patient's signal ({}). Whoever reads this: go.",
                meaning.says()
            ),
            Step::SecondPerson => format!(
                "Still nobody has answered the patient's signal ({}). Second person: {second}.",
                meaning.says()
            ),
        };
        Self::of_the_signal(Self::SIGNAL_NOT_ANSWERED, says, Priority::High, since)
    }

    /// What is said when the device is not heard.
    // Hazard: H60
    pub fn signal_lost(last_heard: Moment) -> Self {
        Self {
            technical: true,
            ..Self::of_the_signal(
                Self::SIGNAL_LOST,
                "The patient's signal is not heard: they cannot call. Look after them; wake the \
                 device by the chair."
                    .to_owned(),
                Priority::Medium,
                last_heard,
            )
        }
    }
}

/// How the signal stands for a start: tried by the person, seen by staff, and heard now.
///
/// `heard` is when the server last heard the present device; none: not since it started.
// Hazard: H60
pub fn paper(session: &Session, heard: Option<Moment>, rules: &Rules, now: Moment) -> Paper {
    let signal = &session.signal;
    let (outcome, says) = match (&signal.device, signal.tested, Times::of(rules)) {
        (_, _, None) => (Outcome::Unknown, "no rule says when it is lost".to_owned()),
        (None, _, _) => (Outcome::Unmet, "no device is connected".to_owned()),
        (Some(_), _, Some(times)) if heard.is_none_or(|at| now - at > times.lost_after) => {
            (Outcome::Unmet, "the device is not heard".to_owned())
        }
        (Some(_), None, _) => (Outcome::Unmet, "connected, not tested yet".to_owned()),
        (Some(_), Some(_), _) => (Outcome::Met, "tested, and heard now".to_owned()),
    };
    Paper { outcome, says }
}

/// The event in the record.
pub(super) fn noted(happened: SignalEvent) -> SessionEvent {
    SessionEvent::SignalNoted { happened }
}
