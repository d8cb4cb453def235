//! Adverse events: the clinic's log, one event, and the form by which staff enter one.

use super::around::Around;
use super::clock_face::{ClockFace, civil_date};
use super::identity_strip::IdentityStrip;
use super::session_room::word_of;
use crate::reporting::{Known, Logged, clock_says};
use crate::web::form::Fields;
use askama::Template;
use clinical::course::reporting::{
    Account, EmergencyVisit, EndsWith, Expectation, Origin, Running, ToldBy,
};
use clinical::course::session::{AdverseOutcome, Criterion, Relatedness, Severity};
use serde::Serialize;
use units::Moment;
use uuid::Uuid;

/// A line of the log.
pub struct LoggedLine {
    /// Whose.
    pub name: String,
    /// What runs, in words.
    pub clocks: Vec<String>,
    /// What is known.
    pub logged: Logged,
}

/// The clinic's log.
#[derive(Template)]
#[template(path = "adverse_events.html")]
pub struct LogPage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Every event, the newest first.
    pub lines: Vec<LoggedLine>,
}

impl LogPage<'_> {
    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }

    fn open(&self) -> Vec<&LoggedLine> {
        self.lines.iter().filter(|line| line.logged.open).collect()
    }

    fn closed(&self) -> Vec<&LoggedLine> {
        self.lines.iter().filter(|line| !line.logged.open).collect()
    }

    fn began(&self, at: &Option<Moment>) -> String {
        at.map_or_else(String::new, |at| self.around.clock().full(at))
    }
}

/// What was typed of a new event, to be shown again where it was not saved.
#[derive(Clone, Debug, Default)]
pub struct NewFields {
    /// The fields as they were sent.
    fields: Fields,
    /// What happened.
    pub description: String,
    /// Who told of it.
    pub told_by: String,
    /// What the person reported.
    pub report: Option<Uuid>,
    /// The event that is entered anew; none for one more.
    pub event: Option<Uuid>,
}

impl NewFields {
    /// Of an event that staff entered, to be entered anew. Whether it is serious is asked again where
    /// nothing makes it so: that it was checked then is not that it was checked now.
    pub fn anew(account: &Account, clock: &ClockFace<'_>) -> Self {
        let noted = &account.noted;
        let mut fields = vec![
            ("began", clock.date_time_local(noted.began_at)),
            ("treatment", noted.treatment.clone()),
            ("emergency_visit", word_of(&noted.emergency_visit)),
            ("severity", word_of(&noted.severity)),
            ("expected", word_of(&noted.expected)),
            ("relatedness", word_of(&noted.relatedness)),
            ("outcome", word_of(&noted.outcome)),
            ("told_by", word_of(&noted.told_by)),
        ];
        fields.extend(
            noted
                .ended_at
                .map(|at| ("ended", clock.date_time_local(at))),
        );
        fields.extend(noted.serious.iter().map(|one| ("serious", word_of(one))));
        let named = fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        Self {
            description: noted.description.clone(),
            told_by: word_of(&noted.told_by),
            report: noted.report,
            event: Some(account.event),
            fields: Fields(named.collect()),
        }
    }

    /// As they were sent.
    pub fn typed(fields: &Fields) -> Self {
        Self {
            description: fields.text("description").to_owned(),
            told_by: fields.text("told_by").to_owned(),
            report: fields.text("report").parse().ok(),
            event: fields.text("event").parse().ok(),
            fields: fields.clone(),
        }
    }
}

/// A choice: its word, what it says, whether it is chosen.
type Choice = (String, &'static str, bool);

fn choices<T: Copy + Serialize>(
    all: &[T],
    says: impl Fn(T) -> &'static str,
    chosen: &str,
) -> Vec<Choice> {
    all.iter()
        .map(|one| {
            let word = word_of(one);
            let is = word == chosen;
            (word, says(*one), is)
        })
        .collect()
}

/// A form for one more event, with those of the session.
pub struct NewEvent<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Who this is.
    pub strip: IdentityStrip,
    /// The record.
    pub known: &'a Known,
    /// The events of the session.
    pub accounts: Vec<Account>,
    /// What was typed.
    pub fields: &'a NewFields,
    /// The reader may enter one.
    pub may_act: bool,
    /// Why it was not saved.
    pub refused: Option<&'a str>,
}

struct Question {
    name: &'static str,
    asks: &'static str,
    choices: Vec<Choice>,
}

#[derive(Template)]
#[template(path = "adverse_event_new.html")]
struct NewTemplate<'a> {
    around: Around<'a>,
    strip: IdentityStrip,
    session: String,
    patient: String,
    accounts: Vec<(String, String)>,
    fields: &'a NewFields,
    began: String,
    ended: String,
    treatment: String,
    criteria: Vec<Choice>,
    not_serious: bool,
    questions: Vec<Question>,
    may_act: bool,
    refused: Option<&'a str>,
}

impl NewEvent<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let typed = |name: &str| self.fields.fields.text(name).to_owned();
        let ticked: Vec<&str> = self.fields.fields.all("serious").collect();
        let clock = self.around.clock();
        let question = |name, asks, choices| Question {
            name,
            asks,
            choices,
        };
        let session = self.known.session.id;
        super::written(&NewTemplate {
            session: session.to_string(),
            patient: self
                .known
                .session
                .patient
                .map_or_else(String::new, |patient| patient.to_string()),
            accounts: self
                .accounts
                .iter()
                .map(|one| {
                    let struck = if one.struck.is_some() {
                        "struck out: "
                    } else {
                        ""
                    };
                    let says = format!(
                        "{struck}{}, {} ({})",
                        clock.when(one.noted.began_at),
                        one.noted.description,
                        one.serious_says()
                    );
                    (
                        format!("/sessions/{session}/adverse-events/{}", one.event),
                        says,
                    )
                })
                .collect(),
            fields: self.fields,
            began: typed("began"),
            ended: typed("ended"),
            treatment: typed("treatment"),
            criteria: Criterion::ALL
                .iter()
                .map(|one| {
                    let word = word_of(one);
                    let is = ticked.contains(&word.as_str());
                    (word, one.says(), is)
                })
                .collect(),
            not_serious: typed("not-serious") == "yes",
            questions: vec![
                question(
                    "emergency_visit",
                    "Went to an emergency department",
                    choices(
                        &EmergencyVisit::ALL,
                        EmergencyVisit::says,
                        &typed("emergency_visit"),
                    ),
                ),
                question(
                    "severity",
                    "How severe, which is not the same as serious",
                    choices(&Severity::ALL, Severity::says, &typed("severity")),
                ),
                question(
                    "expected",
                    "In the product’s list of effects",
                    choices(&Expectation::ALL, Expectation::says, &typed("expected")),
                ),
                question(
                    "relatedness",
                    "Did the medicine cause it?",
                    choices(&Relatedness::ALL, Relatedness::says, &typed("relatedness")),
                ),
                question(
                    "outcome",
                    "What became of the person",
                    choices(
                        &AdverseOutcome::ALL,
                        AdverseOutcome::says,
                        &typed("outcome"),
                    ),
                ),
                question(
                    "told_by",
                    "Who told of it",
                    choices(&ToldBy::ALL, ToldBy::says, &self.fields.told_by),
                ),
            ],
            may_act: self.may_act,
            refused: self.refused,
            strip: self.strip.clone(),
            around: self.around,
        })
    }
}

/// One event.
pub struct EventPage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Who this is.
    pub strip: IdentityStrip,
    /// The record.
    pub known: &'a Known,
    /// The event.
    pub account: &'a Account,
    /// Its clocks.
    pub clocks: Vec<Running<'a>>,
    /// What the regulator's form asks and nobody has, with what to do.
    pub missing: Vec<(&'static str, &'static str)>,
    /// The reader may act.
    pub may_act: bool,
    /// Why the last act was not saved.
    pub refused: Option<&'a str>,
}

struct ClockLine {
    says: String,
    source: String,
    unverified: bool,
}

#[derive(Template)]
#[template(path = "adverse_event.html")]
struct EventTemplate<'a> {
    around: Around<'a>,
    strip: IdentityStrip,
    own: String,
    event: Uuid,
    session: String,
    patient: String,
    title: String,
    facts: Vec<(&'static str, String)>,
    struck: Option<String>,
    of_card: bool,
    open: bool,
    clocks: Vec<ClockLine>,
    tell: Vec<(String, String)>,
    told: Vec<String>,
    reviews: Vec<String>,
    closed: Option<String>,
    expected: Vec<Choice>,
    visits: Vec<Choice>,
    missing: Vec<(&'static str, &'static str)>,
    today: String,
    may_act: bool,
    refused: Option<&'a str>,
}

impl EventPage<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let state = &self.known.reporting.state;
        let (account, noted) = (self.account, &self.account.noted);
        let clock = self.around.clock();
        let told = state.told.get(&account.event).into_iter().flatten();
        let reviews = state.reviews.get(&account.event).into_iter().flatten();
        let from = match &account.origin {
            Origin::Card { opening, title } => format!("emergency card {opening}, {title}"),
            Origin::Staff => format!("staff, told by {}", noted.told_by.says()),
        };
        let or = |text: &str| match text {
            "" => "nothing is written".to_owned(),
            text => text.to_owned(),
        };
        super::written(&EventTemplate {
            event: account.event,
            own: format!(
                "/sessions/{}/adverse-events/{}",
                account.session, account.event
            ),
            session: account.session.to_string(),
            patient: self
                .known
                .session
                .patient
                .map_or_else(String::new, |patient| patient.to_string()),
            title: account.serious_says(),
            facts: vec![
                ("What happened", noted.description.clone()),
                ("Began", clock.full(noted.began_at)),
                (
                    "Ended",
                    noted
                        .ended_at
                        .map_or_else(|| "not, or not known".to_owned(), |at| clock.full(at)),
                ),
                ("Severity", noted.severity.says().to_owned()),
                (
                    "Emergency department",
                    noted.emergency_visit.says().to_owned(),
                ),
                ("Expected", noted.expected.says().to_owned()),
                (
                    "Caused by the medicine",
                    noted.relatedness.says().to_owned(),
                ),
                ("Outcome", noted.outcome.says().to_owned()),
                ("Treatment", or(&noted.treatment)),
                (
                    "Entered",
                    format!("{}, {}; {from}", account.by, clock.when(account.at)),
                ),
            ],
            struck: account.struck.clone(),
            of_card: matches!(account.origin, Origin::Card { .. }),
            open: state.is_open(account),
            clocks: self
                .clocks
                .iter()
                .map(|one| ClockLine {
                    says: clock_says(one.clock, one.standing),
                    source: one.clock.source.clone(),
                    unverified: one.clock.unverified,
                })
                .collect(),
            tell: self
                .clocks
                .iter()
                .filter(|one| one.clock.ends_with == EndsWith::Told)
                .map(|one| (one.clock.id.clone(), one.clock.says.clone()))
                .collect(),
            told: told
                .map(|one| {
                    let reference = match one.reference.as_str() {
                        "" => "no reference".to_owned(),
                        reference => format!("reference {reference}"),
                    };
                    format!(
                        "{}: {}, {reference}, by {}",
                        one.clock.replace('-', " "),
                        civil_date(one.on),
                        one.by
                    )
                })
                .collect(),
            reviews: reviews
                .map(|one| {
                    let open = match one.learned.open_question.as_str() {
                        "" => String::new(),
                        question => format!(" · open: {question}"),
                    };
                    format!(
                        "{} ({}, {}){open}",
                        one.learned.learned,
                        one.by,
                        clock.when(one.at)
                    )
                })
                .collect(),
            closed: state
                .closed
                .get(&account.event)
                .filter(|_| !state.is_open(account))
                .map(|(by, at)| format!("closed by {by}, {}", clock.when(*at))),
            expected: choices(
                &Expectation::ALL,
                Expectation::says,
                &word_of(&noted.expected),
            ),
            visits: choices(
                &EmergencyVisit::ALL,
                EmergencyVisit::says,
                &word_of(&noted.emergency_visit),
            ),
            missing: self.missing.clone(),
            today: self.known.today.to_string(),
            may_act: self.may_act,
            refused: self.refused,
            strip: self.strip.clone(),
            around: self.around,
        })
    }
}

/// A log with one open event and one that was closed.
pub fn sample() -> LogPage<'static> {
    use crate::reporting::{EventRow, LogRow};
    let line = |number: u128, name: &str, description: &str, serious, open: bool| LoggedLine {
        name: name.to_owned(),
        clocks: if open {
            vec!["A clinician looks at it on the same day: due today".to_owned()]
        } else {
            Vec::new()
        },
        logged: Logged {
            event: Uuid::from_u128(number),
            patient: None,
            began_at: Some(super::around::sample::NOW),
            struck: false,
            serious,
            row: EventRow {
                session: clinical::record::SessionId(Uuid::from_u128(5)),
                description: description.to_owned(),
                serious: if serious {
                    "serious: hospitalisation, new or prolonged"
                } else {
                    "not serious"
                }
                .to_owned(),
                severity: Severity::Moderate.says().to_owned(),
                outcome: AdverseOutcome::Recovered.says().to_owned(),
                relatedness: Relatedness::Possible.says().to_owned(),
                changed_at: None,
            },
            log: LogRow {
                learned: if open {
                    String::new()
                } else {
                    "walk people to the door".to_owned()
                },
                open_question: String::new(),
                looked: "Dr Petra Ivanova".to_owned(),
                closed_by: (!open).then(|| "Dr Petra Ivanova".to_owned()),
                closed_at: None,
            },
            open,
        },
    };
    LogPage {
        around: super::around::sample::around("/adverse-events"),
        lines: vec![
            line(1, "MORENO, Ana", "fell at home", true, true),
            line(2, "SATO, Ken", "vomited", false, false),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_says_what_runs_and_what_is_closed_says_by_whom() {
        let html = sample().html();
        assert!(html.contains("due today"), "{html}");
        assert!(html.contains("serious: hospitalisation"));
        assert!(html.contains("closed by Dr Petra Ivanova"));
        assert!(html.contains("walk people to the door"));
    }
}
