//! After a session, for staff: everybody, and one person's page.

use super::around::Around;
use super::follow_up_own::{began_says, lasted_says, mood_says, severity_says, thoughts_says};
use super::identity_strip::IdentityStrip;
use super::outcomes::rise_says;
use super::outcomes_watched::limit_says;
use super::surveillance::{creep_says, what_says};
use crate::follow_up::{Line, Watch};
use askama::Template;
use clinical::clinic::Duty;
use clinical::course::follow_up::{
    ContactStanding, Detail, Flag, FlagStanding, FollowUp, Found, Mood, Screen, Signs,
    SurveillanceRules, Urgency,
};
use clinical::course::outcomes::{OverLimit, Rise};
use clinical::instrument::Instrument;
use clinical::leaflet::Language;
use clinical::patient::Sex;
use clinical::record::{PatientId, Role, SessionId};
use units::Moment;
use uuid::Uuid;

const fn urgency_says(urgency: Urgency) -> &'static str {
    match urgency {
        Urgency::Now => "Emergency number now",
        Urgency::SameHour => "Within the hour",
        Urgency::SameDay => "Today",
    }
}

/// A choice: its word, what it says, whether it is chosen.
pub(super) type Choice = (String, String, bool);

/// The signs of a flag in words, and what staff are to do, each once.
fn signs_say(signs: &Signs, ids: &[String]) -> (String, String) {
    let known = ids.iter().filter_map(|id| signs.sign(id));
    let named: Vec<&str> = known.clone().map(|sign| sign.staff.as_str()).collect();
    let mut actions: Vec<&str> = Vec::new();
    for sign in known {
        if !actions.contains(&sign.action.as_str()) {
            actions.push(&sign.action);
        }
    }
    (named.join(", "), actions.join(" "))
}

/// A person on the staff's list.
pub struct ListLine {
    /// Whose.
    pub patient: PatientId,
    /// Their name, family name first.
    pub name: String,
    /// As the record has it: some limits are by sex.
    pub sex: Sex,
    /// What is kept.
    pub line: Line,
}

/// A person whose score has risen again.
#[derive(Clone, Debug)]
pub struct RisenLine {
    /// Whose.
    pub patient: PatientId,
    /// Their name, family name first.
    pub name: String,
    /// By which scores.
    pub rise: Rise,
}

/// A person who answered a scale at its limit or above, or of whom nobody can tell.
#[derive(Clone, Debug)]
pub struct LimitLine<'a> {
    /// Whose.
    pub patient: PatientId,
    /// Their name, family name first.
    pub name: String,
    /// Which scale.
    pub scale: &'a Instrument,
    /// By which answers.
    pub over: OverLimit,
}

/// Everybody.
#[derive(Template)]
#[template(path = "follow_up_list.html")]
pub struct FollowUpList<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Everybody who is followed up.
    pub lines: &'a [ListLine],
    /// Those whose score has risen again, and nobody has said what was done.
    pub risen: &'a [RisenLine],
    /// Those who answered a scale at its limit or above, and nobody has said what was done.
    pub limits: &'a [LimitLine<'a>],
    /// The scale by which a rise is told.
    pub scale: Option<&'a Instrument>,
    /// What can be reported.
    pub signs: &'a Signs,
    /// Who is told.
    pub duty: &'a Duty,
    /// Whether anybody watches.
    pub watch: Watch,
    /// The reader may act.
    pub may_act: bool,
}

/// A flag on the list.
pub struct FlagShown {
    patient: String,
    name: String,
    flag: Uuid,
    urgency: &'static str,
    signs: String,
    actions: String,
    since: String,
    state: String,
    escalating: bool,
}

/// A person on the list.
pub struct PersonShown {
    patient: String,
    name: String,
    says: String,
    soft: String,
}

impl FollowUpList<'_> {
    fn flags(&self) -> Vec<FlagShown> {
        let clock = self.around.clock();
        let mut flags: Vec<(bool, Urgency, Moment, FlagShown)> = self
            .lines
            .iter()
            .flat_map(|one| one.line.flags.iter().map(move |flag| (one, flag)))
            .map(|(one, flag)| {
                let (signs, actions) = signs_say(self.signs, &flag.signs);
                let state = match &flag.in_hand {
                    Some((by, at)) => format!("{by} has it in hand since {}", clock.when(*at)),
                    None if flag.rounds == 0 => {
                        "nobody has it in hand; nobody was told yet".to_owned()
                    }
                    None if flag.rounds == 1 => "nobody has it in hand; told once".to_owned(),
                    None => format!("nobody has it in hand; told {} times", flag.rounds),
                };
                let shown = FlagShown {
                    patient: one.patient.to_string(),
                    name: one.name.clone(),
                    flag: flag.flag,
                    urgency: urgency_says(flag.urgency),
                    signs,
                    actions,
                    since: format!(
                        "{}, {}",
                        clock.when(flag.raised_at),
                        clock.ago(flag.raised_at)
                    ),
                    state,
                    escalating: flag.in_hand.is_none(),
                };
                (flag.in_hand.is_none(), flag.urgency, flag.raised_at, shown)
            })
            .collect();
        flags.sort_by(|a, b| (b.0, b.1).cmp(&(a.0, a.1)).then(a.2.cmp(&b.2)));
        flags.into_iter().map(|(.., shown)| shown).collect()
    }

    fn worse(&self) -> Vec<PersonShown> {
        let clock = self.around.clock();
        let mut risen: Vec<&RisenLine> = self.risen.iter().collect();
        risen.sort_by_key(|one| one.rise.at);
        risen
            .into_iter()
            .map(|one| PersonShown {
                patient: one.patient.to_string(),
                name: one.name.clone(),
                says: self
                    .scale
                    .map_or_else(String::new, |scale| rise_says(&one.rise, scale, &clock)),
                soft: clock.ago(one.rise.at),
            })
            .collect()
    }

    // Hazard: H65
    fn talks(&self) -> Vec<PersonShown> {
        let clock = self.around.clock();
        let mut over: Vec<&LimitLine<'_>> = self.limits.iter().collect();
        over.sort_by_key(|one| one.over.at);
        over.into_iter()
            .map(|one| PersonShown {
                patient: one.patient.to_string(),
                name: one.name.clone(),
                says: limit_says(&one.over, one.scale, &clock),
                soft: clock.ago(one.over.at),
            })
            .collect()
    }

    fn silent(&self) -> Vec<PersonShown> {
        let clock = self.around.clock();
        let mut silent: Vec<&ListLine> = self
            .lines
            .iter()
            .filter(|one| one.line.silent_at.is_some_and(|at| at <= self.around.now))
            .collect();
        silent.sort_by_key(|one| one.line.silent_at);
        silent
            .into_iter()
            .map(|one| PersonShown {
                patient: one.patient.to_string(),
                name: one.name.clone(),
                says: one.line.silent_at.map_or_else(String::new, |at| {
                    format!("no answer; to be called since {}", clock.when(at))
                }),
                soft: [
                    one.line
                        .asked_at
                        .map(|at| format!("last question {}", clock.ago(at))),
                    Some(one.line.answered_at.map_or_else(
                        || "never answered".to_owned(),
                        |at| format!("last answer {}", clock.when(at)),
                    )),
                ]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" · "),
            })
            .collect()
    }

    fn waiting(&self) -> Vec<PersonShown> {
        let clock = self.around.clock();
        self.lines
            .iter()
            .filter(|one| one.line.silent_at.is_some_and(|at| at > self.around.now))
            .map(|one| PersonShown {
                patient: one.patient.to_string(),
                name: one.name.clone(),
                says: one
                    .line
                    .asked_at
                    .map_or_else(String::new, |at| format!("written to {}", clock.when(at))),
                soft: String::new(),
            })
            .collect()
    }

    fn answered(&self) -> Vec<PersonShown> {
        let clock = self.around.clock();
        let mut answered: Vec<&ListLine> = self
            .lines
            .iter()
            .filter(|one| one.line.answered_at.is_some() && one.line.silent_at.is_none())
            .collect();
        answered.sort_by_key(|one| std::cmp::Reverse(one.line.answered_at));
        answered
            .into_iter()
            .map(|one| {
                let mood = one.line.mood.as_deref().and_then(Mood::of_word);
                let mut says = vec![mood.map_or("mood not answered", |mood| {
                    mood_says(mood, Language::English)
                })];
                says.extend(
                    one.line
                        .effects
                        .iter()
                        .filter_map(|id| self.signs.effect(id))
                        .map(|effect| effect.en.as_str()),
                );
                PersonShown {
                    patient: one.patient.to_string(),
                    name: one.name.clone(),
                    says: says.join(" · "),
                    soft: one
                        .line
                        .answered_at
                        .map_or_else(String::new, |at| clock.when(at)),
                }
            })
            .collect()
    }

    /// Those who come, and were neither asked nor have answered.
    fn to_come(&self) -> usize {
        self.lines
            .iter()
            .filter(|one| one.line.silent_at.is_none() && one.line.answered_at.is_none())
            .count()
    }

    fn duty_says(&self) -> String {
        match &self.watch {
            Watch::Somebody { name } => format!("{name} is told first; somebody watches now."),
            Watch::Nobody { from } => from.map_or_else(
                || "Nobody watches at this hour, and no hours are set; messages go out all the same.".to_owned(),
                |from| {
                    format!(
                        "Nobody watches at this hour; from {} again. Messages go out all the same.",
                        self.around.clock().full(from)
                    )
                },
            ),
            Watch::NoWay if self.duty.people.is_empty() => {
                "Nobody stands in the list of duty: a warning sign is seen here alone.".to_owned()
            }
            Watch::NoWay => {
                "No mail server and no service for text messages is set up: a warning sign is seen here alone.".to_owned()
            }
        }
    }

    fn cannot_tell(&self) -> bool {
        self.watch == Watch::NoWay
    }

    fn may_set(&self) -> bool {
        self.around
            .viewer
            .is_some_and(|viewer| matches!(viewer.role, Role::MedicalDirector | Role::Owner))
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

/// One person's.
#[derive(Template)]
#[template(path = "follow_up_person.html")]
pub struct FollowUpPerson<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Who.
    pub strip: IdentityStrip,
    /// Whose.
    pub patient: PatientId,
    /// The time after their sessions.
    pub state: &'a FollowUp,
    /// What can be reported.
    pub signs: &'a Signs,
    /// What is looked for over the long term.
    pub surveillance: &'a SurveillanceRules,
    /// The reader may act.
    pub may_act: bool,
    /// Why the last form was not saved.
    pub refused: Option<String>,
}

/// A flag on a person's page.
pub struct FlagOpened {
    flag: Uuid,
    urgency: &'static str,
    signs: String,
    actions: String,
    raised: String,
    told: Vec<String>,
    state: String,
    escalating: bool,
    open: bool,
}

/// A report in words.
pub struct ReportShown {
    at: String,
    by: String,
    mood: &'static str,
    thoughts: &'static str,
    effects: Vec<String>,
    words: String,
    /// Where it is entered as an adverse event; none where no session came before.
    adverse: Option<String>,
}

impl FollowUpPerson<'_> {
    fn flags(&self) -> Vec<FlagOpened> {
        let clock = self.around.clock();
        let mut flags: Vec<&Flag> = self.state.open_flags();
        flags.extend(self.state.flags.iter().rev().filter(|flag| !flag.is_open()));
        flags
            .into_iter()
            .map(|flag| {
                let (signs, actions) = signs_say(self.signs, &flag.signs);
                FlagOpened {
                    flag: flag.flag,
                    urgency: urgency_says(flag.urgency),
                    signs,
                    actions,
                    raised: clock.full(flag.raised_at),
                    told: flag
                        .told
                        .iter()
                        .map(|(at, people)| {
                            let people: Vec<String> = people
                                .iter()
                                .map(|one| match one.ways {
                                    0 => format!("{} not reached", one.name),
                                    1 => format!("{} by one way", one.name),
                                    ways => format!("{} by {ways} ways", one.name),
                                })
                                .collect();
                            let people = if people.is_empty() {
                                "nobody can be reached".to_owned()
                            } else {
                                people.join(", ")
                            };
                            format!("{}: {people}", clock.when(*at))
                        })
                        .collect(),
                    state: match &flag.standing {
                        FlagStanding::Escalating { call_at, .. } => {
                            format!(
                                "nobody has it in hand; told again at {}",
                                clock.time(*call_at)
                            )
                        }
                        FlagStanding::Acknowledged { by, at } => {
                            format!(
                                "{} has it in hand since {}",
                                by.name().to_owned(),
                                clock.when(*at)
                            )
                        }
                        FlagStanding::Settled { by, at, done } => {
                            format!("{done} ({}, {})", by.name().to_owned(), clock.when(*at))
                        }
                    },
                    escalating: flag.is_escalating(),
                    open: flag.is_open(),
                }
            })
            .collect()
    }

    /// The session that ended last before a moment.
    fn last_session(&self, at: Moment) -> Option<SessionId> {
        self.state
            .sessions
            .iter()
            .filter(|(_, ended)| **ended <= at)
            .max_by_key(|(_, ended)| **ended)
            .map(|(session, _)| *session)
    }

    fn reports(&self) -> Vec<ReportShown> {
        let clock = self.around.clock();
        self.state
            .reports
            .iter()
            .rev()
            .map(|report| ReportShown {
                at: clock.full(report.at),
                by: report.by.name().to_owned(),
                mood: report
                    .said
                    .mood
                    .map_or("not answered", |mood| mood_says(mood, Language::English)),
                thoughts: report
                    .said
                    .thoughts
                    .map_or("not answered", |one| thoughts_says(one, Language::English)),
                effects: report
                    .said
                    .effects
                    .iter()
                    .filter_map(|id| self.signs.effect(id))
                    .map(|effect| described(&effect.en, report.details.get(&effect.id)))
                    .collect(),
                words: report.said.words.clone(),
                adverse: self.last_session(report.at).map(|session| {
                    let report = report.said.report;
                    format!("/sessions/{session}/adverse-events?report={report}")
                }),
            })
            .collect()
    }

    /// Contacts: which, when, how they stand.
    fn contacts(&self) -> Vec<(String, String, String)> {
        let clock = self.around.clock();
        self.state
            .in_order()
            .into_iter()
            .map(|contact| {
                let stands = match &contact.standing {
                    ContactStanding::Planned => "comes".to_owned(),
                    ContactStanding::Made { at, reminders, .. } => {
                        let reminded = match reminders {
                            0 => String::new(),
                            1 => ", reminded once".to_owned(),
                            times => format!(", reminded {times} times"),
                        };
                        format!("written to {}{reminded}, no answer", clock.when(*at))
                    }
                    ContactStanding::Answered { at } => format!("answered {}", clock.when(*at)),
                    ContactStanding::Overtaken => {
                        "a newer contact asks for this time too".to_owned()
                    }
                };
                (contact.kind.says(), clock.full(contact.due), stands)
            })
            .collect()
    }

    /// Screens that are due or come, each: what, what is done, when, what stops treatment.
    fn screens(&self) -> Vec<(&'static str, String, String, &'static str)> {
        let sessions: Vec<Moment> = self.state.sessions.values().copied().collect();
        let clock = self.around.clock();
        let alcohol = self.state.last_watched("audit-c");
        self.surveillance
            .due(&sessions, &self.state.screens_done(), self.around.now)
            .into_iter()
            .map(|one| {
                let late = if one.due <= self.around.now {
                    "due since"
                } else {
                    "due"
                };
                let never = if one.never_done { ", never done" } else { "" };
                (
                    one.screen.says(),
                    what_says(one.screen, alcohol, &clock),
                    format!("{late} {}{never}", clock.date(one.due)),
                    one.screen.stops(),
                )
            })
            .collect()
    }

    /// What was charted, and what the person answered whole, the newest first.
    fn screens_done(&self) -> Vec<String> {
        let clock = self.around.clock();
        let charted = self.state.screens.iter().map(|one| {
            let note = if one.note.is_empty() {
                String::new()
            } else {
                format!(": {}", one.note)
            };
            let says = format!(
                "{}, {}: {}{note} ({})",
                clock.date(one.at),
                one.screen.says(),
                found_says(one.found),
                one.by.name().to_owned()
            );
            (one.at, says)
        });
        let answered = self.state.watched.values().map(|one| {
            let what = Screen::closed_by(&one.scale).map_or(
                "Alcohol: AUDIT-C answered; drugs were not asked, see Outcomes",
                |_| "Bladder: the four questions answered, see Outcomes",
            );
            let by = one.by.name().to_owned();
            (one.at, format!("{}, {what} ({by})", clock.date(one.at)))
        });
        let mut done: Vec<(Moment, String)> = charted.chain(answered).collect();
        done.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        done.into_iter().map(|(_, says)| says).collect()
    }

    fn creep(&self) -> Option<String> {
        let sessions: Vec<Moment> = self.state.sessions.values().copied().collect();
        creep_says(self.surveillance, &sessions)
    }

    /// Each screen: its word, what it says.
    fn every_screen(&self) -> Vec<(&'static str, &'static str)> {
        Screen::ALL
            .iter()
            .map(|one| (one.word(), one.says()))
            .collect()
    }

    /// Each finding: its word, what it says.
    fn every_finding(&self) -> Vec<(&'static str, &'static str)> {
        Found::ALL
            .iter()
            .map(|one| (one.word(), found_says(*one)))
            .collect()
    }

    fn calls(&self) -> Vec<String> {
        let clock = self.around.clock();
        self.state
            .calls
            .iter()
            .rev()
            .map(|(at, by, reached, note)| {
                let reached = if *reached { "reached" } else { "not reached" };
                format!(
                    "{}, {}: {reached}. {note}",
                    clock.full(*at),
                    by.name().to_owned()
                )
            })
            .collect()
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

fn described(effect: &str, detail: Option<&Detail>) -> String {
    let Some(detail) = detail else {
        return format!("{effect}: nothing more said");
    };
    let english = Language::English;
    let mut said: Vec<&str> = Vec::new();
    said.extend(detail.severity.map(|one| severity_says(one, english)));
    said.extend(detail.began.map(|one| began_says(one, english)));
    said.extend(detail.lasted.map(|one| lasted_says(one, english)));
    let helped = if detail.helped.is_empty() {
        String::new()
    } else {
        format!("; what helped: {}", detail.helped)
    };
    format!("{effect}: {}{helped}", said.join(", "))
}

const fn found_says(found: Found) -> &'static str {
    match found {
        Found::Normal => "nothing of note",
        Found::Watch => "something to watch",
        Found::Hold => "hold treatment",
    }
}
